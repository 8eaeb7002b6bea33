"""What verbs of speech and thought report: after them, before them, or on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from annotator.language import english as en
from annotator.language.clauses import (
    CLAUSE_BREAKS,
    CLAUSE_ENDS,
    closes_statement,
    has_finite_verb,
    is_clause,
    is_closing_attribution,
    is_finite,
    opens_quotation,
    quotation_end,
    source_follows_verb,
    source_start,
)
from annotator.language.sentence_features import SentenceFeatures
from annotator.language.statements import (
    MAX_OPENER_DISTANCE,
    MAX_RESUME_DISTANCE,
    find_content_opener,
    skip_hearer,
    statement_before,
    statement_end,
)

_TWO_WORD_VERBS = en.table("TWO_WORD_VERBS")
_NOT_RESUMING = frozenset({"who", "which", "where", "and", "but", "as", "when", "while", "after", "whose", "though"})


class AttributedContent(Struct, frozen=True):
    """Tokens ``[first, last)`` that the cue at ``cue`` attributes, with the rule that found them."""

    first: int
    last: int
    rule: str
    cue: int


def is_two_word_verb(sent: SentenceFeatures, i: int) -> bool:
    """Whether a verb of speech in two words is at ``i``: pointed out, made clear."""
    return sent.word(i + 1) == _TWO_WORD_VERBS.get(sent.word(i), " ")


def speech_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what the verb of speech or thought at ``i`` reports."""
    if sent.word(i + 1) == "by" and sent.word(i) not in en.ASK:
        return
    end = i + 1 + is_two_word_verb(sent, i)
    if source_follows_verb(sent, i):
        yield from _claims_before(sent, i - 1, i)
        yield from _resumed_claims(sent, i, end, adjacent_comma=-1)
        return
    source = source_start(sent, i)
    opener = find_content_opener(sent, i, end)
    past_hearer = skip_hearer(sent, i, end)
    if (comma := _comma_after_as(sent, i)) > 0 and opener is None:
        yield AttributedContent(comma + 1, statement_end(sent, comma + 1), "as", i)
        return
    resumes = opener is not None and opener[1] == "quotation" and opener[0] == past_hearer + 1
    may_close = (opener is None or resumes) and sent.word(i) in en.CLOSING_VERBS
    if may_close and is_closing_attribution(sent, source, i, past_hearer):
        resumed = tuple(_resumed_claims(sent, i, end, adjacent_comma=past_hearer))
        split = any(c.rule == "resumed scrap" or is_finite(sent, c.first) for c in resumed)
        yield from (replace(c, rule="subject before") if split else c for c in _claims_before(sent, source - 1, i))
        yield from resumed
    elif opener is not None:
        yield from _claims_after_opener(sent, i, opener)
    else:
        yield from _claims_without_opener(sent, i, past_hearer)


def _comma_after_as(sent: SentenceFeatures, verb: int) -> int:
    """Return the comma after "As SOURCE told HEARER" at the start of a sentence, or 0."""
    first = min(sent.capital_positions, default=0)
    if sent.word(first) != "as" or not first < verb < first + MAX_OPENER_DISTANCE or "," in sent.folded[first:verb]:
        return 0
    comma = _next_comma(sent, verb + 1, min(len(sent), verb + MAX_OPENER_DISTANCE))
    return comma if comma > 0 and is_clause(sent, comma + 1) else 0


def _claims_before(sent: SentenceFeatures, comma: int, cue: int) -> Iterator[AttributedContent]:
    """Yield the statement that ends at a comma or at a closing mark."""
    opened = sent.closing_marks.get(comma)
    if opened is not None:
        first = _mixed_quotation_start(sent, opened)
        yield AttributedContent(first, comma + 1, "quotation before" if first == opened else "mixed before", cue)
        return
    if sent.word(cue) in en.ONLY_QUOTES - en.BARE_CLAUSE_VERBS:
        return
    first, last = statement_before(sent, comma)
    if any(q.first <= first < q.last and q.last > last for q in sent.quotations) or _is_speech_circumstance(
        sent, first
    ):
        return
    scrap = not has_finite_verb(sent, first, last, 40) and (last - first < 4 or sent.word(first) in en.PREPOSITIONS)
    yield AttributedContent(first, last, "scrap before" if scrap else "before", cue)


def _is_speech_circumstance(sent: SentenceFeatures, start: int) -> bool:
    """Whether the words at ``start`` open a circumstance of speaking: "When asked…", "Reflecting on…"."""
    word = sent.word(start)
    if sent.word(start + 1) == "asked" or (word.endswith("ing") and len(word) > 5):
        return True
    return word == "asked" or (word.endswith("ed") and sent.word(start + 1) in en.PREPOSITIONS)


def _mixed_quotation_start(sent: SentenceFeatures, first: int) -> int:
    """Return where the statement starts that a quotation closes: at itself or at words before it."""
    before = sent.word(first - 1)
    if first == 0 or before in CLAUSE_ENDS | {":"} or sent.is_mark(first - 1):
        return first
    if before == "," and sent.tokens[first + 1].text[:1].isupper():
        return first
    return statement_before(sent, first)[0]


