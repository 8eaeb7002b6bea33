"""The registry: every command of the annotate screen and of the worklists, once.

Keys, footer, palette, the help screen and the manual's key table are all made from it; the keys of the other
screens are in ``screen_keys``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.journal_record import KeystrokeKind
from annotator.core.span_repair import RepairKind
from annotator.session.keymap_file import key_label


class Command(Struct, frozen=True):
    """One thing that a key does."""

    id: str
    """The name that the keymap file and the handlers use."""
    keys: tuple[str, ...]
    """Textual's names of the keys; the first is the plain printable one, the others aliases.

    Empty for what is chosen in the command palette alone."""
    key_text: str
    """How the keys are written for people."""
    description: str
    """What it does, in a few words."""
    group: str

    @property
    def main_key(self) -> str:
        """The first key as people write it, without its aliases."""
        return self.key_text.split(" (")[0]

    def with_keys(self, keys: Sequence[str]) -> Command:
        """Return the command with other keys; what is written after the keys (`` and a label``) stays."""
        _, then, second = self.key_text.partition(" and ")
        return replace(self, keys=tuple(keys), key_text=_keys_text(self.id, keys) + (then + second if keys else ""))


def _keys_text(command: str, keys: Sequence[str]) -> str:
    """Return keys as people read them: ``0 (Del)``; the command's name where only the palette has it."""
    first, *more = [key_label(k) for k in keys] or [f": {command}"]
    return f"{first} ({' or '.join(more)})" if more else first


def _command(name: str, keys: str, description: str, group: str, key_text: str = "") -> Command:
    """Return a command of the registry; ``keys`` are separated by blanks."""
    names = tuple(keys.split())
    return Command(name, names, key_text or _keys_text(name, names), description, group)


