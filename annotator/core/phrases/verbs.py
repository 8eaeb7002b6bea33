"""Verbs without a tagger: whether a word stands as a verb, and whether as a finite one."""

from __future__ import annotations

from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import DASHES, SentenceFeatures, is_quotation_mark

_BEFORE_NOUNS = (en.DETERMINERS - speech.DEMONSTRATIVES) | {"'s", "'", "of"}
_BEFORE_NONFINITE = frozenset({"to", "be", "been", "being", "having", "have", "has", "had"})
_BEFORE_VERBS = frozenset({"to", "i", "we", "you", "they", "who", "not", "n't", "people"})
_AMBIGUOUS_PASTS = frozenset({"found", "made", "held", "left", "cut", "set", "lost", "read", "felt", "put"})


def is_verb(features: SentenceFeatures, i: int) -> bool:
    """Whether a word that has the form of a verb stands as one, finite or not."""
    word, before = features.word(i), features.word(i - 1)
    if features.is_capitalised(i) and i not in features.capital_positions and not features.is_headline:
        return False
    if before in _BEFORE_NOUNS or (before in DASHES and features.is_attached(i)):
        return False
    if before in en.PREPOSITIONS and not word.endswith("ing"):
        return False
    if word.endswith("ed") and features.is_number(i - 1):
        return False
    if word.endswith("ing") or word in speech.PAST_FORMS:
        return before not in speech.DEMONSTRATIVES or word in speech.PAST_FORMS
    if word in speech.THIRD_PERSON_FORMS:
        return _can_be_subject(features, i - 1) and not (word in speech.NOUN_LIKE_FORMS and _is_common_noun(features, i - 1))
    if features.word(i + 1) == "that":
        return True
    return before in _BEFORE_VERBS or before in en.AUXILIARIES or _is_adverb(before) or _is_plural_subject(features, i - 1)


def _is_common_noun(features: SentenceFeatures, i: int) -> bool:
    """Whether a common noun or the like stands at ``i``."""
    return features.word(i)[:1].isalpha() and not features.is_capitalised(i) and features.word(i) not in en.FUNCTION_WORDS


def _can_be_subject(features: SentenceFeatures, i: int) -> bool:
    """Whether a word may end the subject of a verb in the third person."""
    if i < 0:
        return True
    word = features.word(i)
    if word in en.CONJUNCTIONS | en.ADVERBS | en.PRONOUNS | {",", ")", "that", "which", "this"}:
        return True
    if is_quotation_mark(features.tokens[i].text) or features.is_capitalised(i):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION_WORDS and not word.endswith("ed")


def _is_adverb(word: str) -> bool:
    return word in en.ADVERBS or (word.endswith("ly") and len(word) > 4)


def _is_plural_subject(features: SentenceFeatures, i: int) -> bool:
    word = features.word(i)
    return word in en.PLURALS or (
        word.endswith("s") and word not in en.NOT_PLURAL_WORDS and word not in en.FUNCTION_WORDS
    )


def is_finite(features: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` seems to be a finite verb."""
    word, before = features.word(i), features.word(i - 1)
    if word in speech.FINITE_FORMS:
        return i in features.capital_positions or not features.is_capitalised(i)
    if before in _BEFORE_NOUNS or before in _BEFORE_NONFINITE:
        return False
    if word in speech.CERTAIN_PAST_FORMS - _AMBIGUOUS_PASTS:
        return True
    if word in speech.CERTAIN_PAST_FORMS or (word.endswith("ed") and len(word) > 4):
        return _can_end_subject(features, i - 1) and features.word(i + 1) != "by"
    return word in speech.PRESENT_FORMS and _can_end_subject(features, i - 1)


def _can_end_subject(features: SentenceFeatures, i: int) -> bool:
    """Whether the word at ``i`` can end a subject."""
    word = features.word(i)
    if word in en.SUBJECT_WORDS or word in en.ADVERBS or features.is_capitalised(i):
        return True
    if word in (",", ")", "who", "which", "that", "and") or (i >= 0 and is_quotation_mark(features.tokens[i].text)):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION_WORDS


def is_infinitive(features: SentenceFeatures, i: int) -> bool:
    """Whether "to" with a verb stands at ``i``."""
    after = features.word(i + 1)
    noun = (
        after in en.DETERMINERS | en.PREPOSITIONS
        or features.is_capitalised(i + 1)
        or features.is_number(i + 1)
        or after.endswith("ing")
    )
    return (
        features.word(i) == "to"
        and not noun
        and (after[:1].isalpha() or (i + 1 < len(features) and is_quotation_mark(features.tokens[i + 1].text)))
    )
