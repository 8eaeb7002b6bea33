"""Trials of the export: what goes in comes out or is listed, and an old export survives an interrupted one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from annotator.core.annotation import Answer
from annotator.core.edits import add_span, combine_edits, set_answer
from annotator.core.spans import Span
from annotator.formats.registry import FORMATS, export_formats
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.absent_articles import ARTICLE_MISSING
from tests import builders
from tests.cli.command_runner import call
from tests.export.random_corpora import annotated, files_of, random_action
from tests.torture.rows import Trial, torture_row

ROOT = Path(__file__).resolve().parents[2]
SpanKey = tuple[str, int, int, str]
"""Article, start and end in it, label."""


def _journal_states(corpus: CorpusFolder) -> list[dict[str, Any]]:
    """Return the last state of each place in the journal, read as plain JSON."""
    states: list[dict[str, Any]] = []
    for raw in (corpus.path / "annotations" / "ana.jsonl").read_bytes().splitlines():
        line = orjson.loads(raw)
        start, end, article = (line["meta"][x] for x in ("start", "end", "article"))
        others = [s for s in states if not _shares_text(s["meta"], article, start, end)]
        states = [*others, line]
    return states


def _shares_text(meta: dict[str, Any], article: str, start: int, end: int) -> bool:
    return bool(meta["article"] == article and meta["start"] < end and start < meta["end"])


def _span_keys(state: dict[str, Any]) -> list[SpanKey]:
    meta = state["meta"]
    return [(meta["article"], meta["start"] + s["start"], meta["start"] + s["end"], s["label"]) for s in state["spans"]]


def _is_switched_off(corpus: CorpusFolder, state: dict[str, Any]) -> bool:
    article, meta = corpus.article(state["meta"]["article"]), state["meta"]
    first, last = (article.text[: meta[x]].count("\n") for x in ("start", "end"))
    return any(line.verdict.value == "boilerplate" for line in article.lines[first : last + 1])


def _listed_spans(ledger: Path) -> list[SpanKey]:
    """Return the spans of a full ledger, whatever became of them."""
    found = []
    for raw in ledger.read_bytes().splitlines():
        line = orjson.loads(raw)
        if "totals" in line or "thing" in line:
            continue
        article, _, place = (line["id"] if isinstance(line["where"], dict) else line["where"]).partition(":")
        *_, offsets, label = line["id"].split(":")
        start, end = (int(x) + int(place.partition("-")[0] or 0) for x in offsets.split("-"))
        found.append((article, start, end, label))
    return found


@torture_row("export-conserves", small=50, large=2000)
def export_conserves(trial: Trial) -> str:
    """Export what random work has left, in every format: in = out + listed, and every span comes back or is listed."""
    name = export_formats()[trial.number % len(export_formats())]
    corpus, out = (
        annotated(trial.folder, trial.random.randrange(10**6), trial.random.randint(10, 80)),
        trial.folder / "out",
    )
    states = [s for s in _journal_states(corpus) if s["answer"]]
    off = [s for s in states if _is_switched_off(corpus, s)]
    answers = FORMATS[name].has_answers
    states = [s for s in states if s["answer"] == "accept" or (answers and s not in off)]
    split = ["--split", "100/0/0"] if name == "spacy" else []
    result = call("export", corpus.path, out, "--format", name, "--ledger", "full", *split)
    if result.code == 1 and not any(s["answer"] == "accept" and s not in off for s in states):
        return ""
    if result.code not in {0, 3}:
        return f"{name} ends with {result.code}: {result.err}"
    listed = Counter(_listed_spans(out / "ledger.jsonl"))
    wanted, asked = (Counter(k for s in some for k in _span_keys(s)) for some in (states, off))
    if listed != wanted:
        return f"{name}: listed and not annotated {listed - wanted}, annotated and not listed {wanted - listed}"
    totals = orjson.loads((out / "ledger.jsonl").read_bytes().splitlines()[-1])["totals"]["spans"]
    if totals["in"] != listed.total() or (totals["left out"] > asked.total() and result.code != 3):
        return f"{name}: {listed.total()} spans are listed, the totals are {totals}, {result.err}{result.out}"
    certificate = call("check", "--round-trip", name, corpus.path)
    return f"{name}: {certificate.out}{certificate.err}" if certificate.code not in {0, 3} else ""


# -- a journal of another corpus ---------------------------------------------------------------------

_FOREIGN = "ŧ"
"""Stands in every sentence of the other corpus, at the place of an "e", so that all offsets are alike."""


def _other_corpus(trial: Trial) -> CorpusFolder:
    """Return a corpus of the same name and places, and sometimes with one article of ours, on which Ana has worked."""
    of_both = trial.random.random() < 0.3
    texts = [(builders.MARKET, "ty-bbbxb"), (builders.BRIDGE, "t-bb")]
    others = [builders.article(text.replace("e", _FOREIGN), lines) for text, lines in texts]
    corpus = builders.make_corpus(trial.folder / "other", *others, *([builders.bridge()] if of_both else []))
    session = builders.open_session(corpus)
    for _ in range(trial.random.randint(1, 60)):
        random_action(session, trial.random)
    assert session.close()
    return corpus


def _wrong_export(here: CorpusFolder, out: Path, name: str, foreign: list[dict[str, Any]]) -> str:
    """Export, and return what of the ``foreign`` states is exported, or lacks its warning."""
    split = ["--split", "100/0/0"] if name == "spacy" else []
    result = call("export", here.path, out, "--format", name, "--ledger", "full", *split)
    accepted = [s for s in foreign if s["answer"] == "accept"]
    if result.code not in ({1, 3} if accepted else {0, 1, 3}) or "Traceback" in result.err:
        return f"{name} ends with {result.code}: {result.err}"
    verb = "sentence is" if len(foreign) == 1 else "sentences are"
    if foreign and f"ana.jsonl: {len(foreign)} {verb} left out, because {ARTICLE_MISSING}" not in result.err:
        return f"{name}: nothing warns of {len(foreign)} sentences: {result.err}"
    written = files_of(out) if out.exists() else {}
    written.pop("ledger.jsonl", None)
    signs = (_FOREIGN.encode(), b"\\u0167", *(s["meta"]["article"].encode() for s in foreign))
    if found := [file for file, data in written.items() if any(sign in data for sign in signs)]:
        return f"{name}: of the other corpus in {found}"
    wanted = Counter(k for s in accepted for k in _span_keys(s))
    listed = Counter(_listed_spans(out / "ledger.jsonl")) if result.code != 1 else wanted
    return f"{name}: not listed {wanted - listed}" if wanted - listed else ""


@torture_row("foreign-journal", small=20, large=1000)
def foreign_journal(trial: Trial) -> str:
    """Copy a journal from another corpus: nothing of its articles is exported, and export, check and app say so."""
    name = export_formats()[trial.number % len(export_formats())]
    here, other = builders.make_corpus(trial.folder / "news"), _other_corpus(trial)
    if trial.random.random() < 0.5:  # it takes the place of Ana's own
        builders.open_session(here).close()
    journal = here.path / "annotations" / "ana.jsonl"
    journal.parent.mkdir(exist_ok=True)
    copied = shutil.copy(other.path / "annotations" / "ana.jsonl", journal).read_bytes()
    foreign = [s for s in _journal_states(here) if s["meta"]["article"] not in set(here.article_ids())]
    if wrong := _wrong_export(here, trial.folder / "out", name, foreign):
        return wrong
    checked = call("check", here.path, "--only", "journal").out.count(ARTICLE_MISSING)
    if checked != sum(s["answer"] == "accept" for s in foreign):
        return f"{checked} of {len(foreign)} sentences are found by the check"
    session = builders.open_session(here)
    if foreign and not any("of articles that are not in this corpus" in w for w in session.warnings):
        return f"the session says nothing: {session.warnings}"
    session.navigation.go_to(session.sentences_of(builders.market().id)[1].sentence.id)
    own = session.article_sentences
    session.apply_edit(combine_edits([set_answer(w, Answer.ACCEPT) for w in own], "all"))
    assert session.close()
    if not journal.read_bytes().startswith(copied):
        return "bytes of the journal that was copied are lost"
    wrong = _wrong_export(here, trial.folder / "out2", name, foreign)
    if not wrong and not (trial.folder / "out2" / "ledger.jsonl").exists():
        return f"{name}: her own work is not exported"
    return wrong


# -- interrupted -----------------------------------------------------------------------------------

_EXPORT = """
import builtins, io, os, signal, sys
from pathlib import Path
from annotator.core.errors import AnnotatorError
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.absent_articles import ARTICLE_MISSING
from annotator.workflows import exporting

