"""The app under the pilot: keys and mouse make spans, what is shown as saved is on the disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from annotator.core.annotation import Answer
from annotator.core.edits import add_span, set_answer
from annotator.core.journal_record import JournalRecord
from annotator.core.suggestion import Suggestion
from annotator.session.state import SaveState
from annotator.storage.schemas import default_schema_path
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.user_files import Preferences
from annotator.tui.screens.annotate import AnnotateScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app

COURT = default_schema_path().with_name("court.toml")


def _hint(d: RunningApp, word: str) -> list[str]:
    """Return the keys of the hint over a word of the active sentence."""
    state = d.app.controller.state()
    at = next(i for i, t in enumerate(state.annotated.sentence.tokens) if t.text == word)
    assert state.hints[at].letters, f"no hint over {word}"
    return list(state.hints[at].letters)


def _spans(d: RunningApp) -> list[tuple[str, str]]:
    annotated = d.session.annotated
    return [(s.label, annotated.text_of(s)) for s in annotated.annotation.spans]


def _prompt(d: RunningApp) -> str:
    return d.row("▸ ")


def _message(d: RunningApp) -> str:
    return d.app.controller.message.text if d.app.controller.message else ""


def _lines(d: RunningApp) -> list[dict[str, object]]:
    return [orjson.loads(x) for x in d.session._journal.path.read_bytes().split(b"\n")[:-1]]


async def test_a_hint_a_label_and_enter_make_a_saved_span(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letter, label key, Enter: the span is on the disk before the head says saved, and the next comes up."""
    async with running_app(tmp_path / "news") as d:
        gate = threading.Event()
        append = d.session._journal.append

        def slow(records: Sequence[JournalRecord]) -> None:
            assert gate.wait(10)
            append(records)

        monkeypatch.setattr(d.session._journal, "append", slow)
        assert "✓ saved" in d.rows()[0]
        await d.press(*_hint(d, "Ilka"))
        assert "▸ Ilka Moran" in _prompt(d)
        await d.press("a")
        assert ("PERSON", "Ilka Moran") in _spans(d)
        assert "┗PERSON" in d.raw(), "the new span is in focus"
        assert "a PERSON 1" in d.rows()[-2]
        assert "… saving" in d.rows()[0]
        await d.press("enter")
        assert "sentence 2/6" in d.rows()[0]
        assert d.rows()[1].startswith(" ✓  1 More than") or d.row(" ✓  1 More than")
        assert "… saving" in d.rows()[0]
        assert not _lines(d)
        gate.set()
        await d.saved()
        assert "✓ saved" in d.rows()[0]
        assert [x["_op"] for x in _lines(d)] == ["edit", "answer"]
        assert [s["label"] for s in _lines(d)[-1]["spans"]] == ["PERSON"]  # type: ignore[attr-defined]
        assert _lines(d)[-1]["answer"] == "accept"


async def test_a_label_on_a_span_relabels_it_and_nought_removes_it(tmp_path: Path) -> None:
    """On exactly a span a label key changes its label; 0 takes it away; undo brings each state back."""
    async with running_app(tmp_path / "news") as d:
        await d.press(*_hint(d, "Tarn"), "a")
        assert _spans(d) == [("PERSON", "Tarn Quay")]
        d.app.controller.select_span(d.session.annotated.annotation.spans[0])
        await d.press("s")
        assert _spans(d) == [("VENUE", "Tarn Quay")]
        d.app.controller.select_span(d.session.annotated.annotation.spans[0])
        await d.press("0")
        assert _spans(d) == []
        await d.press("ctrl+z")
        assert _spans(d) == [("VENUE", "Tarn Quay")]
        await d.press("ctrl+z", "ctrl+y", "ctrl+y")
        assert _spans(d) == []


async def test_digits_are_labels_too(tmp_path: Path) -> None:
    """1 to 9 stand for the labels in order; one that there isn't says so and changes nothing."""
    async with running_app(tmp_path / "news") as d:
        await d.press(*_hint(d, "Tarn"), "2")
        assert _spans(d) == [("VENUE", "Tarn Quay")]
        await d.press("9")
        assert _spans(d) == [("VENUE", "Tarn Quay")]
        assert "there is no label 9; the schema has 4" in _prompt(d)


