"""The regions of a page: it is divided where its matter changes, at a head or at the heading of a list of teasers.

A head is a title with a byline or date below it, or one whose words come again in what follows. Neither
a head nor a heading divides text that goes on about the same: real pages have boxes of related
articles, forms and subheads in the middle of an article.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from annotator.ingest.clean import line_features
from annotator.ingest.clean.line_features import LineFeatures
from annotator.ingest.clean.score_weights import body_log_odds

MAX_COMPARED_UNITS = 12
"""How many units before a boundary are compared with those after it."""
MAX_FOLLOWING_UNITS = 5
"""How many units of prose after a boundary are compared with those before it."""
MIN_SHARED_WORDS = 2
"""Texts are about the same if they share this many words that carry matter, or a name, or one of the title's."""


class Head(Struct, frozen=True):
    """The title of a text that may be the article, and the first unit that may be its body."""

    title: int
    start: int
    is_signed: bool
    """Whether a byline or date is below the title; else its words come again in what follows."""


class PageRegion(Struct, frozen=True):
    """The units ``first`` to ``stop`` (exclusive) of a page, which are about one matter as far as one can see."""

    first: int
    stop: int
    head: Head | None
    is_teaser: bool
    """Whether it comes under the heading of a list of teasers."""


class PageMeasures:
    """The measures of a page's units, with what follows from them."""

    def __init__(self, lines: list[LineFeatures]) -> None:
        self.lines = lines
        self.rows = line_features.feature_vectors(lines)
        self.scores = self.log_odds(0.0)
        self._words: dict[int, frozenset[str]] = {}

    @cached_property
    def is_frame(self) -> list[bool]:
        """Whether each unit is surely a part of the page's frame."""
        again = [row["again"] > 0 for row in self.rows]
        return [line_features.is_page_frame(line, twice) for line, twice in zip(self.lines, again, strict=True)]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The units that have each text."""
        found: dict[str, list[int]] = {}
        for at, line in enumerate(self.lines):
            found.setdefault(line.key, []).append(at)
        return found

    def log_odds(self, retry_bonus: float) -> list[float]:
        """Return the score of each unit."""
        return [body_log_odds(row, line.words, retry_bonus) for row, line in zip(self.rows, self.lines, strict=True)]

    def words(self, at: int) -> frozenset[str]:
        """Return the words of a unit that carry its matter."""
        if at not in self._words:
            self._words[at] = line_features.topic_words(self.lines[at].text)
        return self._words[at]

    def all_words(self, units: Iterable[int]) -> frozenset[str]:
        """Return the words of some units that carry their matter."""
        return frozenset[str]().union(*(self.words(at) for at in units))

    def title_words(self, head: Head | None) -> frozenset[str]:
        """Return the words of a head's title and deck that carry their matter."""
        return self.all_words(range(head.title, head.start)) if head is not None else frozenset()

    def is_prose(self, at: int) -> bool:
        """Return whether a unit is more likely body text than not."""
        return self.scores[at] > 0

    def is_wordy(self, at: int) -> bool:
        """Return whether a unit is several sentences or a quotation: most teasers are neither."""
        return self.lines[at].inner_sentences > 0 or self.lines[at].has_quotation


# Heads.


MAX_HEAD_UNITS = 4
"""A byline or date is at most this many units below its title."""
MAX_TITLE_WORDS = 32
"""A title has no more words than this."""
MAX_UNITS_BELOW = 6
"""How many units below a title without a byline are looked at for its words."""


def find_heads(page: PageMeasures) -> list[Head]:
    """Return the heads of a page, from its top on."""
    heads: list[Head] = []
    at = 0
    while at < len(page.lines):
        head = _head_at(page, at)
        if head is not None:
            heads.append(head)
        at = at + 1 if head is None else head.start
    return heads


def _head_at(page: PageMeasures, title: int) -> Head | None:
    """Return the head whose title a unit is, None where it is no title."""
    if not _may_be_title(page.lines[title]):
        return None
    start = _signature_end(page, title)
    if start:
        return Head(title, start, True)
    below = [at for at in range(title + 1, min(title + 1 + MAX_UNITS_BELOW, len(page.lines))) if page.is_prose(at)]
    words = page.words(title)
    shared = words & page.all_words(below)
    named = len(shared) >= MIN_SHARED_WORDS and 2 * len(shared) >= len(words)
    return Head(title, title + 1, False) if named else None


