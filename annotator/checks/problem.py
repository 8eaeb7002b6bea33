"""A problem: what a check has found, where, and what cures it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

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


class ProblemKind(StrEnum):
    """What a check looks for, in the order of the report."""

    JOURNAL = "journal"
    PLACE = "place"
    LABEL = "label"
    OVERLAP = "overlap"
    CHARACTERS = "characters"
    BLANK_EDGE = "blank-edge"
    EMPTY = "empty"
    PUNCTUATION = "punctuation"
    HUGE = "huge"
    SENTENCE_END = "sentence-end"
    TWO_LABELS = "two-labels"
    OTHER_EDGES = "other-edges"
    UNLABELLED = "unlabelled"
    GUIDELINE = "guideline"
    DUPLICATE_ARTICLE = "duplicate-article"
    DUPLICATE_SENTENCE = "duplicate-sentence"
    FEW = "few"
    TOKENIZER = "tokenizer"

    @property
    def level(self) -> ProblemLevel:
        """How serious such a problem is."""
        return ProblemLevel.ERROR if self in _ERROR_KINDS else ProblemLevel.WARNING

    @property
    def description(self) -> str:
        """What the check looks for, in words."""
        return _KIND_DESCRIPTIONS[self]


_ERROR_KINDS = frozenset(
    {
        ProblemKind.JOURNAL,
        ProblemKind.PLACE,
        ProblemKind.LABEL,
        ProblemKind.OVERLAP,
        ProblemKind.CHARACTERS,
        ProblemKind.BLANK_EDGE,
    }
)
_KIND_DESCRIPTIONS = {
    ProblemKind.JOURNAL: "damage in the stored files",
    ProblemKind.PLACE: "sentences that do not stand in their article",
    ProblemKind.LABEL: "labels that the schema lacks",
    ProblemKind.OVERLAP: "overlaps that the schema forbids",
    ProblemKind.CHARACTERS: "spans that begin or end inside a token",
    ProblemKind.BLANK_EDGE: "white space at a span's edge, or nothing else in it",
    ProblemKind.EMPTY: "spans without a letter, digit or symbol",
    ProblemKind.PUNCTUATION: "punctuation at a span's edge",
    ProblemKind.HUGE: "spans far longer than others of their label",
    ProblemKind.SENTENCE_END: "spans that run over the end of a sentence",
    ProblemKind.TWO_LABELS: "the same words with different labels",
    ProblemKind.OTHER_EDGES: "the same name with and without its title, article or possessive",
    ProblemKind.UNLABELLED: "words labelled here and not there",
    ProblemKind.GUIDELINE: "spans that contradict the examples of the schema",
    ProblemKind.DUPLICATE_ARTICLE: "articles that are nearly the same",
    ProblemKind.DUPLICATE_SENTENCE: "sentences that are nearly the same",
    ProblemKind.FEW: "too little to train on",
    ProblemKind.TOKENIZER: "tokens that the installed spaCy would cut otherwise",
}


class ProblemLocation(Struct, frozen=True):
    """Where a problem is; what does not apply is left empty."""

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

    @property
    def sort_key(self) -> tuple[str, str, int, int, int, str, str, int]:
        """What places are sorted by: annotator, article, offset, span, file, line."""
        s = self.span
        edges = (s.start, -s.end, s.label) if s else (-1, 0, "")
        return (self.annotator, self.article, self.offset, *edges, self.file, self.line)


class Problem(Struct, frozen=True):
    """One problem, with its place and its cure."""

    kind: ProblemKind
    location: ProblemLocation
    what: str
    remedy: str
    related: tuple[ProblemLocation, ...] = ()
    """Further places that belong to it."""

    @property
    def sort_key(self) -> tuple[int, tuple[str, str, int, int, int, str, str, int], str]:
        """What a report is sorted by: kind, place, words."""
        return (_KIND_ORDER.index(self.kind), self.location.sort_key, self.what)


_KIND_ORDER = tuple(ProblemKind)


def problem_location(
    annotated: AnnotatedSentence, annotator: str, span: Span | None = None, seq: int = 0
) -> ProblemLocation:
    """Return the place of a work, or of one of its spans."""
    s = annotated.sentence
    words = annotated.text_of(span) if span else s.text
    return ProblemLocation(s.article, annotator, s.id, s.start, span, words, seq)


def quote_text(words: str, most: int = 60) -> str:
    """Return words in quotation marks on one line, shortened in the middle."""
    line = " ".join(words.split())
    half = most // 2
    return f"“{line}”" if len(line) <= most else f"“{line[:half].rstrip()} … {line[-half:].lstrip()}”"


# What the checks look at: the works that count, the schema, and the sentences of the articles.


CHECKED_ANSWERS = frozenset({None, Answer.ACCEPT})
"""The answers of sentences that are looked at: what is rejected or ignored is never trained on."""


class ReviewedSentence(Struct, frozen=True):
    """One sentence as an annotator left it, and the record that says so."""

    annotated: AnnotatedSentence
    annotator: str
    seq: int = 0

    def location_of(self, span: Span | None = None) -> ProblemLocation:
        """Return its place, or that of one of its spans."""
        return problem_location(self.annotated, self.annotator, span, self.seq)


class CheckInput(Struct, frozen=True):
    """What is checked."""

    schema: Schema
    reviewed_sentences: Sequence[ReviewedSentence] = ()
    """The sentences with an answer that counts, by annotator, in the order of the articles."""
    articles: Mapping[str, Article] = field(default_factory=dict)
    sentences: Mapping[str, Sequence[Sentence]] = field(default_factory=dict)
    """By article in the queue, its stored sentences that are annotated, in text order."""

    def spans(self) -> Iterator[tuple[ReviewedSentence, Span]]:
        """Yield each span with the sentence it stands in."""
        return (
            (reviewed, span)
            for reviewed in self.reviewed_sentences
            for span in reviewed.annotated.annotation.spans
        )

    def by_annotator(self) -> dict[str, list[ReviewedSentence]]:
        """Return the sentences of each annotator, by name."""
        out: dict[str, list[ReviewedSentence]] = {}
        for reviewed in self.reviewed_sentences:
            out.setdefault(reviewed.annotator, []).append(reviewed)
        return dict(sorted(out.items()))


def statement_labels(schema: Schema) -> frozenset[str]:
    """Return the labels of statements: those that hold others and lie in none but their own.

    They are whole clauses or quotations, so that other edges and lengths are right for them.
    """
    return frozenset(
        x.name for x in schema.labels if x.name in schema.containers and not set(x.inside) - {x.name}
    )
