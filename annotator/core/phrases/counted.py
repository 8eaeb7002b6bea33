"""What a number counts: where its noun phrase ends, or that it is a measure, a date or money."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.core.phrases.cardinals import Cardinal, is_number
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.nouns import REACH, head, inside, many_end, one_end, plural
from annotator.core.phrases.view import DASHES, View

_KINDS = (
    ("duration", words.DURATIONS),
    ("money", words.CURRENCIES | en.CROWNS),
    ("unit", en.UNITS),
    ("times", en.TIMES),
)
"""Kinds of nouns by the last word, the first that fits."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The end of a number with what it counts."""

    last: int
    kind: str
    """``percent``, ``noun``, ``compound`` (a 12-member board), ``unit`` (a measure), ``times``, ``none``;
    ``money``, ``duration`` and ``clock`` count nothing."""
    short: int
    """The end without the noun after a compound; else ``last``."""


def counted(view: View, number: Cardinal) -> Counted:
    """Return what follows a bare number."""
    at, word = number.last, view.word(number.last)
    if (end := _percent(view, at)) > at:
        return Counted(end, "percent", end)
    for kind, names in (("duration", words.DURATIONS), ("money", words.CURRENCIES), ("clock", words.TIMES)):
        if word in names:
            return Counted(at + 1, kind, at + 1)
    if word in DASHES and (view.word(at + 1) in en.MEMBERS or (view.glued(at) and view.glued(at + 1))):
        return _compound(view, at + 2)
    one = number.last - number.first == 1 and view.word(number.first) in ("one", "1")
    if word in en.UNITS and not one:
        return Counted(at + 1, "unit", at + 1)
    if word in en.MEMBERS and not one and not plural(view, at + 1) and one_end(view, at + 1) > at + 1:
        return _compound(view, at + 1)
    if number.form == "result" and word in en.VOTES:
        return Counted(at + 1, "noun", at + 1)
    end = one_end(view, at) if one else many_end(view, at)
    return Counted(end, _kind(view, at, end), end)


def complement_end(view: View, last: int) -> int:
    """Return the end with "of the country" or "of them"; ``last`` if nothing of the kind follows."""
    half = view.word(last - 1) in ("half", "halves") and view.word(last) in words.DETERMINERS
    if view.word(last) != "of" and not half:
        return last
    start = _over_determiners(view, last + (not half))
    if view.word(start) in words.PRONOUNS:
        return start + 1 if not half else last
    at = start
    while at - start < 2 * REACH and (inside(view, at, start) or is_number(view, at) or _owner(view, at)):
        at += 1
        if head(view, at - 1) and view.word(at) not in ("'s", "'") and not head(view, at):
            break
    at += at > start and is_number(view, at - 1) and view.word(at) in words.PERCENT
    return at if at > start else last


def _kind(view: View, at: int, end: int) -> str:
    """Return the kind of the noun run ``[at, end)`` by its last word."""
    if end == at:
        return "none"
    last = view.word(end - 1)
    return next((kind for kind, names in _KINDS if last in names), "noun")


def _percent(view: View, at: int) -> int:
    """Return the end of "percent" and of a second percentage joined by "to", "or", "and" or a dash."""
    if view.word(at) == "per" and view.word(at + 1) == "cent":
        return at + 2
    if view.word(at) not in words.PERCENT:
        return at
    joint, second = view.word(at + 1), view.word(at + 3) in words.PERCENT and is_number(view, at + 2)
    if not second or joint not in ("to", "or", "and", *DASHES):
        return at + 1
    before = {view.word(at - 2), view.word(at - 3)}
    if (joint == "and" and "between" not in before) or "from" in before:
        return at + 1
    return at + 4


def _compound(view: View, at: int) -> Counted:
    """Return the end of "12-member board", whose part after the hyphen ends before ``at``."""
    unit = view.word(at - 1)
    while view.word(at) in DASHES and view.glued(at) and view.glued(at + 1):
        at += 2
    if unit in words.DURATIONS or unit in words.CURRENCIES:
        return Counted(at, "duration" if unit in words.DURATIONS else "money", at)
    end = at + 1 if plural(view, at) else one_end(view, at)
    kind = _kind(view, at, end)
    return Counted(end, kind if kind in ("duration", "money") else "compound", at)


def _owner(view: View, at: int) -> bool:
    return view.word(at) in ("'s", "'") and view.glued(at)


def _over_determiners(view: View, at: int) -> int:
    while view.word(at) in words.DETERMINERS:
        at += 1
    return at
