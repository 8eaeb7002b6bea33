"""The units before the article's first paragraph: title, deck, byline, dateline, captions."""

from __future__ import annotations

from msgspec.structs import replace

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.clean import lexicon, line_features
from annotator.ingest.clean.body_segmentation import SegmentedPage
from annotator.ingest.clean.lexicon import COMPANY_ENDING, REPORTING_CREDIT, SIGN_OFF
from annotator.ingest.clean.line_features import content_words
from annotator.ingest.clean.metadata import author_in_dated_line

# Which unit of a page is the article's headline.


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
    if top < 0 or not _reads_as_headline(page, top) or _printed_twice(page, best):
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
        or line.has_time_ago
        or picture
        or line_features.is_section_line(line.text)
        or line_features.is_headline_companion(line)
        or (line.ends_sentence and not asks)
        or not 2 <= line.words <= 22
    )


def _printed_twice(page: SegmentedPage, at: int) -> bool:
    """Return whether a page prints a line again, alone or in its trail or title: decks are not."""
    key = page.features[at].key
    return sum(key in line.key for line in page.features[: page.body_start]) > 1


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
        return _title_at_top(page)
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
    heads = [at for at in range(1, first) if line_features.is_headline_companion(page.features[at])]
    loose = [at for at in range(1, first) if at not in heads and page.features[at].words < 5]
    return None if loose and not heads else 0


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
    value += 0.3 * (abs(page.body_start - at) <= 1) + 0.3 * (at == 0) + 0.3 * (line.words >= 5)
    value -= 0.02 * abs(page.body_start - at) + 0.6 * (len(words) < 3) + 0.5 * (not shared) + 1.2 * (line.words > 20)
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
    odd = named or line_features.is_date_line(line) or line_features.is_photo_credit(line) or _precedes_credit(page, at)
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
    marks = [other for other in following if line_features.is_headline_companion(page.features[other])]
    if not marks:
        return 0.0
    return 0.8 if marks[0] == at + 1 else 0.6


def _in_dated_list(page: SegmentedPage, at: int) -> bool:
    """Return whether dates are before, after and once more round ``at``: a list of other articles."""
    around = [at - 3, at - 1, at + 1, at + 3]
    dated = [0 <= other < len(page.units) and line_features.is_date_line(page.features[other]) for other in around]
    return dated[1] and dated[2] and (dated[0] or dated[3])


# Bare names in an article's head: of authors, agencies and places, by the lines beside them.


MAX_AUTHOR_DISTANCE = 9
"""A bare name this many units below the title is not the author's."""
MAX_PLACE_WORDS = 4
"""A place on a line of its own has this many words at the most."""
PICTURE_CREDIT = "a picture credit"
"""The reason of such a line; the line before it is a caption."""


