"""Mentions: which words mean the same where they occur again, where they occur, and labelling them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit, Op, add_span
from annotator.core.errors import RuleError
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.tokens import Token, TokenRange, token_range
from annotator.language import english as en
from annotator.language.sentence_features import DASHES, is_capital
from annotator.language.span_forms import is_excluded

MAX_MENTION_TOKENS = 8
"""How many tokens a mention may have: a whole quotation does not occur twice."""

_NAME_LINKS = frozenset({"of", "de", "di", "del", "van", "von", "&"})
"""Words in small letters that join two capitalised words to one name."""


def label_mentions(
    annotated_sentences: Sequence[AnnotatedSentence], words: str, label: str, schema: Schema
) -> tuple[list[Edit], int]:
    """Return one edit for each sentence that has further mentions of ``words``, and how many these are.

    A mention is left out where it has a label, was turned down, breaks a rule of the schema, has a form
    that the label excludes, or is a part of a longer name.
    """
    edits, count = [], 0
    for annotated in annotated_sentences:
        now = annotated
        for start, end in find_mentions(annotated.sentence.text, annotated.sentence.tokens, words):
            now = _with_mention(now, Span(start, end, label), schema)
        if now is not annotated:
            count += len(now.annotation.spans) - len(annotated.annotation.spans)
            edits.append(Edit(Op.EDIT, (annotated,), (now,)))
    return edits, count


def has_further_mention(
    annotated_sentences: Sequence[AnnotatedSentence], words: str, label: str, schema: Schema
) -> bool:
    """Return True if ``label_mentions`` would label anything; stops at the first mention that it would."""
    return any(
        _with_mention(annotated, Span(start, end, label), schema) is not annotated
        for annotated in annotated_sentences
        for start, end in find_mentions(annotated.sentence.text, annotated.sentence.tokens, words)
    )


def _with_mention(annotated: AnnotatedSentence, span: Span, schema: Schema) -> AnnotatedSentence:
    annotation, tokens = annotated.annotation, annotated.sentence.tokens
    labelled = any((s.start, s.end) == (span.start, span.end) for s in annotation.spans)
    if labelled or any(s.key == span.key for s in annotation.rejected):
        return annotated
    if is_excluded(schema, span.label, tokens, *token_range(tokens, span.start, span.end)):
        return annotated
    try:
        return add_span(annotated, span, schema).after[0]
    except RuleError:
        return annotated


def find_mentions(text: str, tokens: Sequence[Token], words: str) -> Iterator[tuple[int, int]]:
    """Yield where ``words`` are on token edges of ``text``, in code points, not in a longer name."""
    at = text.find(words)
    if at < 0:
        return
    starts = {t.start: i for i, t in enumerate(tokens)}
    ends = {t.end: i for i, t in enumerate(tokens)}
    while at >= 0:
        end = at + len(words)
        if at in starts and end in ends and not is_part_of_longer_name(tokens, (starts[at], ends[end] + 1)):
            yield at, end
        at = text.find(words, at + max(1, len(words)))


def mention_text(tokens: Sequence[Token]) -> str:
    """Return the words of a mention with a blank for any white space between them."""
    return " ".join("".join(t.text + " " * t.ws for t in tokens).split())


def is_repeatable_mention(tokens: Sequence[Token]) -> bool:
    """Whether words may mean the same where they occur again.

    Not: more than a name's or number phrase's length, numbers alone, one word in small letters,
    function words alone.
    """
    words = [t.text for t in tokens if t.text[:1].isalpha() and not _is_function_word(t.text)]
    return 0 < len(tokens) <= MAX_MENTION_TOKENS and bool(words) and (len(words) > 1 or is_capital(words[0]))


def capitalised_runs(tokens: Sequence[Token]) -> Iterator[TokenRange]:
    """Yield the longest runs of words that are written as parts of a name, without titles before them."""
    for in_name, run in groupby(enumerate(tokens), key=lambda numbered: _is_name_part(numbered[1].text)):
        if in_name:
            numbers = [i for i, _ in run]
            yield numbers[0], numbers[-1] + 1


@lru_cache(maxsize=2**16)  # a journal of 100,000 mentions needs it a million times, for few words
def _is_name_part(word: str) -> bool:
    """Whether a word can be a part of a name: a capital, and no title, date or function word."""
    low = word.lower()
    common = low in en.TITLES or low in en.DATES or _is_function_word(word)
    return is_capital(word) and not common


def _is_function_word(word: str) -> bool:
    """Whether a word is a function word; US is a name."""
    return word != "US" and word.lower() in en.FUNCTION_WORDS


def is_part_of_longer_name(tokens: Sequence[Token], r: TokenRange) -> bool:
    """Whether ``[first, last)`` is a part of a longer name: the words beside it go on with it."""
    first, last = r
    return _name_continues(tokens, first - 1, -1) or _name_continues(tokens, last, 1)


def _name_continues(tokens: Sequence[Token], i: int, step: int) -> bool:
    if not (0 <= i < len(tokens)):
        return False
    if _is_name_part(tokens[i].text):
        return True
    beyond = i + step
    if not (0 <= beyond < len(tokens)):
        return False
    text = tokens[i].text
    joined = text.lower() in _NAME_LINKS or (text in DASHES and not tokens[i].ws and not tokens[i - 1].ws)
    return joined and _is_name_part(tokens[beyond].text)


def is_before_word(tokens: Sequence[Token], last: int) -> bool:
    """Whether a mention that ends at ``last`` is right before a word: its noun or its verb."""
    if last >= len(tokens) or not tokens[last - 1].ws:
        return False
    word = tokens[last].text
    return word[:1].isalpha() and word.lower() not in en.FUNCTION_WORDS


def surname(tokens: Sequence[Token]) -> str:
    """Return the last name in a full name, its particles left out; empty where there is only one word."""
    names = [t.text for t in tokens if is_capital(t.text) and t.text.lower() not in en.NAME_SUFFIXES]
    return names[-1] if len(names) > 1 and len(names[-1]) > 2 else ""
