"""DocBins from checked records, with the outcomes of their spans, as fast as Python can.

What ``span_outcomes`` decides is decided here for the usual case alone: known labels on token edges,
without white space there, each place and label once, in reading order. A sentence with anything else
becomes a value of core first; tests hold that both give the same bytes. So does a Doc of several sentences.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Article, Sentence
from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.tokens import Token, build_tokens
from annotator.docbin.norms import load_norms
from annotator.docbin.token_columns import AttributeSet, TokenSpan, TokenSpans
from annotator.docbin.writer import DocBinWriter, SpanGroups, array_head, map_head, pack_msgpack
from annotator.export import doc_layout, export_ledger
from annotator.export.coverage_classes import ClassView
from annotator.export.doc_layout import USER_DATA_KEY, DocUnit, ExportSentence, article_metadata, doc_coverage
from annotator.export.options import ExportItem, ExportOptions
from annotator.export.span_outcomes import NOT_COVERED, OVERLAPS_LONGER_ENTITY, incorrect_spans, span_outcomes
from annotator.export.splits import PartContents

if TYPE_CHECKING:
    from annotator.export.spacy_engine import SpacyDocBin


class StoredSpan(Protocol):
    """A stored span, in code points of its sentence, with the tokens that the file states.

    The last of them is included; nothing rests on them until they are held against the tokens.
    """

    start: int
    end: int
    label: str
    source: str
    group: str
    token_start: int | None
    token_end: int | None


class StoredSentence(Protocol):
    """A record whose tokens spell its text, none of them empty, and whose spans are in it."""

    text: str
    note: str
    flagged: bool

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens in text order."""

    @property
    def spans(self) -> Sequence[StoredSpan]:
        """The spans in the order of the file."""

    @property
    def rejected(self) -> Sequence[StoredSpan]:
        """The known-wrong ones."""


_KEPT_OUTCOME = (Outcome.KEPT, "")
_DEMOTED_OUTCOME = (Outcome.DEMOTED, OVERLAPS_LONGER_ENTITY)
_NONE_UNITED: Mapping[int, Annotation] = MappingProxyType({})
_NONE_UNCOVERED: Mapping[int, Sequence[StoredSpan]] = MappingProxyType({})
_IN_SPANS: tuple[str, ...] = ("spans",)
_IN_ENTS_AND_SPANS: tuple[str, ...] = ("ents", "spans")
LocatedSpan = tuple[str, int, int, int, int]
"""A span: label, first token, the one after the last, first code point, the one after the last."""


class PackedArticle(NamedTuple):
    """What an export writes of an article."""

    id: str
    title: str = ""
    packed: bytes = b""
    """``pack_article_metadata`` of it, where user data are stored."""


class SentenceLocation(NamedTuple):
    """Where a sentence is, in code points of the article's text, and who left it in this state."""

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


def open_docbin(options: ExportOptions, *, use_numpy: bool = False) -> DocBinWriter | SpacyDocBin:
    """Return an empty DocBin; spaCy is loaded for its own engine alone."""
    attrs = AttributeSet(options.attrs)
    mark_inside = options.marks_inside
    if options.engine == "spacy":
        from annotator.export.spacy_engine import SpacyDocBin

        return SpacyDocBin(attrs, options.lang, mark_inside=mark_inside)
    norms = load_norms(options.lang) if attrs is AttributeSet.FULL else None
    return DocBinWriter(attrs, norms, mark_inside=mark_inside, use_numpy=use_numpy)


