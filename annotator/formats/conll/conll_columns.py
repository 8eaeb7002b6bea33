"""Which column of a CoNLL file holds words, which tags, and what the others hold: a survey of all rows decides.

Every column of tags is a layer of spans, however many there are. Chunks (CoNLL-2000) are none where there is
another layer: they mark phrases. What else is marked in a column and not read is a loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct, field

from annotator.core.errors import SourceError
from annotator.formats import tag_schemes
from annotator.formats.conll import bracket_tags
from annotator.formats.conll.conll_table import ConllRow, ConllSentence, RowShape

_MAX_BARE_LABELS = 200
"""The most labels that tags without prefix may have."""
_MAX_TAGS = 5_000
"""The most tags that a file may have; a column with more values holds none."""
_LAST_INDEX_COLUMN = 3
"""A count of the words, with the document before it, is in one of so many first columns."""
_NOTHING = frozenset({"O", "_", "-", "*", ""})
"""What a column has where nothing is marked."""
_CAPITAL_LABEL = re.compile(r"[A-Z][A-Z0-9_-]+")
_MAX_CAPITAL_LABELS = 50
_SPAN_MARK = re.compile(r"\(\S+|[BIESLU]-\S+")
_NUMBER = re.compile(r"-?[0-9]{1,3}")

TagKind = Literal["tags", "bare", "brackets"]


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
    is_index: bool = True
    """Whether it counts the rows of each sentence."""
    is_constant: bool = True
    """Whether it has one value in each sentence."""

    def add_sentence(self, column: int, rows: Sequence[ConllRow]) -> None:
        """Take in the values of a sentence."""
        self.is_index = self.is_index and all(_is_index(r.fields[column], n) for n, r in enumerate(rows))
        self.is_constant = self.is_constant and len({r.fields[column] for r in rows}) == 1
        for row in rows:
            value = row.fields[column]
            if value in self.counts:
                self.counts[value] += 1
            elif len(self.counts) < _MAX_TAGS:
                self.counts[value] = 1
                self.first[value] = row.line
            else:
                self.others += 1

    @property
    def is_tags(self) -> bool:
        """Whether all its values are tags."""
        return not self.others and all(tag_schemes.is_tag(v) for v in self.counts)

    @property
    def is_broken_tags(self) -> bool:
        """Whether most of what it marks are tags, but not all."""
        tags = {v: n for v, n in self.counts.items() if v not in tag_schemes.OUTSIDE_TAGS and tag_schemes.is_tag(v)}
        others = self.others + sum(n for v, n in self.counts.items() if not tag_schemes.is_tag(v))
        return 0 < others < sum(tags.values()) and ("O" in self.counts or any("-" in v for v in tags))

    @property
    def labels(self) -> set[str]:
        """The labels of its tags; none where it holds others values than tags."""
        tags = self.counts if self.is_tags else ()
        return {tag_schemes.parse_tag(v).label for v in tags if v not in tag_schemes.OUTSIDE_TAGS}

    @property
    def bracket_labels(self) -> set[str]:
        """The labels that it has in brackets; none where it holds other values."""
        return set() if self.others else bracket_tags.bracket_labels(self.counts)

    @property
    def marks(self) -> set[str]:
        """Its values where something is marked."""
        return self.counts.keys() - _NOTHING

    @property
    def most_frequent(self) -> str:
        """The value that most rows have."""
        return max(self.counts, key=self.counts.__getitem__, default="")

    def numbers(self, names: tag_schemes.TagNames) -> dict[int, int]:
        """Return how often each number occurs that is a tag without a name; none where none is.

        Without ``names`` these are few numbers from 0 on, and nothing else, of which 0 is the most
        frequent.
        """
        rest = {v: n for v, n in self.counts.items() if not tag_schemes.is_tag(v)}
        if self.others or len(rest) > _MAX_BARE_LABELS or not all(map(_NUMBER.fullmatch, rest)):
            return {}
        found = {int(v): n for v, n in rest.items() if int(v) != tag_schemes.PADDING_TAG}
        if names or not found:
            return found
        alone = len(rest) == len(self.counts) and sum(found.values()) > len(found)
        return found if alone and min(found) == 0 and found[0] == max(found.values()) else {}


def _is_index(value: str, at: int) -> bool:
    """Return True if a field counts the rows of a sentence, from 0 or 1, as 3 or 1-3 do."""
    sentence, _, number = value.rpartition("-")
    return number in {str(at + 1), str(at)} and (not sentence or sentence.isdecimal())


class LayerColumn(Struct, frozen=True):
    """A column of tags: a layer of spans."""

    index: int
    kind: TagKind = "tags"

    def chunks(self, rows: Sequence[ConllRow], where: str) -> list[tag_schemes.TagChunk]:
        """Return the spans of one sentence; raises SourceError, with the line, for brackets that don't match."""
        values = [r.fields[self.index] for r in rows]
        if self.kind != "brackets":
            return tag_schemes.labelled_chunks(values, bare=self.kind == "bare")
        try:
            return bracket_tags.bracket_chunks(values)
        except bracket_tags.UnmatchedBracketError as error:
            do = "repair the row"
            raise SourceError(str(error), where=f"{where}:{rows[error.row].line}", do=do) from None

    def is_outside(self, value: str) -> bool:
        """Return True if a value marks nothing."""
        return value in _NOTHING if self.kind == "brackets" else value in tag_schemes.OUTSIDE_TAGS


