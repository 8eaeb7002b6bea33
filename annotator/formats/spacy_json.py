"""spaCy's JSON: the paragraphs of version 2, its training tuples, and what ``Doc.to_json`` returns.

- ``[{"paragraphs": [{"raw", "sentences": [{"tokens": [{"orth", "ner"}]}]}]}]``, tags in BILUO or IOB
- ``[text, {"entities": [[start, end, label]]}]``, in a JSON list, one a line, or under ``annotations``
- ``{"text", "ents", "sents", "tokens", "spans": {key: […]}}``
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from msgspec import Struct

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span, reading_order
from annotator.core.tokens import Token
from annotator.formats import format_writing, span_fields
from annotator.formats.carried_metadata import record_lost_fields, record_lost_metadata
from annotator.formats.document import ConversionLog, Document
from annotator.formats.import_source import FileSample, ImportSource
from annotator.formats.json_records import may_hold_json
from annotator.formats.offset_units import CODE_POINTS, INCLUSIVE, UTF16, OffsetUnit, refuse_requested_unit
from annotator.formats.span_alignment import find_words, merge_span_sets, spelling_tokens, unreviewed_ranges
from annotator.formats.tag_schemes import OUTSIDE_TAG, ParsedTag, parse_tag, tag_chunks

MISSING_TAG = "-"


def parse_spacy_tag(tag: str) -> ParsedTag:
    """Return a tag of BILUO or IOB as leniently as spaCy reads it: without a mark it is a label that goes on."""
    mark, dash, label = tag.partition("-")
    if dash and mark in set("BILUES"):
        return parse_tag(tag) if label else OUTSIDE_TAG
    return OUTSIDE_TAG if tag in {"O", MISSING_TAG, ""} else ParsedTag("I", tag)


# From spaCy's JSON to documents.


TUPLE_UNITS = (CODE_POINTS, UTF16, INCLUSIVE)
"""What tuples may count; they are made by all kinds of tools."""

RAW_TEXT_DIFFERS = "paragraphs whose tokens do not spell their `raw` text, which was built from the tokens instead: {n}"
UNTAGGED_TOKENS = "tokens whose tag is missing, in texts that have other tags: {n}"
WORD_PROPERTIES = "texts that also have tags, heads or other properties of their words, which are not read: {n}"
OPEN_SPACY_TEXTS = "texts without any tags or entities, which the file leaves open: {n}"

_EXPORT_FROM_SPACY = "export the file from spaCy again"
_objects = partial(span_fields.object_list, do=_EXPORT_FROM_SPACY)
_TUPLE_KEYS = {"entities", "cats", "links", "spans"}
_WORD_KEYS = frozenset({"tags", "pos", "morphs", "lemmas", "heads", "deps", "sent_starts"})


def detect(sample: FileSample) -> str:
    """Return what of a file is spaCy's JSON, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold_json(sample.names):
        return ""
    text = sample.text.lstrip()
    if text.startswith("{") and '"annotations"' in text and '"entities"' in text and not sample.json_values(1):
        rest = "".join(text[text.find('"annotations"') :].split())
        return "it has `annotations` with [text, {…}]" if rest.startswith('"annotations":[["') else ""
    if text.startswith("[") and '"paragraphs"' in text and not sample.json_values(1):
        return "its records have `paragraphs`" if '"sentences"' in text else ""
    found = sample.json_values()
    records = [found] if _is_tuple(found) else found  # a list of one pair is that pair
    return next((why for why in map(_detect_value, records) if why), "")


def _detect_value(value: Any) -> str:
    if _is_tuple(value):
        return "its records are [text, {“entities”: …}]"
    if not isinstance(value, dict):
        return ""
    paragraphs = value.get("paragraphs")
    parts = paragraphs if isinstance(paragraphs, list) else []
    if any(isinstance(p, dict) and p.keys() & {"sentences", "entities"} for p in parts):
        return "its records have `paragraphs`"
    if isinstance(value.get("annotations"), list) and any(map(_is_tuple, value["annotations"])):
        return "it has `annotations` with [text, {…}]"
    ents, tokens = value.get("ents"), value.get("tokens")
    is_doc = isinstance(value.get("text"), str) and isinstance(ents, list) and isinstance(tokens, list)
    return "its records have `text`, `ents` and `tokens`" if is_doc else ""


def _is_tuple(value: Any) -> bool:
    two = isinstance(value, list) and len(value) == 2
    return two and isinstance(value[0], str) and isinstance(value[1], dict) and bool(_TUPLE_KEYS & value[1].keys())


def read(source: ImportSource, log: ConversionLog) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with its place, for what is none of spaCy's."""
    unit, records = span_fields.read_records_with_unit(source, _quoted_texts, TUPLE_UNITS, log)
    reader = _SpacyJsonReader(log, unit)
    for where, value in records:
        yield from reader.documents(value, where)
    log.add_counted_notes()


