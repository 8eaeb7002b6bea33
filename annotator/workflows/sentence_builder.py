"""From a document of another tool to sentences with tokens: the file's own where it has them.

A file's tokens are never cut: a sentence end of ours that falls into one is dropped. All visible text
comes into some sentence, so that nothing is out of reach in the corpus.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from msgspec import Struct

from annotator.core.article import Article, LineVerdict, Sentence, SourceLine
from annotator.core.digest import article_id_from_digest, text_digest
from annotator.core.errors import SourceError
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.formats.document import Document
from annotator.formats.span_alignment import tokens_with_blanks
from annotator.ingest.segmentation import paragraph_lines, sentence_ranges
from annotator.ingest.tokenizer import Tokenizer

CharRange = tuple[int, int]

MAX_SINGLE_SENTENCE = 1_000
"""The longest text, in code points, that a task of a sentence-wise format keeps as one sentence."""
MAX_TEXT_LENGTH = 1_000_000
"""The longest text, in code points, that is cut into sentences here; spaCy takes no longer one either."""
IMPORTED_REASON = "given in the imported text"


class BuiltSentences(Struct, frozen=True):
    """The sentences of a text, and what of them and of their tokens is the file's own."""

    sentences: tuple[Sentence, ...]
    from_file: frozenset[int] = frozenset()
    """The places in ``sentences`` that the file itself has; none where it has none."""
    retokenized: int = 0
    """How many sentences got new tokens because the file's overlap or leave text out."""


def imported_article(text: str, where: str, origin: str, *, title: str = "", **fields: object) -> Article:
    """Return an imported text as an article, all of it body; raises SourceError that names ``where``."""
    try:
        digest = text_digest(text)
    except SourceError as error:
        raise SourceError(error.what, where=where, do=error.do) from None
    meta = fields.get("meta")
    return Article(
        id=article_id_from_digest(digest),
        origin=origin,
        digest=digest,
        text=text,
        lines=body_lines(text),
        title=" ".join(title.split()),
        date=str(fields.get("date", "")),
        meta=dict(meta) if isinstance(meta, dict) else {},
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
        given, from_file = _detected_ranges(text, article.lines, by_sentence=by_sentence), frozenset[int]()
        ranges = _join_split_tokens(given, tokens)
    else:
        stated = _join_split_tokens(given, tokens)
        ranges = _join_split_tokens(sorted([*stated, *_gap_ranges(text, stated)]), tokens)
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


def _detected_ranges(text: str, lines: Sequence[SourceLine], *, by_sentence: bool) -> list[CharRange]:
    """Return the house's sentences; a task that is one short line stays whole."""
    whole = text.strip()
    if by_sentence and len(whole) <= MAX_SINGLE_SENTENCE and "\n" not in whole:
        start = len(text) - len(text.lstrip())
        return [(start, start + len(whole))] if whole else []
    rows = text.split("\n")
    starts = list(accumulate((len(row) + 1 for row in rows[:-1]), initial=0))
    return [
        found
        for group in paragraph_lines(rows, tuple(lines))
        for found in sentence_ranges(text, starts[group[0]], starts[group[-1]] + len(rows[group[-1]]))
    ]


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


def _gap_ranges(text: str, ranges: Sequence[CharRange]) -> Iterator[CharRange]:
    edges = [0, *(x for pair in ranges for x in pair), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        piece = text[start:end]
        if piece.strip():
            found = _detected_ranges(piece, body_lines(piece), by_sentence=False)
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
