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
from annotator.formats.document import Account, Document
from annotator.formats.files import put
from annotator.formats.losses import PAST, list_span

FILE = "annotations.jsonl"
OFF_TOKENS = "it is not on token edges"


def write(documents: Iterable[Document], out: Path, log: Account) -> list[Path]:
    """Write a task for each document to ``annotations.jsonl`` in the folder ``out``.

    A span that is not on token edges is listed and left out: Prodigy's spans name their tokens.
    """
    return [put(out / FILE, b"".join(orjson.dumps(task_of(d, log)) + b"\n" for d in documents))]


def task_of(document: Document, log: Account) -> dict[str, Any]:
    """Return the task that says what a document says, every span counted."""
    task: dict[str, Any] = {
        "text": document.text,
        "meta": _meta(document),
        "tokens": [_token(n, token) for n, token in enumerate(document.tokens)],
        "spans": [_span(s, document.tokens) for s in _writable(document, document.spans, log)],
        "rejected": [_span(s, document.tokens) for s in _writable(document, document.rejected, log)],
        "answer": document.answer,
        "flagged": document.flagged,
        "_view_id": "spans_manual",
        "_annotator_id": document.annotator,
        "_timestamp": int(document.time),
    }
    return {key: value for key, value in task.items() if value or key in {"text", "spans"}}


def _meta(document: Document) -> dict[str, Any]:
    own = {"id": document.id, "title": document.title, "note": document.note, "flagged": document.flagged}
    return {**document.meta, **{key: value for key, value in own.items() if value}}


def _token(number: int, token: Token) -> dict[str, Any]:
    return {"text": token.text, "start": token.start, "end": token.end, "id": number, "ws": token.ws}


def _writable(document: Document, spans: Iterable[Span], log: Account) -> list[Span]:
    out = []
    for span in spans:
        log.read += 1
        if why := _refused(document, span):
            list_span(document, span, why, log)
        else:
            log.kept += 1
            out.append(span)
    return out


def _refused(document: Document, span: Span) -> str:
    """Return why a task cannot hold the span, empty if it can."""
    if span.end > len(document.text):
        return PAST
    aligned = not document.tokens or is_aligned(document.tokens, span.start, span.end)
    return "" if aligned else OFF_TOKENS


def _span(span: Span, tokens: tuple[Token, ...]) -> dict[str, Any]:
    record: dict[str, Any] = {"start": span.start, "end": span.end}
    if tokens:
        first, last = token_range(tokens, span.start, span.end)
        record |= {"token_start": first, "token_end": last - 1}
    record["label"] = span.label
    return record | ({"source": span.source} if span.source else {})
