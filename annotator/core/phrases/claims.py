"""Claims without quotation marks: clauses that a verb of speech attributes to a source."""

from __future__ import annotations

from annotator.core.phrases.en import words as en
from annotator.core.phrases.view import View, is_mark
from annotator.core.tokens import Range

_FAR = 10
"""How many tokens may stand between a verb of speech and its "that"."""

_CUES = 64
"""How many cues of a sentence are looked at; keeps an endless sentence linear."""

_SOURCE = 12
"""How many tokens a source after a statement may have."""

_BREAKS = frozenset({",", ";", ":", ".", "!", "?", "(", ")", "–", "—", "--"})
_NO_START = (
    _BREAKS
    | en.AUXILIARIES
    | (en.PREPOSITIONS | en.CONJUNCTIONS) - {"about", "around", "over", "under", "near"}
)
_NOUNS = frozenset({"claim", "claims", "hope", "hopes", "say", "belief"})
_BEFORE_NOUNS = en.DETERMINERS | {"'s", "'"}


def claims(view: View) -> tuple[Range, ...]:
    """Return the reported clauses of a sentence, "that" inside, the final stop outside."""
    cues = [i for i, w in enumerate(view.low) if w in en.CUES or w == "according"][:_CUES]
    found = {r for i in cues for r in _around(view, i, view.low[i])}
    kept = (r for r in found if r[1] - r[0] > 1 and not _quoted(view, r))
    return tuple(sorted(kept, key=lambda r: (r[0], -r[1])))


def _around(view: View, i: int, word: str) -> list[Range]:
    """Return the clauses that the cue at ``i`` reports: one after it, or one before it."""
    if word == "according" and view.word(i + 1) == "to":
        return _according(view, i)
    if word not in en.CUES:
        return []
    if word in en.SPEECH_ENDS and (before := _before(view, i)):
        return [before, *_resumed(view, i)]
    after = _after(view, i)
    return [after] if after else []


def _resumed(view: View, verb: int) -> list[Range]:
    """Return what goes on after an inserted ", she said,"."""
    start = verb + 2
    if view.word(verb + 1) != "," or start >= len(view) or is_mark(view.tokens[start].text):
        return []
    if view.word(start) in ("who", "which", "adding", "and", "but"):
        return []
    return [(start, _content_end(view, start, relative=False))]


def _after(view: View, verb: int) -> Range | None:
    """Return the clause after the cue at ``verb``."""
    start = _content_start(view, verb)
    if start is None:
        return None
    end = _content_end(view, start, relative=view.word(verb - 1) == "who")
    return (start, end) if end - start > 1 else None


def _content_start(view: View, verb: int) -> int | None:
    if view.word(verb - 1) in en.PREPOSITIONS | {"the", "a"} and view.word(verb).endswith("s"):
        return None
    if (that := _that(view, verb)) is not None:
        return that
    if (
        view.word(verb) not in en.SPEECH
        or _own(view, verb)
        or (view.word(verb) in _NOUNS and view.word(verb - 1) in _BEFORE_NOUNS)
    ):
        return None
    at = _over_hearer(view, verb + 1) if view.word(verb) in en.TELL else verb + 1
    at = _over_time(view, at)
    if at >= len(view) or view.word(at) in _NO_START or is_mark(view.tokens[at].text):
        return None
    return at if _starts_clause(view, verb, at) else None


def _own(view: View, verb: int) -> bool:
    """Whether somebody tells of a thought of their own: "I don't believe", "you think"."""
    if view.word(verb) not in en.THOUGHT:
        return False
    at = verb - 1
    while view.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return view.word(at) in ("i", "we", "you", "to")


def _starts_clause(view: View, verb: int, at: int) -> bool:
    """Whether the words at ``at`` can be the subject of what is said; "said Quist" has none."""
    if _inverted(view, verb):
        return False
    word = view.word(at)
    if word in en.SUBJECTS or word in en.DETERMINERS or view.capital(at) or view.number(at):
        return True
    return view.word(verb) in ("said", "says", "say", "saying", "told") and word[:1].isalpha()


def _inverted(view: View, verb: int) -> bool:
    """Whether the source follows the verb: "…,” said Quist", "…, said Quist, who leads it"."""
    if view.word(verb) in en.TELL:
        return False
    if (verb and is_mark(view.tokens[verb - 1].text)) or (verb in view.firsts and view.capital(verb)):
        return True
    return view.word(verb - 1) == "," and not _has_verb(view, verb + 1)


def _has_verb(view: View, at: int) -> bool:
    """Whether a finite verb seems to stand before the next break."""
    while at < len(view) and view.word(at) not in _BREAKS:
        word = view.word(at)
        if word in en.AUXILIARIES - {"'s"} or word.endswith("ed") or word in en.CUES or word in en.SUBJECTS:
            return True
        at += 1
    return False