class UnreadColumn(Struct, frozen=True):
    """A column that is not read, though something is in it."""

    index: int
    why: str
    """Why it is a loss; empty where it holds no annotation."""
    example: str
    line: int


class ConllTable(Struct, frozen=True):
    """Which column holds what."""

    shape: RowShape
    word: int = 0
    layers: tuple[LayerColumn, ...] = ()
    """The columns of tags, one a layer."""
    chunks: tuple[int, ...] = ()
    """Columns of chunks, which are not read."""
    unread: tuple[UnreadColumn, ...] = ()
    has_document_starts: bool = False
    """Whether the file marks where a document begins."""

    @property
    def is_bare(self) -> bool:
        """Whether its tags are labels without prefix."""
        return all(layer.kind == "bare" for layer in self.layers)


def survey_columns(
    sentences: Iterable[ConllSentence], shape: RowShape, where: str, word: int | None = None
) -> ConllTable:
    """Return which column is which, ``word`` where it is known; raises SourceError where none holds tags."""
    columns = [ColumnSurvey() for _ in range(shape.columns)]
    rows = marks = 0
    for sentence in sentences:
        marks += sentence.document_name is not None
        rows += len(sentence.rows)
        for n, column in enumerate(columns if sentence.rows else ()):
            column.add_sentence(n, sentence.rows)
    if not rows or shape.columns < 2:
        what = "its rows have one column" if rows else "there is no row in it"
        raise SourceError(what, where=where, do="a row has a word, and its tag in the last column")
    word = _word_column(columns) if word is None else word
    candidates = [0] if word == 1 and len(columns) == 2 else list(range(word + 1, len(columns)))
    layers = _tag_layers(columns, candidates, rows, shape, where)
    rest = [n for n in candidates if n not in {layer.index for layer in layers}]
    chunks = tuple(n for n in rest if _holds_chunks(columns[n]))
    others = [n for n in rest if n not in chunks and not (shape.key and n == shape.columns - 2)]
    others = [n for n in others if columns[n].marks and len(columns[n].counts) > 1 and not columns[n].is_index]
    unread = [_unread_column(columns[n], n) for n in others]
    if shape.key:
        unread += _unread_items(columns[-2], shape.columns - 2, shape.key)
    # Label Studio puts one -DOCSTART- before all its texts.
    values = [c.counts.keys() for c in columns]
    is_label_studio = len(columns) == 4 and values[1] == {"-X-"} and values[2] == {"_"}
    marked = marks > 0 and not (marks == 1 and is_label_studio)
    return ConllTable(shape, word, tuple(layers), chunks, tuple(unread), marked)


def _word_column(columns: Sequence[ColumnSurvey]) -> int:
    """Return the column after the one that counts words; else the first, the second where tags are before the words."""
    if len(columns) == 2:
        return int(bool(columns[0].labels) and not columns[1].is_tags)
    for n in range(min(_LAST_INDEX_COLUMN, len(columns) - 2)):
        if columns[n].is_index:
            return n + 1
        if not columns[n].is_constant:
            break
    return 0


def _tag_layers(
    columns: Sequence[ColumnSurvey], candidates: Sequence[int], rows: int, shape: RowShape, where: str
) -> list[LayerColumn]:
    """Return the columns of tags; raises SourceError where there is none, or one that has other values too."""
    marked = [LayerColumn(n) for n in candidates if columns[n].labels and not _holds_chunks(columns[n])]
    brackets = [LayerColumn(n, "brackets") for n in candidates if bracket_tags.are_names(columns[n].bracket_labels)]
    if shape.names or not (marked or brackets):
        _check_tags_named(columns[-1], shape.names, where)
    for n in candidates:
        if columns[n].is_broken_tags:
            raise _no_tag_error(columns[n], where)
    if marked or brackets:
        return sorted([*marked, *brackets], key=lambda column: column.index)
    empty = [LayerColumn(n) for n in candidates if columns[n].is_tags and "O" in columns[n].counts]
    chunks = [LayerColumn(n) for n in candidates if _holds_chunks(columns[n])]
    bare = [LayerColumn(n, "bare") for n in candidates if _holds_bare_labels(columns[n], rows)]
    no_brackets = [LayerColumn(n, "brackets") for n in candidates if shape.has_predicates and not columns[n].marks]
    found = next(filter(None, (empty[-1:], chunks, bare[-1:], no_brackets[-1:])), [])
    if not found:
        raise _no_tag_error(columns[candidates[-1]], where)
    return found


