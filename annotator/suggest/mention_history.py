"""Suggestions from what the annotator has already marked: the same words, the same label.

Every mention is counted by article and over the corpus, and so are the names of accepted sentences
that have no label: a name that is left unmarked as often as it is marked is a poor suggestion. The
chance of a label is the mean of a Beta posterior over those counts, what is in other articles
counting less; one that was turned down counts as several that were left unmarked. Mentions right
before a word ("the Norhaven council", "Norhaven agreed") are counted by themselves as well, because
labels of places and of people part there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto

from msgspec import Struct, field

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, sorted_suggestions
from annotator.core.tokens import Token, TokenRange, token_range
from annotator.language import mentions
from annotator.language.span_kinds import label_for_kind

# Counts of texts by label, in each article and over the corpus, that go up and down.


CountsByLabel = dict[str, int]
"""How often each label was seen; a plain dict, because there are as many as mentions."""
_NO_COUNTS: CountsByLabel = {}


class LabelCounts(Struct):
    """How often each text has each label."""

    _by_article: dict[str, dict[str, CountsByLabel]] = field(default_factory=dict)
    _in_corpus: dict[str, CountsByLabel] = field(default_factory=dict)

    def add(self, article: str, text: str, label: str, by: int) -> None:
        """Add ``by`` to the count of a text with a label; a count of zero takes no room."""
        _add_count(self._by_article.setdefault(article, {}), text, label, by)
        _add_count(self._in_corpus, text, label, by)

    def in_article(self, article: str, text: str) -> Mapping[str, int]:
        """Return the counts of a text in an article, by label; to be read only."""
        return self._by_article.get(article, {}).get(text, _NO_COUNTS)

    def in_corpus(self, text: str) -> Mapping[str, int]:
        """Return the counts of a text in all articles, by label; to be read only."""
        return self._in_corpus.get(text, _NO_COUNTS)


def _add_count(texts: dict[str, CountsByLabel], text: str, label: str, by: int) -> None:
    counts = texts.get(text)
    if counts is None:
        texts[text] = {label: by}
        return
    n = counts.get(label, 0) + by
    if n:
        counts[label] = n
        return
    counts.pop(label, None)
    if not counts:
        del texts[text]


HISTORY_SOURCE = "history"
REPEATED_MENTION, SURNAME_MENTION, OTHER_ARTICLE_MENTION = "repeat", "surname", "elsewhere"
"""The kinds: marked in this article; the last name of somebody marked in it; marked in another one."""

PRIOR_SHARES = {REPEATED_MENTION: 0.9, SURNAME_MENTION: 0.9, OTHER_ARTICLE_MENTION: 0.7}
"""The share of each kind that annotators keep, before anything is known of the words themselves."""
_PRIOR_WEIGHT = 2.0
"""How many sightings such a share is worth."""
_OTHER_SOURCE_WEIGHT = 3.0
"""How many sightings the score of another source is worth."""
_OTHER_ARTICLE_WEIGHT = 0.3
"""What a sighting in another article is worth beside one in this article."""
_REJECTION_WEIGHT = 3.0
"""How many sightings without the label one is worth that was turned down."""
_UNLABELLED = ""
"""The label of a name that is in an accepted sentence without one."""
_BEFORE_WORD = "\n"
"""Set after a text, it is the text right before a word; no text of a mention holds it."""


class _CountKind(Enum):
    """What is counted: marked texts, surnames of marked persons, rejected texts."""

    MARKS = auto()
    SURNAMES = auto()
    REJECTED = auto()


class _CountEntry(Struct, frozen=True):
    """What an annotated sentence adds to one of the counters."""

    counter: _CountKind
    text: str
    label: str
    lookup_key: tuple[str, int] = ("", 0)
    """The first token and the number of tokens, where the text may be suggested."""


class MentionHistory:
    """The mentions of one annotator, kept up to date sentence by sentence.

    ``add`` and ``remove`` cost what the spans and names of one sentence cost, ``suggest`` what its
    words cost, however many mentions there are.
    """

    name = HISTORY_SOURCE

    def __init__(self, schema: Schema) -> None:
        """Start with nothing marked."""
        self._person_label = label_for_kind(schema, "person")
        self._claim_label = label_for_kind(schema, "claim")
        self._mention_counts = LabelCounts()
        self._surname_counts = LabelCounts()
        self._rejected_counts = LabelCounts()
        counters = (self._mention_counts, self._surname_counts, self._rejected_counts)
        self._counters = dict(zip(_CountKind, counters, strict=True))
        self._lengths_by_first_token: dict[str, dict[int, int]] = {}
        self._entries_by_sentence: dict[Sentence, list[_CountEntry]] = {}

    def add(self, annotated: AnnotatedSentence) -> None:
        """Count the annotation of a sentence, in place of an earlier one of it."""
        self.remove(annotated)
        if entries := list(self._entries(annotated)):
            self._entries_by_sentence[annotated.sentence] = entries
            self._count(annotated.sentence.article, entries, 1)

    def remove(self, annotated: AnnotatedSentence) -> None:
        """Remove the counts of a sentence, if it has any."""
        self._count(annotated.sentence.article, self._entries_by_sentence.pop(annotated.sentence, []), -1)

    def update(self, before: Sequence[AnnotatedSentence], after: Sequence[AnnotatedSentence]) -> frozenset[str]:
        """Count an edit; return the texts whose counts have changed.

        What does not change in a sentence is not counted again.
        """
        net: Counter[tuple[str, _CountEntry]] = Counter()
        for annotated in (*before, *after):
            net.subtract((annotated.sentence.article, e) for e in self._entries_by_sentence.pop(annotated.sentence, ()))
        for annotated in after:
            if entries := list(self._entries(annotated)):
                self._entries_by_sentence[annotated.sentence] = entries
                net.update((annotated.sentence.article, e) for e in entries)
        other = [(article, e, n) for (article, e), n in net.items() if n]
        for article, entry, n in other:
            self._count(article, (entry,), n)
        return frozenset(e.text.removesuffix(_BEFORE_WORD) for _, e, _ in other)

    def rejection_counts(self, article: str, text: str, label: str) -> tuple[int, int]:
        """Return how often a label was turned down for these words: in the article, and elsewhere."""
        here = self._rejected_counts.in_article(article, text).get(label, 0)
        return here, self._rejected_counts.in_corpus(text).get(label, 0) - here

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return the mentions that occur again in a sentence, in reading order; its own are among them."""
        return sorted_suggestions(self._repeated_mentions(sentence))

    def reweigh(self, sentence: Sentence, s: Suggestion) -> float:
        """Return the chance of another source's suggestion given how its words were annotated before.

        Its own score counts as ``_OTHER_SOURCE_WEIGHT`` sightings.
        """
        first, last = token_range(sentence.tokens, s.start, s.end)
        text = mentions.mention_text(sentence.tokens[first:last])
        before = mentions.is_before_word(sentence.tokens, last)
        return self._chance(sentence.article, text, s.label, before, s.score, _OTHER_SOURCE_WEIGHT)

    def _repeated_mentions(self, sentence: Sentence) -> Iterator[Suggestion]:
        tokens, article = sentence.tokens, sentence.article
        for i, token in enumerate(tokens):
            lengths = sorted(self._lengths_by_first_token.get(token.text, ()))
            for j in (i + n for n in lengths if i + n <= len(tokens)):
                text = mentions.mention_text(tokens[i:j])
                labels = self._label_kinds(article, text)
                if labels and not mentions.is_part_of_longer_name(tokens, (i, j)):
                    for label, kind in labels.items():
                        before = mentions.is_before_word(tokens, j)
                        score = self._chance(article, text, label, before, PRIOR_SHARES[kind], _PRIOR_WEIGHT)
                        yield Suggestion(token.start, tokens[j - 1].end, label, HISTORY_SOURCE, score, kind)

    def _label_kinds(self, article: str, text: str) -> dict[str, str]:
        """Return each label that a text may have, with the kind of the suggestion."""
        here = self._mention_counts.in_article(article, text)
        everywhere = self._mention_counts.in_corpus(text)
        last = self._surname_counts.in_article(article, text)
        labels = sorted({*here, *everywhere, *last} - {_UNLABELLED})
        return {
            x: REPEATED_MENTION if x in here else SURNAME_MENTION if x in last else OTHER_ARTICLE_MENTION
            for x in labels
        }

    def _chance(self, article: str, text: str, label: str, before: bool, prior: float, worth: float) -> float:
        """Return the chance of a label for a text; ``prior`` is worth that many sightings."""
        last = self._surname_counts.in_article(article, text)
        here = _sum_counts(self._mention_counts.in_article(article, text), last)
        chance = _posterior(prior, worth, label, here, _sum_counts(self._mention_counts.in_corpus(text), last))
        if before:
            at = text + _BEFORE_WORD
            seen = self._mention_counts.in_article(article, at), self._mention_counts.in_corpus(at)
            chance = _posterior(chance, worth, label, *seen)
        down, away = self.rejection_counts(article, text, label)
        return chance * worth / (worth + _REJECTION_WEIGHT * (down + _OTHER_ARTICLE_WEIGHT * away))

    def _count(self, article: str, entries: Sequence[_CountEntry], by: int) -> None:
        for entry in entries:
            self._counters[entry.counter].add(article, entry.text, entry.label, by)
            first, n = entry.lookup_key
            if n:
                lengths = self._lengths_by_first_token.setdefault(first, {})
                lengths[n] = lengths.get(n, 0) + by
                if not lengths[n]:
                    del lengths[n]

    def _entries(self, annotated: AnnotatedSentence) -> Iterator[_CountEntry]:
        """Yield what a sentence adds: its marks, the surnames in them, rejected and unlabelled names."""
        tokens, annotation = annotated.sentence.tokens, annotated.annotation
        spans = [s for s in annotation.spans if s.label != self._claim_label]
        for r, label in _token_ranges(tokens, spans):
            yield from self._label_entries(tokens, r, label)
        for (first, last), label in _token_ranges(tokens, annotation.rejected):
            yield _CountEntry(_CountKind.REJECTED, mentions.mention_text(tokens[first:last]), label)
        if annotation.answer is Answer.ACCEPT:
            for first, last in mentions.capitalised_runs(tokens):
                start, end = tokens[first].start, tokens[last - 1].end
                if not any(s.start < end and start < s.end for s in spans):
                    yield from _mention_entries(tokens, (first, last), _UNLABELLED)

    def _label_entries(self, tokens: Sequence[Token], r: TokenRange, label: str) -> Iterator[_CountEntry]:
        words = tokens[r[0] : r[1]]
        if mentions.is_repeatable_mention(words):
            yield from _mention_entries(tokens, r, label)
            if label == self._person_label and (last := mentions.surname(words)):
                yield _CountEntry(_CountKind.SURNAMES, last, label, (last, 1))


