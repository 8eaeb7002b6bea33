"""Show the program at work from pages to a model: ``python -m tests.scripts.demo [PAGES…]``.

``[--to FOLDER] [--keep FOLDER] [--sentences N] [--steps N]``

In a real terminal of 80×24 cells the pages (default: those of the sample) are ingested and annotated; the
program is killed in the middle of a sentence and goes on; the spans are exported, a spaCy model learns
from them for ``--steps`` steps, and the app shows what it suggests. Where the sample's guide has annotated a
sentence, its spans are typed, else what is suggested with a score from 0.5 on; the keys are planned over
a second session without a screen. In the end the journal must hold just what that session has.

``--to`` gets ``demo.cast`` (asciinema, version 2: ``asciinema play demo.cast``) and ``demo.svg``, the first minute
for a page (default: ``tests/data/demo`` for the sample, else the current folder). ``--keep`` leaves the corpus
there. The seconds in both are those of the script, whatever the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

from annotator.core.spans import Span
from annotator.core.suggestion import span_from_suggestion
from annotator.session.annotation_controller import AnnotationController
from annotator.session.keymap_file import key_label
from annotator.session.session import AnnotationSession
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.user_files import Preferences
from annotator.tui.layout.text_cells import token_width
from tests.benchmarks.key_planner import Key, PlanError, key_of, missing, next_plan
from tests.benchmarks.replay import bytes_of
from tests.benchmarks.saved import last_answers
from tests.e2e.terminal import Terminal
from tests.scripts.film import CLEAR, Film
from tests.scripts.make_picture import Clock, gold
from tests.scripts.make_sample import ROOT, SOURCES

NAME, CORPUS = "ana", "news"
SIZE = (80, 24)
TYPING, READING, KEY, QUICK = 0.03, 1.6, 0.6, 0.02
"""Seconds in the film: a letter of a command, its output, a key, and a sentence while it is sped up."""
MINUTE, STILL = 60.0, 16.0
ENTER = key_of("accept", "enter")
SLOW, MORE = 3, 3
"""How many sentences are annotated at a pace to watch, before the kill and after it."""
SURE = 0.5
"""From this score on a suggestion is taken where the sample's guide has annotated nothing."""


SETTINGS = Preferences(hints="all", tour_done=True, fade=0)
UNREAD = "came up a moment ago"
"""What the program answers to Enter where a sentence cannot have been read yet."""


class Twin:
    """The same corpus in a session without a screen, over which the keys are planned."""

    def __init__(self, folder: Path) -> None:
        """Open the corpus; nothing is annotated in it."""
        corpus = CorpusFolder.open(folder)
        self.journal = folder / "annotations" / f"{NAME}.jsonl"
        self.session = AnnotationSession(
            corpus, Journal.open(folder, NAME), schema=corpus.schema, annotator=NAME, clock=Clock(), session_id="twin"
        )
        self.controller = AnnotationController(self.session, token_width, SETTINGS)
        self._gold = gold()

    @property
    def size(self) -> int:
        """How many sentences there are to annotate."""
        return sum(len(self.session.sentences_of(a)) for a in self.session.queue)

    def press(self, key: Key) -> None:
        """Do what a key does."""
        letter = key.name if len(key.name) == 1 and key.name != "0" else ""
        if action := self.controller.action_for_key(key.name, letter):
            self.controller.dispatch(action)

    def sentence(self, spans: int | None = None) -> Iterator[Key]:
        """Press and yield the keys of the active sentence's spans, or of the first ``spans`` of them."""
        wanted = self._wanted()
        for _ in wanted[:spans]:
            if missing(self.session.annotated, wanted):
                try:
                    plan = next_plan(self.controller.context(), self.controller.selection_state, wanted)
                except PlanError:  # a suggestion that another one rules out
                    return
                for key in plan.keys:
                    self.press(key)
                yield from plan.keys

    def _wanted(self) -> Sequence[Span]:
        annotated, context = self.session.annotated, self.controller.context()
        if annotated.sentence.id in self._gold:
            return self._gold[annotated.sentence.id]
        out: list[Span] = []
        for s in context.visible_suggestions(context.active):
            span = span_from_suggestion(s)
            if s.score >= SURE and self.session.schema.find_violation(span, out) is None:
                out.append(span)
        return out


