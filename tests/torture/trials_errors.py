"""Trials of the failing disk: an error injected into the system calls of a session that works."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from annotator.core.annotation import Answer
from annotator.core.errors import AnnotatorError
from annotator.session.annotation_controller import AnnotationController
from annotator.session.session import AnnotationSession
from annotator.session.state import SaveState
from annotator.storage.journal import Journal
from tests import builders
from tests.builders import records_in
from tests.torture.rows import Trial, torture_row

_CALLS = ("write", "fdatasync", "fsync", "ftruncate", "open", "replace", "rename", "mkdir", "pread", "fstat")
_ERRORS = (errno.EIO, errno.ENOSPC, errno.EDQUOT)


class Disk:
    """Fails some calls with an error: from one of them on, or that one alone."""

    def __init__(self, random: Random) -> None:
        """Choose what fails."""
        self.calls = random.sample(_CALLS, random.choice((1, 1, 2, len(_CALLS))))
        self.error = random.choice(_ERRORS)
        self.first = random.randint(1, 12)
        self.only_once = random.random() < 0.5
        self.writes_half = random.choice(("", "", "with an error", "in silence"))
        self.failing = True
        self._count = 0

    @contextmanager
    def injected(self) -> Iterator[None]:
        """Fail the calls until the end of the block."""
        with ExitStack() as stack:
            for name in self.calls:
                stack.enter_context(mock.patch.object(os, name, self._wrapped(name, getattr(os, name))))
            yield

    def _wrapped(self, name: str, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            if self._fails():
                if name == "write" and self.writes_half:
                    written = real(args[0], args[1][: (len(args[1]) + 1) // 2])
                    if self.writes_half == "in silence":
                        return written
                raise OSError(self.error, os.strerror(self.error))
            return real(*args, **options)

        return call

    def _fails(self) -> bool:
        self._count += 1
        return self.failing and (self._count == self.first if self.only_once else self._count >= self.first)


def _decide(session: AnnotationSession, trial: Trial) -> None:
    AnnotationController(session).answer(trial.random.choice(list(Answer)))
    if trial.random.random() < 0.3:
        session.undo()


def _wrongly_saved(session: AnnotationSession) -> str:
    """Return what is wrong if the session shows as saved what is not in the journal."""
    made, is_shown = session._seq, session.save_state is SaveState.SAVED  # before looking: the thread goes on
    there = len(records_in(session._journal.path))
    is_wrong = is_shown and there < made
    return f"{there} of {made} records are shown as saved" if is_wrong else ""


@torture_row("disk-errors", small=100, large=1500)
def disk_errors(trial: Trial) -> str:
    """Fail any system call with any error: no decision is lost, none is shown as saved that is not."""
    corpus = builders.make_corpus(trial.folder / "news").path
    home, disk = {"ANNOTATOR_HOME": str(trial.folder / "home")}, Disk(trial.random)
    temporary = mock.patch("annotator.storage.rescue.TEMPORARY_FOLDERS", (str(trial.folder),))
    with mock.patch.dict(os.environ, home), temporary:
        session = builders.open_session(corpus)
        with disk.injected():
            for _ in range(trial.random.randint(1, 6)):
                _decide(session, trial)
                if trial.random.random() < 0.7:
                    session.flush()
                if wrong := _wrongly_saved(session):
                    return wrong
            disk.failing = trial.random.random() < 0.5
            in_memory = session.secure()
            saved = session.close(2)
        return _wrong_afterwards(corpus, session, saved=saved, in_memory=in_memory, failed=disk.failing)


def _wrong_afterwards(corpus: Path, session: AnnotationSession, *, saved: bool, in_memory: int, failed: bool) -> str:
    made = session._seq
    if not failed and not saved:
        return f"there was room, and leaving has not saved everything: {session.banner}"
    if not saved and not session.banner:
        return "not everything is saved, and no banner says so"
    try:
        with Journal.open(corpus, "ana") as journal:
            found = [r.seq for r in journal.records]
    except AnnotatorError as error:
        return f"the journal cannot be opened: {error}"
    lost = made - len(found)
    if found != list(range(1, len(found) + 1)) or lost > in_memory:
        return f"of {made} decisions {found} are there, {in_memory} were reported to be in memory only"
    return ""
