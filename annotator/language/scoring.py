"""How surely a name is a person or a place: points for what tells for and against it.

The points are log odds, fitted to gold and silver spans of real news by ``tests/benchmarks/points.py``
(logistic regression with a ridge; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning,
4.4). The score is then the share of readings with such traits that annotators keep.
"""

from __future__ import annotations

from math import exp

from msgspec import Struct

from annotator.language import english as en

# What a stretch of tokens may be read as, and how likely that is.


class SpanCandidate(Struct, frozen=True):
    """Tokens ``[first, last)`` read as a thing of one kind."""

    first: int
    last: int
    kind: str
    """``person``, ``place``, ``number`` or ``claim``; what label that is, the schema says."""
    score: float
    """The share of such readings that annotators keep just as they are, 0 to 1, as measured by rule."""
    rule: str = ""
    """The rule that found it, for tests and for learning what is rejected."""


MIN_ENTITY_SCORE = 0.06
"""A reading that is rarer right than that is none."""

_WEIGHTS = {"person": en.scores("PERSON_WEIGHTS"), "place": en.scores("PLACE_WEIGHTS")}


def entity_score(kind: str, features: tuple[str, ...]) -> float:
    """Return the share of readings with these traits that are right, 0 to 1, in hundredths."""
    weights = _WEIGHTS[kind]
    return round(1 / (1 + exp(-weights["(bias)"] - sum(weights.get(name, 0.0) for name in features))), 2)
