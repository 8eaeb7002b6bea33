"""The rows of a CoNLL file: what parts the columns, which rows are words, and where sentences and documents begin.

Nothing is taken from the file's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from msgspec import Struct, field

from annotator.core.errors import SourceError
from annotator.core.pluralize import pluralize
from annotator.formats import tag_schemes

# What CoNLL-U has besides rows and tags: words of several parts, words nobody sees, tags in its last column.
#
# A row ``3-4`` is the word as in the text, the rows 3 and 4 its parts; a row ``8.1`` is in no
# text. Tags are items of the last column, such as ``SpaceAfter=No|NER=B-PER``.


CONLLU_COLUMNS = 10
PARTS_WITH_TAGS = "words of several parts whose parts have tags of their own: the first of these counts for the whole"

_TAG_KEYS = frozenset({"ner", "ne", "name", "entity"})
"""What the item with the tag is called, small letters aside."""
_WORD_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_EMPTY_NODE = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")
_NO_VALUE = frozenset({"_", "O", ""})

ConllFields = tuple[str, ...]


def tag_key(rows: Iterable[ConllFields]) -> str:
    """Return the name of the items in the last column that are tags; empty where none are."""
    for fields in rows:
        for item in fields[-1].split("|"):
            key, _, value = item.partition("=")
            if key.lower() in _TAG_KEYS and value not in tag_schemes.OUTSIDE_TAGS and tag_schemes.is_tag(value):
                return key
    return ""


def tag_in_field(value: str, key: str) -> str:
    """Return the tag in a field of the last column, ``O`` where it has none."""
    found = (item.partition("=")[2] for item in value.split("|") if item.partition("=")[0] == key)
    return next(found, "O")


def is_multiword(fields: ConllFields, following: ConllFields) -> bool:
    """Return True if a row is the whole of the parts that follow."""
    fits = _WORD_RANGE.fullmatch(fields[0])
    return fits is not None and int(fits[1]) < int(fits[2]) and following[0] == fits[1]


def counts_words(rows: Iterable[ConllFields]) -> bool:
    """Return True if the first column counts words from 1 on, and has rows besides that are none of these."""
    at, more = 0, False
    for fields in rows:
        description = fields[0]
        if description == str(at + 1):
            at += 1
        elif description.startswith((f"{at + 1}-", f"{at}.")):
            more = True
        else:
            return False
    return more


def parts_of_word(fields: ConllFields, following: Sequence[ConllFields]) -> list[ConllFields]:
    """Return the rows that are parts of a whole, of those that follow it."""
    last = int(fields[0].partition("-")[2])
    return list(takewhile(lambda r: r[0].isascii() and r[0].isdecimal() and int(r[0][:9]) <= last, following))


def merge_parts(fields: ConllFields, parts: Sequence[ConllFields]) -> ConllFields:
    """Return the whole with the values of its parts where it has none itself."""
    out = list(fields)
    for n in range(2, len(out)):
        if out[n] in _NO_VALUE:
            out[n] = next((p[n] for p in parts if p[n] not in _NO_VALUE), out[n])
    return tuple(out)


def parts_differ(parts: Sequence[ConllFields]) -> bool:
    """Return True if the last column gives parts different tags, a tag that goes on left aside."""
    tags = {p[-1] for p in parts}
    labels = {tag.removeprefix("B-").removeprefix("I-") for tag in tags}
    return len(labels) > 1 and any(tag_schemes.is_tag(tag) for tag in tags - tag_schemes.OUTSIDE_TAGS)


DOCSTART = "-DOCSTART-"
_COMMENT = re.compile(r"#\s?[\w.:-]+ ?= |# id\s")
_NEWDOC = re.compile(r"#\s?newdoc\b(?:\s+id\s*=\s*(?P<id>.*))?|#begin document (?P<name>\([^\n]*)")
_PREDICATES_FROM = 11
"""The first column of CoNLL-2012 that a row has for each verb of its sentence, so that rows differ in length."""
_TEXT_COMMENT = re.compile(r"#\s?text ?= ?(?P<text>.*)", re.DOTALL)
_BLANKS = re.compile(r"[ \t]+")
_SHAPE_ROWS = 1_000
"""How many rows are inspected to find the column separator."""
_MAX_WORD_PARTS = 100
"""The most parts of a word."""

NumberedLines = Iterable[tuple[int, str]]


class ConllRow(Struct, frozen=True):
    """A word with its fields."""

    line: int
    fields: tuple[str, ...]


class ConllSentence(Struct):
    """The rows between two blank lines."""

    rows: list[ConllRow] = field(default_factory=list)
    text: str | None = None
    """The value of a comment ``# text = …``."""
    document_name: str | None = None
    """The name of the document that begins here (may be empty); None where none does."""
    words_with_parts: int = 0
    """How many words have parts with tags of their own."""


