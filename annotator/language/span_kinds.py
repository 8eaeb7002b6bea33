"""The kinds of spans that the rules find: a schema's label for each, and how likely a candidate is.

The weights of persons and places are log odds, fitted to gold and silver spans of real news by
``tests/benchmarks/points.py`` (logistic regression with a ridge; Hastie, Tibshirani and Friedman, The
Elements of Statistical Learning, 4.4). A score is the share of candidates with such features that annotators keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import exp

from msgspec import Struct

from annotator.core.schema import Schema
from annotator.language import english as en

LABEL_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "number": ("COUNT", "COUNTS", "NUMBER", "NUMBERS", "QUANTITY", "CARDINAL", "FIGURE", "NUM"),
    "claim": ("CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "QUOTE", "QUOTATION", "SPEECH"),
    "quotation": ("QUOTE", "QUOTES", "QUOTATION", "CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "SPEECH"),
    "person": ("PERSON", "PERSONS", "PEOPLE", "PER", "INDIVIDUAL"),
    "place": ("VENUE", "VENUES", "PLACE", "PLACES", "LOCATION", "LOC", "GPE", "FAC"),
    "organisation": ("ORG", "ORGANISATION", "ORGANIZATION", "COMPANY"),
}
"""The names that a label for each kind may have, the best first."""


@lru_cache(maxsize=256)
def label_for_kind(schema: Schema, kind: str) -> str | None:
    """Return the schema's label for a kind of thing: one that takes it or has such a name, or takes one."""
    names = LABEL_SYNONYMS.get(kind, ())
    takers = (label for name in names if (label := schema.label_taking(name)))
    return schema.label_taking(kind) or first_label_named(schema, names) or next(takers, None)


def first_label_named(schema: Schema, names: Iterable[str]) -> str | None:
    """Return the first label of the schema whose name, in capitals, is one of ``names`` in their order."""
    by_name = {x.name.upper(): x.name for x in reversed(schema.labels)}
    return next((by_name[n] for n in names if n in by_name), None)


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
