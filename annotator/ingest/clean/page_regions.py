"""The regions of a page: it is divided where its matter changes, at a head or at the heading of a list of teasers.

A head is a title with a byline or date below it, or one whose words come again in what follows. Neither
a head nor a heading divides text that goes on about the same: real pages have boxes of related
articles, forms and subheads in the middle of an article.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from msgspec import Struct

from annotator.ingest.clean import lexicon, line_features
from annotator.ingest.clean.line_features import LineFeatures
from annotator.ingest.clean.reader_appeals import is_labelled_link
from annotator.ingest.clean.score_weights import counted_log_odds, feature_log_odds

MAX_COMPARED_UNITS = 12
"""How many units before a boundary are compared with those after it."""
MAX_FOLLOWING_UNITS = 5
"""How many units of prose after a boundary are compared with those before it."""
MIN_SERIES = 2
"""So many times or labels before a boundary make a series, which goes on after it if there is one more."""
MAX_SERIES_DISTANCE = 20
"""How many units after a boundary are looked at for it."""
MIN_COMPARED_WORDS = 3
"""Under a head units of this many words are compared too, prose or not."""
MAX_UNITS_ABOVE = 2
"""A heading of teasers is at most this many units above the title of the first."""
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
        self._odds = [feature_log_odds(row) for row in self.rows]
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

    def series(self, at: int) -> str:
        """Return what a unit begins with in a series of such units: a time of day or a label; "" for others."""
        text = self.lines[at].text
        if line_features.is_clock_line(text) or lexicon.POST.match(text):
            return "time"
        label = lexicon.SERIES_LABEL.match(text)
        return label[1].lower() if label is not None else ""

    @cached_property
    def _next_prose(self) -> list[int]:
        """For each unit the next one of prose after it, the number of units where there is none."""
        found, following = [0] * len(self.lines), len(self.lines)
        for at in range(len(self.lines) - 1, -1, -1):
            found[at] = following
            following = at if self.is_prose(at) else following
        return found

    @cached_property
    def _endings(self) -> list[int]:
        """How many headings of the frame are before each unit, and on the page."""
        return list(accumulate((line.is_ending for line in self.lines), initial=0))

    def prose_after(self, at: int) -> list[int]:
        """Return the first units of prose after a unit, up to the next heading of the frame."""
        after: list[int] = []
        unit = self._next_prose[at]
        while unit < len(self.lines) and len(after) < MAX_FOLLOWING_UNITS:
            if after and self._endings[unit + 1] > self._endings[after[-1] + 1]:
                break
            after.append(unit)
            unit = self._next_prose[unit]
        return after

    def log_odds(self, retry_bonus: float) -> list[float]:
        """Return the score of each unit."""
        return [
            counted_log_odds(odds, line.words, retry_bonus * line.ends_sentence)
            for odds, line in zip(self._odds, self.lines, strict=True)
        ]

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
TITLE_ENDS = frozenset("?!？！”’\"'»」")
"""A title ends like a sentence only where it asks, exclaims or quotes."""
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
    end = _signature_end(page, title)
    if end:
        # A sentence between title and byline is a deck or the first paragraph: its look decides later.
        return Head(title, next((at for at in range(title + 1, end) if page.is_prose(at)), end), True)
    if title + 1 < len(page.lines) and _opens_with_dateline(page.lines[title + 1].text):
        return Head(title, title + 1, True)
    below = [at for at in range(title + 1, min(title + 1 + MAX_UNITS_BELOW, len(page.lines))) if page.is_prose(at)]
    words = page.words(title)
    shared = words & page.all_words(below)
    named = len(shared) >= MIN_SHARED_WORDS and 2 * len(shared) >= len(words)
    return Head(title, title + 1, False) if named else None


def _opens_with_dateline(text: str) -> bool:
    """Return whether a paragraph opens with a place in capitals or an agency ("OSLO, 3 March (AFP) - ")."""
    match = lexicon.DATELINE_PREFIX.match(text[:120])
    if match is None or match[0].rstrip().endswith(":"):
        return False
    return bool(match["agency"] or match["alone"] or (match["place"] or "").isupper())


def _may_be_title(line: LineFeatures) -> bool:
    """Return whether a unit may be the title of an article by its own shape."""
    if not 2 <= line.words <= MAX_TITLE_WORDS or line.is_page_part or line.has_time_ago:
        return False
    asks = line.text.rstrip()[-1:] in TITLE_ENDS and line.inner_sentences == 0
    if line.ends_sentence and not asks:
        return False
    return not line_features.is_headline_companion(line) and not line_features.is_section_line(line.text)


def _signature_end(page: PageMeasures, title: int) -> int:
    """Return the unit after the byline and date below a title, 0 where there is none."""
    end = 0
    for at in range(title + 1, min(title + 1 + MAX_HEAD_UNITS, len(page.lines))):
        line = page.lines[at]
        is_text = line.ends_sentence and (end or at > title + 1 or page.is_wordy(at))
        if line.is_furniture or line.is_ending or line.has_time_ago or is_text:
            break
        if _is_signature(line):
            end = at + 1
    while 0 < end < len(page.lines) and _is_signature(page.lines[end]):
        end += 1
    return end


def _is_signature(line: LineFeatures) -> bool:
    """Return whether a unit is a byline, a date or a place: a time alone may be a result or a post's."""
    if line_features.is_byline_line(line):
        return True
    if not line_features.is_date_line(line):
        return False
    dated = lexicon.DATE_PATTERN.search(line.text[:200]) or lexicon.DAY_PATTERN.search(line.text[:200])
    return bool(dated or line_features.dateline_place(line.text))


