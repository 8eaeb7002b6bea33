"""What one annotator has left differently on two machines waits in a worklist until a side is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.edits import add_span, set_answer
from annotator.core.errors import RuleError
from annotator.core.spans import Span
from annotator.session.session import AnnotationSession
from annotator.session.two_machines_queue import DifferenceQueue
from tests import builders
from tests.cli.command_runner import call


def _sentence(session: AnnotationSession, n: int = 1) -> AnnotatedSentence:
    return session.sentences_of(builders.market().id)[n]


def _label(label: str) -> Callable[[AnnotationSession], None]:
    """Return what labels the first word of a sentence and accepts it."""

    def annotate(session: AnnotationSession) -> None:
        token = _sentence(session).sentence.tokens[0]
        session.apply_edit(add_span(_sentence(session), Span(token.start, token.end, label), session.schema))
        session.apply_edit(set_answer(_sentence(session), Answer.ACCEPT))

    return annotate


def _join(session: AnnotationSession) -> None:
    session.navigation.go_to(_sentence(session).sentence.id)
    session.join()


def join_machines(corpus: Path, *sides: Callable[[AnnotationSession], None]) -> None:
    """Annotate on two copies of a journal, one behind the other, as git joins them, and repair."""
    journal = corpus / "annotations" / "ana.jsonl"
    left = []
    for side in sides:
        journal.unlink(missing_ok=True)
        session = builders.open_session(corpus)
        side(session)
        session.close()
        left.append(journal.read_bytes())
    journal.write_bytes(b"".join(left))
    assert call("repair", corpus, "--write").code == 3


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    """Return a corpus that was joined from two machines, with one sentence in two ways."""
    corpus = builders.make_corpus(tmp_path / "news").path
    join_machines(corpus, _label("VENUE"), _label("COUNT"))
    return corpus


def _labels(session: AnnotationSession) -> list[str]:
    return [s.label for s in _sentence(session).annotation.spans]


@pytest.mark.parametrize(("side", "labels"), [("side_one", ["VENUE"]), ("side_two", ["COUNT"])])
def test_one_key_lets_a_side_count(joined: Path, side: str, labels: list[str]) -> None:
    """The list has both; the side that was chosen counts, for good; undo lists the sentence again."""
    session = builders.open_session(joined)
    assert [w for w in session.warnings if "M lists both sides" in w]
    queue = DifferenceQueue(session)
    (item,) = queue.items
    assert [[s.label for s in w.annotation.spans] for w in item.sides] == [["VENUE"], ["COUNT"]]
    queue.commands()[side]()
    assert (_labels(session), queue.open_count) == (labels, 0)
    assert not DifferenceQueue(session).items
    queue.undo()
    assert (_labels(session), queue.open_count) == (["COUNT"], 1)
    assert len(DifferenceQueue(session).items) == 1
    session.close()
    session = builders.open_session(joined)
    DifferenceQueue(session).commands()[side]()
    session.close()
    session = builders.open_session(joined, read_only=True)
    assert (_labels(session), DifferenceQueue(session).items) == (labels, [])
    assert call("check", joined, "--only", "two-machines").code == 0


def test_a_sentence_that_one_machine_has_joined_is_annotated_by_hand(tmp_path: Path) -> None:
    """The side with another cut cannot be taken by a key; the one in force can."""
    corpus = builders.make_corpus(tmp_path / "news").path
    join_machines(corpus, _join, _label("COUNT"))
    session = builders.open_session(corpus)
    queue = DifferenceQueue(session)
    with pytest.raises(RuleError, match="that machine has joined or split the sentence; Enter goes there"):
        queue.take_side(0)
    queue.take_side(1)
    assert queue.open_count == 0
    session.close()


def test_undo_and_redo_decide_nothing(joined: Path) -> None:
    """Past the side in force and back: the app and ``check`` list it still; a decision that is redone settles it."""
    session = builders.open_session(joined)
    session.undo()
    session.redo()
    assert len(DifferenceQueue(session).items) == 1
    session.close()
    session = builders.open_session(joined)
    assert len(DifferenceQueue(session).items) == 1
    assert "two-machines" in call("check", joined, "--only", "two-machines").out
    DifferenceQueue(session).commands()["side_two"]()
    session.undo()
    assert len(DifferenceQueue(session).items) == 1
    session.redo()
    assert not DifferenceQueue(session).items
    session.close()
    assert call("check", joined, "--only", "two-machines").code == 0
    assert not DifferenceQueue(builders.open_session(joined, read_only=True)).items
