"""What words of saying and thinking report: after them, before them, or on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotator.core.phrases.clauses import (
    BREAKS,
    STOPS,
    has_finite,
    is_clause,
    over_quote,
    statement_end,
    trimmed,
)
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.sources import closes, closes_statement, inverted, opens, source_start
from annotator.core.phrases.verbs import is_finite, is_verb
from annotator.core.phrases.view import View, is_mark
from annotator.core.tokens import Range

_LEAP = 14
"""How many tokens may stand between a verb of speech and its "that" or its quotation."""
_FAR = 32
"""How many tokens may stand between a verb and what goes on after its source."""
_MEANWHILE = frozenset(
    {"who", "which", "where", "and", "but", "as", "when", "while", "after", "whose", "though"}
)


@dataclass(frozen=True, slots=True)
class Content:
    """Tokens ``[first, last)`` that the cue at ``cue`` attributes, with the rule that says so."""

    first: int
    last: int
    rule: str
    cue: int


def in_two_words(view: View, i: int) -> bool:
    """Whether a verb of speech in two words stands at ``i``: pointed out, made clear."""
    return view.word(i + 1) == speech.IN_TWO_WORDS.get(view.word(i), " ")


def of_speech(view: View, i: int) -> Iterator[Content]:
    """Yield what the verb of speech or thought at ``i`` reports."""
    if view.word(i + 1) == "by" and view.word(i) not in speech.ASK:
        return
    end = i + 1 + in_two_words(view, i)
    if inverted(view, i):
        yield from _before(view, i - 1, i)
        yield from _resumed(view, i, end, straight=-1)
        return
    source = source_start(view, i)
    opener = _opener(view, i, end)
    past_hearer = over_hearer(view, i, end)
    if (comma := _as_first(view, i)) > 0 and opener is None:
        yield Content(comma + 1, statement_end(view, comma + 1), "as", i)
        return
    resumes = opener is not None and opener[1] == "quotation" and opener[0] == past_hearer + 1
    if (opener is None or resumes) and view.word(i) in speech.ENDING and closes(view, source, i, past_hearer):
        resumed = tuple(_resumed(view, i, end, straight=past_hearer))
        split = any(c.rule == "resumed scrap" or is_finite(view, c.first) for c in resumed)
        yield from (replace(c, rule="subject before") if split else c for c in _before(view, source - 1, i))
        yield from resumed
    elif opener is not None:
        yield from _opened(view, i, opener)
    else:
        yield from _bare(view, i, past_hearer)


def _as_first(view: View, verb: int) -> int:
    """Return the comma after "As SOURCE told HEARER" at the start of a sentence, or 0."""
    first = min(view.firsts, default=0)
    if view.word(first) != "as" or not first < verb < first + _LEAP or "," in view.low[first:verb]:
        return 0
    comma = _next_comma(view, verb + 1, min(len(view), verb + _LEAP))
    return comma if comma > 0 and is_clause(view, comma + 1) else 0


def _before(view: View, comma: int, cue: int) -> Iterator[Content]:
    """Yield the statement that ends at a comma or at a closing mark."""
    opened = view.closing.get(comma)
    if opened is not None:
        first = _grown(view, opened)
        yield Content(first, comma + 1, "quotation before" if first == opened else "mixed before", cue)
        return
    if view.word(cue) in speech.ONLY_QUOTES - speech.BARE:
        return
    first, last = statement_before(view, comma)
    if any(q.first <= first < q.last and q.last > last for q in view.quotes) or _aside(view, first):
        return
    scrap = not has_finite(view, first, last, 40) and (
        last - first < 4 or view.word(first) in en.PREPOSITIONS
    )
    yield Content(first, last, "scrap before" if scrap else "before", cue)


def _aside(view: View, start: int) -> bool:
    """Whether the words at ``start`` open a circumstance of speaking: "When asked…", "Reflecting on…"."""
    word = view.word(start)
    return word == "asked" or view.word(start + 1) == "asked" or (word.endswith("ing") and len(word) > 5)


def _grown(view: View, first: int) -> int:
    """Return where the statement starts that a quotation closes: at itself or at words before it."""
    before = view.word(first - 1)
    if first == 0 or before in STOPS | {":"} or is_mark(view.tokens[first - 1].text):
        return first
    if before == "," and view.tokens[first + 1].text[:1].isupper():
        return first
    return statement_before(view, first)[0]


def statement_before(view: View, end: int) -> Range:
    """Return the statement that ends at ``end``: from the last stop, or from the sentence's start."""
    start = at = 0
    while at < end:
        close = over_quote(view, at)
        if view.word(at) in STOPS:
            start = at + 1
        at = close if at < close <= end + 1 else at + 1
    while start < end and (view.tokens[start].text.isspace() or _loose(view, start)):
        start += 1
    return start, trimmed(view, start, end)


