"""From spaCy's JSON to documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats.align import tiled
from annotator.formats.document import Account, Document
from annotator.formats.evidence import Evidence, quoted_of, unit_of
from annotator.formats.fields import Raw, Tally, name, objects, offset, plain, spans_of, string, things
from annotator.formats.rows import differing, files_of, may_hold, rows
from annotator.formats.sample import Sample
from annotator.formats.source import Source
from annotator.formats.spacy_json.tags import MISSING, runs
from annotator.formats.units import CODE_POINTS, INCLUSIVE, UTF16, Unit, refuse_said
from annotator.formats.views import merged, unreviewed

ALLOWED = (CODE_POINTS, UTF16, INCLUSIVE)
"""What tuples may count; they are made by all kinds of tools."""

TEXT_LABEL = "a label for the whole text has no place here"
RAW = "paragraphs whose tokens do not spell their `raw` text, which was built from the tokens instead: {n}"
UNTAGGED = "tokens whose tag is missing, in texts that have other tags: {n}"
OPEN = "texts without any tags or entities, which the file leaves open: {n}"
NULL = "empty records passed over: {n}"

_DO = "export the file from spaCy again"
_TUPLES = {"entities", "cats", "links", "spans"}


def looks(sample: Sample) -> str:
    """Return what of a file is spaCy's JSON, empty where nothing is."""
    if (sample.is_folder or sample.is_zip) and not may_hold(sample.names):
        return ""
    text = sample.text.lstrip()
    if text.startswith("{") and '"annotations"' in text and '"entities"' in text and not sample.json_values(1):
        return _looks_wrapped(text)
    if text.startswith("[") and '"paragraphs"' in text and not sample.json_values(1):
        return "its records have `paragraphs`" if '"sentences"' in text else ""
    return next((why for why in map(_looks, _values(sample)) if why), "")


def _looks_wrapped(text: str) -> str:
    """Return why an object that is longer than the sample is one of tuples."""
    begins = text.find('"annotations"')
    rest = "".join(text[begins:].split())
    return "it has `annotations` with [text, {…}]" if rest.startswith('"annotations":[["') else ""


def _values(sample: Sample) -> list[Any]:
    """Return the records of the sample; a list of one pair is that pair."""
    found = sample.json_values()
    return [found] if _is_pair(found) else found


def _looks(value: Any) -> str:
    if _is_pair(value):
        return "its records are [text, {“entities”: …}]"
    if not isinstance(value, dict):
        return ""
    paragraphs = value.get("paragraphs")
    parts = paragraphs if isinstance(paragraphs, list) else []
    if any(isinstance(p, dict) and p.keys() & {"sentences", "entities"} for p in parts):
        return "its records have `paragraphs`"
    if isinstance(value.get("annotations"), list) and any(map(_is_pair, value["annotations"])):
        return "it has `annotations` with [text, {…}]"
    ents, tokens = value.get("ents"), value.get("tokens")
    is_doc = isinstance(value.get("text"), str) and isinstance(ents, list) and isinstance(tokens, list)
    return "its records have `text`, `ents` and `tokens`" if is_doc else ""


def _is_pair(value: Any) -> bool:
    two = isinstance(value, list) and len(value) == 2
    return (
        two and isinstance(value[0], str) and isinstance(value[1], dict) and bool(_TUPLES & value[1].keys())
    )


def read(source: Source, log: Account) -> Iterator[Document]:
    """Yield the documents of a file; raises SourceError, with its place, for what is none of spaCy's."""
    files = files_of(source)
    found = chain.from_iterable(differing(f, every=True) for f in files)
    unit = unit_of(found, _evidence, ALLOWED, source.name, log)
    reader = _Reader(log, unit)
    for where, value in chain.from_iterable(rows(f, log) for f in files):
        yield from reader.documents(value, where)
    reader.tally.add_notes(log)


