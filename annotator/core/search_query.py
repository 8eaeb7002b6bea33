"""The query of the search and of the filter: words, and annotations; all must hold.

harbour            the word, in capitals or not
"Port Amery"       exactly these characters
label:PERSON       a span of that label (its beginning is enough); label: any span
answer:open        open, accept, reject or ignore; answer: any answer
left:0.8           a suggestion of that score or more was left at the accept; left: any
flag  note  problem    is flagged, has a note, is inconsistent with another sentence or changed in a new version
note:check         the word is in the note
article:ferry      the word is in the article's title or in the name of its source
-flag              not that
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from math import inf

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import RuleError
from annotator.core.suggestion import LeftSuggestion

HighlightRange = tuple[int, int]
"""Code points ``[start, end)`` of a sentence's text."""

QUERY_STATES = ("flag", "note", "problem")
QUERY_FIELDS = ("label", "answer", "left", "note", "article")
"""What takes a value after a colon."""
QUERY_ANSWERS = ("open", "accept", "reject", "ignore")
_TERM_PATTERN = re.compile(rf'(-?)(?:({"|".join(QUERY_FIELDS)}):)?(?:"([^"]*)"?|(\S+))?', re.IGNORECASE)
_BLANK_TRANSLATION = str.maketrans("\n\r\t\u2028\u2029\u00a0", "      ")


class QueryTerm(Struct, frozen=True):
    """One condition of a query."""

    kind: str
    """``word``, ``exact``, one of ``QUERY_STATES``, or one of ``QUERY_FIELDS``."""
    value: str = ""
    negated: bool = False

    def __str__(self) -> str:
        """Return the term as it is typed."""
        sign = "-" if self.negated else ""
        if self.kind == "exact":
            return f'{sign}"{self.value}"'
        if self.kind == "word":
            return sign + self.value
        blank = any(c.isspace() for c in self.value)
        value = f'"{self.value}"' if blank else self.value
        return f"{sign}{self.kind}:{value}" if value or self.kind not in QUERY_STATES else sign + self.kind


class QuerySubject(Struct, frozen=True):
    """What a query looks at: an annotated sentence, its article's names, and whether it has a problem."""

    annotated: AnnotatedSentence
    title: str = ""
    """The article's title and the name of its source."""
    has_problem: bool = False
    done: bool = True
    """Whether its answer covers the labels that are looked at; without that it is open."""


class SearchQuery(Struct, frozen=True, dict=True):
    """Conditions that must all hold; the empty query holds everywhere."""

    terms: tuple[QueryTerm, ...] = ()

    def __str__(self) -> str:
        """Return the query as it is typed; ``parse_query`` reads it again."""
        return " ".join(map(str, self.terms))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def needs_problems(self) -> bool:
        """Whether the problems must be known to answer it."""
        return any(t.kind == "problem" for t in self.terms)

    @cached_property
    def _tests(self) -> tuple[tuple[Callable[[QuerySubject], bool], bool], ...]:
        return tuple((_term_test(t), t.negated) for t in self.terms)  # made once: a filter asks for every sentence

    def matches(self, subject: QuerySubject) -> bool:
        """Whether all conditions hold."""
        return all(test(subject) is not negated for test, negated in self._tests)

    def highlights(self, annotated: AnnotatedSentence) -> tuple[HighlightRange, ...]:
        """Return what of a sentence's text the conditions speak of, in order, without overlaps."""
        found = {p for t in self.terms if not t.negated for p in _term_highlights(t, annotated)}
        out: list[HighlightRange] = []
        for a, b in sorted(found, key=lambda p: (p[0], -p[1])):
            if not out or a >= out[-1][1]:
                out.append((a, b))
        return tuple(out)

    def warning(self, labels: tuple[str, ...]) -> str:
        """Return what in the query can never hold, in words; empty where nothing is wrong."""
        for term in self.terms:
            known = {"label": labels, "answer": QUERY_ANSWERS}.get(term.kind)
            if known and not any(_starts_with(k, term.value) for k in known):
                return f"there is no {term.kind} {term.value}: try {', '.join(known)}"
            if term.kind == "left" and _least_score(term.value) > 1:
                return f"{term.value} is no score: try left:0.8"
        return ""


def parse_query(text: str) -> SearchQuery:
    """Return the query that is typed as ``text``; half a term is taken for what it can mean already."""
    return SearchQuery(tuple(_parse_terms(text)))


