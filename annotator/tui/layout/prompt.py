"""The prompt under the active block: what is in hand and which keys do something with it."""

from __future__ import annotations

from rich.cells import cell_len

from annotator.session.state import Message, TaskState
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import Ink, Piece, Row, clip, cut, filled_row, width_of
from annotator.tui.layout.safe_text import screen_text

NEWCOMER_SPANS = 3
"""How many spans one must have made before the screen stops explaining itself."""

Item = tuple[Piece, ...]


def welcome_row(state: TaskState, width: int, glyphs: Glyphs) -> Row:
    """Return what a newcomer may do now, in place of the row of keys."""
    words = Piece(brief(selected_text(state), 24, glyphs), Ink("text", bold=True))
    row: Row = (Piece(" New here? ", Ink("likely")), words)
    rest: Row = (Piece("  Other words: their letter", Ink("muted")),)
    guess = state.schema.label(state.guess)
    if guess and guess.key:
        name, key_ = Piece(guess.name, Ink("lane", guess.name)), Piece(guess.key, Ink("key", bold=True))
        row = (*row, Piece(" may be a ", Ink("muted")), name, Piece(": press ", Ink("muted")), key_)
        return (*row, *rest) if width_of(row) + width_of(rest) <= width else row
    row = (*row, Piece(":", Ink("muted")))
    for label in [x for x in state.schema.labels if x.key]:
        name = Piece(label.name, Ink("lane", label.name))
        item = (Piece(f" {label.key}", Ink("key", bold=True)), Piece(" if ", Ink("muted")), name)
        if width_of(row) + width_of(item) + width_of(rest) + 1 > width:
            break
        row = (*row, *item, Piece(",", Ink("muted")))
    return (*row[:-1], *rest)


def selected_text(state: TaskState) -> str:
    """Return the selected characters."""
    if state.selection is None:
        return ""
    tokens = state.work.sentence.tokens
    return state.work.sentence.text[
        tokens[state.selection.first].start : tokens[state.selection.last - 1].end
    ]


def prompt_rows(state: TaskState, width: int, glyphs: Glyphs) -> tuple[Row, ...]:
    """Return the prompt in rows of at most ``width`` cells: one, but for a warning that is longer."""
    if not state.message or not state.message.warning:
        return (clip(prompt_row(state, width, glyphs), width),)
    words: Row = (
        Piece("! ", Ink("warn", bold=True)),
        Piece(screen_text(state.message.text), Ink("warn")),
    )
    first, *more = filled_row(words, width - 8)
    edge = Piece(glyphs.active, Ink("active"))
    rows: list[Row] = [(edge, Piece("   "), Piece(glyphs.here, Ink("active")), Piece(" "), *first)]
    rows += [(edge, Piece("       "), *row) for row in more]
    return tuple(clip(row, width) for row in rows)


def prompt_row(state: TaskState, width: int, glyphs: Glyphs) -> Row:
    """Return the prompt in at most ``width`` cells; whole items go from the right."""
    row: Row = (Piece("    "), Piece(glyphs.here, Ink("active")), Piece(" "))
    for n, item in enumerate(_items(state, glyphs)):
        gap = Piece("  ") if n else Piece("")
        if n and width_of(row) + width_of((gap, *item)) > width:
            break
        row = (*row, gap, *item)
    return (Piece(glyphs.active, Ink("active")), *_drop_first_blank(row))


def _drop_first_blank(row: Row) -> Row:
    return (Piece("   "), *row[1:])


def _items(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    if state.typed:
        return (
            (Piece(state.typed, Ink("likely", bold=True)), Piece(" + the second letter", Ink("muted"))),
            key("; let go"),
        )
    if state.focus:
        return _focus_items(state, glyphs)
    if state.selection:
        return _selection_items(state, glyphs)
    told = (note(state.message),) if state.message else ()
    return (
        *told,
        key("Enter accept"),
        text("press a letter above a word to select it"),
        key("Tab next candidate"),
    )


def _focus_items(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    assert state.focus is not None
    words = brief(state.work.text_of(state.focus), 24, glyphs)
    chip = Piece(screen_text(state.focus.label), Ink("lane", state.focus.label, reverse=True, bold=True))
    keys = " ".join(x.key for x in state.schema.labels if x.key)
    told = (note(state.message),) if state.message else ()
    return (
        (chip, Piece(" " + words, Ink("text", bold=True))),
        *told,
        key("0 remove"),
        (Piece(keys, Ink("key")), Piece(" relabel", Ink("muted"))),
        (Piece(", . < >", Ink("key")), Piece(" edges", Ink("muted"))),
    )


def _selection_items(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    assert state.selection is not None
    words = brief(selected_text(state), 28, glyphs)
    labels = [label_item(x.key, x.name) for x in state.schema.labels if x.key][:5]
    told = (note(state.message),) if state.message else ()
    moving = state.schema.label(state.moving.label) if state.moving else None
    if moving and moving.key:
        moves = (
            Piece(moving.key, Ink("key", bold=True)),
            Piece(f" moves the {moving.name} here", Ink("muted")),
        )
        return ((Piece(words, Ink("text", bold=True)),), moves, key(", . < > edges"), key("; let go"))
    return ((Piece(words, Ink("text", bold=True)),), *told, *labels, *_growth(state, glyphs))


def _growth(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    """Return the item that says what Space would add."""
    if state.next_extent is None or state.selection is None:
        return ()
    s, extent = state.work.sentence, state.next_extent
    before = s.text[s.tokens[extent.first].start : s.tokens[state.selection.first].start].strip()
    after = s.text[s.tokens[state.selection.last - 1].end : s.tokens[extent.last - 1].end].strip()
    added = f" {glyphs.cut} ".join(x for x in (before, after) if x)
    words = screen_text(added) if added and cell_len(screen_text(added)) <= 16 else extent.kind
    return ((Piece("Space", Ink("key", bold=True)), Piece(f" + {words}", Ink("muted"))),)


def label_item(letter: str, name: str) -> Item:
    """Return a label's key and name."""
    return (Piece(letter, Ink("key", bold=True)), Piece(" "), Piece(name, Ink("lane", name)))


def key(words: str) -> Item:
    """Return a key and what it does, from ``Key does this``."""
    name, _, does = words.partition(" ")
    return (Piece(name, Ink("key", bold=True)), Piece(" " + does, Ink("muted")))


def text(words: str) -> Item:
    """Return plain help."""
    return (Piece(words, Ink("muted")),)


def note(message: Message) -> Item:
    """Return what was done last."""
    return (Piece(screen_text(message.text), Ink("ok")),)


def brief(words: str, width: int, glyphs: Glyphs) -> str:
    """Return a text in at most ``width`` cells: its first and last words where it is longer."""
    safe = " ".join(screen_text(words).split())
    if cell_len(safe) <= width:
        return safe
    parts = safe.split(" ")
    short = f"{' '.join(parts[:2])} {glyphs.cut} {parts[-1]}"
    return short if len(parts) > 3 and cell_len(short) <= width else cut(safe, width, glyphs.cut)
