"""What the checks look at: the works that count, the schema, and the sentences of the articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.core.annotation import Answer, AnnotatedSentence
from annotator.core.article import Article, Sentence
from annotator.core.problems.problem import ProblemLocation, problem_location
from annotator.core.schema import Schema
from annotator.core.spans import Span

CHECKED_ANSWERS = frozenset({None, Answer.ACCEPT})
"""The answers of sentences that are looked at: what is rejected or ignored is never trained on."""


@dataclass(frozen=True, slots=True)
class ReviewedSentence:
    """One sentence as an annotator left it, and the record that says so."""

    annotated: AnnotatedSentence
    annotator: str
    seq: int = 0

    def location_of(self, span: Span | None = None) -> ProblemLocation:
        """Return its place, or that of one of its spans."""
        return problem_location(self.annotated, self.annotator, span, self.seq)


@dataclass(frozen=True, slots=True)
class CheckInput:
    """What is checked."""

    schema: Schema
    reviewed_sentences: Sequence[ReviewedSentence] = ()
    """The sentences with an answer that counts, by annotator, in the order of the articles."""
    articles: Mapping[str, Article] = field(default_factory=dict)
    sentences: Mapping[str, Sequence[Sentence]] = field(default_factory=dict)
    """By article in the queue, its stored sentences that are annotated, in text order."""

    def spans(self) -> Iterator[tuple[ReviewedSentence, Span]]:
        """Yield each span with the sentence it stands in."""
        return ((reviewed, span) for reviewed in self.reviewed_sentences for span in reviewed.annotated.annotation.spans)

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