COMMANDS: tuple[Command, ...] = (
    _command(
        "remove", "0 delete", "remove the span, turn the suggestion down, else remove the innermost span", "Label"
    ),
    _command("undo", "ctrl+z", "undo, over sessions too", "Label"),
    _command("redo", "ctrl+y", "redo", "Label"),
    _command("everywhere", "equals_sign", "label every other mention in the article", "Label"),
    _command("more_labels", "apostrophe", "choose any label from a list", "Label"),
    _command("accept", "enter", "accept, and on to the next that is not done", "Answer"),
    _command("accept_view", "asterisk ctrl+n", "accept every open sentence that the screen shows whole", "Answer"),
    _command("take", "percent_sign", "Enter takes what is sure of the label, or no longer", "Answer", "% and a label"),
    _command("reject", "exclamation_mark", "reject: a bad example", "Answer"),
    _command("ignore", "minus", "ignore: skip it, it is no example", "Answer"),
    _command("next_stop", "tab", "next suggestion, candidate or span", "Select"),
    _command("previous_stop", "shift+tab", "previous suggestion, candidate or span", "Select"),
    _command("grow", "space", "grow the selection: phrase, clause, quotation, sentence", "Select"),
    _command("shrink", "backspace", "shrink it again", "Select"),
    _command("right_more", "full_stop shift+right", "end later, by one word", "Select"),
    _command("right_less", "comma shift+left", "end earlier, by one word", "Select"),
    _command("left_less", "greater_than_sign alt+right ctrl+right", "start later, by one word", "Select"),
    _command("left_more", "less_than_sign alt+left ctrl+left", "start earlier, by one word", "Select"),
    _command("cursor_left", "left", "the word before", "Select"),
    _command("cursor_right", "right", "the word after", "Select"),
    _command("let_go", "semicolon escape", "clear the selection", "Select"),
    _command("letters", "left_square_bracket", "letters on or off, or called for once", "Select"),
    _command("sentence_up", "up", "sentence before", "Move"),
    _command("sentence_down", "down", "sentence after", "Move"),
    _command("next_suggested", "W ctrl+down", "next open sentence in view that has a suggestion", "Move"),
    _command("article_up", "left_parenthesis pageup", "article before", "Move"),
    _command("article_down", "right_parenthesis pagedown", "article after", "Move"),
    _command("first", "home", "first sentence of the article", "Move"),
    _command("last", "end", "last sentence of the article", "Move"),
    _command("overview", "at f2", "overview of articles and sentences", "Move"),
    _command("lines", "number_sign f3", "the article's lines: switch one on or off", "Move"),
    _command("stats", "dollar_sign", "figures: pace, keys a span, forecast, suggestions", "Move"),
    _command("search", "slash", "search sentences, labels, answers, notes", "Find"),
    _command("jump", "backslash", "go to a sentence by its number", "Find"),
    _command("next_hit", "right_curly_bracket", "next hit of the search", "Find"),
    _command("previous_hit", "left_curly_bracket", "hit of the search before", "Find"),
    _command("filter", "grave_accent", "filter: only what was searched for, or all again", "Find"),
    _command("order", "", "order of work: by article, or the least sure first", "Find"),
    _command("worklist", "right_square_bracket", "worklist: same words, not labelled alike", "Find"),
    _command("repairs", "R f4", "worklist: spans that begin or end inside a token", "Find"),
    _command("left_suggestions", "L", "worklist: suggestions that were open at the accept", "Find"),
    _command("two_machines", "M", "worklist: sentences that two machines have annotated differently", "Find"),
    _command("flag", "vertical_line", "flag the sentence, to come back to it", "Sentence"),
    _command("note", "quotation_mark", "write a note on the sentence", "Sentence"),
    _command("join", "plus", "join with the next sentence", "Sentence"),
    _command("split", "underscore", "split before the selection", "Sentence"),
    _command("guide", "question_mark", "guideline of the label", "Help"),
    _command("help", "f1", "all keys", "Help", "F1 (? twice)"),
    _command("manual", "", "the manual, a page a topic", "Help"),
    _command("tour", "", "the keys in one minute, by doing; again: leave it", "Help"),
    _command("palette", "colon ctrl+p", "command palette", "Help"),
    _command("hints", "circumflex_accent", "letters above the likely words, all words, none", "View"),
    _command("proposals", "ampersand", "suggestions on or off", "View"),
    _command("theme", "tilde", "next theme: dark, light, high contrast, 16 colours", "View"),
    _command("reach", "", "a label's key takes suggestions of this sentence, or of all shown whole", "View"),
    _command("hint_mode", "", "letters: always there, called for once, or switched", "View"),
    _command("hand", "", "letters and label keys: for the right hand or the left", "View"),
    _command("look_alikes", "", "letters that look alike: used or left out", "View"),
    _command("save", "S ctrl+s", "save at once what could not be saved", "View"),
    _command("suspend", "", "to the shell for a while; fg there comes back", "View"),
    _command("quit", "ctrl+q", "quit; everything is saved", "View", "Ctrl+C twice (Ctrl+Q)"),
)
"""By task, the frequent ones first: in this order palette, help and manual list them."""

WORKLIST_COMMANDS: tuple[Command, ...] = (
    _command("list_yes", "y", "do what is proposed here", "Worklists"),
    _command(
        "list_all", "equals_sign a", "do all: for these words; the last repair for all spans like it", "Worklists"
    ),
    _command("snap_out", "o", "span inside a token: grow to the token's edges", "Worklists"),
    _command("snap_in", "i", "span inside a token: shrink to whole tokens", "Worklists"),
    _command("split_token", "t", "span inside a token: split the token at its edges", "Worklists"),
    _command("drop", "d", "span inside a token: drop the span", "Worklists"),
    _command("side_one", "1", "two machines: what the one has left counts", "Worklists"),
    _command("side_two", "2", "two machines: what the other has left counts", "Worklists"),
    _command("list_refuse", "0 delete", "turn the suggestion down", "Worklists"),
    _command("list_leave", "n", "leave it as it is, and on to the next", "Worklists"),
    _command("list_undo", "u ctrl+z", "undo the last of these", "Worklists"),
    _command("list_open", "enter", "annotate there", "Worklists"),
)
"""The commands of the worklists, where keys mean other things than on the annotate screen."""

REPAIR_COMMANDS = {
    RepairKind.OUT: "snap_out", RepairKind.IN: "snap_in", RepairKind.SPLIT: "split_token",
    RepairKind.DROP: "drop",
}  # fmt: skip
"""The command that carries a repair out."""

