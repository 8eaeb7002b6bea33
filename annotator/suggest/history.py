"""Suggestions from what the annotator has already marked: the same words, the same label.

Every mention is counted by article and over the corpus, and so are the names of accepted sentences
that bear no label: a name that is left unmarked as often as it is marked is a poor suggestion. The
chance of a label is the mean of a Beta posterior over those counts, what stands in other articles
counting less; one that was turned down counts as several that were left unmarked. Mentions right
before a word ("the Norhaven council", "Norhaven agreed") are counted by themselves as well, because
labels of places and of people part there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from annotator.core.annotation import Answer, Work
from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, in_order
from annotator.core.tokens import Range, Token, is_aligned, token_range
from annotator.suggest.counts import Book
from annotator.suggest.labels import label_for
from annotator.suggest.mentions import before_word, capital_runs, cut_out, surname, text_of, worthy

NAME = "history"
REPEAT, SURNAME, ELSEWHERE = "repeat", "surname", "elsewhere"
"""The kinds: marked in this article; the last name of somebody marked in it; marked in another one."""

PRIORS = {REPEAT: 0.9, SURNAME: 0.9, ELSEWHERE: 0.7}
"""The share of each kind that annotators keep, before anything is known of the words themselves."""
_PRIOR = 2.0
"""How many sightings such a share is worth."""
_ELSEWHERE = 0.3
"""What a sighting in another article is worth beside one in this article."""
_TURNED_DOWN = 3.0
"""How many sightings without the label one is worth that was turned down."""
_BARE = ""
"""The label of a name that stands in an accepted sentence without one."""
_BEFORE = "\n"
"""Set after a text, it is the text right before a word; no text of a mention holds it."""


class _Kind(Enum):
    """The books: what is marked, the surnames of who is marked, what was turned down."""

    MARKS = auto()
    SURNAMES = auto()
    DOWN = auto()


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a work adds to one of the books."""

    book: _Kind
    text: str
    label: str
    words: tuple[str, int] = ("", 0)
    """The first token and the number of tokens, where the text may be suggested."""


