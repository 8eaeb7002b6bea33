"""Claims: what a sentence attributes to a source, the likeliest set first and the other extents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from msgspec.structs import replace

from annotator.core.tokens import TokenRange
from annotator.language import attributions
from annotator.language import english as en
from annotator.language.clauses import CLAUSE_ENDS, has_finite_verb, is_clause, is_verb
from annotator.language.quotations import OPENING_MARKS, Quotation
from annotator.language.sentence_features import SentenceFeatures, is_capital, is_word
from annotator.language.span_kinds import SpanCandidate
from annotator.language.statements import container_end, early_statement_ends, statement_end, strip_breaks

# Quotations as claims: whole ones, and which marks only quote a title or a few words.


def quotation_claims(sent: SentenceFeatures) -> Iterator[tuple[int, int, str]]:
    """Yield first, last and rule of each outermost quotation, and of a mark that opens the next sentence."""
    end = -1
    for q in sent.quotations:
        if q.last > end:
            yield q.first, q.last, _quotation_rule(sent, q)
            end = q.last
    last = len(sent) - 1
    if last >= 0 and sent.tokens[last].text in OPENING_MARKS and (last == 0 or sent.tokens[last - 1].ws):
        yield last, last + 1, "mark"


def _quotation_rule(sent: SentenceFeatures, q: Quotation) -> str:
    if not q.has_opening:
        if not sent.starts_in_quotation and _looks_like_title(sent, q):
            return "title"
        return ("spoken end" if sent.starts_in_quotation else "spoken end alone") if q.has_closing else "spoken"
    if not q.has_closing:
        return "open"
    if _looks_like_title(sent, q):
        return "title"
    if q.first == 0 and q.last >= sent.content_end():
        return "quotation whole"
    before = sent.word(q.first - 1)
    if q.first == 0 or before in CLAUSE_ENDS:
        return "quotation start"
    return "quotation point" if before in (",", ":") else "quotation part"


def _looks_like_title(sent: SentenceFeatures, q: Quotation) -> bool:
    """Whether a quotation looks like a title: capitals and no finite verb of its own."""
    first, last = q.content
    words = [t.text for t in sent.tokens[first:last] if is_word(t.text) and t.text.lower() not in en.FUNCTION_WORDS]
    return 0 < sum(map(is_capital, words)) == len(words) < 7 and not (
        has_finite_verb(sent, first, last) and sent.word(last - 1) in CLAUSE_ENDS
    )


_MAX_CUES = 48
"""How many cues of a sentence are read; keeps an endless sentence linear."""
MIN_CLAIM_SCORE = 0.35
"""Candidates below this score are no part of the best set: they would cost more than they bring."""
_NESTED_FACTOR = 0.15
"""What is left of a candidate's score inside another claim: annotators rarely mark both."""
_CUE_WORDS = en.CLAIM_CUES | en.CLAIM_NOUNS | en.CLAIM_ADJECTIVES | en.TWO_WORD_VERBS
_CUE_WORDS |= en.PREPOSITIONAL_CUES | {"according", "whether"}
_EARLY_SCORE = 0.1
_EARLY_RULE = "early"
"""The rule of a claim that ends before what the writer may have added."""
_MAX_QUOTATIONS = 64
"""How many quotations of a sentence are read, for the same reason."""
CLAIM_RULE_SCORES = en.scores("CLAIM_RULE_SCORES")


def best_claims(sent: SentenceFeatures) -> tuple[SpanCandidate, ...]:
    """Return the likeliest claims of a sentence in reading order; none overlaps another."""
    return _split_best(sent)[0]


def claim_candidates(sent: SentenceFeatures) -> tuple[SpanCandidate, ...]:
    """Return the best claims and, with lower scores, what else may be one; by start, the longer first."""
    best, others = _split_best(sent)
    return tuple(sorted((*best, *others), key=lambda r: (r.first, -r.last)))


def claim_ranges(sent: SentenceFeatures) -> tuple[TokenRange, ...]:
    """Return the ranges of the candidates without those that are only a quotation."""
    plain = {(q.first, q.last) for q in sent.quotations} | {q.content for q in sent.quotations}
    ranges = ((r.first, r.last) for r in claim_candidates(sent) if r.score > 0.2)
    return tuple(r for r in ranges if r not in plain and r[1] - r[0] > 1)


