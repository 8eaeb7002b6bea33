"""The prompt under the active block: what is selected and which keys do something with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from annotator.core.schema import Label
from annotator.core.source_version import without_versions
from annotator.core.span_repair import misaligned_spans, misalignment_message
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import TokenRange
from annotator.session.action import PressLabel
from annotator.session.actions.hints import is_hint_drawn
from annotator.session.actions.label_actions import LabelEffectKind
from annotator.session.actions.selection import AUTO_ACCEPT_SCORE, select_auto_accepted
from annotator.session.state import StatusMessage, TaskState
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.span_lanes import text_with_span_edges
from annotator.tui.layout.styled_text import CellStyle, Glyphs, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text

NEWCOMER_SPANS = 3
"""How many spans one must have made before the screen stops explaining itself."""

WELCOME_SCORE = 0.9
"""The least score of a suggestion that a newcomer is recommended to take: a wrong one would teach mistrust."""

_FIRST_KEYS = (
    "Press {}the letter above a word, then a label's key.",
    "Press {}a letter above a word, then a label.",
    "Press {}a letter above a word.",
)
"""What a newcomer may do first, the fullest text that fits."""

PromptItem = tuple[StyledText, ...]

PROMPT_COLUMN = 6
"""Where the rows of the prompt begin."""


def welcome_row(state: TaskState, width: int, glyphs: Glyphs) -> StyledRow:
    """Return what a newcomer may do now, in place of the row of keys."""
    row: StyledRow = (styled.likely(" New here? "),)
    found = _recommended_suggestion(state)
    label = state.schema.label(found[0]) if found else None
    is_a = f" is {'an' if label and label.name[:1] in 'AEIOU' else 'a'} "
    room = min(24, width - cell_len(f" New here? {is_a}{label.name}: press k.")) if label else 0
    if found is None or label is None or not label.key or room < 6:
        call = _letters_call(state, glyphs)
        texts = [text.format(call) for text in _FIRST_KEYS]
        return (*row, styled.muted(next((x for x in texts if len(x) <= width - 11), texts[-1])))
    words = styled.bold(suggestion_text(state, found[1], room, glyphs))
    press = styled.clickable((styled.muted("press "), styled.key(label.key)), PressLabel(label.name))
    row = (*row, words, styled.muted(is_a), styled.label(label.name, label.name), styled.muted(": "), *press)
    row = (*row, styled.muted("."))
    rest: StyledRow = (styled.muted(f"  Other words: {_letters_call(state, glyphs)}their letter."),)
    return (*row, *rest) if styled.row_width(row) + styled.row_width(rest) <= width else row


def _recommended_suggestion(state: TaskState) -> tuple[str, tuple[int, Suggestion]] | None:
    """Return the first sure suggestion of the active sentence that a label's key takes now."""
    sure = [x for x in state.next_suggestions.items() if x[1][0] == state.active and x[1][1].score >= WELCOME_SCORE]
    return min(sure, key=lambda x: (x[1][1].start, -x[1][1].score), default=None)


def _letters_call(state: TaskState, glyphs: Glyphs) -> str:
    """Return the key that comes before a letter where none is shown: it calls for them, or shows those of all words."""
    if not state.letters_active:
        return f"{glyphs.key('letters')} and "
    shown = state.hint_visibility == "all" or any(is_hint_drawn(h, state.hint_visibility) for h in state.hints)
    return "" if shown else f"{glyphs.key('hints')} and "


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


def prompt_rows(state: TaskState, width: int, glyphs: Glyphs, most: int = 20) -> tuple[StyledRow, ...]:
    """Return the prompt in at most ``most`` rows of at most ``width`` cells, the last for the sentence's note.

    What the next key depends on comes first, then the message, which wraps; of the rest whole items go from
    the right. A message that has no room beside the first item is below.
    """
    rows = _item_rows(state, max(2, width - PROMPT_COLUMN), glyphs)
    if len(rows) > most:
        rows[most - 1 :] = [tuple(p for row in rows[most - 1 :] for p in (*row, StyledText(" ")))]
    edge, indent = styled.active(glyphs.active), StyledText(" " * (PROMPT_COLUMN - 1))
    rows = [(edge, StyledText("   "), styled.active(glyphs.here), StyledText(" "), *rows[0])] + [
        (edge, indent, *row) for row in rows[1:]
    ]
    if (note := state.annotated.annotation.note) and len(rows) < most:
        words = styled.clickable((styled.likely_bold("n "), styled.muted(screen_text(note))), "note")
        rows.append((edge, StyledText("   "), *words))
    return tuple(styled.clip_words(row, width, glyphs.cut) for row in rows)


