"""The fields of a doccano row, of whatever version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.core.errors import SourceError
from annotator.formats.evidence import Evidence, quoted_of
from annotator.formats.fields import Raw, name, plain, string

AGAIN = "export the project from doccano again (JSONL)"

_LISTS = ("label", "labels", "entities", "annotations")
_KNOWN = frozenset({*_LISTS, "text", "relations", "Comments", "comments", "meta", "id"})

Spans = dict[str, list[Raw]]
"""Spans by annotator; the name is empty where the row names nobody."""


def text_key(row: dict[str, Any]) -> str:
    """Return the name of the field with the text: ``data`` in some exports; empty where none is one."""
    if isinstance(row.get("text"), str):
        return "text"
    is_data = row.get("text") is None and isinstance(row.get("data"), str) and row.keys() & {*_LISTS}
    return "data" if is_data else ""


def text_of(row: dict[str, Any], where: str) -> str:
    """Return the row's text; raises SourceError for a project that has pictures or sounds."""
    if key := text_key(row):
        return str(row[key])
    if isinstance(row.get("filename"), str):
        raise SourceError(
            "the row names a file, not a text", where=where, do="import projects with texts only"
        )
    raise SourceError("the row has no `text`", where=where, do=AGAIN)


def spans_of_row(row: dict[str, Any], where: str) -> tuple[Spans, list[Any]]:
    """Return the spans by annotator, and what is a label of the whole text.

    Raises SourceError where a list of spans is something else.
    """
    spans: Spans = {}
    others: list[Any] = []
    for key in _LISTS:
        found = row.get(key)
        if found is None:
            continue
        if not isinstance(found, list):
            if key not in {"label", "labels"} or isinstance(found, dict):
                raise SourceError(f"`{key}` must be a list", where=where, do=AGAIN)
            found = [found]
        for item in found:
            if isinstance(item, list | dict) and not _is_text_label(item):
                who = name(item.get("user")) if isinstance(item, dict) else ""
                spans.setdefault(who, []).append(_raw(item))
            else:
                others.append(item)
    return spans, others


def _is_text_label(item: list[Any] | dict[str, Any]) -> bool:
    """Whether an old annotation has a label and no place, as those of whole texts do."""
    return isinstance(item, dict) and "label" in item and not _PLACED & item.keys()


_PLACED = {"start_offset", "end_offset", "start", "end"}


def _raw(item: list[Any] | dict[str, Any]) -> Raw:
    if isinstance(item, dict):
        start = item.get("start_offset", item.get("start"))
        end = item.get("end_offset", item.get("end"))
        return Raw(start, end, item.get("label"), id=name(item.get("id")))
    start, end, label = (*item, None, None, None)[:3]
    return Raw(start, end, label)


def note_of(row: dict[str, Any]) -> str:
    """Return the comments, a line each."""
    found = row.get("Comments", row.get("comments"))
    listed = found if isinstance(found, list) else [found]
    texts = (string(x, "text", "comment") if isinstance(x, dict) else x for x in listed)
    return "\n".join(x for x in texts if isinstance(x, str) and x)


def meta_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata: the old ``meta``, and the columns that newer versions put into the row."""
    own = row.get("meta")
    columns = {k: v for k, v in row.items() if k not in _KNOWN and k != text_key(row)}
    return plain({**columns, **(own if isinstance(own, dict) else {})})


def evidence(row: Any) -> Iterator[Evidence]:
    """Yield the text of a row and where its spans stand; nothing is quoted."""
    if not isinstance(row, dict) or not (key := text_key(row)):
        return
    try:
        spans, _ = spans_of_row(row, "")
    except SourceError:  # the reading tells it, with its place
        return
    for raw_spans in spans.values():
        yield row[key], list(quoted_of((raw, None) for raw in raw_spans))
