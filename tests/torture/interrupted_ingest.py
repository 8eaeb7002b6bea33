"""Ingests and imports that are killed with -9 at a call: ``python -m tests.torture.interrupted_ingest FOLDER SEED N``.

Each kill is in a fork of this process, which has loaded everything. Prints what went wrong, a line each.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson

from annotator.core.annotation import Answer
from annotator.core.edits import set_answer
from annotator.storage.import_recovery import ROLLED_BACK_WARNING
from tests import builders
from tests.cli.command_runner import CommandResult, call

_PAGES = 4
_CALLS = frozenset({"open", "os.rename", "os.link", "os.mkdir", "os.remove", "os.truncate", "os.rmdir"})
_KINDS = ("new", "more", "edited", "import", "import more")


def _page(number: int, edition: int = 0) -> str:
    extra = "It rained on the quay all day.\n" * edition
    return f"Boats left port {number}\n\nIda Holm left Port Amery {number}. Bo stayed for {number} days.\n{extra}"


class _Work:
    """One kind of work: what it begins with, its command, and what a whole run leaves."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder / kind.replace(" ", "-")
        pages, self.base = self.folder / "pages", self.folder / "base" / "c"
        pages.mkdir(parents=True)
        self.pages = [pages / f"{n}.txt" for n in range(_PAGES)]
        for n, page in enumerate(self.pages):
            page.write_text(_page(n))
        if kind in {"more", "edited", "import more"}:
            self._begin()
        if kind == "edited":
            for n, page in enumerate(self.pages[:2]):
                page.write_text(_page(n, edition=1))
        lines = [{"text": f"Ida met {n} rowers.", "spans": [[0, 3, "PERSON"]]} for n in range(6)]
        self.rows = pages / "rows.jsonl"
        self.rows.write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n")
        self.whole = self.start("whole")
        assert self.run(self.whole).code == 0

    def _begin(self) -> None:
        """Make a corpus of the first two pages, each with a decision."""
        self.base.parent.mkdir()
        assert call("ingest", *self.pages[:2], "--corpus", self.base).code == 0
        session = builders.open_session(self.base)
        for article in session.queue:
            session.apply_edit(set_answer(session.sentences_of(article)[0], Answer.ACCEPT))
        session.close()

    def start(self, name: str) -> Path:
        """Return the place of a run, with what it begins with."""
        place = self.folder / name / "c"
        place.parent.mkdir()
        if self.base.exists():
            shutil.copytree(self.base, place)
        return place

    def run(self, place: Path) -> CommandResult:
        """Ingest or import into a place."""
        if self.kind.startswith("import"):
            return call("import", self.rows, "--corpus", place, "--add-labels", "--as", "bo")
        return call("ingest", *self.pages, "--corpus", place)

    def killed(self, place: Path, at: int) -> bool:
        """Run in a fork that is killed at a call; return False where it had ended before."""
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        left = at

        def strike(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in _CALLS and str(place.parent) in str(arguments[0]):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(strike)
        try:
            self.run(place)
        finally:
            os._exit(0)


def contents(corpus: Path) -> dict[str, object]:
    """Return what is in each file; of journals without the times, of sentences in any order."""
    found: dict[str, object] = {}
    for path in corpus.rglob("*"):
        if path.is_dir() or path.suffix in {".lock", ".tmp"} or path.parent.name == "imports":
            continue
        data: object = path.read_bytes()
        if path.parent.name == "annotations":
            data = str(
                [(x["text"], x["answer"], x["spans"]) for x in map(orjson.loads, path.read_bytes().splitlines())]
            )
        elif path.name == "sentences.jsonl":
            data = tuple(sorted(path.read_bytes().splitlines()))
        found[str(path.relative_to(corpus))] = data
    return found


def _wrong(work: _Work, place: Path) -> Iterator[str]:
    """Yield what is wrong after a kill, and after the same command once more."""
    if (place / "corpus.toml").exists():
        first, again = (call("check", place, "--level", "error") for _ in range(2))
        if first.code and ROLLED_BACK_WARNING not in first.out:
            yield f"check ends with {first.code}: {first.out}{first.err}"
        elif again.code:
            yield f"a second check ends with {again.code}: {again.out}{again.err}"
    elif work.base.exists():
        yield "the corpus is gone"
    if work.base.exists():
        lost = contents(work.base / "annotations").items() - contents(place / "annotations").items()
        if lost and not work.kind.startswith("import"):
            yield f"decisions have changed: {lost}"
    result = work.run(place)
    if result.code:
        yield f"the same command ends with {result.code}: {result.err}"
        return
    now, wanted = contents(place), contents(work.whole)
    if odd := sorted(k for k in now.keys() | wanted.keys() if now.get(k) != wanted.get(k)):
        yield f"not as after a whole run: {odd}"
    if left := [p.name for p in place.parent.iterdir() if p != place]:
        yield f"left behind: {left}"


def main(folder: Path, seed: str, count: int) -> None:
    """Make the kinds of work, kill each at random calls, and print what is wrong."""
    rng = random.Random(seed)
    works = {kind: _Work(kind, folder) for kind in rng.sample(_KINDS, 2)}
    for n in range(count):
        work = works[rng.choice(list(works))]
        place, at = work.start(str(n)), rng.randint(1, 80)
        killed = work.killed(place, at)
        for what in _wrong(work, place):
            print(f"{work.kind}, {'killed' if killed else 'not killed'} at call {at}: {what}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
