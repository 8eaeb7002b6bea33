"""Texts that a careless terminal program would trip over, and strategies that make more of them."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from annotator.core.tokens import Token, build_tokens

WIDE = ("漢", "한", "🛶", "👩\u200d🚀", "👍🏽", "🇫", "🇫🇷", "☃\ufe0f", "\uff21")
ZERO = ("\u0301", "\u200d", "\u200b", "\ufe0f", "\u20e3", "\u3164", "\u034f", "\u1160")
CONTROLS = ("\x00", "\x07", "\x08", "\x1b", "\x7f", "\x85", "\x9b", "\x9d", "\u2028", "\u2029", "\ufeff")
BIDI = ("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u061c")
BRACKETS = ("[", "]", "[/x]", "[@click=app.quit]", "[a=b", "\\", "[bold]")
PLAIN = ("a", "B", "é", "e\u0301", "“", "’", "9", ",", "क्षि", "ש", "ع")

PIECES = st.sampled_from(WIDE + ZERO + CONTROLS + BIDI + BRACKETS + PLAIN * 3)
WORDS = st.lists(PIECES, min_size=1, max_size=6).map("".join) | st.sampled_from(
    ["a" * 70, "漢" * 41, "e\u0301" * 30, " ", "\n", "\n\n", "\t", "Mayor", "Pell", "40"]
)
PAYLOADS = (
    "\x1b]52;c;cHduZWQ=\x07",
    "\x9d52;c;cHduZWQ=\x9c",
    "\x1b[2J\x1b[H",
    "\x9b31mred",
    "\x1bPq#0\x1b\\",
    "\x00nul",
    "\u202egnp.exe\u202c",
    "\u2066hidden\u2069",
    "[/x]",
    "[@click=app.quit]press[/]",
    "[a=b",
    "[bold red]x[/bold red]",
    "\r\x08\x0b\x0c",
    "\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]0;title\x07",
    "\x1b_Gf=100;AAAA\x1b\\",
    "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\",
    "\x1b[6n\x1bc",
    "half \ud800",
)
"""Escapes, controls, bidirectional tricks and markup; the last one can't be in a corpus at all."""


@st.composite
def token_lists(draw: st.DrawFn) -> tuple[Token, ...]:
    """Make the tokens of a sentence: any words, glued or with a blank between them."""
    words = draw(st.lists(WORDS, min_size=1, max_size=14))
    blanks = draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    return build_tokens(words, [*blanks[:-1], False])


def commands_in(text: str) -> list[str]:
    """Return the characters of a text that could command a terminal or move what is drawn."""
    kept = {"\u200c", "\u200d"}
    return [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in kept]
