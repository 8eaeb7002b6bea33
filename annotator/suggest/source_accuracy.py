"""How often the suggestions of each source, label and kind were right: learned from annotations.

A suggestion was right where the annotation has just its range and label. Taken ones and those turned
down are known from the spans themselves (``annotator.core.suggestion``), across sessions; those that
were passed over count where the sentence was accepted and the caller passes what was offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec import Struct, field

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.coverage import is_covered
from annotator.core.suggestion import Suggestion, is_modified_source, parse_span_source, suggestion_origins

SourceKey = tuple[str, str, str]
"""Source, label and kind."""

_SCORE_WEIGHT = 10.0
"""How many observations a score that nobody has confirmed is worth: the Beta prior's a + b."""
_MAX_POOLED_WEIGHT = 10
"""The same, at most, for the evidence of all kinds of one source and label."""

_VerdictCounter = Counter[tuple[SourceKey, str]]
VERDICT_TAKEN, VERDICT_CHANGED = "taken", "changed"
VERDICT_REJECTED, VERDICT_PASSED_OVER = "rejected", "passed"


class VerdictCounts(Struct):
    """Counts of one source, label and kind."""

    taken: int = 0
    changed: int = 0
    """Taken, then moved: the place was right, an edge was not."""
    rejected: int = 0
    passed: int = 0
    """Offered in a sentence that was accepted without it."""

    @property
    def total(self) -> int:
        """How many verdicts there are."""
        return self.taken + self.changed + self.rejected + self.passed


class SourceAccuracy(Struct):
    """Counts of verdicts, and the share of a kind of suggestion that is right."""

    counts_by_key: dict[SourceKey, VerdictCounts] = field(default_factory=dict)
    _counts_by_label: dict[tuple[str, str], VerdictCounts] = field(default_factory=dict)
    _verdicts_by_sentence: dict[Sentence, _VerdictCounter] = field(default_factory=dict)

    def add(self, annotated: AnnotatedSentence, offered: Iterable[Suggestion] = ()) -> None:
        """Count a sentence, in place of an earlier state of it.

        ``offered`` is what was suggested in it, where known.
        """
        self.remove(annotated)
        seen = Counter(_verdicts(annotated.annotation, tuple(offered)))
        if seen:
            self._verdicts_by_sentence[annotated.sentence] = seen
            self._count(seen, 1)

    def remove(self, annotated: AnnotatedSentence) -> None:
        """Remove the counts of a sentence."""
        if seen := self._verdicts_by_sentence.pop(annotated.sentence, None):
            self._count(seen, -1)

    def clear(self) -> None:
        """Remove all counts."""
        for counts in (self.counts_by_key, self._counts_by_label, self._verdicts_by_sentence):
            counts.clear()

    @contextmanager
    def without(self, sentence: Sentence) -> Iterator[None]:
        """Leave the counts of a sentence out for a while."""
        seen = self._verdicts_by_sentence.get(sentence, Counter())
        self._count(seen, -1)
        try:
            yield
        finally:
            self._count(seen, 1)

    def _count(self, seen: _VerdictCounter, by: int) -> None:
        for (key, verdict), n in seen.items():
            own = self.counts_by_key.setdefault(key, VerdictCounts())
            pooled = self._counts_by_label.setdefault(key[:2], VerdictCounts())
            for counts in (own, pooled):
                setattr(counts, verdict, getattr(counts, verdict) + by * n)

    def accuracy(self, s: Suggestion) -> float:
        """Return the chance that a suggestion is right: its own score, corrected by the verdicts.

        The mean of a Beta posterior whose prior mean is itself one, of all kinds of the source and
        label around the suggestion's score.
        """
        pooled = self._counts_by_label.get((s.source, s.label), _NO_VERDICTS)
        weight = min(_MAX_POOLED_WEIGHT, pooled.total)
        kin = pooled.taken / pooled.total if pooled.total else 0.0
        prior = (_SCORE_WEIGHT * s.score + weight * kin) / (_SCORE_WEIGHT + weight)
        own = self.counts_by_key.get((s.source, s.label, s.kind), _NO_VERDICTS)
        return (_SCORE_WEIGHT * prior + own.taken) / (_SCORE_WEIGHT + own.total)


_NO_VERDICTS = VerdictCounts()


def _verdicts(annotation: Annotation, offered: tuple[Suggestion, ...]) -> Iterator[tuple[SourceKey, str]]:
    """Yield each verdict of an accepted sentence once: by what was offered, else by the spans' sources."""
    if annotation.answer is not Answer.ACCEPT:
        return
    spans = {s.key for s in annotation.spans}
    rejected = {s.key for s in annotation.rejected}
    known = set()
    covered = [s for s in offered if is_covered(s.label, annotation.covers)]
    for s in covered:
        at = (s.start, s.end, s.label)
        verdict = VERDICT_TAKEN if at in spans else VERDICT_REJECTED if at in rejected else VERDICT_PASSED_OVER
        for name, kind in suggestion_origins(s):
            if (at, name) not in known:
                known.add((at, name))
                yield (name, s.label, kind), verdict
    for verdict, group in ((VERDICT_TAKEN, annotation.spans), (VERDICT_REJECTED, annotation.rejected)):
        for span in group:
            for name, kind in parse_span_source(span.source):
                if (span.key, name) not in known:
                    yield ((name, span.label, kind), VERDICT_CHANGED if is_modified_source(span.source) else verdict)
