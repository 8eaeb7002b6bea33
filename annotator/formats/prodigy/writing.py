"""From documents to Prodigy's tasks.

``_input_hash`` and ``_task_hash`` stay out: Prodigy adds them, and wrong ones would stick. Known-wrong
spans stand under ``rejected``, a field of ours that Prodigy keeps and doesn't show.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range
from annotator.formats.document import ConversionLog, Document
from annotator.formats.files import write_whole_file
from annotator.formats.losses import PAST_TEXT_END, record_span

PRODIGY_FILE = "annotations.jsonl"
SPAN_OFF_TOKENS = "it is not on token edges"


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write a task for each document to ``annotations.jsonl`` in the folder ``out``.

    A span that is not on token edges is listed and left out: Prodigy's spans name their tokens.
    """
    return [write_whole_file(out / PRODIGY_FILE, b"".join(orjson.dumps(prodigy_task(d, log)) + b"\n" for d in documents))]


def prodigy_task(document: Document, log: ConversionLog) -> dict[str, Any]:
    """Return the task that says what a document says, every span counted."""
    task: dict[str, Any] = {
        "text": document.text,
        "meta": _task_meta(document),
        "tokens": [_task_token(n, token) for n, token in enumerate(document.tokens)],
        "spans": [_task_span(s, document.tokens) for s in _supported_spans(document, document.spans, log)],
        "rejected": [_task_span(s, document.tokens) for s in _supported_spans(document, document.rejected, log)],
        "answer": document.answer,
        "flagged": document.flagged,
        "_view_id": "spans_manual",
        "_annotator_id": document.annotator,
        "_timestamp": int(document.time),
    }
    return {key: value for key, value in task.items() if value or key in {"text", "spans"}}


def _task_meta(document: Document) -> dict[str, Any]:
    own = {"id": document.id, "title": document.title, "note": document.note, "flagged": document.flagged}
    return {**document.meta, **{key: value for key, value in own.items() if value}}


def _task_token(number: int, token: Token) -> dict[str, Any]:
    return {"text": token.text, "start": token.start, "end": token.end, "id": number, "ws": token.ws}


def _supported_spans(document: Document, spans: Iterable[Span], log: ConversionLog) -> list[Span]:
    out = []
    for span in spans:
        log.read += 1
        if why := _why_unsupported(document, span):
            record_span(document, span, why, log)
        else:
            log.kept += 1
            out.append(span)
    return out


def _why_unsupported(document: Document, span: Span) -> str:
    """Return why a task cannot hold the span, empty if it can."""
    if span.end > len(document.text):
        return PAST_TEXT_END
    aligned = not document.tokens or is_aligned(document.tokens, span.start, span.end)
    return "" if aligned else SPAN_OFF_TOKENS


def _task_span(span: Span, tokens: tuple[Token, ...]) -> dict[str, Any]:
    record: dict[str, Any] = {"start": span.start, "end": span.end}
    if tokens:
        first, last = token_range(tokens, span.start, span.end)
        record |= {"token_start": first, "token_end": last - 1}
    record["label"] = span.label
    return record | ({"source": span.source} if span.source else {})
