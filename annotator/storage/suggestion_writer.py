"""Writing a suggestion file: beside the old one, which it replaces when every sentence is done.

A stopped run leaves the old file as it was, and what it has made is where the next one of the same fingerprint
goes on. A sound file of that fingerprint is continued; any other is made again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from annotator.core.article import Sentence
from annotator.core.digest import text_digest
from annotator.core.errors import CorpusError
from annotator.core.source_version import fingerprint_lineage
from annotator.core.suggestion import Suggestion
from annotator.storage.atomic import append_durable, cut_tail, make_folder, sync_folder
from annotator.storage.file_io import translate_os_errors
from annotator.storage.lock import lock_or_raise
from annotator.storage.suggestions import SuggestionIndex, encode_suggestions, read_suggestion_index, suggestion_path


class SuggestionWriter:
    """Holds one source's file while its suggestions are made."""

    def __init__(
        self,
        corpus: Path,
        source: str,
        fingerprint: str,
        *,
        resumes: bool = True,
        replaces_others: bool = False,
        owner: str = "",
    ) -> None:
        """Take the file's lock, and read which sentences it has.

        Unless it ``resumes``, a new file that a stopped run has begun is made again. Raises CorpusError where the
        folder cannot be written, another process writes this source, or the file is not of the model that
        the fingerprint names, unless it ``replaces_others``. ``owner`` is the annotator whose private file it is.
        """
        self.source, self.fingerprint = source, fingerprint
        self.path = suggestion_path(corpus, source, owner)
        self._beside = self.path.with_name(f".{source}.new.tmp")
        self.notes: list[str] = []
        self.replaces_old_file = False
        """True if all is made again, in place of an older file."""
        self._fd: int | None = None
        self._size = 0
        with translate_os_errors("write", self.path):
            make_folder(self.path.parent)
            self._lock = lock_or_raise(
                self.path.with_name(f".{source}.lock"),
                CorpusError,
                "these suggestions are being made by {holder}",
                where=self.path,
                do="wait until it is done",
            )
            try:
                index = self._begin(resumes=resumes, replaces_others=replaces_others)
                self._known = {(e.article, e.start, e.end): e.digest for e in index.entries}
            except BaseException:
                self._release()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error_type: object, *_: object) -> None:
        if error_type and not self._size:  # nothing was made
            self.discard()
        self._release()

    def _release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        self._lock.release()

    def has(self, sentence: Sentence) -> bool:
        """Return True if the file has the sentence with this text."""
        place = (sentence.article, sentence.start, sentence.end)
        return self._known.get(place) == text_digest(sentence.text)

    def add(self, made: Iterable[tuple[Sentence, Sequence[Suggestion]]]) -> None:
        """Append a line for each sentence; they are on the disk on return.

        Raises CorpusError where the disk takes nothing more; what was there before stays.
        """
        self.add_lines([encode_suggestions(s, found, self.source, self.fingerprint) for s, found in made])

    def add_lines(self, lines: Sequence[bytes]) -> None:
        """Append lines as ``encode_suggestions`` makes them; raises as ``add`` does."""
        if lines:
            with translate_os_errors("write", self.path):
                self._size = append_durable(self._open(), b"".join(lines), self._size)

    def discard(self) -> None:
        """Remove what was made, so that no later run goes on with it; the old file stays."""
        with suppress(OSError):
            self._beside.unlink()

    def finish(self) -> None:
        """Let the new file replace the old one; call it when every sentence is done."""
        if self._fd is not None:
            with translate_os_errors("write", self.path):
                os.replace(self._beside, self.path)  # noqa: PTH105  (as in atomic: one way to rename)
                sync_folder(self.path.parent)

    def _begin(self, *, resumes: bool, replaces_others: bool) -> SuggestionIndex:
        """Return what is known already: of what a stopped run has begun, else of the file as it is."""
        old = read_suggestion_index(self.path) if self.path.exists() else SuggestionIndex()
        if not replaces_others:
            self._check_lineage(old)
        if old.flaws:
            n = len(old.flaws)
            self.notes.append(f"{self.path.name}: {n} damaged {'line' if n == 1 else 'lines'}; all is made again")
        sound = self._is_own(old)
        self.replaces_old_file = not sound
        begun = read_suggestion_index(self._beside) if self._beside.exists() else SuggestionIndex()
        if resumes and begun.lines and self._is_own(begun):
            self._set_torn_line_aside(self._beside, begun)
            self._size = begun.size
            self._open()
            return begun
        self._beside.unlink(missing_ok=True)
        if sound and self.path.exists():
            self._set_torn_line_aside(self.path, old)
            return old
        self._open()
        return SuggestionIndex()

    def _open(self) -> int:
        """Return the descriptor of the new file; what it continues is copied first."""
        if self._fd is None:
            if not (self.replaces_old_file or self._beside.exists()) and self.path.exists():
                shutil.copyfile(self.path, self._beside)
                self._size = self._beside.stat().st_size
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._fd = os.open(self._beside, flags, 0o666)
        return self._fd

    def _is_own(self, index: SuggestionIndex) -> bool:
        return not index.flaws and all(e.fingerprint == self.fingerprint for e in index.entries)

    def _check_lineage(self, index: SuggestionIndex) -> None:
        """Raise CorpusError where a model would replace what another source has made."""
        lineage = fingerprint_lineage(self.fingerprint)
        if lineage and any(fingerprint_lineage(e.fingerprint) != lineage for e in index.entries):
            what = "these suggestions are by another model, another program or an older version of this one"
            raise CorpusError(what, where=str(self.path), do="choose another name with --name, or add --replace")

    def _set_torn_line_aside(self, file: Path, index: SuggestionIndex) -> None:
        """Set a torn last line aside."""
        if index.torn is not None:
            aside, _ = cut_tail(file, index.torn, self.path)
            self.notes.append(f"set aside a torn last line of {self.path.name} in {aside.name}")
