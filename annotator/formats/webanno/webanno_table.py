"""The rows of a WebAnno TSV 3 file: layers, sentences, tokens and the annotations on them.

Read off WebAnno's own reader: ``#T_SP=`` names a span layer and its features, ``#T_RL=`` one of
relations, ``#T_CH=`` one of chains; each feature is a column. Rows with the same number in
brackets are one annotation, from where the first begins to where the last ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize

# The cells of WebAnno's TSV 3: stacked values, the numbers that join rows, and two sorts of escapes.


NO_ANNOTATION = "_"
NO_VALUE = "*"

_PIECE = re.compile(r"(?:\\.|[^\\|])+", re.DOTALL)
_VALUE = re.compile(r"((?:\\.|[^\\\[\]])*)(?:\[([0-9]{1,9})\])?", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_JAVA = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SPECIAL = re.compile(r"->|[\\\[\]|_;\t\n*]")
_CONTROLS = re.compile(r"[\x00-\x1f\\]")
_ESCAPE_LETTERS = {"\t": "t", "\n": "n"}
_TEXT_ESCAPE_LETTERS = {"\t": "t", "\n": "n", "\f": "f", "\r": "r", "\b": "b"}
_UNESCAPED = {name: char for char, name in _ESCAPE_LETTERS.items()}
_UNESCAPED_IN_TEXT = {name: char for char, name in _TEXT_ESCAPE_LETTERS.items()}


class CellValue(Struct, frozen=True):
    """One of the values that are stacked in a cell."""

    text: str | None
    """None where the annotation has no value of this feature."""
    number: int = 0
    """What joins it with the rows that have the same number; 0 where it is alone."""


def parse_cell(cell: str) -> list[CellValue]:
    """Return the values of a cell, in their order; none where nothing is annotated."""
    values = []
    for piece in _PIECE.findall(cell) if cell != NO_ANNOTATION else ():
        fits = _VALUE.fullmatch(piece)
        escaped, number = (fits[1], int(fits[2] or 0)) if fits else (piece, 0)
        text = None if escaped == NO_VALUE else _ESCAPED.sub(lambda m: _UNESCAPED.get(m[1], m[1]), escaped)
        values.append(CellValue(text, number))
    return values


def format_cell(found: list[CellValue]) -> str:
    """Return the cell that holds the values: the inverse of ``parse_cell``."""
    values = []
    for value in found:
        escaped = _SPECIAL.sub(lambda m: "\\" + _ESCAPE_LETTERS.get(m[0], m[0]), value.text or "")
        text = NO_VALUE if value.text is None else escaped
        values.append(f"{text}[{value.number}]" if value.number else text)
    return "|".join(values) or NO_ANNOTATION


def unescape_text(escaped: str, version: tuple[int, int]) -> str:
    """Return the text behind ``#Text=``; up to 3.1 it is escaped as in Java."""
    if version <= (3, 1):
        text = _ESCAPED_JAVA.sub(_unescape_java, escaped)
        # Java escapes the two surrogates of a character one by one; lone ones become U+FFFD.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _ESCAPED.sub(_unescape_in_text, escaped)


def _unescape_in_text(fits: re.Match[str]) -> str:
    return fits[1] if fits[1] < " " or fits[1] == "\\" else _UNESCAPED_IN_TEXT.get(fits[1], fits[0])


def _unescape_java(fits: re.Match[str]) -> str:
    return chr(int(fits[1][1:], 16)) if len(fits[1]) > 1 else _UNESCAPED_IN_TEXT.get(fits[1], fits[1])


def escape_text_line(text: str) -> str:
    """Return a line of text as it is behind ``#Text=`` from 3.2 on: the inverse of ``unescape_text``."""
    return _CONTROLS.sub(lambda fits: "\\" + _TEXT_ESCAPE_LETTERS.get(fits[0], fits[0]), text)


FORMAT_HEADER = "#FORMAT=WebAnno TSV "

ROLE_PREFIX = "ROLE_"
"""What the name of a feature begins with that links annotations."""

_VERSION_LINE = re.compile(re.escape(FORMAT_HEADER) + r"(\d{1,3})\.(\d{1,3})\s*")
_LAYER_LINE = re.compile(r"#T_(SP|RL|CH)=([^|]*)(?:\|(.*))?")
_UNIT_LINE = re.compile(r"([0-9]{1,9}-[0-9]{1,9})(\.[0-9]{1,9})?\t([0-9]{1,12})-([0-9]{1,12})\t(.*)", re.DOTALL)


class WebAnnoLayer(Struct, frozen=True):
    """A layer and its columns."""

    kind: str
    """``SP`` (spans), ``RL`` (relations) or ``CH`` (chains)."""
    name: str
    features: tuple[str, ...]
    column: int
    """Its first column, counted from the first behind the token."""


class WebAnnoUnit(Struct, frozen=True):
    """A token, or a part of one, and its cells."""

    line: int
    is_part: bool
    start: int
    """In the file's own unit."""
    end: int
    text: str
    cells: tuple[str, ...]