def _parse_terms(text: str) -> Iterator[QueryTerm]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        m = _TERM_PATTERN.match(text, at)
        assert m is not None  # every part of the pattern may be empty
        at = max(m.end(), at + 1)
        if term := _parse_term(m):
            yield term


def _parse_term(m: re.Match[str]) -> QueryTerm | None:
    negated, field = bool(m.group(1)), (m.group(2) or "").lower()
    quoted, plain = m.group(3), m.group(4) or ""
    value = quoted if quoted is not None else plain
    if field:
        return QueryTerm(field, value, negated) if value or field != "article" else None
    if quoted:
        return QueryTerm("exact", quoted, negated)
    if plain.lower() in QUERY_STATES:
        return QueryTerm(plain.lower(), "", negated)
    return QueryTerm("word", plain, negated) if plain else None


def _term_test(term: QueryTerm) -> Callable[[QuerySubject], bool]:
    value, folded = term.value, term.value.casefold()
    return {
        "word": lambda s: folded in s.annotated.sentence.text.translate(_BLANK_TRANSLATION).casefold(),
        "exact": lambda s: value in s.annotated.sentence.text.translate(_BLANK_TRANSLATION),
        "label": lambda s: any(_starts_with(x.label, value) for x in s.annotated.annotation.spans),
        "answer": lambda s: _matches_answer(s, value),
        "left": lambda s: any(_left_from(s.annotated, value)),
        "flag": lambda s: s.annotated.annotation.flagged,
        "note": lambda s: bool(s.annotated.annotation.note) and folded in s.annotated.annotation.note.casefold(),
        "article": lambda s: folded in s.title.casefold(),
        "problem": lambda s: s.has_problem,
    }[term.kind]


def _matches_answer(subject: QuerySubject, value: str) -> bool:
    answer = subject.annotated.annotation.answer if subject.done else None
    return _starts_with(answer.value if answer else "open", value) if value else answer is not None


def _least_score(value: str) -> float:
    """Return the score that ``left:`` is given, 0 without one; more than any score has where it is none."""
    try:
        score = float(value.replace(",", ".") or 0)
    except ValueError:
        return inf
    return score if 0 <= score <= 1 else inf


def _left_from(annotated: AnnotatedSentence, value: str) -> Iterator[LeftSuggestion]:
    return (x for x in annotated.annotation.left if x.score >= _least_score(value))


def _starts_with(name: str, value: str) -> bool:
    return name.casefold().startswith(value.casefold())


def _term_highlights(term: QueryTerm, annotated: AnnotatedSentence) -> Iterator[HighlightRange]:
    if term.kind == "label":
        yield from ((s.start, s.end) for s in annotated.annotation.spans if _starts_with(s.label, term.value))
    elif term.kind == "left":
        yield from ((x.start, x.end) for x in _left_from(annotated, term.value))
    elif term.kind == "exact":
        text = annotated.sentence.text.translate(_BLANK_TRANSLATION)
        yield from ((a, a + len(term.value)) for a in _occurrences(text, term.value))
    elif term.kind == "word":
        text, places = _casefold_with_offsets(annotated.sentence.text.translate(_BLANK_TRANSLATION))
        word = term.value.casefold()
        yield from ((places[a], places[a + len(word) - 1] + 1) for a in _occurrences(text, word))


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while part and at >= 0:
        yield at
        at = text.find(part, at + len(part))


def _casefold_with_offsets(text: str) -> tuple[str, range | list[int]]:
    """Return the folded text, and for each of its characters the one in ``text`` that it comes from."""
    folded = text.casefold()
    if len(folded) == len(text):  # folding never makes a text shorter, so each character gave one
        return folded, range(len(text))
    return folded, [i for i, char in enumerate(text) for _ in char.casefold()]


_SENTENCE_NUMBER = re.compile(r"\s*(?:(\d{1,9})\s*[./]\s*)?(\d{0,9})\s*")


def parse_sentence_number(text: str) -> tuple[int | None, int | None]:
    """Return the article and the sentence that ``12``, ``3.12`` or ``3.`` names, each from 1, or None.

    Raises RuleError where it names neither.
    """
    m = _SENTENCE_NUMBER.fullmatch(text)
    if m is None or not (m.group(1) or m.group(2)):
        raise RuleError("that is no place", do="type 12 for a sentence, 3.12 for article 3, sentence 12")
    return (int(m.group(1)) if m.group(1) else None, int(m.group(2)) if m.group(2) else None)
