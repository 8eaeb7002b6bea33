"""Quotations that run over sentence ends: which sentences begin inside one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotator.core.phrases.quotations import is_opening_side
from annotator.core.tokens import Token, tokens_text

_DOUBLE_OPENING = frozenset({"“", "„", "``", "«", "「"})
_DOUBLE_CLOSING = frozenset({"”", "»", "」"})
_DOUBLE_STRAIGHT = frozenset({'"', "''", "＂"})
_MAX_QUOTATION_SENTENCES = 40
"""How many sentences a quotation may have before an unclosed mark counts as a slip."""


def sentences_inside_quotation(sentences: Iterable[Sequence[Token]]) -> list[bool]:
    """Return for each sentence of an article whether it begins inside a quotation.

    It does if the last mark before it opens and the next one closes; a speaker's every paragraph
    may open anew with only the last one closed.
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
    return frozenset(tokens_text(s) for s, within in zip(sentences, sentences_inside_quotation(sentences), strict=True) if within)


def _mark_directions(tokens: Sequence[Token]) -> list[bool]:
    """Return for each double mark of a sentence whether it opens."""
    found = ((i, t.text) for i, t in enumerate(tokens) if t.text in _DOUBLE_OPENING | _DOUBLE_CLOSING | _DOUBLE_STRAIGHT)
    return [text in _DOUBLE_OPENING or (text in _DOUBLE_STRAIGHT and _straight_mark_opens(tokens, i)) for i, text in found]


def _straight_mark_opens(tokens: Sequence[Token], i: int) -> bool:
    """Whether a straight mark opens; loose at the end it belongs to the next sentence."""
    loose = i + 1 == len(tokens) and (i == 0 or tokens[i - 1].ws)
    return loose or is_opening_side(tokens, i)
