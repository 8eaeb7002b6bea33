"""JSONL, or a JSON list, of ``{"text", "spans"}`` as people write it themselves.

``spans`` may be called ``entities``, ``ents``, ``annotations`` or ``mentions``; a span is ``[start, end,
label]``, perhaps with the label first or a quote behind, or an object whose keys have one of several
names, a length in place of the end among them. What the offsets count is told by the texts that spans
quote, where they do, else by the edges of words: code points unless another unit is plainly better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats import doccano, prodigy
from annotator.formats.align import tiled
from annotator.formats.document import Account, Document
from annotator.formats.evidence import Evidence, quoted_of, unit_of
from annotator.formats.fields import Raw, Tally, name, plain, seconds, spans_of, string
from annotator.formats.files import put
from annotator.formats.losses import fits, list_fields
from annotator.formats.rows import differing, files_of, may_hold, rows
from annotator.formats.sample import Sample
from annotator.formats.source import Source
from annotator.formats.units import EVERY, Unit

NAME = "plain"
FILE = "annotations.jsonl"
ALLOWED = EVERY

TOKENS = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
OPEN = "texts that say nothing of spans, which the file leaves open: {n}"

_SPANS = ("spans", "entities", "ents")
_ELSE = ("annotations", "mentions")
"""What spans are called where nothing is called so."""
_START = ("start", "start_offset", "start_char", "startOffset", "begin", "offset")
_LENGTH = ("length", "len")
_END = ("end", "end_offset", "end_char", "endOffset", "stop")
_LABEL = ("label", "type", "tag", "entity_group", "entity_type", "entity", "category", "class")
_SAYS = ("text", "quote")
"""The words that a span covers; what others call by a word is often made the same, such as a base form."""
_QUOTE = (*_SAYS, "word", "mention", "surface", "value")
_KNOWN = frozenset({"text", "id", "meta", "tokens", "title", "annotator", "note", "flagged", "time", *_SPANS})
_OTHERS = frozenset({"annotation_id", "lead_time", "paragraphs"})
_DO = "give each text as {“text”: …, “spans”: [[start, end, label], …]}"


def looks(sample: Sample) -> str:
    """Return what of a file makes it texts with spans, empty where nothing or another tool does."""
    if (sample.is_folder or sample.is_zip) and not may_hold(sample.names):
        return ""
    if prodigy.looks(sample) or doccano.looks(sample):
        return ""
    return next((why for why in map(_looks, sample.json_values()) if why), "")


def _looks(row: Any) -> str:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or row.keys() & _OTHERS:
        return ""
    if isinstance(row.get("ents"), list) and "tokens" in row:
        return ""  # spaCy's own
    key = next((k for k in _keys(row) if isinstance(row[k], list)), "")
    return f"its records have `text` and `{key}`" if key and all(map(_is_span, row[key])) else ""


def _is_span(item: Any) -> bool:
    if isinstance(item, list):
        return len(item) == 3 or (len(item) == 4 and isinstance(item[3], str))
    return isinstance(item, dict) and any(key in item for key in _START)


def _keys(row: Mapping[str, Any]) -> list[str]:
    """Return the fields that hold the spans of a record."""
    found = [k for k in _SPANS if row.get(k) is not None]
    others = (k for k in _ELSE if isinstance(row.get(k), list) and row[k] and all(map(_is_span, row[k])))
    return found or list(others)[:1]


def read(source: Source, log: Account) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with its place, for what is no text with spans."""
    files = files_of(source)
    found = chain.from_iterable(differing(f, every=True) for f in files)
    unit = unit_of(found, _evidence, ALLOWED, source.name, log)
    tally = Tally()
    for where, row in chain.from_iterable(rows(f, log) for f in files):
        yield _document(row, where, unit, log, tally)
    tally.add_notes(log)


