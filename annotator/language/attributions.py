"""What verbs of speech and thought report: after them, before them, or on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

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
    is_infinitive,
    is_spaced_dash,
    opens_quotation,
    quotation_end,
    source_follows_verb,
    source_start,
)
from annotator.language.sentence_features import SentenceFeatures
from annotator.language.statements import (
    MAX_OPENER_DISTANCE,
    MAX_RESUME_DISTANCE,
    container_end,
    find_content_opener,
    skip_hearer,
    statement_before,
    statement_end,
    strip_breaks,
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
    reaches_out = any(q.first <= first < q.last and q.last > last for q in sent.quotations)
    if reaches_out or _is_speech_circumstance(sent, first):
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


# Claims after nouns and adjectives ("his belief that …"), and what somebody wants, asks for or judges.


_PREPOSITIONAL_CUES = en.table("PREPOSITIONAL_CUES")
_MAX_NOUN_PHRASE = 8
"""How many tokens may be between a noun and its "that"."""
_MAX_ACCORDING_SOURCE = 16
_PASSIVE_AUXILIARIES = frozenset({"is", "are", "was", "were", "be", "been", "being", "widely", "n't", "not"})
_ACTION_ADDITIONS = frozenset({"though", "although", "which", "where", "who", "but", "while"})
_NOUN_PHRASE_ENDS = frozenset({"while", "although", "though", "but", "because", "despite", "even"})


def according_to_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the statement before or after "according to SOURCE"."""
    if sent.word(i + 1) != "to":
        return
    if i > 1:
        end = i - (sent.word(i - 1) in (",", "–", "—", "-"))
        yield AttributedContent(*statement_before(sent, end), "according", i)
        return
    commas = [k for k in range(i + 2, min(i + 2 + 2 * _MAX_ACCORDING_SOURCE, len(sent))) if sent.word(k) == ","]
    if len(commas) > 1 and not sent.is_capitalised(commas[0] - 1):
        after = commas[0] + 1  # of an apposition, perhaps: according to the coach, Ilse Brandt, …
        apposed = sent.is_capitalised(after) or sent.word(after).endswith("ing")
        if apposed and not has_finite_verb(sent, commas[0], commas[1], _MAX_ACCORDING_SOURCE):
            commas = commas[1:]
    if commas:
        start = commas[0] + 1
        yield AttributedContent(start, statement_end(sent, start), "according first", i)


def whether_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the question after a noun: a debate over whether …."""
    yield AttributedContent(i, statement_end(sent, i), "whether", i)


def noun_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the "that" clause after a noun or an adjective: his belief that …, confident that …."""
    adjective = sent.word(i) in en.CLAIM_ADJECTIVES
    if adjective and sent.word(i - 1) in en.AUXILIARIES | en.ADVERBS and is_clause(sent, i + 1):
        yield AttributedContent(i + 1, content_end(sent, i, i + 1), "adjective", i)
    at = _that_position(sent, i)
    if at:
        end = content_end(sent, i, at)
        early = 0 if adjective or has_finite_verb(sent, 0, i, i) else _second_finite_verb(sent, at, end)
        if early:
            yield AttributedContent(at, early, "noun subject", i)
        yield AttributedContent(at, end, "adjective" if adjective else "noun long" if early else "noun", i)


def _that_position(sent: SentenceFeatures, i: int) -> int:
    """Return the place of the "that" near the noun at ``i``, or 0."""
    for at in range(i + 1, min(i + _MAX_NOUN_PHRASE, len(sent))):
        if sent.word(at) == "that":
            return at if is_clause(sent, at + 1) else 0
        if sent.word(at) in CLAUSE_BREAKS or is_finite(sent, at):
            return 0
    return 0


def _second_finite_verb(sent: SentenceFeatures, at: int, end: int) -> int:
    """Return the finite verb whose subject is the noun with its clause, or 0."""
    seen = 0
    for i in range(at + 1, end):
        if sent.word(i) in en.FINITE_FORMS and not (seen and i - seen < 2):
            if seen and sent.word(i - 1) not in en.SUBJECT_WORDS | en.CONJUNCTIONS | en.ADVERBS:
                return i
            seen = i
    return 0


def attitude_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what somebody wants, judges or asks for: the first frame that fits."""
    frames = chain(_action_claims(sent, i), _question_claims(sent, i), _naming_claims(sent, i), _object_claims(sent, i))
    yield from islice(frames, 1)


def _action_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the infinitive after "is expected" or "promised"."""
    if sent.word(i) in en.ALLEGED and _is_passive(sent, i) and sent.word(i + 1) == "to":
        yield AttributedContent(i + 1, action_end(sent, i, i + 1), "alleged", i)
    elif sent.word(i) in en.PROMISE and is_infinitive(sent, i + 1):
        yield AttributedContent(i + 1, action_end(sent, i, i + 1), "infinitive", i)


