"""What each check finds, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.checks import boundaries, consistency, corpus_checks, schema_rules
from annotator.checks.problem import CheckInput, Problem, ProblemKind, ReviewedSentence, quote_text
from annotator.checks.registry import CHECKS, run_checks
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.edits import join_sentences
from annotator.core.spans import Span
from annotator.storage.schemas import load_schema
from tests import builders

NEWS = builders.news_schema()


def _material(*annotated_sentences: AnnotatedSentence, answer: Answer | None = Answer.ACCEPT) -> CheckInput:
    reported = [
        ReviewedSentence(replace(w, annotation=w.annotation.with_answer(answer)), "ana", n)
        for n, w in enumerate(annotated_sentences, 1)
    ]
    return CheckInput(NEWS, reported)


def _annotated(text: str, *marked: tuple[str, str], at: int = 0) -> AnnotatedSentence:
    spans = [builders.span(text, w, label) for w, label in marked]
    return AnnotatedSentence(builders.sentence(text, start=at), Annotation().with_spans(spans))


def _whats(problems: Iterable[Problem]) -> list[str]:
    return [p.what for p in problems]


def test_a_crossing_is_an_error_and_a_nesting_that_the_schema_allows_is_none() -> None:
    """The rules of the schema hold for what stands in a journal, wherever it came from."""
    text = "“Ilka Moran Hall is full,” he said."
    fine = _annotated(text, ("“Ilka Moran Hall is full,”", "CLAIM"), ("Ilka Moran", "PERSON"))
    assert not list(schema_rules.check_overlaps(_material(fine)))
    crossed = _annotated(text, ("Ilka Moran", "PERSON"), ("Moran Hall", "VENUE"))
    [found] = schema_rules.check_overlaps(_material(crossed))
    assert found.what == "VENUE crosses PERSON “Ilka Moran”, which the schema does not allow"
    assert found.remedy == "move or remove one of the two, or name PERSON under `overlaps` of VENUE"
    assert (found.location.sentence, found.location.seq) == ("0123456789ab:0-35", 1)
    inner = _annotated(text, ("Ilka Moran Hall", "VENUE"), ("Ilka Moran", "PERSON"))
    assert _whats(schema_rules.check_overlaps(_material(inner))) == [
        "PERSON is inside VENUE “Ilka Moran Hall”, which the schema does not allow"
    ]


def test_a_label_that_the_schema_lacks_is_an_error() -> None:
    """A label that nobody has defined cannot be trained on by the schema's targets."""
    found = _whats(schema_rules.check_unknown_labels(_material(_annotated("Ilka left.", ("Ilka", "SHIP")))))
    assert found == ["the schema has no label SHIP"]


def test_a_sentence_must_stand_in_its_article() -> None:
    """A journal that was put beside other articles is told."""
    a = builders.market()
    s = builders.sentences(a)[2]
    moved = replace(s, start=s.start + 1, end=s.end + 1)
    for sentence, n in ((s, 0), (moved, 1)):
        material = CheckInput(NEWS, [ReviewedSentence(AnnotatedSentence(sentence), "ana")], {a.id: a})
        assert len(list(schema_rules.check_sentence_offsets(material))) == n


def test_a_span_inside_a_token_is_reported_with_the_token() -> None:
    """What training would move or lose is an error."""
    text = "Moran-like talk."
    annotated = AnnotatedSentence(builders.sentence(text), Annotation().with_spans([Span(0, 3, "PERSON")]))
    [found] = boundaries.check_misaligned_spans(_material(annotated))
    assert found.what == "PERSON “Mor” begins or ends inside a token of “Moran”"


