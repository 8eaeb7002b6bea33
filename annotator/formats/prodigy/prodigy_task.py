"""The fields of a Prodigy task, whatever made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import PAST_TEXT_END, supported_spans, write_json_lines
from annotator.formats.json_records import shortened_value
from annotator.formats.offset_units import OffsetUnit, to_code_points

EXPORT_TASKS_AGAIN = "export the file from Prodigy again (db-out)"

TaskRange = tuple[int, int]
"""A range in code points."""

_KNOWN_FIELDS = frozenset(
    {"text", "tokens", "spans", "meta", "rejected", "relations", "versions", "sessions", "options", "accept"}
    | {"answer", "flagged", "label", "id", "html", "style", "config", "user_input", "view_id"}
)
_OTHER_MEDIA = {"image": "an image", "audio": "a sound", "video": "a film", "html": "a page of HTML"}
_REVIEW_NAME = "review"


def task_text(record: dict[str, Any], where: str) -> str:
    """Return the task's text; raises SourceError for one that shows something else."""
    text = record.get("text")
    if isinstance(text, str):
        return text
    for key, description in _OTHER_MEDIA.items():
        if record.get(key):
            raise SourceError(f"the task shows {description}, not a text", where=where, do="import texts only")
    raise SourceError("the task has no `text`", where=where, do=EXPORT_TASKS_AGAIN)


def task_answer(value: Any, where: str) -> Answer | None:
    """Return an answer, None where there is none; raises SourceError for any other word."""
    if value is None:
        return None
    if not isinstance(value, str) or value not in set(Answer):
        raise SourceError(f"`answer` is {shortened_value(value)}", where=where, do="use accept, reject or ignore")
    return Answer(value)


def task_annotator(record: dict[str, Any]) -> str:
    """Return who did the task, if it states that."""
    return span_fields.first_string(record, "_annotator_id", "_session_id")


