"""Claims after nouns and adjectives ("his belief that …"), and what somebody wants, asks for or judges."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from annotator.language import english as en
from annotator.language.attributions import AttributedContent, content_end
from annotator.language.clauses import (
    CLAUSE_BREAKS,
    has_finite_verb,
    is_clause,
    is_finite,
    is_infinitive,
    is_spaced_dash,
    opens_quotation,
    quotation_end,
)
from annotator.language.sentence_features import SentenceFeatures
from annotator.language.statements import container_end, skip_hearer, statement_before, statement_end, strip_breaks

_PREPOSITIONAL_CUES = en.table("PREPOSITIONAL_CUES")
_MAX_NOUN_PHRASE = 8
"""How many tokens may be between a noun and its "that"."""
_MAX_ACCORDING_SOURCE = 16
_PASSIVE_AUXILIARIES = frozenset({"is", "are", "was", "were", "be", "been", "being", "widely", "n't", "not"})
_ACTION_ADDITIONS = frozenset({"though", "although", "which", "where", "who", "but", "while"})
_NOUN_PHRASE_ENDS = frozenset({"while", "although", "though", "but", "because", "despite", "even"})


def according_to_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the statement before or after "according to SOURCE"."""
    if sent.word(i + 1) != "to":
        return
    if i > 1:
        end = i - (sent.word(i - 1) in (",", "–", "—", "-"))
        yield AttributedContent(*statement_before(sent, end), "according", i)
        return
    commas = [k for k in range(i + 2, min(i + 2 + 2 * _MAX_ACCORDING_SOURCE, len(sent))) if sent.word(k) == ","]
    if len(commas) > 1 and not sent.is_capitalised(commas[0] - 1):
        after = commas[0] + 1  # of an apposition, perhaps: according to the coach, Ilse Brandt, …
        apposed = sent.is_capitalised(after) or sent.word(after).endswith("ing")
        if apposed and not has_finite_verb(sent, commas[0], commas[1], _MAX_ACCORDING_SOURCE):
            commas = commas[1:]
    if commas:
        start = commas[0] + 1
        yield AttributedContent(start, statement_end(sent, start), "according first", i)


def whether_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the question after a noun: a debate over whether …."""
    yield AttributedContent(i, statement_end(sent, i), "whether", i)


def noun_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the "that" clause after a noun or an adjective: his belief that …, confident that …."""
    adjective = sent.word(i) in en.CLAIM_ADJECTIVES
    if adjective and sent.word(i - 1) in en.AUXILIARIES | en.ADVERBS and is_clause(sent, i + 1):
        yield AttributedContent(i + 1, content_end(sent, i, i + 1), "adjective", i)
    at = _that_position(sent, i)
    if at:
        end = content_end(sent, i, at)
        early = 0 if adjective or has_finite_verb(sent, 0, i, i) else _second_finite_verb(sent, at, end)
        if early:
            yield AttributedContent(at, early, "noun subject", i)
        yield AttributedContent(at, end, "adjective" if adjective else "noun long" if early else "noun", i)


def _that_position(sent: SentenceFeatures, i: int) -> int:
    """Return the place of the "that" near the noun at ``i``, or 0."""
    for at in range(i + 1, min(i + _MAX_NOUN_PHRASE, len(sent))):
        if sent.word(at) == "that":
            return at if is_clause(sent, at + 1) else 0
        if sent.word(at) in CLAUSE_BREAKS or is_finite(sent, at):
            return 0
    return 0


def _second_finite_verb(sent: SentenceFeatures, at: int, end: int) -> int:
    """Return the finite verb whose subject is the noun with its clause, or 0."""
    seen = 0
    for i in range(at + 1, end):
        if sent.word(i) in en.FINITE_FORMS and not (seen and i - seen < 2):
            if seen and sent.word(i - 1) not in en.SUBJECT_WORDS | en.CONJUNCTIONS | en.ADVERBS:
                return i
            seen = i
    return 0


def attitude_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what somebody wants, judges or asks for: the first frame that fits."""
    frames = chain(_action_claims(sent, i), _question_claims(sent, i), _naming_claims(sent, i), _object_claims(sent, i))
    yield from islice(frames, 1)


def _action_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the infinitive after "is expected" or "promised"."""
    if sent.word(i) in en.ALLEGED and _is_passive(sent, i) and sent.word(i + 1) == "to":
        yield AttributedContent(i + 1, action_end(sent, i, i + 1), "alleged", i)
    elif sent.word(i) in en.PROMISE and is_infinitive(sent, i + 1):
        yield AttributedContent(i + 1, action_end(sent, i, i + 1), "infinitive", i)


