"""Where spans begin and end: inside a token, at white space, at punctuation; spans without content."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from annotator.checks.problem import CheckInput, Problem, ProblemKind, ReviewedSentence, quote_text, statement_labels
from annotator.core.article import Sentence
from annotator.core.spans import Span
from annotator.core.tokens import is_aligned, token_range
from annotator.language.quotations import CLOSING_MARKS, MARK_PAIRS, OPENING_MARKS, STRAIGHT_MARKS

_PUNCTUATION_MARKS = frozenset(".,;:!?…'\"`·•、。，；：！？；،؛؟।")
"""Marks that belong to the sentence, not to the words: no ``%`` or ``&`` among them."""
_DASHES_AND_BRACKETS = frozenset({"Ps", "Pe", "Pi", "Pf", "Pd", "Pc"})
_END_MARKS = frozenset(".,;:")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "（": "）", "［": "］"}
_FOR_A_FILE = "import it into a new corpus with --inside-tokens split, out or in"
_MAX_ABBREVIATION_LETTERS = 3
"""How many letters a word shortened by a full stop may have (``Jr.``, ``Co.``)."""


def check_misaligned_spans(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans that begin or end inside a token: training would move or lose them."""
    for reviewed, span in check_input.spans():
        tokens = reviewed.sentence.tokens
        if not is_aligned(tokens, span.start, span.end) and not _has_whitespace_edge(reviewed, span):
            first, last = token_range(tokens, span.start, span.end)
            s = reviewed.sentence
            within = s.text[tokens[first].start : tokens[last - 1].end] if first < last else ""
            what = f"{span.label} {reviewed.quote(span)} begins or ends inside a token of "
            whose = f"key R in `annotator annotate … --as {reviewed.annotator}` lists them all"
            remedy = f"snap it out or in, split the token, or drop it ({whose}; for a whole file: {_FOR_A_FILE})"
            yield reviewed.problem(ProblemKind.CHARACTERS, span, what + quote_text(within), remedy)


