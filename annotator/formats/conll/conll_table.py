"""The rows of a CoNLL file: what parts the columns, and which of them holds words and which tags.

Nothing is taken from the file's name; a survey of all rows decides before the first is read.
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
_NEWDOC = re.compile(r"#\s?newdoc\b(?:\s+id\s*=\s*(?P<id>.*))?")
_TEXT_COMMENT = re.compile(r"#\s?text ?= ?(?P<text>.*)", re.DOTALL)
_BLANKS = re.compile(r"[ \t]+")
_SHAPE_ROWS = 1_000
"""How many rows are inspected to find the column separator."""
_MAX_WORD_PARTS = 100
"""The most parts of a word."""
_MAX_BARE_LABELS = 200
"""The most labels that tags without prefix may have."""
_MAX_TAGS = 5_000
"""The most tags that a file may have; a column with more values holds none."""

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

    def fields_of(self, line: str) -> tuple[str, ...]:
        """Return the fields of a row, a tag among other things as a field of its own."""
        fields = tuple(line.split("\t")) if self.tabs else tuple(_BLANKS.split(line.strip(" \t")))
        if self.key:
            fields = (*fields, tag_in_field(fields[-1], self.key))
        return (*fields[:-1], tag_schemes.tag_by_number(fields[-1], self.names)) if self.names else fields


def row_shape(lines: NumberedLines) -> RowShape:
    """Return how most of the first rows are cut; 0 columns where there are none."""
    plain: list[str] = []
    hashed: list[str] = []
    for _, line in lines:
        if line.startswith("#") and not _COMMENT.match(line) and not _NEWDOC.match(line):
            hashed.append(line)
        elif line.strip(" \t") and not line.startswith(("#", DOCSTART)):
            plain.append(line)
        if len(plain) >= _SHAPE_ROWS:
            break
    plain = plain or hashed  # a word may begin with # as well as a comment
    tabs = sum("\t" in line for line in plain) * 2 > len(plain)
    counts = Counter(len(RowShape(tabs, 0).fields_of(line)) for line in plain)
    columns = max(counts, key=lambda n: (counts[n], n), default=0)
    if tabs and columns == CONLLU_COLUMNS:
        key = tag_key(RowShape(tabs, 0).fields_of(line) for line in plain)
        return RowShape(tabs, columns + bool(key), key=key)
    return RowShape(tabs, columns)


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
                now.document_name = (fits["id"] or "").strip()
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


class NumberedTagsError(SourceError):
    """The tags are numbers, and nobody has named them."""


class ColumnSurvey(Struct):
    """What one column of the whole file holds."""

    counts: dict[str, int] = field(default_factory=dict)
    """How often each value occurs, while they are few enough to be tags."""
    first: dict[str, int] = field(default_factory=dict)
    """The line of each value's first row."""
    others: int = 0
    """Rows that are not counted: there are too many values."""

    def add_value(self, line: int, value: str) -> None:
        """Take in one value."""
        if value in self.counts:
            self.counts[value] += 1
        elif len(self.counts) < _MAX_TAGS:
            self.counts[value] = 1
            self.first[value] = line
        else:
            self.others += 1

    @property
    def is_tags(self) -> bool:
        """Whether all its values are tags."""
        return not self.others and all(tag_schemes.is_tag(v) for v in self.counts)

    @property
    def tag_count(self) -> int:
        """How many values are tags with a prefix."""
        return sum(n for v, n in self.counts.items() if v not in tag_schemes.OUTSIDE_TAGS and tag_schemes.is_tag(v))

    @property
    def other_count(self) -> int:
        """How many values are no tags."""
        return self.others + sum(n for v, n in self.counts.items() if not tag_schemes.is_tag(v))

    def numbers(self, names: tag_schemes.TagNames) -> dict[int, int]:
        """Return how often each number occurs that is a tag without a name; none where none is.

        Without ``names`` these are few numbers from 0 on, and nothing else, of which 0 is the most
        frequent.
        """
        rest = {v: n for v, n in self.counts.items() if not tag_schemes.is_tag(v)}
        if self.others or len(rest) > _MAX_BARE_LABELS or not all(re.fullmatch(r"-?[0-9]{1,3}", v) for v in rest):
            return {}
        found = {int(v): n for v, n in rest.items() if int(v) != tag_schemes.PADDING_TAG}
        if names or not found:
            return found
        alone = len(rest) == len(self.counts) and sum(found.values()) > len(found)
        return found if alone and min(found) == 0 and found[0] == max(found.values()) else {}

    @property
    def labels(self) -> set[str]:
        """The labels of its tags."""
        return {tag_schemes.parse_tag(v).label for v in self.counts if tag_schemes.is_tag(v)} - {""}