@lru_cache(maxsize=64)
def _split_best(sent: SentenceFeatures) -> tuple[tuple[SpanCandidate, ...], tuple[SpanCandidate, ...]]:
    """Split the candidates into the best set and the rest, whose scores are lower inside a best one."""
    best: list[SpanCandidate] = []
    rest: list[SpanCandidate] = []
    for r in sorted(_scored_candidates(sent), key=lambda r: (r.first - r.last, r.first)):
        over = [b for b in best if r.first < b.last and b.first < r.last]
        if r.score < MIN_CLAIM_SCORE or over:
            is_nested = over and r.rule != _EARLY_RULE
            rest.append(replace(r, score=round(r.score * _NESTED_FACTOR, 3)) if is_nested else r)
        else:
            best.append(r)
    return tuple(sorted(best, key=lambda r: r.first)), tuple(rest)


def _scored_candidates(sent: SentenceFeatures) -> Iterator[SpanCandidate]:
    """Yield one candidate a range: that of the likeliest rule."""
    found: dict[TokenRange, str] = {}
    cues = [i for i, w in enumerate(sent.folded) if w in _CUE_WORDS][:_MAX_CUES]
    ranges = [(c.first, c.last, c.rule) for i in cues for c in _claims_of_cue(sent, i) if c.first < c.last]
    for first, last, rule in (*ranges, *islice(quotation_claims(sent), _MAX_QUOTATIONS)):
        if CLAIM_RULE_SCORES.get(found.get((first, last), ""), -1.0) < CLAIM_RULE_SCORES[rule]:
            found[first, last] = rule
    for (first, last), rule in found.items():
        yield SpanCandidate(first, last, "claim", CLAIM_RULE_SCORES[rule], rule)
    early = {(first, end) for first, last, _ in ranges for end in [*early_statement_ends(sent, first, last)][-2:]}
    for first, end in sorted(early - set(found)):
        yield SpanCandidate(first, end, "claim", _EARLY_SCORE, _EARLY_RULE)


def _claims_of_cue(sent: SentenceFeatures, i: int) -> Iterator[attributions.AttributedContent]:
    word = sent.word(i)
    if word == "according":
        yield from attributions.according_to_claims(sent, i)
    elif word == "whether":
        yield from attributions.whether_claims(sent, i)
    elif attributions.is_two_word_verb(sent, i):
        yield from attributions.speech_claims(sent, i)
    elif (word in en.CLAIM_CUES or word in en.PREPOSITIONAL_CUES) and is_verb(sent, i):
        found = tuple(attributions.speech_claims(sent, i)) if word in en.SPEECH_FORMS else ()
        yield from found or attributions.attitude_claims(sent, i)
    elif word in en.CLAIM_NOUNS | en.CLAIM_ADJECTIVES:
        yield from attributions.noun_claims(sent, i)


# Where a claim ends whose start is known, and what else it may be.


def claim_from(sent: SentenceFeatures, first: int) -> TokenRange:
    """Return the likeliest claim that starts at a token."""
    starting = [r for r in claim_candidates(sent) if r.first == first]
    if starting:
        likeliest = max(starting, key=lambda r: (r.score, r.last))
        return likeliest.first, likeliest.last
    quotation = next((q.last for q in sent.quotations if q.first == first and q.has_opening), 0)
    opens_clause = sent.word(first) in _CLAUSE_STARTS or is_clause(sent, first)
    ends = statement_end if opens_clause else attributions.noun_phrase_end
    return first, max(first + 1, quotation or ends(sent, first))


_CLAUSE_STARTS = frozenset({"that", "to", "whether", "why", "how", "what", "if"})


def claim_ends(sent: SentenceFeatures, first: int) -> tuple[int, ...]:
    """Return where a claim from ``first`` may end, the nearest first."""
    ends = {r.last for r in claim_candidates(sent) if r.first == first}
    ends |= {attributions.noun_phrase_end(sent, first), statement_end(sent, first)}
    ends.add(strip_breaks(sent, first, container_end(sent, first)))
    return tuple(sorted(e for e in ends if e > first))
