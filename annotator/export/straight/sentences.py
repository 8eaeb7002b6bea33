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
    use_numpy: bool = False
    """Whether there will be so many that numpy is worth its loading."""
    contents: Packed = field(default_factory=Packed)
    outcomes: Counter[tuple[What, str]] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    exceptions: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    """The ledger's lines. (Buffers, here and in the bin: a million small objects slow all others down.)"""
    runs: list[Run] = field(default_factory=list)
    writer: Bin = field(init=False)
    _span_counts: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Spans that went the short way, entities among them, and demoted ones."""
    _lengths: dict[str, list[int]] = field(init=False)
    _ents_by_label: dict[str, int] = field(init=False)
    _label_ranks: dict[str, int] = field(init=False)
    _entity_labels: frozenset[str] = field(init=False)
    _full_ledger: bool = field(init=False)
    _stores_user_data: bool = field(init=False)

    def __post_init__(self) -> None:
        attrs = Attrs(self.options.attrs)
        full = attrs is Attrs.FULL
        self.writer = Bin(attrs, norms(self.options.lang) if full else None, mark_inside=not full, use_numpy=self.use_numpy)
        self._label_ranks = {x.name: n for n, x in enumerate(self.schema.labels)}
        self._lengths = {x: [] for x in self._label_ranks}
        self._ents_by_label = dict.fromkeys(self._label_ranks, 0)
        self._entity_labels = frozenset(x.name for x in self.schema.labels if x.target == "ents")
        self._full_ledger = self.options.ledger == "full"
        self._stores_user_data = attrs is Attrs.OWN

    def add_sentences(
        self,
        numbers: Sequence[int],
        stored: Sequence[Row],
        location_of: Callable[[int], Place],
        others: Mapping[int, Sequence[Work]] = _NOBODY,
    ) -> None:
        """Add sentences by their numbers in the export; ``place`` tells of each where it stands.

        ``beside`` tells, by place among the rows, what other annotators said of a sentence, where
        suggestions were turned down. One step after the other for all: so each runs fastest.
        """
        every = [row.tokens for row in stored]
        words = [t.text for tokens in every for t in tokens]
        spaces = bytes([t.ws for tokens in every for t in tokens])
        sizes = [len(tokens) for tokens in every]
        quick = [self._locate_spans(row.spans, row.tokens, row.rejected) for row in stored]
        key = self.options.spans_key
        ents: list[list[Mark]] = []
        groups: list[list[tuple[str, Group]]] = []
        for n, (number, found, row) in enumerate(zip(numbers, quick, stored, strict=True)):
            self._advance_run(number)
            if found is None or n in others:
                marks, each = self._pack_any_sentence(row, location_of(n), others.get(n, ()))
            else:
                marks, each = self._accept_located(*found, row, location_of, n), [(key, found[0])]
            ents.append(marks)
            groups.append(each)
        data = [_user_data(location_of(n), size) for n, size in enumerate(sizes)] if self._stores_user_data else []
        self.writer.extend(words, spaces, sizes, ents, groups, data)
        self.contents.docs += len(stored)
        self.contents.tokens += len(words)

    def _advance_run(self, number: int) -> None:
        """Take the next sentence; where it does not follow the last one, a run of others begins."""
        run = self.runs[-1] if self.runs else None
        if run is None or run.end != number:
            run = Run(number, number)
            self.runs.append(run)
        run.end = number + 1

    def _locate_spans(
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
        ranks, flat, most = self._label_ranks, self._entity_labels, len(tokens)
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

    def _accept_located(
        self,
        found: list[Found],
        rivals: list[Found],
        crossing: bool,
        stored: Row,
        location_of: Callable[[int], Place],
        n: int,
    ) -> list[Mark]:
        """Return the entities of a sentence, counted; tell the ledger of spans that lose to longer ones."""
        losers: dict[Found, Found] = {}
        if crossing:
            rivals, losers = self._longest_entities(rivals)
        if losers or self._full_ledger:
            self._list_located(found, losers, stored, location_of(n))
        lengths, flat, counted = self._lengths, self._ents_by_label, self._span_counts
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

    def _longest_entities(self, rivals: list[Found]) -> tuple[list[Found], dict[Found, Found]]:
        """Return the longest of the spans that overlap, and the others with what they lost to."""
        winners: list[Found] = []
        """In text order: they don't overlap."""
        losers: dict[Found, Found] = {}
        ranks = self._label_ranks
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
        found, ents, lost = self._span_counts
        for label, lengths in self._lengths.items():
            if lengths:
                self.contents.lengths.setdefault(label, []).extend(lengths)
                self.contents.spans[label] += len(lengths)
        self.contents.ents.update({label: n for label, n in self._ents_by_label.items() if n})
        self.contents.sentences = self.contents.docs
        self.stored.update({"ents": ents, "spans": found})
        self.outcomes.update({key: n for key, n in ((_KEPT, found - lost), (_DEMOTED, lost)) if n})

    def _list_located(self, found: list[Found], losers: dict[Found, Found], stored: Row, location: Place) -> None:
        """Write the lines of demoted spans, and of kept ones where all are to be listed."""
        of = f"{location.article.id}:{location.start}-{location.end}:"
        for f in found:
            label, _, _, start, end = f
            if f in losers:
                won = losers[f]
                said = ("demoted", OVERLAP, f"{of}{won[3]}-{won[4]}:{won[0]}", _SPANS)
                line = self._ledger_line(f"{of}{start}-{end}:{label}", said, stored, location, start, end)
                self.exceptions += line
                self.runs[-1].exceptions += len(line)
            elif self._full_ledger:
                said = ("kept", "", "", _BOTH if label in self._entity_labels else _SPANS)
                line = self._ledger_line(f"{of}{start}-{end}:{label}", said, stored, location, start, end)
                self.kept += line
                self.runs[-1].kept += len(line)

    def _ledger_line(self, id_: str, outcome: Said, stored: Row, location: Place, start: int, end: int) -> bytes:
        about = location.article
        base, who, seq = location.start, location.annotator, location.seq
        where = ledger.Where(about.id, about.title, base + start, base + end, who, seq)
        return ledger.line(id_, outcome, self.part, stored.text[start:end], where)

    def _list_outcome(self, outcome: Fate, stored: Row, location: Place) -> None:
        """Write the line of a span that went the long way."""
        span = outcome.span
        id_ = f"{location.article.id}:{location.start}-{location.end}:{span.start}-{span.end}:{span.label}"
        said = (outcome.kind.value, outcome.why, outcome.replaced_by, outcome.stored_in)
        line = self._ledger_line(id_, said, stored, location, span.start, span.end)
        if outcome.kind is not What.KEPT:
            self.exceptions += line
            self.runs[-1].exceptions += len(line)
        elif self._full_ledger:
            self.kept += line
            self.runs[-1].kept += len(line)

    def _pack_any_sentence(
        self, stored: Row, location: Place, other_annotations: Sequence[Work]
    ) -> tuple[list[Mark], list[tuple[str, Group]]]:
        """Return entities and span groups as ``fates`` and ``wrong`` have them, counted and told."""
        work = work_of(stored, location.article.id, location.start, location.end)
        every = fates(work, self.schema)
        for outcome in every:
            self.outcomes[outcome.kind, outcome.why] += 1
            self.stored.update(outcome.stored_in)
            self._list_outcome(outcome, stored, location)
        item = Item(work, location.annotator, Article(location.article.id, "", "", "", ()))
        others = [Item(other, "", item.article) for other in other_annotations]
        description = wrong_spans([item, *others], self.schema).get(work.sentence.id, ())
        piece = Piece(work.sentence, item.article, self.part, item, (), every, description)
        wrong = known_wrong((piece,), [0])
        self.contents.add_doc((piece,), 0, len(wrong))
        self.contents.docs -= 1  # counted by whoever adds the Doc
        ents = [(*f.ent, f.span.label) for f in every if f.ent]
        groups = [
            (self.options.spans_key, _group(stored, [(*f.tokens, f.span.label) for f in every if f.tokens]))
        ]
        if wrong:
            groups.append((INCORRECT, _group(stored, [(*tokens, label) for tokens, label in wrong])))
        return ents, groups


def _group(stored: Row, token_spans: Sequence[Mark]) -> Group:
    tokens = stored.tokens
    return [(label, first, end, tokens[first].start, tokens[end - 1].end) for first, end, label in token_spans]


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


def _user_data(location: Place, tokens: int) -> bytes:
    """Return ``layout.user_data`` of one sentence, packed."""
    number = msgpack.number
    id_ = msgpack.text(f"{location.article.id}:{location.start}-{location.end}")
    bounds = _START + number(location.start) + _END + number(location.end)
    who = _ANNOTATOR + msgpack.text(location.annotator)
    return (
        _DATA_HEAD
        + location.article.packed
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
