"""What is remembered of a sentence is what would be worked out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.phrases import extents
from annotator.core.phrases.candidates import candidates, of_view
from annotator.core.phrases.extents import _every_firm, _extents
from annotator.core.phrases.names import names
from annotator.core.phrases.numbers import number_phrases
from annotator.core.phrases.view import View, view_of
from tests.builders import tokens_of

TEXT = "Ada Pell said that 40 boats of the Tarn Quay “ ” , . more than"
WORDS = st.sampled_from(TEXT.split())


@given(st.lists(WORDS, min_size=1, max_size=24), st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99))))
def test_a_sentence_is_the_same_whenever_it_is_asked(words: list[str], asked: list[tuple[int, int]]) -> None:
    """Names, numbers, candidates and extents of a sentence do not depend on what was asked before."""
    tokens = tokens_of(" ".join(words))
    for a, b in asked:
        first = a % len(tokens)
        last = first + 1 + b % (len(tokens) - first)
        fresh = View(tokens)
        assert extents(tokens, first, last) == _extents.__wrapped__(fresh, first, last)
        assert names(view_of(tokens)) == names.__wrapped__(fresh)
        assert number_phrases(view_of(tokens)) == number_phrases.__wrapped__(fresh)
        assert candidates(list(tokens)) == of_view.__wrapped__(fresh)
        assert tuple(_every_firm(fresh)) == tuple(_every_firm(view_of(tokens)))
