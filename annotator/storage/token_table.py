"""The table ``[tokens]`` of ``corpus.toml``: how the texts of the corpus are cut into tokens."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from annotator.core.errors import CorpusError
from annotator.core.token_settings import DEFAULT_TOKENS, TOKEN_UNITS, TokenSettings

TOKENS_TABLE = "tokens"
_KEYS = ("unit", "infixes")
_MAX_INFIXES, _MAX_INFIX_LENGTH = 100, 200


class TokensTableError(CorpusError):
    """A table ``[tokens]`` that makes no sense; ``do`` names what to write."""


def decode_token_settings(data: object, path: Path) -> TokenSettings:
    """Return the settings of a table as TOML has it; raises TokensTableError that names ``path``."""
    if not isinstance(data, dict):
        raise _error("`tokens` is no table", path, 'write [tokens] in a line, and below it unit = "rules"')
    table = cast("dict[str, Any]", data)
    if unknown := sorted(table.keys() - set(_KEYS)):
        do = f"remove it, or use one of: {', '.join(_KEYS)}"
        raise _error(f"`{unknown[0]}` in [tokens] is no setting of a tokenizer", path, do)
    unit, infixes = table.get("unit", DEFAULT_TOKENS.unit), table.get("infixes", [])
    if unit not in TOKEN_UNITS:
        do = 'write unit = "rules" or unit = "characters"'
        raise _error("`unit` in [tokens] is neither rules nor characters", path, do)
    if not isinstance(infixes, list) or len(infixes) > _MAX_INFIXES or not all(map(_is_infix, infixes)):
        do = 'write texts at which tokens are cut, such as infixes = ["~", "/"]'
        raise _error("`infixes` in [tokens] is no list of regular expressions", path, do)
    if infixes and unit == "characters":
        raise _error("`infixes` in [tokens] have no meaning for characters", path, "remove `infixes`")
    return TokenSettings(unit, tuple(infixes))


def _is_infix(value: object) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_INFIX_LENGTH:
        return False
    with suppress(re.error, OverflowError, RecursionError):
        return re.compile(value).groups == 0
    return False


def _error(what: str, path: Path, do: str) -> TokensTableError:
    return TokensTableError(what, where=str(path), do=do)


def encode_token_settings(tokens: TokenSettings) -> dict[str, Any]:
    """Return the table for TOML."""
    return {"unit": tokens.unit, **({"infixes": list(tokens.infixes)} if tokens.infixes else {})}


def recover_token_settings(text: str) -> TokenSettings | None:
    """Return the table in what is left of a damaged file; None where it is there and cannot be read."""
    found = _begin(_KEYS, TOKENS_TABLE).search(without_table(text, "split"))
    if not found:
        return DEFAULT_TOKENS
    table = table_text(text, TOKENS_TABLE)
    with suppress(tomllib.TOMLDecodeError, CorpusError):
        data = tomllib.loads(table)
        if TOKENS_TABLE in data:
            return decode_token_settings(data[TOKENS_TABLE], Path())
    return None


def _begin(keys: tuple[str, ...], name: str) -> re.Pattern[str]:
    """Return what finds where a table begins, or one of its keys whose heading is damaged."""
    words = "|".join(rf"{key}\b" for key in (name, *keys))
    return re.compile(rf"^[^\S\n]*(?:\[\s*{name}\b|{words})", re.MULTILINE)


def _table(name: str) -> re.Pattern[str]:
    """Return what finds a whole table: its heading, and the lines up to the next heading."""
    return re.compile(rf"^[^\S\n]*\[[^\S\n]*{name}[^\S\n]*\][^\n]*(?:\n(?![^\S\n]*\[)[^\n]*)*", re.MULTILINE)


def without_table(text: str, name: str) -> str:
    """Return the text of a file of settings without one of its tables."""
    return _table(name).sub("", text)


def table_text(text: str, name: str) -> str:
    """Return the text of one table with its heading; empty where there is none."""
    found = _table(name).search(text)
    return found.group() if found else ""
