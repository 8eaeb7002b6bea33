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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from annotator.core.annotation import Answer, Work
from annotator.core.article import Sentence
from annotator.core.mentions import before_word, capital_runs, cut_out, surname, text_of, worthy
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, in_order
from annotator.core.tokens import Range, Token, token_range
from annotator.suggest.counts import Book
from annotator.suggest.labels import label_for

NAME = "history"
REPEAT, SURNAME, ELSEWHERE = "repeat", "surname", "elsewhere"
"""The kinds: marked in this article; the last name of somebody marked in it; marked in another one."""

PRIORS = {REPEAT: 0.9, SURNAME: 0.9, ELSEWHERE: 0.7}
"""The share of each kind that annotators keep, before anything is known of the words themselves."""
_PRIOR = 2.0
"""How many sightings such a share is worth."""
_TRUST = 3.0
"""How many sightings the score of another source is worth."""
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
    REJECTED = auto()


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a work adds to one of the books."""

    counter: _Kind
    text: str
    label: str
    lookup_key: tuple[str, int] = ("", 0)
    """The first token and the number of tokens, where the text may be suggested."""


class MentionIndex:
    """The mentions of one annotator, kept up to date work by work.

    ``add`` and ``remove`` cost what the spans and names of one sentence cost, ``suggest`` what its
    words cost, however many mentions there are.
    """

    name = NAME

    def __init__(self, schema: Schema) -> None:
        """Start with nothing marked."""
        self._person_label = label_for(schema, "person")
        self._claim_label = label_for(schema, "claim")
        self._mention_counts, self._surname_counts, self._rejected_counts = Book(), Book(), Book()
        self._counters = {_Kind.MARKS: self._mention_counts, _Kind.SURNAMES: self._surname_counts, _Kind.REJECTED: self._rejected_counts}
        self._lengths_by_first_token: dict[str, dict[int, int]] = {}
        self._entries_by_sentence: dict[Sentence, list[_Entry]] = {}

    def add(self, annotated: Work) -> None:
        """Take in what was said of a sentence, in place of what was taken in of it before."""
        self.remove(annotated)
        if entries := list(self._entries(annotated)):
            self._entries_by_sentence[annotated.sentence] = entries
            self._count(annotated.sentence.article, entries, 1)

    def remove(self, annotated: Work) -> None:
        """Take out what was said of a sentence; nothing happens where nothing was taken in."""
        self._count(annotated.sentence.article, self._entries_by_sentence.pop(annotated.sentence, []), -1)

    def update(self, before: Sequence[Work], after: Sequence[Work]) -> frozenset[str]:
        """Take in an edit; return the texts of which something else is known now.

        What stays as it was in a sentence is neither taken out nor counted again.
        """
        net: Counter[tuple[str, _Entry]] = Counter()
        for annotated in (*before, *after):
            net.subtract((annotated.sentence.article, e) for e in self._entries_by_sentence.pop(annotated.sentence, ()))
        for annotated in after:
            if entries := list(self._entries(annotated)):
                self._entries_by_sentence[annotated.sentence] = entries
                net.update((annotated.sentence.article, e) for e in entries)
        other = [(article, e, n) for (article, e), n in net.items() if n]
        for article, entry, n in other:
            self._count(article, (entry,), n)
        return frozenset(e.text.removesuffix(_BEFORE) for _, e, _ in other)

    def rejection_counts(self, article: str, text: str, label: str) -> tuple[int, int]:
        """Return how often a label was turned down for these words: in the article, and elsewhere."""
        here = self._rejected_counts.in_article(article, text).get(label, 0)
        return here, self._rejected_counts.in_corpus(text).get(label, 0) - here

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the mentions that stand again in a sentence, in reading order; its own are among them."""
        return in_order(self._repeated_mentions(sentence))

    def reweigh(self, sentence: Sentence, s: Suggestion) -> float:
        """Return the chance of another source's suggestion in the light of what was said of its words.

        Its own score counts as ``_TRUST`` sightings.
        """
        first, last = token_range(sentence.tokens, s.start, s.end)
        text = text_of(sentence.tokens[first:last])
        before = before_word(sentence.tokens, last)
        return self._chance(sentence.article, text, s.label, before, s.score, _TRUST)

    def _repeated_mentions(self, sentence: Sentence) -> Iterator[Suggestion]:
        tokens, article = sentence.tokens, sentence.article
        for i, token in enumerate(tokens):
            for j in (i + n for n in sorted(self._lengths_by_first_token.get(token.text, ())) if i + n <= len(tokens)):
                text = text_of(tokens[i:j])
                labels = self._label_kinds(article, text)
                if labels and not cut_out(tokens, (i, j)):
                    for label, kind in labels.items():
                        before = before_word(tokens, j)
                        score = self._chance(article, text, label, before, PRIORS[kind], _PRIOR)
                        yield Suggestion(token.start, tokens[j - 1].end, label, NAME, score, kind)

    def _label_kinds(self, article: str, text: str) -> dict[str, str]:
        """Return each label that a text may have, with the kind of the suggestion."""
        here, everywhere = self._mention_counts.in_article(article, text), self._mention_counts.in_corpus(text)
        last = self._surname_counts.in_article(article, text)
        labels = sorted({*here, *everywhere, *last} - {_BARE})
        return {x: REPEAT if x in here else SURNAME if x in last else ELSEWHERE for x in labels}

    def _chance(self, article: str, text: str, label: str, before: bool, prior: float, worth: float) -> float:
        """Return the chance of a label for a text; ``prior`` is worth that many sightings."""
        last = self._surname_counts.in_article(article, text)
        here = _sum(self._mention_counts.in_article(article, text), last)
        chance = _posterior(prior, worth, label, here, _sum(self._mention_counts.in_corpus(text), last))
        if before:
            at = text + _BEFORE
            seen = self._mention_counts.in_article(article, at), self._mention_counts.in_corpus(at)
            chance = _posterior(chance, worth, label, *seen)
        down, away = self.rejection_counts(article, text, label)
        return chance * worth / (worth + _TURNED_DOWN * (down + _ELSEWHERE * away))

    def _count(self, article: str, entries: Sequence[_Entry], by: int) -> None:
        for entry in entries:
            self._counters[entry.counter].add(article, entry.text, entry.label, by)
            first, n = entry.lookup_key
            if n:
                lengths = self._lengths_by_first_token.setdefault(first, {})
                lengths[n] = lengths.get(n, 0) + by
                if not lengths[n]:
                    del lengths[n]

    def _entries(self, annotated: Work) -> Iterator[_Entry]:
        """Yield what a work adds: its marks, the surnames in them, what it turned down and left bare."""
        tokens, said = annotated.sentence.tokens, annotated.annotation
        spans = [s for s in said.spans if s.label != self._claim_label]
        for r, label in _ranges(tokens, spans):
            yield from self._label_entries(tokens, r, label)
        for (first, last), label in _ranges(tokens, said.rejected):
            yield _Entry(_Kind.REJECTED, text_of(tokens[first:last]), label)
        if said.answer is Answer.ACCEPT:
            for first, last in capital_runs(tokens):
                start, end = tokens[first].start, tokens[last - 1].end
                if not any(s.start < end and start < s.end for s in spans):
                    yield from _mark(tokens, (first, last), _BARE)

    def _label_entries(self, tokens: Sequence[Token], r: Range, label: str) -> Iterator[_Entry]:
        words = tokens[r[0] : r[1]]
        if worthy(words):
            yield from _mark(tokens, r, label)
            if label == self._person_label and (last := surname(words)):
                yield _Entry(_Kind.SURNAMES, last, label, (last, 1))


