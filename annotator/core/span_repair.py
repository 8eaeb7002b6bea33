"""What can be done with a span that begins or ends inside a token: four repairs, each one edit.

Nothing here decides which is right: the span stays as it is until a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit, Op, remove_span
from annotator.core.errors import RuleError
from annotator.core.schema import Schema
from annotator.core.scripts import SCRIPTS_WITHOUT_BLANKS, script_of
from annotator.core.spans import Span
from annotator.core.suggestion import mark_source_modified
from annotator.core.token_cuts import cut_tokens_at
from annotator.core.tokens import Token, is_aligned, token_range


class RepairKind(StrEnum):
    """What brings a span and the tokens together."""

    OUT = "snap out"
    """The span grows to the edges of the tokens that it touches."""
    IN = "snap in"
    """The span shrinks to the tokens that are in it whole."""
    SPLIT = "split the token"
    """The tokens are cut at the span's edges, in this annotator's copy of the sentence."""
    DROP = "drop"
    """The span goes."""


class SpanRepair(Struct, frozen=True):
    """One repair of one span: what it would give, or why it is not possible here."""

    kind: RepairKind
    edit: Edit | None
    result: tuple[str, ...] = ()
    """The words of the span after snapping, the tokens after a split; none where the span goes."""
    reason: str = ""
    """Why there is no edit."""


class MisalignedSpan(Struct, frozen=True):
    """A span that begins or ends inside a token, and its sentence."""

    annotated: AnnotatedSentence
    span: Span

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What makes two cases the same: sentence, range and label."""
        return (self.annotated.sentence.id, *self.span.key)


def misaligned_spans(annotated: AnnotatedSentence) -> tuple[Span, ...]:
    """Return the spans of a sentence that begin or end inside a token, in reading order."""
    tokens = annotated.sentence.tokens
    return tuple(s for s in annotated.annotation.spans if not is_aligned(tokens, s.start, s.end))


def find_misaligned_spans(annotated_sentences: Iterable[AnnotatedSentence]) -> Iterator[MisalignedSpan]:
    """Yield the spans of the sentences that begin or end inside a token."""
    return (
        MisalignedSpan(annotated, span) for annotated in annotated_sentences for span in misaligned_spans(annotated)
    )


def split_text_at_span(annotated: AnnotatedSentence, span: Span) -> tuple[str, str, str]:
    """Return the tokens that a span touches in three: ``Ros``, ``avik``, ``'s`` for a span of ``avik``."""
    first, last = token_range(annotated.sentence.tokens, span.start, span.end)
    touched, text = annotated.sentence.tokens[first:last], annotated.sentence.text
    start = min([span.start, *(t.start for t in touched[:1])])
    end = max([span.end, *(t.end for t in touched[-1:])])
    return text[start : span.start], text[span.start : span.end], text[span.end : end]


class RepairPattern(Struct, frozen=True):
    """What makes spans inside tokens alike: the characters at the edges that are inside a token."""

    start: str
    """Those at the start; empty where that is a token's."""
    end: str


def repair_pattern(annotated: AnnotatedSentence, span: Span) -> RepairPattern:
    """Return the characters at the edges of a span that are inside a token.

    Those are the marks between words (the tilde of "Reyes~Director"), else the letters that are glued on ("s" of
    "Reyess"); of a script without blanks all letters are alike.
    """
    tokens = annotated.sentence.tokens
    before, words, after = split_text_at_span(annotated, span)
    begins = any(t.start == span.start for t in tokens)
    ends = any(t.end == span.end for t in tokens)
    start = "" if begins else _edge_characters(before[::-1], words)
    return RepairPattern(start, "" if ends else _edge_characters(after, words[::-1]))


def _edge_characters(outside: str, inside: str) -> str:
    """Return what is characteristic of an edge; both texts are read away from it."""
    marks = [next((n for n, c in enumerate(text) if c.isalnum()), len(text)) for text in (outside, inside)]
    if any(marks):
        return f"{outside[: marks[0]]}|{inside[: marks[1]]}"
    return "letters without blanks" if script_of(outside[:1]) in SCRIPTS_WITHOUT_BLANKS else outside