def _loose(view: View, i: int) -> bool:
    return is_mark(view.tokens[i].text) and not opens(view, i)


def _resumed(view: View, verb: int, at: int, *, straight: int) -> Iterator[Content]:
    """Yield what goes on after an inserted ", she said," and the quotation after any source."""
    comma = _next_comma(view, at, min(len(view), at + _FAR))
    start = comma + 1
    if comma < 0 or start >= view.last_word():
        return
    if opens(view, start):
        close = over_quote(view, start)
        goes_on = close < view.last_word() and not _ends_at(view, close)
        yield Content(start, statement_end(view, start) if goes_on else close, "quotation resumed", verb)
    elif (
        comma == straight
        and not view.word(start).endswith("ing")
        and view.word(start) not in _MEANWHILE | en.PREPOSITIONS
    ):
        rule = "resumed" if has_finite(view, start, len(view), 30) else "resumed scrap"
        yield Content(start, statement_end(view, start), rule, verb)


def _next_comma(view: View, at: int, far: int) -> int:
    """Return the comma before the next stop or mark, -1 if there is none; the one before a mark wins."""
    found = -1
    while at < far and view.word(at) not in STOPS and not is_mark(view.tokens[at].text):
        if view.word(at) == ",":
            found = at if found < 0 or opens(view, at + 1) else found
        at += 1
    return found


def _bare(view: View, verb: int, start: int) -> Iterator[Content]:
    """Yield what follows a verb without "that" or a quotation."""
    word = view.word(verb)
    end = content_end(view, verb, start)
    if _asks(view, verb, start):
        yield Content(start, end, "question", verb)
    elif _own(view, verb) or start >= view.last_word() or _passive(view, verb):
        return
    elif (
        word in speech.BARE
        and (word in speech.SAY or _starts_subject(view, start))
        and is_clause(view, start)
    ):
        yield Content(start, end, "said" if word in speech.SAY else "bare", verb)
    elif word in speech.SAY and view.word(start) not in BREAKS | en.PREPOSITIONS:
        yield Content(start, end, "said scrap", verb)


def _starts_subject(view: View, at: int) -> bool:
    """Whether the word at ``at`` may begin a subject."""
    word = view.word(at)
    return word not in en.PREPOSITIONS | en.CONJUNCTIONS and not (
        word.endswith("ing") and word not in en.PRONOUNS
    )


def content_end(view: View, verb: int, start: int) -> int:
    """Return where the content from ``start`` ends, as its verb stands in a main clause or another."""
    return statement_end(view, start, aside=_relative(view, verb), front=_front(view, verb))


def _asks(view: View, verb: int, at: int) -> bool:
    """Whether an indirect question stands at ``at``, no circumstance of speaking."""
    word = view.word(at)
    if word not in speech.WH or view.word(verb) not in speech.ASKING:
        return False
    return word not in ("when", "where", "which", "who", "if") or (
        word == "if" and view.word(verb) in speech.ASK
    )


def _own(view: View, verb: int) -> bool:
    """Whether somebody tells of a thought of their own: "I don't believe", "you think"."""
    at = verb - 1
    while view.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return view.word(verb) in speech.THINK and view.word(at) in ("i", "you")


def _passive(view: View, verb: int) -> bool:
    """Whether nobody is said to speak: was determined; "was told" has a hearer for its subject."""
    return view.word(verb - 1) in ("be", "been", "being", "is", "are", "was", "were") and not (
        view.word(verb) in speech.TELL or view.word(verb).endswith("ing")
    )


def _relative(view: View, verb: int) -> bool:
    """Whether the verb stands in a relative clause: who said, which shows."""
    at = verb - 1
    while at >= 0 and view.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return view.word(at) in ("who", "which")


