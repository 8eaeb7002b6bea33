"""Works and history: what the journal says of a walk is what the walk has made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Sentence
from annotator.core.edit_history import History
from annotator.core.edits import Edit, Op, add_span, join_sentences, remove_span, set_answer, split_sentence
from annotator.core.errors import RuleError
from annotator.core.journal_record import JournalRecord
from annotator.core.schema import parse_schema
from annotator.core.spans import Span
from tests import builders

ALL = ["A", "B"]
FREE = parse_schema({"label": [{"name": x, "inside": ALL, "overlaps": ALL} for x in ALL]}, "free")
IDS = ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
GAPS = (" ", "\n", "\n\n", "\n ", "", "\nRead more\n")
PARTS = ("Pia left.", "Ilka met 40 hens.", "“Oh.”", "He ran.", "40 hens ran.")


def _article(article: str) -> tuple[str, tuple[Sentence, ...]]:
    """Return an article's text and its sentences: every kind of gap stands between two of them."""
    text, out = "", []
    for i, (part, gap) in enumerate(zip(PARTS, GAPS[IDS.index(article) :], strict=False)):
        out.append(builders.sentence(part, article, len(text), i))
        text += part + gap
    return text, tuple(out)


def _base(article: str) -> Sequence[Sentence]:
    return _article(article)[1]


@dataclass
class Walk:
    """A session without a disk: what it does, and the records that it would have written."""

    store: AnnotationStore = field(default_factory=lambda: AnnotationStore(_base))
    history: History = field(default_factory=History)
    records: list[JournalRecord] = field(default_factory=list)

    def do(self, edit: Edit) -> None:
        self.store.apply(edit)
        self.history.record_edit(edit)
        self._write(edit.op, edit.after)

    def travel(self, op: Op) -> None:
        edit = self.history.undo() if op is Op.UNDO else self.history.redo()
        if edit is not None:
            self.store.replace_sentences(edit.before, edit.after)
            self._write(op, edit.after)

    def _write(self, op: Op, after: Sequence[AnnotatedSentence]) -> None:
        first = len(self.records) + 1
        batch = (first, len(after)) if len(after) > 1 else None
        for i, w in enumerate(after):
            record = JournalRecord(first + i, op, w, self.store.last_seq(w.sentence.id), batch)
            self.records.append(record)
        for record in self.records[first - 1 :]:
            self.store.remember_seq(record)

    def restarted(self) -> Walk:
        annotated_sentences = AnnotationStore(_base)
        return Walk(annotated_sentences, annotated_sentences.replay(self.records), list(self.records))


STEP = st.tuples(st.sampled_from("aaadnjjssuuuurr."), *[st.integers(0, 40)] * 4)
"""a add, d delete, n answer, j join, s split, u undo, r redo, . restart; then the numbers it takes."""


def _take(walk: Walk, step: tuple[str, int, int, int, int]) -> Walk:
    kind, where, which, a, b = step
    if kind in "ur":
        walk.travel(Op.UNDO if kind == "u" else Op.REDO)
    elif kind == ".":
        return walk.restarted()
    elif edit := _edit(walk, kind, where, which, a, b):
        walk.do(edit)
    return walk


def _edit(walk: Walk, kind: str, where: int, which: int, a: int, b: int) -> Edit | None:
    article = IDS[where % 2]
    annotated_sentences, text = walk.store.sentences_of(article), _article(article)[0]
    at = which % len(annotated_sentences)
    annotated, tokens = annotated_sentences[at], annotated_sentences[at].sentence.tokens
    first, last = sorted((a % len(tokens), b % len(tokens)))
    try:
        if kind == "a":
            new = Span(tokens[first].start, tokens[last].end, ALL[b % 2])
            return add_span(annotated, new, FREE)
        if kind == "d":
            spans = annotated.annotation.spans
            return remove_span(annotated, spans[a % len(spans)]) if spans else None
        if kind == "n":
            return set_answer(annotated, [*Answer, None][a % 4])
        if kind == "j":
            return (
                join_sentences(annotated, annotated_sentences[at + 1], text)
                if at + 1 < len(annotated_sentences)
                else None
            )
        return split_sentence(annotated, a % len(tokens), text)
    except RuleError:
        return None


