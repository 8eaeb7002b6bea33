"""The terminal's driver: a terminal that is gone keeps nobody waiting, Esc and pastes are read as what they are."""

from __future__ import annotations

import io
import threading

import pytest
from textual import events
from textual.drivers._writer_thread import WriterThread

from annotator.tui import terminal_driver
from annotator.tui.terminal_driver import DisconnectSafeFile, TerminalParser


class _Gone(io.StringIO):
    """A terminal whose line has broken off."""

    def write(self, _text: str, /) -> int:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        raise OSError(5, "Input/output error")


def test_writes_to_a_terminal_that_is_gone_end() -> None:
    """More writes than the writer's queue holds are taken, and the writer stops."""
    writer = WriterThread(DisconnectSafeFile(_Gone()))  # type: ignore[arg-type]
    writer.start()

    def write() -> None:
        for _ in range(100):
            writer.write("x")
        writer.stop()

    written = threading.Thread(target=write, daemon=True)
    written.start()
    written.join(10)
    assert not written.is_alive()


def _read(*packets: str, alt_keys: str = "") -> list[str]:
    """Return the keys that packets of characters mean, and ``paste:`` with a pasted text."""
    parser = TerminalParser(lambda char: char in alt_keys)
    found = [event for packet in packets for event in parser.feed(packet)] + list(parser.tick())
    pasted = {id(e): f"paste:{e.text}" for e in found if isinstance(e, events.Paste)}
    return [e.key if isinstance(e, events.Key) else pasted[id(e)] for e in found]


@pytest.mark.parametrize(
    ("packets", "keys"),
    [
        (("\x1ba",), ["escape", "a"]),
        (("\x1b", "a"), ["escape", "a"]),
        (("\x1b1\x1b",), ["escape", "1", "escape"]),
        (("\x1b\x1bf;",), ["escape", "escape", "f", "semicolon"]),
        (("\x1b[A\x1b\r",), ["up", "escape", "enter"]),
        (("\x1b", "[A"), ["up"]),
        (("\x1b[",), ["escape", "left_square_bracket"]),
        (("\x1bO",), ["escape", "O"]),
        (("\x1b[\r\x1bO;",), ["escape", "left_square_bracket", "enter", "escape", "O", "semicolon"]),
        (("\x1b\\\x1b\x7f",), ["escape", "backslash", "escape", "backspace"]),
        (("\x1b[", "B\x1bO", "P"), ["down", "f1"]),
    ],
)
def test_escape_and_a_key_are_two_keys(
    monkeypatch: pytest.MonkeyPatch, packets: tuple[str, ...], keys: list[str]
) -> None:
    """In one packet or two, whatever the key is; the sequences of a terminal stay what they are."""
    monkeypatch.setattr(terminal_driver, "ESCAPE_DELAY", 0)
    assert _read(*packets) == keys


def test_a_bound_alt_key_is_one_key() -> None:
    """Alt and a letter that the user has bound is not Esc and the letter."""
    assert _read("\x1bk;\x1bj;", alt_keys="k") == ["alt+k", "semicolon", "escape", "j", "semicolon"]


@pytest.mark.parametrize("size", [1, 2, 5, 7, 100])
def test_a_pasted_text_holds_no_key(size: int) -> None:
    """However it is cut into packets and whatever it holds, it is one event; the key after it is one."""
    text = "asdf\x1b[Aq\x1bx" + "dfa" * 20
    sent = f"\x1b[200~{text}\x1b[201~a"
    assert _read(*(sent[i : i + size] for i in range(0, len(sent), size))) == [f"paste:{text}", "a"]
