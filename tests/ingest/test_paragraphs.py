"""Paragraphs: which physical lines belong together, in lists, headings, tables, mail and wrapped text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.article import LineVerdict, SourceLine
from annotator.ingest.paragraphs import paragraph_lines

BODY = SourceLine(LineVerdict.BODY, "")
BLANK = SourceLine(LineVerdict.BLANK, "")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text of body lines."""
    rows = text.split("\n")
    groups = paragraph_lines(rows, [BODY if row.strip() else BLANK for row in rows])
    return ["\n".join(rows[i] for i in group) for group in groups]


CASES = {
    "items in small letters after a colon": (
        "What the plan says:|the ward's garden will be sold for two million crowns|"
        "the nurses keep their posts until the end of June|the beds will move to Dunmere by the end of the year"
    ),
    "an item over two lines": "1. Buy sand and carry it to the quay before the\n   river rises.|2. Fill the bags.",
    "a short item over two lines": "* Wait for\n  the boats|* Fill bags",
    "nested items": "• Schools in the town|   o Jobs in the town and around it|   o Homes|– Ports",
    "letters in brackets": "(a) one thing that is to be done|(b) another thing that nobody has done",
    "a number of a date is no item": (
        "Die Sitzung des Rates von Arden begann mit einer Rede des Vorstands am\n3. März im Rathaus der Stadt. "
        "Sie dauerte, wie es hieß, nur zwei\nStunden."
    ),
    "a dash inside a sentence is no item": (
        "The council of the town met on Monday for the third time this spring\n– it had no choice – and has closed "
        "the hospital that the county pays\nfor."
    ),
    "a word that breaks at a hyphen": "She is a well-\nknown nurse.",
    "a byline after a headline": "Dyke holds in Port Arden after a night of rain|by Ana Reyes|The dyke held.",
    "a heading of markdown": "# Hospital in Port Amery to close its ward and|what it means for the town and its people",
    "a rule under a title": "Hospital closes|===============|The county pays for it.",
    "a table": "Name      Votes     Share|Reyes     1,200     41.2|Lund        900     30.8",
    "quoted mail": "> We have looked at every way and there was none that we\n> could pay for.|>> Older words|I agree.",
    "an agency's page break": (
        "Port Amery's only hospital will close its children's ward at the end\nof April, and there is no money left for"
        "|MORE|the beds that the county pays for.|-30-"
    ),
    "indented first lines": (
        "   The old dyke held on Monday although the river rose by two metres\novernight, said Kim, who had not slept "
        "since Sunday, and she laughed.\n"
    ).rstrip("\n")
    + "|   The pumps ran all night, and nobody slept until the river fell back\nto where it was.",
    "wrapped Japanese": (
        "市議会は三日、橋の建設を決めた。工事は六月に始まり、来年の春\nまでに終わる見通しだ。市長は「長い間待った」と述べ、費用は国が\n半分を出す。"
    ),
    "Japanese headings": "橋の工事|市の計画|新しい店",
}


@pytest.mark.parametrize("case", CASES)
def test_lines_are_put_together_where_a_reader_would(case: str) -> None:
    """A line begins a paragraph where a reader sees one, and continues one elsewhere."""
    assert paragraphs(CASES[case].replace("|", "\n")) == CASES[case].split("|")


MARKERS = st.sampled_from(["- ", "– ", "• ", "* ", "+ ", "1. ", "2.) ", "(a) ", "b) ", "iv. ", "・", "■", "👉 "])
ITEMS = st.lists(
    st.sampled_from(["the", "ward", "of", "Arden", "25", "beds", "and", "Brücke", "橋は", "nobody", "slept"]),
    min_size=1,
    max_size=12,
).map(" ".join)


@given(MARKERS, st.lists(ITEMS, min_size=2, max_size=5), st.sampled_from(["", ".", ";", ","]))
def test_two_items_are_never_one_paragraph(marker: str, items: list[str], stop: str) -> None:
    """Items with a mark are a paragraph each, in any language and with or without full stops."""
    rows = [f"{marker}{item}{stop}" for item in items]
    assert paragraphs("\n".join(rows)) == rows


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["", "The dyke held on", "and the river fell", "- a", "> b", "| c |", "###", "MORE"])
        ),
        max_size=14,
    ),
    st.sets(st.integers(0, 13)),
)
def test_each_line_that_is_not_blank_is_in_one_paragraph(rows: list[str], opening: set[int]) -> None:
    """Paragraphs are in order and disjoint, hold all lines that are not blank, and begin where they must."""
    lines = [BODY if row.strip() else BLANK for row in rows]
    groups = list(paragraph_lines(rows, lines, opening))
    assert [i for group in groups for i in group] == [i for i, row in enumerate(rows) if row.strip()]
    assert not [i for group in groups for i in group[1:] if i in opening]