def _check_tags_named(column: ColumnSurvey, names: tag_schemes.TagNames, where: str) -> None:
    """Raise NumberedTagsError where tags are numbers without names."""
    if description := tag_schemes.unnamed_tags_message(column.numbers(names), names):
        raise NumberedTagsError(f"the tags in the last column {description[0]}", where=where, do=description[1])


def _holds_chunks(column: ColumnSurvey) -> bool:
    return bool(column.labels) and column.labels <= tag_schemes.CHUNK_TYPES


def _holds_bare_labels(column: ColumnSurvey, rows: int) -> bool:
    has_prefixes = any("-" in value and tag_schemes.is_tag(value) for value in column.marks)
    few = len(column.counts) <= min(_MAX_BARE_LABELS, 1 + rows // 2)
    return "O" in column.counts and few and not has_prefixes


def _no_tag_error(column: ColumnSurvey, where: str) -> SourceError:
    others = ((line, value) for value, line in column.first.items() if not tag_schemes.is_tag(value))
    line, value = min(others, default=(0, ""))
    if not line:
        do = "put O, or B-, I-, E-, S-, L- or U- and a label, into the last column"
        return SourceError("no column holds tags", where=where, do=do)
    what = f"{value[:40]!r} is no tag: it needs to be O, or B-, I-, E-, S-, L- or U- and a label"
    return SourceError(what, where=f"{where}:{line}", do="repair the row, or put the tags in the last column")


LABELS_UNREAD = "a column of labels without B- and I-, beside columns that have them"
NUMBERS_UNREAD = "a column of numbers that may be tags, beside columns of tags"
ITEMS_UNREAD = "items of the last column that mark spans of another kind have no place here"
ROLES_UNREAD = "a column of semantic roles has no place here"
COREFERENCE_UNREAD = "a column of coreference has no place here"


def _unread_column(column: ColumnSurvey, index: int) -> UnreadColumn:
    """Return what a column holds that is no layer."""
    example = max(column.marks, key=lambda v: (column.counts[v], -column.first[v]))
    return UnreadColumn(index, _why_lost(column), example, column.first[example])


def _unread_items(column: ColumnSurvey, index: int, tag_key: str) -> Iterator[UnreadColumn]:
    """Yield an item of CoNLL-U's last column for each key that marks spans, such as ``Entity=(1-person``."""
    seen: set[str] = set()
    for value in column.counts:
        for item in value.split("|"):
            key, _, mark = item.partition("=")
            if key not in {tag_key, *seen} and _SPAN_MARK.match(mark):
                seen.add(key)
                yield UnreadColumn(index, ITEMS_UNREAD, item, column.first[value])


def _why_lost(column: ColumnSurvey) -> str:
    """Return why it is a loss that a column is not read; empty for words' own properties and for syntax."""
    if column.others:
        return ""
    if bracket_tags.are_chains(column.counts):
        return COREFERENCE_UNREAD
    if labels := column.bracket_labels:
        return ROLES_UNREAD if bracket_tags.are_roles(labels) else ""
    if column.numbers({}) and column.counts["0"] * 2 > sum(column.counts.values()):
        return NUMBERS_UNREAD
    few = len(column.marks) <= _MAX_CAPITAL_LABELS and all(map(_CAPITAL_LABEL.fullmatch, column.marks))
    is_bare = column.most_frequent == "O" and len(column.counts) <= _MAX_BARE_LABELS
    return LABELS_UNREAD if is_bare or (few and column.most_frequent in _NOTHING) else ""


def scheme_evidence(sentences: Iterable[ConllSentence], table: ConllTable) -> tag_schemes.SchemeEvidence:
    """Return what the tags of all layers show of their scheme."""
    found = tag_schemes.SchemeEvidence()
    layers = [layer for layer in table.layers if layer.kind != "brackets"]
    for sentence in sentences if layers else ():
        at = [r.line for r in sentence.rows]
        for layer in layers:
            found.add_sentence([r.fields[layer.index] for r in sentence.rows], at, bare=layer.kind == "bare")
    return found


def column_notes(table: ConllTable) -> Iterator[str]:
    """Yield the notes on which columns are read, and which are not."""
    shape, columns = table.shape, [layer.index for layer in table.layers]
    if len(columns) > 1:
        yield f"{shape.columns_phrase(columns, 'holds', 'hold')} tags: each column is a layer, and all are read"
    elif columns[0] != shape.columns - 1:
        yield f"tags are read from {shape.column_name(columns[0])} of {shape.columns}"
    if table.chunks:
        yield f"{shape.columns_phrase(table.chunks, 'holds', 'hold')} chunks (NP, VP, …), which are not read"
    if others := [column for column in table.unread if not column.why]:
        phrase = shape.columns_phrase([column.index for column in others], "has", "have")
        yield f"{phrase} no tags (but values such as {others[0].example[:40]!r}), and nothing is read from there"
