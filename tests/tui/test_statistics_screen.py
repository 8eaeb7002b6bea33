"""The figures on the screen: sections that fit, drawn from what is on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.core.annotation import Answer
from annotator.core.edits import set_answer
from annotator.statistics.edit_events import events_from_records
from annotator.statistics.plots import ASCII_PLOT_GLYPHS, BLOCK_PLOT_GLYPHS, PlotGlyphs, text_width
from annotator.statistics.report import statistics_rows
from annotator.statistics.summary import AnnotationStatistics, AnnotatorActivity, CorpusProgress, compute_statistics
from annotator.tui.screens.annotate import AnnotateScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.statistics.simulated_annotator import LABELS, SimulatedAnnotator


def _figures(worker: SimulatedAnnotator, name: str) -> AnnotationStatistics:
    activity = AnnotatorActivity(name, events_from_records(worker.records), tuple(worker.annotated_sentences.values()))
    done = sum(w.done for w in worker.annotated_sentences.values())
    return compute_statistics(
        name, [activity], CorpusProgress(done, done + 50, (16,) * 50), LABELS, lambda t: str(int(t // 86_400))
    )


@pytest.mark.parametrize("marks", [BLOCK_PLOT_GLYPHS, ASCII_PLOT_GLYPHS], ids=["blocks", "ascii"])
@pytest.mark.parametrize("width", [40, 60, 79, 103, 104, 117, 160])
def test_every_row_fits(width: int, marks: PlotGlyphs) -> None:
    """At any width no row is wider than the screen, with names of any length and with nothing done."""
    worker = SimulatedAnnotator(seed=3)
    for _ in range(60):
        worker.annotate()
    people = [_figures(worker, "a-name-that-is-as-long-as-names-may-be"), _figures(SimulatedAnnotator(), "bo")]
    for figures in people:
        rows = statistics_rows(figures, people, width, marks)
        texts = ["".join(p.text for p in row) for row in rows]
        assert not [text for text in texts if text_width(text) > width]
        assert marks is BLOCK_PLOT_GLYPHS or all(map(str.isascii, texts))


async def _open(d: RunningApp) -> None:
    await d.press("dollar_sign")
    await d.app.workers.wait_for_complete()
    await d.pilot.pause()


@pytest.mark.parametrize("close", ["escape", "semicolon", "q", "enter", "dollar_sign"])
async def test_the_screen_shows_what_is_on_the_disk(tmp_path: Path, close: str) -> None:
    """What was done a moment ago counts; each closing key leads back."""
    async with running_app(tmp_path / "news") as d:
        await d.press("exclamation_mark")
        await _open(d)
        assert d.rows()[0].startswith(" Figures · news")
        assert "1 of 9 sentences (11 %)" in d.raw()
        assert "too few sentences yet for a forecast" in d.raw()
        await d.press("pagedown", "pagedown", "pagedown")
        assert "0 accepted, 1 rejected, 0 ignored, 0 begun" in d.raw()
        await d.press("pageup", "up", "down", close)
        assert isinstance(d.app.screen, AnnotateScreen)


async def test_tab_goes_round_the_annotators(tmp_path: Path) -> None:
    """One's own first, then all together with a table, then the others."""
    builders.make_corpus(tmp_path / "news")
    other = builders.open_session(tmp_path / "news", name="bo")
    other.apply_edit(set_answer(other.annotated, Answer.ACCEPT))
    other.close()
    async with running_app(tmp_path / "news", size=(120, 40)) as d:
        await d.press("exclamation_mark")
        await _open(d)
        heads = []
        for _ in range(4):
            heads.append(d.rows()[0].split("  ")[-1].strip())
            await d.press("tab")
        assert heads == ["ana · 1 of 3", "everybody · 2 of 3", "bo · 3 of 3", "ana · 1 of 3"]
        assert "ANNOTATORS" in d.raw()
        await d.press("shift+tab", "shift+tab")
        assert "bo · 3 of 3" in d.rows()[0]


async def test_a_corpus_that_can_not_be_read_is_reported(tmp_path: Path) -> None:
    """The screen says what is wrong, and the app goes on."""
    async with running_app(tmp_path / "news") as d:
        await d.saved()
        (tmp_path / "news" / "schema.toml").write_text("name = ")
        await _open(d)
        assert "schema.toml:1: this is no TOML" in "".join(row.strip() for row in d.rows()[1:4])
        await d.press("tab", "escape")
        assert isinstance(d.app.screen, AnnotateScreen)


async def test_haste_is_reported_in_the_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds Enter down on a page that was there before hears of it in the prompt; the next key goes on."""
    line = "The ferry left Tarn Quay late and nobody on the boat knew why it had."
    article = builders.article("\n".join(["Ferry late", *[line] * 60]), "t" + "b" * 60)
    async with running_app(tmp_path / "news", article, size=(120, 40)) as d:
        d.app.controller.settings.auto_accept_labels = frozenset()
        d.session._clock = lambda: 1_700_000_000.0
        monkeypatch.setattr(d.app.controller.page_reading, "accept", lambda *_: 0)
        await d.press("enter", *["semicolon", "enter"] * 39)
        assert "faster than one can read" not in d.raw()
        await d.press("semicolon", "enter")
        assert "40 sentences accepted in 1 s, faster than one can read" in d.raw()
        await d.press("down")
        assert "faster than one can read" not in d.raw()


async def test_keys_are_counted_as_they_are_pressed(tmp_path: Path) -> None:
    """Letters select, label keys label, Enter answers, 0 corrects: each is in the record that it led to."""
    async with running_app(tmp_path / "news") as d:
        await d.press("tab", "s", "0", "enter")
        await d.saved()
    records = builders.records_in(tmp_path / "news" / "annotations" / "ana.jsonl")
    counted = [{k: n for k, n in r.keystrokes.counts().items() if n} if r.keystrokes else None for r in records]
    assert counted == [{"label": 1, "select": 1}, {"correct": 1}, {"enter": 1}]
