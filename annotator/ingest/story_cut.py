"""The stories of an agency's file: a text that holds several articles is cut between them, where that is sure.

It is sure where lines separate the parts (a rule, "-30-", "Story 2 of 5", a slug, a form feed, a mail's "From") and
two parts or more have a head of their own: a headline with a byline, a date or a place. A part without a head, such
as what a press release has below its "###", stays with the one before, so that no article is cut in two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from annotator.ingest.clean.agency_marks import RULE, SLUG, STORY_END, STORY_START, short_line
from annotator.ingest.clean.file_header import file_header
from annotator.ingest.clean.lexicon import BYLINE_START, CJK, CLOCK_TIME, DATE_PATTERN, DAY_PATTERN, without_dates

MAYBE_STORIES = "the text may hold several stories"
"""The doubt about a text that is kept whole although it has separators."""

MAX_HEAD_ROWS = 10
"""How many lines that are not blank a head has at the most."""

MIN_PROSE_WORDS = 8
"""From this many words on a line is one of a report."""

_DATELINE = re.compile(
    r"(?:[A-ZÀ-Þ][A-ZÀ-Þ .'’-]{2,30}(?:,\s*[^\W\d_][\w .,'’]{1,30}?)?\s*(?:[(/]\s*[\w .-]{2,20}[)/]?)?\s*(?:[—–]|--?)\s"
    r"|[A-ZÀ-Þ][\w .,'’/-]{1,40}?\s*[(/]\s*[A-Za-z][\w .-]{1,18}[)/]\s*(?:[—–:]|--?)\s"
    r"|【[^】\n]{1,25}】|（[^）\n]{1,15}＝[^）]{1,15}）)"
)
_AGENCY_LEAD = re.compile(r"[A-ZÀ-Þ][^\W\d_][\w .,'’/-]{1,60}[(][A-Z][\w .-]{1,18}[)]\s*(?:[—–]|--?)\s")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"”’'»)\]」』）]*\s*$")
_CJK_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_LISTED = re.compile(r"\W{0,3}\d{1,2}[.)]\s")


class StoryCut(Struct, frozen=True):
    """The texts of a file's stories, or the one text, and a doubt about a text that was not cut.

    Joined with line ends the texts are the file again.
    """

    texts: tuple[str, ...]
    names: tuple[str, ...] = ()
    """What each story is known by when the file comes again: its slug or headline, no two alike."""
    headlines: tuple[str, ...] = ()
    doubt: str = ""


class _Part(Struct, frozen=True):
    """The lines from one separator to the next."""

    start: int
    end: int
    head: str = ""
    """The slug or headline, where the part has a head of its own."""
    headline: str = ""
    has_prose: bool = False
    is_timed: bool = False
    """Whether its head has a time of day without a date, as the posts of a live blog do."""


def cut_stories(text: str) -> StoryCut:
    """Return the stories of a text; one, the text itself, where it is not sure to hold several."""
    rows = text.split("\n")
    places, explicit = _separated(rows)
    parts = _without_running_heads(rows, _parts(rows, places))
    heads = [part for part in parts if part.head]
    loose = sum(part.has_prose and not part.head for part in parts)
    # The posts of a live blog have times; an agency's story may, where "Story 2 of 5" or "-30-" separate it.
    is_live = sum(part.is_timed for part in parts) > 1 and not explicit
    if len(heads) < 2 and not is_live and loose < 2:
        parts = _parts(rows, _unseparated(rows))
        heads = [part for part in parts if part.head]
    if len(heads) > 1 and loose <= len(heads) and not is_live:
        starts = [0, *(part.start for part in heads[1:]), len(rows)]
        texts = tuple("\n".join(rows[a:b]) for a, b in pairwise(starts))
        return StoryCut(texts, tuple(_distinct_names(x.head for x in heads)), tuple(x.headline for x in heads))
    several = (explicit > 1 and loose + len(heads) > 1) or sum(map(_opens_report, rows)) > 1
    return StoryCut((text,), doubt=MAYBE_STORIES if several else "")


def _separated(rows: Sequence[str]) -> tuple[list[int], int]:
    """Return where parts begin after separators, and how many of these are marks of a story's begin or end.

    A form feed is none: it may be the end of a page.
    A rule or an end is the last line of its story, a count, slug or form feed the first of the next one.
    """
    places: list[int] = []
    explicit = 0
    closed = False
    header = file_header(rows).rows
    for n, row in enumerate(rows):
        mark = short_line(row)
        opens = row.startswith("\f") or bool(STORY_START.match(mark) and (n == 0 or closed or not rows[n - 1].strip()))
        ends = bool(STORY_END.match(mark))
        if n < header or not (row.strip() or opens):
            continue
        if opens or closed:
            places.append(n)
        explicit += bool(opens and STORY_START.match(mark) and not SLUG.match(mark)) or ends
        closed = not opens and (ends or (bool(RULE.match(mark)) and not _is_underline(rows, n)))
        if closed and places and places[-1] == n:
            places.pop()
    return places, explicit


def _is_underline(rows: Sequence[str], n: int) -> bool:
    """Return whether a rule is right below a heading: of its length, or with blank lines round both."""
    above, rule = short_line(rows[n - 1]) if n else "", rows[n].strip()
    if not above or _SENTENCE_END.search(above) or RULE.match(above):
        return False
    alone = n + 1 == len(rows) or not rows[n + 1].strip()
    opens = n < 2 or not rows[n - 2].strip() or bool(RULE.match(short_line(rows[n - 2])))
    return opens and (alone or abs(len(rule) - len(above)) <= 2)


def _parts(rows: Sequence[str], places: Sequence[int]) -> list[_Part]:
    edges = [0, *(place for place in places if place), len(rows)]
    return [_part(rows, a, b) for a, b in pairwise(edges)]


def _part(rows: Sequence[str], start: int, end: int) -> _Part:
    """Return a part with its head: a headline, then a byline, date or place, and prose below."""
    marks = {n: short_line(rows[n]) for n in range(start, end) if rows[n].strip()}
    filled = [n for n, mark in marks.items() if not RULE.match(mark) and not STORY_END.match(mark)]
    prose = next((n for n in filled if _is_prose(rows[n])), end)
    slug = next((marks[n] for n in filled[:2] if SLUG.match(marks[n])), "")
    above = [n for n in filled if not STORY_START.match(marks[n])][:MAX_HEAD_ROWS]
    top = [rows[n].strip() for n in above]
    has_prose = prose < end
    if not top or not has_prose:
        return _Part(start, end, has_prose=has_prose)
    header = file_header(rows[above[0] : end])
    if header.title and (header.byline or header.date):
        return _Part(start, end, slug or header.title, header.title, has_prose=True)
    at = next((n for n, row in enumerate(top[:4]) if _is_headline(row)), None)
    below = top[at + 1 : at + 5] if at is not None else []
    companions = [*below, *top[: at or 0]]
    named = any(_is_companion(row) for row in companions)
    headline = top[at] if at is not None and named else ""
    is_timed = any(_is_timed(row) for row in top[:4])
    return _Part(start, end, headline and (slug or headline), headline, has_prose=True, is_timed=is_timed)


def _without_running_heads(rows: Sequence[str], parts: list[_Part]) -> list[_Part]:
    """Return the parts without the heads that pages repeat: after form feeds, alike but for the page's number."""
    paged = {part.start for part in parts if rows[part.start].startswith("\f")}
    heads = [re.sub(r"\d+", "", part.headline) for part in parts]
    repeated = {head for head, n in Counter(heads).items() if n > 1}
    return [
        _Part(part.start, part.end, has_prose=part.has_prose) if part.start in paged and head in repeated else part
        for part, head in zip(parts, heads, strict=True)
    ]


