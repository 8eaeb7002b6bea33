"""Search, filter, order, jump, flag, note and the worklist in the app, by their keys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.screen import Screen

from annotator.core.annotation import Answer
from annotator.core.edits import add_span, set_answer
from annotator.core.errors import CorpusError
from annotator.core.spans import Span
from annotator.session.sentence_search import SentenceSearch
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.dialogs import AskScreen
from annotator.tui.screens.overview import OverviewScreen
from annotator.tui.screens.search import SearchScreen
from annotator.tui.screens.worklists import ConsistencyScreen
from tests.app_pilot import RunningApp, running_app


async def _settled(d: RunningApp) -> None:
    """Wait until the threads have told what they have found."""
    await d.app.workers.wait_for_complete()
    await d.pilot.pause()
    await d.pilot.pause()


async def _search(d: RunningApp, query: str) -> None:
    await d.press("slash")
    for char in query:
        await d.pilot.press({" ": "space", ":": "colon", "-": "minus", '"': "quotation_mark"}.get(char, char))
    await _settled(d)


def _shows(d: RunningApp, screen: type[Screen[None]]) -> bool:
    return isinstance(d.app.screen, screen)


def _at(d: RunningApp) -> tuple[int, int]:
    return (d.session.position.article, d.session.position.sentence)


def _mark(d: RunningApp, sentence: int, words: str, label: str) -> None:
    annotated = d.session.article_sentences[sentence]
    at = annotated.sentence.text.index(words)
    d.session.apply_edit(add_span(annotated, Span(at, at + len(words), label), d.session.schema))


@asynccontextmanager
async def _inconsistent(path: Path, **options: object) -> AsyncIterator[RunningApp]:
    """Open the market with one place that is labelled in one accepted sentence of two."""
    async with running_app(path, **options) as d:  # type: ignore[arg-type]
        _mark(d, 0, "Tarn Quay", "VENUE")
        for i in (0, 1):
            d.session.apply_edit(set_answer(d.session.article_sentences[i], Answer.ACCEPT))
        d.app.controller.spans_made = 3
        await d.press("down")
        d.session.navigation.move_in_article(2)
        await d.press("up", "down")
        yield d


async def test_hits_come_while_one_types_and_enter_opens_one(tmp_path: Path) -> None:
    """Each letter narrows the list; arrows choose; Enter goes there with the words selected."""
    async with running_app(tmp_path / "news") as d:
        await _search(d, "moran")
        assert "3 hits" in d.rows()[0]
        assert "He smiled at Moran." in d.raw()
        await d.press("down", "enter")
        assert _shows(d, AnnotateScreen)
        assert _at(d) == (0, 2)
        assert d.app.controller.selection
        assert "Moran" in d.row("▸ ")
        await d.press("right_curly_bracket")
        assert _at(d) == (0, 4)
        assert d.app.controller.message
        assert d.app.controller.message.text == "hit 3 of 3: moran"
        await d.press("left_curly_bracket", "left_curly_bracket")
        assert _at(d) == (0, 0)


async def test_enter_before_the_hits_are_there_opens_the_first(tmp_path: Path) -> None:
    """A fast typist need not wait; where nothing is found one stays."""
    async with running_app(tmp_path / "news") as d:
        await d.press("slash", *"osmund", "enter")
        await _settled(d)
        assert _at(d) == (1, 0)
        await d.press("slash", *"xyz", "enter")
        await _settled(d)
        assert _shows(d, SearchScreen)
        assert "0 hits" in d.rows()[0]


async def test_leaving_the_search_changes_nothing(tmp_path: Path) -> None:
    """Escape leads back to where one was; ; does while nothing is typed, and is a character later."""
    async with running_app(tmp_path / "news") as d:
        await d.press("down")
        await d.press("slash")
        assert "all of what is written must hold" in d.raw()
        await d.press("semicolon")
        assert _shows(d, AnnotateScreen)
        await _search(d, "pell;")
        assert "/ pell;" in d.raw()
        await d.press("pagedown", "pageup", "escape")
        assert _shows(d, AnnotateScreen)
        assert _at(d) == (0, 1)


async def test_what_can_never_be_found_is_reported(tmp_path: Path) -> None:
    """A label that does not exist, and an article that can't be read, stand above the keys."""
    async with running_app(tmp_path / "news") as d:
        await _search(d, "label:xx")
        assert "! there is no label xx: try PERSON, VENUE, COUNT, CLAIM" in d.rows()[-2]