def _pairs(value: Any) -> Iterator[list[Any]]:
    """Yield the tuples of a record: itself, or those under ``annotations``."""
    found = value.get("annotations") if isinstance(value, dict) else [value]
    yield from (x for x in (found if isinstance(found, list) else []) if isinstance(x, list) and len(x) == 2)


def _evidence(value: Any) -> Iterator[Evidence]:
    for text, said in _pairs(value):
        if isinstance(text, str) and isinstance(said, dict) and isinstance(said.get("entities"), list):
            yield text, list(quoted_of((_raw(x), None) for x in said["entities"]))


def _raw(item: Any) -> Raw:
    if isinstance(item, dict):
        start, end = item.get("start"), item.get("end")
        return Raw(start, end, item.get("label"), id=name(item.get("id")))
    start, end, label = (*item, None, None, None)[:3] if isinstance(item, list) else (None, None, None)
    return Raw(start, end, label)


@dataclass(slots=True)
class _Reader:
    log: Account
    unit: Unit
    tally: Tally = field(default_factory=Tally)

    def documents(self, value: Any, where: str) -> Iterator[Document]:
        """Yield the documents of one record, whatever its kind."""
        if value is None:
            self.tally.add(NULL)
        elif isinstance(value, dict) and "paragraphs" in value:
            for n, paragraph in enumerate(objects(value, "paragraphs", where, _DO), 1):
                yield self._paragraph(paragraph, name(value.get("id")), f"{where}, paragraph {n}")
        elif isinstance(value, dict) and isinstance(value.get("annotations"), list):
            for n, item in enumerate(value["annotations"], 1):
                yield from self.documents(item, f"{where}, text {n}")
        elif isinstance(value, dict) and isinstance(value.get("text"), str) and "ents" in value:
            yield self._doc(value, where)
        else:
            yield self._pair(value, where)

    def _pair(self, value: Any, where: str) -> Document:
        pair = value if isinstance(value, list) and len(value) == 2 else (None, None)
        text, said = pair
        if not isinstance(text, str) or not isinstance(said, dict):
            raise SourceError("the record is no [text, {“entities”: …}]", where=where, do=_DO)
        found = said.get("entities")
        if found is not None and not isinstance(found, list):
            raise SourceError("`entities` must be a list", where=where, do=_DO)
        self.tally.add(OPEN, found is None)
        cats = said.get("cats")
        things(list(cats) if isinstance(cats, dict) else [], "text label", TEXT_LABEL, where, self.log)
        spans = spans_of(map(_raw, found or ()), text, where, self.log, self.unit)
        groups = self._groups(said.get("spans"), text, where)
        spans = merged([("entities", spans), *groups], text, where, self.log)
        answer = Answer.ACCEPT if found is not None else None
        return Document(text, spans, answer=answer, where=where)

    def _groups(self, found: Any, text: str, where: str) -> list[tuple[str, tuple[Span, ...]]]:
        groups = found if isinstance(found, dict) else {}
        return [
            (key, spans_of(map(_raw, items), text, where, self.log))
            for key, items in groups.items()
            if isinstance(items, list)
        ]

    def _doc(self, value: dict[str, Any], where: str) -> Document:
        text: str = value["text"]
        ents = spans_of(map(_raw, objects(value, "ents", where, _DO)), text, where, self.log)
        views = [("ents", ents), *self._groups(value.get("spans"), text, where)]
        cats = value.get("cats")
        things(list(cats) if isinstance(cats, dict) else [], "text label", TEXT_LABEL, where, self.log)
        places = _places(objects(value, "tokens", where, _DO), len(text))
        words = [Token(text[a:b], a, b, ws=False) for a, b in places]
        return Document(
            text,
            merged(views, text, where, self.log),
            tokens=tiled(text, words, 0, len(text)) or (),
            sentences=tuple(_places(objects(value, "sents", where, _DO), len(text))),
            meta=plain(value.get("_")),
            where=where,
        )

    def _paragraph(self, paragraph: dict[str, Any], id_: str, where: str) -> Document:
        refuse_said("tokens with tags", where)
        sentences = [objects(s, "tokens", where, _DO) for s in objects(paragraph, "sentences", where, _DO)]
        words = [[_word(t, where) for t in sentence] for sentence in sentences]
        text, tokens, every = self._text(paragraph, words)
        tags = [_tag(t) for sentence in sentences for t in sentence]
        found = list(runs(tags))
        raw_spans = (Raw(every[a].start, every[b - 1].end, label) for a, b, label in found)
        cats = objects(paragraph, "cats", where, _DO)
        things([string(c, "label") for c in cats], "text label", TEXT_LABEL, where, self.log)
        spans = spans_of(raw_spans, text, where, self.log)
        spans += self._untagged(paragraph.get("entities"), spans, text, where)
        missing = tags.count(MISSING)
        nothing = missing == len(tags) and not spans
        self.tally.add(OPEN, nothing)
        self.tally.add(UNTAGGED, missing if missing < len(tags) else 0)
        open_ = unreviewed(text, every, [tag == MISSING for tag in tags], spans)
        return Document(
            text,
            spans,
            tokens=tokens,
            sentences=_sentences(every, [len(s) for s in words]),
            answer=None if nothing else Answer.ACCEPT,
            id=id_,
            open=tuple(open_),
            where=where,
        )

    def _untagged(self, found: Any, tagged: Sequence[Span], text: str, where: str) -> tuple[Span, ...]:
        """Return the entities that the tags don't tell already: spaCy writes both."""
        there = {span.key for span in tagged}
        raw_spans = map(_raw, found if isinstance(found, list) else ())
        left = (r for r in raw_spans if (offset(r.start), offset(r.end), name(r.label)) not in there)
        return spans_of(left, text, where, self.log)

    def _text(
        self, paragraph: dict[str, Any], words: list[list[str]]
    ) -> tuple[str, tuple[Token, ...], list[Token]]:
        """Return the text, its tokens, and those of them that the file has."""
        flat = [w for sentence in words for w in sentence]
        raw = paragraph.get("raw")
        found = _found(raw, flat) if isinstance(raw, str) else None
        if found is None or not isinstance(raw, str):
            self.tally.add(RAW, isinstance(raw, str) and bool(flat))
            raw = " ".join(flat) if flat or not isinstance(raw, str) else raw
            found = _found(raw, flat) or []
        return raw, tiled(raw, found, 0, len(raw)) or (), found


