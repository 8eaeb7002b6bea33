"""The prompt under the active block: what is in hand and which keys do something with it."""

from __future__ import annotations

from rich.cells import cell_len

from annotator.core.repairs import fault, unaligned
from annotator.core.schema import Label
from annotator.core.suggestion import Suggestion
from annotator.session.state import Message, TaskState
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.marks import edges_shown
from annotator.tui.layout.row import Ink, Piece, Row, clip, cut, filled_row, width_of
from annotator.tui.layout.safe_text import screen_text

NEWCOMER_SPANS = 3
"""How many spans one must have made before the screen stops explaining itself."""

Item = tuple[Piece, ...]

_EDGES = ("right_less", "right_more", "left_more", "left_less")


def welcome_row(state: TaskState, width: int, glyphs: Glyphs) -> Row:
    """Return what a newcomer may do now, in place of the row of keys."""
    row: Row = (Piece(" New here? ", Ink("likely")),)
    rest: Row = (Piece("  Other words: their letter", Ink("muted")),)
    found = nearest(state)
    label = state.schema.label(found[0]) if found else None
    room = min(24, width - cell_len(f" New here?  may be a {label.name}: press k")) if label else 0
    if found is None or label is None or not label.key or room < 6:
        return (*row, Piece("Press the letter above a word, then a label's key", Ink("muted")))
    words = Piece(target_words(state, found[1], room, glyphs), Ink("text", bold=True))
    name, key_ = Piece(label.name, Ink("lane", label.name)), Piece(label.key, Ink("key", bold=True))
    row = (*row, words, Piece(" may be a ", Ink("muted")), name, Piece(": press ", Ink("muted")), key_)
    return (*row, *rest) if width_of(row) + width_of(rest) <= width else row


def nearest(state: TaskState) -> tuple[str, tuple[int, Suggestion]] | None:
    """Return the first suggestion of the active sentence that a label's key takes now."""
    here = [(name, t) for name, t in state.next_suggestions.items() if t[0] == state.active]
    return min(here, key=lambda x: (x[1][1].start, -x[1][1].score), default=None)


def target_words(state: TaskState, target: tuple[int, Suggestion], width: int, glyphs: Glyphs) -> str:
    """Return the words of a suggestion in at most ``width`` cells."""
    i, s = target
    return brief(state.annotated_sentences[i].sentence.text[s.start : s.end], width, glyphs)


