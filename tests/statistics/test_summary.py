"""The figures of a whole hand: labels, lengths, answers, keys, progress."""

from __future__ import annotations

import pytest

from annotator.core.annotation import Answer
from annotator.core.journal_record import KeystrokeCounts, KeystrokeKind, sum_keystrokes
from annotator.core.spans import Span
from annotator.statistics.edit_events import events_from_records
from annotator.statistics.summary import (
    AnnotationStatistics,
    AnnotatorActivity,
    AnswerCounts,
    CorpusProgress,
    compute_statistics,
)
from tests.statistics.simulated_annotator import LABELS, SimulatedAnnotator


def _activity(worker: SimulatedAnnotator) -> AnnotatorActivity:
    return AnnotatorActivity(
        worker.name, events_from_records(worker.records), tuple(worker.annotated_sentences.values())
    )


def _figures(*workers: SimulatedAnnotator, done: int = 0, left: tuple[int, ...] = ()) -> AnnotationStatistics:
    progress = CorpusProgress(done, done + len(left), left)
    return compute_statistics("ana", [_activity(w) for w in workers], progress, LABELS, lambda t: str(int(t // 86_400)))


def test_labels_lengths_and_answers_are_counted() -> None:
    """Spans by label with their share and source, by length in tokens, sentences by answer and density."""
    worker = SimulatedAnnotator()
    n = worker.sentence(14)
    t = worker.annotated_sentences[n].sentence.tokens
    worker.put(n, Span(0, t[1].end, "PERSON", "rules"), Span(t[6].start, t[7].end, "VENUE"), Span(0, t[12].end, "ODD"))
    worker.answer(n)
    worker.answer(worker.sentence(5))
    worker.answer(worker.sentence(5), answer=Answer.IGNORE)
    worker.put(worker.sentence(5), Span(0, 4, "PERSON"))
    found = _figures(worker)
    assert [(x.name, x.spans, x.suggested) for x in found.labels] == [
        ("PERSON", 2, 1), ("VENUE", 1, 0), ("COUNT", 0, 0), ("CLAIM", 0, 0), ("ODD", 1, 0),
    ]  # fmt: skip
    assert found.labels[0].share == 0.5
    assert found.lengths == (1, 2, 0, 0, 0, 0, 1, 0, 0)
    assert found.answers == AnswerCounts(accept=2, ignore=1, begun=1)
    assert found.density == (1, 0, 0, 1, 0, 0, 0)


def test_the_time_of_a_span_is_that_since_the_action_before() -> None:
    """Three spans after 4, 6 and 8 seconds: the median is 6; a break has no say."""
    worker = SimulatedAnnotator(now=1000.0)
    n = worker.sentence(8)
    t = worker.annotated_sentences[n].sentence.tokens
    worker.put(n, Span(t[0].start, t[0].end, "VENUE"))
    for i, wait in enumerate((4, 6, 8, 4000), 1):
        worker.now += wait
        worker.put(n, *worker.annotation_of(n).spans, Span(t[i].start, t[i].end, "PERSON"))
    person = _figures(worker).labels[0]
    assert person.seconds is not None
    assert (person.seconds.median, person.seconds.count) == (6.0, 3)


def test_keys_are_divided_by_the_spans_that_came_of_them() -> None:
    """Only deeds whose keys were counted have a say; what was removed was no span."""
    worker = SimulatedAnnotator()
    worker.annotate(spans=3)
    worker.keys = KeystrokeCounts(label=1, select=2)
    worker.annotate(spans=2)
    found = _figures(worker).keys
    assert found is not None
    assert (found.spans, found.sentences) == (2, 1)
    assert found.a_span("label") == 1.5
    assert found.a_span() == 4.5
    assert _figures(SimulatedAnnotator()).keys is None


def test_keys_add_up() -> None:
    """A key more of each kind, and the sum over deeds."""
    keys = KeystrokeCounts()
    for kind in KeystrokeKind:
        keys = keys.plus(kind).plus(KeystrokeKind.ENTER)
    assert keys.counts() == {"label": 1, "select": 1, "correct": 1, "enter": 6, "other": 1}
    assert sum_keystrokes([keys, KeystrokeCounts(other=2)]).total == 12


def test_progress_ends_at_what_is_done_now() -> None:
    """The curve rises from what stood there before to what is done; the forecast is of what is left."""
    worker = SimulatedAnnotator(seed=2)
    for _ in range(40):
        worker.annotate()
    found = _figures(worker, done=45, left=(16,) * 55)
    assert found.curve[0] == (0.0, 5.0)
    assert found.curve[-1][0] == pytest.approx(found.seconds)
    assert found.curve[-1][1] == 45.0
    assert found.curve == tuple(sorted(found.curve))
    assert found.forecast is not None
    assert found.forecast.seconds == pytest.approx(found.seconds * 55 / 40)
    assert found.sentences_an_hour == pytest.approx(40 * 3600 / found.seconds)


def test_two_annotators_are_added_up() -> None:
    """Hours, spans and answers are sums; a sentence that both have done is done once."""
    ana, bo = SimulatedAnnotator(seed=1), SimulatedAnnotator(seed=2, name="bo", session="bo-1", seconds=8.0)
    for _ in range(20):
        ana.annotate()
        bo.annotate()
    one, two, both = _figures(ana), _figures(bo), _figures(ana, bo, done=20)
    assert both.seconds == pytest.approx(one.seconds + two.seconds)
    assert both.answers.accept == 40
    assert both.curve[-1][1] == 20
    assert [s.name for s in both.sessions] == ["ana-1", "bo-1"]
    assert sum(d.sentences for d in both.days) == 40


def test_nothing_done_has_no_figures() -> None:
    """No deed, no rate, no forecast, no curve: nothing is guessed."""
    found = _figures(left=(10,) * 30)
    assert (found.sentences_an_hour, found.forecast, found.curve, found.haste) == (None, None, (), ())
    assert (found.seconds, found.idle, found.total) == (0, (0.0, 0.0), 30)
