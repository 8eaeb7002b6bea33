"""Cuts the tokens of sentences at the edges of spans, many at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from annotator.core.article import Sentence
from annotator.core.tokens import Token


def cut_sentences_at(sentences: Sequence[Sentence], places: Iterable[int]) -> tuple[Sentence, ...]:
    """Return the sentences with their tokens cut at places inside them, in code points of the article."""
    starts = [s.start for s in sentences]
    by_sentence: dict[int, set[int]] = {}
    for place in places:
        n = bisect_right(starts, place) - 1
        if n >= 0:
            by_sentence.setdefault(n, set()).add(place - starts[n])
    return tuple(
        replace(s, tokens=cut_tokens_at(s.tokens, sorted(by_sentence[n]))) if n in by_sentence else s
        for n, s in enumerate(sentences)
    )


def cut_tokens_at(tokens: tuple[Token, ...], places: Sequence[int]) -> tuple[Token, ...]:
    """Return the tokens with those around some code points, in ascending order, cut in two; they spell the same."""
    out: list[Token] = []
    at = 0
    for token in tokens:
        while at < len(places) and places[at] <= token.start:
            at += 1
        rest = token
        while at < len(places) and places[at] < rest.end:
            cut = places[at] - rest.start
            out.append(Token(rest.text[:cut], rest.start, places[at], ws=False))
            rest = Token(rest.text[cut:], places[at], rest.end, rest.ws)
            at += 1
        out.append(rest)
    return tuple(out)
