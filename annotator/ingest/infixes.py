"""Finds how a corpus must be cut so that the edges of given spans are edges of tokens.

The fewest infixes are taken: characters at which the edges are, or changes from one class of characters to another.
Where they do not bring enough edges, because letters meet letters there, each character becomes a token.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from annotator.core.token_settings import TokenSettings
from annotator.ingest.tokenizer import Tokenizer

InsideEdge = tuple[str, int]
"""A stretch of text without white space, and the place in it, in code points, at which a span begins or ends."""
SpanEdges = tuple[InsideEdge, ...]
"""The edges of one span that are inside tokens."""

ENOUGH = 0.99
"""The share of all spans that infixes must put on token edges; otherwise each character becomes a token."""
_AIM = 0.995
"""The share of all spans at which no more infixes are looked for."""
_MAX_INFIXES = 20
_MAX_MARKS = 20
"""How many marks may be at the edge of a word for it to be one."""
_ESCAPED = re.compile(r"[\\.^$*+?{}\[\]|()]")
_LOWER, _UPPER, _LETTER = "[a-zß-öø-ÿа-яёα-ωά-ώ]", "[A-ZÀ-ÖØ-ÞА-ЯЁΑ-Ω]", r"[^\W\d_]"
_CLASS_CHANGES = (
    (str.isdecimal, str.isalpha, rf"(?<=\d)(?={_LETTER})"),
    (str.isalpha, str.isdecimal, rf"(?<={_LETTER})(?=\d)"),
    (str.islower, str.isupper, f"(?<={_LOWER})(?={_UPPER})"),
)


class TokenChoice(Struct, frozen=True):
    """What to cut by, and how many of the spans that were inside tokens then are on token edges."""

    settings: TokenSettings
    resolved: int


def choose_tokens(
    edges: Mapping[SpanEdges, int], spans: int, tokenizer: Tokenizer, *, may_be_characters: bool = True
) -> TokenChoice:
    """Return how to cut so that spans inside the tokens of ``tokenizer`` are on token edges.

    ``edges`` has the spans inside tokens with the number of each, ``spans`` is the number of all spans.
    """
    inside = sum(edges.values())
    best = TokenChoice(tokenizer.settings, _count_resolved(edges, tokenizer))
    if tokenizer.takes_infixes:
        best = max(best, _choose_infixes(edges, spans, tokenizer), key=lambda x: x.resolved)
    if may_be_characters and spans - inside + best.resolved < ENOUGH * spans:
        characters = Tokenizer(tokenizer.lang, TokenSettings("characters"))
        found = TokenChoice(characters.settings, _count_resolved(edges, characters))
        best = max(best, found, key=lambda x: x.resolved)
    return best


def _count_resolved(edges: Mapping[SpanEdges, int], tokenizer: Tokenizer) -> int:
    """Return how many spans have all their edges on those of a tokenizer's tokens."""
    cuts: dict[str, set[int]] = {}
    for run in {run for span in edges for run, _ in span}:
        cuts[run] = {t.start for t in tokenizer.tokens(run)}
    return sum(n for span, n in edges.items() if all(at in cuts[run] for run, at in span))


def _choose_infixes(edges: Mapping[SpanEdges, int], spans: int, tokenizer: Tokenizer) -> TokenChoice:
    """Return the fewest infixes that put the most spans on token edges; those without effect are left out."""
    own, lang = tokenizer.settings.infixes, tokenizer.lang

    def settled(infixes: tuple[str, ...]) -> TokenChoice:
        settings = TokenSettings("rules", (*own, *infixes))
        return TokenChoice(settings, _count_resolved(edges, Tokenizer(lang, settings)))

    infixes = _cover(edges, spans)
    best = settled(infixes)
    for infix in reversed(infixes):  # the one that was found last brings the fewest
        fewer = settled(tuple(x for x in infixes if x != infix))
        if fewer.resolved >= best.resolved:
            best, infixes = fewer, tuple(x for x in infixes if x != infix)
    return best


def _cover(edges: Mapping[SpanEdges, int], spans: int) -> tuple[str, ...]:
    """Return infixes for the edges, each time the one for the most that are left, until enough spans have theirs."""
    weights: Counter[InsideEdge] = Counter()
    for span, n in edges.items():
        weights.update(dict.fromkeys(span, n))
    places: dict[str, set[InsideEdge]] = {}
    for edge in weights:
        for infix in _candidates(*edge):
            places.setdefault(infix, set()).add(edge)
    left, chosen = set(weights), list[str]()
    while places and len(chosen) < _MAX_INFIXES:
        waiting = sum(n for span, n in edges.items() if not left.isdisjoint(span))
        if waiting <= (1 - _AIM) * spans:
            break
        infix = max(sorted(places, key=len, reverse=True), key=lambda x: sum(weights[e] for e in places[x] & left))
        if not places[infix] & left:
            break
        chosen.append(infix)
        left -= places.pop(infix)
    return tuple(chosen)


def _candidates(run: str, at: int) -> Iterator[str]:
    """Yield the infixes that would cut a run at a place, as regular expressions."""
    before, after = run[at - 1], run[at]
    if _is_mark(after):
        yield from _with_place(after, is_edge=_is_marks(run[at : at + _MAX_MARKS]), place="{}$")
    if _is_mark(before):
        yield from _with_place(before, is_edge=_is_marks(run[max(0, at - _MAX_MARKS) : at]), place="^{}")
    for is_before, is_after, infix in _CLASS_CHANGES:
        if is_before(before) and is_after(after):
            yield infix


def _is_marks(text: str) -> bool:
    """Return True if there is neither letter nor digit in a text that is shorter than the most marks of a word."""
    return len(text) < _MAX_MARKS and not any(map(str.isalnum, text))


def _is_mark(char: str) -> bool:
    """Return True if words can be cut at a character: it is no letter, no digit and no accent of one."""
    return not char.isalnum() and char.isprintable() and not re.match(r"[\u0300-\u036f\u200d]", char)


def _with_place(char: str, *, is_edge: bool, place: str) -> Iterator[str]:
    """Yield a character as an infix, and where it is at the edge of its word, as one that cuts only there."""
    infix = _ESCAPED.sub(r"\\\g<0>", char)
    yield infix
    if is_edge:
        yield place.format(infix)
