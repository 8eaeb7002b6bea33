"""Clauses without a parser: whether a subject and a finite verb are somewhere."""

from __future__ import annotations

from annotator.language import english as en
from annotator.language.sentence_features import DASHES, SENTENCE_ENDS, SentenceFeatures

# Verbs without a tagger: whether a word is a verb, and whether it is finite.


_THIRD_PERSON_FORMS = en.FURTHER_THIRD_PERSON_FORMS | {
    form for form in en.CLAIM_CUES if form.endswith("s") and form[:-1] in en.CLAIM_CUES
}
_PAST_FORMS = {form for form in en.CLAIM_CUES if form.endswith("ed")} | {
    form for forms in en.table("IRREGULAR_VERBS").values() for form in forms.split() if not form.endswith(("s", "ing"))
}
_BEFORE_NOUNS = (en.DETERMINERS - en.DEMONSTRATIVES) | {"'s", "'", "of"}
_BEFORE_NONFINITE = frozenset({"to", "be", "been", "being", "having", "have", "has", "had"})
_BEFORE_VERBS = frozenset({"to", "i", "we", "you", "they", "who", "not", "n't", "people"})
_AMBIGUOUS_PASTS = frozenset({"found", "made", "held", "left", "cut", "set", "lost", "read", "felt", "put"})


def is_verb(sent: SentenceFeatures, i: int) -> bool:
    """Whether a word with the form of a verb is one here, finite or not."""
    word, before = sent.word(i), sent.word(i - 1)
    if sent.is_capitalised(i) and i not in sent.capital_positions and not sent.is_headline:
        return False
    if before in _BEFORE_NOUNS or (before in DASHES and sent.is_attached(i)):
        return False
    if before in en.PREPOSITIONS and not word.endswith("ing"):
        return False
    if word.endswith("ed") and sent.is_number(i - 1):
        return False
    if word.endswith("ing") or word in _PAST_FORMS:
        return before not in en.DEMONSTRATIVES or word in _PAST_FORMS
    if word in _THIRD_PERSON_FORMS:
        return _can_be_subject(sent, i - 1) and not (word in en.NOUN_LIKE_FORMS and _is_common_noun(sent, i - 1))
    if sent.word(i + 1) == "that":
        return True
    adverb = before in en.ADVERBS or (before.endswith("ly") and len(before) > 4)
    return adverb or before in _BEFORE_VERBS or before in en.AUXILIARIES or _is_plural_subject(sent, i - 1)


def _is_common_noun(sent: SentenceFeatures, i: int) -> bool:
    """Whether a common noun or the like is at ``i``."""
    return sent.word(i)[:1].isalpha() and not sent.is_capitalised(i) and sent.word(i) not in en.FUNCTION_WORDS


def _can_be_subject(sent: SentenceFeatures, i: int) -> bool:
    """Whether a word may end the subject of a verb in the third person."""
    if i < 0:
        return True
    word = sent.word(i)
    if word in en.CONJUNCTIONS | en.ADVERBS | en.PRONOUNS | {",", ")", "that", "which", "this"}:
        return True
    if sent.is_mark(i) or sent.is_capitalised(i):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION_WORDS and not word.endswith("ed")


def _is_plural_subject(sent: SentenceFeatures, i: int) -> bool:
    word = sent.word(i)
    return word in en.PLURALS or (
        word.endswith("s") and word not in en.NOT_PLURAL_WORDS and word not in en.FUNCTION_WORDS
    )


