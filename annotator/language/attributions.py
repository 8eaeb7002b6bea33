"""What words of saying and thinking report: after them, before them, or on both sides."""

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
    is_infinitive,
    is_spaced_dash,
    opens_quotation,
    quotation_end,
    source_follows_verb,
    source_start,
)
from annotator.language.sentence_features import SentenceFeatures, is_quotation_mark
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
_PREPOSITIONAL_CUES = en.table("PREPOSITIONAL_CUES")
_NOT_RESUMING = frozenset(
    {"who", "which", "where", "and", "but", "as", "when", "while", "after", "whose", "though"}
)


class AttributedContent(Struct, frozen=True):
    """Tokens ``[first, last)`` that the cue at ``cue`` attributes, with the rule that says so."""

    first: int
    last: int
    rule: str
    cue: int


def is_two_word_verb(features: SentenceFeatures, i: int) -> bool:
    """Whether a verb of speech in two words stands at ``i``: pointed out, made clear."""
    return features.word(i + 1) == _TWO_WORD_VERBS.get(features.word(i), " ")


def speech_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what the verb of speech or thought at ``i`` reports."""
    if features.word(i + 1) == "by" and features.word(i) not in en.ASK:
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
    if (
        (opener is None or resumes)
        and features.word(i) in en.CLOSING_VERBS
        and is_closing_attribution(features, source, i, past_hearer)
    ):
        resumed = tuple(_resumed_claims(features, i, end, adjacent_comma=past_hearer))
        split = any(c.rule == "resumed scrap" or is_finite(features, c.first) for c in resumed)
        yield from (
            replace(c, rule="subject before") if split else c for c in _claims_before(features, source - 1, i)
        )
        yield from resumed
    elif opener is not None:
        yield from _claims_after_opener(features, i, opener)
    else:
        yield from _claims_without_opener(features, i, past_hearer)


def _comma_after_as(features: SentenceFeatures, verb: int) -> int:
    """Return the comma after "As SOURCE told HEARER" at the start of a sentence, or 0."""
    first = min(features.capital_positions, default=0)
    if (
        features.word(first) != "as"
        or not first < verb < first + MAX_OPENER_DISTANCE
        or "," in features.folded[first:verb]
    ):
        return 0
    comma = _next_comma(features, verb + 1, min(len(features), verb + MAX_OPENER_DISTANCE))
    return comma if comma > 0 and is_clause(features, comma + 1) else 0


def _claims_before(features: SentenceFeatures, comma: int, cue: int) -> Iterator[AttributedContent]:
    """Yield the statement that ends at a comma or at a closing mark."""
    opened = features.closing_marks.get(comma)
    if opened is not None:
        first = _mixed_quotation_start(features, opened)
        yield AttributedContent(
            first, comma + 1, "quotation before" if first == opened else "mixed before", cue
        )
        return
    if features.word(cue) in en.ONLY_QUOTES - en.BARE_CLAUSE_VERBS:
        return
    first, last = statement_before(features, comma)
    if any(
        q.first <= first < q.last and q.last > last for q in features.quotations
    ) or _is_speech_circumstance(features, first):
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


def _resumed_claims(
    features: SentenceFeatures, verb: int, at: int, *, adjacent_comma: int
) -> Iterator[AttributedContent]:
    """Yield what goes on after an inserted ", she said," and the quotation after any source."""
    comma = _next_comma(features, at, min(len(features), at + MAX_RESUME_DISTANCE))
    start = comma + 1
    if comma < 0 or start >= features.content_end():
        return
    if opens_quotation(features, start):
        close = quotation_end(features, start)
        goes_on = close < features.content_end() and not _ends_with_quotation(features, close)
        yield AttributedContent(
            start, statement_end(features, start) if goes_on else close, "quotation resumed", verb
        )
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
    while (
        at < far and features.word(at) not in CLAUSE_ENDS and not is_quotation_mark(features.tokens[at].text)
    ):
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
    elif (
        _is_own_thought(features, verb)
        or start >= features.content_end()
        or _is_agentless_passive(features, verb)
    ):
        return
    elif (
        word in en.BARE_CLAUSE_VERBS
        and (word in en.SAY or _starts_subject(features, start))
        and is_clause(features, start)
    ):
        yield AttributedContent(start, end, "said" if word in en.SAY else "bare", verb)
    elif word in en.SAY and features.word(start) not in CLAUSE_BREAKS | en.PREPOSITIONS:
        yield AttributedContent(start, end, "said scrap", verb)


def _starts_subject(features: SentenceFeatures, at: int) -> bool:
    """Whether the word at ``at`` may begin a subject."""
    word = features.word(at)
    return word not in en.PREPOSITIONS | en.CONJUNCTIONS | en.ADVERBS and not (
        word.endswith("ing") and word not in en.PRONOUNS
    )


def content_end(features: SentenceFeatures, verb: int, start: int) -> int:
    """Return where the content from ``start`` ends, as its verb stands in a main clause or another."""
    return statement_end(
        features, start, aside=_in_relative_clause(features, verb), front=_in_fronted_clause(features, verb)
    )


def _is_indirect_question(features: SentenceFeatures, verb: int, at: int) -> bool:
    """Whether an indirect question stands at ``at``, no circumstance of speaking."""
    word = features.word(at)
    if word not in en.QUESTION_WORDS or features.word(verb) not in en.QUESTION_VERBS:
        return False
    return word not in ("when", "where", "which", "who", "if") or (
        word == "if" and features.word(verb) in en.ASK
    )


def _is_own_thought(features: SentenceFeatures, verb: int) -> bool:
    """Whether somebody tells of a thought of their own: "I don't believe", "you think"."""
    at = verb - 1
    while features.word(at) in en.AUXILIARIES | en.ADVERBS:
        at -= 1
    return features.word(verb) in en.THINK and features.word(at) in ("i", "you")


def _is_agentless_passive(features: SentenceFeatures, verb: int) -> bool:
    """Whether nobody is said to speak: was determined; "was told" has a hearer for its subject."""
    return features.word(verb - 1) in ("be", "been", "being", "is", "are", "was", "were") and not (
        features.word(verb) in en.TELL or features.word(verb).endswith("ing")
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
    if features.word(first) in en.FRONTED_CLAUSE_WORDS:
        return "," not in features.folded[first:verb]
    return features.word(verb).endswith("ing") and verb - first < 3


def _claims_after_opener(
    features: SentenceFeatures, verb: int, opener: tuple[int, str]
) -> Iterator[AttributedContent]:
    start, kind = opener
    end = content_end(features, verb, start)
    if kind != "quotation":
        yield AttributedContent(start, end, kind, verb)
        return
    close = quotation_end(features, start)
    goes_on = close < features.content_end() and not _ends_with_quotation(features, close)
    yield AttributedContent(
        start, end if goes_on else close, "quotation on" if goes_on else "quotation after", verb
    )


def _ends_with_quotation(features: SentenceFeatures, close: int) -> bool:
    """Whether a statement ends with the quotation that ends at ``close``."""
    return closes_statement(features, close - 1) or features.word(close) in CLAUSE_BREAKS | {
        "and",
        "but",
        "while",
        "-",
    }


# What nouns of saying hold, and what somebody wants, asks for, judges or takes sides on.


_MAX_NOUN_PHRASE = 8
"""How many tokens may stand between a noun and its "that"."""
_MAX_ACCORDING_SOURCE = 16
_PASSIVE_AUXILIARIES = frozenset({"is", "are", "was", "were", "be", "been", "being", "widely", "n't", "not"})
_ACTION_ADDITIONS = frozenset({"though", "although", "which", "where", "who", "but", "while"})
_NOUN_PHRASE_ENDS = frozenset({"while", "although", "though", "but", "because", "despite", "even"})


def according_to_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the statement before or after "according to SOURCE"."""
    if features.word(i + 1) != "to":
        return
    if i > 1:
        end = i - (features.word(i - 1) in (",", "–", "—", "-"))
        yield AttributedContent(*statement_before(features, end), "according", i)
        return
    commas = [
        k
        for k in range(i + 2, min(i + 2 + 2 * _MAX_ACCORDING_SOURCE, len(features)))
        if features.word(k) == ","
    ]
    if (
        len(commas) > 1
        and _is_apposition(features, commas[0])
        and not has_finite_verb(features, commas[0], commas[1], _MAX_ACCORDING_SOURCE)
    ):
        commas = commas[1:]
    if commas:
        start = commas[0] + 1
        yield AttributedContent(start, statement_end(features, start), "according first", i)


