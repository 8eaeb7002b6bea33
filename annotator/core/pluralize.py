"""A number with what it counts, as people write it."""

from __future__ import annotations

from collections.abc import Sequence

MAX_LISTED = 12
"""How many things of one kind a terminal lists one by one."""


def pluralize(n: int, one: str, many: str = "") -> str:
    """Return a number with what it counts: ``1 span``, ``2 spans``; ``many`` where an s won't do."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def count_column(n: int, what: str) -> str:
    """Return a number with what it counts, as wide in each row of a table."""
    word = what if n == 1 else f"{what}s"
    return f"{n:>4} {word:<{len(what) + 1}}"


def join_limited(items: Sequence[str]) -> str:
    """Return one line with what holds for each label, of a dozen labels at most."""
    more = len(items) - MAX_LISTED
    return ", ".join(items) if more <= 0 else f"{', '.join(items[:MAX_LISTED])} and {more} labels more"
