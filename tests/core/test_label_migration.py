"""What changed labels make of annotations, and that it can be taken back."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer, undecided
from annotator.core.article import Sentence
from annotator.core.label_migration import MigrationKind, MigrationRule, MigrationUndo, migrate_labels
from annotator.core.schema import Schema, parse_schema
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion
from annotator.core.tokens import build_tokens

TEXT = "Ida Holm left Rosavik for Ostra"


def _schema(*names: str) -> Schema:
    return parse_schema({"label": [{"name": n, "inside": list(names)} for n in names]}, "test")


OLD = _schema("PERSON", "VENUE", "COUNT")
RULES = [
    (MigrationRule(1, MigrationKind.RENAME, ("VENUE",), ("PLACE",)), _schema("PERSON", "PLACE", "COUNT")),
    (MigrationRule(1, MigrationKind.MERGE, ("PERSON", "VENUE"), ("NAME",)), _schema("NAME", "COUNT")),
    (MigrationRule(1, MigrationKind.MERGE, ("PERSON", "VENUE"), ("PERSON",)), _schema("PERSON", "COUNT")),
    (MigrationRule(1, MigrationKind.SPLIT, ("VENUE",), ("TOWN", "SITE")), _schema("PERSON", "TOWN", "SITE", "COUNT")),
    (
        MigrationRule(1, MigrationKind.SPLIT, ("VENUE",), ("VENUE", "SITE"), {"ostra": "SITE"}, reopen=True),
        _schema(*"VS"),
    ),
]
SPANS = st.lists(
    st.builds(
        lambda start, size, label, source: Span(start, start + size, label, source),
        st.integers(0, 24),
        st.integers(1, 7),
        st.sampled_from(["PERSON", "VENUE", "COUNT"]),
        st.sampled_from(["", "rules"]),
    ),
    max_size=5,
)
ANSWERS = st.sampled_from([None, *Answer])


def _annotated(spans: list[Span], **annotation: object) -> AnnotatedSentence:
    words = TEXT.split()
    sentence = Sentence("a" * 12, 0, 40, 40 + len(TEXT), TEXT, build_tokens(words, [True] * 4 + [False] * 2))
    return AnnotatedSentence(sentence, replace(Annotation().with_spans(spans), **annotation))  # type: ignore[arg-type]


@given(
    SPANS,
    SPANS,
    ANSWERS,
    st.sampled_from(["", "look here"]),
    st.booleans(),
    st.sampled_from(RULES),
    SPANS,
    st.sampled_from([None, (), ("VENUE",), ("PERSON", "COUNT"), ("PERSON", "VENUE")]),
)
def test_undo_brings_back_what_was_there(
    spans: list[Span],
    rejected: list[Span],
    answer: Answer | None,
    note: str,
    flagged: bool,
    by: tuple[MigrationRule, Schema],
    left: list[Span],
    covers: tuple[str, ...] | None,
) -> None:
    """Spans and their sources, what was turned down, left or looked at, answer, note and flag are as before."""
    rule, new = by
    annotated = _annotated(spans, answer=answer, note=note, flagged=flagged)
    annotation = annotated.annotation.with_rejected(rejected)
    kept = undecided([LeftSuggestion(s.start, s.end, s.label, 0.9, s.source) for s in left], annotation)
    annotated = replace(annotated, annotation=replace(annotation, left=tuple(kept), covers=covers))
    changes = migrate_labels([annotated], rule, OLD, new)
    now = [c.after for c in changes]
    back = MigrationUndo(rule, changes, OLD).changes(now, "schema-2")
    assert [c.after for c in back] == [annotated for _ in changes]


@given(SPANS, st.sampled_from(RULES[:4]))
def test_no_span_moves_and_none_is_lost_but_doubles(spans: list[Span], by: tuple[MigrationRule, Schema]) -> None:
    """The marked ranges stay; every label is one of the new schema's."""
    rule, new = by
    annotated = _annotated(spans)
    for change in migrate_labels([annotated], rule, OLD, new):
        after = change.after.annotation.spans
        assert {(s.start, s.end) for s in after} == {(s.start, s.end) for s in annotated.annotation.spans}
        assert all(new.label(s.label) for s in after)


