"""Which units of a page are the article, and the page with its units, their measures and parts."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from annotator.ingest.clean import line_features
from annotator.ingest.clean.block_path import PagePart
from annotator.ingest.clean.candidate_blocks import CandidateBlock, find_article_block
from annotator.ingest.clean.line_features import content_words


class SegmentedPage(Struct, frozen=True, dict=True):
    """The units of a page with their measures and states, lists of one length."""

    units: list[line_features.TextUnit]
    features: list[line_features.LineFeatures]
    parts: list[PagePart]
    candidates: tuple[CandidateBlock, ...] = ()
    """The blocks that were compared, the best one first: that is the article, before its ends were drawn out."""

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
        """How often each text is on the page."""
        return Counter(line.key for line in self.features)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The content words of the article's first dozen paragraphs."""
        long = [at for at in self.body if self.features[at].words >= 10][:12] or self.body[:12]
        return frozenset(word for at in long for word in content_words(self.units[at].text))

    @cached_property
    def is_evenly_spaced(self) -> bool:
        """Whether a blank line is between any two units, so that blank lines mean nothing."""
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
        """Return whether a paragraph occurs twice with at most one unit between: a caption does."""
        near = [self.features[other].key for other in range(max(0, at - 2), min(len(self.units), at + 3))]
        return self.features[at].words >= 6 and near.count(self.features[at].key) > 1

    def repeats_recent(self, at: int) -> bool:
        """Return whether one of the two units before has the same text."""
        return any(self.features[other].key == self.features[at].key for other in range(max(0, at - 2), at))


def segment_page(lines: list[str]) -> SegmentedPage:
    """Return the page of these physical lines with the article found in it."""
    found = line_features.text_units(lines)
    stops = line_features.page_function_words(found)
    measures = [line_features.extract_features(unit, stops) for unit in found]
    parts, candidates = find_article_block(measures)
    return SegmentedPage(found, measures, parts, candidates)
