"""Where a statement ends: before another source, the main clause, or the final stop."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.tokens import TokenRange
from annotator.language import clauses
from annotator.language import english as en
from annotator.language.sentence_features import SentenceFeatures

_CLAUSE_LINKS = frozenset({"and", "but", "while", "though", "although", "yet", "or", "as"})
_ADDED_CLAUSE_STARTS = frozenset(
    {"which", "where", "who", "whose", "both", "though", "although", "while", "but", "with", "as", "because"}
)
_FRONTED_CLAUSE_STARTS = frozenset(
    {"if", "when", "while", "although", "though", "of", "for", "in", "after", "despite", "with", "on"}
)
_MAX_CUE_SUBJECT = 7
"""How many tokens a subject before a verb of speech may have after a comma."""


def statement_end(sent: SentenceFeatures, start: int, *, aside: bool = False, front: bool = False) -> int:
    """Return where the statement from ``start`` ends: before a new source, or at the final stop.

    ``aside``: its verb is in a relative clause, which ends at a comma; ``front``: in a
    subordinate clause before the main one, which ends at the comma before the main subject.
    """
    end = container_end(sent, start)
    fronted = _front_comma(sent, start, end)
    at = start + 1
    while at < end:
        jump = clauses.quotation_end(sent, at)
        if jump:
            if _ends_with_source(sent, jump, end):
                return jump
            at = jump
            continue
        if at != fronted and _ends_before(sent, at, end, aside=aside, front=front):
            end = at
            break
        at += 1
    return strip_breaks(sent, start, end)


def _front_comma(sent: SentenceFeatures, start: int, end: int) -> int:
    """Return the comma after what is before the subject, -1 if none: that [if it rains,] we stay."""
    at = start + (sent.word(start) == "that")
    if sent.word(at) not in _FRONTED_CLAUSE_STARTS:
        return -1
    return next((i for i in range(at, end) if sent.word(i) == ","), -1)


def _ends_with_source(sent: SentenceFeatures, last: int, end: int) -> bool:
    """Whether a quotation closes with a comma, and a source or a circumstance follows."""
    if sent.word(last - 2) != "," or last >= end:
        return False
    circumstance = sent.word(last) in ("while", "as", "after", "when")
    return circumstance or starts_new_source(sent, last - 1) or is_subjectless_cue(sent, last)


def container_end(sent: SentenceFeatures, start: int) -> int:
    """Return the end of what can hold ``start``: of its quotation, its brackets, or the sentence."""
    end = sent.content_end()
    for q in sent.quotations:
        a, b = q.content
        if a <= start < b:
            end = min(end, b)
        elif q.first >= start and not q.has_closing:
            end = max(end, q.last)
    depth = 0
    for i in range(start, end):
        if sent.word(i) == "(":
            depth += 1
        elif sent.word(i) == ")":
            if not depth:
                return i
            depth -= 1
    return end


def strip_breaks(sent: SentenceFeatures, start: int, end: int) -> int:
    """Return ``end`` without breaks before it; a closing bracket or full quotation stays."""
    if any(q.last == end and q.first >= start and not q.has_closing for q in sent.quotations):
        return end
    while end > start and (sent.word(end - 1) in clauses.CLAUSE_BREAKS - {")"} or sent.tokens[end - 1].text.isspace()):
        end -= 1
    return end


def _ends_before(sent: SentenceFeatures, at: int, end: int, *, aside: bool, front: bool) -> bool:
    """Whether a statement ends before the token at ``at``."""
    word = sent.word(at)
    if word == ";":
        return True
    if word == ",":
        return _ends_at_comma(sent, at, end, aside=aside, front=front)
    if word in ("and", "but", "while", "or"):
        return is_subjectless_cue(sent, at + 1) or (sent.word(at - 1) != "that" and _and_starts_source(sent, at + 1))
    if clauses.is_spaced_dash(sent, at):
        after = at + 1
        new_source = is_subjectless_cue(sent, after + 1) or starts_new_source(sent, at)
        return new_source and sent.word(after) in _CLAUSE_LINKS
    return word == "according" and sent.word(at + 1) == "to"


def _ends_at_comma(sent: SentenceFeatures, at: int, end: int, *, aside: bool, front: bool) -> bool:
    if starts_new_source(sent, at) or aside:
        return True
    after = at + 1 + (sent.word(at + 1) in _CLAUSE_LINKS)
    if is_subjectless_cue(sent, after) and sent.word(after) != "say":
        return True
    main_clause = sent.word(at + 1) not in _CLAUSE_LINKS | {"who", "which", "that"}
    return front and main_clause and clauses.has_finite_verb(sent, at + 1, end)


def is_subjectless_cue(sent: SentenceFeatures, at: int) -> bool:
    """Whether a verb of speech without a subject of its own is at ``at``: … and said, … adding."""
    at += sent.word(at) in en.ADVERBS
    word = sent.word(at)
    if word in ("citing", "quoting", "echoing"):
        return True
    if word not in en.SPEAK_VERBS | en.SAY | en.TELL | en.CALL and word not in ("criticized", "urged"):
        return False
    if word.endswith("ing"):
        return True
    return word in ("said", "told", "wrote", "says", "tells", "adds", "writes", "knew") or word.endswith("ed")


def _and_starts_source(sent: SentenceFeatures, at: int) -> bool:
    """Whether "and" is followed by a short subject and a verb of speech with its "that" or clause."""
    for i in range(at, min(at + 4, len(sent))):
        word = sent.word(i)
        if i > at and word in en.SAY and word != "say":
            return True
        if not (sent.is_capitalised(i) or word in en.SUBJECT_WORDS or word in en.ADVERBS):
            return False
    return False


def starts_new_source(sent: SentenceFeatures, comma: int) -> bool:
    """Whether a comma (or what closes a statement) opens a source: ", Quist said", "according to"."""
    at = comma + 1
    word = sent.word(at)
    if word == "according" and sent.word(at + 1) == "to":
        return True
    at += word in _CLAUSE_LINKS
    if sent.word(at) in ("who", "which", "whom", "that"):
        return False
    for i in range(at, min(at + _MAX_CUE_SUBJECT, len(sent))):
        word = sent.word(i)
        if i > at and word in en.CLOSING_VERBS and clauses.is_verb(sent, i):
            return True
        finite = word in en.FINITE_FORMS and word not in ("has", "have")
        if finite or word in clauses.CLAUSE_BREAKS or word in en.CONJUNCTIONS - {"and"} or sent.is_mark(i):
            return False
    return False


def early_statement_ends(sent: SentenceFeatures, first: int, last: int) -> Iterator[int]:
    """Yield where a statement may end before its end: at a clause that the writer adds or goes on with."""
    at = first + 1
    while at < last:
        word, then = sent.word(at), sent.word(at + 1)
        added = (word == "," and then in _ADDED_CLAUSE_STARTS) or (clauses.is_spaced_dash(sent, at))
        if added or (word in ("and", "but") and clauses.is_finite(sent, at + 1)):
            yield strip_breaks(sent, first, at)
        at = clauses.quotation_end(sent, at) or at + 1


def statement_before(sent: SentenceFeatures, end: int) -> TokenRange:
    """Return the statement that ends at ``end``: from the last stop, or from the sentence's start."""
    start = at = 0
    while at < end:
        close = clauses.quotation_end(sent, at)
        if sent.word(at) in clauses.CLAUSE_ENDS:
            start = at + 1
        at = close if at < close <= end + 1 else at + 1
    while start < end and (
        sent.tokens[start].text.isspace() or (sent.is_mark(start) and start not in sent.opening_marks)
    ):
        start += 1
    return start, strip_breaks(sent, start, end)


