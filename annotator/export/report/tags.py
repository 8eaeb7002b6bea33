"""Text and tags of HTML; whatever comes from data goes through ``text``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # turn the reading direction
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # hide text
    "\ud800-\udfff]"  # halves of characters, which no UTF-8 can hold
)


def escape_text(value: object) -> str:
    """Return a value as text of a page: escaped, and what turns or hides text made visible."""
    return escape(_INVISIBLE.sub("\ufffd", str(value)))


def html_tag(name: str, inner: str, **attributes: object) -> str:
    """Return an element; ``inner`` is HTML, the values of attributes are text (``cls`` is ``class``)."""
    description = "".join(
        f' {k.replace("cls", "class").replace("_", "-")}="{escape_text(v)}"' for k, v in attributes.items()
    )
    return f"<{name}{description}>{inner}</{name}>"


def html_table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; numbers are set flush right."""
    top = html_tag("tr", "".join(html_tag("th", escape_text(x)) for x in head))
    return html_tag("table", top + "".join(html_tag("tr", "".join(map(_table_cell, row))) for row in rows))


def html_section(title: str, *inner: str) -> str:
    """Return a section with its heading; empty where it would have nothing in it."""
    body = "".join(inner)
    return html_tag("section", html_tag("h2", escape_text(title)) + body) if body else ""


def html_paragraphs(value: str) -> str:
    """Return a text of several paragraphs."""
    return "".join(html_tag("p", escape_text(" ".join(x.split()))) for x in value.split("\n\n") if x.strip())


def _table_cell(value: object) -> str:
    plain = isinstance(value, int | float)
    shown = f"{value:,}" if isinstance(value, int) else f"{value:.2f}" if isinstance(value, float) else value
    return html_tag("td", escape_text(shown), cls="n") if plain else html_tag("td", escape_text(shown), dir="auto")
