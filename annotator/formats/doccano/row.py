"""The fields of a doccano row, of whatever version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.core.errors import SourceError
from annotator.formats.evidence import QuotedText, quoted_ranges
from annotator.formats.fields import RawSpan, name_of, storable_fields, first_string

EXPORT_AGAIN = "export the project from doccano again (JSONL)"

_SPAN_KEYS = ("label", "labels", "entities", "annotations")
_KNOWN_KEYS = frozenset({*_SPAN_KEYS, "text", "relations", "Comments", "comments", "meta", "id"})

SpansByAnnotator = dict[str, list[RawSpan]]
"""Spans by annotator; the name is empty where the row names nobody."""


def text_field(row: dict[str, Any]) -> str:
    """Return the name of the field with the text: ``data`` in some exports; empty where none is one."""
    if isinstance(row.get("text"), str):
        return "text"
    is_data = row.get("text") is None and isinstance(row.get("data"), str) and row.keys() & {*_SPAN_KEYS}
    return "data" if is_data else ""


def row_text(row: dict[str, Any], where: str) -> str:
    """Return the row's text; raises SourceError for a project that has pictures or sounds."""
    if key := text_field(row):
        return str(row[key])
    if isinstance(row.get("filename"), str):
        raise SourceError(
            "the row names a file, not a text", where=where, do="import projects with texts only"
        )
    raise SourceError("the row has no `text`", where=where, do=EXPORT_AGAIN)


def row_spans(row: dict[str, Any], where: str) -> tuple[SpansByAnnotator, list[Any]]:
    """Return the spans by annotator, and what is a label of the whole text.

    Raises SourceError where a list of spans is something else.
    """
    spans: SpansByAnnotator = {}
    others: list[Any] = []
    for key in _SPAN_KEYS:
        found = row.get(key)
        if found is None:
            continue
        if not isinstance(found, list):
            if key not in {"label", "labels"} or isinstance(found, dict):
                raise SourceError(f"`{key}` must be a list", where=where, do=EXPORT_AGAIN)
            found = [found]
        for item in found:
            if isinstance(item, list | dict) and not _is_text_label(item):
                who = name_of(item.get("user")) if isinstance(item, dict) else ""
                spans.setdefault(who, []).append(_raw_span(item))
            else:
                others.append(item)
    return spans, others


def _is_text_label(item: list[Any] | dict[str, Any]) -> bool:
    """Whether an old annotation has a label and no place, as those of whole texts do."""
    return isinstance(item, dict) and "label" in item and not _OFFSET_KEYS & item.keys()


_OFFSET_KEYS = {"start_offset", "end_offset", "start", "end"}


def _raw_span(item: list[Any] | dict[str, Any]) -> RawSpan:
    if isinstance(item, dict):
        start = item.get("start_offset", item.get("start"))
        end = item.get("end_offset", item.get("end"))
        return RawSpan(start, end, item.get("label"), id=name_of(item.get("id")))
    start, end, label = (*item, None, None, None)[:3]
    return RawSpan(start, end, label)


def row_note(row: dict[str, Any]) -> str:
    """Return the comments, a line each."""
    found = row.get("Comments", row.get("comments"))
    listed = found if isinstance(found, list) else [found]
    texts = (first_string(x, "text", "comment") if isinstance(x, dict) else x for x in listed)
    return "\n".join(x for x in texts if isinstance(x, str) and x)


def row_meta(row: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata: the old ``meta``, and the columns that newer versions put into the row."""
    own = row.get("meta")
    columns = {k: v for k, v in row.items() if k not in _KNOWN_KEYS and k != text_field(row)}
    return storable_fields({**columns, **(own if isinstance(own, dict) else {})})


def row_quoted_text(row: Any) -> Iterator[QuotedText]:
    """Yield the text of a row and where its spans stand; nothing is quoted."""
    if not isinstance(row, dict) or not (key := text_field(row)):
        return
    try:
        spans, _ = row_spans(row, "")
    except SourceError:  # the reading tells it, with its place
        return
    for raw_spans in spans.values():
        yield row[key], list(quoted_ranges((raw, None) for raw in raw_spans))
