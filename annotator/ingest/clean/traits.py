"""The shallow traits of a unit of text: what is measured on a line and on its neighbours.

The traits are those of Kohlschütter, Fankhauser and Nejdl, "Boilerplate Detection using Shallow
Text Features" (WSDM 2010: words, link and capital density, the neighbours' values) and of
Pomikálek's jusText (2011: the density of function words), with end punctuation, repetition and
phrase lists for news pages. A plain text has no links, so what looks like one stands in.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.patterns import (
    TIME_AGO,
    CJK,
    CLOCK_TIME,
    DATE_PATTERN,
    SENTENCE_END,
    INNER_STOP,
    LINK_PATTERN,
    LINK_HINT,
    QUOTATION_MARK,
    SEPARATORS,
    TRUNCATED,
)
from annotator.ingest.clean.units import TextUnit

DEFAULT_FUNCTION_SHARE = 0.35
"""The share of function words that is assumed where the language has no list."""


@dataclass(frozen=True, slots=True)
class LineFeatures:
    """What is seen on one unit without a look at its neighbours."""

    key: str
    """The text in lower case with single blanks, by which repetition is seen."""
    words: float
    function_share: float
    ends_sentence: bool
    inner_sentences: int
    capital_share: float
    links: int
    separators: int
    has_quotation: bool
    has_date: bool
    is_truncated: bool
    is_furniture: bool
    is_ending: bool
    calls: int
    legal: int
    credits: int
    biography: int

    has_time_ago: bool
    """Whether a short line says how long ago something was: a comment, another article."""

    @property
    def ending_likeness(self) -> float:
        """Return how much the unit looks like the end of an article, 0 to 5."""
        return 4.0 * self.has_time_ago + 1.0 * (self.is_ending and self.words <= 5 and not self.has_quotation)

    @property
    def prose_likeness(self) -> float:
        """Return how much the unit looks like a paragraph, 0 to 1."""
        length = min(self.words / 20, 1.0)
        stops = min(self.function_share / 0.3, 1.0)
        doubt = 0.2 if self.is_furniture or self.legal > 1 or self.calls > 1 else 1.0
        return length * stops * (1.0 if self.ends_sentence else 0.35) * doubt


def page_function_words(found: list[TextUnit]) -> frozenset[str]:
    """Return the function words of the language that most of a page is in, empty if of none."""
    counts: Counter[str] = Counter()
    for unit in [unit for unit in found if unit.text.count(" ") >= 7][:2000] or found[:2000]:
        counts.update(word for word in lexicon.tokenize_line(unit.text[:500]) if word[0].isalpha())
    lists = lexicon.function_words_by_language()
    hits = {code: sum(counts[word] for word in sorted(words)) for code, words in lists.items()}
    best = max(hits, key=lambda code: hits[code])
    return lists[best] if hits[best] >= 0.12 * max(counts.total(), 1) else frozenset()


def extract_features(unit: TextUnit, stops: frozenset[str]) -> LineFeatures:
    """Return the measures of one unit; ``stops`` are the function words of the page."""
    text = unit.text
    tokens = lexicon.tokenize_line(text)
    words = [token for token in tokens if token[0].isalnum()]
    hits = lexicon.count_phrases(tokens)
    size = len(words) if text.isascii() else max(len(words), len(CJK.findall(text)) / 2)
    share = sum(word in stops for word in words) / max(len(words), 1) if stops else DEFAULT_FUNCTION_SHARE
    figures = any(map(str.isdigit, text[:200]))
    tail = text[-60:]
    return LineFeatures(
        key=" ".join(text.lower().split()),
        words=size,
        function_share=share,
        ends_sentence=bool(SENTENCE_END.search(tail)),
        inner_sentences=len(INNER_STOP.findall(text)) if size > 4 else 0,
        capital_share=_capital_share(text),
        links=len(LINK_PATTERN.findall(text)) if LINK_HINT.search(text) else 0,
        separators=len(SEPARATORS.findall(text)),
        has_quotation=bool(QUOTATION_MARK.search(text)),
        has_date=figures and any(shape.search(text[:200]) for shape in (DATE_PATTERN, CLOCK_TIME, TIME_AGO)),
        is_truncated=bool(TRUNCATED.search(tail)),
        is_furniture=lexicon.is_furniture(text),
        is_ending=size <= 12 and lexicon.starts_with_ending(tokens),
        calls=hits["calls"],
        legal=hits["legal"],
        credits=hits["credits"],
        biography=hits["biography"],
        has_time_ago=size <= 10 and figures and bool(TIME_AGO.search(text)),
    )


def _capital_share(text: str) -> float:
    """Return the share of words after the first that begin with a capital."""
    rest = [word for word in text.split()[1:] if word[0].isalpha()]
    return sum(word[0].isupper() for word in rest) / len(rest) if rest else 0.0


def feature_vectors(measures: list[LineFeatures]) -> list[dict[str, float]]:
    """Return the traits of each unit, named as in ``weights.WEIGHTS``."""
    repeated = Counter(one.key for one in measures)
    prose = [one.prose_likeness for one in measures]
    return [_feature_vector(one, repeated[one.key] > 1, _nearby_prose(prose, at)) for at, one in enumerate(measures)]


def _feature_vector(one: LineFeatures, again: bool, near: float) -> dict[str, float]:
    """Return the traits of one unit."""
    return {
        "one": 1.0,
        "length": math.log2(1 + min(one.words, 100)),
        "very short": float(one.words <= 4),
        "long": float(one.words >= 20),
        "function words": min(one.function_share, 0.5) * min(one.words / 8, 1.0),
        "ended": float(one.ends_sentence),
        "ended and long": float(one.ends_sentence and one.words >= 10),
        "inner stops": min(one.inner_sentences, 4),
        "capitals": one.capital_share,
        "links": min(one.links, 2),
        "separators": min(one.separators, 3),
        "quoted": float(one.has_quotation),
        "truncated": float(one.is_truncated),
        "furniture": float(one.is_furniture),
        "ending": float(one.is_ending),
        "calls": min(one.calls, 3),
        "legal": min(one.legal, 4),
        "credits": min(one.credits, 2),
        "biography": min(max(one.biography - 1, 0), 3),
        "again": float(again),
        "near prose": near,
    }


def _nearby_prose(prose: list[float], at: int) -> float:
    """Return how much prose stands round unit ``at``: two on each side, the next ones twice."""
    total = 0.0
    for step, weight in ((-2, 1), (-1, 2), (1, 2), (2, 1)):
        total += weight * prose[at + step] if 0 <= at + step < len(prose) else 0.0
    return total / 6
