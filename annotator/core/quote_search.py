"""Finds the words of a quote in a text: exactly, runs of blanks counted as one.

An occurrence never cuts a character from its accent. It is a word's where it begins and ends at edges of words, which
scripts without blanks do not have.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate, islice
from typing import Literal
from unicodedata import category, normalize

CharRange = tuple[int, int]
"""A half-open range in code points."""

MAX_DISTANCE = 20
"""How far, in code points, a quote may be from its offsets where it occurs several times."""
MAX_OCCURRENCES = 1_000
"""A quote that occurs more often is not placed by its occurrences."""

_BLANKS = re.compile(r"\s+")
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
"""An accented letter is one character or two, and the same to the reader."""
_SINGLE_MARKS, _DOUBLE_MARKS = "‘’‚‛‹›`´′＇", "“”„‟«»″〝〞〟＂"
_DASHES = "‐‑‒–—―−﹘﹣－"
_FOLDED = str.maketrans(
    dict.fromkeys(_SINGLE_MARKS, "'") | dict.fromkeys(_DOUBLE_MARKS, '"') | dict.fromkeys(_DASHES, "-")
)


def fold_characters(text: str) -> str:
    """Return a text of the same length without differences of case, quotation marks, dashes and kinds of blanks."""
    text = text.translate(_FOLDED)
    lowered = text.lower()
    if len(lowered) != len(text):  # a few capitals have two small letters
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return re.sub(r"\s", " ", lowered)


_UNSPACED = re.compile(
    "[\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3041-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)
"""Characters of scripts in which words follow each other without blanks, or have particles attached to them."""


def _is_character_edge(text: str, at: int) -> bool:
    """Return True if no accent or vowel sign follows that belongs to the character before."""
    if not 0 < at < len(text) or text[at] < "\u0300":
        return True
    return category(text[at])[0] != "M" and "\u200d" not in (text[at - 1], text[at])


def is_word_edge(text: str, at: int) -> bool:
    """Return True if no word goes on from before ``at`` to behind it."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    goes_on = (before.isalnum() or category(before)[0] == "M") and after.isalnum()
    return not goes_on or bool(_UNSPACED.match(before) or _UNSPACED.match(after))


class QuoteSearch:
    """Finds quotes in one text, runs of blanks counted as one; each quote is looked for once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, tuple[list[CharRange], list[CharRange]]] = {}

    @cached_property
    def _levelled(self) -> str:
        return _BLANKS.sub(" ", self._text)

    @cached_property
    def _folded_text(self) -> str:
        return fold_characters(self._levelled)

    @cached_property
    def _removed(self) -> tuple[list[int], list[int]]:
        """Where in the levelled text characters are missing, and how many are missing from there on."""
        runs = [m.span() for m in re.finditer(r"\s{2,}", self._text)]
        missing = list(accumulate(end - start - 1 for start, end in runs))
        return [start + 1 - before for (start, _), before in zip(runs, [0, *missing], strict=False)], missing

    def _to_text(self, at: int) -> int:
        places, missing = self._removed
        n = bisect_right(places, at)
        return at + (missing[n - 1] if n else 0)

    def _to_levelled(self, at: int) -> int:
        """Return the place in the levelled text; one in a run of blanks is the end of it."""
        low = bisect_left(range(len(self._levelled)), at, key=self._to_text)
        return min(low, len(self._levelled))

    def _range(self, start: int, end: int) -> CharRange:
        return self._to_text(start), self._to_text(end - 1) + 1

    def words(self, quote: str) -> list[CharRange]:
        """Return the occurrences at edges of words, in order; none where there are more than ``MAX_OCCURRENCES``."""
        found = self._occurrences(quote)[0]
        return found if len(found) <= MAX_OCCURRENCES else []

    def characters(self, quote: str) -> list[CharRange]:
        """Return the occurrences inside words as well, one more than ``MAX_OCCURRENCES`` at the most."""
        return self._occurrences(quote)[1]

    def _occurrences(self, quote: str) -> tuple[list[CharRange], list[CharRange]]:
        quote = " ".join(quote.split())
        if quote not in self._found:
            words: list[CharRange] = []
            every: list[CharRange] = []
            for start, end in self._scan(quote, 0, len(self._levelled)):
                if len(every) <= MAX_OCCURRENCES:
                    every.append(self._range(start, end))
                if is_word_edge(self._levelled, start) and is_word_edge(self._levelled, end):
                    words.append(self._range(start, end))
                    if len(words) > MAX_OCCURRENCES:
                        break
            self._found[quote] = words, every
        return self._found[quote]

    def _scan(self, quote: str, first: int, last: int) -> Iterator[CharRange]:
        """Yield the ranges of a levelled quote in ``[first, last)`` of the levelled text that cut no character."""
        text = self._levelled
        for form in dict.fromkeys(
            [quote] if quote.isascii() else [quote, normalize("NFC", quote), normalize("NFD", quote)]
        ):
            at = text.find(form, first, last) if form else -1
            while at >= 0:
                if _is_character_edge(text, at) and _is_character_edge(text, at + len(form)):
                    yield at, at + len(form)
                at = text.find(form, at + 1, last)

    def near(self, quote: str, expected: int) -> list[CharRange]:
        """Return the occurrences at edges of words of which one can be within ``MAX_DISTANCE``, or twice that."""
        quote, text, at = " ".join(quote.split()), self._levelled, self._to_levelled(expected)
        first, last = max(0, at - 2 * MAX_DISTANCE - 1), at + 2 * MAX_DISTANCE + 1 + 2 * len(quote)
        found = self._scan(quote, first, last)
        return [self._range(a, b) for a, b in found if is_word_edge(text, a) and is_word_edge(text, b)]

    def end_at(self, quote: str, start: int) -> int | None:
        """Return the end of a quote that begins at ``start``; None where it does not."""
        quote = " ".join(quote.split())
        at = self._to_levelled(start) if 0 <= start < len(self._text) else -1
        if at < 0 or self._to_text(at) != start:
            return None
        return next((self._range(a, b)[1] for a, b in self._scan(quote, at, at + 2 * len(quote)) if a == at), None)

    def folded(self, quote: str) -> list[CharRange]:
        """Return where the quote is but for case, quotation marks and dashes, one more than ``MAX_OCCURRENCES``."""
        quote = fold_characters(" ".join(quote.split()))
        found = re.finditer(re.escape(quote), self._folded_text) if quote else iter(())
        return [self._range(*m.span()) for m in islice(found, MAX_OCCURRENCES + 1)]
