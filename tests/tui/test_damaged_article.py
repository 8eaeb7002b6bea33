"""A damaged article on the screen: what is wrong is written there, and no key ends the app."""

from __future__ import annotations

from pathlib import Path

from tests import builders
from tests.app_pilot import running_app


async def test_a_damaged_article_says_what_is_wrong_and_no_key_ends_the_app(tmp_path: Path) -> None:
    """With the only article damaged the screen names the damage and the way out, whatever is pressed."""
    corpus = builders.make_corpus(tmp_path / "news", builders.market())
    path = corpus.articles.path(builders.market().id)
    path.write_bytes(path.read_bytes().replace(b"stalls opened", b"stalls Opened"))
    async with running_app(corpus.path) as app:
        assert app.row("this article is damaged: digest and id do not belong to the text")
        for key in ("number_sign", "down", "b", "escape", "at", "tab", "enter", "slash", "f", "enter", "escape", "a"):
            await app.press(key)
        await app.press("escape", "escape")
        assert app.row("annotator repair")


async def test_a_damaged_article_stays_on_the_screen_while_one_works_on(tmp_path: Path) -> None:
    """A lasting row has the count and the command, and does not pass for work that is not saved."""
    other = builders.article("Ilka Moran came to Tarn Quay.", "b")
    corpus = builders.make_corpus(tmp_path / "news", other, builders.market())
    path = corpus.articles.path(builders.market().id)
    path.write_bytes(path.read_bytes().replace(b"stalls opened", b"stalls Opened"))
    async with running_app(corpus.path) as app:
        await app.press("enter")
        await app.saved()
        app.app.clear_notifications()
        await app.press("down")
        assert app.row("1 article is damaged and set apart; what you have annotated there is kept")
        assert app.row("saved")
