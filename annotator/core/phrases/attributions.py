"""What words of saying and thinking report: after them, before them, or on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotator.core.phrases.clauses import CLAUSE_BREAKS, CLAUSE_ENDS, has_finite_verb, is_clause, quotation_end
from annotator.core.phrases.en import speech
from annotator.core.phrases.en import words as en
from annotator.core.phrases.openers import MAX_RESUME_DISTANCE, MAX_OPENER_DISTANCE, find_content_opener, skip_hearer
from annotator.core.phrases.sources import is_closing_attribution, closes_statement, source_follows_verb, opens_quotation, source_start
from annotator.core.phrases.statements import statement_before, statement_end
from annotator.core.phrases.verbs import is_finite
from annotator.core.phrases.view import SentenceFeatures, is_quotation_mark

_NOT_RESUMING = frozenset(
    {"who", "which", "where", "and", "but", "as", "when", "while", "after", "whose", "though"}
)


@dataclass(frozen=True, slots=True)
class AttributedContent:
    """Tokens ``[first, last)`` that the cue at ``cue`` attributes, with the rule that says so."""

    first: int
    last: int
    rule: str
    cue: int


def is_two_word_verb(features: SentenceFeatures, i: int) -> bool:
    """Whether a verb of speech in two words stands at ``i``: pointed out, made clear."""
    return features.word(i + 1) == speech.TWO_WORD_VERBS.get(features.word(i), " ")


def speech_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what the verb of speech or thought at ``i`` reports."""
    if features.word(i + 1) == "by" and features.word(i) not in speech.ASK:
        return
    end = i + 1 + is_two_word_verb(features, i)
    if source_follows_verb(features, i):
        yield from _claims_before(features, i - 1, i)
        yield from _resumed_claims(features, i, end, adjacent_comma=-1)
        return
    source = source_start(features, i)
    opener = find_content_opener(features, i, end)
    past_hearer = skip_hearer(features, i, end)
    if (comma := _comma_after_as(features, i)) > 0 and opener is None:
        yield AttributedContent(comma + 1, statement_end(features, comma + 1), "as", i)
        return
    resumes = opener is not None and opener[1] == "quotation" and opener[0] == past_hearer + 1
    if (opener is None or resumes) and features.word(i) in speech.CLOSING_VERBS and is_closing_attribution(features, source, i, past_hearer):
        resumed = tuple(_resumed_claims(features, i, end, adjacent_comma=past_hearer))
        split = any(c.rule == "resumed scrap" or is_finite(features, c.first) for c in resumed)
        yield from (replace(c, rule="subject before") if split else c for c in _claims_before(features, source - 1, i))
        yield from resumed
    elif opener is not None:
        yield from _claims_after_opener(features, i, opener)
    else:
        yield from _claims_without_opener(features, i, past_hearer)


def _comma_after_as(features: SentenceFeatures, verb: int) -> int:
    """Return the comma after "As SOURCE told HEARER" at the start of a sentence, or 0."""
    first = min(features.capital_positions, default=0)
    if features.word(first) != "as" or not first < verb < first + MAX_OPENER_DISTANCE or "," in features.folded[first:verb]:
        return 0
    comma = _next_comma(features, verb + 1, min(len(features), verb + MAX_OPENER_DISTANCE))
    return comma if comma > 0 and is_clause(features, comma + 1) else 0


def _claims_before(features: SentenceFeatures, comma: int, cue: int) -> Iterator[AttributedContent]:
    """Yield the statement that ends at a comma or at a closing mark."""
    opened = features.closing_marks.get(comma)
    if opened is not None:
        first = _mixed_quotation_start(features, opened)
        yield AttributedContent(first, comma + 1, "quotation before" if first == opened else "mixed before", cue)
        return
    if features.word(cue) in speech.ONLY_QUOTES - speech.BARE_CLAUSE_VERBS:
        return
    first, last = statement_before(features, comma)
    if any(q.first <= first < q.last and q.last > last for q in features.quotations) or _is_speech_circumstance(features, first):
        return
    scrap = not has_finite_verb(features, first, last, 40) and (
        last - first < 4 or features.word(first) in en.PREPOSITIONS
    )
    yield AttributedContent(first, last, "scrap before" if scrap else "before", cue)


def _is_speech_circumstance(features: SentenceFeatures, start: int) -> bool:
    """Whether the words at ``start`` open a circumstance of speaking: "When asked…", "Reflecting on…"."""
    word = features.word(start)
    if features.word(start + 1) == "asked" or (word.endswith("ing") and len(word) > 5):
        return True
    return word == "asked" or (word.endswith("ed") and features.word(start + 1) in en.PREPOSITIONS)


def _mixed_quotation_start(features: SentenceFeatures, first: int) -> int:
    """Return where the statement starts that a quotation closes: at itself or at words before it."""
    before = features.word(first - 1)
    if first == 0 or before in CLAUSE_ENDS | {":"} or is_quotation_mark(features.tokens[first - 1].text):
        return first
    if before == "," and features.tokens[first + 1].text[:1].isupper():
        return first
    return statement_before(features, first)[0]


