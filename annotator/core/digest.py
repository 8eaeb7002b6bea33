"""The digest that a text is known by, and the article id made from it."""

from __future__ import annotations

import hashlib
import re

from annotator.core.errors import SourceError

ARTICLE_ID_LENGTH = 12
_ARTICLE_ID_PATTERN = re.compile(r"[0-9a-f]{12,64}")


def text_digest(text: str) -> str:
    """Return the SHA-256 of the text in UTF-8 as 64 hex digits.

    Raises SourceError where the text holds a lone surrogate, which no UTF-8 file can store.
    """
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise surrogate_error(text, error.start) from None


def surrogate_error(text: str, at: int) -> SourceError:
    """Return the error for the lone surrogate at code point ``at`` of ``text``."""
    return SourceError(
        f"the text holds half a character (a lone surrogate, U+{ord(text[at]):04X})",
        where=f"character {at}",
        do="save the source again as UTF-8",
    )


def article_id_from_digest(digest: str) -> str:
    """Return the article id of a text's digest: its first 12 hex digits."""
    return digest[:ARTICLE_ID_LENGTH]


def is_article_id(value: str) -> bool:
    """Return True if ``value`` is 12 to 64 lower-case hex digits, and so safe as a file name."""
    return _ARTICLE_ID_PATTERN.fullmatch(value) is not None
