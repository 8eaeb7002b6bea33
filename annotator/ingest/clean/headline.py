"""Which unit of a page is the article's headline, with the deck and the site's name kept apart."""

from __future__ import annotations

from annotator.ingest.clean import lexicon, line_features
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.line_features import content_words

# The headline over a deck: where the best line of a page's head is only the summary of the one above it.


MIN_DECK_WORDS = 8
"""A line over which a headline is looked for that shares no word with the article has this many words."""
MIN_DECK_RATIO = 1.5
"""How many times as long as such a headline its deck is."""
MAX_NAME_WORDS = 4
"""Up to this many capitalised words may be the name of a site, a section or a person."""
MAX_LABEL_WORDS = 3
"""Up to this many words a line with words of the article may be a label of its topic."""


def headline_above(page: SegmentedPage, best: int, byline_bonus: float) -> int:
    """Return the unit before ``best`` where that is a headline with ``best`` as its deck, else ``best``."""
    top = best - 1
    if top < 0 or not _reads_as_headline(page, top):
        return best
    if page.features[best].key in page.features[top].key:
        return best
    touching = page.is_evenly_spaced or page.units[top].last + 1 == page.units[best].first
    sentence = page.features[best].text.rstrip()[-1:] == "."
    if not touching and not sentence:
        return best
    if _shares_words_with_body(page, top) or ((byline_bonus or top == 0) and _is_headline_with_deck(page, top, best)):
        return top
    return best


