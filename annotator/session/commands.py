"""The registry: every command of the annotate screen and of the worklists, once.

Keys, footer, palette, the help screen and the manual's key table are all made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from annotator.core.journal_record import KeystrokeKind
from annotator.core.span_repair import RepairKind


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
    footer_text: str = ""
    """The one or two words that the row of keys has for it; empty where it has none."""
    footer_key: str = ""

    @property
    def main_key(self) -> str:
        """The first key as people write it, without its aliases."""
        return self.key_text.split(" (")[0]


COMMANDS: tuple[Command, ...] = (
    Command(
        "grow",
        ("space",),
        "Space",
        "grow the selection: phrase, clause, quotation, sentence",
        "Select",
        "grow",
        "Space",
    ),
    Command("shrink", ("backspace",), "Backspace", "shrink it again", "Select"),
    Command("cursor_left", ("left",), "←", "the word before", "Select"),
    Command("cursor_right", ("right",), "→", "the word after", "Select"),
    Command("right_less", ("comma", "shift+left"), ", (Shift+←)", "right edge one word back", "Select"),
    Command("right_more", ("full_stop", "shift+right"), ". (Shift+→)", "right edge one word on", "Select"),
    Command(
        "left_more",
        ("less_than_sign", "alt+left", "ctrl+left"),
        "< (Alt+← or Ctrl+←)",
        "left edge one word back",
        "Select",
    ),
    Command(
        "left_less",
        ("greater_than_sign", "alt+right", "ctrl+right"),
        "> (Alt+→ or Ctrl+→)",
        "left edge one word on",
        "Select",
    ),
    Command("next_stop", ("tab",), "Tab", "next suggestion, candidate or span", "Select", "next", "Tab"),
    Command("previous_stop", ("shift+tab",), "Shift+Tab", "previous suggestion, candidate or span", "Select"),
    Command("let_go", ("semicolon", "escape"), "; (Esc)", "let go of the selection", "Select"),
    Command(
        "letters",
        ("left_square_bracket",),
        "[",
        "letters on or off, or called for once",
        "Select",
    ),
    Command("more_labels", ("apostrophe",), "'", "choose any label from a list", "Label"),
    Command(
        "remove",
        ("0", "delete"),
        "0 (Del)",
        "remove the span, turn the suggestion down, else remove the innermost span",
        "Label",
        "remove",
        "0",
    ),
    Command("everywhere", ("equals_sign",), "=", "label every other mention in the article", "Label"),
    Command("proposals", ("ampersand",), "&", "suggestions on or off", "View"),
    Command("undo", ("ctrl+z",), "Ctrl+Z", "undo, over sessions too", "Label", "undo", "^Z"),
    Command("redo", ("ctrl+y",), "Ctrl+Y", "redo", "Label"),
    Command(
        "accept",
        ("enter",),
        "Enter",
        "accept, and on to the next that is not done",
        "Answer",
        "accept",
        "Enter",
    ),
    Command(
        "accept_view",
        ("asterisk", "ctrl+n"),
        "* (Ctrl+N)",
        "accept every open sentence that the screen shows whole",
        "Answer",
        "all in view",
        "*",
    ),
    Command(
        "take",
        ("percent_sign",),
        "% and a label",
        "Enter takes what is sure of the label, or no longer",
        "Answer",
    ),
    Command("reject", ("exclamation_mark",), "!", "reject: a bad example", "Answer", "reject", "!"),
    Command("ignore", ("minus",), "-", "ignore: skip it, it says nothing", "Answer", "ignore", "-"),
    Command("join", ("plus",), "+", "join with the next sentence", "Sentence"),
    Command("split", ("underscore",), "_", "split before the selection", "Sentence"),
    Command("sentence_up", ("up",), "↑", "sentence before", "Move"),
    Command("sentence_down", ("down",), "↓", "sentence after", "Move"),
    Command("article_up", ("left_parenthesis", "pageup"), "( (PgUp)", "article before", "Move"),
    Command("article_down", ("right_parenthesis", "pagedown"), ") (PgDn)", "article after", "Move"),
    Command("first", ("home",), "Home", "first sentence of the article", "Move"),
    Command("last", ("end",), "End", "last sentence of the article", "Move"),
    Command(
        "overview", ("at", "f2"), "@ (F2)", "overview of articles and sentences", "Move", "overview", "@"
    ),
    Command("search", ("slash",), "/", "search sentences, labels, answers, notes", "Find", "search", "/"),
    Command("next_hit", ("right_curly_bracket",), "}", "next hit of the search", "Find"),
    Command("previous_hit", ("left_curly_bracket",), "{", "hit of the search before", "Find"),
    Command("jump", ("backslash",), "\\", "go to a sentence by its number", "Find"),
    Command("filter", ("grave_accent",), "`", "filter: only what was searched for, or all again", "Find"),
    Command("order", (), ": order", "order of work: by article, or the least sure first", "Find"),
    Command("worklist", ("right_square_bracket",), "]", "worklist: same words, not labelled alike", "Find"),
    Command("repairs", ("R", "f4"), "R (F4)", "worklist: spans that begin or end inside a token", "Find"),
    Command("flag", ("vertical_line",), "|", "flag the sentence, to come back to it", "Sentence"),
    Command("note", ("quotation_mark",), '"', "write a note on the sentence", "Sentence"),
    Command("lines", ("number_sign", "f3"), "# (F3)", "the article's lines: switch one on or off", "Move"),
    Command("stats", ("dollar_sign",), "$", "figures: pace, keys a span, forecast, suggestions", "Move"),
    Command("guide", ("question_mark",), "?", "guideline of the label", "Help", "guide", "?"),
    Command("help", ("f1",), "F1 (? twice)", "all keys", "Help"),
    Command("tour", (), ": tour", "the keys in one minute, by doing; again: leave it", "Help"),
    Command("palette", ("colon", "ctrl+p"), ": (Ctrl+P)", "command palette", "Help"),
    Command("theme", ("tilde",), "~", "next theme: dark, light, high contrast, 16 colours", "View"),
    Command("hints", ("circumflex_accent",), "^", "hints: all, likely ones, none", "View"),
    Command("hint_mode", (), ": hint_mode", "letters: always there, called for once, or switched", "View"),
    Command("hand", (), ": hand", "letters and label keys: for the right hand or the left", "View"),
    Command("look_alikes", (), ": look_alikes", "letters that look alike: used or left out", "View"),
    Command("quit", ("ctrl+q",), "Ctrl+C twice (Ctrl+Q)", "quit; everything is saved", "View"),
)

WORKLIST_COMMANDS: tuple[Command, ...] = (
    Command("list_yes", ("y",), "y", "do what is proposed in hand", "Worklists"),
    Command("list_all", ("a",), "a", "do all that is proposed for these words", "Worklists"),
    Command("snap_out", ("o",), "o", "span inside a token: grow to the token's edges", "Worklists"),
    Command("snap_in", ("i",), "i", "span inside a token: shrink to whole tokens", "Worklists"),
    Command("split_token", ("t",), "t", "span inside a token: split the token at its edges", "Worklists"),
    Command("drop", ("d",), "d", "span inside a token: drop the span", "Worklists"),
    Command("list_leave", ("n",), "n", "leave it as it is, and on to the next", "Worklists"),
    Command("list_undo", ("u", "ctrl+z"), "u (Ctrl+Z)", "undo the last of these", "Worklists"),
    Command("list_open", ("enter",), "Enter", "annotate there", "Worklists"),
)
"""The commands of the worklists, where keys mean other things than on the annotate screen."""

REPAIR_COMMANDS = {
    RepairKind.OUT: "snap_out",
    RepairKind.IN: "snap_in",
    RepairKind.SPLIT: "split_token",
    RepairKind.DROP: "drop",
}
"""The command that carries a repair out."""

WORKLIST_MOVE_KEYS = {
    "up": "move(-1)",
    "down": "move(1)",
    "pageup": "group(-1)",
    "left_parenthesis": "group(-1)",
    "shift+tab": "group(-1)",
    "pagedown": "group(1)",
    "right_parenthesis": "group(1)",
    "tab": "group(1)",
    "f1": "app.keys",
    "semicolon": "close",
    "escape": "close",
    "q": "close",
}
"""The keys that move in every worklist and leave it, with what Textual calls for each."""

ALL_COMMANDS = (*COMMANDS, *WORKLIST_COMMANDS)

COMMANDS_WITHOUT_SENTENCE = frozenset({
    "undo", "redo", "article_up", "article_down", "overview", "search", "next_hit", "previous_hit",
    "jump", "filter", "order", "worklist", "repairs", "lines", "stats", "guide", "help", "palette",
    "theme", "hints", "hint_mode", "hand", "look_alikes", "quit",
})  # fmt: skip
"""The commands that make sense where an article has no sentence to annotate."""

SCREEN_COMMANDS = frozenset({
    "overview", "search", "jump", "worklist", "repairs", "note", "lines", "stats", "guide", "help",
    "palette", "theme", "quit",
})  # fmt: skip
"""The commands that open another screen or change how the app looks: the screen alone carries them out."""

FOOTER_COMMANDS = (
    "accept", "accept_view", "grow", "remove", "undo", "next_stop", "guide", "overview", "search", "reject"
)  # fmt: skip
"""The commands in the row of keys, those that go last when it is narrow at the end."""

LABELLING_KEYS = (
    ("a letter above a word", "select the word or its phrase; again: it alone; another: the other end"),
    ("a label's key, 1–9", "label what is selected; with nothing selected: take its next suggestion"),
)  # fmt: skip


def command_by_id(name: str, commands: Sequence[Command] = ALL_COMMANDS) -> Command:
    """Return the command of that id."""
    return next(c for c in commands if c.id == name)


def footer_items(commands: Sequence[Command] = COMMANDS) -> list[tuple[str, str]]:
    """Return (key, words) for the row of keys, the most wanted first; none for what has no key."""
    found = (command_by_id(i, commands) for i in FOOTER_COMMANDS)
    return [(c.footer_key, c.footer_text) for c in found if c.footer_key]


def command_groups(commands: Sequence[Command] = ALL_COMMANDS) -> Iterator[tuple[str, tuple[Command, ...]]]:
    """Yield the groups in order with their commands, as help and the manual list them."""
    for group in dict.fromkeys(c.group for c in commands):
        yield group, tuple(c for c in commands if c.group == group)


def key_table(commands: Sequence[Command] = ALL_COMMANDS) -> str:
    """Return the manual's key table (Markdown)."""
    rows = [f"| {keys} | {does} |" for keys, does in LABELLING_KEYS]
    rows += [
        f"| {_markdown_code(c.key_text)} | {c.description} |"
        for _, listed in command_groups(commands)
        for c in listed
    ]
    return "\n".join(["| key | does |", "|---|---|", *rows])


