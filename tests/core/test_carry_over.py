"""What a new version of an article takes over: never another text, never twice, nothing of what was touched."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Article, Sentence
from annotator.core.carry_over import ArticleVersion, CarryOver, carry_over
from annotator.core.edits import Edit, Op, join_sentences, set_note, split_sentence
from annotator.core.spans import Span
from tests.builders import article, news_schema, sentences, span

SCHEMA = news_schema()
GERMAN = "Frau Weber lobte Köln."
JAPANESE = "田中は京都に行った。"


_SEQS = itertools.count(1, 1000)


class _Version:
    """A version of an article, a sentence a line, and what one annotator does in it."""

    def __init__(self, *lines: str) -> None:
        self.article: Article = article("\n".join(lines), "b" * len(lines))
        self.stored: tuple[Sentence, ...] = sentences(self.article)
        self.store = AnnotationStore(lambda _: self.stored)
        self.first_seq = next(_SEQS)
        """A version made later is annotated later."""

    @property
    def value(self) -> ArticleVersion:
        touched = self.store.touched_sentences_of(self.article.id)
        seqs = range(self.first_seq, self.first_seq + len(touched))
        return ArticleVersion(self.article.text, self.stored, touched, tuple(seqs))

    def all(self) -> tuple[AnnotatedSentence, ...]:
        return self.store.sentences_of(self.article.id)

    def mark(self, i: int, *spans: Span, answer: Answer | None = Answer.ACCEPT, note: str = "") -> None:
        w = self.all()[i]
        annotation = Annotation(note=note).with_spans(spans).with_answer(answer)
        self.store.apply(Edit(Op.EDIT, (w,), (AnnotatedSentence(w.sentence, annotation),)))

    def take(self, old: _Version) -> CarryOver:
        done = carry_over(old.value, self.value, SCHEMA)
        self.store.apply(done.edit)
        return done

    def state(self) -> list[tuple[str, list[tuple[str, str]], Answer | None]]:
        return [
            (w.sentence.text, [(s.label, w.text_of(s)) for s in w.annotation.spans], w.annotation.answer)
            for w in self.all()
        ]


def test_unchanged_sentences_take_everything_over() -> None:
    """Answer, spans, note and flag of a text that is there as before are there again, wherever it went."""
    old = _Version("Ilka came.", "Pell left.", GERMAN, JAPANESE)
    old.mark(0, span("Ilka came.", "Ilka", "PERSON"), note="sure?")
    old.mark(2, span(GERMAN, "Köln", "VENUE"))
    old.mark(3, span(JAPANESE, JAPANESE, "CLAIM"), answer=Answer.REJECT)
    new = _Version("Added.", JAPANESE, "Ilka came.", GERMAN)
    done = new.take(old)
    assert (done.unchanged, done.changed, done.gone) == (3, frozenset(), ())
    assert new.state() == [
        ("Added.", [], None),
        (JAPANESE, [("CLAIM", JAPANESE)], Answer.REJECT),
        ("Ilka came.", [("PERSON", "Ilka")], Answer.ACCEPT),
        (GERMAN, [("VENUE", "Köln")], Answer.ACCEPT),
    ]
    assert new.all()[2].annotation.note == "sure?"
    assert [o.split(":")[0] for o in done.origins] == [old.article.id] * 3


def test_equal_texts_are_paired_in_order() -> None:
    """A text that occurs equally often is paired in order; one that occurs more often now is not."""
    old = _Version("Yes.", "Moran came.", "Yes.")
    old.mark(0, note="first")
    old.mark(2, answer=Answer.REJECT)
    moved, more = _Version("Yes.", "Yes.", "Moran came."), _Version("Yes.", "Yes.", "Yes.")
    assert [(s[2]) for s in (moved.take(old), moved.state())[1]] == [Answer.ACCEPT, Answer.REJECT, None]
    assert more.take(old).unchanged == 0


@pytest.mark.parametrize(
    "changed", ["The mayor, Ilka Moran, came to Tarn Quay.", "Friday: Mayor Ilka Moran came to Tarn."]
)
def test_changed_sentence_is_open_with_what_is_found(changed: str) -> None:
    """Of a changed sentence the spans are kept whose words and neighbours are there once; a note lists the others."""
    text = "Mayor Ilka Moran came to Tarn Quay."
    old = _Version("It rained.", text)
    old.mark(1, span(text, "Ilka Moran", "PERSON"), span(text, "Tarn Quay", "VENUE"))
    new = _Version("It rained.", changed)
    done = new.take(old)
    w = new.all()[1]
    assert w.annotation.answer is None
    assert done.changed == {w.sentence.id}
    kept, lost = (
        (("VENUE", "Tarn Quay"), "PERSON Ilka Moran")
        if "Quay" in changed
        else (("PERSON", "Ilka Moran"), "VENUE Tarn Quay")
    )
    assert new.state()[1][1] == [kept]
    assert w.annotation.note == f"not carried over: {lost}"


def test_joins_and_splits_come_along() -> None:
    """A joined or split sentence of unchanged text is cut as before, and undo restores the stored cut."""
    old = _Version("“We met.", "It was fine,” said Pell.", "Ilka came and Pell left.")
    first, second, third = old.all()
    old.store.apply(join_sentences(first, second, old.article.text))
    old.store.apply(split_sentence(third, 3, old.article.text))
    new = _Version("Hello.", "“We met.", "It was fine,” said Pell.", "Ilka came and Pell left.")
    done = new.take(old)
    assert [w.sentence.text for w in new.all()] == [
        "Hello.", "“We met.\nIt was fine,” said Pell.", "Ilka came and", "Pell left.",
    ]  # fmt: skip
    new.store.apply(done.edit.inverse())
    assert [w.sentence for w in new.all()] == list(new.stored)


def test_ambiguous_words_are_not_guessed() -> None:
    """A span is not placed where its words and neighbours occur twice, in either version."""
    text = "Pell met Pell."
    old = _Version(text, "Go.")
    old.mark(0, span(text, "Pell", "PERSON"))
    assert _Version("Pell met Pell again.", "Then Pell met Ann.", "Go.").take(old).changed  # a note alone
    new = _Version("Pell met Pell, and Pell met Ann.", "Go.")
    new.take(old)
    assert new.state()[0][1] == []
    assert "PERSON Pell" in new.all()[0].annotation.note


def test_what_is_gone_is_counted() -> None:
    """A sentence with spans of which nothing like it is left is counted, and changes nothing."""
    old = _Version("Ilka Moran came to the hall.", "It rained.")
    old.mark(0, span("Ilka Moran", "Ilka", "PERSON"))
    new = _Version("It rained.", "Stalls opened.")
    done = new.take(old)
    assert ([w.sentence.text for w in done.gone], done.edit.after) == (["Ilka Moran came to the hall."], ())


def test_two_sentences_that_became_one_are_both_named() -> None:
    """What is carried over to the one names both, so that neither is exported beside it."""
    old = _Version("Ilka Moran came to the hall.", "Pell counted 12 boats.", "It rained.")
    old.mark(0, span("Ilka Moran came to the hall.", "Ilka Moran", "PERSON"))
    old.mark(1, span("Pell counted 12 boats.", "12 boats", "COUNT"))
    new = _Version("Ilka Moran came to the hall, and Pell counted 12 boats.", "It rained.")
    done = new.take(old)
    assert done.origins == (" ".join(w.sentence.id for w in old.all()[:2]),)


_WORDS = st.sampled_from(["Ilka", "Pell", "Köln", "met", "and", "田中", "went", ","])
_LINE = st.lists(_WORDS, min_size=1, max_size=5).map(lambda words: " ".join(words) + ".")
_SPANS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(1, 3), st.integers(0, 3)), max_size=12)
_CHANGES = st.lists(st.tuples(st.sampled_from("idcrxjs"), st.integers(0, 9), _LINE), max_size=6)


def _annotate(version: _Version, spans: Sequence[tuple[int, int, int, int]]) -> None:
    for i, first, count, label in spans:
        w = version.all()[i % len(version.all())]
        tokens = w.sentence.tokens[first % len(w.sentence.tokens) :][:count]
        new = Span(tokens[0].start, tokens[-1].end, SCHEMA.labels[label].name)
        if SCHEMA.find_violation(new, w.annotation.spans) is None:
            annotation = w.annotation.with_spans([*w.annotation.spans, new]).with_answer(Answer.ACCEPT)
            version.store.apply(Edit(Op.EDIT, (w,), (AnnotatedSentence(w.sentence, annotation),)))


def _cut(version: _Version, op: str, i: int) -> None:
    here = version.all()
    if op == "j" and len(here) > 1:
        i %= len(here) - 1
        version.store.apply(join_sentences(here[i], here[i + 1], version.article.text))
    w = here[i % len(here)]
    if op == "s" and len(w.sentence.tokens) > 1 and w in version.all():
        at = w.sentence.tokens[1].start
        if not any(s.start < at < s.end for s in w.annotation.spans):
            version.store.apply(split_sentence(w, 1, version.article.text))


def _edited(lines: Sequence[str], changes: Sequence[tuple[str, int, str]]) -> list[str]:
    lines = list(lines)
    acts: dict[str, Callable[[int, str], object]] = {
        "i": lines.insert,
        "d": lambda i, _: lines.pop(i) if len(lines) > 1 else None,
        "c": lines.__setitem__,
        "r": lambda i, _: lines.append(lines.pop(i)),
        "x": lambda i, _: lines.insert(0, lines[i]),
    }
    for act, i, new in changes:
        if act in acts:
            acts[act](i % len(lines), new)
    return lines


def _assert_unchanged_answered(old: _Version, new: _Version) -> None:
    for text in {s.text for s in old.stored}:
        before, after = ([w.annotation for w in v.all() if w.sentence.text == text] for v in (old, new))
        if len(before) == len(after):
            assert before == after


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINE, min_size=1, max_size=6), _SPANS, _CHANGES, st.sets(st.integers(0, 9), max_size=2))
def test_carry_over_invents_and_doubles_nothing(
    lines: list[str], spans: list[tuple[int, int, int, int]], changes: list[tuple[str, int, str]], touched: set[int]
) -> None:
    """Every span carried has its old words and label, none is there twice, and a second time finds nothing.

    What was touched stays; an unchanged text that occurs as often as before and was not touched is answered as before.
    """
    old, new = _Version(*lines), _Version(*_edited(lines, changes))
    _annotate(old, spans)
    for op, i, _ in changes:
        _cut(old, op, i)
    for i in touched:
        w = new.all()[i % len(new.stored)]
        new.store.apply(set_note(w, "mine"))
    mine = {w for w in new.all() if w.annotation.note == "mine"}
    available = [(s.label, w.text_of(s)) for w in old.all() for s in w.annotation.spans]
    done = new.take(old)
    assert mine <= set(new.all())
    for w in new.all():
        assert w.sentence.text == new.article.text[w.sentence.start : w.sentence.end]
        for s in w.annotation.spans:
            available.remove((s.label, w.text_of(s)))  # raises for one that is invented or doubled
    if not changes and not touched:
        assert [(w.sentence.text, w.annotation) for w in new.all()] == [
            (w.sentence.text, w.annotation) for w in old.all()
        ]
    if not touched and not any(op in "js" for op, _, _ in changes):
        _assert_unchanged_answered(old, new)
    again = carry_over(old.value, new.value, SCHEMA)
    assert (again.edit.before, again.edit.after) == ((), ())
    state = new.all()
    new.store.apply(done.edit.inverse())
    assert [w.sentence for w in new.all()] == list(new.stored)
    new.store.apply(done.edit)
    assert new.all() == state
