"""What people have changed of an article's lines: switched verdicts, settled doubts, and the undo of either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.core.article import LineVerdict
from annotator.core.errors import CorpusError
from annotator.storage.file_io import REPAIR_HINT

# Each function takes an article's JSON and returns it changed, with an event in its ``history``, which only grows.


def switch_line(data: Mapping[str, Any], line: int, verdict: LineVerdict, by: str, time: float) -> dict[str, Any]:
    """Return an article's JSON with line ``line`` (from 0) switched, which settles a doubt about its lines.

    Back to the machine's own verdict means its own reason again. The same verdict changes nothing. Raises
    CorpusError where there is no such line.
    """
    if not 0 <= line < len(data["lines"]):
        what = f"there is no line {line + 1}: the article has {len(data['lines'])}"
        raise CorpusError(what, where=f"article {data['id']}", do="choose a line of the article")
    before = data["lines"][line]
    if before["verdict"] == verdict.value:
        return dict(data)
    was, was_reason = before.get("was", before["verdict"]), before.get("was_reason", before["reason"])
    if verdict.value == was:
        after = {"verdict": was, "reason": was_reason}
    else:
        after = {"verdict": verdict.value, "reason": f"switched by {by}", "was": was, "was_reason": was_reason}
    event = {"op": "switch", "line": line, "before": before, "after": after, "by": by, "time": int(time)}
    return _with_event(_with_line(data, line, after), {**event, **_open_doubt(data)}, doubt="")


def settle_doubt(data: Mapping[str, Any], by: str, time: float) -> dict[str, Any]:
    """Return an article's JSON with the doubt about its lines settled; where there is none, nothing changes."""
    if not data.get("doubt"):
        return dict(data)
    return _with_event(data, {"op": "settle", "by": by, "time": int(time), **_open_doubt(data)}, doubt="")


def undo_last(data: Mapping[str, Any], by: str, time: float) -> dict[str, Any] | None:
    """Return an article's JSON with the last switch or settled doubt undone, or None where there is none.

    An undo is an event of its own and voids the last open one.
    """
    undone = 0
    try:
        for event in reversed(data.get("history", [])):
            if event["op"] == "undo":
                undone += 1
            elif undone:
                undone -= 1
            else:
                switched = {} if event["op"] == "settle" else {"line": event["line"]}
                before = _with_line(data, event["line"], event["before"]) if switched else data
                undo = {"op": "undo", **switched, "by": by, "time": int(time)}
                return _with_event(before, undo, doubt=event.get("doubt", ""))
    except (KeyError, TypeError) as error:
        what = f"the article's history is damaged: {error}"
        raise CorpusError(what, where=f"article {data.get('id')}", do=REPAIR_HINT) from None
    return None


def _open_doubt(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the open doubt as a field of the event that settles it; nothing where there is none."""
    return {"doubt": data["doubt"]} if data.get("doubt") else {}


def _with_line(data: Mapping[str, Any], line: int, after: Any) -> dict[str, Any]:
    return {**data, "lines": [after if i == line else x for i, x in enumerate(data["lines"])]}


def _with_event(data: Mapping[str, Any], event: Mapping[str, Any], *, doubt: str) -> dict[str, Any]:
    """Return an article's JSON after an event; an article without a doubt has no field for one.

    A settled doubt is an empty field, so that an undo leaves the file as it was.
    """
    stated = {"doubt": doubt} if doubt or "doubt" in data else {}
    return {**data, **stated, "history": [*data.get("history", []), event]}
