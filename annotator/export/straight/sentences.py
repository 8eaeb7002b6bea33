"""Sentence Docs from checked records, with the fates of their spans, as fast as Python can.

What ``fates.fates`` decides is decided here for the usual case alone: known labels on token edges,
without white space there, each place and label once, in reading order. A sentence with anything
else goes the long way through the values of core; tests hold that both ways come to the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from annotator.core.annotation import Work
from annotator.core.article import Article
from annotator.core.schema import Schema
from annotator.export import ledger
from annotator.export.fates import OVERLAP, Fate, What, fates
from annotator.export.layout import USER_DATA, Origin, about
from annotator.export.layout import wrong as known_wrong
from annotator.export.packed import Packed
from annotator.export.pieces import Piece
from annotator.export.straight import msgpack
from annotator.export.straight.columns import Attrs, Mark
from annotator.export.straight.norms import norms
from annotator.export.straight.payload import Bin, Group
from annotator.export.straight.rows import Labelled, Row, Word, work_of
from annotator.export.values import ExportOptions, Item
from annotator.export.wrong import INCORRECT, wrong_spans

_KEPT = (What.KEPT, "")
_DEMOTED = (What.DEMOTED, OVERLAP)
_NOBODY: Mapping[int, Sequence[Work]] = MappingProxyType({})
_SPANS: tuple[str, ...] = ("spans",)
_BOTH: tuple[str, ...] = ("ents", "spans")
Said = tuple[str, str, str, tuple[str, ...]]
"""What became of a span, why, the id of the one it lost to, and where it stands in the Doc."""
Found = tuple[str, int, int, int, int]
"""A span: label, first token, the one after the last, first code point, the one after the last."""


class About(NamedTuple):
    """What is told of an article."""

    id: str
    title: str = ""
    packed: bytes = b""
    """``packed_about`` of it, where user data are stored."""


class Place(NamedTuple):
    """Where a sentence stands, in code points of the article's text, and who left it so."""

    article: About
    start: int
    end: int
    annotator: str
    seq: int


@dataclass(slots=True)
class Run:
    """Sentences that follow each other in the export: the first one's number, and their ledger's bytes."""

    first: int
    end: int
    exceptions: int = 0
    kept: int = 0


