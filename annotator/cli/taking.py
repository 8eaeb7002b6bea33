"""From the documents of a file to articles and journal records, each span accounted for."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from annotator.cli.cutting import article_of, crossing, cut
from annotator.core.annotation import Annotation, Work
from annotator.core.article import Article, Sentence
from annotator.core.edits import Op, join
from annotator.core.record import Record
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.works import Works
from annotator.formats.align import settle
from annotator.formats.document import Account, Document, Entry, Fate
from annotator.formats.labels import Rename, labels_of
from annotator.ingest.tokens import Tokenizer
from annotator.storage.corpus import Corpus
from annotator.storage.imports import Staging
from annotator.storage.journal import Journal, is_annotator_name

SESSION = "import"
"""What imported records name as their session: no pace is worked out from them."""

CONFLICT = "this annotator has other work on the sentence"
AGAIN = "the same text stands in the file before"
AGAIN_OTHERWISE = "the same text stands in the file before, with other spans"
Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose for an import."""

    name: str = ""
    """The annotator of all documents; empty where the file names them."""
    fallback: str = "import"
    """The annotator where neither says one."""
    rename: Rename | None = None
    title_from: str = ""
    """A field of the metadata that holds the title."""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One settled document with its sentences, in code points of its own text."""

    document: Document
    sentences: tuple[Sentence, ...]
    own: frozenset[int]
    """The places of the sentences that the document's answer is about."""
    kept: frozenset[Key]
    """The spans that were counted as carried over just as they were."""
    entries: range
    """Where in the account the others are listed."""


@dataclass(slots=True)
class Counts:
    """What came of an import."""

    documents: int = 0
    empty: int = 0
    """Documents without any text to annotate."""
    sentences: int = 0
    """Sentences of new articles."""
    records: int = 0
    known: int = 0
    """Sentences that stood in the journals just so before."""
    conflicts: int = 0
    joined: int = 0
    """Sentences that were joined with others, because a span runs over their end."""
    retold: int = 0
    """Sentences that got new tokens, because the file's leave text out."""


@dataclass(slots=True)
class _Held:
    """What one annotator has on one article: by place, and whether it is of this import."""

    works: dict[tuple[int, int], tuple[Annotation, bool]] = field(default_factory=dict)

    def overlapping(self, start: int, end: int) -> list[tuple[tuple[int, int], Annotation, bool]]:
        """Return what shares text with ``[start, end)``."""
        if (start, end) in self.works and len(self.works) == 1:
            return [((start, end), *self.works[start, end])]
        return [(p, a, new) for p, (a, new) in self.works.items() if p[0] < end and start < p[1]]


