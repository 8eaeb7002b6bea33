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
from annotator.statistics.edit_events import (
    ArticleSpan,
    SpeedWarning,
    SpeedWarningKind,
    event_from_edit,
    events_from_records,
    find_speed_warnings,
)
from tests.statistics.simulated_annotator import LABELS, SimulatedAnnotator, sentence_of

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


# -- haste: whoever takes everything unseen is told so, whoever reads is left in peace -----------


TOKENS = 12


def _hasty(worker: SimulatedAnnotator) -> tuple[SpeedWarning, ...]:
    return find_speed_warnings(events_from_records(worker.records))


def _begin(worker: SimulatedAnnotator) -> None:
    """Do a first sentence, so that the session has a time to begin with."""
    worker.answer(worker.sentence(TOKENS))


def test_accepting_page_after_page_unread_is_reported() -> None:
    """Six screens of 15 sentences, accepted with a key each in two seconds: told for each stretch of 40."""
    worker = SimulatedAnnotator()
    _begin(worker)
    for _ in range(6):
        worker.now += 2
        worker.answer(*[worker.sentence(TOKENS) for _ in range(15)])
    first, second = _hasty(worker)
    assert first.kind is SpeedWarningKind.UNREAD
    assert first.count == second.count == 45
    assert first.speed > 15
    assert first.message == (
        "45 sentences accepted in 7 s, faster than one can read; if you have not read them, Ctrl+Z brings them back"
    )


@settings(max_examples=40)
@given(
    st.integers(0, 1000),
    st.lists(st.integers(1, 20), min_size=1, max_size=30),
    st.floats(1.0, 7.0),
    st.sampled_from(["batch", "one by one"]),
)
def test_who_reads_is_never_reported(seed: int, pages: list[int], speed: float, how: str) -> None:
    """Who reads pages of up to 20 sentences, at up to 7 tokens a second, is in no haste to accept them."""
    worker = SimulatedAnnotator(seed=seed)
    _begin(worker)
    for n in pages:
        worker.now += n * TOKENS / speed
        numbers = [worker.sentence(TOKENS) for _ in range(n)]
        for group in [numbers] if how == "batch" else [[x] for x in numbers]:
            worker.answer(*group)
            worker.now += 0.1
    assert not [h for h in _hasty(worker) if h.kind is SpeedWarningKind.UNREAD]


def test_a_second_pass_over_what_was_annotated_is_no_haste() -> None:
    """Sentences that have spans already were looked at when those were made."""
    worker = SimulatedAnnotator()
    numbers = [worker.sentence(TOKENS) for _ in range(100)]
    for n in numbers:
        worker.now += 5
        worker.put(n, Span(0, 4, "PERSON"))
    for n in numbers:
        worker.now += 0.3
        worker.answer(n)
    assert _hasty(worker) == ()


def _take(worker: SimulatedAnnotator, seconds: float, n: int = 60) -> None:
    for _ in range(n):
        worker.now += seconds
        number = worker.sentence(TOKENS)
        worker.put(number, Span(0, 4, "PERSON", "rules"))
        worker.answer(number)


def test_taking_every_suggestion_fast_is_reported() -> None:
    """More than 50 suggestions in a row, none turned down, faster than one reads."""
    worker = SimulatedAnnotator()
    _begin(worker)
    _take(worker, 1.2)
    (haste,) = _hasty(worker)
    assert haste.kind is SpeedWarningKind.ALL_TAKEN
    assert haste.count == 51
    assert haste.message == (
        "the last 51 suggestions were all taken, none was turned down; look at a few of them again, 0 turns one down"
    )


def test_a_judgement_of_ones_own_ends_the_row() -> None:
    """A rejection, a removal, a span of one's own or a sentence that is ignored: somebody is looking."""
    for judge in ("turn down", "remove", "own", "ignore"):
        worker = SimulatedAnnotator()
        _begin(worker)
        _take(worker, 1.2, 40)
        number = worker.sentence(TOKENS)
        if judge == "turn down":
            worker.turn_down(number, Span(0, 4, "PERSON", "rules"))
        elif judge == "own":
            worker.put(number, Span(0, 4, "PERSON"))
        elif judge == "ignore":
            worker.answer(number, answer=Answer.IGNORE)
        else:
            worker.put(number - 1)
        _take(worker, 1.2, 40)
        assert _hasty(worker) == (), judge


def test_taking_every_suggestion_slowly_is_fine() -> None:
    """Good suggestions may all be right: at reading speed nobody is warned, and a pause is no reading."""
    worker = SimulatedAnnotator()
    _begin(worker)
    _take(worker, 4.0, 200)
    assert _hasty(worker) == ()


def test_a_new_session_begins_again() -> None:
    """Nothing is known of the time before a session's first deed, so it is not held against anybody."""
    worker = SimulatedAnnotator()
    for n in range(10):
        worker.new_session(f"ana-{n}")
        worker.answer(*[worker.sentence(TOKENS) for _ in range(30)])
    assert _hasty(worker) == ()