def document_fields(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a document that are neither text nor spans.

    ``meta`` keeps the task's own ``meta`` and its unknown fields; note and flag go to fields
    of their own (in ``meta`` as this program writes them, ``flagged`` at the top as Prodigy does).
    """
    own = record.get("meta")
    own = own if isinstance(own, dict) else {}
    unknown = {k: v for k, v in record.items() if k not in _KNOWN_FIELDS and not k.startswith("_")}
    meta = {k: v for k, v in {**unknown, **own}.items() if k not in {"note", "flagged"}}
    return {
        "id": span_fields.name_of(record.get("id")) or span_fields.name_of(own.get("id")),
        "title": span_fields.first_string(own, "title"),
        "time": span_fields.seconds_of(record.get("_timestamp")),
        "note": span_fields.first_string(own, "note") or span_fields.first_string(record, "user_input"),
        "flagged": record.get("flagged") is True or own.get("flagged") is True,
        "meta": span_fields.storable_fields(meta),
    }


def asks_about_whole_text(record: dict[str, Any]) -> bool:
    """Whether a task is about the text as a whole: it has a label or options, no tokens and no spans."""
    return bool(record.keys() & {"label", "options"}) and not record.keys() & {"tokens", "spans"}


def is_review_task(record: dict[str, Any]) -> bool:
    """Return True if the task was made by reviewing the versions that it holds."""
    return span_fields.first_string(record, "_view_id") == _REVIEW_NAME or isinstance(record.get("versions"), list)


def version_sessions(version: dict[str, Any]) -> list[str]:
    """Return whose work a version is."""
    found = version.get("sessions")
    names = [s for s in found if isinstance(s, str) and s] if isinstance(found, list) else []
    return names or [task_annotator(version)]


def reviewer_name(record: dict[str, Any], sessions: set[str]) -> str:
    """Return the name that the reviewer's work goes by, unlike all of the sessions'."""
    annotator = task_annotator(record)
    if annotator and annotator not in sessions:
        return annotator
    return f"{_REVIEW_NAME}-{annotator}" if annotator else _REVIEW_NAME


def token_ranges(record: dict[str, Any], text: str, unit: OffsetUnit, where: str) -> list[TaskRange | None]:
    """Return the range of each token, None for one whose text is not at its offsets."""
    tokens = span_fields.object_list(record, "tokens", where, EXPORT_TASKS_AGAIN)
    places = [(checked_range(token, text, unit), token.get("text")) for token in tokens]
    return [place if place and text[slice(*place)] == word else None for place, word in places]


def checked_range(thing: dict[str, Any], text: str, unit: OffsetUnit) -> TaskRange | None:
    """Return the range of a token or span in code points, if it is in the text."""
    start, end = span_fields.whole_number(thing.get("start")), span_fields.whole_number(thing.get("end"))
    if start is None or end is None or not 0 <= start < end:
        return None
    try:
        place = to_code_points(text, start, end, unit)
    except ValueError:
        return None
    return place if place[1] <= len(text) else None


def range_by_token_indexes(span: dict[str, Any], places: list[TaskRange | None]) -> TaskRange | None:
    """Return the range of a span by its token indexes (``token_end`` is inclusive), if it has some."""
    first, last = (span_fields.whole_number(span.get("token_start")), span_fields.whole_number(span.get("token_end")))
    if first is None or last is None or not 0 <= first <= last < len(places):
        return None
    begin, end = places[first], places[last]
    return (begin[0], end[1]) if begin and end else None


def task_quoted_texts(record: Any) -> Iterator[span_fields.QuotedText]:
    """Yield what a task, and each version in it, quotes of its text: its tokens, and spans with a text."""
    if not isinstance(record, dict):
        return
    text, versions = record.get("text"), record.get("versions")
    for version in [record, *(versions if isinstance(versions, list) else [])]:
        quoted = version.get("text", text) if isinstance(version, dict) else None
        if isinstance(quoted, str) and any(c > "\uffff" for c in quoted):
            lists = (found for key in ("tokens", "spans") if isinstance(found := version.get(key), list))
            things = (thing for found in lists for thing in found if isinstance(thing, dict))
            yield quoted, list(span_fields.quoted_ranges((span_fields.raw_span(x), x.get("text")) for x in things))


# What a Prodigy task asked: for all spans of a text, for one of them, or for something else.
#
# An answer to a manual view speaks of the whole text, one to a binary view of the spans that were
# shown: ``reject`` means "a bad example" there and "these spans are wrong" here. Old exports have
# neither ``_is_binary`` nor ``_view_id``; then answers at the spans, and spans that only a
# model or a pattern makes (a score, a rank, the hash of an input), decide.


class TaskView(Enum):
    """What was asked."""

    MANUAL = "manual"
    BINARY = "binary"


_MANUAL_VIEWS = {"ner_manual", "spans_manual", "pos_manual", "relations", "dep", "coref", "choice", "classification"}
_BINARY_VIEWS = {"ner", "spans"}
_SUGGESTION_KEYS = ("score", "rank", "input_hash", "pattern")


def task_view(task: dict[str, Any], spans: list[dict[str, Any]]) -> TaskView:
    """Return what the task asked; ``spans`` are those that it shows."""
    if not spans or task.get("_is_binary") is False or "rejected" in task:
        return TaskView.MANUAL
    shown = span_fields.first_string(task, "_view_id")
    shown = span_fields.first_string(task, "view_id") if shown == "review" else shown
    if shown in _MANUAL_VIEWS or "options" in task:
        return TaskView.MANUAL
    if task.get("_is_binary") is True or shown in _BINARY_VIEWS:
        return TaskView.BINARY
    if any("answer" in span for span in spans):
        return TaskView.BINARY
    suggested = any(key in span for span in spans for key in _SUGGESTION_KEYS)
    return TaskView.BINARY if suggested and not task.get("tokens") else TaskView.MANUAL


# From documents to Prodigy's tasks.
#
# ``_input_hash`` and ``_task_hash`` stay out: Prodigy adds them, and wrong ones would stick. Known-wrong
# spans are under ``rejected``, a field of ours that Prodigy keeps and doesn't show.


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write a task for each document to ``annotations.jsonl`` in the folder ``out``.

    A span that is not on token edges is listed and left out: Prodigy's spans name their tokens.
    """
    return write_json_lines(out / "annotations.jsonl", (prodigy_task(d, log) for d in documents))


def prodigy_task(document: Document, log: ConversionLog) -> dict[str, Any]:
    """Return the task of a document, every span counted."""
    own = {"id": document.id, "title": document.title, "note": document.note, "flagged": document.flagged}
    task: dict[str, Any] = {
        "text": document.text,
        "meta": {**document.meta, **{key: value for key, value in own.items() if value}},
        "tokens": [
            {"text": t.text, "start": t.start, "end": t.end, "id": n, "ws": t.ws} for n, t in enumerate(document.tokens)
        ],
        "spans": _task_spans(document, document.spans, log),
        "rejected": _task_spans(document, document.rejected, log),
        "answer": document.answer,
        "flagged": document.flagged,
        "_view_id": "spans_manual",
        "_annotator_id": document.annotator,
        "_timestamp": int(document.time),
    }
    return {key: value for key, value in task.items() if value or key in {"text", "spans"}}


def _task_spans(document: Document, spans: Sequence[Span], log: ConversionLog) -> list[dict[str, Any]]:
    kept = supported_spans(document, spans, lambda s: _why_unsupported(document, s), log)
    log.read += len(spans)
    log.kept += len(kept)
    return [_task_span(s, document.tokens) for s in kept]


def _why_unsupported(document: Document, span: Span) -> str:
    """Return why a task cannot hold the span, empty if it can."""
    if span.end > len(document.text):
        return PAST_TEXT_END
    aligned = not document.tokens or is_aligned(document.tokens, span.start, span.end)
    return "" if aligned else "it is not on token edges"


def _task_span(span: Span, tokens: tuple[Token, ...]) -> dict[str, Any]:
    record: dict[str, Any] = {"start": span.start, "end": span.end}
    if tokens:
        first, last = token_range(tokens, span.start, span.end)
        record |= {"token_start": first, "token_end": last - 1}
    record["label"] = span.label
    return record | ({"source": span.source} if span.source else {})
