"""From the fragments of a brat span to spans of the text, in code points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, ConversionLogEntry
from annotator.formats.offset_units import OffsetConverter, OffsetScale, OffsetUnit, QuotedRange
from annotator.formats.span_fields import COVERS_NOTHING, ENDS_BEFORE_START

# The lines of a brat ``.ann`` file: text-bound spans, notes, and the things that no span can hold.
#
# Fields as brat's own server writes them; the text of a span may run over several lines, since
# older versions wrote its line ends as they were.


BratFragment = tuple[int, int]
"""A part of a span, in the file's own unit."""

UNREADABLE_LINE = "its label and offsets cannot be read"

_BLANKS = re.compile(r"T[0-9]+\s")
"""A span whose tabs were made blanks."""
_ID = re.compile(r"(?:[TREAMN#]\S*|\*)\t")
_OFFSETS = re.compile(r"[0-9]{1,12} [0-9]{1,12}(?:;[0-9]{1,12} [0-9]{1,12})*")
_THINGS = {"R": "relation", "*": "relation", "E": "event", "A": "attribute", "M": "attribute", "N": "normalisation"}


class TextBound(Struct):
    """A ``T`` line: a label on one or more fragments, and the text that it quotes."""

    line: int
    id: str
    label: str
    fragments: tuple[BratFragment, ...]
    quote: str

    @property
    def missing_characters(self) -> int:
        """How many of the characters that the fragments promise the quote has not."""
        return sum(e - s for s, e in self.fragments) + len(self.fragments) - 1 - len(self.quote)


class BratNote(Struct, frozen=True):
    """A ``#`` line: what somebody wrote on an annotation, ``target`` being its id."""

    line: int
    id: str
    target: str
    text: str


class UnsupportedLine(Struct, frozen=True):
    """A line that makes no span: a relation, an event, …, or a span that cannot be read (``why``)."""

    line: int
    id: str
    kind: str
    content: str
    why: str


class Standoff(Struct):
    """The contents of an ``.ann`` file, in its order."""

    bounds: list[TextBound] = field(default_factory=list)
    notes: list[BratNote] = field(default_factory=list)
    others: list[UnsupportedLine] = field(default_factory=list)


def parse_ann(lines: Iterable[str]) -> Standoff:
    """Return the parsed lines; nothing that isn't blank goes without a record, and nothing raises."""
    found = Standoff()
    last: TextBound | None = None
    missing = 0
    for number, raw in enumerate(lines, 1):
        line = raw.removesuffix("\r")
        if _ID.match(line):
            last = _add_line(found, number, line)
            missing = last.missing_characters if last else 0
        elif last and missing > 0:
            last.quote += f"\n{line}"
            missing -= len(line) + 1
        elif line.strip():
            thing, why = ("span", UNREADABLE_LINE) if _BLANKS.match(line) else ("line", "this is no line of brat's")
            found.others.append(UnsupportedLine(number, "", thing, line, why))
    return found


def _add_line(found: Standoff, number: int, line: str) -> TextBound | None:
    """Put a line that begins with an id where it belongs, and return it where it is a span."""
    name, _, rest = line.partition("\t")
    if name.startswith("T"):
        return _add_bound(found, number, name, rest)
    if name.startswith("#"):
        description, _, text = rest.partition("\t")
        found.notes.append(BratNote(number, name, description.rpartition(" ")[2], text.replace("\\n", "\n")))
    else:
        thing = _THINGS[name[0]]
        found.others.append(UnsupportedLine(number, name, thing, rest, f"{thing}s have no place here"))
    return None


def _add_bound(found: Standoff, number: int, name: str, rest: str) -> TextBound | None:
    description, _, quote = rest.partition("\t")
    words = description.split()
    from_end = next((n for n, w in enumerate(reversed(words)) if not w[0].isdigit()), len(words))
    label, offsets = " ".join(words[: len(words) - from_end]), " ".join(words[len(words) - from_end :])
    if not label or not _OFFSETS.fullmatch(offsets):
        found.others.append(UnsupportedLine(number, name, "span", rest, UNREADABLE_LINE))
        return None
    fragments = ((int(start), int(end)) for start, end in (pair.split() for pair in offsets.split(";")))
    bound = TextBound(number, name, label, tuple(fragments), quote)
    found.bounds.append(bound)
    return bound


def escape_note(text: str) -> str:
    r"""Return a note's text as one line, its line ends written as ``\n``."""
    return " ".join(text.replace("\r\n", "\n").replace("\n", "\\n").split("\t"))


LINES_JOINED = "its parts are on lines that follow each other, where brat always cuts: one span again"
OTHER_UNIT = "its offsets were counted in another unit"
SPAN_REPEATED = "the same span occurs twice"
PART_SHARED = "a part of it is a part of another span of its label too, so its parts are spans of their own"

CodePointRange = tuple[int, int]
SpanKey = tuple[int, int, str]


