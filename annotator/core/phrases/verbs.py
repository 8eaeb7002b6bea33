"""Verbs without a tagger: whether a word stands as a verb, and whether as a finite one."""

from __future__ import annotations

from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import DASHES, View, is_mark

_NOUN_LEADS = (en.DETERMINERS - speech.POINTERS) | {"'s", "'", "of"}
_INFINITIVES = frozenset({"to", "be", "been", "being", "having", "have", "has", "had"})
_PLAIN_LEADS = frozenset({"to", "i", "we", "you", "they", "who", "not", "n't", "people"})
_SHY_PASTS = frozenset({"found", "made", "held", "left", "cut", "set", "lost", "read", "felt", "put"})


def is_verb(features: View, i: int) -> bool:
    """Whether a word that has the form of a verb stands as one, finite or not."""
    word, before = features.word(i), features.word(i - 1)
    if features.is_capitalised(i) and i not in features.capital_positions and not features.is_headline:
        return False
    if before in _NOUN_LEADS or (before in DASHES and features.is_attached(i)):
        return False
    if before in en.PREPOSITIONS and not word.endswith("ing"):
        return False
    if word.endswith("ed") and features.is_number(i - 1):
        return False
    if word.endswith("ing") or word in speech.PASTS:
        return before not in speech.POINTERS or word in speech.PASTS
    if word in speech.THIRDS:
        return _can_be_subject(features, i - 1) and not (word in speech.ALSO_NOUNS and _common(features, i - 1))
    if features.word(i + 1) == "that":
        return True
    return before in _PLAIN_LEADS or before in en.AUXILIARIES or _adverb(before) or _plural(features, i - 1)


def _common(features: View, i: int) -> bool:
    """Whether a common noun or the like stands at ``i``."""
    return features.word(i)[:1].isalpha() and not features.is_capitalised(i) and features.word(i) not in en.FUNCTION


def _can_be_subject(features: View, i: int) -> bool:
    """Whether a word may end the subject of a verb in the third person."""
    if i < 0:
        return True
    word = features.word(i)
    if word in en.CONJUNCTIONS | en.ADVERBS | en.PRONOUNS | {",", ")", "that", "which", "this"}:
        return True
    if is_mark(features.tokens[i].text) or features.is_capitalised(i):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION and not word.endswith("ed")


def _adverb(word: str) -> bool:
    return word in en.ADVERBS or (word.endswith("ly") and len(word) > 4)


def _plural(features: View, i: int) -> bool:
    word = features.word(i)
    return word in en.PLURALS or (
        word.endswith("s") and word not in en.NO_PLURALS and word not in en.FUNCTION
    )


def is_finite(features: View, i: int) -> bool:
    """Whether token ``i`` seems to be a finite verb."""
    word, before = features.word(i), features.word(i - 1)
    if word in speech.FINITE:
        return i in features.capital_positions or not features.is_capitalised(i)
    if before in _NOUN_LEADS or before in _INFINITIVES:
        return False
    if word in speech.CERTAIN_PASTS - _SHY_PASTS:
        return True
    if word in speech.CERTAIN_PASTS or (word.endswith("ed") and len(word) > 4):
        return _ends_subject(features, i - 1) and features.word(i + 1) != "by"
    return word in speech.PRESENT and _ends_subject(features, i - 1)


def _ends_subject(features: View, i: int) -> bool:
    """Whether the word at ``i`` can end a subject."""
    word = features.word(i)
    if word in en.SUBJECTS or word in en.ADVERBS or features.is_capitalised(i):
        return True
    if word in (",", ")", "who", "which", "that", "and") or (i >= 0 and is_mark(features.tokens[i].text)):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION


def is_infinitive(features: View, i: int) -> bool:
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
        and (after[:1].isalpha() or (i + 1 < len(features) and is_mark(features.tokens[i + 1].text)))
    )
