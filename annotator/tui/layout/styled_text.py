"""What the screen is made of: its characters, and rows of text with styles that every theme can show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len, set_cell_size, split_graphemes

from annotator.session.action import Action
from annotator.session.commands import ALL_COMMANDS, Command, command_by_id

# -- the characters that the screen is drawn with: box drawing, or plain ASCII ------------------


class LaneGlyphs(Struct, frozen=True):
    """The characters of one kind of lane."""

    left: str
    line: str
    right: str


class Glyphs(Struct, frozen=True, cache_hash=True):
    """One whole set."""

    human: LaneGlyphs = LaneGlyphs("└", "─", "┘")
    focus: LaneGlyphs = LaneGlyphs("┗", "━", "┛")
    proposal: LaneGlyphs = LaneGlyphs("╰", "╌", "╯")
    other: LaneGlyphs = LaneGlyphs("└", "·", "┘")
    open_end: str = "┄"
    link: str = "│"
    link_left: str = "├"
    link_right: str = "┤"
    cross: str = "┼"
    active: str = "▌"
    here: str = "▸"
    accept: str = "✓"
    reject: str = "✗"
    ignore: str = "–"
    todo: str = "·"
    taken: str = "↵"
    cut: str = "…"
    problem: str = "!"
    rule: str = "─"
    wall: str = "│"
    dot: str = "·"
    progress_done: str = "━"
    progress_rest: str = "╌"
    arrows: str = "↑↓←→"
    commands: Sequence[Command] = ALL_COMMANDS
    """The commands with the keys in force, which are written in these characters."""

    def words(self, text: str) -> str:
        """Return words of our own with the arrows of this set."""
        return text.translate(str.maketrans("↑↓←→", self.arrows))

    def key(self, *names: str) -> str:
        """Return the first key of each command, as people read it; nothing for one without keys."""
        found = (command_by_id(name, self.commands) for name in names)
        return " ".join(self.words(c.key_text.partition(" ")[0]) for c in found if c.keys)


BOX_GLYPHS = Glyphs()

ASCII_GLYPHS = Glyphs(
    human=LaneGlyphs("+", "-", "+"), focus=LaneGlyphs("+", "=", "+"), proposal=LaneGlyphs("+", ".", "+"),
    other=LaneGlyphs("+", " ", "+"),
    open_end="~", link="|", link_left="|", link_right="|", cross="|", active="#", here=">", accept="v",
    reject="x", ignore="-", todo=".", taken="!", cut="~", problem="!", rule="-", wall="|", dot="-",
    progress_done="=", progress_rest=".", arrows="^v<>",
)  # fmt: skip


# -- styled text --------------------------------------------------------------------------------


class PressKey(Struct, frozen=True):
    """A click on a key that is written on the screen presses it; ``name`` is Textual's."""

    name: str


ClickAction = Action | PressKey
"""What a click does; an empty text for nothing."""


class CellStyle(Struct, frozen=True):
    """How a piece looks, in terms that every theme, 16 colours and no colours can show, and what a click on it does."""

    role: str = "text"
    """What it is: text, context, hint, likely, number, key, muted, title, ok, warn, lane, quiet, …"""
    label: str = ""
    """The label whose colour it has, if any."""
    background: str = ""
    """The ground: row, leaf, container or focus."""
    bold: bool = False
    reverse: bool = False
    underline: bool = False
    italic: bool = False
    action: ClickAction = ""


class Styles:
    """The styles that most pieces have."""

    TEXT = CellStyle()
    BOLD = CellStyle("text", bold=True)
    TITLE = CellStyle("title", bold=True)
    CONTEXT = CellStyle("context")
    MUTED = CellStyle("muted")
    RULE = CellStyle("rule")
    NUMBER = CellStyle("number")
    KEY = CellStyle("key", bold=True)
    HINT = CellStyle("hint")
    LIKELY = CellStyle("likely")
    LIKELY_BOLD = CellStyle("likely", bold=True)
    ACTIVE = CellStyle("active")
    OK = CellStyle("ok")
    WARN = CellStyle("warn")
    WARN_BOLD = CellStyle("warn", bold=True)

    @staticmethod
    def label(name: str) -> CellStyle:
        """Return the style of a label's name and lane."""
        return CellStyle("lane", name)


class StyledText(Struct, frozen=True):
    """Some text in one style."""

    text: str
    style: CellStyle = CellStyle()


StyledRow = tuple[StyledText, ...]

# Text in one of the styles: ``muted("2 articles")``.
bold = partial(StyledText, style=Styles.BOLD)
title = partial(StyledText, style=Styles.TITLE)
context = partial(StyledText, style=Styles.CONTEXT)
muted = partial(StyledText, style=Styles.MUTED)
rule = partial(StyledText, style=Styles.RULE)
number = partial(StyledText, style=Styles.NUMBER)
key = partial(StyledText, style=Styles.KEY)
hint = partial(StyledText, style=Styles.HINT)
likely = partial(StyledText, style=Styles.LIKELY)
likely_bold = partial(StyledText, style=Styles.LIKELY_BOLD)
active = partial(StyledText, style=Styles.ACTIVE)
ok = partial(StyledText, style=Styles.OK)
warn = partial(StyledText, style=Styles.WARN)
warn_bold = partial(StyledText, style=Styles.WARN_BOLD)


def label(text: str, name: str) -> StyledText:
    """Return text in the colour of a label."""
    return StyledText(text, Styles.label(name))


def clickable(row: StyledRow, action: ClickAction) -> StyledRow:
    """Return the row with what a click on it does."""
    return tuple(StyledText(p.text, replace(p.style, action=action)) for p in row)


