"""How a file carries metadata beside fields of its own: one rule for names that collide, and its inverse.

A format, or this program, has fields of its own where a tool keeps metadata, such as ``id`` and ``text`` of a row. A
user's field of the same name is carried as ``meta.NAME``. A name that looks so already gets one ``meta.`` more, so
that reading always finds the name that was written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

PREFIX = "meta."
PLACE_FIELDS = ("article", "sentence", "start", "end", "sentences", "group", "group_rows", "origin")
"""The names that are always this program's: where a text is in its article, whose that is and where it comes from."""
ARTICLE_FIELDS = ("source", "date", "byline", "dateline")
"""The names that are this program's where an article has such a field, the user's else."""


def merge_metadata(
    own: Mapping[str, Any], meta: Mapping[str, Any], reserved: Collection[str], optional: Collection[str] = ()
) -> dict[str, Any]:
    """Return the fields of a file or program and the user's metadata as one mapping, its own fields first.

    ``reserved`` are the names that are the file's own, present or not. ``optional`` are those that reading leaves in
    the metadata as well: a user's field keeps such a name where ``own`` has none of it, or the same value.
    """
    named = {}
    for key, value in meta.items():
        clashes = key in reserved or (key in own and not _is_same(own[key], value))
        looks_carried = key.startswith(PREFIX) and _bare_name(key) in {*reserved, *optional}
        named[f"{PREFIX}{key}" if clashes or looks_carried else key] = value
    return {**own, **named}


def user_metadata(fields: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the user's metadata under their own names; ``names`` are the reserved and optional ones.

    A field of the file's own stays where the user has none of that name.
    """
    found: dict[str, Any] = {}
    for key, value in fields.items():
        if key.startswith(PREFIX) and _bare_name(key) in names:
            found[key.removeprefix(PREFIX)] = value
        else:
            found.setdefault(key, value)
    return found


def _bare_name(key: str) -> str:
    while key.startswith(PREFIX):
        key = key.removeprefix(PREFIX)
    return key


def _is_same(one: Any, other: Any) -> bool:
    """Return True if two JSON values are the same; numbers and truth values differ in type."""
    return type(one) is type(other) and bool(one == other)