class MentionIndex:
    """The mentions of one annotator, kept up to date work by work.

    ``add`` and ``remove`` cost what the spans and names of one sentence cost, ``suggest`` what its
    words cost, however many mentions there are.
    """

    name = NAME

    def __init__(self, schema: Schema) -> None:
        """Start with nothing marked."""
        self._person = label_for(schema, "person")
        self._claim = label_for(schema, "claim")
        self._marks, self._surnames, self._down = Book(), Book(), Book()
        self._books = {_Kind.MARKS: self._marks, _Kind.SURNAMES: self._surnames, _Kind.DOWN: self._down}
        self._lengths: dict[str, Counter[int]] = {}
        self._of: dict[Sentence, list[_Entry]] = {}

    def add(self, work: Work) -> None:
        """Take in what was said of a sentence, in place of what was taken in of it before."""
        self.remove(work)
        if entries := list(self._entries(work)):
            self._of[work.sentence] = entries
            self._count(work.sentence.article, entries, 1)

    def remove(self, work: Work) -> None:
        """Take out what was said of a sentence; nothing happens where nothing was taken in."""
        self._count(work.sentence.article, self._of.pop(work.sentence, []), -1)

    def turned_down(self, article: str, text: str, label: str) -> tuple[int, int]:
        """Return how often a label was turned down for these words: in the article, and elsewhere."""
        here = self._down.in_article(article, text)[label]
        return here, self._down.in_corpus(text)[label] - here

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the mentions that stand again in a sentence, in reading order; its own are among them."""
        return in_order(self._again(sentence))

    def _again(self, sentence: Sentence) -> Iterator[Suggestion]:
        tokens = sentence.tokens
        for i, token in enumerate(tokens):
            for j in (i + n for n in sorted(self._lengths.get(token.text, ())) if i + n <= len(tokens)):
                found = tuple(self._labels(sentence.article, text_of(tokens[i:j]), before_word(tokens, j)))
                if found and not cut_out(tokens, (i, j)):
                    for label, kind, score in found:
                        yield Suggestion(token.start, tokens[j - 1].end, label, NAME, score, kind)

    def _labels(self, article: str, text: str, before: bool) -> Iterator[tuple[str, str, float]]:
        """Yield each label that a text may have, the kind of the suggestion and its chance."""
        here, everywhere = self._marks.in_article(article, text), self._marks.in_corpus(text)
        last = self._surnames.in_article(article, text)
        for label in sorted({*here, *everywhere, *last} - {_BARE}):
            kind = REPEAT if here[label] else SURNAME if last[label] else ELSEWHERE
            chance = _posterior(PRIORS[kind], label, here + last, everywhere + last)
            if before:
                at = text + _BEFORE
                seen = self._marks.in_article(article, at), self._marks.in_corpus(at)
                chance = _posterior(chance, label, *seen)
            down, away = self.turned_down(article, text, label)
            yield label, kind, chance * _PRIOR / (_PRIOR + _TURNED_DOWN * (down + _ELSEWHERE * away))

    def _count(self, article: str, entries: Sequence[_Entry], by: int) -> None:
        for entry in entries:
            self._books[entry.book].count(article, entry.text, entry.label, by)
            first, n = entry.words
            if n:
                lengths = self._lengths.setdefault(first, Counter())
                lengths[n] += by
                if not lengths[n]:
                    del lengths[n]

    def _entries(self, work: Work) -> Iterator[_Entry]:
        """Yield what a work adds: its marks, the surnames in them, what it turned down and left bare."""
        tokens, said = work.sentence.tokens, work.annotation
        spans = [s for s in said.spans if s.label != self._claim]
        for r, label in _ranges(tokens, spans):
            yield from self._marked(tokens, r, label)
        for (first, last), label in _ranges(tokens, said.rejected):
            yield _Entry(_Kind.DOWN, text_of(tokens[first:last]), label)
        if said.answer is Answer.ACCEPT:
            for first, last in capital_runs(tokens):
                start, end = tokens[first].start, tokens[last - 1].end
                if not any(s.start < end and start < s.end for s in spans):
                    yield from _mark(tokens, (first, last), _BARE)

    def _marked(self, tokens: Sequence[Token], r: Range, label: str) -> Iterator[_Entry]:
        words = tokens[r[0] : r[1]]
        if worthy(words):
            yield from _mark(tokens, r, label)
            if label == self._person and (last := surname(words)):
                yield _Entry(_Kind.SURNAMES, last, label, (last, 1))


def _mark(tokens: Sequence[Token], r: Range, label: str) -> Iterator[_Entry]:
    """Yield the entries of one mention; a bare one can only speak against a suggestion."""
    words = tokens[r[0] : r[1]]
    text = text_of(words)
    yield _Entry(_Kind.MARKS, text, label, (words[0].text, len(words)) if label else ("", 0))
    if before_word(tokens, r[1]):
        yield _Entry(_Kind.MARKS, text + _BEFORE, label)


def _posterior(prior: float, label: str, here: Counter[str], everywhere: Counter[str]) -> float:
    """Return the mean of the Beta posterior; ``everywhere`` holds the counts of ``here`` as well."""
    right = here[label] + _ELSEWHERE * (everywhere[label] - here[label])
    seen = here.total() + _ELSEWHERE * (everywhere.total() - here.total())
    return (_PRIOR * prior + right) / (_PRIOR + seen)


def _ranges(tokens: Sequence[Token], spans: Sequence[Span]) -> Iterator[tuple[Range, str]]:
    """Yield the token range and the label of each span that lies on token edges."""
    for span in spans:
        if is_aligned(tokens, span.start, span.end):
            yield token_range(tokens, span.start, span.end), span.label
