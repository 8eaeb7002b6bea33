"""Where the nouns after a number end: before verbs, prepositions, pronouns and adverbs."""

from __future__ import annotations

from annotator.core.phrases.cardinals import is_cardinal
from annotator.core.phrases.en import numbers as en
from annotator.core.phrases.en import words
from annotator.core.phrases.view import DASHES, SentenceFeatures, is_quotation_mark

MAX_NOUN_DISTANCE = 7
"""How many words after a number may stand before the end of what it counts."""

_NOUN_SEARCH_STOPS = en.NOUN_SEARCH_STOPS | words.SPEECH_CUES


def is_plural(features: SentenceFeatures, i: int) -> bool:
    """Whether the word looks like a plural noun."""
    word = features.word(i)
    if word in en.IRREGULAR_PLURALS or word in words.PLURALS or (word.endswith("s") and word[:-1] in words.DEMONYMS):
        return True
    if len(word) < 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return False
    return word.isalpha() and word not in en.NOT_COUNTED_PLURALS and word not in words.FUNCTION_WORDS


def plural_noun_end(features: SentenceFeatures, start: int) -> int:
    """Return the end of nouns that more than one is counted of; ``start`` if there is no plural."""
    at = start
    heads = []
    while at < len(features) and at - start < MAX_NOUN_DISTANCE and in_counted_phrase(features, at, start):
        if is_head_noun(features, at):
            heads.append(at)
        if heads and at > heads[-1] and not _is_plural_modifier(features, heads[-1]):
            break
        at += 1
    if not heads:
        return _non_english_noun_end(features, start)
    return _last_head(features, heads) + 1


def _last_head(features: SentenceFeatures, heads: list[int]) -> int:
    """Return the head among plurals in reading order: over modifiers and over plurals in a row."""
    chosen = heads[0]
    for at in heads[1:]:
        if (at == chosen + 1 and features.word(at) != "others") or _is_plural_modifier(features, chosen):
            chosen = at
    return chosen


def _is_plural_modifier(features: SentenceFeatures, i: int) -> bool:
    """Whether a plural form may stand before the noun that is counted."""
    word = features.word(i)
    return word in en.PLURAL_MODIFIERS or (word in words.NAMES_IN_S and features.is_capitalised(i))


def _non_english_noun_end(features: SentenceFeatures, at: int) -> int:
    """In another language, the word after the number is what it counts."""
    if not features.is_english and features.word(at)[:4].isalpha() and len(features.word(at)) > 3:
        return at + (not features.word(at).endswith("ed") and features.word(at) not in _NOUN_SEARCH_STOPS)
    return at


def singular_noun_end(features: SentenceFeatures, start: int) -> int:
    """Return the end of a noun phrase in the singular; ``start`` if no noun follows."""
    at, word = start, features.word(start)
    if _is_regular_plural(features, at) or (word.endswith("ed") and not in_counted_phrase(features, at + 1, at)):
        return at
    while at < len(features) and at - start < MAX_NOUN_DISTANCE and in_counted_phrase(features, at, start):
        if at > start and (_follows_singular_noun(features, at) or features.word(at) in ("and", "or", "'s", "'")):
            break
        at += 1
    while at > start and (features.word(at - 1) in en.MODIFIERS or features.word(at - 1).endswith("ly")):
        at -= 1
    return at


def _is_regular_plural(features: SentenceFeatures, at: int) -> bool:
    """Whether the word is a plural in -s, or a verb, so that it cannot go on after "one"."""
    return features.word(at).endswith("s") and is_plural(features, at) and features.word(at) not in en.PLURAL_MODIFIERS


def _follows_singular_noun(features: SentenceFeatures, at: int) -> bool:
    """Whether the word at ``at`` seems to be a verb or a name after a noun in the singular."""
    word, before = features.word(at), features.word(at - 1)
    if word in en.ONE_VERBS or (word in words.TITLES and features.is_capitalised(at) and not features.is_capitalised(at - 1)):
        return True
    if features.word(at + 1) in DASHES and features.is_attached(at + 1):
        return False
    if _is_regular_plural(features, at):
        return True
    if features.word(at - 2) in DASHES or before.endswith("ly") or before in en.MODIFIERS:
        return False
    if word.endswith("ly") and word not in en.LY_NOUNS:
        return not features.word(at + 1).endswith("ed")
    if word in en.ING_NOUNS:
        return False
    return word.endswith("ed") or (word.endswith("ing") and not in_counted_phrase(features, at + 1, at))


def in_counted_phrase(features: SentenceFeatures, at: int, start: int) -> bool:
    """Whether the word may stand between a number and what it counts, or be that."""
    word = features.word(at)
    if not word or (is_quotation_mark(features.tokens[at].text) and word != "'"):
        return False
    if features.word(at + 1) in DASHES and features.is_attached(at + 1) and features.is_attached(at + 2):
        return word[0].isalnum()
    if word in DASHES:
        return at > start and features.is_attached(at) and features.is_attached(at + 1)
    if word in en.MODIFIERS or is_plural(features, at):
        return True
    if word in ("and", "or"):
        return at > start and _joins_modifiers(features, at)
    if word in ("'s", "&"):
        return at > start and features.is_capitalised(at - 1)
    if word in words.FUNCTION_WORDS or is_cardinal(features, at):
        return False
    if word in _NOUN_SEARCH_STOPS and not features.is_capitalised(at):
        return word not in en.FIRM_NOUN_SEARCH_STOPS and is_head_noun(features, at + 1)
    if word in words.DATES and features.is_capitalised(at):
        return False
    return word[0].isalpha()


def _joins_modifiers(features: SentenceFeatures, at: int) -> bool:
    """Whether "and" stands between two modifiers of one plural: 12 red and green boats."""
    after = at + 1
    if is_plural(features, at - 1) or is_cardinal(features, after):
        return False
    while features.word(after + 1) in DASHES and features.is_attached(after + 1):
        after += 2
    return features.word(after)[:1].isalpha() and features.word(after) not in words.FUNCTION_WORDS and is_head_noun(features, after + 1)


def is_head_noun(features: SentenceFeatures, at: int) -> bool:
    """Whether the word can be the plural that is counted: none that a hyphen or 's goes on after."""
    if not is_plural(features, at):
        return False
    after = features.word(at + 1)
    if after == "'s" and is_plural(features, at + 2):
        return not (features.is_capitalised(at) or features.word(at) in en.IRREGULAR_PLURALS)
    return not (after in DASHES and features.is_attached(at + 1) and features.is_attached(at + 2))
