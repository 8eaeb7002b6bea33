"""What is exported of sentences that several annotators have finished, by each rule."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import Sentence
from annotator.core.disagreement import ConflictRule
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens
from annotator.export.options import ExcludedItem, ExportItem, ExportOptions
from annotator.workflows.export_plan import plan_export, planned_articles
from annotator.workflows.record_selection import select_items
from tests.export.export_samples import item, make_article, sample_corpus, sentences

LINES = [["Ida Holm left Rosavik .", "Mona Birk saw 3 boats .", "Nobody said more ."]]
ARTICLE = make_article(LINES)
EVERY = sentences(ARTICLE, LINES)
PERSON, SHORT, VENUE = ("Ida Holm", "PERSON"), ("Ida", "PERSON"), ("Rosavik", "VENUE")
NAMES = ("ana", "bo", "cy", "dot")

Key = tuple[int, int, str]


class Exported(Struct):
    """What an export has."""

    spans: dict[str, set[Key]]
    """By sentence."""
    names: dict[str, str]
    left_out: list[ExcludedItem]
    conflicts: list[tuple[str, str, str]]
    """Kind, what was chosen, and why."""


def export(items: Sequence[ExportItem], rule: ConflictRule | None = None, *names: str) -> Exported:
    """Return what an export of the items has; the Docs and the values of other formats are the same."""
    with sample_corpus(items) as corpus:
        options = ExportOptions(split=(100, 0, 0), annotator=names, on_conflict=rule)
        made = Exported({}, {}, [], [])
        selected = select_items(corpus, names, rule=rule or "skip")  # type: ignore[arg-type]
        accepted = [i for i in selected.items if i.annotated.annotation.answer is Answer.ACCEPT]
        made.left_out = list(selected.missing.excluded)
        made.conflicts = [(c.kind.value, c.chosen, c.why) for c in selected.conflicts]
        try:
            plan = plan_export(corpus, options)  # type: ignore[arg-type]
        except AnnotatorError:
            assert not accepted
            return made
        assert plan.missing.excluded == selected.missing.excluded or not accepted
        for piece in (p for a in planned_articles(corpus, plan) for p in a.sentences()):  # type: ignore[arg-type]
            assert piece.item
            made.spans[piece.sentence.id] = {s.key for s in piece.item.annotated.annotation.spans}
            made.names[piece.sentence.id] = ", ".join(piece.annotators)
        assert made.spans == {i.annotated.sentence.id: {s.key for s in i.annotated.annotation.spans} for i in accepted}
        plan.selection.close()
        return made


def words(made: Exported) -> list[str]:
    """Return the exported spans of the first sentence."""
    first = made.spans.get(EVERY[0].id)
    return ["left out"] if first is None else [f"{EVERY[0].text[a:b]} {label}" for a, b, label in sorted(first)]


def test_by_default_the_other_sentences_are_exported() -> None:
    """A sentence in conflict is listed with its spans as a loss; all conflicts are there with their kinds."""
    items = [item(ARTICLE, s, who=who) for s in EVERY[1:] for who in NAMES[:2]]
    items += [item(ARTICLE, EVERY[0], PERSON, VENUE), item(ARTICLE, EVERY[0], SHORT, who="bo")]
    made = export(items)
    assert set(made.spans) == {s.id for s in EVERY[1:]}
    assert made.conflicts == [(kind, "", "--on-conflict skip") for kind in ("boundary", "missing")]
    assert [(x.why, x.requested, len(x.item.annotated.annotation.spans)) for x in made.left_out] == [
        ("annotators are in conflict", False, 2),
        ("annotators are in conflict", False, 1),
    ]


def test_the_error_for_an_empty_export_counts_sentences() -> None:
    """A sentence that two have accepted is one that is left out."""
    items = [item(ARTICLE, EVERY[0], PERSON), item(ARTICLE, EVERY[0], SHORT, who="bo")]
    with sample_corpus(items) as corpus, pytest.raises(AnnotatorError, match="to export: 1 left out"):
        plan_export(corpus, ExportOptions(split=(100, 0, 0)))  # type: ignore[arg-type]


def test_the_preferred_annotator_counts() -> None:
    """What the first has finished counts, and what another has alone; what is not taken is listed as asked for."""
    items = [
        item(ARTICLE, EVERY[0], PERSON),
        item(ARTICLE, EVERY[0], SHORT, VENUE, who="bo"),
        item(ARTICLE, EVERY[1], who="bo"),
    ]
    made = export(items, "prefer", "bo", "ana")
    assert (words(made), made.names[EVERY[0].id]) == (["Ida PERSON", "Rosavik VENUE"], "bo")
    assert {(chosen, why) for _, chosen, why in made.conflicts} == {("bo", "first in --annotator")}
    assert [(x.why, x.requested) for x in made.left_out] == [("another annotator is preferred", True)]
    made = export(items, "prefer", "ana", "bo")
    assert (words(made), set(made.spans)) == (["Ida Holm PERSON"], {EVERY[0].id, EVERY[1].id})
    with pytest.raises(AnnotatorError, match="no order to go by"):
        export(items, "prefer")


def test_the_majority_of_those_who_cover_a_label_counts() -> None:
    """More than half of them; a tie, or two edges against nothing, leaves the sentence out."""
    marks = [[PERSON, VENUE], [PERSON], [SHORT, VENUE]]
    items = [item(ARTICLE, EVERY[0], *m, who=who) for m, who in zip(marks, NAMES, strict=False)]
    made = export(items, "majority")
    assert words(made) == ["Ida Holm PERSON", "Rosavik VENUE"]
    assert made.conflicts == [("boundary", "PERSON 0-8", "2 of 3"), ("missing", "VENUE 14-21", "2 of 3")]
    assert [(x.why, len(x.item.annotated.annotation.spans)) for x in made.left_out] == [
        ("most annotators have it otherwise", 1)
    ]
    assert words(export(items[:2], "majority")) == ["left out"]
    blind = replace(items[1], annotated=_covering(items[1].annotated, "PERSON"))
    assert words(export([items[0], blind], "majority")) == ["Ida Holm PERSON", "Rosavik VENUE"]
    assert words(export([items[0], item(ARTICLE, EVERY[0], who="bo"), items[2]], "majority")) == ["left out"]


def test_answers_and_cuts_are_voted_on() -> None:
    """What more than half accept is accepted; what more than half have cut alike is cut so."""
    answers = [Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT]
    items = [item(ARTICLE, EVERY[0], VENUE, answer=a, who=who) for a, who in zip(answers, NAMES, strict=False)]
    made = export(items, "majority")
    assert (words(made), made.conflicts) == (["Rosavik VENUE"], [("answer", "accept", "2 of 3")])
    assert export(items[1:], "majority").spans == {}
    split = [item(ARTICLE, s, *m, who=who) for who in ("ana", "bo") for s, m in ((EVERY[0], [VENUE]), (EVERY[1], []))]
    whole = item(ARTICLE, joined(0, 2), PERSON, who="cy")
    made = export([*split, whole], "majority")
    assert (set(made.spans), made.conflicts) == (
        {s.id for s in EVERY[:2]},
        [("cut", "ana, bo", "2 of 3"), ("missing", "no span", "2 of 3"), ("missing", "VENUE 14-21", "2 of 3")],
    )
    assert export([*split[:2], whole]).conflicts == [("cut", "", "--on-conflict skip")]
    assert export([*split[:2], whole], "majority").conflicts == [("cut", "", "no majority")]
    made = export([*split[:2], whole], "prefer", "cy", "ana")
    assert set(made.spans) == {whole.annotated.sentence.id}


def test_who_is_outvoted_about_the_cut_votes_on_the_spans() -> None:
    """Two of three with one cut are two of five who have read the words."""
    names = (*NAMES, "eve")
    marks = [[PERSON], [PERSON], []]
    split = [
        item(ARTICLE, s, *m, who=who)
        for m, who in zip(marks, names, strict=False)
        for s, m in ((EVERY[0], m), (EVERY[1], []))
    ]
    across = [with_span(item(ARTICLE, joined(0, 2), who=who), Span(14, 30, "VENUE")) for who in names[3:]]
    made = export([*split, *across], "majority")
    assert (words(made), EVERY[0].id in made.spans) == ([], True)
    assert made.conflicts == [("cut", "ana, bo, cy", "3 of 5"), ("missing", "no span", "3 of 5")]
    assert words(export([*split, across[0]], "majority")) == ["left out"]  # two of four
    others = [item(ARTICLE, joined(0, 2), PERSON, who=who) for who in names[3:]]
    one = [i for i in split if i.annotator != "bo"] + [item(ARTICLE, s, who="bo") for s in EVERY[:2]]
    assert words(export([*one, *others], "majority")) == ["Ida Holm PERSON"]  # three of five, one with this cut


def test_another_cut_with_the_same_spans_is_no_conflict() -> None:
    """The cut that has all the text counts."""
    split = [item(ARTICLE, EVERY[0], VENUE), item(ARTICLE, EVERY[1])]
    whole = item(ARTICLE, joined(0, 2), VENUE, who="bo")
    made = export([*split, whole])
    assert (set(made.spans), made.conflicts, made.left_out) == ({s.id for s in EVERY[:2]}, [], [])
    assert set(export([split[0], whole]).spans) == {whole.annotated.sentence.id}
    ends = [item(ARTICLE, EVERY[0], who="cy"), item(ARTICLE, EVERY[2], who="cy")]  # the middle is open
    all_three = export([*ends, item(ARTICLE, joined(0, 3), who="bo")])
    assert [x.rpartition(":")[2] for x in all_three.spans] == ["0-66"]
    noted = [replace(x, annotated=with_note(x.annotated, x.annotator)) for x in (*split, whole)]
    with sample_corpus(noted) as corpus:
        found = select_items(corpus, rule="skip").items
    assert [(i.annotator, i.annotated.annotation.note) for i in found] == [("ana, bo", "ana bo"), ("ana, bo", "ana")]
    across = with_span(whole, Span(14, 30, "VENUE"))
    assert export([*split, across]).conflicts == [("cut", "", "--on-conflict skip")]


def test_passes_over_different_labels_are_united() -> None:
    """Spans and labels of both count, and there is no conflict."""
    one = item(ARTICLE, EVERY[0], PERSON)
    other = item(ARTICLE, EVERY[0], VENUE, who="bo")
    items = [replace(i, annotated=_covering(i.annotated, label)) for i, label in ((one, "PERSON"), (other, "VENUE"))]
    made = export(items)
    assert (words(made), made.names, made.left_out) == (
        ["Ida Holm PERSON", "Rosavik VENUE"], {EVERY[0].id: "ana, bo"}, [],
    )  # fmt: skip
    with sample_corpus(items) as corpus:
        (only,) = select_items(corpus, rule="skip").items  # type: ignore[arg-type]
        assert only.annotated.annotation.covers == ("PERSON", "VENUE")


def joined(first: int, end: int) -> Sentence:
    """Return neighbouring sentences as one."""
    a, b = EVERY[first], EVERY[end - 1]
    found = [t for s in EVERY[first:end] for t in s.tokens]
    spaces = [t.ws for t in found]
    for n in (sum(len(s.tokens) for s in EVERY[first : first + k + 1]) - 1 for k in range(end - first - 1)):
        spaces[n] = True
    text = ARTICLE.text[a.start : b.end]
    return Sentence(ARTICLE.id, a.index, a.start, b.end, text, build_tokens([t.text for t in found], spaces))


def with_span(of: ExportItem, span: Span) -> ExportItem:
    """Return the item with one more span."""
    annotation = of.annotated.annotation
    return replace(of, annotated=replace(of.annotated, annotation=annotation.with_spans([*annotation.spans, span])))


def with_note(annotated: AnnotatedSentence, note: str) -> AnnotatedSentence:
    """Return the sentence with a note."""
    return replace(annotated, annotation=replace(annotated.annotation, note=note))


def _covering(annotated: AnnotatedSentence, *labels: str) -> AnnotatedSentence:
    return replace(annotated, annotation=replace(annotated.annotation, covers=labels))


CUTS = [[(0, 1), (1, 2), (2, 3)], [(0, 2), (2, 3)], [(0, 1), (1, 3)], [(0, 3)]]


@st.composite
def annotators(draw: st.DrawFn) -> list[list[ExportItem]]:
    """Return what two to four annotators have left of the sentences: cuts, answers, labels, spans."""
    everybody = []
    for name in NAMES[: draw(st.integers(2, 4))]:
        cut = draw(st.sampled_from([CUTS[0], CUTS[0], *CUTS]))
        mine = []
        for first, end in cut:
            answer = draw(st.sampled_from([Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT, None, "untouched"]))
            if answer == "untouched":
                continue
            s = joined(first, end)
            ranges = st.sampled_from(range(len(s.tokens))).map(lambda n, s=s: s.tokens[n])  # type: ignore[misc]
            spans = [
                Span(t.start, t.end, label)
                for t, label in draw(st.lists(st.tuples(ranges, st.sampled_from(["PERSON", "VENUE"])), max_size=2))
            ]
            of = item(ARTICLE, s, answer=answer, who=name)
            annotation = replace(of.annotated.annotation, covers=draw(st.sampled_from([None, None, ("PERSON",)])))
            mine.append(replace(of, annotated=AnnotatedSentence(s, annotation.with_spans(spans))))
        everybody.append(mine)
    return everybody


RULES = st.sampled_from([("skip", ()), ("majority", ()), ("prefer", NAMES), ("prefer", NAMES[::-1])])


@given(annotators(), RULES)
def test_all_that_was_accepted_is_exported_or_listed(
    everybody: list[list[ExportItem]], chosen: tuple[ConflictRule, tuple[str, ...]]
) -> None:
    """Each span of an accepted sentence is in a Doc or in the ledger; no text is in two Docs."""
    rule, order = chosen
    items = [i for mine in everybody for i in mine]
    if not items:
        return
    present = {i.annotator for i in items}
    made = export(items, rule, *(name for name in order if name in present))
    listed: dict[str, set[Key]] = {}
    for x in made.left_out:
        listed.setdefault(x.item.annotated.sentence.id, set()).update(s.key for s in x.item.annotated.annotation.spans)
    ranges = sorted((int(a), int(b)) for a, b in (id_.rpartition(":")[2].split("-") for id_ in made.spans))
    assert all(end <= start for (_, end), (start, _) in pairwise(ranges))
    exported = {
        (a + s, a + e, label)
        for (a, _), id_ in zip(ranges, sorted_ids(made), strict=True)
        for s, e, label in made.spans[id_]
    }
    for i in items:
        s, annotation = i.annotated.sentence, i.annotated.annotation
        if annotation.answer is not Answer.ACCEPT:
            continue
        at = {(s.start + a, s.start + b, label) for a, b, label in listed.get(s.id, set())}
        assert {(s.start + x.start, s.start + x.end, x.label) for x in annotation.spans} <= exported | at
        inside = any(a <= s.start and s.end <= b for a, b in ranges) or s.id in listed
        assert inside or any(s.start < b and a < s.end for a, b in ranges)
        assert not any(
            x.why == "annotators are in conflict" and x.item.annotated.sentence.id in made.spans for x in made.left_out
        )


@given(annotators())
def test_a_majority_is_more_than_half_of_all_who_have_read_the_words(everybody: list[list[ExportItem]]) -> None:
    """Of a sentence that is exported, a span is there if and only if more than half of its readers have it."""
    items = [i for mine in everybody for i in mine if i.annotated.annotation.answer is Answer.ACCEPT]
    if not items:
        return
    made = export(items, "majority")
    ranges = {id_: tuple(map(int, id_.rpartition(":")[2].split("-"))) for id_ in made.spans}
    covered: dict[str, set[str]] = {}  # by those with this cut: what none of them has looked for is not exported
    for i in items:
        labels = i.annotated.annotation.covers
        covered.setdefault(i.annotated.sentence.id, set()).update(("PERSON", "VENUE") if labels is None else labels)
    held: dict[Key, set[str]] = {}
    for i in items:
        start = i.annotated.sentence.start
        for s in i.annotated.annotation.spans:
            if i.annotated.annotation.covers is None or s.label in i.annotated.annotation.covers:
                held.setdefault((start + s.start, start + s.end, s.label), set()).add(i.annotator)
    for (a, b, label), names in held.items():
        readers = {
            i.annotator
            for i in items
            if i.annotated.sentence.start <= a
            and b <= i.annotated.sentence.end
            and (i.annotated.annotation.covers is None or label in i.annotated.annotation.covers)
        }
        for id_, (start, end) in ranges.items():
            if start <= a and b <= end and label in covered[id_]:
                assert ((a - start, b - start, label) in made.spans[id_]) == (2 * len(names) > len(readers))


def sorted_ids(made: Exported) -> list[str]:
    """Return the exported sentences in text order."""
    return sorted(made.spans, key=lambda id_: int(id_.rpartition(":")[2].split("-")[0]))


@given(annotators(), st.sampled_from(["skip", "majority"]), st.randoms(use_true_random=False))
def test_the_order_of_journals_changes_nothing(
    everybody: list[list[ExportItem]], rule: ConflictRule, random: Random
) -> None:
    """Under other names the same sentences and spans are exported, with conflicts of the same kinds."""
    names = random.sample(NAMES, len(everybody))
    other = [replace(i, annotator=name) for mine, name in zip(everybody, names, strict=True) for i in mine]
    items = [i for mine in everybody for i in mine]
    if items:
        one, two = export(items, rule), export(other, rule)
        assert one.spans == two.spans
        assert sorted(k for k, _, _ in one.conflicts) == sorted(k for k, _, _ in two.conflicts)


@given(annotators(), st.integers(2, 3))
def test_identical_annotators_change_nothing(everybody: list[list[ExportItem]], times: int) -> None:
    """A majority of copies of one annotator is what the one has."""
    mine = everybody[0]
    if mine:
        copies = [replace(i, annotator=name) for name in NAMES[:times] for i in mine]
        assert export(copies, "majority").spans == export(mine).spans
