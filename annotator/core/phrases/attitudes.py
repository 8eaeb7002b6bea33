"""What nouns of saying hold, and what somebody wants, asks for, judges or takes sides on."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.phrases.attributions import AttributedContent, content_end
from annotator.core.phrases.clauses import CLAUSE_BREAKS, has_finite_verb, is_clause, is_spaced_dash, quotation_end
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.openers import skip_hearer
from annotator.core.phrases.sources import opens_quotation
from annotator.core.phrases.statements import container_end, statement_before, statement_end, strip_breaks
from annotator.core.phrases.verbs import is_finite, is_infinitive
from annotator.core.phrases.view import SentenceFeatures

_MAX_NOUN_PHRASE = 8
"""How many tokens may stand between a noun and its "that"."""
_MAX_ACCORDING_SOURCE = 16
_PASSIVE_AUXILIARIES = frozenset({"is", "are", "was", "were", "be", "been", "being", "widely", "n't", "not"})
_ACTION_ADDITIONS = frozenset({"though", "although", "which", "where", "who", "but", "while"})
_NOUN_PHRASE_ENDS = frozenset({"while", "although", "though", "but", "because", "despite", "even"})


def according_to_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the statement before or after "according to SOURCE"."""
    if features.word(i + 1) != "to":
        return
    if i > 1:
        end = i - (features.word(i - 1) in (",", "–", "—", "-"))
        yield AttributedContent(*statement_before(features, end), "according", i)
        return
    commas = [k for k in range(i + 2, min(i + 2 + 2 * _MAX_ACCORDING_SOURCE, len(features))) if features.word(k) == ","]
    if len(commas) > 1 and _is_apposition(features, commas[0]) and not has_finite_verb(features, commas[0], commas[1], _MAX_ACCORDING_SOURCE):
        commas = commas[1:]
    if commas:
        start = commas[0] + 1
        yield AttributedContent(start, statement_end(features, start), "according first", i)


def _is_apposition(features: SentenceFeatures, comma: int) -> bool:
    """Whether an apposition follows a source: according to the coach, Ilse Brandt, …."""
    return not features.is_capitalised(comma - 1) and (features.is_capitalised(comma + 1) or features.word(comma + 1).endswith("ing"))


def whether_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the question after a noun: a debate over whether …."""
    yield AttributedContent(i, statement_end(features, i), "whether", i)


def noun_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the "that" clause after a noun or an adjective: his belief that …, confident that …."""
    adjective = features.word(i) in speech.CLAIM_ADJECTIVES
    if adjective and features.word(i - 1) in en.AUXILIARIES | en.ADVERBS and is_clause(features, i + 1):
        yield AttributedContent(i + 1, content_end(features, i, i + 1), "adjective", i)
    at = _that_position(features, i)
    if at:
        end = content_end(features, i, at)
        early = 0 if adjective or has_finite_verb(features, 0, i, i) else _second_finite_verb(features, at, end)
        if early:
            yield AttributedContent(at, early, "noun subject", i)
        yield AttributedContent(at, end, "adjective" if adjective else "noun long" if early else "noun", i)


def _that_position(features: SentenceFeatures, i: int) -> int:
    """Return the place of the "that" near the noun at ``i``, or 0."""
    for at in range(i + 1, min(i + _MAX_NOUN_PHRASE, len(features))):
        if features.word(at) == "that":
            return at if is_clause(features, at + 1) else 0
        if features.word(at) in CLAUSE_BREAKS or is_finite(features, at):
            return 0
    return 0


def _second_finite_verb(features: SentenceFeatures, at: int, end: int) -> int:
    """Return where a finite verb stands to which the noun with its clause is the subject, or 0."""
    seen = 0
    for i in range(at + 1, end):
        if features.word(i) in speech.FINITE_FORMS and not (seen and i - seen < 2):
            if seen and features.word(i - 1) not in en.SUBJECT_WORDS | en.CONJUNCTIONS | en.ADVERBS:
                return i
            seen = i
    return 0


