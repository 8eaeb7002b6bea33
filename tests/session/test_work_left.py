"""What is left at the end of an article and of the corpus, in full words, each with the key that leads there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from annotator.core.annotation import Answer
from annotator.core.edits import add_span, set_answer
from annotator.session.session import AnnotationSession
from annotator.session.work_left import article_end_message, corpus_end_message, leaving_line
from tests import builders

TEXT = "Ferry\n\nPia is in {0}. Rask is in {0}. Nobody is in {0}. All left {0}."


def _session(path: Path) -> AnnotationSession:
    """Open a corpus of two articles, in each of which two places of three are labelled."""
    made = [builders.article(TEXT.format(place), "t-b", origin=f"{place}.txt") for place in ("Skerrin", "Osmund")]
    session = builders.open_session(builders.make_corpus(path / "my news", *made).path)
    for article in session.queue:
        for n, annotated in enumerate(session.sentences_of(article)):
            if n % 4 in (1, 2, 3):
                place = "Skerrin" if "Skerrin" in annotated.sentence.text else "Osmund"
                span = builders.span(annotated.sentence.text, place, "VENUE")
                session.apply_edit(add_span(annotated, span, session.schema))
    return session


def test_each_worklist_is_named_with_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thing or many, in the order of the worklists; then how to leave and the command that exports."""
    session = _session(tmp_path)
    first = session.queue[0]
    total = len(session.sentences_of(first))
    key = "<{}>".format
    assert article_end_message(session, 0, key) == f"article 1: {total} sentences open"
    for article in session.queue:
        for annotated in session.sentences_of(article)[:-1]:
            session.apply_edit(set_answer(annotated, Answer.ACCEPT))
    assert article_end_message(session, 1, key) == "article 2: 1 sentence open"
    for article in session.queue:
        session.apply_edit(set_answer(session.sentences_of(article)[-1], Answer.ACCEPT))
    assert article_end_message(session, 0, key) == "article 1 done"
    command = f"annotator export '{session.corpus.path}' out"
    leave = f"Ctrl+C twice leaves, then: {command}"
    finder = session.navigation.problem_finder
    for count in (0, 1, 2):
        many = cast("Any", [None] * count)
        ids = dict.fromkeys([w.sentence.id for w in session.sentences_of(first)][:count])
        monkeypatch.setattr(finder, "inconsistencies", lambda _, many=many: many)
        monkeypatch.setattr(finder, "misaligned_spans", lambda _, many=many: many)
        monkeypatch.setattr(session, "machine_differences", ids)
        finder.unsettled = frozenset(ids)
        s = "" if count == 1 else "s"
        worklists = (
            f"{count} phrase{s} not labelled alike: <worklist> · {count} sentence{s} of two machines: <two_machines> · "
            f"{count} span{s} inside a token: <repairs> · "
        )
        assert corpus_end_message(session, key) == f"every sentence is done · {worklists if count else ''}{leave}"
    spans = session.count_spans()
    done = session.corpus_progress
    counted = f"{done.done} of {done.total} sentences, " if done.total else ""
    assert leaving_line(session) == f"news: {counted}{spans} spans · {command}"
    session.close()
