"""What a session measures: keys go with the next record, and haste is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.edits import combine_edits, set_answer
from annotator.core.journal_record import KeystrokeCounts, KeystrokeKind
from annotator.statistics.edit_events import SpeedWarningKind
from tests import builders


def test_keys_go_with_the_next_record(tmp_path: Path) -> None:
    """Each record has the keys since the one before; of a batch the first has all."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news"))
    session.count_keystroke(KeystrokeKind.SELECT)
    session.count_keystroke(KeystrokeKind.ENTER)
    session.apply_edit(set_answer(session.article_sentences[0], Answer.ACCEPT))
    session.count_keystroke(KeystrokeKind.ENTER)
    session.apply_edit(
        combine_edits([set_answer(w, Answer.ACCEPT) for w in session.article_sentences[1:3]], "accepted")
    )
    session.undo()
    assert session.close()
    keys = [r.keystrokes for r in builders.records_in(tmp_path / "news" / "annotations" / "ana.jsonl")]
    assert keys == [KeystrokeCounts(select=1, enter=1), KeystrokeCounts(enter=1), None, KeystrokeCounts(), None]


def test_a_session_without_a_screen_counts_nothing(tmp_path: Path) -> None:
    """Nobody counts keys there, and the journal does not pretend."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news"))
    session.apply_edit(set_answer(session.article_sentences[0], Answer.ACCEPT))
    assert session.close()
    path = tmp_path / "news" / "annotations" / "ana.jsonl"
    assert b"_keys" not in path.read_bytes()


@pytest.mark.parametrize(("seconds", "message"), [(1.0, True), (60.0, False)])
def test_haste_is_known_after_the_action(tmp_path: Path, seconds: float, message: bool) -> None:
    """Two screens of 25 sentences accepted a second apart are hasty, a minute apart they are not."""
    line = "The ferry left Tarn Quay late and nobody on the boat knew why it had."
    article = builders.article("\n".join(["Ferry late", *[line] * 60]), "t" + "b" * 60)
    session = builders.open_session(builders.make_corpus(tmp_path / "news", article))
    clock = session._clock
    assert isinstance(clock, builders.Clock)
    clock.seconds = 1
    session.apply_edit(set_answer(session.article_sentences[0], Answer.ACCEPT))
    for first in (1, 26):
        clock.now += seconds - 25
        session.apply_edit(
            combine_edits([set_answer(w, Answer.ACCEPT) for w in session.article_sentences[first : first + 25]], "done")
        )
    haste = session.speed_warning
    assert (haste is not None) == message
    if haste:
        assert haste.kind is SpeedWarningKind.UNREAD
        assert haste.count == 50
    session.undo()
    assert session.speed_warning is None
    session.close()
