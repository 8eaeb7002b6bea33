"""What a Prodigy task asked: for all spans of a text, for one of them, or for something else.

An answer to a manual view speaks of the whole text, one to a binary view of the spans that were
shown: ``reject`` means "a bad example" there and "these spans are wrong" here. Old exports have
neither ``_is_binary`` nor ``_view_id``; then answers that stand at the spans, and spans that only a
model or a pattern makes (a score, a rank, the hash of an input), tell it.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from annotator.formats.fields import first_string


class TaskView(Enum):
    """What was asked."""

    MANUAL = "manual"
    BINARY = "binary"


_MANUAL_VIEWS = {
    "ner_manual",
    "spans_manual",
    "pos_manual",
    "relations",
    "dep",
    "coref",
    "choice",
    "classification",
}
_BINARY_VIEWS = {"ner", "spans"}
_SUGGESTION_KEYS = ("score", "rank", "input_hash", "pattern")

REVIEW_VIEW = "review"


def task_view(task: dict[str, Any], spans: list[dict[str, Any]]) -> TaskView:
    """Return what the task asked; ``spans`` are those that it shows."""
    if not spans or task.get("_is_binary") is False or "rejected" in task:
        return TaskView.MANUAL
    shown = first_string(task, "_view_id")
    shown = first_string(task, "view_id") if shown == REVIEW_VIEW else shown
    if shown in _MANUAL_VIEWS or "options" in task:
        return TaskView.MANUAL
    if task.get("_is_binary") is True or shown in _BINARY_VIEWS:
        return TaskView.BINARY
    if any("answer" in span for span in spans):
        return TaskView.BINARY
    suggested = any(key in span for span in spans for key in _SUGGESTION_KEYS)
    return TaskView.BINARY if suggested and not task.get("tokens") else TaskView.MANUAL
