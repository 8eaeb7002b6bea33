"""The examples of the schema against the corpus: the guideline has one label, the spans another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from annotator.checks.problem import CheckInput, Problem, ProblemKind, ReviewedSentence, quote_text
from annotator.core.annotation import Answer
from annotator.core.schema import Example, Label, Schema
from annotator.core.spans import Span, reading_order


def check_unknown_labels(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans whose label is not in the schema."""
    names = {x.name for x in check_input.schema.labels}
    for reviewed, span in check_input.spans():
        if span.label not in names:
            what = f"the schema has no label {span.label}"
            cure = "add the label to the schema, or relabel the span"
            yield reviewed.problem(ProblemKind.LABEL, span, what, cure)


def check_overlaps(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the pairs of spans that cross or are in each other against the schema's rules."""
    for reviewed in check_input.reviewed_sentences:
        spans = reading_order(reviewed.spans)
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
    does = "crosses" if inner.crosses(outer) else "is inside"
    other = f"{outer.label} {reviewed.quote(outer)}"
    what = f"{inner.label} {does} {other}, which the schema does not allow"
    cure = f"move or remove one of the two, or name {outer.label} under `{broken.rule}` of {inner.label}"
    return reviewed.problem(ProblemKind.OVERLAP, inner, what, cure, [outer])


def check_span_parts(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the groups of spans that are no discontinuous span: one part alone, or parts with different labels.

    The parts may be in several sentences of an article.
    """
    groups: dict[tuple[str, str, str], list[tuple[ReviewedSentence, Span]]] = {}
    for reviewed, span in check_input.spans():
        if span.group:
            groups.setdefault((reviewed.annotator, reviewed.sentence.article, span.group), []).append((reviewed, span))
    for parts in groups.values():
        labels = dict.fromkeys(span.label for _, span in parts)
        (reviewed, span), *others = parts
        if len(labels) > 1:
            what = f"the parts of a discontinuous span are {' and '.join(labels)}"
            related = [other for sentence, other in others if sentence is reviewed]
            yield reviewed.problem(ProblemKind.PARTS, span, what, "give its parts one label", related)
        elif not others:
            what = "the other parts of this discontinuous span are missing"
            yield reviewed.problem(
                ProblemKind.PARTS, span, what, "remove it and mark it again, or import the file again"
            )


def check_sentence_offsets(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the sentences whose text is not that of their range in the article."""
    for reviewed in check_input.reviewed_sentences:
        s = reviewed.sentence
        article = check_input.articles.get(s.article)
        if article is not None and article.text[s.start : s.end] != s.text:
            cure = "restore articles/ or the journal from a copy"
            yield reviewed.problem(ProblemKind.PLACE, None, "this is not the article's text there", cure)


_MIN_EXAMPLE_LENGTH = 20
"""An example of fewer characters may occur anywhere by chance."""


def check_guideline_labels(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the spans over words that an example marks, with a label that no example gives them."""
    marked = _example_labels(check_input.schema)
    for reviewed, span in check_input.spans():
        expected = marked.get(reviewed.text_of(span))
        if expected is None or span.label in expected:
            continue
        beside = {s.label for s in reviewed.spans if (s.start, s.end) == (span.start, span.end)}
        if not beside & expected.keys():
            right = " or ".join(expected)
            what = f"{reviewed.quote(span)} is {span.label} here and {right} in the guideline"
            cure = f"relabel the span, or see the example {quote_text(next(iter(expected.values())).text)} again"
            yield reviewed.problem(ProblemKind.GUIDELINE, span, what, cure)


def check_guideline_sentences(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the finished sentences that hold an example of the schema, marked otherwise than there."""
    examples = [(x, e) for x in check_input.schema.labels for e in x.examples if len(e.text) >= _MIN_EXAMPLE_LENGTH]
    for reviewed in check_input.reviewed_sentences:
        if reviewed.answer is Answer.ACCEPT:
            for label, example in examples:
                at = reviewed.sentence.text.find(example.text)
                if at >= 0 and (found := _guideline_problem(reviewed, label, example, at)):
                    yield found


def _example_labels(schema: Schema) -> Mapping[str, dict[str, Example]]:
    """Return the words that examples mark, with the labels they get and the first example of each."""
    out: dict[str, dict[str, Example]] = {}
    for label in schema.labels:
        for example in label.examples:
            for start, end in () if example.wrong else example.marked:
                out.setdefault(example.text[start:end], {}).setdefault(label.name, example)
    return out


def _guideline_problem(reviewed: ReviewedSentence, label: Label, example: Example, at: int) -> Problem | None:
    end = at + len(example.text)
    there = {(s.start, s.end) for s in reviewed.spans if s.label == label.name and at <= s.start and s.end <= end}
    expected = set() if example.wrong else {(at + a, at + b) for a, b in example.marked}
    if there == expected:
        return None
    (start, stop), missing = min([(x, True) for x in expected - there] + [(x, False) for x in there - expected])
    words = quote_text(reviewed.sentence.text[start:stop])
    should = f"{words} should {'' if missing else 'not '}be {label.name}"
    where = reviewed.location_of(Span(start, stop, label.name))
    what = f"an example of the guideline occurs here with other marks: {should}"
    return Problem(ProblemKind.GUIDELINE, where, what, "correct the sentence, or the example in the schema")
