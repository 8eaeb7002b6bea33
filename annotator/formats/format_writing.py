"""What the writers of several formats list alike: spans and fields that a format has no place for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats.document import ConversionLog, Document, span_entry

PAST_TEXT_END = "past the end of the text"


def record_span(document: Document, span: Span, why: str, log: ConversionLog) -> None:
    """List a span that is not written."""
    log.record(span_entry(document, span, Outcome.LEFT_OUT, why))


def supported_spans(
    document: Document,
    spans: Iterable[Span],
    log: ConversionLog,
    why_unsupported: Callable[[Span], str] = lambda _: "",
    why_overlapped: str = "",
) -> list[Span]:
    """Count spans and return those that a format can hold; list the others with the reason.

    None can hold a span past the end of the text. A format with ``why_overlapped`` is flat: of spans that
    overlap the longest stays (then the earlier, then the one with the first label), and the longest comes first.
    """
    kept: list[Span] = []
    for span in spans:
        log.read += 1
        if why := PAST_TEXT_END if span.end > len(document.text) else why_unsupported(span):
            record_span(document, span, why, log)
        else:
            kept.append(span)
    if why_overlapped:
        kept = list(_flat_view(document, kept, why_overlapped, log))
    log.kept += len(kept)
    return kept


def _flat_view(document: Document, spans: Iterable[Span], why: str, log: ConversionLog) -> Iterator[Span]:
    """Yield the spans that no longer one overlaps, the longest first; list the others."""
    taken = bytearray(len(document.text))
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        if 1 in taken[span.start : span.end]:
            record_span(document, span, why, log)
        else:
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            yield span


def record_loss(document: Document, kind: str, description: str, why: str, log: ConversionLog) -> None:
    """List what is no span and has no place in the format."""
    log.leave_out(document.where or document.id, document.id, why, description, kind)


def record_unsupported_fields(
    document: Document,
    format_: str,
    log: ConversionLog,
    restored: str | None = "accept",
    *,
    has_notes: bool = True,
    has_groups: bool = False,
) -> None:
    """List the answer unless the format restores it, the spans known to be wrong, groups, the flag and the note."""
    if (document.answer and document.answer.value) != restored:
        description = document.answer.value if document.answer else "not done"
        record_loss(document, "answer", description, f"answers: {format_} has none", log)
    for span in document.rejected:
        description = f"{span.start}-{span.end}:{span.label}"
        record_loss(document, "rejected span", description, f"spans known to be wrong: {format_} has none", log)
    for group in dict.fromkeys(s.group for s in document.spans if s.group and not has_groups):
        record_loss(document, "group", group, f"spans in several parts: {format_} has none", log)
    if document.flagged:
        record_loss(document, "flag", "flagged", f"flags: {format_} has none", log)
    if document.note and not has_notes:
        record_loss(document, "note", document.note, f"notes: {format_} has none", log)


# The words of a document, for formats that hold no white space.


_NON_BLANK = re.compile(r"\S+")


def visible_words(document: Document) -> list[Token]:
    """Return the document's tokens without white space, those that hold some cut there.

    A document without tokens is cut at blanks and at the edges of its spans.
    """
    if document.tokens:
        pieces = [(t.start, t.end) for t in document.tokens]
    else:
        inside = {e for s in document.spans for e in (s.start, s.end) if e < len(document.text)}
        edges = [0, *sorted(inside - {0}), len(document.text)]
        pieces = list(pairwise(edges))
    return [
        Token(found[0], found.start(), found.end(), ws=False)
        for start, end in pieces
        for found in _NON_BLANK.finditer(document.text, start, end)
    ]


# Writing what a format exports: whole files only, under names that are safe on every system.


_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")
_MAX_NAME_LENGTH = 80


def safe_file_name(name: str) -> str:
    """Return a name as one part of a path: ASCII letters, digits, ``.-_``, never hidden, 80 at most."""
    description = _UNSAFE.sub("-", name).strip(".-_")[:_MAX_NAME_LENGTH].rstrip(".-_")
    return f"x-{description}" if _RESERVED.match(description) else description


class FileNames:
    """Gives each document a file name of its own; two names never differ by capitals alone."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique_name(self, wanted: str, folder: str = "") -> str:
        """Return ``folder/wanted``, made safe, with a number where that name is taken."""
        inside = safe_file_name(folder)
        base = safe_file_name(wanted) or "text"
        name, number = base, 1
        while f"{inside}/{name}".casefold() in self._taken:
            number += 1
            name = f"{base}-{number}"
        self._taken.add(f"{inside}/{name}".casefold())
        return f"{inside}/{name}" if inside else name


def write_whole_file(path: Path, data: bytes | Iterable[bytes]) -> Path:
    """Write a whole file, its folders made, beside its name first; raises SourceError where it can't be."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
        beside.replace(path)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        what = f"the file cannot be written ({reason})"
        raise SourceError(what, where=str(path), do="check the folder and the disk") from error
    return path


def write_json_lines(path: Path, rows: Iterable[Any]) -> list[Path]:
    """Write a JSON value a line; return the file alone in a list."""
    return [write_whole_file(path, b"".join(orjson.dumps(row) + b"\n" for row in rows))]