def is_finite(sent: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` seems to be a finite verb."""
    word, before = sent.word(i), sent.word(i - 1)
    if word in en.FINITE_FORMS:
        return i in sent.capital_positions or not sent.is_capitalised(i)
    if before in _BEFORE_NOUNS or before in _BEFORE_NONFINITE:
        return False
    if word in en.CERTAIN_PAST_FORMS - _AMBIGUOUS_PASTS:
        return True
    if word in en.CERTAIN_PAST_FORMS or (word.endswith("ed") and len(word) > 4):
        return _can_end_subject(sent, i - 1) and sent.word(i + 1) != "by"
    return word in en.PRESENT_FORMS and _can_end_subject(sent, i - 1)


def _can_end_subject(sent: SentenceFeatures, i: int) -> bool:
    """Whether the word at ``i`` can end a subject."""
    word = sent.word(i)
    if word in en.SUBJECT_WORDS or word in en.ADVERBS or sent.is_capitalised(i):
        return True
    if word in (",", ")", "who", "which", "that", "and") or (i >= 0 and sent.is_mark(i)):
        return True
    return word[:1].isalpha() and word not in en.FUNCTION_WORDS


def is_infinitive(sent: SentenceFeatures, i: int) -> bool:
    """Whether "to" with a verb is at ``i``."""
    after = sent.word(i + 1)
    noun = after in en.DETERMINERS | en.PREPOSITIONS or after.endswith("ing")
    if noun or sent.word(i) != "to" or sent.is_capitalised(i + 1) or sent.is_number(i + 1):
        return False
    return after[:1].isalpha() or (i + 1 < len(sent) and sent.is_mark(i + 1))


CLAUSE_ENDS = frozenset({".", "!", "?", ";"})
CLAUSE_BREAKS = CLAUSE_ENDS | {",", ":", "(", ")", "–", "—", "--"}
_RELATIVES = frozenset({"who", "that", "which", "when", "while", "as", "because", "where", "after", "how", "what"})
_MAX_SUBJECT_TOKENS = 20
"""How many tokens may be between the start of a subject and its verb."""
_MAX_VERB_DISTANCE = 12
"""How far from its start a clause must show a finite verb."""


def has_finite_verb(sent: SentenceFeatures, at: int, end: int, max_distance: int = _MAX_VERB_DISTANCE) -> bool:
    """Whether a finite verb is in the first ``max_distance`` tokens from ``at``, before a break."""
    for i in range(at, min(end, at + max_distance)):
        if sent.word(i) in CLAUSE_ENDS | {":"} or sent.is_mark(i):
            return False
        if i > at and is_finite(sent, i):
            return True
    return False


def is_clause(sent: SentenceFeatures, at: int) -> bool:
    """Whether a subject with its finite verb seems to start at ``at``."""
    end = sent.content_end()
    if at >= end or not sent.word(at)[:1].isalnum() or sent.word(at) in en.FINITE_FORMS:
        return False
    word = sent.word(at)
    if word in _THIRD_PERSON_FORMS | en.PRESENT_FORMS | en.CERTAIN_PAST_FORMS and sent.word(at + 1) in en.DETERMINERS:
        return False
    if word in ("he", "she", "they", "we", "i"):
        return True
    if word in ("it", "there") and sent.word(at + 1) not in en.PREPOSITIONS | CLAUSE_BREAKS:
        return True
    return _reaches_verb(sent, at, end)


def _reaches_verb(sent: SentenceFeatures, at: int, end: int) -> bool:
    """Whether a finite verb follows the noun phrase at ``at``, relative clauses and asides passed over."""
    relative, commas = False, 0
    for i in range(at + 1, min(end, at + _MAX_SUBJECT_TOKENS)):
        word = sent.word(i)
        if word in CLAUSE_ENDS | {":"} or (word == "to" and i == at + 1) or is_spaced_dash(sent, i):
            return False
        commas += word == ","
        relative = relative or word in _RELATIVES
        if is_finite(sent, i) and sent.word(i - 1) not in ("and", "or", "but") and not _is_participle(sent, i):
            if not relative and commas % 2 == 0:
                return True
            relative = False
    return False


def _is_participle(sent: SentenceFeatures, i: int) -> bool:
    """Whether the verb at ``i`` rather belongs to the noun before it: an increase awarded in May."""
    if not sent.word(i).endswith("ed") or sent.word(i + 1) not in en.PREPOSITIONS - {"like", "over", "off"}:
        return False
    before = sent.word(i - 1)
    return before not in en.PRONOUNS | en.ADVERBS and not sent.is_capitalised(i - 1)


def is_spaced_dash(sent: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` is a dash with blanks around it."""
    return sent.word(i) in DASHES and sent.tokens[i].ws and not sent.is_attached(i)


def quotation_end(sent: SentenceFeatures, at: int) -> int:
    """Return the end of the quotation that opens at ``at``; 0 if none does."""
    return sent.opening_marks.get(at, 0)


# The source of a statement: where it starts, and whether it closes the statement with its verb.


_MAX_SOURCE_TOKENS = 16
"""How many tokens a source, and an aside in it, may have."""
_BEFORE_CLOSING_MARK = SENTENCE_ENDS | {",", "-", "–", "—", "--"}
_HEARER_VERBS = en.TELL - {"warned", "cautioned", "promised"}
_CLOSING_PREPOSITIONS = frozenset({"in", "at", "during", "after", "before", "by", "via", "from", "through"})
_SOURCE_STARTS = (en.DETERMINERS - en.DEMONSTRATIVES) | {"one", "former"}
_NOT_SOURCE_STARTS = en.AUXILIARIES | en.PREPOSITIONS | {"who", "which"}


def source_start(sent: SentenceFeatures, verb: int) -> int:
    """Return where the source before the verb starts, its aside and all: “…,” [Ash, a vicar,] said."""
    at = verb - 1
    while at >= 0 and sent.word(at) in en.AUXILIARIES | en.ADVERBS | en.TIME_WORDS:
        at -= 1
    if sent.word(at) == ",":
        if (mark := _closing_mark(sent, verb)) is not None:
            return mark + 1
        back = _comma_before(sent, at)
        if back is None:
            return at + 1
        at = back - 1
    low = max(-1, verb - 2 * _MAX_SOURCE_TOKENS)
    while at > low and not _ends_source_search(sent, at):
        at -= 1
    return at + 1


def _closing_mark(sent: SentenceFeatures, verb: int) -> int | None:
    """Return the nearest mark before the verb that closes a quotation on a comma or the like."""
    for at in range(verb - 1, max(0, verb - 2 * _MAX_SOURCE_TOKENS), -1):
        word = sent.word(at)
        if sent.is_mark(at) and not opens_quotation(sent, at):
            return at if closes_statement(sent, at) else None
        reports = word in en.SPEECH_FORMS and at < verb - 1 and is_verb(sent, at)
        if reports or word in (".", ";", ":", "!", "?", "that"):
            return None
    return None


def _comma_before(sent: SentenceFeatures, at: int) -> int | None:
    for back in range(at - 1, max(0, at - 2 * _MAX_SOURCE_TOKENS), -1):
        if sent.word(back) == ",":
            return back
        if sent.is_mark(back):
            return None
    return None


def _ends_source_search(sent: SentenceFeatures, at: int) -> bool:
    word = sent.word(at)
    if word in CLAUSE_BREAKS - {"(", ")"} or sent.is_mark(at):
        return True
    if word == "and":
        return sent.word(at - 1) == ","
    return word == "that" or word in en.CONJUNCTIONS - {"or"}


def opens_quotation(sent: SentenceFeatures, i: int) -> bool:
    """Whether token ``i`` opens a quotation."""
    return i in sent.opening_marks


def closes_statement(sent: SentenceFeatures, mark: int) -> bool:
    """Whether a closing mark follows a comma or a stop: “…,” and no word."""
    return mark in sent.closing_marks and sent.word(mark - 1) in _BEFORE_CLOSING_MARK


def source_follows_verb(sent: SentenceFeatures, i: int) -> bool:
    """Whether the source follows the verb: “…,” said Quist, who leads it."""
    word, before = sent.word(i), i - 1
    if word in _HEARER_VERBS or word not in en.CLOSING_VERBS or word.endswith("ing") or before < 0:
        return False
    if sent.is_mark(before) and not opens_quotation(sent, before):
        return closes_statement(sent, before)
    if sent.word(before) != "," or word in ("say", "add", "claim"):
        return False
    return _is_source_phrase(sent, i + 1)


def _is_source_phrase(sent: SentenceFeatures, at: int) -> bool:
    """Whether a noun phrase without a verb is at ``at``: [said] Quist, who leads it."""
    if sent.word(at) in en.TIME_WORDS or not (sent.is_capitalised(at) or sent.word(at) in _SOURCE_STARTS):
        return False
    for i in range(at, min(at + _MAX_SOURCE_TOKENS, len(sent))):
        if sent.word(i) in CLAUSE_BREAKS:
            return True
        if is_finite(sent, i) or sent.word(i) in en.CONJUNCTIONS - {"and"} or sent.is_mark(i):
            return False
    return True


def is_closing_attribution(sent: SentenceFeatures, source: int, verb: int, at: int) -> bool:
    """Whether ``source`` and ``verb`` close a statement; ``at``: what follows hearer and time."""
    before = source - 1
    if before < 0 or verb <= source or sent.word(source) in _NOT_SOURCE_STARTS or sent.word(verb).endswith("ing"):
        return False
    if sent.word(verb - 1) == "," and sent.word(verb) not in en.FIRM_SPEECH_VERBS:
        return False
    if not (sent.word(before) == "," or sent.is_mark(before)) or opens_quotation(sent, before):
        return False
    word = sent.word(at)
    if at >= sent.content_end() or (word in CLAUSE_BREAKS and word != ":") or word in ("-", "as", "when"):
        return True
    if word in ("on", "to"):
        return sent.is_capitalised(at + 1) or sent.word(at + 1) in en.DETERMINERS | en.HEARERS | en.TIME_WORDS
    return word in _CLOSING_PREPOSITIONS or word.endswith(("ing", "ly"))
