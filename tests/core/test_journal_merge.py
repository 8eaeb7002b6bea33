"""Two journals of one annotator as one: nothing lost, nothing overwritten."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.edits import Op, combine_edits, set_answer
from annotator.core.journal_merge import JournalMergeResult, merge_journals
from annotator.core.journal_record import JournalRecord
from annotator.core.suggestion import LeftSuggestion
from annotator.storage.codec import encode_record
from annotator.storage.file_io import RawLine
from annotator.storage.journal_reader import JournalReader
from tests.core.test_annotation_store import IDS, STEP, Walk, _base, _take

Step = tuple[str, int, int, int, int]
STEPS = st.lists(st.one_of(STEP, st.tuples(st.just("m"), *[st.integers(0, 40)] * 4)), max_size=12)
"""The steps of a walk, and m: one deed that answers every sentence of one article or of both."""


def _walked(walk: Walk, steps: Sequence[Step]) -> Walk:
    for step in steps:
        if step[0] == "m":
            annotated_sentences = [w for a in IDS[: 1 + step[1] % 2] for w in walk.store.sentences_of(a)]
            answer = [*Answer][step[2] % 3]
            walk.do(combine_edits([set_answer(w, answer) for w in annotated_sentences], "all"))
        else:
            walk = _take(walk, step)
    return walk


def _copied(walk: Walk) -> Walk:
    """Return a walk that goes on from the records of another."""
    new = walk.restarted()
    new.records = [*walk.records]
    return new


def _state(records: Sequence[JournalRecord]) -> dict[str, AnnotatedSentence]:
    annotated_sentences = AnnotationStore(_base)
    annotated_sentences.replay(records)
    return {
        w.sentence.id: w
        for a in annotated_sentences.touched_articles
        for w in annotated_sentences.touched_sentences_of(a)
    }


def _readable(records: Sequence[JournalRecord]) -> None:
    """Assert that a journal of these records has no flaw when it is read."""
    lines, at = [], 0
    for n, record in enumerate(records, 1):
        raw = encode_record(record)[:-1]
        lines.append(RawLine(n, at, raw, complete=True))
        at += len(raw) + 1
    scan = JournalReader("journal").read(lines)
    assert not scan.damaged
    assert not scan.torn
    assert len(scan.records) == len(records)


def _marked(records: Sequence[JournalRecord], since: int, session: str) -> list[JournalRecord]:
    """Return the records, those from number ``since`` on under another session."""
    return [replace(r, session=session) if r.seq >= since else r for r in records]


@settings(max_examples=250, deadline=None)
@given(STEPS, STEPS, STEPS)
def test_each_decision_of_both_is_in_the_joint_journal_or_beside_it(
    begin: list[Step], one: list[Step], two: list[Step]
) -> None:
    """However two copies of a journal were gone on with, every last word of both can be read afterwards."""
    root = _walked(Walk(), begin)
    n = len(root.records)
    first = _marked(_walked(_copied(root), one).records, n + 1, "one")
    second = _marked(_walked(_copied(root), two).records, n + 1, "two")
    found = merge_journals(first, second, _base)
    _readable(found.records)
    _readable(found.conflicting_records)
    joint, beside = _state(found.records), _state(found.conflicting_records)
    assert list(found.records[: len(first)]) == first
    last = {r.annotated.sentence.id: r.seq for r in second}
    for key, annotated in _state(second).items():
        old = last[key] <= n
        unsaid = annotated.annotation == Annotation() and annotated.sentence in _base(annotated.sentence.article)
        unsaid = unsaid and _state(root.records).get(key, annotated).annotation == Annotation()
        assert old or unsaid or joint.get(key) == annotated or beside.get(key) == annotated
    since = {r.annotated.sentence.id for r in first[n:]}
    for key, annotated in _state(first).items():
        if key in since and annotated.annotation != Annotation():
            assert joint[key] == annotated


@settings(max_examples=100, deadline=None)
@given(STEPS, STEPS)
def test_a_journal_merged_with_its_own_beginning_is_itself(begin: list[Step], more: list[Step]) -> None:
    """A copy that was gone on with takes the place of the older one, in either order, and again."""
    root = _walked(Walk(), begin)
    long = _walked(_copied(root), more).records
    assert merge_journals(root.records, long, _base).records == tuple(long)
    again = merge_journals(long, root.records, _base)
    assert (again.records, again.conflicting_records, again.conflicts) == (tuple(long), (), ())


def _merged(one: Sequence[Answer | None], two: Sequence[Answer | None]) -> JournalMergeResult:
    """Merge journals that answer the first sentences of an article so; None leaves one out."""
    journals = []
    for answers, session in ((one, "one"), (two, "two")):
        walk = Walk()
        for annotated, answer in zip(walk.store.sentences_of(IDS[0]), answers, strict=False):
            if answer:
                walk.do(set_answer(annotated, answer))
        journals.append(_marked(walk.records, 1, session))
    return merge_journals(journals[0], journals[1], _base)


def test_what_only_one_has_touched_is_taken_over() -> None:
    """Two halves of an article make a whole one, with the history of both."""
    found = _merged([Answer.ACCEPT], [None, Answer.REJECT])
    assert [(r.seq, r.session, r.annotated.annotation.answer) for r in found.records] == [
        (1, "one", Answer.ACCEPT),
        (2, "two", Answer.REJECT),
    ]
    assert (found.taken_over, found.identical, found.conflicting_records) == (1, 0, ())


def test_the_same_answer_is_no_conflict() -> None:
    """What both say alike stands once."""
    found = _merged([Answer.ACCEPT], [Answer.ACCEPT])
    assert (len(found.records), found.identical, found.conflicts) == (1, 1, ())


def test_other_suggestions_left_are_no_conflict() -> None:
    """Two accepts alike of which one had a suggestion open, as the sources knew more there, are the same decision."""
    journals = []
    for left, session in ([], "one"), ([LeftSuggestion(0, 3, "A", 0.9)], "two"):
        walk = Walk()
        edit = set_answer(walk.store.sentences_of(IDS[0])[0], Answer.ACCEPT)
        annotation = replace(edit.after[0].annotation, left=tuple(left))
        walk.do(replace(edit, after=(replace(edit.after[0], annotation=annotation),)))
        journals.append(_marked(walk.records, 1, session))
    found = merge_journals(journals[0], journals[1], _base)
    assert (len(found.records), found.identical, found.conflicts) == (1, 1, ())


def test_what_was_begun_and_taken_back_stands_in_nobodys_way() -> None:
    """Who has undone all on a sentence has said nothing there: the other's answer is taken over."""
    mine, other = Walk(), Walk()
    mine.do(set_answer(mine.store.sentences_of(IDS[0])[0], Answer.ACCEPT))
    mine.travel(Op.UNDO)
    other.do(set_answer(other.store.sentences_of(IDS[0])[0], Answer.REJECT))
    one, two = _marked(mine.records, 1, "one"), _marked(other.records, 1, "two")
    for found, taken in ((merge_journals(one, two, _base), 1), (merge_journals(two, one, _base), 0)):
        assert (found.conflicts, found.conflicting_records) == ((), ())
        assert (found.taken_over, found.identical) == (taken, 1 - taken)
        assert [w.annotation.answer for w in _state(found.records).values()] == [Answer.REJECT]