def _resumed_claims(sent: SentenceFeatures, verb: int, at: int, *, adjacent_comma: int) -> Iterator[AttributedContent]:
    """Yield what goes on after an inserted ", she said," and the quotation after any source."""
    comma = _next_comma(sent, at, min(len(sent), at + MAX_RESUME_DISTANCE))
    start = comma + 1
    if comma < 0 or start >= sent.content_end():
        return
    if opens_quotation(sent, start):
        close = quotation_end(sent, start)
        goes_on = close < sent.content_end() and not _ends_with_quotation(sent, close)
        yield AttributedContent(start, statement_end(sent, start) if goes_on else close, "quotation resumed", verb)
    elif comma == adjacent_comma:
        word = sent.word(start)
        if not word.endswith("ing") and word not in _NOT_RESUMING | en.PREPOSITIONS:
            rule = "resumed" if has_finite_verb(sent, start, len(sent), 30) else "resumed scrap"
            yield AttributedContent(start, statement_end(sent, start), rule, verb)


def _next_comma(sent: SentenceFeatures, at: int, far: int) -> int:
    """Return the comma before the next stop or mark, -1 if there is none; the one before a mark wins."""
    found = -1
    while at < far and sent.word(at) not in CLAUSE_ENDS and not sent.is_mark(at):
        if sent.word(at) == ",":
            found = at if found < 0 or opens_quotation(sent, at + 1) else found
        at += 1
    return found


def _claims_without_opener(sent: SentenceFeatures, verb: int, start: int) -> Iterator[AttributedContent]:
    """Yield what follows a verb without "that" or a quotation."""
    word = sent.word(verb)
    end = content_end(sent, verb, start)
    if _is_indirect_question(sent, verb, start):
        yield AttributedContent(start, end, "question", verb)
    elif _is_own_thought(sent, verb) or start >= sent.content_end() or _is_agentless_passive(sent, verb):
        return
    elif word in en.BARE_CLAUSE_VERBS and (word in en.SAY or _starts_subject(sent, start)) and is_clause(sent, start):
        yield AttributedContent(start, end, "said" if word in en.SAY else "bare", verb)
    elif word in en.SAY and sent.word(start) not in CLAUSE_BREAKS | en.PREPOSITIONS:
        yield AttributedContent(start, end, "said scrap", verb)


def _starts_subject(sent: SentenceFeatures, at: int) -> bool:
    """Whether the word at ``at`` may begin a subject."""
    word = sent.word(at)
    gerund = word.endswith("ing") and word not in en.PRONOUNS
    return not gerund and word not in en.PREPOSITIONS | en.CONJUNCTIONS | en.ADVERBS


def content_end(sent: SentenceFeatures, verb: int, start: int) -> int:
    """Return where the content from ``start`` ends, as its verb is in a main clause or another."""
    return statement_end(sent, start, aside=_in_relative_clause(sent, verb), front=_in_fronted_clause(sent, verb))


def _is_indirect_question(sent: SentenceFeatures, verb: int, at: int) -> bool:
    """Whether an indirect question is at ``at``, no circumstance of speaking."""
    word = sent.word(at)
    if word not in en.QUESTION_WORDS or sent.word(verb) not in en.QUESTION_VERBS:
        return False
    return word not in ("when", "where", "which", "who", "if") or (word == "if" and sent.word(verb) in en.ASK)


def _is_own_thought(sent: SentenceFeatures, verb: int) -> bool:
    """Whether somebody reports a thought of their own: "I don't believe", "you think"."""
    at = verb - 1
    while sent.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return sent.word(verb) in en.THINK and sent.word(at) in ("i", "you")


def _is_agentless_passive(sent: SentenceFeatures, verb: int) -> bool:
    """Whether the verb is a passive without a speaker: was determined, but not "was told"."""
    return sent.word(verb - 1) in ("be", "been", "being", "is", "are", "was", "were") and not (
        sent.word(verb) in en.TELL or sent.word(verb).endswith("ing")
    )


def _in_relative_clause(sent: SentenceFeatures, verb: int) -> bool:
    """Whether the verb is in a relative clause: who said, which shows."""
    at = verb - 1
    while at >= 0 and sent.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return sent.word(at) in ("who", "which")


def _in_fronted_clause(sent: SentenceFeatures, verb: int) -> bool:
    """Whether the verb is in a subordinate clause that opens the sentence: While critics say …."""
    first = min(sent.capital_positions, default=0)
    if sent.word(first) in en.FRONTED_CLAUSE_WORDS:
        return "," not in sent.folded[first:verb]
    return sent.word(verb).endswith("ing") and verb - first < 3


def _claims_after_opener(sent: SentenceFeatures, verb: int, opener: tuple[int, str]) -> Iterator[AttributedContent]:
    start, kind = opener
    end = content_end(sent, verb, start)
    if kind != "quotation":
        yield AttributedContent(start, end, kind, verb)
        return
    close = quotation_end(sent, start)
    goes_on = close < sent.content_end() and not _ends_with_quotation(sent, close)
    yield AttributedContent(start, end if goes_on else close, "quotation on" if goes_on else "quotation after", verb)


def _ends_with_quotation(sent: SentenceFeatures, close: int) -> bool:
    """Whether a statement ends with the quotation that ends at ``close``."""
    return closes_statement(sent, close - 1) or sent.word(close) in CLAUSE_BREAKS | {"and", "but", "while", "-"}