def attitude_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what somebody wants, judges or asks for: the first frame that fits."""
    for frame in (_alleged_claim, _infinitive_claim, _asked_claim, _called_for_claim, _called_claim, _deemed_claim, _seen_as_claim, _urged_claim, _object_claim):
        content = frame(features, i)
        if content:
            yield content
            return


def _is_passive(features: SentenceFeatures, i: int) -> bool:
    return features.word(i - 1) in _PASSIVE_AUXILIARIES


def _alleged_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) in speech.ALLEGED and _is_passive(features, i) and features.word(i + 1) == "to":
        return AttributedContent(i + 1, action_end(features, i, i + 1), "alleged", i)
    return None


def _infinitive_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) in speech.PROMISE and is_infinitive(features, i + 1):
        return AttributedContent(i + 1, action_end(features, i, i + 1), "infinitive", i)
    return None


def _asked_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) not in ("asked", "questioned", "quizzed", "pressed"):
        return None
    at = skip_hearer(features, i, i + 1)
    if features.word(at) in speech.QUESTION_WORDS:
        return AttributedContent(at, statement_end(features, at, front=True), "asked", i)
    if features.word(at) == "about":
        return AttributedContent(at, noun_phrase_end(features, at), "asked about", i)
    return None


def _called_for_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    word, at = features.word(i), i + 1
    if speech.PREPOSITIONAL_CUES.get(word) == features.word(at):
        return AttributedContent(at + 1, noun_phrase_end(features, at + 1), f"called {features.word(at)}", i)
    if word in speech.CALLS and features.word(at) == "on" and _is_object_with_infinitive(features, at + 1):
        return AttributedContent(at + 1, action_end(features, i, at + 1), "urged", i)
    return None


def _called_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    """Return "it a “farce”" after a verb of naming."""
    if features.word(i) not in speech.CALL or features.word(i + 1) in CLAUSE_BREAKS | en.PREPOSITIONS:
        return None
    for at in range(i + 1, min(i + 13, len(features))):
        if opens_quotation(features, at):
            end = quotation_end(features, at)
            return AttributedContent(i + 1, end, "called" if at > i + 1 else "called quotation", i)
        if features.word(at) in CLAUSE_BREAKS:
            return None
    return None


def _deemed_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if (
        features.word(i) in speech.DEEM
        and not _is_passive(features, i)
        and features.word(i + 1) not in CLAUSE_BREAKS | en.PREPOSITIONS
    ):
        return AttributedContent(i + 1, noun_phrase_end(features, i + 1), "deemed", i)
    return None


def _seen_as_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) not in speech.SEE_AS or _is_passive(features, i):
        return None
    end = noun_phrase_end(features, i + 1)
    if "as" in features.folded[i + 2 : min(end, i + 10)]:
        return AttributedContent(i + 1, end, "seen as", i)
    return None


def _urged_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) in speech.URGE and not _is_passive(features, i) and _is_object_with_infinitive(features, i + 1):
        return AttributedContent(i + 1, action_end(features, i, i + 1), "urged", i)
    return None


def _object_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    """Return the noun phrase after a verb of judging or taking sides."""
    word, at = features.word(i), i + 1
    if word in speech.ACCUSE and features.word(at) == "of":
        return AttributedContent(at, noun_phrase_end(features, at), "accused of", i)
    if _is_passive(features, i) or features.word(at) in CLAUSE_BREAKS | en.CONJUNCTIONS | en.PREPOSITIONS or at >= len(features):
        return None
    if word in speech.CONSIDER and features.word(at).endswith("ing") and features.word(at + 1) not in CLAUSE_BREAKS:
        return AttributedContent(at, noun_phrase_end(features, at), "gerund", i)
    if word in speech.ACCUSE:
        return AttributedContent(at, noun_phrase_end(features, at), "accused", i)
    if word in speech.SUPPORT_VERBS:
        return AttributedContent(at, noun_phrase_end(features, at), "backed", i)
    return None


def action_end(features: SentenceFeatures, verb: int, start: int) -> int:
    """Return where an infinitive ends: as a statement, but before a clause that the writer adds."""
    end = content_end(features, verb, start)
    for at in range(start + 1, end):
        word, then = features.word(at), features.word(at + 1)
        if word in ("despite", "but") or (word == "," and then in _ACTION_ADDITIONS):
            return strip_breaks(features, start, at)
        if word == ":" and not opens_quotation(features, at + 1):
            return at
    return end


def noun_phrase_end(features: SentenceFeatures, at: int) -> int:
    """Return where a noun phrase with all that hangs on it ends: at a break or a new clause."""
    end, i = container_end(features, at), at + 1
    while i < end:
        if close := quotation_end(features, i):
            i = close
            if features.word(close - 2) in CLAUSE_BREAKS:
                return close
            continue
        word = features.word(i)
        if (
            word in CLAUSE_BREAKS - {"(", ")"}
            or word in _NOUN_PHRASE_ENDS
            or is_spaced_dash(features, i)
            or _is_time_expression(features, i)
            or (word in ("after", "during", "when") and i - at > 2)
        ):
            return i
        if word == "and" and is_finite(features, i + 1) and features.word(i + 1) not in speech.PRESENT_FORMS:
            return i
        i += 1
    return strip_breaks(features, at, end)


def _is_time_expression(features: SentenceFeatures, i: int) -> bool:
    """Whether a time of the judging stands at ``i``: in February, last week."""
    return features.word(i) in ("in", "on", "last", "this") and features.word(i + 1) in speech.TIME_WORDS


def _is_object_with_infinitive(features: SentenceFeatures, at: int) -> bool:
    """Whether a short noun phrase and an infinitive stand at ``at``: urged [him not to stop]."""
    if features.word(at) in CLAUSE_BREAKS | en.PREPOSITIONS | en.CONJUNCTIONS:
        return False
    for i in range(at, min(at + 9, len(features))):
        if features.word(i) == "to":
            return i > at and is_infinitive(features, i)
        if features.word(i) in CLAUSE_BREAKS or is_finite(features, i):
            return False
    return False
