"""The table ``[split]`` of ``corpus.toml``: by what every split of the corpus is drawn."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, cast

from msgspec import Struct

from annotator.core.errors import CorpusError
from annotator.storage.token_table import TOKENS_TABLE, without_table

SPLIT_TABLE = "split"
_KEYS = ("shares", "seed", "unit")
_UNITS = ("story", "article")
_MAX_SHARE, _MAX_SEED = 999_999, 2**32 - 1
_BEGIN = re.compile(r"^[^\S\n]*(?:\[\s*split\b|split\b|shares\b|seed\b|unit\b)", re.MULTILINE)


class SplitTableError(CorpusError):
    """A table ``[split]`` that makes no sense; ``do`` names what to write."""


class SplitSettings(Struct, frozen=True):
    """By what a split is drawn where no option chooses otherwise."""

    shares: tuple[int, int, int] = (80, 10, 10)
    """Of train, dev and test."""
    seed: int = 0
    """Another one draws another split of the same shares."""
    unit: Literal["story", "article"] = "story"
    """What stays in one part."""


def decode_split(data: object, path: Path) -> SplitSettings:
    """Return the settings of a table as TOML has it; raises SplitTableError that names ``path``."""
    if not isinstance(data, dict):
        raise _error("`split` is no table", path, "write [split] in a line, and below it shares = [80, 10, 10]")
    table = cast("dict[str, Any]", data)
    if unknown := sorted(table.keys() - set(_KEYS)):
        known = ", ".join(_KEYS)
        raise _error(f"`{unknown[0]}` in [split] is no setting of a split", path, f"remove it, or use one of: {known}")
    default = SplitSettings()
    shares, seed, unit = (table.get(key, getattr(default, key)) for key in _KEYS)
    if not _are_shares(shares):
        what = (
            f"`shares` in [split] are not three whole numbers from 0, one of them above 0 and none above {_MAX_SHARE}"
        )
        raise _error(what, path, "write the shares of train, dev and test, such as shares = [80, 10, 10]")
    if type(seed) is not int or not 0 <= seed <= _MAX_SEED:
        raise _error(f"`seed` in [split] is no whole number from 0 to {_MAX_SEED}", path, "write seed = 0")
    if unit not in _UNITS:
        raise _error("`unit` in [split] is neither story nor article", path, 'write unit = "story" or unit = "article"')
    return SplitSettings((shares[0], shares[1], shares[2]), seed, unit)


def _are_shares(shares: object) -> bool:
    if not isinstance(shares, list | tuple) or len(shares) != len(SplitSettings().shares):
        return False
    return all(type(x) is int and 0 <= x <= _MAX_SHARE for x in shares) and any(shares)


def _error(what: str, path: Path, do: str) -> SplitTableError:
    return SplitTableError(what, where=str(path), do=do)


def encode_split(split: SplitSettings) -> dict[str, Any]:
    """Return the table for TOML."""
    return {"shares": list(split.shares), "seed": split.seed, "unit": split.unit}


def recover_split(text: str) -> SplitSettings | None:
    """Return the table in what is left of a damaged file; None where it is there and cannot be read."""
    text = without_table(text, TOKENS_TABLE)
    found = _BEGIN.search(text)
    if not found:
        return SplitSettings()
    with suppress(tomllib.TOMLDecodeError, CorpusError):
        data = tomllib.loads(text[found.start() :])
        if SPLIT_TABLE in data:
            return decode_split(data[SPLIT_TABLE], Path())
    return None
