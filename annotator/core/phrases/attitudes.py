"""What nouns of saying hold, and what somebody wants, asks for, judges or takes sides on."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.phrases.attributions import Content, content_end
from annotator.core.phrases.clauses import BREAKS, has_finite, is_clause, loose_dash, over_quote
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.openers import over_hearer
from annotator.core.phrases.sources import opens
from annotator.core.phrases.statements import limit, statement_before, statement_end, trimmed
from annotator.core.phrases.verbs import is_finite, is_infinitive
from annotator.core.phrases.view import View

_NOUN_PHRASE = 8
"""How many tokens may stand between a noun and its "that"."""
_SOURCE = 16
_PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "being", "widely", "n't", "not"})
_ADDED = frozenset({"though", "although", "which", "where", "who", "but", "while"})
_ENDS = frozenset({"while", "although", "though", "but", "because", "despite", "even"})


def according(features: View, i: int) -> Iterator[Content]:
    """Yield the statement before or after "according to SOURCE"."""
    if features.word(i + 1) != "to":
        return
    if i > 1:
        end = i - (features.word(i - 1) in (",", "–", "—", "-"))
        yield Content(*statement_before(features, end), "according", i)
        return
    commas = [k for k in range(i + 2, min(i + 2 + 2 * _SOURCE, len(features))) if features.word(k) == ","]
    if len(commas) > 1 and _renamed(features, commas[0]) and not has_finite(features, commas[0], commas[1], _SOURCE):
        commas = commas[1:]
    if commas:
        start = commas[0] + 1
        yield Content(start, statement_end(features, start), "according first", i)


def _renamed(features: View, comma: int) -> bool:
    """Whether an apposition follows a source: according to the coach, Ilse Brandt, …."""
    return not features.is_capitalised(comma - 1) and (features.is_capitalised(comma + 1) or features.word(comma + 1).endswith("ing"))


def whether(features: View, i: int) -> Iterator[Content]:
    """Yield the question after a noun: a debate over whether …."""
    yield Content(i, statement_end(features, i), "whether", i)


def after_noun(features: View, i: int) -> Iterator[Content]:
    """Yield the "that" clause after a noun or an adjective: his belief that …, confident that …."""
    adjective = features.word(i) in speech.ADJECTIVES
    if adjective and features.word(i - 1) in en.AUXILIARIES | en.ADVERBS and is_clause(features, i + 1):
        yield Content(i + 1, content_end(features, i, i + 1), "adjective", i)
    at = _that(features, i)
    if at:
        end = content_end(features, i, at)
        early = 0 if adjective or has_finite(features, 0, i, i) else _second_verb(features, at, end)
        if early:
            yield Content(at, early, "noun subject", i)
        yield Content(at, end, "adjective" if adjective else "noun long" if early else "noun", i)


def _that(features: View, i: int) -> int:
    """Return the place of the "that" near the noun at ``i``, or 0."""
    for at in range(i + 1, min(i + _NOUN_PHRASE, len(features))):
        if features.word(at) == "that":
            return at if is_clause(features, at + 1) else 0
        if features.word(at) in BREAKS or is_finite(features, at):
            return 0
    return 0


def _second_verb(features: View, at: int, end: int) -> int:
    """Return where a finite verb stands to which the noun with its clause is the subject, or 0."""
    seen = 0
    for i in range(at + 1, end):
        if features.word(i) in speech.FINITE and not (seen and i - seen < 2):
            if seen and features.word(i - 1) not in en.SUBJECTS | en.CONJUNCTIONS | en.ADVERBS:
                return i
            seen = i
    return 0


def of_attitude(features: View, i: int) -> Iterator[Content]:
    """Yield what somebody wants, judges or asks for: the first frame that fits."""
    for frame in (_alleged, _infinitive, _asked, _pointed, _named, _deemed, _seen_as, _urged, _object):
        content = frame(features, i)
        if content:
            yield content
            return


def _passive(features: View, i: int) -> bool:
    return features.word(i - 1) in _PASSIVE


def _alleged(features: View, i: int) -> Content | None:
    if features.word(i) in speech.ALLEGED and _passive(features, i) and features.word(i + 1) == "to":
        return Content(i + 1, action_end(features, i, i + 1), "alleged", i)
    return None


def _infinitive(features: View, i: int) -> Content | None:
    if features.word(i) in speech.PROMISE and is_infinitive(features, i + 1):
        return Content(i + 1, action_end(features, i, i + 1), "infinitive", i)
    return None


def _asked(features: View, i: int) -> Content | None:
    if features.word(i) not in ("asked", "questioned", "quizzed", "pressed"):
        return None
    at = over_hearer(features, i, i + 1)
    if features.word(at) in speech.WH:
        return Content(at, statement_end(features, at, front=True), "asked", i)
    if features.word(at) == "about":
        return Content(at, phrase_end(features, at), "asked about", i)
    return None


def _pointed(features: View, i: int) -> Content | None:
    word, at = features.word(i), i + 1
    if speech.CALLED_FOR.get(word) == features.word(at):
        return Content(at + 1, phrase_end(features, at + 1), f"called {features.word(at)}", i)
    if word in speech.CALLS and features.word(at) == "on" and _has_to(features, at + 1):
        return Content(at + 1, action_end(features, i, at + 1), "urged", i)
    return None


def _named(features: View, i: int) -> Content | None:
    """Return "it a “farce”" after a verb of naming."""
    if features.word(i) not in speech.CALL or features.word(i + 1) in BREAKS | en.PREPOSITIONS:
        return None
    for at in range(i + 1, min(i + 13, len(features))):
        if opens(features, at):
            end = over_quote(features, at)
            return Content(i + 1, end, "called" if at > i + 1 else "called quotation", i)
        if features.word(at) in BREAKS:
            return None
    return None


def _deemed(features: View, i: int) -> Content | None:
    if (
        features.word(i) in speech.DEEM
        and not _passive(features, i)
        and features.word(i + 1) not in BREAKS | en.PREPOSITIONS
    ):
        return Content(i + 1, phrase_end(features, i + 1), "deemed", i)
    return None


def _seen_as(features: View, i: int) -> Content | None:
    if features.word(i) not in speech.SEE_AS or _passive(features, i):
        return None
    end = phrase_end(features, i + 1)
    if "as" in features.folded[i + 2 : min(end, i + 10)]:
        return Content(i + 1, end, "seen as", i)
    return None


def _urged(features: View, i: int) -> Content | None:
    if features.word(i) in speech.URGE and not _passive(features, i) and _has_to(features, i + 1):
        return Content(i + 1, action_end(features, i, i + 1), "urged", i)
    return None


def _object(features: View, i: int) -> Content | None:
    """Return the noun phrase after a verb of judging or taking sides."""
    word, at = features.word(i), i + 1
    if word in speech.ACCUSE and features.word(at) == "of":
        return Content(at, phrase_end(features, at), "accused of", i)
    if _passive(features, i) or features.word(at) in BREAKS | en.CONJUNCTIONS | en.PREPOSITIONS or at >= len(features):
        return None
    if word in speech.CONSIDER and features.word(at).endswith("ing") and features.word(at + 1) not in BREAKS:
        return Content(at, phrase_end(features, at), "gerund", i)
    if word in speech.ACCUSE:
        return Content(at, phrase_end(features, at), "accused", i)
    if word in speech.BACK:
        return Content(at, phrase_end(features, at), "backed", i)
    return None


def action_end(features: View, verb: int, start: int) -> int:
    """Return where an infinitive ends: as a statement, but before a clause that the writer adds."""
    end = content_end(features, verb, start)
    for at in range(start + 1, end):
        word, then = features.word(at), features.word(at + 1)
        if word in ("despite", "but") or (word == "," and then in _ADDED):
            return trimmed(features, start, at)
        if word == ":" and not opens(features, at + 1):
            return at
    return end


def phrase_end(features: View, at: int) -> int:
    """Return where a noun phrase with all that hangs on it ends: at a break or a new clause."""
    end, i = limit(features, at), at + 1
    while i < end:
        if close := over_quote(features, i):
            i = close
            if features.word(close - 2) in BREAKS:
                return close
            continue
        word = features.word(i)
        if (
            word in BREAKS - {"(", ")"}
            or word in _ENDS
            or loose_dash(features, i)
            or _time(features, i)
            or (word in ("after", "during", "when") and i - at > 2)
        ):
            return i
        if word == "and" and is_finite(features, i + 1) and features.word(i + 1) not in speech.PRESENT:
            return i
        i += 1
    return trimmed(features, at, end)


def _time(features: View, i: int) -> bool:
    """Whether a time of the judging stands at ``i``: in February, last week."""
    return features.word(i) in ("in", "on", "last", "this") and features.word(i + 1) in speech.TIMES


def _has_to(features: View, at: int) -> bool:
    """Whether a short noun phrase and an infinitive stand at ``at``: urged [him not to stop]."""
    if features.word(at) in BREAKS | en.PREPOSITIONS | en.CONJUNCTIONS:
        return False
    for i in range(at, min(at + 9, len(features))):
        if features.word(i) == "to":
            return i > at and is_infinitive(features, i)
        if features.word(i) in BREAKS or is_finite(features, i):
            return False
    return False
