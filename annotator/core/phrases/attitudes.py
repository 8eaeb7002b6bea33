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


def according(view: View, i: int) -> Iterator[Content]:
    """Yield the statement before or after "according to SOURCE"."""
    if view.word(i + 1) != "to":
        return
    if i > 1:
        end = i - (view.word(i - 1) in (",", "–", "—", "-"))
        yield Content(*statement_before(view, end), "according", i)
        return
    commas = [k for k in range(i + 2, min(i + 2 + 2 * _SOURCE, len(view))) if view.word(k) == ","]
    if len(commas) > 1 and _renamed(view, commas[0]) and not has_finite(view, commas[0], commas[1], _SOURCE):
        commas = commas[1:]
    if commas:
        start = commas[0] + 1
        yield Content(start, statement_end(view, start), "according first", i)


def _renamed(view: View, comma: int) -> bool:
    """Whether an apposition follows a source: according to the coach, Ilse Brandt, …."""
    return not view.capital(comma - 1) and (view.capital(comma + 1) or view.word(comma + 1).endswith("ing"))


def whether(view: View, i: int) -> Iterator[Content]:
    """Yield the question after a noun: a debate over whether …."""
    yield Content(i, statement_end(view, i), "whether", i)


def after_noun(view: View, i: int) -> Iterator[Content]:
    """Yield the "that" clause after a noun or an adjective: his belief that …, confident that …."""
    adjective = view.word(i) in speech.ADJECTIVES
    if adjective and view.word(i - 1) in en.AUXILIARIES | en.ADVERBS and is_clause(view, i + 1):
        yield Content(i + 1, content_end(view, i, i + 1), "adjective", i)
    at = _that(view, i)
    if at:
        end = content_end(view, i, at)
        early = 0 if adjective or has_finite(view, 0, i, i) else _second_verb(view, at, end)
        if early:
            yield Content(at, early, "noun subject", i)
        yield Content(at, end, "adjective" if adjective else "noun long" if early else "noun", i)


def _that(view: View, i: int) -> int:
    """Return the place of the "that" near the noun at ``i``, or 0."""
    for at in range(i + 1, min(i + _NOUN_PHRASE, len(view))):
        if view.word(at) == "that":
            return at if is_clause(view, at + 1) else 0
        if view.word(at) in BREAKS or is_finite(view, at):
            return 0
    return 0


def _second_verb(view: View, at: int, end: int) -> int:
    """Return where a finite verb stands to which the noun with its clause is the subject, or 0."""
    seen = 0
    for i in range(at + 1, end):
        if view.word(i) in speech.FINITE and not (seen and i - seen < 2):
            if seen and view.word(i - 1) not in en.SUBJECTS | en.CONJUNCTIONS | en.ADVERBS:
                return i
            seen = i
    return 0


def of_attitude(view: View, i: int) -> Iterator[Content]:
    """Yield what somebody wants, judges or asks for: the first frame that fits."""
    for frame in (_alleged, _infinitive, _asked, _pointed, _named, _deemed, _seen_as, _urged, _object):
        content = frame(view, i)
        if content:
            yield content
            return


def _passive(view: View, i: int) -> bool:
    return view.word(i - 1) in _PASSIVE


def _alleged(view: View, i: int) -> Content | None:
    if view.word(i) in speech.ALLEGED and _passive(view, i) and view.word(i + 1) == "to":
        return Content(i + 1, action_end(view, i, i + 1), "alleged", i)
    return None


def _infinitive(view: View, i: int) -> Content | None:
    if view.word(i) in speech.PROMISE and is_infinitive(view, i + 1):
        return Content(i + 1, action_end(view, i, i + 1), "infinitive", i)
    return None


def _asked(view: View, i: int) -> Content | None:
    if view.word(i) not in ("asked", "questioned", "quizzed", "pressed"):
        return None
    at = over_hearer(view, i, i + 1)
    if view.word(at) in speech.WH:
        return Content(at, statement_end(view, at, front=True), "asked", i)
    if view.word(at) == "about":
        return Content(at, phrase_end(view, at), "asked about", i)
    return None


