"""What is done once for all formats: blanks trimmed, doubles listed, spans checked against text and tokens.

Blanks go first, because most spans off their tokens are off by a blank. What still begins or
ends inside a token is kept just there and listed: nothing is widened or cut in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.core.tokens import Token, gap_token, is_aligned
from annotator.formats.document import AS_MAP_REQUESTS, ConversionLog, ConversionLogEntry, Document, span_entry
from annotator.formats.label_mapping import LabelRename

PAST_END = "past the end of the text"
SAME_SPAN_TWICE = "the same span occurs twice"
SAME_AFTER_RENAME = "the same range has a label that is called the same now"
INSIDE_TOKEN_TRIMMED = "inside a token, blanks at an edge taken off"

SpanKey = tuple[int, int, str]


def align_spans(
    document: Document, log: ConversionLog, kept: list[Span] | None = None, rename: LabelRename | None = None
) -> Document:
    """Return the document with spans that can be stored, each counted as kept or listed in ``log``.

    Spans are trimmed of blanks; doubles, spans of blanks alone and spans past the end of the text are
    listed and left out; with tokens, spans that begin or end inside one are listed and stay. What the
    reader has listed since the last call with ``resulting_spans`` is listed already and not counted
    again. ``kept`` takes the spans that stay unchanged; ``rename`` gives a label its new name,
    or none where its spans are to be left out.
    """
    reported = {s.key for entry in log.entries[log.aligned_entries :] for s in entry.resulting_spans}
    kept = [] if kept is None else kept
    before = len(kept)

    def aligned(spans: Sequence[Span]) -> Iterator[Span]:
        seen: dict[SpanKey, str] = {}
        for span in spans:
            settled, outcome, why = _aligned_span(document, span, seen, rename(span.label) if rename else span.label)
            if settled is not None:
                seen[settled.key] = span.label
                yield settled
            if span.key in reported:
                if settled is None:  # the reader's entry has its outcome; this one, that it is left out
                    entry = replace(span_entry(document, span, Outcome.LEFT_OUT, why), kind="part")
                    log.record(_with_doubt(entry, document, span))
            elif outcome is not None:
                log.record(_with_doubt(span_entry(document, span, outcome, why, settled), document, span))
            elif settled is not None:
                kept.append(settled)

    document = replace(document, spans=tuple(aligned(document.spans)), rejected=tuple(aligned(document.rejected)))
    log.kept += len(kept) - before
    log.aligned_entries = len(log.entries)
    return document


def _with_doubt(entry: ConversionLogEntry, document: Document, span: Span) -> ConversionLogEntry:
    """Return the entry; of a span that ends past the text with what it may be about.

    That is the part inside the text, and all of the text where no part is: its offsets count something else.
    """
    size = len(document.text)
    if entry.why != PAST_END or not size:
        return entry
    return replace(entry, doubtful=((span.start if span.start < size else 0, size),), label=span.label)


def _aligned_span(
    document: Document, span: Span, seen: dict[SpanKey, str], label: str
) -> tuple[Span | None, Outcome | None, str]:
    """Return the span as it is kept, if it is, and its outcome; none where it stays unchanged.

    ``seen`` has what each span that is kept was labelled in the file.
    """
    text = document.text
    if span.end > len(text):
        return None, Outcome.LEFT_OUT, PAST_END
    if not label:
        return None, Outcome.LEFT_OUT, AS_MAP_REQUESTS
    trimmed = trim_blanks(text, span)
    if trimmed is None:
        return None, Outcome.LEFT_OUT, "nothing but blanks"
    settled = trimmed if label == span.label else replace(trimmed, label=label)
    if settled.key in seen:
        return (None, Outcome.DOUBLE, SAME_SPAN_TWICE if seen[settled.key] == span.label else SAME_AFTER_RENAME)
    if document.tokens and not is_aligned(document.tokens, settled.start, settled.end):
        return (settled, Outcome.CHARACTERS, "inside a token" if trimmed is span else INSIDE_TOKEN_TRIMMED)
    if trimmed is not span:
        return settled, Outcome.TRIMMED, "blanks at an edge"
    return settled, None, ""


def trim_blanks(text: str, span: Span) -> Span | None:
    """Return the span without blanks at its edges, or None where there is nothing else."""
    there = text[span.start : span.end]
    start = span.start + len(there) - len(there.lstrip())
    end = span.start + len(there.rstrip())
    if start >= end:
        return None
    return span if (start, end) == (span.start, span.end) else replace(span, start=start, end=end)


def find_words(text: str, words: Iterable[str], *, to_end: bool = True) -> list[tuple[int, int]] | None:
    """Return where the words are in the text, one after another; None if anything but blanks is between.

    ``to_end`` asks that nothing visible follows the last one.
    """
    at = 0
    out: list[tuple[int, int]] = []
    for word in words:
        start = text.find(word, at)
        if start < 0 or text[at:start].strip():
            return None
        at = start + len(word)
        out.append((start, at))
    return None if to_end and text[at:].strip() else out


def spelling_tokens(text: str, ranges: Iterable[tuple[int, int]]) -> tuple[Token, ...]:
    """Return the tokens of a text that are at some ranges, as ``tokens_with_blanks`` does; none if they don't fit."""
    return tokens_with_blanks(text, [Token(text[a:b], a, b, ws=False) for a, b in ranges], 0, len(text)) or ()


