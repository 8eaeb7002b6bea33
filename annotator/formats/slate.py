"""SLATE's annotations: a text, and beside it a file ``….annotations`` with a line for each item.

``(0, 2), (0, 3) - label:PERSON`` is from the third to the fourth token of the first line, both inside the span. Tokens
are parted by blanks. A place may also be a line, ``(4,)`` or ``4``, or a character of a token, ``(0, 2, 1)``; newer
versions put brackets around both places. Links between items, and labels of the whole text, are listed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from annotator.core.annotation import Answer
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.unread_files import note_unread_files

NO_SUCH_PLACE = "the text has no such line, token or character"
WHOLE_LINES = "places are taken as lines: each names one number twice"
OPEN_TEXTS = "texts on which nothing is marked, left open: {n}"

_SUFFIX = ".annotations"
_LABEL_PREFIX = "label:"
_ITEM = re.compile(r"(?P<places>(?:[\[(][\[\](),\s\d]*[\])]|\d+(?:\s+\d+)*))\s+-(?:\s+(?P<labels>.*))?")
_MAX_PLACES = 10_000
"""The most characters of the places of one item."""
_SAMPLE_LINES = 20
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"\S+")
_DO = "write the line as SLATE does, such as (0, 2), (0, 3) - label:PERSON"

Place = tuple[int, ...]
"""A line, a token of a line, or a character of a token, counted from 0; () is the whole text."""
PlaceRange = tuple[Place, Place]
"""The first and the last place of a span."""


class AnnotatedItem(Struct, frozen=True):
    """A line of an annotation file."""

    where: str
    shown: str
    ranges: tuple[PlaceRange, ...]
    labels: tuple[str, ...]


def detect(sample: FileSample) -> str:
    """Return what of a file is SLATE's, empty where nothing is."""
    if sample.is_folder or sample.is_zip:
        paired = [n for n in sample.names if _text_name(n) in sample.names]
        return f"it has {paired[0]} beside its text" if paired else ""
    lines = [line.strip() for line in sample.text.split("\n") if line.strip()][:_SAMPLE_LINES]
    whole = lines if sample.is_whole or len(lines) == _SAMPLE_LINES else lines[:-1]
    is_alike = all(map(_ITEM.fullmatch, whole)) and any(x[0] in "([" or _LABEL_PREFIX in x for x in whole)
    return "its lines are places with labels, such as (0, 2), (0, 3) - label:X" if is_alike else ""