class Taker:
    """Takes the documents of an import in, one after another, and prepares what is to be written."""

    def __init__(
        self, staging: Staging, tokenizer: Tokenizer, account: Account, choices: Choices, schema: Schema
    ) -> None:
        """Begin; ``staging`` takes what is made, ``account`` each span that is not carried over."""
        self.broken: Counter[str] = Counter()
        """The pairs of spans that the schema's rules don't allow, by label and rule."""
        self._schema = schema
        self.counts = Counts()
        self.labels: dict[str, int] = {}
        """How many spans there are by label, after the label map."""
        self.kept: list[Entry] = []
        """Of a full ledger: the spans that were carried over just as they were."""
        self.names: dict[str, str] = {}
        """By the file's name of an annotator, ours."""
        self._staging, self._tokenizer = staging, tokenizer
        self._account, self._choices = account, choices
        self._into: Corpus | None = staging.into
        self._groups: dict[str, list[Piece]] = {}
        self._held: dict[tuple[str, str], _Held] = {}
        self._journals: dict[str, Works] = {}
        self.next_seqs: dict[str, int] = {}
        """The next number of each journal that was there before."""
        self._known_ids = set(self._into.article_ids()) if self._into else set[str]()
        self._base: dict[str, frozenset[tuple[int, int]]] = {}
        self._annotators = set(self._into.annotators()) if self._into else set[str]()

    def take(self, document: Document, *, by_sentence: bool) -> None:
        """Take one document in; raises SourceError for a text that cannot be stored."""
        self.counts.documents += 1
        piece = self._piece(document, by_sentence=by_sentence)
        for label, n in labels_of(piece.document).items():
            self.labels[label] = self.labels.get(label, 0) + n
        if not piece.sentences:
            self.counts.empty += 1
        elif key := _group(document):
            self._groups.setdefault(key, []).append(piece)
        else:
            self._alone(piece)

    def finish(self) -> None:
        """Put together the articles whose sentences came as documents of their own."""
        for key, pieces in self._groups.items():
            self._group(key, pieces)
        self._groups.clear()

    # -- one document --------------------------------------------------------------------------

    def _piece(self, document: Document, *, by_sentence: bool) -> Piece:
        article = self._article(document)
        base = self._stored(article.id) if not document.tokens and not document.sentences else ()
        if base:
            sentences, own = base, frozenset(range(len(base)))
        else:
            made = cut(document, article, self._tokenizer, by_sentence=by_sentence)
            sentences, own = made.sentences, made.own or frozenset(range(len(made.sentences)))
            self.counts.retold += made.retold
        tokens = tuple(t.moved(s.start) for s in sentences for t in s.tokens)
        kept: list[Span] = []
        first = self._account.settled
        settled = settle(replace(document, tokens=tokens), self._account, kept, self._choices.rename)
        settled = replace(settled, tokens=())
        entries = range(first, len(self._account.entries))
        return Piece(settled, sentences, own, frozenset(s.key for s in kept), entries)

    def _stored(self, article_id: str) -> tuple[Sentence, ...]:
        """Return the corpus's own sentences of an article that is in it."""
        if self._into is None or article_id not in self._known_ids:
            return ()
        return self._into.sentences(article_id)

    def _article(self, document: Document) -> Article:
        meta, left = storable(document.meta)
        if left:
            self._note(f"metadata that JSON can't hold was left out: {', '.join(left)}")
        title = str(document.meta.get(self._choices.title_from, "")) if self._choices.title_from else ""
        if document.id:
            meta.setdefault("id", document.id)
        return article_of(
            document.text,
            document.where,
            _origin(document),
            title=title or document.title,
            meta=meta,
            date=_word(document.meta.get("date")),
        )

    def _alone(self, piece: Piece) -> None:
        article = self._article(piece.document)
        self._add(article, piece.sentences)
        self._place(piece, article, 0)

    def _add(self, article: Article, sentences: Sequence[Sentence]) -> None:
        """Prepare an article unless it is there."""
        if self._staging.has(article.id):
            return
        if article.id in self._known_ids:
            assert self._into is not None
            self._base.setdefault(
                article.id, frozenset((s.start, s.end) for s in self._into.sentences(article.id))
            )
            return
        self._staging.add_article(article, sentences)
        self._base[article.id] = frozenset((s.start, s.end) for s in sentences)
        self.counts.sentences += len(sentences)

    # -- articles that came in sentences -------------------------------------------------------

    def _group(self, key: str, pieces: list[Piece]) -> None:
        there = self._there(key, pieces)
        if there is not None:
            self._base[there.id] = frozenset((s.start, s.end) for s in self._stored(there.id))
            for piece in pieces:
                self._place(piece, there, _start(piece))
            return
        rebuilt = rebuild(pieces)
        if rebuilt is None:
            self._note(
                f"the sentences of {key!r} contradict each other in place; each is an article of its own"
            )
            for piece in pieces:
                self._alone(piece)
            return
        text, offsets = rebuilt
        first = pieces[0].document
        article = self._article(replace(first, text=text, id=key, meta={"from": key}))
        self._add(article, _base_sentences(article, pieces, offsets))
        for piece, offset in zip(pieces, offsets, strict=True):
            self._place(piece, article, offset)

    def _there(self, key: str, pieces: Sequence[Piece]) -> Article | None:
        """Return the corpus's own article that the sentences stand in, if it is there word for word."""
        if self._into is None or key not in self._known_ids:
            return None
        article = self._into.article(key)
        if any(not article.text.startswith(p.document.text, _start(p)) for p in pieces):
            return None
        places = [(_start(p) + s.start, _start(p) + s.end) for p in pieces for s in p.sentences]
        return article if _covers(places, self._stored(key)) else None

    # -- records -------------------------------------------------------------------------------

    def _place(self, piece: Piece, article: Article, offset: int) -> None:
        """Prepare the records of what a document says, its text standing at ``offset`` of the article."""
        name = self.name_of(piece.document)
        held = self._held_by(name, article.id)
        said = (*piece.document.spans, *piece.document.rejected)
        left = piece.kept
        for n, (first, last) in enumerate(crossing(said, piece.sentences)):
            works = [Work(_at(s, article, offset)) for s in piece.sentences[first:last]]
            answered = any(i in piece.own for i in range(first, last))
            whole, joins = _joined(works, article.text)
            start, end = piece.sentences[first].start, piece.sentences[last - 1].end
            annotation = _said(piece.document, (start, end), answered=answered, first=n == 0)
            work = replace(whole, annotation=annotation)
            self._judge(annotation.spans)
            if fate := self._record(name, held, work, joins, piece.document.time):
                left = self._give_way(piece, annotation, start, left, *fate)
        if self._choices.full:
            self.kept += [_kept_entry(piece.document, key) for key in sorted(left)]

    def _judge(self, spans: Sequence[Span]) -> None:
        """Count the pairs that break a rule of the schema."""
        for n, span in enumerate(spans):
            for other in spans[:n]:
                if broken := self._schema.broken(span, (other,)):
                    self.broken[f"{other.label} and {span.label} (rule `{broken.rule}`)"] += 1

    def _record(
        self, name: str, held: _Held, work: Work, joins: Sequence[Work], time: float
    ) -> tuple[Fate, str] | None:
        """Prepare the records of one sentence; where it gives way to others return its spans' fate."""
        s, said = work.sentence, work.annotation
        place = (s.start, s.end)
        if said == Annotation() and (place in held.works or place in self._base.get(s.article, frozenset())):
            return None
        touched = held.overlapping(*place)
        others = [x for x in touched if x[1] != Annotation()]
        if not others:
            self._write(name, work, [] if place in held.works else joins, time)
            for other, _, _ in touched:
                held.works.pop(other)
            held.works[place] = (said, True)
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

    def _give_way(
        self, piece: Piece, said: Annotation, by: int, left: frozenset[Key], fate: Fate, why: str
    ) -> frozenset[Key]:
        """List the spans of a sentence that is not written, and return the kept ones without them."""
        document = piece.document
        for span in (*said.spans, *said.rejected):
            here = span.moved(by)
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
                    held.works[work.sentence.start, work.sentence.end] = (work.annotation, False)
            self._held[name, article_id] = held
        return self._held[name, article_id]

    def _works(self, name: str) -> Works:
        if name not in self._journals:
            assert self._into is not None
            journal = Journal.open(self._into.path, name, read_only=True)
            works = Works(self._into.sentences)
            works.replay(journal.records)
            self._journals[name] = works
            self.next_seqs[name] = journal.next_seq
        return self._journals[name]

    def name_of(self, document: Document) -> str:
        """Return the annotator of a document as a name that a journal can have."""
        given = self._choices.name or document.annotator or self._choices.fallback
        if given not in self.names:
            self.names[given] = safe_name(given, set(self.names.values()))
        return self.names[given]

    def _note(self, note: str) -> None:
        if note not in self._account.notes:
            self._account.notes.append(note)