async def test_a_broken_rule_is_reported_on_the_prompt_row(tmp_path: Path) -> None:
    """What the schema forbids is told with the rule and the cure, and nothing is written."""
    async with running_app(tmp_path / "news", size=(120, 40)) as d:
        await d.press(*_hint(d, "Ilka"), "a")
        await d.press(*_hint(d, "Moran"), *_hint(d, "Moran"), "s")
        assert "! VENUE may not be inside PERSON (rule `inside`)" in "\n".join(d.rows())
        assert "Moran  a PERSON" in _prompt(d), "the prompt is about the selection still"
        await d.saved()
        assert len(_lines(d)) == 1
        await d.press("right", "semicolon")
        assert "rule" not in "\n".join(d.rows())


async def test_undo_after_enter_returns_to_the_sentence(tmp_path: Path) -> None:
    """One undo after an answer takes it back and goes there, even over the edge of the article."""
    async with running_app(tmp_path / "news") as d:
        await d.press("end", "enter")
        assert "article 2/2" in d.rows()[0]
        await d.press("ctrl+z")
        assert "sentence 6/6 · article 1/2" in d.rows()[0]
        assert not d.session.annotated.done
        assert "undone: accept" in d.raw() or "undone: accept" in _message(d)


async def test_reject_and_ignore_are_shown_and_counted(tmp_path: Path) -> None:
    """Each answer has a sign of its own at the sentence and in the strip."""
    async with running_app(tmp_path / "news") as d:
        await d.press("exclamation_mark", "minus", "enter")
        answers = [w.annotation.answer for w in d.session.article_sentences[:3]]
        assert answers == [Answer.REJECT, Answer.IGNORE, Answer.ACCEPT]
        assert "✗–✓▸" in d.rows()[-2]


async def test_join_and_split_are_two_keys(tmp_path: Path) -> None:
    """+ joins with the next sentence; _ splits before the selection; undo gives both back."""
    async with running_app(tmp_path / "news") as d:
        await d.press("end", "up", "plus")
        assert d.session.annotated.sentence.text == "Moran left for Sorrel Hall. Pell stayed with 12 volunteers."
        await d.press(*_hint(d, "Pell"), "underscore")
        assert [w.sentence.text[:5] for w in d.session.article_sentences[-2:]] == ["Moran", "Pell "]
        await d.press("ctrl+z", "ctrl+z")
        assert len(d.session.article_sentences) == 6


async def test_the_mouse_selects_a_word_a_stretch_and_a_sentence(tmp_path: Path) -> None:
    """A click takes the phrase, a drag the words from here to there, a click elsewhere that sentence."""
    async with running_app(tmp_path / "news") as d:
        y = next(i for i, r in enumerate(d.rows()) if "More than 40" in r) - 1
        x = d.rows()[y + 1].index("Ilka") + 1
        await d.pilot.click("#body", offset=(x, y))
        await d.pilot.pause()
        assert "▸ Ilka Moran" in _prompt(d)
        await d.pilot.mouse_down("#body", offset=(d.rows()[y + 1].index("Tarn"), y))
        await d.pilot.hover("#body", offset=(d.rows()[y + 1].index("Friday") + 2, y))
        await d.pilot.mouse_up("#body", offset=(d.rows()[y + 1].index("Friday") + 2, y))
        await d.pilot.pause()
        assert "▸ Tarn … Friday" in _prompt(d) or "▸ Tarn Quay on Friday" in _prompt(d)
        y = next(i for i, r in enumerate(d.rows()) if "He smiled" in r) - 1
        await d.pilot.click("#body", offset=(10, y))
        await d.pilot.pause()
        assert "sentence 3/6" in d.rows()[0]
        for away in ((0, 0), (79, 20), (2, 20)):
            await d.pilot.click("#body", offset=away)
        assert d.app.is_running


async def test_hints_can_be_all_likely_or_off(tmp_path: Path) -> None:
    """^ goes through the three settings, keeps the row, and is remembered."""
    async with running_app(tmp_path / "news") as d:
        at = next(i for i, r in enumerate(d.rows()) if "More than 40" in r) - 1
        seen = [len(d.rows()[at].split())]
        for _ in range(2):
            await d.press("circumflex_accent")
            seen.append(len(d.rows()[at].split()))
        assert seen[0] > seen[2] > seen[1] == 1, "the bar of the block alone is left"
        await d.press("circumflex_accent")
        assert len(d.rows()[at].split()) == seen[0]
        await d.press("circumflex_accent", "circumflex_accent")
    d.app.save_and_close()
    assert Preferences.load().hints == "likely"


