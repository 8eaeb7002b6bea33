"""What is remembered of a sentence is what would be worked out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.language import selection_expansions
from annotator.language.names import name_ranges
from annotator.language.number_phrases import number_phrases
from annotator.language.selection_ranges import (
    _cached_expansions,
    _fixed_expansions,
    candidates_in,
    selection_candidates,
)
from annotator.language.sentence_features import SentenceFeatures, sentence_features
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
        fresh = SentenceFeatures(tokens)
        assert selection_expansions(tokens, first, last) == _cached_expansions.__wrapped__(fresh, first, last)
        assert name_ranges(sentence_features(tokens)) == name_ranges.__wrapped__(fresh)
        assert number_phrases(sentence_features(tokens)) == number_phrases.__wrapped__(fresh)
        assert selection_candidates(list(tokens)) == candidates_in.__wrapped__(fresh)
        assert _fixed_expansions(sentence_features(tokens)) == _fixed_expansions.__wrapped__(fresh)
