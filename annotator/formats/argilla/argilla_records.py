"""The records of Argilla 2, and of the feedback datasets of version 1: fields, responses and suggestions.

They come nested, as ``Record.to_dict`` and the server's API give them, or flat, as the columns of a data set:
``QUESTION.responses`` with ``.users`` and ``.status``, ``QUESTION.suggestion`` with ``.score`` and ``.agent``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from msgspec import Struct

from annotator.core.errors import SourceError
from annotator.formats import span_fields

EXPORT_AGAIN = "export the dataset from Argilla again (`dataset.records.to_json`)"

_RESPONSES, _SUGGESTION, _OLD_SUGGESTION = ".responses", ".suggestion", "-suggestion"
_TOOL_FIELDS = frozenset({"id", "external_id", "_server_id", "status", "vectors", "inserted_at", "updated_at"})


class UserResponse(Struct, frozen=True):
    """One user's answer to one question about a record."""

    question: str
    user: str
    status: str
    """``submitted``, ``draft`` or ``discarded``; empty where the file does not have it."""
    value: Any


class RecordSuggestion(Struct, frozen=True):
    """What a model proposes as the answer to a question."""

    question: str
    agent: str
    value: Any
    score: Any
    """A score, a list of scores, one for each item of the value, or None."""


class ArgillaRecord(Struct, frozen=True):
    """A record of whatever shape."""

    where: str
    id: str
    texts: Mapping[str, str]
    """The text fields by name; in columns, all columns of text."""
    responses: tuple[UserResponse, ...]
    suggestions: tuple[RecordSuggestion, ...]
    meta: Mapping[str, Any]
    """The record's metadata; in columns, all that is neither text nor answer."""
    has_vectors: bool = False

    @property
    def values(self) -> list[tuple[str, Any]]:
        """The question and the value of each response and suggestion."""
        return [(r.question, r.value) for r in self.responses] + [(s.question, s.value) for s in self.suggestions]


def describe_record(row: Mapping[str, Any]) -> str:
    """Return what of a row makes it a record of Argilla's; empty if it is none."""
    if isinstance(row.get("fields"), dict) and row.keys() & {"responses", "suggestions"}:
        return "its records have `fields` and `responses`"
    if names := column_questions(row):
        return f"its rows have Argilla's columns of the question {names[0]}"
    return ""


def column_questions(columns: Collection[str]) -> list[str]:
    """Return the questions that the columns of a data set are about, by their names."""
    endings = (_RESPONSES, _SUGGESTION)
    found = dict.fromkeys(k.removesuffix(e) for k in columns for e in endings if k.endswith(e) and k != e)
    old = (key.removesuffix(_OLD_SUGGESTION) for key in columns if key.endswith(_OLD_SUGGESTION))
    found |= dict.fromkeys(q for q in old if q in columns and f"{q}-suggestion-metadata" in columns)
    return list(found)


def parse_record(row: Any, where: str) -> ArgillaRecord:
    """Return a record; raises SourceError for what is none."""
    if not isinstance(row, dict):
        raise SourceError("a record must be a JSON object", where=where, do=EXPORT_AGAIN)
    return _nested_record(row, where) if isinstance(row.get("fields"), dict) else _flat_record(row, where)


def _record_id(row: Mapping[str, Any]) -> str:
    return next(filter(None, (span_fields.name_of(row.get(k)) for k in ("external_id", "id", "_server_id"))), "")


def _nested_record(row: Mapping[str, Any], where: str) -> ArgillaRecord:
    fields = row["fields"]
    others = {k: v for k, v in row.items() if k not in {*_TOOL_FIELDS, "fields", "responses", "suggestions"}}
    others |= {k: v for k, v in fields.items() if not isinstance(v, str)}
    return ArgillaRecord(
        where,
        _record_id(row),
        {k: v for k, v in fields.items() if isinstance(v, str)},
        tuple(_responses(row.get("responses"), where)),
        tuple(_suggestions(row.get("suggestions"), where)),
        {**{k: v for k, v in others.items() if k != "metadata"}, **_metadata(row)},
        bool(row.get("vectors")),
    )