def check_whitespace_edges(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans that begin or end with white space; spaCy refuses entities of that kind."""
    for reviewed, span in check_input.spans():
        if _has_whitespace_edge(reviewed, span):
            words = reviewed.text_of(span)
            does = f"{quote_text(words)} begins or ends with" if words.strip() else "holds nothing but"
            remedy = "move the edge to the word" if words.strip() else "remove the span"
            yield reviewed.problem(ProblemKind.BLANK_EDGE, span, f"{span.label} {does} white space", remedy)


def check_empty_spans(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans that hold marks alone: neither letter nor digit nor symbol.

    A schema may want it, such as a colon that introduces a quotation.
    """
    for reviewed, span in check_input.spans():
        words = reviewed.text_of(span)
        if words.strip() and not any(c.isalnum() or unicodedata.category(c)[0] == "S" for c in words):
            what = f"{span.label} holds nothing but {quote_text(words)}"
            yield reviewed.problem(ProblemKind.EMPTY, span, what, "remove the span, unless such marks are meant")


def check_punctuation_edges(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans with a mark at an edge that belongs to the sentence around them.

    Marks in pairs are right where both are inside. Statements may begin and end with quotation marks,
    and what is quoted keeps the stop before the closing one.
    """
    whole = statement_labels(check_input.schema)
    for reviewed, span in check_input.spans():
        words = reviewed.text_of(span)
        if not any(map(str.isalnum, words)):
            continue
        if span.label in whole and words.strip() == reviewed.sentence.text.strip():
            continue  # a sentence of a quotation that goes on: its full stop is quoted too
        first, last = _edge_tokens(reviewed, span)
        quotes = span.label in whole
        found = []
        if _is_mark(first) and not _is_valid_start(words, first, quotes=quotes):
            found.append(("begins", first))
        if _is_mark(last) and not _is_valid_end(words, last, quotes=quotes):
            found.append(("ends", last))
        for does, mark in found:
            what = f"{span.label} {quote_text(words)} {does} with {quote_text(mark)}"
            yield reviewed.problem(ProblemKind.PUNCTUATION, span, what, "leave the mark outside the span")


def _has_whitespace_edge(reviewed: ReviewedSentence, span: Span) -> bool:
    words = reviewed.text_of(span)
    return words[:1].isspace() or words[-1:].isspace()


def _edge_tokens(reviewed: ReviewedSentence, span: Span) -> tuple[str, str]:
    """Return the first and the last token of a span; of one inside tokens, the characters at its edges."""
    tokens = reviewed.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    if is_aligned(tokens, span.start, span.end):
        return tokens[first].text, tokens[last - 1].text
    words = reviewed.text_of(span)
    return words[0], words[-1]


def _is_mark(text: str) -> bool:
    return all(c in _PUNCTUATION_MARKS or unicodedata.category(c) in _DASHES_AND_BRACKETS for c in text)


def _is_valid_start(words: str, mark: str, *, quotes: bool) -> bool:
    rest = words[len(mark) :]
    if quotes and (mark in OPENING_MARKS or mark in CLOSING_MARKS):
        return True
    if mark in STRAIGHT_MARKS:
        return mark in rest
    if mark in MARK_PAIRS:
        return any(c in rest for c in MARK_PAIRS[mark])
    if mark in _BRACKETS:
        return _BRACKETS[mark] in rest
    return rest[:1].isdigit() and (mark == "." or unicodedata.category(mark[0]) == "Pd")


def _is_valid_end(words: str, mark: str, *, quotes: bool) -> bool:
    before = words[: -len(mark)]
    if quotes and (mark in OPENING_MARKS or mark in CLOSING_MARKS or mark not in _END_MARKS):
        return True
    if quotes and any(opener in before for opener in OPENING_MARKS if opener not in {"'", "‘"}):
        return True
    if mark in CLOSING_MARKS:
        pair = [a for a, b in MARK_PAIRS.items() if mark in b or mark == b] + [mark] * (mark in STRAIGHT_MARKS)
        return any(a in before for a in pair)
    if mark in _BRACKETS.values():
        return any(a in before for a, b in _BRACKETS.items() if b == mark)
    return mark == "." and _is_abbreviation(before)


def _is_abbreviation(before: str) -> bool:
    """Whether a full stop after ``before`` shortens its last word: an initial, ``Jr``, ``Co``."""
    word = before.rsplit(maxsplit=1)[-1] if before and not before[-1].isspace() else ""
    letters = word.rsplit(".", 1)[-1]
    return 0 < len(letters) <= _MAX_ABBREVIATION_LETTERS and letters.isalpha() and letters[0].isupper()


# -- spans that are far too long, and spans that run over the end of a sentence --------------------

MAX_SPAN_TOKENS = 150
"""More tokens than this are too many for any span: a suggester of that size takes gigabytes."""
MIN_LABEL_SPANS = 10
"""A span of this many tokens or fewer is never too long."""
_LENGTH_QUANTILE = 0.9
_LENGTH_FACTOR = 4
_SENTENCE_STOPS = frozenset(".!?")
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n")


def check_long_spans(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans over four times as long as nine in ten of their label, in tokens."""
    every = []
    lengths: dict[str, list[int]] = {}
    for reviewed, span in check_input.spans():
        first, last = token_range(reviewed.sentence.tokens, span.start, span.end)
        every.append((reviewed, span, last - first))
        lengths.setdefault(span.label, []).append(last - first)
    usual = {x: sorted(ns)[min(len(ns) - 1, int(_LENGTH_QUANTILE * len(ns)))] for x, ns in lengths.items()}
    for reviewed, span, n in every:
        if n > min(MAX_SPAN_TOKENS, max(MIN_LABEL_SPANS, _LENGTH_FACTOR * usual[span.label])):
            what = f"{span.label} {reviewed.quote(span)} has {n} tokens"
            than = f"; nine in ten {span.label} have {usual[span.label]} at the most"
            cure = "see whether an edge has slipped"
            yield reviewed.problem(ProblemKind.HUGE, span, what + than, cure)


def check_sentence_crossing(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans that hold the end of a sentence or a blank line; statements may.

    A text that was imported whole is one stored sentence, so a full stop counts as well.
    """
    may = statement_labels(check_input.schema)
    ends = {a: [s.end for s in sentences] for a, sentences in check_input.sentences.items()}
    for reviewed, span in check_input.spans():
        if span.label in may:
            continue
        sentence = reviewed.sentence
        if _contains_sentence_end(sentence, span, ends.get(sentence.article, [])) or _contains_stop(sentence, span):
            over = "the end of a sentence"
        elif _PARAGRAPH_BREAK.search(reviewed.text_of(span)):
            over = "the end of a paragraph"
        else:
            continue
        what = f"{span.label} {reviewed.quote(span)} runs over {over}"
        yield reviewed.problem(ProblemKind.SENTENCE_END, span, what, "mark each part, or move the edge")


def _contains_stop(sentence: Sentence, span: Span) -> bool:
    """Whether the span has a stop that is a token of its own, then a blank and a capital.

    The stop of an abbreviation belongs to its token.
    """
    first, last = token_range(sentence.tokens, span.start, span.end)
    inside = sentence.tokens[first:last]
    return any(a.text in _SENTENCE_STOPS and a.end < b.start and b.text[0].isupper() for a, b in pairwise(inside))


def _contains_sentence_end(sentence: Sentence, span: Span, ends: Sequence[int]) -> bool:
    """Whether one of the sorted ``ends`` (of the article) is inside the span, not at its edge."""
    start, end = sentence.start + span.start, sentence.start + span.end
    i = bisect_right(ends, start)
    return i < len(ends) and ends[i] < end