class Demo:
    """Runs the program in a terminal and films it."""

    def __init__(self, home: Path) -> None:
        """Begin with an empty film; the program's settings are in ``home``."""
        self.film = Film(*SIZE)
        self.home = home
        with mock.patch.dict(os.environ, {"ANNOTATOR_HOME": str(home)}):
            SETTINGS.save()

    def shell(self, command: str, *arguments: str, seconds: float = READING, may_fail: bool = False) -> bool:
        """Run a command of the environment, as typed; return whether it has done its work."""
        self._prompt(command)
        module = {"annotator": "annotator", "python": "spacy"}[command.split(maxsplit=1)[0]]
        env = {**os.environ, "ANNOTATOR_HOME": str(self.home), "PYTHONPATH": str(ROOT), "COLUMNS": str(SIZE[0])}
        env["ANSI_COLORS_DISABLED"] = "1"
        run = subprocess.run(
            [sys.executable, "-m", module, *arguments], env=env, capture_output=True, text=True, check=False
        )
        for line in (run.stdout + run.stderr).splitlines():
            self.film.write(f"{line[: SIZE[0]] if 'cut' in command else line}\r\n", seconds / 20)
        self.film.now += seconds
        good = run.returncode in (0, 3)
        assert good or may_fail, f"{command}:\n{run.stdout}{run.stderr}"
        return good

    def _prompt(self, command: str) -> None:
        self.film.write("\x1b[32m$\x1b[0m ", 0.4)
        for i in range(0, len(command), 4):
            self.film.write(command[i : i + 4], 4 * TYPING)
        self.film.write("\r\n", 0.2)

    @contextlib.contextmanager
    def app(self, *, last: bool = False) -> Iterator[Terminal]:
        """Run the app in a terminal; leave it in the end unless it was killed. The film ends in the ``last`` one."""
        self._prompt(f"annotator {CORPUS} --as {NAME}")
        terminal = Terminal(
            CORPUS, "--as", NAME, home=self.home, rows=SIZE[1], columns=SIZE[0], env={"COLORTERM": "truecolor"}
        )
        terminal.wait_for("article ")
        terminal.settle()
        self.film.write(terminal.raw, READING)
        yield terminal
        before = len(terminal.raw)
        if terminal.alive:
            code = terminal.quit()
            assert code == 0, terminal.text
        if last:
            return
        self.film.write(CLEAR)
        self.film.write(_after_the_screen(terminal.raw[before:]))

    def type(self, terminal: Terminal, keys: Sequence[Key], seconds: float) -> None:
        """Type keys into the terminal: each is filmed, or all in one go where they follow too fast to be seen."""
        shots = [[k] for k in keys] if seconds >= KEY else [list(keys)]
        for shot in shots:
            before = len(terminal.raw)
            for key in shot:
                self.film.key(bytes_of(key.name), key_label(key.name))
            *first, last = (bytes_of(k.name) for k in shot)
            terminal.press(*first)
            terminal.act(last)
            while UNREAD in terminal.text:  # the script reads faster than people: the film leaves the wait out
                time.sleep(0.3)
                terminal.act(last)
            self.film.write(terminal.raw[before:], seconds)

    def sentences(self, terminal: Terminal, twin: Twin, n: int, seconds: float) -> None:
        """Annotate and accept sentences, ``seconds`` a key or, if that is too fast, a sentence."""
        for _ in range(n):
            keys = [*twin.sentence(), ENTER]
            twin.press(ENTER)
            self.type(terminal, keys, seconds)
            self.film.now += seconds


def _after_the_screen(text: str) -> str:
    """Return what a program writes after it has left the screen."""
    return text.rsplit("\x1b[?1049l", 1)[-1] if "\x1b[?1049l" in text else ""


def record(pages: Sequence[Path], sentences: int, steps: int) -> Film:
    """Run everything in the current folder and return the film."""
    demo = Demo(Path("home").resolve())
    film = demo.film
    film.chapter("Pages become a corpus")
    demo.shell(f"annotator ingest pages/*.txt --corpus {CORPUS}", "ingest", *map(str, pages), "--corpus", CORPUS)
    shutil.copytree(CORPUS, "twin")
    twin = Twin(Path("twin"))
    sentences = min(sentences, twin.size * 3 // 4)  # the others are the model's
    film.chapter("A label's key takes what is suggested; Enter accepts")
    with demo.app() as terminal:
        demo.sentences(terminal, twin, SLOW, KEY)
        if keys := list(twin.sentence(1)):
            demo.type(terminal, keys, KEY)
        film.chapter("kill -9; what was shown as saved is there again")
        terminal.kill()
    film.write("Killed\r\n", READING)
    twin.controller.enter_sentence()
    with demo.app() as terminal:
        demo.sentences(terminal, twin, MORE, KEY)
        film.chapter("…and so on, sped up")
        demo.sentences(terminal, twin, sentences - SLOW - MORE, QUICK)
    assert twin.session.close(), twin.session.banner
    journal = Path(CORPUS, "annotations", f"{NAME}.jsonl")
    assert last_answers(journal) == last_answers(twin.journal), "the journal is not what was typed"
    film.chapter("Training data, every span accounted for")
    demo.shell(f"annotator export {CORPUS} out", "export", CORPUS, "out")
    film.chapter("A model learns from it")
    arguments = ["train", "out/config.cfg", "--paths.folder", "out", "--output", "model"]
    arguments += ["--training.max_steps", str(steps), "--training.eval_frequency", str(max(1, steps // 4))]
    if not demo.shell(f"python -m spacy {' '.join(arguments[:6])} | cut -c 1-80", *arguments, may_fail=True):
        film.write("no model was trained: the last lines above have the reason\r\n", READING)
        return film
    film.chapter("What it finds is suggested in the next sentences")
    demo.shell(f"annotator suggest {CORPUS} --model model/model-last", "suggest", CORPUS, "--model", "model/model-last")
    with demo.app(last=True) as terminal:
        demo.type(terminal, [key_of("next_stop")] * 3, READING)
    return film


def main() -> None:
    """Run the demonstration and write the film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", type=Path, help="text or HTML pages (default: the sample's)")
    parser.add_argument("--to", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--sentences", type=int, default=90, help="at most three quarters of all are typed")
    parser.add_argument("--steps", type=int, default=200)
    args = parser.parse_args()
    pages = [p.resolve() for p in args.pages] or sorted(SOURCES.glob("*.txt"))
    to = (args.to or (Path() if args.pages else ROOT / "tests" / "data" / "demo")).resolve()
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (args.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.chdir(folder):
            film = record(pages, args.sentences, args.steps)
    title = "annotator: from pages to a model"
    (to / "demo.cast").write_text(film.cast(title), encoding="utf-8")
    (to / "demo.svg").write_text(film.svg(title, MINUTE, STILL), encoding="utf-8")
    print(f"{to / 'demo.cast'}: {film.now:.0f} s; {to / 'demo.svg'}: the first {MINUTE:.0f} s")


if __name__ == "__main__":
    main()
