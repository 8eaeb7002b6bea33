"""brat's standoff folders: ``x.txt`` with ``x.ann`` beside it, as deep as one likes.

Offsets are code points (a CRLF may count as one), tried against the text that each span quotes.
A discontinuous span becomes one span for each part, with one group. Relations, events, attributes and
normalisations are listed: no span can hold them. brat has no answers: a text on which nothing is
marked is taken for one that nobody has done yet, because brat makes its ``.ann`` beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span, reading_order
from annotator.formats import format_writing
from annotator.formats.brat import standoff
from annotator.formats.brat.ann_lines import Standoff, escape_note, parse_ann
from annotator.formats.brat.fragments import fragment_quotes
from annotator.formats.carried_metadata import record_lost_fields, record_lost_metadata, record_names
from annotator.formats.document import ConversionLog, Document, span_entry
from annotator.formats.import_source import MAX_LINE_BYTES, FileSample, ImportSource
from annotator.formats.offset_units import (
    CODE_POINTS,
    CRLF_AS_ONE,
    LF_AS_TWO,
    QUOTED_UNITS,
    UTF8,
    UTF16,
    UTF16_CRLF_AS_ONE,
    OffsetUnit,
    OffsetUnitDetector,
    QuotedRange,
    quotes_agree,
)
from annotator.formats.span_fields import anywhere

# brat's folder from documents: a ``.txt`` and an ``.ann`` for each, and the ``annotation.conf`` it needs.


PARTS_NOT_ONE_LINE = "one part, or parts that overlap, differ in label or have a line end alone between them"
EDGE_AT_LINE_END = "it begins or ends with a line end, where brat cuts"

_LINE = re.compile(r"[^\r\n]+")

LinePart = tuple[int, int]


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write the documents to the folder ``out``, one annotator's in one folder; return the files.

    A span over a line end is written in parts, as brat does; its reader makes them one again.
    What brat cannot hold is listed in ``log``.
    """
    names = format_writing.FileNames()
    labels: set[str] = set()
    files: list[Path] = []
    for document in documents:
        name = names.unique_name(document.id or document.title, document.annotator)
        path = out / name
        record_names(document, name, "brat", log)
        lines = _lines(document, labels, log)
        files.append(format_writing.write_whole_file(path.with_name(path.name + ".txt"), document.text.encode()))
        files.append(format_writing.write_whole_file(path.with_name(path.name + ".ann"), "".join(lines).encode()))
    files.append(format_writing.write_whole_file(out / "annotation.conf", _configuration(labels).encode()))
    return files


def _lines(document: Document, labels: set[str], log: ConversionLog) -> list[str]:
    log.read += len(document.spans)
    lines: list[str] = []
    for parts in _whole_spans(document, log):
        places = [place for span in parts for place in _line_parts(document.text, span)]
        for span in parts:
            own = _line_parts(document.text, span)
            if (own[0][0], own[-1][1]) == (span.start, span.end):
                log.kept += 1
            else:
                log.record(span_entry(document, span, Outcome.TRIMMED, EDGE_AT_LINE_END))
        labels.add(parts[0].label)
        offsets = ";".join(f"{s} {e}" for s, e in places)
        quote = " ".join(document.text[s:e] for s, e in places)
        lines.append(f"T{len(lines) + 1}\t{parts[0].label} {offsets}\t{quote}\n")
    format_writing.record_unsupported_fields(document, "brat", log, "accept" if lines else None, has_groups=True)
    record_lost_fields(document, "brat", log, "title")
    record_lost_metadata(document, "brat", log)
    if document.note and lines:  # on the first span
        lines.append(f"#1\tAnnotatorNotes T1\t{escape_note(document.note)}\n")
    elif document.note:
        format_writing.record_loss(document, "note", document.note, "brat's notes need a span to be on", log)
    return lines


def _whole_spans(document: Document, log: ConversionLog) -> Iterator[list[Span]]:
    """Yield the spans that a line each can hold, the parts of a discontinuous one together; list all others."""
    taken: dict[str, list[Span]] = {}
    whole: list[list[Span]] = []
    for span in reading_order(document.spans):
        if why := _why_unsupported(document.text, span, _line_parts(document.text, span)):
            format_writing.record_span(document, span, why, log)
        elif span.group in taken:
            taken[span.group].append(span)
        else:
            whole.append(taken.setdefault(span.group, [span]) if span.group else [span])
    for parts in whole:
        if parts[0].group and not _is_one_line(document.text, parts):
            format_writing.record_loss(document, "group", parts[0].group, PARTS_NOT_ONE_LINE, log)
            yield from ([part] for part in parts)
        else:
            yield parts


