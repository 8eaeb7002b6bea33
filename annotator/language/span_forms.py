"""The forms in which a name or a number is not suggested under a label that excludes them (``Label.excludes``).

A form follows from the words of a span and those beside it. The word lists are English: in another language a
modifier is found by its hyphen alone, and where no blanks part words none is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import Token, token_range
from annotator.language import english as en
from annotator.language.sentence_features import SentenceFeatures, is_demonym, sentence_features

_PREPOSITIONS_OF_PLACE = en.PLACE_PREPOSITIONS | {"of", "on"}
_DETERMINERS_BEFORE_MODIFIERS = frozenset(
    ["a", "an", "another", "any", "each", "every", "her", "his", "its", "my", "no", "our", "their", "your"]
)
_TITLES = en.TITLES | en.ROLES | en.TITLE_MODIFIERS
_KNOWN_NAMES = en.COUNTRIES | en.STATES_AND_PROVINCES | en.CITIES
_NAMES_WITHOUT_ARTICLE = _KNOWN_NAMES - en.NAMES_WITH_ARTICLE
_VERBS = en.AUXILIARIES | en.SPEECH_CUES | en.PERSON_VERBS | en.CERTAIN_PAST_FORMS | en.IRREGULAR_PASTS
_FINITE_VERBS = en.FINITE_FORMS | en.SPEECH_CUES
_NAMED_WITH = en.PLACE_NOUNS - en.MODIFIED_NOUNS
"""What is part of how a place is called: the Skerrin district."""
_NEVER_NOUNS = en.FUNCTION_WORDS | en.TIME_WORDS | en.DATES | en.PRESENT_FORMS | _VERBS
_NOT_SPEAKING = frozenset(
    {"finding", "found", "grew", "lived", "lives", "married", "offer", "offers", "retired", "scored", "who", "whose"}
)
_SPEECH_VERBS = (
    (en.SPEECH_CUES | en.PERSON_VERBS | en.SPEAK_VERBS | en.PROMISE | en.TELL | en.ACCUSE)
    - en.PLACE_NOUNS
    - _NOT_SPEAKING
)
_BEFORE_SPEECH_VERBS = (en.AUXILIARIES | en.ADVERBS) - {"'s", "be", "been", "being"}
_MAX_AUXILIARIES = 3
"""How many words may be between a name and its verb: has not yet said."""
_MAX_SECOND_NAME = 6
"""How many tokens after a name the second one ends that does the same."""
_HYPHENS = frozenset({"-", "\u2010", "\u2011"})
_AFTER_NUMBER = frozenset({"odd", "plus", "some"})
"""What a hyphen may join to a number that still counts: 30-odd boats."""


def _is_compound(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a number is joined to a word by a hyphen: three-way talks, a 40-bed ward."""
    at = next((i for i in range(first, last) if sent.is_number(i)), -1)
    if at < 0:  # some tokenizers leave "three-way" whole
        number, dash, word = sent.word(first).partition("-")
        return bool(dash) and _is_number(number) and word[:1].isalpha() and not _is_number(word)
    joined = sent.word(at + 2)
    attached = sent.is_hyphen(at + 1) and joined[:1].isalpha()
    return attached and joined not in _AFTER_NUMBER and not _is_number(joined)


def _is_number(word: str) -> bool:
    known = en.NUMBER_WORDS | en.SCALE_WORDS | en.FRACTION_NAMES
    return word in known or word.isdecimal()


def _is_demonym(sent: SentenceFeatures, _: int, last: int) -> bool:
    """Whether a span ends in the adjective of a nation, creed or party: Russian, South Korean."""
    return is_demonym(sent.word(last - 1))


