"""The lines of a doubtful article: they open by themselves, once, and take no key that was not for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotator.core.article import LineVerdict
from annotator.session.action import GoInView, GoToArticle
from annotator.session.commands import COMMANDS
from annotator.session.work_left import corpus_end_message
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.user_files import Preferences
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.article_lines import DoubtfulLinesScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app

DOUBT = "two ways of reading the page agree on 41 % of the words"
LETTERS = "abcdefghijklmnopqrstuvwxyz123456789"
LEAVING = {"ctrl+c", "ctrl+q", "semicolon", "escape"}
FREEING = {"number_sign", "f3"}
OPENING = {"f1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a corpus whose second article is doubtful."""
    builders.make_corpus(tmp_path / "news", builders.market(), replace(builders.bridge(), doubt=DOUBT))
    return tmp_path / "news"


def _annotating(d: RunningApp) -> bool:
    return isinstance(d.app.screen, AnnotateScreen)


def _verdicts(folder: Path) -> Sequence[LineVerdict]:
    corpus = CorpusFolder.open(folder)
    return [line.verdict for line in corpus.article(corpus.queue()[1]).lines]


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 12)])
async def test_the_lines_open_with_the_reason(folder: Path, size: tuple[int, int]) -> None:
    """They open where the article is come to; the second row has the reason, and ; goes on, with the doubt open."""
    async with running_app(folder, size=size) as d:
        assert _annotating(d)
        await d.press("right_parenthesis")
        assert isinstance(d.app.screen, DoubtfulLinesScreen)
        assert d.rows()[1].startswith(" ! doubtful: two ways of")
        assert d.rows()[-1].startswith(" ; annotate  K lines are right" if size[0] >= 80 else " ; annotate")
        await d.press("semicolon")
        assert _annotating(d)
        assert "The footbridge at Osmund Lock" in d.raw()
        if size[0] >= 80:
            assert d.rows()[0].startswith(" doubtful lines · ")
        assert CorpusFolder.open(folder).article(d.session.current_article_id).doubt == DOUBT


async def test_once_for_an_annotator(folder: Path) -> None:
    """Who comes to the article again, in this session or the next, sees the mark alone; others see the lines."""
    async with running_app(folder) as d:
        await d.press("right_parenthesis", "semicolon", "left_parenthesis", "right_parenthesis")
        assert _annotating(d)
        start = d.session.annotated.sentence.id
        await d.press("at", "tab")
        assert "#" in d.row("Footbridge")
    async with running_app(folder, start=start, preferences=Preferences.load()) as d:
        assert _annotating(d)
    async with running_app(folder, start=start) as d:  # as it is for whoever has not seen it
        assert isinstance(d.app.screen, DoubtfulLinesScreen)
        await d.press("K")
        assert "the lines are right, for all annotators" in d.raw()
        assert not d.rows()[0].startswith(" doubtful")
    async with running_app(folder, start=start) as d:
        assert _annotating(d)


async def test_who_has_not_gone_on_sees_them_again(folder: Path) -> None:
    """A session that ends while the lines are on the screen has settled nothing: the next one shows them again."""
    start = CorpusFolder.open(folder).sentences(CorpusFolder.open(folder).queue()[1])[1].id
    for _ in range(2):
        async with running_app(folder, start=start, preferences=Preferences.load()) as d:
            assert isinstance(d.app.screen, DoubtfulLinesScreen)
            await d.press("down", "ctrl+c", "ctrl+c")


async def test_no_key_of_the_annotate_screen_switches_a_line(folder: Path) -> None:
    """Whatever is typed in flow changes no line, settles nothing and leaves the lines on the screen."""
    keys = [k for c in COMMANDS for k in c.keys]
    keys = [k for k in (*LETTERS, *keys) if k not in LEAVING | FREEING | OPENING]
    before = _verdicts(folder)
    async with running_app(folder) as d:
        await d.press("right_parenthesis")
        screen = d.app.screen
        for key in keys:
            await d.press(key)
            assert d.app.screen is screen, key
        assert _verdicts(folder) == before
        assert not any(w.done for w in d.session.article_sentences)
        assert d.session.article(d.session.current_article_id).doubt == DOUBT
        await d.press("j")
        assert "# lets keys switch them, ; goes on" in d.rows()[-2]


async def test_keys_in_one_packet_with_the_key_that_comes_to_the_article(folder: Path) -> None:
    """The letters and the Enter after it reach neither the lines nor a sentence that nobody has seen."""
    before = _verdicts(folder)
    async with running_app(folder) as d:
        await d.press_at_once(")", "b", "x", "enter", "enter")
        assert isinstance(d.app.screen, DoubtfulLinesScreen)
        assert _verdicts(folder) == before
        assert not any(w.done for w in d.session.article_sentences)