def _quoted_texts(value: Any) -> Iterator[span_fields.QuotedText]:
    found = value.get("annotations") if isinstance(value, dict) else [value]
    for text, info in (x for x in (found if isinstance(found, list) else []) if isinstance(x, list) and len(x) == 2):
        if isinstance(text, str) and isinstance(info, dict) and isinstance(info.get("entities"), list):
            yield (
                text,
                list(
                    span_fields.quoted_ranges((raw, raw.quote) for raw in map(span_fields.raw_span, info["entities"]))
                ),
            )


class _SpacyJsonReader(Struct):
    log: ConversionLog
    unit: OffsetUnit

    def documents(self, value: Any, where: str) -> Iterator[Document]:
        """Yield the documents of one record, whatever its kind."""
        if value is None:
            self.log.count_note("empty records passed over: {n}")
        elif isinstance(value, dict) and "paragraphs" in value:
            for n, paragraph in enumerate(_objects(value, "paragraphs", where), 1):
                yield self._paragraph(paragraph, span_fields.name_of(value.get("id")), f"{where}, paragraph {n}")
        elif isinstance(value, dict) and isinstance(value.get("annotations"), list):
            for n, item in enumerate(value["annotations"], 1):
                yield from self.documents(item, f"{where}, text {n}")
        elif isinstance(value, dict) and isinstance(value.get("text"), str) and "ents" in value:
            yield self._doc(value, where)
        else:
            yield self._pair(value, where)

    def _pair(self, value: Any, where: str) -> Document:
        pair = value if isinstance(value, list) and len(value) == 2 else (None, None)
        text, info = pair
        if not isinstance(text, str) or not isinstance(info, dict):
            raise SourceError("the record is no [text, {“entities”: …}]", where=where, do=_EXPORT_FROM_SPACY)
        found = info.get("entities")
        if found is not None and not isinstance(found, list):
            raise SourceError("`entities` must be a list", where=where, do=_EXPORT_FROM_SPACY)
        self.log.count_note(OPEN_SPACY_TEXTS, found is None)
        self._record_categories(info, where)
        self._record_links(info.get("links"), where)
        self.log.count_note(WORD_PROPERTIES, bool(info.keys() & _WORD_KEYS))
        spans = span_fields.convert_spans(map(span_fields.raw_span, found or ()), text, where, self.log, self.unit)
        groups = self._groups(info.get("spans"), text, where)
        spans = merge_span_sets([("entities", spans), *groups], text, where, self.log)
        answer = Answer.ACCEPT if found is not None else None
        return Document(text, spans, answer=answer, where=where)

    def _record_categories(self, record: dict[str, Any], where: str) -> None:
        found = record.get("cats")
        span_fields.record_unsupported(list(found) if isinstance(found, dict) else [], "text label", where, self.log)

    def _record_links(self, found: Any, where: str) -> None:
        """List the knowledge base's ids of entities, by their offsets."""
        targets = (ids for ids in (found.values() if isinstance(found, dict) else ()) if isinstance(ids, dict))
        names = [key for ids in targets for key, score in ids.items() if score]
        span_fields.record_unsupported(names, "link", where, self.log)

    def _spans(self, items: Iterable[Any], text: str, where: str) -> tuple[Span, ...]:
        return span_fields.convert_spans(map(span_fields.raw_span, items), text, where, self.log)

    def _groups(self, found: Any, text: str, where: str) -> list[tuple[str, tuple[Span, ...]]]:
        groups = found.items() if isinstance(found, dict) else ()
        lists = {key: items for key, items in groups if isinstance(items, list)}
        objects = (item for items in lists.values() for item in items if isinstance(item, dict))
        links = [span_fields.name_of(item.get("kb_id")) for item in objects if item.get("kb_id")]
        span_fields.record_unsupported(links, "link", where, self.log)
        return [(key, self._spans(items, text, where)) for key, items in lists.items()]

    def _doc(self, value: dict[str, Any], where: str) -> Document:
        text: str = value["text"]
        ents = self._spans(_objects(value, "ents", where), text, where)
        views = [("ents", ents), *self._groups(value.get("spans"), text, where)]
        self._record_categories(value, where)
        places = _ranges_of(_objects(value, "tokens", where), len(text))
        return Document(
            text,
            merge_span_sets(views, text, where, self.log),
            tokens=spelling_tokens(text, places),
            sentences=tuple(_ranges_of(_objects(value, "sents", where), len(text))),
            meta=span_fields.storable_fields(value.get("_")),
            where=where,
        )

    def _paragraph(self, paragraph: dict[str, Any], id_: str, where: str) -> Document:
        refuse_requested_unit("tokens with tags", where)
        sentences = [_objects(s, "tokens", where) for s in _objects(paragraph, "sentences", where)]
        words = [[_token_word(t, where) for t in sentence] for sentence in sentences]
        text, tokens, every = self._text(paragraph, words)
        sizes = [len(sentence) for sentence in words]
        ends = accumulate(sizes)
        given = [t.get("ner") for sentence in sentences for t in sentence]
        tags = [tag if isinstance(tag, str) else MISSING_TAG for tag in given]
        chunks = tag_chunks([parse_spacy_tag(tag) for tag in tags])
        raw_spans = (span_fields.RawSpan(every[c.first].start, every[c.last - 1].end, c.label) for c in chunks)
        categories = [span_fields.first_string(c, "label") for c in _objects(paragraph, "cats", where)]
        span_fields.record_unsupported(categories, "text label", where, self.log)
        spans = span_fields.convert_spans(raw_spans, text, where, self.log)
        spans += self._untagged(paragraph.get("entities"), spans, text, where)
        missing = tags.count(MISSING_TAG)
        nothing = missing == len(tags) and not spans
        self.log.count_note(OPEN_SPACY_TEXTS, nothing)
        self.log.count_note(UNTAGGED_TOKENS, missing if missing < len(tags) else 0)
        open_ = unreviewed_ranges(text, every, [tag == MISSING_TAG for tag in tags], spans)
        return Document(
            text,
            spans,
            tokens=tokens,
            sentences=tuple((every[b - n].start, every[b - 1].end) for n, b in zip(sizes, ends, strict=True) if n),
            answer=None if nothing else Answer.ACCEPT,
            id=id_,
            open=tuple(open_),
            where=where,
        )

    def _untagged(self, found: Any, tagged: Sequence[Span], text: str, where: str) -> tuple[Span, ...]:
        """Return the entities that the tags don't have already: spaCy writes both."""
        there = {span.key for span in tagged}
        whole, name = span_fields.offset_number, span_fields.name_of
        raws = map(span_fields.raw_span, found if isinstance(found, list) else ())
        left = (r for r in raws if (whole(r.start), whole(r.end), name(r.label)) not in there)
        return span_fields.convert_spans(left, text, where, self.log)

    def _text(self, paragraph: dict[str, Any], words: list[list[str]]) -> tuple[str, tuple[Token, ...], list[Token]]:
        """Return the text, its tokens, and those of them that the file has."""
        flat = [w for sentence in words for w in sentence]
        raw = paragraph.get("raw")
        found = find_words(raw, flat) if isinstance(raw, str) else None
        if found is None or not isinstance(raw, str):
            self.log.count_note(RAW_TEXT_DIFFERS, isinstance(raw, str) and bool(flat))
            raw = " ".join(flat) if flat or not isinstance(raw, str) else raw
            found = find_words(raw, flat) or []
        return raw, spelling_tokens(raw, found), [Token(raw[a:b], a, b, ws=False) for a, b in found]


