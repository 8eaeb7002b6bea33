"""HTML pages: every visible line stays, the extractor decides which are body."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.ingest.html_extraction import extract_page
from annotator.ingest.html_vote import covered_lines
from tests.benchmarks.html_pages import body_of, html_pages
from tests.benchmarks.page_scores import text_f1

SHARED = Path(__file__).resolve().parents[2] / "../shared"

STORY = [
    "The old dyke at Port Arden held on Monday although the river rose by two metres overnight.",
    "“The pumps ran all night. Nobody slept,” Lt. Gov. Rosa Kim told about 40 reporters on the quay.",
    "More than 300 families had left their homes on Sunday, and most of them came back before noon.",
    "The council will vote on a second dyke in March, said its chairman, Bo Lund, a former ferryman.",
    "Engineers from the water board measured the wall every hour and found no crack wider than a hair.",
]
PAGE = f"""<!doctype html><html><head><title>Dyke holds - Arden Post</title>
<meta name="author" content="Ana Duarte"><style>.x {{ color: red }}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/s">Sport</a></li></ul></nav>
<article><h1>Dyke holds in <em>Port Arden</em></h1><p class="byline">By Ana Duarte</p>
<figure><img src="x.jpg"><figcaption>The wall on Monday</figcaption></figure>
<p>{STORY[0]}</p><!-- note --><p>{STORY[1]}</p><p>{STORY[2]}</p>
<h2>Second dyke</h2><p>{STORY[3]}</p><p>{STORY[4]}</p></article>
<script>var hidden = 1;</script><div style="display: none">Hidden words</div><p hidden>Gone</p>
<aside><a href="/t">{STORY[0]}</a></aside><footer>© Arden Post<br>Terms</footer></body></html>"""


def rows(html: str) -> list[tuple[str, str]]:
    """Return the lines of a page with their verdicts."""
    page = extract_page(html, "page")
    return [(line.verdict.value, text) for line, text in zip(page.lines, page.text.split("\n"), strict=True)]


def test_every_visible_line_stays_with_its_verdict() -> None:
    """Lines come in the page's order, hidden ones are left out, a teaser of the body is no body."""
    assert rows(PAGE) == [
        ("boilerplate", "Home"),
        ("boilerplate", "Sport"),
        ("title", "Dyke holds in Port Arden"),
        ("byline", "By Ana Duarte"),
        ("caption", "The wall on Monday"),
        *(("body", text) for text in STORY[:3]),
        ("subhead", "Second dyke"),
        *(("body", text) for text in STORY[3:]),
        ("boilerplate", STORY[0]),
        ("boilerplate", "© Arden Post"),
        ("boilerplate", "Terms"),
    ]


def test_metadata_of_a_page() -> None:
    """The only h1 is the title; the author comes from the page's own data."""
    page = extract_page(PAGE, "page")
    assert (page.title, page.byline) == ("Dyke holds in Port Arden", "Ana Duarte")


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trafilatura or lxml the error names the command that installs them."""
    for module in ("trafilatura", "lxml.html"):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(SourceError) as caught:
            extract_page(PAGE, "a.html")
        expected = (
            "a.html: reading HTML needs an extra that is not installed; "
            "run pip install 'article-annotator[html]' (in a checkout: pip install '.[html]')"
        )
        assert str(caught.value) == expected
        monkeypatch.undo()


def test_other_import_errors_of_the_extra_are_reported_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trafilatura that fails to import its own parts (lxml_html_clean) gives the same error."""

    def broken(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", broken)
    with pytest.raises(SourceError, match="article-annotator\\[html\\]"):
        extract_page(PAGE, "a.html")


@pytest.mark.parametrize("html", ["<html><body><script>1</script></body></html>", "<!-- nothing -->", "<html>"])
def test_a_page_without_text_is_reported(html: str) -> None:
    """A page that shows nothing is an error, not an empty article."""
    with pytest.raises(SourceError, match=r"a\.html: the page shows no text; save the page as text instead"):
        extract_page(html, "a.html")


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<div hidden>", "</div>", "a", " b. ", "<!--", "-->", "<br>", "&#0;", "<h1>"])
    )
)
def test_any_markup_gives_lines_or_an_error(parts: list[str]) -> None:
    """Broken markup never raises anything but a SourceError, and each line has its verdict."""
    try:
        page = extract_page("<html><body>" + "".join(parts), "page")
    except SourceError:
        return
    assert len(page.lines) == page.text.count("\n") + 1


