"""Where marks of lists and markdown begin and end sentences, whatever the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotator.ingest.clean.lexicon import CLOCK_TIME

_BULLET = re.compile(r"(?<!\S)[•▪◦‣●■►▶] +(?=\S)")
_EMPHASIS_END = re.compile(r"[.!?…。！？][\"”’'»)\]」』）]*(?:\*{1,3}|_{1,3}|(?:\[\^?\d{1,3}\])+) +(?=[^\s.,;:!?…])")
_IMAGE = re.compile(r"(?:^|(?<=[.!?…] ))!\[[^\]]{0,300}\]\([^()\s]{0,500}\) *")
_ENUMERATOR = r"[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)\]]"
_OPENING_MARK = re.compile(
    rf"\s*(?:>\s*)*(?:(?:[-–—•*+]+|{_ENUMERATOR})\s*)?(?:{CLOCK_TIME.pattern}\s*[-–—:|.]?)?\s*", re.IGNORECASE
)
_MAX_MARK = 40


def mark_cuts(paragraph: str) -> Iterator[int]:
    """Yield where items in one line and pictures begin, and what follows bold sentences and footnote marks."""
    bullets = [m.start() for m in _BULLET.finditer(paragraph)]
    if len(bullets) > 1 or (bullets and not paragraph[: bullets[0]].strip()):
        yield from bullets
    yield from (m.end() for m in _EMPHASIS_END.finditer(paragraph))
    yield from (edge for m in _IMAGE.finditer(paragraph) for edge in m.span())


def is_after_opening_mark(paragraph: str, cut: int) -> bool:
    """Return whether only an item's mark or a time of day is before a cut: it goes with its sentence.

    So a live blog's "10.42am" is no sentence of its own; like the place before a report, it stays with the first one.
    """
    return cut <= _MAX_MARK and _OPENING_MARK.fullmatch(paragraph, 0, cut) is not None
