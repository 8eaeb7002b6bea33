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


def write(documents: Iterable[Document], out: Path, account: Account) -> list[Path]:
    """Write ``annotations.jsonl`` to the folder ``out``; what the tuples cannot hold is listed."""
    return [put(out / FILE, b"".join(orjson.dumps(_pair(d, account)) + b"\n" for d in documents))]


def _pair(document: Document, account: Account) -> tuple[str, dict[str, list[tuple[int, int, str]]]]:
    list_fields(document, "spaCy's JSON", account)
    list_note(document, "spaCy's JSON", account)
    kept = _flat(document, account)
    return document.text, {"entities": [s.key for s in reading_order(kept)]}


def _flat(document: Document, account: Account) -> list[Span]:
    kept: list[Span] = []
    taken = bytearray(len(document.text))
    for span in sorted(document.spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        account.read += 1
        why = PAST if span.end > len(document.text) else ""
        why = why or (OVERLAP if any(taken[span.start : span.end]) else "")
        if why:
            list_span(document, span, why, account)
        else:
            account.kept += 1
            kept.append(span)
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
    return kept