def test_white_space_at_an_edge_and_spans_without_content() -> None:
    """Blanks at an edge, spans of nothing else, and spans of marks alone are told; a symbol is content."""
    text = "Ilka  left … for 5 € ."
    blank = AnnotatedSentence(builders.sentence(text), Annotation().with_spans([Span(0, 5, "PERSON")]))
    assert _whats(boundaries.check_whitespace_edges(_material(blank))) == [
        "PERSON “Ilka” begins or ends with white space"
    ]
    white = AnnotatedSentence(builders.sentence(text), Annotation().with_spans([Span(4, 6, "PERSON")]))
    assert _whats(boundaries.check_whitespace_edges(_material(white))) == ["PERSON holds nothing but white space"]
    assert not list(boundaries.check_empty_spans(_material(white)))
    marks = _annotated(text, ("…", "COUNT"), ("€", "COUNT"))
    assert _whats(boundaries.check_empty_spans(_material(marks))) == ["COUNT holds nothing but “…”"]


@pytest.mark.parametrize(
    ("text", "words", "label", "marks"),
    [
        ("Ilka Moran, 40, left.", "Ilka Moran,", "PERSON", [","]),
        ("“Ilka Moran left.", "“Ilka Moran", "PERSON", ["“"]),
        ("The “Red Hall” is shut.", "“Red Hall”", "VENUE", []),
        ("Hall (new) is shut.", "Hall (new)", "VENUE", []),
        ("Hall (new) is shut.", "new)", "VENUE", [")"]),
        ("It was -5 degrees.", "-5 degrees", "COUNT", []),
        ("Sammy Pell Jr. left.", "Sammy Pell Jr.", "PERSON", []),
        ("Some 20 % left.", "20 %", "COUNT", []),
        ("“We dug,” he said.", "“We dug,”", "CLAIM", []),
        ("He said that they dug.", "that they dug.", "CLAIM", ["."]),
        ("“We dug. It was hard.", "“We dug. It was hard.", "CLAIM", []),
        ("It was hard for us.", "It was hard for us.", "CLAIM", []),
        ('"Moran", he said.', '"Moran"', "PERSON", []),
        (".Moran. he said.", ".Moran.", "PERSON", [".", "."]),
    ],
)  # fmt: skip
def test_marks_at_an_edge(text: str, words: str, label: str, marks: list[str]) -> None:
    """A mark is told where it belongs to the sentence around, not in pairs, numbers or quotations."""
    found = _whats(boundaries.check_punctuation_edges(_material(_annotated(text, (words, label)))))
    assert [what.split()[-1] for what in found] == [f"“{m}”" for m in marks]


def test_a_span_far_longer_than_others_is_reported() -> None:
    """The measure is the label's own: nine in ten, times four, and never ten tokens or fewer."""
    short = [_annotated(f"Ilka Moran met {n} hens.", ("Ilka Moran", "PERSON")) for n in range(20)]
    text = "Ilka Moran of the old ferry at the new quay by the long sea wall left."
    long = _annotated(text, (text[:-6], "PERSON"))
    [found] = boundaries.check_long_spans(_material(*short, long))
    assert found.what.endswith("has 15 tokens; nine in ten PERSON have 2 at the most")


def test_no_label_is_so_long_that_anything_goes() -> None:
    """Of long statements too, one with more than 150 tokens is told: a suggester could not take it."""
    annotated_sentences = []
    for many in [50] * 10 + [150, 151]:
        text = " ".join(["word"] * many)
        annotated_sentences.append(_annotated(text, (text, "CLAIM")))
    [found] = boundaries.check_long_spans(_material(*annotated_sentences))
    assert "has 151 tokens" in found.what


def test_only_statements_may_run_over_the_end_of_a_sentence() -> None:
    """A quotation may hold two sentences, a name may not."""
    a = builders.market()
    one, two = [s for s in builders.sentences(a) if s.text.startswith(("The old", "Moran left"))]
    assert one.end < two.start
    first, second = builders.sentences(a)[3:5]
    joined = join_sentences(AnnotatedSentence(first), AnnotatedSentence(second), a.text).after[0]
    text = joined.sentence.text
    at = text.index("the market. He smiled")
    spans = [Span(at, at + 21, label) for label in ("VENUE", "CLAIM")]
    annotated = replace(joined, annotation=Annotation().with_spans(spans))
    material = CheckInput(NEWS, [ReviewedSentence(annotated, "ana")], {a.id: a}, {a.id: builders.sentences(a)})
    assert _whats(boundaries.check_sentence_crossing(material)) == [
        "VENUE “the market. He smiled” runs over the end of a sentence"
    ]


