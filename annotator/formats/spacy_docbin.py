"""spaCy's DocBin, one file or a folder of shards, read without spaCy.

A DocBin is a deflated msgpack map of arrays (``spacy/tokens/_serialize.py``). Entities and all span
groups are read, each span once; the group of known-wrong spans becomes ``Document.rejected``. Tags
that are *missing* differ from O: a text in which all are missing is open, and ``Document.open`` names
the stretches that nobody has reviewed in another. Writing is the work of ``annotator.export``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.metadata_names import ARTICLE_FIELDS, PLACE_FIELDS, merge_metadata, user_metadata
from annotator.core.spans import Span
from annotator.core.tokens import Token, build_tokens
from annotator.docbin import reader
from annotator.docbin.reader import PackedSpan as Grouped
from annotator.formats import span_fields
from annotator.formats.document import ConversionLog, Document, SentenceRemarks
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.span_alignment import SpanSet, merge_span_sets, unreviewed_ranges
from annotator.formats.unread_files import note_unread_files

# From a DocBin's arrays to documents.


INCORRECT_SPANS_GROUP = "incorrect_spans"
"""The group of known-wrong spans, as spaCy's ner reads it (``incorrect_spans_key``)."""
OWN_USER_DATA_KEY = "annotator"
"""The key of this program's own fields in ``doc.user_data``."""

_ARTICLE_KEYS = ("article", "sentence", "start", "end", "byline", "dateline", "date", "source", "origin")


SPACES_UNKNOWN = "texts whose blanks the file doesn't know, one put after each word: {n}"
MISSING_TAGS = "tokens whose tag is missing, which nobody has reviewed: {n}"
TYPES_ALONE = (
    "documents whose tokens have entity types and no begin or inside tags: neighbours of one type are read as one "
    "entity, which is doubtful, and the texts stay open: {n}"
)
TAGS_ALONE = "documents whose entities have no types, so that they are left out and the texts stay open: {n}"
SPANS_DISAGREE = "spans whose code points and tokens disagree, read by their tokens: {n}"
ATTRIBUTES_IGNORED = "texts that also have {what}, which were not taken: {{n}}"

_BEGIN, _OUTSIDE, _INSIDE, _MISSING = 3, 2, 1, 0
_DOCBIN_ENDING = ".spacy"
_SIGN_BIT = 2**63
"""Ids past this are negative numbers: SENT_START knows -1."""


def detect(sample: FileSample) -> str:
    """Return why a file is a DocBin, empty where it isn't one; of a folder, why its first file is."""
    if (sample.is_folder or sample.is_zip) and not any(n.endswith(_DOCBIN_ENDING) for n in sample.names):
        return ""
    try:
        start = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(sample.start, 4096)
    except zlib.error:
        start = b""
    whole = b"\xa5attrs" in start[:64]
    if sample.is_folder and not whole:
        return "it holds .spacy files"
    return "it is a deflated map with `attrs`, as DocBins are" if whole else ""


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the Docs of a file, or of the ``.spacy`` files of a folder, as documents.

    Raises SourceError for a file that is no DocBin, is damaged or inflates without bounds.
    """
    packed = source.is_folder or source.is_zip
    files = [f for f in source.files() if f.base.endswith(_DOCBIN_ENDING)] if packed else [source]
    if not files:
        raise source.error("there is no .spacy file in it", do="name a DocBin or a folder of them")
    note_unread_files(source.files() if packed else files, files, log)
    for file in files:
        yield from documents_of_docbin(file.read_bytes(), file.name, log)
    log.add_counted_notes()


def documents_of_docbin(data: bytes, where: str, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a DocBin's bytes; raises SourceError as ``read`` does."""
    found = reader.read_docbin(data, where)
    for number, packed in enumerate(found.docs(), 1):
        yield _DocReader(packed, found.strings, f"{where}, doc {number}", log).document()


