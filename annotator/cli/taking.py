"""From the documents of a file to articles and journal records, each span accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from annotator.cli.cutting import article_of, cut
from annotator.cli.pieces import (
    SENTENCES,
    Choices,
    Piece,
    base_sentences,
    covers,
    group_of,
    rebuild,
    start_of,
    stated,
)
from annotator.cli.recording import Recorder
from annotator.core.annotation import Answer
from annotator.core.article import Article, Sentence
from annotator.core.counting import counted
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.formats.align import settle
from annotator.formats.document import Account, Document
from annotator.formats.labels import labels_of, no_names
from annotator.ingest.clean.metadata import given_date
from annotator.ingest.tokens import Tokenizer
from annotator.storage.corpus import Corpus
from annotator.storage.imports import Staging

REBUILT = (
    "put together from sentences: the file does not say what stands between these, so it is a blank or an "
    "empty line"
)
_NAMED = 5
"""How many labels that are called otherwise are told one by one."""
_LONG = 80
"""How much of a label's name a note shows."""


class Taker:
    """Takes the documents of an import in, one after another, and prepares what is to be written."""

    def __init__(
        self, staging: Staging, tokenizer: Tokenizer, account: Account, choices: Choices, schema: Schema
    ) -> None:
        """Begin; ``staging`` takes what is made, ``account`` each span that is not carried over."""
        self.recorder = Recorder(staging, account, choices, schema)
        self.counts = self.recorder.counts
        self.labels: dict[str, int] = {}
        """How many spans there are by label, after the label map."""
        self.no_names: set[str] = set()
        """The labels with spans that overlap others, or long ones: they are no entities."""
        self.seen: set[str] = set()
        """The labels of the files, as they call them, where any are to be renamed."""
        self._renamed = self._rebuilt = 0
        self._staging, self._tokenizer = staging, tokenizer
        self.account, self._choices = account, choices
        self._into: Corpus | None = staging.into
        self._known_ids = set(self._into.article_ids()) if self._into else set[str]()
        self._groups: dict[str, list[Piece]] = {}

    def take(self, document: Document, *, by_sentence: bool) -> None:
        """Take one document in; raises SourceError for a text that cannot be stored."""
        self.counts.documents += 1
        document = stated(answered(document, self._choices.answer))
        self._tell_renamed(document)
        piece = self._piece(document, by_sentence=by_sentence)
        for label, n in labels_of(piece.document).items():
            self.labels[label] = self.labels.get(label, 0) + n
        self.no_names |= no_names(piece.document)
        if not piece.sentences:
            self.counts.empty += 1
        elif key := group_of(document):
            self._groups.setdefault(key, []).append(piece)
        else:
            self._alone(piece)

    def _tell_renamed(self, document: Document) -> None:
        """Note the labels that are called otherwise from now on."""
        for label in labels_of(document):
            if label not in self.seen and self._choices.rename:
                self.seen.add(label)
                new = self._choices.rename(label)
                if new != label:
                    self._renamed += 1
                    if self._renamed <= _NAMED:
                        told = f"called {new}" if new else "left out"
                        self._note(f"the label {_shown(label)} is {told}")

    def finish(self) -> None:
        """Put together the articles whose sentences came as documents of their own, and tell the rest."""
        if (more := self._renamed - _NAMED) > 0:
            told = counted(more, "more label is", "more labels are")
            self._note(f"{told} called otherwise or left out")
        for key, pieces in self._groups.items():
            self._group(key, pieces)
        self._groups.clear()
        if self._rebuilt:
            told = counted(self._rebuilt, "article was", "articles were")
            self._note(f"{told} {REBUILT}")

    # -- one document --------------------------------------------------------------------------

    def _piece(self, document: Document, *, by_sentence: bool) -> Piece:
        article = self._article(document)
        base = self._stored(article.id) if not document.tokens and not document.sentences else ()
        if base:
            sentences, own = base, frozenset(range(len(base)))
        else:
            whole = by_sentence and bool(group_of(document))
            made = cut(document, article, self._tokenizer, by_sentence=by_sentence, whole=whole)
            sentences, own = made.sentences, made.own or frozenset(range(len(made.sentences)))
            self.counts.retold += made.retold
        tokens = tuple(t.moved(s.start) for s in sentences for t in s.tokens)
        kept: list[Span] = []
        first = self.account.settled
        settled = settle(replace(document, tokens=tokens), self.account, kept, self._choices.rename)
        settled = replace(settled, tokens=())
        entries = range(first, len(self.account.entries))
        return Piece(settled, sentences, own, frozenset(s.key for s in kept), entries)

    def _stored(self, article_id: str) -> tuple[Sentence, ...]:
        """Return the corpus's own sentences of an article that is in it."""
        if self._into is None or article_id not in self._known_ids:
            return ()
        return self._into.sentences(article_id)

    def _article(self, document: Document) -> Article:
        meta, left = storable(document.meta)
        if document.sentences:
            meta.pop(SENTENCES, None)  # they are told by the corpus's own sentences from now on
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
            date=given_date(_word(document.meta.get("date"))),
        )

    def _alone(self, piece: Piece) -> None:
        article = self._article(piece.document)
        self._add(article, piece.sentences)
        self.recorder.place(piece, article, 0)

    def _add(self, article: Article, sentences: Sequence[Sentence]) -> None:
        """Prepare an article unless it is there."""
        if self._staging.has(article.id):
            return
        if article.id in self._known_ids:
            self.recorder.base(article.id, self._stored(article.id))
            return
        self._staging.add_article(article, sentences)
        self.recorder.base(article.id, sentences)
        self.counts.sentences += len(sentences)

    # -- articles that came in sentences -------------------------------------------------------

    def _group(self, key: str, pieces: list[Piece]) -> None:
        there = self._there(key, pieces)
        if there is not None:
            self.recorder.base(there.id, self._stored(there.id))
            for piece in pieces:
                self.recorder.place(piece, there, start_of(piece))
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
        self._rebuilt += len(set(offsets)) > 1
        first = pieces[0].document
        article = self._article(replace(first, text=text, id=key, meta={"from": key}))
        self._add(article, base_sentences(article, pieces, offsets))
        for piece, offset in zip(pieces, offsets, strict=True):
            self.recorder.place(piece, article, offset)

    def _there(self, key: str, pieces: Sequence[Piece]) -> Article | None:
        """Return the corpus's own article that the sentences stand in, if it is there word for word."""
        if self._into is None or key not in self._known_ids:
            return None
        article = self._into.article(key)
        if any(not article.text.startswith(p.document.text, start_of(p)) for p in pieces):
            return None
        places = [(start_of(p) + s.start, start_of(p) + s.end) for p in pieces for s in p.sentences]
        return article if covers(places, self._stored(key)) else None

    def _note(self, note: str) -> None:
        if note not in self.account.notes:
            self.account.notes.append(note)


def answered(document: Document, asked: str) -> Document:
    """Return the document with the answer that the user knows better: all it leaves open, or all of it."""
    if asked == Answer.ACCEPT:
        return replace(document, answer=document.answer or Answer.ACCEPT, open=())
    return replace(document, answer=None) if asked else document


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


def _shown(label: str) -> str:
    """Return a label as a note shows it: a file may have one as long as a book."""
    return label if len(label) <= _LONG else f"{label[:_LONG]}…"


def _word(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _origin(document: Document) -> str:
    file = document.where.rpartition(":")[0] or document.where
    return f"{file}#{document.id}" if document.id and document.id not in file else document.where
