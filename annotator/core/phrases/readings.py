"""The readings of a sentence: which stretches are a person, a place, a number or a claim, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.core.phrases.candidates import Candidate, of_view
from annotator.core.phrases.common import without_common
from annotator.core.phrases.context import NOTHING, Context
from annotator.core.phrases.cues import name_cue
from annotator.core.phrases.reading import Reading
from annotator.core.phrases.view import view_of
from annotator.core.tokens import Token

_SCORES = {"number": 0.7, "quotation": 0.7, "claim": 0.5, "person": 0.8, "place": 0.5}


def readings(tokens: Sequence[Token], context: Context = NOTHING) -> tuple[Reading, ...]:
    """Return the readings of a sentence in reading order, outer before inner, the likelier kind first.

    One stretch may have several, of different kinds.
    """
    found = without_common(of_view(view_of(tokens)), tokens, context.small)
    return tuple(r for c in found for r in _readings(tokens, c))


def _readings(tokens: Sequence[Token], c: Candidate) -> Iterator[Reading]:
    kind = name_cue(tokens, c.first, c.last) if c.kind == "name" else c.kind
    if kind:
        yield Reading(c.first, c.last, "claim" if kind == "quotation" else kind, _SCORES[kind], c.kind)
