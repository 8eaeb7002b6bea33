"""Edits: the only way to change an annotation, each with its inverse.

An edit replaces neighbouring sentences by others: one by one for a span or an answer, two by one
for a join, one by two for a split. Its inverse swaps the sides, so undo needs no case of its own.
``AnnotationStore.apply`` carries it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.errors import RuleError
from annotator.core.schema import Schema
from annotator.core.spans import Span, without_lone_part
from annotator.core.suggestion import LeftSuggestion, mark_source_modified
from annotator.core.tokens import gap_token


class Op(StrEnum):
    """What a journal line was: the operation that led to the annotation in it."""

    EDIT = "edit"
    ANSWER = "answer"
    JOIN = "join"
    SPLIT = "split"
    UNDO = "undo"
    REDO = "redo"
    NOTE = "note"
    MIGRATE = "migrate"
    """The labels of the schema have changed: no action of an annotator; what was before cannot be undone."""
    CARRY = "carry"
    """The annotation was carried over from an earlier version of the article."""
    ADJUDICATE = "adjudicate"
    """The annotations of others were compared, and one was made of them."""


SINGLE_SENTENCE_OPS = frozenset({Op.EDIT, Op.ANSWER, Op.NOTE, Op.MIGRATE, Op.CARRY, Op.ADJUDICATE})
"""The operations that go sentence by sentence: several of one batch need not be neighbours."""


class Edit(Struct, frozen=True):
    """Replaces the sentences ``before`` by the sentences ``after`` (same stretch of the article)."""

    op: Op
    before: tuple[AnnotatedSentence, ...]
    after: tuple[AnnotatedSentence, ...]
    message: str = ""
    """What was done, in words for the status row."""

    def inverse(self) -> Edit:
        """Return the edit that takes this one back."""
        return Edit(self.op, self.after, self.before, self.message)


_ANSWER_MESSAGES = {
    Answer.ACCEPT: "accepted",
    Answer.REJECT: "rejected",
    Answer.IGNORE: "ignored",
    None: "answer taken back",
}


def _annotation_edit(annotated: AnnotatedSentence, annotation: Annotation, message: str, op: Op = Op.EDIT) -> Edit:
    return Edit(op, (annotated,), (replace(annotated, annotation=annotation),), message)


def add_span(annotated: AnnotatedSentence, span: Span, schema: Schema, *, replaced: Span | None = None) -> Edit:
    """Return the edit that adds ``span``, in the place of ``replaced`` if that is given; all others stay.

    In the place of a part it is one, and the other parts get its label.
    Raises RuleError when it is there already, is outside the text or breaks a schema rule.
    """
    spans = annotated.annotation.spans
    if span.end > len(annotated.sentence.text):
        what = "the span ends after the sentence"
        raise RuleError(what, where=annotated.sentence.id, do="select inside the sentence")
    if any(s.key == span.key for s in spans):
        raise RuleError(f"this is already {span.label}", do="use 0 to remove it, another label key to relabel it")
    others = _without_span(annotated, replaced) if replaced else list(spans)
    parts: list[Span] = []
    if replaced and replaced.group:  # what is true of one part of a span is true of all
        span = replace(span, group=replaced.group)
        old = [s for s in others if s.group == span.group]
        parts = [s if s.label == span.label else replace(s, label=span.label, of=()) for s in old]
        others = [s for s in others if s.group != span.group]
    for part in (span, *parts):
        if broken := schema.find_violation(part, [*others, *(s for s in (span, *parts) if s != part)]):
            raise RuleError(broken.message)
    message = f"{replaced.label} is {span.label} now" if replaced else f"+ {span.label}"
    annotation = _with_permitted_left(annotated.annotation.with_spans([*others, *parts, span]), schema)
    return _annotation_edit(annotated, annotation, message)


def _without_span(annotated: AnnotatedSentence, span: Span) -> list[Span]:
    """Return the other spans of the sentence; raises RuleError when the span is not there."""
    spans = annotated.annotation.spans
    others = [s for s in spans if s.key != span.key]
    if len(others) == len(spans):
        raise RuleError("there is no such span", do="select a span with Tab")
    return others


def _with_permitted_left(annotation: Annotation, schema: Schema) -> Annotation:
    """Return the annotation without what was left and is forbidden beside its spans: they have decided it."""
    left = tuple(x for x in annotation.left if schema.find_violation(x.span, annotation.spans) is None)
    return replace(annotation, left=left) if annotation.left else annotation


def move_span(annotated: AnnotatedSentence, old: Span, new: Span, schema: Schema) -> Edit:
    """Return the edit that puts ``new`` in the place of ``old``; raises RuleError as ``add_span`` does."""
    moved = replace(new, source=mark_source_modified(old.source), group=old.group)
    return replace(add_span(annotated, moved, schema, replaced=old), message=f"{old.label} moved")


def remove_span(annotated: AnnotatedSentence, span: Span, *, is_wrong: bool = False) -> Edit:
    """Return the edit that removes ``span``, and rejects it if it is wrong; raises RuleError when it is not there."""
    annotation = annotated.annotation.with_spans(without_lone_part(_without_span(annotated, span), span.group))
    if not is_wrong:
        return _annotation_edit(annotated, annotation, f"removed {span.label}")
    annotation = annotation.with_rejected([*annotation.rejected, replace(span, group="")])
    return _annotation_edit(annotated, annotation, f"removed {span.label}, not suggested again: known as wrong")


def set_answer(annotated: AnnotatedSentence, answer: Answer | None) -> Edit:
    """Return the edit that answers the sentence; its spans stay."""
    return _annotation_edit(annotated, annotated.annotation.with_answer(answer), _ANSWER_MESSAGES[answer], Op.ANSWER)


def reject_suggestion(annotated: AnnotatedSentence, *spans: Span) -> Edit:
    """Return the edit that turns suggestions down; raises RuleError when all were turned down before."""
    known = {s.key for s in annotated.annotation.rejected}
    new = [s for s in spans if s.key not in known]
    if not new:
        raise RuleError(f"this {spans[0].label} was turned down before", do="Ctrl+Z takes that back")
    annotation = annotated.annotation.with_rejected([*annotated.annotation.rejected, *new])
    return _annotation_edit(annotated, annotation, f"not {' or '.join(dict.fromkeys(s.label for s in new))}")


def dismiss_suggestion(annotated: AnnotatedSentence, left: LeftSuggestion) -> Edit:
    """Return the edit that forgets a suggestion that was left: it is neither taken nor turned down."""
    kept = tuple(x for x in annotated.annotation.left if x != left)
    return _annotation_edit(annotated, replace(annotated.annotation, left=kept), f"{left.label} dismissed")


def apply_suggestions(
    annotated: AnnotatedSentence, spans: Sequence[Span], schema: Schema, answer: Answer | None
) -> Edit:
    """Return the edit that adds the suggested ``spans`` that no rule forbids, and answers the sentence.

    A suggestion that would break a schema rule, or that was turned down, is left out.
    """
    kept = list(annotated.annotation.spans)
    known = {s.key for s in (*kept, *annotated.annotation.rejected)}
    for span in spans:
        if span.key not in known and span.end <= len(annotated.sentence.text) and not schema.find_violation(span, kept):
            kept.append(span)
    message = f"{_ANSWER_MESSAGES[answer]}" if answer else f"{len(kept) - len(annotated.annotation.spans)} taken"
    annotation = _with_permitted_left(annotated.annotation.with_spans(kept), schema)
    if answer is not None:
        annotation = annotation.with_answer(answer, annotation.left if annotation.answer is answer else ())
    return _annotation_edit(annotated, annotation, message, Op.ANSWER if answer else Op.EDIT)


def combine_edits(edits: Sequence[Edit], message: str) -> Edit:
    """Return one edit that does several, each on another sentence, so that one undo takes all back.

    Raises RuleError where there is nothing to do.
    """
    if not edits:
        raise RuleError("there is nothing to do")
    before = tuple(w for e in edits for w in e.before)
    return Edit(edits[0].op, before, tuple(w for e in edits for w in e.after), message)


def set_note(annotated: AnnotatedSentence, note: str) -> Edit:
    """Return the edit that writes a note on the sentence; an empty one takes it off."""
    annotation = replace(annotated.annotation, note=" ".join(note.split()))
    return _annotation_edit(annotated, annotation, "noted" if annotation.note else "note taken off", Op.NOTE)


def set_flag(annotated: AnnotatedSentence, flagged: bool) -> Edit:
    """Return the edit that flags the sentence, or takes the flag off."""
    annotation = replace(annotated.annotation, flagged=flagged)
    return _annotation_edit(annotated, annotation, "flagged" if flagged else "flag taken off", Op.NOTE)


def join_sentences(
    first: AnnotatedSentence, second: AnnotatedSentence, article_text: str, labels: Sequence[str] = ()
) -> Edit:
    """Return the edit that joins a sentence with the next; spans keep their place in the article.

    Raises RuleError unless only white space is between the two. The answer of the joined
    sentence is open again, because nobody has seen it whole. In a pass it keeps what was covered in both;
    ``labels`` are then those of the schema.
    """
    a, b = first.sentence, second.sentence
    gap = article_text[a.end : b.start]
    if a.article != b.article or a.end > b.start or gap.strip():
        what = "there is other text between the two sentences"
        raise RuleError(what, do="switch that line on first (article screen)")
    ws, between = gap_token(gap, len(a.text))
    head = (*a.tokens[:-1], replace(a.tokens[-1], ws=ws))
    by = b.start - a.start
    tokens = (*head, *between, *(t.shifted(by) for t in b.tokens))
    sentence = Sentence(a.article, a.index, a.start, b.end, article_text[a.start : b.end], tokens)
    joined = AnnotatedSentence(sentence, _joined_annotation(first, second, by, labels))
    return Edit(Op.JOIN, (first, second), (joined,), "joined")


def _joined_annotation(
    first: AnnotatedSentence, second: AnnotatedSentence, by: int, labels: Sequence[str]
) -> Annotation:
    """Return two annotations as one; the second starts at ``by``."""
    a, b = first.annotation, second.annotation
    note = " ".join(x for x in (a.note, b.note) if x)
    return (
        Annotation(note=note, flagged=a.flagged or b.flagged, covers=_still_covered((a, b), labels))
        .with_spans([*a.spans, *(s.shifted(by) for s in b.spans)])
        .with_rejected([*a.rejected, *(s.shifted(by) for s in b.rejected)])
    )


def _still_covered(annotations: Sequence[Annotation], labels: Sequence[str]) -> tuple[str, ...] | None:
    """Return what is covered in each annotation where their text is cut otherwise and open again.

    ``labels`` of the schema take the place of "all labels", which an open sentence cannot have; without any it is
    looked at again.
    """
    partial = [a.looked_at for a in annotations if a.looked_at is not None]
    found = tuple(x for x in (partial[0] if partial else labels) if all(x in other for other in partial))
    return found or None


def split_sentence(annotated: AnnotatedSentence, at: int, article_text: str, labels: Sequence[str] = ()) -> Edit:
    """Return the edit that splits a sentence before token ``at``; spans keep their place.

    The parts are open, and in a pass keep what was covered; ``labels`` are then those of the schema.
    Raises RuleError at the sentence's start, or where a span would be cut in two.
    """
    s = annotated.sentence
    if not 0 < at < len(s.tokens):
        raise RuleError("a sentence cannot be split at its first word", do="select a later word")
    left, right = _subsentence(s, 0, at, article_text), _subsentence(s, at, len(s.tokens), article_text)
    if not left.text or not right.text:
        raise RuleError("there is only white space on one side", do="select a word to split at")
    covers = _still_covered((annotated.annotation,), labels)
    parts = tuple(AnnotatedSentence(part, _annotation_within(annotated, part, covers)) for part in (left, right))
    kept = {x.shifted(w.sentence.start - s.start) for w in parts for x in w.annotation.spans}
    if cut := next((x for x in annotated.annotation.spans if x not in kept), None):
        raise RuleError(f"the split would cut a {cut.label} in two", do="remove that span first, or split elsewhere")
    return Edit(Op.SPLIT, (annotated,), parts, "split")


def _subsentence(s: Sentence, first: int, last: int, article_text: str) -> Sentence:
    """Return tokens ``[first, last)`` as a sentence, without white space at its edges."""
    while first < last and not s.tokens[first].text.strip():
        first += 1
    while first < last and not s.tokens[last - 1].text.strip():
        last -= 1
    if first == last:
        return Sentence(s.article, s.index, s.start, s.start, "", ())
    by = s.tokens[first].start
    tokens = [t.shifted(-by) for t in s.tokens[first:last]]
    tokens[-1] = replace(tokens[-1], ws=False)
    start, end = s.start + by, s.start + s.tokens[last - 1].end
    return Sentence(s.article, s.index, start, end, article_text[start:end], tuple(tokens))


def _annotation_within(annotated: AnnotatedSentence, part: Sentence, covers: tuple[str, ...] | None) -> Annotation:
    by = part.start - annotated.sentence.start
    old = annotated.annotation

    def inside(spans: Sequence[Span]) -> list[Span]:
        return [s.shifted(-by) for s in spans if by <= s.start and s.end <= by + len(part.text)]

    kept = Annotation(note=old.note, flagged=old.flagged, covers=covers)
    return kept.with_spans(inside(old.spans)).with_rejected(inside(old.rejected))


# -- what an edit does, in words ------------------------------------------------------------------


MAX_DESCRIBED_LENGTH = 32
"""How many code points of a span's text a description has."""


