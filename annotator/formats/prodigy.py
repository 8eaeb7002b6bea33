"""Prodigy's JSONL: one task a line, offsets in code points, ``token_end`` inclusive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.ledger import Outcome
from annotator.core.metadata_names import merge_metadata, user_metadata
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range
from annotator.formats import span_fields
from annotator.formats.binary_answers import BinaryAnswers, SpanAnswer
from annotator.formats.document import DOUBT, ConversionLog, ConversionLogEntry, Document, PredictedSpan
from annotator.formats.format_writing import PAST_TEXT_END, record_loss, supported_spans, write_json_lines
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import may_hold_json, shortened_value
from annotator.formats.offset_units import CODE_POINTS, UTF16, OffsetUnit, to_code_points
from annotator.formats.predictions import predicted_span
from annotator.formats.span_alignment import spelling_tokens
from annotator.formats.unread_spans import record_unread_spans

# The fields of a Prodigy task, whatever made it.


EXPORT_TASKS_AGAIN = "export the file from Prodigy again (db-out)"

TaskRange = tuple[int, int]
"""A range in code points."""

_KNOWN_FIELDS = frozenset(
    {"text", "tokens", "spans", "meta", "rejected", "relations", "versions", "sessions", "options", "accept"}
    | {"answer", "flagged", "label", "id", "html", "style", "config", "user_input", "view_id"}
)
_META_MARKS, _META_NAMES = frozenset({"note", "flagged"}), frozenset({"id", "title"})
"""What of a document is under ``meta`` beside its metadata; names stay among that."""
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
    note, flagged = span_fields.first_string(own, "note"), own.get("flagged") is True
    fields = {**unknown, **own}
    fields = {k: v for k, v in fields.items() if not (k == "note" and note) and not (k == "flagged" and flagged)}
    meta = user_metadata(fields, _META_MARKS | _META_NAMES)
    return {
        "id": span_fields.name_of(record.get("id")) or span_fields.name_of(own.get("id")),
        "title": span_fields.first_string(own, "title"),
        "time": span_fields.seconds_of(record.get("_timestamp")),
        "note": note or span_fields.first_string(record, "user_input"),
        "flagged": record.get("flagged") is True or flagged,
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
    start, end = span_fields.offset_number(thing.get("start")), span_fields.offset_number(thing.get("end"))
    if start is None or end is None or not 0 <= start < end:
        return None
    try:
        place = to_code_points(text, start, end, unit)
    except ValueError:
        return None
    return place if place[1] <= len(text) else None


def _one_less(value: Any) -> int | None:
    number = span_fields.whole_number(value)
    return None if number is None else number - 1


def range_by_token_indexes(span: dict[str, Any], places: list[TaskRange | None]) -> TaskRange | None:
    """Return the range of a span by its token indexes (``token_end`` is inclusive), if it has some."""
    first, last = span_fields.offset_number(span.get("token_start")), span_fields.offset_number(span.get("token_end"))
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
        if isinstance(quoted, str):
            lists = (found for key in ("tokens", "spans") if isinstance(found := version.get(key), list))
            things = (span_fields.raw_span(x) for found in lists for x in found if isinstance(x, dict))
            yield quoted, list(span_fields.quoted_ranges((raw, raw.quote) for raw in things))


# What a Prodigy task asked: for all spans of a text, for one of them, or for something else.
#
# An answer to a manual view speaks of the whole text, one to a binary view of the spans that were
# shown: ``reject`` means "a bad example" there and "these spans are wrong" here. Old exports have
# neither ``_is_binary`` nor ``_view_id``; then answers at the spans, and spans that only a
# model or a pattern makes (a score, a rank, the hash of an input), decide.


_MANUAL_VIEWS = {"ner_manual", "spans_manual", "pos_manual", "relations", "dep", "coref", "choice", "classification"}
_BINARY_VIEWS = {"ner", "spans"}
_SPAN_LISTS = {"spans", "rejected", "_left"}
"""The lists of spans that are read, and the suggestions that a sentence was accepted with."""
_SUGGESTION_KEYS = ("score", "rank", "input_hash", "pattern")


def is_binary_task(task: dict[str, Any], spans: list[dict[str, Any]]) -> bool:
    """Return True if the task asked about single spans, not about all of a text; ``spans`` are those that it shows."""
    if not spans or task.get("_is_binary") is False or "rejected" in task:
        return False
    shown = span_fields.first_string(task, "_view_id")
    shown = span_fields.first_string(task, "view_id") if shown == "review" else shown
    if shown in _MANUAL_VIEWS or "options" in task:
        return False
    if task.get("_is_binary") is True or shown in _BINARY_VIEWS or any("answer" in span for span in spans):
        return True
    return not task.get("tokens") and any(key in span for span in spans for key in _SUGGESTION_KEYS)


def is_prediction(task: dict[str, Any], span: dict[str, Any]) -> bool:
    """Return True if a model or a pattern proposes a span and nobody has answered."""
    is_open = task.get("answer") is None and span.get("answer") is None
    return is_open and any(key in span for key in _SUGGESTION_KEYS)


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
        "meta": merge_metadata({k: v for k, v in own.items() if v}, document.meta, _META_MARKS, _META_NAMES),
        "tokens": [
            {"text": t.text, "start": t.start, "end": t.end, "id": n, "ws": t.ws} for n, t in enumerate(document.tokens)
        ],
        "spans": _task_spans(document, log),
        "rejected": _rejected_spans(document, log),
        "answer": document.answer,
        "flagged": document.flagged,
        "_view_id": "spans_manual",
        "_annotator_id": document.annotator,
        "_timestamp": int(document.time),
    }
    return {key: value for key, value in task.items() if value or key in {"text", "spans"}}


def _task_spans(document: Document, log: ConversionLog) -> list[dict[str, Any]]:
    kept = supported_spans(document, document.spans, log, lambda s: _why_unsupported(document, s))
    return [_task_span(s, document.tokens) for s in kept]


def _rejected_spans(document: Document, log: ConversionLog) -> list[dict[str, Any]]:
    """Return the spans known to be wrong; they are no spans of the document, so that no count has them."""
    for span in document.rejected:
        if why := _why_unsupported(document, span):
            record_loss(document, "rejected span", f"{span.start}-{span.end}:{span.label}", why, log)
    return [_task_span(s, document.tokens) for s in document.rejected if not _why_unsupported(document, s)]


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
    return record | {key: value for key, value in (("source", span.source), ("group", span.group)) if value}


# From Prodigy's tasks to documents, every span counted.
#
# Manual tasks are yielded as they come. Binary ones are merged by text and annotator and follow at
# the end. A reviewed task yields the reviewer's document and one for each session of its versions.
# What a task asks beside spans (a choice, a label for the text, relations) is listed.
#


PRODIGY_UNITS = (CODE_POINTS, UTF16)
"""Prodigy counts code points; files that went through JavaScript may not, and quotes may show any other unit."""


NO_SPANS_IN_FILE = "no task of the file has spans: texts and answers alone were read"
TOKENS_DO_NOT_SPELL = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
TOKEN_INDEXES_DIFFER = "its token indexes and its offsets give different words"
BINARY_ANSWERS = "binary answers, merged by text (they do not concern other spans there): {n}"
WHOLE_TEXT_TASKS = "tasks about the whole text, without information on spans, which the file leaves open: {n}"

_PRODIGY_KEYS = ("_input_hash", "_task_hash", "_is_binary", "_view_id", "_session_id", "_annotator_id")


def detect(sample: FileSample) -> str:
    """Return what of a file is Prodigy's, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    records = [r for r in sample.json_values() if isinstance(r, dict)]
    if any(is_journal_line(r) for r in records):
        return ""
    hashes = [k for k in _PRODIGY_KEYS if any(k in r for r in records)]
    if hashes:
        return f"its lines have `{hashes[0]}`"
    answered = [r for r in records if "text" in r and r.get("answer") in [*Answer]]
    return "its lines have an `answer` (accept, reject or ignore)" if answered else ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with file and line, for what is no task."""
    unit, records = span_fields.read_records_with_unit(source, task_quoted_texts, PRODIGY_UNITS, log)
    yield from documents_of_tasks(records, log, unit)


def documents_of_tasks(
    records: Iterable[tuple[str, Any]], log: ConversionLog, unit: OffsetUnit = CODE_POINTS
) -> Iterator[Document]:
    """Yield the documents of tasks, each with its place for messages; raises SourceError as ``read`` does."""
    reader = _ProdigyReader(log, unit, BinaryAnswers(log))
    for where, record in records:
        if not isinstance(record, dict):
            raise SourceError("a task must be a JSON object", where=where, do="repair or remove it")
        yield from reader.documents(record, where)
    yield from reader.binary.documents()
    reader.log.count_note(NO_SPANS_IN_FILE, not log.read)
    log.add_counted_notes()


def is_journal_line(record: Any) -> bool:
    """Whether a line is one of this program's journals, where only the last one of a sentence counts."""
    return isinstance(record, dict) and "_seq" in record and "_crc" in record


