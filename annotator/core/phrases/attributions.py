"""What words of saying and thinking report: after them, before them, or on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotator.core.phrases.clauses import BREAKS, STOPS, has_finite, is_clause, over_quote
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.openers import FAR, LEAP, opener_after, over_hearer
from annotator.core.phrases.sources import closes, closes_statement, inverted, opens, source_start
from annotator.core.phrases.statements import statement_before, statement_end
from annotator.core.phrases.verbs import is_finite
from annotator.core.phrases.view import View, is_mark

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
    opener = opener_after(view, i, end)
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
    if view.word(first) != "as" or not first < verb < first + LEAP or "," in view.low[first:verb]:
        return 0
    comma = _next_comma(view, verb + 1, min(len(view), verb + LEAP))
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
    if view.word(start + 1) == "asked" or (word.endswith("ing") and len(word) > 5):
        return True
    return word == "asked" or (word.endswith("ed") and view.word(start + 1) in en.PREPOSITIONS)


def _grown(view: View, first: int) -> int:
    """Return where the statement starts that a quotation closes: at itself or at words before it."""
    before = view.word(first - 1)
    if first == 0 or before in STOPS | {":"} or is_mark(view.tokens[first - 1].text):
        return first
    if before == "," and view.tokens[first + 1].text[:1].isupper():
        return first
    return statement_before(view, first)[0]


def _resumed(view: View, verb: int, at: int, *, straight: int) -> Iterator[Content]:
    """Yield what goes on after an inserted ", she said," and the quotation after any source."""
    comma = _next_comma(view, at, min(len(view), at + FAR))
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
    return word not in en.PREPOSITIONS | en.CONJUNCTIONS | en.ADVERBS and not (
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
