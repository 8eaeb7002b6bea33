"""Inconsistencies: what most places say is proposed for the others, and nothing that is no inconsistency."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.checks.consistency import (
    InconsistencyGroup,
    InconsistencyKind,
    apply_proposals,
    find_inconsistencies,
)
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.spans import Span
from tests import builders

SCHEMA = builders.news_schema()


def _works(
    *said: tuple[str, dict[str, str]], answer: Answer | None = Answer.ACCEPT
) -> list[AnnotatedSentence]:
    """Make one sentence after the other; each with labels by words."""
    out, at = [], 0
    for n, (text, labels) in enumerate(said):
        spans = [builders.span(text, words, label) for words, label in labels.items()]
        sentence = builders.sentence(text, start=at, index=n)
        out.append(AnnotatedSentence(sentence, Annotation(answer=answer).with_spans(spans)))
        at += len(text) + 1
    return out


def _told(groups: tuple[InconsistencyGroup, ...]) -> list[tuple[str, str, str, list[int]]]:
    """Return words, kind, label and the sentences to change of each group."""
    return [(g.words, g.kind.name, g.label, [p.annotated.sentence.index for p in g.changes]) for g in groups]


def test_words_labelled_here_and_not_there_are_found() -> None:
    """An accepted sentence that lacks the label of the same words is proposed it; an open one may wait."""
    works = _works(
        ("They met on Skerrin.", {"Skerrin": "VENUE"}),
        ("Skerrin has no shop.", {}),
        ("Nobody left Skerrin.", {"Skerrin": "VENUE"}),
    )
    assert _told(find_inconsistencies(works, SCHEMA)) == [("Skerrin", "MISSED", "VENUE", [1])]
    works[1] = replace(works[1], annotation=Annotation())
    assert find_inconsistencies(works, SCHEMA) == ()
    works[1] = replace(works[1], annotation=Annotation(answer=Answer.REJECT))
    assert find_inconsistencies(works, SCHEMA) == ()


def test_words_with_two_labels_are_found() -> None:
    """The label of fewer places is to become that of more, in open sentences too."""
    works = _works(
        ("Pell came.", {"Pell": "PERSON"}),
        ("Pell spoke.", {"Pell": "VENUE"}),
        ("Pell left.", {"Pell": "PERSON"}),
        answer=None,
    )
    (group,) = find_inconsistencies(works, SCHEMA)
    assert (group.kind, group.label, [p.existing_label for p in group.changes]) == (
        InconsistencyKind.LABELS,
        "PERSON",
        ["VENUE"],
    )
    assert group.changes[0].proposed == Span(0, 4, "PERSON")


def test_a_label_that_hardly_any_place_has_is_to_be_taken_off() -> None:
    """Where most places bear no label, that is proposed, as a weaker guess."""
    works = _works(
        ("Tarn agreed.", {"Tarn": "VENUE"}),
        *[(f"Tarn {verb}.", {}) for verb in ("waits", "said so", "sent a note")],
        ("They met in Sorrel.", {"Sorrel": "VENUE"}),
        *[(f"Near {there} Sorrel.", {"Sorrel": "VENUE"}) for there in ("old", "new")],
        ("Sorrel it is.", {}),
    )
    first, second = find_inconsistencies(works, SCHEMA)
    assert _told((first, second)) == [("Sorrel", "MISSED", "VENUE", [7]), ("Tarn", "MISSED", "", [0])]
    assert apply_proposals(works[0], second.changes, SCHEMA).after[0].annotation.spans == ()


def test_parts_of_longer_names_are_no_inconsistency() -> None:
    """“Brekke” in “Brekke Street”, labelled or not, is another name; after a title it is the same."""
    works = _works(
        ("Later Brekke left.", {"Brekke": "PERSON"}),
        ("They met in Brekke Street.", {}),
        ("It was in Brekke Hall.", {"Brekke Hall": "VENUE"}),
        ("She is Ada Brekke.", {"Ada Brekke": "PERSON"}),
        ("Then Mr Brekke came.", {}),
    )
    assert _told(find_inconsistencies(works, SCHEMA)) == [("Brekke", "MISSED", "PERSON", [4])]


def test_statements_bare_numbers_and_small_words_are_left_out() -> None:
    """What a source says, a number without its noun, and a small word alone are not compared."""
    works = _works(
        ("He said it is over.", {"it is over": "CLAIM", "He": "PERSON"}),
        ("But it is over.", {}),
        ("They saw 300.", {"300": "COUNT"}),
        ("It cost 300.", {}),
        ("She saw seven.", {"seven": "COUNT"}),
        ("At seven it rained.", {}),
        ("They saw 12 boats.", {"12 boats": "COUNT"}),
        ("Then 12 boats left.", {}),
    )
    assert _told(find_inconsistencies(works, SCHEMA)) == [("12 boats", "MISSED", "COUNT", [7])]


def test_a_label_may_lie_where_the_schema_allows_it() -> None:
    """A place inside a count or a claim is proposed; inside a person it never could be."""
    works = _works(
        ("They met in Tarn.", {"Tarn": "VENUE"}),
        ("He saw 12 boats in Tarn.", {"12 boats in Tarn": "COUNT"}),
        ("Here spoke old Tarn.", {"old Tarn": "PERSON"}),
    )
    assert _told(find_inconsistencies(works, SCHEMA)) == [("Tarn", "MISSED", "VENUE", [1])]


def test_what_was_turned_down_is_not_proposed_again() -> None:
    """A known-wrong span is an answer: neither missing nor to be relabelled."""
    works = _works(
        ("Later Pell left.", {"Pell": "PERSON"}),
        ("Then Pell came.", {}),
        ("In Pell it rains.", {"Pell": "VENUE"}),
        ("Here Pell spoke.", {"Pell": "PERSON"}),
    )
    for i, start in ((1, 5), (2, 3)):
        said = works[i].annotation.with_rejected([Span(start, start + 4, "PERSON")])
        works[i] = replace(works[i], annotation=said)
    assert find_inconsistencies(works, SCHEMA) == ()


def test_a_title_inside_here_and_outside_there_is_found() -> None:
    """Edges follow the majority; growing is proposed only where the same words stand around."""
    works = _works(
        ("Then Mr Brekke came.", {"Mr Brekke": "PERSON"}),
        ("Later Brekke left.", {"Brekke": "PERSON"}),
        ("Here Mr Brekke spoke.", {"Brekke": "PERSON"}),
    )
    (group,) = find_inconsistencies(works, SCHEMA)
    assert (group.kind, _told((group,))[0][3]) == (InconsistencyKind.EDGES, [0])
    edit = apply_proposals(works[0], group.changes, SCHEMA)
    assert [works[0].text_of(s) for s in edit.after[0].annotation.spans] == ["Brekke"]

    works[2] = _works(*[("", {})] * 2, ("Here Mr Brekke spoke.", {"Mr Brekke": "PERSON"}))[2]
    works += [replace(w, sentence=replace(w.sentence, start=900, index=3)) for w in works[2:]]
    works.append(builders.work("Then Mr Brekke sat.", Span(8, 14, "PERSON")))
    (group,) = find_inconsistencies(works, SCHEMA)
    assert [p.annotated.text_of(p.proposed) for p in group.changes if p.proposed] == ["Mr Brekke"]


def test_several_changes_of_a_sentence_are_one_edit_and_keep_its_answer() -> None:
    """A finished sentence stays finished; both mentions get their label at once."""
    works = _works(
        ("Later Pell left.", {"Pell": "PERSON"}),
        ("Here Pell spoke.", {"Pell": "PERSON"}),
        ("Then Pell met Pell.", {}),
    )
    (group,) = find_inconsistencies(works, SCHEMA)
    edit = apply_proposals(works[2], group.changes, SCHEMA)
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
def test_doing_all_that_is_proposed_leaves_nothing_to_do(said: list[tuple[str, str, Answer | None]]) -> None:
    """After every proposal is carried out the works are consistent; every place is where the words stand."""
    works = {}
    for n, (name, label, answer) in enumerate(said):
        text = f"Then {name} was there."
        spans = [builders.span(text, name, label)] if label else []
        sentence = builders.sentence(text, start=n * 100, index=n)
        works[sentence.id] = AnnotatedSentence(sentence, Annotation(answer=answer).with_spans(spans))
    for group in find_inconsistencies(list(works.values()), SCHEMA):
        assert 0 < group.strength < 1
        for place in group.changes:
            assert place.annotated.sentence.text[place.start : place.end] == group.words
            now = works[place.annotated.sentence.id]
            works[place.annotated.sentence.id] = apply_proposals(now, [place], SCHEMA).after[0]
    assert find_inconsistencies(list(works.values()), SCHEMA) == ()