# Where the content after a verb of speech begins: at "that", a quotation, a colon, after the hearer.


MAX_OPENER_DISTANCE = 14
"""How many tokens may be between a verb of speech and its "that" or its quotation."""
MAX_RESUME_DISTANCE = 32
"""How many tokens may be between a verb and what goes on after its source."""


def find_content_opener(sent: SentenceFeatures, verb: int, at: int) -> tuple[int, str] | None:
    """Return where a "that", a quotation or a colon opens the content near ``at``, and which it is."""
    hearer = skip_hearer(sent, verb, at)
    if verb in sent.capital_positions and sent.word(verb) in en.SAY:
        return _quotation_after_source(sent, at)
    for i in range(at, min(at + MAX_OPENER_DISTANCE, len(sent))):
        word = sent.word(i)
        if word == "that" and (i == hearer or _that_opens_content(sent, hearer, i)):
            return (i, "that")
        if clauses.opens_quotation(sent, i):
            led = i in (at, hearer) or sent.word(i - 1) in (",", ":")
            return (i, "quotation") if led else None
        if word == ":":
            return (i + 1, "quotation") if clauses.opens_quotation(sent, i + 1) else (i + 1, "colon")
        if _ends_opener_search(sent, i, at):
            return None
    return None


def _quotation_after_source(sent: SentenceFeatures, at: int) -> tuple[int, str] | None:
    """Return where a quotation opens after the source of a sentence that begins with "Said"."""
    for i in range(at, min(at + MAX_RESUME_DISTANCE, len(sent))):
        if sent.word(i - 1) in (",", ":") and clauses.opens_quotation(sent, i):
            return i, "quotation"
    return None


