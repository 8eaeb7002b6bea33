"""How each style looks: dark, light, each with high contrast, 16 colours on either ground, no colours at all.

The figures are those of the design: contrast at least 4.6 to 1 for every label on its ground, 7 to 1 for
all that is drawn in the themes of high contrast (which have no dim text); the first four distinct under
protanopia, deuteranopia and tritanopia.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style

from annotator.core.schema import Schema
from annotator.tui.layout.styled_text import CellStyle


class Palette(Struct, frozen=True):
    """The colours of a theme; hexadecimal for the full ones, ANSI names for the small ones."""

    name: str
    ansi: bool
    background: str = "default"
    row: str = "default"
    text: str = "default"
    context: str = "default"
    hint: str = "default"
    likely: str = "default"
    ok: str = "default"
    warn: str = "default"
    selection_background: str = ""
    selection_text: str = ""
    leaf: float = 0.0
    container: float = 0.0
    focus: float = 0.0
    labels: tuple[tuple[str, str], ...] = ()

    def label(self, colour: str) -> str:
        """Return how this theme shows a schema's colour name."""
        return dict(self.labels).get(colour, self.text)


def _label_colours(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((pair.split("=")[0], pair.split("=")[1]) for pair in text.split())


DARK = Palette(
    "dark", False, "#14171c", "#1c2027", "#ecebe8", "#9aa0a8", "#868d97", "#e9c46a", "#86d993", "#ff9d8a",
    "#f4f1e6", "#101216", 0.33, 0.13, 0.45,
    _label_colours(
        "blue=#4496ff green=#a5f07c orange=#ea8629 pink=#f3b0e0 red=#f2566c lime=#c4cf6a cyan=#86f0f0 "
        "mauve=#b996d0 indigo=#9aabfa violet=#9f80c4 sand=#f2dfb4 teal=#3fc9a6"
    ),
)  # fmt: skip
LIGHT = Palette(
    "light", False, "#f4f2ed", "#fdfcfa", "#1b1d21", "#62666d", "#6a6e75", "#8a5a00", "#1c6b32", "#b3261e",
    "#1b1d21", "#fdfcfa", 0.22, 0.09, 0.30,
    _label_colours(
        "blue=#23408f green=#3a7a3c orange=#702e05 pink=#9e41c0 red=#cf2940 lime=#545c00 cyan=#0f5f70 "
        "mauve=#93389d indigo=#5560b0 violet=#7a1fa3 sand=#835f10 teal=#1f6a5c"
    ),
)  # fmt: skip
DARK_HIGH = Palette(
    "dark-high", False, "#000000", "#000000", "#ffffff", "#ffffff", "#ffffff", "#ffe14d", "#5dff7f",
    "#ffc8be", "#ffffff", "#000000", 0.16, 0.09, 0.21,
    _label_colours(
        "blue=#75b8ff green=#b9ff94 orange=#ffa03c pink=#ffcdf6 red=#ffa3ab lime=#d8e36a cyan=#86f0f0 "
        "mauve=#c9aee0 indigo=#b8c4ff violet=#d4b8fa sand=#f2dfb4 teal=#4fe0b8"
    ),
)  # fmt: skip
LIGHT_HIGH = Palette(
    "light-high", False, "#ffffff", "#ffffff", "#000000", "#000000", "#000000", "#573100", "#0a4d1a",
    "#7a000b", "#000000", "#ffffff", 0.08, 0.04, 0.11,
    _label_colours(
        "blue=#001a66 green=#005910 orange=#4a1800 pink=#7f1496 red=#820018 lime=#3f4500 cyan=#004653 "
        "mauve=#701c4e indigo=#36419a violet=#4a189a sand=#553c00 teal=#00493f"
    ),
)  # fmt: skip
_ANSI_LABELS = "green=green pink=magenta red=red lime=green mauve=magenta violet=magenta teal=cyan"
ANSI_DARK = Palette(
    "ansi-dark", True, ok="green", warn="red", likely="yellow",
    labels=_label_colours(_ANSI_LABELS + " blue=cyan orange=yellow cyan=cyan indigo=blue sand=yellow"),
)  # fmt: skip
ANSI_LIGHT = Palette(
    "ansi-light", True, ok="green", warn="red",
    labels=_label_colours(_ANSI_LABELS + " blue=blue orange=red cyan=cyan indigo=blue sand=default"),
)  # fmt: skip
NO_COLOUR = Palette("no-colour", True)

PALETTES = {p.name: p for p in (DARK, LIGHT, DARK_HIGH, LIGHT_HIGH, ANSI_DARK, ANSI_LIGHT)}


def _blend(style: str, ground: str, share: float) -> Color:
    """Return ``share`` of the style on the ground (both hexadecimal)."""
    a, b = Color.parse(style).get_truecolor(), Color.parse(ground).get_truecolor()
    red, green, blue = (round(x * share + y * (1 - share)) for x, y in zip(a, b, strict=True))
    return Color.from_triplet(ColorTriplet(red, green, blue))


@lru_cache(maxsize=4096)
def rich_style(style: CellStyle, palette: Palette, schema: Schema) -> Style:
    """Return the Rich style of a cell style in a theme; worked out once for each."""
    label = schema.label(style.label) if style.label else None
    colour = palette.label(label.colour) if label else ""
    return _ansi_style(style, palette, colour) if palette.ansi else _truecolor_style(style, palette, colour)


def _truecolor_style(style: CellStyle, p: Palette, colour: str) -> Style:
    ground = Color.parse(p.row if style.background == "row" else p.background)
    if colour and style.background in {"leaf", "container", "focus"}:
        ground = _blend(
            colour, p.background, {"leaf": p.leaf, "container": p.container, "focus": p.focus}[style.background]
        )
    if style.role == "selection":
        return Style(color=p.selection_text, bgcolor=p.selection_background)
    text = {
        "context": p.context, "muted": p.context, "number": p.context, "rule": p.hint, "hint": p.hint,
        "likely": p.likely, "active": p.likely, "ok": p.ok, "warn": p.warn,
    }.get(style.role, p.text)  # fmt: skip
    front = Color.parse(text)
    if colour and style.role == "lane":
        front = Color.parse(colour)
    if colour and style.role in {"context", "quiet"}:
        front = _blend(colour, p.context, 0.65)
    if style.reverse:
        return Style(color=Color.parse(p.background), bgcolor=front, bold=style.bold, italic=style.italic)
    return Style(color=front, bgcolor=ground, bold=style.bold, underline=style.underline, italic=style.italic)


def _ansi_style(style: CellStyle, p: Palette, colour: str) -> Style:
    if style.role == "selection":
        return Style(reverse=True)
    front = colour if colour and (style.role in {"lane", "quiet"} or style.background in {"leaf", "focus"}) else ""
    front = front or {"ok": p.ok, "warn": p.warn, "active": p.likely, "likely": p.likely}.get(style.role, "default")
    bold = style.bold or bool(style.background)
    dim = style.role in {"hint", "muted", "rule"}
    return Style(
        color=front, bold=bold or None, dim=dim or None, reverse=style.reverse or None,
        underline=style.underline or None, italic=style.italic or None,
    )  # fmt: skip
