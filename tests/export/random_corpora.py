"""Corpora that annotators have worked on at random, and what an export of one wrote."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import LineVerdict
from annotator.core.edits import apply_suggestions, combine_edits, reject_suggestion, set_answer, set_note
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from tests import builders


def random_action(session: AnnotationSession, rnd: random.Random) -> None:
    """Do something that an annotator does, if the sentence allows it."""
    works = session.article_sentences
    work = rnd.choice(works)
    session.navigation.go_to(work.sentence.id)
    tokens = work.sentence.tokens
    pairs = [sorted(rnd.choices(range(len(tokens)), k=2)) for _ in range(rnd.randint(0, 4))]
    label = rnd.choice([x.name for x in session.schema.labels])
    spans = [Span(tokens[a].start, tokens[b].end, label) for a, b in pairs]
    answers = [Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None]
    actions: list[Callable[[], object]] = [
        lambda: session.apply_edit(apply_suggestions(work, spans, session.schema, rnd.choice(answers))),
        lambda: session.apply_edit(set_answer(work, rnd.choice(answers))),
        lambda: session.apply_edit(reject_suggestion(work, spans[0])),
        lambda: session.apply_edit(set_note(work, "look again")),
        lambda: session.apply_edit(combine_edits([set_answer(w, Answer.ACCEPT) for w in works[::2]], "all")),
        session.join,
        lambda: session.split(rnd.randrange(len(tokens))),
        session.undo,
        session.undo,
        session.redo,
        lambda: session.navigation.move_article(rnd.choice([-1, 1])),
    ]
    try:
        rnd.choice(actions)()
    except (AnnotatorError, IndexError):
        return


def annotated(folder: Path, seed: int, actions: int, names: tuple[str, ...] = ("ana",)) -> CorpusFolder:
    """Return a corpus in which the first annotator has done things, some of them undone.

    The others have repeated much of it, and turned other suggestions down.
    """
    corpus = builders.make_corpus(folder / f"c{seed}-{actions}-{len(names)}")
    rnd = random.Random(seed)
    session = builders.open_session(corpus, name=names[0])
    for _ in range(actions):
        random_action(session, rnd)
    assert session.close()
    for name in names[1:]:
        _repeat(corpus, names[0], name, rnd)
    if seed % 3 == 0:
        _switch(corpus, names[0], rnd)
    return CorpusFolder.open(corpus.path)


def _switch(corpus: CorpusFolder, whose: str, rnd: random.Random) -> None:
    """Switch off the lines of a sentence that an annotator has touched."""
    works = sentences_of(corpus, whose)
    if not works:
        return
    sentence = rnd.choice(works).sentence
    before = corpus.article(sentence.article).text[: sentence.start].count("\n")
    session = builders.open_session(corpus, name="editor")
    for line in range(before, before + sentence.text.count("\n") + 1):
        session.set_line_verdict(sentence.article, line, LineVerdict.BOILERPLATE)
    assert session.close()


def _repeat(corpus: CorpusFolder, whose: str, name: str, rnd: random.Random) -> None:
    """Let an annotator leave most sentences as another one did, with other suggestions turned down."""
    session = builders.open_session(corpus, name=name)
    for theirs in sentences_of(corpus, whose):
        mine = {w.sentence.id: w for w in session.sentences_of(theirs.sentence.article)}
        if theirs.sentence.id not in mine or rnd.random() < 0.2:
            continue
        work, tokens = mine[theirs.sentence.id], theirs.sentence.tokens
        session.navigation.go_to(work.sentence.id)
        session.apply_edit(apply_suggestions(work, theirs.annotation.spans, session.schema, theirs.annotation.answer))
        if rnd.random() < 0.5:
            token = rnd.choice(tokens)
            work = session.annotated
            with suppress(AnnotatorError):
                session.apply_edit(reject_suggestion(work, Span(token.start, token.end, "VENUE")))
    assert session.close()


def sentences_of(corpus: CorpusFolder, name: str) -> list[AnnotatedSentence]:
    """Return what an annotator has left of each sentence."""
    works = replay_journal(corpus, name)
    return [w for a in works.touched_articles for w in works.touched_sentences_of(a)]


def replay_journal(corpus: CorpusFolder, name: str) -> AnnotationStore:
    """Return what a journal holds, replayed record by record."""
    journal = Journal.open(corpus.path, name, read_only=True)
    works = AnnotationStore(corpus.sentences)
    works.replay(journal.records)
    return works


def files_of(out: Path) -> dict[str, Any]:
    """Return what an export wrote: payloads inflated, ledger and manifest without digests and options, configs."""
    found: dict[str, Any] = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.suffix == ".spacy":
            found[path.relative_to(out).as_posix()] = zlib.decompress(data)
        elif path.name == "ledger.jsonl":
            lines = [json.loads(line) for line in data.splitlines()]
            assert set(lines[-1]["totals"].pop("files")) == {*names_of(out)} - {"ledger.jsonl", "manifest.json"}
            found[path.name] = lines
        elif path.name == "manifest.json":
            found[path.name] = {k: v for k, v in json.loads(data).items() if k in {"counts", "program"}}
        else:
            found[path.name] = data.replace(str(out).encode(), b"")
    return found


def names_of(out: Path) -> Iterator[str]:
    """Yield the names of all files that an export wrote."""
    return (p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
