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
from typing import NamedTuple, Protocol

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, Sentence
from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.tokens import Token, build_tokens
from annotator.docbin import msgpack
from annotator.docbin.norms import load_norms
from annotator.docbin.token_columns import AttributeSet, TokenSpan
from annotator.docbin.writer import DocBinWriter, GroupSpans
from annotator.export import export_ledger
from annotator.export.doc_layout import USER_DATA_KEY, ArticleMetadata, ExportSentence, article_metadata
from annotator.export.doc_layout import doc_incorrect_spans as known_wrong
from annotator.export.docbin_parts import PartContents
from annotator.export.options import ExportItem, ExportOptions
from annotator.export.span_outcomes import (
    INCORRECT_SPANS_KEY,
    OVERLAPS_LONGER_ENTITY,
    SpanOutcome,
    incorrect_spans,
    span_outcomes,
)

# Records as they are read for a streamed export: what has to be known of them, and their values of core.


class StoredSpan(Protocol):
    """A stored span, in code points of its sentence, with the tokens that it is said to have.

    The last of them is included; nothing rests on them until they are held against the tokens.
    """

    start: int
    end: int
    label: str
    source: str
    token_start: int | None
    token_end: int | None


class StoredSentence(Protocol):
    """A record whose tokens spell its text, none of them empty, and whose spans lie in it."""

    text: str

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens in text order."""

    @property
    def spans(self) -> Sequence[StoredSpan]:
        """The spans in the order of the file."""

    @property
    def rejected(self) -> Sequence[StoredSpan]:
        """The known-wrong ones."""


def annotated_sentence_of(stored: StoredSentence, article: str, start: int, end: int) -> AnnotatedSentence:
    """Return the record of a sentence that stands there in an article as a value of core."""
    tokens = build_tokens([t.text for t in stored.tokens], [t.ws for t in stored.tokens])
    said = Annotation(answer=Answer.ACCEPT)
    said = said.with_spans([Span(s.start, s.end, s.label, s.source) for s in stored.spans])
    said = said.with_rejected([Span(s.start, s.end, s.label, s.source) for s in stored.rejected])
    return AnnotatedSentence(Sentence(article, 0, start, end, stored.text, tokens), said)


_KEPT_OUTCOME = (Outcome.KEPT, "")
_DEMOTED_OUTCOME = (Outcome.DEMOTED, OVERLAPS_LONGER_ENTITY)
_NO_OTHERS: Mapping[int, Sequence[AnnotatedSentence]] = MappingProxyType({})
_IN_SPANS: tuple[str, ...] = ("spans",)
_IN_ENTS_AND_SPANS: tuple[str, ...] = ("ents", "spans")
OutcomeFields = tuple[str, str, str, tuple[str, ...]]
"""What became of a span, why, the id of the one it lost to, and where it stands in the Doc."""
LocatedSpan = tuple[str, int, int, int, int]
"""A span: label, first token, the one after the last, first code point, the one after the last."""


class PackedArticle(NamedTuple):
    """What is told of an article."""

    id: str
    title: str = ""
    packed: bytes = b""
    """``packed_about`` of it, where user data are stored."""


class SentenceLocation(NamedTuple):
    """Where a sentence stands, in code points of the article's text, and who left it so."""

    article: PackedArticle
    start: int
    end: int
    annotator: str
    seq: int


@dataclass(slots=True)
class SentenceRun:
    """Sentences that follow each other in the export: the first one's number, and their ledger's bytes."""

    first: int
    end: int
    exceptions: int = 0
    kept: int = 0


