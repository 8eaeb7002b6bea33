"""The best way through the units of a page: before the article, in it, in a gap of it, and after it."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct
from msgspec.structs import replace

from annotator.ingest.clean.score_weights import TransitionCosts

IMPOSSIBLE_SCORE = float("-inf")


class PagePart(IntEnum):
    """The part of a page that a unit is in."""

    BEFORE = 0
    BODY = 1
    GAP = 2
    AFTER = 3


def best_path(
    scores: list[float],
    ending_scores: list[float],
    comment_flags: list[bool],
    costs: TransitionCosts,
    start_costs: list[float] | None = None,
) -> list[PagePart]:
    """Return the state of each unit with the highest sum of scores and costs (Viterbi).

    A unit in the article counts its score (the log-odds of being body), one before or after it
    nothing, so that an article begins and ends where that pays. There is one article: an
    interruption costs by its length, which keeps a teaser further down from joining it. It may cost
    something else to begin it at each unit (``start_costs``).
    """
    starts = start_costs or [costs.start] * len(scores)
    best = [0.0, IMPOSSIBLE_SCORE, IMPOSSIBLE_SCORE, IMPOSSIBLE_SCORE]
    back: list[tuple[PagePart, ...]] = []
    for score, barrier, late, start in zip(scores, ending_scores, comment_flags, starts, strict=True):
        hurdle = costs.ending * barrier
        options = (
            ((best[0], PagePart.BEFORE),),
            ((best[0] - start, PagePart.BEFORE), (best[1], PagePart.BODY), (best[2], PagePart.GAP)),
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


class EdgeUnit(Struct, frozen=True):
    """What decides whether an article reaches over a unit beyond its block."""

    score: float
    is_ended: bool
    """Whether it ends like a sentence."""
    is_listed: bool
    """Whether it may be the first or last line of a list: an item, or a line about the article's matter."""
    is_frame: bool
    """Whether it is a sign of the page's frame, which an article never reaches over."""


def extend_body(states: list[PagePart], units: list[EdgeUnit], is_short: bool) -> list[PagePart]:
    """Return the states with the article drawn out to the prose up to the first sign of the page's frame.

    A list or a run of short lines must not cut off an article's end or beginning where nothing
    but text comes after or before it: a plain text without a frame is an article as a whole. A
    short article under its head (``is_short``) has all lines up to such a sign: posts of a live page,
    questions, captions, items.
    """
    if PagePart.BODY not in states:
        return states
    first = states.index(PagePart.BODY)
    last = len(states) - 1 - states[::-1].index(PagePart.BODY)
    above = [replace(unit, is_listed=False) for unit in units[:first]]
    head = _extension_length(above[::-1], 0.0, is_short)
    least = 0.0 if any(unit.is_frame for unit in units[last + 1 :]) else IMPOSSIBLE_SCORE
    tail = _extension_length(units[last + 1 :], least, is_short)
    before = [PagePart.BEFORE] * (first - head) + [PagePart.BODY] * head
    after = [PagePart.BODY] * tail + [PagePart.AFTER] * (len(states) - last - 1 - tail)
    return before + states[first : last + 1] + after


def _extension_length(units: list[EdgeUnit], least: float, is_short: bool) -> int:
    """Return how many units on from the article's edge belong to it.

    They are those up to the last that ends like a sentence and scores more than ``least``, as far
    as no sign of the frame comes before it; of a short article to the last that does so or is a line of a list.
    """
    reach = 0
    for count, unit in enumerate(units, 1):
        if unit.is_frame:
            break
        if (unit.is_ended and unit.score > least) or (is_short and (unit.is_ended or unit.is_listed)):
            reach = count
    return reach
