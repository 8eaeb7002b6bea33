"""From the rows of Parquet or JSONL files to documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import orjson

from annotator.core.annotation import Answer
from annotator.core.counting import counted
from annotator.core.errors import SourceError
from annotator.core.tokens import Token
from annotator.formats.conll import tags as schemes
from annotator.formats.document import Account, Document
from annotator.formats.evidence import Evidence, quoted_of, unit_of
from annotator.formats.fields import Raw, Tally, name, offset, plain, spans_of, string
from annotator.formats.huggingface import lines
from annotator.formats.huggingface.features import features_of
from annotator.formats.huggingface.shape import Columns, Shape, Tags, shape_of
from annotator.formats.huggingface.table import MAGIC, WORDS, Table
from annotator.formats.numbered import NAMELESS, Names
from annotator.formats.sample import Sample
from annotator.formats.source import Source
from annotator.formats.units import CODE_POINTS, EVERY, Unit, refuse_said

PADDED = "tags that stand for nothing (-100, none, or no tag of the scheme), read as O: {n}"
RESPELLED = "texts that their tokens do not spell; the words were joined by blanks instead: {n}"
UNSPELLED = "texts whose tokens do not spell them, so that the tokens were not taken: {n}"
OPEN = "texts that say nothing of spans, which the file leaves open: {n}"

_START = ("start", "start_offset", "start_char", "begin")
_END = ("end", "end_offset", "end_char", "stop")
_LABEL = ("label", "type", "tag", "entity_group", "entity_type", "category", "class")
_QUOTE = ("text", "quote", "word", "mention", "surface", "value")
_OWN = frozenset({"id", "title", "annotator", "note", "meta"})
_SPLITS = ("train", "validation", "valid", "dev", "test")
_AGAIN = "repair the row, or export it again"


def looks(sample: Sample) -> str:
    """Return why this looks like Parquet, or like rows of tokens with tags, empty if it does not."""
    if (sample.is_folder or sample.is_zip) and any(n.lower().endswith(".parquet") for n in sample.names):
        return "it holds a .parquet file"
    if sample.start.startswith(MAGIC):
        return "it begins as Parquet does"
    return lines.looks(sample)


def read(source: Source, log: Account, names: Names = NAMELESS) -> Iterator[Document]:
    """Yield a document for each row of a file, or of the tables in a folder or zip.

    ``names`` are what the numbers of tags stand for, where the file doesn't say it.
    Raises SourceError where the extra is not installed, a table has no texts with tags or spans, its
    tags are numbers without names, or a file is damaged.
    """
    files = source.files()
    taken = [f for f in files if looks(f.sample())] if len(files) > 1 else files
    if not taken:
        raise source.error("no file in it is Parquet", do="name a folder with .parquet files")
    for file in taken:
        table = _table(file, log)
        features = features_of(table.metadata, files)
        shape = shape_of(table, features, names)
        yield from _Reader(table, shape, log).documents()


def _table(file: Source, log: Account) -> Columns:
    """Open a file as what it begins as: JSON, else Parquet."""
    is_json = file.sample().start.lstrip()[:1] in {b"{", b"["}
    return lines.Lines(file, log) if is_json else Table(file)


@dataclass(slots=True)
class _Reader:
    table: Columns
    shape: Shape
    log: Account
    tally: Tally = field(default_factory=Tally)
    scheme: schemes.Evidence = field(default_factory=schemes.Evidence)

    def documents(self) -> Iterator[Document]:
        """Yield the documents of a file, and tell what was decided for it."""
        self._note(self.shape.notes)
        columns = self.table.names
        by_spans = bool(self.shape.spans)
        if not by_spans:
            refuse_said("tokens with tags", self.table.source.name)
        unit = self._unit() if by_spans else CODE_POINTS
        for number, (where, row) in enumerate(self.table.values(columns), 1):
            yield self._document_of_spans(row, where, unit) if by_spans else self._document_of_tags(row, where, number)
        if not by_spans:
            self._note(tuple(schemes.notes(self.scheme, self.table.source.name)))
        self.tally.add_notes(self.log)

    def _note(self, notes: Sequence[str]) -> None:
        self.log.notes += [n for n in notes if n not in self.log.notes]

    def _document(self, row: Mapping[str, Any], where: str, text: str, **parts: Any) -> Document:
        """Return the document, with what every row may have."""
        more = row.get("meta")
        own = plain(_object(more)) if isinstance(more, str) else plain(more)
        known = self.shape.columns | _OWN
        split = next((s for s in _SPLITS if self.table.source.base.startswith(s)), "")
        rest = plain({k: v for k, v in row.items() if k not in known and v is not None})
        return Document(
            text,
            id=name(row.get("id")),
            title=string(dict(row), "title"),
            annotator=name(row.get("annotator")),
            note=string(dict(row), "note"),
            meta={**({"split": split} if split else {}), **rest, **own},
            where=where,
            **parts,
        )

    # -- tokens and tags -----------------------------------------------------------------------

    def _document_of_tags(self, row: Mapping[str, Any], where: str, number: int) -> Document:
        words = row.get(self.shape.words)
        if not isinstance(words, list) or not all(isinstance(x, str) for x in words):
            what = f"`{self.shape.words}` must be a list of texts"
            raise SourceError(what, where=where, do=_AGAIN)
        if len(words) > WORDS:
            what = f"the row has {len(words):,} words, more than {WORDS:,}"
            raise SourceError(what, where=where, do="split it into several rows")
        text, places = self._place_words(row, words)
        tokens = tuple(Token(text[s:e], s, e, text[e : e + 1] == " ") for s, e in places if s < e)
        raw_spans: list[Raw] = []
        for column in self.shape.tags:
            description = self._row_tags(row.get(column.column), column, len(words), where)
            self.scheme.add_sentence(description, [number] * len(description), bare=column.bare)
            for chunk in schemes.chunks([schemes.tag_of(t, bare=column.bare) for t in description]):
                inside = [p for p in places[chunk.first : chunk.last] if p[0] < p[1]]
                start, end = (inside[0][0], inside[-1][1]) if inside else (0, 0)
                raw_spans.append(Raw(start, end, chunk.label))
        spans = spans_of(raw_spans, text, where, self.log)
        return self._document(row, where, text, spans=spans, tokens=tokens)

    def _row_tags(self, found: Any, column: Tags, size: int, where: str) -> list[str]:
        """Return a row's tags as words; raises SourceError where they don't fit the words."""
        if not isinstance(found, list) or len(found) != size:
            many = counted(len(found), "tag") if isinstance(found, list) else "no tags"
            what = f"`{column.column}` has {many} for {size} words"
            raise SourceError(what, where=where, do=_AGAIN)
        return [self._tag(x, column, where) for x in found]

    def _tag(self, value: Any, column: Tags, where: str) -> str:
        if value is None or value == -100 or (isinstance(value, str) and value.strip() in {"", "o"}):
            self.tally.add(PADDED)
            return "O"
        if column.names:
            if type(value) is not int or value not in column.names:
                what = f"the tag {value} in `{column.column}` is none of its {len(column.names)} names"
                raise SourceError(what, where=where, do=_AGAIN)
            value = column.names[value] or "O"
        description = str(value)
        if not column.bare and not schemes.is_tag(description):
            self.tally.add(PADDED)
            return "O"
        return description

    def _place_words(self, row: Mapping[str, Any], words: list[str]) -> tuple[str, list[tuple[int, int]]]:
        """Return the text, and where its words stand; without a text the words joined by blanks."""
        given = row.get(self.shape.text) if self.shape.text else None
        if isinstance(given, str):
            if (places := _found(given, words)) is not None:
                return given, places
            self.tally.add(RESPELLED)
        places, at = [], 0
        for word in words:
            places.append((at, at + len(word)))
            at += len(word) + bool(word)
        return " ".join(w for w in words if w), places

    # -- text and spans ------------------------------------------------------------------------

    def _document_of_spans(self, row: Mapping[str, Any], where: str, unit: Unit) -> Document:
        text = row.get(self.shape.text)
        if not isinstance(text, str):
            raise SourceError(f"the row has no `{self.shape.text}`", where=where, do=_AGAIN)
        found = _listed(row.get(self.shape.spans))
        raw_spans = (_raw(x, self.shape.labels) for x in found or ())
        self.tally.add(OPEN, found is None)
        return self._document(
            row,
            where,
            text,
            spans=spans_of(raw_spans, text, where, self.log, unit),
            tokens=self._tokens(row, text),
            answer=Answer.ACCEPT if found is not None else None,
        )

    def _tokens(self, row: Mapping[str, Any], text: str) -> tuple[Token, ...]:
        words = row.get(self.shape.words) if self.shape.words else None
        if not isinstance(words, list) or not all(isinstance(x, str) for x in words) or not words:
            return ()
        places = _found(text, words)
        self.tally.add(UNSPELLED, places is None)
        return tuple(Token(text[s:e], s, e, text[e : e + 1] == " ") for s, e in places or () if s < e)

    def _unit(self) -> Unit:
        rows = (row for _, row in self.table.values([self.shape.text, self.shape.spans]))
        return unit_of(rows, self._evidence, EVERY, self.table.source.name, self.log)

    def _evidence(self, row: Any) -> Iterator[Evidence]:
        text, found = row.get(self.shape.text), _listed(row.get(self.shape.spans))
        if isinstance(text, str) and found:
            pairs = ((_raw(x, self.shape.labels), _first(x, _QUOTE)) for x in found)
            yield text, list(quoted_of(pairs))


def _listed(value: Any) -> list[dict[str, Any]] | None:
    """Return the spans of a row as objects: they may stand as one object of lists."""
    if isinstance(value, dict):
        lists = {k: v for k, v in value.items() if isinstance(v, list)}
        if not lists:
            return None
        return [dict(zip(lists, row, strict=True)) for row in zip_longest(*lists.values())]
    if not isinstance(value, list):
        return None
    return [x if isinstance(x, dict) else {} for x in value]


def _raw(item: dict[str, Any], names: Sequence[str]) -> Raw:
    label, number = _first(item, _LABEL), offset(_first(item, _LABEL))
    if names and number is not None:
        label = names[number] if 0 <= number < len(names) else None
    given = name(item.get("id"))
    return Raw(_first(item, _START), _first(item, _END), label, string(item, "source"), given)


def _first(item: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((item[k] for k in keys if item.get(k) is not None), None)


def _object(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return {"meta": text} if text else {}


def _found(text: str, words: Sequence[str]) -> list[tuple[int, int]] | None:
    """Return where the words stand in the text; None where it holds anything else but blanks."""
    at = 0
    out: list[tuple[int, int]] = []
    for word in words:
        start = text.find(word, at)
        if start < 0 or text[at:start].strip():
            return None
        at = start + len(word)
        out.append((start, at))
    return out if not text[at:].strip() else None