def _is_apposition(features: SentenceFeatures, comma: int) -> bool:
    """Whether an apposition follows a source: according to the coach, Ilse Brandt, …."""
    return not features.is_capitalised(comma - 1) and (
        features.is_capitalised(comma + 1) or features.word(comma + 1).endswith("ing")
    )


def whether_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the question after a noun: a debate over whether …."""
    yield AttributedContent(i, statement_end(features, i), "whether", i)


def noun_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield the "that" clause after a noun or an adjective: his belief that …, confident that …."""
    adjective = features.word(i) in en.CLAIM_ADJECTIVES
    if adjective and features.word(i - 1) in en.AUXILIARIES | en.ADVERBS and is_clause(features, i + 1):
        yield AttributedContent(i + 1, content_end(features, i, i + 1), "adjective", i)
    at = _that_position(features, i)
    if at:
        end = content_end(features, i, at)
        early = (
            0 if adjective or has_finite_verb(features, 0, i, i) else _second_finite_verb(features, at, end)
        )
        if early:
            yield AttributedContent(at, early, "noun subject", i)
        yield AttributedContent(at, end, "adjective" if adjective else "noun long" if early else "noun", i)


def _that_position(features: SentenceFeatures, i: int) -> int:
    """Return the place of the "that" near the noun at ``i``, or 0."""
    for at in range(i + 1, min(i + _MAX_NOUN_PHRASE, len(features))):
        if features.word(at) == "that":
            return at if is_clause(features, at + 1) else 0
        if features.word(at) in CLAUSE_BREAKS or is_finite(features, at):
            return 0
    return 0


