"""Which units of a page are the article: a score for each unit, and the best path through four states."""

from __future__ import annotations

import re
from collections import Counter
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from annotator.ingest.clean import lexicon, line_features
from annotator.ingest.clean.lexicon import CJK

# Which units are the article: the best way through four states, found by dynamic programming.


IMPOSSIBLE_SCORE = float("-inf")


class PagePart(IntEnum):
    """The part of a page that a unit is in."""

    BEFORE = 0
    BODY = 1
    GAP = 2
    AFTER = 3


class TransitionCosts(Struct, frozen=True):
    """What the switches between states cost, in the log-odds of the units' scores."""

    start: float
    """To begin an article at all."""
    leave: float
    """To interrupt the article."""
    gap: float
    """For each unit of an interruption."""
    comment_before: float
    """For a reader's comment or a teaser ("2 hours ago") before the article begins."""
    ending: float
    """Times a unit's likeness to the end of an article, where the article is to go on after it."""


def best_path(
    scores: list[float], ending_scores: list[float], comment_flags: list[bool], costs: TransitionCosts
) -> list[PagePart]:
    """Return the state of each unit with the highest sum of scores and costs (Viterbi).

    A unit in the article counts its score (the log-odds of being body), one before or after it
    nothing, so that an article begins and ends where that pays. There is one article: an
    interruption costs by its length, which keeps a teaser further down from joining it.
    """
    best = [0.0, IMPOSSIBLE_SCORE, IMPOSSIBLE_SCORE, IMPOSSIBLE_SCORE]
    back: list[tuple[PagePart, ...]] = []
    for score, barrier, late in zip(scores, ending_scores, comment_flags, strict=True):
        hurdle = costs.ending * barrier
        options = (
            ((best[0], PagePart.BEFORE),),
            ((best[0] - costs.start, PagePart.BEFORE), (best[1], PagePart.BODY), (best[2], PagePart.GAP)),
            ((best[1] - costs.leave, PagePart.BODY), (best[2], PagePart.GAP)),
            ((best[1], PagePart.BODY), (best[3], PagePart.AFTER)),
        )
        chosen = [max(option, key=lambda scored: scored[0]) for option in options]
        gains = (-costs.comment_before * late, score - hurdle, -costs.gap - hurdle, 0.0)
        best = [value + gain for (value, _), gain in zip(chosen, gains, strict=True)]
        back.append(tuple(state for _, state in chosen))
    return _backtrace(best, back)


def _backtrace(best: list[float], back: list[tuple[PagePart, ...]]) -> list[PagePart]:
    """Return the states back from the better end: after an article, or in it, or without one."""
    ends = (PagePart.BODY, PagePart.AFTER, PagePart.BEFORE)
    state = max(ends, key=lambda end: best[end])
    states = []
    for came_from in reversed(back):
        states.append(state)
        state = came_from[state]
    return states[::-1]


def extend_body(states: list[PagePart], units: list[tuple[float, bool, bool]]) -> list[PagePart]:
    """Return the states with the article drawn out to the prose up to the first sign of the page's frame.

    ``units`` has the score of each unit, and whether it ends like a sentence and is a sign of the frame.
    A list or a run of short lines must not cut off an article's end or beginning where nothing
    but text comes after or before it: a plain text without a frame is an article as a whole.
    """
    if PagePart.BODY not in states:
        return states
    first = states.index(PagePart.BODY)
    last = len(states) - 1 - states[::-1].index(PagePart.BODY)
    head = _extension_length(units[:first][::-1])
    least = 0.0 if any(frame for _, _, frame in units[last + 1 :]) else IMPOSSIBLE_SCORE
    tail = _extension_length(units[last + 1 :], least)
    before = [PagePart.BEFORE] * (first - head) + [PagePart.BODY] * head
    after = [PagePart.BODY] * tail + [PagePart.AFTER] * (len(states) - last - 1 - tail)
    return before + states[first : last + 1] + after


def _extension_length(units: list[tuple[float, bool, bool]], least: float = 0.0) -> int:
    """Return how many units on from the article's edge belong to it.

    They are those up to the last that ends like a sentence and scores more than ``least``, as far
    as no sign of the frame comes before it.
    """
    reach = 0
    for count, (score, ended, frame) in enumerate(units, 1):
        if frame:
            break
        if ended and score > least:
            reach = count
    return reach


