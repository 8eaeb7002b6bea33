"""A number with what it counts, as people write it."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 12
"""How many things of one kind a terminal is told one by one."""


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with what it counts: ``1 span``, ``2 spans``; ``many`` where an s won't do."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def listed(items: Sequence[str]) -> str:
    """Return what is told of each label in a line, of a dozen labels at the most."""
    more = len(items) - MOST
    return ", ".join(items) if more <= 0 else f"{', '.join(items[:MOST])} and {more} labels more"
