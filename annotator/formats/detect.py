"""Which format a file has, told by what is in it and never by its name alone."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from annotator.core.errors import SourceError, UsageError
from annotator.formats.document import Account, Document
from annotator.formats.sample import Sample
from annotator.formats.source import Source


class Format(Protocol):
    """What the module of a format offers; ``write`` is missing where a format can only be read."""

    NAME: str

    def looks(self, sample: Sample) -> str:
        """Return why the file looks like this format, or an empty text."""

    def read(self, source: Source, account: Account) -> Iterator[Document]:
        """Yield the documents of a file."""

    def write(self, documents: Iterable[Document], out: Path, account: Account) -> list[Path]:
        """Write the documents into the folder ``out`` and return the files."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A format that is known."""

    module: str
    unit: Literal["sentence", "article"]
    """What one document of it is as a rule; a file may hold others."""
    told: str
    """What a user calls it."""


FORMATS: Mapping[str, Entry] = {
    "prodigy": Entry("prodigy", "sentence", "Prodigy's JSONL"),
    "doccano": Entry("doccano", "article", "doccano's JSONL or zip"),
    "labelstudio": Entry("labelstudio", "article", "Label Studio's JSON or JSON_MIN"),
    "brat": Entry("brat", "article", "a brat folder (.txt and .ann)"),
    "conll": Entry("conll", "article", "CoNLL columns"),
    "webanno": Entry("webanno", "article", "WebAnno TSV 3"),
    "uima": Entry("uima", "article", "UIMA CAS (JSON or XMI)"),
    "huggingface": Entry("huggingface", "sentence", "Hugging Face Parquet"),
    "spacy": Entry("spacy_docbin", "article", "spaCy's DocBin"),
    "spacy-json": Entry("spacy_json", "article", "spaCy's v2 JSON or tuples"),
    "plain": Entry("plain", "sentence", 'JSONL of {"text", "spans"}'),
}
"""By the name that ``--format`` takes, the more particular ones first."""


def load(name: str) -> Format:
    """Return the module of a format; raises UsageError where there is none of that name."""
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}", do=f"use one of {', '.join(FORMATS)}")
    path = f"annotator.formats.{FORMATS[name].module}"
    try:
        return cast("Format", importlib.import_module(path))
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        raise UsageError(f"the format {name} is not here yet", do="use another") from None


def present() -> list[str]:
    """Return the names of the formats whose module is installed."""
    return [n for n, e in FORMATS.items() if importlib.util.find_spec(f"annotator.formats.{e.module}")]


def can_write(name: str) -> bool:
    """Whether a format can be written, not only read."""
    return hasattr(load(name), "write")


def recognised(sample: Sample) -> dict[str, str]:
    """Return the formats that a file looks like, with the reason for each."""
    return {name: why for name in present() if (why := load(name).looks(sample))}


def choose(source: Source, name: str = "auto") -> tuple[str, str]:
    """Return the format of a file and why it is taken for it.

    With ``name`` other than ``auto`` that is the answer. Raises SourceError where the file looks like
    none, saying what it does look like, or like several whose readings would differ.
    """
    if name != "auto":
        load(name)
        return name, "as --format says"
    sample = source.sample()
    found = recognised(sample)
    if not found:
        raise SourceError(
            f"no format is known that looks like this: {described(sample)}",
            where=source.name,
            do=f"name the format with --format ({', '.join(FORMATS)}), or export it otherwise",
        )
    if len(found) > 1:
        told = "; ".join(f"{n} ({why})" for n, why in found.items())
        raise SourceError(
            f"the file looks like several formats: {told}", where=source.name, do="say which with --format"
        )
    return next(iter(found.items()))


_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "a sound or video file",
    b"ID3": "a sound file",
    b"OggS": "a sound file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"PK\x03\x04": "a zip",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"{\\rtf": "an RTF document",
    b"<?xml": "XML",
    b"<!DOCTYPE": "an HTML page",
    b"<html": "an HTML page",
}


def described(sample: Sample) -> str:
    """Return what a file looks like that is no format of ours, in a few words."""
    if sample.is_folder:
        if not sample.names:
            return "an empty folder"
        return f"a folder with {sample.names[0]}" + (" and others" if len(sample.names) > 1 else "")
    head = sample.head
    if not head.strip():
        return "an empty file"
    for magic, told in _MAGIC.items():
        if head.startswith(magic):
            return f"{told} with {', '.join(sample.names[:3])}" if sample.is_zip and sample.names else told
    if b"\0" in head:
        return "a binary file"
    values = sample.objects(1)
    if values:
        return _json_told(sample, values[0])
    if head.lstrip()[:1] in (b"{", b"["):
        return "JSON that is cut off or damaged"
    return "plain text"


def _json_told(sample: Sample, value: Any) -> str:
    """Return what the first JSON value of a file is."""
    kind = "a JSON list" if sample.is_list else "JSON"
    if isinstance(value, dict):
        keys = ", ".join(sorted(str(k)[:30] for k in value)[:8])
        return f"{kind} of objects with the keys {keys}" if keys else f"{kind} of empty objects"
    names = {str: "texts", int: "numbers", float: "numbers", bool: "truth values", list: "lists"}
    return f"{kind} of {names.get(type(value), 'nulls')}"
