"""However a terminal ends, what was done is on the disk and the terminal is whole again."""

from __future__ import annotations

import re
import signal
import sys
import time
from functools import partial
from pathlib import Path

import orjson
import pytest

from tests.e2e.terminal import PATIENCE, Terminal
from tests.e2e.test_page_to_docbin import ROOT, run


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of one page of the sample."""
    folder = tmp_path_factory.mktemp("leaving") / "news"
    assert run("ingest", ROOT / "corpus" / "sources" / "06-cannery.txt", "--corpus", folder).returncode == 0
    return folder


def opened(corpus: Path, home: Path, *more: str, name: str = "ana", env: dict[str, str] | None = None) -> Terminal:
    """Open the corpus and wait for the first sentence."""
    terminal = Terminal(str(corpus), "--as", name, *more, home=home, rows=24, columns=80, env=env)
    terminal.wait_for("article ")
    return terminal


def painted_since(terminal: Terminal, seen: int) -> bool:
    """Whether the screen was painted again after so many characters."""
    return "article " in terminal.raw[seen:]


def last_record(corpus: Path, name: str) -> dict[str, object]:
    """Return the last line of a journal."""
    lines = (corpus / "annotations" / f"{name}.jsonl").read_bytes().splitlines()
    record: dict[str, object] = orjson.loads(lines[-1])
    return record


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_cleanly(pages: Path, tmp_path: Path, number: signal.Signals) -> None:
    """SIGTERM and SIGHUP right after a key: the key's deed is saved, the screen left, the code 128 + n."""
    name = f"ana-{number.value}"
    terminal = opened(pages, tmp_path, name=name)
    terminal.settle()
    terminal.press("Tab", "d")
    terminal.until(lambda: "+ COUNT" in terminal.text or "COUNT 1" in terminal.text, "a COUNT")
    terminal.child.kill(number)
    assert terminal.wait() == 128 + number
    assert last_record(pages, name)["spans"]
    assert "\x1b[?1049l" in terminal.raw


def test_a_lost_line_loses_nothing(pages: Path, tmp_path: Path) -> None:
    """The pty vanishes, as when ssh breaks off: the program ends within seconds and has saved."""
    terminal = opened(pages, tmp_path, name="lost")
    terminal.settle()
    terminal.press("Tab", "d")
    terminal.until(lambda: "COUNT 1" in terminal.text, "a COUNT")
    pid = terminal.child.pid
    terminal.cut_line()
    end = time.monotonic() + PATIENCE
    while terminal.alive:
        assert time.monotonic() < end, f"{pid} still runs"
        time.sleep(0.02)
    assert last_record(pages, "lost")["spans"]


BURST = "\td0" * 500
"""More keys than asyncio's socket has room for; of three, one labels and one removes the label."""


def in_a_burst(pages: Path, home: Path, name: str) -> Terminal:
    """Open the corpus and type a burst; return in the middle of it."""
    terminal = opened(pages, home, name=name)
    terminal.settle()
    journal = pages / "annotations" / f"{name}.jsonl"
    terminal.press(BURST)
    terminal.until(lambda: journal.read_bytes().count(b"\n") > 20, "a record")
    return terminal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_in_a_burst_of_keys_is_heard(pages: Path, tmp_path: Path, number: signal.Signals) -> None:
    """Many keys in a row drown no signal: the program ends, and leaves the keys behind it alone."""
    terminal = in_a_burst(pages, tmp_path, f"burst-{number.value}")
    terminal.child.kill(number)
    assert terminal.wait() == 128 + number
    assert "\x1b[?1049l" in terminal.raw
    assert "Traceback" not in terminal.raw


def test_a_line_lost_in_a_burst_leaves_no_orphan(pages: Path, tmp_path: Path) -> None:
    """The pty vanishes with keys pending: the program ends and lets go of the journal."""
    terminal = in_a_burst(pages, tmp_path, "orphan")
    terminal.cut_line()
    end = time.monotonic() + PATIENCE
    while terminal.alive:
        assert time.monotonic() < end, f"{terminal.child.pid} still runs"
        time.sleep(0.02)
    again = opened(pages, tmp_path, name="orphan")
    assert again.quit() == 0


def test_a_burst_of_keys_is_painted(pages: Path, tmp_path: Path) -> None:
    """While keys wait in a row the screen is painted again and again, the row with the saved mark too."""
    terminal = in_a_burst(pages, tmp_path, "painted")
    journal = pages / "annotations" / "painted.jsonl"
    terminal.until(lambda: journal.read_bytes().count(b"\n") == 1000, "the last record")
    assert terminal.raw.count("article ") > 5, "the head row, which has the mark, is painted too rarely"
    assert terminal.quit() == 0


def test_after_a_stop_it_goes_on(pages: Path, tmp_path: Path) -> None:
    """Stopped from outside and continued, twice: the screen is there again, keys count once, it ends."""
    terminal = opened(pages, tmp_path, name="stopped")
    terminal.settle()
    for number in (2, 3):
        terminal.child.kill(signal.SIGSTOP)
        seen = len(terminal.raw)
        terminal.child.kill(signal.SIGCONT)
        terminal.until(partial(painted_since, terminal, seen), "the screen painted again")
        terminal.settle()
        terminal.press("Down")
        terminal.wait_for(f"sentence {number}/")
    assert terminal.quit() == 0