def promote_agencies(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make bylines of agencies beside a byline or date; elsewhere they are a picture's."""
    for at in range(title + 1, len(lines)):
        after = at - 1 == title or line_features.is_headline_companion(page.features[at - 1])
        dated = at + 1 < len(lines) and line_features.is_headline_companion(page.features[at + 1])
        if line_features.is_agency_line(page.features[at].text) and after and (dated or at - 1 != title):
            lines[at] = SourceLine(LineVerdict.BYLINE, "an agency under the title")


def promote_places(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make datelines of places that are alone before a date, or between a byline and the article.

    A place, unlike an author, is named in the article.
    """
    for at in range(title + 1, len(lines)):
        text, is_dropped = page.features[at].text, lines[at].verdict is LineVerdict.BOILERPLATE
        if not is_dropped or not _looks_like_place(text) or not page.mentions_text(text):
            continue
        if page.features[at].is_furniture or page.features[at].is_ending:
            continue
        dated = at + 1 < len(lines) and line_features.is_date_line(page.features[at + 1])
        signed = at + 1 == len(lines) and (
            line_features.is_headline_companion(page.features[at - 1])
            or line_features.is_person_name_line(page.features[at - 1])
        )
        if dated or signed:
            lines[at] = SourceLine(LineVerdict.DATELINE, "a place beside a byline or date")


def _looks_like_place(text: str) -> bool:
    words = text.replace(",", " ").split()
    plain = all(word.strip(".'’-").replace("-", "").replace("’", "").isalpha() for word in words)
    capitalised = 0 < len(words) <= MAX_PLACE_WORDS and text.strip()[0].isupper()
    return plain and capitalised and not line_features.is_section_line(text)


def promote_names(page: SegmentedPage, title: int, lines: list[SourceLine]) -> None:
    """Make bylines of bare names that are between the title and the article beside a byline or date."""
    bylines = [page.features[at] for at, line in enumerate(lines) if line.verdict is LineVerdict.BYLINE]
    if any(line.words > 1 and line_features.is_byline_line(line) for line in bylines):
        return
    for at in range(title + 1, min(len(lines), title + MAX_AUTHOR_DISTANCE)):
        one, has_company = page.features[at], _is_name_with_company(page, at)
        is_name = has_company or line_features.is_person_name_line(one)
        if lines[at].verdict is not LineVerdict.BOILERPLATE or not is_name:
            continue
        beside = any(
            lines[other].verdict in {LineVerdict.BYLINE, LineVerdict.DATELINE}
            or line_features.is_headline_companion(page.features[other])
            for other in (at - 1, at + 1)
            if 0 <= other < len(lines)
        )
        first = at == title + 1 and one.capital_share == 1.0 and (one.words <= 3 or has_company)
        if beside or first or page.text_counts[one.key] > 1:
            lines[at] = SourceLine(LineVerdict.BYLINE, "a name under the title")


def _is_name_with_company(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is a name and an agency or paper: "Ann Lee, Harbour News"."""
    name, comma, company = page.features[at].text.partition(",")
    is_company = bool(comma) and COMPANY_ENDING.search(company.strip()) is not None
    return is_company and line_features.is_person_name_line(replace(page.features[at], text=name))


# Why a unit is not part of the article.


def boilerplate_verdict(reason: str) -> SourceLine:
    """Return the verdict boilerplate with its reason."""
    return SourceLine(LineVerdict.BOILERPLATE, reason)


def dropped_verdict(page: SegmentedPage, at: int, place: str) -> SourceLine:
    """Return the verdict boilerplate on a unit; ``place`` is the reason where no better one is found."""
    return boilerplate_verdict(_boilerplate_reason(page, at) or place)


def _boilerplate_reason(page: SegmentedPage, at: int) -> str:
    """Return why a unit is dropped by its own shape, or "" where nothing shows a reason."""
    line = page.features[at]
    if SIGN_OFF.match(line.text):
        return "an agency's sign-off"
    if REPORTING_CREDIT.match(line.text):
        return "who reported and edited it"
    if line.legal >= 2 or (line.legal and line.words <= 15):
        return "legal text"
    if line.is_furniture:
        return "a button or label of the page"
    if line.calls:
        return "asks the reader to subscribe, sign in or click"
    if line.is_ending:
        return "a heading or link of the page"
    if line.biography >= 2:
        return "about the author"
    return _teaser_reason(page, at)


def _teaser_reason(page: SegmentedPage, at: int) -> str:
    """Return a reason that speaks of other articles, or "" where nothing shows one."""
    line = page.features[at]
    if line.is_truncated:
        return "a teaser that breaks off"
    if page.text_counts[line.key] > 1 and line.words >= 5:
        return "a teaser that occurs twice on the page"
    if line_features.is_date_line(line):
        return "the date of something else"
    if line.ends_sentence and line.words >= 8:
        return "prose apart from the article"
    return ""


MAX_LINES_ABOVE_TITLE = 8
"""How many units above a headline a byline or date may still belong to it."""
MAX_DECK_LINES = 3
"""How many lines of a deck there are at the most."""
MAX_LEAD_DISTANCE = 15
"""How many units above the rest of the article its first paragraphs may be."""
MIN_LEAD_WORDS = 12
"""A paragraph there has this many words at least."""


def header_verdicts(page: SegmentedPage, title: int | None, start: int) -> list[SourceLine]:
    """Return the verdicts on the units before ``start``, the article's first unit."""
    lines = [_header_verdict(page, title, at) for at in range(start)]
    if title is not None:
        promote_agencies(page, title, lines)
        promote_places(page, title, lines)
        promote_names(page, title, lines)
    _promote_captions(page, title, lines)
    _promote_decks(page, title, lines)
    _promote_leads(page, title, lines)
    return lines


def _header_verdict(page: SegmentedPage, title: int | None, at: int) -> SourceLine:
    """Return the verdict on one unit by its own shape."""
    if title is not None and at == title:
        return SourceLine(LineVerdict.TITLE, "the headline")
    if title is not None and is_same_title(page, title, at):
        return SourceLine(LineVerdict.TITLE, "the title again")
    if title is not None and at < title - MAX_LINES_ABOVE_TITLE:
        return dropped_verdict(page, at, "before the article")
    return (
        _byline_or_date_verdict(page, at)
        or _picture_verdict(page, at)
        or dropped_verdict(page, at, "before the article")
    )


def _byline_or_date_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit of author, date or place, None for others."""
    line = page.features[at]
    if line_features.is_byline_line(line):
        return SourceLine(LineVerdict.BYLINE, "names the author")
    if not line_features.is_date_line(line):
        return None
    if author_in_dated_line(line.text) and not line_features.dateline_place(line.text):
        return SourceLine(LineVerdict.BYLINE, "names author and date")
    if line_features.is_update_line(line):
        return boilerplate_verdict("when the page was published or changed")
    return SourceLine(LineVerdict.DATELINE, "a place and a date")


def _picture_verdict(page: SegmentedPage, at: int) -> SourceLine | None:
    """Return the verdict on a unit that belongs to a picture, None for others."""
    line = page.features[at]
    if page.is_doubled(at):
        return repeated_caption(page, at)
    if line_features.is_photo_credit(line):
        return SourceLine(LineVerdict.CAPTION, PICTURE_CREDIT)
    if (line.credits or line_features.ends_with_credit(line.text)) and line.words >= 4 and not line.is_furniture:
        return SourceLine(LineVerdict.CAPTION, "a caption with its credit")
    return None


def repeated_caption(page: SegmentedPage, at: int) -> SourceLine:
    """Return the verdict on a caption that occurs twice."""
    again = page.repeats_recent(at)
    return SourceLine(LineVerdict.CAPTION, "the same caption again" if again else "a caption that occurs twice")


def _promote_captions(page: SegmentedPage, title: int | None, lines: list[SourceLine]) -> None:
    """Make captions of the lines of text right before a picture credit, which may be a bare name."""
    for at in range(len(lines) - 1):
        if lines[at].verdict is not LineVerdict.BOILERPLATE or page.features[at].words < 4:
            continue
        if lines[at + 1].reason == PICTURE_CREDIT:
            lines[at] = SourceLine(LineVerdict.CAPTION, "before a picture credit")
        elif _is_caption_before_name(page, title, at, lines):
            lines[at] = SourceLine(LineVerdict.CAPTION, "before a photographer's name")
            lines[at + 1] = SourceLine(LineVerdict.CAPTION, "a photographer's name")


def _is_caption_before_name(page: SegmentedPage, title: int | None, at: int, lines: list[SourceLine]) -> bool:
    """Return whether a sentence and a bare name, below a byline, are the last lines of the head."""
    if title is None or at <= title or at + 2 != len(lines) or not _is_text_line(page, at):
        return False
    signed = any(line.verdict is LineVerdict.BYLINE for line in lines[title + 1 : at])
    loose = lines[at + 1].verdict is LineVerdict.BOILERPLATE
    return signed and loose and line_features.is_person_name_line(page.features[at + 1])


def _promote_decks(page: SegmentedPage, title: int | None, lines: list[SourceLine]) -> None:
    """Make a deck of the lines of text between the title and a byline or date."""
    if title is None:
        return
    decks = 0
    for at in range(title + 1, min(len(lines), title + 7)):
        if lines[at].verdict is LineVerdict.BYLINE or line_features.is_headline_companion(page.features[at]):
            return
        if lines[at].verdict is LineVerdict.BOILERPLATE and _is_text_line(page, at) and decks < MAX_DECK_LINES:
            lines[at] = SourceLine(LineVerdict.DECK, "a summary under the title")
            decks += 1


def _is_text_line(page: SegmentedPage, at: int) -> bool:
    """Return whether a unit is text of some length and no part of the page's frame."""
    line = page.features[at]
    frame = line.calls or line.legal or line.is_furniture or line.is_ending or line.separators
    return line.words >= 5 and not frame


def _promote_leads(page: SegmentedPage, title: int | None, lines: list[SourceLine]) -> None:
    """Make body text of the paragraphs below the head that a gap divides from the rest of the article."""
    head = {LineVerdict.TITLE, LineVerdict.BYLINE, LineVerdict.DATELINE, LineVerdict.DECK}
    last = max((at for at, line in enumerate(lines) if line.verdict in head), default=-1)
    if title is None or last < title:
        return
    for at in range(max(last + 1, len(lines) - MAX_LEAD_DISTANCE), len(lines)):
        line = page.features[at]
        frame = line_features.is_page_frame(line, page.text_counts[line.key] > 1)
        if lines[at].verdict is not LineVerdict.BOILERPLATE or frame or not line.ends_sentence:
            continue
        if line.words >= MIN_LEAD_WORDS and len(content_words(line.text) & page.vocabulary) >= 2:
            lines[at] = SourceLine(LineVerdict.BODY, "the article's beginning, above a gap")
