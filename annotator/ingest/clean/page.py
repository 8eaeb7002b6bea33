"""A page as the cleaner sees it: its units, their measures and where each one stands."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from annotator.ingest.clean import lexicon, weights
from annotator.ingest.clean.blocks import PagePart, best_path, extend_body
from annotator.ingest.clean.patterns import CJK
from annotator.ingest.clean.shapes import is_page_frame
from annotator.ingest.clean.traits import LineFeatures, page_function_words, extract_features, feature_vectors
from annotator.ingest.clean.units import TextUnit, text_units

MIN_CONTENT_WORD_LENGTH = 4
"""Words of this many letters and more carry what a text is about."""


@dataclass(frozen=True)
class SegmentedPage:
    """The units of a page with their measures and states, lists of one length."""

    units: list[TextUnit]
    features: list[LineFeatures]
    parts: list[PagePart]

    @cached_property
    def body(self) -> list[int]:
        """The numbers of the units in the article."""
        return [at for at, state in enumerate(self.parts) if state is PagePart.BODY]

    @cached_property
    def body_start(self) -> int:
        """The number of the article's first unit, or of units where there is none."""
        return self.body[0] if self.body else len(self.units)

    @cached_property
    def body_end(self) -> int:
        """The number of the unit after the article's last one."""
        return self.body[-1] + 1 if self.body else len(self.units)

    @cached_property
    def text_counts(self) -> Counter[str]:
        """How often each text stands on the page."""
        return Counter(one.key for one in self.features)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The content words of the article's first dozen paragraphs."""
        long = [at for at in self.body if self.features[at].words >= 10][:12] or self.body[:12]
        return frozenset(word for at in long for word in content_words(self.units[at].text))

    @cached_property
    def is_evenly_spaced(self) -> bool:
        """Whether a blank line stands between any two units, so that blank lines tell nothing."""
        return all(one.last + 1 < two.first for one, two in pairwise(self.units))

    @cached_property
    def opening(self) -> str:
        """The article's first dozen paragraphs in lower case, with a blank at both ends of each."""
        return " ".join(f" {self.features[at].key} " for at in self.body[:12])

    def mentions_text(self, text: str) -> bool:
        """Return whether the article's first paragraphs contain a text as whole words, whatever its case."""
        key = re.escape(" ".join(text.lower().split()))
        return re.search(rf"(?<!\w){key}(?!\w)", self.opening) is not None

    def is_doubled(self, at: int) -> bool:
        """Return whether a paragraph stands twice with at most one unit between: a caption does."""
        near = [self.features[other].key for other in range(max(0, at - 2), min(len(self.units), at + 3))]
        return self.features[at].words >= 6 and near.count(self.features[at].key) > 1

    def repeats_recent(self, at: int) -> bool:
        """Return whether one of the two units before has the same text."""
        return any(self.features[other].key == self.features[at].key for other in range(max(0, at - 2), at))


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry its matter: the longer ones without a plural's s.

    Scripts without blanks give their pairs of characters.
    """
    words = [word.removesuffix("'s") for word in lexicon.tokenize_line(text)]
    runs = [word for word in words if CJK.match(word)]
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return frozenset(pairs).union(
        word.rstrip("s") for word in words if len(word) >= MIN_CONTENT_WORD_LENGTH and word[0].isalnum()
    )


def segment_page(lines: list[str]) -> SegmentedPage:
    """Return the page of these physical lines with the article found in it."""
    found = text_units(lines)
    stops = page_function_words(found)
    measures = [extract_features(unit, stops) for unit in found]
    rows = feature_vectors(measures)
    barriers = [one.ending_likeness for one in measures]
    lates = [one.has_time_ago for one in measures]
    repeated = [row["again"] > 0 for row in rows]
    states: list[PagePart] = []
    scores: list[float] = []
    for look in weights.RETRY_BONUSES:
        scores = [weights.body_log_odds(row, one.words, look) for row, one in zip(rows, measures, strict=True)]
        states = best_path(scores, barriers, lates, weights.TRANSITION_COSTS)
        if PagePart.BODY in states:
            break
    frame = [
        is_page_frame(unit.text, one, again) for unit, one, again in zip(found, measures, repeated, strict=True)
    ]
    return SegmentedPage(found, measures, extend_body(states, scores, [one.ends_sentence for one in measures], frame))
