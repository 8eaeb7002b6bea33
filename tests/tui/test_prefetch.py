"""What comes next is worked out while nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotator.tui.screens.annotate import PREFETCH_DELAY, PREFETCH_INTERVAL, AnnotateScreen, Prefetcher
from tests import builders
from tests.app_pilot import Timer, running_app

LONG = "A long day\n" + "\n".join(f"Ada Pell saw {n} boats at Tarn Quay on day {n}." for n in range(2, 60))


def test_one_sentence_at_a_time_and_a_key_comes_first() -> None:
    """After a key it waits for the paint, goes on one by one, and starts the wait again at a key."""
    timers: list[Timer] = []
    done: list[int] = []

    def set_timer(seconds: float, ring: Callable[[], None]) -> Timer:
        timers.append(Timer(seconds, ring))
        return timers[-1]

    ahead = Prefetcher(set_timer, done.append)
    ahead.postpone()
    assert timers == []
    ahead.plan([4, 5, 6])
    ahead.postpone()
    assert timers[0].seconds == PREFETCH_DELAY
    timers[0].ring()
    assert (done, [t.seconds for t in timers if t.on]) == ([4], [PREFETCH_INTERVAL])
    ahead.postpone()
    assert [(t.seconds, t.on) for t in timers[1:]] == [(PREFETCH_INTERVAL, False), (PREFETCH_DELAY, True)]
    timers[2].ring()
    timers[3].ring()
    assert done == [4, 5, 6]
    assert len(timers) == 4


async def test_the_next_page_is_ready_before_its_key(tmp_path: Path) -> None:
    """Accepting all in view asks no rule and makes no hint: all that comes into view is known."""
    article = builders.article(LONG, "t" + "b" * 58)
    async with running_app(tmp_path / "news", article, size=(80, 24)) as d:
        screen, session = d.app.screen, d.session
        assert isinstance(screen, AnnotateScreen)
        for _ in range(200):
            if not screen._prefetcher._pending:
                break
            await d.pilot.pause(0.02)
        assert screen._prefetcher._pending == []
        rules, made = (
            list(session.suggestion_service._fixed_suggestions),
            list(d.app.controller._hint_layouts._layouts),
        )
        await d.press("asterisk")
        shown = [session.article_sentences[i].sentence for i in d.app.controller.visible]
        assert shown
        assert session.position.sentence > 1
        assert set(shown) <= set(rules)
        assert session.annotated.sentence in made
