"""Markdown and headers of files: what they state, what a reader sees, and that no line changes its number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.article import LineVerdict
from annotator.ingest.clean import clean
from annotator.ingest.clean.file_header import FileHeader, file_header
from annotator.ingest.clean.markdown_rows import shown_rows
from tests.ingest.call_counts import calls

PAGE = """---
title: "Hospital closes"
author:
  - Ana Reyes
  - Tom Lund
date: 12 March 2026
---

# Hospital closes

![The hospital](ward.jpg)

The **only hospital** of [Port Amery](https://example.org/
amery) will close its ward in April, its director said to the nurses.

## What next

> We have looked at every way, and there was none that we could pay for.

* 25 beds will move to Dunmere
* 30 nurses keep their posts until June

---

The council is to vote on the plan of the county on 2 April.[^1]

[plan]: https://example.org/plan
"""


def test_markdown_is_judged_as_it_is_shown() -> None:
    """Front matter states title, authors and date; headings are subheads; marks alone are no text."""
    page = clean(PAGE)
    assert (page.title, page.byline, page.date) == ("Hospital closes", "Ana Reyes, Tom Lund", "2026-03-12")
    verdicts = dict(zip(PAGE.split("\n"), (line.verdict for line in page.lines), strict=True))
    kept = [row for row, verdict in verdicts.items() if verdict is LineVerdict.BODY]
    assert [row[:8] for row in kept] == ["The **on", "amery) w", "> We hav", "* 25 bed", "* 30 nur", "The coun"]
    assert verdicts["# Hospital closes"] is LineVerdict.TITLE
    assert verdicts["## What next"] is LineVerdict.SUBHEAD
    marks = ("date: 12 March 2026", "![The hospital](ward.jpg)", "[plan]: https://example.org/plan")
    assert {verdicts[row] for row in marks} == {LineVerdict.BOILERPLATE}


HEADERS = {
    "---\ntitle: Ward\n---\nText": FileHeader(3, "Ward"),
    """+++\ntitle = 'Ward'\nauthors = ['Ana', "Tom"]\n+++""": FileHeader(4, "Ward", "Ana, Tom"),
    "Subject: Ward\nFrom: Ana Reyes <ana@example.org>\nDate: 3 May 2031\n\nText": FileHeader(
        3, "Ward", "Ana Reyes", "3 May 2031"
    ),
    "Subject: [rivers] Weir gone\nDate: 3 May 2031\n\nText": FileHeader(2, "[rivers] Weir gone", "", "3 May 2031"),
    "タイトル：病院\n日付：2031-05-03\n本文": FileHeader(2, "病院", "", "2031-05-03"),
    "Ward closes\nTitle: Ward\nDate: 3 May": FileHeader(),
    "Title: Ward\n\nText": FileHeader(),
    "Note: it rains.\nLondon: it is late.": FileHeader(),
    "---\nText of a page\n---\n": FileHeader(),
    "": FileHeader(),
}


@pytest.mark.parametrize("text", HEADERS)
def test_a_header_is_read_where_it_is_one(text: str) -> None:
    """Front matter, or two known fields with a title among them, at the top of the file."""
    assert file_header(text.split("\n")) == HEADERS[text]


WIRE = """a0413 ----- r n BC-QUAKE 03-12 0120
BC-QUAKE
Weak quake shakes islands
By Ana Reyes
   SKERRIN, March 3 (Coastal News) - An earthquake with a magnitude of
4.1 shook the outer islands early on Tuesday, the seismic office said.
   MORE
   "My cups sang, and then the lamp fell," said the keeper of the light.
NNNN
"""


def test_the_marks_of_an_agency_are_no_text() -> None:
    """Slugs, page ends and the last line of a story are dropped, and no story ends at a page's end."""
    page = clean(WIRE)
    kept = [number for number, line in enumerate(page.lines, 1) if line.verdict.annotated]
    assert (page.title, kept) == ("Weak quake shakes islands", [5, 6, 8])


MARKED = "# A\n\n## B\n\n"
SHOWN = {
    "**bold** and *slanted* and __both__": "bold and slanted and both",
    "2 * 3 * 4 and snake_case_name": "2 * 3 * 4 and snake_case_name",
    'see [the plan](https://a.example/b_(c).html "The plan").': "see the plan.",
    "see [the plan][ref]": "see the plan",
    "### What next ###": "What next",
    "* item": "- item",
    "> > quoted": "quoted",
    "a \\* b": "a * b",
    "***": "",
    "|---|:-:|": "",
    "```python": "",
}  # fmt: skip


@pytest.mark.parametrize("row", SHOWN)
def test_marks_are_taken_off(row: str) -> None:
    """A reader sees words; what has no words is empty; a text that is no markdown stays as it is."""
    assert shown_rows((MARKED + row).split("\n")).rows[-1] == SHOWN[row]
    assert shown_rows([row, "Rain fell."]).rows[0] == row


PIECES = st.sampled_from(
    [
        "# ",
        "[a](b)",
        "[a\nb](c\nd)",
        "![",
        "](",
        "**",
        "_",
        "> ",
        "\n",
        "\n\n",
        "---",
        "===",
        "title: a",
        "```",
        "x",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_each_line_keeps_its_number_and_has_a_verdict(text: str) -> None:
    """Marks, links over line ends and headers move no line; blank lines alone are blank."""
    rows = text.split("\n")
    assert len(shown_rows(rows).rows) == len(rows)
    lines = clean(text).lines
    assert [line.verdict is LineVerdict.BLANK for line in lines] == [not row.strip() for row in rows]


@pytest.mark.parametrize("unit", ["[a](", "[", "![a]( ", "**a ", "[a](b\n", "[a](b(", "a\n===\n\n", '[a](b "'])
def test_twice_the_marks_take_twice_the_steps(unit: str) -> None:
    """Taking marks off grows with the text, not with its square."""
    text = MARKED + unit * (40_000 // len(unit))
    once, twice = (calls(lambda n=n: shown_rows(text[:n].split("\n"))) for n in (len(text) // 2, len(text)))
    assert twice < 2.6 * once + 1000