class RowShape(Struct, frozen=True):
    """How the rows are cut."""

    tabs: bool
    columns: int
    names: tag_schemes.TagNames = field(default_factory=dict)
    """What the numbers in the last column mean, if the user names them."""
    key: str = ""
    """The key of tags that the last column has among other things."""
    has_predicates: bool = False
    """Whether rows have a column for each verb, as CoNLL-2012 does: they are read as one."""
    header: tuple[str, ...] = ()
    """The names of the columns, where the file has them."""

    def column_name(self, column: int) -> str:
        """Return the name of a column for messages."""
        return f"the column {self.header[column]}" if self.header else f"column {column + 1}"

    def columns_phrase(self, columns: Iterable[int], one: str, many: str) -> str:
        """Return columns with a verb: ``column 3 holds``, ``columns 3, 4 hold``."""
        there = sorted(columns)
        if len(there) == 1:
            return f"{self.column_name(there[0])} {one}"
        names = ", ".join(self.header[c] if self.header else str(c + 1) for c in there)
        return f"{'the ' * bool(self.header)}columns {names} {many}"

    def fields_of(self, line: str) -> tuple[str, ...]:
        """Return the fields of a row, a tag among other things as a field of its own."""
        fields = tuple(line.split("\t")) if self.tabs else tuple(_BLANKS.split(line.strip(" \t")))
        if self.has_predicates and len(fields) > _PREDICATES_FROM:
            role = next((f for f in fields[_PREDICATES_FROM:-1] if f != "*"), "*")
            fields = (*fields[:_PREDICATES_FROM], role, fields[-1])
        if self.key:
            fields = (*fields, tag_in_field(fields[-1], self.key))
        return (*fields[:-1], tag_schemes.tag_by_number(fields[-1], self.names)) if self.names else fields


def row_shape(lines: NumberedLines) -> RowShape:
    """Return how most of the first rows are cut; 0 columns where there are none."""
    plain: list[str] = []
    hashed: list[str] = []
    is_2012 = False
    for _, line in lines:
        is_2012 = is_2012 or line.startswith("#begin document ")
        if line.startswith("#") and not _COMMENT.match(line) and not _NEWDOC.match(line):
            hashed.append(line)
        elif line.strip(" \t") and not line.startswith(("#", DOCSTART)):
            plain.append(line)
        if len(plain) >= _SHAPE_ROWS:
            break
    plain = plain or hashed  # a word may begin with # as well as a comment
    tabs = sum("\t" in line for line in plain) * 2 > len(plain)
    lengths = Counter(len(RowShape(tabs, 0).fields_of(line)) for line in plain)
    has_predicates = is_2012 and min(lengths, default=0) > _PREDICATES_FROM
    counts = Counter({_PREDICATES_FROM + 2: 1}) if has_predicates else lengths
    columns = max(counts, key=lambda n: (counts[n], n), default=0)
    if tabs and columns == CONLLU_COLUMNS:
        key = tag_key(RowShape(tabs, 0).fields_of(line) for line in plain)
        return RowShape(tabs, columns + bool(key), key=key)
    return RowShape(tabs, columns, has_predicates=has_predicates)


def read_sentences(lines: NumberedLines, shape: RowShape, where: str) -> Iterator[ConllSentence]:
    """Yield the sentences; raises SourceError with the line of a row with more or fewer columns."""
    for sentence in _read_raw_sentences(lines, shape, where):
        if shape.columns > 2 and counts_words(r.fields for r in sentence.rows):
            _merge_word_parts(sentence)
        yield sentence


def _read_raw_sentences(lines: NumberedLines, shape: RowShape, where: str) -> Iterator[ConllSentence]:
    now = ConllSentence()
    for number, line in lines:
        is_blank, starts_document = not line.strip(" \t"), line.startswith(DOCSTART)
        if now.rows and (is_blank or starts_document):
            yield now
            now = ConllSentence()
        if starts_document:
            now = ConllSentence(document_name=line[len(DOCSTART) :].partition("(")[2].partition(")")[0])
        elif line.startswith("#") and _is_comment(line, shape):
            if fits := _NEWDOC.match(line):
                now.document_name = (fits["id"] or fits["name"] or "").strip()
            elif fits := _TEXT_COMMENT.match(line):
                now.text = fits["text"]
        elif not is_blank:
            now.rows.append(_read_row(number, line, shape, where))
    if now.rows:
        yield now


def _read_row(number: int, line: str, shape: RowShape, where: str) -> ConllRow:
    fields = shape.fields_of(line)
    if len(fields) != shape.columns:
        what = f"the row has {pluralize(len(fields), 'column')}, the others have {shape.columns}"
        raise SourceError(what, where=f"{where}:{number}", do="repair the row")
    return ConllRow(number, fields)


def _merge_word_parts(sentence: ConllSentence) -> None:
    """Leave the rows that are in the text: words of several parts whole, numbered again."""
    rows, out = sentence.rows, list[ConllRow]()
    at = 0
    while at < len(rows):
        row = rows[at]
        at += 1
        if _EMPTY_NODE.fullmatch(row.fields[0]):
            continue  # a word that is in no text
        if at < len(rows) and is_multiword(row.fields, rows[at].fields):
            parts = parts_of_word(row.fields, [r.fields for r in rows[at : at + _MAX_WORD_PARTS]])
            sentence.words_with_parts += parts_differ(parts)
            at += len(parts)
            row = ConllRow(row.line, merge_parts(row.fields, parts))
        out.append(row)
    sentence.rows = [ConllRow(r.line, (str(n), *r.fields[1:])) for n, r in enumerate(out, 1)]


def _is_comment(line: str, shape: RowShape) -> bool:
    """Return True if a line that begins with # is no row whose word begins with #; ``# text = I`` is none."""
    fields = shape.fields_of(line)
    if len(fields) != shape.columns:
        return True
    if shape.tabs or (fields[0] != "#" and tag_schemes.is_tag(fields[-1])):
        return False
    return bool(_COMMENT.match(line) or _NEWDOC.match(line))
