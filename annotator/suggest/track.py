"""How often the suggestions of each source, label and kind were right, learned from the works.

A suggestion was right where the annotation has just its range and label. Taken ones and those turned
down are told by the spans themselves (``annotator.core.provenance``), across sessions; those that
were passed over count where the sentence was accepted and the caller says what was offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from annotator.core.annotation import Annotation, Answer, Work
from annotator.core.article import Sentence
from annotator.core.provenance import is_changed, origins, origins_of
from annotator.core.suggestion import Suggestion

Key = tuple[str, str, str]
"""Source, label and kind."""

_PRIOR = 10.0
"""How many observations a score that nobody has confirmed is worth: the Beta prior's a + b."""
_KIN = 10
"""The same, at the most, for what all kinds of one source and label tell of this one."""

_Seen = Counter[tuple[Key, str]]
TAKEN, CHANGED, REJECTED, PASSED = "taken", "changed", "rejected", "passed"


@dataclass(slots=True)
class Tally:
    """Counts of one source, label and kind."""

    taken: int = 0
    changed: int = 0
    """Taken, then moved: the place was right, an edge was not."""
    rejected: int = 0
    passed: int = 0
    """Offered in a sentence that was accepted without it."""

    @property
    def total(self) -> int:
        """How many were judged."""
        return self.taken + self.changed + self.rejected + self.passed


@dataclass(slots=True)
class Track:
    """The tallies, and the share of a kind of suggestion that is right by them."""

    counts_by_key: dict[Key, Tally] = field(default_factory=dict)
    _counts_by_label: dict[tuple[str, str], Tally] = field(default_factory=dict)
    _verdicts_by_sentence: dict[Sentence, _Seen] = field(default_factory=dict)

    def add(self, annotated: Work, offered: Iterable[Suggestion] = ()) -> None:
        """Take in a work in place of what was known of its sentence.

        ``offered`` is what was suggested in it, where that is known.
        """
        self.remove(annotated)
        seen = Counter(_judged(annotated.annotation, tuple(offered)))
        if seen:
            self._verdicts_by_sentence[annotated.sentence] = seen
            self._count(seen, 1)

    def remove(self, annotated: Work) -> None:
        """Take a work out again, with all that came in with it."""
        if seen := self._verdicts_by_sentence.pop(annotated.sentence, None):
            self._count(seen, -1)

    def _count(self, seen: _Seen, by: int) -> None:
        for (key, verdict), n in seen.items():
            for tally in (
                self.counts_by_key.setdefault(key, Tally()),
                self._counts_by_label.setdefault(key[:2], Tally()),
            ):
                setattr(tally, verdict, getattr(tally, verdict) + by * n)

    def accuracy(self, s: Suggestion) -> float:
        """Return the chance that a suggestion is right: its own score, corrected by what was judged.

        The mean of a Beta posterior whose prior mean is itself one, of all kinds of the source and
        label around the suggestion's score.
        """
        pooled = self._counts_by_label.get((s.source, s.label), _NONE)
        weight = min(_KIN, pooled.total)
        kin = pooled.taken / pooled.total if pooled.total else 0.0
        prior = (_PRIOR * s.score + weight * kin) / (_PRIOR + weight)
        own = self.counts_by_key.get((s.source, s.label, s.kind), _NONE)
        return (_PRIOR * prior + own.taken) / (_PRIOR + own.total)


_NONE = Tally()


def _judged(annotation: Annotation, offered: tuple[Suggestion, ...]) -> Iterator[tuple[Key, str]]:
    """Yield each judgement of one sentence once: by what was offered, else by what the spans bear."""
    spans = {s.key for s in annotation.spans}
    rejected = {s.key for s in annotation.rejected}
    known = set()
    if annotation.answer is Answer.ACCEPT:
        for s in offered:
            at = (s.start, s.end, s.label)
            verdict = TAKEN if at in spans else REJECTED if at in rejected else PASSED
            for name, kind in origins_of(s):
                known.add((at, name))
                yield (name, s.label, kind), verdict
    for verdict, group in ((TAKEN, annotation.spans), (REJECTED, annotation.rejected)):
        for span in group:
            for name, kind in origins(span.source):
                if (span.key, name) not in known:
                    yield (name, span.label, kind), CHANGED if is_changed(span.source) else verdict
