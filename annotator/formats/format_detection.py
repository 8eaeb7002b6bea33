"""Which format a file has: decided by its content, never by its name; and what an unknown file is."""

from __future__ import annotations

import re
from typing import Any

from annotator.core.errors import SourceError
from annotator.formats.conll import conll_columns, conll_table
from annotator.formats.huggingface.dataset_tables import describe_mismatched_row
from annotator.formats.import_source import MAX_LINE_BYTES, FileSample, ImportSource
from annotator.formats.registry import FORMATS, load_format
from annotator.formats.unread_tools import describe_unread_record

_OFFICE_PARTS = {"[Content_Types].xml", "mimetype"}
"""What is in each file of Excel and Word, and of LibreOffice."""
_LABELLING_CONFIG = re.compile(r"<(?:HyperText|Paragraph)?Labels\b")
_MAGIC_BYTES = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "a sound or video file",
    b"ID3": "a sound file",
    b"OggS": "a sound file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file; save it as Parquet",
    b"\xff\xff\xff\xff": "an Arrow stream; save it as Parquet",
    b"SQLite format 3": "an SQLite database",
    b"PK\x03\x04": "a zip",
    b"{\\rtf": "an RTF document",
    b"<?xml": "XML",
    b"<!DOCTYPE": "an HTML page",
    b"<html": "an HTML page",
}
_EMPTY_FOLDER, _EMPTY_FILE, _EMPTY_JSON = "an empty folder", "an empty file", "an empty JSON list"
EMPTY_DESCRIPTIONS = frozenset({_EMPTY_FOLDER, _EMPTY_FILE, _EMPTY_JSON})
"""The descriptions of what is empty."""
_PLAIN_TEXT = "plain text"
_EMPTY_LIST = re.compile(r"\s*\[\s*\]\s*")
_MIN_TABLE_ROWS = 3
_EXAMPLE = '{"text": "Ada left.", "spans": [{"start": 0, "end": 3, "label": "PERSON"}]}'
"""How many lines with one number of words are a table, and no prose."""


def describe_unknown_file(sample: FileSample) -> str:
    """Return what a file looks like that is no format of ours, in a few words."""
    if sample.is_folder:
        if not sample.names:
            return _EMPTY_FOLDER
        return f"a folder with {sample.names[0]}" + (" and others" if len(sample.names) > 1 else "")
    head = sample.head.removeprefix(b"\xef\xbb\xbf")
    if not head.strip():
        return _EMPTY_FILE
    for magic, description in _MAGIC_BYTES.items():
        if head.startswith(magic):
            names = ", ".join(sample.names[:3]) if sample.is_zip else ""
            return f"{description} with {names}" if names else description
    if b"\0" in head:
        return "a binary file"
    values = sample.json_values(1)
    if values and head.lstrip()[:1] in (b"{", b"[", b'"'):
        return _describe_json(sample, values[0])
    if head.lstrip()[:1] in (b"{", b"["):
        if len(sample.head) >= MAX_LINE_BYTES:
            return f"JSON whose first record has more than {MAX_LINE_BYTES:,} bytes"
        is_empty = _EMPTY_LIST.fullmatch(sample.text)
        return _EMPTY_JSON if is_empty else "JSON that is cut off or damaged"
    return _describe_rows(sample) or _describe_table(sample.text)


def is_plain_text(sample: FileSample) -> bool:
    """Whether a file is prose, or JSON of texts with nothing marked: what ``annotator ingest`` takes."""
    values = [] if sample.is_folder or sample.is_zip else sample.json_values(1)
    if not values or not isinstance(values[0], dict):
        return describe_unknown_file(sample) == _PLAIN_TEXT
    marked = any(isinstance(x, list) for x in values[0].values()) or _LABEL_KEYS & values[0].keys()
    return isinstance(values[0].get("text"), str) and not marked


_LABEL_KEYS = {"label", "labels", "category", "tokens", "spans", "entities", "ents", "annotations", "answer"}


