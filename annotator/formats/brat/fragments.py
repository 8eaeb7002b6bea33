"""Where the parts of brat's spans are in the text, by the rule that holds for all quoted spans."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from annotator.core.quote_placement import Placement, QuotedSpan, place_quotes, quotes_of_parts
from annotator.formats.brat.ann_lines import BratFragment, TextBound
from annotator.formats.offset_units import OffsetConverter, OffsetUnit, QuotedRange
from annotator.formats.span_fields import COVERS_NOTHING, ENDS_BEFORE_START

CodePointRange = tuple[int, int]


def fragment_quotes(bound: TextBound, fragments: Sequence[BratFragment] = ()) -> list[QuotedRange]:
    """Return each fragment with its part of the quoted text, or with none where that is not sure.

    brat puts one blank between the parts (before 1.3: nothing) and cuts nothing off. ``fragments`` are those of the
    bound in another unit.
    """
    fragments = fragments or bound.fragments
    quotes = quotes_of_parts(bound.quote, [end - start for start, end in fragments])
    return [(start, end, quote or None) for (start, end), quote in zip(fragments, quotes, strict=True)]


class PlacedFragments(Struct, frozen=True):
    """A bound and the ranges of its parts in the order of the text; none where it has no place."""

    bound: TextBound
    places: tuple[CodePointRange, ...] = ()
    is_moved: bool = False
    """Whether its quote is elsewhere than at its offsets."""
    why: str = ""
    doubtful: tuple[CodePointRange, ...] = ()


class _Fragments(Struct, frozen=True):
    """The parts of a bound by its offsets, in code points and in the order of the file."""

    bound: TextBound
    places: tuple[CodePointRange, ...]
    why: str
    """Why its offsets are no place."""
    touched: tuple[CodePointRange, ...]
    """The parts of the text that they touch all the same."""


def place_fragments(bounds: Sequence[TextBound], text: str, unit: OffsetUnit) -> list[PlacedFragments]:
    """Return the place of each bound: all of its parts have one, or it has none."""
    converter = OffsetConverter(text, unit)
    found = [_fragments(bound, text, converter, unit) for bound in bounds]
    parts = [_quoted_parts(f, text) for f in found]
    placed = iter(place_quotes(text, [part for own in parts for part in own]))
    return [_placed(f, own, [next(placed) for _ in own]) for f, own in zip(found, parts, strict=True)]


def _fragments(bound: TextBound, text: str, converter: OffsetConverter, unit: OffsetUnit) -> _Fragments:
    """Return the fragments in code points, or why they have no place."""
    places: list[CodePointRange] = []
    why = "" if bound.fragments else NO_OFFSETS
    for start, end in bound.fragments:
        if end + unit.inclusive <= start:
            why = COVERS_NOTHING if end + unit.inclusive == start else ENDS_BEFORE_START
            continue
        try:
            places.append(converter.range(start, end))
        except ValueError:
            why = "its offsets are inside a character"
    if not why and any(start < 0 or end > len(text) for start, end in places):
        why = "past the end of the text"
    filled = tuple((s, e) for s, e in places if text[s:e].strip())
    touched = (converter.touched_range(*fragment) for fragment in bound.fragments)
    why = why or ("" if filled else "nothing but blanks")
    return _Fragments(bound, () if why else filled, why, tuple((a, b) for a, b in touched if a < b))


NO_OFFSETS = "it has no offsets"
PARTS_OVERLAP = "its quote is not at its offsets, and the parts of it would overlap"
PARTS_UNKNOWN = "its quote is not at its offsets, and cannot be divided into its parts"


def _quoted_parts(found: _Fragments, text: str) -> list[QuotedSpan]:
    """Return the parts of a bound as quoted spans; none where it is not sure which words each has."""
    bound, places = found.bound, found.places
    if len(bound.fragments) < 2:
        place: tuple[int | None, int | None] = places[0] if places else (None, None)
        return [QuotedSpan(*place, bound.quote, bound.label)]
    own = f"{bound.label}\n{bound.id}"  # a part is no span of the label: another one may be in its place
    if not bound.quote.strip():
        return [QuotedSpan(start, end, "", own) for start, end in places]
    if _reads_as_quoted(found, text):
        return [QuotedSpan(start, end, text[start:end], own) for start, end in places]
    quotes = fragment_quotes(bound, places) if places else []
    return [QuotedSpan(start, end, quote, own) for start, end, quote in quotes if quote]


def _reads_as_quoted(found: _Fragments, text: str) -> bool:
    return "".join("".join(text[s:e] for s, e in found.places).split()) == "".join(found.bound.quote.split())


def _placed(found: _Fragments, parts: list[QuotedSpan], placed: list[Placement]) -> PlacedFragments:
    bound, places = found.bound, tuple(sorted(p.range for p in placed if p.range))
    doubtful = tuple(dict.fromkeys(x for p in placed for x in p.doubtful))
    why = _why_lost(found, parts, placed)
    if why:
        return PlacedFragments(bound, why=why, doubtful=tuple(dict.fromkeys([*found.touched, *doubtful])))
    is_moved = places != tuple(sorted(found.places))
    if is_moved and any(before[1] > after[0] for before, after in pairwise(places)):
        return PlacedFragments(bound, why=PARTS_OVERLAP, doubtful=tuple(dict.fromkeys([*found.touched, *places])))
    return PlacedFragments(bound, places, is_moved, next((p.why for p in placed if p.why), ""), doubtful)


def _why_lost(found: _Fragments, parts: list[QuotedSpan], placed: list[Placement]) -> str:
    """Return why a bound has no place; empty where it has one."""
    if not parts:
        return found.why or PARTS_UNKNOWN
    if found.why and not parts[0].quote.strip():
        return found.why
    return next((p.why for p in placed if not p.range), "")
