"""Fields and spans of JSON of unknown make: none of its values can be trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.core.quote_placement import Placement, QuotedSpan, place_quotes, quote_agrees
from annotator.core.spans import Span
from annotator.formats.document import DOUBT, ConversionLog, ConversionLogEntry
from annotator.formats.import_source import ImportSource
from annotator.formats.json_records import json_files, read_json_records, readable_records, shortened_value
from annotator.formats.offset_units import (
    CODE_POINTS,
    QUOTED_UNITS,
    OffsetUnit,
    OffsetUnitDetector,
    QuotedRange,
    quotes_agree,
    to_code_points,
    touched_code_points,
)
from annotator.formats.unquoted_offsets import UnquotedTexts

OFFSETS_NOT_WHOLE = "its offsets are not whole numbers"
STARTS_BEFORE_TEXT = "it begins before the text"
COVERS_NOTHING = "it covers no character"
ENDS_BEFORE_START = "it ends before it begins"
INSIDE_CHARACTER = "an edge is inside a character"
NO_LABEL = "it has no label"
CUTS_WORDS = "most spans of the file cut words, so its offsets may count something else"

_REPAIR = "repair or remove the line"
_DIGITS = re.compile("[0-9]{1,12}")


class RawSpan(Struct, frozen=True):
    """A span as a file has it: nothing about its values is sure yet."""

    start: Any
    end: Any
    label: Any
    source: str = ""
    id: str = ""
    """The file's own id of it."""
    quote: str = ""
    """The words that it covers by the file: with offsets that read otherwise, the words decide."""
    is_quote_sure: bool = True
    """Whether the quote is the text's words; a base form may be others."""
    group: str = ""
    """What the parts of one discontinuous span share."""


def object_list(record: dict[str, Any], key: str, where: str, do: str = _REPAIR) -> list[dict[str, Any]]:
    """Return the list of objects under ``key``, none where it is absent or null."""
    value = record.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
        raise SourceError(f"`{key}` must be a list of objects", where=where, do=do)
    return value


def first_string(record: Mapping[str, Any], *keys: str) -> str:
    """Return the first string under one of the keys that is not empty, else an empty one."""
    values = map(record.get, keys)
    return next((value for value in values if isinstance(value, str) and value), "")


def first_value(item: Mapping[str, Any], keys: Iterable[str]) -> Any:
    """Return the first value under one of the keys that is not null; None where all are."""
    return next((item[k] for k in keys if item.get(k) is not None), None)


def name_of(value: Any) -> str:
    """Return an id or a name, which may be a number, as a string; empty for any other value."""
    number = whole_number(value)
    if number is not None:
        return str(number)
    return value if isinstance(value, str) else ""


def whole_number(value: Any) -> int | None:
    """Return a whole number, ``3.0`` included (as in tables), or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


def offset_number(value: Any) -> int | None:
    """Return a whole number, also one that is written as a text, as tables and some programs have offsets; or None."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else whole_number(value)


def seconds_of(value: Any) -> float:
    """Return a time in seconds since 1970, 0 for what is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e11 else 0.0


def storable_fields(meta: Any, most: int = 100_000) -> dict[str, Any]:
    """Return the fields of a record's metadata that can be stored: JSON of a bounded size and depth."""
    kept = {}
    for key, value in meta.items() if isinstance(meta, dict) else ():
        with suppress(orjson.JSONEncodeError):  # orjson writes 254 levels and reads 1,024
            if len(orjson.dumps(value)) <= most:
                kept[key] = value
    return kept


QUOTE_KEYS = ("text", "quote", "mention", "surface", "surface_form", "covered_text", "exact")
"""What the words of a span are called in JSON."""
BASE_FORM_KEYS = ("word",)
"""What is called so may be the words too, or a form that a program has made of them."""


