"""How a corpus cuts its texts into tokens: by the rules of its language, with more infixes, or each character."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

TokenUnit = Literal["rules", "characters"]
TOKEN_UNITS: tuple[TokenUnit, ...] = get_args(TokenUnit)


class TokenSettings(Struct, frozen=True):
    """What decides the tokens besides the language."""

    unit: TokenUnit = "rules"
    """``rules`` of the language, or ``characters``: every visible character is a token."""
    infixes: tuple[str, ...] = ()
    """Regular expressions: with ``rules``, a token is cut before and after what one of them matches."""

    def __str__(self) -> str:
        """Return the settings in words."""
        infixes = f" and infixes {' '.join(self.infixes)}" if self.infixes else ""
        return "characters" if self.unit == "characters" else f"the rules of the language{infixes}"


DEFAULT_TOKENS = TokenSettings()
