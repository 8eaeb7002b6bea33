"""Hints: distinct letters that never touch and never move."""

from __future__ import annotations

from itertools import pairwise
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.tokens import Token, build_tokens
from annotator.session.actions.hints import (
    HINT_LETTERS,
    LEFT_HAND_HINT_LETTERS,
    LOOKALIKE_LETTERS,
    Hint,
    HintPrefix,
    HintStyle,
    assign_hints,
    resolve_hint,
)
from tests.language.sentence_samples import SENTENCES, cut

KEYS = frozenset("asdf")
SAMPLE = "“We asked for two engineers on each boat, and Director Halvard Brekke gave us one,” said Maren Quist."


def hints_of(tokens: tuple[Token, ...]) -> tuple[Hint, ...]:
    """Return the hints with the label keys of the news schema."""
    return assign_hints(tokens, [len(t.text) for t in tokens], KEYS)


def by_word(text: str) -> dict[str, Hint]:
    """Return the hint of each word; of equal words the last."""
    tokens = cut(text)
    return {t.text: h for t, h in zip(tokens, hints_of(tokens), strict=True)}


def cells(tokens: tuple[Token, ...], hints: tuple[Hint, ...]) -> list[tuple[int, int]]:
    """Return the cells that hints take on an unwrapped line."""
    return [
        (t.start + h.cell, t.start + h.cell + len(h.letters)) for t, h in zip(tokens, hints, strict=True) if h.letters
    ]


@given(SENTENCES, st.frozensets(st.sampled_from(HINT_LETTERS), max_size=8))
def test_hints_are_distinct_and_no_hint_begins_another(tokens: tuple[Token, ...], keys: frozenset[str]) -> None:
    """Each hint is one or two letters, no label key, and typing it can mean one token only."""
    given_ = [h.letters for h in assign_hints(tokens, [len(t.text) for t in tokens], keys) if h.letters]
    assert len(set(given_)) == len(given_)
    assert not any(a != b and b.startswith(a) for a in given_ for b in given_)
    assert all(1 <= len(k) <= 2 and not set(k) & keys for k in given_)


@given(st.lists(SENTENCES, min_size=1, max_size=4))
def test_hints_stand_on_their_token_and_never_touch(parts: list[tuple[Token, ...]]) -> None:
    """A hint lies inside its token, with at least one free cell before the next hint."""
    rows = [(t.text, t.ws) for part in parts for t in part]
    tokens = build_tokens([w for w, _ in rows], [ws for _, ws in rows])
    hints = hints_of(tokens)
    for t, h in zip(tokens, hints, strict=True):
        assert h.cell + len(h.letters) <= len(t.text) or not h.letters
    places = cells(tokens, hints)
    assert all(a[1] < b[0] for a, b in pairwise(places))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_a_token_of_no_width_bears_no_hint(widths: list[int]) -> None:
    """Room is counted in cells, not in characters."""
    tokens = build_tokens(["ab"] * len(widths), [False] * len(widths))
    hints = assign_hints(tokens, widths, KEYS)
    assert all(h.cell + len(h.letters) <= w for h, w in zip(hints, widths, strict=True) if h.letters)


def test_what_begins_a_candidate_is_served_first() -> None:
    """Names, numbers and quotations come first, then marks and last words, then the rest of the capitals."""
    h = by_word(SAMPLE)
    order = {w: HINT_LETTERS.index(h[w].letters[0]) + 100 * (len(h[w].letters) - 1) for w in h if h[w].letters}
    classes = [["“", "two", "Halvard", "Maren"], ["”", "Quist"], ["Director", "Brekke"], ["asked"], ["on", "us"]]
    assert [order[w] for w in classes[0]] == [0, 1, 2, 3]
    for sooner, later in pairwise(classes):
        assert max(order[w] for w in sooner) < min(order[w] for w in later)
    assert [h[w].likely for w in ("“", "Halvard", "Quist", "Brekke", "asked")] == [True, True, True, False, False]


def test_a_letter_is_where_a_number_begins_not_where_it_ends() -> None:
    """Durations and other numbers that count nothing are wanted by some schemas; one letter selects all of a number."""
    h = by_word("The crew waited nearly two decades for 40 boats of their own.")
    assert [h[w].likely for w in ("nearly", "two", "decades", "40", "boats")] == [True, False, False, True, False]


def test_a_sentence_first_word_is_ordinary_unless_it_is_in_a_name() -> None:
    """The capital of a first word counts only where a name begins with it."""
    plain, name = (by_word("The old quay of Norhaven closed."), by_word("Brekke closed the old quay of Norhaven."))
    assert (plain["Norhaven"].letters, plain["The"].likely) == ("j", False)
    assert (name["Brekke"].letters, name["Norhaven"].letters) == ("j", "k")


