"""Signals end the program once, in an orderly way where there is a loop, and anyway where there is none."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from annotator.tui import end_signals
from annotator.tui.end_signals import END_SIGNALS, EndSignals


@pytest.fixture(autouse=True)
def kept_handlers() -> Iterator[None]:
    """Give the signals their handlers back."""
    kept = {number: signal.getsignal(number) for number in END_SIGNALS}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_loop_that_never_gets_to_it_is_ended_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a loop that ends the program, a thread does."""
    monkeypatch.setattr(end_signals, "END_SECONDS", 0)
    forced: SimpleQueue[int] = SimpleQueue()
    EndSignals(forced.put).listen()
    signal.raise_signal(signal.SIGTERM)
    assert forced.get(timeout=10) == signal.SIGTERM


async def test_the_first_signal_ends_and_no_other() -> None:
    """One end is asked for, whatever else comes."""
    ended: list[int] = []
    signals = EndSignals(lambda _: None)
    signals.listen()
    signals.attach(asyncio.get_running_loop(), ended.append)
    signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.sleep(0)
    assert ended == [signal.SIGHUP]


async def test_a_signal_before_the_loop_is_kept() -> None:
    """A signal that comes while the program starts ends it as soon as it can."""
    ended: list[int] = []
    signals = EndSignals(lambda _: None)
    signals.listen()
    signal.raise_signal(signal.SIGTERM)
    signals.attach(asyncio.get_running_loop(), ended.append)
    assert ended == [signal.SIGTERM]