@dataclass(slots=True)
class DocBinPacker:
    """One DocBin while it grows, with the lines and counts of the ledger."""

    schema: Schema
    options: ExportOptions
    part: str
    view: ClassView | None = None
    """Which class of sentences it takes; None where all cover the same."""
    use_numpy: bool = False
    """Whether there will be enough sentences for numpy to be worth its loading."""
    contents: PartContents = field(default_factory=PartContents)
    outcomes: Counter[tuple[Outcome, str]] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    exceptions: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    """The ledger's lines. (Buffers, here and in the bin: a million small objects slow all others down.)"""
    runs: list[SentenceRun] = field(default_factory=list)
    lists: bool = True
    """Whether the ledger has the sentences that follow from here, and not from another class."""
    docbin: DocBinWriter | SpacyDocBin = field(init=False)
    _span_counts: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Spans of the usual case, entities among them, and demoted ones."""
    _lengths: dict[str, list[int]] = field(init=False)
    _ents_by_label: dict[str, int] = field(init=False)
    _label_ranks: dict[str, int] = field(init=False)
    _entity_labels: frozenset[str] = field(init=False)
    _full_ledger: bool = field(init=False)
    _stores_user_data: bool = field(init=False)
    _coverage: bytes = field(init=False)
    """The part of a Doc's user data about coverage, packed."""

    def __post_init__(self) -> None:
        self._coverage = b"".join(pack_msgpack(x) for pair in doc_coverage(self.covers).items() for x in pair)
        self.docbin = open_docbin(self.options, use_numpy=self.use_numpy)
        self._label_ranks = {x.name: n for n, x in enumerate(self.schema.labels)}
        self._lengths = {x: [] for x in self._label_ranks}
        self._ents_by_label = dict.fromkeys(self._label_ranks, 0)
        self._entity_labels = frozenset(x.name for x in self.schema.labels if x.target == "ents")
        self._full_ledger = self.options.ledger == "full"
        self._stores_user_data = self.options.attrs == "own"

    @property
    def covers(self) -> tuple[str, ...] | None:
        """The labels that its Docs cover; None for all of the schema."""
        return self.view.doc_covers if self.view else None

    def add_sentences(
        self,
        numbers: Sequence[int],
        stored: Sequence[StoredSentence],
        locations: Sequence[SentenceLocation],
        united: Mapping[int, Annotation] = _NONE_UNITED,
        uncovered: Mapping[int, Sequence[StoredSpan]] = _NONE_UNCOVERED,
    ) -> None:
        """Add a Doc for each sentence, by their numbers in the export.

        By place in ``stored``, ``united`` has what is exported of a sentence that several annotators have done,
        and ``uncovered`` the spans whose labels a sentence does not cover. Each step is done for all sentences
        before the next one, which is fastest.
        """
        every = [row.tokens for row in stored]
        words = [t.text for tokens in every for t in tokens]
        spaces = bytes([t.ws for tokens in every for t in tokens])
        sizes = [len(tokens) for tokens in every]
        located = [self._locate_spans(row.spans, row.tokens, row.rejected) for row in stored]
        key = self.options.spans_key
        ents: list[TokenSpans] = []
        groups: list[SpanGroups] = []
        for n, (number, spans, row) in enumerate(zip(numbers, located, stored, strict=True)):
            self._advance_run(number)
            if n in uncovered:
                self._list_uncovered(uncovered[n], row, locations[n])
            if spans is None or n in united:
                marks, each = self._pack_any_sentence(row, locations[n], united.get(n))
                ents.append(marks)
                groups.append(each)
            else:
                ents.append(self._accept_located(*spans, row, locations[n]))
                groups.append([(key, spans[0])])
        origins = zip(locations, sizes, strict=True) if self._stores_user_data else ()
        data = [
            _sentence_user_data(location, size, self._coverage, united.get(n, stored[n]))
            for n, (location, size) in enumerate(origins)
        ]
        self.docbin.extend(words, spaces, sizes, ents, groups, data)
        self.contents.docs += len(stored)
        self.contents.sentences += len(stored)
        self.contents.tokens += len(words)

    def add_unit(self, unit: DocUnit, numbers: Mapping[str, int] | None = None) -> None:
        """Add the Doc of several sentences of an article; raises CorpusError for tokens that do not fit.

        ``numbers`` are those in the export, by sentence id, of the sentences that the ledger counts here.
        """
        key, has_data = self.options.spans_key, self._stores_user_data
        doc = doc_layout.pack_unit(unit, key, with_user_data=has_data, covers=self.covers)
        self.docbin.add(doc)
        self.contents.add_doc(unit, doc)
        for piece in unit if numbers else ():
            if piece.item and numbers and piece.sentence.id in numbers:
                self._advance_run(numbers[piece.sentence.id])
                self._count_outcomes(piece)

    def _advance_run(self, number: int) -> None:
        """Take the next sentence; where it does not follow the last one, a run of others begins."""
        if not self.lists:
            return
        run = self.runs[-1] if self.runs else None
        if run is None or run.end != number:
            run = SentenceRun(number, number)
            self.runs.append(run)
        run.end = number + 1

    def _locate_spans(
        self, spans: Sequence[StoredSpan], tokens: Sequence[Token], rejected: Sequence[StoredSpan]
    ) -> tuple[list[LocatedSpan], list[LocatedSpan], bool] | None:
        """Return the spans by token, those for ``doc.ents``, and whether any of these overlap.

        None where the sentence must become a value of core.
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
            if span.group:
                return None
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
        location: SentenceLocation,
    ) -> list[TokenSpan]:
        """Return the entities of a sentence, counted; list spans that lose to longer ones."""
        losers: dict[LocatedSpan, LocatedSpan] = {}
        if crossing:
            rivals, losers = self._longest_entities(rivals)
        if self.lists and (losers or self._full_ledger):
            self._list_located(found, losers, stored, location)
        lengths, flat, counted = self._lengths, self._ents_by_label, self._span_counts
        for label, first, end, _, _ in found:
            lengths[label].append(end - first)
        ents = []
        for label, first, end, _, _ in rivals:
            flat[label] += 1
            ents.append((first, end, label))
        if not self.lists:
            return ents
        counted[0] += len(found)
        counted[1] += len(ents)
        counted[2] += len(losers)
        return ents

    def _longest_entities(self, rivals: list[LocatedSpan]) -> tuple[list[LocatedSpan], dict[LocatedSpan, LocatedSpan]]:
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
        self.stored.update({"ents": ents, "spans": found})
        counts = {_KEPT_OUTCOME: found - lost, _DEMOTED_OUTCOME: lost}
        self.outcomes.update({key: n for key, n in counts.items() if n})

    def _list_uncovered(self, spans: Sequence[StoredSpan], stored: StoredSentence, location: SentenceLocation) -> None:
        """Count and list spans that no class has, because their sentence was not read for their labels."""
        article, base = location.article, location.start
        for s in spans:
            self.outcomes[Outcome.LEFT_OUT, NOT_COVERED] += 1
            by = location.annotator, location.seq
            where = export_ledger.SpanLocation(article.id, article.title, base + s.start, base + s.end, *by)
            id_ = f"{article.id}:{base}-{location.end}:{s.start}-{s.end}:{s.label}"
            outcome = (Outcome.LEFT_OUT.value, NOT_COVERED, "", ())
            text = stored.text[s.start : s.end]
            self._add_line(export_ledger.encode_line(id_, outcome, self.part, text, where), kept=False)

    def _list_located(
        self,
        found: list[LocatedSpan],
        losers: dict[LocatedSpan, LocatedSpan],
        stored: StoredSentence,
        location: SentenceLocation,
    ) -> None:
        """Write the lines of demoted spans, and of kept ones where all are to be listed."""
        article, base = location.article, location.start
        of = f"{article.id}:{base}-{location.end}:"
        for f in found:
            label, _, _, start, end = f
            won = losers.get(f)
            if won:
                outcome = ("demoted", OVERLAPS_LONGER_ENTITY, f"{of}{won[3]}-{won[4]}:{won[0]}", _IN_SPANS)
            elif self._full_ledger:
                outcome = ("kept", "", "", _IN_ENTS_AND_SPANS if label in self._entity_labels else _IN_SPANS)
            else:
                continue
            by = location.annotator, location.seq
            where = export_ledger.SpanLocation(article.id, article.title, base + start, base + end, *by)
            text, id_ = stored.text[start:end], f"{of}{start}-{end}:{label}"
            self._add_line(export_ledger.encode_line(id_, outcome, self.part, text, where), kept=not won)

    def _add_line(self, line: bytes, *, kept: bool) -> None:
        """Write a line of the ledger among the exceptions, or the kept spans."""
        if not kept:
            self.exceptions += line
            self.runs[-1].exceptions += len(line)
        elif self._full_ledger:
            self.kept += line
            self.runs[-1].kept += len(line)

    def _count_outcomes(self, piece: ExportSentence) -> None:
        """Count what became of the spans of a sentence, and list it."""
        for outcome in piece.outcomes if self.lists else ():
            self.outcomes[outcome.kind, outcome.why] += 1
            self.stored.update(outcome.stored_in)
            kept = outcome.kind is Outcome.KEPT
            if self._full_ledger or not kept:
                self._add_line(export_ledger.outcome_line(piece, outcome), kept=kept)

    def _pack_any_sentence(
        self, stored: StoredSentence, location: SentenceLocation, united: Annotation | None
    ) -> tuple[TokenSpans, SpanGroups]:
        """Return entities and span groups as ``span_outcomes`` has them, counted and listed."""
        annotated = _annotated_sentence(stored, location)
        if united:
            annotated = AnnotatedSentence(annotated.sentence, united)
        every = span_outcomes(annotated, self.schema)
        article = Article(location.article.id, "", "", "", (), location.article.title)
        item = ExportItem(annotated, location.annotator, article, location.seq)
        wrong = incorrect_spans([item], self.schema).get(annotated.sentence.id, ())
        piece = ExportSentence(annotated.sentence, article, self.part, item, (location.annotator,), every, wrong)
        self._count_outcomes(piece)
        doc = doc_layout.pack_unit((piece,), self.options.spans_key, with_user_data=False)
        self.contents.add_spans((piece,), doc)
        return doc.ents, doc.groups


def _annotated_sentence(stored: StoredSentence, location: SentenceLocation) -> AnnotatedSentence:
    """Return the record of an accepted sentence as a value of core."""
    tokens = build_tokens([t.text for t in stored.tokens], [t.ws for t in stored.tokens])
    sentence = Sentence(location.article.id, 0, location.start, location.end, stored.text, tokens)
    annotation = Annotation(answer=Answer.ACCEPT)
    annotation = annotation.with_spans([Span(s.start, s.end, s.label, s.source, s.group) for s in stored.spans])
    rejected = [Span(s.start, s.end, s.label, s.source) for s in stored.rejected]
    return AnnotatedSentence(sentence, annotation.with_rejected(rejected))


_first_token = itemgetter(1)
"""The first token of a span that was found."""


def pack_article_metadata(article: Article) -> bytes:
    """Return the article's part of ``user_data``, without the head of the map that it belongs to."""
    return b"".join(pack_msgpack(x) for pair in article_metadata(article).items() for x in pair)


