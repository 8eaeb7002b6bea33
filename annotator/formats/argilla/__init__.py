"""Argilla's records: of version 2, and of version 1 the feedback datasets and the token classification.

Each user's responses to a record are a document. A submitted response is accepted, a draft is left open, and a
discarded one is answered with ignore. Suggestions and predictions are no annotations. Offsets count code points or,
where the words at the edges of spans show it, UTF-16 units, as the browser does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats import span_fields
from annotator.formats.argilla import argilla_records, token_records
from annotator.formats.argilla.argilla_records import ArgillaRecord, UserResponse, column_questions
from annotator.formats.argilla.span_questions import SpanQuestions, value_spans
from annotator.formats.document import ConversionLog, Document, PredictedSpan
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import json_files, may_hold_json, read_json_records
from annotator.formats.offset_units import CODE_POINTS, CRLF_AS_ONE, UTF16, OffsetUnit
from annotator.formats.predictions import predicted_span
from annotator.formats.unread_files import note_unread_files

__all__ = ["detect", "is_argilla_table", "read", "read_rows"]

ARGILLA_UNITS = (CODE_POINTS, UTF16, CRLF_AS_ONE)

DRAFTS = "drafts that were never submitted, left open: {n}"
UNANSWERED = "responses without an answer to the question about spans, left open: {n}"
NO_STATUS = "responses without a status, taken as submitted: {n}"
VECTORS = "records whose vectors are left out: {n}"

_DRAFT, _DISCARDED, _SUBMITTED = "draft", "discarded", "submitted"


def detect(sample: FileSample) -> str:
    """Return what of a file is Argilla's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    rows = (row for row in sample.json_values() if isinstance(row, dict))
    return next(
        (
            why
            for row in rows
            if (why := argilla_records.describe_record(row) or token_records.describe_token_record(row))
        ),
        "",
    )


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file, or of the JSON files in a folder or a zip.

    Raises SourceError for records without spans, such as those of whole texts, and for what is no record.
    """
    files = json_files(source)
    taken = [f for f in files if len(files) == 1 or detect(f.sample())]
    note_unread_files(source.files(), taken, log)
    yield from read_rows((found for file in taken for found in read_json_records(file, log)), source, log)


def is_argilla_table(columns: Collection[str]) -> bool:
    """Return True if the columns of a table are those of Argilla's records."""
    return bool(column_questions(columns)) or token_records.is_token_table(columns)


