"""From the lines of brat's spans to spans of the text, each counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.formats.brat.ann_lines import TextBound
from annotator.formats.brat.fragments import CodePointRange, PlacedFragments, place_fragments
from annotator.formats.document import DOUBT, ConversionLog, ConversionLogEntry
from annotator.formats.offset_units import OffsetScale, OffsetUnit

LINES_JOINED = "its parts are on lines that follow each other, where brat always cuts: one span again"
OTHER_UNIT = "its offsets were counted in another unit"
SPAN_REPEATED = "the same span occurs twice"
PART_SHARED = "a part of it is a part of another span of its label too, so its parts are spans of their own"

SpanKey = tuple[int, int, str]


class PlacedBound(Struct, frozen=True):
    """A bound and its spans; with a ``outcome`` it isn't just as it was in the file."""

    bound: TextBound
    spans: tuple[Span, ...]
    outcome: Outcome | None = None
    why: str = ""
    doubtful: tuple[CodePointRange, ...] = ()
    """The ranges that it may be about, where its place is not sure."""


def place_bounds(
    bounds: Sequence[TextBound], text: str, unit: OffsetUnit, where: str, log: ConversionLog
) -> list[PlacedBound]:
    """Count each part of a bound and return those that have a place; list what is changed, or has none.

    ``align_spans`` takes a span that a listed one became as listed, so a plain double of such a
    span is listed here.
    """
    found = [_placed_bound(p, text, unit) for p in place_fragments(bounds, text, unit)]
    log.read += sum(max(1, len(p.spans)) for p in found)
    made = {s.key for p in found if p.outcome not in {None, Outcome.KEPT} for s in p.spans}
    parts: set[SpanKey] = set()
    out: list[PlacedBound] = []
    for p in sorted(found, key=lambda p: len(p.spans) < 2):  # a span that is a part as well is the double of the part
        if len(p.spans) > 1:
            if any(s.key in parts for s in p.spans):
                log.leave_out(f"{where}:{p.bound.line}", p.bound.id, PART_SHARED, p.bound.quote, "group")
                p = replace(p, spans=tuple(replace(s, group="") for s in p.spans))  # noqa: PLW2901
            parts.update(s.key for s in p.spans)
        doubled = p.outcome in {None, Outcome.KEPT} and len(p.spans) == 1 and p.spans[0].key in made | parts
        p = PlacedBound(p.bound, (), Outcome.DOUBLE, SPAN_REPEATED) if doubled else p  # noqa: PLW2901
        if p.outcome:
            at = f"{where}:{p.bound.line}"
            log.entries += _entries(p, at)
        out.append(p)
    return sorted((p for p in out if p.spans), key=lambda p: p.bound.line)


def _entries(placed: PlacedBound, where: str) -> Iterator[ConversionLogEntry]:
    """Yield a line of the ledger for each span that a bound became, one for a bound that became none."""
    bound, is_kept = placed.bound, placed.outcome is Outcome.KEPT
    for span in placed.spans or (None,):
        became = () if is_kept or span is None else (span,)
        kind, outcome = DOUBT if is_kept else "span", placed.outcome or Outcome.KEPT
        yield ConversionLogEntry(
            where, bound.id, outcome, placed.why, bound.quote, kind, became, placed.doubtful, bound.label
        )


def _placed_bound(placed: PlacedFragments, text: str, unit: OffsetUnit) -> PlacedBound:
    bound = placed.bound
    if not placed.places:
        return PlacedBound(bound, (), Outcome.LEFT_OUT, placed.why, placed.doubtful)
    joined = _join_line_parts(list(placed.places), text)
    group = f"{';'.join(f'{s}-{e}' for s, e in joined)}:{bound.label}" if len(joined) > 1 else ""
    spans = tuple(Span(s, e, bound.label, group=group) for s, e in joined)
    if placed.is_moved:
        return PlacedBound(bound, spans, Outcome.MOVED, placed.why, placed.doubtful)
    if placed.doubtful:
        return PlacedBound(bound, spans, Outcome.KEPT, placed.why, placed.doubtful)
    if 1 == len(spans) < len(placed.places):
        return PlacedBound(bound, spans, Outcome.MOVED, LINES_JOINED)
    counted_otherwise = unit.scale is not OffsetScale.CODE_POINTS or unit.inclusive or unit.one_based
    if counted_otherwise and joined != list(bound.fragments):
        return PlacedBound(bound, spans, Outcome.MOVED, f"{OTHER_UNIT} ({unit})")
    return PlacedBound(bound, spans)


def _join_line_parts(places: list[CodePointRange], text: str) -> list[CodePointRange]:
    """Return the places, those made one that only a line end (or nothing) parts."""
    out = places[:1]
    for start, end in places[1:]:
        before, last = out[-1]
        gap = text[last:start]
        if last == start or (start > last and not gap.strip() and ("\n" in gap or "\r" in gap)):
            out[-1] = (before, end)
        else:
            out.append((start, end))
    return out
