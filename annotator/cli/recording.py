"""What the documents of an import say as records of journals; nothing that is there is overwritten."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from annotator.cli.cutting import crossing
from annotator.cli.pieces import Choices, Counts, Key, Piece, Place, placed
from annotator.core.annotation import Annotation, Work
from annotator.core.article import Article, Sentence
from annotator.core.edits import Op, join
from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.core.spans import Span, reading_order
from annotator.core.works import Works
from annotator.formats.document import Account, Document, Entry, Fate
from annotator.storage.imports import Staging
from annotator.storage.journal import Journal, is_annotator_name

SESSION = "import"
"""What imported records name as their session: no pace is worked out from them."""

CONFLICT = "this annotator has other work on the sentence"
AGAIN = "the same text stands in the file before"
_PAIRS = 100_000
"""How many pairs of spans are held against the schema in one sentence: a few thousand spans on one word
make millions of them."""
AGAIN_OTHERWISE = "the same text stands in the file before and says otherwise"


@dataclass(slots=True)
class _Held:
    """What one annotator has on one article: by place, and whether it is of this import."""

    works: dict[Place, tuple[Annotation, bool]] = field(default_factory=dict)
    _places: list[Place] = field(default_factory=list)

    def overlapping(self, start: int, end: int) -> list[tuple[Place, Annotation, bool]]:
        """Return what shares text with ``[start, end)``, in text order; the places are disjoint."""
        at = max(0, bisect_right(self._places, (start, start)) - 1)
        found = []
        while at < len(self._places) and self._places[at][0] < end:
            if self._places[at][1] > start:
                found.append((self._places[at], *self.works[self._places[at]]))
            at += 1
        return found

    def put(self, place: Place, said: Annotation, *, new: bool) -> None:
        """Put a work in the place of what shares text with it."""
        for other, _, _ in self.overlapping(*place):
            self.works.pop(other)
            self._places.remove(other)
        self.works[place] = (said, new)
        insort(self._places, place)


class Recorder:
    """Prepares the records of an import, one document after another."""

    def __init__(self, staging: Staging, account: Account, choices: Choices, schema: Schema) -> None:
        """Begin; what annotators have in the corpus already is read when they first come up."""
        self.counts = Counts()
        self.kept: list[Entry] = []
        """Of a full ledger: the spans that were carried over just as they were."""
        self.names: dict[str, str] = {}
        """By the file's name of an annotator, ours."""
        self.next_seqs: dict[str, int] = {}
        """The next number of each journal that was there before."""
        self.broken: Counter[str] = Counter()
        """The pairs of spans that the schema's rules don't allow, by label and rule."""
        self._staging, self._account, self._choices, self._schema = staging, account, choices, schema
        self._base: dict[str, dict[Place, int]] = {}
        self._held: dict[tuple[str, str], _Held] = {}
        self._journals: dict[str, Works] = {}
        self._rules: dict[tuple[str, str, bool, bool], str] = {}
        self._annotators = set(staging.into.annotators()) if staging.into else set[str]()

    def base(self, article_id: str, sentences: Sequence[Sentence]) -> None:
        """Tell which sentences the corpus has, or gets, of an article."""
        self._base.setdefault(article_id, {(s.start, s.end): s.index for s in sentences})

    def place(self, piece: Piece, article: Article, offset: int) -> None:
        """Prepare the records of what a document says, its text standing at ``offset`` of the article."""
        name = self.name_of(piece.document)
        held = self._held_by(name, article.id)
        said = (*piece.document.spans, *piece.document.rejected)
        left = piece.kept
        for n, (first, last) in enumerate(crossing(said, piece.sentences)):
            works = [Work(self._sentence(s, article, offset)) for s in piece.sentences[first:last]]
            answered = any(i in piece.own for i in range(first, last))
            whole = _joined(works, article.text)
            joins = [whole] if len(works) > 1 else []
            start, end = piece.sentences[first].start, piece.sentences[last - 1].end
            annotation = _said(piece.document, (start, end), answered=answered, first=n == 0)
            work = replace(whole, annotation=annotation)
            self._judge(annotation.spans)
            if fate := self._record(name, held, work, joins, piece.document.time):
                left = self._give_way(piece, annotation, (start, end), left, *fate)
        if self._choices.full:
            self.kept += [_kept_entry(piece.document, key) for key in sorted(left)]

    def _sentence(self, s: Sentence, article: Article, offset: int) -> Sentence:
        """Return a sentence of a document in its place; numbered as the corpus has it, if it does."""
        there = placed(s, article, offset)
        index = self._base.get(article.id, {}).get((there.start, there.end), s.index)
        return replace(there, index=index)

    def _judge(self, spans: Sequence[Span]) -> None:
        """Count the pairs that break a rule of the schema, among the first ``_PAIRS`` that share text."""
        for outer, inner in islice(_overlapping(reading_order(list(spans))), _PAIRS):
            if told := self._rule(outer, inner):
                self.broken[told] += 1

    def _rule(self, outer: Span, inner: Span) -> str:
        """Return the rule that a pair breaks, empty for none; all pairs that lie so break the same."""
        so = (outer.label, inner.label, outer.end < inner.end, outer.key[:2] == inner.key[:2])
        if so not in self._rules:
            broken = self._schema.broken(inner, (outer,))
            self._rules[so] = f"{outer.label} and {inner.label} (rule `{broken.rule}`)" if broken else ""
        return self._rules[so]

    def _record(
        self, name: str, held: _Held, work: Work, joins: Sequence[Work], time: float
    ) -> tuple[Fate, str] | None:
        """Prepare the records of one sentence; where it gives way to others return its spans' fate."""
        s, said = work.sentence, work.annotation
        place = (s.start, s.end)
        touched = held.overlapping(*place)
        if said == Annotation() and (touched or place in self._base.get(s.article, {})):
            return None
        others = [x for x in touched if x[1] != Annotation()]
        if not others:
            self._write(name, work, [] if place in held.works else joins, time)
            held.put(place, said, new=True)
            return None
        same = len(others) == 1 and others[0][:2] == (place, said)
        if same and not others[0][2]:
            self.counts.known += 1
            return None
        self.counts.conflicts += not same
        if same:
            return Fate.DOUBLE, AGAIN
        return Fate.LEFT_OUT, AGAIN_OTHERWISE if others[0][2] else CONFLICT

    def _write(self, name: str, work: Work, joins: Sequence[Work], time: float) -> None:
        op = Op.ANSWER if work.annotation.answer else Op.EDIT
        steps = [*((Op.JOIN, w) for w in joins), (op, work)]
        first = self._staging.next_seq(name)
        parents = {w.sentence.id: first + n for n, w in enumerate(joins)}
        records = [
            Record(
                first + n,
                step,
                w,
                parent=parents.get(w.sentence.id) if n == len(joins) else None,
                annotator=name,
                session=SESSION,
                time=time,
            )
            for n, (step, w) in enumerate(steps)
        ]
        self._staging.add_records(name, records)
        self.counts.records += len(records)
        self.counts.joined += bool(joins)
        said = work.annotation
        self.counts.open += said.answer is None and bool(said.spans or said.rejected)

    def _give_way(
        self, piece: Piece, said: Annotation, at: Place, left: frozenset[Key], fate: Fate, why: str
    ) -> frozenset[Key]:
        """List the spans of a sentence that is not written, and return the kept ones without them.

        A sentence without spans is listed itself, unless another one says the same.
        """
        document = piece.document
        if fate is Fate.LEFT_OUT and not (said.spans or said.rejected):
            words = document.text[at[0] : at[1]]
            self._account.list(Entry(document.where, f"{at[0]}-{at[1]}", fate, why, words, "sentence"))
        for span in (*said.spans, *said.rejected):
            here = span.moved(at[0])
            if here.key not in left:
                self._relist(piece.entries, here, fate, why)
                continue
            left -= {here.key}
            self._account.kept -= 1
            text = document.text[here.start : here.end]
            self._account.list(
                Entry(document.where, f"{here.start}-{here.end}:{here.label}", fate, why, text)
            )
        self._account.settled = len(self._account.entries)
        return left

    def _relist(self, places: range, span: Span, fate: Fate, why: str) -> None:
        entries = self._account.entries
        for n in places:
            if any(s.key == span.key for s in entries[n].made):
                entries[n] = replace(entries[n], fate=fate, why=why, made=())
                return

    def _held_by(self, name: str, article_id: str) -> _Held:
        if (name, article_id) not in self._held:
            held = _Held()
            if name in self._annotators:
                for work in self._works(name).touched(article_id):
                    place = (work.sentence.start, work.sentence.end)
                    held.put(place, work.annotation, new=False)
            self._held[name, article_id] = held
        return self._held[name, article_id]

    def _works(self, name: str) -> Works:
        if name not in self._journals:
            into = self._staging.into
            assert into is not None
            journal = Journal.open(into.path, name, read_only=True)
            works = Works(into.sentences)
            works.replay(journal.records)
            self._journals[name] = works
            self.next_seqs[name] = journal.next_seq
        return self._journals[name]

    def name_of(self, document: Document) -> str:
        """Return the annotator of a document as a name that a journal can have."""
        given = document.annotator
        if given not in self.names:
            self.names[given] = safe_name(given, set(self.names.values()))
        return self.names[given]