def _that_opens_content(sent: SentenceFeatures, after: int, i: int) -> bool:
    """Whether only circumstances are between ``after`` and the "that" at ``i``: said in May that …."""
    led = sent.word(after) in en.PREPOSITIONS | {",", "last", "this", "when"}
    return led and sent.word(i - 1) not in en.PREPOSITIONS and clauses.is_clause(sent, i + 1)


def _ends_opener_search(sent: SentenceFeatures, i: int, at: int) -> bool:
    """Whether the word at ``i`` shows that the verb's content began or ended before it."""
    word = sent.word(i)
    if word in clauses.CLAUSE_ENDS or word == "that" or sent.is_mark(i):
        return True
    if i == at:
        return word in en.SUBJECT_WORDS and word not in en.HEARERS
    if word in en.QUESTION_WORDS or (word in en.SPEECH_FORMS and clauses.is_verb(sent, i)):
        return True
    return word in en.FINITE_FORMS and not sent.is_capitalised(i)


def skip_hearer(sent: SentenceFeatures, verb: int, at: int) -> int:
    """Return the place after the hearer and the time: told the council on Monday."""
    if sent.word(at) == "that":
        return at
    if sent.word(verb) in en.TELL - {"promised", "promises", "promise", "cautioned"}:
        at = _skip_noun_phrase(sent, at)
    elif sent.word(verb) in en.ASK and sent.word(at) == "by":
        at = _skip_noun_phrase(sent, at + 1)
    while True:
        word, following = sent.word(at), sent.word(at + 1)
        if word in ("on", "this", "last", "late", "early", "earlier") and following in en.TIME_WORDS:
            at += 2
        elif word in en.TIME_WORDS - {"this", "last", "next"} and sent.word(at - 1) != "that":
            at += 1
        else:
            return at


def _skip_noun_phrase(sent: SentenceFeatures, at: int) -> int:
    """Return the place after the noun phrase at ``at``."""
    if sent.word(at) in en.PRONOUNS:
        return at + 1
    start = at
    at += sent.word(at) in en.DETERMINERS
    while sent.word(at)[:1].isalpha() and (
        sent.is_capitalised(at)
        or sent.word(at) in en.TITLES
        or (sent.word(at) not in en.FUNCTION_WORDS and not sent.is_capitalised(start))
        or (sent.word(at) in ("of", "the") and sent.is_capitalised(at + 1))
    ):
        at += 1
        if sent.word(at) in ("reporters", "workers", "voters", "lawmakers"):
            return at + 1
    return at