def _untold(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits without their words, which no journal holds."""
    return [replace(e, message="") for e in edits]


def _same(one: Walk, other: Walk) -> None:
    for article in IDS:
        assert one.store.sentences_of(article) == other.store.sentences_of(article)
        assert one.store.touched_sentences_of(article) == other.store.touched_sentences_of(article)
    assert set(one.store.touched_articles) == set(other.store.touched_articles)
    assert _untold(one.history.done) == _untold(other.history.done)
    assert _untold(one.history.undone) == _untold(other.history.undone)


@settings(max_examples=300)
@given(st.lists(STEP, max_size=25))
def test_replaying_the_records_gives_the_same_works_and_the_same_undo(
    steps: list[tuple[str, int, int, int, int]],
) -> None:
    """After any walk, with restarts in it, a fresh start from the records knows all that the walk knows."""
    walk = Walk()
    for step in steps:
        walk = _take(walk, step)
    _same(walk.restarted(), walk)


@settings(max_examples=150)
@given(st.lists(STEP, max_size=20))
def test_undoing_everything_gives_the_untouched_articles_back(steps: list[tuple[str, int, int, int, int]]) -> None:
    """Undo has no limit, over restarts too: at its end every text, span and answer is as at the start."""
    walk = Walk()
    for step in steps:
        walk = _take(walk, step)
    there = {a: walk.store.sentences_of(a) for a in IDS}
    n = len(walk.history.done)
    walk = walk.restarted()
    for _ in range(n):
        walk.travel(Op.UNDO)
    walk = walk.restarted()
    assert not walk.history.done
    for article in IDS:
        assert walk.store.sentences_of(article) == tuple(AnnotatedSentence(s) for s in _base(article))
    for _ in range(n):
        walk.travel(Op.REDO)
    assert {a: walk.store.sentences_of(a) for a in IDS} == there


@settings(max_examples=150)
@given(st.lists(STEP, max_size=25))
def test_works_never_lose_text_and_never_overlap(steps: list[tuple[str, int, int, int, int]]) -> None:
    """After any walk the works stand in order, share no text and leave out only what was never a sentence."""
    walk = Walk()
    for step in steps:
        walk = _take(walk, step)
        for article in IDS:
            text, base = _article(article)
            covered: set[int] = set()
            for w in walk.store.sentences_of(article):
                place = set(range(w.sentence.start, w.sentence.end))
                assert not covered & place
                covered |= place
                assert text[w.sentence.start : w.sentence.end] == w.sentence.text
            words = {i for s in base for i in range(s.start, s.end) if not text[i].isspace()}
            assert words <= covered


def test_a_new_action_ends_what_could_be_done_again() -> None:
    """Redo is over once something else is done, live and after a restart."""
    walk = Walk()
    annotated = walk.store.sentences_of(IDS[0])[0]
    walk.do(set_answer(annotated, Answer.ACCEPT))
    walk.travel(Op.UNDO)
    walk.do(set_answer(walk.store.sentences_of(IDS[0])[0], Answer.REJECT))
    for now in (walk, walk.restarted()):
        assert now.history.redo() is None
        assert len(now.history.done) == 1


def test_an_undo_of_something_else_is_a_action_of_its_own() -> None:
    """In a journal put together from two an undo that is not of the last deed counts as an edit."""
    walk = Walk()
    one, two = walk.store.sentences_of(IDS[0])[:2]
    walk.do(set_answer(one, Answer.ACCEPT))
    stray = replace(two, annotation=Annotation(answer=Answer.REJECT))
    walk.records.append(JournalRecord(2, Op.UNDO, stray))
    again = walk.restarted()
    assert [w.annotation.answer for w in again.store.sentences_of(IDS[0])][:2] == [Answer.ACCEPT, Answer.REJECT]
    again.travel(Op.UNDO)
    assert [w.annotation.answer for w in again.store.sentences_of(IDS[0])][:2] == [Answer.ACCEPT, None]
    again.travel(Op.UNDO)
    assert again.store.sentences_of(IDS[0])[0] == one


def test_an_undo_of_something_else_spares_what_is_between_its_sentences() -> None:
    """In a journal put together from two it may name the first and the third sentence: the second keeps its answer."""
    walk = Walk()
    one, two, three = walk.store.sentences_of(IDS[0])[:3]
    walk.do(set_answer(two, Answer.ACCEPT))
    strays = [replace(w, annotation=Annotation(answer=Answer.REJECT)) for w in (one, three)]
    walk.records += [JournalRecord(n, Op.UNDO, w, batch=(2, 2)) for n, w in enumerate(strays, 2)]
    found = walk.restarted().store.sentences_of(IDS[0])[:3]
    assert [w.annotation.answer for w in found] == [Answer.REJECT, Answer.ACCEPT, Answer.REJECT]


def test_the_last_record_of_each_sentence_is_known() -> None:
    """A record names the one before it on the same sentence; a joined sentence starts a chain of its own."""
    walk = Walk()
    one, two = walk.store.sentences_of(IDS[0])[:2]
    walk.do(set_answer(one, Answer.ACCEPT))
    walk.do(join_sentences(walk.store.sentences_of(IDS[0])[0], two, _article(IDS[0])[0]))
    walk.travel(Op.UNDO)
    assert [(r.seq, r.op, r.parent, r.batch) for r in walk.records] == [
        (1, Op.ANSWER, None, None),
        (2, Op.JOIN, None, None),
        (3, Op.UNDO, 1, (3, 2)),
        (4, Op.UNDO, None, (3, 2)),
    ]
    assert walk.restarted().store.last_seq(one.sentence.id) == 3