def tokens_with_blanks(text: str, tokens: Sequence[Token], start: int, end: int) -> tuple[Token, ...] | None:
    """Return the tokens of ``text[start:end]`` so that they spell it, offsets from ``start``.

    A file's tokens leave white space out, or don't mark it: one blank after a token is its
    ``ws``, any more is a token of its own. None where the tokens overlap, or visible text is between.
    """
    usual = _tokens_with_single_blanks(text, tokens, start, end)
    if usual is not None:
        return usual
    out: list[Token] = []
    at = start
    for token in tokens:
        if not at <= token.start < token.end <= end or not _add_gap(out, text[at : token.start], at - start):
            return None
        word = text[token.start : token.end]
        out.append(Token(word, token.start - start, token.end - start, ws=False))
        at = token.end
    return tuple(out) if out and _add_gap(out, text[at:end], at - start) else None


def _tokens_with_single_blanks(text: str, tokens: Sequence[Token], start: int, end: int) -> tuple[Token, ...] | None:
    """Return the same where at most a blank follows each token and nothing before the first."""
    out: list[Token] = []
    at = start
    following = [t.start for t in tokens[1:]] + [end] * bool(tokens)
    for token, after in zip(tokens, following, strict=True):
        if token.start != at or not at < token.end <= after or text[token.end : after] not in ("", " "):
            return None
        out.append(Token(text[at : token.end], at - start, token.end - start, ws=after > token.end))
        at = after
    return tuple(out) or None


def _add_gap(out: list[Token], gap: str, at: int) -> bool:
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


# One set of spans from several: entities and span groups, which may hold the same span in two places.


IN_ANOTHER_GROUP = "it is in another span group as well"

SpanSet = tuple[str, Sequence[Span]]
"""Its name, and its spans."""


def merge_span_sets(span_sets: Sequence[SpanSet], text: str, where: str, log: ConversionLog) -> tuple[Span, ...]:
    """Return the spans of all views, each once; those that an earlier view has are listed as doubles.

    What occurs twice in one set stays twice: ``align_spans`` lists that for all formats.
    """
    out: list[Span] = []
    before: set[tuple[int, int, str]] = set()
    groups = {span.key: span.group for _, spans in span_sets for span in spans if span.group}
    for name, spans in span_sets:
        for span in spans:
            if span.key in before:
                id_ = f"{name}:{span.start}-{span.end}:{span.label}"
                covered = text[span.start : span.end]
                log.record(ConversionLogEntry(where, id_, Outcome.DOUBLE, IN_ANOTHER_GROUP, covered))
            else:
                out.append(span)
        before |= {s.key for s in spans}
    return tuple(replace(s, group=groups[s.key]) if s.key in groups else s for s in out)


def unreviewed_ranges(
    text: str, tokens: Sequence[Token], missing: Sequence[bool], spans: Sequence[Span]
) -> list[tuple[int, int]]:
    """Return the stretches of tokens whose tag is missing and that no span touches, in code points.

    A text without any tags but with spans is one whose spans are no entities: nothing is open.
    """
    if all(missing) and spans:
        return []
    touched = bytearray(len(text))
    for span in spans:
        end = min(span.end, len(text))
        touched[span.start : end] = b"\1" * (end - span.start)
    out: list[tuple[int, int]] = []
    before = False
    for token, lacks in zip(tokens, missing, strict=True):
        is_open = lacks and not any(touched[token.start : token.end])
        if is_open:
            out.append((out.pop()[0] if before else token.start, token.end))
        before = is_open
    return out