def test_a_split_flags_what_nothing_decides() -> None:
    """Words that are given a label get it; the others get the first, a flag and a note."""
    rule = MigrationRule(3, MigrationKind.SPLIT, ("VENUE",), ("TOWN", "SITE"), {"ostra": "SITE"})
    new = _schema("PERSON", "TOWN", "SITE", "COUNT")
    both = [Span(14, 21, "VENUE"), Span(26, 31, "VENUE")]
    (change,) = migrate_labels([_annotated(both, note="first")], rule, OLD, new)
    assert [s.label for s in change.after.annotation.spans] == ["TOWN", "SITE"]
    assert change.after.annotation.note == "first · schema-3: Rosavik: TOWN or SITE?"
    assert change.after.annotation.flagged
    (sure,) = migrate_labels([_annotated(both[1:], answer=Answer.ACCEPT)], replace(rule, reopen=True), OLD, new)
    assert not sure.doubtful
    assert sure.after.annotation.answer is Answer.ACCEPT


def test_a_merge_flags_what_breaks_the_rules_now() -> None:
    """A place in a name of a person was allowed; a name in a name is not."""
    rule, strict = (
        MigrationRule(1, MigrationKind.MERGE, ("PERSON", "VENUE"), ("NAME",)),
        parse_schema({"label": [{"name": "NAME"}]}, ""),
    )
    (change,) = migrate_labels([_annotated([Span(0, 8, "PERSON"), Span(4, 8, "VENUE")])], rule, OLD, strict)
    assert change.after.annotation.note == "schema-1: NAME may not be inside NAME (rule `inside`)"


def test_what_was_turned_down_under_one_of_two_labels_may_still_be_the_other() -> None:
    """Only what is neither of two merged labels is known not to be the new one."""
    rule, new = RULES[1]
    annotated = _annotated([Span(14, 21, "VENUE")])
    turned = [Span(0, 3, "PERSON"), Span(4, 8, "PERSON"), Span(4, 8, "VENUE"), Span(0, 3, "COUNT")]
    (change,) = migrate_labels(
        [replace(annotated, annotation=annotated.annotation.with_rejected(turned))], rule, OLD, new
    )
    assert [s.key for s in change.after.annotation.rejected] == [(0, 3, "COUNT"), (4, 8, "NAME")]


def test_a_merged_label_was_looked_at_where_both_were() -> None:
    """What was left goes by its new name; who has looked at one of two labels has not looked at the new one."""
    rule, new = RULES[1]
    left = (LeftSuggestion(14, 21, "VENUE", 0.9),)
    for covers, now in ((("VENUE", "COUNT"), ("COUNT",)), (("VENUE", "PERSON"), ("NAME",)), (None, None)):
        (change,) = migrate_labels([_annotated([], left=left, covers=covers)], rule, OLD, new)
        assert (change.after.annotation.left[0].label, change.after.annotation.covers) == ("NAME", now)


def test_what_was_left_is_kept_once_and_under_its_old_label_again() -> None:
    """Two suggestions that a merge makes one are one, the surer; undoing a rename keeps what was left since."""
    both = (LeftSuggestion(14, 21, "PERSON", 0.5), LeftSuggestion(14, 21, "VENUE", 0.9))
    (merged,) = migrate_labels([_annotated([], left=both)], RULES[1][0], OLD, RULES[1][1])
    assert merged.after.annotation.left == (LeftSuggestion(14, 21, "NAME", 0.9),)
    since = _annotated([], left=(LeftSuggestion(14, 21, "PLACE", 0.9),))
    (back,) = MigrationUndo(RULES[0][0], [], OLD).changes([since], "schema-2")
    assert back.after.annotation.left == both[1:]


