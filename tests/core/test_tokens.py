"""Tokens and spans against models so naive that they are plainly right."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.core.spans import Span, reading_order
from annotator.core.tokens import build_tokens, gap_token, is_aligned, token_range, tokens_cover_text, tokens_text
from tests import builders

TEXTS = st.text(alphabet="ab é.“\n\t \u00a0\u2028🛶", min_size=1, max_size=30).filter(lambda t: bool(t.strip()))
GAPS = st.text(alphabet=" \n\t\u00a0", max_size=4)


@given(TEXTS, st.integers(0, 30), st.integers(1, 30))
def test_token_range_is_every_token_that_shares_a_code_point(text: str, start: int, length: int) -> None:
    """A range touches exactly the tokens that hold one of its code points."""
    tokens = builders.tokens_of(text)
    end = min(start + length, len(text))
    assume(start < end)
    touched = [i for i, t in enumerate(tokens) if set(range(t.start, t.end)) & set(range(start, end))]
    first, last = token_range(tokens, start, end)
    assert list(range(first, last)) == touched


@given(TEXTS, st.integers(0, 30), st.integers(1, 30))
def test_aligned_means_that_some_run_of_tokens_has_exactly_these_edges(text: str, start: int, length: int) -> None:
    """A range is aligned where a token starts at its start and a token ends at its end."""
    tokens = builders.tokens_of(text)
    naive = start in {t.start for t in tokens} and start + length in {t.end for t in tokens}
    assert is_aligned(tokens, start, start + length) == naive


@given(st.lists(st.tuples(st.text("ab🛶", min_size=1, max_size=3), st.booleans()), min_size=1, max_size=9))
def test_words_and_blanks_come_back_from_the_text(pairs: list[tuple[str, bool]]) -> None:
    """Tokens built from words and blanks tile the text that they spell, and no other text."""
    tokens = build_tokens([w for w, _ in pairs], [b for _, b in pairs])
    assert tokens_cover_text(tokens, tokens_text(tokens))
    assert not tokens_cover_text(tokens, tokens_text(tokens) + "x")
    assert not tokens_cover_text(tuple(t.shifted(1) for t in tokens), tokens_text(tokens))


@given(GAPS)
def test_a_gap_is_kept_whole_between_two_words(gap: str) -> None:
    """Whatever white space stands between two words, a blank and one token spell it."""
    ws, between = gap_token(gap, 1)
    head = build_tokens(["a"], [ws])
    tail = tuple(t.shifted(1 + len(gap)) for t in build_tokens(["b"], [False]))
    assert tokens_cover_text((*head, *between, *tail), f"a{gap}b")


SPANS = st.builds(
    lambda a, n, label: Span(a, a + n, label), st.integers(0, 9), st.integers(1, 9), st.sampled_from("AB")
)


@given(SPANS, SPANS)
def test_crossing_is_sharing_without_holding(a: Span, b: Span) -> None:
    """Two spans cross where both have a code point that the other lacks, and share one."""
    mine, its = set(range(a.start, a.end)), set(range(b.start, b.end))
    assert a.overlaps(b) == bool(mine & its)
    assert a.contains(b) == (its <= mine)
    assert a.crosses(b) == bool(mine & its and mine - its and its - mine)


@given(st.lists(SPANS, max_size=8), st.randoms(use_true_random=False))
def test_reading_order_is_one_order_and_outer_comes_first(spans: list[Span], random: object) -> None:
    """The order doesn't depend on the order given, and a span never comes after one that lies in it."""
    ordered = reading_order(spans)
    shuffled = list(spans)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [s.key for s in reading_order(shuffled)] == [s.key for s in ordered]
    for i, outer in enumerate(ordered):
        for before in ordered[:i]:
            assert not outer.contains(before) or (outer.start, outer.end) == (before.start, before.end)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 1)])
def test_a_span_holds_at_least_one_code_point(start: int, end: int) -> None:
    """An empty, turned or negative range is no span."""
    with pytest.raises(ValueError, match=r"0 <= start < end"):
        Span(start, end, "A")
