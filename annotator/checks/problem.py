"""A problem: what a check has found, where, and what cures it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Self

from msgspec import Struct, field

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import Article, Sentence
from annotator.core.schema import Schema
from annotator.core.spans import Span


class ProblemLevel(StrEnum):
    """How serious a problem is."""

    ERROR = "error"
    """Data that are damaged, break the schema or cannot be trained on as they are."""
    WARNING = "warning"
    """What is mostly a mistake, and for a person to decide."""


_WARNING = ProblemLevel.WARNING


class ProblemKind(StrEnum):
    """What the built-in checks look for, in the order of the report: name, level and words."""

    level: ProblemLevel
    description: str

    def __new__(cls, name: str, level: ProblemLevel, description: str) -> Self:
        """Make a member whose value is its name alone."""
        kind = str.__new__(cls, name)
        kind._value_, kind.level, kind.description = name, level, description
        return kind

    JOURNAL = "journal", ProblemLevel.ERROR, "damage in the stored files"
    PLACE = "place", ProblemLevel.ERROR, "sentences that are not in their article"
    LABEL = "label", ProblemLevel.ERROR, "labels that the schema lacks"
    OVERLAP = "overlap", ProblemLevel.ERROR, "overlaps that the schema forbids"
    PARTS = "parts", ProblemLevel.ERROR, "discontinuous spans of one part, or of parts with different labels"
    CHARACTERS = "characters", ProblemLevel.ERROR, "spans that begin or end inside a token"
    BLANK_EDGE = "blank-edge", ProblemLevel.ERROR, "white space at a span's edge, or nothing else in it"
    TWO_MACHINES = "two-machines", ProblemLevel.WARNING, "sentences that two machines have annotated differently"
    CONFLICT = "conflict", ProblemLevel.WARNING, "sentences that annotators have finished differently"
    LATER_LABEL = "later-label", ProblemLevel.WARNING, "labels that came after sentences had been accepted"
    DOUBT = "doubt", ProblemLevel.WARNING, "articles of which the cleaner may have kept the wrong lines"
    DELETED = "deleted", ProblemLevel.WARNING, "annotated sentences that the new version of their article lacks"
    VERSIONS = "versions", ProblemLevel.WARNING, "links between the versions of an article that lead nowhere or to two"
    METADATA = (
        "metadata",
        ProblemLevel.WARNING,
        "titles, dates and other metadata that have changed since they were stored",
    )
    EMPTY = "empty", ProblemLevel.WARNING, "spans without a letter, digit or symbol"
    PUNCTUATION = "punctuation", ProblemLevel.WARNING, "punctuation at a span's edge"
    HUGE = "huge", ProblemLevel.WARNING, "spans far longer than others of their label"
    SENTENCE_END = "sentence-end", ProblemLevel.WARNING, "spans that run over the end of a sentence"
    TWO_LABELS = "two-labels", ProblemLevel.WARNING, "the same words with different labels"
    OTHER_EDGES = "other-edges", _WARNING, "the same name with and without its title, article or possessive"
    UNLABELLED = "unlabelled", ProblemLevel.WARNING, "words labelled here and not there"
    GUIDELINE = "guideline", ProblemLevel.WARNING, "spans that contradict the examples of the schema"
    DUPLICATE_ARTICLE = "duplicate-article", ProblemLevel.WARNING, "articles that are nearly the same"
    DUPLICATE_SENTENCE = "duplicate-sentence", ProblemLevel.WARNING, "sentences that are nearly the same"
    FEW = "few", ProblemLevel.WARNING, "too little to train on"
    LANGUAGE = "language", ProblemLevel.WARNING, "texts in another language than the corpus's"
    TOKENIZER = "tokenizer", ProblemLevel.WARNING, "tokens that the installed spaCy or the corpus itself cuts otherwise"


class PluginKind(Struct, frozen=True):
    """What a check of a plug-in looks for; ``value`` is the plug-in's name."""

    value: str
    level: ProblemLevel = ProblemLevel.WARNING
    description: str = ""

    def __str__(self) -> str:
        return self.value


class ProblemLocation(Struct, frozen=True):
    """Where a problem is; what does not apply is empty."""

    article: str = ""
    annotator: str = ""
    sentence: str = ""
    """The sentence's id, ``article:start-end``."""
    offset: int = 0
    """Where the sentence starts, in code points of the article."""
    span: Span | None = None
    words: str = ""
    """The characters that the span covers, or the sentence's where there is no span."""
    seq: int = 0
    """The number of the journal record; 0 where there is none."""
    file: str = ""
    """The file in the corpus folder, where it is not the journal's."""
    line: int = 0
    """The line of the file, from 1; 0 where it is not known."""
    number: str = ""
    """Article and sentence as the screen numbers them: ``2.14``."""

    @property
    def sort_key(self) -> tuple[str, str, int, int, int, str, str, int]:
        """What places are sorted by: annotator, article, offset, span, file, line."""
        s = self.span
        edges = (s.start, -s.end, s.label) if s else (-1, 0, "")
        return (self.annotator, self.article, self.offset, *edges, self.file, self.line)


