"""Clauses without a parser: whether a subject and a finite verb stand somewhere."""

from __future__ import annotations

from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.verbs import is_finite
from annotator.core.phrases.view import DASHES, SentenceFeatures, is_quotation_mark

CLAUSE_ENDS = frozenset({".", "!", "?", ";"})
CLAUSE_BREAKS = CLAUSE_ENDS | {",", ":", "(", ")", "–", "—", "--"}
_RELATIVES = frozenset(
    {"who", "that", "which", "when", "while", "as", "because", "where", "after", "how", "what"}
)
_MAX_SUBJECT_TOKENS = 20
"""How many tokens may stand between the start of a subject and its verb."""
_MAX_VERB_DISTANCE = 12
"""How far from its start a clause must show a finite verb."""


def has_finite_verb(features: SentenceFeatures, at: int, end: int, max_distance: int = _MAX_VERB_DISTANCE) -> bool:
    """Whether a finite verb stands in the first ``far`` tokens from ``at``, before a break."""
    for i in range(at, min(end, at + max_distance)):
        if features.word(i) in CLAUSE_ENDS | {":"} or is_quotation_mark(features.tokens[i].text):
            return False
        if i > at and is_finite(features, i):
            return True
    return False


def is_clause(features: SentenceFeatures, at: int) -> bool:
    """Whether a subject with its finite verb seems to start at ``at``."""
    end = features.content_end()
    if at >= end or not features.word(at)[:1].isalnum() or features.word(at) in speech.FINITE_FORMS:
        return False
    word = features.word(at)
    if word in speech.THIRD_PERSON_FORMS | speech.PRESENT_FORMS | speech.CERTAIN_PAST_FORMS and features.word(at + 1) in en.DETERMINERS:
        return False
    if word in ("he", "she", "they", "we", "i"):
        return True
    if word in ("it", "there") and features.word(at + 1) not in en.PREPOSITIONS | CLAUSE_BREAKS:
        return True
    return _reaches_verb(features, at, end)


def _reaches_verb(features: SentenceFeatures, at: int, end: int) -> bool:
    """Whether a finite verb follows the noun phrase at ``at``, relative clauses and asides passed over."""
    relative, commas = False, 0
    for i in range(at + 1, min(end, at + _MAX_SUBJECT_TOKENS)):
        word = features.word(i)
        if word in CLAUSE_ENDS | {":"} or (word == "to" and i == at + 1) or is_spaced_dash(features, i):
            return False
        commas += word == ","
        relative = relative or word in _RELATIVES
        if is_finite(features, i) and features.word(i - 1) not in ("and", "or", "but") and not _is_participle(features, i):
            if not relative and commas % 2 == 0:
                return True
            relative = False
    return False


def _is_participle(features: SentenceFeatures, i: int) -> bool:
    """Whether the verb at ``i`` rather belongs to the noun before it: an increase awarded in May."""
    if not features.word(i).endswith("ed") or features.word(i + 1) not in en.PREPOSITIONS - {"like", "over", "off"}:
        return False
    before = features.word(i - 1)
    return before not in en.PRONOUNS | en.ADVERBS and not features.is_capitalised(i - 1)


def is_spaced_dash(features: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` is a dash with blanks around it."""
    return features.word(i) in DASHES and features.tokens[i].ws and not features.is_attached(i)


def quotation_end(features: SentenceFeatures, at: int) -> int:
    """Return the end of the quotation that opens at ``at``; 0 if none does."""
    return features.opening_marks.get(at, 0)
