"""TOML in: one way to read a file, with file and line in its errors."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from annotator.core.errors import AnnotatorError, CorpusError
from annotator.storage.failures import translate_os_errors

MAX_TOML_BYTES = 4 * 2**20
"""The largest TOML file that is read: settings and schemas are far smaller."""

_ERROR_POSITION = re.compile(r" \(at line (\d+), column \d+\)")


def read_toml(path: Path, error_type: type[AnnotatorError] = CorpusError) -> dict[str, Any]:
    """Return the tables of a TOML file; raises ``kind`` with ``file:line`` where it is none."""
    return parse_toml(read_text(path, error_type), str(path), error_type)


def read_text(path: Path, error_type: type[AnnotatorError] = CorpusError) -> str:
    """Return the text of a TOML file without its byte order mark; raises ``kind``."""
    with translate_os_errors("read", path, error_type), path.open("rb") as file:
        raw = file.read(MAX_TOML_BYTES + 1)
    if len(raw) > MAX_TOML_BYTES:
        raise error_type(
            f"the file is larger than {MAX_TOML_BYTES // 2**20} MiB", where=str(path), do="name another file"
        )
    return _decode_utf8(raw, path, error_type)


def parse_toml(text: str, where: str, error_type: type[AnnotatorError] = CorpusError) -> dict[str, Any]:
    """Return the tables of a TOML text; raises ``kind`` with ``where:line``."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = _ERROR_POSITION.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        why = _ERROR_POSITION.sub("", str(error)).removesuffix(" (at end of document)")
        why = f"{why[:1].lower()}{why[1:]}"
        raise error_type(f"this is no TOML: {why}", where=f"{where}:{line}", do="correct that line") from None
    except RecursionError:
        raise error_type("this TOML is nested too deeply", where=where, do="name another file") from None


def _decode_utf8(raw: bytes, path: Path, error_type: type[AnnotatorError]) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise error_type("this is not UTF-8", where=f"{path}:{line}", do="save the file as UTF-8") from None
