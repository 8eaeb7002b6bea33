"""Verbs without a tagger: whether a word stands as a verb, and whether as a finite one."""

from __future__ import annotations

from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import DASHES, View, is_mark

_NOUN_LEADS = (en.DETERMINERS - speech.POINTERS) | {"'s", "'", "of"}
_INFINITIVES = frozenset({"to", "be", "been", "being", "having", "have", "has", "had"})
_PLAIN_LEADS = frozenset({"to", "i", "we", "you", "they", "who", "not", "n't", "people"})
_SHY_PASTS = frozenset({"found", "made", "held", "left", "cut", "set", "lost", "read", "felt", "put"})


def is_verb(view: View, i: int) -> bool:
    """Whether a word that has the form of a verb stands as one, finite or not."""
    word, before = view.word(i), view.word(i - 1)
    if view.capital(i) and i not in view.firsts and not view.titled:
        return False
    if before in _NOUN_LEADS or (before in DASHES and view.glued(i)):
        return False
    if before in en.PREPOSITIONS and not word.endswith("ing"):
        return False
    if word.endswith("ed") and view.number(i - 1):
        return False
    if word.endswith("ing") or word in speech.PASTS:
        return before not in speech.POINTERS or word in speech.PASTS
    if word in speech.THIRDS:
        return _can_be_subject(view, i - 1) and not (word in speech.ALSO_NOUNS and _common(view, i - 1))
    if view.word(i + 1) == "that":
        return True
    return before in _PLAIN_LEADS or before in en.AUXILIARIES or _adverb(before) or _plural(view, i - 1)


def _common(view: View, i: int) -> bool:
    """Whether a common noun or the like stands at ``i``."""
    return view.word(i)[:1].isalpha() and not view.capital(i) and view.word(i) not in en.FUNCTION


def _can_be_subject(view: View, i: int) -> bool:
    """Whether a word may end the subject of a verb in the third person."""
    if i < 0:
        return True
    word = view.word(i)
    if word in en.CONJUNCTIONS | en.ADVERBS | en.PRONOUNS | {",", ")", "that", "which", "this"}:
        return True
    if is_mark(view.tokens[i].text) or view.capital(i):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION and not word.endswith("ed")


def _adverb(word: str) -> bool:
    return word in en.ADVERBS or (word.endswith("ly") and len(word) > 4)


def _plural(view: View, i: int) -> bool:
    word = view.word(i)
    return word in en.PLURALS or (
        word.endswith("s") and word not in en.NO_PLURALS and word not in en.FUNCTION
    )


def is_finite(view: View, i: int) -> bool:
    """Whether token ``i`` seems to be a finite verb."""
    word, before = view.word(i), view.word(i - 1)
    if word in speech.FINITE:
        return i in view.firsts or not view.capital(i)
    if before in _NOUN_LEADS or before in _INFINITIVES:
        return False
    if word in speech.CERTAIN_PASTS - _SHY_PASTS:
        return True
    if word in speech.CERTAIN_PASTS or (word.endswith("ed") and len(word) > 4):
        return _ends_subject(view, i - 1) and view.word(i + 1) != "by"
    return word in speech.PRESENT and _ends_subject(view, i - 1)


def _ends_subject(view: View, i: int) -> bool:
    """Whether the word at ``i`` can end a subject."""
    word = view.word(i)
    if word in en.SUBJECTS or word in en.ADVERBS or view.capital(i):
        return True
    if word in (",", ")", "who", "which", "that", "and") or (i >= 0 and is_mark(view.tokens[i].text)):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION


def is_infinitive(view: View, i: int) -> bool:
    """Whether "to" with a verb stands at ``i``."""
    after = view.word(i + 1)
    noun = (
        after in en.DETERMINERS | en.PREPOSITIONS
        or view.capital(i + 1)
        or view.number(i + 1)
        or after.endswith("ing")
    )
    return (
        view.word(i) == "to"
        and not noun
        and (after[:1].isalpha() or (i + 1 < len(view) and is_mark(view.tokens[i + 1].text)))
    )
