"""The characters that the screen is drawn with: box drawing, or plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from annotator.session.commands import ALL_COMMANDS, Command, command_by_id


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
    open_end="~", link="|", link_left="|", link_right="|", cross="|", active="#", here=">", accept="v",
    reject="x", ignore="-", todo=".", taken="!", cut="~", problem="!", rule="-", wall="|", dot="-",
    progress_done="=", progress_rest=".", arrows="^v<>",
)  # fmt: skip
