"""The tasks of a file of Label Studio's, of whatever version: its data, and what each annotator said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats.fields import name_of, object_list, seconds_of, first_string

EXPORT_PROJECT_AGAIN = "export the project from Label Studio again (JSON)"

_JSON_MIN_KEYS = frozenset(
    {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "meta"}
)
_JSON_MIN_SIGNS = frozenset({"annotation_id", "lead_time"})
_TEXT_VALUE_KEYS = ("choices", "taxonomy", "rating", "ranker", "datetime", "number", "pairwise")


@dataclass(frozen=True, slots=True)
class TaskAnnotation:
    """One annotation of a task."""

    results: list[dict[str, Any]]
    annotator: str = ""
    answer: Answer | None = Answer.ACCEPT
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class LabelStudioTask:
    """One task."""

    data: dict[str, Any]
    annotations: list[TaskAnnotation]
    id: str
    where: str
    others: tuple[tuple[str, str, int], ...] = ()
    """Predictions and drafts: what it is, its id and how many results it has."""


def detect_task(row: Any) -> str:
    """Return what of a row makes it one of Label Studio's, empty where nothing does."""
    if not isinstance(row, dict):
        return ""
    if isinstance(row.get("data"), dict):
        key = next((k for k in ("annotations", "completions", "predictions") if _is_list(row.get(k))), "")
        return f"its tasks have `data` and `{key}`" if key else ""
    if isinstance(row.get("task"), dict) and _is_list(row.get("result")):
        return "it has an annotation's `result` and its `task`"
    if _JSON_MIN_SIGNS & row.keys() and {"id", "annotator"} & row.keys():
        return f"its rows have `{min(_JSON_MIN_SIGNS & row.keys())}`, as JSON_MIN has"
    lists = [k for k, v in row.items() if k not in {"spans", "entities", "ents"} and _is_regions(v)]
    return f"its rows have regions in `{lists[0]}`, as JSON_MIN has" if lists else ""


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def parse_task(row: Any, where: str) -> LabelStudioTask:
    """Return the task of a row; raises SourceError where it is none."""
    if not isinstance(row, dict):
        raise SourceError("a task must be a JSON object", where=where, do=EXPORT_PROJECT_AGAIN)
    if isinstance(row.get("data"), dict):
        return _parse_full_task(row, where)
    if isinstance(row.get("task"), dict) and isinstance(row["task"].get("data"), dict):
        return _parse_full_task({**row["task"], "annotations": [row]}, where)
    if "result" in row:
        raise SourceError("it is an annotation without its task", where=where, do=EXPORT_PROJECT_AGAIN)
    if not detect_task(row) and "text" not in row:
        raise SourceError("the task has no `data`", where=where, do=EXPORT_PROJECT_AGAIN)
    return _parse_min_row(row, where)


def _parse_full_task(row: dict[str, Any], where: str) -> LabelStudioTask:
    if any(type(x) is int for key in ("annotations", "completions") for x in _list(row.get(key))):
        raise SourceError("annotations are named by their ids alone", where=where, do=EXPORT_PROJECT_AGAIN)
    found = [x for key in ("annotations", "completions") for x in object_list(row, key, where, EXPORT_PROJECT_AGAIN)]
    others = [
        (thing, name_of(x.get("id")), len(_list(x.get("result"))))
        for thing, key in (("prediction", "predictions"), ("draft", "drafts"))
        for x in _list(row.get(key))
        if isinstance(x, dict)
    ]
    said = [_parse_annotation(x, where) for x in found]
    return LabelStudioTask(row["data"], said, name_of(row.get("id")), where, tuple(others))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parse_annotation(row: dict[str, Any], where: str) -> TaskAnnotation:
    cancelled = row.get("was_cancelled") is True or row.get("skipped") is True
    return TaskAnnotation(
        object_list(row, "result", where, EXPORT_PROJECT_AGAIN),
        first_string(row, "annotator") or _annotator_name(row.get("completed_by")),
        Answer.IGNORE if cancelled else Answer.ACCEPT,
        _annotation_time(row),
    )


def _annotator_name(value: Any) -> str:
    """Return who an annotation is by: an id, or a user's address, name or id."""
    if not isinstance(value, dict):
        return name_of(value)
    full = " ".join(x for x in (first_string(value, "first_name"), first_string(value, "last_name")) if x)
    return first_string(value, "email", "username") or full or name_of(value.get("id"))


def _annotation_time(row: dict[str, Any]) -> float:
    """Return when an annotation was last changed: an ISO date, or seconds in old files."""
    for key in ("updated_at", "created_at"):
        value = row.get(key)
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
                return seconds_of((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
            except (ValueError, OverflowError):
                continue
        if found := seconds_of(value):
            return found
    return 0.0


def _parse_min_row(row: dict[str, Any], where: str) -> LabelStudioTask:
    """Return the task of a JSON_MIN row: whatever is a list of regions is what was annotated."""
    results = [
        {"from_name": key, "value": value, "type": _value_kind(value)}
        for key, found in row.items()
        if _is_regions(found) or _is_other(found)
        for value in (found if isinstance(found, list) else [found])
    ]
    given = {r["from_name"] for r in results}
    data = {k: v for k, v in row.items() if k not in _JSON_MIN_KEYS | given}
    done = results or "annotation_id" in row or "lead_time" in row
    said = [TaskAnnotation(results, _annotator_name(row.get("annotator")), Answer.ACCEPT, _annotation_time(row))] if done else []
    return LabelStudioTask(data, said, name_of(row.get("id")), where)


def _is_regions(value: Any) -> bool:
    """Whether this is a list of objects with labels and a place, as JSON_MIN has regions."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(x, dict) and any(k.endswith("labels") for k in x) and len(x) > 1 for x in value)
    )


def _is_other(value: Any) -> bool:
    """Whether this is what was said of the whole text, or of a region beside its label."""
    found = value if isinstance(value, list) else [value]
    return bool(found) and all(isinstance(x, dict) and any(k in x for k in _TEXT_VALUE_KEYS) for x in found)


def _value_kind(value: dict[str, Any]) -> str:
    keys: Iterator[str] = (k for k in value if k.endswith("labels") or k in _TEXT_VALUE_KEYS)
    return next(keys, "")