def misalignment_message(annotated: AnnotatedSentence, span: Span) -> str:
    """Return what is wrong with a span that is not on token edges, in words."""
    tokens = annotated.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    begins = first < last and tokens[first].start == span.start
    ends = first < last and tokens[last - 1].end == span.end
    if begins == ends:
        return "begins and ends inside a token"
    return "ends inside a token" if begins else "begins inside a token"


def possible_repairs(annotated: AnnotatedSentence, span: Span, schema: Schema) -> tuple[SpanRepair, ...]:
    """Return the four repairs of a span, one for each kind.

    Raises RuleError where the span is not there or on token edges already.
    """
    if all(s.key != span.key for s in annotated.annotation.spans):
        raise RuleError("there is no such span", do="select a span with Tab")
    if is_aligned(annotated.sentence.tokens, span.start, span.end):
        raise RuleError("the span is on token edges already", do="go on to the next")
    return (
        _snap_repair(annotated, span, RepairKind.OUT, schema),
        _snap_repair(annotated, span, RepairKind.IN, schema),
        _split_token_repair(annotated, span),
        SpanRepair(RepairKind.DROP, remove_span(annotated, span)),
    )


def _snap_repair(annotated: AnnotatedSentence, span: Span, kind: RepairKind, schema: Schema) -> SpanRepair:
    """Return the repair that puts the span on the edges of tokens."""
    others = [s for s in annotated.annotation.spans if s.key != span.key]
    moved, why = snap_span(annotated.sentence.tokens, span, others, kind, schema)
    result = (annotated.text_of(moved),) if moved else ()
    if moved is None or why:
        return SpanRepair(kind, None, result, why)
    after = replace(annotated, annotation=annotated.annotation.with_spans([*others, moved]))
    return SpanRepair(kind, Edit(Op.EDIT, (annotated,), (after,), f"{span.label}: {kind.value}"), result)


def snap_span(
    tokens: Sequence[Token], span: Span, others: Sequence[Span], kind: RepairKind, schema: Schema
) -> tuple[Span | None, str]:
    """Return a span on the outer edges of its tokens, blank ones left out, and why it cannot be there, if so.

    Snapped out, these are the tokens that it touches, snapped in, those that are in it whole; None without any.
    ``others`` are the other spans of the sentence.
    """
    first, last = token_range(tokens, span.start, span.end)
    is_in = kind is RepairKind.IN
    inside = [t for t in tokens[first:last] if not is_in or (span.start <= t.start and t.end <= span.end)]
    visible = [t for t in inside if t.text.strip()]
    if not visible:
        return None, "no whole token is inside it"
    source = mark_source_modified(span.source)
    moved = replace(span, start=visible[0].start, end=visible[-1].end, source=source, of=())
    if any(s.key == moved.key for s in others):
        return moved, f"{span.label} is there already"
    return moved, _new_rule_violation(span, moved, others, schema)


def _new_rule_violation(old: Span, new: Span, others: Sequence[Span], schema: Schema) -> str:
    """Return the rule that the span breaks where it is put and did not break where it was, if any."""
    near = [s for s in others if s.overlaps(new)]
    kept = [s for s in near if schema.find_violation(old, [s]) is None]
    broken = schema.find_violation(new, kept)
    return broken.message.partition(". ")[0] if broken else ""


def _split_token_repair(annotated: AnnotatedSentence, span: Span) -> SpanRepair:
    """Return the repair that cuts the tokens at the span's edges."""
    old = annotated.sentence.tokens
    tokens = cut_tokens_at(old, (span.start, span.end))
    if not is_aligned(tokens, span.start, span.end):
        return SpanRepair(RepairKind.SPLIT, None, reason="an edge is in white space, not in a token")
    sentence = replace(annotated.sentence, tokens=tokens)
    first, last = token_range(old, span.start, span.end)
    result = tuple(t.text for t in tokens[first : last + len(tokens) - len(old)])
    edit = Edit(Op.EDIT, (annotated,), (replace(annotated, sentence=sentence),), f"{span.label}: token split")
    return SpanRepair(RepairKind.SPLIT, edit, result)