def test_the_final_stop_has_a_letter_where_letters_are_left() -> None:
    """A quoted sentence ends with its stop; in a long sentence a word needs the letter more."""
    assert by_word("Brekke closed the quay.")["."].letters
    assert not by_word("Brekke closed the quay.”")["."].letters, "the mark after it needs the room"
    long = " ".join(["word"] * 22)
    assert not by_word(f"{long} end.")["."].letters


def test_where_a_statement_ends_one_letter_is_enough() -> None:
    """In a sentence too long for the letters both ends of a reported clause keep a single one."""
    h = by_word(
        "Aides to the harbour master said that the ferries would be tied up for most of the coming winter "
        "if the council went on with its plan to close the yard and to sell the land round it in spring."
    )
    assert len(h["that"].letters) == len(h["spring"].letters) == 1
    assert len(h["for"].letters) == 2


def test_the_mirror_has_the_same_letters_the_left_hand_s_first() -> None:
    """Both orders hold the alphabet once; each begins with the home row of its hand."""
    assert sorted(HINT_LETTERS) == sorted(LEFT_HAND_HINT_LETTERS) == sorted(ascii_lowercase)
    tokens = cut("Brekke met Quist in Norhaven.")
    hints = assign_hints(tokens, [len(t.text) for t in tokens], frozenset("hjkl"), HintStyle(LEFT_HAND_HINT_LETTERS))
    assert [h.letters for h in hints] == ["f", "a", "d", "r", "s", "e"]


def test_avoided_letters_are_no_hints() -> None:
    """Letters that look alike are left out on request, and the words get others."""
    tokens = build_tokens(["word"] * 60, [True] * 60)
    hints = assign_hints(tokens, [4] * 60, KEYS, HintStyle(avoided=LOOKALIKE_LETTERS))
    assert all(h.letters for h in hints)
    assert not LOOKALIKE_LETTERS & set("".join(h.letters for h in hints))


def test_a_hint_moves_right_where_its_left_neighbour_bears_one() -> None:
    """After a mark the hint stands on the word's second cell; a word of one cell there has none."""
    h = by_word("“We”")
    assert (h["“"].cell, h["We"].cell) == (0, 1)
    assert h["”"] == Hint()
    assert not by_word("“I go.")["I"].letters


@pytest.mark.parametrize("word", ["’s", ",", "n’t"])
def test_clitics_and_punctuation_have_none(word: str) -> None:
    """They are reached with the edges, not with a hint."""
    h = by_word("Brekke’s ship, the old one, didn’t sail.")
    assert h[word] == Hint()


def test_prefixes_come_from_the_end_and_only_as_needed() -> None:
    """One word too many takes one prefix; a prefix is no hint of its own."""
    letters = [c for c in HINT_LETTERS if c not in KEYS]
    n = len(letters)
    exact = hints_of(build_tokens(["word"] * n, [True] * n))
    more = hints_of(build_tokens(["word"] * (n + 1), [True] * (n + 1)))
    assert [h.letters for h in exact] == [*letters[1:], letters[0]], "the last word comes first"
    assert [h.letters for h in more] == [*letters[1:-1], "zj", "zk", letters[0]]


def test_words_that_cannot_bear_two_letters_come_first() -> None:
    """A word before a comma is served a single letter although a later one stands before it."""
    n = len(HINT_LETTERS) - len(KEYS)
    tokens = build_tokens([*(["word"] * n), "last", ","], [*([True] * n), False, False])
    assert len(hints_of(tokens)[n].letters) == 1


def test_a_very_long_sentence_gets_as_many_as_there_are_codes() -> None:
    """Beyond the codes later words have none, and the codes stay distinct."""
    for n in (200, 600):
        given_ = [h.letters for h in hints_of(build_tokens(["word"] * n, [True] * n))]
        assert all(given_[:200])
        assert len({k for k in given_ if k}) == sum(map(bool, given_))


def test_typing_resolves_to_a_token_or_to_what_may_follow() -> None:
    """A whole hint is its token, a first letter says which are left, anything else is nothing."""
    hints = (Hint("j"), Hint("zj"), Hint(""), Hint("zk"))
    assert resolve_hint(hints, "zk") == 3
    assert resolve_hint(hints, "z") == HintPrefix((1, 3))
    assert resolve_hint(hints, "q") is None
    assert resolve_hint(hints, "") is None