async def test_a_search_that_cannot_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread dies with a sentence, not with the app."""

    def broken(self: SentenceSearch, article: str) -> None:
        raise CorpusError("the article is damaged", where=article, do="restore it")

    async with running_app(tmp_path / "news") as d:
        monkeypatch.setattr(SentenceSearch, "article", broken)
        await _search(d, "moran")
        assert "the article is damaged; restore it" in d.rows()[-2]
        await d.press("escape", "at")
        monkeypatch.undo()
        await _settled(d)
        assert d.app.is_running


async def test_pasted_escapes_are_shown_not_obeyed(tmp_path: Path) -> None:
    """What is pasted into the line is text, whatever it holds."""
    async with running_app(tmp_path / "news") as d:
        await d.press("slash")
        d.app.screen.post_message(events.Paste("\x1b]52;c;aGk=\x07moran\x9b2J"))
        await d.pilot.pause()
        d.app.screen.query_one("#query").post_message(events.Paste("\x1b]52;c;aGk=\x07moran\x9b2J"))
        await _settled(d)
        assert "\x1b" not in d.raw()
        assert "\x9b" not in d.raw()
        assert "␛]52;c" in d.raw()


async def test_tab_makes_the_query_a_filter_and_the_head_says_so(tmp_path: Path) -> None:
    """Enter goes only through what matches; ` takes the filter off and puts it on again."""
    async with running_app(tmp_path / "news", size=(120, 30)) as d:
        await _search(d, "moran answer:open")
        await d.press("tab")
        assert _shows(d, AnnotateScreen)
        assert "filter: moran answer:open" in d.rows()[0]
        await d.press("home", "enter")
        assert _at(d) == (0, 2)
        await d.press("down")
        assert _at(d) == (0, 4)
        await d.press("enter", "enter")
        assert d.app.controller.message
        assert d.app.controller.message.text.startswith("no open sentence is left that matches moran answer:open")
        await d.press("grave_accent")
        assert "filter" not in d.rows()[0]
        await d.press("grave_accent")
        assert "! no sentence matches moran answer:open; the filter is off" in d.raw()


async def test_a_filter_goes_to_the_next_match_at_once(tmp_path: Path) -> None:
    """` leads to the nearest match, and the head row has its number among the hits."""
    async with running_app(tmp_path / "news", size=(120, 30)) as d:
        await _search(d, "moran")
        await d.press("enter", "grave_accent", "grave_accent", "end", "grave_accent")
        assert d.session.navigation.matches_filter(d.session.annotated)
        assert re.search(r"filter: moran hit \d/3", d.rows()[0])


async def test_the_filter_key_without_a_query_opens_the_search(tmp_path: Path) -> None:
    """There is nothing to filter by yet, so it asks."""
    async with running_app(tmp_path / "news") as d:
        await d.press("grave_accent")
        assert _shows(d, SearchScreen)


async def test_the_order_can_be_turned(tmp_path: Path) -> None:
    """Unsure first is computed in the background and said in the head; again is by article."""
    async with running_app(tmp_path / "news", size=(120, 30)) as d:
        d.app.screen.perform("order")  # type: ignore[attr-defined]
        await _settled(d)
        while "looked at" in d.rows()[0]:
            await d.pilot.pause()
        assert "unsure first ·" in d.rows()[0]
        await d.press("enter")
        assert d.session.position.sentence >= 0
        d.app.screen.perform("order")  # type: ignore[attr-defined]
        await d.pilot.pause()
        assert "unsure" not in d.rows()[0]


async def test_a_number_leads_to_a_sentence(tmp_path: Path) -> None:
    r"""\ asks in the last rows, the text stays in sight; what is no place is said there."""
    async with running_app(tmp_path / "news") as d:
        await d.press("backslash")
        assert _shows(d, AskScreen)
        assert "go to sentence" in d.rows()[-2]
        assert "Night market opens" in d.rows()[0]
        await d.press("9", "enter")
        assert "! there is no sentence 9; article 1 has 6" in d.rows()[-1]
        await d.press("backspace", "2", "full_stop", "3", "enter")
        assert _shows(d, AnnotateScreen)
        assert "sentence 3/3 · article 2/2" in d.rows()[0]
        await d.press("backslash", "escape")
        await d.press("backslash", "semicolon")
        assert _shows(d, AnnotateScreen)


async def test_a_sentence_is_flagged_and_noted_with_undo(tmp_path: Path) -> None:
    """The signs f and n stand at the number, undo takes each back, the journal keeps them."""
    async with running_app(tmp_path / "news") as d:
        await d.press("vertical_line")
        assert d.session.annotated.annotation.flagged
        assert d.row(" f 1 ")
        await d.press("quotation_mark", *"why", "space", *"so", "enter")
        assert d.session.annotated.annotation.note == "why so"
        await d.press("down", "quotation_mark", "x", "escape")
        assert not d.session.annotated.annotation.note
        await d.press("quotation_mark", "x", "enter", "down")
        assert d.row("n 2 ")
        await d.press("up", "quotation_mark", "backspace", "enter")
        assert not d.session.annotated.annotation.note
        await d.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        assert not d.session.article_sentences[0].annotation.flagged
        assert not d.session.article_sentences[1].annotation.note
        await d.press("ctrl+y", "ctrl+y")
        await d.saved()
    async with running_app(tmp_path / "news") as d:
        assert d.session.article_sentences[0].annotation.flagged
        assert d.session.article_sentences[0].annotation.note == "why so"


async def test_to_read_only_a_note_says_why_not(tmp_path: Path) -> None:
    """The question stays open with the reason under it."""
    async with running_app(tmp_path / "news") as d:
        assert d.app.is_running
    async with running_app(tmp_path / "news", read_only=True) as d:
        await d.press("quotation_mark", "x", "enter")
        assert "the corpus is open to read only" in d.rows()[-1]


async def test_the_worklist_settles_by_key(tmp_path: Path) -> None:
    """The key y does it, u takes it back, n leaves it, a does the rest; Escape leads back."""
    async with _inconsistent(tmp_path / "news") as d:
        place = _at(d)
        await d.press("right_square_bracket")
        await _settled(d)
        assert _shows(d, ConsistencyScreen)
        assert "Tarn Quay  labelled here and not there:" in d.raw()
        assert "1.2" in d.row("VENUE?")
        await d.press("y")
        assert "Tarn Quay is VENUE now" in d.rows()[-2]
        assert d.session.article_sentences[1].annotation.spans
        assert d.session.article_sentences[1].annotation.answer is Answer.ACCEPT
        await d.press("y")
        assert "! this is settled already" in d.rows()[-2]
        await d.press("u", "n")
        assert not d.session.article_sentences[1].annotation.spans
        await d.press("u", "a")
        assert d.session.article_sentences[1].annotation.spans
        await d.press("up", "down", "pagedown", "pageup", "escape")
        assert _shows(d, AnnotateScreen)
        assert _at(d) == place
        await d.press("right_square_bracket")
        await _settled(d)
        assert "the same words are labelled alike everywhere" in d.raw()
        await d.press("y", "enter", "q")
        assert _shows(d, AnnotateScreen)


async def test_the_worklist_opens_a_place(tmp_path: Path) -> None:
    """Enter annotates there, with the words selected, from the overview too."""
    async with _inconsistent(tmp_path / "news") as d:
        await d.press("at", "right_square_bracket")
        await _settled(d)
        await d.press("enter")
        assert _shows(d, AnnotateScreen)
        assert _at(d) == (0, 1)
        assert "Tarn Quay" in d.row("▸ ")


async def test_the_overview_shows_problems_notes_and_flags(tmp_path: Path) -> None:
    """They stand at the sentence, and problems and notes in words below; its keys are those of the work."""
    async with _inconsistent(tmp_path / "news") as d:
        await d.press("at")
        await _settled(d)
        assert d.row(" ! ").endswith("Tarn Quay is unlabelled here and VENUE in 1")
        await d.press("vertical_line", "quotation_mark", "x", "enter")
        assert _shows(d, OverviewScreen)
        assert d.row("He smiled").endswith("fn")
        assert d.row(" n ").endswith("note: x")
        await d.press("ctrl+z", "backslash", "5", "enter")
        assert _at(d) == (0, 4)
        await d.press("slash", *"flag")
        await _settled(d)
        await d.press("enter")
        assert _shows(d, AnnotateScreen)
        assert _at(d) == (0, 2)


async def test_the_overview_sorts_articles(tmp_path: Path) -> None:
    """The key s goes round the orders; articles are gone through as listed; Tab lists them at 80 cells."""
    async with _inconsistent(tmp_path / "news") as d:
        await d.press("at", "tab")
        await _settled(d)
        assert "ARTICLES, as they came" in d.raw()
        assert "2/6" in d.row("Night market opens on")
        await d.press("s")
        assert "ARTICLES, least done first" in d.raw()
        rows = d.raw()
        assert rows.index("Footbridge shut") < rows.index("Night market opens on Tarn Quay ", 90)
        await d.press("up")
        assert d.session.position.article == 1
        await d.press("down", "s", "s", "s", "tab", "o", "o", "enter")
        assert _shows(d, AnnotateScreen)
        assert d.session.position.article == 0


async def test_a_large_corpus_is_counted_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The head says that it counts, until all articles have been read."""
    monkeypatch.setattr("annotator.session.session.MAX_COUNTED_AT_START", 1)
    async with running_app(tmp_path / "news", size=(120, 30)) as d:
        await d.press("at")
        await _settled(d)
        assert "0 of 9 sentences" in d.rows()[0]
        await d.press("s")
        assert "least done first" in d.raw()
