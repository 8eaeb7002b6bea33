"""Where the content after a verb of speech begins: at "that", a quotation, a colon, past the hearer."""

from __future__ import annotations

from annotator.core.phrases.clauses import CLAUSE_ENDS, is_clause
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.sources import opens_quotation
from annotator.core.phrases.verbs import is_verb
from annotator.core.phrases.view import SentenceFeatures, is_quotation_mark

MAX_OPENER_DISTANCE = 14
"""How many tokens may stand between a verb of speech and its "that" or its quotation."""
MAX_RESUME_DISTANCE = 32
"""How many tokens may stand between a verb and what goes on after its source."""


def find_content_opener(features: SentenceFeatures, verb: int, at: int) -> tuple[int, str] | None:
    """Return where a "that", a quotation or a colon opens the content near ``at``, and which it is."""
    hearer = skip_hearer(features, verb, at)
    if verb in features.capital_positions and features.word(verb) in speech.SAY:
        return _quotation_after_source(features, at)
    for i in range(at, min(at + MAX_OPENER_DISTANCE, len(features))):
        word = features.word(i)
        if word == "that" and (i == hearer or _that_opens_content(features, hearer, i)):
            return (i, "that")
        if opens_quotation(features, i):
            led = i in (at, hearer) or features.word(i - 1) in (",", ":")
            return (i, "quotation") if led else None
        if word == ":":
            return (i + 1, "quotation") if opens_quotation(features, i + 1) else (i + 1, "colon")
        if _ends_opener_search(features, i, at):
            return None
    return None


def _quotation_after_source(features: SentenceFeatures, at: int) -> tuple[int, str] | None:
    """Return where a quotation opens after the source of a sentence that begins with "Said"."""
    found = (
        i for i in range(at, min(at + MAX_RESUME_DISTANCE, len(features))) if features.word(i - 1) in (",", ":") and opens_quotation(features, i)
    )
    return next(((i, "quotation") for i in found), None)


def _that_opens_content(features: SentenceFeatures, after: int, i: int) -> bool:
    """Whether only circumstances stand between ``after`` and the "that" at ``i``: said in May that …."""
    led = features.word(after) in en.PREPOSITIONS | {",", "last", "this", "when"}
    return led and features.word(i - 1) not in en.PREPOSITIONS and is_clause(features, i + 1)


def _ends_opener_search(features: SentenceFeatures, i: int, at: int) -> bool:
    """Whether the word at ``i`` shows that the verb's content began or ended before it."""
    word = features.word(i)
    if word in CLAUSE_ENDS or word == "that" or is_quotation_mark(features.tokens[i].text):
        return True
    if i == at:
        return word in en.SUBJECT_WORDS and word not in speech.HEARERS
    if word in speech.QUESTION_WORDS or (word in speech.SPEECH_FORMS and is_verb(features, i)):
        return True
    return word in speech.FINITE_FORMS and not features.is_capitalised(i)


def skip_hearer(features: SentenceFeatures, verb: int, at: int) -> int:
    """Return the place after the hearer and the time: told the council on Monday."""
    if features.word(at) == "that":
        return at
    if features.word(verb) in speech.TELL - {"promised", "promises", "promise", "cautioned"}:
        at = _skip_noun_phrase(features, at)
    elif features.word(verb) in speech.ASK and features.word(at) == "by":
        at = _skip_noun_phrase(features, at + 1)
    while True:
        word, following = features.word(at), features.word(at + 1)
        if word in ("on", "this", "last", "late", "early", "earlier") and following in speech.TIME_WORDS:
            at += 2
        elif word in speech.TIME_WORDS - {"this", "last", "next"} and features.word(at - 1) != "that":
            at += 1
        else:
            return at


def _skip_noun_phrase(features: SentenceFeatures, at: int) -> int:
    """Return the place after the noun phrase at ``at``."""
    if features.word(at) in en.PRONOUNS:
        return at + 1
    start = at
    at += features.word(at) in en.DETERMINERS
    while features.word(at)[:1].isalpha() and (
        features.is_capitalised(at)
        or features.word(at) in en.TITLES
        or (features.word(at) not in en.FUNCTION_WORDS and not features.is_capitalised(start))
        or (features.word(at) in ("of", "the") and features.is_capitalised(at + 1))
    ):
        at += 1
        if features.word(at) in ("reporters", "workers", "voters", "lawmakers"):
            return at + 1
    return at
