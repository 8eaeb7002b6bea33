"""Headlines, bylines and dates of heads that are not three plain lines."""

from __future__ import annotations

import pytest

from annotator.core.article import LineVerdict
from annotator.ingest.clean import clean

BODY = [
    "The council of Harrow voted on Tuesday to close the old ferry pier after a storm broke its piles.",
    "“We had no choice,” said Mayor Lena Brandt, who has led the town since 2024. “The pier is not safe.”",
    "Repairs would cost 3 million crowns, and the harbour fund holds less than half of that, she said.",
    "A ferry will sail from the new quay until the spring, the council said.",
]
END = ["", "Most read", "Ten ways to keep a garden alive", "© 2031 Harrow Post. All rights reserved."]
TITLE = "Council closes ferry pier after storm breaks piles"
DECK = [
    "Storm broke piles of the pier",
    "Repairs cost 3 million crowns",
    "Ferry to sail from the new quay until the spring",
]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (["Home", "News", "Sport", TITLE, "", "By Ann Lee"], TITLE),
        ([f"{TITLE} | Harrow Post", "Menu"], TITLE),
        ([f"{TITLE} - Harrow Post", "Home", "News"], TITLE),
        ([f"{TITLE} - Not everybody agrees", "By Ann Lee"], f"{TITLE} - Not everybody agrees"),
        ([f"{TITLE}.", "By Ann Lee"], f"{TITLE}."),
        ([TITLE, *DECK, "By Ann Lee"], TITLE),
        ([TITLE, *(f"- {line}" for line in DECK), "By Ann Lee"], TITLE),
        (["FERRIES", "", TITLE, "", "By Ann Lee"], TITLE),
        (["Pier shut", "12 March 2031"], "Pier shut"),
        (["Home", "Islands", "Rope and rust", "By Ann Lee"], "Rope and rust"),
        ([f"# {TITLE}", "", "*By Ann Lee*"], TITLE),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_headline_is_found_whatever_is_beside_it(head: list[str], title: str, gap: str) -> None:
    """Menus, site names, decks of several lines and kickers are not it; a full stop and two words do no harm."""
    assert clean("\n".join([*head, "", gap.join(BODY), *END])).title == title


@pytest.mark.parametrize(
    ("lines", "byline", "date"),
    [
        (["By Ann Lee and Tom Ruud, Northern Press Agency"], "Ann Lee and Tom Ruud", ""),
        (["By Ann Lee | March 12, 2031 | 3:45 p.m."], "Ann Lee", "2031-03-12"),
        (["By Ann Lee", "Thursday, March 12, 2031 at 3:45 p.m. ET"], "Ann Lee", "2031-03-12"),
        (["The pier after the storm. (Photo: Tom Ruud)", "By Ann Lee"], "Ann Lee", ""),
        (["Von Ann Lee", "Stand: 12.03.2031, 10:15 Uhr"], "Ann Lee", "2031-03-12"),
        (["12.03.2031, 10:15 Uhr | Von Ann Lee"], "Ann Lee", "2031-03-12"),
        (["Reporter: Ann Lee", "Posted: 12 March 2031"], "Ann Lee", "2031-03-12"),
        (["Interview: Ann Lee"], "Ann Lee", ""),
        (["記者 山田太郎", "2031年3月12日 10時15分"], "山田太郎", "2031-03-12"),
    ],
)
def test_lines_below_the_headline_say_who_and_when(lines: list[str], byline: str, date: str) -> None:
    """Author and date are read in one line or two, below a picture too, and none of these lines is annotated."""
    page = clean("\n".join([TITLE, *lines, "", *BODY, *END]))
    assert (page.title, page.byline, page.date) == (TITLE, byline, date)
    assert not any(line.verdict.annotated for line in page.lines[: 1 + len(lines)])
    assert [line.verdict for line in page.lines[2 + len(lines) : 6 + len(lines)]] == [LineVerdict.BODY] * 4


def test_a_press_release_has_place_date_and_wire_before_its_first_sentence() -> None:
    """They are the dateline, the date and the source."""
    opening = f"HARROW, March 12, 2031 /PRNewswire/ -- {BODY[0]}"
    page = clean("\n".join(["FOR IMMEDIATE RELEASE", "", TITLE, "", opening, *BODY[1:], *END]))
    assert (page.title, page.dateline, page.date, page.source) == (TITLE, "HARROW", "2031-03-12", "PRNewswire")
