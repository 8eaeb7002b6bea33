"""The themes: contrast by WCAG 2.2, no dim text where contrast is high, and the names that may be given."""

from __future__ import annotations

from itertools import combinations, product
from math import dist

import pytest
from rich.color import Color

from annotator.cli.annotate import command
from annotator.core.schema import LABEL_COLOURS, Label, Schema
from annotator.tui.colours import DARK_HIGH, LIGHT_HIGH, PALETTES, Palette, rich_style
from annotator.tui.layout.styled_text import CellStyle

ROLES = (
    "text", "context", "hint", "likely", "number", "key", "muted", "title", "ok", "warn", "rule", "active",
    "lane", "quiet", "selection",
)  # fmt: skip
TINTS = ("", "row", "leaf", "container", "focus")
SCHEMA = Schema("all", "1", tuple(Label(c, "", c) for c in LABEL_COLOURS))
HIGH = (DARK_HIGH, LIGHT_HIGH)


def luminance(colour: Color) -> float:
    """Return the relative luminance (WCAG 2.2, definition of "relative luminance")."""
    parts = [c / 255 for c in colour.get_truecolor()]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: Color, b: Color) -> float:
    """Return the contrast of two colours, 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira and Fernandes 2009, severity 1, in linear RGB.
BLIND = {
    "nobody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def seen(colour: str, eyes: str) -> tuple[float, float, float]:
    """Return a colour in CIELAB (D65) as these eyes see it."""
    parts = [c / 255 for c in Color.parse(colour).get_truecolor()]
    rgb = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    red, green, blue = (min(1, max(0, sum(a * b for a, b in zip(r, rgb, strict=True)))) for r in BLIND[eyes])
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eyes", BLIND)
@pytest.mark.parametrize("palette", [p for p in PALETTES.values() if not p.ansi], ids=lambda p: p.name)
def test_the_first_four_labels_are_reported_apart_by_all_eyes(palette: Palette, eyes: str) -> None:
    """The colours of a small schema differ by 12 in CIELAB or more, whatever one's eyes."""
    for one, other in combinations(("blue", "green", "orange", "pink"), 2):
        assert dist(seen(palette.label(one), eyes), seen(palette.label(other), eyes)) >= 12, (one, other)


def test_black_on_white_is_twenty_one() -> None:
    """The measure is the published one at its two ends."""
    black, white = Color.parse("#000000"), Color.parse("#ffffff")
    assert round(contrast(black, white), 6) == 21
    assert contrast(white, white) == 1


def inks() -> list[CellStyle]:
    """Return every role with every label and ground, plain and reversed."""
    labels = ("", *LABEL_COLOURS)
    return [
        CellStyle(role, label, tint, reverse=reverse)
        for role, label, tint, reverse in product(ROLES, labels, TINTS, (False, True))
    ]


@pytest.mark.parametrize("palette", HIGH, ids=lambda p: p.name)
def test_high_contrast_holds_for_everything_that_can_be_drawn(palette: Palette) -> None:
    """Text, labels, hints and the selection stand out 7 to 1 (WCAG 1.4.6) on every ground, nothing is dim."""
    for ink in inks():
        style = rich_style(ink, palette, SCHEMA)
        assert style.color
        assert style.bgcolor
        assert contrast(style.color, style.bgcolor) >= 7, (ink, style)
        assert not style.dim


@pytest.mark.parametrize("palette", HIGH, ids=lambda p: p.name)
def test_high_contrast_has_a_pure_ground(palette: Palette) -> None:
    """The ground is black or white, the row of the text too, and plain text the other of the two."""
    assert {palette.background, palette.text} == {"#000000", "#ffffff"}
    assert palette.row == palette.background
    assert palette.context == palette.hint == palette.text


@pytest.mark.parametrize("palette", [p for p in PALETTES.values() if not p.ansi], ids=lambda p: p.name)
def test_labels_can_be_read_and_reported_apart(palette: Palette) -> None:
    """Each label's colour has 4.5 to 1 on the ground (WCAG 1.4.3), and no two labels have one colour."""
    colours = [palette.label(c) for c in LABEL_COLOURS]
    assert len(set(colours)) == len(LABEL_COLOURS)
    ground = Color.parse(palette.background)
    assert min(contrast(Color.parse(c), ground) for c in (*colours, palette.text, palette.likely)) >= 4.5


@pytest.mark.parametrize("palette", [p for p in PALETTES.values() if not p.ansi], ids=lambda p: p.name)
def test_spans_are_seen_on_the_ground(palette: Palette) -> None:
    """The ground of a span and that of one in focus differ from plain ground, and from each other."""
    for colour in LABEL_COLOURS:
        grounds = [rich_style(CellStyle("text", colour, tint), palette, SCHEMA).bgcolor for tint in TINTS]
        assert len(set(grounds[1:])) == 4
        plain = grounds[1]
        assert plain
        assert all(contrast(g, plain) > 1.02 for g in grounds[2:] if g)


def test_the_command_line_knows_every_theme() -> None:
    """``--theme`` takes just the themes that there are."""
    option = next(p for p in command.params if p.name == "theme")
    assert tuple(option.type.choices) == tuple(PALETTES)  # type: ignore[attr-defined]
