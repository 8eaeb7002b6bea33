"""Makes the fixture corpus: ``python -m tests.golden.fixture FOLDER``.

The corpus in ``corpus_0_1`` was made with it once, by version 0.1 (commit a988653). It is kept as it is:
a corpus written by that version must open for ever, so it is never made anew by a later version.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import orjson
from annotator.core.keys import KeyKind
from annotator.core.provenance import span_of
from annotator.storage.corpus import Corpus

from annotator.core.annotation import Answer, Work
from annotator.core.article import Verdict
from annotator.core.edits import (
    Edit,
    add_span,
    move_span,
    reject_suggestion,
    remove_span,
    set_answer,
    set_flag,
    set_note,
    take_spans,
    together,
)
from annotator.core.spans import Span
from annotator.session.session import Session
from annotator.storage.journal import Journal
from tests.cli.command_runner import call
from tests.formats.awkward_documents import AWKWARD

START = 1_767_225_600.0
"""The first second of 2026 (UTC); the clock goes on by three seconds a call."""
NAME = "fixture"
"""The folder's name is part of the rescue file's name."""

HERE = Path(__file__).parent
CRACKS = ("14 cracks", "16 cracks, two more than last week")
"""What the newer version of an article says in place of what the first says."""


class Pencil:
    """One annotator's session, driven by words instead of offsets."""

    def __init__(self, folder: Path, name: str, clock: Callable[[], float], number: int = 1) -> None:
        """Open the journal of ``name``."""
        corpus = Corpus.open(folder)
        self.session = Session(
            corpus,
            Journal.open(folder, name),
            schema=corpus.schema,
            annotator=name,
            clock=clock,
            session_id=f"{name}-{number}",
        )

    def at(self, words: str) -> Work:
        """Go to the first sentence of the queue with these words and return it."""
        for article in self.session.queue:
            for work in self.session.works_of(article):
                if words in work.sentence.text:
                    self.session.navigation.go_to(work.sentence.id)
                    return work
        raise LookupError(words)

    def do(self, words: str, make: Callable[[Work], Edit], keys: str = "") -> None:
        """Do an edit on the sentence with these words; ``keys`` are the kinds of the keys pressed."""
        for kind in keys.split():
            self.session.count_key(KeyKind(kind))
        self.session.do(make(self.at(words)))

    def mark(self, words: str, label: str, keys: str = "select label") -> None:
        """Label words where they first stand."""
        self.do(words, lambda w: self.adding(w, words, label), keys)

    def adding(self, work: Work, words: str, label: str) -> Edit:
        """Return the edit that labels words of a sentence."""
        at = work.sentence.text.index(words)
        return add_span(work, Span(at, at + len(words), label), self.session.schema)

    def answer(self, words: str, answer: Answer | None = Answer.ACCEPT) -> None:
        """Answer a sentence."""
        self.do(words, lambda w: set_answer(w, answer), "enter")

    def take(self, words: str, answer: Answer | None = Answer.ACCEPT) -> None:
        """Take all suggestions for a sentence."""
        work = self.at(words)
        offered = [span_of(s) for s in self.session.suggested(self.session.place.sentence)]
        self.session.do(take_spans(work, offered, self.session.schema, answer))

    def token(self, words: str, at: str) -> int:
        """Return the number of the token that begins with ``at``."""
        sentence = self.at(words).sentence
        return next(i for i, t in enumerate(sentence.tokens) if t.start == sentence.text.index(at))

    def close(self) -> None:
        """Save everything."""
        assert self.session.close(), self.session.banner