class WebAnnoSentence(Struct):
    """The lines between two blank ones."""

    line: int = 0
    texts: list[str] = field(default_factory=list)
    units: list[WebAnnoUnit] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """The text of the sentence; None where the file doesn't have it."""
        return "\n".join(self.texts) if self.texts else None


class WebAnnoTable(Struct):
    """A whole file."""

    layers: list[WebAnnoLayer] = field(default_factory=list)
    sentences: list[WebAnnoSentence] = field(default_factory=list)
    version: tuple[int, int] = (3, 3)

    @property
    def columns(self) -> int:
        """How many cells a row has behind its token."""
        return sum(len(layer.features) for layer in self.layers)


class WebAnnoAnnotation(Struct):
    """An annotation of one layer: its first and last unit, and its features' values."""

    line: int
    layer: WebAnnoLayer
    first: WebAnnoUnit
    last: WebAnnoUnit
    values: dict[str, str]


def parse_table(lines: Iterable[tuple[int, str]], where: str) -> WebAnnoTable:
    """Return the file's table; raises SourceError, with the line, for what is none of WebAnno's TSV 3."""
    table = WebAnnoTable()
    now = WebAnnoSentence()
    begun = False
    for number, line in lines:
        if not begun:
            table.version = _parse_version(line, f"{where}:{number}")
            begun = True
        elif not line.strip():
            now = _finish_sentence(table, now)
        elif fits := _LAYER_LINE.fullmatch(line):
            features = tuple(f for f in (fits[3] or "").split("|") if f)
            table.layers.append(WebAnnoLayer(fits[1], fits[2], features or ("",), table.columns))
        elif line.startswith("#"):
            now = _finish_sentence(table, now) if now.units else now
            if line.startswith("#Text="):
                now.texts.append(unescape_text(line.removeprefix("#Text="), table.version))
                now.line = now.line or number
        else:
            now.units.append(_parse_unit(line, number, table.columns, where))
            now.line = now.line or number
    if not begun:
        raise SourceError("there is no line in it", where=where, do="export it again as WebAnno TSV v3.3")
    _finish_sentence(table, now)
    return table


def _parse_version(line: str, where: str) -> tuple[int, int]:
    fits = _VERSION_LINE.fullmatch(line)
    if not fits or fits[1] != "3":
        what = f"this is not WebAnno's TSV 3 ({line[:40]!r})"
        raise SourceError(what, where=where, do="export it as WebAnno TSV v3.3")
    return int(fits[1]), int(fits[2])


def _finish_sentence(table: WebAnnoTable, now: WebAnnoSentence) -> WebAnnoSentence:
    """Put a sentence that has anything into the table and return a new one."""
    if now.units or now.texts:
        table.sentences.append(now)
        return WebAnnoSentence()
    return now


def _parse_unit(line: str, number: int, columns: int, where: str) -> WebAnnoUnit:
    fits = _UNIT_LINE.fullmatch(line)
    if not fits or int(fits[4]) < int(fits[3]) + (not fits[2]):
        what = "the row does not begin with its number, its offsets and a token"
        raise SourceError(what, where=f"{where}:{number}", do="export the file again")
    text, *cells = fits[5].split("\t")
    if len(cells) < columns:
        what = f"the row has {pluralize(len(cells), 'column')} behind its token, the layers above have {columns}"
        raise SourceError(what, where=f"{where}:{number}", do="export the file again")
    return WebAnnoUnit(number, bool(fits[2]), int(fits[3]), int(fits[4]), text, tuple(cells[:columns]))


def layer_annotations(table: WebAnnoTable, layer: WebAnnoLayer) -> list[WebAnnoAnnotation]:
    """Return the annotations of a layer, in the order in which they begin."""
    found: list[WebAnnoAnnotation] = []
    numbered: dict[int, WebAnnoAnnotation] = {}
    for unit in (u for s in table.sentences for u in s.units):
        for number, values in _stacked_values(unit, layer):
            if number in numbered:
                numbered[number].last = unit
                continue
            found.append(WebAnnoAnnotation(unit.line, layer, unit, unit, values))
            if number:
                numbered[number] = found[-1]
    return found


def _stacked_values(unit: WebAnnoUnit, layer: WebAnnoLayer) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and values of each annotation of a layer on a unit.

    The features' columns stack their values in the same order. A column behind that of a role
    holds the role's targets: numbers in it are those of other annotations.
    """
    before = ("", *layer.features[:-1])
    raw = unit.cells[layer.column : layer.column + len(layer.features)]
    if all(c == NO_ANNOTATION for c in raw):
        return
    cells = [parse_cell(c) for c in raw]
    for n in range(max((len(c) for c in cells), default=0)):
        row: list[CellValue | None] = [c[n] if n < len(c) else None for c in cells]
        description = {f: v.text for f, v in zip(layer.features, row, strict=True) if v and v.text is not None}
        own = (v for f, v in zip(before, row, strict=True) if v and not f.startswith(ROLE_PREFIX))
        yield next((v.number for v in own if v.number), 0), description
