"""Tokens cut at places: as by one cut after another, and nothing of the text changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.token_cuts import cut_sentences_at, cut_tokens_at
from annotator.core.tokens import is_aligned, tokens_cover_text
from tests import builders

TEXT = "Moran|Pell met  Rask."


@given(st.sets(st.integers(-2, len(TEXT) + 2)))
def test_many_cuts_are_one_after_another(places: set[int]) -> None:
    """The tokens spell the text, and every place inside one is an edge."""
    tokens = builders.tokens_of(TEXT)
    made = cut_tokens_at(tokens, sorted(places))
    one_by_one = tokens
    for place in sorted(places, reverse=True):
        one_by_one = cut_tokens_at(one_by_one, (place,))
    assert made == one_by_one
    assert tokens_cover_text(made, TEXT)
    inside = [p for p in places if any(t.start < p < t.end for t in tokens)]
    assert len(made) == len(tokens) + len(inside)


@given(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))
def test_a_sentence_is_cut_at_its_own_places(start: int, length: int) -> None:
    """Places are those of the article; the other sentence stays as it is."""
    first, second = builders.sentence(TEXT), builders.sentence(TEXT, start=100, index=1)
    end = min(len(TEXT), start + length)
    words = TEXT[start:end]
    a, b = cut_sentences_at((first, second), {100 + start, 100 + end})
    assert a == first
    assert b.text == TEXT
    assert is_aligned(b.tokens, start, end) or words != words.strip()
