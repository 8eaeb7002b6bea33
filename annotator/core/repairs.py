"""What can be done with a span that begins or ends inside a token: four repairs, each one edit.

Nothing here decides which is right: the span stays as it is until a person chooses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from annotator.core.annotation import Work
from annotator.core.edits import Edit, Op, remove_span
from annotator.core.errors import RuleError
from annotator.core.provenance import changed
from annotator.core.spans import Span
from annotator.core.tokens import Token, is_aligned, token_range


@dataclass(frozen=True, slots=True)
class Repairs:
    """The edits that bring one span and the tokens together; None where one makes no sense."""

    snap_out: Edit | None
    """The span grows to the edges of the tokens that it touches."""
    snap_in: Edit | None
    """The span shrinks to the tokens that lie in it whole; None where there is no such token."""
    split_tokens: Edit | None
    """The tokens are cut at the span's edges, in this annotator's copy of the sentence."""
    drop: Edit
    """The span goes."""


def unaligned(work: Work) -> tuple[Span, ...]:
    """Return the spans of a sentence that begin or end inside a token, in reading order."""
    tokens = work.sentence.tokens
    return tuple(s for s in work.annotation.spans if not is_aligned(tokens, s.start, s.end))


def repairs(work: Work, span: Span) -> Repairs:
    """Return the repairs of a span; raises RuleError where it is not there or on token edges already."""
    if all(s.key != span.key for s in work.annotation.spans):
        raise RuleError("there is no such span", do="select a span with Tab")
    if is_aligned(work.sentence.tokens, span.start, span.end):
        raise RuleError("the span is on token edges already", do="go on to the next")
    tokens = work.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    outer = tokens[first:last]
    inner = [t for t in outer if span.start <= t.start and t.end <= span.end]
    return Repairs(
        _snapped(work, span, outer, "snapped out"),
        _snapped(work, span, inner, "snapped in"),
        _split(work, span),
        remove_span(work, span),
    )


def _snapped(work: Work, span: Span, tokens: list[Token] | tuple[Token, ...], told: str) -> Edit | None:
    """Return the edit that puts the span on the outer edges of the tokens, blank ones left out."""
    visible = [t for t in tokens if t.text.strip()]
    if not visible:
        return None
    moved = replace(span, start=visible[0].start, end=visible[-1].end, source=changed(span.source))
    others = [s for s in work.annotation.spans if s.key != span.key]
    if any(s.key == moved.key for s in others):
        return None
    after = replace(work, annotation=work.annotation.with_spans([*others, moved]))
    return Edit(Op.EDIT, (work,), (after,), f"{span.label} {told}")


def _split(work: Work, span: Span) -> Edit | None:
    """Return the edit that cuts the tokens at the span's edges; None where white space is in the way."""
    tokens = work.sentence.tokens
    for edge in (span.start, span.end):
        tokens = cut_at(tokens, edge)
    if not is_aligned(tokens, span.start, span.end):
        return None
    sentence = replace(work.sentence, tokens=tokens)
    n = len(tokens) - len(work.sentence.tokens)
    told = f"{n} {'token' if n == 1 else 'tokens'} split for {span.label}"
    return Edit(Op.EDIT, (work,), (replace(work, sentence=sentence),), told)


def cut_at(tokens: tuple[Token, ...], at: int) -> tuple[Token, ...]:
    """Return the tokens with the one around code point ``at`` cut in two; they spell the same text."""
    for n, t in enumerate(tokens):
        if t.start < at < t.end:
            left = Token(t.text[: at - t.start], t.start, at, ws=False)
            right = Token(t.text[at - t.start :], at, t.end, t.ws)
            return (*tokens[:n], left, right, *tokens[n + 1 :])
    return tokens
