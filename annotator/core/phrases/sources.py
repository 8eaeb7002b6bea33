"""The source of a statement: where it starts, and whether it closes the statement with its verb."""

from __future__ import annotations

from annotator.core.phrases.clauses import BREAKS
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.verbs import is_finite, is_verb
from annotator.core.phrases.view import STOPS, View, is_mark

_FAR = 16
"""How many tokens a source, and an aside in it, may have."""
_ENDS = STOPS | {",", "-", "–", "—", "--"}
_HEARD = speech.TELL - {"warned", "cautioned", "promised"}
_CLOSING_PREPOSITIONS = frozenset({"in", "at", "during", "after", "before", "by", "via", "from", "through"})
_SOURCE_LEADS = (en.DETERMINERS - speech.POINTERS) | {"one", "former"}
_NO_SOURCE = en.AUXILIARIES | en.PREPOSITIONS | {"who", "which"}


def source_start(view: View, verb: int) -> int:
    """Return where the source before the verb starts, its aside and all: “…,” [Ash, a vicar,] said."""
    at = verb - 1
    while at >= 0 and view.word(at) in en.AUXILIARIES | en.ADVERBS | speech.TIMES:
        at -= 1
    if view.word(at) == ",":
        if (mark := _closing_mark(view, verb)) is not None:
            return mark + 1
        back = _comma_before(view, at)
        if back is None:
            return at + 1
        at = back - 1
    low = max(-1, verb - 2 * _FAR)
    while at > low and not _breaks_source(view, at):
        at -= 1
    return at + 1


def _closing_mark(view: View, verb: int) -> int | None:
    """Return the nearest mark before the verb that closes a quotation on a comma or the like."""
    for at in range(verb - 1, max(0, verb - 2 * _FAR), -1):
        word = view.word(at)
        if is_mark(view.tokens[at].text) and not opens(view, at):
            return at if closes_statement(view, at) else None
        if word in (".", ";", ":", "!", "?", "that") or (
            word in speech.SPOKEN and is_verb(view, at) and at < verb - 1
        ):
            return None
    return None


def _comma_before(view: View, at: int) -> int | None:
    for back in range(at - 1, max(0, at - 2 * _FAR), -1):
        if view.word(back) == ",":
            return back
        if is_mark(view.tokens[back].text):
            return None
    return None


def _breaks_source(view: View, at: int) -> bool:
    word = view.word(at)
    if word in BREAKS - {"(", ")"} or is_mark(view.tokens[at].text):
        return True
    if word == "and":
        return view.word(at - 1) == ","
    return word == "that" or word in en.CONJUNCTIONS - {"or"}


def opens(view: View, i: int) -> bool:
    """Whether token ``i`` opens a quotation."""
    return i in view.opening


def closes_statement(view: View, mark: int) -> bool:
    """Whether a closing mark follows a comma or a stop: “…,” and no word."""
    return mark in view.closing and view.word(mark - 1) in _ENDS


def inverted(view: View, i: int) -> bool:
    """Whether the source follows the verb: “…,” said Quist, who leads it."""
    word, before = view.word(i), i - 1
    if word in _HEARD or word not in speech.ENDING or word.endswith("ing") or before < 0:
        return False
    if is_mark(view.tokens[before].text) and not opens(view, before):
        return closes_statement(view, before)
    if view.word(before) != "," or word in ("say", "add", "claim"):
        return False
    return _source_follows(view, i + 1)


def _source_follows(view: View, at: int) -> bool:
    """Whether a noun phrase without a verb stands at ``at``: [said] Quist, who leads it."""
    if view.word(at) in speech.TIMES or not (view.capital(at) or view.word(at) in _SOURCE_LEADS):
        return False
    for i in range(at, min(at + _FAR, len(view))):
        if view.word(i) in BREAKS:
            return True
        if is_finite(view, i) or view.word(i) in en.CONJUNCTIONS - {"and"} or is_mark(view.tokens[i].text):
            return False
    return True


def closes(view: View, source: int, verb: int, at: int) -> bool:
    """Whether ``source`` and ``verb`` close a statement; ``at``: what follows hearer and time."""
    before = source - 1
    if before < 0 or verb <= source or view.word(source) in _NO_SOURCE or view.word(verb).endswith("ing"):
        return False
    if view.word(verb - 1) == "," and view.word(verb) not in speech.STRONG:
        return False
    if not (view.word(before) == "," or is_mark(view.tokens[before].text)) or opens(view, before):
        return False
    word = view.word(at)
    if at >= view.last_word() or (word in BREAKS and word != ":") or word in ("-", "as", "when"):
        return True
    if word in ("on", "to"):
        return view.capital(at + 1) or view.word(at + 1) in en.DETERMINERS | speech.HEARERS | speech.TIMES
    return word in _CLOSING_PREPOSITIONS or word.endswith(("ing", "ly"))
