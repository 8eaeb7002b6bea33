"""Trials of damage: every file of a corpus, in twelve kinds, under every command that reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import orjson

from annotator.core.annotation import Answer
from annotator.core.edits import add_span, set_answer
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from tests import builders
from tests.cli.command_runner import CommandResult, call
from tests.torture.rows import Trial, torture_row

_NEEDED = {"schema.toml"}
"""Without these files nobody knows which labels there are."""
_COMMANDS = (("check",), ("articles",), ("stats",), ("repair",))
_SPLITS = b'{"_v": 1, "groups": {"%b": "%b"}}\n'


@cache
def _template() -> Path:
    """Return a corpus of two articles, with all kinds of files and two annotators."""
    path = Path(mkdtemp(prefix="annotator-torture-")) / "news"
    corpus = builders.make_corpus(path)
    for name in ("ana", "bo"):
        session = builders.open_session(corpus, name=name)
        for article in (builders.market(), builders.bridge()):
            for _ in range(2):
                for annotated in session.sentences_of(article.id)[name == "bo" :: 2]:
                    token = annotated.sentence.tokens[len(annotated.annotation.spans)]
                    session.apply_edit(add_span(annotated, Span(token.start, token.end, "VENUE"), corpus.schema))
            for annotated in session.sentences_of(article.id)[name == "bo" :: 2]:
                session.apply_edit(set_answer(annotated, Answer.ACCEPT))
        session.close()
    market, bridge = builders.market().id.encode(), builders.bridge().id.encode()
    (path / "splits.json").write_bytes(_SPLITS % (market, bridge))
    for arguments in (("suggest", path, "--rules"), ("schema", "rename", path, "COUNT", "AMOUNT")):
        result = call(*arguments)
        assert result.code == 0, result.err
    return path


def _files(corpus: Path) -> list[Path]:
    found = (p.relative_to(corpus) for p in corpus.rglob("*") if p.is_file() and not p.name.startswith("."))
    return sorted(p for p in found if "export" not in p.parts)


# -- the kinds of damage ---------------------------------------------------------------------------


def _flip(path: Path, random: Random, _: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    path.write_bytes(raw)


def _change_letter(path: Path, random: Random, other: Path) -> None:
    """Change a letter of the value of a field, of a title as often as of a text."""
    raw = path.read_bytes()
    found = {m[1]: m for m in re.finditer(rb'"?(\w+)"?(?::| =) ?"([^"\\]+)"', raw)}
    if not found:
        _flip(path, random, other)
        return
    start, end = random.choice(list(found.values())).span(2)
    at = random.randrange(start, end)
    path.write_bytes(raw[:at] + (b"y" if raw[at : at + 1] == b"x" else b"x") + raw[at + 1 :])


def _cut(path: Path, random: Random, _: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: random.randrange(1, len(raw))])


def _merged(path: Path, random: Random, _: Path) -> None:
    lines = path.read_bytes().split(b"\n")
    at = random.randrange(len(lines))
    both = [b"<<<<<<< HEAD", *lines[at:], b"=======", *lines[at:], b">>>>>>> other", b""]
    path.write_bytes(b"\n".join([*lines[:at], *both]))


def _doubled(path: Path, random: Random, _: Path) -> None:
    lines = path.read_bytes().split(b"\n")
    at = random.randrange(max(1, len(lines) - 1))
    copy = bytearray(lines[at])
    if copy and random.random() < 0.5:
        copy[random.randrange(len(copy))] ^= 1 << random.randrange(8)
    path.write_bytes(b"\n".join([*lines[:at], bytes(copy), *lines[at:]]))


def _swapped(path: Path, _: Random, other: Path) -> None:
    a, b = path.read_bytes(), other.read_bytes()
    path.write_bytes(b)
    other.write_bytes(a)


def _unreadable(path: Path, _: Random, __: Path) -> None:
    """Put a folder in its place: root may read whatever the permissions are."""
    path.unlink()
    path.mkdir()


def _recoded(path: Path, random: Random, _: Path) -> None:
    text = path.read_bytes().decode()
    with suppress(UnicodeEncodeError):
        path.write_bytes(text.encode(random.choice(("utf-16", "utf-8-sig", "cp1252"))))


_KINDS: dict[str, Callable[[Path, Random, Path], object]] = {
    "bit flip": _flip,
    "letter": _change_letter,
    "cut": _cut,
    "zeros at the end": lambda path, random, _: path.write_bytes(path.read_bytes() + bytes(random.randrange(1, 5000))),
    "CRLF": lambda path, _, __: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
    "merge markers": _merged,
    "empty": lambda path, _, __: path.write_bytes(b""),
    "missing": lambda path, _, __: path.unlink(),
    "swapped": _swapped,
    "doubled line": _doubled,
    "encoding": _recoded,
    "unreadable": _unreadable,
}


# -- the trials ------------------------------------------------------------------------------------


@torture_row("damaged-files", small=44, large=2000)
def damaged_files(trial: Trial) -> str:
    """Damage any file in any way: no command ends in a traceback, the other articles go on, no export is wrong."""
    corpus = trial.folder / "news"
    shutil.copytree(_template(), corpus)
    files = _files(corpus)
    pairs = [(file, kind) for kind in _KINDS for file in files]
    file, kind = pairs[trial.number * 37 % len(pairs)]
    other = trial.random.choice([x for x in files if x != file])
    _KINDS[kind](corpus / file, trial.random, corpus / other)
    damaged = {str(file), str(other)} if kind == "swapped" else {str(file)}
    wrong = "; ".join(_faults(corpus, trial.folder, may_refuse=bool(damaged & _NEEDED) or kind == "unreadable"))
    return f"{file}, {kind}{f' with {other}' if kind == 'swapped' else ''}: {wrong}" if wrong else ""


def _faults(corpus: Path, folder: Path, *, may_refuse: bool) -> Iterator[str]:
    """Yield what went wrong with a damaged corpus; ``may_refuse``: what is needed by all may be damaged."""
    yield from _session_faults(corpus, may_refuse=may_refuse)
    for arguments in _COMMANDS:
        result = call(*arguments, corpus)
        yield from _result_faults(" ".join(arguments), result)
        if result.code == 1 and not may_refuse:
            yield f"{arguments[0]} stops: {result.err}"
    yield from _export_faults(corpus, folder / "out")
    first = call("repair", corpus, "--write", "--json")
    yield from _result_faults("repair --write", first)
    if first.code == 0:
        left = call("check", corpus, "--only", "journal,place", "--json")
        if left.code == 1 or left.json["errors"]:
            what = left.err if left.code == 1 else [x["what"] for x in left.json["problems"]]
            yield f"nothing stays after repair, and check finds {what}"
    again = call("repair", corpus, "--write", "--json")
    if first.code in {0, 3} and any(f["mended"] for f in again.json["files"]):
        yield f"a second repair mends again: {again.json['files']}"


def _session_faults(corpus: Path, *, may_refuse: bool) -> Iterator[str]:
    """Yield what is wrong with a session: it opens, or an error names the file and a way out."""
    try:
        session = builders.open_session(corpus)
    except AnnotatorError as error:
        if not (may_refuse and error.where and error.do):
            yield f"the session does not open, and the error names no file or no way out: {error}"
        return
    try:
        shown = sum(len(session.sentences_of(a)) for a in session.queue)
        if not session.read_only and session.article_sentences:
            session.apply_edit(set_answer(session.annotated, Answer.REJECT))
            session.undo()
            if not session.flush():
                yield f"the decision is not saved: {session.banner}"
        if not shown and not session.warnings:
            yield "no sentence is shown, and nothing is said"
    finally:
        session.close()


def _result_faults(name: str, result: CommandResult) -> Iterator[str]:
    if result.code not in {0, 1, 3} or "Traceback" in result.err or "ANNOTATOR_DEBUG" in result.err:
        yield f"{name} ends with {result.code}: {result.err[-500:]}"
    if result.code == 1 and not result.err.strip():
        yield f"{name} ends with 1 and says nothing"


@cache
def _true_states() -> frozenset[bytes]:
    """Return every state that a sentence has had, as an export writes it."""
    return frozenset(_state(x) for p in (_template() / "annotations").glob("*.jsonl") for x in _json_lines(p))


def _state(item: dict[str, Any]) -> bytes:
    spans = sorted((s["start"], s["end"], s["label"].replace("AMOUNT", "COUNT")) for s in item["spans"])
    return orjson.dumps([item["text"], spans])


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def _has_stored_metadata(corpus: Path) -> bool:
    """Return True unless an article has another title, byline or date than it had, and all else as it was."""
    for path in (_template() / "articles").glob("*.json"):
        before = orjson.loads(path.read_bytes())
        try:
            now = orjson.loads((corpus / "articles" / path.name).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            continue
        same = isinstance(now, dict) and now.keys() == before.keys() and now["text"] == before["text"]
        if same and any(now[key] != before[key] for key in ("title", "byline", "dateline", "date", "source")):
            return False
    return True


def _export_faults(corpus: Path, out: Path) -> Iterator[str]:
    result = call("export", corpus, out, "--format", "plain")
    yield from _result_faults("export", result)
    if result.code in {0, 3}:
        if not _has_stored_metadata(corpus) and "metadata have changed" not in result.err:
            yield "metadata have changed, and the export does not warn"
        (file,) = (p for p in out.iterdir() if p.name not in {"ledger.jsonl", "manifest.json"})
        if wrong := [x for x in _json_lines(file) if _state(x) not in _true_states()]:
            yield f"exported, and never annotated so: {wrong[0]}"


# -- one annotator on two machines -----------------------------------------------------------------


def _git(folder: Path, *arguments: str) -> None:
    """Run git in a corpus; a merge that it cannot finish is what the trial is about."""
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], capture_output=True, check=False)


def _annotate(corpus: Path, random: Random, n: int) -> None:
    session = builders.open_session(corpus)
    session._session_id = f"ana-{random.getrandbits(48):012x}"  # of its own, as in the program
    for _ in range(n):
        annotated = random.choice(session.sentences_of(random.choice(session.queue)))
        session.apply_edit(set_answer(annotated, random.choice(list(Answer))))
        if random.random() < 0.2:
            session.undo()
    session.close()


@torture_row("two-machines", small=3, large=150)
def two_machines(trial: Trial) -> str:
    """Join by git and repair what one annotator did on two machines: all is there, shared lines byte for byte."""
    corpus, random = trial.folder / "news", trial.random
    builders.make_corpus(corpus)
    _annotate(corpus, random, random.randrange(5))
    journal = corpus / "annotations" / "ana.jsonl"
    if random.random() < 0.3:
        (corpus / ".gitattributes").write_text("*.jsonl merge=union\n")
    _git(corpus, "init", "-q", "-b", "here")
    _git(corpus, "add", ".")
    _git(corpus, "commit", "-qm", "base")
    sides = []
    for branch in ("laptop", "here"):
        _git(corpus, "checkout", "-q", *(["-b"] if branch == "laptop" else []), branch)
        _annotate(corpus, random, random.randrange(1, 8))
        sides.append(journal.read_bytes())
        _git(corpus, "commit", "-qam", branch)
    _git(corpus, "merge", "-q", "laptop")
    result = call("repair", corpus, "--write", "--json")
    if result.code not in {0, 3}:
        return result.err
    mended, (laptop, here) = journal.read_bytes(), sides
    if not mended.startswith(here):
        return "the lines of this machine are not as they were"
    found = Counter(map(_record_key, mended.splitlines()))
    if found != Counter(map(_record_key, set(laptop.splitlines()) | set(here.splitlines()))):
        return "not every record is there once"
    left = call("check", corpus, "--level", "error", "--only", "journal")
    return left.out if left.code else ""


def _record_key(line: bytes) -> bytes:
    """Return what a line holds but for its number, parent and checksum."""
    fields = orjson.loads(line)
    return orjson.dumps({k: v for k, v in fields.items() if k not in {"_seq", "_parent", "_crc", "_batch", "_v"}})
