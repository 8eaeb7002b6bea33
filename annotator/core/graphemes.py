"""Graphemes: what a reader takes for one character, be it one code point or eleven.

They are the extended grapheme clusters of Unicode Standard Annex 29. spaCy's tokenizer cuts some
of them: a flag into its two letters, an emoji from its skin. Such edges are no places to stop at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from annotator.core.tokens import Token, TokenRange

_SINGLE_CODE_POINTS = re.compile(
    "[\n -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u1e00-\u200a\u2010-\u2027\u202f-\u205e"
    "\u2070-\u20c0\u2100-\u2bff\u2e00-\u2fff\u3001-\u3029\u3041-\u3096\u309b-\u312f\u3400-\ua48f"
    "\uac00-\ud7a3\uf900-\ufad9\uff01-\uff9d]*"
)
"""Texts of which each code point is a grapheme; the library is loaded for no other text."""


@lru_cache(maxsize=4096)
def split_graphemes(text: str) -> tuple[str, ...]:
    """Return the graphemes of a text; they spell it exactly."""
    if _SINGLE_CODE_POINTS.fullmatch(text):
        return tuple(text)
    from wcwidth import iter_graphemes

    return tuple(iter_graphemes(text))


def unspaced_runs(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Yield the runs of tokens with no blank between them, white space being a run of its own."""
    run: list[int] = []
    for i, token in enumerate(tokens):
        blank = not token.text.strip()
        if blank and run:
            yield run
            run = []
        run.append(i)
        if token.ws or blank:
            yield run
            run = []
    if run:
        yield run


def tokens_inside_graphemes(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the tokens that begin inside a grapheme: no selection ends before them."""
    if all(t.text.isascii() for t in tokens):
        return frozenset()
    return frozenset(
        i for run in unspaced_runs(tokens) if len(run) > 1 for i in _run_tokens_inside_graphemes(tokens, run)
    )


def _run_tokens_inside_graphemes(tokens: Sequence[Token], run: Sequence[int]) -> Iterator[int]:
    text = "".join(tokens[i].text for i in run)
    if _SINGLE_CODE_POINTS.fullmatch(text):
        return
    edges, at = set(), tokens[run[0]].start
    for piece in split_graphemes(text):
        edges.add(at)
        at += len(piece)
    yield from (i for i in run if tokens[i].start not in edges)


def widen_to_graphemes(tokens: Sequence[Token], chosen: TokenRange) -> TokenRange:
    """Return the range widened so that it cuts no grapheme."""
    cut = tokens_inside_graphemes(tokens)
    first, last = chosen
    while first in cut:
        first -= 1
    while last in cut:
        last += 1
    return first, last