@dataclass(slots=True)
class SentencePacker:
    """One DocBin of sentences while it grows, with what the ledger tells of them."""

    schema: Schema
    options: ExportOptions
    part: str
    use_numpy: bool = False
    """Whether there will be so many that numpy is worth its loading."""
    contents: PartContents = field(default_factory=PartContents)
    outcomes: Counter[tuple[Outcome, str]] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    exceptions: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    """The ledger's lines. (Buffers, here and in the bin: a million small objects slow all others down.)"""
    runs: list[SentenceRun] = field(default_factory=list)
    writer: DocBinWriter = field(init=False)
    _span_counts: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Spans that went the short way, entities among them, and demoted ones."""
    _lengths: dict[str, list[int]] = field(init=False)
    _ents_by_label: dict[str, int] = field(init=False)
    _label_ranks: dict[str, int] = field(init=False)
    _entity_labels: frozenset[str] = field(init=False)
    _full_ledger: bool = field(init=False)
    _stores_user_data: bool = field(init=False)

    def __post_init__(self) -> None:
        attrs = AttributeSet(self.options.attrs)
        full = attrs is AttributeSet.FULL
        self.writer = DocBinWriter(
            attrs,
            load_norms(self.options.lang) if full else None,
            mark_inside=not full,
            use_numpy=self.use_numpy,
        )
        self._label_ranks = {x.name: n for n, x in enumerate(self.schema.labels)}
        self._lengths = {x: [] for x in self._label_ranks}
        self._ents_by_label = dict.fromkeys(self._label_ranks, 0)
        self._entity_labels = frozenset(x.name for x in self.schema.labels if x.target == "ents")
        self._full_ledger = self.options.ledger == "full"
        self._stores_user_data = attrs is AttributeSet.OWN

    def add_sentences(
        self,
        numbers: Sequence[int],
        stored: Sequence[StoredSentence],
        location_of: Callable[[int], SentenceLocation],
        others: Mapping[int, Sequence[AnnotatedSentence]] = _NO_OTHERS,
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
        ents: list[list[TokenSpan]] = []
        groups: list[list[tuple[str, GroupSpans]]] = []
        for n, (number, found, row) in enumerate(zip(numbers, quick, stored, strict=True)):
            self._advance_run(number)
            if found is None or n in others:
                marks, each = self._pack_any_sentence(row, location_of(n), others.get(n, ()))
            else:
                marks, each = self._accept_located(*found, row, location_of, n), [(key, found[0])]
            ents.append(marks)
            groups.append(each)
        data = (
            [_sentence_user_data(location_of(n), size) for n, size in enumerate(sizes)]
            if self._stores_user_data
            else []
        )
        self.writer.extend(words, spaces, sizes, ents, groups, data)
        self.contents.docs += len(stored)
        self.contents.tokens += len(words)

    def _advance_run(self, number: int) -> None:
        """Take the next sentence; where it does not follow the last one, a run of others begins."""
        run = self.runs[-1] if self.runs else None
        if run is None or run.end != number:
            run = SentenceRun(number, number)
            self.runs.append(run)
        run.end = number + 1

    def _locate_spans(
        self, spans: Sequence[StoredSpan], tokens: Sequence[Token], rejected: Sequence[StoredSpan]
    ) -> tuple[list[LocatedSpan], list[LocatedSpan], bool] | None:
        """Return the spans by token, those for ``doc.ents``, and whether any of these overlap.

        None where the sentence has to go the long way.
        """
        if rejected:
            return None
        found: list[LocatedSpan] = []
        rivals: list[LocatedSpan] = []
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
        found: list[LocatedSpan],
        rivals: list[LocatedSpan],
        crossing: bool,
        stored: StoredSentence,
        location_of: Callable[[int], SentenceLocation],
        n: int,
    ) -> list[TokenSpan]:
        """Return the entities of a sentence, counted; tell the ledger of spans that lose to longer ones."""
        losers: dict[LocatedSpan, LocatedSpan] = {}
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

    def _longest_entities(
        self, rivals: list[LocatedSpan]
    ) -> tuple[list[LocatedSpan], dict[LocatedSpan, LocatedSpan]]:
        """Return the longest of the spans that overlap, and the others with what they lost to."""
        winners: list[LocatedSpan] = []
        """In text order: they don't overlap."""
        losers: dict[LocatedSpan, LocatedSpan] = {}
        ranks = self._label_ranks
        for f in sorted(rivals, key=lambda f: (f[1] - f[2], f[1], ranks[f[0]])):
            _, first, end, _, _ = f
            at = bisect_right(winners, first, key=_first_token)
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
        self.outcomes.update(
            {key: n for key, n in ((_KEPT_OUTCOME, found - lost), (_DEMOTED_OUTCOME, lost)) if n}
        )

    def _list_located(
        self,
        found: list[LocatedSpan],
        losers: dict[LocatedSpan, LocatedSpan],
        stored: StoredSentence,
        location: SentenceLocation,
    ) -> None:
        """Write the lines of demoted spans, and of kept ones where all are to be listed."""
        of = f"{location.article.id}:{location.start}-{location.end}:"
        for f in found:
            label, _, _, start, end = f
            if f in losers:
                won = losers[f]
                said = ("demoted", OVERLAPS_LONGER_ENTITY, f"{of}{won[3]}-{won[4]}:{won[0]}", _IN_SPANS)
                line = self._ledger_line(f"{of}{start}-{end}:{label}", said, stored, location, start, end)
                self.exceptions += line
                self.runs[-1].exceptions += len(line)
            elif self._full_ledger:
                said = ("kept", "", "", _IN_ENTS_AND_SPANS if label in self._entity_labels else _IN_SPANS)
                line = self._ledger_line(f"{of}{start}-{end}:{label}", said, stored, location, start, end)
                self.kept += line
                self.runs[-1].kept += len(line)

    def _ledger_line(
        self,
        id_: str,
        outcome: OutcomeFields,
        stored: StoredSentence,
        location: SentenceLocation,
        start: int,
        end: int,
    ) -> bytes:
        about = location.article
        base, who, seq = location.start, location.annotator, location.seq
        where = export_ledger.SpanLocation(about.id, about.title, base + start, base + end, who, seq)
        return export_ledger.encode_line(id_, outcome, self.part, stored.text[start:end], where)

    def _list_outcome(self, outcome: SpanOutcome, stored: StoredSentence, location: SentenceLocation) -> None:
        """Write the line of a span that went the long way."""
        span = outcome.span
        id_ = f"{location.article.id}:{location.start}-{location.end}:{span.start}-{span.end}:{span.label}"
        said = (outcome.kind.value, outcome.why, outcome.replaced_by, outcome.stored_in)
        line = self._ledger_line(id_, said, stored, location, span.start, span.end)
        if outcome.kind is not Outcome.KEPT:
            self.exceptions += line
            self.runs[-1].exceptions += len(line)
        elif self._full_ledger:
            self.kept += line
            self.runs[-1].kept += len(line)

    def _pack_any_sentence(
        self,
        stored: StoredSentence,
        location: SentenceLocation,
        other_annotations: Sequence[AnnotatedSentence],
    ) -> tuple[list[TokenSpan], list[tuple[str, GroupSpans]]]:
        """Return entities and span groups as ``fates`` and ``wrong`` have them, counted and told."""
        work = annotated_sentence_of(stored, location.article.id, location.start, location.end)
        every = span_outcomes(work, self.schema)
        for outcome in every:
            self.outcomes[outcome.kind, outcome.why] += 1
            self.stored.update(outcome.stored_in)
            self._list_outcome(outcome, stored, location)
        item = ExportItem(work, location.annotator, Article(location.article.id, "", "", "", ()))
        others = [ExportItem(other, "", item.article) for other in other_annotations]
        description = incorrect_spans([item, *others], self.schema).get(work.sentence.id, ())
        piece = ExportSentence(work.sentence, item.article, self.part, item, (), every, description)
        wrong = known_wrong((piece,), [0])
        self.contents.add_doc((piece,), 0, len(wrong))
        self.contents.docs -= 1  # counted by whoever adds the Doc
        ents = [(*f.ent, f.span.label) for f in every if f.ent]
        groups = [
            (
                self.options.spans_key,
                _group_spans_of(stored, [(*f.tokens, f.span.label) for f in every if f.tokens]),
            )
        ]
        if wrong:
            groups.append(
                (INCORRECT_SPANS_KEY, _group_spans_of(stored, [(*tokens, label) for tokens, label in wrong]))
            )
        return ents, groups


