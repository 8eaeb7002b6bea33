"""Documents of another tool on their way into a corpus: cut into sentences, or put together again from them.

A file's tokens are never cut: a sentence end of ours that falls into one is dropped. All visible text
comes into some sentence, so that nothing is out of reach in the corpus.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats.document import Document
from annotator.formats.span_alignment import tokens_with_blanks
from annotator.ingest.article_sentences import article_sentence_ranges
from annotator.ingest.tokenizer import Tokenizer
from annotator.workflows.article_metadata import SENTENCES_FIELD
from annotator.workflows.import_doubts import Doubt

SpanKey = tuple[int, int, str]
CharRange = tuple[int, int]
MAX_SINGLE_SENTENCE = 1_000
"""The longest text, in code points, that a task of a sentence-wise format keeps as one sentence."""
MAX_TEXT_LENGTH = 1_000_000
"""The longest text, in code points, that is cut into sentences here; spaCy takes no longer one either."""
IMPORTED_REASON = "given in the imported text"


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
    doubts: tuple[Doubt, ...] = ()
    """The ranges that spans without a sure place may be about."""


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
    doubtful: int = 0
    """Sentences that stay open because a span without a sure place may be about them."""
    known: int = 0
    """Sentences that were identical in the journals before."""
    conflicts: int = 0
    """Sentences that came with other annotations than the corpus has."""
    contradicted: int = 0
    """Sentences that stay open because the files have their text again, with other annotations of its annotator."""
    joined: int = 0
    """Sentences that were joined with others, because a span runs over their end."""
    retold: int = 0
    """Sentences that got new tokens, because the file's leave text out."""


class BuiltSentences(Struct, frozen=True):
    """The sentences of a text, and what of them and of their tokens is the file's own."""

    sentences: tuple[Sentence, ...]
    from_file: frozenset[int] = frozenset()
    """The places in ``sentences`` that the file itself has; none where it has none."""
    retokenized: int = 0
    """How many sentences got new tokens because the file's overlap or leave text out."""


def imported_article(text: str, where: str, origin: str, *, title: str, date: str, meta: dict[str, Any]) -> Article:
    """Return an imported text as an article, all of it body; raises SourceError that names ``where``."""
    try:
        digest = text_digest(text)
    except SourceError as error:
        raise SourceError(error.what, where=where, do=error.do) from None
    return Article(
        id=article_id_from_digest(digest),
        origin=origin,
        digest=digest,
        text=text,
        lines=body_lines(text),
        title=" ".join(title.split()),
        date=date,
        meta=meta,
    )


def body_lines(text: str) -> tuple[SourceLine, ...]:
    """Return the verdicts on an imported text: all that can be seen is body."""
    body, blank = (SourceLine(LineVerdict.BODY, IMPORTED_REASON), SourceLine(LineVerdict.BLANK, "nothing on the line"))
    return tuple(body if row.strip() else blank for row in text.split("\n"))


def build_sentences(
    document: Document, article: Article, tokenizer: Tokenizer, *, by_sentence: bool, whole: bool = False
) -> BuiltSentences:
    """Return the sentences of a document's text, the file's own where it has some.

    ``by_sentence`` keeps a short one-line text whole, ``whole`` any text: the file states that it is one.
    Raises SourceError for a text that is too long to be one article.
    """
    text, tokens = document.text, _ordered_tokens(document)
    if len(text) > MAX_TEXT_LENGTH and not tokens and not document.sentences:
        what = f"the text has {len(text):,} characters, more than {MAX_TEXT_LENGTH:,}"
        raise SourceError(what, where=document.where, do="split it into several texts")
    given = _trimmed_ranges(text, ((0, len(text)),) if whole else document.sentences)
    if given is None or not given:
        given, from_file = (
            _detected_ranges(text, article.lines, tokenizer.lang, by_sentence=by_sentence),
            frozenset[int](),
        )
        ranges = _join_split_tokens(given, tokens)
    else:
        stated = _join_split_tokens(given, tokens)
        ranges = _join_split_tokens(sorted([*stated, *_gap_ranges(text, stated, tokenizer.lang)]), tokens)
        starts = {start for start, _ in stated}
        from_file = frozenset(n for n, (start, _) in enumerate(ranges) if start in starts)
    sentences: list[Sentence] = []
    retokenized = 0
    for n, (start, end) in enumerate(ranges, 1):
        text = article.text[start:end]
        inside = tokens[bisect_left(tokens, start, key=_token_start) : bisect_left(tokens, end, key=_token_start)]
        sentence_tokens = tokens_with_blanks(article.text, inside, start, end) if inside else None
        retokenized += sentence_tokens is None and bool(inside)
        sentence_tokens = sentence_tokens or tokenizer.tokens(text)
        sentences.append(Sentence(article.id, n, start, end, text, sentence_tokens))
    return BuiltSentences(tuple(sentences), from_file, retokenized)


