"""Edits: each can be taken back exactly, and none may leave the text or break a rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.edits import (
    Edit,
    add_span,
    join_sentences,
    move_span,
    reject_suggestion,
    remove_span,
    set_answer,
    set_note,
    split_sentence,
)
from annotator.core.errors import RuleError
from annotator.core.schema import Schema, parse_schema
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion
from annotator.core.tokens import tokens_cover_text
from tests import builders

ALL = ["A", "B"]
FREE = parse_schema({"label": [{"name": x, "inside": ALL, "overlaps": ALL} for x in ALL]}, "free")
NEWS = builders.news_schema()
GAPS = ("", " ", "\n", "\n\n", "\n ", " \n", "  ", "\u00a0", " \u2028\t")
CLAUSES = st.lists(st.sampled_from(["Pia", "left", "“Oh”", "40", "hens.", "näïve", "🛶"]), min_size=1, max_size=5)


@st.composite
def _spans(draw: st.DrawFn, text: str) -> tuple[Span, ...]:
    tokens = builders.tokens_of(text)
    out = []
    for _ in range(draw(st.integers(0, 4))):
        a = draw(st.integers(0, len(tokens) - 1))
        b = draw(st.integers(a, len(tokens) - 1))
        out.append(Span(tokens[a].start, tokens[b].end, draw(st.sampled_from(ALL))))
    return tuple(out)


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[str, AnnotatedSentence, AnnotatedSentence]:
    """Two neighbouring works of an article with any white space between them."""
    lead, gap = draw(st.sampled_from(["", "Lead.\n"])), draw(st.sampled_from(GAPS))
    one, two = " ".join(draw(CLAUSES)), " ".join(draw(CLAUSES))
    text, at = lead + one + gap + two, len(lead) + len(one) + len(gap)
    first = AnnotatedSentence(builders.sentence(one, start=len(lead)), Annotation().with_spans(draw(_spans(one))))
    second = AnnotatedSentence(builders.sentence(two, start=at), Annotation().with_spans(draw(_spans(two))))
    return text, first, second


def _places(annotated_sentences: tuple[AnnotatedSentence, ...]) -> set[tuple[int, int, str]]:
    """Return the spans of works as places in the article."""
    return {
        (w.sentence.start + s.start, w.sentence.start + s.end, s.label)
        for w in annotated_sentences
        for s in w.annotation.spans
    }


def _check(edit: Edit, text: str) -> None:
    """Hold the works after an edit against the article: text, tokens and the places of the spans."""
    for w in edit.after:
        s = w.sentence
        assert text[s.start : s.end] == s.text
        assert tokens_cover_text(s.tokens, s.text)
    assert _places(edit.after) == _places(edit.before)


@given(_pairs())
def test_a_join_moves_no_span_and_keeps_the_white_space(
    parts: tuple[str, AnnotatedSentence, AnnotatedSentence],
) -> None:
    """A joined sentence is the article's text from the first to the second, its tokens tile it."""
    text, first, second = parts
    edit = join_sentences(first, second, text)
    _check(edit, text)
    assert edit.after[0].annotation.answer is None


@given(_pairs())
def test_a_split_at_the_seam_gives_the_two_sentences_back(
    parts: tuple[str, AnnotatedSentence, AnnotatedSentence],
) -> None:
    """Join, then split at the seam: both texts, places, tokens and spans are what they were."""
    text, first, second = parts
    whole = join_sentences(first, second, text).after[0]
    seam = next(
        i for i, t in enumerate(whole.sentence.tokens) if whole.sentence.start + t.start == second.sentence.start
    )
    if _cut(whole, seam):
        return
    again = split_sentence(whole, seam, text)
    _check(again, text)
    for old, new in zip((first, second), again.after, strict=True):
        assert (new.sentence.id, new.sentence.text) == (old.sentence.id, old.sentence.text)
        assert new.sentence.tokens == old.sentence.tokens
        assert new.annotation == old.annotation


def _cut(annotated: AnnotatedSentence, at: int) -> bool:
    place = annotated.sentence.tokens[at].start
    return any(s.start < place < s.end for s in annotated.annotation.spans)


