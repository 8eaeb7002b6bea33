"""A user's own files: preferences, where each corpus was left, and a copy of the sample."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, ValidationError, convert, field, to_builtins
from msgspec.structs import fields, replace

from annotator.core.errors import CorpusError
from annotator.storage.atomic import make_folder, set_aside, sync_folder, write_atomic, write_new
from annotator.storage.corpus_layout import SETTINGS_FILE
from annotator.storage.file_io import dump_json, parse_json_line, translate_os_errors
from annotator.storage.lock import lock_or_raise
from annotator.storage.schemas import sample_corpus_path

# ANNOTATOR_HOME puts all of a user's files in one folder.

HOME_VARIABLE = "ANNOTATOR_HOME"


def user_data_folder() -> Path:
    """Return the folder of the user's own copy of the sample; it may not exist yet."""
    return _user_folder("data")


def user_state_folder() -> Path:
    """Return the folder of preferences and rescue files; it may not exist yet."""
    return _user_folder("state")


def user_settings_folder() -> Path:
    """Return the folder of what a user writes for Annotator, such as the keymap; it may not exist yet."""
    return _user_folder("config")


def _user_folder(kind: str) -> Path:
    if home := os.environ.get(HOME_VARIABLE):
        return Path(home)
    import platformdirs

    return Path(getattr(platformdirs, f"user_{kind}_dir")("annotator"))


PREFERENCES_FILE = "preferences.json"
MAX_CORPORA = 500
"""How many corpora positions are kept for; the longest unused are forgotten."""

MESSAGE_SECONDS = 6.0
"""Seconds that a message is shown: long enough to read a row twice."""


REACH_SENTENCE, REACH_VIEW = "sentence", "view"


class Preferences(Struct, frozen=True):
    """A user's preferences; an empty string means the default."""

    theme: str = ""
    hints: str = ""
    """``all``, ``likely`` or ``off``."""
    positions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Corpus path → annotator → the id of the sentence that was left last."""
    hint_mode: Annotated[str, Meta(pattern=r"^(always|trigger|toggle)?$")] = ""
    """When a letter is a hint: ``always``, after a key that calls for it (``trigger``), or while
    they are switched on (``toggle``)."""
    hand: Annotated[str, Meta(pattern=r"^(right|left)?$")] = ""
    """The hand that gets the likely words' letters: ``right`` or ``left``."""
    avoid: bool = False
    """Whether letters that look alike are left out of the hints."""
    auto_accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Corpus path → the labels whose sure suggestions Enter takes there."""
    proposals: bool = True
    """Whether suggestions are shown."""
    reach: str = ""
    """Where a label's key takes suggestions: in the active ``sentence``, or in all of the ``view`` after it too."""
    offered: tuple[str, ...] = ()
    """The settings that have been offered: each is offered once."""
    tour_done: bool = False
    """Whether the first-run tour was finished or skipped."""
    doubts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Corpus path → annotator → the articles whose doubtful lines were shown: each is shown once."""
    fade: Annotated[float, Meta(ge=0, le=3600)] = MESSAGE_SECONDS
    """After how many seconds a message fades; 0 for never."""

    @classmethod
    def load(cls) -> Preferences:
        """Return the stored preferences; a broken file is set aside and the defaults are returned."""
        path = _preferences_path()
        try:
            raw = path.read_bytes()
            return _decode_preferences(parse_json_line(raw, str(path)))
        except OSError:
            return cls()
        except (CorpusError, ValueError):
            with suppress(OSError):
                set_aside(path, raw)
                path.unlink()
            return cls()

    def save(self) -> None:
        """Write the preferences atomically; raises CorpusError."""
        path = _preferences_path()
        with translate_os_errors("write", path):
            make_folder(path.parent)
            write_atomic(path, dump_json(to_builtins(self), str(path), pretty=True) + b"\n")

    def position(self, corpus: Path, annotator: str) -> str:
        """Return the id of the sentence that was left last, or an empty string."""
        return self.positions.get(_corpus_key(corpus), {}).get(annotator, "")

    def with_position(self, corpus: Path, annotator: str, sentence: str) -> Preferences:
        """Return the preferences with that position, which counts as the last one used."""
        key = _corpus_key(corpus)
        others = {k: v for k, v in self.positions.items() if k != key}
        mine = {**self.positions.get(key, {}), annotator: sentence}
        kept = dict([*others.items(), (key, mine)][-MAX_CORPORA:])
        return replace(self, positions=kept)

    def auto_accept_labels(self, corpus: Path) -> tuple[str, ...]:
        """Return the labels whose sure suggestions Enter takes in a corpus."""
        return self.auto_accept.get(_corpus_key(corpus), ())

    def with_auto_accept(self, corpus: Path, labels: Collection[str]) -> Preferences:
        """Return the preferences with these labels for a corpus."""
        key = _corpus_key(corpus)
        others = {k: v for k, v in self.auto_accept.items() if k != key}
        mine = {key: tuple(sorted(labels))} if labels else {}
        return replace(self, auto_accept=dict([*others.items(), *mine.items()][-MAX_CORPORA:]))

    def shown_doubts(self, corpus: Path, annotator: str) -> tuple[str, ...]:
        """Return the ids of the articles whose doubtful lines an annotator has been shown."""
        return self.doubts.get(_corpus_key(corpus), {}).get(annotator, ())

    def with_shown_doubt(self, corpus: Path, annotator: str, article: str) -> Preferences:
        """Return the preferences with one more article whose doubtful lines an annotator has been shown."""
        key = _corpus_key(corpus)
        others = {k: v for k, v in self.doubts.items() if k != key}
        mine = self.doubts.get(key, {})
        shown = tuple(dict.fromkeys((*mine.get(annotator, ()), article)))
        return replace(self, doubts=dict([*others.items(), (key, {**mine, annotator: shown})][-MAX_CORPORA:]))


def update_preferences(change: Callable[[Preferences], Preferences]) -> Preferences:
    """Apply ``change`` to the stored preferences, save and return them; safe with two windows open.

    Raises CorpusError where they cannot be saved.
    """
    folder = user_state_folder()
    with translate_os_errors("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
        held, lock = "the preferences are held by {holder}", folder / ".preferences.lock"
        with lock_or_raise(lock, CorpusError, held, where=folder, do="try again", wait=2.0):
            new = change(Preferences.load())
            new.save()
    return new


def _preferences_path() -> Path:
    return user_state_folder() / PREFERENCES_FILE


def _corpus_key(corpus: Path) -> str:
    return str(Path(corpus).resolve())


_FIRST_FIELDS = {"theme", "hints", "positions"}


def _decode_preferences(data: Mapping[str, Any]) -> Preferences:
    """Return the preferences in a file; raises ValidationError where one of its first fields is broken.

    A value of another type in a field that a later version added counts as missing, and so do labels in
    ``auto_accept``.
    """
    found: dict[str, Any] = {}
    for info in fields(Preferences):
        with nullcontext() if info.name in _FIRST_FIELDS else suppress(ValidationError):
            if info.name in data:
                found[info.name] = convert(data[info.name], info.type)
    if isinstance(auto_accept := data.get("auto_accept"), dict):
        found["auto_accept"] = {}
        for corpus, labels in auto_accept.items():
            with suppress(ValidationError):
                found["auto_accept"][corpus] = convert(labels, tuple[str, ...])
    return Preferences(**found)


# -- the user's own copy of the sample corpus, with nothing annotated ------------------------------

_SKIPPED_SUFFIXES = (".lock", ".tmp")
_SKIPPED_FOLDERS = frozenset({"annotations"})
"""Left out: annotations of others would conflict with the user's own."""


