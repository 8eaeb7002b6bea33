"""What is done once for all formats: blanks trimmed, doubles told, spans held against text and tokens.

Blanks go first, because most spans that are off their tokens are so by a blank. What still begins or
ends inside a token is kept just there and listed: nothing is widened or cut in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotator.core.spans import Span
from annotator.core.tokens import Token, gap_token, is_aligned
from annotator.formats.document import Account, Document, Entry, Fate
from annotator.formats.labels import Rename

BLANKS = "blanks at an edge"
EMPTY = "nothing but blanks"
PAST = "past the end of the text"
TWICE = "the same span stands there twice"
CALLED_SO = "the same range has a label that is called the same now"
INSIDE = "inside a token"
INSIDE_TRIMMED = "inside a token, blanks at an edge taken off"
ASKED = "as --map asks"

Key = tuple[int, int, str]


def settle(
    document: Document, log: Account, kept: list[Span] | None = None, rename: Rename | None = None
) -> Document:
    """Return the document with spans that can be stored, each counted as kept or listed in ``account``.

    Spans are trimmed of blanks; doubles, spans of blanks alone and spans past the end of the text are
    listed and left out; with tokens, spans that begin or end inside one are listed and stay. What the
    reader has listed since the last call with ``Entry.made`` is told already and counted no second
    time. ``kept`` takes the spans that stay just as they were; ``rename`` gives a label its new name,
    or none where its spans are to be left out.
    """
    description = {s.key for entry in log.entries[log.aligned_entries :] for s in entry.resulting_spans}
    kept = [] if kept is None else kept
    before = len(kept)
    renamed = rename or _as_it_is
    spans = tuple(_settled(document, document.spans, log, description, kept, renamed))
    rejected = tuple(_settled(document, document.rejected, log, description, kept, renamed))
    log.kept += len(kept) - before
    log.aligned_entries = len(log.entries)
    return replace(document, spans=spans, rejected=rejected)


def _as_it_is(label: str) -> str:
    return label


def _settled(
    document: Document,
    spans: Sequence[Span],
    log: Account,
    reported: set[Key],
    kept: list[Span],
    rename: Rename,
) -> Iterator[Span]:
    seen: dict[Key, str] = {}
    for span in spans:
        settled, outcome, why = _fate(document, span, seen, rename(span.label))
        if settled is not None:
            seen[settled.key] = span.label
            yield settled
        if span.key in reported:
            if settled is None:  # the reader's line says what became of it; this one, that nothing did
                log.record(replace(_entry(document, span, Fate.LEFT_OUT, why, None), kind="part"))
            continue
        if outcome is None and settled is not None:
            kept.append(settled)
        elif outcome is not None:
            log.record(_entry(document, span, outcome, why, settled))


def _fate(
    document: Document, span: Span, seen: dict[Key, str], label: str
) -> tuple[Span | None, Fate | None, str]:
    """Return the span as it is kept, if it is, and its fate; none where it stays just as it is.

    ``seen`` has what each span that is kept was labelled in the file.
    """
    text = document.text
    if span.end > len(text):
        return None, Fate.LEFT_OUT, PAST
    if not label:
        return None, Fate.LEFT_OUT, ASKED
    trimmed = trim(text, span)
    if trimmed is None:
        return None, Fate.LEFT_OUT, EMPTY
    settled = trimmed if label == span.label else replace(trimmed, label=label)
    if settled.key in seen:
        return None, Fate.DOUBLE, TWICE if seen[settled.key] == span.label else CALLED_SO
    if document.tokens and not is_aligned(document.tokens, settled.start, settled.end):
        return settled, Fate.CHARACTERS, INSIDE if trimmed is span else INSIDE_TRIMMED
    if trimmed is not span:
        return settled, Fate.TRIMMED, BLANKS
    return settled, None, ""


def trim(text: str, span: Span) -> Span | None:
    """Return the span without blanks at its edges, or None where there is nothing else."""
    there = text[span.start : span.end]
    start = span.start + len(there) - len(there.lstrip())
    end = span.start + len(there.rstrip())
    if start >= end:
        return None
    return span if (start, end) == (span.start, span.end) else replace(span, start=start, end=end)


def _entry(document: Document, span: Span, outcome: Fate, why: str, settled: Span | None) -> Entry:
    text = document.text[span.start : span.end]
    made = (settled,) if settled else ()
    return Entry(document.where, f"{span.start}-{span.end}:{span.label}", outcome, why, text, resulting_spans=made)


def tiled(text: str, tokens: Sequence[Token], start: int, end: int) -> tuple[Token, ...] | None:
    """Return the tokens of ``text[start:end]`` so that they spell it, offsets from ``start``.

    A file's tokens leave white space out, or say nothing of it: one blank after a token is its
    ``ws``, any more is a token of its own. None where the tokens overlap, or visible text lies between.
    """
    usual = _usual(text, tokens, start, end)
    if usual is not None:
        return usual
    out: list[Token] = []
    at = start
    for token in tokens:
        if not at <= token.start < token.end <= end or not _bridge(out, text[at : token.start], at - start):
            return None
        word = text[token.start : token.end]
        out.append(Token(word, token.start - start, token.end - start, ws=False))
        at = token.end
    return tuple(out) if out and _bridge(out, text[at:end], at - start) else None


def _usual(text: str, tokens: Sequence[Token], start: int, end: int) -> tuple[Token, ...] | None:
    """Return the same where at most a blank stands after each token and nothing before the first."""
    out: list[Token] = []
    at = start
    following = [t.start for t in tokens[1:]] + [end] * bool(tokens)
    for token, after in zip(tokens, following, strict=True):
        if token.start != at or not at < token.end <= after or text[token.end : after] not in ("", " "):
            return None
        out.append(Token(text[at : token.end], at - start, token.end - start, ws=after > token.end))
        at = after
    return tuple(out) or None


def _bridge(out: list[Token], gap: str, at: int) -> bool:
    """Add the white space ``gap`` after the last token; False where it is not all white space."""
    if gap.strip():
        return False
    if not gap:
        return True
    if not out:
        out.append(Token(gap, at, at + len(gap), ws=False))
        return True
    ws, rest = gap_token(gap, at)
    out[-1] = replace(out[-1], ws=ws)
    out.extend(rest)
    return True