@pytest.mark.parametrize(
    ("text", "marked", "found"),
    [
        ("They met at Tarn Quay. The war went on.", "Tarn Quay. The war", True),
        ("They met at Tarn Quay. The war went on.", "Tarn Quay.", False),
        ("They met at Tarn Quay ... the old one.", "Tarn Quay ... the old one", False),
    ],
)
def test_a_stop_within_a_text_that_is_stored_whole(text: str, marked: str, *, found: bool) -> None:
    """Imports keep a text of several sentences as one; a stop before a capital is an end all the same."""
    annotated = _annotated(text, (marked, "VENUE"))
    assert bool(list(boundaries.check_sentence_crossing(_material(annotated)))) == found


def test_the_same_words_with_two_labels_are_reported_with_all_places() -> None:
    """The place that is unlike the others comes first in the report."""
    texts = ["Tarn Quay is open.", "They met at Tarn Quay.", "He left Tarn Quay."]
    annotated_sentences = [_annotated(t, ("Tarn Quay", "VENUE"), at=100 * n) for n, t in enumerate(texts)]
    odd = _annotated("Tarn Quay was full.", ("Tarn Quay", "PERSON"), at=900)
    [found] = consistency.check_label_consistency(_material(*annotated_sentences, odd))
    assert found.kind is ProblemKind.TWO_LABELS
    assert found.what == "“Tarn Quay” is VENUE (3), PERSON (1) in ana’s work"
    assert found.location.sentence == "0123456789ab:900-919"


def test_spans_that_contradict_the_examples_of_the_schema() -> None:
    """A word that the guideline marks bears its label, and an example that stands in the corpus its marks."""
    other = _annotated("The Ilka Moran is a ship.", ("Ilka Moran", "VENUE"))
    assert _whats(schema_rules.check_guideline_labels(_material(other))) == [
        "“Ilka Moran” is VENUE here and PERSON in the guideline"
    ]
    bare, right = (
        _annotated("Mayor Ilka Moran nodded."),
        _annotated("Mayor Ilka Moran nodded.", ("Ilka Moran", "PERSON")),
    )
    assert not list(schema_rules.check_guideline_sentences(_material(right)))
    assert _whats(schema_rules.check_guideline_sentences(_material(bare))) == [
        "an example of the guideline occurs here with other marks: “Ilka Moran” should be PERSON"
    ]
    assert not list(schema_rules.check_guideline_sentences(_material(bare, answer=None)))


def test_the_shipped_schema_does_not_contradict_itself() -> None:
    """Its own examples, marked as it says, give no problem of the guideline and none at their edges."""
    schema = load_schema("news")
    reported = [
        ReviewedSentence(
            AnnotatedSentence(
                builders.sentence(e.text, start=1000 * n),
                Annotation(answer=Answer.ACCEPT).with_spans([Span(a, b, label.name) for a, b in e.marked]),
            ),
            "ana",
        )
        for n, (label, e) in enumerate((x, e) for x in schema.labels for e in x.examples if not e.wrong)
    ]
    material = CheckInput(schema, reported)
    kinds = {
        ProblemKind.GUIDELINE,
        ProblemKind.PUNCTUATION,
        ProblemKind.EMPTY,
        ProblemKind.OVERLAP,
        ProblemKind.LABEL,
        ProblemKind.BLANK_EDGE,
    }
    found = [p for p in run_checks(material, kinds) if "marked otherwise" not in p.what]
    assert not _whats(found)


def _sentences(article: str, *texts: str) -> list[Sentence]:
    at, out = 0, []
    for i, text in enumerate(texts):
        out.append(builders.sentence(text, article, at, i))
        at += len(text) + 1
    return out


