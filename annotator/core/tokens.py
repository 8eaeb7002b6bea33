"""Tokens as they are stored: text, offsets and whether a single blank follows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct


class Token(Struct, frozen=True, gc=False):
    """One token; ``start`` and ``end`` are code points in its sentence's text."""

    text: str
    start: int
    end: int
    ws: bool
    """Whether one blank (U+0020) follows; any other white space is a token of its own."""

    def shifted(self, by: int) -> Token:
        """Return the token shifted by ``by`` code points."""
        return Token(self.text, self.start + by, self.end + by, self.ws)


TokenRange = tuple[int, int]
"""A half-open range of token indexes, ``[first, last)``."""


def build_tokens(words: Iterable[str], spaces: Iterable[bool]) -> tuple[Token, ...]:
    """Build tokens from words and blanks, as ``spacy.tokens.Doc(words=, spaces=)`` takes them."""
    out: list[Token] = []
    at = 0
    for word, ws in zip(words, spaces, strict=True):
        out.append(Token(word, at, at + len(word), ws))
        at += len(word) + ws
    return tuple(out)


def tokens_text(tokens: Sequence[Token]) -> str:
    """Return the text that the tokens spell; the inverse of tokenising."""
    return "".join([t.text + " " if t.ws else t.text for t in tokens])


def tokens_cover_text(tokens: Sequence[Token], text: str) -> bool:
    """Whether the tokens' offsets are in order, none is empty, and they spell ``text`` exactly."""
    at = 0
    for t in tokens:
        end = t.end
        if t.start != at or end <= at or text[at:end] != t.text:
            return False
        at = end
        if t.ws:
            if text[end : end + 1] != " ":
                return False
            at += 1
    return at == len(text)


def _token_start(token: Token) -> int:
    return token.start


def token_range(tokens: Sequence[Token], start: int, end: int) -> TokenRange:
    """Return the tokens that ``[start, end)`` touches; code points in, token indexes out."""
    first = max(0, bisect_right(tokens, start, key=_token_start) - 1)
    while first < len(tokens) and tokens[first].end <= start:
        first += 1
    last = first
    while last < len(tokens) and tokens[last].start < end:
        last += 1
    return (first, last)


def is_aligned(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether ``[start, end)`` begins and ends on token edges."""
    first, last = token_range(tokens, start, end)
    return first < last and tokens[first].start == start and tokens[last - 1].end == end


def gap_token(gap: str, at: int) -> tuple[bool, tuple[Token, ...]]:
    """Return how the white space ``gap`` is kept between two sentences that are joined.

    The first value is ``ws`` of the token before the gap, the second the tokens that hold the
    rest of the gap (none, or one), ``at`` being where the gap starts in the joined text.
    """
    ws = gap.startswith(" ")
    rest = gap[ws:]
    return ws, (Token(rest, at + ws, at + len(gap), False),) if rest else ()