def user_sample_corpus() -> Path:
    """Return the user's own copy of the sample corpus, made at the first call, never overwritten.

    Raises CorpusError where it cannot be written, or where something else has its place.
    """
    target = user_data_folder() / "sample"
    try:
        with translate_os_errors("copy the sample corpus", target):
            if not (target / SETTINGS_FILE).is_file():
                _copy_sample(sample_corpus_path(), target)
    except CorpusError as error:
        do = f"{error.do}, or set {HOME_VARIABLE} to a folder that you can write to"
        raise CorpusError(error.what, where=error.where, do=do) from error
    return target


def _copy_sample(source: Path, target: Path) -> None:
    """Copy beside the target, then rename: a crash leaves no half a sample in its place."""
    make_folder(target.parent)
    beside = target.with_name(f".sample-{os.urandom(4).hex()}.tmp")
    try:
        _copy_folder(source, beside)
        os.rename(beside, target)  # noqa: PTH104  (tests inject failures into the functions of `os`)
    except FileExistsError:
        pass
    except OSError:
        if not target.exists():
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    if not (target / SETTINGS_FILE).is_file():
        raise CorpusError("something else is here", where=str(target), do="move it away, then start again")
    sync_folder(target.parent)


def _copy_folder(source: Path, target: Path) -> None:
    """Copy files and folders with new modes: an installed sample may be read-only, a copy must not be."""
    target.mkdir()
    for entry in sorted(source.iterdir()):
        if entry.name in _SKIPPED_FOLDERS:
            continue
        if entry.is_dir():
            _copy_folder(entry, target / entry.name)
        elif not entry.name.endswith(_SKIPPED_SUFFIXES):
            write_new(target / entry.name, entry.read_bytes())
    sync_folder(target)
