"""Claims: what a sentence attributes to a source, the likeliest set first and the other extents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from annotator.core.phrases import attitudes
from annotator.core.phrases.attributions import Content, in_two_words, of_speech
from annotator.core.phrases.en import speech
from annotator.core.phrases.quoted import quoted
from annotator.core.phrases.reading import Reading
from annotator.core.phrases.statements import early_ends
from annotator.core.phrases.verbs import is_verb
from annotator.core.phrases.view import View
from annotator.core.tokens import Range

_CUES = 48
"""How many cues of a sentence are looked at; keeps an endless sentence linear."""
LEAST = 0.35
"""Readings below this score are no part of the best set: they would cost more than they bring."""
_NESTED = 0.15
"""What is left of a reading's score inside another claim: annotators rarely mark both."""
_WORDS = (
    speech.CUES
    | speech.NOUNS
    | speech.ADJECTIVES
    | frozenset(speech.IN_TWO_WORDS)
    | frozenset(speech.CALLED_FOR)
    | {"according", "whether"}
)
_EARLY = 0.1
_EARLIER = "early"
"""The rule of a claim that ends before what the writer may have added."""
_QUOTATIONS = 64
"""How many quotations of a sentence are looked at, for the same reason."""
SCORES = {
    "quotation before": 0.98,
    "quotation after": 0.9,
    "quotation resumed": 0.9,
    "quotation on": 0.6,
    "quotation whole": 0.95,
    "quotation start": 0.96,
    "quotation point": 0.8,
    "quotation part": 0.1,
    "title": 0.1,
    "spoken": 0.88,
    "spoken end": 0.91,
    "spoken end alone": 0.75,
    "open": 0.84,
    "mark": 0.9,
    "mixed before": 0.9,
    "that": 0.93,
    "said": 0.85,
    "said scrap": 0.6,
    "bare": 0.47,
    "question": 0.6,
    "whether": 0.6,
    "before": 0.7,
    "subject before": 0.9,
    "scrap before": 0.3,
    "resumed": 0.67,
    "resumed scrap": 0.8,
    "as": 0.6,
    "according": 0.5,
    "according first": 0.6,
    "colon": 0.3,
    "noun": 0.5,
    "noun long": 0.2,
    "noun subject": 0.5,
    "adjective": 0.75,
    "infinitive": 0.67,
    "alleged": 0.8,
    "asked": 0.7,
    "asked about": 0.7,
    "called": 0.7,
    "called quotation": 0.5,
    "called for": 0.45,
    "called against": 0.5,
    "called about": 0.25,
    "deemed": 0.8,
    "seen as": 0.5,
    "urged": 0.54,
    "accused": 0.3,
    "accused of": 0.6,
    "gerund": 0.5,
    "backed": 0.6,
}
"""The share of a rule's readings, none inside another claim, that annotators marked just so.

Measured by ``tests/benchmarks/claims.py --half tune --rules``, drawn to the middle for rare rules.
"""


def best_claims(features: View) -> tuple[Reading, ...]:
    """Return the likeliest claims of a sentence in reading order; none overlaps another."""
    return _chosen(features)[0]


def claim_readings(features: View) -> tuple[Reading, ...]:
    """Return the best claims and, with lower scores, what else may be one; by start, the longer first."""
    best, others = _chosen(features)
    return tuple(sorted((*best, *others), key=lambda r: (r.first, -r.last)))


def claims(features: View) -> tuple[Range, ...]:
    """Return the ranges of the readings without those that are just a quotation."""
    plain = {(q.first, q.last) for q in features.quotations} | {q.content for q in features.quotations}
    ranges = ((r.first, r.last) for r in claim_readings(features) if r.score > 0.2)
    return tuple(r for r in ranges if r not in plain and r[1] - r[0] > 1)


@lru_cache(maxsize=64)
def _chosen(features: View) -> tuple[tuple[Reading, ...], tuple[Reading, ...]]:
    """Split the readings into the best set and the rest, whose scores sink where a best one holds them."""
    best: list[Reading] = []
    rest: list[Reading] = []
    for r in sorted(_readings(features), key=lambda r: (r.first - r.last, r.first)):
        over = [b for b in best if r.first < b.last and b.first < r.last]
        if r.score < LEAST or over:
            rest.append(_sunk(r, over))
        else:
            best.append(r)
    return tuple(sorted(best, key=lambda r: r.first)), tuple(rest)


def _sunk(r: Reading, over: list[Reading]) -> Reading:
    return replace(r, score=round(r.score * _NESTED, 3)) if over and r.rule != _EARLIER else r


def _readings(features: View) -> Iterator[Reading]:
    """Yield one reading a range: that of the likeliest rule."""
    found: dict[Range, str] = {}
    ranges = [(c.first, c.last, c.rule) for c in contents(features)]
    for first, last, rule in (*ranges, *islice(quoted(features), _QUOTATIONS)):
        if SCORES.get(found.get((first, last), ""), -1.0) < SCORES[rule]:
            found[first, last] = rule
    for (first, last), rule in found.items():
        yield Reading(first, last, "claim", SCORES[rule], rule)
    early = {(first, end) for first, last, _ in ranges for end in [*early_ends(features, first, last)][-2:]}
    for first, end in sorted(early - set(found)):
        yield Reading(first, end, "claim", _EARLY, _EARLIER)


def contents(features: View) -> tuple[Content, ...]:
    """Return what each cue of a sentence attributes, in the order of the cues."""
    cues = [i for i, w in enumerate(features.folded) if w in _WORDS][:_CUES]
    return tuple(c for i in cues for c in _of(features, i) if c.first < c.last)


def _of(features: View, i: int) -> Iterator[Content]:
    word = features.word(i)
    if word == "according":
        yield from attitudes.according(features, i)
    elif word == "whether":
        yield from attitudes.whether(features, i)
    elif in_two_words(features, i):
        yield from of_speech(features, i)
    elif (word in speech.CUES or word in speech.CALLED_FOR) and is_verb(features, i):
        found = tuple(of_speech(features, i)) if word in speech.SPOKEN else ()
        yield from found or attitudes.of_attitude(features, i)
    elif word in speech.NOUNS | speech.ADJECTIVES:
        yield from attitudes.after_noun(features, i)
