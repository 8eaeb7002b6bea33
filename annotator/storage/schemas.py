"""Label schemas as files, and where those that travel with Annotator are."""

from __future__ import annotations

from pathlib import Path

from annotator.core.errors import AnnotatorError, CorpusError, SchemaError
from annotator.core.schema import Schema, parse_schema
from annotator.storage.file_io import parse_toml, read_text, translate_os_errors

DEFAULT_SCHEMA = "news"
PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
"""The folder of the installed package."""


def load_schema(path: Path | str) -> Schema:
    """Return the schema of a TOML file, or of a shipped one named without slash and ending (``news``).

    Raises SchemaError, with ``file:line`` where the file is no TOML or no UTF-8.
    """
    return parse_schema_text(read_schema_text(path), str(path))


def read_schema_text(path: Path | str) -> str:
    """Return the text of a schema file, or of a shipped schema by its bare name; raises SchemaError."""
    with translate_os_errors("read", path, SchemaError):
        file = resolve_schema_path(Path(path))
        if not file.exists():
            shipped = sorted(p.stem for p in shipped_folder("schemas", SchemaError).glob("*.toml"))
            what = "there is no such schema"
            raise SchemaError(what, where=str(path), do=f"name a file, or one of {', '.join(shipped) or 'none'}")
        if file.is_dir():
            raise SchemaError("this is a folder, no schema", where=str(path), do="name the .toml file in it")
    return read_text(file, SchemaError)


def parse_schema_text(text: str, where: str) -> Schema:
    """Return the schema of a TOML text; raises SchemaError naming ``where:line``."""
    return parse_schema(parse_toml(text, where, SchemaError), where)


def resolve_schema_path(path: Path) -> Path:
    """Return the file that ``path`` means: a bare name means the shipped schema of that name."""
    if path.suffix or len(path.parts) != 1 or path.is_file():
        return path
    shipped = shipped_folder("schemas", SchemaError) / f"{path}.toml"
    return shipped if shipped.is_file() else path


def default_schema_path() -> Path:
    """Return where ``news.toml`` is."""
    return shipped_folder("schemas", SchemaError) / f"{DEFAULT_SCHEMA}.toml"


def sample_corpus_path() -> Path:
    """Return where the sample corpus is; it is shared and tracked, so nobody annotates in it."""
    return shipped_folder("corpus", CorpusError)


def shipped_folder(name: str, error_type: type[AnnotatorError]) -> Path:
    """Return a folder that travels with Annotator; raises ``error_type`` where the installation lacks it.

    A wheel has it inside the package. That place is asked first: beside an installed package a
    folder ``schemas`` may be anybody's.
    """
    for folder in (PACKAGE_FOLDER / "_data" / name, PACKAGE_FOLDER.parent / name):
        if folder.is_dir():
            return folder
    what = f"the installation lacks its folder `{name}`"
    raise error_type(what, where=str(PACKAGE_FOLDER), do="install Annotator again")