@dataclass(slots=True)
class Sentences:
    """One DocBin of sentences while it grows, with what the ledger tells of them."""

    schema: Schema
    options: ExportOptions
    part: str
    many: bool = False
    """Whether there will be so many that numpy is worth its loading."""
    packed: Packed = field(default_factory=Packed)
    fates: Counter[tuple[What, str]] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    exceptions: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    """The ledger's lines. (Buffers, here and in the bin: a million small objects slow all others down.)"""
    runs: list[Run] = field(default_factory=list)
    bin: Bin = field(init=False)
    _counted: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Spans that went the short way, entities among them, and demoted ones."""
    _lengths: dict[str, list[int]] = field(init=False)
    _ents_by: dict[str, int] = field(init=False)
    _ranks: dict[str, int] = field(init=False)
    _flat: frozenset[str] = field(init=False)
    _full: bool = field(init=False)
    _own: bool = field(init=False)

    def __post_init__(self) -> None:
        attrs = Attrs(self.options.attrs)
        full = attrs is Attrs.FULL
        self.bin = Bin(attrs, norms(self.options.lang) if full else None, bounded=not full, many=self.many)
        self._ranks = {x.name: n for n, x in enumerate(self.schema.labels)}
        self._lengths = {x: [] for x in self._ranks}
        self._ents_by = dict.fromkeys(self._ranks, 0)
        self._flat = frozenset(x.name for x in self.schema.labels if x.target == "ents")
        self._full = self.options.ledger == "full"
        self._own = attrs is Attrs.OWN

    def extend(
        self,
        numbers: Sequence[int],
        rows: Sequence[Row],
        place: Callable[[int], Place],
        beside: Mapping[int, Sequence[Work]] = _NOBODY,
    ) -> None:
        """Add sentences by their numbers in the export; ``place`` tells of each where it stands.

        ``beside`` tells, by place among the rows, what other annotators said of a sentence, where
        suggestions were turned down. One step after the other for all: so each runs fastest.
        """
        every = [row.tokens for row in rows]
        words = [t.text for tokens in every for t in tokens]
        spaces = bytes([t.ws for tokens in every for t in tokens])
        sizes = [len(tokens) for tokens in every]
        quick = [self._quick(row.spans, row.tokens, row.rejected) for row in rows]
        key = self.options.spans_key
        ents: list[list[Mark]] = []
        groups: list[list[tuple[str, Group]]] = []
        for n, (number, found, row) in enumerate(zip(numbers, quick, rows, strict=True)):
            self._go_to(number)
            if found is None or n in beside:
                marks, each = self._slow(row, place(n), beside.get(n, ()))
            else:
                marks, each = self._ents(*found, row, place, n), [(key, found[0])]
            ents.append(marks)
            groups.append(each)
        data = [_user_data(place(n), size) for n, size in enumerate(sizes)] if self._own else []
        self.bin.extend(words, spaces, sizes, ents, groups, data)
        self.packed.docs += len(rows)
        self.packed.tokens += len(words)

    def _go_to(self, number: int) -> None:
        """Take the next sentence; where it does not follow the last one, a run of others begins."""
        run = self.runs[-1] if self.runs else None
        if run is None or run.end != number:
            run = Run(number, number)
            self.runs.append(run)
        run.end = number + 1

    def _quick(
        self, spans: Sequence[Labelled], tokens: Sequence[Word], rejected: Sequence[Labelled]
    ) -> tuple[list[Found], list[Found], bool] | None:
        """Return the spans by token, those for ``doc.ents``, and whether any of these overlap.

        None where the sentence has to go the long way.
        """
        if rejected:
            return None
        found: list[Found] = []
        rivals: list[Found] = []
        crossing = False
        ranks, flat, most = self._ranks, self._flat, len(tokens)
        at = before = 0
        before_end, before_label = most << 32, ""
        for span in spans:
            start, end, label = span.start, span.end, span.label
            first, last = span.token_start, span.token_end
            if first is None or last is None or not 0 <= first <= last < most or label not in ranks:
                return None
            a, b = tokens[first], tokens[last]
            if a.start != start or b.end != end or a.text.isspace() or b.text.isspace():
                return None
            if start <= before and (start, -end, label) <= (before, -before_end, before_label):
                return None
            before, before_end, before_label = start, end, label
            here = (label, first, last + 1, start, end)
            found.append(here)
            if label in flat:
                rivals.append(here)
                crossing = crossing or first < at
                at = max(at, last + 1)
        return found, rivals, crossing

    def _ents(
        self,
        found: list[Found],
        rivals: list[Found],
        crossing: bool,
        row: Row,
        place: Callable[[int], Place],
        n: int,
    ) -> list[Mark]:
        """Return the entities of a sentence, counted; tell the ledger of spans that lose to longer ones."""
        losers: dict[Found, Found] = {}
        if crossing:
            rivals, losers = self._contest(rivals)
        if losers or self._full:
            self._tell(found, losers, row, place(n))
        lengths, flat, counted = self._lengths, self._ents_by, self._counted
        for label, first, end, _, _ in found:
            lengths[label].append(end - first)
        ents = []
        for label, first, end, _, _ in rivals:
            flat[label] += 1
            ents.append((first, end, label))
        counted[0] += len(found)
        counted[1] += len(ents)
        counted[2] += len(losers)
        return ents

    def _contest(self, rivals: list[Found]) -> tuple[list[Found], dict[Found, Found]]:
        """Return the longest of the spans that overlap, and the others with what they lost to."""
        winners: list[Found] = []
        """In text order: they don't overlap."""
        losers: dict[Found, Found] = {}
        ranks = self._ranks
        for f in sorted(rivals, key=lambda f: (f[1] - f[2], f[1], ranks[f[0]])):
            _, first, end, _, _ = f
            at = bisect_right(winners, first, key=_first)
            if at and winners[at - 1][2] > first:
                losers[f] = winners[at - 1]
            elif at < len(winners) and winners[at][1] < end:
                losers[f] = winners[at]
            else:
                winners.insert(at, f)
        return winners, losers

    def finish(self) -> None:
        """Add up what was counted sentence by sentence; to be called once, at the end."""
        found, ents, lost = self._counted
        for label, lengths in self._lengths.items():
            if lengths:
                self.packed.lengths.setdefault(label, []).extend(lengths)
                self.packed.spans[label] += len(lengths)
        self.packed.ents.update({label: n for label, n in self._ents_by.items() if n})
        self.packed.sentences = self.packed.docs
        self.placed.update({"ents": ents, "spans": found})
        self.fates.update({key: n for key, n in ((_KEPT, found - lost), (_DEMOTED, lost)) if n})

    def _tell(self, found: list[Found], losers: dict[Found, Found], row: Row, place: Place) -> None:
        """Write the lines of demoted spans, and of kept ones where all are to be listed."""
        of = f"{place.article.id}:{place.start}-{place.end}:"
        for f in found:
            label, _, _, start, end = f
            if f in losers:
                won = losers[f]
                said = ("demoted", OVERLAP, f"{of}{won[3]}-{won[4]}:{won[0]}", _SPANS)
                line = self._line(f"{of}{start}-{end}:{label}", said, row, place, start, end)
                self.exceptions += line
                self.runs[-1].exceptions += len(line)
            elif self._full:
                said = ("kept", "", "", _BOTH if label in self._flat else _SPANS)
                line = self._line(f"{of}{start}-{end}:{label}", said, row, place, start, end)
                self.kept += line
                self.runs[-1].kept += len(line)

    def _line(self, id_: str, said: Said, row: Row, place: Place, start: int, end: int) -> bytes:
        about = place.article
        base, who, seq = place.start, place.annotator, place.seq
        where = ledger.Where(about.id, about.title, base + start, base + end, who, seq)
        return ledger.line(id_, said, self.part, row.text[start:end], where)

    def _list(self, fate: Fate, row: Row, place: Place) -> None:
        """Write the line of a span that went the long way."""
        span = fate.span
        id_ = f"{place.article.id}:{place.start}-{place.end}:{span.start}-{span.end}:{span.label}"
        said = (fate.what.value, fate.why, fate.by, fate.kept_in)
        line = self._line(id_, said, row, place, span.start, span.end)
        if fate.what is not What.KEPT:
            self.exceptions += line
            self.runs[-1].exceptions += len(line)
        elif self._full:
            self.kept += line
            self.runs[-1].kept += len(line)

    def _slow(
        self, row: Row, place: Place, beside: Sequence[Work]
    ) -> tuple[list[Mark], list[tuple[str, Group]]]:
        """Return entities and span groups as ``fates`` and ``wrong`` have them, counted and told."""
        work = work_of(row, place.article.id, place.start, place.end)
        every = fates(work, self.schema)
        for fate in every:
            self.fates[fate.what, fate.why] += 1
            self.placed.update(fate.kept_in)
            self._list(fate, row, place)
        item = Item(work, place.annotator, Article(place.article.id, "", "", "", ()))
        others = [Item(other, "", item.article) for other in beside]
        told = wrong_spans([item, *others], self.schema).get(work.sentence.id, ())
        piece = Piece(work.sentence, item.article, self.part, item, (), every, told)
        wrong = known_wrong((piece,), [0])
        self.packed.count((piece,), 0, len(wrong))
        self.packed.docs -= 1  # counted by whoever adds the Doc
        ents = [(*f.ent, f.span.label) for f in every if f.ent]
        groups = [
            (self.options.spans_key, _group(row, [(*f.tokens, f.span.label) for f in every if f.tokens]))
        ]
        if wrong:
            groups.append((INCORRECT, _group(row, [(*tokens, label) for tokens, label in wrong])))
        return ents, groups


