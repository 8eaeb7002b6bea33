"""Label keys other than the schema's own: a user's choice, the mirror for the other hand, spare ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from annotator.core.schema import MAX_LABEL_KEYS, Schema

_MIRRORED_KEYS = dict(zip("qwertasdfgzxcvb", "poiuy;lkjh/.,mn", strict=True))
"""The key at the same place of the other half of an English keyboard."""
_FALLBACK_KEYS = "hjkluiopnmyqwertasdfgzxcvb"
"""What a label gets whose mirrored key is no letter or is taken, the easiest first."""
HOME_ROW_KEYS = "asdfghjk"
"""The keys of labels to which the schema gives none, in this order."""


def with_label_keys(schema: Schema, keys: Mapping[str, str]) -> Schema:
    """Return the schema with other keys for the labels that ``keys`` names, by label name."""
    labels = tuple(replace(x, key=keys.get(x.name, x.key)) for x in schema.labels)
    return replace(schema, labels=labels)


def mirrored_label_keys(schema: Schema) -> dict[str, str]:
    """Return a key for each label that has one, on the other hand's side of the keyboard."""
    ways = {**_MIRRORED_KEYS, **{right: left for left, right in _MIRRORED_KEYS.items()}}
    keyed = [x for x in schema.labels if x.key]
    out = {x.name: ways[x.key] for x in keyed if ways[x.key].isalpha()}
    spare = iter(c for c in _FALLBACK_KEYS if c not in out.values())
    return {x.name: out.get(x.name) or next(spare) for x in keyed}


def spare_label_keys(schema: Schema, taken: Collection[str]) -> dict[str, str]:
    """Return keys for labels to which the schema gives none, so that a bare list of names can be used.

    ``taken`` are letters that mean something else.
    """
    free = (key for key in HOME_ROW_KEYS if key not in schema.keys and key not in taken)
    bare = [x.name for x in schema.labels if not x.key][: MAX_LABEL_KEYS - len(schema.keys)]
    return dict(zip(bare, free, strict=False))
