"""The keys of the screens beside the annotate screen, once: the screens bind them, help and manual list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from annotator.core.schema import Schema
from annotator.session.commands import (
    COMMANDS,
    LABELLING_KEYS,
    WORKLIST_COMMANDS,
    Command,
    command_by_id,
    command_groups,
)
from annotator.session.keymap_file import key_label


class ScreenKey(Struct, frozen=True):
    """Keys of one screen that belong together: ``↑ ↓`` for the sentence before and after."""

    bindings: Mapping[str, str]
    """Textual's names of the keys, the main one first, separated by commas → what Textual calls for them.

    Nothing where the line in which one types takes the key itself.
    """
    description: str

    @property
    def key_text(self) -> str:
        """The keys as people write them: the main ones, then the others in parentheses."""
        keys = [[key_label(k) for k in names.split(",")] for names in self.bindings]
        others = " ".join(k for names in keys for k in names[1:])
        return " ".join(names[0] for names in keys) + (f" ({others})" if others else "")


def _keys(bindings: str, description: str) -> ScreenKey:
    """Return keys that are written as ``key,alias:action``, separated by blanks."""
    return ScreenKey(dict(b.split(":", 1) for b in bindings.split()), description)


_SCROLL = (
    _keys("up:scroll_by(-1) down:scroll_by(1)", "scroll by a row"),
    _keys("pageup,left_parenthesis:scroll_by(-15) pagedown,right_parenthesis:scroll_by(15)", "scroll by a page"),
)
_HELP = _keys("f1:app.keys", "keys, at this screen")

OVERVIEW, LINES, SEARCH, WORKLISTS = "Overview", "Article's lines", "Search", "Worklists"
FIGURES, TEXTS, HELP = "Figures", "Guideline, manual", "List of keys"
QUESTIONS, LISTS = "Jump, note", "Lists to choose from"

SCREEN_KEYS: Mapping[str, tuple[ScreenKey, ...]] = {
    OVERVIEW: (
        _keys("enter,semicolon,escape,at,q,f2:close", "annotate there"),
        _keys("up:move(-1) down:move(1)", "sentence before, after"),
        _keys("left_parenthesis,pageup:article(-1) right_parenthesis,pagedown:article(1)", "article before, after"),
        _keys("home:run('first') end:run('last')", "first, last sentence of the article"),
        _keys("n:undone", "next sentence that is not done"),
        _keys("tab:articles", "articles in place of the sentences, on a narrow screen"),
        _keys("s:sort", "sort the articles another way"),
        _keys("o:run('order')", "order of work: the least sure first, or by article"),
        _keys("slash:run('search')", "search"),
        _keys("backslash:run('jump')", "go to a sentence by its number"),
        _keys("grave_accent:run('filter')", "filter: only what was searched for, or all again"),
        _keys("right_square_bracket:run('worklist') R,f4:run('repairs')", "worklists: same words, spans inside tokens"),
        _keys("L:run('left_suggestions')", "worklist: suggestions that were open at the accept"),
        _keys("M:run('two_machines')", "worklist: sentences of two machines"),
        _keys("vertical_line:run('flag') quotation_mark:run('note')", "flag the sentence, write a note on it"),
        _keys("ctrl+z:run('undo')", "undo"),
        _HELP,
    ),
    SEARCH: (
        _keys("enter:", "annotate there"),
        _keys("up:move(-1) down:move(1)", "hit before, after"),
        _keys("pageup:move(-15) pagedown:move(15)", "a page of hits"),
        _keys("tab:filter", "filter: go only through these hits from now on"),
        _HELP,
        _keys("escape,semicolon:close", "back; ; while nothing is typed"),
    ),
    WORKLISTS: (
        _keys("up:move(-1) down:move(1)", "place before, after"),
        _keys(
            "pageup,left_parenthesis,shift+tab:group(-1) pagedown,right_parenthesis,tab:group(1)",
            "words before, after; a page of spans",
        ),
        _HELP,
        _keys("semicolon,escape,q:close", "back to where you were"),
    ),
    LINES: (
        _keys("up:move(-1) down:move(1)", "line before, after"),
        _keys("pageup,left_parenthesis:move(-15) pagedown,right_parenthesis:move(15)", "a page of lines"),
        _keys("home:move(-1000000) end:move(1000000)", "first, last line"),
        _keys("space,enter:switch", "annotate the line, or no longer"),
        _keys("b:verdict('body') h:verdict('subhead')", "annotate it as body, subhead"),
        _keys("t:verdict('title') d:verdict('deck') c:verdict('caption')", "it is title, deck, caption"),
        _keys("y:verdict('byline') p:verdict('dateline') x:verdict('boilerplate')", "byline, dateline, boilerplate"),
        _keys("K:settle", "the lines are right: settle the doubt about them"),
        _keys("u,ctrl+z:undo", "undo"),
        _HELP,
        _keys("semicolon,escape,number_sign,q,f3:close", "back"),
    ),
    FIGURES: (
        *_SCROLL,
        _keys("tab:turn(1) shift+tab:turn(-1)", "next annotator, the one before"),
        _HELP,
        _keys("semicolon,escape,enter,q,dollar_sign:close", "back"),
    ),
    TEXTS: (
        *_SCROLL,
        _keys("question_mark:other", "on from the guideline to the keys"),
        _HELP,
        _keys("semicolon,escape,enter,q:close", "back"),
    ),
    HELP: (
        _keys("up:choose(-1) down:choose(1)", "task before, after"),
        _keys("enter,space:fold", "show or hide its keys"),
        _keys("asterisk:fold_all", "show or hide all"),
        _SCROLL[1],
        _keys("semicolon,escape,q,f1,question_mark:close", "back"),
    ),
    QUESTIONS: (
        _keys("enter:", "go there; keep the note"),
        _HELP,
        _keys("escape,semicolon:close", "back; ; while nothing is typed"),
    ),
    LISTS: (
        _keys("up,shift+tab:move(-1) down,tab:move(1)", "entry before, after"),
        _keys("pageup:move(-10) pagedown:move(10)", "a page of entries"),
        _keys("enter:choose", "choose the entry; what you type filters the list"),
        _HELP,
        _keys("escape,semicolon:close", "back; ; while nothing is typed"),
    ),
}  # fmt: skip
"""Title of a section of the help → the keys of a screen."""


def textual_actions(screen: str) -> dict[str, str]:
    """Return what Textual calls for each key of a screen (keys separated by commas)."""
    return {names: action for key in SCREEN_KEYS[screen] for names, action in key.bindings.items() if action}


def single_keys(screen: str) -> tuple[str, ...]:
    """Return Textual's name of every key of a screen."""
    return tuple(key for names in textual_actions(screen) for key in names.split(","))


