"""Articles: verdicts, metadata, paragraphs and sentences of a source, all fitting together."""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_right
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.errors import SourceError
from annotator.core.tokens import tokens_cover_text
from annotator.ingest.article_builder import build_article
from annotator.ingest.paragraphs import paragraph_lines
from annotator.ingest.sources import ArticleSource, read_sources
from annotator.ingest.tokenizer import Tokenizer
from tests.ingest.call_counts import calls

ENGLISH = Tokenizer("en")

DUMP = """Arden Post
Dyke holds in Port Arden after a night of rain

By Ana Duarte

PORT ARDEN — The old dyke held on Monday although the river rose by two metres, Lt. Gov. Kim said.

“The pumps ran all night. Nobody slept,” she told about 40 reporters. The crews went home at noon.

More than 300 families had left on Sunday, and most of them came back before the schools opened.

Sign up for our newsletter
"""
WRAPPED = (
    "The old dyke at Port Arden held on Monday, although the river\n"
    "rose by two metres overnight. “The pumps ran all night. Nobody\n"
    "slept,” Lt. Gov. Kim said.\n"
    "The council votes in March.\n"
)


def check(article: Article, sentences: tuple[Sentence, ...]) -> None:
    """Assert what holds for every article: lines, order, offsets, tokens, one verdict a sentence."""
    rows, starts = article.text.split("\n"), article.line_starts()
    assert len(article.lines) == len(rows)
    assert [s.index for s in sentences] == list(range(1, len(sentences) + 1))
    at = 0
    for s in sentences:
        assert s.text == article.text[s.start : s.end]
        assert not article.text[at : s.start].strip()
        assert tokens_cover_text(s.tokens, s.text)
        assert not s.tokens[-1].ws
        lines = range(bisect_right(starts, s.start) - 1, bisect_right(starts, s.end - 1))
        assert len({article.lines[i].verdict for i in lines}) == 1
        at = s.end
    assert not article.text[at:].strip()


def record(text: str) -> tuple[Article, tuple[Sentence, ...]]:
    """Return the article of a record."""
    return build_article(ArticleSource("a.jsonl#1", text, "record"), ENGLISH)


def test_a_dump_becomes_an_article() -> None:
    """The id is a prefix of the text's SHA-256, every line has its sentences, dropped ones too."""
    article, sentences = build_article(ArticleSource("a.txt", DUMP, notes=("read as utf-16",)), ENGLISH)
    check(article, sentences)
    assert article.digest == hashlib.sha256(DUMP.encode()).hexdigest()
    assert (article.id, article.text, article.origin) == (article.digest[:12], DUMP, "a.txt")
    assert article.meta == {"notes": ["read as utf-16"]}
    texts = [s.text for s in sentences]
    assert "“The pumps ran all night. Nobody slept,” she told about 40 reporters." in texts
    assert "Sign up for our newsletter" in texts


def test_a_record_is_the_article_itself() -> None:
    """Every line of a record is body, whatever it looks like, and its own fields are the metadata."""
    source = ArticleSource("a.jsonl#7", "Rain fell.\n\nShare this", "record", title="Rain", url="https://example.org/7")
    article, sentences = build_article(source, ENGLISH)
    check(article, sentences)
    assert [line.verdict for line in article.lines] == [LineVerdict.BODY, LineVerdict.BLANK, LineVerdict.BODY]
    assert article.lines[0].reason == "given as the article's text"
    assert (article.title, article.meta) == ("Rain", {"url": "https://example.org/7"})


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("2031-04-05", "2031-04-05"),
        ("2031-04-05T23:30:00-05:00", "2031-04-05T23:30:00-05:00"),
        ("Sat, 05 Apr 2031 09:30:00 GMT", "2031-04-05"),
        ("April 5, 2031", "2031-04-05"),
        ("2031/04/05", "2031-04-05"),
        ("1933113600", "2031-04-05"),
        ("1933113600000", "2031-04-05"),
        ("04/05/2031", "04/05/2031"),
        ("spring", "spring"),
    ],
)
def test_dates_of_records_are_read_where_they_are_certain(stated: str, date: str) -> None:
    """Articles on one story are known by their dates, in whatever form; none is lost."""
    article, _ = build_article(ArticleSource("a.jsonl:1", "It rained.", kind="record", date=stated), ENGLISH)
    assert article.date == date
    assert article.meta == ({} if stated == date else {"date": stated})


