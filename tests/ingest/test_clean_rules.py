"""What holds for the cleaner whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.article import LineVerdict
from annotator.ingest.clean import block_path, clean, lexicon
from annotator.ingest.clean.block_path import PagePart
from annotator.ingest.clean.line_features import text_units, wrap_width
from annotator.ingest.clean.metadata import parse_author, parse_date
from annotator.ingest.clean.score_weights import TransitionCosts
from tests.ingest.call_counts import calls

SNIPPETS = st.sampled_from(
    [
        "",
        " ",
        "Home",
        "By Ann Lee",
        "May 4, 2031",
        "AFP",
        "Related links",
        "burs-ab/cd",
        "- A night -",
        "Oslo (AFP) March 3, 2031",
        "The mayor said that the bridge would be closed until the end of the year.",
        "“We have no choice,” she said.",
        "© 2031 Post. All rights reserved.",
        "21:05",
        "2 hours ago",
    ]
)
TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec=None), max_size=300),
    st.lists(st.one_of(SNIPPETS, st.text(max_size=40)), max_size=40).map("\n".join),
)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_every_physical_line_has_a_verdict_and_a_reason(text: str) -> None:
    """No text makes it fail; a line is blank exactly if its verdict is; the same text, the same page."""
    page = clean(text)
    rows = text.split("\n")
    assert len(page.lines) == len(rows)
    assert [line.verdict is LineVerdict.BLANK for line in page.lines] == [not row.strip() for row in rows]
    assert all(line.reason for line in page.lines)
    assert clean(text) == page


@given(st.lists(st.one_of(SNIPPETS, st.text(max_size=90)), max_size=40))
def test_each_line_that_is_not_blank_is_in_one_unit(lines: list[str]) -> None:
    """Units hold the non-blank lines once each and in order."""
    rows = [row for line in lines for row in line.split("\n")]
    numbers = [number for unit in text_units(rows) for number in range(unit.first, unit.last + 1)]
    assert numbers == [number for number, row in enumerate(rows) if row.strip()]


@given(st.lists(st.floats(-6, 6), max_size=7))
@settings(deadline=None)
def test_the_block_finder_finds_the_best_way(scores: list[float]) -> None:
    """Dynamic programming gives no less than a look at every way through the states."""
    costs = TransitionCosts(start=1.0, leave=2.0, gap=0.5, comment_before=1.0, ending=1.0)
    none = [0.0] * len(scores)
    found = block_path.best_path(scores, none, [False] * len(scores), costs)
    best = max((_worth(path, scores, costs) for path in _ways(len(scores))), default=0.0)
    assert _worth(found, scores, costs) == pytest.approx(best)


def _ways(length: int) -> list[list[PagePart]]:
    """Return all legal ways of a length that do not end in a gap."""
    following = {
        PagePart.BEFORE: [PagePart.BEFORE, PagePart.BODY],
        PagePart.BODY: [PagePart.BODY, PagePart.GAP, PagePart.AFTER],
        PagePart.GAP: [PagePart.GAP, PagePart.BODY],
        PagePart.AFTER: [PagePart.AFTER],
    }
    ways = [[PagePart.BEFORE]]
    for _ in range(length):
        ways = [[*path, state] for path in ways for state in following[path[-1]]]
    return [path[1:] for path in ways if path[-1] is not PagePart.GAP]


def _worth(path: list[PagePart], scores: list[float], costs: TransitionCosts) -> float:
    """Return the sum of scores and costs of a way."""
    total, before = 0.0, PagePart.BEFORE
    for state, score in zip(path, scores, strict=True):
        total += score if state is PagePart.BODY else 0.0
        total -= costs.gap if state is PagePart.GAP else 0.0
        total -= costs.start if (before, state) == (PagePart.BEFORE, PagePart.BODY) else 0.0
        total -= costs.leave if (before, state) == (PagePart.BODY, PagePart.GAP) else 0.0
        before = state
    return total


def test_twice_the_lines_take_twice_the_steps() -> None:
    """Time grows with the lines, not with their square: counted in calls, no clock."""
    rows = [
        f"{number} people came to the market on the day of the feast, the mayor said." if number % 7 else "More"
        for number in range(2000)
    ]
    clean("warm")
    once = calls(lambda: clean("\n".join(rows[:1000])))
    twice = calls(lambda: clean("\n".join(rows)))
    assert twice < 2.2 * once


@pytest.mark.parametrize("piece", ["a", "A-", "- ", ". ", "1/", "ab-", "A. ", "\u00a0", "«»", "(", "By A "])
def test_a_huge_line_takes_no_more_steps_than_a_long_one(piece: str) -> None:
    """Of a line only the beginning and the end are judged."""
    long, huge = piece * 5_000, piece * 500_000
    assert calls(lambda: clean(huge)) < 1.2 * calls(lambda: clean(long)) + 100


def test_headlines_one_below_the_other_are_not_a_wrapped_text() -> None:
    """Lines of one length that each begin anew are not put together."""
    lines = [f"Council number {number} votes for a new bridge across the river Aln" for number in range(30)]
    assert wrap_width(lines) == 0
    assert len(text_units(lines)) == 30


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Abu Talin (AFP) Feb 5, 2031", "2031-02-05"),
        ("Published 9:15 am, 3rd June 2031", "2031-06-03"),
        ("12. März 2031", "2031-03-12"),
        ("3 de junio de 2031", "2031-06-03"),
        ("2031-06-03T12:48:14Z", "2031-06-03"),
        ("11/19/31 06:56 AM", "2031-11-19"),
        ("03/04/2031", ""),
        ("Feb 31, 2031", ""),
        ("20 May", ""),
    ],
)
def test_a_date_is_read_where_it_can_be_read_in_one_way(text: str, date: str) -> None:
    """An impossible or ambiguous date is none."""
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("By Tamsin Okafor", "Tamsin Okafor"),
        ("by Ann Lee - 11/19/31 06:56 AM EST", "Ann Lee"),
        ("Ann Lee - Nov 19, 2031, 10:31 pm CST", "Ann Lee"),
        ("By ANN LEE, MARY JO REED and ERIC TUCK", "ANN LEE, MARY JO REED and ERIC TUCK"),
        ("Ann B Lee, Senior Associate Editor", "Ann B Lee"),
        ("By Ann LeeStaff Writer", "Ann Lee"),
        ("By Ann Lee | Special to the Courier", "Ann Lee"),
        ("by AFP Staff Writers", "AFP Staff Writers"),
        ("Von Lena Brandt", "Lena Brandt"),
    ],
)
def test_a_byline_is_the_names_as_printed(text: str, name: str) -> None:
    """Without "By", office, paper and date."""
    assert parse_author(text) == name


def test_a_bar_of_buttons_is_no_heading() -> None:
    """Buttons on one line with gaps between them are buttons; a heading with one of their words is none."""
    assert lexicon.is_furniture("Share  Save  Print")
    assert not lexicon.is_furniture("Share  Three boats were lost")