def _token_start(token: Token) -> int:
    return token.start


def _ordered_tokens(document: Document) -> tuple[Token, ...]:
    """Return the file's tokens if they are in the text one after another, else none."""
    at = 0
    for token in document.tokens:
        if not at <= token.start < token.end <= len(document.text):
            return ()
        at = token.end
    return document.tokens


def _trimmed_ranges(text: str, ranges: Sequence[CharRange]) -> list[CharRange] | None:
    """Return the ranges without blanks at their edges; None where they overlap or leave the text."""
    out: list[CharRange] = []
    at = 0
    for start, end in sorted(ranges):
        if not at <= start <= end <= len(text):
            return None
        there = text[start:end]
        a, b = start + len(there) - len(there.lstrip()), start + len(there.rstrip())
        if a < b:
            out.append((a, b))
        at = end
    return out


def _detected_ranges(text: str, lines: Sequence[SourceLine], lang: str, *, by_sentence: bool) -> list[CharRange]:
    """Return the house's sentences; a task that is one short line stays whole."""
    whole = text.strip()
    if by_sentence and len(whole) <= MAX_SINGLE_SENTENCE and "\n" not in whole:
        start = len(text) - len(text.lstrip())
        return [(start, start + len(whole))] if whole else []
    return list(article_sentence_ranges(text, lines, lang))


def _join_split_tokens(ranges: Sequence[CharRange], tokens: Sequence[Token]) -> list[CharRange]:
    """Return the ranges with those joined between which a token is."""
    out: list[CharRange] = []
    for start, end in ranges:
        if out and _is_token_split(tokens, out[-1][1], start):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _is_token_split(tokens: Sequence[Token], before: int, after: int) -> bool:
    """Return True if a token reaches from before the end of one sentence to past the start of the next."""
    at = bisect_right(tokens, before - 1, key=_token_start) - 1
    return at >= 0 and tokens[at].start < before and tokens[at].end > after


def _gap_ranges(text: str, ranges: Sequence[CharRange], lang: str) -> Iterator[CharRange]:
    edges = [0, *(x for pair in ranges for x in pair), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        piece = text[start:end]
        if piece.strip():
            found = _detected_ranges(piece, body_lines(piece), lang, by_sentence=False)
            yield from ((start + a, start + b) for a, b in found)


def sentence_runs(spans: Sequence[Span], sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the runs of sentences, as half-open ranges of places, that no span crosses the ends of.

    Every sentence is in one run; a run of several is to be joined.
    """
    starts = [s.start for s in sentences]
    joined = bytearray(len(sentences))
    for span in spans:
        first = max(0, bisect_right(starts, span.start) - 1)
        last = max(first, bisect_left(starts, span.end) - 1)
        joined[first:last] = b"\1" * (last - first)
    ends = [n for n, is_joined in enumerate(joined, 1) if not is_joined]
    return list(pairwise([0, *ends]))


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
    key, start, end = named_article(document), document.meta.get("start"), document.meta.get("end")
    if type(start) is not int or start < 0:
        return ""
    return key if end is None or end == start + len(document.text) else ""


def named_article(document: Document) -> str:
    """Return the article that a document's metadata names, with a place in it or without; empty for none."""
    key = document.meta.get("article") or document.meta.get("doc")
    return key if isinstance(key, str) else ""


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
    starts, ends = [start for start, _ in taken], list(accumulate((end for _, end in taken), max))
    for s in base:
        near = taken[bisect_right(ends, s.start) : bisect_left(starts, s.end)]
        inside = [p for p in near if s.start < p[1]]
        if inside and (s.start, s.end) not in inside:
            seen = sum(min(b, s.end) - max(a, s.start) for a, b in inside)
            if seen + len(inside) - 1 < s.end - s.start:  # a blank is between two pieces
                return False
    return True


def move_sentence(s: Sentence, article: Article, offset: int) -> Sentence:
    """Return the sentence of a text as one of the article in which that text begins at ``offset``."""
    return replace(s, article=article.id, start=s.start + offset, end=s.end + offset)
