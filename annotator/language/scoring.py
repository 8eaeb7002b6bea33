"""How likely a name is a person or a place: a weight for each feature for and against it.

The weights are log odds, fitted to gold and silver spans of real news by ``tests/benchmarks/points.py``
(logistic regression with a ridge; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning,
4.4). The score is the share of candidates with such features that annotators keep.
"""

from __future__ import annotations

from math import exp

from msgspec import Struct

from annotator.language import english as en

# A range of tokens as a thing of one kind, and how likely it is.


class SpanCandidate(Struct, frozen=True):
    """Tokens ``[first, last)`` read as a thing of one kind."""

    first: int
    last: int
    kind: str
    """``person``, ``place``, ``number`` or ``claim``; the schema has the label for it."""
    score: float
    """The share of such candidates that annotators keep exactly as they are, 0 to 1, measured by rule."""
    rule: str = ""
    """The rule that found it, for tests and for learning what is rejected."""


MIN_ENTITY_SCORE = 0.06
"""A candidate with a lower score is dropped."""

_WEIGHTS = {"person": en.scores("PERSON_WEIGHTS"), "place": en.scores("PLACE_WEIGHTS")}


def entity_score(kind: str, features: tuple[str, ...]) -> float:
    """Return the share of candidates with these features that are right, 0 to 1, in hundredths."""
    weights = _WEIGHTS[kind]
    return round(1 / (1 + exp(-weights["(bias)"] - sum(weights.get(name, 0.0) for name in features))), 2)