def _mention_entries(tokens: Sequence[Token], r: TokenRange, label: str) -> Iterator[_CountEntry]:
    """Yield the entries of one mention; a bare one can only speak against a suggestion."""
    words = tokens[r[0] : r[1]]
    text = mentions.mention_text(words)
    yield _CountEntry(_CountKind.MARKS, text, label, (words[0].text, len(words)) if label else ("", 0))
    if mentions.is_before_word(tokens, r[1]):
        yield _CountEntry(_CountKind.MARKS, text + _BEFORE_WORD, label)


def _sum_counts(some: Mapping[str, int], more: Mapping[str, int]) -> Mapping[str, int]:
    return {x: some.get(x, 0) + more.get(x, 0) for x in (*some, *more)} if more else some


def _posterior(prior: float, worth: float, label: str, here: Mapping[str, int], everywhere: Mapping[str, int]) -> float:
    """Return the mean of the Beta posterior; ``everywhere`` holds the counts of ``here`` as well."""
    right, of_all = here.get(label, 0), everywhere.get(label, 0)
    seen, in_all = sum(here.values()), sum(everywhere.values())
    weighed = right + _OTHER_ARTICLE_WEIGHT * (of_all - right), seen + _OTHER_ARTICLE_WEIGHT * (in_all - seen)
    return (worth * prior + weighed[0]) / (worth + weighed[1])


def _token_ranges(tokens: Sequence[Token], spans: Sequence[Span]) -> Iterator[tuple[TokenRange, str]]:
    """Yield the token range and the label of each span that is on token edges."""
    if not spans:
        return
    starts = {t.start: i for i, t in enumerate(tokens)}
    ends = {t.end: i for i, t in enumerate(tokens, 1)}
    for span in spans:
        first, last = starts.get(span.start), ends.get(span.end)
        if first is not None and last is not None and first < last:
            yield (first, last), span.label