# Every number that the block finder is tuned with, in one place.
#
# The weights are those of a logistic regression over the lines of fifty news pages (a line counts
# with its length, all pages count alike, L2 penalty), rounded. The shape of the score and the costs
# were chosen where figures stayed level round them when whole sites were left out of the fit.


FEATURE_WEIGHTS: dict[str, float] = {
    "one": -4.05,  # a line of which nothing is known is not an article's
    "length": 0.57,  # per doubling of the words
    "very short": -0.49,  # four words or fewer: menus, labels
    "long": 0.39,  # twenty words or more: paragraphs
    "function words": 0.42,  # running text needs them, headlines and menus do without
    "ended": 1.23,  # ends like a sentence
    "ended and long": 0.32,
    "inner stops": 0.09,  # per end of a sentence inside
    "capitals": -0.22,  # headline case, names in menus
    "links": 0.22,  # addresses and handles: tweets that an article shows
    "separators": -0.64,  # "Home | World | About"
    "quoted": 0.38,  # somebody speaks
    "truncated": -1.46,  # a teaser that breaks off
    "furniture": -0.43,  # a button's text (dropped anyway where it is inside an article)
    "ending": -0.23,  # "Related links"
    "calls": -0.74,  # per phrase that asks to subscribe, sign in or click
    "legal": -1.12,  # per phrase of a legal notice
    "credits": 0.1,
    "biography": -0.47,  # per phrase of an author's portrait after the first
    "again": -1.04,  # is on the page more than once
    "near prose": 1.44,  # the neighbours are paragraphs
}
"""How much each feature (see ``feature_vectors``) moves the log-odds that a unit is body text."""

BODY_BIAS = 0.7
"""Added to each unit's log-odds: a lost paragraph hurts more than a menu line too many."""
FULL_WEIGHT_WORDS = 12
"""From this many words on a unit's doubts count in full; fewer words count in proportion, so that the
short lines inside an article are carried by it."""
MAX_LOG_ODDS = 6.0
"""No unit has more log-odds than this, either way: no single line decides on a block."""
RETRY_BONUSES = (0.0, 1.5, 3.0)
"""Added for units that end like a sentence, one after the other, until an article is found at all."""
TRANSITION_COSTS = TransitionCosts(start=1.0, leave=3.0, gap=0.6, comment_before=1.0, ending=1.0)


def body_log_odds(features: dict[str, float], words: float, retry_bonus: float = 0.0) -> float:
    """Return the log-odds, as they count in the block finder, that a unit is body text."""
    odds = BODY_BIAS + sum(FEATURE_WEIGHTS[name] * value for name, value in features.items())
    odds = max(-MAX_LOG_ODDS, min(MAX_LOG_ODDS, odds + retry_bonus * features["ended"]))
    return odds if odds > 0 else odds * min(1.0, (1 + words) / FULL_WEIGHT_WORDS)


MIN_CONTENT_WORD_LENGTH = 4
"""Words of this many letters and more carry what a text is about."""


class SegmentedPage(Struct, frozen=True, dict=True):
    """The units of a page with their measures and states, lists of one length."""

    units: list[line_features.TextUnit]
    features: list[line_features.LineFeatures]
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


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry its matter: the longer ones without a plural's s.

    Scripts without blanks give their pairs of characters.
    """
    words = [word.removesuffix("'s") for word in lexicon.tokenize_line(text)]
    runs = [word for word in words if CJK.match(word)]
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    long = (word for word in words if len(word) >= MIN_CONTENT_WORD_LENGTH and word[0].isalnum())
    return frozenset(pairs).union(word.rstrip("s") for word in long)


def segment_page(lines: list[str]) -> SegmentedPage:
    """Return the page of these physical lines with the article found in it."""
    found = line_features.text_units(lines)
    stops = line_features.page_function_words(found)
    measures = [line_features.extract_features(unit, stops) for unit in found]
    rows = line_features.feature_vectors(measures)
    barriers = [line.ending_likeness for line in measures]
    lates = [line.has_time_ago for line in measures]
    states: list[PagePart] = []
    scores: list[float] = []
    for look in RETRY_BONUSES:
        scores = [body_log_odds(row, line.words, look) for row, line in zip(rows, measures, strict=True)]
        states = best_path(scores, barriers, lates, TRANSITION_COSTS)
        if PagePart.BODY in states:
            break
    frame = [line_features.is_page_frame(line, row["again"] > 0) for line, row in zip(measures, rows, strict=True)]
    units = list(zip(scores, (line.ends_sentence for line in measures), frame, strict=True))
    return SegmentedPage(found, measures, extend_body(states, units))