def test_wrapped_lines_are_one_paragraph() -> None:
    """A hard-wrapped paragraph is cut into sentences across its line ends, newlines being tokens."""
    article, sentences = record(WRAPPED)
    check(article, sentences)
    assert [s.text for s in sentences] == [
        "The old dyke at Port Arden held on Monday, although the river\nrose by two metres overnight.",
        "“The pumps ran all night. Nobody\nslept,” Lt. Gov. Kim said.",
        "The council votes in March.",
    ]
    assert "\n" in [t.text for t in sentences[0].tokens]


@pytest.mark.parametrize(
    "rows",
    [
        ["The old dyke at Port Arden held on Monday.", "The river rose by two metres overnight.", "Nobody slept."],
        ["Dyke holds in Port Arden after a night of rain", "The river rose by two metres overnight."],
        ["water", "wind", "fire"],
        ["“We came by boat. The sea was calm all day.", "“We left on foot. Nobody saw us,” Lund said."],
    ],
)
def test_lines_that_end_are_paragraphs_of_their_own(rows: list[str]) -> None:
    """Sentences a line, headings and short list items are not glued together."""
    assert list(paragraph_lines(rows, [SourceLine(LineVerdict.BODY, "")] * len(rows))) == [
        range(i, i + 1) for i in range(len(rows))
    ]


def test_no_paragraph_over_two_verdicts() -> None:
    """A line that goes on in small letters is not joined to one of another verdict."""
    rows = ["The wall of the old dyke at Port Arden on the", "morning after the great flood of this spring"]
    lines = [SourceLine(LineVerdict.CAPTION, ""), SourceLine(LineVerdict.BODY, "")]
    assert list(paragraph_lines(rows, lines)) == [range(1), range(1, 2)]


def test_a_page_without_an_article_falls_back_to_the_line_scorer() -> None:
    """Where the extractor finds nothing the page's lines are still there, with verdicts."""
    html = "<html><body><a href='/'>Home</a><p>Rain fell.</p></body></html>"
    article, sentences = build_article(ArticleSource("a.html", "", "html", html=html), ENGLISH)
    check(article, sentences)
    assert article.text == "Home\nRain fell."


def test_a_text_that_cannot_be_stored_is_reported() -> None:
    """A lone surrogate is an error with its place, before any token is made."""
    with pytest.raises(SourceError, match="half a character"):
        record("Rain \ud800 fell.")


LINES = st.lists(
    st.one_of(
        st.sampled_from([*WRAPPED.split("\n"), *DUMP.split("\n"), "“Go.", "She said:", "  ", "\u2028x", "a\tb"]),
        st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=30),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from(["text", "record"]))
def test_any_text_becomes_a_whole_article(rows: list[str], kind: str) -> None:
    """Sentences cover all that is not white space, in order, with exact tokens and one verdict each."""
    check(*build_article(ArticleSource("x", "\n".join(rows), kind), ENGLISH))


def test_twice_the_page_takes_twice_the_steps() -> None:
    """Reading, cleaning, cutting and tokenising grow with the page, not with its square."""
    build_article(ArticleSource("x", DUMP), ENGLISH)
    once, twice = (calls(partial(build_article, ArticleSource("x", DUMP * n), ENGLISH)) for n in (20, 40))
    assert twice < 2.6 * once


def test_the_same_source_gives_the_same_article() -> None:
    """Two readings of the same bytes are equal in every field."""
    found = [next(read_sources(["-"], io.BytesIO(DUMP.encode()))) for _ in range(2)]
    one, other = (build_article(s, ENGLISH) for s in found if isinstance(s, ArticleSource))
    assert one == other
