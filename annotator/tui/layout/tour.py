"""The two rows of the first-run tour: how far one is, and the next single thing to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.session.state import TaskState
from annotator.session.tour import STEPS, Tour
from annotator.tui.commands import COMMANDS, Command, by_id
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.prompt import brief, target_words
from annotator.tui.layout.row import Ink, Piece, Row, clip, filled_row, fit, width_of

TEXTS = {
    "take": "{target} may be a {label}: {key} takes it",
    "select": "Press {letter}, the letter above {word}: it selects the word or its phrase",
    "grow": "{grow} grows the selection, {shrink} shrinks it again",
    "edge": "{right_more} moves the right edge on, {right_less} back; {left_more} {left_less} the left edge",
    "label": "Say what it is: {labels}",
    "visit": "{next_stop} goes to a span, {remove} then removes it",
    "remove": "{remove} removes the span again",
    "accept": "{accept} accepts the sentence and goes on to the next",
    "accept_view": "{accept_view} accepts every sentence that you see whole",
    "undo": "You have not read them yet: {undo} takes that back, days later too",
}
"""What each step says; names in braces are commands, whose keys are put in, or one of ``_STATED``."""

ENDED = "that was the tour: {help} shows all keys, {palette} every command"

_NAME = re.compile(r"\{(\w+)\}")
_WORDS = Ink("text")
_STRONG = Ink("text", bold=True)
_KEY = Ink("key", bold=True)


def tour_rows(
    tour: Tour, state: TaskState, width: int, glyphs: Glyphs, commands: Sequence[Command] = COMMANDS
) -> tuple[Row, Row]:
    """Return what takes the place of the rule row and the row of keys, each ``width`` cells.

    Where the words need both rows, how far one is gives way.
    """
    parts = [p for p in re.split(r"(\{\w+\})", TEXTS[tour.current_step(state)]) if p]
    words = tuple(p for part in parts for p in _pieces(part, state, glyphs, commands))
    lines = filled_row(words, width - 2)
    if len(lines) > 1:
        return (fit((Piece(" "), *lines[0]), width), fit((Piece(" "), *lines[1]), width))
    return (_progress(tour, state, width, glyphs, commands), fit((Piece(" "), *lines[0]), width))


def ended(commands: Sequence[Command] = COMMANDS) -> str:
    """Return the words after the last step."""
    return _NAME.sub(lambda m: key_of(m[1], commands), ENDED)


def key_of(name: str, commands: Sequence[Command] = COMMANDS) -> str:
    """Return the key of a command as people write it, without its aliases."""
    return by_id(name, commands).key_text.split(" (")[0]


def _pieces(part: str, state: TaskState, glyphs: Glyphs, commands: Sequence[Command]) -> tuple[Piece, ...]:
    """Return plain words, or what stands for a name in braces."""
    named = _NAME.fullmatch(part)
    if named is None:
        return (Piece(part, _WORDS),)
    if named[1] in _STATED:
        return _STATED[named[1]](state, glyphs)
    return (Piece(glyphs.words(key_of(named[1], commands)), _KEY),)


def _labels(state: TaskState, glyphs: Glyphs) -> tuple[Piece, ...]:
    """Return the keys and names of the labels that the schema allows for the selection."""
    del glyphs
    out: list[Piece] = []
    for label in [x for x in state.schema.labels if x.key and _allowed(state, x.name)][:5]:
        comma = (Piece(", ", _WORDS),) if out else ()
        out += [*comma, Piece(label.key, _KEY), Piece(" "), Piece(label.name, Ink("lane", label.name))]
    return tuple(out) or (Piece("a label", _WORDS),)


def _allowed(state: TaskState, name: str) -> bool:
    if state.selection is None:
        return True
    tokens = state.annotated.sentence.tokens[state.selection.first : state.selection.last]
    span = Span(tokens[0].start, tokens[-1].end, name)
    return state.schema.find_violation(span, state.annotated.annotation.spans) is None


def _target(state: TaskState) -> tuple[str, tuple[int, Suggestion]]:
    """Return the suggestion that is next in the text, with its label."""
    return min(state.next_suggestions.items(), key=lambda x: (x[1][0], x[1][1].start, -x[1][1].score))


def _target_key(state: TaskState, glyphs: Glyphs) -> tuple[Piece, ...]:
    del glyphs
    label = state.schema.label(_target(state)[0])
    return (Piece(label.key if label else "", _KEY),)


def _free_word(state: TaskState) -> int | None:
    """Return a plain word with one letter above it that lies in no span and no suggestion."""
    taken = [(s.start, s.end) for s in state.annotated.annotation.spans]
    taken += [(s.start, s.end) for s in state.visible_suggestions(state.active)]
    tokens = state.annotated.sentence.tokens
    free = (
        i
        for i, t in enumerate(tokens)
        if len(state.hints[i].letters) == 1 and not any(a < t.end and t.start < b for a, b in taken)
    )
    return next((i for i in free if tokens[i].text.islower() and len(tokens[i].text) > 3), None)


def _letter(state: TaskState, glyphs: Glyphs) -> tuple[Piece, ...]:
    del glyphs
    i = _free_word(state)
    return (Piece("a letter", _WORDS),) if i is None else (Piece(state.hints[i].letters, _KEY),)


def _word(state: TaskState, glyphs: Glyphs) -> tuple[Piece, ...]:
    i = _free_word(state)
    words = "a word" if i is None else brief(state.annotated.sentence.tokens[i].text, 14, glyphs)
    return (Piece(words, _WORDS if i is None else _STRONG),)


_STATED: Mapping[str, Callable[[TaskState, Glyphs], tuple[Piece, ...]]] = {
    "labels": _labels,
    "target": lambda s, glyphs: (Piece(target_words(s, _target(s)[1], 24, glyphs), _STRONG),),
    "label": lambda s, _: (Piece(_target(s)[0], Ink("lane", _target(s)[0])),),
    "key": _target_key,
    "letter": _letter,
    "word": _word,
}
"""What is put in from the state: the labels, the suggestion that comes next, a word that is free."""


def _progress(tour: Tour, state: TaskState, width: int, glyphs: Glyphs, commands: Sequence[Command]) -> Row:
    """Return the rule row of the tour: a mark a step, and at the right end the key that leaves."""
    rule = Ink("rule")
    marks = glyphs.accept * tour.at + glyphs.here + glyphs.todo * (len(STEPS) - tour.at - 1)
    left: Row = (Piece(glyphs.rule * 2, rule), Piece(" tour ", Ink("likely")), Piece(marks + " ", Ink("ok")))
    key = key_of("let_go", commands)
    keys = f"{key} {key}" if state.selection or state.typed_hint else key
    right: Row = (
        Piece(f" {keys}", _KEY),
        Piece(" leaves the tour ", Ink("muted")),
        Piece(glyphs.rule * 2, rule),
    )
    gap = width - width_of(left) - width_of(right)
    if gap < 1:
        return fit(clip(left, width), width)
    return (*left, Piece(glyphs.rule * gap, rule), *right)
