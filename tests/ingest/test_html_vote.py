"""Which lines of an HTML page are its article where programs that read it disagree."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.ingest import html_vote
from annotator.ingest.html_extraction import extract_page
from annotator.ingest.html_vote import MIN_AGREEMENT, BodyVote, PageReadings, reading_agreement, vote_on_lines

LINES = [
    "The red boat left the pier at noon.",
    "Nobody saw how many people stepped ashore.",
    "“Engines ran all night,” said Rosa Kim.",
    "Harbour police want another mooring in March.",
    "Fishermen measured every wall with long poles.",
]


def vote(
    extracted: str, cleaned: str, third: str, title: int | None = None, *, has_paragraphs: bool = True
) -> BodyVote:
    """Return the vote on LINES; each reading has an x for a line that it keeps."""
    text = "\n".join(line for line, mark in zip(LINES, third, strict=True) if mark == "x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_vote, "_third_reading", lambda *_: text)
        headings = [False] * 5
        flags = [[mark == "x" for mark in marks] for marks in (extracted, cleaned)]
        return vote_on_lines(PageReadings("", "page", LINES, [10] * 5, *flags, headings, title, has_paragraphs))


def kept(found: BodyVote) -> str:
    """Return an x for each line that is kept."""
    return "".join("x" if flag else "." for flag in found.kept)


marks = st.text("x.", min_size=5, max_size=5)


@given(marks, marks, marks)
def test_the_majority_decides_where_two_readings_disagree(extracted: str, cleaned: str, third: str) -> None:
    """With enough agreement it is the extractor's lines, else those that two of three readings keep."""
    found = vote(extracted, cleaned, third)
    if found.agreement >= MIN_AGREEMENT:
        assert kept(found) == extracted
        return
    two = ["x" if marks.count("x") >= 2 else "." for marks in zip(extracted, cleaned, third, strict=True)]
    assert kept(found) == "".join(two)


def test_reasons_name_who_decides() -> None:
    """A line's reason says whether the extractor alone or a majority has kept or dropped it."""
    found = vote("xx...", ".xxx.", "..xx.")
    reasons = [found.verdict(at, is_heading=at == 2).reason for at in range(5)]
    two = "two of three readings"
    dropped = [f"left out by {two}", "left out by all three readings"]
    assert reasons == [dropped[0], f"kept by {two}", f"a heading kept by {two}", f"kept by {two}", dropped[1]]
    assert vote("xxxxx", "xxxxx", ".....").verdict(0, is_heading=False).reason == "kept by the extractor"


def test_the_title_decides_where_readings_share_nothing() -> None:
    """Of two choices without a common line the one right below the title is the article."""
    assert kept(vote("...xx", ".xx..", "...xx", title=0)) == ".xx.."
    assert kept(vote(".xx..", "...xx", ".xx..", title=0)) == ".xx.."
    assert kept(vote("...xx", ".xx..", "...xx")) == "...xx"


def test_a_choice_is_doubted_that_no_other_reading_confirms() -> None:
    """The cleaner's agreement takes doubt away, as does the third program's where the page has paragraphs."""
    assert vote("xxx..", "xxx..", ".....").doubt == ""
    assert vote("xxx..", "...xx", "xxx..").doubt == ""
    expected = "two ways of reading the page agree on 40% of the words"
    assert vote("xxx..", "..xx.", "xxx..", has_paragraphs=False).doubt == expected
    assert vote("xxx..", "..xx.", "..xx.").doubt == expected


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.booleans())))
def test_agreement_is_symmetric(lines: list[tuple[int, bool, bool]]) -> None:
    """Agreement is between 0 and 1, the same both ways, and 1 of a reading with itself."""
    weights, one, other = [n for n, _, _ in lines], [a for _, a, _ in lines], [b for _, _, b in lines]
    assert 0 <= reading_agreement(weights, one, other) == reading_agreement(weights, other, one) <= 1
    assert reading_agreement(weights, one, one) == 1


def test_the_third_program_is_loaded_only_where_it_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that two readings agree on is read without readability-lxml."""
    load = importlib.import_module

    def without(name: str, package: str | None = None) -> ModuleType:
        assert name != "readability"
        return load(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    page = extract_page("<h1>Boats at the pier</h1>" + "".join(f"<p>{line}</p>" for line in LINES), "page")
    assert [line.verdict.value for line in page.lines] == ["title", *["body"] * 5]


def test_a_page_that_the_third_program_cannot_read_has_two_readings(capfd: pytest.CaptureFixture[str]) -> None:
    """What readability-lxml fails on gives no vote and no traceback."""
    for html in ("", "<!-- -->", "<frameset><frame></frameset>"):
        assert html_vote._third_reading(html, "page") == ""
    assert capfd.readouterr().err == ""