def test_copied_articles_and_sentences_are_reported() -> None:
    """Wire copy with some words changed is one group; its sentences are not told again, others are."""
    story = [f"On day {n} the crew of boat {n} counted {n * 3} seals near the north pier of Vemmel." for n in range(6)]
    copy = [t.replace("north", "old") if n == 3 else t for n, t in enumerate(story)]
    line = "The harbour master of Vemmel would not say when the north pier opens again."
    found = list(
        corpus_checks.check_near_duplicates(
            CheckInput(
                NEWS,
                sentences={
                    "a" * 12: _sentences("a" * 12, *story),
                    "b" * 12: _sentences("b" * 12, *copy),
                    "c" * 12: _sentences("c" * 12, line, "He left."),
                    "d" * 12: _sentences("d" * 12, line.upper(), "He left."),
                },
            )
        )
    )
    assert [(p.kind, p.location.article, [x.article for x in p.related]) for p in found] == [
        (ProblemKind.DUPLICATE_ARTICLE, "a" * 12, ["b" * 12]),
        (ProblemKind.DUPLICATE_SENTENCE, "c" * 12, ["d" * 12]),
    ]


def test_too_little_to_train_on_is_reported_by_label() -> None:
    """What two annotators have marked alike counts once."""
    annotated_sentences = [
        _annotated(f"Ilka Moran met {n} hens.", ("Ilka Moran", "PERSON"), at=100 * n) for n in range(60)
    ]
    material = _material(*annotated_sentences, *annotated_sentences)
    found = _whats(corpus_checks.check_training_size(material))
    assert found[0] == "there are 60 accepted sentences, and training needs 100 at least"
    assert found[1:] == [
        f"{x} has 0 accepted spans, and a label needs 50 at least" for x in ("VENUE", "COUNT", "CLAIM")
    ]


def test_drift_names_the_sentences_that_would_be_cut_otherwise() -> None:
    """Another fingerprint is told with what it changes, if it changes any; the same one costs nothing."""
    a = builders.market()
    material = CheckInput(NEWS, (), {a.id: a}, {a.id: builders.sentences(a)})
    assert not list(corpus_checks.check_tokenizer_drift(material, "f1", "f1", lambda _: []))
    assert not list(corpus_checks.check_tokenizer_drift(material, "f1", "f2", builders.tokens_of))
    [found] = corpus_checks.check_tokenizer_drift(material, "f1", "f2", lambda t: builders.tokens_of(t)[:-1])
    n = len(builders.sentences(a))
    assert found.what.endswith(f": {n} of {n} sentences would be cut otherwise")
    assert len(found.related) == n


def test_every_kind_has_words_and_a_check() -> None:
    """A kind that the command lists is looked for by a check, or by the command itself."""
    found = {k for _, finds in CHECKS for k in finds} | {
        ProblemKind.JOURNAL,
        ProblemKind.TWO_MACHINES,
        ProblemKind.CONFLICT,
        ProblemKind.LATER_LABEL,
        ProblemKind.METADATA,
        ProblemKind.VERSIONS,
        ProblemKind.DELETED,
        ProblemKind.LANGUAGE,
    }
    assert not set(ProblemKind) - found, "add a check that finds these kinds to CHECKS in checks/registry.py"
    assert not [k for k in ProblemKind if not k.description], "add words to these kinds in checks/problem.py"


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30), st.sampled_from(["PERSON", "VENUE", "CLAIM", "X"])))


@given(st.text(min_size=31, max_size=40), SPANS)
def test_no_text_and_no_spans_make_a_check_fail(text: str, given_spans: list[tuple[int, int, str]]) -> None:
    """Any text with any spans is checked, always with the same outcome; each problem has place and cure."""
    spans = [Span(a, min(len(text), a + n), label) for a, n, label in given_spans]
    annotated = AnnotatedSentence(builders.sentence(text), Annotation().with_spans(spans))
    material = replace(_material(annotated), sentences={"0123456789ab": [annotated.sentence]})
    found = run_checks(material, set(ProblemKind))
    assert found == run_checks(material, list(ProblemKind))
    assert all(p.what and p.remedy and (p.location.sentence or p.location.file) for p in found)


def test_long_words_are_shortened_in_the_middle() -> None:
    """A message stays on one line, whatever the span holds."""
    assert quote_text("a\nb") == "“a b”"
    assert quote_text("x" * 100) == f"“{'x' * 30} … {'x' * 30}”"