def test_pastes_and_escape_with_a_key(pages: Path, tmp_path: Path) -> None:
    """A pasted text says that it does nothing and makes no span; Esc and a key in one packet are both heard."""
    terminal = opened(pages, tmp_path, name="paste")
    terminal.settle()
    terminal.press("\x1b[200~asdf\r\x1bxyz" + "asdf\r" * 9 + "\x1b[201~")
    terminal.wait_for("a pasted text does nothing here")
    assert "sentence 1/" in terminal.text
    assert not (pages / "annotations" / "paste.jsonl").read_bytes()
    terminal.press("Tab")
    terminal.wait_for("▸ Merrow Foods Ltd.")
    terminal.press("\x1b\x1b[B")
    terminal.wait_for("sentence 2/")
    terminal.press("Tab")
    terminal.wait_for("▸ fuel prices")
    terminal.press("\x1b/")  # Esc, then the search; not Alt and a slash
    terminal.wait_for("all of what is written must hold")
    terminal.press("\x1b")
    terminal.wait_for("New here?")
    assert terminal.quit() == 0


def test_keys_typed_ahead_are_for_the_screen_that_opens(pages: Path, tmp_path: Path) -> None:
    """A search or a command that comes in one packet is typed into its line; no letter of it is a label's key."""
    terminal = opened(pages, tmp_path, name="ahead")
    terminal.settle()
    terminal.press("/sadfish")
    terminal.wait_for("/ sadfish")
    terminal.press("\x1b")
    terminal.wait_for("New here?")
    terminal.press(":theme")
    terminal.wait_for("command: theme")
    terminal.press("\x1b")
    terminal.wait_for("New here?")
    assert not (pages / "annotations" / "ahead.jsonl").read_bytes()
    assert terminal.quit() == 0


def test_the_shell_gets_the_terminal_and_gives_it_back(pages: Path, tmp_path: Path) -> None:
    """The command suspend saves and stops; the shell's fg paints the screen again and keys count once."""
    shell = Terminal(home=tmp_path, rows=24, columns=80, program=("bash", "--norc", "--noprofile", "-i"))
    shell.press(f"PS1='at-the-shell '; {sys.executable} -m annotator {pages} --as susp\r")
    shell.wait_for("article ")
    shell.settle()
    shell.press("Tab", "d")
    shell.until(lambda: "COUNT 1" in shell.text, "a COUNT")
    shell.press(":suspend")
    shell.wait_for("1 of")
    shell.press("Enter")
    shell.wait_for("Stopped")
    assert last_record(pages, "susp")["spans"]
    seen = len(shell.raw)
    shell.press("fg\r")
    shell.until(partial(painted_since, shell, seen), "the screen painted again")
    shell.settle()
    shell.press("Down")
    shell.wait_for("sentence 2/")
    shell.press("^Q")
    shell.wait_for("at-the-shell")
    shell.press("exit\r")
    assert shell.wait() == 0


def test_it_opens_where_one_stopped(pages: Path, tmp_path: Path) -> None:
    """The active sentence and the theme are there again; leaving says how far the work is and how to export."""
    terminal = opened(pages, tmp_path)
    terminal.press("Down", "Down", "Down", "~")
    terminal.wait_for("sentence 4/")
    assert terminal.quit() == 0
    assert "news: 0 of 23 sentences, 0 spans ·" in terminal.text
    assert "    annotator export " in terminal.text  # on a line of its own, as the path is long
    again = opened(pages, tmp_path)
    again.wait_for("sentence 4/")
    assert again.quit() == 0
    assert orjson.loads((tmp_path / "preferences.json").read_bytes())["theme"] == "light"


def test_one_writer_a_journal(pages: Path, tmp_path: Path) -> None:
    """A second program with the same name is refused by name of the holder; --read-only looks on."""
    first = opened(pages, tmp_path, name="both")
    second = Terminal(str(pages), "--as", "both", home=tmp_path)
    assert second.wait() == 1
    reported = " ".join(second.text.split())
    assert f"the journal is held by process {first.child.pid}" in reported
    assert "use --read-only to look at it" in reported
    reader = opened(pages, tmp_path, "--read-only", name="both")
    reader.wait_for("read only")
    reader.press("Tab", "d")
    reader.wait_for("open to read only")
    assert reader.quit() == 0
    assert first.quit() == 0


def test_a_name_that_is_none(pages: Path, tmp_path: Path) -> None:
    """A name that can't be a file's is refused before the screen opens, with the rule."""
    terminal = Terminal(str(pages), "--as", "Ana B", home=tmp_path)
    assert terminal.wait() == 1
    assert "'Ana B' is no name for an annotator; use 1 to 64 of a-z" in " ".join(terminal.text.split())


def test_ctrl_c_twice(pages: Path, tmp_path: Path) -> None:
    """One Ctrl+C says that another one leaves; two leave with code 0."""
    terminal = opened(pages, tmp_path, name="twice")
    terminal.press("^C")
    terminal.wait_for("Ctrl+C again")
    terminal.press("^C")
    assert terminal.wait() == 0


def test_no_colour_sends_no_colour(pages: Path, tmp_path: Path) -> None:
    """With NO_COLOR set no colour code reaches the terminal, and spans are still named."""
    terminal = opened(pages, tmp_path, name="grey", env={"NO_COLOR": "1"})
    terminal.settle()
    terminal.act("Tab", "d")
    assert "COUNT" in terminal.text

    found_codes = [c for found in re.findall(r"\x1b\[([0-9;]*)m", terminal.raw) for c in found.split(";") if c]
    defaults = {39, 49}
    colours = {*range(30, 50), *range(90, 108)} - defaults
    assert not [c for c in found_codes if int(c) in colours]
    assert terminal.quit() == 0
