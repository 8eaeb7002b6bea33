"""JSONL, or a JSON list, whose rows have the columns of a data set: ``tokens`` with tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from annotator.core.counting import pluralize
from annotator.core.errors import SourceError
from annotator.formats.document import ConversionLog
from annotator.formats.huggingface.shape import SPAN_COLUMNS, TOKEN_COLUMNS, tag_column_rank
from annotator.formats.rows import read_json_records
from annotator.formats.sample import FileSample
from annotator.formats.source import ImportSource

_KIND_SAMPLE_ROWS = 1_000
"""How many rows tell what a column holds."""


def detect_json_rows(sample: FileSample) -> str:
    """Return which columns of a sample are words and their tags, empty where none are."""
    for row in sample.json_values():
        description = _detect_row(row) if isinstance(row, dict) else ""
        if description:
            return description
    return ""


def _detect_row(row: Mapping[str, Any]) -> str:
    if isinstance(row.get("text"), str) and any(isinstance(row.get(key), list) for key in SPAN_COLUMNS[:3]):
        return ""  # a text with spans says more than its tags
    words = next((key for key in TOKEN_COLUMNS if value_kind(row.get(key)) == "words"), "")
    tags = (key for key, value in row.items() if words and key != words and _fits_words(value, row[words]))
    column = next((key for key in tags if tag_column_rank(key) > 1), "")
    return f"its rows have `{words}` and `{column}`" if column else ""


def describe_mismatched_row(row: Mapping[str, Any]) -> str:
    """Return what keeps a row from being words with their tags, where it has both; else an empty text."""
    words = next((key for key in TOKEN_COLUMNS if value_kind(row.get(key)) == "words"), "")
    tagged = (k for k, x in row.items() if k != words and tag_column_rank(k) > 1 and value_kind(x) in {"words", "numbers"})
    if not words or not (column := next(tagged, "")):
        return ""
    sizes = len(row[column]), len(row[words])
    description = f"{pluralize(sizes[0], 'tag')} for the {pluralize(sizes[1], 'word')} of `{words}`"
    return "" if sizes[0] == sizes[1] else f"`{column}` has {description}"


def _fits_words(value: Any, words: list[str]) -> bool:
    return bool(words) and value_kind(value) in {"words", "numbers"} and len(value) == len(words)


def value_kind(value: Any) -> str:
    """Return what a value is: text, words, numbers, spans, or nothing of these."""
    if isinstance(value, str):
        return "text"
    if not isinstance(value, list) or not value:
        return ""
    for kind, type_ in (("words", str), ("numbers", int), ("spans", dict)):
        if all(isinstance(x, type_) and not isinstance(x, bool) for x in value):
            return kind
    return ""


class JsonLinesTable:
    """One file of such rows; it is read anew for every pass."""

    metadata = b""

    def __init__(self, source: ImportSource, log: ConversionLog) -> None:
        """Look at the first rows; what JSON leaves open is noted in ``account``, once."""
        self.source = source
        self._log = log
        self._kinds: dict[str, str] = {}
        for _, row in islice(self._rows(), _KIND_SAMPLE_ROWS):
            for key, value in row.items():
                self._kinds[key] = self._kinds.get(key) or value_kind(value)

    @property
    def names(self) -> Sequence[str]:
        """The columns."""
        return list(self._kinds)

    def kind(self, name: str) -> str:
        """Return what a column holds: text, words, numbers, spans, or nothing of these."""
        return self._kinds[name]

    def values(self, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each row's place and the values of some columns; raises SourceError for what is no row."""
        for place, row in self._rows():
            yield place, {name: row.get(name) for name in columns}

    def _rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for place, row in read_json_records(self.source, self._log):
            if not isinstance(row, dict):
                raise SourceError("a row must be a JSON object", where=place, do="repair or remove it")
            yield place, row
