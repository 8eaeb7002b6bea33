"""What the annotations hold: labels, lengths, answers, and the time and the keys that spans took."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.core.annotation import Annotation, Answer, AnnotatedSentence
from annotator.core.edits import Op
from annotator.core.keys import KeystrokeCounts, sum_keystrokes
from annotator.core.statistics.deeds import EditEvent
from annotator.core.statistics.pace import TimedEvent
from annotator.core.statistics.quantiles import Quartiles, quartiles
from annotator.core.tokens import token_range

LENGTH_CLASS_BOUNDS = (1, 2, 3, 4, 6, 9, 14, 24)
"""The upper bounds of the classes of span lengths, in tokens; one more class is open."""
MAX_DENSITY_CLASS = 6
"""So many spans a sentence and more are one class."""


@dataclass(frozen=True, slots=True)
class LabelStatistics:
    """The spans of one label."""

    name: str
    spans: int
    share: float
    suggested: int
    """How many of them came from a suggestion."""
    tokens: Quartiles | None
    """How long they are."""
    seconds: Quartiles | None
    """How long it took to add one since the deed before, breaks left out."""


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Sentences by answer; ``begun`` ones have spans or a note and no answer."""

    accept: int = 0
    reject: int = 0
    ignore: int = 0
    begun: int = 0


@dataclass(frozen=True, slots=True)
class KeystrokeStatistics:
    """The keys of those deeds whose keys were counted, and what came of them."""

    keys: KeystrokeCounts
    spans: int
    sentences: int

    def a_span(self, kind: str = "total") -> float | None:
        """Return the keys of a kind for each span; None where no span came of them."""
        return getattr(self.keys, kind) / self.spans if self.spans > 0 else None


def label_statistics(
    labels: Sequence[str], annotated_sentences: Iterable[AnnotatedSentence], timed_events: Iterable[TimedEvent]
) -> tuple[LabelStatistics, ...]:
    """Return the figures of each label, the schema's first and in its order."""
    lengths, suggested = _span_lengths(annotated_sentences)
    times = _span_times(timed_events)
    total = sum(len(v) for v in lengths.values())
    names = [*labels, *sorted({*lengths} - {*labels})]
    return tuple(
        LabelStatistics(
            name,
            len(found := lengths.get(name, [])),
            len(found) / total if total else 0.0,
            suggested[name],
            quartiles(found),
            quartiles(times.get(name, [])),
        )
        for name in names
    )


def _span_lengths(annotated_sentences: Iterable[AnnotatedSentence]) -> tuple[dict[str, list[int]], Counter[str]]:
    """Return the lengths of the spans in tokens by label, and how many were suggested."""
    lengths: dict[str, list[int]] = {}
    suggested: Counter[str] = Counter()
    for annotated in annotated_sentences:
        for span in annotated.annotation.spans:
            first, last = token_range(annotated.sentence.tokens, span.start, span.end)
            lengths.setdefault(span.label, []).append(last - first)
            suggested[span.label] += bool(span.source)
    return lengths, suggested


def _span_times(timed_events: Iterable[TimedEvent]) -> dict[str, list[float]]:
    """Return the gaps before each deed that added one span and did nothing else, by label."""
    times: dict[str, list[float]] = {}
    for timed_event in timed_events:
        event = timed_event.event
        if timed_event.gap is not None and event.op is Op.EDIT and len(event.added) == 1 and not event.removed:
            times.setdefault(event.added[0].label, []).append(timed_event.gap)
    return times


def span_length_histogram(annotated_sentences: Iterable[AnnotatedSentence]) -> tuple[int, ...]:
    """Return how many spans fall into each class of ``LENGTHS`` and the open one."""
    counts = Counter(bisect_left(LENGTH_CLASS_BOUNDS, n) for found in _span_lengths(annotated_sentences)[0].values() for n in found)
    return tuple(counts[i] for i in range(len(LENGTH_CLASS_BOUNDS) + 1))


def spans_per_sentence_histogram(annotated_sentences: Iterable[AnnotatedSentence]) -> tuple[int, ...]:
    """Return how many accepted sentences have 0, 1, … spans, ``DENSEST`` and more together."""
    accepted = (w.annotation for w in annotated_sentences if w.annotation.answer is Answer.ACCEPT)
    counts = Counter(min(MAX_DENSITY_CLASS, len(a.spans)) for a in accepted)
    return tuple(counts[i] for i in range(MAX_DENSITY_CLASS + 1))


def answer_counts(annotated_sentences: Iterable[AnnotatedSentence]) -> AnswerCounts:
    """Return how many sentences have each answer; one that was not touched counts nowhere."""
    touched = [w.annotation.answer for w in annotated_sentences if w.annotation != Annotation()]
    return AnswerCounts(*(touched.count(a) for a in (Answer.ACCEPT, Answer.REJECT, Answer.IGNORE, None)))


def keystroke_statistics(events: Iterable[EditEvent]) -> KeystrokeStatistics | None:
    """Return the keys of the deeds whose keys were counted; None where none were."""
    counted = [(d, d.keystrokes) for d in events if d.keystrokes is not None]
    if not counted:
        return None
    return KeystrokeStatistics(
        sum_keystrokes(keys for _, keys in counted),
        sum(len(d.added) - len(d.removed) for d, _ in counted),
        sum(d.finished for d, _ in counted),
    )
