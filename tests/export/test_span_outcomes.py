"""What becomes of each span."""

from __future__ import annotations

import spacy
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.article import Sentence
from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.export.span_outcomes import (
    BLANK_EDGE,
    OFF_TOKEN_EDGES,
    ONLY_WHITE_SPACE,
    OVERLAPS_LONGER_ENTITY,
    UNKNOWN_LABEL,
    span_outcomes,
)
from tests.export.export_samples import SCHEMA, item, make_article, sentences, with_spans

VOCAB = spacy.blank("en").vocab
WORDS = ["Ida", "Holm", "\n", "saw", "\n\n", "forty", "boats", ".", "é", "🛶"]


@st.composite
def annotated_sentences(draw: st.DrawFn) -> AnnotatedSentence:
    """Draw a sentence with spans on and off token edges, of known and unknown labels."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
    tokens = build_tokens(words, [draw(st.booleans()) for _ in words[:-1]] + [False])
    text = "".join(t.text + " " * t.ws for t in tokens)
    edges = st.integers(0, len(text) - 1)
    labels = st.sampled_from(["PERSON", "VENUE", "COUNT", "CLAIM", "NOVEL"])
    pairs = draw(st.lists(st.tuples(edges, edges, labels), max_size=8))
    on_edges = draw(st.lists(st.tuples(st.sampled_from(tokens), st.sampled_from(tokens), labels), max_size=6))
    ranges = [(min(a, b), max(a, b) + 1, x) for a, b, x in pairs]
    ranges += [(min(a.start, b.start), max(a.end, b.end), x) for a, b, x in on_edges]
    of = Sentence("a" * 16, 0, 0, len(text), text, tokens)
    return AnnotatedSentence(of, Annotation().with_spans([Span(*r) for r in ranges]))


@given(annotated_sentences())
def test_each_span_has_one_fate_and_a_place_or_a_reason(annotated: AnnotatedSentence) -> None:
    """No span is without a fate, none has two, and what is not kept whole says why."""
    found = span_outcomes(annotated, SCHEMA)
    assert [f.span for f in found] == list(annotated.annotation.spans)
    for f in found:
        assert bool(f.why) == (f.kind is not Outcome.KEPT)
        assert (f.tokens is None) == (f.kind is Outcome.LEFT_OUT)
        assert f.kind is not Outcome.DEMOTED or f.ent is None
        assert not f.ent or SCHEMA.label(f.span.label).target == "ents"  # type: ignore[union-attr]


@given(annotated_sentences())
def test_kept_spans_cover_the_same_characters(annotated: AnnotatedSentence) -> None:
    """The tokens of a kept span spell exactly what the annotator marked."""
    tokens = annotated.sentence.tokens
    for f in span_outcomes(annotated, SCHEMA):
        if f.tokens:
            first, last = f.tokens
            assert annotated.sentence.text[tokens[first].start : tokens[last - 1].end] == annotated.text_of(f.span)


@given(annotated_sentences())
def test_the_flat_view_is_the_one_that_spacy_would_choose(annotated: AnnotatedSentence) -> None:
    """``doc.ents`` holds what ``spacy.util.filter_spans`` keeps of the trimmed entities."""
    found = [f for f in span_outcomes(annotated, SCHEMA) if f.tokens and f.why != ONLY_WHITE_SPACE]
    found = [f for f in found if f.span.label != "CLAIM"]
    doc = Doc(VOCAB, words=[t.text for t in annotated.sentence.tokens])
    ranks = {x.name: n for n, x in enumerate(SCHEMA.labels)}
    rivals = []
    for f in sorted(found, key=lambda f: ranks[f.span.label]):
        first, last = f.tokens or (0, 0)
        while doc[first].is_space:
            first += 1
        while doc[last - 1].is_space:
            last -= 1
        rivals.append(DocSpan(doc, first, last, label=f.span.label))
    expected = {(s.start, s.end, s.label_) for s in spacy.util.filter_spans(rivals)}
    assert {(*f.ent, f.span.label) for f in found if f.ent} == expected


def test_reasons() -> None:
    """Each way not to be kept whole is told in words, and a demoted span names the one that stays."""
    lines = [["Mayor Ida Holm of Rosavik spoke ."]]
    article = make_article(lines)
    (s,) = sentences(article, lines)
    at = s.text.index
    cases = {
        UNKNOWN_LABEL: Span(0, 5, "NOVEL"),
        OFF_TOKEN_EDGES: Span(0, 3, "PERSON"),
        OVERLAPS_LONGER_ENTITY: Span(at("Ida"), at(" of"), "PERSON"),
    }
    longer = Span(at("Ida"), at(" spoke"), "VENUE")
    found = {
        f.span: f for f in span_outcomes(with_spans(item(article, s), [*cases.values(), longer]).annotated, SCHEMA)
    }
    assert {found[span].why for span in cases.values()} == set(cases)
    assert found[cases[OVERLAPS_LONGER_ENTITY]].replaced_by == f"{s.id}:{longer.start}-{longer.end}:VENUE"


def test_white_space_at_an_edge_is_trimmed_for_ents_alone() -> None:
    """An entity with a newline token at its edge loses it in ``ents`` and keeps it in ``spans``."""
    tokens = build_tokens(["\n", "Ida", "Holm", "\n"], [False, True, False, False])
    text = "\nIda Holm\n"
    of = Sentence("a" * 16, 0, 0, len(text), text, tokens)
    annotated = AnnotatedSentence(of, Annotation().with_spans([Span(0, 10, "PERSON"), Span(9, 10, "VENUE")]))
    whole, blank = span_outcomes(annotated, SCHEMA)
    assert (whole.kind, whole.why, whole.tokens, whole.ent) == (Outcome.TRIMMED, BLANK_EDGE, (0, 4), (1, 3))
    assert (blank.kind, blank.why, blank.tokens, blank.ent) == (Outcome.DEMOTED, ONLY_WHITE_SPACE, (3, 4), None)


def test_of_two_labels_on_one_range_the_first_in_the_schema_stays() -> None:
    """A tie in length and start is decided by the order of the labels, not by their names."""
    lines = [["Rosavik won ."]]
    article = make_article(lines)
    (s,) = sentences(article, lines)
    of = item(article, s, ("Rosavik", "VENUE"), ("Rosavik", "COUNT")).annotated
    assert [f.span.label for f in span_outcomes(of, SCHEMA) if f.ent] == ["VENUE"]
    other = replace(SCHEMA, labels=tuple(reversed(SCHEMA.labels)))
    assert [f.span.label for f in span_outcomes(of, other) if f.ent] == ["COUNT"]
