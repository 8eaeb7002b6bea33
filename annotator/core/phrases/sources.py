"""The source of a statement: where it starts, and whether it closes the statement with its verb."""

from __future__ import annotations

from annotator.core.phrases.clauses import CLAUSE_BREAKS
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.verbs import is_finite, is_verb
from annotator.core.phrases.view import SENTENCE_ENDS, SentenceFeatures, is_quotation_mark

_MAX_SOURCE_TOKENS = 16
"""How many tokens a source, and an aside in it, may have."""
_BEFORE_CLOSING_MARK = SENTENCE_ENDS | {",", "-", "–", "—", "--"}
_HEARER_VERBS = speech.TELL - {"warned", "cautioned", "promised"}
_CLOSING_PREPOSITIONS = frozenset({"in", "at", "during", "after", "before", "by", "via", "from", "through"})
_SOURCE_STARTS = (en.DETERMINERS - speech.DEMONSTRATIVES) | {"one", "former"}
_NOT_SOURCE_STARTS = en.AUXILIARIES | en.PREPOSITIONS | {"who", "which"}


def source_start(features: SentenceFeatures, verb: int) -> int:
    """Return where the source before the verb starts, its aside and all: “…,” [Ash, a vicar,] said."""
    at = verb - 1
    while at >= 0 and features.word(at) in en.AUXILIARIES | en.ADVERBS | speech.TIME_WORDS:
        at -= 1
    if features.word(at) == ",":
        if (mark := _closing_mark(features, verb)) is not None:
            return mark + 1
        back = _comma_before(features, at)
        if back is None:
            return at + 1
        at = back - 1
    low = max(-1, verb - 2 * _MAX_SOURCE_TOKENS)
    while at > low and not _ends_source_search(features, at):
        at -= 1
    return at + 1


def _closing_mark(features: SentenceFeatures, verb: int) -> int | None:
    """Return the nearest mark before the verb that closes a quotation on a comma or the like."""
    for at in range(verb - 1, max(0, verb - 2 * _MAX_SOURCE_TOKENS), -1):
        word = features.word(at)
        if is_quotation_mark(features.tokens[at].text) and not opens_quotation(features, at):
            return at if closes_statement(features, at) else None
        if word in (".", ";", ":", "!", "?", "that") or (
            word in speech.SPEECH_FORMS and is_verb(features, at) and at < verb - 1
        ):
            return None
    return None


def _comma_before(features: SentenceFeatures, at: int) -> int | None:
    for back in range(at - 1, max(0, at - 2 * _MAX_SOURCE_TOKENS), -1):
        if features.word(back) == ",":
            return back
        if is_quotation_mark(features.tokens[back].text):
            return None
    return None


def _ends_source_search(features: SentenceFeatures, at: int) -> bool:
    word = features.word(at)
    if word in CLAUSE_BREAKS - {"(", ")"} or is_quotation_mark(features.tokens[at].text):
        return True
    if word == "and":
        return features.word(at - 1) == ","
    return word == "that" or word in en.CONJUNCTIONS - {"or"}


def opens_quotation(features: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` opens a quotation."""
    return i in features.opening_marks


def closes_statement(features: SentenceFeatures, mark: int) -> bool:
    """Whether a closing mark follows a comma or a stop: “…,” and no word."""
    return mark in features.closing_marks and features.word(mark - 1) in _BEFORE_CLOSING_MARK


def source_follows_verb(features: SentenceFeatures, i: int) -> bool:
    """Whether the source follows the verb: “…,” said Quist, who leads it."""
    word, before = features.word(i), i - 1
    if word in _HEARER_VERBS or word not in speech.CLOSING_VERBS or word.endswith("ing") or before < 0:
        return False
    if is_quotation_mark(features.tokens[before].text) and not opens_quotation(features, before):
        return closes_statement(features, before)
    if features.word(before) != "," or word in ("say", "add", "claim"):
        return False
    return _is_source_phrase(features, i + 1)


def _is_source_phrase(features: SentenceFeatures, at: int) -> bool:
    """Whether a noun phrase without a verb stands at ``at``: [said] Quist, who leads it."""
    if features.word(at) in speech.TIME_WORDS or not (features.is_capitalised(at) or features.word(at) in _SOURCE_STARTS):
        return False
    for i in range(at, min(at + _MAX_SOURCE_TOKENS, len(features))):
        if features.word(i) in CLAUSE_BREAKS:
            return True
        if is_finite(features, i) or features.word(i) in en.CONJUNCTIONS - {"and"} or is_quotation_mark(features.tokens[i].text):
            return False
    return True


def is_closing_attribution(features: SentenceFeatures, source: int, verb: int, at: int) -> bool:
    """Whether ``source`` and ``verb`` close a statement; ``at``: what follows hearer and time."""
    before = source - 1
    if before < 0 or verb <= source or features.word(source) in _NOT_SOURCE_STARTS or features.word(verb).endswith("ing"):
        return False
    if features.word(verb - 1) == "," and features.word(verb) not in speech.FIRM_SPEECH_VERBS:
        return False
    if not (features.word(before) == "," or is_quotation_mark(features.tokens[before].text)) or opens_quotation(features, before):
        return False
    word = features.word(at)
    if at >= features.content_end() or (word in CLAUSE_BREAKS and word != ":") or word in ("-", "as", "when"):
        return True
    if word in ("on", "to"):
        return features.is_capitalised(at + 1) or features.word(at + 1) in en.DETERMINERS | speech.HEARERS | speech.TIME_WORDS
    return word in _CLOSING_PREPOSITIONS or word.endswith(("ing", "ly"))