def clock_from(start: float) -> Callable[[], float]:
    """Return a clock that goes on by a few seconds a call, with a long break now and then."""
    calls = 0

    def now() -> float:
        nonlocal calls
        if threading.current_thread() is threading.main_thread():  # the thread that saves asks as well
            calls += 1
        return start + 3 * calls + 900 * (calls // 25)

    return now


def first_annotator(folder: Path, clock: Callable[[], float]) -> None:
    """Work as ``ana``, who uses every operation but a migration."""
    pencil = Pencil(folder, "ana", clock)
    session, schema = pencil.session, pencil.session.schema
    pencil.mark("Edda Holm", "PERSON")
    pencil.mark("More than 40 stalls", "COUNT", "select select label")
    pencil.mark("Tarn Quay on", "VENUE")
    pencil.do("Tarn Quay on", lambda w: _moved(w, "Tarn Quay on", "Tarn Quay", schema), "correct")
    pencil.answer("40 stalls")
    pencil.answer("Nobody was turned", Answer.REJECT)
    pencil.at("“We counted")
    if "surprise" not in session.work.sentence.text:
        session.join()
    else:
        session.split(pencil.token("“We counted", "That was"))
        session.join()
    pencil.take("“We counted")
    session.undo()
    session.redo()
    pencil.take("Pell thanked", None)
    pencil.do("Pell thanked", lambda w: remove_span(w, w.annotation.spans[0]), "correct")
    session.undo()
    pencil.answer("Pell thanked")
    pencil.mark("her brother", "PERSON")
    pencil.do("Rain is", lambda w: set_note(w, "no  names\nhere"))
    pencil.do("Rain is", lambda w: set_flag(w, True))
    pencil.answer("Rain is", Answer.IGNORE)
    works = [w for a in session.queue for w in session.works_of(a) if "Brackwater" in w.sentence.text]
    session.do(together([pencil.adding(w, "Brackwater", "VENUE") for w in works], "+ VENUE, twice"))
    pencil.at("old hall in")
    offered = [span_of(s) for s in session.suggested(session.place.sentence) if s.label == "COUNT"]
    pencil.do("old hall in", lambda w: reject_suggestion(w, offered[0]), "select correct")
    session.split(pencil.token("old hall in", "Brackwater itself"))
    pencil.mark("北港", "VENUE")
    pencil.mark("莉娜", "PERSON")
    pencil.answer("莉娜")
    pencil.mark("ท่าเรือเหนือ", "VENUE")
    pencil.mark("Bo", "PERSON")
    pencil.mark("Ry", "VENUE")
    pencil.answer("family met")
    pencil.mark("Jörg Lüders", "PERSON")
    pencil.mark("Nordhafen", "VENUE")
    pencil.answer("Jörg")
    pencil.mark("Pia Rask", "PERSON")
    pencil.mark("14 cracks", "COUNT")
    pencil.answer("14 cracks")
    quay = pencil.at("would come back").sentence.article
    lines = session.article(quay).text.split("\n")
    session.switch_line(quay, lines.index("Subscribe to our newsletter"), Verdict.BODY)
    session.switch_line(quay, 0, Verdict.BODY)
    session.undo_line(quay)
    pencil.close()


def _moved(work: Work, old: str, new: str, schema: object) -> Edit:
    at = work.sentence.text.index(old)
    span = next(s for s in work.annotation.spans if s.start == at and s.end == at + len(old))
    return move_span(work, span, Span(at, at + len(new), span.label), schema)  # type: ignore[arg-type]


def second_annotator(folder: Path, clock: Callable[[], float]) -> None:
    """Work as ``ben``, who agrees with ana here and disagrees there."""
    pencil = Pencil(folder, "ben", clock)
    pencil.mark("Edda Holm", "PERSON", "")
    pencil.mark("40 stalls", "COUNT", "")
    pencil.mark("Tarn Quay", "VENUE", "")
    pencil.answer("40 stalls")
    pencil.answer("Nobody was turned")
    pencil.mark("Mayor Edda Holm said", "CLAIM", "")
    pencil.session.undo()
    pencil.take("Pell thanked")
    pencil.mark("Jörg Lüders", "VENUE")
    pencil.mark("Jörg Lüders", "PERSON")
    pencil.mark("Nordhafen", "VENUE")
    pencil.answer("Jörg")
    pencil.take("would come back")
    pencil.answer("would come back", None)
    pencil.take("16 cracks")
    pencil.close()


def late_work(folder: Path, clock: Callable[[], float]) -> None:
    """Work once more as both, after the migration: its last lines are to be torn and rescued."""
    pencil = Pencil(folder, "ana", clock, 2)
    pencil.take("would come back")
    pencil.do("would come back", lambda w: set_note(w, "see the guideline"))
    pencil.close()
    pencil = Pencil(folder, "ben", clock, 2)
    pencil.session.split(pencil.token("old hall in", "Brackwater itself"))
    pencil.close()


def rescue_and_tear(folder: Path) -> None:
    """Put ana's last two records into a rescue file, and cut ben's last line in the middle."""
    ana, ben = (folder / "annotations" / f"{name}.jsonl" for name in ("ana", "ben"))
    with Journal.open(folder, "ana") as journal:
        journal.rescue(journal.records[-2:])
    ana.write_bytes(b"".join(ana.read_bytes().splitlines(keepends=True)[:-2]))
    ben.write_bytes(ben.read_bytes()[:-200])


@contextlib.contextmanager
def inside(folder: Path, home: Path) -> Iterator[None]:
    """Work in a folder, at a fixed time and under a fixed name, with another home."""
    environment = {"ANNOTATOR_HOME": str(home), "LOGNAME": "guide"}
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environment),
        mock.patch("time.time", return_value=START + 50_000),
    ):
        yield


def run(*args: str) -> None:
    """Run a command, which may leave something out."""
    said = call(*args)
    if said.code not in {0, 3}:
        raise SystemExit(f"{args}: {said.err}")


def make(folder: Path) -> None:
    """Make the corpus and its home in an empty folder."""
    pages, corpus, home = folder / "pages", folder / NAME, folder / "home"
    shutil.copytree(HERE / "pages", pages)
    shutil.copy(HERE / "cleo.jsonl", folder)
    home.mkdir()
    clock = clock_from(START)
    with inside(folder, home):
        run("ingest", "pages", "--corpus", NAME)
        run("suggest", NAME, "--rules")
        first_annotator(corpus, clock)
        lock = pages / "lock.txt"
        lock.write_text(lock.read_text(encoding="utf-8").replace(*CRACKS), encoding="utf-8")
        run("ingest", "pages", "--corpus", NAME)
        run("suggest", NAME, "--rules")
        second_annotator(corpus, clock)
        run("import", "cleo.jsonl", "--corpus", NAME, "--add-labels")
        run("schema", "rename", NAME, "COUNT", "AMOUNT")
        run("schema", "split", NAME, "VENUE", "--into", "VENUE,TOWN", "--take", "TOWN=Brackwater")
        run("schema", "rename", NAME, "CLAIM", "STATEMENT")
        run("schema", "undo", NAME)
        run("export", NAME, "out", "--rebalance", "--annotator", "ana")
        late_work(corpus, clock)
        rescue_and_tear(corpus)
    for name in ("out", "pages"):
        shutil.rmtree(folder / name)
    (folder / "cleo.jsonl").unlink()
    for path in folder.rglob(".*.lock"):
        path.unlink()


def awkward_lines() -> bytes:
    """Return the awkward documents as JSONL of texts and spans."""
    rows = ({"id": d.id, "text": d.text, "spans": [[s.start, s.end, s.label] for s in d.spans]} for d in AWKWARD)
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve())
    (Path(sys.argv[1]) / "awkward.jsonl").write_bytes(awkward_lines())
