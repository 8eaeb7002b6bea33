"""Tags that are numbers, in files that don't say what the numbers stand for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Names = Mapping[int, str]
"""What numbered tags stand for; an empty text is ``O``."""

NAMELESS: Names = MappingProxyType({})
PADDING = -100
"""What trainers write at places that no loss is taken of."""
_SHOWN = 40


def numbers_in(pairs: Mapping[str, str]) -> dict[int, str]:
    """Return what ``--map`` says of numbers."""
    return {int(k): v for k, v in pairs.items() if k.isascii() and k.isdecimal() and len(k) < 5}


def lacking(counts: Mapping[int, int], names: Names) -> tuple[str, str] | None:
    """Return what to say of numbers without a name, and what to do; None where all have one.

    ``counts`` says how often each number stands there.
    """
    unnamed = sorted(n for n in counts if n not in names and n != PADDING)
    if not unnamed:
        return None
    there = ", ".join(f"{n} ({counts[n]:,})" for n in unnamed[:_SHOWN])
    more = f" and {len(unnamed) - _SHOWN} more" if len(unnamed) > _SHOWN else ""
    every = sorted({*names, *unnamed})[:_SHOWN]
    line = ",".join(f"{n}={names.get(n, '') or 'O' * (n == 0)}" for n in every)
    return (
        f"are numbers, and the file doesn't say what they stand for: {there}{more}",
        f"give --map {line} (fill in O, B-PERSON, I-PERSON and so on; empty is O)",
    )


def named(value: str, names: Names) -> str:
    """Return what a tag that is written as a number stands for; any other as it is."""
    number = int(value) if value.lstrip("-").isascii() and value.lstrip("-").isdecimal() else None
    if number == PADDING:
        return "O"
    return value if number is None or number not in names else names[number] or "O"