def _is_one_line(text: str, parts: Sequence[Span]) -> bool:
    """Return True if brat's reader finds just these parts again, in a line that has all of them."""
    gaps = [text[a.end : b.start] for a, b in pairwise(parts)]
    apart = all(a.end < b.start for a, b in pairwise(parts))
    joined = any(not gap.strip() and ("\n" in gap or "\r" in gap) for gap in gaps)
    return len(parts) > 1 and len({s.label for s in parts}) == 1 and apart and not joined


def _why_unsupported(text: str, span: Span, places: list[LinePart]) -> str:
    """Return why brat cannot hold the span, empty if it can."""
    if span.end > len(text):
        return format_writing.PAST_TEXT_END
    if not places:
        return "nothing but blanks"
    return "brat's labels hold no blanks" if span.label.split() != [span.label] else ""


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


def _configuration(labels: set[str]) -> str:
    """Return the configuration that brat needs to show the labels, spans inside others among them."""
    entities = "".join(f"{label}\n" for label in sorted(labels))
    return (
        f"[entities]\n{entities}\n[relations]\n<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n"
        "\n[events]\n\n[attributes]\n"
    )


# The files of a brat folder: which ``.ann`` belongs to which ``.txt``.


class TextAnnPair(Struct, frozen=True):
    """One text and what was marked on it."""

    id: str
    """The name without ``.ann``, folders included."""
    ann: ImportSource
    txt: ImportSource | None
    """None where there is no such text."""


def find_pairs(source: ImportSource, log: ConversionLog) -> list[TextAnnPair]:
    """Return the pairs of a folder or zip, however deep, or the one of an ``.ann`` file.

    A text without ``.ann`` is no document for brat either; a note counts them.
    Raises SourceError where there is no pair at all.
    """
    if not source.is_folder and not source.is_zip:
        return [_pair_of_file(source)]
    files = {(f.member or f.name.removeprefix(source.name).lstrip("/")): f for f in source.files()}
    anns = ((name[:-4], file) for name, file in files.items() if name.endswith(".ann"))
    found = [TextAnnPair(id_, file, files.get(id_ + ".txt")) for id_, file in anns]
    if not any(p.txt for p in found):
        raise source.error("no .ann file here has a .txt file of its name beside it", do="name brat's data folder")
    lone = [n for n in files if n.endswith(".txt") and n[:-4] + ".ann" not in files]
    if lone:
        texts = pluralize(len(lone), "text without .ann is", "texts without .ann are")
        log.notes.append(f"{texts} left out, as brat does (first: {lone[0]})")
    return sorted(found, key=lambda pair: pair.id)


def _pair_of_file(source: ImportSource) -> TextAnnPair:
    path = source.path.with_suffix(".txt")
    if source.member or path == source.path or not path.is_file():
        do = "brat keeps the text in a .txt file of the same name: put it there"
        raise SourceError(f"there is no {Path(source.base).stem}.txt beside it", where=source.name, do=do)
    return TextAnnPair(Path(source.base).stem, source, ImportSource(path, max_line_bytes=source.max_line_bytes))


BRAT_UNITS = (CODE_POINTS, CRLF_AS_ONE, UTF16, UTF16_CRLF_AS_ONE, UTF8, LF_AS_TWO)
"""What brat and the tools that write for it count in."""

OPEN_BRAT_TEXTS = "texts on which nothing is marked, which the files leave open because brat makes them beforehand: {n}"
BOM_REMOVED = "texts whose byte order mark was taken off, so that their offsets are one less: {n}"

_BOM = b"\xef\xbb\xbf"
_BOUND_LINE = re.compile(rb"T[0-9]+\t[^\t\n]+ [0-9]+ [0-9]+(?:;[0-9]+ [0-9]+)*(?:\t|\r?$)", re.MULTILINE)


