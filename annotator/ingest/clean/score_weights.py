"""Every number that the score of a unit and the block finder are tuned with, in one place."""

from __future__ import annotations

from msgspec import Struct


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


def feature_log_odds(features: dict[str, float]) -> float:
    """Return the log-odds that a unit is body text by its features alone."""
    return BODY_BIAS + sum(FEATURE_WEIGHTS[name] * value for name, value in features.items())


def counted_log_odds(odds: float, words: float, bonus: float) -> float:
    """Return the log-odds of a unit of so many words as they count in the block finder, with a bonus."""
    odds = max(-MAX_LOG_ODDS, min(MAX_LOG_ODDS, odds + bonus))
    return odds if odds > 0 else odds * min(1.0, (1 + words) / FULL_WEIGHT_WORDS)
