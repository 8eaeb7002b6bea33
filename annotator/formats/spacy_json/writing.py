"""From documents to spaCy's training tuples, one a line: ``[text, {"entities": [[start, end, label]]}]``.

spaCy's entities cannot overlap: of two that do the longer one stays, the other is listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from annotator.core.spans import Span, reading_order
from annotator.formats.document import Account, Document
from annotator.formats.files import put
from annotator.formats.losses import PAST, list_fields, list_note, list_span

FILE = "annotations.jsonl"
OVERLAP = "entities of spaCy cannot overlap"


def write(documents: Iterable[Document], out: Path, log: Account) -> list[Path]:
    """Write ``annotations.jsonl`` to the folder ``out``; what the tuples cannot hold is listed."""
    return [put(out / FILE, b"".join(orjson.dumps(_pair(d, log)) + b"\n" for d in documents))]


def _pair(document: Document, log: Account) -> tuple[str, dict[str, list[tuple[int, int, str]]]]:
    list_fields(document, "spaCy's JSON", log)
    list_note(document, "spaCy's JSON", log)
    kept = _flat(document, log)
    return document.text, {"entities": [s.key for s in reading_order(kept)]}


def _flat(document: Document, log: Account) -> list[Span]:
    kept: list[Span] = []
    taken = bytearray(len(document.text))
    for span in sorted(document.spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        log.read += 1
        why = PAST if span.end > len(document.text) else ""
        why = why or (OVERLAP if any(taken[span.start : span.end]) else "")
        if why:
            list_span(document, span, why, log)
        else:
            log.kept += 1
            kept.append(span)
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
    return kept