@dataclass(slots=True)
class _DocReader:
    packed: reader.PackedDoc
    strings: Mapping[int, str]
    where: str
    log: ConversionLog
    tokens: tuple[Token, ...] = field(init=False)
    text: str = field(init=False)
    is_doubtful: bool = field(init=False, default=False)
    """Whether the attributes that are stored do not say what the entities are."""

    def __post_init__(self) -> None:
        words, spaces = self.packed.words, self.packed.spaces
        self.log.count_note(SPACES_UNKNOWN, spaces is None)
        if spaces is None:
            spaces = tuple(n < len(words) for n in range(1, len(words) + 1))
        self.tokens = build_tokens(words, spaces)
        self.text = "".join(w + " " * s for w, s in zip(words, spaces, strict=True))

    def document(self) -> Document:
        """Return the Doc as a document, its spans counted."""
        ents = span_fields.convert_spans(self._ents(), self.text, self.where, self.log)
        views: list[SpanSet] = [("ents", ents)]
        wrong: list[SpanSet] = []
        for key, group in reader.read_span_groups(self.packed.groups, self.where):
            made = span_fields.convert_spans(map(self._raw, group), self.text, self.where, self.log)
            (wrong if key == INCORRECT_SPANS_GROUP else views).append((key, made))
        links = dict.fromkeys(key for key in self.packed.columns.get(reader.ENTITY_LINKS, ()) if key)
        span_fields.record_unsupported(
            [self.strings.get(key) or str(key) for key in links], "link", self.where, self.log
        )
        for attr, what in reader.UNUSED_ATTRIBUTES.items():
            self.log.count_note(ATTRIBUTES_IGNORED.format(what=what), any(self.packed.columns.get(attr, ())))
        span_fields.record_unsupported(list(self.packed.cats), "text label", self.where, self.log)
        spans = merge_span_sets(views, self.text, self.where, self.log)
        rejected = merge_span_sets(wrong, self.text, self.where, self.log)
        open_ = self._unreviewed_ranges(spans + rejected)
        data = self._user_data()
        own = span_fields.storable_fields(data.pop(OWN_USER_DATA_KEY, None))
        inner = own["meta"] if isinstance(own.get("meta"), dict) else {}
        article = {key: own[key] for key in _ARTICLE_KEYS if own.get(key) not in (None, "")}
        if isinstance(linked := inner.get("group"), dict) and linked.keys() == {"field", "value", "position"}:
            inner = user_metadata({k: v for k, v in inner.items() if k != "group"}, {"group"})
            article["group"] = linked
        if isinstance(covers := own.get("covers"), tuple | list):
            inner = {**inner, "annotates": list(covers)}
        if (rows := own.get("rows")) and isinstance(rows, tuple | list):
            article["article"] = rows[0]
        if "article" in article and "sentence" not in article:  # it is of this program, and no sentence alone
            article["sentences"] = [list(x) for x in self._sentences()]
        return Document(
            self.text,
            spans,
            tokens=self.tokens,
            sentences=self._sentences(),
            answer=None if self.is_doubtful or open_ == [(0, len(self.text.rstrip(" ")))] else Answer.ACCEPT,
            rejected=rejected,
            annotator=span_fields.first_string(own, "annotator"),
            id=span_fields.name_of(data.get("id")) or span_fields.first_string(own, "sentence"),
            title=span_fields.first_string(own, "title") or span_fields.first_string(data, "title"),
            open=tuple(open_),
            remarks=tuple(self._remarks(own.get("sentences"))),
            meta=_as_lists({**data, **merge_metadata(article, inner, PLACE_FIELDS, ARTICLE_FIELDS)}),
            where=self.where,
        )

    def _remarks(self, sentences: Any) -> Iterator[SentenceRemarks]:
        """Yield the note and the flag of each sentence that has one."""
        for s in sentences if isinstance(sentences, tuple | list) else ():
            if isinstance(s, dict) and (span_fields.first_string(s, "note") or s.get("flagged") is True):
                first = span_fields.whole_number(s.get("token_start")) or 0
                start = self.tokens[first].start if 0 <= first < len(self.tokens) else 0
                yield SentenceRemarks(start, span_fields.first_string(s, "note"), s.get("flagged") is True)

    def _ents(self) -> Iterator[span_fields.RawSpan]:
        """Yield the entities as spaCy reads them: the label is that of the first token.

        spaCy reads none where begin and inside tags, or types, are not stored; here these are doubtful.
        """
        tags, types = (self.packed.columns.get(attr) for attr in (reader.ENT_IOB, reader.ENT_TYPE))
        if tags is None:
            self.is_doubtful = bool(types and any(types))
            self.log.count_note(TYPES_ALONE, self.is_doubtful)
            tags = _tags_of_types(types or ())
        elif types is None:
            self.is_doubtful = any(tag in {_BEGIN, _INSIDE} for tag in tags)
            self.log.count_note(TAGS_ALONE, self.is_doubtful)
        first = -1
        for at, (tag, type_) in enumerate(zip(tags, types or (0,) * len(tags), strict=True)):
            if first >= 0 and tag != _INSIDE:
                yield self._range(first, at, types[first] if types else 0)
                first = -1
            if tag == _BEGIN and not type_ and types:
                self.log.count_note("tokens that were blocked for entities, read as having none: {n}")
            elif tag == _BEGIN or (tag == _INSIDE and first < 0):
                first = at
        if first >= 0:
            yield self._range(first, len(tags), types[first] if types else 0)

    def _range(self, first: int, last: int, label: int) -> span_fields.RawSpan:
        return span_fields.RawSpan(self.tokens[first].start, self.tokens[last - 1].end, self._label(label))

    def _label(self, number: int) -> str:
        if number and number not in self.strings:
            what = f"the file has no string for the label {number}"
            raise SourceError(what, where=self.where, do=reader.WRITE_AGAIN)
        return self.strings.get(number, "")

    def _raw(self, span: Grouped) -> span_fields.RawSpan:
        """Return a span by its tokens, as spaCy reads it; by its code points where it has no such tokens."""
        if span.kb_id:
            target = self.strings.get(span.kb_id) or str(span.kb_id)
            span_fields.record_unsupported([target], "link", self.where, self.log)
        if not 0 <= span.first < span.last <= len(self.tokens):
            past = max(span.end, len(self.text) + 1)
            end = past if span.first < span.last else span.end
            return span_fields.RawSpan(span.start, end, self._label(span.label))
        raw = self._range(span.first, span.last, span.label)
        self.log.count_note(SPANS_DISAGREE, (raw.start, raw.end) != (span.start, span.end))
        id_ = self.strings.get(span.span_id, "")
        is_part = id_.startswith(reader.PART_ID_PREFIX)
        return replace(raw, group=id_.removeprefix(reader.PART_ID_PREFIX)) if is_part else raw

    def _unreviewed_ranges(self, spans: Sequence[Span]) -> list[tuple[int, int]]:
        """Return the stretches that nobody has reviewed, as far as the tags show."""
        tags = self.packed.columns.get(reader.ENT_IOB) or (_MISSING,) * len(self.tokens)
        missing = [tag == _MISSING for tag in tags]
        if not (all(missing) and spans):
            self.log.count_note(MISSING_TAGS, sum(missing))
        return unreviewed_ranges(self.text, self.tokens, missing, spans)

    def _sentences(self) -> tuple[tuple[int, int], ...]:
        """Return the sentences; none where the file has none."""
        starts = self.packed.columns.get(reader.SENT_START, ())
        if len(starts) < 2 or not any(starts[1:]):
            return ()
        firsts = [0, *(n for n, v in enumerate(starts) if n and 0 < v < _SIGN_BIT)]
        ends = [*firsts[1:], len(self.tokens)]
        return tuple((self.tokens[a].start, self.tokens[b - 1].end) for a, b in zip(firsts, ends, strict=True))

    def _user_data(self) -> dict[str, Any]:
        """Return the user data that has names; of an extension attribute of the Doc its value."""
        found = reader.unpack_msgpack(self.packed.user_data, self.where) if self.packed.user_data else {}
        named = {_user_data_name(k): v for k, v in found.items()} if isinstance(found, dict) else {}
        return span_fields.storable_fields({k: v for k, v in named.items() if k})


def _tags_of_types(types: Sequence[int]) -> list[int]:
    """Return the tags by which neighbours of one type are one entity."""
    before = (0, *types)
    return [(_INSIDE if type_ == before[n] else _BEGIN) if type_ else _OUTSIDE for n, type_ in enumerate(types)]


def _as_lists(value: Any) -> Any:
    """Return a value with lists where msgpack's reader has tuples."""
    if isinstance(value, dict):
        return {k: _as_lists(v) for k, v in value.items()}
    return [_as_lists(v) for v in value] if isinstance(value, tuple | list) else value


def _user_data_name(key: Any) -> str:
    """Return the name of a piece of user data; empty for those of spans and tokens."""
    if isinstance(key, tuple) and len(key) == 4 and key[0] == "._." and key[2] is None:
        key = key[1]
    return key if isinstance(key, str) else ""


__all__ = ["detect", "read"]
