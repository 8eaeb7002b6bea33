"""JSON of other tools that cannot be read: what it is, and what to take instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WITHOUT_TEXT = "its text is in another file; write both as lines of texts with spans"

_BY_KEYS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"annotatable", "entities"}), f"tagtog's ann.json: {_WITHOUT_TEXT}"),
    (frozenset({"Entities", "File"}), f"Amazon Comprehend's output: {_WITHOUT_TEXT}"),
    (frozenset({"images", "annotations", "categories"}), "COCO's annotations of pictures; texts alone can be read"),
    (frozenset({"shapes", "imagePath"}), "Labelme's annotations of a picture; texts alone can be read"),
)
"""The keys that a tool's records have together, with what they are."""


def describe_unread_record(record: Mapping[str, Any]) -> str:
    """Return which tool's record it is that cannot be read, and what to do; empty for any other."""
    return next((description for keys, description in _BY_KEYS if keys <= record.keys()), "")
