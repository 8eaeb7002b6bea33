"""Inconsistencies: what most places say is proposed for the others, and nothing that is no inconsistency."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.checks.consistency import InconsistencyGroup, InconsistencyKind, apply_proposals, find_inconsistencies
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.spans import Span
from tests import builders

SCHEMA = builders.news_schema()


def _annotated_sentences(
    *reported: tuple[str, dict[str, str]], answer: Answer | None = Answer.ACCEPT
) -> list[AnnotatedSentence]:
    """Make one sentence after the other; each with labels by words."""
    out, at = [], 0
    for n, (text, labels) in enumerate(reported):
        spans = [builders.span(text, words, label) for words, label in labels.items()]
        sentence = builders.sentence(text, start=at, index=n)
        out.append(AnnotatedSentence(sentence, Annotation(answer=answer).with_spans(spans)))
        at += len(text) + 1
    return out


def _described(groups: tuple[InconsistencyGroup, ...]) -> list[tuple[str, str, str, list[int]]]:
    """Return words, kind, label and the sentences to change of each group."""
    return [(g.words, g.kind.name, g.label, [p.annotated.sentence.index for p in g.changes]) for g in groups]


def test_words_labelled_here_and_not_there_are_found() -> None:
    """An accepted sentence that lacks the label of the same words is proposed it; an open one may wait."""
    annotated_sentences = _annotated_sentences(
        ("They met on Skerrin.", {"Skerrin": "VENUE"}),
        ("Skerrin has no shop.", {}),
        ("Nobody left Skerrin.", {"Skerrin": "VENUE"}),
    )
    assert _described(find_inconsistencies(annotated_sentences, SCHEMA)) == [("Skerrin", "MISSED", "VENUE", [1])]
    annotated_sentences[1] = replace(annotated_sentences[1], annotation=Annotation())
    assert find_inconsistencies(annotated_sentences, SCHEMA) == ()
    annotated_sentences[1] = replace(annotated_sentences[1], annotation=Annotation(answer=Answer.REJECT))
    assert find_inconsistencies(annotated_sentences, SCHEMA) == ()


def test_words_with_two_labels_are_found() -> None:
    """The label of fewer places is to become that of more, in open sentences too."""
    annotated_sentences = _annotated_sentences(
        ("Pell came.", {"Pell": "PERSON"}),
        ("Pell spoke.", {"Pell": "VENUE"}),
        ("Pell left.", {"Pell": "PERSON"}),
        answer=None,
    )
    (group,) = find_inconsistencies(annotated_sentences, SCHEMA)
    assert (group.kind, group.label, [p.existing_label for p in group.changes]) == (
        InconsistencyKind.LABELS,
        "PERSON",
        ["VENUE"],
    )
    assert group.changes[0].proposed == Span(0, 4, "PERSON")


def test_a_label_that_hardly_any_place_has_is_to_be_taken_off() -> None:
    """Where most places bear no label, that is proposed, as a weaker guess."""
    annotated_sentences = _annotated_sentences(
        ("Tarn agreed.", {"Tarn": "VENUE"}),
        *[(f"Tarn {verb}.", {}) for verb in ("waits", "said so", "sent a note")],
        ("They met in Sorrel.", {"Sorrel": "VENUE"}),
        *[(f"Near {there} Sorrel.", {"Sorrel": "VENUE"}) for there in ("old", "new")],
        ("Sorrel it is.", {}),
    )
    first, second = find_inconsistencies(annotated_sentences, SCHEMA)
    assert _described((first, second)) == [("Sorrel", "MISSED", "VENUE", [7]), ("Tarn", "MISSED", "", [0])]
    assert apply_proposals(annotated_sentences[0], second.changes, SCHEMA).after[0].annotation.spans == ()


def test_parts_of_longer_names_are_no_inconsistency() -> None:
    """“Brekke” in “Brekke Street”, labelled or not, is another name; after a title it is the same."""
    annotated_sentences = _annotated_sentences(
        ("Later Brekke left.", {"Brekke": "PERSON"}),
        ("They met in Brekke Street.", {}),
        ("It was in Brekke Hall.", {"Brekke Hall": "VENUE"}),
        ("She is Ada Brekke.", {"Ada Brekke": "PERSON"}),
        ("Then Mr Brekke came.", {}),
    )
    assert _described(find_inconsistencies(annotated_sentences, SCHEMA)) == [("Brekke", "MISSED", "PERSON", [4])]


def test_statements_bare_numbers_and_small_words_are_left_out() -> None:
    """What a source says, a number without its noun, and a small word alone are not compared."""
    annotated_sentences = _annotated_sentences(
        ("He said it is over.", {"it is over": "CLAIM", "He": "PERSON"}),
        ("But it is over.", {}),
        ("They saw 300.", {"300": "COUNT"}),
        ("It cost 300.", {}),
        ("She saw seven.", {"seven": "COUNT"}),
        ("At seven it rained.", {}),
        ("They saw 12 boats.", {"12 boats": "COUNT"}),
        ("Then 12 boats left.", {}),
    )
    assert _described(find_inconsistencies(annotated_sentences, SCHEMA)) == [("12 boats", "MISSED", "COUNT", [7])]


def test_a_label_may_lie_where_the_schema_allows_it() -> None:
    """A place inside a count or a claim is proposed; inside a person it never could be."""
    annotated_sentences = _annotated_sentences(
        ("They met in Tarn.", {"Tarn": "VENUE"}),
        ("He saw 12 boats in Tarn.", {"12 boats in Tarn": "COUNT"}),
        ("Here spoke old Tarn.", {"old Tarn": "PERSON"}),
    )
    assert _described(find_inconsistencies(annotated_sentences, SCHEMA)) == [("Tarn", "MISSED", "VENUE", [1])]


def test_what_was_turned_down_is_not_proposed_again() -> None:
    """A known-wrong span is an answer: neither missing nor to be relabelled."""
    annotated_sentences = _annotated_sentences(
        ("Later Pell left.", {"Pell": "PERSON"}),
        ("Then Pell came.", {}),
        ("In Pell it rains.", {"Pell": "VENUE"}),
        ("Here Pell spoke.", {"Pell": "PERSON"}),
    )
    for i, start in ((1, 5), (2, 3)):
        annotation = annotated_sentences[i].annotation.with_rejected([Span(start, start + 4, "PERSON")])
        annotated_sentences[i] = replace(annotated_sentences[i], annotation=annotation)
    assert find_inconsistencies(annotated_sentences, SCHEMA) == ()


def test_a_title_inside_here_and_outside_there_is_found() -> None:
    """Edges follow the majority; growing is proposed only where the same words stand around."""
    annotated_sentences = _annotated_sentences(
        ("Then Mr Brekke came.", {"Mr Brekke": "PERSON"}),
        ("Later Brekke left.", {"Brekke": "PERSON"}),
        ("Here Mr Brekke spoke.", {"Brekke": "PERSON"}),
    )
    (group,) = find_inconsistencies(annotated_sentences, SCHEMA)
    assert (group.kind, _described((group,))[0][3]) == (InconsistencyKind.EDGES, [0])
    edit = apply_proposals(annotated_sentences[0], group.changes, SCHEMA)
    assert [annotated_sentences[0].text_of(s) for s in edit.after[0].annotation.spans] == ["Brekke"]

    annotated_sentences[2] = _annotated_sentences(*[("", {})] * 2, ("Here Mr Brekke spoke.", {"Mr Brekke": "PERSON"}))[
        2
    ]
    annotated_sentences += [
        replace(w, sentence=replace(w.sentence, start=900, index=3)) for w in annotated_sentences[2:]
    ]
    annotated_sentences.append(builders.annotated_sentence("Then Mr Brekke sat.", Span(8, 14, "PERSON")))
    (group,) = find_inconsistencies(annotated_sentences, SCHEMA)
    assert [p.annotated.text_of(p.proposed) for p in group.changes if p.proposed] == ["Mr Brekke"]


def test_several_changes_of_a_sentence_are_one_edit_and_keep_its_answer() -> None:
    """A finished sentence stays finished; both mentions get their label at once."""
    annotated_sentences = _annotated_sentences(
        ("Later Pell left.", {"Pell": "PERSON"}), ("Here Pell spoke.", {"Pell": "PERSON"}), ("Then Pell met Pell.", {})
    )
    (group,) = find_inconsistencies(annotated_sentences, SCHEMA)
    edit = apply_proposals(annotated_sentences[2], group.changes, SCHEMA)
    assert [s.start for s in edit.after[0].annotation.spans] == [5, 14]
    assert edit.after[0].annotation.answer is Answer.ACCEPT


_NAMES = ("Pell", "Tarn Quay", "Ada Moran")
_SENTENCES = st.lists(
    st.tuples(
        st.sampled_from(_NAMES),
        st.sampled_from(["PERSON", "VENUE", ""]),
        st.sampled_from([Answer.ACCEPT, Answer.REJECT, None]),
    ),
    max_size=12,
)


@given(_SENTENCES)
def test_doing_all_that_is_proposed_leaves_nothing_to_do(annotation: list[tuple[str, str, Answer | None]]) -> None:
    """After every proposal is carried out the works are consistent; every place is where the words stand."""
    annotated_sentences = {}
    for n, (name, label, answer) in enumerate(annotation):
        text = f"Then {name} was there."
        spans = [builders.span(text, name, label)] if label else []
        sentence = builders.sentence(text, start=n * 100, index=n)
        annotated_sentences[sentence.id] = AnnotatedSentence(sentence, Annotation(answer=answer).with_spans(spans))
    for group in find_inconsistencies(list(annotated_sentences.values()), SCHEMA):
        assert 0 < group.strength < 1
        for place in group.changes:
            assert place.annotated.sentence.text[place.start : place.end] == group.words
            now = annotated_sentences[place.annotated.sentence.id]
            annotated_sentences[place.annotated.sentence.id] = apply_proposals(now, [place], SCHEMA).after[0]
    assert find_inconsistencies(list(annotated_sentences.values()), SCHEMA) == ()
