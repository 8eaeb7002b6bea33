"""Quotations: pairs of marks, and marks whose other half is in another sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

from msgspec import Struct

from annotator.core.tokens import Token, tokens_text

MARK_PAIRS = {"“": "”", "„": "“”", "‟": "”", "«": "»", "‹": "›", "``": "''", "‘": "’'", "「": "」", "『": "』"}
STRAIGHT_MARKS = frozenset({'"', "''", "'", "＂"})
OPENING_MARKS = frozenset(MARK_PAIRS) | STRAIGHT_MARKS
CLOSING_MARKS = frozenset({"”", "»", "›", "''", "’", '"', "'", "」", "』", "＂"})
_MAX_OPEN_MARKS = 8
"""How many open marks a closing one may reach over; keeps a run of marks linear."""

_SINGLE_MARKS = frozenset({"‘", "'", "’"})


class Quotation(Struct, frozen=True):
    """One quotation ``[first, last)`` with its marks; an open side has no mark of its own."""

    first: int
    last: int
    has_opening: bool = True
    has_closing: bool = True

    @property
    def content(self) -> tuple[int, int]:
        """The range without the marks."""
        return (self.first + self.has_opening, self.last - self.has_closing)


def find_quotations(tokens: Sequence[Token], *, starts_in_quotation: bool = False) -> tuple[Quotation, ...]:
    """Return the quotations of a sentence, outer before inner.

    ``starts_in_quotation``: the sentence begins inside one.

    A double mark without its partner runs to the edge of the sentence, because a quotation may
    go on in the next one; a single mark without its partner is an apostrophe.
    """
    found: list[Quotation] = []
    open_marks: list[int] = []
    for i, token in enumerate(tokens):
        at = _opening_index(tokens, open_marks, i)
        if at is not None:
            found.append(Quotation(open_marks[at], i + 1))
            del open_marks[at:]
        elif _is_opening(tokens, i):
            open_marks.append(i)
        elif (token.text in ("”", '"', "''", "＂") and i > 0 and not tokens[i - 1].ws) and not open_marks:
            found.append(Quotation(max((q.last for q in found), default=0), i + 1, has_opening=False))
        elif token.text in ("»", "›"):
            open_marks.append(i)
    unclosed = (i for i in open_marks if tokens[i].text not in _SINGLE_MARKS and i + 1 < len(tokens))
    found += [Quotation(i, len(tokens), has_closing=False) for i in unclosed]
    if starts_in_quotation and all(q.has_opening or tokens[q.last - 1].text in _SINGLE_MARKS for q in found):
        found.append(Quotation(0, _end_without_next_opening(tokens), has_opening=False, has_closing=False))
    whole = (q for q in found if q.content[0] < q.content[1])
    return tuple(sorted(whole, key=lambda q: (q.first, -q.last)))


def _opening_index(tokens: Sequence[Token], open_marks: list[int], i: int) -> int | None:
    """Return the place in ``open_marks`` of the mark that token ``i`` closes."""
    text = tokens[i].text
    if text in STRAIGHT_MARKS and text != "''" and is_opening_side(tokens, i):
        return None
    for at in range(len(open_marks) - 1, max(-1, len(open_marks) - 1 - _MAX_OPEN_MARKS), -1):
        opener = tokens[open_marks[at]].text
        if _closes_mark(opener, text) and not (text == "''" and opener == "''" and is_opening_side(tokens, i)):
            return at
    return None


def _closes_mark(opener: str, text: str) -> bool:
    if opener in STRAIGHT_MARKS:
        return text == opener
    if opener in ("»", "›"):
        return text in ("«", "‹")
    return text == MARK_PAIRS[opener] or (text in MARK_PAIRS[opener] and text != "''")


def _is_opening(tokens: Sequence[Token], i: int) -> bool:
    text = tokens[i].text
    return is_opening_side(tokens, i) if text in STRAIGHT_MARKS else text in MARK_PAIRS


def is_opening_side(tokens: Sequence[Token], i: int) -> bool:
    """Whether a straight mark has a blank (or a bracket) before it and a word right after it."""
    if tokens[i].ws or i + 1 == len(tokens) or tokens[i + 1].text.isspace():
        return False
    return i == 0 or tokens[i - 1].ws or tokens[i - 1].text.isspace() or tokens[i - 1].text[-1] in "([{—–-“‘\"'"


def _end_without_next_opening(tokens: Sequence[Token]) -> int:
    """Return the end without blanks and without a mark that opens the next sentence."""
    last = len(tokens)
    while last and (
        tokens[last - 1].text.isspace() or (tokens[last - 1].text in OPENING_MARKS and last > 1 and tokens[last - 2].ws)
    ):
        last -= 1
    return last


# Quotations that run over sentence ends: which sentences begin inside one.


_DOUBLE_OPENING = frozenset({"“", "„", "``", "«", "「"})
_DOUBLE_STRAIGHT = frozenset({'"', "''", "＂"})
_DOUBLE_MARKS = _DOUBLE_OPENING | _DOUBLE_STRAIGHT | {"”", "»", "」"}
_MAX_QUOTATION_SENTENCES = 40
"""How many sentences a quotation may have before an unclosed mark counts as a slip."""


def sentences_inside_quotation(sentences: Iterable[Sequence[Token]]) -> list[bool]:
    """Return for each sentence of an article whether it begins inside a quotation.

    It does if the last mark before it opens and the next one closes; a speaker's every paragraph
    may open again with only the last one closed.
    """
    marks = [_mark_directions(tokens) for tokens in sentences]
    out = [False] * len(marks)
    opened: int | None = None
    for i, sides in enumerate(marks):
        if opened is not None and sides and not sides[0] and i - opened <= _MAX_QUOTATION_SENTENCES:
            out[opened + 1 : i + 1] = [True] * (i - opened)
        if sides:
            opened = i if sides[-1] else None
    return out


def open_quotation_texts(sentences: Sequence[Sequence[Token]]) -> frozenset[str]:
    """Return the texts of the sentences that begin inside a quotation."""
    inside = sentences_inside_quotation(sentences)
    return frozenset(tokens_text(s) for s in compress(sentences, inside))


def _mark_directions(tokens: Sequence[Token]) -> list[bool]:
    """Return for each double mark of a sentence whether it opens."""
    return [
        t.text in _DOUBLE_OPENING or (t.text in _DOUBLE_STRAIGHT and _straight_mark_opens(tokens, i))
        for i, t in enumerate(tokens)
        if t.text in _DOUBLE_MARKS
    ]


def _straight_mark_opens(tokens: Sequence[Token], i: int) -> bool:
    """Whether a straight mark opens; loose at the end it belongs to the next sentence."""
    loose = i + 1 == len(tokens) and (i == 0 or tokens[i - 1].ws)
    return loose or is_opening_side(tokens, i)
