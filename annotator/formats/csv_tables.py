"""Tables with a header, parted by commas, semicolons or tabs: what the formats that read or write them share.

Which of the three parts the cells follows from the header. Cells may be quoted and hold line ends then; a file
with tabs is taken as not quoted where its quotation marks are those of words. Every row has as many cells as
the header, or the file is refused with the line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice

from msgspec import Struct

from annotator.core.pluralize import pluralize
from annotator.formats.document import ConversionLog
from annotator.formats.import_source import MAX_LINE_BYTES, FileSample, ImportSource
from annotator.formats.unread_files import note_unread_files

_DELIMITERS = ",;\t"
_MAX_COLUMNS = 1_000
_WELL_QUOTED = re.compile(r'"(?:[^"]|"")*"', re.DOTALL)
_QUOTE_SAMPLE = 5_000
"""How many lines are inspected for whether a file with tabs quotes its cells."""
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?\r?\n?', re.IGNORECASE)
"""The first line by which Excel knows what parts the cells."""
_BARE_NAME = re.compile(r"[\W_]+")


class TableRow(Struct, frozen=True):
    """A row with its line in the file; ``cells`` are empty for a blank one."""

    line: int
    cells: tuple[str, ...]


class TableShape(Struct, frozen=True):
    """How a table is cut, and the names of its columns as the file has them."""

    delimiter: str
    header: tuple[str, ...]
    quoted: bool = True
    first_row: int = 2
    """The line after the header."""

    @property
    def names(self) -> list[str]:
        """The columns' names in small letters without anything but letters and digits."""
        return [plain_name(name) for name in self.header]

    def find(self, *names: str) -> int | None:
        """Return the first column with one of the names, the likelier names first; None where there is none."""
        there = self.names
        return next((there.index(name) for name in names if name in there), None)

    def cut(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Yield the cells of each row; raises csv.Error."""
        csv.field_size_limit(MAX_LINE_BYTES)
        if self.quoted:
            return csv.reader(lines, delimiter=self.delimiter, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)


def plain_name(name: str) -> str:
    """Return a column's name in small letters without anything but letters and digits."""
    return _BARE_NAME.sub("", name.casefold())


# -- the start of a file: is it such a table? --


def sampled_table(sample: FileSample) -> tuple[TableShape, list[list[str]]] | None:
    """Return the shape and the first whole rows of a file; None where it does not begin with a header."""
    if sample.text[:1] in {"{", "["} or "\n" not in sample.text:
        return None
    lines = [f"{line}\n" for line in sample.text.split("\n")]
    shape = table_shape(lines)
    if shape is None:
        return None
    rows: list[list[str]] = []
    with suppress(csv.Error):  # of a table that is cut off, or damaged, what precedes counts
        rows.extend(shape.cut(lines[shape.first_row - 1 :]))
    is_cut = not sample.is_whole or sample.inner
    return shape, rows[:-1] if is_cut and len(rows) > 1 else rows


def table_shape(lines: Sequence[str]) -> TableShape | None:
    """Return how a table with these first lines is cut; None where the first is no header of several columns."""
    first_row = 1
    marked = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if marked:
        lines, first_row = lines[1:], 2
    if not lines or not lines[0].strip():
        return None
    delimiter = marked[1] if marked else max(_DELIMITERS, key=lines[0].count)
    try:
        cells = next(csv.reader(islice(lines, 20), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    header = tuple(cells)
    if not 1 < len(header) <= _MAX_COLUMNS or not any(header):
        return None
    taken = 1 + "".join(cells).count("\n")
    quoted = delimiter != "\t" or _are_quoted(lines[:_QUOTE_SAMPLE], len(header))
    return TableShape(delimiter, header, quoted, first_row + taken)


def _are_quoted(lines: Sequence[str], columns: int) -> bool:
    """Return False if quotation marks at the start of cells are those of words, as every row shows when cut at tabs."""
    rows = [line.rstrip("\r\n").split("\t") for line in lines if line.strip()]
    marked = [cell for row in rows for cell in row if cell.startswith('"')]
    if all(map(_WELL_QUOTED.fullmatch, marked)):
        return True
    return any(len(row) != columns for row in rows)


# -- the whole file --


def read_table(source: ImportSource) -> tuple[TableShape, Iterator[TableRow]]:
    """Return the shape of a table and its rows, blank ones too; raises SourceError, with the line, for what is none."""
    found = table_shape([line for _, line in islice(_lines(source), _QUOTE_SAMPLE)])
    if found is None:
        raise source.error("it has no header of several columns", do="put the names of the columns into the first line")
    doubled = next((name for name in found.header if name and found.header.count(name) > 1), "")
    if doubled:
        raise source.error(f"two columns are called {doubled[:40]!r}", found.first_row - 1, do="rename one of them")
    return found, _rows(source, found)


def _lines(source: ImportSource) -> Iterator[tuple[int, str]]:
    for number, line in source.lines():
        yield number, source.decoded(line, line=number) + "\n"


def _rows(source: ImportSource, shape: TableShape) -> Iterator[TableRow]:
    at = shape.first_row - 1
    read = [at]

    def lines() -> Iterator[str]:
        for number, line in islice(_lines(source), at, None):
            read[0] = number
            yield line

    rows = shape.cut(lines())
    while True:
        first = read[0] + 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            do = "repair the quotation marks of the row, or save the table again"
            raise source.error(f"the row cannot be cut into cells ({error})", first, do=do) from None
        if cells is None:
            return
        if not any(cells):
            yield TableRow(first, ())
        elif len(cells) != len(shape.header):
            columns = pluralize(len(shape.header), "column")
            what = f"the row has {pluralize(len(cells), 'cell')}, the header {columns}"
            raise source.error(what, first, do="repair the row, or save the table again")
        else:
            yield TableRow(first, tuple(cells))


def table_files(source: ImportSource, detect: Callable[[FileSample], str], log: ConversionLog) -> list[ImportSource]:
    """Return the file, or those of a folder or zip that are tables of a kind, with a note on the others.

    Raises SourceError where none is.
    """
    if not (source.is_folder or source.is_zip):
        return [source]
    files = source.files()
    taken = [f for f in files if detect(f.sample())]
    if not taken:
        raise source.error("no file in it is such a table", do="name the file itself")
    note_unread_files(files, taken, log)
    return taken


# -- writing: cells that no spreadsheet takes for formulas, and come back as they were --


_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def quoted_formula(text: str) -> str:
    """Return a cell with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unquoted_formula(cell: str) -> str:
    """Return what ``quoted_formula`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def encode_rows(header: Sequence[str], rows: Iterable[Mapping[str, str | int]]) -> bytes:
    """Return a table as UTF-8: texts quoted, formulas with an apostrophe, an absent value as an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([quoted_formula(name) for name in header])
    for row in rows:
        cells = (row.get(name, "") for name in header)
        writer.writerow([quoted_formula(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue().encode()
