"""The readings of a sentence: which stretches are a person, a place, a number or a claim, and how surely."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.phrases.claims import claim_candidates
from annotator.core.phrases.known import EMPTY_CONTEXT, ArticleContext
from annotator.core.phrases.named import entity_candidates
from annotator.core.phrases.numbers import number_candidates
from annotator.core.phrases.reading import SpanCandidate
from annotator.core.phrases.view import sentence_features
from annotator.core.tokens import Token, tokens_text


def span_candidates(tokens: Sequence[Token], context: ArticleContext = EMPTY_CONTEXT) -> tuple[SpanCandidate, ...]:
    """Return the readings of a sentence in reading order, outer before inner, the likelier kind first.

    One stretch may have several, of different kinds.
    """
    features = sentence_features(tokens, starts_in_quotation=bool(context.open_quotation_texts) and tokens_text(tokens) in context.open_quotation_texts)
    found = [*claim_candidates(features), *number_candidates(features), *entity_candidates(features, context)]
    return tuple(sorted(found, key=lambda r: (r.first, -r.last, -r.score)))
