"""Tags that are numbers, in files that don't say what the numbers stand for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TagNames = Mapping[int, str]
"""What numbered tags stand for; an empty text is ``O``."""

NO_TAG_NAMES: TagNames = MappingProxyType({})
PADDING_TAG = -100
"""What trainers write at places that no loss is taken of."""
_SHOWN_NUMBERS = 40


def tag_names_in_map(pairs: Mapping[str, str]) -> dict[int, str]:
    """Return what ``--map`` says of numbers."""
    return {int(k): v for k, v in pairs.items() if k.isascii() and k.isdecimal() and len(k) < 5}


def unnamed_tags_message(counts: Mapping[int, int], names: TagNames) -> tuple[str, str] | None:
    """Return what to say of numbers without a name, and what to do; None where all have one.

    ``counts`` says how often each number stands there.
    """
    unnamed = sorted(n for n in counts if n not in names and n != PADDING_TAG)
    if not unnamed:
        return None
    there = ", ".join(f"{n} ({counts[n]:,})" for n in unnamed[:_SHOWN_NUMBERS])
    more = f" and {len(unnamed) - _SHOWN_NUMBERS} more" if len(unnamed) > _SHOWN_NUMBERS else ""
    every = sorted({*names, *unnamed})[:_SHOWN_NUMBERS]
    line = ",".join(f"{n}={names.get(n, '') or 'O' * (n == 0)}" for n in every)
    return (
        f"are numbers, and the file doesn't say what they stand for: {there}{more}",
        f"give --map {line} (fill in O, B-PERSON, I-PERSON and so on; empty is O)",
    )


def tag_by_number(value: str, names: TagNames) -> str:
    """Return what a tag that is written as a number stands for; any other as it is."""
    number = int(value) if value.lstrip("-").isascii() and value.lstrip("-").isdecimal() else None
    if number == PADDING_TAG:
        return "O"
    return value if number is None or number not in names else names[number] or "O"
