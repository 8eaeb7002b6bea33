"""From documents to doccano's rows: JSONL as its importer takes it, one file an annotator."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from annotator.formats.document import Account, Document
from annotator.formats.files import put, safe
from annotator.formats.losses import fits, list_fields, list_thing

TAKEN = "metadata: doccano has a column of that name for something else"

_COLUMNS = {"text", "label", "labels", "entities", "annotations", "relations", "Comments", "comments", "meta"}


def write(documents: Iterable[Document], out: Path, log: Account) -> list[Path]:
    """Write ``<annotator>.jsonl``, or ``all.jsonl`` for nobody's, to the folder ``out``; return the files."""
    rows: dict[str, list[bytes]] = {}
    for document in documents:
        row = orjson.dumps(row_of(document, log)) + b"\n"
        rows.setdefault(safe(document.annotator) or "all", []).append(row)
    return [put(out / f"{name}.jsonl", b"".join(lines)) for name, lines in (rows or {"all": []}).items()]


def row_of(document: Document, log: Account) -> dict[str, Any]:
    """Return the row that says what a document says; what it cannot say is listed."""
    spans = [span for span in document.spans if fits(document, span, log)]
    list_fields(document, "doccano", log, "accept" if spans else None)
    own = {"id": document.id, "title": document.title}
    meta = {k: v for k, v in own.items() if v} | {
        k: v for k, v in document.meta.items() if _free(k, document, log)
    }
    labels = [[s.start, s.end, s.label] for s in spans]
    comments = [document.note] if document.note else []
    return {**meta, "text": document.text, "label": labels, "Comments": comments}


def _free(key: str, document: Document, log: Account) -> bool:
    """Whether a field of the metadata can be a column; lists one that cannot."""
    if key in _COLUMNS:
        list_thing(document, "field", key, TAKEN, log)
    return key not in _COLUMNS
