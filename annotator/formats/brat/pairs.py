"""The files of a brat folder: which ``.ann`` belongs to which ``.txt``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotator.core.counting import pluralize
from annotator.core.errors import SourceError
from annotator.formats.document import ConversionLog
from annotator.formats.source import ImportSource


@dataclass(frozen=True, slots=True)
class TextAnnPair:
    """One text and what was marked on it."""

    id: str
    """The name without ``.ann``, folders included."""
    ann: ImportSource
    txt: ImportSource | None
    """None where there is no such text."""


def find_pairs(source: ImportSource, log: ConversionLog) -> list[TextAnnPair]:
    """Return the pairs of a folder or zip, however deep, or the one of an ``.ann`` file.

    A text without ``.ann`` is no document for brat either; a note tells how many there are.
    Raises SourceError where there is no pair at all.
    """
    if not source.is_folder and not source.is_zip:
        return [_pair_of_file(source)]
    files = {_relative_name(f, source): f for f in source.files()}
    found = [
        TextAnnPair(name[:-4], file, files.get(name[:-4] + ".txt")) for name, file in files.items() if _is_ann(name)
    ]
    if not any(p.txt for p in found):
        raise source.error(
            "no .ann file here has a .txt file of its name beside it", do="name brat's data folder"
        )
    _note_texts_without_ann(files, log)
    return sorted(found, key=lambda pair: pair.id)


def _is_ann(name: str) -> bool:
    return name.endswith(".ann")


def _relative_name(file: ImportSource, source: ImportSource) -> str:
    """Return the name of a file relative to its folder or zip, readable even where it is no UTF-8."""
    return file.member or file.name.removeprefix(source.name).lstrip("/")


def _pair_of_file(source: ImportSource) -> TextAnnPair:
    path = source.path.with_suffix(".txt")
    if source.member or path == source.path or not path.is_file():
        raise SourceError(
            f"there is no {Path(source.base).stem}.txt beside it",
            where=source.name,
            do="brat keeps the text in a .txt file of the same name: put it there",
        )
    return TextAnnPair(Path(source.base).stem, source, ImportSource(path, max_line_bytes=source.max_line_bytes))


def _note_texts_without_ann(files: dict[str, ImportSource], log: ConversionLog) -> None:
    lone = [n for n in files if n.endswith(".txt") and n[:-4] + ".ann" not in files]
    if lone:
        texts = pluralize(len(lone), "text without .ann is", "texts without .ann are")
        log.notes.append(f"{texts} left out, as brat does (first: {lone[0]})")
