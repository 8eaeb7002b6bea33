"""Lines of JSON: split at LF alone, bounded, and refused with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.core.errors import CorpusError

MAX_RECORD = 64 * 2**20
"""The longest line that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line as it lies in the file: 1-based number, byte offset, bytes without the LF."""

    number: int
    start: int
    raw: bytes
    complete: bool
    """Whether an LF ends it; only the last line of a file may lack one."""

    @property
    def end(self) -> int:
        """The byte offset after the line and its LF."""
        return self.start + len(self.raw) + self.complete


def raw_lines(file: BinaryIO, where: str, start: int = 0, number: int = 1) -> Iterator[RawLine]:
    """Yield the lines of an open file from byte ``start``, which is line ``number``.

    Splits at LF alone: U+2028 and U+0085 are text. Raises CorpusError for a line over MAX_RECORD.
    """
    file.seek(start)
    while raw := file.readline(MAX_RECORD + 2):
        whole = raw.endswith(b"\n")
        line = RawLine(number, start, raw[:-1] if whole else raw, whole)
        if len(line.raw) > MAX_RECORD:
            raise CorpusError(
                f"the line is longer than {MAX_RECORD // 2**20} MiB",
                where=f"{where}:{number}",
                do="split it into several records",
            )
        yield line
        start, number = line.end, number + 1


def parse_json(raw: bytes, where: str) -> dict[str, Any]:
    """Return the JSON object in ``raw``; raises CorpusError naming ``where`` (``file:line``)."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise CorpusError(
            f"this is no JSON ({error.msg} at column {error.colno})", where=where, do=_REPAIR_HINT
        ) from None
    if not isinstance(value, dict):
        raise CorpusError("this is JSON, but no object", where=where, do=_REPAIR_HINT)
    return value


_REPAIR_HINT = "correct that line, or restore the file from a copy"


def read_jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield ``(line number, object)`` for each line of a JSONL file; blank lines are passed over."""
    with path.open("rb") as file:
        for line in raw_lines(file, str(path)):
            if line.raw.strip():
                yield line.number, parse_json(line.raw, f"{path}:{line.number}")


def dump_json(value: Any, where: str = "", *, pretty: bool = False) -> bytes:
    """Return ``value`` as JSON in UTF-8, keys in the order given, without a line end.

    Raises CorpusError for what JSON can't hold: a lone surrogate, an integer over 64 bits, other types.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if pretty else None)
    except TypeError as error:
        raise CorpusError(
            f"this cannot be stored as JSON: {error}", where=where, do="correct the source"
        ) from None


def dump_json_line(value: Any, where: str = "") -> bytes:
    """Return ``value`` as one JSON line with its LF."""
    return dump_json(value, where) + b"\n"
