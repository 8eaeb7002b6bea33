"""The settings of a corpus: its ``corpus.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, ValidationError, convert

from annotator.core.digest import is_article_id
from annotator.core.errors import CorpusError
from annotator.storage.atomic import write_atomic
from annotator.storage.file_io import dump_json, parse_json, read_toml, translate_os_errors

CORPUS_FORMAT = 1
"""The version of the corpus folder; a higher one is refused."""

SETTINGS_FILE = "corpus.toml"
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


class CorpusSettings(Struct, frozen=True):
    """What ``corpus.toml`` says."""

    name: str
    lang: str
    fingerprint: str
    """Names the tokenizer and its version, so that a second ingest cannot mix two of them unseen."""
    schema: str = "schema.toml"
    """The file in the corpus folder that holds the label schema in force."""


def read_settings(folder: Path) -> CorpusSettings:
    """Return the settings of the corpus in ``folder``; raises CorpusError where it is none or too new."""
    path = folder / SETTINGS_FILE
    data = read_toml(path)
    _check_format(data, path)
    settings = CorpusSettings(
        name=_required_text(data, "name", path),
        lang=_required_text(data, "language", path),
        fingerprint=_required_text(data, "tokenizer", path),
        schema=_required_text(data, "schema", path),
    )
    if not _FILE_NAME.fullmatch(settings.schema):
        raise CorpusError(
            "`schema` must be the name of a file in the corpus folder",
            where=str(path),
            do='write schema = "schema.toml"',
        )
    return settings


def write_settings(folder: Path, settings: CorpusSettings) -> None:
    """Write ``corpus.toml`` atomically; raises OSError."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment("A corpus of Annotator."))
    document["name"] = settings.name
    document["language"] = settings.lang
    document["tokenizer"] = settings.fingerprint
    document["schema"] = settings.schema
    document["format"] = CORPUS_FORMAT
    write_atomic(folder / SETTINGS_FILE, tomlkit.dumps(document).encode())


def _check_format(data: dict[str, Any], path: Path) -> None:
    version = data.get("format")
    if type(version) is not int or version < 1:
        raise CorpusError(
            "`format` is no whole number from 1", where=str(path), do=f"write format = {CORPUS_FORMAT}"
        )
    if version > CORPUS_FORMAT:
        raise CorpusError(
            f"this corpus was made by a newer Annotator (format {version}; this one knows {CORPUS_FORMAT})",
            where=str(path),
            do="update Annotator to work with it",
        )


def _required_text(data: dict[str, Any], key: str, path: Path) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise CorpusError(f"`{key}` is missing", where=str(path), do=f'write {key} = "…"')
    return value


# The groups of articles that ``export --rebalance`` has fixed: ``splits.json`` in the corpus folder.
#
# It holds, by article id, the id that its group is drawn by: no part, so it holds for all shares. A corpus
# without the file has fixed nothing; articles that come later are drawn as if it were not there.


SPLITS_FILE = "splits.json"
SPLITS_FORMAT = 1


def read_split_groups(corpus: Path) -> dict[str, str]:
    """Return, by article id, what its group is drawn by; raises CorpusError where the file is damaged."""
    path = corpus / SPLITS_FILE
    with translate_os_errors("read", path):
        if not path.exists():
            return {}
        data = parse_json(path.read_bytes(), str(path))
    if isinstance(version := data.get("_v"), int) and version > SPLITS_FORMAT:
        raise CorpusError(
            f"a newer Annotator wrote this (format {version})", where=str(path), do="update Annotator"
        )
    try:
        groups = convert(data.get("groups"), dict[str, str])
    except ValidationError:
        groups = {"": ""}
    if not all(map(is_article_id, (*groups, *groups.values()))):
        raise CorpusError(
            "`groups` does not give article ids by article id",
            where=str(path),
            do="remove the file, or restore it from a copy",
        )
    return groups


def encode_split_groups(groups: Mapping[str, str]) -> bytes:
    """Return the text of the file for these groups."""
    return (
        dump_json({"_v": SPLITS_FORMAT, "groups": dict(sorted(groups.items()))}, SPLITS_FILE, pretty=True)
        + b"\n"
    )