def _reads_as_headline(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit reads like a headline: no sentence, no label, no part of the page's frame."""
    line = page.features[at]
    asks = line.text.rstrip()[-1:] in {"?", "!", "”", "’", '"', "'"} and line.inner_sentences == 0
    picture = line.credits or line_features.is_photo_credit(line) or line_features.ends_with_credit(line.text)
    return not (
        line.is_page_part
        or picture
        or line_features.is_section_line(line.text)
        or line_features.is_headline_companion(line)
        or (line.ends_sentence and not asks)
        or not 2 <= line.words <= 22
    )


def _shares_words_with_body(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit shares two words with the article and is too long for a label of its topic."""
    shared = content_words(page.features[at].text) & page.vocabulary
    return len(shared) >= 2 and page.features[at].words > MAX_LABEL_WORDS


def _is_headline_with_deck(page: SegmentedPage, top: int, best: int) -> bool:
    """Return whether a shorter line opens a group of lines, is no name, and a longer one explains it."""
    line, deck = page.features[top], page.features[best]
    if deck.words < max(MIN_DECK_WORDS, MIN_DECK_RATIO * line.words) or _is_name_or_menu(page, top):
        return False
    if line.words <= MAX_LABEL_WORDS and content_words(page.features[top].text) & page.vocabulary:
        return False
    return _starts_group(page, top)


def _is_name_or_menu(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is all capitalised words and few of them, or sections among them."""
    line = page.features[at]
    listed = sum(word in lexicon.word_set("sections") for word in lexicon.tokenize_line(line.text))
    return line.capital_share == 1.0 and (line.words <= MAX_NAME_WORDS or listed >= 2)


def _starts_group(page: SegmentedPage, at: int) -> bool:
    """Return whether a blank line, a menu or nothing is before a unit."""
    if at == 0 or (not page.is_evenly_spaced and page.units[at - 1].last + 1 < page.units[at].first):
        return True
    before = page.features[at - 1]
    return bool(before.is_furniture or before.separators or line_features.is_section_line(page.features[at - 1].text))


MAX_TITLE_DISTANCE = 60
"""How many units before the article a headline is looked for."""
MIN_TITLE_SCORE = 0.85
"""The least that a line must score to be taken for the headline."""
MAX_DECK_LINES = 3
"""How many lines of a deck there are at the most."""
MAX_DECK_SCORE_GAP = 0.7
"""How much less a line right before the best one may score to be the headline, with the best one its deck."""
MAX_TOP_GAP = 6
"""How many units are between a headline at the very top of a page and its article at the most."""
MAX_SITE_SUFFIX = 50
"""How many code points the site's name after a headline has at the most, its mark included."""


def find_title(page: SegmentedPage) -> int | None:
    """Return the number of the headline's unit, None where no line looks like one.

    A headline shares its words with the article, is not far before it, is often there twice
    and followed by a byline or a date, and is neither a sentence nor a part of the page's frame.
    Its deck does all that too, so that the line over the best one is looked at once more.
    """
    if not page.body:
        return None
    inside = [at for at in page.body[:3] if _may_be_title(page, at)]
    places = [*range(max(0, page.body_start - MAX_TITLE_DISTANCE), page.body_start), *inside]
    scores: dict[int, float] = {at: _title_score(page, at) for at in places}
    best = max(scores, key=lambda at: scores[at], default=-1)
    if best < 0 or scores[best] < MIN_TITLE_SCORE:
        return _title_over_byline(page)
    crumbs = page.features[best].key in page.features[best - 1].key
    label = page.features[best - 1].words <= MAX_LABEL_WORDS
    if scores.get(best - 1, 0.0) > max(MIN_TITLE_SCORE, scores[best] - MAX_DECK_SCORE_GAP) and not crumbs and not label:
        best -= 1
    best = _without_site_suffix(page, best, places)
    for _ in range(MAX_DECK_LINES):
        best = headline_above(page, best, _byline_bonus(page, best))
    return next((at for at in scores if page.features[at].key == page.features[best].key), best)


def is_same_title(page: SegmentedPage, title: int, at: int) -> bool:
    """Return whether unit ``at`` is the headline again, with or without the site's name after it."""
    key, other = page.features[title].key, page.features[at].key
    return key == other or _has_site_suffix(key, other) or _has_site_suffix(other, key)


def _has_site_suffix(key: str, longer: str) -> bool:
    """Return whether a text is another one of some words with the site's name after it."""
    rest = longer.removeprefix(key)
    marked = rest != longer and rest.lstrip()[:1] in {"-", "|", "–", "—", "·", "»"} and len(rest) < MAX_SITE_SUFFIX
    return marked and key.count(" ") >= 2


def _without_site_suffix(page: SegmentedPage, best: int, places: list[int]) -> int:
    """Return the unit whose text is the best one's without the site's name, else the best one."""
    keys = {at: page.features[at].key for at in places}
    return next((at for at, key in keys.items() if _has_site_suffix(key, keys[best])), best)


def _title_over_byline(page: SegmentedPage) -> int | None:
    """Return the last line like a headline with a byline right below it, else the first line if it may be one."""
    for at in range(page.body_start - 2, max(-1, page.body_start - MAX_TITLE_DISTANCE), -1):
        if lexicon.BYLINE_START.match(page.features[at + 1].text) and _reads_as_headline(page, at):
            return at
    return _title_at_top(page)


def _title_at_top(page: SegmentedPage) -> int | None:
    """Return 0 where a page opens with a line that nothing but a head's lines divide from the article.

    A headline may share no word with its article: then its place alone shows it, where there is no frame.
    """
    line = page.features[0]
    if line.is_page_part or not 2 <= line.words <= 22 or line_features.is_headline_companion(line):
        return None
    first = next((at for at in page.body if at > 0), 0)
    asks = line.text.rstrip()[-1:] in {"?", "!"}
    if not first or first > MAX_TOP_GAP or (line.ends_sentence and not (asks and line.inner_sentences == 0)):
        return None
    if line_features.is_section_line(line.text) or (line.capital_share == 1.0 and line.words <= 3):
        return None
    return 0


def _may_be_title(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit that was taken for body text may be the headline after all."""
    line = page.features[at]
    question = line.text.rstrip()[-1:] in {"?", "!"} and line.inner_sentences == 0
    is_placed = at == page.body_start or _byline_bonus(page, at) > 0
    return line.words <= 22 and is_placed and (question or not line.ends_sentence)


def _title_score(page: SegmentedPage, at: int) -> float:
    """Return how well unit ``at`` would do as the headline."""
    line = page.features[at]
    is_label = line.is_furniture or line.is_ending or line_features.is_section_line(line.text) or _is_listed(page, at)
    if is_label or not 2 <= line.words <= 32:
        return -1.0
    words = content_words(line.text)
    announced = _byline_bonus(page, at)
    common = len(words & page.vocabulary)
    shared = common / max(len(words), 1)
    value = 2.5 * shared * min(len(words), 4) / 4 + announced + 0.4 * (page.text_counts[line.key] > 1)
    value += 0.3 * (abs(page.body_start - at) <= 1) + 0.3 * (line.words >= 5)
    value -= (
        0.02 * abs(page.body_start - at)
        + 0.6 * (len(words) < 3 and not announced)
        + 0.5 * (not shared)
        + 1.2 * (line.words > 20)
    )
    value -= (
        0.8 * line.credits + 0.8 * line.is_truncated + 0.5 * (line.calls + line.legal) + 0.8 * (at >= page.body_start)
    )
    if line.ends_sentence and line.text[-1] in ".;:":
        value -= 0.6 if announced else 1.6
    value -= 0.6 * (line.text[0].islower() and line.text[1:2].islower())
    return value - _title_penalty(page, at, common)


def _is_listed(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit and one beside it begin with a bullet or number: a list of points under a headline."""
    beside = [other for other in (at - 1, at + 1) if 0 <= other < len(page.units)]
    items = [lexicon.BULLET.match(page.features[other].text) for other in (at, *beside)]
    return bool(items[0] and any(items[1:]))


def _title_penalty(page: SegmentedPage, at: int, common: int) -> float:
    """Return what is taken off a unit's score for the shape of another thing, or its place in a list."""
    line = page.features[at]
    named = line_features.is_byline_line(line) and not (line_features.is_capitals_byline(line.text) and common >= 2)
    odd = named or line_features.is_date_line(line) or _precedes_credit(page, at)
    # One of the four units before is a label such as "See also".
    labelled = any(page.features[other].is_ending for other in range(max(0, at - 4), at))
    return 1.5 * odd + 1.0 * labelled + 1.0 * _in_dated_list(page, at) + 0.4 * min(line.links, 2)


def _precedes_credit(page: SegmentedPage, at: int) -> bool:
    """Return whether a photographer's name and agency follow: then ``at`` is a caption."""
    following = page.features[at + 1] if at + 1 < len(page.units) else None
    named = following is not None and ("," in following.text or line_features.is_photo_owner(following.text))
    return following is not None and named and line_features.is_photo_credit(following)


def _byline_bonus(page: SegmentedPage, at: int) -> float:
    """Return how much a byline or date in the four units after ``at`` counts, 0 where none is."""
    following = range(at + 1, min(at + 5, len(page.units)))
    # A time of day alone is a live page's.
    marks = [
        other
        for other in following
        if line_features.is_headline_companion(page.features[other])
        and not line_features.is_clock_line(page.features[other].text)
    ]
    if not marks:
        return 0.0
    return 0.8 if marks[0] == at + 1 else 0.6


def _in_dated_list(page: SegmentedPage, at: int) -> bool:
    """Return whether dates are before, after and once more round ``at``: a list of other articles."""
    around = [at - 3, at - 1, at + 1, at + 3]
    dated = [0 <= other < len(page.units) and line_features.is_date_line(page.features[other]) for other in around]
    return dated[1] and dated[2] and (dated[0] or dated[3])