MOUSE = (
    ("click", "select a word with its phrase; go to a sentence; do what the prompt or a lower row names"),
    ("double click", "select the word alone"),
    ("drag", "select a range of words"),
    ("wheel", "sentence before, after; scroll a list"),
    ("Shift+drag", "copy text with the terminal (Option or Fn on macOS: page Keys)"),
)
"""What the mouse does."""


class KeySection(Struct, frozen=True):
    """The keys of one task or screen, each with what it does."""

    title: str
    rows: tuple[tuple[str, str], ...]


def key_sections(commands: Sequence[Command]) -> Iterator[KeySection]:
    """Yield all keys: those of the annotate screen by task, then those of each other screen."""
    screens = {title: tuple((k.key_text, k.description) for k in keys) for title, keys in SCREEN_KEYS.items()}
    for group, listed in command_groups(commands):
        rows = tuple((c.key_text, c.description) for c in listed)
        yield KeySection(group, (*rows, *screens.pop(group, ())))
    yield KeySection("Mouse", MOUSE)
    for title, rows in screens.items():
        yield KeySection(title, rows)


FIRST_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("accept",), "accept the sentence, on to the next open one"),
    (("next_stop",), "next suggestion or span"),
    (("remove",), "remove the span, turn the suggestion down"),
    (("right_more", "right_less"), "end later, end earlier, by a word"),
    (("grow",), "grow it: phrase, clause, quotation, sentence"),
    (("undo",), "undo, over sessions too"),
    (("sentence_up", "sentence_down"), "sentence before, after"),
    (("hints",), "letters above the likely words, all words, none"),
    (("guide", "palette"), "guideline of the labels, all commands"),
    (("quit",), "leave; everything is saved"),
)
"""The commands with which one is productive, with the words of the card of the help."""


def first_keys(schema: Schema, commands: Sequence[Command]) -> list[tuple[str, str]]:
    """Return the keys with which one is productive: the labels, the letters, then ``FIRST_KEYS``."""
    labels = " ".join(x.key for x in schema.labels if x.key)
    rows = [
        (labels or "a label's key", "label the selection, else take a suggestion"),
        ("the letter above it", "select a word or phrase; again: the word alone"),
    ]
    for names, does in FIRST_KEYS:
        found = [command_by_id(name, commands) for name in names]
        rows += [(" ".join(c.main_key for c in found if c.keys), does)] if any(c.keys for c in found) else []
    return rows


def key_table() -> str:
    """Return the manual's key table (Markdown)."""
    rows = [f"| {keys} | {does} |" for keys, does in LABELLING_KEYS]
    for section in key_sections((*COMMANDS, *WORKLIST_COMMANDS)):
        rows.append(f"| **{section.title}** | |")
        rows += [f"| {_markdown_code(keys)} | {does} |" for keys, does in section.rows]
    return "\n".join(["| key | does |", "|---|---|", *rows])


def _markdown_code(keys: str) -> str:
    """Return keys as Markdown code that a table can hold."""
    return f"`` {keys} ``" if "`" in keys else f"`{keys}`".replace("|", "\\|")
