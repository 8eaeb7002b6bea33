"""JSON from a file that nobody vouches for: strict, bounded in depth, doubled keys told."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from annotator.core.errors import SourceError
from annotator.formats.document import Account

_DEEP = 1024
"""orjson's own bound on nesting."""


def parse(raw: bytes | str, where: str, account: Account | None = None) -> Any:
    """Return the JSON value; raises SourceError naming ``where`` for anything else.

    NaN, lone surrogates and bytes that are no UTF-8 are refused, as is nesting deeper than 1,024.
    Of doubled keys the last one counts, as JSON's readers do; a note in ``account`` tells it once.
    An integer beyond 64 bits comes as a float, so whoever needs a whole number checks the type.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise SourceError(
            f"this is not JSON ({error.msg} at {place})", where=where, do="repair it, or export it again"
        ) from None
    if account is not None:
        _note_doubled(raw, where, account)
    return value


def parse_object(raw: bytes | str, where: str, account: Account | None = None) -> dict[str, Any]:
    """Return the JSON object; raises SourceError as ``parse`` does, and for any other value."""
    value = parse(raw, where, account)
    if not isinstance(value, dict):
        raise SourceError(
            "this is JSON, but no object", where=where, do="repair or remove it, or export it again"
        )
    return value


def whole(value: Any) -> int | None:
    """Return a whole number as it stands in JSON; None for anything else (true and 3.0 too)."""
    return value if type(value) is int else None


def short(value: Any, most: int = 40) -> str:
    """Return a value from a file as a message shows it, the first ``most`` characters of it."""
    try:
        told = (
            repr(value) if not isinstance(value, list | dict) else json.dumps(value, default=str)[: most + 1]
        )
    except RecursionError:  # orjson reads deeper than the standard library writes
        told = "[…]" if isinstance(value, list) else "{…}"
    return told if len(told) <= most else told[: most - 1] + "…"


_TOLD = "a key stands twice in one object"
_KEYS = re.compile(rb'"([^"\\]{1,40})"\s*:')


def _note_doubled(raw: bytes | str, where: str, account: Account) -> None:
    if any(_TOLD in note for note in account.notes):
        return
    found: list[str] = []

    def hook(pairs: list[tuple[str, Any]]) -> None:
        if not found and len({k for k, _ in pairs}) < len(pairs):
            seen: set[str] = set()
            found.extend(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]

    try:
        json.loads(raw, object_pairs_hook=hook)
    except (ValueError, RecursionError):
        return
    if found:
        account.notes.append(f"{where}: {_TOLD} ({short(found[0])}); the last one counts")