def _item_rows(state: TaskState, room: int, glyphs: Glyphs) -> list[StyledRow]:
    """Return the items and the message of the prompt in rows of ``room`` cells."""
    message = message_item(state.message) if state.message else ()
    if message and state.label_toggles_auto_accept:
        return list(styled.wrap_row(message, room))  # a label's key answers it, and does nothing else
    items = iter(_prompt_items(state, glyphs))
    lead: StyledRow = ()
    if state.typed_hint or state.armed_label or state.asked_label or state.selection or state.selected_span:
        lead = next(items)
    if message and (not lead or _with_items(lead, (message,), room) != lead):
        lead, message = _with_items(lead, (message,), room), ()
    *rows, last = styled.wrap_row(lead, room) if styled.row_width(lead) > room else [lead]
    return [*rows, _with_items(last, items, room), *(styled.wrap_row(message, room) if message else ())]


def _with_items(row: StyledRow, items: Iterable[PromptItem], room: int) -> StyledRow:
    """Return the row with the items that have room in it, each whole, until one has none; never an empty row."""
    for item in items:
        longer = (*row, StyledText("  "), *item) if row else item
        if row and styled.row_width(longer) > room:
            break
        row = longer
    return row


def _prompt_items(state: TaskState, glyphs: Glyphs) -> Iterable[PromptItem]:
    """Return what the keys do now, the most wanted first: of a selection or an armed label that itself."""
    if state.typed_hint:
        armed = (_armed_chip(state), StyledText(" ")) if state.armed_label else ()
        return (
            (*armed, styled.likely_bold(state.typed_hint), styled.muted(" + the second letter")),
            command_item(glyphs, "clear", "let_go"),
        )
    if state.armed_label:
        return _armed_items(state, glyphs)
    if state.selected_span:
        return _focus_items(state, glyphs)
    if state.selection:
        return _selection_items(state, glyphs)
    suggestions, accept = _label_key_items(state, glyphs), _accept_item(state, glyphs)
    in_view = _acting_item(state, glyphs, "all shown", "accept_view")
    asked = suggestions[: bool(state.asked_label)]
    suggestions, wrong = suggestions[len(asked) :], _misaligned_items(state, glyphs)
    if state.more_lines:
        return (*asked, *wrong, accept, *suggestions)
    if suggestions or asked:
        return (*asked, *wrong, *suggestions, accept, *in_view)
    letters = help_item(f"press {_letters_call(state, glyphs)}a letter above a word to select it")
    return (*wrong, accept, letters, *in_view)


def _armed_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    """Return which label the next selection gets, and why: no suggestion of it is left here."""
    tab = f", or {glyphs.key('next_stop')}" if state.has_effect("next_stop") else ""
    return (
        (_armed_chip(state), styled.muted(f" press {_letters_call(state, glyphs)}a letter{tab}")),
        command_item(glyphs, "no label", "let_go"),
        _span_in_hand_item(state, glyphs) or help_item("no more suggestions here"),
    )


def _armed_chip(state: TaskState) -> StyledText:
    return StyledText(screen_text(state.armed_label), CellStyle("text", state.armed_label, bold=True))


def _span_in_hand_item(state: TaskState, glyphs: Glyphs) -> PromptItem:
    """Return which keys still change the span just made, while a label is armed."""
    if not state.selected_span:
        return ()
    words = shortened_words(state.annotated.text_of(state.selected_span), 20, glyphs)
    return command_item(glyphs, f"for {words}", "right_more", "right_less", "remove")


def _label_key_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    """Return what each label's key takes now: its key and the words, the sentence where it is elsewhere.

    A suggestion that the key takes on a second press comes first. Last come the labels that have only
    suggestions before the last span, and those without any, which wait for a letter.
    """
    again: list[PromptItem] = []
    items: list[PromptItem] = []
    for name, target in state.next_suggestions.items():
        label = state.schema.label(name)
        if label and label.key:
            words = suggestion_text(state, target, 20, glyphs)
            there = f" ({target[0] + 1})" if target[0] != state.active else ""
            item: PromptItem = (styled.key(label.key), styled.label(f" {words}", name), styled.muted(there))
            if name == state.asked_label:
                item = (styled.key(label.key), styled.muted(" again: "), styled.label(words, name))
                item = (*item, styled.muted(", before here"))
            found = again if name == state.asked_label else items
            found.append(styled.clickable(item, PressLabel(name)))
    return (*again, *items)


