"""What a corpus folder consists of: the names in it, its settings."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.digest import text_digest
from annotator.core.errors import CorpusError, path_text
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.storage.atomic import write_atomic
from annotator.storage.file_io import read_toml
from annotator.storage.split_settings import SPLIT_TABLE, SplitSettings, decode_split, encode_split
from annotator.storage.token_table import TOKENS_TABLE, decode_token_settings, encode_token_settings

CORPUS_FORMAT = 1
"""The version of the corpus folder; a higher one is refused."""

SETTINGS_FILE = "corpus.toml"
SCHEMA_FILE = "schema.toml"
"""The label schema in force, unless the settings name another file."""
SENTENCES_FILE = "sentences.jsonl"
MIGRATIONS_FILE = "migrations.jsonl"
SPLITS_FILE = "splits.json"
COVERAGE_FILE = "coverage.json"
"""What accepted records without `_covers` were read for; see ``coverage_file.py``."""
ARTICLES_FOLDER = "articles"
ANNOTATIONS_FOLDER = "annotations"
SUGGESTIONS_FOLDER = "suggestions"
ADJUDICATED_FOLDER: Literal["adjudicated"] = "adjudicated"
"""Journals of what adjudicators have decided; see ``side_journals.py``."""
AGAIN_FOLDER: Literal["again"] = "again"
"""Journals of blind second passes: never exported, and no annotator's."""
CLAIMS_FOLDER = "claims"
"""Which article is whose for the time being; see ``claims.py``."""
LEDGERS_FOLDER = "imports"
DAMAGED_FOLDER = "damaged"
"""Where ``annotator repair`` keeps what it has changed, as it was."""

SIDE_FOLDERS = (ADJUDICATED_FOLDER, AGAIN_FOLDER, CLAIMS_FOLDER)
_RESERVED_FOLDERS = {ARTICLES_FOLDER, ANNOTATIONS_FOLDER, SUGGESTIONS_FOLDER, *SIDE_FOLDERS}
"""Folders in which each file means something to the corpus."""
_UNFINISHED_CORPUS = {SETTINGS_FILE, SCHEMA_FILE, SENTENCES_FILE, *_RESERVED_FOLDERS}
"""What a folder may hold that is to become a corpus: an earlier attempt may have stopped half-way."""
CORPUS_NAMES = {
    SETTINGS_FILE, SENTENCES_FILE, MIGRATIONS_FILE, SPLITS_FILE, COVERAGE_FILE, LEDGERS_FOLDER, DAMAGED_FOLDER,
    *_RESERVED_FOLDERS,
}  # fmt: skip
"""The files and folders of a corpus, but for its schema."""
_SCHEMA_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def check_folder_unused(path: Path) -> None:
    """Raise CorpusError where a corpus or foreign files are in a folder that is to become a corpus."""
    if is_corpus_folder(path):
        raise CorpusError("there is a corpus here already", where=str(path), do="open it, or give another folder")
    if path.is_dir() and any(p.name not in _UNFINISHED_CORPUS and not p.name.startswith(".") for p in path.iterdir()):
        what = "the folder holds other files and is no corpus"
        raise CorpusError(what, where=str(path), do="give an empty or a new folder")


def check_is_corpus(path: Path) -> None:
    """Raise CorpusError unless there is a corpus folder."""
    make_one = "make one with `annotator ingest SOURCE --corpus FOLDER`"
    if not path.exists():
        raise CorpusError("there is no such corpus", where=str(path), do=make_one)
    if not path.is_dir():
        do = "give the folder that holds corpus.toml"
        raise CorpusError("this is a file, no corpus folder", where=str(path), do=do)
    if not is_corpus_folder(path):
        what = "this folder is no corpus: it has no corpus.toml"
        raise CorpusError(what, where=str(path), do=f"give a corpus folder, or {make_one}")


def check_outside_corpus(path: Path, new_corpus: Path | None = None) -> None:
    """Raise CorpusError where a path is a file of a corpus, or of one to be made, or in a folder that it reads whole.

    A ledger among the journals would be taken for a journal.
    """
    real = path.resolve()
    for place in (real, *real.parents):
        corpus = place.parent
        is_there = is_corpus_folder(corpus)
        if not (is_there or corpus == (new_corpus and new_corpus.resolve())):
            continue
        if place.name in _RESERVED_FOLDERS or (place == real and place.name in {*CORPUS_NAMES, schema_name(corpus)}):
            what = f"the corpus keeps its {place.name} here, and nothing else"
            raise CorpusError(what, where=str(path), do="choose another folder")


def check_not_in_corpus(path: Path) -> None:
    """Raise CorpusError where a path is a corpus folder or is in one, whatever the corpus."""
    real = path.resolve()
    for place in (real, *real.parents):
        if is_corpus_folder(place):
            what = "this is a corpus folder" if place == real else f"this is in the corpus folder {place}"
            raise CorpusError(what, where=str(path), do="choose a folder outside")


def repair_command(corpus: Path) -> str:
    """Return the whole command that mends a corpus, to be typed in a shell."""
    return f"`annotator repair {shlex.quote(path_text(corpus))} --write`"


def is_corpus_folder(path: Path) -> bool:
    """Return True if a folder holds a corpus, or one that has lost its settings alone: articles and sentences."""
    if (path / SETTINGS_FILE).exists():
        return True
    return (path / SENTENCES_FILE).is_file() and any((path / ARTICLES_FOLDER).glob("*.json"))


