"""The stack of edits that can be undone: packed or not, it holds them all in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core import edit_history
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edit_history import EditStack, History
from annotator.core.edits import Edit, Op, set_answer, set_note
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion
from tests import builders

SENTENCES = [builders.sentence(text, "a" * 12, 10 * i, i) for i, text in enumerate(("Pia left.", "He ran."))]
ANNOTATIONS = [
    Annotation(),
    Annotation((Span(0, 3, "A", "rules", "g1", ("ana",)),), note="ö · \U0001f600"),
    Annotation(answer=Answer.REJECT, rejected=(Span(0, 2, "B"),), flagged=True, covers=("A",)),
    Annotation(answer=Answer.ACCEPT, left=(LeftSuggestion(0, 3, "A", 0.1 + 0.2, "history"),)),
]
ANNOTATED = st.builds(AnnotatedSentence, st.sampled_from(SENTENCES), st.sampled_from(ANNOTATIONS))
SIDE = st.lists(ANNOTATED, min_size=1, max_size=2).map(tuple)
EDITS = st.builds(Edit, st.sampled_from([Op.EDIT, Op.ANSWER, Op.JOIN, Op.SPLIT]), SIDE, SIDE)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit_history, "_BLOCK", 3)
    monkeypatch.setattr(edit_history, "_UNPACKED", 2)


@given(st.lists(EDITS | st.sampled_from(["undo", "redo", "undo", "pack"]), max_size=60))
def test_undo_has_no_limit_packed_or_not(steps: list[Edit | str]) -> None:
    """After any walk of edits, undo, redo and packing the history holds what plain lists hold."""
    history = History()
    done: list[Edit] = []
    undone: list[Edit] = []
    for step in steps:
        if isinstance(step, Edit):
            history.record_edit(step)
            done, undone = [*done, step], []
        elif step == "pack":
            history.done.pack()
        elif step == "undo":
            edit = history.undo()
            assert edit == (done[-1].inverse() if done else None)
            done, undone = done[:-1], undone + done[-1:]
        else:
            edit = history.redo()
            assert edit == (undone[-1] if undone else None)
            undone, done = undone[:-1], done + undone[-1:]
        assert (list(history.done), list(history.undone)) == (done, undone)
        assert (len(history.done), len(history.undone)) == (len(done), len(undone))


def test_a_packed_edit_lacks_its_message_alone() -> None:
    """A packed edit is the edit without its message, with the very sentence of the store; few take a block."""
    stack = EditStack()
    annotated = AnnotatedSentence(SENTENCES[0])
    edits = [set_answer(annotated, Answer.ACCEPT), *(set_note(annotated, f"note {i}") for i in range(9))]
    for edit in edits:
        stack.push(edit)
        stack.pack()
    assert len(stack._edits) < 5
    assert list(stack)[:6] == [replace(e, message="") for e in edits[:6]]
    assert all(w.sentence is SENTENCES[0] for e in stack for w in (*e.before, *e.after))
    stack.clear()
    assert not stack
    assert stack.pop() is None