def test_a_action_on_several_sentences_counts_whole_or_not_at_all() -> None:
    """Where copies agree on the first sentence of one deed alone, they have no part of it in common."""
    journals = []
    for last in (Answer.ACCEPT, Answer.REJECT):
        walk = Walk()
        first, second = walk.store.sentences_of(IDS[0])[:2]
        walk.do(combine_edits([set_answer(first, Answer.ACCEPT), set_answer(second, last)], "both"))
        journals.append(walk.records)
    one, two = journals
    found = merge_journals(one, two, _base)
    assert [x.theirs[0].annotation.answer for x in found.conflicts] == [Answer.REJECT]
    assert (found.identical, found.taken_over, len(found.records)) == (1, 0, 2)


def test_another_answer_is_kept_beside() -> None:
    """Two answers to one sentence: the first stays, the second is kept and told."""
    found = _merged([Answer.ACCEPT, Answer.ACCEPT], [Answer.REJECT, None, Answer.IGNORE])
    assert [c.ours[0].annotation.answer for c in found.conflicts] == [Answer.ACCEPT]
    assert [c.theirs[0].annotation.answer for c in found.conflicts] == [Answer.REJECT]
    assert [(r.seq, r.op, r.annotated.annotation.answer) for r in found.conflicting_records] == [
        (1, Op.ANSWER, Answer.REJECT)
    ]
    assert len(found.records) == 3
