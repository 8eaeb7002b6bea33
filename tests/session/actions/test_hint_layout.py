"""Sheets are remembered: never another one than would be made."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.session.actions.hints import DEFAULT_HINT_STYLE, MAX_CACHED_LAYOUTS, HintLayoutCache, HintStyle
from tests import builders

ARTICLE = builders.market()
SENTENCES = builders.sentences(ARTICLE)
STYLES = ((DEFAULT_HINT_STYLE, frozenset("asdf")), (HintStyle("fdsarewgvc"), frozenset("jkl")))
STEPS = st.lists(st.one_of(st.sampled_from(SENTENCES), st.sampled_from(STYLES)))


@given(STEPS)
def test_a_remembered_sheet_is_the_one_that_would_be_made(steps: list[object]) -> None:
    """In any order of sentences, with the letters changed between them."""
    sheets = HintLayoutCache(builders.news_schema(), len)
    for step in steps:
        if isinstance(step, tuple):
            sheets.use_letters(*step)
            continue
        assert isinstance(step, type(SENTENCES[0]))
        fresh = HintLayoutCache(builders.news_schema(), len)
        fresh.use_letters(sheets.style, sheets.reserved_letters)
        assert sheets.layout_for(step, ARTICLE) == fresh.layout_for(step, ARTICLE)


def test_a_long_article_takes_no_more_room() -> None:
    """Only the last sheets are remembered."""
    sheets = HintLayoutCache(builders.news_schema(), len)
    for n in range(MAX_CACHED_LAYOUTS * 2):
        sheets.layout_for(builders.sentence("Ada Pell left.", start=n * 20), ARTICLE)
    assert len(sheets._layouts) == MAX_CACHED_LAYOUTS