def test_lines_are_as_a_browser_shows_them() -> None:
    """Preformatted text keeps its lines, a list item is one line; nobody sees what is for screen readers alone."""
    html = """<h1>Dyke</h1><pre>One line
    another  line</pre><ul><li><b>Bo</b>: <a href="/x">left<span class="x sr-only"> (opens anew)</span></a></li></ul>
    <dialog>Accept all</dialog><dialog open>Open</dialog><p>Deich&shy;wart</p>"""
    assert [text for _, text in rows(html)] == ["Dyke", "One line", "another line", "Bo: left", "Open", "Deichwart"]


def test_duplicates_are_reported_apart_by_their_place() -> None:
    """Of two equal lines the one between lines of the extract is covered."""
    lines = [STORY[1], "Menu", STORY[0], STORY[1], "—", STORY[2], "Menu", STORY[0]]
    assert covered_lines(lines, "\n".join(STORY[:3])) == [False, False, True, True, True, True, False, False]


def test_aligning_is_bounded() -> None:
    """A page of one word repeated 200,000 times is settled by whole lines."""
    lines = ["word " * 1000] * 200
    assert covered_lines(lines, "\n".join(lines)) == [True] * 200


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages are not part of the project")
def test_body_of_real_pages() -> None:
    """Mean F1 over word 4-grams of the body on 20 real pages is at least 0.96."""
    scores = [text_f1(body_of(page.html, page.name), page.gold) for page in html_pages(SHARED / "data")]
    assert sum(scores) / len(scores) >= 0.96


def test_a_year_in_the_text_is_no_date() -> None:
    """The first of January is the date only of a page that has that day."""
    row = STORY[4].replace("found no crack", "found no crack since it was painted in 1996 that is")
    page = PAGE.replace(STORY[4], row)
    assert extract_page(page, "page").date == ""
    dated = page.replace("By Ana Duarte</p>", "By Ana Duarte</p><p>January 1, 1996</p>")
    assert extract_page(dated, "page").date == "1996-01-01"


def test_a_front_page_and_a_pay_wall_are_doubted_as_in_a_text() -> None:
    """A list of headlines, and an article that ends in an appeal; posts under times are a live blog."""
    pytest.importorskip("trafilatura")
    head = "<title>Dyke holds</title><h1>Dyke holds</h1>"
    places = ("Port Amery", "Dunmere", "Skerrin", "Arden", "Harwick")
    posts = [f"<div>{{}}<h3>The news of {x} today</h3><p>{y}</p></div>" for x, y in zip(places, STORY, strict=True)]
    front = f"<main>{head}{''.join(posts).replace('{}', '')}</main>"
    assert extract_page(front, "x").doubt == "each paragraph has a heading of its own, as in a list of articles"
    live = f"<main>{head}{''.join(post.format(f'<time>1{n}:30</time>') for n, post in enumerate(posts))}</main>"
    assert not extract_page(live, "x").doubt
    wall = "<p>Subscribe to continue reading. Already a subscriber? Log in.</p>"
    assert extract_page(f"<article>{head}<p>{STORY[0]}</p><p>{STORY[1]}</p>{wall}</article>", "x").doubt == (
        "the article breaks off"
    )
    assert not extract_page(f"<article>{head}<p>{STORY[0]}</p><p>{STORY[1]}</p></article>", "x").doubt


def test_an_open_h1_is_no_title() -> None:
    """The page's own title counts where the h1 holds the article."""
    body = "".join(f"<p>{text}</p>" for text in STORY)
    page = extract_page(f"<title>Dyke holds</title><body><h1>Dyke holds<div>{body}</div></body>", "x")
    assert page.title == "Dyke holds"