def _metadata(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata, which data sets of version 1 have as JSON in a text."""
    found = row.get("metadata")
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            found = {"metadata": found} if found else {}
    return found if isinstance(found, dict) else {}


def _responses(found: Any, where: str) -> Iterator[UserResponse]:
    """Yield the responses: lists by question, or a list of what each user has answered."""
    if isinstance(found, dict):
        for question, answers in found.items():
            given_answers = answers if isinstance(answers, list) else [answers]
            yield from (_response(question, answer, {}) for answer in given_answers if answer is not None)
    elif isinstance(found, list):
        for given in found:
            if not isinstance(given, dict):
                raise SourceError("a response must be a JSON object", where=where, do=EXPORT_AGAIN)
            values = given.get("values")
            if isinstance(values, dict):
                yield from (_response(question, value, given) for question, value in values.items())
            elif question := span_fields.first_string(given, "question_name"):
                yield _response(question, given, {})
            else:  # a draft in which nothing is answered
                yield UserResponse("", _user(given), span_fields.first_string(given, "status"), None)
    elif found is not None:
        raise SourceError("`responses` must be an object or a list", where=where, do=EXPORT_AGAIN)


def _response(question: str, answer: Any, given: Mapping[str, Any]) -> UserResponse:
    """Return the response that ``answer`` is, with the fields that all answers of its user have in ``given``."""
    fields = {**given, **answer} if isinstance(answer, dict) else given
    value = answer.get("value") if isinstance(answer, dict) else answer
    return UserResponse(question, _user(fields), span_fields.first_string(fields, "status"), value)


def _user(fields: Mapping[str, Any]) -> str:
    """Return the user of a response: a name where there is one, else the id."""
    user = fields.get("user")
    name = span_fields.first_string(user, "username") if isinstance(user, dict) else span_fields.name_of(user)
    found = name or span_fields.name_of(fields.get("user_id"))
    return "" if found == "None" else found


def _suggestions(found: Any, where: str) -> Iterator[RecordSuggestion]:
    """Yield the suggestions: one by question, or a list of them."""
    if isinstance(found, dict):
        given = [{"question_name": k, **v} for k, v in found.items() if isinstance(v, dict)]
    elif isinstance(found, list):
        given = [x for x in found if isinstance(x, dict)]
    elif found is None:
        given = []
    else:
        raise SourceError("`suggestions` must be an object or a list", where=where, do=EXPORT_AGAIN)
    for x in given:
        question = span_fields.first_string(x, "question_name", "question_id")
        yield RecordSuggestion(question, span_fields.first_string(x, "agent"), x.get("value"), x.get("score"))


# -- the columns of a data set --


def _flat_record(row: Mapping[str, Any], where: str) -> ArgillaRecord:
    questions = column_questions(row)
    if not questions:
        raise SourceError(
            "the row has no columns of a question, such as `span.responses`", where=where, do=EXPORT_AGAIN
        )
    own = {k for k in row for q in questions if k == q or k.startswith((f"{q}.", f"{q}-suggestion"))}
    rest = {k: v for k, v in row.items() if k not in own | _TOOL_FIELDS and v is not None}
    return ArgillaRecord(
        where,
        _record_id(row),
        {k: v for k, v in rest.items() if isinstance(v, str) and k != "metadata"},
        tuple(r for q in questions for r in _column_responses(row, q)),
        tuple(s for q in questions for s in _column_suggestions(row, q)),
        {**{k: v for k, v in rest.items() if not isinstance(v, str)}, **_metadata(row)},
        bool(row.get("vectors")),
    )


def _column_responses(row: Mapping[str, Any], question: str) -> Iterator[UserResponse]:
    values, name = row.get(f"{question}{_RESPONSES}"), f"{question}{_RESPONSES}"
    if isinstance(values, list):
        users, statuses = (_listed(row.get(f"{name}.{key}")) for key in ("users", "status"))
        for value, user, status in zip_longest(values, users, statuses):
            yield _response(question, {"value": value, "user_id": user, "status": status}, {})
    for answer in unfolded_objects(row.get(question)):
        yield _response(question, answer, {})


def _column_suggestions(row: Mapping[str, Any], question: str) -> Iterator[RecordSuggestion]:
    value, name = row.get(f"{question}{_SUGGESTION}"), f"{question}{_SUGGESTION}"
    if value is not None:
        yield RecordSuggestion(
            question, span_fields.first_string(row, f"{name}.agent"), value, row.get(f"{name}.score")
        )
    value, more = row.get(f"{question}{_OLD_SUGGESTION}"), row.get(f"{question}-suggestion-metadata")
    if value is not None:
        more = more if isinstance(more, dict) else {}
        yield RecordSuggestion(question, span_fields.first_string(more, "agent"), value, more.get("score"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def unfolded_objects(value: Any) -> list[dict[str, Any]]:
    """Return a list of objects, which data sets may hold as one object of lists; none where it is neither."""
    if isinstance(value, dict):
        lists = {k: v for k, v in value.items() if isinstance(v, list)}
        return [dict(zip(lists, items, strict=True)) for items in zip_longest(*lists.values())] if lists else []
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []
