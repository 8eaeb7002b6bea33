"""The terminal's driver, with what Textual's own lacks when a line breaks off or the program was stopped.

Textual writes by a thread with a short queue. When the terminal is gone, the first write that fails ends
that thread, the queue fills up, and the program waits for ever for room in it. And whenever it is continued
(SIGCONT, which a broken line sends too), Textual starts its threads again beside those that still run: the
older ones are never ended, and the program neither.

Its reader takes a terminal that is gone for one that sends nothing, and fails at bytes that are no UTF-8.

Its parser takes Esc and a key that come together for Alt and that key, or for another character (Esc, 1 is
``¡``), and an Esc inside a pasted text turns what follows it into keys.
"""

from __future__ import annotations

import os
import re
import select
import sys
import termios
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TextIO

from textual import events
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.app import App
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from annotator.tui.end_signals import report_hang_up

_ESCAPE_AND_KEY = re.compile(r"\x1b(?:(?=\x1b)|(\[(?=[\0-\x1f\x7f])|O(?=[^A-DFHMP-Sa-djkm-y])|[^\x1b\[O]))")
"""Esc before another Esc, or before a character that does not begin a sequence of a terminal."""
_MAY_GO_ON = re.compile(r"\x1b(O|\[(2(00?)?)?)?\Z")
"""Esc, with [ or O the beginning of a key's sequence, or the beginning of a paste: the next packet decides."""
READ_SIZE = 4096
"""How many bytes are read at once: all that a Linux terminal holds."""
_LEAVE = b"\x1b[?2004;2048;1000;1003;1015;1006l\x1b[<u\x1b[?1049l\x1b[?7;25h\x1b[?1004l"
"""What ends a full screen: paste, sizes, mouse, keyboard, screen, wrapping and cursor, focus, as Textual ends it."""


class TerminalParser(XTermParser):
    """Reads a pasted text as one event, and Esc and a key in one packet as two keys."""

    def __init__(self, is_alt_key: Callable[[str], bool]) -> None:
        """Read nothing yet; ``is_alt_key`` returns True for a character that means something together with Alt."""
        super().__init__()
        self._is_alt_key = is_alt_key
        self._held = ""
        """The last characters, as long as they may begin a sequence."""
        self._held_until = 0.0
        self._pasted: str | None = None
        """What has come of a pasted text whose end is to come."""

    def feed(self, data: str) -> Iterable[Message]:
        """Yield what the characters mean; no characters are the end."""
        rest, self._held = self._held + data, ""
        if not data:
            yield from super().feed(data)
        while rest:
            if self._pasted is None:
                keys, begins, rest = rest.partition(BRACKETED_PASTE_START)
                yield from self._keys(keys, is_last=not begins)
                self._pasted = "" if begins else None
            else:
                text, ends, rest = (self._pasted + rest).partition(BRACKETED_PASTE_END)
                self._pasted = None if ends else text
                if ends:
                    yield events.Paste(text.replace("\0", ""))

    def _keys(self, text: str, *, is_last: bool) -> Iterable[Message]:
        """Yield keys and mouse events; what may go on in the next packet is held back."""
        at, end = 0, len(text)
        if is_last and (start := _MAY_GO_ON.search(text)):
            end, self._held, self._held_until = start.start(), start.group(), get_time() + ESCAPE_DELAY
        for found in _ESCAPE_AND_KEY.finditer(text):
            yield from self._plain(text[at : found.start()])
            at = found.end()
            yield from self._escape_and(found.group(1) or "")
        yield from self._plain(text[at:end])

    def _escape_and(self, char: str) -> Iterable[Message]:
        """Yield Alt and a character where that is a key of its own, else Esc and the character, if there is one."""
        if char and self._is_alt_key(char):
            keys = tuple(self._sequence_to_key_events(f"\x1b{char}"))
            yield from keys or self._sequence_to_key_events(char, alt=True)
        else:
            yield events.Key("escape", "\x1b")
            yield from self._plain(char)

    def _plain(self, text: str) -> Iterable[Message]:
        return super().feed(text) if text else ()

    def tick(self) -> Iterable[Message]:
        """Yield what was held back long enough to be a key of its own."""
        if self._held and get_time() >= self._held_until:
            held, self._held = self._held, ""
            yield from self._escape_and(held[1:]) if len(held) <= 2 else self._plain(held)
        yield from super().tick()


class DisconnectSafeFile:
    """Writes to a terminal, and to nowhere once the terminal is gone."""

    def __init__(self, file: TextIO) -> None:
        """Write to this file."""
        self._file = file

    def write(self, text: str) -> None:
        """Write a text, if there is a terminal."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Send what was written, if there is a terminal."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """Return the file's number."""
        return self._file.fileno()


class DisconnectSafeDriver(LinuxDriver):
    """A driver that ends whatever becomes of its terminal, and comes back from a stop as it was."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Drive the terminal of this process; see ``LinuxDriver``."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if sys.__stderr__ is not None:
            self._file = DisconnectSafeFile(sys.__stderr__)  # type: ignore[assignment]
        self._is_alt_key: Callable[[str], bool] = getattr(app, "is_alt_key", lambda _: True)

    def run_input_thread(self) -> None:
        """Pass on what the terminal sends until the driver stops; a terminal that is gone is a hang-up."""
        parser, decode = TerminalParser(self._is_alt_key), getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], 0.1)[0]:
                data = b""
                with suppress(OSError):  # EIO, once the terminal is gone
                    data = os.read(self.fileno, READ_SIZE)
                if not data:
                    report_hang_up()
                    return
                self._pass_on(parser.feed(text) if (text := decode(data)) else ())
            self._pass_on(parser.tick())

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def give_back_terminal(self) -> None:
        """Restore the terminal from any thread, without waiting for one that takes nothing any more."""
        with suppress(OSError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            terminal = os.open(os.ttyname(self.fileno), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
            os.write(terminal, _LEAVE)

    def _sigcont_application(self, *_: object) -> None:
        """Take up the terminal again, where it was left in order or by a stop that no program sees."""
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._auto_restart:  # in the loop: a signal may come in the middle of a write
            self._loop.call_soon_threadsafe(self._resume_terminal)

    def _resume_terminal(self) -> None:
        writer = self._writer_thread
        if writer is not None and writer.is_alive() and os.isatty(self.fileno):
            self.suspend_application_mode()
            self._must_signal_resume = True  # so that everything is painted again
            self.resume_application_mode()