class Problem(Struct, frozen=True):
    """One problem, with its place and its cure."""

    kind: ProblemKind | PluginKind
    location: ProblemLocation
    what: str
    remedy: str
    related: tuple[ProblemLocation, ...] = ()
    """Further places that belong to it."""

    @property
    def sort_key(self) -> tuple[int, str, tuple[str, str, int, int, int, str, str, int], str]:
        """What a report is sorted by: kind (plug-ins last), place, words."""
        known = isinstance(self.kind, ProblemKind)
        order = _KIND_ORDER.index(self.kind) if known else len(_KIND_ORDER)
        return (order, self.kind.value, self.location.sort_key, self.what)


_KIND_ORDER = tuple(ProblemKind)


def problem_location(
    annotated: AnnotatedSentence, annotator: str, span: Span | None = None, seq: int = 0
) -> ProblemLocation:
    """Return the location of a sentence, or of one of its spans."""
    s = annotated.sentence
    words = annotated.text_of(span) if span else s.text
    return ProblemLocation(s.article, annotator, s.id, s.start, span, words, seq)


def quote_text(words: str, most: int = 60) -> str:
    """Return words in quotation marks on one line, shortened in the middle."""
    line = " ".join(words.split())
    half = most // 2
    return f"“{line}”" if len(line) <= most else f"“{line[:half].rstrip()} … {line[-half:].lstrip()}”"


# What the checks look at: reviewed sentences, the schema, and the sentences of the articles.


CHECKED_ANSWERS = frozenset({None, Answer.ACCEPT})
"""The answers of sentences that are looked at: what is rejected or ignored is never trained on."""


class ReviewedSentence(Struct, frozen=True):
    """One sentence as an annotator left it, and its record."""

    annotated: AnnotatedSentence
    annotator: str
    seq: int = 0

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.annotated.sentence

    @property
    def spans(self) -> tuple[Span, ...]:
        """Its spans, in code points of its text."""
        return self.annotated.annotation.spans

    @property
    def answer(self) -> Answer | None:
        """Its answer; None for an unfinished one."""
        return self.annotated.annotation.answer

    def text_of(self, span: Span) -> str:
        """Return the characters that a span covers."""
        return self.annotated.text_of(span)

    def quote(self, span: Span) -> str:
        """Return the words of a span in quotation marks, shortened."""
        return quote_text(self.text_of(span))

    def location_of(self, span: Span | None = None) -> ProblemLocation:
        """Return its place, or that of one of its spans."""
        return problem_location(self.annotated, self.annotator, span, self.seq)

    def problem(
        self, kind: ProblemKind, span: Span | None, what: str, remedy: str, related: Iterable[Span] = ()
    ) -> Problem:
        """Return a problem of the sentence, or of one of its spans."""
        return Problem(kind, self.location_of(span), what, remedy, tuple(map(self.location_of, related)))


class CheckInput(Struct, frozen=True):
    """What a check is given.

    Left out are sentences that are rejected, ignored or untouched, those that an annotator has finished
    again in a newer version of the article, and those of lines that are switched off. A title, a byline
    or a caption is such a line: no sentence has it, so a check of titles reads ``articles``
    (`Article.title`, `Article.lines`).
    """

    schema: Schema
    reviewed_sentences: Sequence[ReviewedSentence] = ()
    """The accepted and unfinished sentences, by annotator, in the order of the articles."""
    articles: Mapping[str, Article] = field(default_factory=dict)
    """By id, every article of the corpus, replaced ones too."""
    sentences: Mapping[str, Sequence[Sentence]] = field(default_factory=dict)
    """By article in the queue, its stored sentences that are annotated, in text order."""

    def spans(self) -> Iterator[tuple[ReviewedSentence, Span]]:
        """Yield each span with its sentence."""
        return ((reviewed, span) for reviewed in self.reviewed_sentences for span in reviewed.spans)

    def by_annotator(self) -> dict[str, list[ReviewedSentence]]:
        """Return the sentences of each annotator, by name."""
        out: dict[str, list[ReviewedSentence]] = {}
        for reviewed in self.reviewed_sentences:
            out.setdefault(reviewed.annotator, []).append(reviewed)
        return dict(sorted(out.items()))


def statement_labels(schema: Schema) -> frozenset[str]:
    """Return the labels of statements: those that hold others and are in none but their own.

    They are whole clauses or quotations, so that other edges and lengths are right for them.
    """
    return frozenset(x.name for x in schema.labels if x.name in schema.containers and not set(x.inside) - {x.name})
