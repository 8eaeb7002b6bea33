"""Hugging Face Parquet: token classification (``tokens`` and tags), or ``text`` with ``spans``.

The names of numbered tags are in the Arrow schema's metadata under ``huggingface`` and nowhere
else in the file. Without them they are looked for in ``dataset_info.json`` beside it; tags that stay
without names are refused, unless the user gives some. pyarrow is an extra. JSONL of ``tokens`` and
tags, which never has their names, is read without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson

from annotator.core.spans import Span
from annotator.core.tokens import is_aligned
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import (
    flat_spans,
    record_if_inside,
    record_unsupported_fields,
    visible_words,
    write_whole_file,
)
from annotator.formats.huggingface.dataset_tables import import_arrow
from annotator.formats.huggingface.huggingface_reader import detect, read
from annotator.formats.tag_schemes import iob2_tags

__all__ = ["detect", "read", "write"]


# From documents to one Parquet file that ``datasets`` loads with its names, and a data card beside it.
#
# Each row has both styles: ``text`` with ``spans``, which holds everything that is marked, and ``tokens``
# with ``ner_tags``, one flat row of IOB2 for programs that train on that. What tags cannot hold is listed
# in the notes and in the card; it is in ``spans``. The card is not called README.md, which may be the
# user's own.


# The data card: what a data set holds, in the Markdown that the Hub shows.


_FIELD_DESCRIPTIONS = {
    "id": "the text's id in the corpus",
    "text": "the text",
    "tokens": "its words, cut as they were when it was annotated",
    "spans": "what is marked: `text[start:end]`, counted in code points; spans may overlap",
    "ner_tags": "an IOB2 tag for each word, of spans that don't overlap",
    "title": "the article's title",
    "annotator": "whose annotation it is; a text may stand there once for each annotator",
    "note": "the annotator's note",
    "meta": "further fields, as JSON",
}


def dataset_card_lines(
    documents: Sequence[Document], kept: Sequence[Sequence[Span]], features: Mapping[str, Any], log: ConversionLog
) -> Iterator[str]:
    """Yield the lines of the card; it holds no clock and no path, so the same data give the same card."""
    labels = Counter(s.label for spans in kept for s in spans)
    people = {d.annotator for d in documents if d.annotator}
    yield "---"
    yield "task_categories:\n- token-classification"
    yield "configs:\n- config_name: default\n  data_files: annotations.parquet"
    yield "---\n"
    yield "# Annotated texts\n"
    yield "To publish it, rename this card to README.md and say what the texts are and who may use them.\n"
    description = f", by {len(people):,} annotator{'s' * (len(people) != 1)}" if people else ""
    yield f"- rows: {len(documents):,}{description}"
    yield f"- spans: {sum(labels.values()):,}"
    yield "\n## Labels\n"
    yield "| label | spans |\n|---|---|"
    for label, n in sorted(labels.items(), key=lambda x: (-x[1], x[0])):
        cell = "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+-.!|&" else c for c in " ".join(label.split()))
        yield f"| {cell} | {n:,} |"
    yield "\n## Fields\n"
    yield from (f"- `{name}`: {_FIELD_DESCRIPTIONS.get(name, 'as the corpus has it')}" for name in features)
    left = [f"spans left out: {n:,} ({why})" for (_, why), n in sorted(log.totals.items())]
    if left or log.notes:
        yield "\n## What is not in it\n"
        yield from (f"- {description}" for description in (*left, *log.notes))
    yield "\n## Loading\n"
    yield "```python\nfrom datasets import load_dataset\n"
    yield 'data = load_dataset("parquet", data_files="annotations.parquet")\n```'


PARQUET_FILE = "annotations.parquet"

SPANS_WITHOUT_TAGS = "spans that stand in `spans` alone, not in `ner_tags`: {n} ({why})"
LONGER_SPAN_OVERLAPS = "a longer one overlaps them, and tags are flat"
ENDS_INSIDE_TOKEN = "they begin or end inside a token"
NO_TOKENS = "their text has no tokens"

_STRING_FEATURE = {"dtype": "string", "_type": "Value"}
_NUMBER_FEATURE = {"dtype": "int64", "_type": "Value"}
_OPTIONAL_COLUMNS = ("title", "annotator", "note", "meta")


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.parquet``, a document a row, and the data card to the folder ``out``.

    Of two spans that overlap the longer has tags (of equal ones the earlier, then the first label). A
    document without tokens has no tags.
    """
    every = list(documents)
    kept = [[s for s in d.spans if record_if_inside(d, s, log)] for d in every]
    untagged: Counter[str] = Counter()
    flat = [_taggable_spans(d, spans, untagged) for d, spans in zip(every, kept, strict=True)]
    for d, spans in zip(every, kept, strict=True):
        record_unsupported_fields(d, "Hugging Face Parquet", log, "accept" if spans or d.answer else None)
    log.notes += [SPANS_WITHOUT_TAGS.format(n=f"{n:,}", why=why) for why, n in sorted(untagged.items())]
    sourced = any(s.source for spans in kept for s in spans)
    names = ["O", *(f"{b}-{x}" for x in sorted({s.label for f in flat for s in f}) for b in "BI")]
    rows = [_dataset_row(d, k, f, names, sourced=sourced) for d, k, f in zip(every, kept, flat, strict=True)]
    used = {name: _STRING_FEATURE for name in _OPTIONAL_COLUMNS if any(r[name] for r in rows)}
    features = {**_dataset_features(names, sourced=sourced), **used}
    data = _parquet(rows, features)
    card = "\n".join(dataset_card_lines(every, kept, features, log)) + "\n"
    return [write_whole_file(out / PARQUET_FILE, data), write_whole_file(out / "dataset-card.md", card.encode())]


