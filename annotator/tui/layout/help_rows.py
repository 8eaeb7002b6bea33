"""Rows to read: the guideline, and the steps of the first-run tour."""

from __future__ import annotations

import re

from annotator.core.schema import Example, Label, Schema
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.session.actions.hints import Hint
from annotator.session.commands import command_by_id
from annotator.session.keymap_file import key_label
from annotator.session.state import TaskState
from annotator.session.tour import Decision, Tour, first_sure_suggestion
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
    "take": "{target} is a {label}: {key} takes it. Dashed lines are not saved, solid ones are",
    "take_sure": "{target} may be a {label}: {key} takes it; dashed lines are not saved",
    "take_count": "{target} is a {label}, so {key} takes it too. What stays dashed is not saved",
    "accept": "{accept} accepts the sentence with its solid lines, and goes on to the next",
    "too_long": "This {label} is too long, {reason}: {key} takes it first",
    "mend": "{left_less} starts it a word later: press it until {mended} is left",
    "reach": "{target} is no {label}, {reason}: {letter} or {next_stop} selects it",
    "refuse": "{remove} turns it down: {target} is not suggested as {label} again",
    "letter": "A {label} by one letter: press {letter}, above {word}",
    "claim": "{key} makes the whole {label} that begins there",
    "undo": "{undo} takes the last change back, days later too",
    "another_key": "That was another key: {undo} takes it back, then try it once more",
    "clear": "{let_go} clears the selection first",
    "disarm": "{let_go} lets go of the label first: it waits for a letter",
    "select": "Press {letter}, the letter above {word}: it selects the word or its phrase",
    "grow": "{grow} grows the selection, {shrink} shrinks it again",
    "edge": "{right_more} ends it later, {right_less} earlier; {left_less} starts it later, {left_more} earlier",
    "label": "Label it: {labels}. Solid lines are saved at once",
    "visit": "{next_stop} goes on, {previous_stop} back: press them until your span’s line is heavy",
    "remove": "{remove} removes the span again",
}
"""The text of each step; names in braces are commands, whose keys are put in, or something of the state."""

_SENTENCE_END = re.compile("(?<=[^.])[.;] (?=[^.;]*$)")
"""What separates the last sentence of a text, which goes first where there is little room."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def tour_rows(tour: Tour, state: TaskState, width: int, glyphs: Glyphs) -> tuple[StyledRow, StyledRow]:
    """Return what takes the place of the rule row and the row of keys, each ``width`` cells.

    Where the words need both rows, the step's number is left out; where they need more, their last sentence is.
    """
    text = STEP_TEXTS[tour.current_step(state)]
    lines = _step_lines(text, tour, state, width - 2, glyphs)
    while len(lines) > 2 and (shorter := _SENTENCE_END.split(text, maxsplit=1)[0]) != text:
        text = shorter
        lines = _step_lines(text, tour, state, width - 2, glyphs)
    if len(lines) > 1:
        rest = tuple(p for line in lines[1:] for p in (*line, StyledText(" ")))
        first, second = (styled.fit_words((StyledText(" "), *row), width, glyphs.cut) for row in (lines[0], rest))
        return first, second
    return (_tour_progress_row(tour, state, width, glyphs), styled.fit_row((StyledText(" "), *lines[0]), width))


def _step_lines(text: str, tour: Tour, state: TaskState, width: int, glyphs: Glyphs) -> list[StyledRow]:
    """Return a text of a step with what replaces its braces, wrapped."""
    parts = (p for p in re.split(r"(\{\w+\})", text) if p)
    return styled.wrap_row(tuple(p for part in parts for p in _filled_placeholder(part, tour, state, glyphs)), width)


def _filled_placeholder(part: str, tour: Tour, state: TaskState, glyphs: Glyphs) -> tuple[StyledText, ...]:
    """Return plain words, or what replaces a name in braces: something of the state, or a command's key."""
    named = _PLACEHOLDER.fullmatch(part)
    if named is None:
        return (StyledText(part),)
    if named[1] == "labels":
        return _allowed_labels(state)
    if named[1] in {"target", "label", "key"}:
        return (_suggestion_text(named[1], tour.step.decision, state, glyphs),)
    if named[1] in {"letter", "word"}:
        return (_word_text(named[1], tour.step.decision, state, glyphs),)
    if named[1] in {"mended", "reason"} and tour.step.decision:
        words = getattr(tour.step.decision, named[1])
        return (styled.bold(shortened_words(words, 24, glyphs)) if named[1] == "mended" else StyledText(words),)
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
    for label in [x for x in state.keyed_labels if _label_allowed(state, x.name)][:5]:
        out += [StyledText(", ")] if out else []
        out += [styled.key(label.key), StyledText(" "), styled.label(label.name, label.name)]
    return tuple(out) or (StyledText("a label"),)


