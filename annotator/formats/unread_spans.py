"""Spans under a name that a format does not read: each is a loss, and its sentence stays open."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from annotator.formats.document import ConversionLog
from annotator.formats.offset_units import OffsetUnit
from annotator.formats.span_fields import anywhere, name_of, offset_number, raw_span, raw_span_id, touched_part

START_KEYS = ("start", "start_offset", "start_char", "startOffset", "begin", "offset")
END_KEYS = ("end", "end_offset", "end_char", "endOffset", "stop")
LABEL_KEYS = ("label", "type", "tag", "entity_group", "entity_type", "entity", "category", "class")
"""What the start, the end and the label of a span are called in JSON of unknown make."""

UNREAD_SPANS = "a list of spans under this name is not read"
_NO_ANNOTATIONS = re.compile(
    "pred|suggest|candidate|model|auto|token|word|lemma|morph|chunk|sent(ence)?s?$|paragraph|section|^(pos|lines?)",
    re.IGNORECASE,
)
"""Names of lists that hold no annotations: what a model proposes, words, or how a text is cut."""


def record_unread_spans(
    row: Mapping[str, Any], read: Collection[str], text: str, where: str, log: ConversionLog, unit: OffsetUnit
) -> None:
    """List the spans of a record's lists whose names are not among those ``read``."""
    for key, found in row.items():
        if key in read or not isinstance(found, list) or _NO_ANNOTATIONS.search(key) or not all(map(_is_span, found)):
            continue
        for item in found:
            raw = raw_span(item, START_KEYS, END_KEYS, LABEL_KEYS)
            part = touched_part(raw, text, unit)
            doubtful = (part,) if part[0] < part[1] else tuple(anywhere(text))
            log.read += 1
            log.leave_out(where, f"{key}:{raw_span_id(raw)}", UNREAD_SPANS, text[slice(*part)], doubtful=doubtful)


def read_spans(log: ConversionLog) -> int:
    """Return how many spans a log counts without those in lists that are not read."""
    return log.read - sum(entry.why == UNREAD_SPANS for entry in log.entries)


def _is_span(item: Any) -> bool:
    """Return True if an item has a start, an end and a label."""
    if not isinstance(item, dict) and not (isinstance(item, list) and len(item) == 3):
        return False
    raw = raw_span(item, START_KEYS, END_KEYS, LABEL_KEYS)
    is_labelled = isinstance(raw.label, str) and bool(name_of(raw.label).strip())
    return is_labelled and None not in (offset_number(raw.start), offset_number(raw.end))