def _opens_report(row: str) -> bool:
    """Return whether a paragraph begins with a place and an agency in brackets, as each report of a file does."""
    return _AGENCY_LEAD.match(row) is not None and _is_prose(row)


def _is_prose(row: str) -> bool:
    return len(row.split()) >= MIN_PROSE_WORDS or len(CJK.findall(row)) >= 2 * MIN_PROSE_WORDS


def _is_headline(row: str) -> bool:
    """Return whether a line reads like a headline: short, no sentence, no byline, date, place, time or item."""
    if len(row) > 150 or re.search(r"[.:;,。：；、…]$", row) or not re.search(r"[^\W\d_]{2}", row):
        return False
    return not (_is_companion(row) or CLOCK_TIME.match(row) or _LISTED.match(row) or row.startswith(("•", "|", ">")))


def _is_companion(row: str) -> bool:
    """Return whether a line is a byline or a date, or begins with the place of a report."""
    if _DATELINE.match(row):
        return True
    if len(row) > 100 or _SENTENCE_END.search(row):
        return False
    if BYLINE_START.match(row):
        return True
    return _has_date(row) and len(DAY_PATTERN.sub("", without_dates(row)).split()) <= 6


def _has_date(row: str) -> bool:
    return any(date.search(row) for date in (DATE_PATTERN, DAY_PATTERN, _CJK_DATE))


def _is_timed(row: str) -> bool:
    """Return whether a short line has a time of day and no date."""
    return (
        len(row) <= 100 and CLOCK_TIME.search(row) is not None and not _has_date(row) and not _SENTENCE_END.search(row)
    )


def _unseparated(rows: Sequence[str]) -> list[int]:
    """Return where stories begin that no line separates: headline, byline and the place of the report, in this order.

    Empty where one of them has no two sentences of a report.
    """
    filled = [n for n, row in enumerate(rows) if row.strip()]
    starts: list[int] = []
    for at, n in enumerate(filled):
        if not _DATELINE.match(rows[n]) or not _is_prose(rows[n]):
            continue
        above = filled[max(0, at - 4) : at]
        byline = next(
            (x for x in above if BYLINE_START.match(short_line(rows[x])) and not _SENTENCE_END.search(rows[x])), None
        )
        title = next((x for x in above if byline is not None and x < byline and _is_headline(rows[x].strip())), None)
        if title is not None and (title == 0 or not rows[title - 1].strip()):
            starts.append(title)
    edges = [*starts, len(rows)]
    reports = [sum(bool(_SENTENCE_END.search(row)) for row in rows[a:b]) for a, b in pairwise(edges)]
    return starts if len(starts) > 1 and min(reports) > 1 else []


def _distinct_names(heads: Iterable[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for head in heads:
        name = " ".join(re.sub(r"[/\\#]", " ", head).split())[:80].strip(" .") or "story"
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