_USER_DATA_KEY = map_head(1) + pack_msgpack(USER_DATA_KEY)
_START, _END, _ANNOTATOR, _SENTENCE, _ID, _FIRST, _LAST, _REVIEWED, _SEQ = map(
    pack_msgpack, ("start", "end", "annotator", "sentence", "id", "token_start", "token_end", "reviewed", "_seq")
)
_SENTENCES = pack_msgpack("sentences") + array_head(1)


def _sentence_user_data(location: SentenceLocation, tokens: int, coverage: bytes, remarks: doc_layout.Remarks) -> bytes:
    """Return ``doc_layout.doc_user_data`` of one sentence, packed, and what is packed of its coverage."""
    id_ = pack_msgpack(f"{location.article.id}:{location.start}-{location.end}")
    bounds = _START + pack_msgpack(location.start) + _END + pack_msgpack(location.end)
    who = _ANNOTATOR + pack_msgpack(location.annotator)
    more = doc_layout.sentence_remarks(remarks) if remarks.note or remarks.flagged else {}
    sentence = (
        map_head(8 + len(more))
        + _ID
        + id_
        + bounds
        + _FIRST
        + b"\0"
        + _LAST
        + pack_msgpack(tokens)
        + _REVIEWED
        + b"\xc3"
        + who
    )
    sentence += _SEQ + pack_msgpack(location.seq) + b"".join(pack_msgpack(x) for pair in more.items() for x in pair)
    head = _USER_DATA_KEY + map_head(14 if coverage else 13) + location.article.packed
    return head + bounds + who + _SENTENCE + id_ + _SENTENCES + sentence + coverage
