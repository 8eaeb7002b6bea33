"""The group of an article that two corpora have: both linked it, one did, or each to another document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.core.document_groups import nested_value, with_nested_value


def merged_group(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields ``group`` and ``meta`` of an article's JSON that change where another corpus has it too.

    A text in several documents is in no group, and its metadata name all of them, as after an import; of groups by
    different fields the first one's stays.
    """
    own, other = a.get("group"), b.get("group")
    if own and other and own["field"] != other["field"]:
        return {}
    name = (own or other or {}).get("field", "")
    known = [
        value
        for fields, group in ((a, own), (b, other))
        for value in _documents(nested_value(fields["meta"], name) if name else None, group)
    ]
    several = list(dict.fromkeys(known))
    if len(several) > 1:
        return {"group": None, "meta": with_nested_value(a["meta"], name, several)}
    return {} if own or not other else {"group": other}


def _documents(value: Any, group: Mapping[str, Any] | None) -> list[Any]:
    """Return the documents that a corpus knows of an article, as its metadata name them or else its group."""
    if isinstance(value, list) and len(value) > 1:
        return value
    return [group["value"]] if group else []