def read_rows(found: Iterable[tuple[str, Any]], source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of records, each with its place for messages, from a file of whatever kind."""
    rows = list(found)
    if any(isinstance(row, dict) and token_records.describe_token_record(row) for _, row in rows):
        yield from token_records.documents(rows, ARGILLA_UNITS, source.name, log)
    else:
        yield from record_documents(rows, source.name, log)


def record_documents(rows: Iterable[tuple[str, Any]], where: str, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of records of version 2, nested or as columns, each with its place for messages."""
    records = [argilla_records.parse_record(row, place) for place, row in rows]
    questions = SpanQuestions()
    for record in records:
        questions.add_record(record)
    fields = questions.choose_fields(where) if records else {}
    names = sorted(set(fields.values()))
    if names not in ([], ["text"]):
        log.notes.append(f"texts are read from the field {', '.join(names)}")
    evidence = (x for record in records for x in _quoted_texts(record, fields))
    unit = span_fields.unit_of_records(evidence, lambda x: [x], ARGILLA_UNITS, where, log)
    reader = _RecordReader(log, unit, fields)
    yield from chain.from_iterable(map(reader.documents, records))
    log.add_counted_notes()


def _quoted_texts(record: ArgillaRecord, fields: Mapping[str, str]) -> Iterator[span_fields.QuotedText]:
    for question, value in record.values:
        text = record.texts.get(fields.get(question, ""))
        if text is not None and (spans := value_spans(value)):
            yield text, list(span_fields.quoted_ranges((raw, raw.quote) for raw in spans))


class _RecordReader(Struct):
    log: ConversionLog
    unit: OffsetUnit
    fields: Mapping[str, str]
    """By question, the text field that it is about."""

    def documents(self, record: ArgillaRecord) -> Iterator[Document]:
        """Yield a document for each text and user of a record; an open one where nobody has responded."""
        self.log.count_note(VECTORS, record.has_vectors)
        users: dict[str, list[UserResponse]] = {}
        for response, user in zip(record.responses, _distinct_users(record.responses), strict=True):
            users.setdefault(user, []).append(response)
            self._record_other_answer(record, response)
        names = list(dict.fromkeys(self.fields.values()))
        for name in names:
            text = record.texts.get(name)
            if text is None:
                self._refuse_lost_text(record, name)
                continue
            meta = {k: v for k, v in record.texts.items() if k not in names} | dict(record.meta)
            whole = Document(
                text,
                answer=None,
                id=record.id if len(names) == 1 or not record.id else f"{record.id}/{name}",
                title=span_fields.first_string(meta, "title"),
                meta=span_fields.storable_fields(meta),
                where=record.where,
                predictions=tuple(self._predictions(record, name, text)),
            )
            yield from self._answered(whole, name, users) if users else [whole]

    def _answered(self, whole: Document, name: str, users: Mapping[str, Sequence[UserResponse]]) -> Iterator[Document]:
        """Yield the document of each user's responses; the predictions are with the first."""
        for n, (user, responses) in enumerate(users.items()):
            answers = [r for r in responses if self.fields.get(r.question) == name]
            spans = [value_spans(r.value) for r in answers]
            raws = [raw for found in spans for raw in found or ()]
            yield replace(
                whole,
                spans=span_fields.convert_spans(raws, whole.text, whole.where, self.log, self.unit),
                answer=self._answer(responses, is_given=any(found is not None for found in spans)),
                annotator=user,
                predictions=() if n else whole.predictions,
            )

    def _answer(self, responses: Sequence[UserResponse], *, is_given: bool) -> Answer | None:
        """Return what a user's responses to a record, which have one status, mean."""
        statuses = {r.status for r in responses}
        if _DISCARDED in statuses:
            return Answer.IGNORE
        if is_open := bool(statuses - {_SUBMITTED, ""}):
            self.log.count_note(DRAFTS, is_open)
            return None
        self.log.count_note(UNANSWERED, not is_given)
        self.log.count_note(NO_STATUS, is_given and "" in statuses)
        return Answer.ACCEPT if is_given else None

    def _record_other_answer(self, record: ArgillaRecord, response: UserResponse) -> None:
        """List an answer to a question about the whole text."""
        if response.question not in self.fields and response.value is not None and response.status != _DRAFT:
            span_fields.record_unsupported([{"id": response.question}], "text label", record.where, self.log)

    def _refuse_lost_text(self, record: ArgillaRecord, name: str) -> None:
        if any(self.fields.get(question) == name and value_spans(value) for question, value in record.values):
            what = f"the record has no text in `{name}`"
            raise SourceError(what, where=record.where, do=argilla_records.EXPORT_AGAIN)
        self.log.count_note("records whose texts are not in the file, with no span: {n}")

    def _predictions(self, record: ArgillaRecord, name: str, text: str) -> Iterator[PredictedSpan]:
        for given in record.suggestions:
            if self.fields.get(given.question) != name:
                continue
            for n, raw in enumerate(value_spans(given.value) or ()):
                score = given.score[n : n + 1] if isinstance(given.score, list) else [given.score]
                source = given.agent or given.question
                yield predicted_span(raw, source, next(iter(score), None), text, record.where, self.unit)


def _distinct_users(responses: Sequence[UserResponse]) -> Iterator[str]:
    """Yield the user of each response; a file without users may have several answers to one question."""
    seen: Counter[tuple[str, str]] = Counter()
    for response in responses:
        seen[response.user, response.question] += 1
        n = seen[response.user, response.question]
        yield response.user if n == 1 else f"{response.user or 'user'}-{n}"
