"""CoNLL rows from documents: word, two empty columns, IOB2 tag; ``-DOCSTART-`` before each document.

The third column says ``SpaceAfter=No`` where no blank follows, so that the text can be rebuilt;
programs that read word and tag don't look there. CoNLL is flat: of two spans that overlap the
longer stays (of equal ones the earlier, then the first label), as spaCy's ``filter_spans`` does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range
from annotator.formats.conll.conll_table import DOCSTART
from annotator.formats.document import ConversionLog, Document
from annotator.formats.format_writing import (
    PAST_TEXT_END,
    record_loss,
    record_span,
    record_unsupported_fields,
    record_unsupported_note,
    visible_words,
    write_whole_file,
)
from annotator.formats.span_fields import NoteCounter

OVERLAPS_LONGER = "a longer span that stays overlaps it, and CoNLL is flat"
EDGE_INSIDE_TOKEN = "it begins or ends inside a token"
OVER_SENTENCE_END = "it runs over a sentence end"
BLANK_IN_TAG = "a CoNLL tag holds no blanks"
BLANK_ONLY = "nothing but blanks"
DOCSTART_WORD = f"CoNLL takes the word {DOCSTART} for the start of a document"
SPACING_LOST = "texts whose line ends and runs of blanks don't come back, since CoNLL has words alone: {n}"


def write(documents: Iterable[Document], out: Path, log: ConversionLog) -> list[Path]:
    """Write the documents to ``corpus.conll`` in the folder ``out``; return the file.

    What a flat tag cannot hold is listed in ``account``.
    """
    path = out / "corpus.conll"
    tally = NoteCounter()
    files = [
        write_whole_file(path, (row.encode() for d in documents for row in _document_rows(d, log, tally)))
    ]
    tally.add_notes(log)
    return files


def _document_rows(document: Document, log: ConversionLog, tally: NoteCounter) -> Iterator[str]:
    words = visible_words(document)
    marks = [t for t in words if t.text.startswith(DOCSTART)]
    tokens = [t for t in words if t not in marks] if marks else words
    for mark in marks:
        record_loss(document, "word", mark.text, DOCSTART_WORD, log)
    breaks = sorted(start for start, _ in document.sentences)[1:]
    log.read += len(document.spans)
    stay = _non_overlapping(_taggable_spans(document, words, breaks, log), document, log)
    log.kept += len(stay)
    record_unsupported_fields(document, "CoNLL", log)
    record_unsupported_note(document, "CoNLL", log)
    tally.add(SPACING_LOST, _text_as_read(tokens, breaks) != document.text)
    yield f"{DOCSTART} -X- O O\n\n"
    tags = _tags(tokens, stay)
    for n, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
        following = tokens[n + 1] if n + 1 < len(tokens) else None
        ends = _ends_sentence(token, following, breaks)
        glued = following is not None and following.start == token.end
        yield f"{token.text} _ {'SpaceAfter=No' if glued and not ends else '_'} {tag}\n"
        yield "\n" * ends


def _ends_sentence(token: Token, following: Token | None, sentence_starts: Sequence[int]) -> bool:
    """Whether a sentence ends after a token."""
    return following is None or _sentence_number(following.start, sentence_starts) != _sentence_number(
        token.start, sentence_starts
    )


def _text_as_read(tokens: Sequence[Token], sentence_starts: Sequence[int]) -> str:
    """Return the text as it comes back: a line end after a sentence, else one blank or nothing."""
    out: list[str] = []
    for token, following in pairwise(tokens):
        gap = (
            "\n" if _ends_sentence(token, following, sentence_starts) else " " * (following.start > token.end)
        )
        out += [token.text, gap]
    return "".join([*out, *(t.text for t in tokens[-1:])])


def _tags(tokens: Sequence[Token], spans: Sequence[Span]) -> list[str]:
    """Return the IOB2 tag of each token."""
    tags = ["O"] * len(tokens)
    for span in spans:
        first, last = token_range(tokens, span.start, span.end)
        tags[first:last] = [f"B-{span.label}", *[f"I-{span.label}"] * (last - first - 1)]
    return tags


def _sentence_number(at: int, sentence_starts: Sequence[int]) -> int:
    return bisect_right(sentence_starts, at)


def _taggable_spans(
    document: Document, tokens: Sequence[Token], sentence_starts: Sequence[int], log: ConversionLog
) -> list[Span]:
    """Return the spans that tags can hold by themselves; list the others."""
    out: list[Span] = []
    for span in document.spans:
        if why := _why_unsupported(span, document, tokens, sentence_starts):
            record_span(document, span, why, log)
        else:
            out.append(span)
    return out


def _why_unsupported(
    span: Span, document: Document, tokens: Sequence[Token], sentence_starts: Sequence[int]
) -> str:
    if span.end > len(document.text):
        return PAST_TEXT_END
    if not document.text[span.start : span.end].strip():
        return BLANK_ONLY
    if span.label.split() != [span.label]:
        return BLANK_IN_TAG
    if not is_aligned(tokens, span.start, span.end):
        return EDGE_INSIDE_TOKEN
    first, last = token_range(tokens, span.start, span.end)
    if any(t.text.startswith(DOCSTART) for t in tokens[first:last]):
        return DOCSTART_WORD
    return (
        OVER_SENTENCE_END
        if _sentence_number(span.start, sentence_starts) != _sentence_number(span.end - 1, sentence_starts)
        else ""
    )


def _non_overlapping(spans: Sequence[Span], document: Document, log: ConversionLog) -> list[Span]:
    """Return the spans of one flat view, in the order of the text; list those that have no place in it."""
    stay: list[Span] = []
    taken = bytearray(len(document.text))
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        if 1 in taken[span.start : span.end]:
            record_span(document, span, OVERLAPS_LONGER, log)
        else:
            stay.append(span)
            taken[span.start : span.end] = b"\x01" * (span.end - span.start)
    return stay
