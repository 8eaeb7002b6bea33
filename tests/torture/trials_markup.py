"""Trials of texts that look like the markup of the toolkit: shown as they are, wherever the app shows a text."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

from textual.widgets._toast import Toast

from annotator.tui.layout.choices import Choice
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.screens.choice import ChoiceScreen
from annotator.tui.screens.row_screen import LineInput
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.torture.rows import Trial, torture_row

_TEXTS_A_TRIAL = 50
_PIECES = (
    *("[/x]", "[/]", "[a=b", "[@click=app.quit]", "[@click=app.quit]x[/]", "[@click=app.bell()]", "[bold]", "[/bold]"),
    *(
        "[red",
        "[on red]",
        "[link='http://a.example']",
        "[$primary]",
        "[#12",
        "[[",
        "]]",
        "[",
        "]",
        "\\[",
        "\\",
        "=",
        "@",
    ),
    *("(", ")", "'", '"', ":warning:", "$x", "{{x}}", "Ida", "漢", "é", "\x1b[31m", "\u202e"),
)


def _text(random: Random) -> str:
    """Return a text that fits a row."""
    text = ""
    for piece in random.choices(_PIECES, k=random.randint(1, 8)):
        text += piece if len(text + piece) <= 60 else ""
    return text or "["


def _actions(d: RunningApp) -> list[object]:
    """Return what markup would do at a click on the screen: the app's own pieces have none of this."""
    styles = [s.style for strip in d.app.screen._compositor.render_strips() for s in strip]
    return [s.meta["@click"] for s in styles if s and "@click" in s.meta]


def _screen(d: RunningApp) -> str:
    return "".join(d.raw().split())


# -- where the app shows a text: each shows one and returns what is to be seen of it, without blanks -----


async def _as_message(d: RunningApp, text: str) -> str:
    d.app.show_message(text)
    await d.pilot.pause()
    return _screen(d)


async def _as_banner(d: RunningApp, text: str) -> str:
    d.session.damage = text
    await d.press("down")
    shown, d.session.damage = _screen(d), ""
    return shown


async def _as_notification(d: RunningApp, text: str) -> str:
    d.app._show_warning(text)
    await d.pilot.pause()
    shown = "".join(str(toast.render()) for toast in d.app.screen.query(Toast))
    d.app.clear_notifications()
    return "".join(shown.split())


async def _as_choice(d: RunningApp, text: str) -> str:
    d.app.push_screen(ChoiceScreen("which", [Choice("x", text, more=text)]))
    await d.pilot.pause()
    shown = _screen(d)
    await d.press("escape")
    return shown


async def _as_typed(d: RunningApp, text: str) -> str:
    await d.press("slash")
    d.app.screen.query_one(LineInput).insert_text_at_cursor(text)
    await d.pilot.pause()
    shown = _screen(d)
    await d.press("escape")
    return shown


_PLACES = (_as_message, _as_banner, _as_notification, _as_choice, _as_typed)


async def _show(path: Path, random: Random) -> str:
    title = _text(random)
    article = builders.article("\n".join([title, *(_text(random) for _ in range(20))]), "t" + "b" * 20, byline=title)
    async with running_app(path, article, size=(120, 30), notifications=True) as d:
        for n in range(_TEXTS_A_TRIAL):
            place, text = _PLACES[n % len(_PLACES)], _text(random)
            wanted = "".join(screen_text(text).split())
            if wanted not in (shown := await place(d, text)):
                return f"{place.__name__}: {text!r} is shown as {shown}"
            if found := _actions(d):
                return f"{place.__name__}: {text!r} would do {found}"
        return "" if d.app.is_running else f"the app has ended with {d.app.return_code}"


@torture_row("markup", small=1, large=200)
def markup(trial: Trial) -> str:
    """Show 50 texts that look like markup, wherever the app shows a text: as they are, without an error or action."""
    return asyncio.run(_show(trial.folder / "news", trial.random))
