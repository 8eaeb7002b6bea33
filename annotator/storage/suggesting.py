"""Writing a suggestion file so that a run that was stopped goes on where it stopped.

What comes from the same fingerprint is appended to. Where the fingerprint has changed, or the file is
damaged, a new file grows beside the old one and takes its place when it is complete.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from annotator.core.article import Sentence
from annotator.core.digest import text_digest
from annotator.core.errors import CorpusError
from annotator.core.suggestion import Suggestion
from annotator.storage.atomic import append_durable, set_aside, sync_folder
from annotator.storage.failures import translate_os_errors
from annotator.storage.lock import HeldError, Lock
from annotator.storage.suggestions import SuggestionIndex, encode_suggestions, suggestion_path, read_suggestion_index


class SuggestionWriter:
    """Holds one source's file while its suggestions are made."""

    def __init__(self, corpus: Path, source: str, fingerprint: str) -> None:
        """Open the file to go on with, and see what it has.

        Raises CorpusError where the folder cannot be written or another process is at it.
        """
        self.source, self.fingerprint = source, fingerprint
        self.path = suggestion_path(corpus, source)
        self.notes: list[str] = []
        self.replaces_old_file = False
        """Whether a new file takes the place of an older one."""
        with translate_os_errors("write", self.path):
            self.path.parent.mkdir(exist_ok=True)
            self._lock = _lock_source(self.path)
            try:
                self._target, index = self._choose_file()
                self._known = {(e.article, e.start, e.end): e.digest for e in index.entries}
                self._size = self._quarantine_torn_line(index)
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
                self._fd = os.open(self._target, flags, 0o666)
                sync_folder(self.path.parent)
            except BaseException:
                self._lock.release()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
        self._lock.release()

    def has(self, sentence: Sentence) -> bool:
        """Whether the sentence, with just this text, is done."""
        place = (sentence.article, sentence.start, sentence.end)
        return self._known.get(place) == text_digest(sentence.text)

    def add(self, made: Iterable[tuple[Sentence, Sequence[Suggestion]]]) -> None:
        """Append a line for each sentence; they are on the disk on return.

        Raises CorpusError where the disk takes nothing more; what was there before stays.
        """
        lines = [encode_suggestions(s, found, self.source, self.fingerprint) for s, found in made]
        if lines:
            with translate_os_errors("write", self.path):
                self._size = append_durable(self._fd, b"".join(lines), self._size)

    def finish(self) -> None:
        """Put a new file in the place of the old one; call it when every sentence is done."""
        if self._target != self.path:
            with translate_os_errors("write", self.path):
                os.replace(self._target, self.path)  # noqa: PTH105  (as in atomic: one way to rename)
                sync_folder(self.path.parent)

    def _choose_file(self) -> tuple[Path, SuggestionIndex]:
        """Return the file to append to, and what it has."""
        index = read_suggestion_index(self.path) if self.path.exists() else SuggestionIndex()
        if index.flaws:
            n = len(index.flaws)
            self.notes.append(
                f"{self.path.name}: {n} damaged {'line' if n == 1 else 'lines'}; all is made anew"
            )
        if not index.flaws and self._same_fingerprint(index):
            return self.path, index
        self.replaces_old_file = True
        beside = self.path.with_name(f".{self.source}.new.tmp")
        grown = read_suggestion_index(beside) if beside.exists() else SuggestionIndex()
        if grown.flaws or not self._same_fingerprint(grown):
            beside.unlink()
            grown = SuggestionIndex()
        return beside, grown

    def _same_fingerprint(self, index: SuggestionIndex) -> bool:
        return all(e.fingerprint == self.fingerprint for e in index.entries)

    def _quarantine_torn_line(self, index: SuggestionIndex) -> int:
        """Set a torn last line aside and return the size of what is left."""
        if index.torn is None:
            return index.size
        raw = self._target.read_bytes()[index.torn :]
        aside = set_aside(self.path, raw)
        os.truncate(self._target, index.torn)
        self.notes.append(f"set aside a torn last line of {self.path.name} in {aside.name}")
        return index.torn


def _lock_source(path: Path) -> Lock:
    try:
        return Lock(path.with_name(f".{path.stem}.lock"))
    except HeldError as error:
        raise CorpusError(
            f"these suggestions are being made by {error.holder}",
            where=str(path),
            do="wait until it is done",
        ) from None
