"""Spans against the schema: labels that it lacks, overlaps that it forbids; sentences out of place."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.core.problems.material import CheckInput, ReviewedSentence
from annotator.core.problems.problem import ProblemKind, Problem, quote_text
from annotator.core.schema import Schema
from annotator.core.spans import Span, reading_order


def check_unknown_labels(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans whose label is not in the schema."""
    names = {x.name for x in check_input.schema.labels}
    for reviewed, span in check_input.spans():
        if span.label not in names:
            what = f"the schema has no label {span.label}"
            cure = "add the label to the schema, or relabel the span"
            yield Problem(ProblemKind.LABEL, reviewed.location_of(span), what, cure)


def check_overlaps(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the pairs of spans that cross or lie in each other against the schema's rules."""
    for reviewed in check_input.reviewed_sentences:
        spans = reading_order(reviewed.annotated.annotation.spans)
        for i, outer in enumerate(spans):
            for inner in spans[i + 1 :]:
                if inner.start >= outer.end:
                    break
                if found := _overlap_problem(reviewed, outer, inner, check_input.schema):
                    yield found


def _overlap_problem(reviewed: ReviewedSentence, outer: Span, inner: Span, schema: Schema) -> Problem | None:
    broken = schema.find_violation(inner, [outer])
    if broken is None:
        return None
    does = "crosses" if inner.crosses(outer) else "lies in"
    other = f"{outer.label} {quote_text(reviewed.annotated.text_of(outer))}"
    return Problem(
        ProblemKind.OVERLAP,
        reviewed.location_of(inner),
        f"{inner.label} {does} {other}, which the schema does not allow",
        f"move or remove one of the two, or name {outer.label} under `{broken.rule}` of {inner.label}",
        (reviewed.location_of(outer),),
    )


def check_sentence_offsets(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the sentences whose text is not what stands at their place in the article."""
    for reviewed in check_input.reviewed_sentences:
        s = reviewed.annotated.sentence
        article = check_input.articles.get(s.article)
        if article is not None and article.text[s.start : s.end] != s.text:
            cure = "restore articles/ or the journal from a copy"
            yield Problem(ProblemKind.PLACE, reviewed.location_of(), "this is not what stands there in the article", cure)