def _other_label_items(state: TaskState) -> tuple[PromptItem, ...]:
    """Return the labels' keys that take nothing now: they go back, or wait for a letter."""
    kinds = {LabelEffectKind.ASK: "before here", LabelEffectKind.ARM: "+ a letter"}
    items = []
    for kind, words in kinds.items():
        labels = [x for x in state.keyed_labels if _effect_kind(state, x.name) is kind]
        if labels:
            items.append(label_keys_item(labels[:5], words))
    return tuple(items)


def _effect_kind(state: TaskState, label: str) -> LabelEffectKind | None:
    effect = state.label_effects.get(label)
    return effect.kind if effect else None


def _focus_items(state: TaskState, glyphs: Glyphs) -> Iterator[PromptItem]:
    """Yield what the keys do to the span in focus; what has no room is not even looked for in the article."""
    assert state.selected_span is not None
    words = shortened_words(state.annotated.text_of(state.selected_span), 24, glyphs)
    name = state.selected_span.label
    chip = StyledText(screen_text(name), CellStyle("lane", name, reverse=not state.span_just_made, bold=True))
    relabel = label_keys_item(state.keyed_labels, "relabel")
    taken = _label_key_items(state, glyphs) if state.span_just_made else (relabel,)
    wrong = _misaligned_items(state, glyphs)
    first = taken[:1] if (state.asked_label or not state.span_just_made) and not wrong else ()
    yield from (*first, (chip, styled.bold(" " + words)), *wrong, *taken[len(first) :])
    yield from _edge_items(state, glyphs, "end", later="right_more", earlier="right_less")
    yield from _acting_item(state, glyphs, "remove", "remove")
    yield from _growth_items(state, glyphs)
    yield from _edge_items(state, glyphs, "start", later="left_less", earlier="left_more")
    yield from _other_label_items(state) if state.span_just_made else ()
    yield from _acting_item(state, glyphs, "everywhere", "everywhere")


def _selection_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    assert state.selection is not None
    words: PromptItem = (styled.bold(shortened_words(selected_text(state), 28, glyphs)),)
    offered = _suggestions_for_selection(state)
    if offered:
        return (words, *_suggestion_items(state, offered, glyphs), *_growth_items(state, glyphs))
    labels = [_snapped_label_item(state, x, glyphs) for x in state.keyed_labels][:5]
    return (words, *labels, *_growth_items(state, glyphs))


def _snapped_label_item(state: TaskState, label: Label, glyphs: Glyphs) -> PromptItem:
    """Return a label's key and name, and where it would end if that is not the end of the selection."""
    item = label_item(label.key, label.name)
    snap = _snapped_tokens(state, label.name)
    if snap is None or state.selection is None or snap[1] == state.selection.last:
        return item
    last = screen_text(state.annotated.sentence.tokens[snap[1] - 1].text)
    return (*item, styled.muted(f" up to {styled.truncate(last, 12, glyphs.cut)}"))


def _snapped_tokens(state: TaskState, label: str) -> TokenRange | None:
    """Return the tokens that a label makes of one pressed hint, where they are not the selected ones."""
    effect = state.label_effects.get(label)
    chosen = state.selection.range if state.selection else None
    return effect.tokens if effect and effect.tokens != chosen else None


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
    others = [x for x in state.keyed_labels if _snapped_tokens(state, x.name) and x.name not in named]
    best = offered[0]
    share = f"{round(100 * best.score)} in 100 are right{_not_sure_text(state, best)}"
    return (
        *takes,
        *(_snapped_label_item(state, x, glyphs) for x in others),
        command_item(glyphs, "not here", "remove"),
        help_item(f"from {screen_text(without_versions(best.source))}, {share}"),
    )


