"""Spans that are far too long, and spans that run over the end of a sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from annotator.core.article import Sentence
from annotator.core.problems.material import CheckInput, ReviewedSentence, statement_labels
from annotator.core.problems.problem import ProblemKind, Problem, quote_text
from annotator.core.spans import Span
from annotator.core.tokens import token_range

MAX_SPAN_TOKENS = 150
"""More tokens than this are too many for any span: a suggester of that size takes gigabytes."""
MIN_LABEL_SPANS = 10
"""A span of so many tokens or fewer is never too long."""
_LENGTH_QUANTILE = 0.9
_LENGTH_FACTOR = 4
_SENTENCE_STOPS = frozenset(".!?")
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n")


def check_long_spans(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans over four times as long as nine in ten of their label, in tokens."""
    every = [(reviewed, span, _span_length(reviewed, span)) for reviewed, span in check_input.spans()]
    lengths: dict[str, list[int]] = {}
    for _, span, n in every:
        lengths.setdefault(span.label, []).append(n)
    usual = {label: _length_quantile(values) for label, values in lengths.items()}
    for reviewed, span, n in every:
        if n > min(MAX_SPAN_TOKENS, max(MIN_LABEL_SPANS, _LENGTH_FACTOR * usual[span.label])):
            what = f"{span.label} {quote_text(reviewed.annotated.text_of(span))} has {n} tokens"
            than = f"; nine in ten {span.label} have {usual[span.label]} at the most"
            cure = "see whether an edge has slipped"
            yield Problem(ProblemKind.HUGE, reviewed.location_of(span), what + than, cure)


def _span_length(reviewed: ReviewedSentence, span: Span) -> int:
    first, last = token_range(reviewed.annotated.sentence.tokens, span.start, span.end)
    return last - first


def _length_quantile(values: Sequence[int]) -> int:
    """Return the value that nine in ten do not exceed."""
    return sorted(values)[min(len(values) - 1, int(_LENGTH_QUANTILE * len(values)))]


def check_sentence_crossing(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans that hold the end of a sentence or a blank line; statements may.

    A text that was imported whole is one stored sentence, so that a full stop tells as well.
    """
    may = statement_labels(check_input.schema)
    ends = {a: [s.end for s in sentences] for a, sentences in check_input.sentences.items()}
    for reviewed, span in check_input.spans():
        if span.label in may:
            continue
        sentence = reviewed.annotated.sentence
        if _contains_sentence_end(sentence, span, ends.get(sentence.article, [])) or _contains_stop(sentence, span):
            over = "the end of a sentence"
        elif _PARAGRAPH_BREAK.search(reviewed.annotated.text_of(span)):
            over = "the end of a paragraph"
        else:
            continue
        what = f"{span.label} {quote_text(reviewed.annotated.text_of(span))} runs over {over}"
        yield Problem(ProblemKind.SENTENCE_END, reviewed.location_of(span), what, "mark each part, or move the edge")


def _contains_stop(sentence: Sentence, span: Span) -> bool:
    """Whether a stop that is a token of its own stands in the span, and a capital after a blank behind it.

    The stop of an abbreviation belongs to its token.
    """
    first, last = token_range(sentence.tokens, span.start, span.end)
    inside = sentence.tokens[first:last]
    return any(a.text in _SENTENCE_STOPS and a.end < b.start and b.text[0].isupper() for a, b in pairwise(inside))


def _contains_sentence_end(sentence: Sentence, span: Span, ends: Sequence[int]) -> bool:
    """Whether one of the sorted ``ends`` (of the article) lies inside the span, not at its edge."""
    start, end = sentence.start + span.start, sentence.start + span.end
    i = bisect_right(ends, start)
    return i < len(ends) and ends[i] < end