def _front(view: View, verb: int) -> bool:
    """Whether the verb stands in a subordinate clause that opens the sentence: While critics say …."""
    first = min(view.firsts, default=0)
    if view.word(first) in speech.FRONTS:
        return "," not in view.low[first:verb]
    return view.word(verb).endswith("ing") and verb - first < 3


def _opener(view: View, verb: int, at: int) -> tuple[int, str] | None:
    """Return where a "that", a quotation or a colon opens the content near ``at``, and which it is."""
    hearer = over_hearer(view, verb, at)
    if verb in view.firsts and view.word(verb) in speech.SAY:
        return _far_quotation(view, at)
    for i in range(at, min(at + _LEAP, len(view))):
        word = view.word(i)
        if word == "that" and (i == hearer or _opens_that(view, hearer, i)):
            return (i, "that")
        if opens(view, i):
            led = i in (at, hearer) or view.word(i - 1) in (",", ":")
            return (i, "quotation") if led else None
        if word == ":":
            return (i + 1, "quotation") if opens(view, i + 1) else (i + 1, "colon")
        if _stops_search(view, i, at):
            return None
    return None


def _far_quotation(view: View, at: int) -> tuple[int, str] | None:
    """Return where a quotation opens after the source of a sentence that begins with "Said"."""
    found = (
        i for i in range(at, min(at + _FAR, len(view))) if view.word(i - 1) in (",", ":") and opens(view, i)
    )
    return next(((i, "quotation") for i in found), None)


def _opens_that(view: View, after: int, i: int) -> bool:
    """Whether only circumstances stand between ``after`` and the "that" at ``i``: said in May that …."""
    led = view.word(after) in en.PREPOSITIONS | {",", "last", "this", "when"}
    return led and view.word(i - 1) not in en.PREPOSITIONS and is_clause(view, i + 1)


def _stops_search(view: View, i: int, at: int) -> bool:
    """Whether the word at ``i`` shows that the verb's content began or ended before it."""
    word = view.word(i)
    if word in STOPS or word == "that" or is_mark(view.tokens[i].text):
        return True
    if i == at:
        return word in en.SUBJECTS and word not in speech.HEARERS
    return word in speech.FINITE or word in speech.WH or (word in speech.SPOKEN and is_verb(view, i))


def _opened(view: View, verb: int, opener: tuple[int, str]) -> Iterator[Content]:
    start, kind = opener
    end = content_end(view, verb, start)
    if kind != "quotation":
        yield Content(start, end, kind, verb)
        return
    close = over_quote(view, start)
    goes_on = close < view.last_word() and not _ends_at(view, close)
    yield Content(start, end if goes_on else close, "quotation on" if goes_on else "quotation after", verb)


def _ends_at(view: View, close: int) -> bool:
    """Whether a statement ends with the quotation that ends at ``close``."""
    return closes_statement(view, close - 1) or view.word(close) in BREAKS | {"and", "but", "while", "-"}


def over_hearer(view: View, verb: int, at: int) -> int:
    """Return the place after the hearer and the time: told the council on Monday."""
    if view.word(verb) in speech.TELL - {"promised", "promises", "promise", "cautioned"}:
        at = _over_phrase(view, at)
    elif view.word(verb) in speech.ASK and view.word(at) == "by":
        at = _over_phrase(view, at + 1)
    while True:
        word, following = view.word(at), view.word(at + 1)
        if word in ("on", "this", "last", "late", "early", "earlier") and following in speech.TIMES:
            at += 2
        elif word in speech.TIMES - {"this", "last", "next"} and view.word(at - 1) != "that":
            at += 1
        else:
            return at


def _over_phrase(view: View, at: int) -> int:
    """Return the place after the noun phrase at ``at``."""
    if view.word(at) in en.PRONOUNS:
        return at + 1
    start = at
    at += view.word(at) in en.DETERMINERS
    while view.word(at)[:1].isalpha() and (
        view.capital(at)
        or view.word(at) in en.TITLES
        or (view.word(at) not in en.FUNCTION and not view.capital(start))
        or (view.word(at) in ("of", "the") and view.capital(at + 1))
    ):
        at += 1
        if view.word(at) in ("reporters", "workers", "voters", "lawmakers"):
            return at + 1
    return at
