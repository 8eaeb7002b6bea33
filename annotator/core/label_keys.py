"""Label keys other than the schema's own: a user's choice, or the mirror for the other hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from annotator.core.schema import Schema

_MIRROR = dict(zip("qwertasdfgzxcvb", "poiuy;lkjh/.,mn", strict=True))
"""The key at the same place of the other half of an English keyboard."""
_SPARE = "hjkluiopnmyqwertasdfgzxcvb"
"""What a label gets whose mirrored key is no letter or is taken, the easiest first."""


def with_keys(schema: Schema, keys: Mapping[str, str]) -> Schema:
    """Return the schema with other keys for the labels that ``keys`` names, by label name."""
    labels = tuple(replace(x, key=keys.get(x.name, x.key)) for x in schema.labels)
    return replace(schema, labels=labels)


def mirrored(schema: Schema) -> dict[str, str]:
    """Return a key for each label that has one, on the other hand's side of the keyboard."""
    ways = {**_MIRROR, **{right: left for left, right in _MIRROR.items()}}
    keyed = [x for x in schema.labels if x.key]
    out = {x.name: ways[x.key] for x in keyed if ways[x.key].isalpha()}
    spare = iter(c for c in _SPARE if c not in out.values())
    return {x.name: out.get(x.name) or next(spare) for x in keyed}