def _group(row: Row, marks: Sequence[Mark]) -> Group:
    tokens = row.tokens
    return [(label, first, end, tokens[first].start, tokens[end - 1].end) for first, end, label in marks]


_first = itemgetter(1)
"""The first token of a span that was found."""


def packed_about(article: Origin) -> bytes:
    """Return what ``user_data`` tells of an article, without the head of the map that it stands in."""
    return b"".join(msgpack.pack(k) + msgpack.pack(v) for k, v in about(article).items())


_DATA_HEAD = msgpack.map_head(1) + msgpack.pack(USER_DATA) + msgpack.map_head(13)
_START, _END, _ANNOTATOR, _SENTENCE, _ID, _FIRST, _LAST, _REVIEWED = (
    msgpack.pack(x)
    for x in ("start", "end", "annotator", "sentence", "id", "token_start", "token_end", "reviewed")
)
_SENTENCES = msgpack.pack("sentences") + msgpack.array_head(1) + msgpack.map_head(7)


def _user_data(place: Place, tokens: int) -> bytes:
    """Return ``layout.user_data`` of one sentence, packed."""
    number = msgpack.number
    id_ = msgpack.text(f"{place.article.id}:{place.start}-{place.end}")
    bounds = _START + number(place.start) + _END + number(place.end)
    who = _ANNOTATOR + msgpack.text(place.annotator)
    return (
        _DATA_HEAD
        + place.article.packed
        + bounds
        + who
        + _SENTENCE
        + id_
        + _SENTENCES
        + _ID
        + id_
        + bounds
        + _FIRST
        + b"\0"
        + _LAST
        + number(tokens)
        + _REVIEWED
        + b"\xc3"
        + who
    )