def _dataset_features(names: list[str], *, sourced: bool) -> dict[str, Any]:
    """Return the features of the columns that every export has."""
    span = {"start": _NUMBER_FEATURE, "end": _NUMBER_FEATURE, "label": _STRING_FEATURE, "text": _STRING_FEATURE}
    return {
        "id": _STRING_FEATURE,
        "text": _STRING_FEATURE,
        "spans": [span | ({"source": _STRING_FEATURE} if sourced else {})],
        "tokens": {"feature": _STRING_FEATURE, "_type": "Sequence"},
        "ner_tags": {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"},
    }


def _parquet(rows: Sequence[Mapping[str, Any]], features: Mapping[str, Any]) -> bytes:
    """Return the rows as a Parquet file whose schema holds the features."""
    pa, parquet = import_arrow(PARQUET_FILE)
    info = {b"huggingface": orjson.dumps({"info": {"features": features}})}
    schema = pa.schema([(name, _arrow_type(pa, f)) for name, f in features.items()], metadata=info)
    columns = [pa.array([r[f.name] for r in rows], type=f.type) for f in schema]
    buffer = BytesIO()
    parquet.write_table(pa.Table.from_arrays(columns, schema=schema), buffer, row_group_size=1_000, compression="zstd")
    return buffer.getvalue()


def _arrow_type(pa: Any, feature: Any) -> Any:
    """Return the Arrow type of a feature."""
    if isinstance(feature, list):
        return pa.list_(_arrow_type(pa, feature[0]))
    kind = feature.get("_type")
    if kind == "Sequence":
        return pa.list_(_arrow_type(pa, feature["feature"]))
    if kind == "ClassLabel":
        return pa.int64()
    if kind == "Value":
        return getattr(pa, feature["dtype"])()
    return pa.struct([(name, _arrow_type(pa, f)) for name, f in feature.items()])


def _dataset_row(
    document: Document, spans: Sequence[Span], flat: Sequence[Span], names: Sequence[str], *, sourced: bool
) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for s in spans:  # each with its text: a quote leaves no doubt what offsets count
        source = {"source": s.source} if sourced else {}
        found.append(
            {"start": s.start, "end": s.end, "label": s.label, "text": document.text[s.start : s.end], **source}
        )
    words = visible_words(document) if document.tokens else []
    return {
        "id": document.id,
        "text": document.text,
        "spans": found if spans or document.answer else None,
        "tokens": [t.text for t in words],
        "ner_tags": list(map(names.index, iob2_tags(words, flat))),
        "title": document.title,
        "annotator": document.annotator,
        "note": document.note,
        "meta": orjson.dumps(dict(document.meta)).decode() if document.meta else "",
    }


def _taggable_spans(document: Document, spans: Sequence[Span], untagged: Counter[str]) -> list[Span]:
    """Return the spans that one row of tags can hold, by place; count the others by reason."""
    words = visible_words(document) if document.tokens else []

    def why_rejected(span: Span, is_overlapped: bool) -> str:
        why = "" if is_aligned(words, span.start, span.end) else ENDS_INSIDE_TOKEN if words else NO_TOKENS
        why = why or LONGER_SPAN_OVERLAPS * is_overlapped
        untagged.update([why] if why else ())
        return why

    return sorted(flat_spans(document, spans, why_rejected))