@given(_pairs(), st.data())
def test_a_split_loses_no_span_and_never_cuts_one(
    parts: tuple[str, AnnotatedSentence, AnnotatedSentence], data: st.DataObject
) -> None:
    """Wherever one splits, either no span is touched or the rule says which one would be cut."""
    text, first, second = parts
    whole = join_sentences(first, second, text).after[0]
    at = data.draw(st.integers(-1, len(whole.sentence.tokens)))
    inside = 0 < at < len(whole.sentence.tokens)
    if not inside or _cut(whole, at):
        with pytest.raises(RuleError):
            split_sentence(whole, at, text)
        return
    edit = split_sentence(whole, at, text)
    _check(edit, text)
    left, right = (w.sentence for w in edit.after)
    assert not text[left.end : right.start].strip()
    assert left.text == left.text.strip()
    assert right.text == right.text.strip()


@given(_pairs(), st.data())
def test_an_inverse_restores_exactly(
    parts: tuple[str, AnnotatedSentence, AnnotatedSentence], data: st.DataObject
) -> None:
    """Edit and inverse leave works, answers and spans as they were, whatever the edit was."""
    text, first, second = parts
    annotated_sentences = AnnotationStore(lambda _: (first.sentence, second.sentence))
    annotated_sentences.replace_sentences((), (first, second))
    before = annotated_sentences.sentences_of("0123456789ab")
    edit = data.draw(_edits(text, first, second))
    annotated_sentences.apply(edit)
    assert annotated_sentences.sentences_of("0123456789ab") != before or edit.before == edit.after
    annotated_sentences.apply(edit.inverse())
    assert annotated_sentences.sentences_of("0123456789ab") == before
    assert edit.inverse().inverse() == edit


@st.composite
def _edits(draw: st.DrawFn, text: str, first: AnnotatedSentence, second: AnnotatedSentence) -> Edit:
    tokens = first.sentence.tokens
    a = draw(st.integers(0, len(tokens) - 1))
    b = draw(st.integers(a, len(tokens) - 1))
    possible = [join_sentences(first, second, text), set_answer(first, draw(st.sampled_from(Answer)))]
    possible += [remove_span(first, s) for s in first.annotation.spans]
    new = Span(tokens[a].start, tokens[b].end, draw(st.sampled_from(ALL)))
    if new.key not in {s.key for s in first.annotation.spans}:
        possible.append(add_span(first, new, FREE))
    return draw(st.sampled_from(possible))


TEXT = "Pia Rask counted 14 cracks in Osmund Lock."


def _annotated(*spans: tuple[str, str]) -> AnnotatedSentence:
    return builders.annotated_sentence(TEXT, *(builders.span(TEXT, words, label) for words, label in spans))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            [("Osmund Lock", "VENUE")],
            ("Lock", "PERSON"),
            "PERSON may not be inside VENUE (rule `inside`). Change the selection or remove one with 0",
        ),
        (
            [("Lock", "PERSON")],
            ("Osmund Lock", "VENUE"),
            "PERSON may not be inside VENUE (rule `inside`). Change the selection or remove one with 0",
        ),
        (
            [("14 cracks in Osmund", "COUNT")],
            ("Osmund Lock", "VENUE"),
            "VENUE may not cross COUNT (rule `overlaps`). Move an end with , . < > or remove one with 0",
        ),
        (
            [("Pia Rask", "PERSON")],
            ("Pia Rask", "PERSON"),
            "this is already PERSON; use 0 to remove it, another label key to relabel it",
        ),
    ],
)
def test_a_rule_is_reported_in_words(old: list[tuple[str, str]], new: tuple[str, str], says: str) -> None:
    """What the schema forbids is said with the rule's name and what to do; nothing is changed."""
    with pytest.raises(RuleError) as caught:
        add_span(_annotated(*old), builders.span(TEXT, *new), NEWS)
    assert str(caught.value) == says


