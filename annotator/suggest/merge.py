"""What all sources suggest for one sentence, as one list: once each, ranked, without what is settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from annotator.core.annotation import Work
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import token_range
from annotator.suggest.mentions import text_of

LEAST = 0.05
"""A suggestion with a smaller chance is not shown."""
_AGREEING = 0.5
"""How much of what one source doubts a second one that agrees with it takes away, by its own chance:
sources that read the same words are far from independent."""
_TURNED_DOWN = 0.5
"""What each time that the same words were turned down in another article leaves of a chance."""

Turned = Callable[[str, str, str], tuple[int, int]]
"""From article, text and label to how often that was turned down: in the article, and elsewhere."""


def _never(*_: str) -> tuple[int, int]:
    return (0, 0)


def _as_told(suggestion: Suggestion) -> float:
    return suggestion.score


@dataclass(frozen=True, slots=True)
class Merger:
    """Merges for one schema; ``share`` corrects scores by what was learned."""

    schema: Schema
    share: Callable[[Suggestion], float] = field(default=_as_told)
    turned_down: Turned = field(default=_never)

    def merge(self, work: Work, found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
        """Return what is still to be decided in a work, in reading order, outer before inner.

        Left out: what is labelled, what was turned down here or, in the same words, elsewhere in the
        article, and what the schema forbids beside the annotator's spans. Of two suggestions that
        cannot both be right the less likely one is at most as likely as the other is wrong.
        """
        open_ = [s for s in found if self._open(work, s)]
        joined = [_joined(group) for group in self._groups(open_)]
        chances = (self._lowered(work, s) for s in joined)
        ranked = sorted(chances, key=lambda s: (-s.score, s.start, -s.end, s.label))
        likely = [s for s in self._capped(ranked) if s.score >= LEAST]
        return tuple(sorted(likely, key=lambda s: (s.start, -s.end, s.label)))

    def _open(self, work: Work, s: Suggestion) -> bool:
        said = work.annotation
        span = Span(s.start, s.end, s.label)
        if s.end > len(work.sentence.text) or any(x.key == span.key for x in (*said.spans, *said.rejected)):
            return False
        return self.schema.label(s.label) is not None and not self.schema.broken(span, said.spans)

    def _groups(self, found: Iterable[Suggestion]) -> list[list[Suggestion]]:
        """Return the suggestions of each range and label, the likeliest first, each source once."""
        groups: dict[tuple[int, int, str], dict[str, Suggestion]] = {}
        for s in found:
            told = replace(s, score=self.share(s))
            group = groups.setdefault((s.start, s.end, s.label), {})
            if s.source not in group or told.score > group[s.source].score:
                group[s.source] = told
        return [sorted(g.values(), key=lambda s: (-s.score, s.source)) for g in groups.values()]

    def _lowered(self, work: Work, s: Suggestion) -> Suggestion:
        """Return a suggestion with the chance that earlier refusals of the same words leave it."""
        first, last = token_range(work.sentence.tokens, s.start, s.end)
        text = text_of(work.sentence.tokens[first:last])
        here, elsewhere = self.turned_down(work.sentence.article, text, s.label)
        return replace(s, score=0.0 if here else s.score * _TURNED_DOWN**elsewhere)

    def _capped(self, ranked: Sequence[Suggestion]) -> list[Suggestion]:
        kept: list[Suggestion] = []
        for s in ranked:
            rivals = [k.score for k in kept if self._rivals(s, k)]
            kept.append(replace(s, score=min([s.score, *(1 - r for r in rivals)])))
        return kept

    def _rivals(self, a: Suggestion, b: Suggestion) -> bool:
        """Whether at most one of two can be right."""
        if a.end <= b.start or b.end <= a.start:
            return False
        if a.label == b.label and (a.start == b.start or a.end == b.end):
            return True
        spans = Span(a.start, a.end, a.label), Span(b.start, b.end, b.label)
        return self.schema.broken(spans[0], spans[1:]) is not None


def _joined(group: Sequence[Suggestion]) -> Suggestion:
    """Return one suggestion for several of one range and label; sources and kinds go side by side."""
    doubt = 1 - group[0].score
    for other in group[1:]:
        doubt *= 1 - _AGREEING * other.score
    by_name = sorted(group, key=lambda s: s.source)
    sources, kinds = "+".join(s.source for s in by_name), "+".join(s.kind for s in by_name)
    return replace(group[0], source=sources, kind=kinds, score=1 - doubt)
