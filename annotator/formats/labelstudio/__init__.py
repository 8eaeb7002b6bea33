"""Label Studio's JSON (tasks with annotations, older: completions) and JSON_MIN (a flat row an annotation).

Which field of a task is its text is defined in the labelling config, which no export holds; it follows
from the texts that spans quote. Offsets count code points, in older versions UTF-16 units, and one file may
hold both: each annotation whose spans quote their text is measured by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from annotator.core.annotation import Answer
from annotator.core.spans import Span
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import record_if_inside, record_loss, record_unsupported_fields, write_whole_file
from annotator.formats.labelstudio.labelstudio_reader import detect, read

__all__ = ["detect", "read", "write"]


# From documents to Label Studio's tasks, with the labelling config that they need beside them.
#
# The annotator is in a field of ours: Label Studio refuses a whole import for the address of a user
# whom it doesn't know. A known-wrong span and a rejected text have no place.


TASK_FIELD_TAKEN = "metadata: the task has a field of that name for something else"

_RESERVED_FIELDS = frozenset({"text", "title", "document_id"})
_INVALID_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.json``, a task a text with an annotation for each annotator, and the config."""
    tasks: dict[bytes, dict[str, Any]] = {}
    labels: set[str] = set()
    notes = False
    for n, document in enumerate(documents):
        data = _task_data(document, log)
        key = orjson.dumps(data) if document.id else b"%d" % n
        task = tasks.setdefault(key, {"id": len(tasks) + 1, "data": data, "annotations": []})
        spans = [s for s in document.spans if record_if_inside(document, s, log)]
        labels |= {s.label for s in spans}
        notes = notes or bool(document.note)
        is_answered = document.answer is not None or spans or document.note
        restored = Answer.IGNORE if document.answer is Answer.IGNORE else Answer.ACCEPT if is_answered else None
        record_unsupported_fields(document, "Label Studio", log, restored)
        if is_answered:
            task["annotations"].append(_task_annotation(document, spans))
    config = _labelling_config(sorted(labels), notes=notes)
    listed = orjson.dumps(list(tasks.values()), option=orjson.OPT_INDENT_2) + b"\n"
    return [
        write_whole_file(out / "annotations.json", listed),
        write_whole_file(out / "labelling-config.xml", config.encode()),
    ]


def _task_data(document: Document, log: ConversionLog) -> dict[str, Any]:
    own = {"document_id": document.id, "title": document.title}
    for key in sorted(_RESERVED_FIELDS & document.meta.keys()):
        record_loss(document, "field", key, TASK_FIELD_TAKEN, log)
    free = {k: v for k, v in document.meta.items() if k not in _RESERVED_FIELDS}
    return {"text": document.text, **{k: v for k, v in own.items() if v}, **free}


def _task_annotation(document: Document, spans: list[Span]) -> dict[str, Any]:
    results = [_span_result(document.text, s, n) for n, s in enumerate(spans, 1)]
    if document.note:
        note = {"id": "note", "type": "textarea", "from_name": "note", "to_name": "text"}
        results.append({**note, "value": {"text": [document.note]}})
    when = datetime.fromtimestamp(document.time, UTC).isoformat() if 0 < document.time < 1e11 else ""
    return {
        "result": results,
        "was_cancelled": document.answer is Answer.IGNORE,
        **({"annotator": document.annotator} if document.annotator else {}),
        **({"created_at": when} if when else {}),
    }


def _span_result(text: str, span: Span, number: int) -> dict[str, Any]:
    return {
        "id": f"span-{number}",
        "type": "labels",
        "from_name": "label",
        "to_name": "text",
        "origin": "prediction" if span.source else "manual",
        **({"meta": {"source": span.source}} if span.source else {}),
        "value": {"start": span.start, "end": span.end, "text": text[span.start : span.end], "labels": [span.label]},
    }


def _labelling_config(labels: list[str], *, notes: bool) -> str:
    """Return the labelling config: the labels, in order, over the text."""
    # Characters that XML cannot hold become U+FFFD.
    values = [quoteattr(_INVALID_IN_XML.sub("\ufffd", label)) for label in labels]
    rows = "".join(f"    <Label value={value}/>\n" for value in values)
    note = '  <TextArea name="note" toName="text" placeholder="Note"/>\n' if notes else ""
    head, text = '<View>\n  <Labels name="label" toName="text">\n', '  <Text name="text" value="$text"/>\n'
    return f"{head}{rows}  </Labels>\n{text}{note}</View>\n"
