"""Undo restores what a key found, redo what it has made: whatever the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.edits import describe_edit
from annotator.session import action as act
from annotator.session.annotation_controller import AnnotationController
from annotator.session.state import StatusMessage
from tests import builders

FOUND = {
    "Ilka Moran": ("PERSON", 0.9),
    "Tarn Quay": ("VENUE", 0.5),
    "Moran": ("PERSON", 0.8),
    "300 people": ("COUNT", 0.7),
    "Sorrel Hall": ("VENUE", 0.6),
}
KEYS = st.lists(
    st.sampled_from(["next_stop", "cursor_right", "grow", "shrink", "sentence_down", "sentence_up", "remove", "let_go"])
    | st.sampled_from(
        ["accept", "reject", "ignore", "join", "split", "accept_view", "everywhere", "right_more", "left_less", "take"]
    )
    | st.sampled_from(["a", "s", "d", "f"]).map("label {}".format)
    | st.integers(0, 9).map("hint {}".format),
    max_size=14,
)


def _press(controller: AnnotationController, key: str) -> None:
    kind, _, what = key.partition(" ")
    if kind == "label":
        label = controller.session.schema.by_key(what)
        assert label
        controller.dispatch(act.PressLabel(label.name))
    elif kind == "hint":
        hints = controller.state().hints
        controller.dispatch(act.PressHint(hints[int(what) % len(hints)].letters[0])) if hints else None
    else:
        controller.dispatch(key)


def _found(controller: AnnotationController) -> tuple[Any, ...]:
    session = controller.session
    return session.article_sentences, session.annotated.sentence.id, controller.selection_state


@given(KEYS)
def test_undo_restores_what_each_key_found(tmp_path_factory: pytest.TempPathFactory, keys: list[str]) -> None:
    """Sentences, place and selection; redo brings the sentences back and selects the span that it has changed."""
    corpus: Path = builders.make_corpus(tmp_path_factory.mktemp("x") / "news").path
    session = builders.open_session(corpus)
    session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
    controller = AnnotationController(session)
    controller.set_visible(range(len(session.article_sentences)))
    for key in keys:
        before, edits = _found(controller), len(session.history.done)
        article = session.current_article_id
        _press(controller, key)
        if len(session.history.done) != edits + 1 or session.current_article_id != article:
            continue
        after, edit = _found(controller)[0], session.history.done.top()
        undone = controller.dispatch("undo").message
        assert undone == StatusMessage(f"undone: {describe_edit(edit.inverse().inverse())}")
        assert (_found(controller), len(session.history.done)) == (before, edits)
        redone = controller.dispatch("redo").message
        assert redone == StatusMessage(f"redone: {describe_edit(edit)}")
        assert session.article_sentences == after
        if len(edit.before) == len(edit.after) == 1:
            old, new = (set(e[0].annotation.spans) for e in (edit.before, edit.after))
            here, chosen = session.annotated, controller.selection
            assert here.sentence.id == edit.after[0].sentence.id
            if changed := new - old or old - new:
                assert chosen
                tokens = here.sentence.tokens[chosen.first : chosen.last]
                assert (tokens[0].start, tokens[-1].end) in {(s.start, s.end) for s in changed}
    session.close()
