"""Which unit of a page is the article's headline."""

from __future__ import annotations

from annotator.ingest.clean.page import Page, content_words
from annotator.ingest.clean.shapes import is_byline, is_credit, is_date_line

REACH = 60
"""How many units before the article a headline is looked for."""
ENOUGH = 0.85
"""The least that a line must score to be taken for the headline."""
ALMOST = 0.7
"""How much less a line right before the best one may score to be the headline, with the best one its deck."""


def find_title(page: Page) -> int | None:
    """Return the number of the headline's unit, None where no line looks like one.

    A headline shares its words with the article, stands not far before it, is often there twice
    and followed by a byline or a date, and is neither a sentence nor a part of the page's frame.
    """
    if not page.body:
        return None
    inside = [at for at in page.body[:3] if _may_lead(page, at)]
    places = [*range(max(0, page.start - REACH), page.start), *inside]
    scores: dict[int, float] = {at: _score(page, at) for at in places}
    best = max(scores, key=lambda at: scores[at], default=-1)
    if best < 0 or scores[best] < ENOUGH:
        return None
    crumbs = page.measures[best].key in page.measures[best - 1].key
    if scores.get(best - 1, 0.0) > max(ENOUGH, scores[best] - ALMOST) and not crumbs:
        best -= 1
    return next(at for at in scores if page.measures[at].key == page.measures[best].key)


def same_title(page: Page, title: int, at: int) -> bool:
    """Return whether unit ``at`` is the headline again, perhaps with the site's name behind it."""
    key, other = page.measures[title].key, page.measures[at].key
    if key == other:
        return True
    rest = other.removeprefix(key)
    return rest != other and rest.lstrip()[:1] in {"-", "|", "–", "—", "·", "»"} and len(rest) < 50


def _may_lead(page: Page, at: int) -> bool:
    """Return whether a unit that was taken for body text may be the headline after all."""
    one = page.measures[at]
    question = page.units[at].text.rstrip()[-1:] in {"?", "!"} and one.sentences == 0
    return (not one.ended or question) and one.words <= 22 and (at == page.start or _announces(page, at))


def _score(page: Page, at: int) -> float:
    """Return how well unit ``at`` would do as the headline."""
    one, text = page.measures[at], page.units[at].text
    if one.words < 2 or one.words > 32 or one.furniture or one.ending:
        return -1.0
    words = content_words(text)
    announced = _announces(page, at)
    shared = len(words & page.vocabulary) / max(len(words), 1)
    value = 2.5 * shared * min(len(words), 4) / 4 + 0.6 * announced + 0.4 * (page.counts[one.key] > 1)
    value += 0.3 * (abs(page.start - at) <= 1) + 0.3 * (at == 0) + 0.3 * (one.words >= 5)
    value -= (
        0.02 * abs(page.start - at) + 0.6 * (len(words) < 3) + 0.5 * (not shared) + 1.2 * (one.words > 20)
    )
    value -= (
        0.8 * one.credits + 0.8 * one.truncated + 0.5 * (one.calls + one.legal) + 0.8 * (at >= page.start)
    )
    if one.ended and text[-1] in ".;:":
        value -= 0.6 if announced else 1.6
    odd = is_byline(text, one) or is_date_line(text, one) or is_credit(text, one)
    odd = odd or _before_credit(page, at)
    return value - 1.5 * odd - 1.0 * _after_label(page, at)


def _before_credit(page: Page, at: int) -> bool:
    """Return whether a photographer's name and agency follow: then ``at`` is a caption."""
    if at + 1 >= len(page.units) or "," not in page.units[at + 1].text:
        return False
    return is_credit(page.units[at + 1].text, page.measures[at + 1])


def _announces(page: Page, at: int) -> bool:
    """Return whether a byline or date stands in the four units after ``at``."""
    following = range(at + 1, min(at + 5, len(page.units)))
    return any(
        is_byline(page.units[other].text, page.measures[other])
        or is_date_line(page.units[other].text, page.measures[other])
        for other in following
    )


def _after_label(page: Page, at: int) -> bool:
    """Return whether one of the four units before is a label such as "See also"."""
    return any(page.measures[other].ending for other in range(max(0, at - 4), at))
