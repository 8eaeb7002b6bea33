"""Places: what the gazetteer and the heads of names tell, and how a name stands in its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from annotator.core.phrases.en import organisations, people
from annotator.core.phrases.en import places as gazetteer
from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import DASHES, STOPS, View
from annotator.core.tokens import Range

_LISTS = (
    ("region", gazetteer.REGIONS),
    ("seat", gazetteer.SEATS),
    ("city", gazetteer.CITIES),
    ("state", gazetteer.STATES),
    ("country", gazetteer.COUNTRIES),
)
_DATELINE = 6
"""How many tokens a dateline may take before its dash or its agency."""

Places = Mapping[Range, str]
"""The ranges that the gazetteer knows, with their kind."""

_LONG = 6
"""How many tokens the longest name of the gazetteer has at most, hyphens counted."""

_AGENCIES = frozenset({"ap", "reuters", "afp", "upi", "cnn", "pti", "dpa", "tass", "xinhua"})
_VERBS = frozenset(
    {"has", "is", "was", "had", "does", "did", "will", "would", "could", "may", "can", "should"}
)


@cache
def _entries() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Return the names of the gazetteer by their first word, the longest first."""
    found: dict[tuple[str, ...], str] = {}
    for kind, names in _LISTS:
        for name in names:
            found[name] = kind
            found[_split(name)] = kind
    heads: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in sorted(found, key=lambda n: (-len(n), n)):
        heads.setdefault(name[0], []).append((name, found[name]))
    return {word: tuple(names) for word, names in heads.items()}