def item_quote(item: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the words that a span has in JSON, and whether they are surely the text's."""
    quote = first_string(item, *QUOTE_KEYS)
    return (quote, True) if quote.strip() else (first_string(item, *BASE_FORM_KEYS), False)


def raw_span(
    item: Any, starts: Iterable[str] = ("start",), ends: Iterable[str] = ("end",), labels: Iterable[str] = ("label",)
) -> RawSpan:
    """Return a span that a file has as ``[start, end, label]``, or as an object with one of several keys for each."""
    if isinstance(item, dict):
        start, end, label = (first_value(item, keys) for keys in (starts, ends, labels))
        quote, is_sure = item_quote(item)
        return RawSpan(start, end, label, id=name_of(item.get("id")), quote=quote, is_quote_sure=is_sure)
    return RawSpan(*(*item, None, None, None)[:3] if isinstance(item, list) else (None, None, None))


def convert_spans(
    raw_spans: Iterable[RawSpan], text: str, where: str, log: ConversionLog, unit: OffsetUnit = CODE_POINTS
) -> tuple[Span, ...]:
    """Count every span and return, in code points, those that have a place; list the others as left out.

    A span with a quote is where the quote is, by the rule of ``place_quotes``. Of one without, nothing is judged but
    what ``Span`` refuses: one past the end of the text is returned. Spans whose offsets change are listed as moved.
    """
    raws = list(raw_spans)
    log.read += len(raws)
    found = []
    for span, entry in converted_spans(raws, text, where, unit):
        if entry:
            log.record(entry)
        if span:
            found.append(span)
    return _without_categories(found, log)


CATEGORIES_NOT_GROUPS = (
    "values of `group` that spans of different labels share, so that they are no parts of one span: {n}"
)


def _without_categories(spans: list[Span], log: ConversionLog) -> tuple[Span, ...]:
    """Return the spans without groups of several labels: those are other programs' categories."""
    labels: dict[str, set[str]] = {}
    for span in spans:
        if span.group:
            labels.setdefault(span.group, set()).add(span.label)
    mixed = {group for group, found in labels.items() if len(found) > 1}
    log.count_note(CATEGORIES_NOT_GROUPS, len(mixed))
    return tuple(replace(s, group="") if s.group in mixed else s for s in spans)


def converted_spans(
    raws: Sequence[RawSpan], text: str, where: str, unit: OffsetUnit = CODE_POINTS
) -> list[tuple[Span | None, ConversionLogEntry | None]]:
    """Return each span, if it is one, and its line of the ledger, if it needs one."""
    checked = [_checked_offsets(raw, text, unit) for raw in raws]
    quoted = [_quoted_span(raw, place) for raw, (_, place) in zip(raws, checked, strict=True)]
    return [
        _moved_span(raw, placed, text, where, unit)
        if placed.range and name_of(raw.label).strip()
        else (None, _lost_span(raw, why, placed, text, where, unit))
        for raw, (why, _), placed in zip(raws, checked, place_quotes(text, quoted), strict=True)
    ]


def _quoted_span(raw: RawSpan, place: tuple[int, int] | None) -> QuotedSpan:
    label, (start, end) = name_of(raw.label), place or (None, None)
    return QuotedSpan(start, end, raw.quote if label.strip() else "", label, raw.is_quote_sure)


def _moved_span(
    raw: RawSpan, placed: Placement, text: str, where: str, unit: OffsetUnit
) -> tuple[Span, ConversionLogEntry | None]:
    """Return a span with its line of the ledger, if it is not at its offsets or doubtful there."""
    span = Span(*(placed.range or (0, 0)), name_of(raw.label), raw.source, raw.group)
    why, words = placed.why or f"offsets count {unit}", text[span.start : span.end]
    entry = ConversionLogEntry(
        where, raw_span_id(raw), Outcome.MOVED, why, words, doubtful=placed.doubtful, label=span.label
    )
    if unit.is_doubtful and not raw.quote.strip():
        entry = replace(entry, why=placed.why or CUTS_WORDS, doubtful=tuple(anywhere(text)))
    if placed.range != (offset_number(raw.start), offset_number(raw.end)):
        return span, replace(entry, resulting_spans=(span,))
    return span, replace(entry, outcome=Outcome.KEPT, kind=DOUBT) if entry.doubtful else None


def _lost_span(
    raw: RawSpan, why: str, placed: Placement, text: str, where: str, unit: OffsetUnit
) -> ConversionLogEntry:
    """Return the line of the ledger for a span without a place, or without a label."""
    label, id_, part = name_of(raw.label), raw_span_id(raw), touched_part(raw, text, unit)
    has_quote, touched = bool(raw.quote.strip()), [part] if part[0] < part[1] else []
    if not label.strip():
        if has_quote and not quote_agrees(text, *part, raw.quote):
            touched = []
        return ConversionLogEntry(
            where,
            id_,
            Outcome.LEFT_OUT,
            NO_LABEL,
            raw.quote or text[slice(*part)],
            doubtful=tuple(touched or anywhere(text)),
        )
    if not (has_quote or touched or why == COVERS_NOTHING):
        touched = anywhere(text)
    doubtful = tuple(dict.fromkeys([*touched, *placed.doubtful]))
    reason, words = (placed.why, raw.quote) if has_quote else (why, text[slice(*part)])
    return ConversionLogEntry(where, id_, Outcome.LEFT_OUT, reason, words, doubtful=doubtful, label=label)


def anywhere(text: str) -> list[tuple[int, int]]:
    """Return the range that a span may be about whose place nothing shows: the whole text."""
    return [(0, len(text))] if text else []


def touched_part(raw: RawSpan, text: str, unit: OffsetUnit) -> tuple[int, int]:
    """Return the part of the text that a span's offsets touch, whatever is wrong with them; empty for none."""
    start, end = offset_number(raw.start), offset_number(raw.end)
    return (0, 0) if start is None or end is None else touched_code_points(text, start, end, unit)


def raw_span_id(raw: RawSpan) -> str:
    """Return the file's id of a span, else ``start-end:label``, or the quote for the offsets, as the file has them."""
    if not raw.id and raw.start is None and raw.end is None and raw.quote:
        return f"{_shown_value(raw.quote)}:{_shown_value(raw.label)}"
    return raw.id or f"{_shown_value(raw.start)}-{_shown_value(raw.end)}:{_shown_value(raw.label)}"


def _shown_value(value: Any) -> str:
    return value[:40] if isinstance(value, str) else shortened_value(value)


def _checked_offsets(raw: RawSpan, text: str, unit: OffsetUnit) -> tuple[str, tuple[int, int] | None]:
    """Return a span's offsets in code points, or why they are none.

    Offsets at which its quote is just as they are count so, whatever the others do.
    """
    start, end = offset_number(raw.start), offset_number(raw.end)
    if start is None or end is None:
        return OFFSETS_NOT_WHOLE, None
    if start < 0:
        return STARTS_BEFORE_TEXT, None
    if end + unit.inclusive <= start:
        return (COVERS_NOTHING if end + unit.inclusive == start else ENDS_BEFORE_START), None
    why, place = "", None
    try:
        place = to_code_points(text, start, end, unit)
    except ValueError:
        why = INSIDE_CHARACTER
    if place and place[0] < 0:
        why, place = STARTS_BEFORE_TEXT, None
    is_quoted = (
        unit != CODE_POINTS and bool(raw.quote.strip()) and not (place and quote_agrees(text, *place, raw.quote))
    )
    if is_quoted and quote_agrees(text, start, end, raw.quote):
        return "", (start, end)
    return why, place


UNSUPPORTED = {
    "relation": "relations between spans have no place here",
    "text label": "a label for the whole text has no place here",
    "choice": "a choice among options has no place here",
    "link": "a link to a knowledge base has no place here",
}
"""By what it is, why it is left out."""


def record_unsupported(items: Any, kind: str, where: str, log: ConversionLog) -> None:
    """List what a file has beside its spans and no span can hold; ``items`` may be no list and has none then."""
    for item in items if isinstance(items, list) else ():
        id_ = name_of(item.get("id")) if isinstance(item, dict) else ""
        log.leave_out(where, id_ or shortened_value(item), UNSUPPORTED[kind], kind=kind)


# Which unit a file counts its offsets in, by all of its records; one pass before the reading.


ENOUGH_TEXTS = 1000
"""How many texts are inspected that can only show whether ends are inclusive."""

WORD_EDGE_MARGIN = 3
"""How many more edges of spans must be edges of words for another unit, where nothing is quoted."""

QuotedText = tuple[str, list[QuotedRange]]
"""A text, and the quoted ranges that the file has."""


def read_records_with_unit(
    source: ImportSource,
    quoted_texts: Callable[[Any], Iterable[QuotedText]],
    allowed: Sequence[OffsetUnit],
    log: ConversionLog,
) -> tuple[OffsetUnit, Iterator[tuple[str, Any]]]:
    """Return the unit of a file's offsets and its JSON records, each with its place for messages."""
    files = json_files(source, log)
    found = chain.from_iterable(map(readable_records, files))
    unit = unit_of_records(found, quoted_texts, allowed, source.name, log)
    return unit, chain.from_iterable(read_json_records(f, log) for f in files)


def unit_of_records(
    records: Iterable[Any],
    quoted_texts: Callable[[Any], Iterable[QuotedText]],
    allowed: Sequence[OffsetUnit],
    where: str,
    log: ConversionLog,
) -> OffsetUnit:
    """Return the unit that fits the records best and note it; the first allowed one where nothing differs.

    Raises SourceError where two units fit equally well and give other words.
    """
    detector = OffsetUnitDetector(allowed, QUOTED_UNITS)
    inclusive = any(unit.inclusive for unit in allowed)
    alike, unquoted = 0, UnquotedTexts()
    for text, quoted in (found for record in records for found in quoted_texts(record)):
        units_differ = not text.isascii() or "\n" in text
        has_quotes = any(quote for _, _, quote in quoted)
        if not has_quotes:
            unquoted.add(text, quoted)
        if has_quotes and not units_differ and quotes_agree(text, quoted):
            detector.add_agreeing(quoted)
        elif units_differ or ((inclusive or has_quotes) and alike < ENOUGH_TEXTS):
            alike += bool(quoted) and not units_differ
            detector.add_text(text, quoted)
    detector.allowed = detector.units_by_quotes()
    doubts = _narrow_by_words(detector) if len(detector.allowed) > 1 else []
    unit = detector.unit(where)
    better, note = unquoted.better_unit(unit, is_quoted=bool(detector.quotes))
    notes = [note] if note and not detector.quotes else [detector.note(unit), *doubts, note]
    log.notes.extend(filter(None, notes))
    return better


def _narrow_by_words(detector: OffsetUnitDetector) -> list[str]:
    """Leave the units that the edges of words speak for, and return notes on the others.

    Nothing is quoted, or no quote shows a difference, so the first unit, which is the format's own,
    stays unless another one is plainly better. What fits about as well, and gives other words, is noted.
    """
    first, fits = detector.allowed[0], detector.fits
    least = fits[first].word_edges if first in fits else 0
    edges = {u: fits[u].word_edges - least for u in detector.allowed if u in fits}
    better = [u for u, more in edges.items() if more >= WORD_EDGE_MARGIN]
    close = [u for u, more in edges.items() if 0 <= more < WORD_EDGE_MARGIN]
    detector.allowed = [first, *better]
    if better:
        return []
    doubts = [(u, detector.differences.get((first, u))) for u in close if not u.inclusive]
    return [f"offsets may count {u} ({description}); {first} were taken" for u, description in doubts if description]


def quoted_ranges(raw_spans: Iterable[tuple[RawSpan, Any]]) -> Iterator[QuotedRange]:
    """Yield the offsets of spans that have some, with the text that each quotes, if it does."""
    for raw, quote in raw_spans:
        start, end = offset_number(raw.start), offset_number(raw.end)
        if start is not None and end is not None and 0 <= start <= end:
            yield start, end, quote if isinstance(quote, str) and quote else None
