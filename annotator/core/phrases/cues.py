"""What the words around a name tell of it: a person, a place, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.phrases.en import words as en
from annotator.core.phrases.names import title_start
from annotator.core.phrases.view import View, view_of
from annotator.core.tokens import Token

_AGE = 120


def name_cue(tokens: Sequence[Token], first: int, last: int) -> str:
    """Return "person", "place" or "" for the name ``[first, last)``.

    A title, a first name, an age or a verb of speech tells a person; a preposition of place
    before it, or a head such as "Bridge", a place.
    """
    view = view_of(tokens)
    if _placed(view, first, last):
        return "place"
    return "person" if _personal(view, first, last) else ""


def _personal(view: View, first: int, last: int) -> bool:
    if view.word(last - 1) in en.ORGANISATIONS:
        return False
    if title_start(view, first) < first or view.word(first) in en.FIRST_NAMES:
        return True
    short = last - first <= 3 and not view.tokens[first].text.isupper()
    return short and (
        _speaks(view, first, last) or _aged(view, last) or view.word(last - 1) in en.NAME_SUFFIXES
    )


def _speaks(view: View, first: int, last: int) -> bool:
    """Whether a verb of speech stands right after the name, or right before it after a quotation."""
    return view.word(last) in en.REPORTING or (
        view.word(first - 1) in ("said", "says", "added") and first > 1
    )


def _aged(view: View, last: int) -> bool:
    """Whether ", who" or an age stands after the name."""
    word = view.word(last + 1)
    aged = word.isascii() and word.isdecimal() and int(word) <= _AGE
    return view.word(last) == "," and (word == "who" or (aged and view.word(last + 2) == ","))


def _placed(view: View, first: int, last: int) -> bool:
    head = view.word(last - 1) in en.PLACE_HEADS - en.ORGANISATIONS and last - first > 1
    before = first - 1 - (view.word(first - 1) == "the")
    title = title_start(view, first) < first
    return (
        not title and (head or view.word(before) in en.PLACE_CUES) and view.word(first) not in en.FIRST_NAMES
    )