def _overlapping(ordered: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield the pairs that share text, of spans in reading order."""
    for n, outer in enumerate(ordered):
        for at in range(n + 1, len(ordered)):
            if ordered[at].start >= outer.end:
                break
            yield outer, ordered[at]


def safe_name(given: str, taken: Iterable[str]) -> str:
    """Return a name as one for an annotator: small letters, digits and ``._-``; told apart by a digest."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", given.lower()).strip("-").lstrip(".")[:64] or "annotator"
    if plain not in taken and is_annotator_name(plain):
        return plain
    return f"{plain[:55]}-{hashlib.sha256(given.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _joined(works: Sequence[Work], text: str) -> Work:
    """Return the sentences as one; halves are joined, so that thousands take no quadratic time."""
    if len(works) == 1:
        return works[0]
    half = len(works) // 2
    return join(_joined(works[:half], text), _joined(works[half:], text), text).after[0]


def _said(document: Document, stretch: tuple[int, int], *, answered: bool, first: bool) -> Annotation:
    """Return what a document says of a stretch; open where nobody has reviewed some of it."""
    start, end = stretch
    unread = (document.text[max(a, start) : min(b, end)] for a, b in document.open if a < end and start < b)
    read = answered and not any(map(str.strip, unread))
    said = Annotation(
        answer=document.answer if read else None,
        note=" ".join(document.note.split()) if first else "",
        flagged=document.flagged and first,
    )
    return said.with_spans(list(_inside(document.spans, start, end))).with_rejected(
        list(_inside(document.rejected, start, end))
    )


def _inside(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    return (s.moved(-start) for s in spans if start <= s.start and s.end <= end)


def _kept_entry(document: Document, key: Key) -> Entry:
    start, end, label = key
    # The fate is told by the ledger as "kept": there is none for it among what went otherwise.
    return Entry(document.where, f"{start}-{end}:{label}", Fate.MOVED, "", document.text[start:end])
