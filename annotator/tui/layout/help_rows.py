"""Rows to read: the guideline, and the steps of the first-run tour."""

from __future__ import annotations

import re

from annotator.core.schema import Example, Label, Schema
from annotator.core.spans import Span
from annotator.session.commands import command_by_id
from annotator.session.state import TaskState
from annotator.session.tour import TOUR_STEPS, Tour
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.prompt import shortened_words, suggestion_text
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText, Styles
from annotator.tui.layout.text_cells import screen_text

# -- the guideline ---------------------------------------------------------------------------


def guideline_rows(schema: Schema, first: str, width: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return the guideline of every label, that of ``first`` before the others."""
    labels = sorted(schema.labels, key=lambda x: x.name != first)
    rows: list[StyledRow] = []
    for label in labels:
        rows += [*_label_guideline(label, width, glyphs), ()]
    return tuple(rows)


def _label_guideline(label: Label, width: int, glyphs: Glyphs) -> list[StyledRow]:
    key = (styled.key(f" {label.key} "),) if label.key else (StyledText(" "),)
    rules = [f"may be in {', '.join(label.inside)}"] if label.inside else ["in no other label"]
    rules += [f"may cross {', '.join(label.overlaps)}"] if label.overlaps else []
    rows: list[StyledRow] = [
        (*key, StyledText(label.name, CellStyle("lane", label.name, bold=True)), styled.muted(f"  {'; '.join(rules)}"))
    ]
    for paragraph in label.description.split("\n"):
        rows += [(StyledText("   " + line),) for line in styled.wrap_paragraph(screen_text(paragraph), width - 4)]
    for example in label.examples:
        rows += _example_rows(label, example, width, glyphs)
    return rows


def _example_rows(label: Label, example: Example, width: int, glyphs: Glyphs) -> list[StyledRow]:
    mark, role = (glyphs.reject, "warn") if example.wrong else (glyphs.accept, "ok")
    pieces: list[StyledText] = []
    at = 0
    for start, end in example.marked:
        pieces.append(styled.context(screen_text(example.text[at:start])))
        pieces.append(StyledText(f"[{screen_text(example.text[start:end])}]", CellStyle("lane", label.name, bold=True)))
        at = end
    pieces.append(styled.context(screen_text(example.text[at:])))
    note = styled.wrap_paragraph(screen_text(example.note), width - 6) if example.note else []
    first, *more = styled.wrap_row(tuple(pieces), width - 6)
    return [
        (StyledText(f"   {mark} ", CellStyle(role)), *first),
        *((StyledText("     "), *row) for row in more),
        *((styled.muted(f"     {line}"),) for line in note),
    ]


# -- the tour ----------------------------------------------------------------------------------


STEP_TEXTS = {
    "take": "{target} may be a {label}: {key} takes it",
    "select": "Press {letter}, the letter above {word}: it selects the word or its phrase",
    "grow": "{grow} grows the selection, {shrink} shrinks it again",
    "edge": "Move the right edge: {right_more} on, {right_less} back. "
    "Move the left edge: {left_less} on, {left_more} back",
    "label": "Label it: {labels}",
    "visit": "{next_stop} goes to a span, {remove} then removes it",
    "remove": "{remove} removes the span again",
    "accept": "{accept} accepts the sentence and goes on to the next",
    "accept_view": "{accept_view} accepts every sentence that you see whole",
    "undo": "You have not read them yet: {undo} takes that back, days later too",
}
"""The text of each step; names in braces are commands, whose keys are put in, or something of the state."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def tour_rows(tour: Tour, state: TaskState, width: int, glyphs: Glyphs) -> tuple[StyledRow, StyledRow]:
    """Return what takes the place of the rule row and the row of keys, each ``width`` cells.

    Where the words need both rows, the step's number is left out.
    """
    parts = [p for p in re.split(r"(\{\w+\})", STEP_TEXTS[tour.current_step(state)]) if p]
    words = tuple(p for part in parts for p in _filled_placeholder(part, state, glyphs))
    lines = styled.wrap_row(words, width - 2)
    if len(lines) > 1:
        return (
            styled.fit_row((StyledText(" "), *lines[0]), width),
            styled.fit_row((StyledText(" "), *lines[1]), width),
        )
    return (_tour_progress_row(tour, state, width, glyphs), styled.fit_row((StyledText(" "), *lines[0]), width))


def _filled_placeholder(part: str, state: TaskState, glyphs: Glyphs) -> tuple[StyledText, ...]:
    """Return plain words, or what replaces a name in braces: something of the state, or a command's key."""
    named = _PLACEHOLDER.fullmatch(part)
    if named is None:
        return (StyledText(part),)
    if named[1] == "labels":
        return _allowed_labels(state)
    if named[1] in {"target", "label", "key"}:
        return (_next_suggestion_text(named[1], state, glyphs),)
    if named[1] in {"letter", "word"}:
        return (_free_word_text(named[1], state, glyphs),)
    key = glyphs.words(command_by_id(named[1], glyphs.commands).main_key)
    return (styled.key(_quoted_key(key)),)


def _quoted_key(key: str) -> str:
    """Return a key in quotes if it is one punctuation mark, so that nobody reads it as part of the sentence."""
    if len(key) > 1 or key.isalnum():
        return key
    return "'\"'" if key == '"' else f'"{key}"'


def _allowed_labels(state: TaskState) -> tuple[StyledText, ...]:
    """Return the keys and names of the labels that the schema allows for the selection."""
    out: list[StyledText] = []
    for label in [x for x in state.schema.labels if x.key and _label_allowed(state, x.name)][:5]:
        out += [StyledText(", ")] if out else []
        out += [styled.key(label.key), StyledText(" "), styled.label(label.name, label.name)]
    return tuple(out) or (StyledText("a label"),)


def _label_allowed(state: TaskState, name: str) -> bool:
    if state.selection is None:
        return True
    tokens = state.annotated.sentence.tokens[state.selection.first : state.selection.last]
    span = Span(tokens[0].start, tokens[-1].end, name)
    return state.schema.find_violation(span, state.annotated.annotation.spans) is None


def _next_suggestion_text(what: str, state: TaskState, glyphs: Glyphs) -> StyledText:
    """Return the words (``target``), the label or its key of the suggestion that is next in the text."""
    name, target = min(state.next_suggestions.items(), key=lambda x: (x[1][0], x[1][1].start, -x[1][1].score))
    if what == "target":
        return styled.bold(suggestion_text(state, target, 24, glyphs))
    label = state.schema.label(name)
    return styled.label(name, name) if what == "label" else styled.key(label.key if label else "")


def _free_word_text(what: str, state: TaskState, glyphs: Glyphs) -> StyledText:
    """Return a plain word with one letter above it and in no span or suggestion, or the letter."""
    taken = [(s.start, s.end) for s in state.annotated.annotation.spans]
    taken += [(s.start, s.end) for s in state.visible_suggestions(state.active)]
    for token, hint in zip(state.annotated.sentence.tokens, state.hints, strict=False):
        free = not any(a < token.end and token.start < b for a, b in taken)
        if len(hint.letters) == 1 and free and token.text.islower() and len(token.text) > 3:
            word = styled.bold(shortened_words(token.text, 14, glyphs))
            return word if what == "word" else styled.key(hint.letters)
    return StyledText(f"a {what}")


def _tour_progress_row(tour: Tour, state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the rule row of the tour: a mark a step, and at the right end the key that leaves."""
    rule = Styles.RULE
    marks = glyphs.accept * tour.at + glyphs.here + glyphs.todo * (len(TOUR_STEPS) - tour.at - 1)
    left: StyledRow = (StyledText(glyphs.rule * 2, rule), styled.likely(" tour "), styled.ok(marks + " "))
    key = _quoted_key(command_by_id("let_go", glyphs.commands).main_key)
    keys = f"{key} {key}" if state.selection or state.typed_hint else key
    right: StyledRow = (styled.key(f" {keys}"), styled.muted(" leaves the tour "), StyledText(glyphs.rule * 2, rule))
    gap = width - styled.row_width(left) - styled.row_width(right)
    if gap < 1:
        return styled.fit_row(styled.clip_row(left, width), width)
    return (*left, StyledText(glyphs.rule * gap, rule), *right)