def _group_spans_of(stored: StoredSentence, token_spans: Sequence[TokenSpan]) -> GroupSpans:
    tokens = stored.tokens
    return [
        (label, first, end, tokens[first].start, tokens[end - 1].end) for first, end, label in token_spans
    ]


_first_token = itemgetter(1)
"""The first token of a span that was found."""


def pack_article_metadata(article: ArticleMetadata) -> bytes:
    """Return what ``user_data`` tells of an article, without the head of the map that it stands in."""
    return b"".join(
        msgpack.pack_value(k) + msgpack.pack_value(v) for k, v in article_metadata(article).items()
    )


_USER_DATA_HEAD = msgpack.map_head(1) + msgpack.pack_value(USER_DATA_KEY) + msgpack.map_head(13)
_START, _END, _ANNOTATOR, _SENTENCE, _ID, _FIRST, _LAST, _REVIEWED = (
    msgpack.pack_value(x)
    for x in ("start", "end", "annotator", "sentence", "id", "token_start", "token_end", "reviewed")
)
_SENTENCES = msgpack.pack_value("sentences") + msgpack.array_head(1) + msgpack.map_head(7)


def _sentence_user_data(location: SentenceLocation, tokens: int) -> bytes:
    """Return ``layout.user_data`` of one sentence, packed."""
    number = msgpack.pack_integer
    id_ = msgpack.pack_text(f"{location.article.id}:{location.start}-{location.end}")
    bounds = _START + number(location.start) + _END + number(location.end)
    who = _ANNOTATOR + msgpack.pack_text(location.annotator)
    return (
        _USER_DATA_HEAD
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