def fragment_quotes(bound: TextBound) -> list[QuotedRange]:
    """Return each fragment with its part of the quoted text, or with none where that is not sure.

    brat puts one blank between the parts (before 1.3: nothing) and cuts nothing off.
    """
    sizes = [e - s for s, e in bound.fragments]
    between = (len(bound.quote) - sum(sizes)) / max(len(sizes) - 1, 1)
    if len(sizes) == 1:
        return [(*bound.fragments[0], bound.quote or None)]
    if between not in {0, 1} or min(sizes) <= 0:
        return [(s, e, None) for s, e in bound.fragments]
    out: list[QuotedRange] = []
    at = 0
    for (start, end), size in zip(bound.fragments, sizes, strict=True):
        out.append((start, end, bound.quote[at : at + size]))
        at += size + int(between)
    return out


class PlacedBound(Struct, frozen=True):
    """A bound and its spans; with a ``outcome`` it isn't just as it was in the file."""

    bound: TextBound
    spans: tuple[Span, ...]
    outcome: Outcome | None = None
    why: str = ""


def place_bounds(
    bounds: Sequence[TextBound], text: str, unit: OffsetUnit, where: str, log: ConversionLog
) -> list[PlacedBound]:
    """Count each part of a bound and return those that have a place; list what is changed, or has none.

    ``align_spans`` takes a span that a listed one became as listed, so a plain double of such a
    span is listed here.
    """
    converter = OffsetConverter(text, unit)
    found = [_place_bound(b, text, converter, unit) for b in bounds]
    log.read += sum(max(1, len(p.spans)) for p in found)
    made = {s.key for p in found if p.outcome for s in p.spans}
    parts: set[SpanKey] = set()
    out: list[PlacedBound] = []
    for p in sorted(found, key=lambda p: len(p.spans) < 2):  # a span that is a part as well is the double of the part
        if len(p.spans) > 1:
            if any(s.key in parts for s in p.spans):
                log.leave_out(f"{where}:{p.bound.line}", p.bound.id, PART_SHARED, p.bound.quote, "group")
                p = replace(p, spans=tuple(replace(s, group="") for s in p.spans))  # noqa: PLW2901
            parts.update(s.key for s in p.spans)
        doubled = p.outcome is None and len(p.spans) == 1 and p.spans[0].key in made | parts
        p = PlacedBound(p.bound, (), Outcome.DOUBLE, SPAN_REPEATED) if doubled else p  # noqa: PLW2901
        if p.outcome:
            at = f"{where}:{p.bound.line}"
            log.record(ConversionLogEntry(at, p.bound.id, p.outcome, p.why, p.bound.quote, resulting_spans=p.spans))
        out.append(p)
    return sorted((p for p in out if p.spans), key=lambda p: p.bound.line)


def _place_bound(bound: TextBound, text: str, converter: OffsetConverter, unit: OffsetUnit) -> PlacedBound:
    places, why = _fragment_ranges(bound, text, converter, unit)
    if why:
        return PlacedBound(bound, (), Outcome.LEFT_OUT, why)
    joined = _join_line_parts(places, text)
    group = f"{';'.join(f'{s}-{e}' for s, e in joined)}:{bound.label}" if len(joined) > 1 else ""
    spans = tuple(Span(s, e, bound.label, group=group) for s, e in joined)
    if 1 == len(spans) < len(places):
        return PlacedBound(bound, spans, Outcome.MOVED, LINES_JOINED)
    counted_otherwise = unit.scale is not OffsetScale.CODE_POINTS or unit.inclusive
    if counted_otherwise and joined != list(bound.fragments):
        return PlacedBound(bound, spans, Outcome.MOVED, f"{OTHER_UNIT} ({unit})")
    return PlacedBound(bound, spans)


def _fragment_ranges(
    bound: TextBound, text: str, converter: OffsetConverter, unit: OffsetUnit
) -> tuple[list[CodePointRange], str]:
    """Return the fragments in code points, in the order of the text, or why they have no place."""
    places: list[CodePointRange] = []
    for start, end in sorted(bound.fragments):
        if end + unit.inclusive <= start:
            return [], COVERS_NOTHING if end + unit.inclusive == start else ENDS_BEFORE_START
        try:
            places.append(converter.range(start, end))
        except ValueError:
            return [], "its offsets are inside a character"
    if places[-1][1] > len(text):
        return [], "past the end of the text"
    filled = [(s, e) for s, e in places if text[s:e].strip()]
    return filled, "" if filled else "nothing but blanks"


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


def is_misquoted(placed: PlacedBound, text: str) -> bool:
    """Return True if the text at the span reads differently from what the file quotes, blanks left aside."""
    quote = "".join(placed.bound.quote.split())
    there = "".join(text[s.start : s.end] for s in _in_file_order(placed))
    return bool(quote) and quote != "".join(there.split())


def _in_file_order(placed: PlacedBound) -> list[Span]:
    """Return the spans in the order in which the file has the fragments: the quote follows it."""
    order = sorted(range(len(placed.bound.fragments)), key=lambda n: placed.bound.fragments[n])
    if len(placed.spans) != len(order):
        return list(placed.spans)
    return [s for _, s in sorted(zip(order, placed.spans, strict=True))]
