"""Settled documents on their way into a corpus, and sentences that make an article again."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Article, Sentence
from annotator.formats.document import Document
from annotator.formats.label_mapping import LabelRename

SpanKey = tuple[int, int, str]
DocumentRange = tuple[int, int]


class DocumentOptions(Struct, frozen=True):
    """What the user chose for an import."""

    answer: str = ""
    """``accept`` takes what the file leaves open for read, ``open`` leaves all open; empty: as it states."""
    rename: LabelRename | None = None
    title_from: str = ""
    """A field of the metadata that holds the title."""
    full: bool = False


class AlignedDocument(Struct, frozen=True):
    """One settled document with its sentences, in code points of its own text."""

    document: Document
    sentences: tuple[Sentence, ...]
    answered_sentences: frozenset[int]
    """The places of the sentences that the document's answer is about."""
    kept: frozenset[SpanKey]
    """The spans that were counted as carried over unchanged."""
    ledger_entries: range
    """Where in the log the others are listed."""


class ImportCounts(Struct):
    """What came of an import."""

    documents: int = 0
    empty: int = 0
    """Documents without any text to annotate."""
    sentences: int = 0
    """Sentences of new articles."""
    records: int = 0
    open: int = 0
    """Sentences with spans that nobody has finished."""
    known: int = 0
    """Sentences that were identical in the journals before."""
    conflicts: int = 0
    joined: int = 0
    """Sentences that were joined with others, because a span runs over their end."""
    retold: int = 0
    """Sentences that got new tokens, because the file's leave text out."""


SENTENCES_FIELD = "sentences"
"""The field of the metadata that lists an article's sentences, for formats that have no other place."""


def with_stated_sentences(document: Document) -> Document:
    """Return the document with the sentences that its metadata lists, if it lists them as an export does.

    They are the sentences that somebody has finished; the document speaks of no others.
    """
    stated_ranges = document.meta.get(SENTENCES_FIELD)
    if document.sentences or not isinstance(stated_ranges, list):
        return document
    at = 0
    for given in stated_ranges:
        if not isinstance(given, list) or [type(x) for x in given] != [int, int]:
            return document
        if not at <= given[0] < given[1] <= len(document.text):
            return document
        at = given[1]
    return replace(document, sentences=tuple((start, end) for start, end in stated_ranges))


def article_key(document: Document) -> str:
    """Return the article that a document is a sentence of, with its place; empty for none."""
    meta = document.meta
    key, start, end = meta.get("article") or meta.get("doc"), meta.get("start"), meta.get("end")
    if not isinstance(key, str) or type(start) is not int or start < 0:
        return ""
    return key if end is None or end == start + len(document.text) else ""


def start_in_article(aligned: AlignedDocument) -> int:
    """Return the start of the document's text in its article."""
    return int(aligned.document.meta["start"])


def rebuild_text(documents: Sequence[AlignedDocument]) -> tuple[str, list[int]] | None:
    """Return the text that sentences make in their places, and where each begins in it.

    The text between them is not known: one code point becomes a blank, more become an empty line.
    None where two of them claim other words for one place.
    """
    order = sorted(
        range(len(documents)), key=lambda n: (start_in_article(documents[n]), -len(documents[n].document.text))
    )
    offsets = [0] * len(documents)
    text, at, moved = "", 0, 0
    for n in order:
        start, words = start_in_article(documents[n]), documents[n].document.text
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


def build_base_sentences(
    article: Article, documents: Sequence[AlignedDocument], offsets: Sequence[int]
) -> list[Sentence]:
    """Return sentences of the pieces that are side by side, the shorter ones first, counted from 1."""
    every = [move_sentence(s, article, o) for p, o in zip(documents, offsets, strict=True) for s in p.sentences]
    out: list[Sentence] = []
    for s in sorted(every, key=lambda s: (s.start, s.end)):
        if not out or out[-1].end <= s.start:
            out.append(replace(s, index=len(out) + 1))
    return out


def covers_whole_sentences(ranges: Sequence[tuple[int, int]], base: Sequence[Sentence]) -> bool:
    """Return True if no base sentence would be hidden in part: each touched one is covered whole."""
    taken = sorted(set(ranges))
    for s in base:
        inside = [p for p in taken if p[0] < s.end and s.start < p[1]]
        if inside and (s.start, s.end) not in inside:
            seen = sum(min(b, s.end) - max(a, s.start) for a, b in inside)
            if seen + len(inside) - 1 < s.end - s.start:  # a blank is between two pieces
                return False
    return True


def move_sentence(s: Sentence, article: Article, offset: int) -> Sentence:
    """Return the sentence of a text as one of the article in which that text begins at ``offset``."""
    return replace(s, article=article.id, start=s.start + offset, end=s.end + offset)
