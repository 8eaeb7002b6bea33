"""The headline over a deck: where the best line of a page's head is only the summary of the one above it."""

from __future__ import annotations

from annotator.ingest.clean import lexicon
from annotator.ingest.clean.page import SegmentedPage, content_words
from annotator.ingest.clean.shapes import ends_with_credit, is_photo_credit, is_headline_companion, is_section_line

MIN_DECK_WORDS = 8
"""A line over which a headline is looked for that shares no word with the article has so many words."""
MIN_DECK_RATIO = 1.5
"""How many times as long as such a headline its deck is."""
MAX_NAME_WORDS = 4
"""Up to so many capitalised words may be the name of a site, a section or a person."""
MAX_LABEL_WORDS = 3
"""Up to so many words a line with words of the article may be a label of its topic."""


def headline_above(page: SegmentedPage, best: int, byline_bonus: float) -> int:
    """Return the unit before ``best`` where that is a headline with ``best`` as its deck, else ``best``."""
    top = best - 1
    if top < 0 or not _reads_as_headline(page, top) or _printed_twice(page, best):
        return best
    if page.features[best].key in page.features[top].key:
        return best
    touching = page.is_evenly_spaced or page.units[top].last + 1 == page.units[best].first
    sentence = page.units[best].text.rstrip()[-1:] == "."
    if not touching and not sentence:
        return best
    above = _shares_words_with_body(page, top) or ((byline_bonus or top == 0) and _is_headline_with_deck(page, top, best))
    return top if above else best


def _reads_as_headline(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit reads like a headline: no sentence, no label, no part of the page's frame."""
    text, one = page.units[at].text, page.features[at]
    frame = (
        one.is_furniture or one.is_ending or one.calls or one.legal or one.is_truncated or one.separators or one.has_time_ago
    )
    asks = text.rstrip()[-1:] in {"?", "!", "”", "’", '"', "'"} and one.inner_sentences == 0
    picture = one.credits or is_photo_credit(text, one) or ends_with_credit(text)
    return not (
        frame
        or picture
        or is_section_line(text)
        or is_headline_companion(text, one)
        or (one.ends_sentence and not asks)
        or not 2 <= one.words <= 22
    )


def _printed_twice(page: SegmentedPage, at: int) -> bool:
    """Return whether a page prints a line again, alone or in its trail or title: decks are not."""
    key = page.features[at].key
    return sum(key in one.key for one in page.features[: page.body_start]) > 1


def _shares_words_with_body(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit shares two words with the article and is too long for a label of its topic."""
    shared = content_words(page.units[at].text) & page.vocabulary
    return len(shared) >= 2 and page.features[at].words > MAX_LABEL_WORDS


def _is_headline_with_deck(page: SegmentedPage, top: int, best: int) -> bool:
    """Return whether a shorter line opens a group of lines, is no name, and a longer one explains it."""
    one, deck = page.features[top], page.features[best]
    if deck.words < max(MIN_DECK_WORDS, MIN_DECK_RATIO * one.words) or _is_name_or_menu(page, top):
        return False
    if one.words <= MAX_LABEL_WORDS and content_words(page.units[top].text) & page.vocabulary:
        return False
    return _starts_group(page, top)


def _is_name_or_menu(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is all capitalised words and few of them, or sections among them."""
    one = page.features[at]
    listed = sum(word in lexicon.section_words() for word in lexicon.tokenize_line(page.units[at].text))
    return one.capital_share == 1.0 and (one.words <= MAX_NAME_WORDS or listed >= 2)


def _starts_group(page: SegmentedPage, at: int) -> bool:
    """Return whether a blank line, a menu or nothing stands before a unit."""
    if at == 0 or (not page.is_evenly_spaced and page.units[at - 1].last + 1 < page.units[at].first):
        return True
    before = page.features[at - 1]
    return bool(before.is_furniture or before.separators or is_section_line(page.units[at - 1].text))
