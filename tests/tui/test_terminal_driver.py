"""The terminal's driver: a terminal that is gone keeps nobody waiting."""

from __future__ import annotations

import io
import threading

from textual.drivers._writer_thread import WriterThread

from annotator.tui.terminal_driver import DisconnectSafeFile


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