def _question_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what somebody is asked, and what somebody calls for."""
    word, then = sent.word(i), sent.word(i + 1)
    if word in ("asked", "questioned", "quizzed", "pressed"):
        at = skip_hearer(sent, i, i + 1)
        if sent.word(at) in en.QUESTION_WORDS:
            yield AttributedContent(at, statement_end(sent, at, front=True), "asked", i)
        elif sent.word(at) == "about":
            yield AttributedContent(at, noun_phrase_end(sent, at), "asked about", i)
    if _PREPOSITIONAL_CUES.get(word) == then:
        yield AttributedContent(i + 2, noun_phrase_end(sent, i + 2), f"called {then}", i)
    elif word in en.CALLS and then == "on" and _is_object_with_infinitive(sent, i + 2):
        yield AttributedContent(i + 2, action_end(sent, i, i + 2), "urged", i)


def _naming_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what a verb of naming or seeing calls something: it a “farce”, it as a farce."""
    word, has_object = sent.word(i), sent.word(i + 1) not in CLAUSE_BREAKS | en.PREPOSITIONS
    if word in en.CALL and has_object:
        for at in range(i + 1, min(i + 13, len(sent))):
            if opens_quotation(sent, at):
                rule = "called" if at > i + 1 else "called quotation"
                yield AttributedContent(i + 1, quotation_end(sent, at), rule, i)
                break
            if sent.word(at) in CLAUSE_BREAKS:
                break
    if _is_passive(sent, i):
        return
    if word in en.DEEM and has_object:
        yield AttributedContent(i + 1, noun_phrase_end(sent, i + 1), "deemed", i)
    if word in en.SEE_AS:
        end = noun_phrase_end(sent, i + 1)
        if "as" in sent.folded[i + 2 : min(end, i + 10)]:
            yield AttributedContent(i + 1, end, "seen as", i)


def _object_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the object of a verb of urging, judging or taking sides."""
    word, at = sent.word(i), i + 1
    if word in en.URGE and not _is_passive(sent, i) and _is_object_with_infinitive(sent, at):
        yield AttributedContent(at, action_end(sent, i, at), "urged", i)
    if word in en.ACCUSE and sent.word(at) == "of":
        yield AttributedContent(at, noun_phrase_end(sent, at), "accused of", i)
    if _is_passive(sent, i) or sent.word(at) in CLAUSE_BREAKS | en.CONJUNCTIONS | en.PREPOSITIONS or at >= len(sent):
        return
    rule = "accused" if word in en.ACCUSE else "backed" if word in en.SUPPORT_VERBS else ""
    if word in en.CONSIDER and sent.word(at).endswith("ing") and sent.word(at + 1) not in CLAUSE_BREAKS:
        rule = "gerund"
    if rule:
        yield AttributedContent(at, noun_phrase_end(sent, at), rule, i)


def _is_passive(sent: SentenceFeatures, i: int) -> bool:
    return sent.word(i - 1) in _PASSIVE_AUXILIARIES


def action_end(sent: SentenceFeatures, verb: int, start: int) -> int:
    """Return where an infinitive ends: as a statement, but before a clause that the writer adds."""
    end = content_end(sent, verb, start)
    for at in range(start + 1, end):
        word, then = sent.word(at), sent.word(at + 1)
        if word in ("despite", "but") or (word == "," and then in _ACTION_ADDITIONS):
            return strip_breaks(sent, start, at)
        if word == ":" and not opens_quotation(sent, at + 1):
            return at
    return end


def noun_phrase_end(sent: SentenceFeatures, at: int) -> int:
    """Return where a noun phrase with all that hangs on it ends: at a break or a new clause."""
    end, i = container_end(sent, at), at + 1
    while i < end:
        if close := quotation_end(sent, i):
            i = close
            if sent.word(close - 2) in CLAUSE_BREAKS:
                return close
            continue
        word = sent.word(i)
        # Whether a time of the judging is at ``i``: in February, last week
        if (
            word in CLAUSE_BREAKS - {"(", ")"}
            or word in _NOUN_PHRASE_ENDS
            or is_spaced_dash(sent, i)
            or (sent.word(i) in ("in", "on", "last", "this") and sent.word(i + 1) in en.TIME_WORDS)
            or (word in ("after", "during", "when") and i - at > 2)
        ):
            return i
        if word == "and" and is_finite(sent, i + 1) and sent.word(i + 1) not in en.PRESENT_FORMS:
            return i
        i += 1
    return strip_breaks(sent, at, end)


def _is_object_with_infinitive(sent: SentenceFeatures, at: int) -> bool:
    """Whether a short noun phrase and an infinitive are at ``at``: urged [him not to stop]."""
    if sent.word(at) in CLAUSE_BREAKS | en.PREPOSITIONS | en.CONJUNCTIONS:
        return False
    for i in range(at, min(at + 9, len(sent))):
        if sent.word(i) == "to":
            return i > at and is_infinitive(sent, i)
        if sent.word(i) in CLAUSE_BREAKS or is_finite(sent, i):
            return False
    return False