def _describe_rows(sample: FileSample) -> str:
    """Return why the rows of a file are none of CoNLL's; empty where they are no rows at all."""
    lines = [(n, line.removesuffix("\r")) for n, line in enumerate(sample.text.split("\n"), 1)]
    shape = conll_table.row_shape(lines)
    plain = [line for _, line in lines if line.strip() and not line.startswith("#")]
    whole = plain[:-1] or plain  # the last row of a file may be cut off
    alike = sum(len(shape.fields_of(line)) == shape.columns for line in whole)
    if shape.columns < 2 or (len(plain) < _MIN_TABLE_ROWS and not shape.tabs) or alike * 10 < len(whole) * 9:
        return ""
    try:
        conll_columns.survey_columns(conll_table.read_sentences(lines, shape, sample.name), shape, sample.name)
    except SourceError as error:
        return f"rows of {shape.columns} columns; {error.what} ({error.where.rpartition('/')[2]})"
    return f"rows of {shape.columns} columns, no B- or I- in the last; if it holds tags, give --format conll"


def _describe_table(text: str) -> str:
    """Return what a text is: a table with commas, or nothing in particular."""
    first, second = [*text.split("\n"), ""][:2]
    mark = max(",;\t", key=first.count)
    columns = [c.strip(' "\r')[:30] for c in first.split(mark)][:8]
    if len(columns) < 2 or not second.count(mark) or not all(c.isprintable() and c for c in columns):
        return _PLAIN_TEXT
    return f"a table with the columns {', '.join(columns)}; of spans it needs text, start, end and label"


def _labels_whole_texts(value: dict[str, Any]) -> bool:
    """Return True if a record's label is a name, or several, and so has no places in the text."""
    found = next((value[k] for k in ("label", "labels", "category") if value.get(k)), None)
    names = found if isinstance(found, list) else [found]
    return isinstance(value.get("text"), str) and all(isinstance(x, str) for x in names)


def _describe_json(sample: FileSample, value: Any) -> str:
    """Return what the first JSON value of a file is."""
    kind = "a JSON list" if sample.is_list else "JSON"
    if isinstance(value, dict):
        if tool := describe_unread_record(value):
            return f"{kind}, {tool}"
        keys = ", ".join(sorted(str(k)[:30] for k in value)[:8])
        whole = ", its labels those of whole texts" if _labels_whole_texts(value) else ""
        odd = f"; {description}" if (description := describe_mismatched_row(value)) else ""
        return f"{kind} of objects with the keys {keys}{whole}{odd}" if keys else f"{kind} of empty objects"
    names = {str: "texts", int: "numbers", float: "numbers", bool: "truth values", list: "lists"}
    return f"{kind} of {names.get(type(value), 'nulls')}"


# -- detection: built-in formats alone --


def matching_formats(sample: FileSample) -> dict[str, str]:
    """Return the formats that a file looks like, with the reason for each."""
    return {name: why for name in FORMATS if (why := load_format(name).detect(sample))}


def choose_format(source: ImportSource, name: str = "auto") -> tuple[str, str]:
    """Return the format of a file and why it is taken for it.

    With ``name`` other than ``auto`` that is the answer. Raises SourceError where the file looks like
    none (the error names what it does look like), or like several whose readings would differ.
    """
    if name != "auto":
        load_format(name)
        return name, "given by --format"
    found = next((description for description in map(matching_formats, source.samples()) if description), {})
    if not found:
        sample = source.sample()
        if not (sample.is_folder or b"\0" in sample.head or sample.head.startswith(tuple(_MAGIC_BYTES))):
            source.check_encoding()
        raise _unknown_format_error(sample, source.name)
    if len(found) > 1:
        listed = "; ".join(f"{n} ({why})" for n, why in found.items())
        raise source.error(f"the file looks like several formats: {listed}", do="choose one with --format")
    return next(iter(found.items()))


def _unknown_format_error(sample: FileSample, where: str) -> SourceError:
    """Return the error for a file of no format; texts that nobody has annotated are for another command."""
    description = describe_unknown_file(sample)
    do = f"name the format with --format ({', '.join(FORMATS)}), or write lines such as {_EXAMPLE}"
    if description in EMPTY_DESCRIPTIONS:
        do = "name another file"
    elif sample.is_zip and _OFFICE_PARTS & set(sample.names):
        description, do = "a file of an office program", "save a table as CSV, a text as plain text, in UTF-8"
    elif sample.text.lstrip().startswith("<") and _LABELLING_CONFIG.search(sample.text):
        description, do = "a labelling configuration", "annotator schema import makes a schema of it"
    elif is_plain_text(sample):
        how = " (with a record a line: JSONL)" if sample.is_list else ""
        do = f"if nobody has annotated it, take it in with annotator ingest{how}; else {do}"
    return SourceError(f"no format is known that looks like this: {description}", where=where, do=do)
