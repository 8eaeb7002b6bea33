"""Which block of a page is the article: by what it has, not by its prose alone."""

from __future__ import annotations

import pytest

from annotator.core.article import LineVerdict
from annotator.ingest.clean import clean
from annotator.ingest.clean.body_segmentation import segment_page

MENU = ["Home", "News", "Sport", "Sign in", ""]
HEAD = ["Barn burns down in Oak Dale", "By Ann Lee", "12 March 2031", ""]
BRIEF = ["A barn in Oak Dale burned down on Monday night.", "Nobody was hurt."]
TEASERS = [
    "The port has bought two cranes, and more are to follow before the year ends.",
    "Wool brings less than the shearing costs, and the farmers want a new price.",
    "Old radiators are being recalled by their makers, and it will take until June.",
    "Three firms have joined to make lamps that can be mended at home.",
]


def body(lines: list[str]) -> list[str]:
    """Return the lines that are kept as body."""
    page = clean("\n".join(lines))
    return [text for text, line in zip(lines, page.lines, strict=True) if line.verdict is LineVerdict.BODY]


@pytest.mark.parametrize("heading", ["Most read", "More from Ann Lee", "Meistgelesen", "What our readers liked"])
def test_a_report_of_two_sentences_wins_over_its_teasers(heading: str) -> None:
    """The heading of a list of teasers ends the article, a listed one or one of the words of headings."""
    lines = [*MENU, *HEAD, *BRIEF, "", heading, *TEASERS, "Privacy policy"]
    assert body(lines) == BRIEF
    page = segment_page(lines)
    assert page.units[page.candidates[0].first].text == BRIEF[0]


def test_an_article_goes_on_after_a_box_inside() -> None:
    """Where the text after the heading is about the same, the heading divides nothing."""
    more = [
        "The barn of Oak Dale was full of hay, said its owner. “I will build another barn,” he said.",
        "The fire chief of Oak Dale thinks that a lamp fell. He will see the owner on Tuesday.",
    ]
    lines = [*MENU, *HEAD, *BRIEF, "Related", "Fire chief retires", *more, "Most read", *TEASERS]
    assert body(lines)[:2] == BRIEF
    assert set(more) <= set(body(lines))
    assert not set(TEASERS) & set(body(lines))


@pytest.mark.parametrize(
    "rows",
    [
        ["Where were you?", "In bed.", "Who called?", "My son.", "And the hay?", "Gone."],
        ["- the roof fell at nine", "- the hay was wet", "- the owner was away in Oak Dale"],
        ["21:40 – The fire is out.", "20:15 – The roof has fallen.", "19:30 – Smoke over Oak Dale."],
        ["Owner: It was old.", "Post: How old?", "Owner: Older than me.", "Post: And now?", "Owner: I build."],
    ],
    ids=["questions", "items", "posts", "speakers"],
)
def test_short_lines_under_a_head_are_found_whole(rows: list[str]) -> None:
    """Questions, items, posts and speakers are the article down to the first sign of the frame."""
    assert body([*MENU, *HEAD, BRIEF[0], *rows, "Most read", *TEASERS, "Privacy policy"]) == [BRIEF[0], *rows]


def test_a_label_of_each_part_is_no_frame() -> None:
    """A line that the article alone has again and again does not end it."""
    goods = ["Warm light.", "It rings.", "Dry after nine minutes, even at the zip.", "Heavy and cheap."]
    parts = [row for good in goods for row in ("Buy now at Shopmart", good)]
    assert set(goods) <= set(body([*MENU, *HEAD, BRIEF[0], *parts, "Most read", *TEASERS, "Privacy policy"]))
