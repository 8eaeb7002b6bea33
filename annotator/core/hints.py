"""Hints: the letters above the words that select them.

A hint depends on nothing but the tokens, their widths and the label keys: never on spans, the
selection or the wrapping, so it stays where it is while one works in a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.core.phrases.candidates import of_view
from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import View, is_mark, view_of
from annotator.core.tokens import Token

LETTERS = "jkluiohnmpygertwvcbqxzasdf"
"""The hint letters, the right hand's first; those that are label keys are left out."""

MOST_PREFIXES = 13
"""How many letters may start a two-letter hint: beyond it too few words keep a single letter."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The hint of one token: ``keys`` of one or two letters, "" for none, at cell ``at`` of the token."""

    keys: str = ""
    at: int = 0
    likely: bool = False
    """Whether the word probably starts what one wants; drawn in the hint colour."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """The tokens that the typed letter may still reach with a second one."""

    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Seat:
    """What a token can bear: its class (1 to 4, 0 for no hint), the cell, and whether two letters fit."""

    rank: int
    at: int
    double: bool


def assign(tokens: Sequence[Token], widths: Sequence[int], label_keys: frozenset[str]) -> tuple[Hint, ...]:
    """Return one hint a token; ``widths`` are in cells.

    All keys are distinct, and none is the start of another.
    """
    view = view_of(tokens)
    found = of_view(view)
    starts = {c.first for c in found}
    seats = _seats(view, widths, {i for c in found if c.kind == "name" for i in range(c.first, c.last)})
    keys = _keys(seats, [c for c in LETTERS if c not in label_keys])
    hints = [
        Hint(k, s.at, k != "" and (s.rank == 1 or i in starts))
        for i, (k, s) in enumerate(zip(keys, seats, strict=True))
    ]
    return _settled(view, widths, hints)


def resolve(hints: Sequence[Hint], typed: str) -> int | Prefix | None:
    """Return the token whose hint was typed, or what a first letter may still reach, or None."""
    if not typed:
        return None
    reach = tuple(i for i, h in enumerate(hints) if h.keys.startswith(typed))
    exact = next((i for i in reach if hints[i].keys == typed), None)
    if exact is not None:
        return exact
    return Prefix(reach) if reach else None


def _seats(view: View, widths: Sequence[int], names: set[int]) -> list[_Seat]:
    """Return what each token can bear if every token before it bears a hint."""
    seats: list[_Seat] = []
    for i, width in enumerate(widths):
        at = int(view.glued(i) and seats[-1].rank > 0 and seats[-1].at == widths[i - 1] - 1)
        rank = _rank(view, i, width, i in names) if at < width else 0
        blank = view.tokens[i].ws or i + 1 == len(view) or view.tokens[i + 1].text.isspace()
        seats.append(_Seat(rank, at if rank else 0, blank and width - at >= 2))
    return seats


def _rank(view: View, i: int, width: int, named: bool) -> int:
    """Return the class of a token: 1 is served first, 0 never."""
    text, word = view.tokens[i].text, view.word(i)
    if _quotes(view, i):
        return 1
    if text in en.CURRENCY_SIGNS or text == "%":
        return 2
    if not any(c.isalnum() for c in text) or (i > 0 and view.glued(i) and _clitic(word)):
        return 0
    if view.number(i) or text[0].isdigit() or (view.capital(i) and (named or i not in view.firsts)):
        return 1
    if width == 1:
        return 2
    return 4 if word in en.FUNCTION else 3


def _clitic(word: str) -> bool:
    return word.startswith("'") or word == "n't"


def _quotes(view: View, i: int) -> bool:
    """Whether the token is a quotation mark; an apostrophe alone is none."""
    text = view.tokens[i].text
    if text in ("'", "’", "‘"):
        return i in view.paired
    return is_mark(text)


def _keys(seats: Sequence[_Seat], letters: Sequence[str]) -> list[str]:
    """Give each seat its letters: as few prefixes as needed, from the end of the letters."""
    wanting = sorted((i for i, s in enumerate(seats) if s.rank), key=lambda i: _turn(seats[i], i))
    prefixes = _prefixes([seats[i].double for i in wanting], len(letters))
    singles = iter(letters[: len(letters) - prefixes])
    doubles = iter(
        [p + c for p in reversed(letters[len(letters) - prefixes :]) for c in letters] if prefixes else []
    )
    keys = [""] * len(seats)
    for i in wanting:
        keys[i] = next(singles, "") or (next(doubles, "") if seats[i].double else "")
    return keys


def _turn(seat: _Seat, i: int) -> tuple[int, bool, int]:
    """Return the order of service: class, then in classes 3 and 4 who cannot bear two letters, then place."""
    return (seat.rank, seat.rank > 2 and seat.double, i)


def _prefixes(doubles: Sequence[bool], letters: int) -> int:
    """Return the smallest number of prefix letters that serves all who can bear two letters."""
    if len(doubles) <= letters:
        return 0
    most = min(MOST_PREFIXES, letters)
    return next((p for p in range(1, most) if sum(doubles[letters - p :]) <= p * letters), most)


def _settled(view: View, widths: Sequence[int], hints: Sequence[Hint]) -> tuple[Hint, ...]:
    """Move a hint to its token's first cell where the token before it got none after all."""
    out: list[Hint] = []
    for i, hint in enumerate(hints):
        touched = i > 0 and view.glued(i) and out[-1].keys and out[-1].at + len(out[-1].keys) == widths[i - 1]
        out.append(replace(hint, at=int(bool(touched))) if hint.keys else Hint())
    return tuple(out)