def _document(row: Any, where: str, unit: Unit, log: Account, tally: Tally) -> Document:
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise SourceError("the record has no `text`", where=where, do=_DO)
    found = _found(row, where)
    tally.add(OPEN, found is None)
    own = plain(row.get("meta"))
    return Document(
        text,
        spans_of((raw for x in found or () for raw in _raws(x)), text, where, log, unit),
        tokens=_tokens(row, text, tally),
        answer=Answer.ACCEPT if found is not None else None,
        annotator=string(row, "annotator"),
        id=name(row.get("id")) or name(own.get("id")),
        title=string(row, "title") or string(own, "title"),
        time=seconds(row.get("time")),
        note=string(row, "note"),
        flagged=row.get("flagged") is True,
        meta={**plain({k: v for k, v in row.items() if k not in {*_KNOWN, *_keys(row)}}), **own},
        where=where,
    )


def _found(row: Mapping[str, Any], where: str) -> list[Any] | None:
    """Return the spans under all the names that they may have, None where there is no such field."""
    lists = [row[k] for k in _keys(row)]
    if not all(isinstance(x, list) for x in lists):
        raise SourceError("`spans` must be a list", where=where, do=_DO)
    return [item for found in lists for item in found] if lists else None


def _raws(item: Any) -> Iterator[Raw]:
    """Yield a span for each label of an item, one without a label where there is none."""
    raw = _raw(item)
    several = item.get("labels") if isinstance(item, dict) and raw.label is None else None
    for label in several if isinstance(several, list) and several else [raw.label]:
        yield replace(raw, label=label)


def _raw(item: Any) -> Raw:
    if isinstance(item, dict):
        start, end, size = _whole(_first(item, _START)), _first(item, _END), _whole(_first(item, _LENGTH))
        if end is None and type(start) is int and type(size) is int:
            end = start + size
        own = string(item, "source"), name(item.get("id")), string(item, *_SAYS)
        return Raw(start, _whole(end), _first(item, _LABEL), *own)
    start, end, label = (*item, None, None, None)[:3] if isinstance(item, list) else (None, None, None)
    if isinstance(start, str) and type(end) is int and type(label) is int:
        start, end, label = end, label, start
    return Raw(_whole(start), _whole(end), label)


def _whole(value: Any) -> Any:
    """Return a whole number that is written as a text, as tables have it; any other value as it is."""
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,12}", value) else value


def _quote(item: Any) -> Any:
    """Return the text that a span quotes, if it does."""
    if isinstance(item, dict):
        return _first(item, _QUOTE)
    return item[3] if isinstance(item, list) and len(item) > 3 else None


def _first(item: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((item[k] for k in keys if item.get(k) is not None), None)


def _evidence(row: Any) -> Iterator[Evidence]:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return
    lists = [row[k] for k in _keys(row) if isinstance(row[k], list)]
    pairs = ((_raw(x), _quote(x)) for found in lists for x in found)
    yield row["text"], list(quoted_of(pairs))


def _tokens(row: Mapping[str, Any], text: str, tally: Tally) -> tuple[Token, ...]:
    """Return the record's tokens, words or objects, by finding them in the text one after the other."""
    found = row.get("tokens")
    if not isinstance(found, list) or not found:
        return ()
    tokens, at = [], 0
    for item in found:
        word = item.get("text") if isinstance(item, dict) else item
        word = word if isinstance(word, str) else ""
        start = text.find(word, at) if word else -1
        if start < 0 or text[at:start].strip():
            tally.add(TOKENS)
            return ()
        at = start + len(word)
        tokens.append(Token(word, start, at, ws=False))
    return tiled(text, tokens, 0, len(text)) or ()


def write(documents: Iterable[Document], out: Path, log: Account) -> list[Path]:
    """Write ``annotations.jsonl`` to the folder ``out``: a text with its spans a line, each quoted."""
    return [put(out / FILE, b"".join(orjson.dumps(_row(d, log)) + b"\n" for d in documents))]


def _row(document: Document, log: Account) -> dict[str, Any]:
    list_fields(document, NAME, log)
    row = {
        "id": document.id,
        "text": document.text,
        "spans": [_written(document.text, s) for s in document.spans if fits(document, s, log)],
        "title": document.title,
        "annotator": document.annotator,
        "note": document.note,
        "meta": dict(document.meta),
    }
    return {key: value for key, value in row.items() if value or key in {"text", "spans"}}


def _written(text: str, span: Span) -> dict[str, Any]:
    source = {"source": span.source} if span.source else {}
    return {
        "start": span.start,
        "end": span.end,
        "label": span.label,
        "text": text[span.start : span.end],
        **source,
    }
