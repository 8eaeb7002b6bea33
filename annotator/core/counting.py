"""A number with what it counts, as people write it."""

from __future__ import annotations


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with what it counts: ``1 span``, ``2 spans``; ``many`` where an s won't do."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
