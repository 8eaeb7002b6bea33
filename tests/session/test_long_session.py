"""A session of many decisions: it takes little memory, and undo still reaches its first one."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pytest

from annotator.core import edit_history
from annotator.session import sentence_editor
from annotator.session.annotation_controller import AnnotationController
from tests import builders

_MAX_BYTES = 45
"""What a decision may leave, beside its line in the journal: the packed edit takes most of them."""


def _decide(controller: AnnotationController, decisions: range) -> int:
    """Answer so many sentences and return how many bytes are in use then."""
    for i in decisions:
        controller.dispatch("reject" if i % 2 else "accept")
    assert controller.session.flush()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_a_decision_leaves_few_bytes_and_undo_has_no_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the latest decisions each takes a few bytes; all can be undone, over the packed ones too."""
    monkeypatch.setattr(edit_history, "_UNPACKED", 64)
    monkeypatch.setattr(sentence_editor, "MAX_UNDO_POINTS", 64)
    session = builders.open_session(builders.make_corpus(tmp_path / "news").path)
    controller = AnnotationController(session)
    tracemalloc.start()
    try:
        before = _decide(controller, range(192))
        after = _decide(controller, range(192, 576))
    finally:
        tracemalloc.stop()
    decisions = len(session.history.done)
    assert decisions == 576
    assert (after - before) / 384 < _MAX_BYTES
    for _ in range(decisions):
        assert controller.dispatch("undo").message
    assert not session.history.done
    assert not any(w.done for article in session.queue for w in session.sentences_of(article))
    session.close()