def _second_finite_verb(features: SentenceFeatures, at: int, end: int) -> int:
    """Return where a finite verb stands to which the noun with its clause is the subject, or 0."""
    seen = 0
    for i in range(at + 1, end):
        if features.word(i) in en.FINITE_FORMS and not (seen and i - seen < 2):
            if seen and features.word(i - 1) not in en.SUBJECT_WORDS | en.CONJUNCTIONS | en.ADVERBS:
                return i
            seen = i
    return 0


def attitude_claims(features: SentenceFeatures, i: int) -> Iterator[AttributedContent]:
    """Yield what somebody wants, judges or asks for: the first frame that fits."""
    for frame in (
        _alleged_claim,
        _infinitive_claim,
        _asked_claim,
        _called_for_claim,
        _called_claim,
        _deemed_claim,
        _seen_as_claim,
        _urged_claim,
        _object_claim,
    ):
        content = frame(features, i)
        if content:
            yield content
            return


def _is_passive(features: SentenceFeatures, i: int) -> bool:
    return features.word(i - 1) in _PASSIVE_AUXILIARIES


def _alleged_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) in en.ALLEGED and _is_passive(features, i) and features.word(i + 1) == "to":
        return AttributedContent(i + 1, action_end(features, i, i + 1), "alleged", i)
    return None


def _infinitive_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) in en.PROMISE and is_infinitive(features, i + 1):
        return AttributedContent(i + 1, action_end(features, i, i + 1), "infinitive", i)
    return None


def _asked_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) not in ("asked", "questioned", "quizzed", "pressed"):
        return None
    at = skip_hearer(features, i, i + 1)
    if features.word(at) in en.QUESTION_WORDS:
        return AttributedContent(at, statement_end(features, at, front=True), "asked", i)
    if features.word(at) == "about":
        return AttributedContent(at, noun_phrase_end(features, at), "asked about", i)
    return None


def _called_for_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    word, at = features.word(i), i + 1
    if _PREPOSITIONAL_CUES.get(word) == features.word(at):
        return AttributedContent(at + 1, noun_phrase_end(features, at + 1), f"called {features.word(at)}", i)
    if word in en.CALLS and features.word(at) == "on" and _is_object_with_infinitive(features, at + 1):
        return AttributedContent(at + 1, action_end(features, i, at + 1), "urged", i)
    return None


def _called_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    """Return "it a “farce”" after a verb of naming."""
    if features.word(i) not in en.CALL or features.word(i + 1) in CLAUSE_BREAKS | en.PREPOSITIONS:
        return None
    for at in range(i + 1, min(i + 13, len(features))):
        if opens_quotation(features, at):
            end = quotation_end(features, at)
            return AttributedContent(i + 1, end, "called" if at > i + 1 else "called quotation", i)
        if features.word(at) in CLAUSE_BREAKS:
            return None
    return None


