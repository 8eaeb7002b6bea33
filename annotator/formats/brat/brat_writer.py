"""brat's folder from documents: a ``.txt`` and an ``.ann`` for each, and the ``annotation.conf`` it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotator.core.ledger import Outcome
from annotator.core.spans import Span, reading_order
from annotator.formats.brat.standoff import escape_note
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import (
    PAST_TEXT_END,
    FileNames,
    record_loss,
    record_span,
    record_unsupported_fields,
    write_whole_file,
)

BLANK_IN_LABEL = "brat's labels hold no blanks"
EDGE_AT_LINE_END = "it begins or ends with a line end, where brat cuts"
NOTE_WITHOUT_SPAN = "brat's notes need a span to be on"

_LINE = re.compile(r"[^\r\n]+")

LinePart = tuple[int, int]


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write the documents to the folder ``out``, one annotator's in one folder; return the files.

    A span over a line end is written in parts, as brat does; its reader makes them one again.
    What brat cannot hold is listed in ``account``.
    """
    names = FileNames()
    labels: set[str] = set()
    files: list[Path] = []
    for document in documents:
        path = out / names.unique_name(document.id or document.title, document.annotator)
        lines = _lines(document, labels, log)
        files.append(write_whole_file(path.with_name(path.name + ".txt"), document.text.encode()))
        files.append(write_whole_file(path.with_name(path.name + ".ann"), "".join(lines).encode()))
    files.append(write_whole_file(out / "annotation.conf", _configuration(labels).encode()))
    return files


def _lines(document: Document, labels: set[str], log: ConversionLog) -> list[str]:
    log.read += len(document.spans)
    lines: list[str] = []
    for span in reading_order(document.spans):
        places = _line_parts(document.text, span)
        if why := _why_unsupported(document.text, span, places):
            record_span(document, span, why, log)
            continue
        if (places[0][0], places[-1][1]) == (span.start, span.end):
            log.kept += 1
        else:
            record_span(document, span, EDGE_AT_LINE_END, log, Outcome.TRIMMED)
        labels.add(span.label)
        lines.append(_line(len(lines) + 1, span.label, places, document.text))
    record_unsupported_fields(document, "brat", log, "accept" if lines else None)
    return lines + list(_note(document, bool(lines), log))


def _why_unsupported(text: str, span: Span, places: list[LinePart]) -> str:
    """Return why brat cannot hold the span, empty if it can."""
    if span.end > len(text):
        return PAST_TEXT_END
    if not places:
        return "nothing but blanks"
    return BLANK_IN_LABEL if span.label.split() != [span.label] else ""


def _line_parts(text: str, span: Span) -> list[LinePart]:
    """Return the parts of a span between line ends, without the blanks there."""
    out: list[LinePart] = []
    for found in _LINE.finditer(text, span.start, span.end):
        start, end = found.span()
        there = found[0]
        start += len(there) - len(there.lstrip()) if start > span.start else 0
        end -= len(there) - len(there.rstrip()) if end < span.end else 0
        if there.strip():
            out.append((start, end))
    return out


def _line(number: int, label: str, places: list[LinePart], text: str) -> str:
    offsets = ";".join(f"{s} {e}" for s, e in places)
    quote = " ".join(text[s:e] for s, e in places)
    return f"T{number}\t{label} {offsets}\t{quote}\n"


def _note(document: Document, has_spans: bool, log: ConversionLog) -> Iterator[str]:
    """Yield the line of the document's note, on its first span."""
    if document.note and has_spans:
        yield f"#1\tAnnotatorNotes T1\t{escape_note(document.note)}\n"
    elif document.note:
        record_loss(document, "note", document.note, NOTE_WITHOUT_SPAN, log)


def _configuration(labels: set[str]) -> str:
    """Return what brat must be told to show the labels, spans inside others among them."""
    entities = "".join(f"{label}\n" for label in sorted(labels))
    return (
        f"[entities]\n{entities}\n[relations]\n<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n"
        "\n[events]\n\n[attributes]\n"
    )