def _token_word(token: dict[str, Any], where: str) -> str:
    word = token.get("orth", token.get("text"))
    if not isinstance(word, str) or not word:
        raise SourceError("a token has no `orth`", where=where, do=_EXPORT_FROM_SPACY)
    return word


def _ranges_of(found: list[dict[str, Any]], size: int) -> list[tuple[int, int]]:
    """Return the ranges of objects; none where one is outside of the text."""
    places = [(span_fields.whole_number(x.get("start")), span_fields.whole_number(x.get("end"))) for x in found]
    whole = [(a, b) for a, b in places if a is not None and b is not None and 0 <= a < b <= size]
    return whole if len(whole) == len(places) else []


# From documents to spaCy's training tuples, one a line: ``[text, {"entities": [[start, end, label]]}]``.
#
# spaCy's entities cannot overlap: of two that do the longer one stays, the other is listed.


ENTITIES_OVERLAP = "entities of spaCy cannot overlap"


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write ``annotations.jsonl`` to the folder ``out``; what the tuples cannot hold is listed."""
    return format_writing.write_json_lines(out / "annotations.jsonl", (_training_tuple(d, log) for d in documents))


def _training_tuple(document: Document, log: ConversionLog) -> tuple[str, dict[str, list[tuple[int, int, str]]]]:
    format_writing.record_unsupported_fields(document, "spaCy's JSON", log, has_notes=False)
    record_lost_fields(document, "spaCy's JSON", log, "id", "title", "annotator")
    record_lost_metadata(document, "spaCy's JSON", log)
    kept = format_writing.supported_spans(document, document.spans, log, why_overlapped=ENTITIES_OVERLAP)
    return document.text, {"entities": [s.key for s in reading_order(kept)]}