async def test_labels_without_a_key_are_in_the_menu(tmp_path: Path) -> None:
    """' opens the list of all labels: by arrow and Enter, or by what one types; Esc leaves it."""
    async with running_app(tmp_path / "news", schema=COURT.read_text()) as d:
        await d.press(*_hint(d, "Ilka"))
        await d.press("apostrophe")
        assert "TIME_OF_ACT" in d.raw()
        await d.press("escape")
        assert "TIME_OF_ACT" not in d.raw()
        await d.press("apostrophe", *["down"] * 8, "enter")
        assert _spans(d) == [("ARGUMENT", "Ilka Moran")]
        await d.press("ctrl+z", "apostrophe", "s", "enter")
        assert _spans(d) == [("VICTIM", "Ilka Moran")]


async def test_thirty_labels_and_more_are_filtered_by_name_or_number(tmp_path: Path) -> None:
    """What one types is a word of the name or the label's number; Enter takes the first that matches."""
    names = [f"{kind}_{part}" for kind in ("PERSON", "PLACE", "EVENT") for part in "ABCDEFGHIJKL"]
    schema = "".join(f'[[label]]\nname = "{name}"\n' for name in names)
    async with running_app(tmp_path / "news", schema=schema) as d:
        await d.press(*_hint(d, "Ilka"))
        await d.press("apostrophe", *"event k")
        assert "EVENT_K" in d.raw()
        assert "PLACE_K" not in d.raw()
        await d.press("enter")
        assert _spans(d) == [("EVENT_K", "Ilka Moran")]
        await d.press("ctrl+z", "apostrophe", *"14", "enter")
        assert _spans(d) == [("PLACE_B", "Ilka Moran")]
        await d.press("ctrl+z", "apostrophe", *"zzz")
        assert "nothing matches" in d.raw()
        await d.press("enter", "escape")
        assert _spans(d) == []


async def test_where_each_label_has_a_key_the_list_takes_it_at_once(tmp_path: Path) -> None:
    """With the news schema ' and a label's key leave the span that is there beside the new one."""
    async with running_app(tmp_path / "news") as d:
        await d.press(*_hint(d, "Ilka"))
        await d.press("apostrophe", "a")
        assert _spans(d) == [("PERSON", "Ilka Moran")]


async def test_leaving_asks_once_and_remembers(tmp_path: Path, home: Path) -> None:
    """Ctrl+C says how to leave, the second one leaves; finish keeps theme, hints and place."""
    async with running_app(tmp_path / "news") as d:
        await d.press("down", "ctrl+c")
        assert "Ctrl+C again to leave" in d.raw()
        place = d.session.annotated.sentence.id
        await d.press("ctrl+c")
    assert d.app.return_code == 0
    d.app.save_and_close()
    kept = Preferences.load()
    assert kept.position(tmp_path / "news", "ana") == place
    assert kept.theme == "dark"
    assert (home / "preferences.json").exists()


async def test_after_a_kill_work_goes_on_where_the_last_edit_was(tmp_path: Path) -> None:
    """The place that was left before is forgotten at the first edit, not before: the journal knows a later one."""
    async with running_app(tmp_path / "news") as d:
        await d.press("down")
    d.app.save_and_close()
    kept = Preferences.load()
    place = kept.position(tmp_path / "news", "ana")
    async with running_app(tmp_path / "news", start=place, preferences=kept) as d:
        assert d.session.annotated.sentence.id == place
        await d.press("down", "down")
        assert Preferences.load().position(tmp_path / "news", "ana") == place
        await d.press("vertical_line")
        await d.saved()
        here = d.session.annotated.sentence.id
        assert Preferences.load().position(tmp_path / "news", "ana") == ""
    async with running_app(tmp_path / "news", start=Preferences.load().position(tmp_path / "news", "ana")) as d:
        assert d.session.annotated.sentence.id == here


async def test_a_signal_saves_and_ends(tmp_path: Path) -> None:
    """What SIGTERM and SIGHUP call: all is on the disk, the place is kept, the code is 128 + the signal."""
    async with running_app(tmp_path / "news") as d:
        await d.press("enter", "enter")
        d.app._exit_on_signal(15)
        await d.pilot.pause()
    assert len(_lines(d)) == 2
    assert d.app.return_code == 143
    assert Preferences.load().position(tmp_path / "news", "ana")