def test_a_relabelled_span_takes_the_other_ones_place() -> None:
    """Relabelling is one edit, asks the rules about the others alone, and keeps the answer."""
    first = _annotated(("Pia Rask counted 14 cracks", "CLAIM"), ("Pia Rask", "PERSON"))
    old = set_answer(first, Answer.ACCEPT).after[0]
    person = old.annotation.spans[1]
    edit = add_span(old, replace(person, label="VENUE"), NEWS, replaced=person)
    labels = [(s.label, edit.after[0].text_of(s)) for s in edit.after[0].annotation.spans]
    assert labels == [("CLAIM", "Pia Rask counted 14 cracks"), ("VENUE", "Pia Rask")]
    assert edit.after[0].annotation.answer is Answer.ACCEPT


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (
            lambda: add_span(_annotated(), Span(38, 43, "VENUE"), NEWS),
            "0123456789ab:0-42: the span ends after the sentence; select inside the sentence",
        ),
        (lambda: remove_span(_annotated(), Span(0, 3, "PERSON")), "there is no such span; select a span with Tab"),
        (
            lambda: split_sentence(_annotated(), 0, TEXT),
            "a sentence cannot be split at its first word; select a later word",
        ),
        (
            lambda: split_sentence(_annotated(("Pia Rask", "PERSON")), 1, TEXT),
            "the split would cut a PERSON in two; remove that span first, or split elsewhere",
        ),
    ],
)
def test_an_edit_that_cannot_be_is_reported_in_words(action: object, says: str) -> None:
    """An edit outside the text, of nothing, or through a span says so and what to do."""
    with pytest.raises(RuleError) as caught:
        action()  # type: ignore[operator]
    assert str(caught.value) == says


def test_what_was_left_at_the_accept_is_there_until_it_is_decided() -> None:
    """Taking it, under any label, turning it down or marking its words under its label settle it; a note does not."""
    one, two, three = (LeftSuggestion(*at, "PERSON", 0.9, "rules") for at in ((0, 3), (4, 8), (9, 16)))
    before = _annotated()
    accepted = replace(before, annotation=before.annotation.with_answer(Answer.ACCEPT, [one, two, three]))
    noted = set_note(accepted, "look").after[0]
    taken = add_span(noted, Span(0, 3, "COUNT"), NEWS).after[0]
    refused = reject_suggestion(taken, two.span).after[0]
    longer = add_span(refused, Span(9, 19, "PERSON"), NEWS).after[0]
    assert [w.annotation.left for w in (noted, taken, refused, longer)] == [
        (one, two, three), (two, three), (three,), ()
    ]  # fmt: skip
    assert set_answer(taken, Answer.REJECT).after[0].annotation.left == ()


def test_a_moved_part_stays_in_its_group_and_is_nobody_elses_any_more() -> None:
    """A part in the place of a part is one."""
    part = Span(0, 3, "PERSON", group="T7", of=("ana",))
    (annotated,) = add_span(_annotated(), part, NEWS).after
    (moved,) = move_span(annotated, part, Span(0, 8, "PERSON"), NEWS).after
    assert moved.annotation.spans == (Span(0, 8, "PERSON", group="T7"),)
    assert part.shifted(2) == Span(2, 5, "PERSON", group="T7", of=("ana",))
    (other,) = add_span(annotated, Span(0, 3, "COUNT"), NEWS, replaced=part).after
    assert other.annotation.spans == (Span(0, 3, "COUNT", group="T7"),)


def test_the_parts_of_a_span_are_relabelled_together_and_one_that_is_left_is_whole() -> None:
    """The parts of one span have one label, and a part alone is no part: no edit leaves a group that is none."""
    parts = [Span(0, 3, "PERSON", group="T7"), Span(9, 19, "PERSON", group="T7")]
    before = _annotated()
    annotated = replace(before, annotation=before.annotation.with_spans(parts))
    (relabelled,) = add_span(annotated, Span(0, 3, "COUNT"), NEWS, replaced=parts[0]).after
    assert relabelled.annotation.spans == tuple(replace(s, label="COUNT") for s in parts)
    (left,) = remove_span(annotated, parts[0], is_wrong=True).after
    assert (left.annotation.spans, left.annotation.rejected) == ((Span(9, 19, "PERSON"),), (Span(0, 3, "PERSON"),))


def test_a_split_drops_no_span_that_ends_in_white_space() -> None:
    """The blank between two sentences is in neither, so a span with it, from an import, forbids the split."""
    s = builders.sentence("Pia left.\n\nBo came.")
    at = next(i for i, t in enumerate(s.tokens) if t.text == "Bo")
    annotated = AnnotatedSentence(s, Annotation((Span(0, s.tokens[at].start, "CLAIM"),)))
    with pytest.raises(RuleError, match="the split would cut a CLAIM"):
        split_sentence(annotated, at, s.text)


