"""The colour of a schema that is nearest to one of CSS."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Collection

from annotator.core.schema import LABEL_COLOURS

_HUES = {
    "red": 0, "orange": 28, "sand": 46, "lime": 66, "green": 115, "teal": 162, "cyan": 185, "blue": 214,
    "indigo": 240, "violet": 268, "mauve": 290, "pink": 322,
}  # fmt: skip
"""Where each colour of a schema is on the colour wheel, in degrees."""
_CSS_WORDS = {
    "yellow": "lime", "gold": "sand", "khaki": "sand", "beige": "sand", "brown": "sand", "tan": "sand",
    "aqua": "cyan", "turquoise": "cyan", "navy": "blue", "maroon": "red", "crimson": "red", "tomato": "red",
    "salmon": "orange", "coral": "orange", "chocolate": "orange", "purple": "violet", "orchid": "mauve",
    "plum": "mauve", "lavender": "mauve", "magenta": "pink", "fuchsia": "pink", "olive": "lime",
}  # fmt: skip
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+).*")
_LEAST_SATURATION = 0.12


def nearest_label_colour(css: str, used: Collection[str]) -> str:
    """Return the colour of a schema that is nearest to one of CSS, of those that no label has yet if there are any.

    Empty for black, grey, white and what is no colour.
    """
    hue = _hue(css.strip().lower())
    if hue is None:
        return ""
    free = [x for x in LABEL_COLOURS if x not in used] or list(LABEL_COLOURS)
    return min(free, key=lambda x: (min(abs(_HUES[x] - hue), 360 - abs(_HUES[x] - hue)), LABEL_COLOURS.index(x)))


def _hue(css: str) -> float | None:
    if found := _HEX.fullmatch(css):
        digits = found[1] if len(found[1]) > 4 else "".join(c * 2 for c in found[1])
        red, green, blue = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    elif found := _RGB.fullmatch(css):
        red, green, blue = (min(255, int(x)) / 255 for x in found.groups())
    else:
        # "hotpink", "orangered": the last word that is a colour is the one that the others modify
        words = sorted((css.rfind(x), x) for x in (*_HUES, *_CSS_WORDS) if x in css)
        return float(_HUES[_CSS_WORDS.get(words[-1][1], words[-1][1])]) if words else None
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    return hue * 360 if saturation >= _LEAST_SATURATION and max(red, green, blue) > _LEAST_SATURATION else None
