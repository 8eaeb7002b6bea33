"""The parts of a split as files of a format: ``train``, ``dev`` and ``test``, each named as its format's one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from annotator.formats.document import ConversionLog, Document
from annotator.formats.registry import Format


def write_part_files(
    format_: Format, parts: Mapping[str, Sequence[Document]], out: Path, log: ConversionLog
) -> list[Path]:
    """Write the documents of each part into the folder ``out`` and return the files.

    A format with ``write_parts`` of its own makes them together; another one's file is named by the part.
    """
    if together := getattr(format_, "write_parts", None):
        return list(together(parts, out, log))
    files = []
    for part, documents in parts.items():
        before = len(log.notes)
        (made,) = format_.write(documents, out / part, log)
        log.notes[before:] = [f"{part}: {note}" for note in log.notes[before:]]
        files.append(made.rename(out / f"{part}{made.suffix}"))
        (out / part).rmdir()
    return files