def safe_name(given: str, taken: Iterable[str]) -> str:
    """Return a name as one for an annotator: small letters, digits and ``._-``; told apart by a digest."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", given.lower()).strip("-").lstrip(".")[:64] or "annotator"
    if plain not in taken and is_annotator_name(plain):
        return plain
    return f"{plain[:55]}-{hashlib.sha256(given.encode('utf-8', 'replace')).hexdigest()[:8]}"


def storable(meta: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the metadata that JSON can hold, and the keys of the rest."""
    kept: dict[str, Any] = {}
    left: list[str] = []
    for key, value in dict(meta).items():
        try:
            kept[str(key)] = orjson.loads(orjson.dumps(value))
        except (TypeError, ValueError):
            left.append(str(key)[:40])
    return kept, left


def _word(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _origin(document: Document) -> str:
    file = document.where.rpartition(":")[0] or document.where
    return f"{file}#{document.id}" if document.id and document.id not in file else document.where


def _group(document: Document) -> str:
    """Return the article that a document says it is a sentence of, with its place; empty for none."""
    meta = document.meta
    key, start, end = meta.get("article") or meta.get("doc"), meta.get("start"), meta.get("end")
    if not isinstance(key, str) or type(start) is not int or start < 0:
        return ""
    return key if end is None or end == start + len(document.text) else ""


def _start(piece: Piece) -> int:
    return int(piece.document.meta["start"])


def rebuild(pieces: Sequence[Piece]) -> tuple[str, list[int]] | None:
    """Return the text that sentences make in their places, and where each begins in it.

    What stood between them is not known: one code point becomes a blank, more become an empty line.
    None where two of them claim other words for one place.
    """
    order = sorted(range(len(pieces)), key=lambda n: (_start(pieces[n]), -len(pieces[n].document.text)))
    offsets = [0] * len(pieces)
    text, at, moved = "", 0, 0
    for n in order:
        start, words = _start(pieces[n]), pieces[n].document.text
        if start >= at:
            gap = start - at if text else 0
            text += "" if not gap else " " if gap == 1 else "\n\n"
            moved = len(text) - start
            at = start
        offsets[n] = start + moved
        shared = min(at - start, len(words))
        if text[offsets[n] : offsets[n] + shared] != words[:shared]:
            return None
        text += words[shared:]
        at = max(at, start + len(words))
    return text, offsets


def _base_sentences(article: Article, pieces: Sequence[Piece], offsets: Sequence[int]) -> list[Sentence]:
    """Return sentences of the pieces that lie side by side, the shorter ones first, counted from 1."""
    every = [_at(s, article, o) for p, o in zip(pieces, offsets, strict=True) for s in p.sentences]
    out: list[Sentence] = []
    for s in sorted(every, key=lambda s: (s.start, s.end)):
        if not out or out[-1].end <= s.start:
            out.append(replace(s, index=len(out) + 1))
    return out


def _covers(places: Sequence[tuple[int, int]], base: Sequence[Sentence]) -> bool:
    """Whether no base sentence would be hidden in part: each touched one is covered whole."""
    taken = sorted(set(places))
    for s in base:
        inside = [p for p in taken if p[0] < s.end and s.start < p[1]]
        if inside and (s.start, s.end) not in inside:
            seen = sum(min(b, s.end) - max(a, s.start) for a, b in inside)
            gaps = len(inside) - 1
            if seen + gaps < s.end - s.start:
                return False
    return True


def _at(s: Sentence, article: Article, offset: int) -> Sentence:
    return replace(s, article=article.id, start=s.start + offset, end=s.end + offset)


def _joined(works: Sequence[Work], text: str) -> tuple[Work, list[Work]]:
    """Return the sentences as one, and each step of the joining."""
    whole, steps = works[0], []
    for work in works[1:]:
        whole = join(whole, work, text).after[0]
        steps.append(whole)
    return whole, steps


def _said(document: Document, stretch: tuple[int, int], *, answered: bool, first: bool) -> Annotation:
    start, end = stretch
    said = Annotation(
        answer=document.answer if answered else None,
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