def _pointed(view: View, i: int) -> Content | None:
    word, at = view.word(i), i + 1
    if speech.CALLED_FOR.get(word) == view.word(at):
        return Content(at + 1, phrase_end(view, at + 1), f"called {view.word(at)}", i)
    if word in speech.CALLS and view.word(at) == "on" and _has_to(view, at + 1):
        return Content(at + 1, action_end(view, i, at + 1), "urged", i)
    return None


def _named(view: View, i: int) -> Content | None:
    """Return "it a “farce”" after a verb of naming."""
    if view.word(i) not in speech.CALL or view.word(i + 1) in BREAKS | en.PREPOSITIONS:
        return None
    for at in range(i + 1, min(i + 13, len(view))):
        if opens(view, at):
            end = over_quote(view, at)
            return Content(i + 1, end, "called" if at > i + 1 else "called quotation", i)
        if view.word(at) in BREAKS:
            return None
    return None


def _deemed(view: View, i: int) -> Content | None:
    if (
        view.word(i) in speech.DEEM
        and not _passive(view, i)
        and view.word(i + 1) not in BREAKS | en.PREPOSITIONS
    ):
        return Content(i + 1, phrase_end(view, i + 1), "deemed", i)
    return None


def _seen_as(view: View, i: int) -> Content | None:
    if view.word(i) not in speech.SEE_AS or _passive(view, i):
        return None
    end = phrase_end(view, i + 1)
    if "as" in view.low[i + 2 : min(end, i + 10)]:
        return Content(i + 1, end, "seen as", i)
    return None


def _urged(view: View, i: int) -> Content | None:
    if view.word(i) in speech.URGE and not _passive(view, i) and _has_to(view, i + 1):
        return Content(i + 1, action_end(view, i, i + 1), "urged", i)
    return None


def _object(view: View, i: int) -> Content | None:
    """Return the noun phrase after a verb of judging or taking sides."""
    word, at = view.word(i), i + 1
    if word in speech.ACCUSE and view.word(at) == "of":
        return Content(at, phrase_end(view, at), "accused of", i)
    if _passive(view, i) or view.word(at) in BREAKS | en.CONJUNCTIONS | en.PREPOSITIONS or at >= len(view):
        return None
    if word in speech.CONSIDER and view.word(at).endswith("ing") and view.word(at + 1) not in BREAKS:
        return Content(at, phrase_end(view, at), "gerund", i)
    if word in speech.ACCUSE:
        return Content(at, phrase_end(view, at), "accused", i)
    if word in speech.BACK:
        return Content(at, phrase_end(view, at), "backed", i)
    return None


def action_end(view: View, verb: int, start: int) -> int:
    """Return where an infinitive ends: as a statement, but before a clause that the writer adds."""
    end = content_end(view, verb, start)
    for at in range(start + 1, end):
        word, then = view.word(at), view.word(at + 1)
        if word in ("despite", "but") or (word == "," and then in _ADDED):
            return trimmed(view, start, at)
        if word == ":" and not opens(view, at + 1):
            return at
    return end


def phrase_end(view: View, at: int) -> int:
    """Return where a noun phrase with all that hangs on it ends: at a break or a new clause."""
    end, i = limit(view, at), at + 1
    while i < end:
        if close := over_quote(view, i):
            i = close
            if view.word(close - 2) in BREAKS:
                return close
            continue
        word = view.word(i)
        if (
            word in BREAKS - {"(", ")"}
            or word in _ENDS
            or loose_dash(view, i)
            or _time(view, i)
            or (word in ("after", "during", "when") and i - at > 2)
        ):
            return i
        if word == "and" and is_finite(view, i + 1) and view.word(i + 1) not in speech.PRESENT:
            return i
        i += 1
    return trimmed(view, at, end)


def _time(view: View, i: int) -> bool:
    """Whether a time of the judging stands at ``i``: in February, last week."""
    return view.word(i) in ("in", "on", "last", "this") and view.word(i + 1) in speech.TIMES


def _has_to(view: View, at: int) -> bool:
    """Whether a short noun phrase and an infinitive stand at ``at``: urged [him not to stop]."""
    if view.word(at) in BREAKS | en.PREPOSITIONS | en.CONJUNCTIONS:
        return False
    for i in range(at, min(at + 9, len(view))):
        if view.word(i) == "to":
            return i > at and is_infinitive(view, i)
        if view.word(i) in BREAKS or is_finite(view, i):
            return False
    return False