# Regions.


class _OpenRegion:
    """What is known of a region while its units are read, in steps that don't grow with it."""

    def __init__(self, page: PageMeasures, first: int, head: Head | None, is_teaser: bool) -> None:
        self._page = page
        self.first = first
        self.head = head
        self.is_teaser = is_teaser
        self.has_text = False
        self._series: Counter[str] = Counter()
        self._recent: deque[int] = deque(maxlen=MAX_COMPARED_UNITS)

    def add(self, at: int) -> None:
        """Add the next unit; under a head a short sentence is text too."""
        page, line = self._page, self._page.lines[at]
        if self.head is not None and at < self.head.start:
            return
        headed = self.head is not None
        self.has_text |= page.is_prose(at) or (headed and line.ends_sentence and not page.is_frame[at])
        self._series[page.series(at)] += 1
        if page.is_prose(at) or (headed and line.words >= MIN_COMPARED_WORDS):
            self._recent.append(at)

    def goes_on_after(self, at: int) -> bool:
        """Return whether the prose after unit ``at`` is about the same as the region before it.

        Single sentences right below a heading of teasers are teasers whatever they are about: the links that
        a page puts into an article are headlines. A line that only may be such a heading, by its words,
        divides what has nothing in common ("What next" is a subhead too). Paragraphs of several sentences below
        one headline go on whatever their words: a short article may name nothing twice.
        """
        page, after, heading = self._page, self._page.prose_after(at), self._page.lines[at]
        near = range(at + 1, min(after[-1] + 1, at + MAX_SERIES_DISTANCE) if after else at)
        if any(self._series[page.series(unit)] >= MIN_SERIES for unit in near if page.series(unit)):
            return True
        title = page.title_words(self.head)
        known = title | page.all_words(self._recent)
        common = sum(_shares_matter(page, unit, known, title) for unit in after)
        wordy = sum(page.is_wordy(unit) for unit in after)
        is_teaser = heading.is_teaser_heading or is_labelled_link(heading, heading.text)
        if is_teaser and self._follows_one_teaser(at, after):
            return True
        if heading.is_teaser_heading and not heading.is_ending:
            return common > 0 or len(after) < MIN_SERIES
        if heading.is_teaser_heading:
            direct = bool(after) and all(page.lines[unit].is_ending for unit in range(at + 1, after[0]))
            return 2 * common > len(after) and not (direct and len(after) > 1 and not wordy)
        return 2 * common > len(after) or (common > 0 and 2 * wordy >= max(len(after), 1))

    def _follows_one_teaser(self, at: int, after: list[int]) -> bool:
        """Return whether paragraphs of several sentences follow a heading and no more than one headline below it."""
        in_a_row = len(after) >= MIN_SERIES and after[-1] - after[0] == len(after) - 1
        return in_a_row and after[0] - at <= MIN_SERIES and all(map(self._page.is_wordy, after))

    def closed(self, stop: int) -> PageRegion:
        """Return the region up to a unit."""
        return PageRegion(self.first, stop, self.head, self.is_teaser)


def find_regions(page: PageMeasures) -> list[PageRegion]:
    """Return the regions of a page in order; together they have all its units."""
    heads = {head.title: head for head in find_heads(page)}
    regions: list[PageRegion] = []
    region = _OpenRegion(page, 0, None, False)
    for at, line in enumerate(page.lines):
        head = heads.get(at)
        divides = line.is_teaser_heading or (line.is_ending and not line.calls)
        if (head is not None or divides) and not _belongs(region, head, at):
            if region.has_text:
                regions.append(region.closed(at))
            first = at if region.has_text else region.first
            region = _OpenRegion(page, first, head, _is_teaser(page, region, head, at))
        region.add(at)
    return [*regions, region.closed(len(page.lines))]


def _belongs(region: _OpenRegion, head: Head | None, at: int) -> bool:
    """Return whether a head or heading does not divide the page: nothing was before it, or its matter goes on.

    A heading whose words come again below it is no other article's title where there was a title before.
    """
    if not region.has_text:
        return region.head is not None and head is None
    if region.head is not None and head is not None and not head.is_signed:
        return True
    return region.goes_on_after(at)


def _is_teaser(page: PageMeasures, before: _OpenRegion, head: Head | None, at: int) -> bool:
    """Return whether a region is teasers: right below their heading, or with a head right after other teasers."""
    if head is None:
        return page.lines[at].is_teaser_heading
    near = range(max(0, at - MAX_UNITS_ABOVE), at)
    return (before.is_teaser and before.has_text) or any(page.lines[unit].is_teaser_heading for unit in near)


def _shares_matter(page: PageMeasures, at: int, known: frozenset[str], title: frozenset[str]) -> bool:
    """Return whether a unit shares a name, a word of the title or several words with a text before it."""
    shared = page.words(at) & known
    if len(shared) >= MIN_SHARED_WORDS or shared & title:
        return True
    return bool(shared & line_features.capitalised_words(page.lines[at].text))