def detect(sample: FileSample) -> str:
    """Return why this looks like brat's, empty if it does not."""
    if sample.is_folder or sample.is_zip:
        names = set(sample.names)
        pairs = sum(n.endswith(".ann") and n[:-4] + ".txt" in names for n in names)
        if pairs:
            return f"it has {pluralize(pairs, '.ann file beside its .txt file', '.ann files beside .txt files')}"
        return "it has .ann files" if any(n.endswith(".ann") for n in names) else ""
    return "it begins with a span of brat's .ann files" if _BOUND_LINE.match(sample.start) else ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield a document for each pair of files; raises SourceError for what cannot be read as such."""
    pairs = find_pairs(source, log)
    unit = _detect_unit(pairs, log, source.name)
    for pair in pairs:
        if pair.txt is None:
            found = parse_ann(pair.ann.text().split("\n"), pair.ann.name)
            _record_others(found, "", pair.ann.name, log)
            log.read += len(found.bounds)
            for bound in found.bounds:
                log.leave_out(f"{pair.ann.name}:{bound.line}", bound.id, "its .txt file is missing", bound.quote)
            continue
        document = _document(pair, *_read_pair(pair.txt, pair.ann, log), unit, log)
        log.count_note(OPEN_BRAT_TEXTS, document.answer is None)
        yield document
    log.add_counted_notes()


def _read_pair(txt: ImportSource, ann: ImportSource, log: ConversionLog | None = None) -> tuple[str, Standoff]:
    """Return the text and what is marked on it, a byte order mark taken off both.

    brat itself counts such a mark as a character: where the quotes fit only then, the offsets move. A
    mark that is in a span stays.
    """
    text = txt.text(MAX_LINE_BYTES)
    found = parse_ann(ann.text().split("\n"), ann.name)
    if txt.sample().head.startswith(_BOM):
        quoted = [q for b in found.bounds for q in fragment_quotes(b)]
        if _count_matches("\ufeff" + text, quoted) > _count_matches(text, quoted):
            if any((quote or "").startswith("\ufeff") for _, _, quote in quoted):
                return "\ufeff" + text, found
            if log is not None:
                log.count_note(BOM_REMOVED)
            for bound in found.bounds:
                bound.fragments = tuple((max(s - 1, 0), max(e - 1, 0)) for s, e in bound.fragments)
    return text, found


def _count_matches(text: str, quoted: list[QuotedRange]) -> int:
    return sum(text[s:e] == quote for s, e, quote in quoted)


def _detect_unit(pairs: list[TextAnnPair], log: ConversionLog, where: str) -> OffsetUnit:
    """Return what all offsets of the folder are counted in, and note it where it is not plain."""
    detector = OffsetUnitDetector(BRAT_UNITS, QUOTED_UNITS)
    for pair in pairs:
        if pair.txt:
            text, found = _read_pair(pair.txt, pair.ann)
            quoted = [q for b in found.bounds for q in fragment_quotes(b)]
            if text.isascii() and "\n" not in text and quotes_agree(text, quoted):
                detector.add_agreeing(quoted)
            else:
                detector.add_text(text, quoted)
    unit = detector.unit(where)
    if note := detector.note(unit):
        log.notes.append(note)
    return unit


def _document(pair: TextAnnPair, text: str, found: Standoff, unit: OffsetUnit, log: ConversionLog) -> Document:
    where = pair.ann.name
    _record_others(found, text, where, log)
    places = standoff.place_bounds(found.bounds, text, unit, where, log)
    return Document(
        text,
        tuple(s for p in places for s in p.spans),
        answer=Answer.ACCEPT if found.bounds or found.others else None,
        id=pair.id,
        note="\n".join(n.text for n in found.notes),
        meta={"notes": [{"on": n.target, "text": n.text} for n in found.notes]} if found.notes else {},
        where=where,
    )


def _record_others(found: Standoff, text: str, where: str, log: ConversionLog) -> None:
    """List what is no span, or a span whose line cannot be read, which may be anywhere in the text."""
    for other in found.others:
        is_span = other.kind == "span"
        log.read += is_span
        doubtful = tuple(anywhere(text)) if is_span else ()
        log.leave_out(f"{where}:{other.line}", other.id, other.why, other.content, other.kind, doubtful)
