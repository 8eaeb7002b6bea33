"""From documents to doccano's rows: JSONL as its importer takes it, one file an annotator."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from annotator.formats.document import ConversionLog, Document
from annotator.formats.files import write_whole_file, safe_file_name
from annotator.formats.losses import record_if_inside, record_unsupported_fields, record_loss

COLUMN_TAKEN = "metadata: doccano has a column of that name for something else"

_RESERVED_COLUMNS = {"text", "label", "labels", "entities", "annotations", "relations", "Comments", "comments", "meta"}


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``<annotator>.jsonl``, or ``all.jsonl`` for nobody's, to the folder ``out``; return the files."""
    rows: dict[str, list[bytes]] = {}
    for document in documents:
        row = orjson.dumps(doccano_row(document, log)) + b"\n"
        rows.setdefault(safe_file_name(document.annotator) or "all", []).append(row)
    return [write_whole_file(out / f"{name}.jsonl", b"".join(lines)) for name, lines in (rows or {"all": []}).items()]


def doccano_row(document: Document, log: ConversionLog) -> dict[str, Any]:
    """Return the row that says what a document says; what it cannot say is listed."""
    spans = [span for span in document.spans if record_if_inside(document, span, log)]
    record_unsupported_fields(document, "doccano", log, "accept" if spans else None)
    own = {"id": document.id, "title": document.title}
    meta = {k: v for k, v in own.items() if v} | {
        k: v for k, v in document.meta.items() if _is_free_column(k, document, log)
    }
    labels = [[s.start, s.end, s.label] for s in spans]
    comments = [document.note] if document.note else []
    return {**meta, "text": document.text, "label": labels, "Comments": comments}


def _is_free_column(key: str, document: Document, log: ConversionLog) -> bool:
    """Whether a field of the metadata can be a column; lists one that cannot."""
    if key in _RESERVED_COLUMNS:
        record_loss(document, "field", key, COLUMN_TAKEN, log)
    return key not in _RESERVED_COLUMNS