def _text_name(name: str) -> str:
    """Return the name of the text that a file of annotations is beside; empty for any other file."""
    base, suffix, _ = name.rpartition(_SUFFIX)
    return base if suffix and base and not base.endswith("/") else ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield a document for each file of annotations, of a folder or a zip, or of the one file.

    Raises SourceError for a line that is no item of SLATE's, and for annotations without their text.
    """
    pairs = _paired_files(source)
    if source.is_folder or source.is_zip:
        note_unread_files(source.files(), [file for pair in pairs for file in pair], log)
    for file, text_file in pairs:
        text = text_file.text()
        lines = _LineTokens(text)
        items = _one_scope(list(_items(file)), lines, log)
        spans = span_fields.convert_spans(_raw_spans(items, lines, log), text, file.name, log)
        log.count_note(OPEN_TEXTS, not items)
        yield Document(
            text,
            spans,
            answer=Answer.ACCEPT if items else None,
            annotator=_annotator(file),
            id=text_file.base,
            where=file.name,
        )
    log.add_counted_notes()


def _paired_files(source: ImportSource) -> list[tuple[ImportSource, ImportSource]]:
    """Return each file of annotations with its text."""
    if not source.is_folder and not source.is_zip:
        name = _text_name(source.base)
        text = ImportSource(source.path.with_name(name), max_line_bytes=source.max_line_bytes) if name else None
        if text is None or not text.path.is_file():
            what = "the text that is annotated is not beside it"
            raise source.error(what, do=f"name the folder that has the text and its {_SUFFIX} file")
        return [(source, text)]
    files = {f.name: f for f in source.files()}
    return [(f, files[_text_name(name)]) for name, f in files.items() if _text_name(name) in files]


def _annotator(file: ImportSource) -> str:
    """Return whose annotations a file has: what its name has after ``.annotations``, if anything."""
    return file.base.rpartition(_SUFFIX)[2].strip(".-_ ")


def _items(file: ImportSource) -> Iterator[AnnotatedItem]:
    for number, raw in file.lines():
        line = file.decoded(raw, line=number).strip()
        if not line:
            continue
        found = _ITEM.fullmatch(line)
        ranges = _ranges(found["places"]) if found else None
        if found is None or ranges is None:
            raise file.error("the line is no item of SLATE's", number, do=_DO)
        labels = (found["labels"] or "").split()
        names = tuple(label.removeprefix(_LABEL_PREFIX) or label for label in labels)
        yield AnnotatedItem(file.where(number), found["places"], ranges, names)


def _ranges(shown: str) -> tuple[PlaceRange, ...] | None:
    """Return the ranges that a line names, a place alone being the first and the last; None where it names none."""
    if shown[0].isdecimal():
        return tuple(((int(n),), (int(n),)) for n in shown.split())
    try:
        value = ast.literal_eval(shown) if len(shown) <= _MAX_PLACES else None
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    found = [_range(x) for x in value] if isinstance(value, list) else [_range(value)]
    ranges = tuple(r for r in found if r is not None)
    return ranges if len(ranges) == len(found) else None


def _range(value: Any) -> PlaceRange | None:
    """Return the range of a place, or of a pair of places of one kind."""
    if isinstance(value, int):
        value = (value,)
    if not isinstance(value, tuple):
        return None
    if all(isinstance(x, int) for x in value):
        return (value, value) if len(value) <= 3 else None
    is_pair = len(value) == 2 and all(isinstance(x, tuple) and all(isinstance(n, int) for n in x) for x in value)
    if not is_pair or len(value[0]) != len(value[1]) or len(value[0]) > 3:
        return None
    return value[0], value[1]


class _LineTokens:
    """The places of the lines, and of the tokens in each, in a text."""

    def __init__(self, text: str) -> None:
        ends = [*_LINE_END.finditer(text)]
        starts = [0, *(m.end() for m in ends)]
        self.lines = list(zip(starts, [*(m.start() for m in ends), len(text)], strict=True))
        self._text = text
        self._tokens: dict[int, list[tuple[int, int]]] = {}

    def tokens(self, line: int) -> list[tuple[int, int]]:
        """Return where the tokens of a line are in the text."""
        if line not in self._tokens:
            self._tokens[line] = [m.span() for m in _TOKEN.finditer(self._text, *self.lines[line])]
        return self._tokens[line]

    def place(self, at: Place) -> tuple[int, int] | None:
        """Return where a line, a token or a character is in the text; None where there is none."""
        if not at or not 0 <= at[0] < len(self.lines):
            return None
        tokens = self.tokens(at[0])
        if len(at) == 1:
            return (tokens[0][0], tokens[-1][1]) if tokens else None
        if not 0 <= at[1] < len(tokens):
            return None
        start, end = tokens[at[1]]
        if len(at) == 2:
            return start, end
        return (start + at[2], start + at[2] + 1) if 0 <= at[2] < end - start else None


def _one_scope(items: list[AnnotatedItem], text: _LineTokens, log: ConversionLog) -> list[AnnotatedItem]:
    """Return the items with ``(5, 5)`` as line 5 where the file is about lines, as newer versions write them.

    It is about lines if each item names one number twice, and one of them is no token.
    """
    ranges = [r for item in items for r in item.ranges]
    is_doubled = bool(ranges) and all(
        len(first) == 2 and first[0] == first[1] and first == last for first, last in ranges
    )
    if not is_doubled or all(text.place(first) for first, _ in ranges):
        return items
    log.notes.append(WHOLE_LINES)
    as_lines = [tuple((first[:1], last[:1]) for first, last in item.ranges) for item in items]
    return [AnnotatedItem(i.where, i.shown, found, i.labels) for i, found in zip(items, as_lines, strict=True)]


def _raw_spans(items: Sequence[AnnotatedItem], text: _LineTokens, log: ConversionLog) -> Iterator[span_fields.RawSpan]:
    """Yield a span for each range and label; list links, labels of the whole text, and places that are not there."""
    for item in items:
        if not item.labels:
            span_fields.record_unsupported([{"id": item.shown}], "relation", item.where, log)
        if item.labels and any(not first for first, _ in item.ranges):
            span_fields.record_unsupported([{"id": x} for x in item.labels], "text label", item.where, log)
            continue
        group = item.shown if len(item.ranges) > 1 else ""
        for label in item.labels:
            for first, last in item.ranges:
                start, end = text.place(first), text.place(last)
                if start and end and start[0] < end[1]:
                    yield span_fields.RawSpan(start[0], end[1], label, group=group)
                else:
                    log.read += 1
                    id_, everywhere = f"{item.shown}:{label}", ((0, text.lines[-1][1]),)
                    log.leave_out(item.where, id_, NO_SUCH_PLACE, doubtful=everywhere, label=label)
