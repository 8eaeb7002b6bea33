"""Which pages are doubted: those with a frame whose article may be another one, and no plain text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.ingest.clean import clean
from annotator.ingest.html_extraction import extract_page

REPORT = [
    "A cable car stopped between two masts above Lake Orsen on Tuesday with nineteen people on board.",
    "All of them were back on the ground after two hours, said the operator, and nobody was hurt.",
]
TEASERS = [
    "The owners and the crew of the ferry left the table after nine hours of talks on Sunday night.",
    "A family firm from the hills won the national title for its rye loaf in front of a full hall.",
    "The county found the money for the school's new roof after three winters of buckets.",
    "A late sprint was not enough for the rowers of the university on a swollen river.",
]


@given(st.lists(st.sampled_from(REPORT + TEASERS), min_size=1, max_size=4, unique=True), st.booleans())
def test_a_plain_text_is_not_doubted(paragraphs: list[str], is_titled: bool) -> None:
    """A text without a frame is an article, with a title or without, however short."""
    rows = ["Cable car stops above lake", *paragraphs] if is_titled else paragraphs
    assert clean("\n\n".join(rows)).doubt == ""


def test_a_page_of_menus_has_no_article() -> None:
    """A page of which nothing is kept is doubted; nothing at all is not a page."""
    assert clean("Home\nNews\nSport\nSign in\n\nContact\n© Harbour Post").doubt == "no article was found"
    assert clean("\n \n").doubt == ""


def test_a_front_page_is_doubted() -> None:
    """Headlines with a teaser each, and nobody who signs, are no article."""
    heads = ("Ferry talks break down", "Bakery prize goes north", "Roof to be mended", "Rowers take silver")
    teasers = [f"{head}\n{text}" for head, text in zip(heads, TEASERS, strict=True)]
    top, foot = "The Harbour Post\nHome\nNews\nSport\nSign in", "Privacy policy\nContact\nTerms of use"
    page = "\n\n".join((top, *teasers, foot))
    assert clean(page).doubt == "each paragraph has a heading of its own, as in a list of articles"
    assert clean(page.replace("Ferry talks break down", "Ferry talks break down\nBy Ann Lee")).doubt == ""


def test_a_notice_without_a_head_is_doubted() -> None:
    """Sentences of a page that has no title, author or date are hardly an article."""
    notice = "Sorry, the page that you were looking for does not exist or has been moved."
    page = f"Home\nNews\nSport\nSign in\n\n{notice}\n\nSearch\nContact"
    assert clean(page).doubt == "neither a title nor an author or date was found"


def test_an_article_that_breaks_off_is_doubted() -> None:
    """What a pay wall leaves of an article is not the article."""
    head = "Home\nNews\nSport\n\nCable car stops above Lake Orsen\n\nBy Ann Lee\n12 March 2026\n\n"
    whole = f"{head}{REPORT[0]}\n\nPrivacy policy\nContact"
    assert clean(whole).doubt == ""
    assert clean(whole.replace("nineteen people on board.", "nineteen people…")).doubt == "the article breaks off"


def test_a_short_report_under_its_head_is_not_doubted() -> None:
    """Two sentences under title and author are an article beside twice as much prose, without a head they are none."""
    report, teasers = "\n\n".join(REPORT), "\n\n".join(TEASERS)
    head = "Cable car stops above Lake Orsen\n\nBy Ann Lee\n12 March 2026"
    frame = "Home\nNews\nSport\n\n{}\n\nMost read\n\n" + teasers + "\n\nPrivacy policy\nContact"
    assert clean(frame.format(f"{head}\n\n{report}")).doubt == ""
    assert clean(frame.format(report)).doubt != ""


def test_html_without_title_and_author_is_doubted() -> None:
    """A page of which no line is the title, and that names nobody, is hardly an article; one of the two is enough."""
    body = "".join(f"<p>{row}</p>" for row in REPORT)
    assert extract_page(body, "page").doubt == "neither a title nor an author was found"
    assert extract_page(f"<h1>Cable car stops above Lake Orsen</h1>{body}", "page").doubt == ""
