"""A corpus whose ``corpus.toml`` is damaged or missing: what can be read of it, so that work goes on."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from annotator.core.errors import CorpusError, path_text
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.storage.corpus_layout import (
    SCHEMA_FILE,
    SETTINGS_FILE,
    CorpusSettings,
    decode_settings,
    is_newer_format,
    is_schema_name,
)
from annotator.storage.file_io import read_toml
from annotator.storage.split_settings import SplitSettings, SplitTableError, recover_split
from annotator.storage.token_table import TokensTableError, recover_token_settings

_PAIR = re.compile(r'^(\w+)\s*=\s*"([^"\\]*)"', re.MULTILINE)


def read_or_derive_settings(folder: Path) -> tuple[CorpusSettings, CorpusError | None]:
    """Return the settings of a corpus, and what is wrong with their file, None for nothing.

    Of a damaged file the values that can be read count; language and tokenizer are empty where they cannot,
    the name is the folder's. Raises CorpusError where a newer Annotator wrote it, or nobody may read it.
    """
    path = folder / SETTINGS_FILE
    data: dict[str, Any] = {}
    try:
        data = read_toml(path)
        return decode_settings(data, path), None
    except CorpusError as error:
        if is_newer_format(data) or isinstance(error.__cause__, PermissionError):
            raise
        settings = derived_settings(folder)
        if isinstance(error, SplitTableError | TokensTableError):
            return settings, CorpusError(f"{SETTINGS_FILE}: {error.what}", where=error.where, do=error.do)
        what = f"{SETTINGS_FILE} is {_damage(path, error)}"
        do = f"run `annotator repair{'' if settings.lang else ' --lang CODE'}`"
        return settings, CorpusError(what, where=error.where, do=do)


def _damage(path: Path, error: CorpusError) -> str:
    if not path.exists():
        return "missing"
    return "empty" if path.is_file() and not path.stat().st_size else f"damaged: {error.what}"


def derived_settings(folder: Path) -> CorpusSettings:
    """Return the settings with what can be read of a damaged file; others are empty, or None for a table."""
    known: dict[str, str] = {}
    split: SplitSettings | None = SplitSettings()
    tokens: TokenSettings | None = DEFAULT_TOKENS
    with suppress(OSError):
        left = (folder / SETTINGS_FILE).read_bytes().decode("utf-8", "replace")
        split, tokens = recover_split(left), recover_token_settings(left)
        known = {key: value for key, value in _PAIR.findall(left) if "\ufffd" not in value}
    name = known.get("name") or path_text(folder.resolve().name)
    schema = known.get("schema", "")
    if not (is_schema_name(schema) and (folder / schema).is_file()):
        schema = SCHEMA_FILE
    return CorpusSettings(name, known.get("language", ""), known.get("tokenizer", ""), schema, split, tokens)


def damaged_settings_warning(settings: CorpusSettings, flaw: CorpusError) -> str:
    """Return the warning of a corpus that is worked on without all of its settings."""
    lost = "" if settings.lang else ", but its language is not known"
    return f"{flaw.what}; you can annotate{lost}; {flaw.do}"
