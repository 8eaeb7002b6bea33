"""How surely a name is a person or a place: points for what tells for and against it.

The points are log odds, fitted to gold and silver spans of real news by ``tests/benchmarks/points.py``
(logistic regression with a ridge; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning,
4.4). The score is then the share of readings with such traits that annotators keep.
"""

from __future__ import annotations

from math import exp

from msgspec import Struct

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

PERSON_BIAS = 1.00
PERSON_WEIGHTS = {
    "tail": 2.15,
    "given-initial": 1.78,
    "few-cued": 1.70,
    "sure": 1.47,
    "given-family": 1.43,
    "surname": 1.36,
    "subject": 1.14,
    "shortened": 1.11,
    "few-acts": 0.99,
    "role-comma": 0.94,
    "initial": 0.87,
    "apposition": 0.86,
    "does": 0.77,
    "first": 0.77,
    "one-acts": 0.76,
    "few-role": 0.69,
    "one-cued": 0.59,
    "few-subject": 0.58,
    "poss": 0.56,
    "place-head": 0.55,
    "age": 0.55,
    "honorific": 0.52,
    "role": 0.52,
    "none": 0.52,
    "one-does": 0.51,
    "given": 0.51,
    "few-honorific": 0.49,
    "opening": 0.45,
    "few-does": 0.42,
    "one-poss": 0.40,
    "few-role-comma": 0.37,
    "mister": 0.35,
    "few-poss": 0.35,
    "suffix": 0.32,
    "the": 0.30,
    "one-role": 0.28,
    "party": 0.28,
    "one-subject": 0.23,
    "in": 0.18,
    "object": 0.18,
    "stated": 0.18,
    "said": 0.14,
    "place-shy": 0.11,
    "few-age": 0.10,
    "forename": 0.07,
    "few-object": -0.20,
    "led": -0.21,
    "headline-long": -0.30,
    "place-mark": -0.30,
    "place-seat": -0.31,
    "one-role-comma": -0.36,
    "place-region": -0.48,
    "one-none": -0.48,
    "place-lead": -0.57,
    "one-object": -0.58,
    "place-state": -0.60,
    "tails": -0.65,
    "both": -0.69,
    "few-none": -0.70,
    "few-apposition": -0.70,
    "one-the": -0.75,
    "acts": -0.81,
    "place-city": -0.85,
    "few-in": -0.86,
    "one-opening": -0.86,
    "headline": -0.86,
    "few-opening": -0.87,
    "place-country": -0.87,
    "barred-cued": -1.10,
    "family": -1.24,
    "one-in": -1.49,
    "body": -1.60,
    "few-the": -1.62,
    "more": -1.82,
    "two": -1.96,
    "inner": -2.15,
    "barred-plain": -3.20,
    "unknown": -3.58,
}
"""A person: the name's form, the cue or frame around it, and what speaks against it."""

PLACE_BIAS = -0.24
PLACE_WEIGHTS = {
    "state": 2.11,
    "mark-comma": 1.78,
    "then-kind": 1.77,
    "unknown-dateline": 1.47,
    "placed-at-in": 1.26,
    "at-in": 1.24,
    "country-poss": 1.17,
    "region-poss": 1.17,
    "unknown-at-in": 1.15,
    "city": 1.12,
    "at-comma": 1.05,
    "region-end": 1.04,
    "unknown-at-to": 1.02,
    "at-on": 0.97,
    "city-title": 0.95,
    "region-other": 0.94,
    "state-other": 0.91,
    "dateline": 0.88,
    "region": 0.84,
    "at-to": 0.83,
    "stated": 0.79,
    "country-subject": 0.73,
    "city-subject": 0.72,
    "at-kind": 0.72,
    "state-title": 0.67,
    "country": 0.66,
    "city-hyphen": 0.64,
    "placed-at-comma": 0.62,
    "at-and-place": 0.60,
    "then-comma": 0.54,
    "then-end": 0.49,
    "mark": 0.47,
    "placed-at-name-of": 0.46,
    "city-comma": 0.46,
    "state-adj": 0.40,
    "then-subject": 0.38,
    "then-other": 0.32,
    "at-of": 0.32,
    "state-poss": 0.31,
    "city-adj": 0.28,
    "country-comma": 0.27,
    "country-other": 0.24,
    "state-name": 0.20,
    "city-poss": 0.18,
    "placed-at-on": 0.16,
    "placed": 0.15,
    "unknown-at-and": 0.15,
    "head": 0.12,
    "placed-at-to": 0.05,
    "region-comma": -0.05,
    "then-hyphen": -0.06,
    "in-of-first": -0.07,
    "country-end": -0.14,
    "shy": -0.16,
    "then-adj": -0.17,
    "seat-comma": -0.17,
    "unknown-at-of": -0.26,
    "at-object": -0.28,
    "seat-poss": -0.29,
    "country-number": -0.31,
    "at-none": -0.34,
    "unknown-at-object": -0.36,
    "then-poss": -0.43,
    "placed-at-none": -0.45,
    "seat-adj": -0.46,
    "placed-at-of": -0.48,
    "city-end": -0.53,
    "unknown-at-on": -0.54,
    "state-end": -0.58,
    "seat-end": -0.58,
    "city-other": -0.62,
    "in-body-mid": -0.70,
    "in-place-first": -0.70,
    "region-name": -0.71,
    "unknown-at-bracket": -0.74,
    "headline": -0.91,
    "unknown-at-comma": -0.95,
    "region-subject": -0.97,
    "country-adj": -0.98,
    "city-name": -1.09,
    "then-number": -1.16,
    "at-and": -1.19,
    "unknown-at-name-of": -1.22,
    "in-other-last": -1.26,
    "in-body-first": -1.34,
    "of": -1.44,
    "body": -1.48,
    "in-other-first": -1.55,
    "mark-end": -1.61,
    "then-name": -1.65,
    "at-name-of": -1.79,
    "seat": -1.83,
    "unknown-at-none": -1.92,
    "placed-at-bracket": -2.30,
    "unknown": -2.37,
    "named": -2.44,
    "in-place-last": -2.50,
}
"""A place: its type, what stands before and after it, and what speaks against it."""

_WEIGHTS_BY_KIND = {"person": (PERSON_BIAS, PERSON_WEIGHTS), "place": (PLACE_BIAS, PLACE_WEIGHTS)}


def entity_score(kind: str, features: tuple[str, ...]) -> float:
    """Return the share of readings with these traits that are right, 0 to 1, in hundredths."""
    base, points = _WEIGHTS_BY_KIND[kind]
    return round(1 / (1 + exp(-base - sum(points.get(trait, 0.0) for trait in features))), 2)