def _that(view: View, verb: int) -> int | None:
    """Return the place of the "that" that opens the content, near the verb and before any break."""
    for at in range(verb + 1, min(verb + 1 + _FAR, len(view))):
        word = view.word(at)
        if word == "that":
            return at if at == verb + 1 or view.word(at + 1) not in en.AUXILIARIES else None
        if word in _BREAKS or word in en.CUES or word in en.AUXILIARIES or is_mark(view.tokens[at].text):
            return None
        if at == verb + 1 and view.word(verb) not in en.TELL and not _between(word):
            return None
    return None


def _between(word: str) -> bool:
    """Whether a word may stand between a verb of speech and its "that"."""
    return word in en.SPEECH_TIMES or word in en.PREPOSITIONS or word == "out"


def _over_hearer(view: View, at: int) -> int:
    """Return the place after the hearer: "told the council", "told Fox News", "told her"."""
    if view.word(at) in en.PRONOUNS:
        return at + 1
    if view.word(at) in en.DETERMINERS:
        at += 1
        while view.word(at)[:1].isalpha() and view.word(at) not in en.FUNCTION:
            at += 1
        return at
    if view.capital(at):
        while view.capital(at):
            at += 1
        return at
    return at + 1


def _over_time(view: View, at: int) -> int:
    """Return the place after "Tuesday", "on Tuesday", "late Monday", "last week"."""
    while True:
        word, after = view.word(at), view.word(at + 1)
        if word in ("on", "this", "last") and after in en.SPEECH_TIMES:
            at += 2
        elif word in en.SPEECH_TIMES and word not in ("this", "last"):
            at += 1
        else:
            return at


def _content_end(view: View, start: int, *, relative: bool) -> int:
    """Return where the content ends: the quotation around it, a new cue, or the final stop."""
    end = view.last_word()
    for q in view.quotes:
        if q.inside[0] <= start < q.inside[1]:
            end = min(end, q.inside[1])
    at = start + 1
    while at < end:
        if view.word(at) == "," and (relative or _new_source(view, at)):
            return at
        if view.word(at) == ";":
            return at
        at += 1
    while end > start and view.word(end - 1) in _BREAKS:
        end -= 1
    return end


def _new_source(view: View, comma: int) -> bool:
    """Whether a comma opens the source of what came before, or another statement."""
    at = comma + 1
    if view.word(at) in ("according", "adding", "saying", "said", "says"):
        return True
    at += view.word(at) in ("and", "but", "while", "though", "although")
    for i in range(at, min(at + 5, len(view))):
        if view.word(i) in en.SPEECH_ENDS and i > at:
            return True
        if view.word(i) in _BREAKS or view.word(i) in en.AUXILIARIES or view.word(i) in en.PREPOSITIONS:
            return False
    return False


def _before(view: View, verb: int) -> Range | None:
    """Return the clause before ", SOURCE verb": "The offer was fair, Brekke said."."""
    comma = verb - 1
    while comma > 0 and verb - comma <= _SOURCE and view.word(comma) != ",":
        word = view.word(comma)
        if word in _BREAKS or word in en.AUXILIARIES | en.CONJUNCTIONS or is_mark(view.tokens[comma].text):
            return None
        comma -= 1
    if view.word(comma) != "," or view.word(comma + 1) in ("who", "which", "and", "but"):
        return None
    if comma == verb - 1 and (view.word(verb + 1) == "of" or not _inverted(view, verb)):
        return None
    if not _closing(view, verb):
        return None
    start = _clause_start(view, comma)
    quoted = any(q.first <= start < q.last for q in view.quotes)
    statement = comma - start > 2 and not quoted and not _aside(view, start)
    return (start, comma) if statement else None


def _aside(view: View, start: int) -> bool:
    """Whether the words at ``start`` open a circumstance of speaking: "When asked…", "Reflecting on…"."""
    word = view.word(start)
    return word in ("when", "asked", "while", "after", "before") or (word.endswith("ing") and len(word) > 5)


def _closing(view: View, verb: int) -> bool:
    """Whether the cue ends its clause or is followed by its source or a time."""
    after = view.word(verb + 1)
    ends = (
        after in _BREAKS - {":"}
        or after == ""
        or after in en.SPEECH_TIMES
        or after in ("in", "at", "on", "during")
    )
    return (ends and _content_start(view, verb) is None) or view.word(verb - 1) == ","


def _clause_start(view: View, end: int) -> int:
    """Return where the statement before ``end`` starts: after the last stop or quotation."""
    start = 0
    for i in range(end):
        if view.word(i) in (".", "!", "?", ";"):
            start = i + 1
    return start


def _according(view: View, i: int) -> list[Range]:
    """Return the clause before or after "according to SOURCE"."""
    if i > 1:
        end = i - (view.word(i - 1) == ",")
        return [(_clause_start(view, end), end)]
    comma = next((k for k in range(i + 2, len(view)) if view.word(k) == ","), None)
    return [(comma + 1, _content_end(view, comma + 1, relative=False))] if comma else []


def _quoted(view: View, r: Range) -> bool:
    """Whether the clause is just a quotation, with or without its marks."""
    return any(
        r in {(q.first, q.last), q.inside}
        or (r[0] >= q.first and r[1] <= q.last and r[0] - q.first < 2 and q.last - r[1] < 3)
        for q in view.quotes
    )
