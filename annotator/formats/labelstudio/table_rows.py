"""Label Studio's CSV and TSV: a row an annotation, the data of its task in columns, its regions as JSON in others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from annotator.formats import csv_tables
from annotator.formats.csv_headers import is_own_table, span_columns
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.labelstudio.labelstudio_tasks import holds_results

_SIGNS = frozenset({"annotation_id", "lead_time"})
_TABLE_ENDINGS = (".csv", ".tsv")


def is_table_name(name: str) -> bool:
    """Return True if a file is called as a table is."""
    return name.lower().endswith(_TABLE_ENDINGS)


def detect_table(sample: FileSample) -> str:
    """Return what of a table is Label Studio's, empty where nothing is."""
    found = csv_tables.sampled_table(sample)
    if found is None or is_own_table(found[0]):
        return ""
    shape, rows = found
    for cells in rows:
        for name, cell in zip(shape.header, cells, strict=False):
            if holds_results(_json_value(cell)):
                return f"it is a table with regions or choices in the column {name}"
    signs = [name for name in shape.header if name in _SIGNS]
    is_other = not signs or "annotator" not in shape.header or span_columns(shape) is not None
    return "" if is_other else f"it is a table with the columns annotator and {signs[0]}"


def table_records(source: ImportSource) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows as JSON_MIN has them, each with its place; an empty cell is no field.

    Raises SourceError with the line of a row that cannot be cut, or has more or fewer cells than the header.
    """
    shape, rows = csv_tables.read_table(source)
    for row in rows:
        if row.cells:
            cells = {name: cell for name, cell in zip(shape.header, row.cells, strict=True) if cell and name}
            values = {name: _json_value(cell) for name, cell in cells.items()}
            yield source.where(row.line), {n: v if isinstance(v, list | dict) else cells[n] for n, v in values.items()}


def _json_value(cell: str) -> Any:
    """Return the objects that a cell holds as JSON; None for any other cell."""
    if not cell.startswith(("[", "{")):
        return None
    try:
        value = orjson.loads(cell)
    except orjson.JSONDecodeError:
        return None
    items = value if isinstance(value, list) else [value]
    return value if items and all(isinstance(item, dict) for item in items) else None
