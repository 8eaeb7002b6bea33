"""The token classification of Argilla 1 and of Rubrix: ``tokens``, with ``annotation`` and ``prediction``.

A span is ``[label, start, end]``, perhaps with a score, or an object. A validated record is accepted, a discarded one
is answered with ignore; one of the status Default or Edited is left open, for nobody has validated it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.tokens import Token
from annotator.formats import span_fields
from annotator.formats.argilla.argilla_records import unfolded_objects
from annotator.formats.document import ConversionLog, Document, PredictedSpan
from annotator.formats.offset_units import OffsetUnit
from annotator.formats.predictions import predicted_span
from annotator.formats.span_alignment import find_words, spelling_tokens
from annotator.formats.timestamps import seconds_of_time

NOT_VALIDATED = "records with annotations that nobody has validated, left open: {n}"
TOKENS_SKIPPED = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"

_MARKS = frozenset({"annotation", "prediction", "annotations", "predictions"})
_AGENTS = frozenset({"annotation_agent", "prediction_agent", "annotated_by", "predicted_by"})
_STATUSES = {"validated": Answer.ACCEPT, "discarded": Answer.IGNORE, "default": None, "edited": None, "pending": None}
_KNOWN_FIELDS = frozenset(
    {"id", "text", "inputs", "tokens", "status", "metadata", "metrics", "vectors", "event_timestamp", "last_updated"}
    | {"predicted", "score", "raw_text", "search_keywords", "explanation", "multi_label"}
    | _MARKS
    | _AGENTS
)
_EXPORT_AGAIN = "export the dataset from Argilla again (`rg.load(…).to_datasets()`)"

NamedSpans = tuple[str, list[Any] | None]
"""An agent, and its spans; None where there are none to judge."""


def describe_token_record(row: Mapping[str, Any]) -> str:
    """Return what of a row makes it a record of version 1; empty if it is none."""
    has_text = isinstance(row.get("text"), str) or isinstance(row.get("inputs"), str | dict)
    marks = row.keys() & _MARKS
    if not has_text or not marks or not isinstance(row.get("status", ""), str | None):
        return ""
    has_status = str(row.get("status") or "").lower() in _STATUSES
    if not has_status and not row.keys() & _AGENTS:
        return ""
    return f"its records have Argilla's `{min(marks)}` and `{'status' if has_status else min(row.keys() & _AGENTS)}`"


def is_token_table(columns: Collection[str]) -> bool:
    """Return True if the columns of a table are those of such records."""
    return {"text", "tokens", "annotation", "prediction", "status"} <= set(columns)


def documents(
    rows: Sequence[tuple[str, Any]], units: Sequence[OffsetUnit], where: str, log: ConversionLog
) -> Iterator[Document]:
    """Yield a document for each agent that has annotated a record; an open one where none has."""
    unit = span_fields.unit_of_records((row for _, row in rows), _quoted_texts, units, where, log)
    for place, row in rows:
        text = _text(row, place)
        predictions = tuple(_predictions(row, text, place, unit))
        for agent, found in _agents(row, "annotation", place) or [("", None)]:
            answer = _answer(row, found)
            log.count_note(NOT_VALIDATED, answer is None and bool(found))
            yield Document(
                text,
                span_fields.convert_spans(map(_raw_span, found or ()), text, place, log, unit),
                tokens=_tokens(row, text, log),
                answer=answer,
                annotator=agent,
                id=span_fields.name_of(row.get("id")),
                time=next(
                    filter(None, (seconds_of_time(row.get(k)) for k in ("last_updated", "event_timestamp"))), 0.0
                ),
                meta=span_fields.storable_fields(_metadata(row)),
                where=place,
                predictions=predictions,
            )
            predictions = ()
    log.add_counted_notes()


def _text(row: Any, where: str) -> str:
    if not isinstance(row, dict):
        raise SourceError("a record must be a JSON object", where=where, do=_EXPORT_AGAIN)
    given = row.get("inputs")
    inputs = [x for x in given.values() if isinstance(x, str)] if isinstance(given, dict) else [given]
    found = row.get("text") if isinstance(row.get("text"), str) else inputs[0] if len(inputs) == 1 else None
    if not isinstance(found, str):
        raise SourceError("the record has no `text`", where=where, do=_EXPORT_AGAIN)
    return found


def _answer(row: Mapping[str, Any], found: list[Any] | None) -> Answer | None:
    """Return what the status of a record means; without one, annotations are accepted."""
    status = span_fields.first_string(row, "status").lower()
    if not status:
        return Answer.ACCEPT if found is not None else None
    return _STATUSES.get(status)


def _agents(row: Mapping[str, Any], kind: str, where: str) -> list[NamedSpans]:
    """Return the spans of each agent: of ``annotation``, or of ``annotations`` by agent."""
    name = span_fields.first_string(row, f"{kind}_agent", "annotated_by" if kind == "annotation" else "predicted_by")
    several = row.get(f"{kind}s")
    if isinstance(several, dict) and several:
        return [(agent, _span_list(found, kind, where) or []) for agent, found in several.items()]
    given = row.get(kind)
    if isinstance(given, dict) and "entities" in given:
        name = span_fields.first_string(given, "agent") or name
    found = _span_list(given, kind, where)
    return [] if found is None else [(name, found)]


def _span_list(given: Any, kind: str, where: str) -> list[Any] | None:
    """Return the spans under ``annotation`` or ``prediction``; None where there is nothing."""
    if isinstance(given, dict):
        given = given["entities"] if "entities" in given else unfolded_objects(given)
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(x, dict | list) for x in given):
        what = f"`{kind}` is a label of the whole text, not a list of spans"
        raise SourceError(what, where=where, do="import a dataset of token classification")
    if not all({"start", "end"} <= x.keys() if isinstance(x, dict) else len(x) > 2 for x in given):
        what = f"`{kind}` has labels of the whole text, not spans"
        raise SourceError(what, where=where, do="import a dataset of token classification")
    return given


def _raw_span(item: Any) -> span_fields.RawSpan:
    """Return a span: an object, or a list of its label, start and end, the label first or last."""
    if isinstance(item, dict):
        return span_fields.raw_span(item)
    first, second, third = item[:3]
    return (
        span_fields.RawSpan(first, second, third)
        if isinstance(third, str)
        else span_fields.RawSpan(second, third, first)
    )


def _quoted_texts(row: Any) -> Iterator[span_fields.QuotedText]:
    try:
        text, found = _text(row, ""), [x for kind in ("annotation", "prediction") for x in _agents(row, kind, "")]
    except SourceError:  # reading raises the error, with its place
        return
    for _, spans in found:
        yield text, list(span_fields.quoted_ranges((raw, raw.quote) for raw in map(_raw_span, spans or ())))


def _predictions(row: Mapping[str, Any], text: str, where: str, unit: OffsetUnit) -> Iterator[PredictedSpan]:
    for agent, found in _agents(row, "prediction", where):
        for item in found or ():
            score = item.get("score") if isinstance(item, dict) else next(iter(item[3:4]), None)
            yield predicted_span(_raw_span(item), agent or "prediction", score, text, where, unit)


def _tokens(row: Mapping[str, Any], text: str, log: ConversionLog) -> tuple[Token, ...]:
    words = row.get("tokens")
    if not isinstance(words, list) or not words or not all(isinstance(w, str) and w for w in words):
        return ()
    ranges = find_words(text, words)
    log.count_note(TOKENS_SKIPPED, ranges is None)
    return spelling_tokens(text, ranges or ())


def _metadata(row: Mapping[str, Any]) -> dict[str, Any]:
    own = row.get("metadata")
    return {**{k: v for k, v in row.items() if k not in _KNOWN_FIELDS}, **(own if isinstance(own, dict) else {})}
