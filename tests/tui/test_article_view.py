"""What one sees under the pilot: the page stays while one moves in it, and turns when it is accepted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from annotator.session.action import SetNote
from annotator.session.actions.selection import selection_by_hint
from annotator.session.annotation_controller import AnnotationController
from annotator.storage.user_files import Preferences
from annotator.tui.layout.article_body import NEW_PAGE_ROW
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.row_screen import Body
from tests import builders
from tests.app_pilot import RunningApp, running_app

LINES = [f"Pia Rask counted {n} lamps at Tarn Quay. It rained for {n} nights." for n in range(20, 50)]
LONG = builders.article("A long count\n" + "\n".join(LINES), "t" + "b" * len(LINES), origin="count.txt")
FOUND = {"Pia Rask": ("PERSON", 0.9), "Tarn Quay": ("VENUE", 0.5), "21 lamps": ("COUNT", 0.6)}


@asynccontextmanager
async def counting(path: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[RunningApp]:
    """Open the app on the long count, with fixed suggestions; label keys reach all that is shown whole."""
    async with running_app(path, LONG, builders.bridge(), size=size, preferences=Preferences(reach="view")) as d:
        d.session.suggestion_service = cast("Any", builders.FixedSuggestions(FOUND))
        await d.press("semicolon")
        yield d


def block_at(d: RunningApp) -> int:
    """Return the row of the screen at which the active block begins."""
    return next(i for i, r in enumerate(d.rows()) if r.startswith("▌"))


def painted(d: RunningApp) -> list[str]:
    """Return what is painted in the body."""
    return [r[: body(d).size.width].rstrip() for r in d.rows()[1:-2]]


def body(d: RunningApp) -> Body:
    """Return the body of the annotate screen."""
    return d.app.screen.query_one("#body", Body)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_page_stays_while_one_moves_in_it(tmp_path: Path, size: tuple[int, int]) -> None:
    """↓, ↑ and a label's key move the block over the page; above the upper of both blocks nothing moves."""
    async with counting(tmp_path / "news", size) as d:
        await d.press(*["minus"] * 6, "semicolon")
        page, start = painted(d), block_at(d)
        for key in ("down", "down", "up", "down", "up", "up", "up", "up", "down", "down"):
            before, old = painted(d), block_at(d)
            await d.press(key)
            same = min(old, block_at(d)) - 2
            assert painted(d)[:same] == before[:same], key
        assert painted(d) == page, "one is back where one was"
        await d.press("down", "s")
        assert d.session.position.sentence == 8, "the place is in the sentence after the next"
        assert block_at(d) > start
        assert painted(d)[: start - 2] == page[: start - 2]


async def test_another_article_begins_at_its_top(tmp_path: Path) -> None:
    """The page that stays is one of an article: going to the next one shows its beginning."""
    async with counting(tmp_path / "news") as d:
        await d.press("right_parenthesis")
        fresh = d.rows()[1:]
        await d.press("left_parenthesis", "down", "down", "right_parenthesis")
        assert d.rows()[1:] == fresh
    async with running_app(tmp_path / "two", builders.bridge(), builders.market(), size=(120, 60)) as d:
        await d.press("right_parenthesis")
        fresh = d.rows()[1:]
        assert "By Ilka Moran" in fresh[0]
        await d.press("left_parenthesis", *["down"] * 3)
        assert d.rows()[1:] == fresh, "and so does walking over its end"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 16)])
async def test_all_in_view_is_what_one_sees_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    """* accepts the sentences that stand whole on the screen; the next page begins at row 3 or above."""
    async with counting(tmp_path / "news", size) as d:
        for _ in range(3):
            shown, before = d.raw(), sum(w.done for w in d.session.article_sentences)
            view, first = d.app.controller.visible, d.session.position.sentence
            await d.press("asterisk")
            done = {i for i, w in enumerate(d.session.article_sentences) if w.done}
            assert done == set(range(max(view) + 1)), "each page goes on where the last one ended"
            for i in view:
                assert d.session.article_sentences[i].sentence.text[-9:] in shown
            assert d.session.position.sentence == max(view) + 1 > first
            assert block_at(d) - 1 <= NEW_PAGE_ROW
            assert re.search(rf"▸ {len(done) - before} (sentences in view )?accepted", d.row("▸ "))
        await d.press("end")
        assert block_at(d) - 1 > NEW_PAGE_ROW, "only the next page begins there"
        await d.press("ctrl+z")
        assert sum(w.done for w in d.session.article_sentences) == min(view), "one undo takes a page back"