def _is_modifier(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a name is before the noun that it modifies, or joined to a word by a hyphen: US envoy, Paris-based."""
    if any(sent.word(at) in _HYPHENS and sent.is_hyphen(at) for at in (first - 1, last)):
        return True
    word = sent.word(last)
    if word in (",", "and", "or"):
        return _is_beside_demonym(sent, last)
    if not word[:1].isalpha() or sent.is_attached(last) or word in _NAMED_WITH or word in en.FUNCTION_WORDS:
        return False
    if sent.word(first - 1) in en.STRONG_PLACE_PREPOSITIONS and sent.word(last + 1) in _FINITE_VERBS:
        return False  # in Port Amery officials said
    if _singular(word) & _TITLES:
        return True
    return sent.is_english and not sent.is_capitalised(last) and _is_modified_noun(sent, first, last)


def _is_beside_demonym(sent: SentenceFeatures, at: int) -> bool:
    """Whether the list that goes on at ``at`` ends in a demonym before a noun: US, Skerrin and Russian delegates."""
    commas = sent.word(at) == ","
    while sent.word(at) == "," and sent.is_capitalised(at + 1):
        at += 2
    if commas and sent.word(at) not in ("and", "or"):
        return False  # in Kyiv, Russian delegates
    noun = sent.word(at + 2)
    return sent.word(at + 1) in en.DEMONYMS and noun[:1].isalpha() and noun not in _NEVER_NOUNS


def _is_modified_noun(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether the small word at ``last`` is a noun: by a list, by the determiner before the name, by its plural."""
    word = sent.word(last)
    if _singular(word) & en.MODIFIED_NOUNS:
        return True
    if last - first > 1 and " ".join(sent.folded[first:last]) not in _KNOWN_NAMES:
        return False  # Fairlight Museum opens: the rest is for short names
    if word in _NEVER_NOUNS or word.endswith(("ed", "ly")) or (word.endswith("ing") and word not in en.ING_NOUNS):
        return False
    before = sent.word(first - 1)
    if before in _DETERMINERS_BEFORE_MODIFIERS:
        return True
    if before == "the" and " ".join(sent.folded[first:last]) in _NAMES_WITHOUT_ARTICLE:
        return True
    return _is_plural(word) and not _follows_preposition(sent, first) and not _begins_object(sent, last + 1)


def _singular(word: str) -> frozenset[str]:
    """Return a word and what it may be the plural of."""
    return frozenset({word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"})


def _is_plural(word: str) -> bool:
    shape = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word in en.IRREGULAR_PLURALS or (shape and word not in en.NOT_COUNTED_PLURALS)


def _begins_object(sent: SentenceFeatures, at: int) -> bool:
    """Whether the word at ``at`` makes a verb of the one before it: Norhaven needs a bridge."""
    word = sent.word(at)
    named = sent.is_capitalised(at) and word not in en.DATES
    return named or word in en.DETERMINERS or word in en.PRONOUNS or sent.is_number(at)


def _follows_preposition(sent: SentenceFeatures, first: int) -> bool:
    """Whether a preposition of place is before a name, past "the" and points of the compass."""
    at = first - 1
    while sent.word(at) in en.COMPASS or sent.word(at) == "the":
        at -= 1
    return sent.word(at) in _PREPOSITIONS_OF_PLACE


def _is_possessive(sent: SentenceFeatures, _: int, last: int) -> bool:
    """Whether a possessive ending is after a name: Ukraine's; the United States'."""
    bare = sent.word(last) == "'" and sent.word(last - 1).endswith("s") and last not in sent.quotation_marks
    return sent.is_attached(last) and (sent.word(last) == "'s" or bare)


def _is_speaker(sent: SentenceFeatures, first: int, last: int) -> bool:
    """Whether a name does what only people do: Moscow has agreed; Moscow and Kyiv agreed; according to Kyiv."""
    if not sent.is_english:
        return False
    if sent.word(first - 1) == "to" and sent.word(first - 2) == "according":
        return True
    at = last
    if sent.word(at) == "and":
        at += 1 + (sent.word(at + 1) == "the")
        while at < last + _MAX_SECOND_NAME and sent.is_capitalised(at):
            at += 1
    stop = at + _MAX_AUXILIARIES
    while at < stop and sent.word(at) in _BEFORE_SPEECH_VERBS:
        at += 1
    return sent.word(at) in _SPEECH_VERBS and not _follows_preposition(sent, _list_start(sent, first, last))


def _list_start(sent: SentenceFeatures, first: int, last: int) -> int:
    """Return where the list of names begins that a name is in: delegates from Skerrin, Norhaven and Kyiv agreed."""
    listed = sent.word(last) in ("and", "or")
    while sent.is_capitalised(first - 2) and sent.word(first - 1) in ((",", "and", "or") if listed else ("and", "or")):
        listed, first = True, first - 2
        while sent.is_capitalised(first - 1):
            first -= 1
    return first


_FORMS: Mapping[str, Callable[[SentenceFeatures, int, int], bool]] = {
    "compound": _is_compound,
    "demonym": _is_demonym,
    "modifier": _is_modifier,
    "possessive": _is_possessive,
    "speaker": _is_speaker,
}
"""What decides each of ``core.schema.SPAN_FORMS``."""


def span_forms(tokens: Sequence[Token], first: int, last: int, forms: Sequence[str]) -> tuple[str, ...]:
    """Return which of the forms the tokens ``[first, last)`` have."""
    sent = sentence_features(tokens)
    return tuple(form for form in forms if first < last and _FORMS[form](sent, first, last))


def is_excluded(schema: Schema, label: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the tokens ``[first, last)`` have a form that the label excludes."""
    found = schema.label(label)
    return bool(found and found.excludes and span_forms(tokens, first, last, found.excludes))


def without_excluded(schema: Schema, tokens: Sequence[Token], found: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """Return the suggestions for a sentence without those whose form their label excludes."""
    return tuple(s for s in found if not is_excluded(schema, s.label, tokens, *token_range(tokens, s.start, s.end)))