def action_at(row: StyledRow, column: int) -> ClickAction:
    """Return what a click in a column of the row does."""
    for piece in row:
        column -= cell_len(piece.text)
        if column < 0:
            return piece.style.action
    return ""


def row_width(row: StyledRow) -> int:
    """Return how many cells a row takes."""
    return sum(cell_len(p.text) for p in row)


def truncate(text: str, width: int, ellipsis: str = "…") -> str:
    """Return ``text`` in at most ``width`` cells, with a mark where something was cut off."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + ellipsis if width > 0 else ""


def fit_row(row: StyledRow, width: int, background: CellStyle | None = None) -> StyledRow:
    """Return the row padded with blanks or cut to exactly ``width`` cells."""
    left, out = width, []
    for piece in row:
        n = cell_len(piece.text)
        if n > left:
            out.append(replace(piece, text=set_cell_size(piece.text, left)))
            left = 0
            break
        out.append(piece)
        left -= n
    if left > 0:
        out.append(StyledText(" " * left, background or CellStyle()))
    return tuple(out)


def clip_words(row: StyledRow, width: int, ellipsis: str = "…") -> StyledRow:
    """Return the row in at most ``width`` cells, cut after a whole word with a mark where it is wider.

    A single word that is wider is cut inside.
    """
    if row_width(row) <= width:
        return row
    kept = fit_row(row, max(0, width - cell_len(ellipsis)))
    words, whole = "".join(p.text for p in kept), "".join(p.text for p in row)
    end = len(words) if whole[len(words) : len(words) + 1] == " " else words.rfind(" ")
    left = len(words[:end].rstrip()) or len(words)
    out: list[StyledText] = []
    for piece in kept:
        out.append(replace(piece, text=piece.text[:left]))
        left -= len(out[-1].text)
    return merge_styles((*out, muted(ellipsis)))


def fit_words(row: StyledRow, width: int, ellipsis: str = "…") -> StyledRow:
    """Return the row in exactly ``width`` cells: padded, or cut after a whole word."""
    return fit_row(clip_words(row, width, ellipsis), width)


def clip_row(row: StyledRow, width: int) -> StyledRow:
    """Return the row cut to ``width`` cells where it is wider."""
    return row if row_width(row) <= width else fit_row(row, max(0, width))


@lru_cache(maxsize=256)
def wrap_paragraph(text: str, width: int) -> tuple[str, ...]:
    """Return a paragraph filled to ``width`` cells; at least one line."""
    return tuple(row_text(row) for row in wrap_row((StyledText(text),), width))


def wrap_row(row: StyledRow, width: int) -> list[StyledRow]:
    """Return a long row as rows of at most ``width`` cells, broken at blanks; at least one."""
    room = max(2, width)
    lines: list[list[StyledText]] = [[]]
    col = 0
    for word in _row_words(row):
        need = row_width(word)
        if col and col + need > room:
            lines.append([])
            col = 0
        for char in [p for p in word if col or p.text != " "]:
            n = cell_len(char.text)
            if col + n > room:
                lines.append([])
                col = 0
            lines[-1].append(char)
            col += n
    return [merge_styles(tuple(line)) for line in lines]


def _row_words(row: StyledRow) -> list[StyledRow]:
    """Return the words of a row, each with the blank before it, as pieces of one grapheme."""
    words: list[list[StyledText]] = [[]]
    for piece in row:
        for a, b, _ in split_graphemes(piece.text)[0]:
            blank = piece.text[a:b] == " "
            if blank:
                words.append([])
            words[-1].append(StyledText(piece.text[a:b], piece.style))
    return [tuple(w) for w in words if w and (len(w) > 1 or w[0].text != " ")]


def merge_styles(row: Iterable[StyledText]) -> StyledRow:
    """Return the row with neighbouring pieces of one style put together."""
    return row_of_cells((piece.text, piece.style) for piece in row if piece.text)


def row_of_cells(cells: Iterable[tuple[str, CellStyle]]) -> StyledRow:
    """Return texts with their styles as a row, neighbours of one style put together."""
    out: list[StyledText] = []
    texts: list[str] = []
    last: CellStyle | None = None
    for text, style in cells:
        if style is not last and style != last:
            if last is not None:
                out.append(StyledText("".join(texts), last))
            texts, last = [], style
        texts.append(text)
    if last is not None:
        out.append(StyledText("".join(texts), last))
    return tuple(out)


def row_text(row: StyledRow) -> str:
    """Return the text of a row without blanks at its end, as tests and snapshots read it."""
    return "".join(p.text for p in row).rstrip()


def justify_row(left: StyledRow, right: StyledRow, width: int, ellipsis: str = "…") -> StyledRow:
    """Return ``left`` and ``right`` at the two ends of a row; ``left`` gives way, after a whole word."""
    room = max(0, width - row_width(right))
    return (*fit_words(left, room, ellipsis), *right)


def visible_range(count: int, at: int, room: int) -> range:
    """Return the numbers of ``count`` rows that are shown in ``room`` of them, ``at`` among them."""
    first = max(0, min(at - room // 2, count - room))
    return range(first, min(count, first + room))


def mark_active(glyph: str, is_active: bool) -> StyledText:
    """Return the bar beside the active row of a list; a blank beside the others."""
    return active(glyph if is_active else " ")


def fill_height(rows: Iterable[StyledRow], height: int) -> tuple[StyledRow, ...]:
    """Return exactly ``height`` rows: cut, or with empty ones at the end."""
    found = list(rows)
    return tuple(found + [()] * (height - len(found)))[:height]
