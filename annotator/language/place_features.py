"""Places: the gazetteer, the heads of names, and the words before and after a name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from annotator.core.tokens import TokenRange
from annotator.language import english as en
from annotator.language.sentence_features import DASHES, SENTENCE_ENDS, SentenceFeatures

_GAZETTEER_LISTS = (
    ("region", en.REGIONS),
    ("seat", en.GOVERNMENT_SEATS),
    ("city", en.CITIES),
    ("state", en.STATES_AND_PROVINCES),
    ("country", en.COUNTRIES),
)
"""The kinds of places; a name in several lists is of the last kind."""
_MAX_DATELINE_TOKENS = 6
"""How many tokens a dateline may take before its dash or its agency."""

KnownPlaces = Mapping[TokenRange, str]
"""The ranges that the gazetteer knows, with their kind."""

_MAX_GAZETTEER_TOKENS = 6
"""How many tokens the longest name of the gazetteer has at most, hyphens counted."""

_AGENCIES = frozenset({"ap", "reuters", "afp", "upi", "cnn", "pti", "dpa", "tass", "xinhua"})
_VERBS_AFTER_PLACES = frozenset(
    {"has", "is", "was", "had", "does", "did", "will", "would", "could", "may", "can", "should"}
)


@cache
def _gazetteer_index() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Return the names of the gazetteer by their first word, the longest first."""
    kinds: dict[tuple[str, ...], str] = {}
    for kind, names in _GAZETTEER_LISTS:
        for name in names:
            kinds[tuple(name.split())] = kind
            kinds[tuple(name.replace("-", " - ").split())] = kind  # some tokenizers part at hyphens
    heads: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words in sorted(kinds, key=lambda words: (-len(words), words)):
        heads.setdefault(words[0], []).append((words, kinds[words]))
    return {word: tuple(names) for word, names in heads.items()}


def find_known_places(sent: SentenceFeatures) -> dict[TokenRange, str]:
    """Return the ranges that the gazetteer knows, the longest at each place, with their kind."""
    found: dict[TokenRange, str] = {}
    i = 0
    while i < len(sent):
        at, kind = _known_place_at(sent, i)
        if sent.word(i) in en.NUMBERED_PLACES and sent.is_capitalised(i) and sent.word(i + 1)[:1].isdigit():
            at, kind = i + 2, "numbered"
        if kind:
            found[i, at] = kind
        i = max(at, i + 1)
    return found


def place_starting_at(known: KnownPlaces, i: int) -> str:
    """Return the kind of the known place that starts at ``i``; empty for none."""
    return next((known[i, end] for end in range(i + 1, i + 1 + _MAX_GAZETTEER_TOKENS) if (i, end) in known), "")


def has_place_ending_at(known: KnownPlaces, i: int) -> bool:
    """Whether a known place ends at ``i``."""
    return any((first, i) in known for first in range(i - _MAX_GAZETTEER_TOKENS, i))


def _known_place_at(sent: SentenceFeatures, i: int) -> tuple[int, str]:
    """Return the end and the kind of the known place that starts at ``i``; an empty kind for none."""
    if not sent.is_capitalised(i) or (sent.word(i) == "us" and sent.tokens[i].text != "US"):
        return i, ""
    if _is_state_abbreviation(sent, i):
        return i + 1, "mark"
    for name, kind in _gazetteer_index().get(sent.word(i), ()):
        last = i + len(name)
        if sent.folded[i:last] == name and all(
            sent.is_capitalised(j) or _may_be_lowercase(sent, j) for j in range(i + 1, last)
        ):
            return last, kind
    return i, ""


def _may_be_lowercase(sent: SentenceFeatures, i: int) -> bool:
    """Whether a word may have small letters in a place's name: of, de, the au of Port-au-Prince."""
    word = sent.word(i)
    return word in en.FUNCTION_WORDS or word in en.PARTICLES or word in DASHES or sent.word(i - 1) in DASHES


def _is_state_abbreviation(sent: SentenceFeatures, i: int) -> bool:
    """Whether an abbreviated state is here; most need a comma, bracket or dash before: Reno, Nev."""
    before, word, text = sent.word(i - 1), sent.word(i), sent.tokens[i].text
    if before not in (",", "(") and before not in DASHES:
        return word in en.UNAMBIGUOUS_STATE_MARKS
    return word in en.STATE_MARKS or (text.isupper() and word in en.POSTAL_CODES and len(text) == 2)