def _mark(tokens: Sequence[Token], r: Range, label: str) -> Iterator[_Entry]:
    """Yield the entries of one mention; a bare one can only speak against a suggestion."""
    words = tokens[r[0] : r[1]]
    text = text_of(words)
    yield _Entry(_Kind.MARKS, text, label, (words[0].text, len(words)) if label else ("", 0))
    if before_word(tokens, r[1]):
        yield _Entry(_Kind.MARKS, text + _BEFORE, label)


def _sum(some: Mapping[str, int], more: Mapping[str, int]) -> Mapping[str, int]:
    return {x: some.get(x, 0) + more.get(x, 0) for x in (*some, *more)} if more else some


def _posterior(
    prior: float, worth: float, label: str, here: Mapping[str, int], everywhere: Mapping[str, int]
) -> float:
    """Return the mean of the Beta posterior; ``everywhere`` holds the counts of ``here`` as well."""
    right, of_all = here.get(label, 0), everywhere.get(label, 0)
    seen, in_all = sum(here.values()), sum(everywhere.values())
    weighed = right + _ELSEWHERE * (of_all - right), seen + _ELSEWHERE * (in_all - seen)
    return (worth * prior + weighed[0]) / (worth + weighed[1])


def _ranges(tokens: Sequence[Token], spans: Sequence[Span]) -> Iterator[tuple[Range, str]]:
    """Yield the token range and the label of each span that lies on token edges."""
    if not spans:
        return
    starts = {t.start: i for i, t in enumerate(tokens)}
    ends = {t.end: i for i, t in enumerate(tokens, 1)}
    for span in spans:
        first, last = starts.get(span.start), ends.get(span.end)
        if first is not None and last is not None and first < last:
            yield (first, last), span.label