def describe_edit(edit: Edit) -> str:
    """Return what an edit does, in a few words: ``COUNT two engineers``, ``accept``, ``flag``."""
    if edit.op is Op.CARRY:
        return "what was carried over"
    if len(edit.before) != len(edit.after):
        return edit.op.value
    pairs = list(zip(edit.before, edit.after, strict=True))
    if len(pairs) > 1:
        accepted = sum((not a.done and b.done) or _covers_more(a, b) for a, b in pairs)
        return f"accept of {accepted} sentences{taken_text(edit)}" if accepted else _describe_added(pairs)
    (before, after), answer = pairs[0], edit.after[0].annotation.answer
    if before.annotation.answer is not answer or _covers_more(before, edit.after[0]):
        return f"{answer.value}{taken_text(edit)}" if answer else "answer"
    return _describe_spans(before, after) or _describe_marks(before.annotation, after.annotation) or edit.op.value


def _covers_more(before: AnnotatedSentence, after: AnnotatedSentence) -> bool:
    """Return True if a sentence that was accepted is accepted for other labels too."""
    return before.done and after.done and before.annotation.covers != after.annotation.covers


def taken_text(edit: Edit) -> str:
    """Return how many suggestions an answer takes, after a comma; an empty text for none."""
    n = sum(len(w.annotation.spans) for w in edit.after) - sum(len(w.annotation.spans) for w in edit.before)
    return f", {n} taken" if n else ""