def test_only_white_space_may_stand_between_joined_sentences() -> None:
    """Two sentences with other text between them, or of two articles, can't be joined."""
    text = "One. Read more. Two."
    first, far = (AnnotatedSentence(builders.sentence("One.")), AnnotatedSentence(builders.sentence("Two.", start=16)))
    says = "there is other text between the two sentences; switch that line on first (article screen)"
    for one, two in ((first, far), (far, first), (first, AnnotatedSentence(builders.sentence("Two.", "f" * 12, 5)))):
        with pytest.raises(RuleError) as caught:
            join_sentences(one, two, text)
        assert str(caught.value) == says


def test_an_edit_of_a_work_that_has_changed_since_changes_nothing() -> None:
    """An edit made from an older state is refused."""
    annotated_sentences = AnnotationStore(lambda _: (builders.sentence(TEXT),))
    stale = AnnotatedSentence(builders.sentence(TEXT))
    annotated_sentences.apply(set_answer(stale, Answer.ACCEPT))
    with pytest.raises(RuleError) as caught:
        annotated_sentences.apply(set_answer(stale, Answer.REJECT))
    assert str(caught.value) == "0123456789ab:0-42: the sentence has changed since; look at it and try again"
    assert annotated_sentences.sentences_of("0123456789ab")[0].annotation.answer is Answer.ACCEPT


LABELS = st.sampled_from(["PERSON", "VENUE", "COUNT", "CLAIM"])
PLACES = st.tuples(st.integers(0, 3), st.integers(1, 4), LABELS)


def _span_at(place: tuple[int, int, str]) -> Span:
    tokens = builders.tokens_of(TEXT)
    return Span(tokens[place[0]].start, tokens[min(len(tokens), place[0] + place[1]) - 1].end, place[2])


@given(st.lists(PLACES, min_size=1), PLACES, st.integers(0, 9), st.booleans())
def test_no_edit_removes_a_span_that_it_does_not_name(old: list[Any], new: Any, n: int, moves: bool) -> None:
    """Adding, relabelling and moving keep all other spans, or say what forbids it; schemas with and without rules."""
    for schema in (NEWS, FREE):
        before = AnnotatedSentence(builders.sentence(TEXT), Annotation().with_spans([_span_at(x) for x in old]))
        spans, span = before.annotation.spans, _span_at(new)
        named = spans[n % len(spans)]
        try:
            edit = move_span(before, named, span, schema) if moves else add_span(before, span, schema, replaced=named)
            grown = add_span(before, span, schema)
        except RuleError:
            continue
        others = {s.key for s in spans if s != named}
        assert {s.key for s in edit.after[0].annotation.spans} == {*others, span.key}
        assert {s.key for s in grown.after[0].annotation.spans} == {*(s.key for s in spans), span.key}


def test_words_that_get_a_label_are_not_known_as_wrong_under_it() -> None:
    """Whichever edit adds the span; another label of the words stays turned down."""
    wrong = [Span(0, 8, "PERSON"), Span(0, 8, "VENUE")]
    refused = reject_suggestion(_annotated(("Pia", "PERSON")), *wrong).after[0]
    old, person = refused.annotation.spans[0], wrong[0]
    free = remove_span(refused, old).after[0]
    for edit in (add_span(free, person, NEWS), move_span(refused, old, person, NEWS)):
        assert edit.after[0].annotation.rejected == (wrong[1],)
        assert edit.inverse().after[0].annotation.rejected == tuple(wrong)
    stored = Annotation().with_spans([person]).with_rejected(wrong)
    assert stored.rejected == (wrong[1],), "nor in what is read or joined"


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 8), LABELS), max_size=12))
def test_no_order_of_labelling_breaks_the_rules(wishes: list[tuple[int, int, str]]) -> None:
    """Whatever one tries, each two spans of a sentence keep the rules, asked in either direction."""
    now, tokens = _annotated(), builders.tokens_of(TEXT)
    for first, length, label in wishes:
        last = min(len(tokens), first + length)
        try:
            now = add_span(now, Span(tokens[first].start, tokens[last - 1].end, label), NEWS).after[0]
        except RuleError:
            continue
    _keeps_rules(NEWS, now.annotation.spans)


def _keeps_rules(schema: Schema, spans: tuple[Span, ...]) -> None:
    for i, outer in enumerate(spans):
        for inner in spans[i + 1 :]:
            if not outer.overlaps(inner):
                continue
            assert outer.contains(inner), "crossing is nowhere allowed here"
            same = (outer.start, outer.end) == (inner.start, inner.end)
            inside, outside = (x.inside if (x := schema.label(s.label)) else () for s in (inner, outer))
            assert outer.label in inside or (same and inner.label in outside)
