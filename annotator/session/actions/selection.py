"""What a key acts on: the selection, and the suggestions that are offered for a sentence.

A selection is a range of tokens (by index) that a hint, an arrow, Space or the mouse makes. It is
not stored; a label key turns it into a span.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, undecided
from annotator.core.graphemes import tokens_inside_graphemes, widen_to_graphemes
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, span_from_suggestion
from annotator.core.tokens import Token, TokenRange
from annotator.language import selection_expansions, snap_to_phrase


class SelectionStage(StrEnum):
    """How a selection came about, which decides what the next hint does to it."""

    SNAPPED = "snapped"
    """One hint was pressed: the same again takes the token alone, another the other end."""
    ALONE = "alone"
    """The same hint was pressed twice."""
    SET = "set"
    """Both ends were chosen: the next hint starts again."""


class Selection(Struct, frozen=True):
    """Tokens ``[first, last)``, the token that it began at and how it came about."""

    first: int
    last: int
    anchor: int
    stage: SelectionStage = SelectionStage.SET
    previous_ranges: tuple[TokenRange, ...] = ()
    """The ranges that it grew from, for shrinking back; the last one is the latest."""

    @property
    def range(self) -> TokenRange:
        """The tokens as a plain range."""
        return (self.first, self.last)


def explicit_selection(first: int, last: int) -> Selection:
    """Return a selection with both ends chosen, by Tab or by the mouse."""
    return Selection(first, last, anchor=first)


def selection_by_hint(old: Selection | None, tokens: Sequence[Token], i: int) -> Selection:
    """Return the selection after the hint of token ``i``: start, alone, other end, or a new one."""
    if old is None or old.stage is SelectionStage.SET:
        return Selection(*widen_to_graphemes(tokens, snap_to_phrase(tokens, i)), anchor=i, stage=SelectionStage.SNAPPED)
    if i == old.anchor:
        again = old.stage is SelectionStage.ALONE
        first, last = widen_to_graphemes(tokens, snap_to_phrase(tokens, i) if again else (i, i + 1))
        return Selection(first, last, anchor=i, stage=SelectionStage.SNAPPED if again else SelectionStage.ALONE)
    if i < old.anchor:
        return Selection(*widen_to_graphemes(tokens, (i, old.last)), anchor=i)
    return Selection(*widen_to_graphemes(tokens, (old.anchor, i + 1)), anchor=old.anchor)


def grown_selection(old: Selection | None, tokens: Sequence[Token]) -> Selection | None:
    """Return the selection grown to the next extent, or None where it is the sentence already."""
    if old is None:
        return None
    bigger = selection_expansions(tokens, old.first, old.last)
    if not bigger:
        return None
    first, last = widen_to_graphemes(tokens, (bigger[0].first, bigger[0].last))
    return Selection(first, last, old.anchor, SelectionStage.SET, (*old.previous_ranges, old.range))


def shrunk_selection(old: Selection, tokens: Sequence[Token] = ()) -> Selection:
    """Return the selection as it was before it grew, else without its last word."""
    if old.previous_ranges:
        *earlier, (first, last) = old.previous_ranges
        return Selection(first, last, old.anchor, SelectionStage.SET, tuple(earlier))
    last, cut = old.last - 1, tokens_inside_graphemes(tokens)
    while last in cut:
        last -= 1
    return explicit_selection(old.first, last if last > old.first else old.last)


def cursor_selection(old: Selection | None, tokens: Sequence[Token], by: int) -> Selection:
    """Return the token cursor: the word after (1) or before (-1) the selection."""
    before, after = (old.first - 1, old.last) if old else (len(tokens) - 1, 0)
    at, cut = after if by > 0 else before, tokens_inside_graphemes(tokens)
    while 0 <= at < len(tokens) and (at in cut or not tokens[at].text.strip()):
        at += by
    at = min(max(at, 0), len(tokens) - 1)
    return explicit_selection(*widen_to_graphemes(tokens, (at, at + 1)))


def with_right_edge_moved(old: Selection, tokens: Sequence[Token], by: int) -> Selection:
    """Return the selection with its right edge moved by a word; one word always stays."""
    last, cut = old.last + by, tokens_inside_graphemes(tokens)
    while old.first < last < len(tokens) and (last in cut or not tokens[last - 1].text.strip()):
        last += by
    last = min(max(last, old.first + 1), len(tokens))
    return Selection(*widen_to_graphemes(tokens, (old.first, last)), anchor=old.first)


def with_left_edge_moved(old: Selection, tokens: Sequence[Token], by: int) -> Selection:
    """Return the selection with its left edge moved by a word; one word always stays."""
    first, cut = old.first + by, tokens_inside_graphemes(tokens)
    while 0 < first < old.last and (first in cut or not tokens[first].text.strip()):
        first += by
    first, last = widen_to_graphemes(tokens, (min(max(first, 0), old.last - 1), old.last))
    return Selection(first, last, anchor=first)


# -- suggestions that are still open, of each label the best apart ------------------------------


MIN_VISIBLE_SCORE = 0.35
"""A suggestion of a lower score is not drawn; a hint and the label's key still find it."""