def _word(token: dict[str, Any], where: str) -> str:
    word = token.get("orth", token.get("text"))
    if not isinstance(word, str) or not word:
        raise SourceError("a token has no `orth`", where=where, do=_DO)
    return word


def _tag(token: dict[str, Any]) -> str:
    tag = token.get("ner", MISSING)
    return tag if isinstance(tag, str) else MISSING


def _found(text: str, words: list[str]) -> list[Token] | None:
    """Return the words as tokens of the text, blanks alone between them; None where they are not so."""
    out: list[Token] = []
    at = 0
    for word in words:
        start = text.find(word, at)
        if start < 0 or text[at:start].strip():
            return None
        at = start + len(word)
        out.append(Token(word, start, at, ws=False))
    return None if text[at:].strip() else out


def _sentences(tokens: list[Token], sizes: list[int]) -> tuple[tuple[int, int], ...]:
    out, at = [], 0
    for size in (s for s in sizes if s):
        out.append((tokens[at].start, tokens[at + size - 1].end))
        at += size
    return tuple(out)


def _places(found: list[dict[str, Any]], size: int) -> list[tuple[int, int]]:
    """Return the ranges of objects; none where one lies outside of the text."""
    places = [(offset(x.get("start")), offset(x.get("end"))) for x in found]
    whole = [(a, b) for a, b in places if a is not None and b is not None and 0 <= a < b <= size]
    return whole if len(whole) == len(places) else []
