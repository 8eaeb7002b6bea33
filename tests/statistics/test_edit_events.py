"""Deeds: what each one changed, told by places in the article."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edits import (
    Edit,
    Op,
    add_span,
    join_sentences,
    reject_suggestion,
    set_answer,
    set_note,
    split_sentence,
)
from annotator.core.journal_record import JournalRecord
from annotator.core.schema import Label, Schema
from annotator.core.spans import Span
from annotator.statistics.edit_events import ArticleSpan, event_from_edit, events_from_records
from tests.statistics.simulated_annotator import LABELS, sentence_of

A = sentence_of(10, "0123456789ab", 0, 0)
B = sentence_of(8, "0123456789ab", A.end + 1, 1)
TEXT = f"{A.text} {B.text}"
SCHEMA = Schema("news", "1", tuple(Label(x, key, "blue") for x, key in zip(LABELS, "asdf", strict=True)))


def _records(*edits: Edit) -> list[JournalRecord]:
    """Write edits as a session does, each a batch where it has several works."""
    out: list[JournalRecord] = []
    for edit in edits:
        first, n = len(out) + 1, len(edit.after)
        batch = (first, n) if n > 1 else None
        out += [JournalRecord(first + i, edit.op, w, batch=batch, time=float(first)) for i, w in enumerate(edit.after)]
    return out


def test_a_join_and_a_split_change_no_span() -> None:
    """Spans keep their place in the article, so neither adds nor removes one; answers are open again."""
    one = set_answer(add_span(AnnotatedSentence(A), Span(0, 4, "PERSON"), SCHEMA).after[0], Answer.ACCEPT)
    two = add_span(AnnotatedSentence(B), Span(5, 10, "PERSON"), SCHEMA)
    joined = join_sentences(one.after[0], two.after[0], TEXT)
    parted = split_sentence(joined.after[0], len(A.tokens), TEXT)
    events = events_from_records(_records(one, two, joined, parted))
    assert [(len(d.added), len(d.removed), d.finished) for d in events] == [(1, 0, 1), (1, 0, 0), (0, 0, -1), (0, 0, 0)]
    assert events[1].added == (ArticleSpan(A.article, B.start + 5, B.start + 10, "PERSON"),)


def test_an_untouched_sentence_is_one_without_a_word_before() -> None:
    """Accepted at first sight counts as untouched; after a span, a note or an answer it does not."""
    noted = set_note(AnnotatedSentence(A), "odd")
    assert (
        event_from_edit(Op.ANSWER, noted.after, set_answer(noted.after[0], Answer.ACCEPT).after, time=0).untouched == 0
    )
    fresh = set_answer(AnnotatedSentence(A), Answer.ACCEPT)
    event = event_from_edit(fresh.op, fresh.before, fresh.after, time=0)
    assert (event.accepted, event.untouched, event.untouched_tokens) == (1, 1, 10)
    assert event_from_edit(fresh.op, (), fresh.after, time=0).untouched == 1
    ignored = set_answer(AnnotatedSentence(A), Answer.IGNORE)
    assert event_from_edit(ignored.op, ignored.before, ignored.after, time=0).accepted == 0


def test_a_suggestion_that_is_turned_down_is_no_span() -> None:
    """It is told apart, and taken back by an undo."""
    no = reject_suggestion(AnnotatedSentence(A), Span(0, 4, "VENUE", "rules"))
    back = Edit(Op.UNDO, no.after, no.before)
    first, second = events_from_records(_records(no, back))
    assert [m.source for m in first.rejected] == ["rules"]
    assert (first.added, first.removed) == ((), ())
    assert second.unrejected == first.rejected
    assert second.is_undo_or_redo


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 7), max_size=4)), max_size=30))
def test_what_was_added_less_what_was_removed_is_there(steps: list[tuple[int, set[int]]]) -> None:
    """Over any history the spans of the last records are those added and not removed."""
    sentences, at = [], 0
    for i in range(6):
        sentences.append(sentence_of(8, "0123456789ab", at, i))
        at = sentences[-1].end + 1
    records = []
    for n, (i, words) in enumerate(steps, 1):
        spans = [Span(t.start, t.end, "PERSON") for k, t in enumerate(sentences[i].tokens) if k in words]
        records.append(JournalRecord(n, Op.EDIT, AnnotatedSentence(sentences[i], Annotation().with_spans(spans))))
    standing: set[tuple[str, int, int, str]] = set()
    for event in events_from_records(records):
        standing -= {m.key for m in event.removed}
        assert not standing & {m.key for m in event.added}
        standing |= {m.key for m in event.added}
    last = {r.annotated.sentence.index: r.annotated for r in records}
    assert len(standing) == sum(len(w.annotation.spans) for w in last.values())
