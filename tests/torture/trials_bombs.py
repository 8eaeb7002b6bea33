"""Trials of files that are small and make much work: refused, or done in bounded time and memory."""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from functools import cache, partial
from operator import itemgetter
from pathlib import Path

import orjson

from annotator.core.annotation import Answer
from annotator.core.edits import set_answer
from tests import builders
from tests.app_pilot import running_app
from tests.cli.command_runner import call
from tests.torture.bounds import bounded_work
from tests.torture.rows import Trial, torture_row

_ROW = b'{"text": "Lena rowed.", "spans": [[0, 4, "PERSON"]]'
_DEEP = ((b"[", b"]"), (b'{"a":', b"}"))
_RUNS = ("$", "🛶", "(", "a", "é", "_", "[/", "...", "'", "“", "漢", "a\u0301", "-1,", "@a.", "http://")
_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
_XML = f'<!DOCTYPE x [<!ENTITY e0 "boat">{_ENTITIES}]>\n<xmi:XMI xmlns:xmi="http://www.omg.org/XMI">&e9;</xmi:XMI>'


def _zip(*members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for n, data in enumerate(members):
            packed.writestr(f"{n}.jsonl", data)
    return out.getvalue()


@cache
def _zeros() -> bytes:
    return bytes(80 * 2**20)


def _overlapping(n: int) -> bytes:
    text = "a " * n
    return orjson.dumps({"text": text, "spans": [[0, 2 * i + 1, "PERSON"] for i in range(n)]})


_IMPORTED: dict[str, Callable[[int], bytes]] = {
    "DocBin of zeros": lambda _: zlib.compress(_zeros(), 9),
    "DocBin of nested lists": lambda n: zlib.compress(b"\x91" * n),
    "DocBin of a list that is not there": lambda _: zlib.compress(b"\xdd\xff\xff\xff\xff"),
    "zip of zeros": lambda _: _zip(_zeros()),
    "zip of zips": lambda _: _zip(_zip(_zip(_ROW + b"}"))),
    "zip of many": lambda _: _zip(*[b""] * 11_000),
    "lists": lambda n: _DEEP[0][0] * n + _DEEP[0][1] * n,
    "objects": lambda n: _DEEP[1][0] * n + b"1" + _DEEP[1][1] * n,
    "lists in a row": lambda n: _ROW + b', "meta": ' + b"[" * n + b"]" * n + b"}",
    "a line without an end": lambda _: _ROW + b" " * 10_500_000,
    "a number of many digits": lambda n: _ROW + b', "meta": ' + b"9" * n * 5 + b"}",
    "many keys": lambda n: orjson.dumps({"text": "a", "spans": [], **{f"k{i}": i for i in range(n // 5)}}),
    "spans from one place": lambda n: _overlapping(min(n // 10, 3000)),
    "many columns": lambda n: b"Lena B-PERSON " + b"x " * n + b"\nrowed O\n",
    "entities": lambda _: _XML.encode(),
    "elements": lambda n: b'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI">' + b"<a>" * n + b"</a>" * n,
}
_INGESTED: dict[str, Callable[[int], bytes]] = {
    "page of elements": lambda n: b"<html><body>" + b"<div>" * n + b"Boats left." + b"</div>" * n,
    "page of open elements": lambda n: b"<html><body><p>Boats" + b"<b><i>" * (n // 4),
    "page of attributes": lambda n: b"<html><p " + b"a=1 " * n + b">Boats left.</p>",
    "comments": lambda n: b"<html><p>Boats left.</p>" + b"<!--" * n,
    "paragraphs": lambda n: b"Boats left.\n" * (n // 20),
    "record of lists": lambda n: b'{"text": "Boats left.", "meta": ' + b"[" * n + b"]" * n + b"}",
    "sentences of one line": lambda n: b"Boats left. " * (n // 10),
    "runs without a blank": lambda _: "\n".join(f"Boats {x * 16_000} left." for x in _RUNS).encode(),
}
_STORED = (
    "corpus.toml", "schema.toml", "splits.json", "sentences.jsonl", "annotations/ana.jsonl", "suggestions/rules.jsonl",
)  # fmt: skip
_BOMBS = [("import", x) for x in _IMPORTED] + [("ingest", x) for x in _INGESTED] + [("check", x) for x in _STORED]


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="annotator-torture-")) / "news"
    session = builders.open_session(builders.make_corpus(path))
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.close()
    (path / "suggestions").mkdir()
    return path


def _plant(trial: Trial, command: str, name: str) -> list[str | Path]:
    """Write a bomb; return the command that reads it."""
    size, corpus = trial.random.randint(20_000, 100_000), trial.folder / "c"
    if command == "check":
        shutil.copytree(_template(), corpus)
        start, end = trial.random.choice(_DEEP)
        line = start * size + (b"1" + end * size if trial.random.random() < 0.5 else b"")
        (corpus / name).write_bytes(b"x = " + line if name.endswith(".toml") else line + b"\n")
        return ["check", corpus]
    data = (_IMPORTED if command == "import" else _INGESTED)[name](size)
    page = data.startswith(b"<html")
    path = trial.folder / (
        "f" if command == "import" else "f.html" if page else "f.jsonl" if data[0] == 123 else "f.txt"
    )
    path.write_bytes(data)
    return [command, path, "--corpus", corpus, *(["--add-labels"] if command == "import" else [])]


# -- what is in, on the screen: counted in calls of functions, which are the same on every machine ------

_KEYS = ("down", "up", "right", "space", "left", "f", "enter", "end")
_MOST_TIMES_PLAIN = 10
"""How many times the work of a key in a plain article a key may make: 100 ms are that much on a slow machine."""


async def _calls_by_key(corpus: Path) -> dict[str, int]:
    """Return how many functions each key calls until it is painted."""
    counts = dict.fromkeys(_KEYS, 0)
    async with running_app(corpus) as d:
        for key in _KEYS:
            seen = partial(_count_call, counts, key)
            sys.setprofile(seen)
            try:
                await d.press(key)
            finally:
                sys.setprofile(None)
    return counts


def _count_call(counts: dict[str, int], key: str, _frame: object, event: str, _argument: object) -> None:
    counts[key] += event in {"call", "c_call"}


@cache
def _plain_calls() -> int:
    return max(asyncio.run(_calls_by_key(_template())).values())


def _slow_key(corpus: Path) -> str:
    key, calls = max(asyncio.run(_calls_by_key(corpus)).items(), key=itemgetter(1))
    too_many = calls > _MOST_TIMES_PLAIN * _plain_calls()
    return f"{key} calls {calls:,} functions, in a plain article {_plain_calls():,}" if too_many else ""


@torture_row("bombs", small=15, large=1000)
def bombs(trial: Trial) -> str:
    """Read a small file that makes much work: refused in one line or done, in bounded time; no key waits for it."""
    command, name = _BOMBS[trial.number * 7 % len(_BOMBS)]
    arguments = _plant(trial, command, name)
    with bounded_work(20):
        result = call(*arguments)
    says_nothing_clear = result.code == 1 and command != "check" and result.err.count("\n") != 1
    if result.code not in {0, 1, 3} or "ANNOTATOR_DEBUG" in result.err or says_nothing_clear:
        return f"{command} of {name} ends with {result.code}: {result.err[:500]}"
    if command == "import" and result.code == 1 and (trial.folder / "c").exists():
        return f"{name} was refused, and there is a corpus"
    if command == "check" or not (trial.folder / "c" / "corpus.toml").exists():
        return ""
    return f"{name}: {slow}" if (slow := _slow_key(trial.folder / "c")) else ""