def selected_text(state: TaskState) -> str:
    """Return the selected characters."""
    if state.selection is None:
        return ""
    tokens = state.annotated.sentence.tokens
    return state.annotated.sentence.text[
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
    if state.typed_hint:
        return (
            (Piece(state.typed_hint, Ink("likely", bold=True)), Piece(" + the second letter", Ink("muted"))),
            key(glyphs.key("let_go") + " let go"),
        )
    if state.selected_span:
        return _focus_items(state, glyphs)
    if state.selection:
        return _selection_items(state, glyphs)
    message = (*((note(state.message),) if state.message else ()), *_wrong_items(state, glyphs))
    suggestions = _target_items(state, glyphs)
    if suggestions:
        both = (key(glyphs.key("accept") + " accept"), key(glyphs.key("accept_view") + " all in view"))
        return (*message, *suggestions, *both)
    return (
        *message,
        key(glyphs.key("accept") + " accept"),
        text("press a letter above a word to select it"),
        key(glyphs.key("accept_view") + " accept all in view"),
    )


def _target_items(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    """Return what each label's key takes now: its key and the words, the place where it is elsewhere."""
    items: list[Item] = []
    for name, target in state.next_suggestions.items():
        label = state.schema.label(name)
        if label and label.key:
            words = target_words(state, target, 20, glyphs)
            there = f" ({target[0] + 1})" if target[0] != state.active else ""
            items.append(
                (
                    Piece(label.key, Ink("key", bold=True)),
                    Piece(f" {words}", Ink("lane", name)),
                    Piece(there, Ink("muted")),
                )
            )
    return tuple(items)


def _focus_items(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    assert state.selected_span is not None
    words = brief(state.annotated.text_of(state.selected_span), 24, glyphs)
    chip = Piece(screen_text(state.selected_span.label), Ink("lane", state.selected_span.label, reverse=True, bold=True))
    keys = " ".join(x.key for x in state.schema.labels if x.key)
    message = (note(state.message),) if state.message else ()
    relabel = (Piece(keys, Ink("key")), Piece(" relabel", Ink("muted")))
    return (
        (chip, Piece(" " + words, Ink("text", bold=True))),
        *message,
        *_wrong_items(state, glyphs),
        *(_target_items(state, glyphs) if state.span_just_made else ()),
        *_growth(state, glyphs),
        (Piece(glyphs.key(*_EDGES), Ink("key")), Piece(" edges", Ink("muted"))),
        key(glyphs.key("remove") + " remove"),
        *(() if state.span_just_made else (relabel,)),
        key(glyphs.key("everywhere") + " everywhere"),
    )


def _selection_items(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    assert state.selection is not None
    message = (note(state.message),) if state.message else ()
    words: Item = (Piece(brief(selected_text(state), 28, glyphs), Ink("text", bold=True)),)
    offered = _offered_here(state)
    if offered:
        return (words, *message, *_offer_items(state, offered, glyphs), *_growth(state, glyphs))
    labels = [_label_item(state, x, glyphs) for x in state.schema.labels if x.key][:5]
    return (words, *message, *labels, *_growth(state, glyphs))


def _label_item(state: TaskState, label: Label, glyphs: Glyphs) -> Item:
    """Return a label's key and name, and where it would end if that is not the end of the selection."""
    item = label_item(label.key, label.name)
    snap = state.snapped_ranges.get(label.name)
    if snap is None or state.selection is None or snap[1] == state.selection.last:
        return item
    last = screen_text(state.annotated.sentence.tokens[snap[1] - 1].text)
    return (*item, Piece(f" to {cut(last, 12, glyphs.cut)}", Ink("muted")))


def _offered_here(state: TaskState) -> tuple[Suggestion, ...]:
    """Return the suggestions for exactly the selection, the likeliest first."""
    assert state.selection is not None
    tokens = state.annotated.sentence.tokens
    start, end = tokens[state.selection.first].start, tokens[state.selection.last - 1].end
    found = (s for s in state.visible_suggestions(state.active) if (s.start, s.end) == (start, end))
    return tuple(sorted(found, key=lambda s: -s.score))


def _offer_items(state: TaskState, offered: tuple[Suggestion, ...], glyphs: Glyphs) -> tuple[Item, ...]:
    """Return which key takes the suggestion in hand, which turns it down, and where it comes from.

    A label that would take another stretch from the same hint says so.
    """
    takes = [label_item(x.key, x.name) for s in offered if (x := state.schema.label(s.label)) and x.key]
    named = {s.label for s in offered}
    others = [x for x in state.schema.labels if x.key and x.name in state.snapped_ranges and x.name not in named]
    best = offered[0]
    return (
        *takes,
        *(_label_item(state, x, glyphs) for x in others),
        key(glyphs.key("remove") + " not here"),
        text(f"from {screen_text(best.source)}, {round(100 * best.score)} in 100 are right"),
    )


def _wrong_items(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    """Return which span of the sentence is inside a token, that in focus before others, and the key."""
    wrong = unaligned(state.annotated)
    if state.selected_span:
        wrong = tuple(s for s in wrong if s == state.selected_span)
    if not wrong:
        return ()
    words = brief(edges_shown(state.annotated, wrong[0]), 28, glyphs)
    message = f"{screen_text(wrong[0].label)} {fault(state.annotated, wrong[0])}"
    if len(wrong) > 1:
        words, message = f"{len(wrong)} spans", "begin or end inside a token"
    item = (
        Piece(f"{glyphs.problem} ", Ink("warn", bold=True)),
        Piece(words, Ink("text", bold=True)),
        Piece(f" {message}", Ink("warn")),
    )
    letter = glyphs.key("repairs")
    return (item, key(f"{letter} repair") if letter else text(": repairs"))


def _growth(state: TaskState, glyphs: Glyphs) -> tuple[Item, ...]:
    """Return the item that says what Space would add."""
    if state.next_extent is None or state.selection is None:
        return ()
    s, extent = state.annotated.sentence, state.next_extent
    before = s.text[s.tokens[extent.first].start : s.tokens[state.selection.first].start].strip()
    after = s.text[s.tokens[state.selection.last - 1].end : s.tokens[extent.last - 1].end].strip()
    added = f" {glyphs.cut} ".join(x for x in (before, after) if x)
    words = screen_text(added) if added and cell_len(screen_text(added)) <= 16 else extent.kind
    return ((Piece(glyphs.key("grow"), Ink("key", bold=True)), Piece(f" + {words}", Ink("muted"))),)


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