def _not_sure_text(state: TaskState, suggestion: Suggestion) -> str:
    """Return why Enter does not take a suggestion of a label that it takes; else an empty text."""
    if suggestion.label not in state.auto_accept_labels or suggestion in state.auto_accepted_suggestions(state.active):
        return ""
    if suggestion.score < AUTO_ACCEPT_SCORE:
        return f": Enter takes those from {round(100 * AUTO_ACCEPT_SCORE)} on"
    drawn = state.visible_suggestions(state.active)
    whole = select_auto_accepted(drawn, state.annotated, state.schema, state.auto_accept_labels)
    return ": Enter takes it where all lines fit" if suggestion in whole else ": a surer one overlaps"


def _accept_item(state: TaskState, glyphs: Glyphs) -> PromptItem:
    """Return what Enter does: show the next lines of a sentence taller than the screen, or accept it."""
    return command_item(glyphs, accept_words(state), "accept")


def accept_words(state: TaskState) -> str:
    """Return what Enter does now, in words."""
    return "next lines" if state.more_lines else "accept"


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
    return (item, command_item(glyphs, "repair", "repairs") if letter else help_item(": repairs"))


def _growth_items(state: TaskState, glyphs: Glyphs) -> tuple[PromptItem, ...]:
    """Return the item with what Space would add."""
    if state.next_extent is None or state.selection is None:
        return ()
    s, extent = state.annotated.sentence, state.next_extent
    before = s.text[s.tokens[extent.first].start : s.tokens[state.selection.first].start].strip()
    after = s.text[s.tokens[state.selection.last - 1].end : s.tokens[extent.last - 1].end].strip()
    added = f" {glyphs.cut} ".join(x for x in (before, after) if x)
    words = screen_text(added) if added and cell_len(screen_text(added)) <= 16 else extent.kind
    return (command_item(glyphs, f"+ {words}", "grow"),)


def label_item(letter: str, name: str) -> PromptItem:
    """Return a label's key and name."""
    return styled.clickable((styled.key(letter), StyledText(" "), styled.label(name, name)), PressLabel(name))


def label_keys_item(labels: Sequence[Label], words: str) -> PromptItem:
    """Return the keys of some labels, each to be clicked, and what they do."""
    keys = [styled.clickable((StyledText(x.key, CellStyle("key")),), PressLabel(x.name)) for x in labels]
    return (*(p for key in keys for p in (StyledText(" "), *key)), styled.muted(f" {words}"))[1:]


def command_item(glyphs: Glyphs, words: str, *names: str) -> PromptItem:
    """Return the keys of commands, each to be clicked, and what they do; a click on the words means the first."""
    style = styled.Styles.KEY if len(names) == 1 else CellStyle("key")
    keys = [styled.clickable((StyledText(glyphs.key(x), style),), x) for x in names if glyphs.key(x)]
    pieces = [p for key in keys for p in (StyledText(" "), *key)][1:]
    return (*pieces, *styled.clickable((styled.muted(f" {words}"),), names[0]))


def _acting_item(state: TaskState, glyphs: Glyphs, words: str, name: str) -> tuple[PromptItem, ...]:
    """Return the item of a command, if it would do anything now."""
    return (command_item(glyphs, words, name),) if state.has_effect(name) else ()


def _edge_items(state: TaskState, glyphs: Glyphs, edge: str, **moves: str) -> tuple[PromptItem, ...]:
    """Return the item with the keys that can move an edge; ``moves``: where to, in a word → the command."""
    able = {word: name for word, name in moves.items() if state.has_effect(name)}
    return (command_item(glyphs, f"{edge} {', '.join(able)}", *able.values()),) if able else ()


def help_item(words: str) -> PromptItem:
    """Return plain help."""
    return (styled.muted(words),)


def message_item(message: StatusMessage) -> PromptItem:
    """Return what was done last, or why nothing was."""
    if message.warning:
        return (styled.warn_bold("! "), styled.warn(screen_text(message.text)))
    return (styled.ok(screen_text(message.text)),)


def shortened_words(words: str, width: int, glyphs: Glyphs) -> str:
    """Return a text in at most ``width`` cells: its first and last words where it is longer."""
    safe = " ".join(screen_text(words).split())
    if cell_len(safe) <= width:
        return safe
    parts = safe.split(" ")
    short = f"{' '.join(parts[:2])} {glyphs.cut} {parts[-1]}"
    if len(parts) > 3 and cell_len(short) <= width:
        return short
    return styled.row_text(styled.clip_words((StyledText(safe),), width, glyphs.cut))
