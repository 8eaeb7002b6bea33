"""Merges and ranks the suggestions of all sources for one sentence, without those already decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import token_range
from annotator.language.mentions import mention_text
from annotator.suggest.mention_history import HISTORY_SOURCE as HISTORY

MIN_SUGGESTION_SCORE = 0.05
"""A suggestion with a smaller chance is not shown."""
_REJECTION_FACTOR = 0.5
"""What each time that the same words were turned down in another article leaves of a chance."""

ReweighFunction = Callable[[Sentence, Suggestion], float]
"""From a suggestion to its chance, given the annotator's decisions on the same words."""
RejectionCounter = Callable[[str, str, str], tuple[int, int]]
"""From article, text and label to how often that was turned down: in the article, and elsewhere."""


class SuggestionRanker(Struct, frozen=True):
    """Ranks suggestions under one schema.

    ``accuracy`` corrects scores by the accuracy of the source and kind, ``reweigh`` by the decisions on
    the same words; the history's own scores include the latter already.
    """

    schema: Schema
    accuracy: Callable[[Suggestion], float] = field(default=lambda suggestion: suggestion.score)
    reweigh: ReweighFunction = field(default=lambda _, suggestion: suggestion.score)
    rejection_counts: RejectionCounter = field(default=lambda *_: (0, 0))

    def rank_open(self, annotated: AnnotatedSentence, found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
        """Return what is still to be decided in a sentence: ``rank``, then ``open_suggestions``."""
        return self.open_suggestions(annotated, self.rank(annotated.sentence, found))

    def rank(self, sentence: Sentence, found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
        """Return the suggestions for a sentence once each, the likeliest first.

        It is the same whatever is labelled in the sentence, so it need not be done at every key.
        """
        fit = [s for s in found if s.end <= len(sentence.text) and self.schema.label(s.label)]
        joined = (_joined_suggestion(group) for group in self._group_by_span(sentence, fit))
        chances = (self._lower_rejected(sentence, s) for s in joined)
        return tuple(sorted(chances, key=lambda s: (-s.score, s.start, -s.end, s.label)))

    def open_suggestions(self, annotated: AnnotatedSentence, judged: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
        """Return which of the ranked ones are still to be decided, in reading order, outer before inner.

        Left out: what is labelled, what was turned down here or, in the same words, elsewhere in the
        article, and what the schema forbids beside the annotator's spans. Of two suggestions that
        cannot both be right the less likely one is at most as likely as the other is wrong.
        """
        ranked = [s for s in judged if s.score >= MIN_SUGGESTION_SCORE and self._is_open(annotated, s)]
        likely = [s for s in self._cap_rivals(ranked) if s.score >= MIN_SUGGESTION_SCORE]
        return tuple(sorted(likely, key=lambda s: (s.start, -s.end, s.label)))

    def _is_open(self, annotated: AnnotatedSentence, s: Suggestion) -> bool:
        annotation = annotated.annotation
        if not (annotation.spans or annotation.rejected):
            return True
        span = Span(s.start, s.end, s.label)
        if any(x.key == span.key for x in (*annotation.spans, *annotation.rejected)):
            return False
        return not self.schema.find_violation(span, annotation.spans)

    def _group_by_span(self, sentence: Sentence, found: Iterable[Suggestion]) -> list[list[Suggestion]]:
        """Return the suggestions of each range and label, the likeliest first, each source once."""
        groups: dict[tuple[int, int, str], dict[str, Suggestion]] = {}
        for s in found:
            scored = _with_score(s, self.accuracy(s))
            if s.source != HISTORY:
                scored = _with_score(scored, self.reweigh(sentence, scored))
            group = groups.setdefault((s.start, s.end, s.label), {})
            group[s.source] = max(scored, group.get(s.source, scored), key=lambda x: (x.score, x.kind))
        return [sorted(g.values(), key=lambda s: (-s.score, s.source)) for g in groups.values()]

    def _lower_rejected(self, sentence: Sentence, s: Suggestion) -> Suggestion:
        """Return a suggestion with the chance that earlier refusals of the same words leave it."""
        first, last = token_range(sentence.tokens, s.start, s.end)
        text = mention_text(sentence.tokens[first:last])
        here, elsewhere = self.rejection_counts(sentence.article, text, s.label)
        return _with_score(s, 0.0 if here else s.score * _REJECTION_FACTOR**elsewhere)

    def _cap_rivals(self, ranked: Sequence[Suggestion]) -> list[Suggestion]:
        kept: list[Suggestion] = []
        for s in ranked:
            rivals = [k.score for k in kept if self._are_rivals(s, k)]
            kept.append(_with_score(s, min([s.score, *(1 - r for r in rivals)])))
        return kept

    def _are_rivals(self, a: Suggestion, b: Suggestion) -> bool:
        """Whether at most one of two can be right."""
        if a.end <= b.start or b.end <= a.start:
            return False
        if a.label == b.label and (a.start == b.start or a.end == b.end):
            return True
        spans = Span(a.start, a.end, a.label), Span(b.start, b.end, b.label)
        return self.schema.find_violation(spans[0], spans[1:]) is not None


def _with_score(s: Suggestion, score: float) -> Suggestion:
    """Return a suggestion with another score; ``replace`` takes three times as long."""
    return s if score == s.score else Suggestion(s.start, s.end, s.label, s.source, score, s.kind, s.estimated)


def _joined_suggestion(group: Sequence[Suggestion]) -> Suggestion:
    """Return one suggestion for several of one range and label; sources and kinds go side by side.

    The chance is that of the best source beside the history, which is part of it already. That two
    sources agree adds nothing: they read the same words and err on the same ones (measured).
    """
    if len(group) == 1:
        return group[0]
    best = next((s for s in group if s.source != HISTORY), group[0])
    by_name = sorted(group, key=lambda s: s.source)
    sources, kinds = "+".join(s.source for s in by_name), "+".join(s.kind for s in by_name)
    return replace(best, source=sources, kind=kinds)
