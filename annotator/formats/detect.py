"""Which format a file has, told by what is in it and never by its name alone."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, cast

from annotator.core.errors import SourceError, UsageError
from annotator.formats.described import EMPTY_DESCRIPTIONS, describe_unknown_file, is_plain_text
from annotator.formats.document import ConversionLog, Document
from annotator.formats.sample import FileSample
from annotator.formats.source import ImportSource


class FormatModule(Protocol):
    """What the module of a format offers; ``write`` is missing where a format can only be read."""

    NAME: str

    def detect(self, sample: FileSample) -> str:
        """Return why the file looks like this format, or an empty text."""

    def read(self, source: ImportSource, log: ConversionLog) -> Iterator[Document]:
        """Yield the documents of a file."""

    def write(self, documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
        """Write the documents into the folder ``out`` and return the files."""


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """A format that is known."""

    module: str
    unit: Literal["sentence", "article"]
    """What one document of it is as a rule; a file may hold others."""
    description: str
    """What a user calls it."""
    reader_options: frozenset[str] = frozenset({"offsets"})
    """What a user can tell its reader: what ``offsets`` count, which ``layer``, the ``names`` of numbers."""


FORMATS: Mapping[str, FormatInfo] = {
    "prodigy": FormatInfo("prodigy", "sentence", "Prodigy's JSONL"),
    "doccano": FormatInfo("doccano", "article", "doccano's JSONL or zip"),
    "labelstudio": FormatInfo("labelstudio", "article", "Label Studio's JSON or JSON_MIN"),
    "brat": FormatInfo("brat", "article", "a brat folder (.txt and .ann)"),
    "conll": FormatInfo("conll", "article", "CoNLL columns", frozenset({"names"})),
    "webanno": FormatInfo("webanno", "article", "WebAnno TSV 3", frozenset({"offsets", "layer"})),
    "uima": FormatInfo("uima", "article", "UIMA CAS (JSON or XMI)", frozenset({"layer"})),
    "huggingface": FormatInfo(
        "huggingface", "sentence", "Hugging Face rows (Parquet or JSONL)", frozenset({"offsets", "names"})
    ),
    "spacy": FormatInfo("spacy_docbin", "article", "spaCy's DocBin", frozenset()),
    "spacy-json": FormatInfo("spacy_json", "article", "spaCy's v2 JSON or tuples"),
    "plain": FormatInfo("plain", "sentence", 'JSONL of {"text", "spans"}'),
}
"""By the name that ``--format`` takes, the more particular ones first."""


def load_format(name: str) -> FormatModule:
    """Return the module of a format; raises UsageError where there is none of that name."""
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}", do=f"use one of {', '.join(FORMATS)}")
    path = f"annotator.formats.{FORMATS[name].module}"
    try:
        return cast("FormatModule", importlib.import_module(path))
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        raise UsageError(f"the format {name} is not here yet", do="use another") from None


def available_formats() -> list[str]:
    """Return the names of the formats whose module is installed."""
    return [n for n, e in FORMATS.items() if importlib.util.find_spec(f"annotator.formats.{e.module}")]


def can_write(name: str) -> bool:
    """Whether a format can be written, not only read."""
    return hasattr(load_format(name), "write")


def matching_formats(sample: FileSample) -> dict[str, str]:
    """Return the formats that a file looks like, with the reason for each."""
    return {name: why for name in available_formats() if (why := load_format(name).detect(sample))}


def choose_format(source: ImportSource, name: str = "auto") -> tuple[str, str]:
    """Return the format of a file and why it is taken for it.

    With ``name`` other than ``auto`` that is the answer. Raises SourceError where the file looks like
    none, saying what it does look like, or like several whose readings would differ.
    """
    if name != "auto":
        load_format(name)
        return name, "as --format says"
    found = next((description for description in map(matching_formats, source.samples()) if description), {})
    if not found:
        raise _unknown_format_error(source.sample(), source.name)
    if len(found) > 1:
        description = "; ".join(f"{n} ({why})" for n, why in found.items())
        raise SourceError(
            f"the file looks like several formats: {description}", where=source.name, do="say which with --format"
        )
    return next(iter(found.items()))


def _unknown_format_error(sample: FileSample, where: str) -> SourceError:
    """Return the error for a file of no format; texts that nobody has annotated are for another command."""
    description = describe_unknown_file(sample)
    do = f"name the format with --format ({', '.join(FORMATS)}), or export it otherwise"
    if description in EMPTY_DESCRIPTIONS:
        do = "name another file"
    elif is_plain_text(sample):
        how = " (with a record a line: JSONL)" if sample.is_list else ""
        do = f"if nobody has annotated it, take it in with annotator ingest{how}; else {do}"
    return SourceError(f"no format is known that looks like this: {description}", where=where, do=do)