def strike(event, arguments):
    global calls
    if event not in {"open", "os.rename", "os.link", "os.mkdir", "os.remove"} or out not in str(arguments[0]):
        return
    calls -= 1
    if calls == 0 and whom == "worker":
        pids = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        os.kill(int(pids[-1]) if pids else os.getpid(), signal.SIGKILL)
    elif calls == 0:
        os.kill(os.getpid(), signal.SIGINT if whom == "interrupt" else signal.SIGKILL)

def opened(file, *more, **options):
    found = really_open(file, *more, **options)
    strike("open", (file,))  # once more: it may be empty now
    return found

def poison(event, arguments):
    if event == "open" and str(arguments[0]).endswith(os.environ.get("POISON", "?")):
        os.kill(os.getpid(), signal.SIGKILL)

def noted(job, *more):
    with open(sys.argv[2] + ".written", "a") as file:
        print(job.name, file=file)
    return write(job, *more)

if __name__ == "__mp_main__":
    sys.addaudithook(poison)
if __name__ == "__main__":
    corpus, out, whom, calls = CorpusFolder.open(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    if whom != "nobody":
        sys.addaudithook(strike)
        really_open, io.open = io.open, opened
        builtins.open = opened
    if "resume" in sys.argv:
        write, exporting.write_shard = exporting.write_shard, noted
    options = ExportOptions(split=(100, 0, 0), shard=1, processes=1 + (whom == "worker"), resume="resume" in sys.argv)
    try:
        exporting.export_training(corpus, Path(out), options)
    except AnnotatorError as error:
        sys.exit(str(error))
"""


_CALLS = 225
"""A few more than an export makes: some trials strike nothing."""


def _run_export(
    corpus: Path, out: Path, whom: str = "nobody", calls: int = 0, *more: str, poison: str = "?"
) -> tuple[int, str]:
    """Export in a process that is struck at a call on a file in ``out``; return exit code and stderr.

    A worker that opens a file whose path ends with ``poison`` is killed.
    """
    script = out.with_name("export.py")
    script.write_text(_EXPORT)
    arguments = [sys.executable, script, corpus, out, whom, str(calls), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "POISON": poison}
    run = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    return run.returncode, run.stderr


def _exported_bytes(out: Path) -> dict[str, bytes]:
    """Return the DocBins of an export without what waits to be put in place."""
    names = {p: str(p.relative_to(out)) for p in sorted(out.rglob("*.spacy"))}
    return {name: p.read_bytes() for p, name in names.items() if not name.startswith(".")}


@cache
def _exported_twice() -> tuple[Path, Path, dict[str, bytes]]:
    """Return a corpus, its export of before the last decisions, and the files of a whole one of now."""
    folder = Path(tempfile.mkdtemp(prefix="annotator-torture-"))
    corpus = builders.make_corpus(folder / "news")
    session = builders.open_session(corpus)
    session.apply_edit(combine_edits([set_answer(w, Answer.ACCEPT) for w in session.article_sentences], "all"))
    assert session.flush()
    assert _run_export(corpus.path, folder / "old") == (0, "")
    session.apply_edit(add_span(session.annotated, _first_token(session), session.schema))
    session.navigation.move_article(1)
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.close()
    assert _run_export(corpus.path, folder / "new") == (0, "")
    return corpus.path, folder / "old", _exported_bytes(folder / "new")


def _first_token(session: AnnotationSession) -> Span:
    token = session.annotated.sentence.tokens[0]
    return Span(token.start, token.end, "VENUE")


@torture_row("export-interrupted", small=4, large=300)
def export_interrupted(trial: Trial) -> str:
    """Kill or interrupt an export or a worker at any call: every old file is as it was; the next one is whole."""
    corpus, old, new = _exported_twice()
    out, before = trial.folder / "out", _exported_bytes(old)
    shutil.copytree(old, out)
    whom, calls = ("worker", "kill", "kill", "interrupt")[trial.number % 4], trial.random.randint(1, _CALLS)
    if trial.random.random() < 0.5:  # where old files give way to new ones
        calls = trial.random.randint(_CALLS - 40, _CALLS)
    code, said = _run_export(corpus, out, whom, calls)
    found = _exported_bytes(out)
    if "Traceback" in said and "KeyboardInterrupt" not in said:
        return f"{whom} at {calls}: {said}"
    if found not in (before, new) and (
        whom != "kill" or any(x not in (before.get(n), new.get(n)) for n, x in found.items())
    ):
        return f"{whom} at {calls}: {code}, files that are neither the old nor the new ones"
    if code and whom == "interrupt" and found != before and not said:
        return f"{whom} at {calls}: new files, and nothing is said"
    code, said = _run_export(corpus, out, "nobody", 0, *(["resume"] if trial.random.random() < 0.5 else []))
    left = [p.name for p in out.iterdir() if p.name.startswith(".")]
    if code or left or _exported_bytes(out) != new:
        return f"{whom} at {calls}, then again: {code} {said}, left over {left}"
    return ""


@torture_row("poisoned-export", small=1, large=100)
def poisoned_export(trial: Trial) -> str:
    """Kill each worker that comes to one file: the error names it, the old export stays, a resume writes the rest."""
    corpus, old, new = _exported_twice()
    out, name = trial.folder / "out", trial.random.choice(sorted(new)[5:])  # by then the first one is finished
    shutil.copytree(old, out)
    code, said = _run_export(corpus, out, "worker", 0, poison=name.replace("/", "-"))
    if code != 1 or name not in said.rpartition("not written yet: ")[2]:
        return f"{name}: exit code {code}: {said}"
    if _exported_bytes(out) != _exported_bytes(old):
        return f"{name}: the old export is another one"
    manifest = out / ".unfinished" / "manifest.jsonl"
    lines = manifest.read_bytes().splitlines()[1:] if manifest.exists() else []
    finished = {orjson.loads(line)["name"] for line in lines}
    if not finished:
        return f"{name}: nothing is kept of what was finished"
    code, said = _run_export(corpus, out, "nobody", 0, "resume")
    written = Path(f"{out}.written").read_text().split()
    if finished & set(written) or finished | set(written) != set(new):
        return f"{name}: finished were {sorted(finished)}, written again {written}"
    return "" if code == 0 and _exported_bytes(out) == new else f"{name}: the resumed export is not whole: {said}"