def _resumed_claims(features: SentenceFeatures, verb: int, at: int, *, adjacent_comma: int) -> Iterator[AttributedContent]:
    """Yield what goes on after an inserted ", she said," and the quotation after any source."""
    comma = _next_comma(features, at, min(len(features), at + MAX_RESUME_DISTANCE))
    start = comma + 1
    if comma < 0 or start >= features.content_end():
        return
    if opens_quotation(features, start):
        close = quotation_end(features, start)
        goes_on = close < features.content_end() and not _ends_with_quotation(features, close)
        yield AttributedContent(start, statement_end(features, start) if goes_on else close, "quotation resumed", verb)
    elif (
        comma == adjacent_comma
        and not features.word(start).endswith("ing")
        and features.word(start) not in _NOT_RESUMING | en.PREPOSITIONS
    ):
        rule = "resumed" if has_finite_verb(features, start, len(features), 30) else "resumed scrap"
        yield AttributedContent(start, statement_end(features, start), rule, verb)


def _next_comma(features: SentenceFeatures, at: int, far: int) -> int:
    """Return the comma before the next stop or mark, -1 if there is none; the one before a mark wins."""
    found = -1
    while at < far and features.word(at) not in CLAUSE_ENDS and not is_quotation_mark(features.tokens[at].text):
        if features.word(at) == ",":
            found = at if found < 0 or opens_quotation(features, at + 1) else found
        at += 1
    return found


def _claims_without_opener(features: SentenceFeatures, verb: int, start: int) -> Iterator[AttributedContent]:
    """Yield what follows a verb without "that" or a quotation."""
    word = features.word(verb)
    end = content_end(features, verb, start)
    if _is_indirect_question(features, verb, start):
        yield AttributedContent(start, end, "question", verb)
    elif _is_own_thought(features, verb) or start >= features.content_end() or _is_agentless_passive(features, verb):
        return
    elif (
        word in speech.BARE_CLAUSE_VERBS
        and (word in speech.SAY or _starts_subject(features, start))
        and is_clause(features, start)
    ):
        yield AttributedContent(start, end, "said" if word in speech.SAY else "bare", verb)
    elif word in speech.SAY and features.word(start) not in CLAUSE_BREAKS | en.PREPOSITIONS:
        yield AttributedContent(start, end, "said scrap", verb)


def _starts_subject(features: SentenceFeatures, at: int) -> bool:
    """Whether the word at ``at`` may begin a subject."""
    word = features.word(at)
    return word not in en.PREPOSITIONS | en.CONJUNCTIONS | en.ADVERBS and not (
        word.endswith("ing") and word not in en.PRONOUNS
    )


def content_end(features: SentenceFeatures, verb: int, start: int) -> int:
    """Return where the content from ``start`` ends, as its verb stands in a main clause or another."""
    return statement_end(features, start, aside=_in_relative_clause(features, verb), front=_in_fronted_clause(features, verb))


def _is_indirect_question(features: SentenceFeatures, verb: int, at: int) -> bool:
    """Whether an indirect question stands at ``at``, no circumstance of speaking."""
    word = features.word(at)
    if word not in speech.QUESTION_WORDS or features.word(verb) not in speech.QUESTION_VERBS:
        return False
    return word not in ("when", "where", "which", "who", "if") or (
        word == "if" and features.word(verb) in speech.ASK
    )


def _is_own_thought(features: SentenceFeatures, verb: int) -> bool:
    """Whether somebody tells of a thought of their own: "I don't believe", "you think"."""
    at = verb - 1
    while features.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return features.word(verb) in speech.THINK and features.word(at) in ("i", "you")


def _is_agentless_passive(features: SentenceFeatures, verb: int) -> bool:
    """Whether nobody is said to speak: was determined; "was told" has a hearer for its subject."""
    return features.word(verb - 1) in ("be", "been", "being", "is", "are", "was", "were") and not (
        features.word(verb) in speech.TELL or features.word(verb).endswith("ing")
    )


def _in_relative_clause(features: SentenceFeatures, verb: int) -> bool:
    """Whether the verb stands in a relative clause: who said, which shows."""
    at = verb - 1
    while at >= 0 and features.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return features.word(at) in ("who", "which")


def _in_fronted_clause(features: SentenceFeatures, verb: int) -> bool:
    """Whether the verb stands in a subordinate clause that opens the sentence: While critics say …."""
    first = min(features.capital_positions, default=0)
    if features.word(first) in speech.FRONTED_CLAUSE_WORDS:
        return "," not in features.folded[first:verb]
    return features.word(verb).endswith("ing") and verb - first < 3


def _claims_after_opener(features: SentenceFeatures, verb: int, opener: tuple[int, str]) -> Iterator[AttributedContent]:
    start, kind = opener
    end = content_end(features, verb, start)
    if kind != "quotation":
        yield AttributedContent(start, end, kind, verb)
        return
    close = quotation_end(features, start)
    goes_on = close < features.content_end() and not _ends_with_quotation(features, close)
    yield AttributedContent(start, end if goes_on else close, "quotation on" if goes_on else "quotation after", verb)


def _ends_with_quotation(features: SentenceFeatures, close: int) -> bool:
    """Whether a statement ends with the quotation that ends at ``close``."""
    return closes_statement(features, close - 1) or features.word(close) in CLAUSE_BREAKS | {"and", "but", "while", "-"}
