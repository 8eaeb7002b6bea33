"""Trials of what a terminal sends and is: its sizes, its kind, and texts that are pasted into it."""

from __future__ import annotations

import re
from random import Random

from tests.e2e.terminal import Terminal
from tests.torture.rows import Trial, torture_row
from tests.torture.watched_terminal import WatchedTerminal, answered

_TERMS = ("xterm-256color", "xterm", "screen-256color", "tmux-256color", "linux", "vt100")
_SIZES_A_TRIAL = 15
_KEYS = ("Down", "Up", "Tab", "Space", "Left", "*", ";")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PASTES_A_TRIAL = 20
_PIECES = (
    *("a", "s", "d", "f", "-", "!", "0", "1", "=", "*", "\r", "\n", "\t", " ", "\x7f", "\0", "\x11", "\x03", "\x1a"),
    *("\x1b", "\x1b[", "\x1b[A", "\x1b[20", "\x1b[200~", "\x1b[201", "\x1b]0;x\x07", "\x1bP", "\x1b[<0;9;4M"),
    *(
        ":quit\r",
        ":suspend\r",
        "/x\r",
        "é",
        "漢",
        "🛶",
        "\u202e",
        "\u2028",
        "\x9b",
        "[/x]",
        "[@click=app.quit]",
        "x" * 500,
    ),
)
_ENDS, _BEGINS = "\x1b[201~", "\x1b[200~"


@torture_row("terminals", small=6, large=120)
def terminals(trial: Trial) -> str:
    """Resize six kinds of terminal 15 times, down to 1×1, with colours and without: no crash, labels are readable."""
    random, colourless = trial.random, trial.number % 2
    env = {"TERM": _TERMS[trial.number % len(_TERMS)]} | ({"NO_COLOR": "1"} if colourless else {})
    terminal = WatchedTerminal.start(trial.folder, env=env)
    terminal.wait_for("sentence 1/")
    for n in range(_SIZES_A_TRIAL):
        terminal.resize(
            *((1, 1) if n == 0 else (random.choice((1, 2, 3, random.randint(1, 60))), random.randint(1, 200)))
        )
        terminal.press(*random.choices(_KEYS, k=random.randint(0, 3)))
        terminal.pump_for(random.random() * 0.05)
    terminal.resize(24, 80)
    terminal.until(lambda: "sentence " in terminal.rows[0] and "a PER" in terminal.text, "place and labels")
    if colourless and (found := _colours(terminal.raw)):
        return f"NO_COLOR, and the colours {found}"
    code = terminal.quit()
    return "" if code == 0 else f"it ends with {code}"


def _colours(raw: str) -> list[str]:
    codes = [c for found in _COLOUR.findall(raw) for c in found[2:-1].split(";") if c]
    return [c for c in codes if int(c) in {*range(30, 38), 38, 48, *range(40, 48), *range(90, 108)}]


@torture_row("pastes", small=1, large=50)
def pastes(trial: Trial) -> str:
    """Paste 20 texts made of keys, commands and broken sequences, cut into packets: no crash, and nothing is done."""
    terminal = WatchedTerminal.start(trial.folder)
    terminal.wait_for("sentence 1/")
    terminal.press("Down")
    terminal.wait_for("sentence 2/")
    in_search = trial.random.random() < 0.3
    if in_search:
        terminal.press("/")
        terminal.wait_for("all of what is written must hold")
    for _ in range(_PASTES_A_TRIAL):
        _paste(terminal, trial.random)
    if in_search:
        terminal.press("\x1b")
    terminal.wait_for("sentence 2/")
    terminal.press("Down")
    terminal.wait_for("sentence 3/")
    if found := answered(trial.folder):
        return f"a paste has made {found} decisions"
    code = terminal.quit()
    return "" if code == 0 else f"it ends with {code}"


def _paste(terminal: Terminal, random: Random) -> None:
    """Paste a text, in packets; what looks like its end is taken out, as terminals do."""
    text = "".join(random.choices(_PIECES, k=random.randint(0, 40))).replace(_ENDS, "")
    sent = f"{_BEGINS}{text}{_ENDS}"
    cuts = sorted(random.sample(range(len(sent)), random.randint(0, min(4, len(sent) - 1))))
    for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        terminal.press(sent[a:b])
        terminal.pump(random.choice((0.0, 0.0, 0.02)))