def _describe_added(pairs: Sequence[tuple[AnnotatedSentence, AnnotatedSentence]]) -> str:
    """Return how many spans an edit of several sentences adds, the first one quoted."""
    added = [(b, s) for a, b in pairs for s in b.annotation.spans if s not in a.annotation.spans]
    return f"{len(added)} × {_quoted(*added[0])}" if added else f"edit of {len(pairs)} sentences"


def _describe_spans(before: AnnotatedSentence, after: AnnotatedSentence) -> str:
    old = [s for s in before.annotation.spans if s not in after.annotation.spans]
    new = [s for s in after.annotation.spans if s not in before.annotation.spans]
    wrong = [s for s in after.annotation.rejected if s not in before.annotation.rejected]
    if old and new:
        moved = old[0].label == new[0].label
        return f"edges of {_quoted(after, new[0])}" if moved else f"{_quoted(after, new[0])}, was {old[0].label}"
    if new:
        return _quoted(after, new[0])
    if old:
        return f"removal of {_quoted(before, old[0])}"
    if wrong:
        return f"not {_quoted(after, wrong[0])}"
    dismissed = [x for x in before.annotation.left if x not in after.annotation.left]
    return f"dismissal of {_quoted(before, dismissed[0].span)}" if dismissed else ""


def _describe_marks(before: Annotation, after: Annotation) -> str:
    if before.flagged != after.flagged:
        return "flag" if after.flagged else "removal of the flag"
    return "note" if before.note != after.note else ""


def _quoted(annotated: AnnotatedSentence, span: Span) -> str:
    words = " ".join(annotated.text_of(span).split())
    cut = words if len(words) <= MAX_DESCRIBED_LENGTH else words[: MAX_DESCRIBED_LENGTH - 1].rsplit(None, 1)[0] + "…"
    return f"{span.label} {cut}"