class ConllTable(Struct, frozen=True):
    """Which column holds what, and what the tags show."""

    shape: RowShape
    word: int = 0
    tags: tuple[int, ...] = ()
    """The columns of tags: one a layer, the first the main one."""
    bare: bool = False
    """Whether the tags are labels without prefix."""
    others: tuple[int, ...] = ()
    """Columns of tags that are of another kind (chunks), and not read."""
    has_document_starts: bool = False
    """Whether the file marks where a document begins."""


def survey_columns(lines: NumberedLines, shape: RowShape, where: str) -> ConllTable:
    """Return which column is which; raises SourceError where none holds tags."""
    columns = [ColumnSurvey() for _ in range(shape.columns)]
    rows, counted, marks = 0, shape.columns > 2, 0
    for sentence in read_sentences(lines, shape, where):
        marks += sentence.document_name is not None
        for n, row in enumerate(sentence.rows):
            rows += 1
            counted = counted and _is_index(row.fields[0], n)
            for column, value in zip(columns, row.fields, strict=True):
                column.add_value(row.line, value)
    if not rows or shape.columns < 2:
        what = "its rows have one column" if rows else "there is no row in it"
        raise SourceError(what, where=where, do="a row has a word, and its tag in the last column")
    word = int(counted)
    if len(columns) == 2 and columns[0].is_tags and columns[0].tag_count > 0 and not columns[1].is_tags:
        word, main, bare = 1, 0, False
    else:
        main, bare = _main_tag_column(columns, word, rows, shape.names, where)
    layers, others = _tag_layers(columns, word, main) if not bare else ((), ())
    # Label Studio puts one -DOCSTART- before all its texts.
    values = [c.counts.keys() for c in columns]
    is_label_studio = len(columns) == 4 and values[1] == {"-X-"} and values[2] == {"_"}
    marked = marks > 0 and not (marks == 1 and is_label_studio)
    return ConllTable(shape, word, (main, *layers), bare, others, marked)


def _is_index(value: str, at: int) -> bool:
    """Return True if a field counts the rows of a sentence, from 0 or 1, as 3 or 1-3 do."""
    sentence, _, number = value.rpartition("-")
    return number in {str(at + 1), str(at)} and (not sentence or sentence.isdecimal())


def _main_tag_column(
    columns: list[ColumnSurvey], word: int, rows: int, names: tag_schemes.TagNames, where: str
) -> tuple[int, bool]:
    """Return the last column that holds tags, and whether they are without prefix."""
    found = range(len(columns) - 1, word, -1)
    for n in found:
        if columns[n].is_tags and (columns[n].tag_count or "O" in columns[n].counts):
            return n, False
    if description := tag_schemes.unnamed_tags_message(columns[-1].numbers(names), names):
        raise NumberedTagsError(f"the tags in the last column {description[0]}", where=where, do=description[1])
    near = max(found, key=lambda n: columns[n].tag_count)
    if columns[near].tag_count > columns[near].other_count:
        raise _no_tag_error(columns[near], where)
    for n in found:
        if "O" in columns[n].counts and len(columns[n].counts) <= min(_MAX_BARE_LABELS, 1 + rows // 2):
            return n, True
    brackets = (n for n in found if any("*" in value for value in columns[n].counts))
    raise _no_tag_error(columns[next(brackets, found[0])], where)


def _no_tag_error(column: ColumnSurvey, where: str) -> SourceError:
    others = ((line, value) for value, line in column.first.items() if not tag_schemes.is_tag(value))
    line, value = min(others, default=(0, ""))
    if not line:
        do = "put O, or B-, I-, E-, S-, L- or U- and a label, into the last column"
        return SourceError("no column holds tags", where=where, do=do)
    if "*" in value or "(" in value:
        what = f"{value[:40]!r} is a tag in brackets, as CoNLL-2012 has them"
        return SourceError(what, where=f"{where}:{line}", do="convert them to IOB2")
    what = f"{value[:40]!r} is no tag: it needs to be O, or B-, I-, E-, S-, L- or U- and a label"
    return SourceError(what, where=f"{where}:{line}", do="repair the row, or put the tags in the last column")


def _tag_layers(columns: list[ColumnSurvey], word: int, main: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the columns with other layers of the same labels, and those with tags of another kind.

    Where there is nothing else but numbers, words and two columns of tags, these are two layers (GermEval).
    """
    tagged = [n for n in range(word + 1, len(columns)) if columns[n].is_tags and columns[n].tag_count]
    rest = [n for n in tagged if n != main]
    layered = word == 1 and len(columns) == 4
    same = tuple(n for n in rest if layered or columns[n].labels & columns[main].labels)
    return same, tuple(n for n in rest if n not in same)


def scheme_evidence(lines: NumberedLines, table: ConllTable, where: str) -> tag_schemes.SchemeEvidence:
    """Return what the tags of all layers show of their scheme."""
    found = tag_schemes.SchemeEvidence()
    for sentence in read_sentences(lines, table.shape, where):
        at = [r.line for r in sentence.rows]
        for column in table.tags:
            found.add_sentence([r.fields[column] for r in sentence.rows], at, bare=table.bare)
    return found