SIDE_COMMANDS = ("side_one", "side_two")
"""The commands that let the annotation of the one machine count, or of the other."""

ALL_COMMANDS = (*COMMANDS, *WORKLIST_COMMANDS)

COMMANDS_WITHOUT_SENTENCE = frozenset({
    "undo", "redo", "sentence_up", "sentence_down", "article_up", "article_down", "overview", "search", "next_hit",
    "previous_hit", "jump", "filter", "order", "worklist", "repairs", "left_suggestions", "two_machines", "lines",
    "stats", "guide", "help", "manual", "palette", "theme", "hints", "hint_mode", "hand", "look_alikes", "save",
    "suspend", "quit",
})  # fmt: skip
"""The commands that make sense where an article has no sentence to annotate."""

SCREEN_COMMANDS = frozenset({
    "overview", "search", "jump", "worklist", "repairs", "left_suggestions", "two_machines", "note", "lines", "stats",
    "guide", "help", "manual", "palette", "theme", "suspend", "quit", "more_labels",
})  # fmt: skip
"""The commands that open another screen or change how the app looks: the screen alone carries them out."""

FOOTER_COMMANDS = {
    "accept": "accept", "accept_view": "all shown", "grow": "grow", "undo": "undo", "next_stop": "next",
    "remove": "remove", "guide": "guide", "overview": "overview", "search": "search", "reject": "reject",
}  # fmt: skip
"""The commands in the row of keys with a word or two, those that go last when it is narrow at the end.

What comes and goes with the selection is after what stays, so that few move."""

LABELLING_KEYS = (
    ("a letter above a word", "select the word or its phrase; again: it alone; another: the other end"),
    ("a label's key, 1–9", "label the selection; else take its next suggestion here; else label what is selected next"),
)  # fmt: skip


def command_by_id(name: str, commands: Sequence[Command] = ALL_COMMANDS) -> Command:
    """Return the command of that id."""
    return next(c for c in commands if c.id == name)


def footer_items(
    commands: Sequence[Command] = COMMANDS,
    has_effect: Callable[[str], bool] = lambda _: True,
    accept: str = FOOTER_COMMANDS["accept"],
) -> list[tuple[str, str]]:
    """Return (key, words) for the row of keys, the most wanted first; none for what has no key or no effect now.

    ``accept``: what Enter does.
    """
    found = ((command_by_id(i, commands), text) for i, text in (FOOTER_COMMANDS | {"accept": accept}).items())
    return [(c.main_key.replace("Ctrl+", "^"), text) for c, text in found if c.keys and has_effect(c.id)]


def command_groups(commands: Sequence[Command] = ALL_COMMANDS) -> Iterator[tuple[str, tuple[Command, ...]]]:
    """Yield the groups in order with their commands, as help and the manual list them."""
    for group in dict.fromkeys(c.group for c in commands):
        yield group, tuple(c for c in commands if c.group == group)


# -- kinds of keys -----------------------------------------------------------------------------


_KIND_BY_GROUP = {"Select": KeystrokeKind.SELECT, "Answer": KeystrokeKind.ENTER, "Label": KeystrokeKind.LABEL}
_KIND_BY_COMMAND = {
    "remove": KeystrokeKind.CORRECT,
    "undo": KeystrokeKind.CORRECT,
    "redo": KeystrokeKind.CORRECT,
    "take": KeystrokeKind.OTHER,  # a setting, though it is among the answers
}
_GROUP_BY_COMMAND = {c.id: c.group for c in COMMANDS}


_RESIZE_COMMANDS = frozenset({"right_less", "right_more", "left_less", "left_more", "grow", "shrink"})


def command_key_kind(command: str, *, on_span: bool = False) -> KeystrokeKind:
    """Return the kind of key of a command, by its id; on a span an edge that moves is a correction."""
    if on_span and command in _RESIZE_COMMANDS:
        return KeystrokeKind.CORRECT
    return _KIND_BY_COMMAND.get(command) or _KIND_BY_GROUP.get(_GROUP_BY_COMMAND.get(command, ""), KeystrokeKind.OTHER)
