"""From documents to spaCy's training tuples, one a line: ``[text, {"entities": [[start, end, label]]}]``.

spaCy's entities cannot overlap: of two that do the longer one stays, the other is listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from annotator.core.spans import Span, reading_order
from annotator.formats.document import ConversionLog, Document
from annotator.formats.files import write_whole_file
from annotator.formats.losses import PAST_TEXT_END, record_unsupported_fields, record_unsupported_note, record_span

TUPLES_FILE = "annotations.jsonl"
ENTITIES_OVERLAP = "entities of spaCy cannot overlap"


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.jsonl`` to the folder ``out``; what the tuples cannot hold is listed."""
    return [write_whole_file(out / TUPLES_FILE, b"".join(orjson.dumps(_training_tuple(d, log)) + b"\n" for d in documents))]


def _training_tuple(document: Document, log: ConversionLog) -> tuple[str, dict[str, list[tuple[int, int, str]]]]:
    record_unsupported_fields(document, "spaCy's JSON", log)
    record_unsupported_note(document, "spaCy's JSON", log)
    kept = _non_overlapping(document, log)
    return document.text, {"entities": [s.key for s in reading_order(kept)]}


def _non_overlapping(document: Document, log: ConversionLog) -> list[Span]:
    kept: list[Span] = []
    taken = bytearray(len(document.text))
    for span in sorted(document.spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        log.read += 1
        why = PAST_TEXT_END if span.end > len(document.text) else ""
        why = why or (ENTITIES_OVERLAP if any(taken[span.start : span.end]) else "")
        if why:
            record_span(document, span, why, log)
        else:
            log.kept += 1
            kept.append(span)
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
    return kept