AUTO_ACCEPT_SCORE = 0.8
"""From this score on Enter takes a suggestion, where the user has switched its label to that."""

REPORTED_SCORE = 0.8
"""From this score on the user hears of a suggestion that an accept has left; lower ones are too many for that."""


def open_suggestions(
    found: Iterable[Suggestion], annotated: AnnotatedSentence, schema: Schema
) -> tuple[Suggestion, ...]:
    """Return the suggestions that are not decided yet and that the schema allows."""
    annotation, length = annotated.annotation, len(annotated.sentence.text)
    return tuple(
        s
        for s in undecided(found, annotation)
        if s.end <= length and schema.find_violation(span_from_suggestion(s), annotation.spans) is None
    )


@lru_cache(maxsize=512)
def select_visible_suggestions(
    found: tuple[Suggestion, ...], annotated: AnnotatedSentence, schema: Schema
) -> tuple[Suggestion, ...]:
    """Return the open suggestions that are drawn; the screen asks for the same ones many times a key."""
    return best_non_overlapping(open_suggestions(found, annotated, schema))


def best_non_overlapping(found: Iterable[Suggestion], at_least: float = MIN_VISIBLE_SCORE) -> tuple[Suggestion, ...]:
    """Return of each label the best suggestions that don't overlap, in reading order, outer before inner."""
    kept: dict[str, list[Suggestion]] = {}
    for s in sorted(found, key=lambda s: (-s.score, s.start, -s.end, s.label)):
        mine = kept.setdefault(s.label, [])
        if s.score >= at_least and not any(s.start < k.end and k.start < s.end for k in mine):
            mine.append(s)
    return tuple(sorted((s for mine in kept.values() for s in mine), key=lambda s: (s.start, -s.end, s.label)))


def likeliest_by_range(suggestions: Iterable[Suggestion]) -> dict[tuple[int, int], Suggestion]:
    """Return the likeliest suggestion of each stretch (code points), the likeliest stretch first."""
    best: dict[tuple[int, int], Suggestion] = {}
    for s in sorted(suggestions, key=lambda s: -s.score):
        best.setdefault((s.start, s.end), s)
    return best


def select_auto_accepted(
    suggestions: Sequence[Suggestion], annotated: AnnotatedSentence, schema: Schema, labels: Collection[str]
) -> tuple[Suggestion, ...]:
    """Return the drawn suggestions that Enter takes: sure ones with one of ``labels``.

    Of a stretch only the likeliest, which is the one drawn, and none that another one forbids.
    """
    best = likeliest_by_range(suggestions)
    kept, out = list(annotated.annotation.spans), []
    sure = [s for s in suggestions if s is best[s.start, s.end] and s.score >= AUTO_ACCEPT_SCORE]
    for s in sure:
        if s.label in labels and schema.find_violation(span_from_suggestion(s), kept) is None:
            kept.append(span_from_suggestion(s))
            out.append(s)
    return tuple(out)