def _markdown_code(keys: str) -> str:
    """Return keys as Markdown code that a table can hold."""
    return f"`` {keys} ``" if "`" in keys else f"`{keys}`".replace("|", "\\|")


# What a command's key is counted as in the figures.


_KIND_BY_GROUP = {"Select": KeystrokeKind.SELECT, "Answer": KeystrokeKind.ENTER, "Label": KeystrokeKind.LABEL}
_KIND_BY_COMMAND = {
    "remove": KeystrokeKind.CORRECT,
    "undo": KeystrokeKind.CORRECT,
    "redo": KeystrokeKind.CORRECT,
    "take": KeystrokeKind.OTHER,  # a setting, though it stands with the answers
}
_GROUP_BY_COMMAND = {c.id: c.group for c in COMMANDS}


_RESIZE_COMMANDS = frozenset({"right_less", "right_more", "left_less", "left_more", "grow", "shrink"})


def command_key_kind(command: str, *, on_span: bool = False) -> KeystrokeKind:
    """Return the kind of key of a command, by its id; on a span an edge that moves is a correction."""
    if on_span and command in _RESIZE_COMMANDS:
        return KeystrokeKind.CORRECT
    return _KIND_BY_COMMAND.get(command) or _KIND_BY_GROUP.get(
        _GROUP_BY_COMMAND.get(command, ""), KeystrokeKind.OTHER
    )
