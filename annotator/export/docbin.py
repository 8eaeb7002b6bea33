"""Docs from the stored tokens, packed as spaCy's DocBin.

Nothing is tokenised again, so no span can be misaligned. In ``doc.ents`` the tokens of
sentences that nobody has accepted are *missing* (``ent_iob`` 0), not O: spaCy's NER learns
nothing from them. ``doc.spans`` has no such third value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab
from srsly.msgpack import msgpack_decoders, msgpack_encoders

from annotator.core.article import Article
from annotator.core.errors import CorpusError
from annotator.core.tokens import Range, tile
from annotator.export.pieces import Piece, Stretch, gap
from annotator.export.values import PartCounts
from annotator.export.wrong import INCORRECT

USER_DATA = "annotator"
"""The key in ``doc.user_data``; lists in it come back from a DocBin as tuples."""

_ATTRS = ("ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "SENT_START")
"""All that a person has said of a token; tags, heads and lemmas stay unset instead of empty."""


@contextmanager
def known_codecs() -> Iterator[None]:
    """Keep srsly's msgpack from searching the entry points anew for every Doc.

    ``srsly.msgpack`` asks its two registries for their codecs whenever it packs or unpacks, and
    each time ``catalogue`` goes through the metadata of all installed distributions: 513 of the
    550 µs of ``DocBin.add``, and as much on loading. The codecs don't change while a program
    runs, so they are looked up once and the registries answer from that while the block lasts.
    """
    registries = (msgpack_encoders, msgpack_decoders)
    for registry in registries:
        registry.get_all = _always(registry.get_all())
    try:
        yield
    finally:
        for registry in registries:
            del registry.get_all  # the method of the class stands again


def _always(found: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    return lambda: found


@dataclass(slots=True)
class Packed:
    """One DocBin while it grows, and what it holds."""

    bin: DocBin = field(default_factory=lambda: DocBin(attrs=_ATTRS, store_user_data=True))
    docs: int = 0
    sentences: int = 0
    tokens: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    ents: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    """Known-wrong spans."""
    lengths: dict[str, list[int]] = field(default_factory=dict)
    """Token lengths of the spans in ``doc.spans``, by label."""

    def counts(self, labels: Sequence[str]) -> PartCounts:
        """Return what is in it, by label in the schema's order."""
        spans = {x: self.spans[x] for x in labels if self.spans[x]}
        ents = {x: self.ents[x] for x in labels if self.ents[x]}
        return PartCounts(self.docs, self.sentences, self.tokens, spans, ents, self.wrong)


def pack(stretches: Iterable[Stretch], key: str, told: Callable[[int], None] = lambda _: None) -> Packed:
    """Build a Doc of each stretch with its spans under ``key``; ``told`` hears of each one's pieces."""
    vocab = Vocab()  # words are stored as strings: whoever loads the bin brings the language
    packed = Packed()
    for stretch in stretches:
        doc = build(stretch, vocab, key)
        packed.bin.add(doc)
        _count(packed, stretch, doc)
        told(sum(p.reviewed for p in stretch))
    return packed


def build(stretch: Stretch, vocab: Vocab, key: str) -> Doc:
    """Build the Doc of a stretch: words, blanks, sentence starts, entities, spans, user data.

    Raises CorpusError where stored tokens do not spell their sentence.
    """
    words, spaces, starts, firsts = _layout(stretch)
    doc = Doc(vocab, words=words, spaces=spaces, sent_starts=starts)
    doc.spans[key] = [
        Span(doc, first + f.tokens[0], first + f.tokens[1], label=f.span.label)
        for piece, first in zip(stretch, firsts, strict=True)
        for f in piece.fates
        if f.tokens
    ]
    if wrong := _wrong(doc, stretch, firsts):
        doc.spans[INCORRECT] = wrong
    doc.set_ents(_ents(doc, stretch, firsts), missing=_missing(doc, stretch, firsts))
    doc.user_data[USER_DATA] = _user_data(stretch, [*firsts, len(words)])
    return doc


