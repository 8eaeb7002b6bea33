"""Writing what a format exports: whole files only, under names that are safe on every system."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from annotator.core.errors import SourceError

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")
_MAX_NAME_LENGTH = 80


def safe_file_name(name: str) -> str:
    """Return a name as one part of a path: ASCII letters, digits, ``.-_``, never hidden, 80 at most."""
    description = _UNSAFE.sub("-", name).strip(".-_")[:_MAX_NAME_LENGTH].rstrip(".-_")
    return f"x-{description}" if _RESERVED.match(description) else description


class FileNames:
    """Gives each document a file name of its own; two names never differ by capitals alone."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique_name(self, wanted: str, folder: str = "") -> str:
        """Return ``folder/wanted``, made safe, with a number where that name is taken."""
        inside = safe_file_name(folder)
        base = safe_file_name(wanted) or "text"
        name, number = base, 1
        while f"{inside}/{name}".casefold() in self._taken:
            number += 1
            name = f"{base}-{number}"
        self._taken.add(f"{inside}/{name}".casefold())
        return f"{inside}/{name}" if inside else name


def write_whole_file(path: Path, data: bytes | Iterable[bytes]) -> Path:
    """Write a whole file, its folders made, beside its name first; raises SourceError where it can't be."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
        beside.replace(path)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise SourceError(
            f"the file cannot be written ({reason})", where=str(path), do="check the folder and the disk"
        ) from error
    return path
