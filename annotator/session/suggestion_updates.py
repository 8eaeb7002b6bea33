"""Suggestion files that come or change while somebody annotates: used from the next sentence on.

The files of a session are snapshots. When another sentence is entered their folders are looked at; what is new or
changed is read in a thread and put in place when the sentence after that is entered, so that nothing changes under the
fingers. A file that cannot be read leaves the suggestions that were there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock

from msgspec import Struct, field

from annotator.core.errors import AnnotatorError
from annotator.core.pluralize import pluralize
from annotator.storage.file_io import file_state
from annotator.storage.suggestions import SUGGEST_AGAIN, SuggestionSnapshot, session_suggestion_paths

_FileStates = Mapping[str, tuple[Path, tuple[int, ...]]]


class SuggestionChange(Struct, frozen=True):
    """The files to be used from now on, and what is to be reported of them."""

    files: Mapping[str, SuggestionSnapshot]
    news: str = ""
    """What has come, in a few words; empty where nothing has."""
    warnings: list[str] = field(default_factory=list)


class SuggestionUpdates:
    """Holds the suggestion files of one annotator's session."""

    def __init__(self, corpus: Path, annotator: str, warn: Callable[[str], None] = lambda _: None) -> None:
        """List the files; each is read when it is first needed, and ``warn`` gets its flaws."""
        self._corpus, self._annotator = corpus, annotator
        self._seen = self._states()
        self.files: Mapping[str, SuggestionSnapshot] = {
            name: SuggestionSnapshot(path, warn) for name, (path, _) in self._seen.items()
        }
        self._pending: SuggestionChange | None = None
        self._loading = Lock()

    def _states(self) -> _FileStates:
        paths = session_suggestion_paths(self._corpus, self._annotator)
        return {name: (path, file_state(path)) for name, path in paths.items()}

    def has_news(self) -> bool:
        """Return True if a file has come, changed or gone since they were last looked at."""
        try:
            return self._states() != self._seen
        except (AnnotatorError, OSError):
            return False

    def load(self) -> None:
        """Read what is new or changed, to be taken at the next sentence; a thread may do it, one at a time."""
        if self._loading.acquire(blocking=False):
            try:
                with suppress(AnnotatorError, OSError):  # else the folder cannot be read; the next sentence tries again
                    self._load(self._states())
            finally:
                self._loading.release()

    def _load(self, states: _FileStates) -> None:
        before = self._pending or SuggestionChange(self.files)
        files: dict[str, SuggestionSnapshot] = {}
        news, warnings = [], list(before.warnings)
        for name, (path, state) in states.items():
            old = before.files.get(name)
            if old and self._seen.get(name) == (path, state):
                files[name] = old
                continue
            new = SuggestionSnapshot(path, warnings.append)
            if why := _unusable(new):
                warnings.append(f"{name}: {why}" + ("; its old suggestions stay" if old else ""))
                files.update({name: old} if old else {})
            else:
                news.append(f"new suggestions: {name}, {pluralize(sum(1 for _ in new.load().entries), 'sentence')}")
                files[name] = new
        news += [f"suggestions that are gone: {name}" for name in before.files if name not in files]
        self._seen = states
        self._pending = SuggestionChange(files, "; ".join(dict.fromkeys(filter(None, [before.news, *news]))), warnings)

    def take(self) -> SuggestionChange | None:
        """Return what has been loaded since the last call, now in ``files``; None for nothing."""
        change, self._pending = self._pending, None
        if change:
            self.files = change.files
        return change


def _unusable(snapshot: SuggestionSnapshot) -> str:
    """Return why nothing of a file can be used; empty where something can."""
    try:
        index = snapshot.load()
    except AnnotatorError as error:
        return str(error)
    if index.articles or not (index.flaws or index.torn is not None):
        return ""
    return f"no line of the file is suggestions; {SUGGEST_AGAIN}"
