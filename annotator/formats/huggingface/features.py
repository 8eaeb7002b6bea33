"""The features of a Hugging Face data set: which columns hold numbers that stand for names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from annotator.core.errors import SourceError
from annotator.formats.source import ImportSource

_INFO_FILES = frozenset({"dataset_info.json", "dataset_infos.json"})
_LIST_TYPES = frozenset({"Sequence", "List", "LargeList", "FixedSizeList"})


def read_features(metadata: bytes, beside: Sequence[ImportSource] = ()) -> Mapping[str, Any]:
    """Return the features by column: of the file's own metadata, else of an info file beside it."""
    found = _find_features(_json_or_none(metadata))
    for file in (f for f in beside if not found and f.base in _INFO_FILES):
        try:
            found = _find_features(_json_or_none(file.read_bytes(10_000_000)))
        except SourceError:
            continue
    return found


def _json_or_none(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _find_features(value: Any) -> Mapping[str, Any]:
    """Return the features in an ``{"info": {"features": …}}``, the info itself, or one by configuration."""
    if not isinstance(value, dict):
        return {}
    for found in (value, value.get("info"), *value.values()):
        if isinstance(found, dict) and isinstance(found.get("features"), dict):
            return dict(found["features"])
    return {}


def class_names(feature: Any, *path: str) -> list[str]:
    """Return the names that a feature's numbers stand for, none where it has none; ``path`` leads inside."""
    inner = _unwrap_list(feature)
    for key in path:
        inner = _unwrap_list(inner.get(key)) if isinstance(inner, dict) else None
    names = inner.get("names") if isinstance(inner, dict) and inner.get("_type") == "ClassLabel" else None
    if isinstance(names, list) and all(isinstance(x, str) for x in names):
        return names
    return []


def _unwrap_list(feature: Any) -> Any:
    """Return what a list holds."""
    for _ in range(8):
        if isinstance(feature, list) and len(feature) == 1:
            feature = feature[0]
        elif isinstance(feature, dict) and feature.get("_type") in _LIST_TYPES and "feature" in feature:
            feature = feature["feature"]
    return feature
