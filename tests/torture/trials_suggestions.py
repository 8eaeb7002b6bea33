"""Trials of suggestion files that another program has written, or a fault: mutated bytes and mutated values."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import orjson

from annotator.core.suggestion import Suggestion
from annotator.core.tokens import is_aligned
from annotator.session.annotation_controller import AnnotationController
from annotator.session.session import AnnotationSession
from annotator.storage.journal import Journal
from annotator.storage.suggestions import encode_suggestions
from tests import builders
from tests.app_pilot import running_app
from tests.cli.command_runner import call
from tests.hostile_text import commands_in
from tests.torture.rows import Trial, torture_row
from tests.torture.trials_imports import FuzzSample, mutate

_COMMANDS = (("check",), ("stats",), ("articles",), ("suggest", "--rules"))
_ACTIONS = ("next_suggested", "sentence_down", "take", "accept", "accept", "accept", "reject", "undo", "proposals")
_VALUES: tuple[object, ...] = (
    *(
        None,
        True,
        -1,
        0,
        1,
        2,
        10**6,
        2**63 - 1,
        -(2**63),
        0.5,
        1.5,
        -1e300,
        "",
        "1",
        "PERSON",
        [],
        {},
        [[]],
        "x" * 999,
    ),
)


@cache
def _template() -> Path:
    """Return a corpus whose every sentence has two suggestions of a model."""
    path = Path(mkdtemp(prefix="annotator-torture-")) / "news"
    corpus = builders.make_corpus(path)
    lines = []
    for s in (s for name in corpus.article_ids() for s in corpus.sentences(name)):
        first, last = s.tokens[0], s.tokens[-1]
        found = [Suggestion(first.start, first.end, "PERSON", "model", 0.9, "PER")]
        found += [Suggestion(s.tokens[-2].start, last.end, "VENUE", "model", 0.4, "GPE")] if len(s.tokens) > 1 else []
        lines.append(encode_suggestions(s, found, "model", "f"))
    (path / "suggestions").mkdir()
    (path / "suggestions" / "model.jsonl").write_bytes(b"".join(lines))
    return path


def _change_value(line: bytes, random: Random) -> bytes:
    """Return a line of JSON in which one value is another one, or left out."""
    data: Any = orjson.loads(line)
    node: Any = data
    while True:
        key = random.choice(list(node) if isinstance(node, dict) else range(len(node)))
        if not (isinstance(node[key], dict | list) and node[key] and random.random() < 0.9):
            break
        node = node[key]
    if random.random() < 0.15:
        del node[key]
    else:
        node[key] = random.choice(_VALUES)
    return orjson.dumps(data)


def _mutated(data: bytes, random: Random) -> bytes:
    """Return the file with other bytes in one trial of three, else with other values in many of its lines."""
    if random.random() < 0.3:
        return mutate(FuzzSample("suggestions", {"f": data}), random)["f"]
    lines = data.splitlines()
    return b"".join((_change_value(x, random) if random.random() < 0.7 else x) + b"\n" for x in lines)


def _wrong_suggestions(session: AnnotationSession) -> Iterator[str]:
    """Yield each suggestion that is no phrase of its sentence, and what goes wrong while they are used."""
    for annotated in (a for article in session.queue for a in session.sentences_of(article)):
        s = annotated.sentence
        for x in session.suggestion_service.suggestions(annotated):
            if not (0 <= x.start < x.end <= len(s.text) and is_aligned(s.tokens, x.start, x.end) and 0 <= x.score <= 1):
                yield f"{x} is offered for {s.text!r}"


def _use_suggestions(session: AnnotationSession, random: Random) -> None:
    controller = AnnotationController(session)
    for _ in range(12):
        controller.dispatch(random.choice(_ACTIONS))
        controller.state()


async def _wrong_screen(path: Path) -> str:
    async with running_app(path, size=(120, 30)) as d:
        for key in ("tab", "tab", "space", "F", "enter", "tab", "question_mark", "escape", "at", "escape"):
            await d.press(key)
            if found := commands_in(d.raw().replace("\n", "")):
                return f"{key}: {found} on the screen"
        return "" if d.app.is_running and d.app._exception is None else f"the app ends with {d.app._exception!r}"


def _wrong_commands(corpus: Path) -> Iterator[str]:
    for command in _COMMANDS:
        result = call(*command, corpus)
        found = commands_in((result.out + result.err).replace("\n", "").replace("\t", ""))
        if found or result.code not in {0, 1, 3} or "ANNOTATOR_DEBUG" in result.err:
            yield f"{command[0]} ends with {result.code}, {found}: {result.err[-500:]}"


@torture_row("mutated-suggestions", small=20, large=3000)
def mutated_suggestions(trial: Trial) -> str:
    """Mutate bytes and values of a suggestion file: only phrases of the text are offered, and all goes on."""
    corpus, random = trial.folder / "news", trial.random
    shutil.copytree(_template(), corpus)
    file = corpus / "suggestions" / "model.jsonl"
    file.write_bytes(_mutated(file.read_bytes(), random))
    session = builders.open_session(corpus)
    if wrong := next(_wrong_suggestions(session), ""):
        return wrong
    _use_suggestions(session, random)
    if not session.close():
        return f"not saved: {session.banner}"
    with Journal.open(corpus, "ana") as journal:
        if journal.damaged:
            return f"damaged lines: {journal.damaged}"
    labels = {x.name for x in session.schema.labels}
    for record in journal.records:
        if strange := [s for s in record.annotated.annotation.spans if s.label not in labels]:
            return f"labels that the schema has not: {strange}"
    if trial.number % 10 == 0 and (wrong := asyncio.run(_wrong_screen(corpus))):
        return wrong
    return next(_wrong_commands(corpus), "")