def _split(name: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name with each hyphen as a word of its own, as some tokenizers have it."""
    return tuple(part for word in name for part in word.replace("-", " - ").split())


def known_places(features: View) -> dict[Range, str]:
    """Return the ranges that the gazetteer knows, the longest at each place, with their kind."""
    found: dict[Range, str] = {}
    i = 0
    while i < len(features):
        at, kind = _known_at(features, i)
        if features.word(i) in gazetteer.NUMBERED and features.is_capitalised(i) and features.word(i + 1)[:1].isdigit():
            at, kind = i + 2, "numbered"
        if kind:
            found[i, at] = kind
        i = max(at, i + 1)
    return found


def place_from(known: Places, i: int) -> str:
    """Return the kind of the known place that starts at ``i``; empty for none."""
    return next((known[i, end] for end in range(i + 1, i + 1 + _LONG) if (i, end) in known), "")


def place_until(known: Places, i: int) -> bool:
    """Whether a known place ends at ``i``."""
    return any((first, i) in known for first in range(i - _LONG, i))


def _known_at(features: View, i: int) -> tuple[int, str]:
    """Return the end and the kind of the known place that starts at ``i``; an empty kind for none."""
    if not features.is_capitalised(i) or (features.word(i) == "us" and features.tokens[i].text != "US"):
        return i, ""
    if _is_mark(features, i):
        return i + 1, "mark"
    for name, kind in _entries().get(features.word(i), ()):
        last = i + len(name)
        if features.folded[i:last] == name and all(features.is_capitalised(j) or _small(features, j) for j in range(i + 1, last)):
            return last, kind
    return i, ""


def _small(features: View, i: int) -> bool:
    """Whether a word may have small letters in a place's name: of, de, the au of Port-au-Prince."""
    word = features.word(i)
    return word in en.FUNCTION or word in en.PARTICLES or word in DASHES or features.word(i - 1) in DASHES


def _is_mark(features: View, i: int) -> bool:
    """Whether an abbreviated state stands here; most need a comma, bracket or dash before: Reno, Nev."""
    before, word, text = features.word(i - 1), features.word(i), features.tokens[i].text
    if before not in (",", "(") and before not in DASHES:
        return word in gazetteer.BARE_MARKS
    return word in gazetteer.STATE_MARKS or (text.isupper() and word in gazetteer.POSTAL and len(text) == 2)


def place_type(features: View, first: int, last: int, known: Places) -> str:
    """Return what tells that ``[first, last)`` is a place: its kind in the gazetteer, its head; or none."""
    if (first, last) in known:
        return known[first, last]
    head, lead = features.word(last - 1), features.word(first)
    if last - first > 1 and head in gazetteer.HEADS and head not in gazetteer.SHY_HEADS:
        return "head"
    if last - first > 1 and head in gazetteer.SHY_HEADS and lead not in people.FIRST_NAMES:
        return "shy"
    if last - first > 1 and lead in gazetteer.LEADS and lead not in people.FIRST_NAMES:
        return "lead" if head not in organisations.ENDINGS else ""
    if "of" in features.folded[first:last] and (lead in gazetteer.KINDS or lead in gazetteer.HEADS):
        return "of"
    return ""


def frame(features: View, first: int, last: int, known: Places) -> tuple[str, str]:
    """Return what stands before and after a name, as far as that tells whether something is there."""
    if _dateline(features, first, last):
        return "dateline", "then-end"
    return before_place(features, first, known), f"then-{_after(features, last)}"


def before_place(features: View, first: int, known: Places) -> str:
    """Return what stands before a name, past articles and points of the compass."""
    at = first - 1
    at -= features.word(at) in ("the", "both", "all")
    while features.word(at) in gazetteer.COMPASS or features.word(at) in ("nearby", "neighboring", "neighbouring"):
        at -= 1
    at -= features.word(at) in ("the", "both", "all") and at < first - 1
    word = features.word(at)
    if word == "," and features.is_capitalised(at - 1):
        return "at-comma"
    if word == "of":
        return "at-kind" if _kind(features, at - 1) else "at-name-of" if features.is_capitalised(at - 1) else "at-of"
    if word in gazetteer.STRONG:
        return "at-in"
    if word in gazetteer.BEFORE:
        return "at-to"
    if word == "and" and features.is_capitalised(at - 1):
        return "at-and-place" if place_until(known, at) else "at-and"
    if word == "(":
        return "at-bracket"
    if word == "on":
        return "at-on"
    if word in gazetteer.GOING or word in ("for", "by", "with", "against", "about"):
        return "at-object"
    return "at-none"


def _kind(features: View, at: int) -> bool:
    """Whether a noun for a place stands before "of": the city of, the suburb of."""
    return features.word(at) in gazetteer.KINDS or features.word(at) in gazetteer.COMPASS


def _after(features: View, last: int) -> str:
    word = features.word(last)
    if word in ("'s", "'"):
        return "poss"
    if word in DASHES and features.is_attached(last) and features.is_attached(last + 1):
        return "hyphen"
    if word in gazetteer.KINDS and not features.is_capitalised(last):
        return "kind"
    if features.is_number(last):
        return "number"
    if word in en.TITLES or word in en.TITLE_MODIFIERS or word in people.ROLES:
        return "title"
    if word == ",":
        return "comma"
    if not word or word in STOPS or not word[0].isalnum():
        return "end"
    if word in _VERBS or word in people.DOES or word in en.CUES:
        return "subject"
    if word in en.FUNCTION:
        return "other"
    if features.is_capitalised(last):
        return "name"
    return "adj" if _noun(word) else "other"


def _noun(word: str) -> bool:
    """Whether a word in small letters may be what a name before it modifies; most verbs are past ones."""
    return word[0].isalpha() and not word.endswith(("ed", "ing", "ly"))


def _dateline(features: View, first: int, last: int) -> bool:
    """Whether a sentence opens with the name and a dash or an agency, as KYIV, Ukraine (AP) — does."""
    if last > _DATELINE or not features.tokens[0].text.isupper():
        return False
    if any(features.word(i) in en.FUNCTION for i in range(first)):
        return False
    for at in range(last, min(len(features), last + _DATELINE)):
        word = features.word(at)
        if word in DASHES and not features.is_attached(at):
            return all(features.is_capitalised(i) or not features.word(i)[:1].isalpha() for i in range(at))
        if word == "(" and (features.word(at + 1) in _AGENCIES or _upper(features, at + 1)):
            return True
        if word in STOPS and not features.is_attached(at):
            return False
    return False


def _upper(features: View, i: int) -> bool:
    return features.is_capitalised(i) and features.tokens[i].text.isupper()
