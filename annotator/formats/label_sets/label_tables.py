"""Label sets as tables: CSV or TSV with a header, a label a row."""

from __future__ import annotations

import csv

from annotator.core.errors import SourceError
from annotator.formats.csv_headers import span_columns, token_columns
from annotator.formats.csv_tables import TableShape, plain_name, table_shape
from annotator.formats.label_sets import label_lists
from annotator.formats.label_sets.foreign_label import LabelSet


def parse_label_table(text: str, where: str) -> LabelSet | None:
    """Return the labels of a table; None for what is none, or has no column but the names.

    Raises SourceError for a table of annotated texts or words, and for a row that is not like the header.
    """
    lines = text.splitlines(keepends=True)
    shape = table_shape(lines)
    if shape is None:
        return None
    if span_columns(shape) or token_columns(shape):
        what = f"this is a table of annotated texts (its columns: {', '.join(shape.header[:8])})"
        raise SourceError(what, where=where, do=label_lists.TAKE_FROM_DATA)
    columns = _columns(shape)
    if len(columns) < 2 or not columns.keys() & set(label_lists.NAME_FIELDS):
        return None
    labels = []
    try:
        for number, cells in enumerate(shape.cut(lines[shape.first_row - 1 :]), 1):
            if any(cells):
                _check_row(cells, shape, f"{where}: row {number}")
                row = {field: cells[n] for field, n in columns.items()}
                labels.append(label_lists.label_of_row(row, where, number))
    except csv.Error as error:
        do = "repair the quotation marks, or save the table again"
        raise SourceError(f"the rows cannot be cut into cells ({error})", where=where, do=do) from None
    return LabelSet("a table of labels", tuple(labels))


def _columns(shape: TableShape) -> dict[str, int]:
    """Return by the field of a label the column that has it."""
    found = {field: shape.find(plain_name(field)) for field in label_lists.ROW_FIELDS}
    return {field: n for field, n in found.items() if n is not None}


def _check_row(cells: list[str], shape: TableShape, where: str) -> None:
    if len(cells) != len(shape.header):
        what = f"the row has {len(cells)} cells, the header {len(shape.header)} columns"
        raise SourceError(what, where=where, do="repair the row, or save the table again")