def _deemed_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if (
        features.word(i) in en.DEEM
        and not _is_passive(features, i)
        and features.word(i + 1) not in CLAUSE_BREAKS | en.PREPOSITIONS
    ):
        return AttributedContent(i + 1, noun_phrase_end(features, i + 1), "deemed", i)
    return None


def _seen_as_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if features.word(i) not in en.SEE_AS or _is_passive(features, i):
        return None
    end = noun_phrase_end(features, i + 1)
    if "as" in features.folded[i + 2 : min(end, i + 10)]:
        return AttributedContent(i + 1, end, "seen as", i)
    return None


def _urged_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    if (
        features.word(i) in en.URGE
        and not _is_passive(features, i)
        and _is_object_with_infinitive(features, i + 1)
    ):
        return AttributedContent(i + 1, action_end(features, i, i + 1), "urged", i)
    return None


def _object_claim(features: SentenceFeatures, i: int) -> AttributedContent | None:
    """Return the noun phrase after a verb of judging or taking sides."""
    word, at = features.word(i), i + 1
    if word in en.ACCUSE and features.word(at) == "of":
        return AttributedContent(at, noun_phrase_end(features, at), "accused of", i)
    if (
        _is_passive(features, i)
        or features.word(at) in CLAUSE_BREAKS | en.CONJUNCTIONS | en.PREPOSITIONS
        or at >= len(features)
    ):
        return None
    if (
        word in en.CONSIDER
        and features.word(at).endswith("ing")
        and features.word(at + 1) not in CLAUSE_BREAKS
    ):
        return AttributedContent(at, noun_phrase_end(features, at), "gerund", i)
    if word in en.ACCUSE:
        return AttributedContent(at, noun_phrase_end(features, at), "accused", i)
    if word in en.SUPPORT_VERBS:
        return AttributedContent(at, noun_phrase_end(features, at), "backed", i)
    return None


def action_end(features: SentenceFeatures, verb: int, start: int) -> int:
    """Return where an infinitive ends: as a statement, but before a clause that the writer adds."""
    end = content_end(features, verb, start)
    for at in range(start + 1, end):
        word, then = features.word(at), features.word(at + 1)
        if word in ("despite", "but") or (word == "," and then in _ACTION_ADDITIONS):
            return strip_breaks(features, start, at)
        if word == ":" and not opens_quotation(features, at + 1):
            return at
    return end


def noun_phrase_end(features: SentenceFeatures, at: int) -> int:
    """Return where a noun phrase with all that hangs on it ends: at a break or a new clause."""
    end, i = container_end(features, at), at + 1
    while i < end:
        if close := quotation_end(features, i):
            i = close
            if features.word(close - 2) in CLAUSE_BREAKS:
                return close
            continue
        word = features.word(i)
        if (
            word in CLAUSE_BREAKS - {"(", ")"}
            or word in _NOUN_PHRASE_ENDS
            or is_spaced_dash(features, i)
            or _is_time_expression(features, i)
            or (word in ("after", "during", "when") and i - at > 2)
        ):
            return i
        if word == "and" and is_finite(features, i + 1) and features.word(i + 1) not in en.PRESENT_FORMS:
            return i
        i += 1
    return strip_breaks(features, at, end)


def _is_time_expression(features: SentenceFeatures, i: int) -> bool:
    """Whether a time of the judging stands at ``i``: in February, last week."""
    return features.word(i) in ("in", "on", "last", "this") and features.word(i + 1) in en.TIME_WORDS


def _is_object_with_infinitive(features: SentenceFeatures, at: int) -> bool:
    """Whether a short noun phrase and an infinitive stand at ``at``: urged [him not to stop]."""
    if features.word(at) in CLAUSE_BREAKS | en.PREPOSITIONS | en.CONJUNCTIONS:
        return False
    for i in range(at, min(at + 9, len(features))):
        if features.word(i) == "to":
            return i > at and is_infinitive(features, i)
        if features.word(i) in CLAUSE_BREAKS or is_finite(features, i):
            return False
    return False