def _may_be_title(line: LineFeatures) -> bool:
    """Return whether a unit may be the title of an article by its own shape."""
    if not 2 <= line.words <= MAX_TITLE_WORDS or line.is_page_part or line.has_time_ago:
        return False
    if line.ends_sentence and line.text.rstrip()[-1:] in ".;:。":
        return False
    return not line_features.is_headline_companion(line) and not line_features.is_section_line(line.text)


def _signature_end(page: PageMeasures, title: int) -> int:
    """Return the unit after the byline and date below a title, 0 where there is none."""
    end = 0
    for at in range(title + 1, min(title + 1 + MAX_HEAD_UNITS, len(page.lines))):
        line = page.lines[at]
        text = line.ends_sentence and (end or page.is_wordy(at))
        if line.is_furniture or line.is_ending or line.has_time_ago or text:
            break
        if line_features.is_headline_companion(line) and not line_features.is_clock_line(line.text):
            end = at + 1
    return end


# Regions.


def find_regions(page: PageMeasures) -> list[PageRegion]:
    """Return the regions of a page in order; together they have all its units."""
    heads = {head.title: head for head in find_heads(page)}
    regions: list[PageRegion] = []
    current = PageRegion(0, 0, None, False)
    for at, line in enumerate(page.lines):
        head = heads.get(at)
        if head is None and not line.is_ending:
            continue
        empty = _is_empty(page, current, at)
        if empty and current.head is not None and head is None:
            continue
        if empty or _changes_matter(page, current, at):
            if not empty:
                regions.append(_closed(current, at))
            current = PageRegion(at if not empty else current.first, at, head, _is_teaser(page, current, head, at))
    return [*regions, _closed(current, len(page.lines))]


def _closed(region: PageRegion, stop: int) -> PageRegion:
    return PageRegion(region.first, stop, region.head, region.is_teaser)


def _is_teaser(page: PageMeasures, before: PageRegion, head: Head | None, at: int) -> bool:
    """Return whether a heading of teasers opens a region, or one is right above its head."""
    if head is None:
        return page.lines[at].is_teaser_heading
    return before.is_teaser or any(page.lines[unit].is_teaser_heading for unit in range(max(0, at - 2), at))


def _is_empty(page: PageMeasures, region: PageRegion, stop: int) -> bool:
    """Return whether a region has no text up to a unit; under a head a short sentence is one too."""
    start = region.first if region.head is None else region.head.start
    is_headed = region.head is not None
    return not any(
        page.is_prose(at) or (is_headed and page.lines[at].ends_sentence and not page.is_frame[at])
        for at in range(start, stop)
    )


def _changes_matter(page: PageMeasures, region: PageRegion, at: int) -> bool:
    """Return whether the prose after unit ``at`` has little in common with the region before it."""
    if region.head is None:
        before = [unit for unit in range(region.first, at) if page.is_prose(unit)][-MAX_COMPARED_UNITS:]
    else:
        before = [unit for unit in range(region.head.start, at) if page.lines[unit].words >= 3][-MAX_COMPARED_UNITS:]
    after = _following_prose(page, at)
    title = page.title_words(region.head)
    known = title | page.all_words(before)
    common = sum(_shares_matter(page, unit, known, title) for unit in after)
    wordy = sum(page.is_wordy(unit) for unit in after)
    return not (2 * common > len(after) or (common and 2 * wordy >= len(after)))


def _following_prose(page: PageMeasures, at: int) -> list[int]:
    """Return the first units of prose after unit ``at``, up to the next heading of the frame."""
    after: list[int] = []
    for unit in range(at + 1, len(page.lines)):
        if len(after) == MAX_FOLLOWING_UNITS or (after and page.lines[unit].is_ending):
            break
        if page.is_prose(unit):
            after.append(unit)
    return after


def _shares_matter(page: PageMeasures, at: int, known: frozenset[str], title: frozenset[str]) -> bool:
    """Return whether a unit shares a name, a word of the title or several words with a text before it."""
    shared = page.words(at) & known
    if len(shared) >= MIN_SHARED_WORDS or shared & title:
        return True
    return bool(shared & line_features.capitalised_words(page.lines[at].text))
