"""A problem: what a check has found, where, and what cures it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from annotator.core.annotation import Work
from annotator.core.spans import Span


class Level(StrEnum):
    """How serious a problem is."""

    ERROR = "error"
    """Data that are damaged, break the schema or cannot be trained on as they are."""
    WARNING = "warning"
    """What is mostly a mistake, and for a person to decide."""


class Kind(StrEnum):
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
    def level(self) -> Level:
        """How serious such a problem is."""
        return Level.ERROR if self in _ERRORS else Level.WARNING

    @property
    def description(self) -> str:
        """What the check looks for, in words."""
        return _TOLD[self]


_ERRORS = frozenset({Kind.JOURNAL, Kind.PLACE, Kind.LABEL, Kind.OVERLAP, Kind.CHARACTERS, Kind.BLANK_EDGE})
_TOLD = {
    Kind.JOURNAL: "damage in the stored files",
    Kind.PLACE: "sentences that do not stand in their article",
    Kind.LABEL: "labels that the schema lacks",
    Kind.OVERLAP: "overlaps that the schema forbids",
    Kind.CHARACTERS: "spans that begin or end inside a token",
    Kind.BLANK_EDGE: "white space at a span's edge, or nothing else in it",
    Kind.EMPTY: "spans without a letter, digit or symbol",
    Kind.PUNCTUATION: "punctuation at a span's edge",
    Kind.HUGE: "spans far longer than others of their label",
    Kind.SENTENCE_END: "spans that run over the end of a sentence",
    Kind.TWO_LABELS: "the same words with different labels",
    Kind.OTHER_EDGES: "the same name with and without its title, article or possessive",
    Kind.UNLABELLED: "words labelled here and not there",
    Kind.GUIDELINE: "spans that contradict the examples of the schema",
    Kind.DUPLICATE_ARTICLE: "articles that are nearly the same",
    Kind.DUPLICATE_SENTENCE: "sentences that are nearly the same",
    Kind.FEW: "too little to train on",
    Kind.TOKENIZER: "tokens that the installed spaCy would cut otherwise",
}


@dataclass(frozen=True, slots=True)
class Place:
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


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, with its place and its cure."""

    kind: Kind
    location: Place
    what: str
    remedy: str
    related: tuple[Place, ...] = ()
    """Further places that belong to it."""

    @property
    def sort_key(self) -> tuple[int, tuple[str, str, int, int, int, str, str, int], str]:
        """What a report is sorted by: kind, place, words."""
        return (_KINDS.index(self.kind), self.location.sort_key, self.what)


_KINDS = tuple(Kind)


def place_of(annotated: Work, annotator: str, span: Span | None = None, seq: int = 0) -> Place:
    """Return the place of a work, or of one of its spans."""
    s = annotated.sentence
    words = annotated.text_of(span) if span else s.text
    return Place(s.article, annotator, s.id, s.start, span, words, seq)


def quoted(words: str, most: int = 60) -> str:
    """Return words in quotation marks on one line, shortened in the middle."""
    line = " ".join(words.split())
    half = most // 2
    return f"“{line}”" if len(line) <= most else f"“{line[:half].rstrip()} … {line[-half:].lstrip()}”"