def _question_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what somebody is asked, and what somebody calls for."""
    word, then = sent.word(i), sent.word(i + 1)
    if word in ("asked", "questioned", "quizzed", "pressed"):
        at = skip_hearer(sent, i, i + 1)
        if sent.word(at) in en.QUESTION_WORDS:
            yield AttributedContent(at, statement_end(sent, at, front=True), "asked", i)
        elif sent.word(at) == "about":
            yield AttributedContent(at, noun_phrase_end(sent, at), "asked about", i)
    if _PREPOSITIONAL_CUES.get(word) == then:
        yield AttributedContent(i + 2, noun_phrase_end(sent, i + 2), f"called {then}", i)
    elif word in en.CALLS and then == "on" and _is_object_with_infinitive(sent, i + 2):
        yield AttributedContent(i + 2, action_end(sent, i, i + 2), "urged", i)


def _naming_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what a verb of naming or seeing calls something: it a “farce”, it as a farce."""
    word, has_object = sent.word(i), sent.word(i + 1) not in CLAUSE_BREAKS | en.PREPOSITIONS
    if word in en.CALL and has_object:
        for at in range(i + 1, min(i + 13, len(sent))):
            if opens_quotation(sent, at):
                rule = "called" if at > i + 1 else "called quotation"
                yield AttributedContent(i + 1, quotation_end(sent, at), rule, i)
                break
            if sent.word(at) in CLAUSE_BREAKS:
                break
    if _is_passive(sent, i):
        return
    if word in en.DEEM and has_object:
        yield AttributedContent(i + 1, noun_phrase_end(sent, i + 1), "deemed", i)
    if word in en.SEE_AS:
        end = noun_phrase_end(sent, i + 1)
        if "as" in sent.folded[i + 2 : min(end, i + 10)]:
            yield AttributedContent(i + 1, end, "seen as", i)


def _object_claims(sent: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the object of a verb of urging, judging or taking sides."""
    word, at = sent.word(i), i + 1
    if word in en.URGE and not _is_passive(sent, i) and _is_object_with_infinitive(sent, at):
        yield AttributedContent(at, action_end(sent, i, at), "urged", i)
    if word in en.ACCUSE and sent.word(at) == "of":
        yield AttributedContent(at, noun_phrase_end(sent, at), "accused of", i)
    if _is_passive(sent, i) or sent.word(at) in CLAUSE_BREAKS | en.CONJUNCTIONS | en.PREPOSITIONS or at >= len(sent):
        return
    rule = "accused" if word in en.ACCUSE else "backed" if word in en.SUPPORT_VERBS else ""
    if word in en.CONSIDER and sent.word(at).endswith("ing") and sent.word(at + 1) not in CLAUSE_BREAKS:
        rule = "gerund"
    if rule:
        yield AttributedContent(at, noun_phrase_end(sent, at), rule, i)


def _is_passive(sent: SentenceFeatures, i: int) -> bool:
    return sent.word(i - 1) in _PASSIVE_AUXILIARIES


def action_end(sent: SentenceFeatures, verb: int, start: int) -> int:
    """Return where an infinitive ends: as a statement, but before a clause that the writer adds."""
    end = content_end(sent, verb, start)
    for at in range(start + 1, end):
        word, then = sent.word(at), sent.word(at + 1)
        if word in ("despite", "but") or (word == "," and then in _ACTION_ADDITIONS):
            return strip_breaks(sent, start, at)
        if word == ":" and not opens_quotation(sent, at + 1):
            return at
    return end


def noun_phrase_end(sent: SentenceFeatures, at: int) -> int:
    """Return where a noun phrase with all that hangs on it ends: at a break or a new clause."""
    end, i = container_end(sent, at), at + 1
    while i < end:
        if close := quotation_end(sent, i):
            i = close
            if sent.word(close - 2) in CLAUSE_BREAKS:
                return close
            continue
        word = sent.word(i)
        # Whether a time of the judging is at ``i``: in February, last week
        if (
            word in CLAUSE_BREAKS - {"(", ")"}
            or word in _NOUN_PHRASE_ENDS
            or is_spaced_dash(sent, i)
            or (sent.word(i) in ("in", "on", "last", "this") and sent.word(i + 1) in en.TIME_WORDS)
            or (word in ("after", "during", "when") and i - at > 2)
        ):
            return i
        if word == "and" and is_finite(sent, i + 1) and sent.word(i + 1) not in en.PRESENT_FORMS:
            return i
        i += 1
    return strip_breaks(sent, at, end)


def _is_object_with_infinitive(sent: SentenceFeatures, at: int) -> bool:
    """Whether a short noun phrase and an infinitive are at ``at``: urged [him not to stop]."""
    if sent.word(at) in CLAUSE_BREAKS | en.PREPOSITIONS | en.CONJUNCTIONS:
        return False
    for i in range(at, min(at + 9, len(sent))):
        if sent.word(i) == "to":
            return i > at and is_infinitive(sent, i)
        if sent.word(i) in CLAUSE_BREAKS or is_finite(sent, i):
            return False
    return False
