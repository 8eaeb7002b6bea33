"""The prompt under the active block: what is selected and which keys do something with it."""

from __future__ import annotations

from rich.cells import cell_len

from annotator.core.schema import Label
from annotator.core.span_repair import misaligned_spans, misalignment_message
from annotator.core.suggestion import Suggestion
from annotator.session.state import StatusMessage, TaskState
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.span_lanes import text_with_span_edges
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text

NEWCOMER_SPANS = 3
"""How many spans one must have made before the screen stops explaining itself."""

PromptItem = tuple[StyledText, ...]

_EDGE_COMMANDS = ("right_less", "right_more", "left_more", "left_less")


def welcome_row(state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return what a newcomer may do now, in place of the row of keys."""
    row: StyledRow = (styled.likely(" New here? "),)
    rest: StyledRow = (styled.muted(f"  Other words: {_letters_call(state, glyphs)}their letter"),)
    found = first_open_suggestion(state)
    label = state.schema.label(found[0]) if found else None
    room = min(24, width - cell_len(f" New here?  may be a {label.name}: press k")) if label else 0
    if found is None or label is None or not label.key or room < 6:
        return (*row, styled.muted(f"Press {_letters_call(state, glyphs)}the letter above a word, then a label's key"))
    words = styled.bold(suggestion_text(state, found[1], room, glyphs))
    name, key_ = (styled.label(label.name, label.name), styled.key(label.key))
    row = (*row, words, styled.muted(" may be a "), name, styled.muted(": press "), key_)
    return (*row, *rest) if styled.row_width(row) + styled.row_width(rest) <= width else row


def _letters_call(state: TaskState, glyphs: Glyphs) -> str:
    """Return the key that comes before a letter where the letters have to be called for."""
    return "" if state.letters_active else f"{glyphs.key('letters')} and "


def first_open_suggestion(state: TaskState) -> tuple[str, tuple[int, Suggestion]] | None:
    """Return the first suggestion of the active sentence that a label's key takes now."""
    here = [(name, t) for name, t in state.next_suggestions.items() if t[0] == state.active]
    return min(here, key=lambda x: (x[1][1].start, -x[1][1].score), default=None)


def suggestion_text(state: TaskState, target: tuple[int, Suggestion], width: int, glyphs: Glyphs) -> str:
    """Return the words of a suggestion in at most ``width`` cells."""
    i, s = target
    return shortened_words(state.annotated_sentences[i].sentence.text[s.start : s.end], width, glyphs)


def selected_text(state: TaskState) -> str:
    """Return the selected characters."""
    if state.selection is None:
        return ""
    tokens = state.annotated.sentence.tokens
    return state.annotated.sentence.text[tokens[state.selection.first].start : tokens[state.selection.last - 1].end]


def prompt_rows(state: TaskState, width: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
    """Return the prompt in rows of at most ``width`` cells: one, but for a warning that is longer."""
    if not state.message or not state.message.warning:
        return (styled.clip_row(prompt_row(state, width, glyphs), width),)
    words: StyledRow = (styled.warn_bold("! "), styled.warn(screen_text(state.message.text)))
    first, *more = styled.wrap_row(words, width - 8)
    edge = styled.active(glyphs.active)
    rows: list[StyledRow] = [(edge, StyledText("   "), styled.active(glyphs.here), StyledText(" "), *first)]
    rows += [(edge, StyledText("       "), *row) for row in more]
    return tuple(styled.clip_row(row, width) for row in rows)


def prompt_row(state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return the prompt in at most ``width`` cells; whole items go from the right."""
    row: StyledRow = (StyledText("    "), styled.active(glyphs.here), StyledText(" "))
    for n, item in enumerate(_prompt_items(state, glyphs)):
        gap = StyledText("  ") if n else StyledText("")
        if n and styled.row_width(row) + styled.row_width((gap, *item)) > width:
            break
        row = (*row, gap, *item)
    return (styled.active(glyphs.active), StyledText("   "), *row[1:])


def _prompt_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    if state.typed_hint:
        return (
            (styled.likely_bold(state.typed_hint), styled.muted(" + the second letter")),
            key_item(glyphs.key("let_go") + " clear"),
        )
    if state.selected_span:
        return _focus_items(state, glyphs)
    if state.selection:
        return _selection_items(state, glyphs)
    message = (*((message_item(state.message),) if state.message else ()), *_misaligned_items(state, glyphs))
    suggestions = _label_key_items(state, glyphs)
    if suggestions:
        both = (key_item(glyphs.key("accept") + " accept"), key_item(glyphs.key("accept_view") + " all in view"))
        return (*message, *suggestions, *both)
    return (
        *message,
        key_item(glyphs.key("accept") + " accept"),
        help_item(f"press {_letters_call(state, glyphs)}a letter above a word to select it"),
        key_item(glyphs.key("accept_view") + " accept all in view"),
    )


def _label_key_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    """Return what each label's key takes now: its key and the words, the place where it is elsewhere."""
    items: list[PromptItem] = []
    for name, target in state.next_suggestions.items():
        label = state.schema.label(name)
        if label and label.key:
            words = suggestion_text(state, target, 20, glyphs)
            there = f" ({target[0] + 1})" if target[0] != state.active else ""
            items.append((styled.key(label.key), styled.label(f" {words}", name), styled.muted(there)))
    return tuple(items)


def _focus_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    assert state.selected_span is not None
    words = shortened_words(state.annotated.text_of(state.selected_span), 24, glyphs)
    name = state.selected_span.label
    chip = StyledText(screen_text(name), CellStyle("lane", name, reverse=True, bold=True))
    keys = " ".join(x.key for x in state.schema.labels if x.key)
    message = (message_item(state.message),) if state.message else ()
    relabel = (StyledText(keys, CellStyle("key")), styled.muted(" relabel"))
    return (
        (chip, styled.bold(" " + words)),
        *message,
        *_misaligned_items(state, glyphs),
        *(_label_key_items(state, glyphs) if state.span_just_made else ()),
        *_growth_items(state, glyphs),
        (StyledText(glyphs.key(*_EDGE_COMMANDS), CellStyle("key")), styled.muted(" edges")),
        key_item(glyphs.key("remove") + " remove"),
        *(() if state.span_just_made else (relabel,)),
        key_item(glyphs.key("everywhere") + " everywhere"),
    )


def _selection_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    assert state.selection is not None
    message = (message_item(state.message),) if state.message else ()
    words: PromptItem = (styled.bold(shortened_words(selected_text(state), 28, glyphs)),)
    offered = _suggestions_for_selection(state)
    if offered:
        return (words, *message, *_suggestion_items(state, offered, glyphs), *_growth_items(state, glyphs))
    labels = [_snapped_label_item(state, x, glyphs) for x in state.schema.labels if x.key][:5]
    return (words, *message, *labels, *_growth_items(state, glyphs))


def _snapped_label_item(state: TaskState, label: Label, glyphs: Glyphs) -> PromptItem:
    """Return a label's key and name, and where it would end if that is not the end of the selection."""
    item = label_item(label.key, label.name)
    snap = state.snapped_ranges.get(label.name)
    if snap is None or state.selection is None or snap[1] == state.selection.last:
        return item
    last = screen_text(state.annotated.sentence.tokens[snap[1] - 1].text)
    return (*item, styled.muted(f" to {styled.truncate(last, 12, glyphs.cut)}"))


def _suggestions_for_selection(state: TaskState) -> tuple[Suggestion, ...]:
    """Return the suggestions for exactly the selection, the likeliest first."""
    assert state.selection is not None
    tokens = state.annotated.sentence.tokens
    start, end = tokens[state.selection.first].start, tokens[state.selection.last - 1].end
    found = (s for s in state.visible_suggestions(state.active) if (s.start, s.end) == (start, end))
    return tuple(sorted(found, key=lambda s: -s.score))


def _suggestion_items(state: TaskState, offered: tuple[Suggestion, ...], glyphs: Glyphs) -> tuple[PromptItem, ...]:
    """Return which key takes the current suggestion, which turns it down, and where it comes from.

    A label that would take another stretch from the same hint is marked.
    """
    takes = [label_item(x.key, x.name) for s in offered if (x := state.schema.label(s.label)) and x.key]
    named = {s.label for s in offered}
    others = [x for x in state.schema.labels if x.key and x.name in state.snapped_ranges and x.name not in named]
    best = offered[0]
    return (
        *takes,
        *(_snapped_label_item(state, x, glyphs) for x in others),
        key_item(glyphs.key("remove") + " not here"),
        help_item(f"from {screen_text(best.source)}, {round(100 * best.score)} in 100 are right"),
    )


def _misaligned_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    """Return which span of the sentence is inside a token, that in focus before others, and the key."""
    wrong = misaligned_spans(state.annotated)
    if state.selected_span:
        wrong = tuple(s for s in wrong if s == state.selected_span)
    if not wrong:
        return ()
    words = shortened_words(text_with_span_edges(state.annotated, wrong[0]), 28, glyphs)
    message = f"{screen_text(wrong[0].label)} {misalignment_message(state.annotated, wrong[0])}"
    if len(wrong) > 1:
        words, message = f"{len(wrong)} spans", "begin or end inside a token"
    item = (styled.warn_bold(f"{glyphs.problem} "), styled.bold(words), styled.warn(f" {message}"))
    letter = glyphs.key("repairs")
    return (item, key_item(f"{letter} repair") if letter else help_item(": repairs"))


def _growth_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    """Return the item with what Space would add."""
    if state.next_extent is None or state.selection is None:
        return ()
    s, extent = state.annotated.sentence, state.next_extent
    before = s.text[s.tokens[extent.first].start : s.tokens[state.selection.first].start].strip()
    after = s.text[s.tokens[state.selection.last - 1].end : s.tokens[extent.last - 1].end].strip()
    added = f" {glyphs.cut} ".join(x for x in (before, after) if x)
    words = screen_text(added) if added and cell_len(screen_text(added)) <= 16 else extent.kind
    return ((styled.key(glyphs.key("grow")), styled.muted(f" + {words}")),)


def label_item(letter: str, name: str) -> PromptItem:
    """Return a label's key and name."""
    return (styled.key(letter), StyledText(" "), styled.label(name, name))


def key_item(words: str) -> PromptItem:
    """Return a key and what it does, from ``Key does this``."""
    name, _, does = words.partition(" ")
    return (styled.key(name), styled.muted(" " + does))


def help_item(words: str) -> PromptItem:
    """Return plain help."""
    return (styled.muted(words),)


def message_item(message: StatusMessage) -> PromptItem:
    """Return what was done last."""
    return (styled.ok(screen_text(message.text)),)


def shortened_words(words: str, width: int, glyphs: Glyphs) -> str:
    """Return a text in at most ``width`` cells: its first and last words where it is longer."""
    safe = " ".join(screen_text(words).split())
    if cell_len(safe) <= width:
        return safe
    parts = safe.split(" ")
    short = f"{' '.join(parts[:2])} {glyphs.cut} {parts[-1]}"
    return short if len(parts) > 3 and cell_len(short) <= width else styled.truncate(safe, width, glyphs.cut)
