"""Where spans begin and end: inside a token, at white space, at punctuation; spans without content."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from annotator.core.phrases.quotations import CLOSERS, OPENERS, PAIRS, STRAIGHT
from annotator.core.problems.material import Material, Said, statements
from annotator.core.problems.problem import Kind, Problem, quoted
from annotator.core.spans import Span
from annotator.core.tokens import is_aligned, token_range

_MARKS = frozenset(".,;:!?…'\"`·•、。，；：！？；،؛؟।")
"""Marks that belong to the sentence, not to the words: no ``%`` or ``&`` among them."""
_DASHES_AND_BRACKETS = frozenset({"Ps", "Pe", "Pi", "Pf", "Pd", "Pc"})
_ENDS = frozenset(".,;:")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "（": "）", "［": "］"}
_ABBREVIATED = 3
"""How many letters may stand before a full stop that shortens a word (``Jr.``, ``Co.``)."""


def inside_tokens(check_input: Material) -> Iterator[Problem]:
    """Yield the spans that begin or end inside a token: training would move or lose them."""
    for reviewed, span in check_input.spans():
        tokens = reviewed.annotated.sentence.tokens
        if not is_aligned(tokens, span.start, span.end) and not _blank_edge(reviewed, span):
            first, last = token_range(tokens, span.start, span.end)
            s = reviewed.annotated.sentence
            within = s.text[tokens[first].start : tokens[last - 1].end] if first < last else ""
            what = f"{span.label} {quoted(reviewed.annotated.text_of(span))} begins or ends inside a token of "
            whose = f"key R in `annotator annotate … --as {reviewed.annotator}` lists them all"
            remedy = f"snap it out or in, split the token, or drop it ({whose})"
            yield Problem(Kind.CHARACTERS, reviewed.location_of(span), what + quoted(within), remedy)


def blank_edges(check_input: Material) -> Iterator[Problem]:
    """Yield the spans that begin or end with white space; spaCy refuses entities of that kind."""
    for reviewed, span in check_input.spans():
        if _blank_edge(reviewed, span):
            words = reviewed.annotated.text_of(span)
            does = f"{quoted(words)} begins or ends with" if words.strip() else "holds nothing but"
            remedy = "move the edge to the word" if words.strip() else "remove the span"
            yield Problem(Kind.BLANK_EDGE, reviewed.location_of(span), f"{span.label} {does} white space", remedy)


def empty_spans(check_input: Material) -> Iterator[Problem]:
    """Yield the spans that hold marks alone: neither letter nor digit nor symbol.

    A schema may mean it so, such as a colon that introduces a quotation.
    """
    for reviewed, span in check_input.spans():
        words = reviewed.annotated.text_of(span)
        if words.strip() and not any(c.isalnum() or unicodedata.category(c)[0] == "S" for c in words):
            what = f"{span.label} holds nothing but {quoted(words)}"
            yield Problem(Kind.EMPTY, reviewed.location_of(span), what, "remove the span, unless such marks are meant")


def punctuation(check_input: Material) -> Iterator[Problem]:
    """Yield the spans with a mark at an edge that belongs to the sentence around them.

    Marks in pairs are right where both lie inside. Statements may begin and end with quotation marks,
    and what is quoted keeps the stop before the closing one.
    """
    whole = statements(check_input.schema)
    for reviewed, span in check_input.spans():
        words = reviewed.annotated.text_of(span)
        if not any(map(str.isalnum, words)):
            continue
        if span.label in whole and words.strip() == reviewed.annotated.sentence.text.strip():
            continue  # a sentence of a quotation that goes on: its full stop was said as well
        first, last = _edge_tokens(reviewed, span)
        for does, mark in _strange(words, first, last, quotes=span.label in whole):
            what = f"{span.label} {quoted(words)} {does} with {quoted(mark)}"
            yield Problem(Kind.PUNCTUATION, reviewed.location_of(span), what, "leave the mark outside the span")


def _blank_edge(reviewed: Said, span: Span) -> bool:
    words = reviewed.annotated.text_of(span)
    return words[:1].isspace() or words[-1:].isspace()


def _edge_tokens(reviewed: Said, span: Span) -> tuple[str, str]:
    """Return the first and the last token of a span; of one inside tokens, the characters at its edges."""
    tokens = reviewed.annotated.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    if first < last and tokens[first].start == span.start and tokens[last - 1].end == span.end:
        return tokens[first].text, tokens[last - 1].text
    words = reviewed.annotated.text_of(span)
    return words[0], words[-1]


def _strange(words: str, first: str, last: str, *, quotes: bool) -> Iterator[tuple[str, str]]:
    """Yield the marks at the edges of ``words`` that do not belong there, each with what it does."""
    if _is_mark(first) and not _right_start(words, first, quotes=quotes):
        yield "begins", first
    if _is_mark(last) and not _right_end(words, last, quotes=quotes):
        yield "ends", last


def _is_mark(text: str) -> bool:
    return all(c in _MARKS or unicodedata.category(c) in _DASHES_AND_BRACKETS for c in text)


def _right_start(words: str, mark: str, *, quotes: bool) -> bool:
    rest = words[len(mark) :]
    if quotes and (mark in OPENERS or mark in CLOSERS):
        return True
    if mark in STRAIGHT:
        return mark in rest
    if mark in PAIRS:
        return any(c in rest for c in PAIRS[mark])
    if mark in _BRACKETS:
        return _BRACKETS[mark] in rest
    return rest[:1].isdigit() and (mark == "." or unicodedata.category(mark[0]) == "Pd")


def _right_end(words: str, mark: str, *, quotes: bool) -> bool:
    before = words[: -len(mark)]
    if quotes and (mark in OPENERS or mark in CLOSERS or mark not in _ENDS):
        return True
    if quotes and any(opener in before for opener in OPENERS if opener not in {"'", "‘"}):
        return True
    if mark in CLOSERS:
        pair = [a for a, b in PAIRS.items() if mark in b or mark == b] + [mark] * (mark in STRAIGHT)
        return any(a in before for a in pair)
    if mark in _BRACKETS.values():
        return any(a in before for a, b in _BRACKETS.items() if b == mark)
    return mark == "." and _shortened(before)


def _shortened(before: str) -> bool:
    """Whether a full stop after ``before`` shortens its last word: an initial, ``Jr``, ``Co``."""
    word = before.rsplit(maxsplit=1)[-1] if before and not before[-1].isspace() else ""
    letters = word.rsplit(".", 1)[-1]
    return 0 < len(letters) <= _ABBREVIATED and letters.isalpha() and letters[0].isupper()