async def test_a_click_finds_the_sentence_and_the_word(tmp_path: Path) -> None:
    """A click on text, hints or lanes of the active sentence means the word there; elsewhere the sentence."""
    async with counting(tmp_path / "news") as d:
        start = block_at(d)
        x = d.rows()[start + 1].index("Tarn")
        for y in (start, start + 1, start + 2):
            await d.press("semicolon")
            await d.pilot.click("#body", offset=(x, y - 1))
            await d.pilot.pause()
            assert d.app.controller.selection == selection_by_hint(None, d.session.annotated.sentence.tokens, 6), y
        lane = next(y for y, r in enumerate(d.rows()) if "COUNT?" in r and y > start + 3)
        assert "21 lamps" in d.rows()[lane - 1]
        above = d.rows()[1 : start - 1]
        await d.pilot.click("#body", offset=(30, lane - 1))
        await d.pilot.pause()
        assert "21 lamps" in d.session.annotated.sentence.text
        assert d.app.controller.selection is None
        assert d.rows()[1 : start - 1] == above
        x = d.rows()[block_at(d) + 1].index("Tarn")
        await d.pilot.click("#body", offset=(x, block_at(d)))
        await d.pilot.pause()
        assert "▸ Tarn Quay" in d.row("▸ "), "the second click means the word"


async def test_the_prompt_says_what_each_label_key_takes_now(tmp_path: Path) -> None:
    """Key and words for each label, the number of another sentence; after a deed for what comes then."""
    async with counting(tmp_path / "news") as d:
        assert "▸ a Pia Rask  s Tarn Quay  d 21 lamps (3)  Enter accept  * all shown" in d.row("▸ ")
        await d.press("a")
        assert "▸ PERSON Pia Rask  s Tarn Quay  a Pia Rask (3)  d 21 lamps (3)" in d.row("▸ ")
        await d.press("s", "s")
        assert d.session.position.sentence == 2
        assert "▸ VENUE Tarn Quay  a Pia Rask (5)  s Tarn Quay (5)" in d.row("▸ ")


async def test_a_hint_shows_where_a_label_ends_elsewhere(tmp_path: Path) -> None:
    """After one letter the prompt names the last word for each label whose key takes more or less."""
    async with counting(tmp_path / "news") as d:
        found = {"Pia Rask counted 20 lamps": ("CLAIM", 0.9), "Pia Rask": ("PERSON", 0.5)}
        d.session.suggestion_service = cast("Any", builders.FixedSuggestions(found))
        await d.press(d.app.controller.state().hints[0].letters)
        prompt = d.row("▸ ")
        assert "▸ Pia Rask  a PERSON  f CLAIM up to lamps  0 not here" in prompt
        await d.press("f")
        assert [(s.label, s.end) for s in d.session.annotated.annotation.spans] == [("CLAIM", 25)]


def test_what_a_join_moves_is_not_in_view(tmp_path: Path) -> None:
    """Between a deed and the next painting only those sentences count as shown that are where they were."""
    session = builders.open_session(builders.make_corpus(tmp_path / "news", LONG))
    controller = AnnotationController(session)
    controller.set_visible((0, 1, 2, 3))
    session.navigation.move_in_article(1)
    controller.join()
    assert list(controller.visible) == [0]
    controller.undo()
    assert list(controller.visible) == [0, 1, 2, 3]
    session.close()


async def test_what_is_in_view_is_known_after_any_key(tmp_path: Path) -> None:
    """A join, a split and their undo leave no sentence in view that is not there."""
    async with counting(tmp_path / "news") as d:
        for key in ("end", "up", "plus", "ctrl+z", "up", "right", "right", "underscore", "plus", "asterisk"):
            await d.press(key)
            assert isinstance(d.app.screen, AnnotateScreen)
            shown = {r.sentence for r in body(d)._body_rows if r.line >= 0}
            assert set(d.app.controller.visible) <= shown
            assert d.session.position.sentence in shown


@pytest.mark.parametrize(
    ("width", "says"),
    [
        (80, " New here? Pia Rask is a PERSON: press a.  Other words: their letter."),
        (60, " New here? Pia Rask is a PERSON: press a."),
        (40, " New here? Pia… is a PERSON: press a."),
    ],
)
async def test_a_newcomer_reads_which_key_to_press(tmp_path: Path, width: int, says: str) -> None:
    """In a narrow window the row for newcomers gives up words of the suggestion, never the key."""
    async with counting(tmp_path / "news", (width, 24)) as d:
        assert d.rows()[-1] == says


async def test_a_note_is_shown_while_one_annotates(tmp_path: Path) -> None:
    """It is in a row under the prompt, cut after a word, with n beside f; a click on it opens its line."""
    async with running_app(tmp_path / "news") as d:
        d.app.controller.dispatch(SetNote("is this a claim or " + "only a remark " * 9))
        d.app.controller.dispatch("flag")
        d.app.screen.draw()  # type: ignore[attr-defined]
        await d.pilot.pause()
        y = next(y for y, row in enumerate(d.rows()) if "▸ " in row) + 1
        assert d.rows()[y].startswith("▌   n is this a claim or only a remark")
        assert d.rows()[y].endswith("…")
        assert d.row("More than 40").startswith("▌ fn1 More")
        await d.pilot.click(offset=(10, y))
        await d.pilot.pause()
        assert "note:" in d.raw()
        await d.press("escape", "down")
        assert not d.row("▌   n is this")
        assert d.row("More than 40").startswith("  fn1 More")
