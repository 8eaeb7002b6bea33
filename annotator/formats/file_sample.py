"""What the auto-detection sees of a file: its first bytes, and the names in a folder or a zip."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct

SAMPLE_BYTES = 64 * 1024
"""How many bytes are looked at."""
SAMPLE_VALUES = 20
"""How many JSON values are looked at."""

_JSON_SEPARATORS = re.compile(r"[\s,]*")


class FileSample(Struct, frozen=True):
    """The start of what is to be imported."""

    name: str
    head: bytes
    """The first 64 KiB; none of a folder."""
    is_folder: bool = False
    names: tuple[str, ...] = ()
    """The first 200 files of a folder or a zip, relative to it, sorted."""
    inner: bytes = b""
    """The first 64 KiB of the first file in a folder or a zip that is not empty."""

    @property
    def is_zip(self) -> bool:
        """Whether the file begins as a zip does."""
        return self.head.startswith(b"PK\x03\x04")

    @property
    def is_whole(self) -> bool:
        """Whether the head is the whole file."""
        return len(self.head) < SAMPLE_BYTES

    @property
    def start(self) -> bytes:
        """The start of the text: of the file, or of the first file in a folder or a zip."""
        return (self.inner if self.is_folder or self.is_zip else self.head).removeprefix(b"\xef\xbb\xbf")

    @property
    def text(self) -> str:
        """The start as text, wrong bytes as U+FFFD, a character that is cut at the end left out."""
        return self.start.decode("utf-8", "replace").removesuffix("\ufffd")

    @property
    def is_list(self) -> bool:
        """Whether the start is that of one JSON list."""
        return self.start.lstrip()[:1] == b"["

    def json_values(self, most: int = SAMPLE_VALUES) -> list[Any]:
        """Return the first whole JSON values: elements of one list, or values on lines (JSONL).

        The last one may be cut off and is left out then; none where this is no JSON.
        """
        text = self.text.lstrip()
        found = (
            _json_values(text.removeprefix("["), most) if text.startswith("[") else _json_values(text, most)
        )
        if text.startswith("[") and not found:
            return []
        return found


def _json_values(text: str, most: int) -> list[Any]:
    """Return the JSON values that stand one after another, with blanks or commas between."""
    decoder = json.JSONDecoder()
    found: list[Any] = []
    at = 0
    while len(found) < most:
        between = _JSON_SEPARATORS.match(text, at)
        at = between.end() if between else at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found
