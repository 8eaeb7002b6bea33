"""The fields of a Prodigy task, whatever made it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.formats.evidence import QuotedText, quoted_ranges
from annotator.formats.fields import RawSpan, name_of, object_list, whole_number, storable_fields, seconds_of, first_string
from annotator.formats.jsons import shortened
from annotator.formats.units import OffsetUnit, to_code_points

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
        raise SourceError(f"`answer` is {shortened(value)}", where=where, do="use accept, reject or ignore")
    return Answer(value)


def task_annotator(record: dict[str, Any]) -> str:
    """Return who did the task, as far as it says."""
    return first_string(record, "_annotator_id", "_session_id")


def document_fields(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a document that are neither text nor spans.

    ``meta`` keeps what the task's own ``meta`` and its unknown fields say; note and flag go to fields
    of their own (in ``meta`` as this program writes them, ``flagged`` at the top as Prodigy does).
    """
    own = record.get("meta")
    own = own if isinstance(own, dict) else {}
    unknown = {k: v for k, v in record.items() if k not in _KNOWN_FIELDS and not k.startswith("_")}
    meta = {k: v for k, v in {**unknown, **own}.items() if k not in {"note", "flagged"}}
    return {
        "id": name_of(record.get("id")) or name_of(own.get("id")),
        "title": first_string(own, "title"),
        "time": seconds_of(record.get("_timestamp")),
        "note": first_string(own, "note") or first_string(record, "user_input"),
        "flagged": record.get("flagged") is True or own.get("flagged") is True,
        "meta": storable_fields(meta),
    }


def asks_about_whole_text(record: dict[str, Any]) -> bool:
    """Whether a task is about the text as a whole: it has a label or options, no tokens and no spans."""
    return bool(record.keys() & {"label", "options"}) and not record.keys() & {"tokens", "spans"}


def is_review_task(record: dict[str, Any]) -> bool:
    """Whether the task was made by reviewing the versions that it holds."""
    return first_string(record, "_view_id") == _REVIEW_NAME or isinstance(record.get("versions"), list)


def version_sessions(version: dict[str, Any]) -> list[str]:
    """Return whose work a version is."""
    found = version.get("sessions")
    names = [s for s in found if isinstance(s, str) and s] if isinstance(found, list) else []
    return names or [task_annotator(version)]


def reviewer_name(record: dict[str, Any], sessions: set[str]) -> str:
    """Return the name that the reviewer's work goes by, unlike all of the sessions'."""
    said = task_annotator(record)
    if said and said not in sessions:
        return said
    return f"{_REVIEW_NAME}-{said}" if said else _REVIEW_NAME


def token_ranges(record: dict[str, Any], text: str, unit: OffsetUnit, where: str) -> list[TaskRange | None]:
    """Return where each token stands, None for one that doesn't stand where it says."""
    return [_token_range(t, text, unit) for t in object_list(record, "tokens", where, EXPORT_TASKS_AGAIN)]


def _token_range(token: dict[str, Any], text: str, unit: OffsetUnit) -> TaskRange | None:
    place = checked_range(token, text, unit)
    return place if place and text[slice(*place)] == token.get("text") else None


def checked_range(thing: dict[str, Any], text: str, unit: OffsetUnit) -> TaskRange | None:
    """Return the range of a token or span in code points, if it lies in the text."""
    start, end = whole_number(thing.get("start")), whole_number(thing.get("end"))
    if start is None or end is None or not 0 <= start < end:
        return None
    try:
        place = to_code_points(text, start, end, unit)
    except ValueError:
        return None
    return place if place[1] <= len(text) else None


def range_by_token_indexes(span: dict[str, Any], places: list[TaskRange | None]) -> TaskRange | None:
    """Return the range of a span by its token indexes (``token_end`` is inclusive), if it has some."""
    first, last = whole_number(span.get("token_start")), whole_number(span.get("token_end"))
    if first is None or last is None or not 0 <= first <= last < len(places):
        return None
    begin, end = places[first], places[last]
    return (begin[0], end[1]) if begin and end else None


def task_quoted_texts(record: Any) -> Iterator[QuotedText]:
    """Yield what a task, and each version in it, quotes of its text: its tokens, and spans with a text."""
    if not isinstance(record, dict):
        return
    text, versions = record.get("text"), record.get("versions")
    for version in [record, *(versions if isinstance(versions, list) else [])]:
        said = version.get("text", text) if isinstance(version, dict) else None
        if isinstance(said, str) and any(c > "\uffff" for c in said):
            yield said, list(quoted_ranges(_quoted_items(version)))


def _quoted_items(record: dict[str, Any]) -> Iterator[tuple[RawSpan, Any]]:
    for key in ("tokens", "spans"):
        found = record.get(key)
        for thing in found if isinstance(found, list) else []:
            if isinstance(thing, dict):
                yield RawSpan(thing.get("start"), thing.get("end"), ""), thing.get("text")
