"""Types keys that were planned once more, into a real terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

from annotator.session.keymap_file import key_label
from annotator.storage.user_files import Preferences
from tests.benchmarks.typist import NAME, KeyGroup
from tests.e2e.terminal import Terminal

_BYTES = {
    "space": " ", "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f", "escape": "\x1b",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~",
}  # fmt: skip


def bytes_of(key: str) -> str:
    """Return what a terminal sends for a key that Textual names so; raises ValueError where none does."""
    sent = _BYTES.get(key) or (key if len(key) == 1 else key_label(key))
    if len(sent) > 1 and key not in _BYTES:
        raise ValueError(f"no bytes are known for the key {key}")
    return sent


def replay(
    corpus: Path, actions: Sequence[KeyGroup], preferences: Preferences, size: tuple[int, int], home: Path
) -> None:
    """Type the keys of all deeds into a terminal of ``size`` cells (columns, rows), and leave.

    After each answer it waits until the screen says that all is saved. Raises AssertionError with the
    screen where that does not come.
    """
    home.mkdir(parents=True, exist_ok=True)
    with mock.patch.dict("os.environ", {"ANNOTATOR_HOME": str(home)}):
        preferences.save()
    columns, rows = size
    terminal = Terminal(str(corpus), "--as", NAME, home=home, rows=rows, columns=columns)
    terminal.wait_for("article ")
    terminal.settle()
    for batch in _batches(actions):
        *before, last = (bytes_of(k.name) for d in batch for k in d.keys)
        terminal.press(*before)
        terminal.accept(last)
    code = terminal.quit()
    assert code == 0, f"the program ended with {code}:\n{terminal.text}"


def _batches(actions: Sequence[KeyGroup]) -> Iterator[list[KeyGroup]]:
    """Yield the deeds up to each answer."""
    batch: list[KeyGroup] = []
    for action in actions:
        batch.append(action)
        if any(k.use == "enter" for k in action.keys):
            yield batch
            batch = []
    if batch:
        yield batch