def test_what_was_marked_since_a_merge_is_asked_for() -> None:
    """Undo cannot know which of the labels a later span is: it takes the first, with a flag and a note."""
    rule, new = RULES[1]
    changes = migrate_labels([_annotated([Span(14, 21, "VENUE")])], rule, OLD, new)
    later = [replace(changes[0].after, annotation=changes[0].after.annotation.with_spans([Span(0, 8, "NAME")]))]
    (back,) = MigrationUndo(rule, changes, OLD).changes(later, "schema-2")
    assert back.after.annotation.spans == (Span(0, 8, "PERSON"),)
    assert back.after.annotation.note == "schema-2: Ida Holm: PERSON or VENUE?"


def _merged_and_back(before: Annotation, since: Callable[[Annotation], Annotation], rule: int = 1) -> Annotation:
    """Return what undo makes of a sentence that somebody went on with after a merge of labels."""
    by, new = RULES[rule]
    changes = migrate_labels([replace(_annotated([]), annotation=before)], by, OLD, new)
    now = replace(changes[0].after, annotation=since(changes[0].after.annotation))
    (back,) = MigrationUndo(by, changes, OLD).changes([now], "schema-2")
    return back.after.annotation


def test_two_labels_that_fell_together_come_back_both() -> None:
    """One range that was a person and a place is both again."""
    both = Annotation().with_spans([Span(14, 21, "PERSON"), Span(14, 21, "VENUE")])
    assert _merged_and_back(both, lambda now: now) == both


def test_what_was_decided_since_a_merge_stays() -> None:
    """A suggestion turned down, a flag taken off and an answer taken back since are kept by undo."""
    inside = [Span(0, 8, "PERSON"), Span(4, 8, "VENUE")]
    annotation = Annotation(answer=Answer.ACCEPT, note="look", flagged=True).with_spans(inside)
    annotation = annotation.with_rejected([Span(26, 31, "PERSON"), Span(26, 31, "VENUE")])
    count = Span(9, 13, "COUNT")

    def since(now: Annotation) -> Annotation:
        return replace(now.with_rejected([*now.rejected, count]), flagged=False, answer=None)

    strict = parse_schema({"label": [{"name": "NAME"}, {"name": "COUNT"}]}, "")
    rule = RULES[1][0]
    changes = migrate_labels([replace(_annotated([]), annotation=annotation)], rule, OLD, strict)
    assert changes[0].doubtful
    now = replace(changes[0].after, annotation=since(changes[0].after.annotation))
    (back,) = MigrationUndo(rule, changes, OLD).changes([now], "schema-2")
    wanted = replace(annotation, flagged=False, answer=None).with_rejected([*annotation.rejected, count])
    assert back.after.annotation == wanted


def test_a_label_that_was_there_before_is_taken_at_its_word() -> None:
    """After PERSON and VENUE became PERSON, a new PERSON is one by the old schema too: nothing to ask."""
    before = Annotation().with_spans([Span(14, 21, "VENUE")])
    back = _merged_and_back(before, lambda now: now.with_spans([*now.spans, Span(0, 8, "PERSON")]), rule=2)
    assert back == Annotation().with_spans([Span(0, 8, "PERSON"), Span(14, 21, "VENUE")])


def test_what_broke_the_rules_before_is_no_new_doubt() -> None:
    """A rename flags no sentence for a pair of spans that was forbidden all along."""
    old = parse_schema({"label": [{"name": "PERSON"}, {"name": "VENUE"}]}, "")
    new = parse_schema({"label": [{"name": "PERSON"}, {"name": "PLACE"}]}, "")
    (change,) = migrate_labels([_annotated([Span(0, 8, "PERSON"), Span(4, 8, "VENUE")])], RULES[0][0], old, new)
    assert not change.doubtful
    assert not change.after.annotation.flagged
