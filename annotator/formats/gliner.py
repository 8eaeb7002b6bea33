"""GLiNER's training data: ``tokenized_text``, a list of words, with ``ner``, a list of ``[first, last, label]``.

The last word is inside the span. Words have no white space, so the text is made of them with blanks between, unless
the record has a ``text`` that they spell. GLiNER ignores further keys; what is written has the text, and all else that
a document has, in such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import record_unsupported_fields, supported_spans, visible_words, write_json_lines
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import json_files, may_hold_json, read_json_records
from annotator.formats.span_alignment import find_words, spelling_tokens

TEXT_REBUILT = "texts that their words do not spell; the words were joined by blanks instead: {n}"
OPEN_TEXTS = "texts without `ner`, left open: {n}"
ENDS_INSIDE_WORD = "it begins or ends inside a word, and GLiNER's spans are of whole words"
NO_SUCH_WORD = "the text has no such words"

_WORD = re.compile(r"\S+")
_WORDS, _SPANS = "tokenized_text", "ner"
_OWN_FIELDS = ("id", "title", "annotator", "note")
_KNOWN_FIELDS = frozenset({_WORDS, _SPANS, "text", "groups", "meta", *_OWN_FIELDS})
_EXPECTED_RECORD = "give each text as {“tokenized_text”: [word, …], “ner”: [[first, last, label], …]}"


def detect(sample: FileSample) -> str:
    """Return what of a file is GLiNER's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    rows = (row for row in sample.json_values() if isinstance(row, dict))
    is_alike = any(isinstance(row.get(_WORDS), list) and _SPANS in row for row in rows)
    return f"its records have `{_WORDS}` and `{_SPANS}`" if is_alike else ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with its place, for what is no record."""
    for file in json_files(source, log):
        for where, row in read_json_records(file, log):
            yield _document(row, where, log)
    log.add_counted_notes()


def _document(row: Any, where: str, log: ConversionLog) -> Document:
    words = row.get(_WORDS) if isinstance(row, dict) else None
    if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise SourceError(f"`{_WORDS}` must be a list of words", where=where, do=_EXPECTED_RECORD)
    found = row.get(_SPANS)
    if found is not None and not isinstance(found, list):
        raise SourceError(f"`{_SPANS}` must be a list", where=where, do=_EXPECTED_RECORD)
    text, places = _placed_words(row, words, log)
    own = row.get("meta")
    rest = {k: v for k, v in row.items() if k not in _KNOWN_FIELDS}
    log.count_note(OPEN_TEXTS, found is None)
    return Document(
        text,
        _spans(found or [], row.get("groups"), text, places, where, log),
        tokens=spelling_tokens(text, [p for p in places if p[0] < p[1]]),
        answer=Answer.ACCEPT if found is not None else None,
        id=span_fields.name_of(row.get("id")),
        title=span_fields.first_string(row, "title"),
        annotator=span_fields.first_string(row, "annotator"),
        note=span_fields.first_string(row, "note"),
        meta=span_fields.storable_fields({**rest, **(own if isinstance(own, dict) else {})}),
        where=where,
    )


def _placed_words(row: Mapping[str, Any], words: list[str], log: ConversionLog) -> tuple[str, list[tuple[int, int]]]:
    """Return the text and the place of each word in it; an empty word has a place without characters."""
    given = row.get("text")
    if isinstance(given, str):
        if (places := find_words(given, words)) is not None:
            return given, places
        log.count_note(TEXT_REBUILT)
    places, at = [], 0
    for word in words:
        places.append((at, at + len(word)))
        at += len(word) + bool(word)
    return " ".join(w for w in words if w), places


def _spans(
    found: list[Any], groups: Any, text: str, places: list[tuple[int, int]], where: str, log: ConversionLog
) -> tuple[Span, ...]:
    """Return the spans of a record; list those that are on no words of it."""
    shared = groups if isinstance(groups, list) and len(groups) == len(found) else [None] * len(found)
    raws = []
    for item, group in zip(found, shared, strict=True):
        raw = span_fields.raw_span(item)
        first, last = span_fields.offset_number(raw.start), span_fields.offset_number(raw.end)
        if first is None or last is None or not 0 <= first <= last < len(places):
            log.read += 1
            label, everywhere = raw.label if isinstance(raw.label, str) else "", ((0, len(text)),)
            log.leave_out(where, span_fields.raw_span_id(raw), NO_SUCH_WORD, doubtful=everywhere, label=label)
            continue
        name = group if isinstance(group, str) else ""
        raws.append(span_fields.RawSpan(places[first][0], places[last][1], raw.label, group=name))
    return span_fields.convert_spans(raws, text, where, log)


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.jsonl`` to the folder ``out``: a record a document.

    A span that is not of whole words is listed and left out.
    """
    return write_json_lines(out / "annotations.jsonl", (_gliner_record(d, log) for d in documents))


def _gliner_record(document: Document, log: ConversionLog) -> dict[str, Any]:
    record_unsupported_fields(document, "GLiNER", log, has_groups=True)
    words = _all_words(document)

    def why_unsupported(span: Span) -> str:
        return "" if is_aligned(words, span.start, span.end) else ENDS_INSIDE_WORD

    spans = supported_spans(document, document.spans, log, why_unsupported)
    row: dict[str, Any] = {
        _WORDS: [w.text for w in words],
        _SPANS: [_word_range(words, s) for s in spans],
        "text": document.text,
        **{name: value for name in _OWN_FIELDS if (value := getattr(document, name))},
        **({"meta": dict(document.meta)} if document.meta else {}),
    }
    return row | ({"groups": [s.group for s in spans]} if any(s.group for s in spans) else {})


def _all_words(document: Document) -> list[Token]:
    """Return words that spell the text: the document's, and what is between where they are not of all sentences."""
    words = visible_words(document)
    edges = [0, *(e for w in words for e in (w.start, w.end)), len(document.text)]
    gaps = (m for a, b in zip(edges[::2], edges[1::2], strict=True) for m in _WORD.finditer(document.text, a, b))
    return sorted([*words, *(Token(m[0], *m.span(), ws=False) for m in gaps)], key=lambda w: w.start)


def _word_range(words: list[Token], span: Span) -> tuple[int, int, str]:
    """Return a span by its first and its last word."""
    first, end = token_range(words, span.start, span.end)
    return first, end - 1, span.label