def _label_allowed(state: TaskState, name: str) -> bool:
    if state.selection is None:
        return True
    tokens = state.annotated.sentence.tokens[state.selection.first : state.selection.last]
    span = Span(tokens[0].start, tokens[-1].end, name)
    return state.schema.find_violation(span, state.annotated.annotation.spans) is None


def _suggestion_text(what: str, decision: Decision | None, state: TaskState, glyphs: Glyphs) -> StyledText:
    """Return the words (``target``), the label or its key of the suggestion on which the step is taught."""
    found = first_sure_suggestion(state)
    name = decision.label if decision else found[0] if found else ""
    if what == "target" and decision:
        return styled.bold(shortened_words(decision.words, 24, glyphs))
    if what == "target":
        return styled.bold(suggestion_text(state, found[1], 24, glyphs)) if found else StyledText("it")
    label = state.schema.label(name)
    return styled.label(name, name) if what == "label" else styled.key(label.key if label and label.key else "its key")


def _word_text(what: str, decision: Decision | None, state: TaskState, glyphs: Glyphs) -> StyledText:
    """Return a word with a letter above it, or the letter: the first word of a decision, else any free one."""
    for token, hint in zip(state.annotated.sentence.tokens, state.hints, strict=False):
        if hint.letters and _is_word_to_select(token, hint, decision, state):
            word = styled.bold(shortened_words(token.text, 14, glyphs))
            return word if what == "word" else styled.key(hint.letters)
    return StyledText(f"a {what}")


def _is_word_to_select(token: Token, hint: Hint, decision: Decision | None, state: TaskState) -> bool:
    """Whether the step is about the word: a decision begins there, or it is in no span or suggestion."""
    if decision:
        found = decision.suggestion(state)
        return found is not None and token.start == found.start
    taken = [(s.start, s.end) for s in state.annotated.annotation.spans]
    taken += [(s.start, s.end) for s in state.visible_suggestions(state.active)]
    free = not any(a < token.end and token.start < b for a, b in taken)
    drawn = hint.likely or state.hint_visibility == "all"
    return len(hint.letters) == 1 and free and drawn and token.text.isalpha() and len(token.text) > 3


def _leave_key(glyphs: Glyphs) -> str:
    """Return the key that leaves the tour, so written that it reads as a key: Esc, else ``the ; key``."""
    keys = [key_label(k) for k in command_by_id("let_go", glyphs.commands).keys]
    named = next((k for k in keys if len(k) > 1), "")
    return named or f"the {keys[0]} key" if keys else ": tour"


def _tour_progress_row(tour: Tour, state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the rule row of the tour: a mark a step, and at the right end the key that leaves."""
    rule = Styles.RULE
    marks = glyphs.accept * tour.at + glyphs.here + glyphs.todo * (len(tour.steps) - tour.at - 1)
    left: StyledRow = (StyledText(glyphs.rule * 2, rule), styled.likely(" tour "), styled.ok(marks + " "))
    key = _leave_key(glyphs)
    keys = f"{key} {key}" if state.selection or state.typed_hint or state.armed_label else key
    right: StyledRow = (styled.key(f" {keys}"), styled.muted(" leaves the tour "), StyledText(glyphs.rule * 2, rule))
    gap = width - styled.row_width(left) - styled.row_width(right)
    if gap < 1:
        return styled.fit_row(styled.clip_row(left, width), width)
    return (*left, StyledText(glyphs.rule * gap, rule), *right)