def schema_name(corpus: Path) -> str:
    """Return the name of the file with the schema, the usual one where the settings cannot be read."""
    with suppress(CorpusError):
        return read_settings(corpus).schema
    return SCHEMA_FILE


def check_articles_folder(path: Path) -> None:
    """Raise CorpusError for a corpus that has lost the folder of its articles."""
    if not (path / ARTICLES_FOLDER).is_dir():
        what = "the corpus has lost the folder with its articles"
        raise CorpusError(what, where=str(path / ARTICLES_FOLDER), do="restore it from a copy")


# -- corpus.toml -----------------------------------------------------------------------------------


class CorpusSettings(Struct, frozen=True):
    """The contents of ``corpus.toml``."""

    name: str
    lang: str
    fingerprint: str
    """Names the tokenizer and its version, so that a second ingest cannot mix two of them unseen."""
    schema: str = SCHEMA_FILE
    """The file in the corpus folder that holds the label schema in force."""
    split: SplitSettings | None = SplitSettings()
    """By what a split is drawn; None where the table is damaged."""
    tokens: TokenSettings | None = DEFAULT_TOKENS
    """How texts are cut into tokens; None where the table is damaged."""


def read_settings(folder: Path) -> CorpusSettings:
    """Return the settings of the corpus in ``folder``; raises CorpusError where it is none or too new."""
    path = folder / SETTINGS_FILE
    return decode_settings(read_toml(path), path)


SETTINGS_KEYS = ("name", "language", "tokenizer", "schema")


def decode_settings(data: dict[str, Any], path: Path) -> CorpusSettings:
    """Return the settings in the tables of ``corpus.toml``; raises CorpusError that names ``path``."""
    _check_format(data, path)
    for key in SETTINGS_KEYS:
        if not isinstance(data.get(key), str):
            raise CorpusError(f"`{key}` is missing", where=str(path), do=f'write {key} = "…"')
    settings = CorpusSettings(*(data[key] for key in SETTINGS_KEYS))
    if not is_schema_name(settings.schema):
        what = "`schema` must be the name of a file in the corpus folder"
        raise CorpusError(what, where=str(path), do=f'write schema = "{SCHEMA_FILE}"')
    if SPLIT_TABLE in data:
        settings = replace(settings, split=decode_split(data[SPLIT_TABLE], path))
    return (
        replace(settings, tokens=decode_token_settings(data[TOKENS_TABLE], path)) if TOKENS_TABLE in data else settings
    )


def is_schema_name(name: str) -> bool:
    """Return True if a label schema in a corpus folder may have this name."""
    return _SCHEMA_NAME.fullmatch(name) is not None


_FIRST_ARTICLE = re.compile(rb'\{"id":"([0-9a-f]{1,64}):')


def corpus_identity(folder: Path) -> str:
    """Return what the clones of a corpus have in common; empty where the folder is no corpus.

    It is a digest of the name, the language, the tokenizer and the id of the article that was ingested first.
    """
    with suppress(OSError, CorpusError):
        settings = read_settings(folder)
        with (folder / SENTENCES_FILE).open("rb") as file:
            first = _FIRST_ARTICLE.match(file.read(80))
        names = (settings.name, settings.lang, settings.fingerprint, first.group(1).decode() if first else "")
        return text_digest("\n".join(names))[:16]
    return ""


def write_settings(folder: Path, settings: CorpusSettings) -> None:
    """Write ``corpus.toml`` atomically; raises OSError."""
    write_atomic(folder / SETTINGS_FILE, encode_settings(settings))


def encode_settings(settings: CorpusSettings) -> bytes:
    """Return the text of ``corpus.toml``."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment("A corpus of Annotator."))
    document.update({"name": settings.name, "language": settings.lang, "tokenizer": settings.fingerprint})
    document.update({"schema": settings.schema, "format": CORPUS_FORMAT})
    if settings.split and settings.split != SplitSettings():
        document.update({SPLIT_TABLE: encode_split(settings.split)})
    if settings.tokens and settings.tokens != DEFAULT_TOKENS:
        document.update({TOKENS_TABLE: encode_token_settings(settings.tokens)})
    return tomlkit.dumps(document).encode()


def is_newer_format(data: dict[str, Any]) -> bool:
    """Return True if a newer Annotator made the corpus with these tables of ``corpus.toml``."""
    version = data.get("format")
    return type(version) is int and version > CORPUS_FORMAT


def _check_format(data: dict[str, Any], path: Path) -> None:
    version = data.get("format")
    if type(version) is not int or version < 1:
        raise CorpusError("`format` is no whole number from 1", where=str(path), do=f"write format = {CORPUS_FORMAT}")
    if is_newer_format(data):
        what = f"this corpus was made by a newer Annotator (format {version}; this one knows {CORPUS_FORMAT})"
        raise CorpusError(what, where=str(path), do="update Annotator to work with it")


# -- git ---------------------------------------------------------------------------------------------

_GIT_FILES = {
    ".gitignore": b"# Locks, unfinished files, what was set aside and private suggestions are no data of the corpus.\n"
    b"*.lock\n*.tmp\n*.torn-*\n.private/\n",
    ".gitattributes": b"# Git must not change a byte: each line of a journal has a checksum.\n"
    b"*.jsonl -text\n*.json -text\n",
}
"""What a corpus holds for git: without them git turns line endings, and keeps locks."""


def missing_git_files(path: Path) -> list[tuple[str, bytes]]:
    """Return the files for git that a corpus lacks, with what they hold."""
    return [(file, data) for file, data in _GIT_FILES.items() if not (path / file).exists()]