async def test_the_key_of_the_lines_frees_the_others(folder: Path) -> None:
    """After # each key does what it does there: a switch settles the doubt, u opens it again, K settles it."""
    async with running_app(folder) as d:
        await d.press("right_parenthesis", "number_sign", "x")
        article = d.session.article(d.session.current_article_id)
        assert (article.lines[2].verdict, article.doubt) == (LineVerdict.BOILERPLATE, "")
        assert "doubtful" not in d.raw()
        await d.press("u")
        assert " ! doubtful: " in d.rows()[1]
        assert "Esc back  K lines are right" in d.rows()[-1]
        await d.press("K")
        assert _annotating(d)
        await d.press("number_sign", "K")
        assert "there is no doubt about the lines of this article" in d.rows()[-2]
        await d.press("u", "number_sign")
        assert _annotating(d)
        assert d.rows()[0].startswith(" doubtful lines")


async def test_not_where_it_would_disturb(folder: Path) -> None:
    """Who only reads the corpus, or is in the overview, sees the mark; the lines open when the overview is left."""
    async with running_app(folder, read_only=True) as d:
        await d.press("right_parenthesis")
        assert _annotating(d)
    async with running_app(folder) as d:
        await d.press("at", "right_parenthesis")
        assert not isinstance(d.app.screen, DoubtfulLinesScreen)
        await d.press("enter")
        assert isinstance(d.app.screen, DoubtfulLinesScreen)


async def test_a_first_message_is_still_there_afterwards(folder: Path) -> None:
    """What the app reports at its start is read when the lines are closed."""
    start = CorpusFolder.open(folder).queue()[1]
    sentence = CorpusFolder.open(folder).sentences(start)[1].id
    async with running_app(folder, start=sentence, notice="work of others: --as ben") as d:
        assert isinstance(d.app.screen, DoubtfulLinesScreen)
        await d.press("semicolon")
        assert "work of others: --as ben" in d.raw()


async def test_an_article_without_a_kept_line_is_come_to(tmp_path: Path) -> None:
    """Where all of the text was dropped there is no sentence to go to: the article keys stop there all the same."""
    empty = replace(builders.article("Fog over Osmund\n\nThe fog stayed.\nIt went.", "t-xx"), doubt="no line was kept")
    async with running_app(tmp_path / "news", builders.market(), empty, builders.bridge()) as d:
        await d.press("right_parenthesis")
        assert " ! doubtful: no line was kept" in d.rows()[1]
        await d.press("semicolon")
        assert d.rows()[0].startswith(" doubtful lines · ")
        assert "no line of this article is annotated" in d.raw()
        await d.press("up")
        assert "article 1/3" in d.rows()[0]
        await d.press("at", "right_parenthesis")
        assert "article 2/3" in d.rows()[0]
        assert "no line of this article is annotated" in d.raw()
        await d.press("enter", "down")
        assert "article 3/3" in d.rows()[0]
        await d.press("left_parenthesis", "number_sign", "down", "down", "b", "semicolon")
        assert "The fog stayed." in d.row("▌   1")
        await d.press("at", "tab")
        assert "#" not in d.raw()


async def test_the_end_of_the_corpus_names_what_is_doubtful(folder: Path) -> None:
    """Where every sentence is done, the message counts the articles whose doubt is open."""
    async with running_app(folder) as d:
        await d.press("right_parenthesis", "semicolon")
        for number in (0, 1):
            for i in range(len(d.session.navigation.sentences_at(number))):
                d.app.controller.dispatch(GoToArticle(number))
                d.app.controller.dispatch(GoInView(i))
                await d.press("minus")
        assert "every sentence is done" in d.raw()
        assert "1 article with doubtful lines, # in @" in corpus_end_message(d.session, d.app.controller.key_text)


async def test_the_line_of_the_cursor_is_shown_whole(tmp_path: Path) -> None:
    """A paragraph is judged by all of its words: the active line is wrapped, in half of the rows at most."""
    words = " ".join(f"word{n}" for n in range(60))
    text = f"Fog over Osmund\n\nThe fog stayed.\n{words}\n{words * 9}\nIt went."
    async with running_app(tmp_path / "news", replace(builders.article(text, "t-bbbx"), doubt=DOUBT)) as d:
        assert "word59" not in d.raw()
        await d.press("down")
        assert "word59" in d.raw()
        assert "It went." in d.raw()
        await d.press("down")
        assert "It went." in d.raw()
        assert sum("word" in row for row in d.rows()) == 12, "ten rows and one of the line above"
