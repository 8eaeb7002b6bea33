"""Clauses without a parser: whether a subject and a finite verb stand somewhere."""

from __future__ import annotations

from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.verbs import is_finite
from annotator.core.phrases.view import DASHES, View, is_mark

STOPS = frozenset({".", "!", "?", ";"})
BREAKS = STOPS | {",", ":", "(", ")", "–", "—", "--"}
_RELATIVES = frozenset(
    {"who", "that", "which", "when", "while", "as", "because", "where", "after", "how", "what"}
)
_SUBJECT_FAR = 20
"""How many tokens may stand between the start of a subject and its verb."""
_VERB = 12
"""How far from its start a clause must show a finite verb."""


def has_finite(view: View, at: int, end: int, far: int = _VERB) -> bool:
    """Whether a finite verb stands in the first ``far`` tokens from ``at``, before a break."""
    for i in range(at, min(end, at + far)):
        if view.word(i) in STOPS | {":"} or is_mark(view.tokens[i].text):
            return False
        if i > at and is_finite(view, i):
            return True
    return False


def is_clause(view: View, at: int) -> bool:
    """Whether a subject with its finite verb seems to start at ``at``."""
    end = view.last_word()
    if at >= end or not view.word(at)[:1].isalnum() or view.word(at) in speech.FINITE:
        return False
    word = view.word(at)
    if word in speech.THIRDS | speech.PRESENT | speech.CERTAIN_PASTS and view.word(at + 1) in en.DETERMINERS:
        return False
    if word in ("he", "she", "they", "we", "i"):
        return True
    if word in ("it", "there") and view.word(at + 1) not in en.PREPOSITIONS | BREAKS:
        return True
    return _reaches_verb(view, at, end)


def _reaches_verb(view: View, at: int, end: int) -> bool:
    """Whether a finite verb follows the noun phrase at ``at``, relative clauses and asides passed over."""
    relative, commas = False, 0
    for i in range(at + 1, min(end, at + _SUBJECT_FAR)):
        word = view.word(i)
        if word in STOPS | {":"} or (word == "to" and i == at + 1) or loose_dash(view, i):
            return False
        commas += word == ","
        relative = relative or word in _RELATIVES
        if is_finite(view, i) and view.word(i - 1) not in ("and", "or", "but") and not _participle(view, i):
            if not relative and commas % 2 == 0:
                return True
            relative = False
    return False


def _participle(view: View, i: int) -> bool:
    """Whether the verb at ``i`` rather belongs to the noun before it: an increase awarded in May."""
    if not view.word(i).endswith("ed") or view.word(i + 1) not in en.PREPOSITIONS - {"like", "over", "off"}:
        return False
    before = view.word(i - 1)
    return before not in en.PRONOUNS | en.ADVERBS and not view.capital(i - 1)


def loose_dash(view: View, i: int) -> bool:
    """Whether token ``i`` is a dash with blanks around it."""
    return view.word(i) in DASHES and view.tokens[i].ws and not view.glued(i)


def over_quote(view: View, at: int) -> int:
    """Return the end of the quotation that opens at ``at``; 0 if none does."""
    return view.opening.get(at, 0)