class _LocatedTask(Struct, frozen=True):
    """A task, or a version in one, with its place in the file."""

    record: dict[str, Any]
    text: str
    places: list[TaskRange | None]
    """The ranges of its tokens."""
    where: str


class _ProdigyReader(Struct):
    log: ConversionLog
    unit: OffsetUnit
    binary: BinaryAnswers

    def documents(self, record: dict[str, Any], where: str) -> Iterator[Document]:
        """Yield the document of a task, and those of the versions that it was reviewed from."""
        if is_journal_line(record):
            what = "this is an annotator's journal, not an export"
            raise SourceError(what, where=where, do="merge its corpus instead")
        if not is_review_task(record):
            yield from self._document(record, task_annotator(record), where)
            return
        versions = span_fields.object_list(record, "versions", where, EXPORT_TASKS_AGAIN)
        names = {s for v in versions for s in version_sessions(v)}
        yield from self._document(record, reviewer_name(record, names), where)
        shared: dict[str, Any] = {k: record[k] for k in ("text", "meta", "id", "view_id", "_is_binary") if k in record}
        for version in versions:
            for session in version_sessions(version):
                self.log.count_note("reviewed versions, read as the work of their sessions: {n}")
                yield from self._document({**shared, **version}, session, where)

    def _document(self, record: dict[str, Any], annotator: str, where: str) -> Iterator[Document]:
        text = task_text(record, where)
        task = _LocatedTask(record, text, token_ranges(record, text, self.unit, where), where)
        found = span_fields.object_list(record, "spans", where, EXPORT_TASKS_AGAIN)
        self._record_others(task)
        predicted = [x for x in found if is_prediction(record, x)]
        found = [x for x in found if not is_prediction(record, x)]
        doubts = list(self._token_index_doubts(task, found))
        empty = Document(
            text,
            tokens=self._tokens(task),
            answer=task_answer(record.get("answer"), where),
            annotator=annotator,
            predictions=tuple(self._predictions(task, predicted)),
            where=where,
            **document_fields(record),
        )
        if asks_about_whole_text(record):
            self.log.count_note(WHOLE_TEXT_TASKS)
            empty = replace(empty, answer=None)
        if is_binary_task(record, found):
            self.log.count_note(BINARY_ANSWERS)
            self.binary.add(empty, list(self._span_answers(task, found, empty)), doubts)
        else:
            self.log.entries += doubts
            wrong = span_fields.object_list(record, "rejected", where, EXPORT_TASKS_AGAIN)
            yield replace(empty, spans=self._spans(task, found), rejected=self._spans(task, wrong))

    def _predictions(self, task: _LocatedTask, found: list[dict[str, Any]]) -> Iterator[PredictedSpan]:
        for span, raw in zip(found, self._raw_spans(task, found), strict=True):
            source = span_fields.first_string(span, "source")
            plain = replace(raw, source="")
            yield predicted_span(plain, source, span.get("score"), task.text, task.where, self.unit)

    def _spans(self, task: _LocatedTask, found: list[dict[str, Any]]) -> Any:
        return span_fields.convert_spans(self._raw_spans(task, found), task.text, task.where, self.log, self.unit)

    def _span_answers(self, task: _LocatedTask, found: list[dict[str, Any]], of: Document) -> Iterator[SpanAnswer]:
        """Yield a binary task's answer on each span: by the span's own answer, else by the task's."""
        raws = list(self._raw_spans(task, found))
        self.log.read += len(raws)
        converted = span_fields.converted_spans(raws, task.text, task.where, self.unit)
        for span, (made, entry) in zip(found, converted, strict=True):
            answer = task_answer(span.get("answer"), task.where) or of.answer or Answer.ACCEPT
            if made:
                yield SpanAnswer(made, answer, task.where, of.time, entry)
            elif entry:
                self.binary.add(of, [], [entry])

    def _token_index_doubts(self, task: _LocatedTask, found: list[dict[str, Any]]) -> Iterator[ConversionLogEntry]:
        """Yield the spans without a text whose offsets and token indexes give different words: either may be meant."""
        for span in found:
            place, by_tokens = checked_range(span, task.text, self.unit), range_by_token_indexes(span, task.places)
            ends_before = range_by_token_indexes({**span, "token_end": _one_less(span.get("token_end"))}, task.places)
            if not place or not by_tokens or place in {by_tokens, ends_before} or span_fields.item_quote(span)[0]:
                continue
            label, words = span_fields.name_of(span.get("label")), task.text[slice(*place)]
            id_ = span_fields.raw_span_id(span_fields.raw_span(span))
            entry = ConversionLogEntry(task.where, id_, Outcome.KEPT, TOKEN_INDEXES_DIFFER, words, DOUBT)
            yield replace(entry, doubtful=(place, by_tokens), label=label)

    def _tokens(self, task: _LocatedTask) -> tuple[Token, ...]:
        """Return the task's tokens, none where they do not spell its text."""
        whole = [p for p in task.places if p]
        fits = spelling_tokens(task.text, whole) if len(whole) == len(task.places) else ()
        self.log.count_note(TOKENS_DO_NOT_SPELL, bool(task.places) and not fits)
        return fits

    def _record_others(self, task: _LocatedTask) -> None:
        label = task.record.get("label")
        labels = [label] if isinstance(label, str) and label else label
        span_fields.record_unsupported(task.record.get("relations"), "relation", task.where, self.log)
        span_fields.record_unsupported(task.record.get("accept"), "choice", task.where, self.log)
        span_fields.record_unsupported(labels, "text label", task.where, self.log)
        record_unread_spans(task.record, _SPAN_LISTS, task.text, task.where, self.log, self.unit)

    def _raw_spans(self, task: _LocatedTask, found: list[dict[str, Any]]) -> Iterator[span_fields.RawSpan]:
        for span in found:
            source, group = span_fields.first_string(span, "source"), span_fields.first_string(span, "group")
            raw = replace(span_fields.raw_span(span), source=source, group=group)
            if raw.start is None and raw.end is None and replace(self.unit, is_doubtful=False) == CODE_POINTS:
                start, end = range_by_token_indexes(span, task.places) or (None, None)
                raw = replace(raw, start=start, end=end)
            yield raw
