"""Where on a page the article is: a candidate block in each of its regions, and what each block has.

The prose of a block alone does not decide: a report of two sentences has less than a list of teasers.
A block counts its prose, as far as it is about one matter, and the head or heading above it.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from annotator.ingest.clean import lexicon, line_features
from annotator.ingest.clean.block_path import EdgeUnit, PagePart, best_path, extend_body
from annotator.ingest.clean.line_features import LineFeatures
from annotator.ingest.clean.page_regions import MAX_HEAD_UNITS, PageMeasures, PageRegion, find_regions
from annotator.ingest.clean.score_weights import RETRY_BONUSES, TRANSITION_COSTS


class CandidateBlock(Struct, frozen=True):
    """The units ``first`` to ``last`` (inclusive) that may be the article, and how well they would do."""

    first: int
    last: int
    score: float
    """The log-odds of the block's units and what the head or heading above it counts."""


SIGNED_HEAD_BONUS = 3.0
"""What a title with a byline or date below it adds to the log-odds of the block under it."""
WORDED_HEAD_BONUS = 2.0
"""What a title adds whose words come again in the block."""
TEASER_PENALTY = 2.5
"""What the heading of a list of teasers takes off (2 to 3 do the same, 8 loses articles)."""
MAX_UNITS_BELOW_HEAD = 12
"""How many units may be between a head and the block that it counts for."""
MIN_PARAGRAPH_STOPS = 2
"""A unit with this many ends of sentences inside is a paragraph, no teaser."""
UNITS_BELOW_HEAD = 2
"""An article begins for nothing at this many units right below a title with a byline or date."""
START_ELSEWHERE = 2.5
"""What it costs to begin it further down (log-odds)."""
SHORT_ARTICLE_WORDS = 150
"""An article whose block has fewer words than this has the short lines round it too."""
MAX_TEASER_UNITS = 2
"""A head under such a heading counts only over more units than this."""


def find_article_block(lines: list[LineFeatures]) -> tuple[list[PagePart], tuple[CandidateBlock, ...]]:
    """Return the part of each unit, and the blocks that were compared, the best first."""
    page = PageMeasures(lines)
    found: list[tuple[CandidateBlock, PageRegion, list[PagePart]]] = []
    regions = find_regions(page) if lines else []
    for bonus in RETRY_BONUSES:
        done = {region.first for _, region, _ in found}
        scores = page.log_odds(bonus)
        for region in regions:
            # A report under its own head may be too short to be found at once.
            if region.first in done or (done and region.head is None):
                continue
            states = _region_states(page, region, scores)
            if PagePart.BODY in states:
                found.append((_candidate(page, region, states), region, states))
    if not found:
        return [PagePart.BEFORE] * len(lines), ()
    found.sort(key=lambda one: (-one[0].score, one[0].first))
    return _whole_article(page, found[0][1], found[0][2]), tuple(block for block, _, _ in found)


def _region_states(page: PageMeasures, region: PageRegion, scores: list[float]) -> list[PagePart]:
    """Return the best way through the units of a region, which begins below its head."""
    start = region.first if region.head is None else region.head.start
    lines = page.lines[start : region.stop]
    barriers, comments = [line.ending_likeness for line in lines], [line.has_time_ago for line in lines]
    starts = [TRANSITION_COSTS.start] * len(lines)
    if region.head is not None and region.head.is_signed:
        # A sign of the frame, such as the day of a change, begins no article for nothing.
        first = [TRANSITION_COSTS.start * page.is_frame[at] for at in range(start, region.stop)][:UNITS_BELOW_HEAD]
        starts = first + [START_ELSEWHERE] * (len(lines) - len(first))
    states = best_path(scores[start : region.stop], barriers, comments, TRANSITION_COSTS, starts)
    return [PagePart.BEFORE] * (start - region.first) + states


def _candidate(page: PageMeasures, region: PageRegion, states: list[PagePart]) -> CandidateBlock:
    """Return the block of a region with what it has."""
    body = [region.first + at for at, state in enumerate(states) if state is PagePart.BODY]
    prose = [at for at in body if page.is_prose(at)]
    unity = _unity(page, region, body)
    # Short lines inside it don't speak against a block: a list has little else.
    score = unity * sum(page.scores[at] / (1 + page.is_frame[at]) for at in prose)
    short = len(prose) <= MAX_TEASER_UNITS and not any(_is_paragraph(page, at) for at in prose)
    if region.is_teaser and (short or region.head is None) and body[0] - region.first <= MAX_HEAD_UNITS:
        score = unity * score - TEASER_PENALTY
    elif region.head is not None and 0 <= body[0] - region.head.start <= MAX_UNITS_BELOW_HEAD:
        score += SIGNED_HEAD_BONUS if region.head.is_signed else WORDED_HEAD_BONUS
    return CandidateBlock(body[0], body[-1], score)


def _is_paragraph(page: PageMeasures, at: int) -> bool:
    """Return whether a unit has three sentences or more: no teaser has."""
    return page.lines[at].inner_sentences >= MIN_PARAGRAPH_STOPS


def _unity(page: PageMeasures, region: PageRegion, body: list[int]) -> float:
    """Return how much a block is about one matter, 0.2 to 1: the share of its units that name what others name."""
    named = Counter(word for at in body for word in page.words(at))
    title = page.title_words(region.head)
    common = sum(
        _is_paragraph(page, at) or any(named[word] > 1 or word in title for word in page.words(at)) for at in body
    )
    return 0.2 + 0.8 * common / len(body)


def _whole_article(page: PageMeasures, region: PageRegion, states: list[PagePart]) -> list[PagePart]:
    """Return the part of each unit of the page, with the article of a region drawn out to its ends."""
    parts = [PagePart.BEFORE] * region.first + states + [PagePart.AFTER] * (len(page.lines) - region.stop)
    body = [at for at, part in enumerate(parts) if part is PagePart.BODY]
    known = page.title_words(region.head) | page.all_words(body)
    prose = sum(page.lines[at].words for at in body)
    is_short = region.head is not None and prose < SHORT_ARTICLE_WORDS
    units = [
        EdgeUnit(score, line.ends_sentence, is_short and _is_listed(page, at, known), _is_edge(page, region, at))
        for at, (score, line) in enumerate(zip(page.scores, page.lines, strict=True))
    ]
    return extend_body(parts, units, is_short)


def _is_listed(page: PageMeasures, at: int, known: frozenset[str]) -> bool:
    """Return whether a unit is an item of a list, or shares a word with the article."""
    text = page.lines[at].text
    is_item = lexicon.BULLET.match(text) or lexicon.POST.match(text)
    return is_item is not None or not known.isdisjoint(page.words(at))


def _is_edge(page: PageMeasures, region: PageRegion, at: int) -> bool:
    """Return whether an article of a region does not reach over a unit.

    A time of day is no sign of the frame: it opens a post. Neither is a line that only the region has again
    and again: a label of each part of the article.
    """
    if not region.first <= at < region.stop or (region.head is not None and at < region.head.start):
        return True
    line = page.lines[at]
    if not page.is_frame[at] or line_features.is_clock_line(line.text) or lexicon.POST.match(line.text):
        return False
    places = page.places[line.key]
    is_part_label = len(places) > 1 and region.first <= places[0] and places[-1] < region.stop
    return not is_part_label or line_features.is_page_frame(line, False)