def place_type(sent: SentenceFeatures, first: int, last: int, known: KnownPlaces) -> str:
    """Return the type of a place: its kind in the gazetteer, or its head; empty for none."""
    if (first, last) in known:
        return known[first, last]
    head, lead = sent.word(last - 1), sent.word(first)
    if last - first > 1 and head in en.PLACE_NAME_HEADS and head not in en.AMBIGUOUS_PLACE_HEADS:
        return "head"
    if last - first > 1 and head in en.AMBIGUOUS_PLACE_HEADS and lead not in en.FIRST_NAMES:
        return "shy"
    if last - first > 1 and lead in en.PLACE_NAME_STARTS and lead not in en.FIRST_NAMES:
        return "lead" if head not in en.ORGANISATION_ENDINGS else ""
    if "of" in sent.folded[first:last] and (lead in en.PLACE_NOUNS or lead in en.PLACE_NAME_HEADS):
        return "of"
    return ""


def place_frame(sent: SentenceFeatures, first: int, last: int, known: KnownPlaces) -> tuple[str, str]:
    """Return the frame of a name: what is before it and after it."""
    if _is_dateline(sent, first, last):
        return "dateline", "then-end"
    return frame_before(sent, first, known), f"then-{_frame_after(sent, last)}"


def frame_before(sent: SentenceFeatures, first: int, known: KnownPlaces) -> str:
    """Return what is before a name, past articles and points of the compass."""
    at = first - 1
    at -= sent.word(at) in ("the", "both", "all")
    while sent.word(at) in en.COMPASS or sent.word(at) in ("nearby", "neighboring", "neighbouring"):
        at -= 1
    at -= sent.word(at) in ("the", "both", "all") and at < first - 1
    word = sent.word(at)
    if word == "," and sent.is_capitalised(at - 1):
        return "at-comma"
    if word == "of":
        is_kind = sent.word(at - 1) in en.PLACE_NOUNS or sent.word(at - 1) in en.COMPASS
        return "at-kind" if is_kind else "at-name-of" if sent.is_capitalised(at - 1) else "at-of"
    if word in en.STRONG_PLACE_PREPOSITIONS:
        return "at-in"
    if word in en.PLACE_PREPOSITIONS:
        return "at-to"
    if word == "and" and sent.is_capitalised(at - 1):
        return "at-and-place" if has_place_ending_at(known, at) else "at-and"
    if word == "(":
        return "at-bracket"
    if word == "on":
        return "at-on"
    if word in en.MOTION_VERBS or word in ("for", "by", "with", "against", "about"):
        return "at-object"
    return "at-none"


def _frame_after(sent: SentenceFeatures, last: int) -> str:
    word = sent.word(last)
    if word in ("'s", "'"):
        return "poss"
    if sent.is_hyphen(last):
        return "hyphen"
    if sent.is_number(last):
        return "number"
    if not word or word in SENTENCE_ENDS or not word[0].isalnum():
        return "comma" if word == "," else "end"
    capital = sent.is_capitalised(last)
    kinds = (
        ("kind", word in en.PLACE_NOUNS and not capital),
        ("title", word in en.TITLES or word in en.TITLE_MODIFIERS or word in en.ROLES),
        ("subject", word in _VERBS_AFTER_PLACES or word in en.PERSON_VERBS or word in en.SPEECH_CUES),
        ("other", word in en.FUNCTION_WORDS),
        ("name", capital),
        ("adj", word[0].isalpha() and not word.endswith(("ed", "ing", "ly"))),  # what a name may modify
    )
    return next((kind for kind, fits in kinds if fits), "other")


def _is_dateline(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a sentence opens with the name and a dash or an agency, as KYIV, Ukraine (AP) — does."""
    if last > _MAX_DATELINE_TOKENS or not sent.tokens[0].text.isupper():
        return False
    if any(sent.word(i) in en.FUNCTION_WORDS for i in range(first)):
        return False
    for at in range(last, min(len(sent), last + _MAX_DATELINE_TOKENS)):
        word = sent.word(at)
        if word in DASHES and not sent.is_attached(at):
            return all(sent.is_capitalised(i) or not sent.word(i)[:1].isalpha() for i in range(at))
        if word == "(" and (
            sent.word(at + 1) in _AGENCIES or (sent.is_capitalised(at + 1) and sent.tokens[at + 1].text.isupper())
        ):
            return True
        if word in SENTENCE_ENDS and not sent.is_attached(at):
            return False
    return False
