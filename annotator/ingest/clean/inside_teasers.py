"""Teasers of other articles between the paragraphs of one: loose headlines, lists under a heading, repeated buttons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from annotator.ingest.clean import lexicon, line_features
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.line_features import LineFeatures, topic_words

HEADLINE_WORDS = range(6, 21)
"""How many words such a headline has; a subhead has fewer, or words of what it introduces."""
MIN_HEADLINE_TOPICS = 3
"""How many words that carry matter it has at least."""
MAX_SHARED_RATIO = 0.2
"""How many of them may be in the paragraphs after it."""
MAX_HEADLINES = 3
"""More lines of this shape than this are the article's own headings: pictures, products, a list of news."""
MIN_REPEATS = 3
"""A short line that is in the article so often is a button ("Check price")."""
MAX_BUTTON_WORDS = 6
MAX_LISTED_TEASERS = 5
"""How many units under the heading of a list are looked at."""
MIN_TEASER_TOPICS = 5
"""A teaser in a full sentence has this many words that carry matter; an answer of an interview has fewer."""
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")


def teaser_units(page: SegmentedPage) -> dict[int, str]:
    """Return the units from the article's first to its last that are teasers or buttons, each with the reason."""
    block = range(page.body_start, page.body_end)
    found = dict.fromkeys(_repeated_buttons(page, block), "a button inside the article")
    found |= dict.fromkeys(_loose_headlines(page, block), "the headline of another article")
    return found | dict.fromkeys(_listed_teasers(page, block), "a teaser under its heading")


def _repeated_buttons(page: SegmentedPage, block: range) -> Iterator[int]:
    """Yield the short lines without a full stop that come again and again beside paragraphs; names are speakers."""
    places: dict[str, list[int]] = {}
    for at in block:
        line = page.features[at]
        name = line.capital_share == 1.0 and line.words > 1
        if not line.ends_sentence and not name and line.words <= MAX_BUTTON_WORDS:
            for key in {line.key, _button_start(line)} - {""}:
                places.setdefault(key, []).append(at)
    for units in places.values():
        beside = {other for at in units for other in (at - 1, at + 1) if other in block}
        if len(units) >= MIN_REPEATS and any(_is_finished(page.features[other]) for other in beside):
            yield from units


def _button_start(line: LineFeatures) -> str:
    """Return the first two words of a line of three or four ("See at Shopmart"), "" for other lines."""
    words = line.key.split()
    return " ".join(words[:2]) if len(words) in {3, 4} and not line.ends_sentence else ""


def _loose_headlines(page: SegmentedPage, block: range) -> Iterator[int]:
    """Yield the headlines between two finished paragraphs that share no words with what comes after them."""
    found: list[int] = []
    own = 0
    for run in _headline_runs(page, block):
        following = frozenset[str]().union(
            *(topic_words(page.features[at].text) for at in range(run[-1] + 1, min(run[-1] + 3, page.body_end)))
        )
        foreign = [at for at in run if _is_foreign(page.features[at], following)]
        own += len(run) - len(foreign)
        found += foreign
    # Long headings of its own, or many of this shape, are how the article is built.
    if len(found) <= MAX_HEADLINES and own < 2:
        yield from found


def _headline_runs(page: SegmentedPage, block: range) -> Iterator[list[int]]:
    """Yield the runs of up to three lines like headlines between two finished paragraphs."""
    run: list[int] = []
    for at in block:
        line = page.features[at]
        if _is_headline(line):
            run.append(at)
            continue
        introduced = run and (run[0] == block.start or not _is_finished(page.features[run[0] - 1]))
        if run and len(run) <= MAX_HEADLINES and not introduced and _is_finished(line):
            yield run
        run = []


def _is_headline(line: LineFeatures) -> bool:
    """Return whether a line has the shape of a headline: no full stop, no item, no quotation, hardly a figure."""
    text = line.text.strip()
    if int(line.words) not in HEADLINE_WORDS or line.ends_sentence or line.links:
        return False
    # A paragraph that a dump has broken off ends with a comma or a small word ("of the").
    if text[-1:] in ",-–—" or lexicon.tokenize_line(text)[-1] in lexicon.function_words():
        return False
    item = lexicon.BULLET.match(line.text) or not text[0].isalnum() or text[0].islower()
    return not item and len(_FIGURES.findall(text)) <= 2 and not line_features.is_headline_companion(line)


def _is_finished(line: LineFeatures) -> bool:
    """Return whether a unit is a paragraph that ends with a sentence and introduces nothing."""
    text = line.text.rstrip()
    begins = text[:1].isupper() or not text[:1].isalpha()
    return line.ends_sentence and line.words >= 8 and text[-1:] not in ":;" and begins


def _is_foreign(line: LineFeatures, following: frozenset[str]) -> bool:
    """Return whether the matter of a headline is not that of the paragraphs after it."""
    words = topic_words(line.text)
    return len(words) >= MIN_HEADLINE_TOPICS and len(words & following) <= MAX_SHARED_RATIO * len(words)


def _is_bare_heading(line: LineFeatures) -> bool:
    """Return whether a line is a heading of teasers and not one with its teaser ("Related: a new bridge")."""
    return line.is_teaser_heading and not re.search(r"[:|]\s*\S", line.text)


def _listed_teasers(page: SegmentedPage, block: range) -> Iterator[int]:
    """Yield what is under a heading of teasers inside the article, up to the first unit of the article's matter."""
    headings = [at for at in block if at > block.start and _is_bare_heading(page.features[at])]
    counts = (
        Counter(word for at in block for word in topic_words(page.features[at].text)) if headings else Counter[str]()
    )
    for heading in headings:
        under = range(heading + 1, min(heading + 1 + MAX_LISTED_TEASERS, block.stop))
        inside = Counter(word for at in under for word in topic_words(page.features[at].text))
        for at in under:
            line = page.features[at]
            words = topic_words(line.text)
            shared = sum(counts[word] > inside[word] for word in words)
            prose = line.ends_sentence and not line.text.rstrip().endswith("?")
            if line.is_furniture or (prose and (shared >= 2 or len(words) < MIN_TEASER_TOPICS or line.has_quotation)):
                break
            if not prose and line.words < 4:
                break
            yield at
