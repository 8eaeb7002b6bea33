"""LangExtract's annotated documents: a ``text`` with ``extractions``, each a class, words and a ``char_interval``.

A language model has made them, so they are predictions: the text stays open. An extraction may have no interval; it is
where its words are, by the rule for quotes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotator.core.errors import SourceError
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import json_files, may_hold_json, read_json_records
from annotator.formats.predictions import predicted_span

_SOURCE = "langextract"
_EXTRACTION = frozenset({"extraction_class", "extraction_text"})
_KNOWN_FIELDS = frozenset({"text", "extractions", "document_id"})
_EXPORT_AGAIN = "save the documents with LangExtract's `save_annotated_documents` again"


def detect(sample: FileSample) -> str:
    """Return what of a file is LangExtract's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    rows = (row for row in sample.json_values() if isinstance(row, dict) and isinstance(row.get("text"), str))
    found = (x for row in rows if isinstance(listed := row.get("extractions"), list) for x in listed)
    is_alike = any(isinstance(x, dict) and x.keys() >= _EXTRACTION for x in found)
    return "its records have `text` and `extractions`" if is_alike else ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with its place, for what is no record."""
    for file in json_files(source, log):
        for where, row in read_json_records(file, log):
            text = row.get("text") if isinstance(row, dict) else None
            if not isinstance(text, str):
                raise SourceError("the document has no `text`", where=where, do=_EXPORT_AGAIN)
            found = span_fields.object_list(row, "extractions", where, _EXPORT_AGAIN)
            yield Document(
                text,
                answer=None,
                id=span_fields.name_of(row.get("document_id")),
                meta=span_fields.storable_fields({k: v for k, v in row.items() if k not in _KNOWN_FIELDS}),
                where=where,
                predictions=tuple(predicted_span(_raw_span(x), _SOURCE, None, text, where) for x in found),
            )


def _raw_span(item: Mapping[str, Any]) -> span_fields.RawSpan:
    place = item.get("char_interval")
    start, end = (place.get(k) if isinstance(place, dict) else None for k in ("start_pos", "end_pos"))
    quote = span_fields.first_string(item, "extraction_text")
    return span_fields.RawSpan(start, end, item.get("extraction_class"), quote=quote)
