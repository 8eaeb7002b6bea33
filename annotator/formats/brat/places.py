"""From the fragments of a brat span to spans of the text, in code points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.core.spans import Span
from annotator.formats.brat.ann import Bound
from annotator.formats.document import Account, Entry, Fate
from annotator.formats.fields import BACKWARDS, EMPTY
from annotator.formats.units import Quoted, Ruler, Scale, Unit

SPLIT = "a discontinuous span became one span for each part"
JOINED = "its parts stand on lines that follow each other, where brat always cuts: one span again"
MOVED = "its offsets were counted in another unit"
CUT = "its offsets lie inside a character"
PAST = "past the end of the text"
BLANK = "nothing but blanks"
TWICE = "the same span stands there twice"

Place = tuple[int, int]


def quotes(bound: Bound) -> list[Quoted]:
    """Return each fragment with its part of the quoted text, or with none where that is not sure.

    brat puts one blank between the parts (before 1.3: nothing) and cuts nothing off.
    """
    sizes = [e - s for s, e in bound.fragments]
    between = (len(bound.quote) - sum(sizes)) / max(len(sizes) - 1, 1)
    if len(sizes) == 1:
        return [(*bound.fragments[0], bound.quote or None)]
    if between not in {0, 1} or min(sizes) <= 0:
        return [(s, e, None) for s, e in bound.fragments]
    out: list[Quoted] = []
    at = 0
    for (start, end), size in zip(bound.fragments, sizes, strict=True):
        out.append((start, end, bound.quote[at : at + size]))
        at += size + int(between)
    return out


@dataclass(frozen=True, slots=True)
class Placed:
    """A bound and its spans; with a ``fate`` it isn't just as it was in the file."""

    bound: Bound
    spans: tuple[Span, ...]
    outcome: Fate | None = None
    why: str = ""


def placed(bounds: Sequence[Bound], text: str, unit: Unit, where: str, log: Account) -> list[Placed]:
    """Count each bound and return those that have a place; list what is changed, or has none.

    ``align.settle`` takes a span that a listed one became for told, so a plain double of such a
    span is listed here.
    """
    log.read += len(bounds)
    converter = Ruler(text, unit)
    found = [_placed(b, text, converter, unit) for b in bounds]
    made = {s.key for p in found if p.outcome for s in p.spans}
    out: list[Placed] = []
    for p in found:
        doubled = p.outcome is None and p.spans[0].key in made
        p = Placed(p.bound, (), Fate.DOUBLE, TWICE) if doubled else p  # noqa: PLW2901
        if p.outcome:
            at = f"{where}:{p.bound.line}"
            log.record(Entry(at, p.bound.id, p.outcome, p.why, p.bound.quote, resulting_spans=p.spans))
        out.append(p)
    return [p for p in out if p.spans]


def _placed(bound: Bound, text: str, converter: Ruler, unit: Unit) -> Placed:
    places, why = _places(bound, text, converter, unit)
    if why:
        return Placed(bound, (), Fate.LEFT_OUT, why)
    joined = _joined(places, text)
    spans = tuple(Span(s, e, bound.label) for s, e in joined)
    if len(spans) > 1:
        return Placed(bound, spans, Fate.SPLIT, SPLIT)
    if len(places) > 1:
        return Placed(bound, spans, Fate.MOVED, JOINED)
    counted_otherwise = unit.scale is not Scale.CODE_POINTS or unit.inclusive
    if counted_otherwise and joined != list(bound.fragments):
        return Placed(bound, spans, Fate.MOVED, f"{MOVED} ({unit})")
    return Placed(bound, spans)


def _places(bound: Bound, text: str, converter: Ruler, unit: Unit) -> tuple[list[Place], str]:
    """Return the fragments in code points, in the order of the text, or why they have no place."""
    places: list[Place] = []
    for start, end in sorted(bound.fragments):
        if end + unit.inclusive <= start:
            return [], EMPTY if end + unit.inclusive == start else BACKWARDS
        try:
            places.append(converter.range(start, end))
        except ValueError:
            return [], CUT
    if places[-1][1] > len(text):
        return [], PAST
    filled = [(s, e) for s, e in places if text[s:e].strip()]
    return filled, "" if filled else BLANK


def _joined(places: list[Place], text: str) -> list[Place]:
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


def unlike(placed: Placed, text: str) -> bool:
    """Whether the text at the span reads differently from what the file quotes, blanks left aside."""
    quote = "".join(placed.bound.quote.split())
    there = "".join(text[s.start : s.end] for s in _unsorted(placed))
    return bool(quote) and quote != "".join(there.split())


def _unsorted(placed: Placed) -> list[Span]:
    """Return the spans in the order in which the file has the fragments: the quote follows it."""
    order = sorted(range(len(placed.bound.fragments)), key=lambda n: placed.bound.fragments[n])
    if len(placed.spans) != len(order):
        return list(placed.spans)
    return [s for _, s in sorted(zip(order, placed.spans, strict=True))]