async def test_a_failed_save_is_a_red_row_with_the_place(tmp_path: Path) -> None:
    """When the journal can't be written the head and the rule row say so, and the work goes on in memory."""
    async with running_app(tmp_path / "news", size=(200, 24)) as d:
        with d.session._journal.path.open("ab") as other:
            other.write(b"x\n")
        await d.press("enter")
        d.session.flush()
        await d.pilot.pause()
        assert d.session.save_state is SaveState.FAILED
        assert "✗ NOT SAVED" in d.rows()[0]
        reason = " 1 decision is not in the journal: another program has changed the file"
        assert [row for row in d.rows()[1:] if row.startswith(reason)]  # a long path wraps below it
        await d.press("enter")
        assert "sentence 3/6" in d.rows()[0]


async def test_read_only_says_so(tmp_path: Path) -> None:
    """To read only, the head says so and each deed says how to annotate."""
    async with running_app(tmp_path / "news") as d:
        assert d.app.is_running
    async with running_app(tmp_path / "news", size=(160, 40), read_only=True) as d:
        assert "read only" in d.rows()[0]
        for keys in ([*_hint(d, "Ilka"), "a"], ["enter"], ["ctrl+z"], ["plus"]):
            await d.press(*keys)
            assert "start again without --read-only to annotate" in d.raw()
        assert not d.session._journal.path.exists() or not d.session._journal.path.read_bytes()


async def test_what_is_learned_in_the_background_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A label key takes a suggestion that is on the screen: learning draws anew before a first key."""
    monkeypatch.setattr("annotator.tui.suggestion_watch.LEARNING_BATCH_SIZE", 0)
    monkeypatch.setattr("annotator.session.session.LEARNED_AT_START", 0)
    quay = builders.article("Quay\n\nThey met on Tarn Quay.", "t-b", origin="quay.txt")
    corpus = builders.make_corpus(tmp_path / "news", builders.market(), quay)
    session = builders.open_session(corpus)
    session.navigation.move_in_article(1)
    words = builders.span(session.annotated.sentence.text, "Tarn Quay", "CLAIM")
    session.apply_edit(add_span(session.annotated, words, session.schema))
    session.apply_edit(set_answer(session.annotated, Answer.ACCEPT))
    session.close()
    async with running_app(corpus.path, start=builders.sentences(quay)[-1].id) as d:
        screen = d.app.screen
        assert isinstance(screen, AnnotateScreen)
        assert screen._drawn_state
        old = screen._drawn_state.next_suggestions
        await d.press("right", "semicolon")
        monkeypatch.setattr("annotator.tui.suggestion_watch.LEARNING_BATCH_SIZE", 40)
        d.app.suggestion_watch.learn_batch()
        assert d.app.controller.state().next_suggestions == old, "nothing changes under the fingers"
        d.app.controller.enter_sentence()
        d.app.suggestion_watch.learn_batch()
        assert screen._drawn_state.next_suggestions == d.app.controller.state().next_suggestions != old


async def test_new_suggestions_are_drawn_from_a_later_sentence_on(tmp_path: Path) -> None:
    """A file that another process has written comes with a message; the sentence in hand stays as it is drawn."""
    async with running_app(
        tmp_path / "news", start=builders.sentences(builders.market())[0].id, notifications=True
    ) as d:
        await d.press("right")
        before = d.rows()
        with SuggestionWriter(d.session.corpus.path, "mine", "model-01234567-89abcdef") as writer:
            for s in builders.sentences(builders.market()):
                last = next(t for t in reversed(s.tokens) if t.text.isalpha())
                writer.add([(s, [Suggestion(last.start, last.end, "COUNT", "mine", 0.97)])])
            writer.finish()
        assert isinstance(d.app.screen, AnnotateScreen)
        d.app.screen.draw()
        assert d.rows() == before
        await d.press("down")
        await d.app.workers.wait_for_complete()
        await d.press("down")
        await d.pilot.pause()
        assert [n.message for n in d.app._notifications] == [
            f"new suggestions: mine, {len(builders.sentences(builders.market()))} sentences"
        ]
        state = d.app.controller.state()
        assert "mine@89abcdef" in {x.source for x in state.visible_suggestions(state.active)}
