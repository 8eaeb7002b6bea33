"""The readings of a sentence: which stretches are a person, a place, a number or a claim, and how surely."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.phrases.claims import claim_readings
from annotator.core.phrases.known import NOTHING, Context
from annotator.core.phrases.named import name_readings
from annotator.core.phrases.numbers import number_readings
from annotator.core.phrases.reading import Reading
from annotator.core.phrases.view import view_of
from annotator.core.tokens import Token, text_of


def readings(tokens: Sequence[Token], context: Context = NOTHING) -> tuple[Reading, ...]:
    """Return the readings of a sentence in reading order, outer before inner, the likelier kind first.

    One stretch may have several, of different kinds.
    """
    features = view_of(tokens, starts_in_quotation=bool(context.open_quotation_texts) and text_of(tokens) in context.open_quotation_texts)
    found = [*claim_readings(features), *number_readings(features), *name_readings(features, context)]
    return tuple(sorted(found, key=lambda r: (r.first, -r.last, -r.score)))