def _layout(stretch: Stretch) -> tuple[list[str], list[bool], list[bool | int | None], list[int]]:
    """Return words, blanks and sentence starts, and the index of each piece's first token."""
    words: list[str] = []
    spaces: list[bool] = []
    starts: list[bool | int | None] = []
    firsts: list[int] = []
    before: Piece | None = None
    for piece in stretch:
        if not tile(piece.sentence.tokens, piece.sentence.text):
            raise CorpusError(
                "the stored tokens do not spell the sentence",
                where=piece.sentence.id,
                do="restore its line in sentences.jsonl or in the journal",
            )
        if before:
            _bridge(gap(before.sentence, piece.sentence, piece.article), words, spaces, starts)
        firsts.append(len(words))
        words += [t.text for t in piece.sentence.tokens]
        spaces += [t.ws for t in piece.sentence.tokens]
        starts += [True] + [False] * (len(piece.sentence.tokens) - 1)
        before = piece
    return words, spaces, starts, firsts


def _bridge(blank: str, words: list[str], spaces: list[bool], starts: list[bool | int | None]) -> None:
    """Keep the white space between two sentences as spaCy does: one blank, the rest a token."""
    spaces[-1] = blank.startswith(" ")
    if rest := blank[spaces[-1] :]:
        words.append(rest)
        spaces.append(False)
        starts.append(False)


def _ents(doc: Doc, stretch: Stretch, firsts: list[int]) -> list[Span]:
    return [
        Span(doc, first + f.ent[0], first + f.ent[1], label=f.span.label)
        for piece, first in zip(stretch, firsts, strict=True)
        for f in piece.fates
        if f.ent
    ]


def _wrong(doc: Doc, stretch: Stretch, firsts: list[int]) -> list[Span]:
    """Return the known-wrong spans; never one that is an entity, which spaCy would refuse."""
    ents = {(s.start, s.end, s.label_) for s in _ents(doc, stretch, firsts)}
    return [
        Span(doc, first + a, first + b, label=label)
        for piece, first in zip(stretch, firsts, strict=True)
        for (a, b), label in piece.wrong
        if (first + a, first + b, label) not in ents
    ]


def _missing(doc: Doc, stretch: Stretch, firsts: list[int]) -> list[Span]:
    """Return the stretches of tokens that nobody has reviewed, white space after them included."""
    ends = [*firsts[1:], len(doc)]
    ranges: list[Range] = [
        (first, end) for p, first, end in zip(stretch, firsts, ends, strict=True) if not p.reviewed
    ]
    return [Span(doc, first, end) for first, end in ranges]


def _user_data(stretch: Stretch, firsts: list[int]) -> dict[str, Any]:
    """Return where a Doc comes from; offsets are code points in the article's text."""
    first, last = stretch[0].sentence, stretch[-1].sentence
    names = sorted({name for p in stretch for name in p.annotators})
    return {
        **_about(stretch[0].article),
        "start": first.start,
        "end": last.end,
        "annotator": ", ".join(names),
        "sentence": first.id if len(stretch) == 1 else "",
        "sentences": [_sentence(p, firsts[n]) for n, p in enumerate(stretch)],
    }


def _about(article: Article) -> dict[str, Any]:
    return {
        "article": article.id,
        "title": article.title,
        "byline": article.byline,
        "dateline": article.dateline,
        "date": article.date,
        "source": article.source,
        "origin": article.origin,
        "meta": {k: v for k, v in sorted(article.meta.items()) if _plain(v)},
    }


def _plain(value: object) -> bool:
    """Whether a value is one that msgpack holds; nested ones and numbers past 64 bits stay behind."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, str | float)


def _sentence(piece: Piece, first: int) -> dict[str, Any]:
    s = piece.sentence
    return {
        "id": s.id,
        "start": s.start,
        "end": s.end,
        "token_start": first,
        "token_end": first + len(s.tokens),
        "reviewed": piece.reviewed,
        "annotator": ", ".join(sorted(piece.annotators)),
    }


def _count(packed: Packed, stretch: Stretch, doc: Doc) -> None:
    packed.docs += 1
    packed.tokens += len(doc)
    packed.sentences += sum(p.reviewed for p in stretch)
    packed.wrong += len(doc.spans.get(INCORRECT, ()))
    for fate in (f for p in stretch for f in p.fates):
        packed.ents[fate.span.label] += fate.ent is not None
        if fate.tokens:
            packed.spans[fate.span.label] += 1
            packed.lengths.setdefault(fate.span.label, []).append(fate.tokens[1] - fate.tokens[0])
