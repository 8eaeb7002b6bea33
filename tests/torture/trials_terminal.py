"""Trials of the real program in a terminal: ended, killed and slowed at random moments."""

from __future__ import annotations

import signal
import time
from functools import partial

from tests.e2e.terminal import PATIENCE
from tests.torture.rows import Trial, torture_row
from tests.torture.watched_terminal import WatchedTerminal, answered, busy_processors, end_seconds, lock_is_free

IGNORE = "-"
"""The key that answers a sentence and goes on, however short it was on the screen."""
_ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, None)
"""The signals; None: the terminal vanishes."""
SLOW_SECONDS = 0.1
"""How long a write to the slow disk takes at most: two of them fit the half second that a signal leaves."""


@torture_row("signals", small=4, large=300)
def signals(trial: Trial) -> str:
    """End it by a signal or with its terminal at a random moment, also under load: it ends in 2 s and loses nothing."""
    random = trial.random
    with busy_processors(random, 0.3) as busy:
        terminal = WatchedTerminal.start(trial.folder)
        if random.random() < 0.9:  # else while it starts
            terminal.wait_for("sentence 1/")
            for _ in range(random.randint(0, 3)):
                terminal.press(IGNORE)
                terminal.pump_for(random.random() * 0.2)
            terminal.press(*random.choice(((), (IGNORE * random.randint(1, 50),), ("\ta0" * random.randint(1, 500),))))
            terminal.pump_for(random.random() * 0.5)
        number = random.choice(_ENDS)
        return _end(terminal, number, end_seconds(busy=busy)) or _lost(trial, terminal) or lock_is_free(trial.folder)


def _end(terminal: WatchedTerminal, number: signal.Signals | None, seconds: float) -> str:
    """End the program and return what is wrong with its end."""
    if number is None:
        return terminal.lose_line(seconds)
    started = "\x1b[?1049h" in terminal.raw
    terminal.child.kill(number)
    wrong = terminal.end_within(seconds)
    terminal.child.close()
    code = terminal.child.exitstatus
    return wrong or ("" if code == 128 + number or not started else f"{number.name}: the exit code is {code}")


def _lost(trial: Trial, terminal: WatchedTerminal) -> str:
    found = answered(trial.folder)
    return f"{terminal.painted} were painted as saved, {found} are in the journal" if found < terminal.painted else ""


@torture_row("kill-tui", small=4, large=1000)
def kill_tui(trial: Trial) -> str:
    """Killed with -9 at a random moment, it has all that was painted as saved, and one decision more at most."""
    terminal = WatchedTerminal.start(trial.folder)
    terminal.wait_for("sentence 1/")
    wrong = _accept_and_kill(trial, terminal, trial.random.random() * 0.8, saved_first=True)
    if not wrong and answered(trial.folder) > terminal.painted + 1:
        wrong = f"{answered(trial.folder)} are in the journal, {terminal.painted} were painted"
    if wrong or trial.number % 4:
        return wrong
    again = WatchedTerminal.reopen(trial.folder)
    again.wait_for(" · ✓ saved")
    return "" if again.quit() == 0 else "after the kill it does not leave with 0"


@torture_row("slow-disk", small=2, large=200)
def slow_disk(trial: Trial) -> str:
    """On a disk that takes its time the work goes on, nothing is painted as saved too early, a signal loses nothing."""
    terminal = WatchedTerminal.start(trial.folder, slow=SLOW_SECONDS)
    terminal.wait_for("sentence 1/")
    if trial.random.random() < 0.5:
        return _accept_and_kill(trial, terminal, trial.random.random() * 0.8, saved_first=False)
    count = trial.random.randint(1, 20)
    for n in range(count):
        terminal.press(IGNORE)
        terminal.until(partial(_shows, terminal, n + 2), "the next sentence")
    wrong = _end(terminal, signal.SIGTERM, end_seconds(busy=False))
    found = answered(trial.folder)
    return wrong or ("" if found == count else f"of {count} decisions {found} are in the journal")


def _shows(terminal: WatchedTerminal, number: int) -> bool:
    return terminal.shown == number


def _accept_and_kill(trial: Trial, terminal: WatchedTerminal, seconds: float, *, saved_first: bool) -> str:
    """Accept one sentence after the other and kill the program; return what is lost."""
    end, pressed, waits = time.monotonic() + seconds, 0, trial.random.random() < 0.5
    last = end + (PATIENCE if waits else 0)  # in half of the trials the last key is painted as saved, just so
    while time.monotonic() < end or (terminal.painted < pressed and time.monotonic() < last):
        is_next = terminal.painted >= pressed if saved_first else terminal.shown > pressed
        if is_next and time.monotonic() < end:
            terminal.press(IGNORE)
            pressed += 1
        terminal.pump(0.002)
    terminal.kill()
    return _lost(trial, terminal) or lock_is_free(trial.folder)
