"""What an export has finished so far: a line of JSON for each file, in the order in which they came.

The files are in a folder of their own inside the target until all are there. A process that is
killed leaves it behind; ``--resume`` keeps the files whose bytes have the
digests of the manifest, if it is of the same corpus and options; without it the next export starts over.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from annotator.core.errors import AnnotatorError
from annotator.export.atomic_output import FileChunks, no_folder_error, remove_empty_folders

UNFINISHED_FOLDER = ".unfinished"
"""The folder in the target where files wait until all are there."""
_MANIFEST_FILE = "manifest.jsonl"


class ResumeManifest:
    """The files that are ready in a folder; made by ``opened``."""

    def __init__(self, folder: Path, key: str, done: Mapping[str, Any]) -> None:
        """Start from what was found."""
        self.folder = folder
        self.finished: dict[str, Any] = dict(done)
        """By the name of a file of the export, what was noted with it."""
        if not done:
            _append_json(folder / _MANIFEST_FILE, "wb", {"key": key})

    def record(self, name: str, files: Iterable[Path], what: Mapping[str, Any]) -> None:
        """Note that what belongs to a file of the export is ready, synced, and what is known of it."""
        digests = {}
        for path in files:
            with path.open("rb") as file:
                os.fsync(file.fileno())
                digests[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
        self.finished[name] = {**what, "digests": digests}
        _append_json(self.folder / _MANIFEST_FILE, "ab", {"name": name, **self.finished[name]})


@contextmanager
def open_manifest(out: Path, key: str, *, resume: bool) -> Iterator[ResumeManifest]:
    """Yield the manifest of an export into ``out``; the folder goes when the block ends, error or not.

    Only a killed process leaves it. ``key`` identifies corpus and options. Raises
    AnnotatorError where another process is exporting to that folder, or it can't be written.
    """
    folder = out / UNFINISHED_FOLDER
    new = [p for p in (out, *out.parents) if not p.exists()]
    lock = _lock_manifest_folder(folder, out)
    try:
        done = _finished_files(folder, key) if resume else {}
        for path in folder.iterdir() if not done else ():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        yield ResumeManifest(folder, key, done)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        remove_empty_folders(new)


def _lock_manifest_folder(folder: Path, out: Path) -> int:
    """Make the folder and lock it; raises AnnotatorError for one that is another's, which stays as it is."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as e:
        raise no_folder_error(out, e) from e
    try:
        _take_lock(lock, folder, out)
        _raise_foreign(folder)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _take_lock(lock: int, folder: Path, out: Path) -> None:
    with suppress(OSError):  # the file system may know no locks
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held = True
        else:  # the one who had it may have removed the folder meanwhile
            held = not folder.exists() or folder.stat().st_ino != os.fstat(lock).st_ino
        if held:
            what = "another export is writing here"
            raise AnnotatorError(what, where=str(out), do="wait for it, or choose another folder") from None


def _raise_foreign(folder: Path) -> None:
    """Raise AnnotatorError where the folder holds anything, and no manifest of ours with it."""
    there = {p.name for p in folder.iterdir()} - {_MANIFEST_FILE}
    if there and not _is_manifest(folder / _MANIFEST_FILE):
        what = "this folder holds files that no export has left there"
        raise AnnotatorError(what, where=str(folder), do="rename it, or choose another folder")


def _is_manifest(manifest: Path) -> bool:
    try:
        with manifest.open("rb") as file:
            return set(orjson.loads(file.readline())) == {"key"}
    except (OSError, orjson.JSONDecodeError, TypeError):
        return False


def _finished_files(folder: Path, key: str) -> dict[str, Any]:
    """Return what is noted of files that are all there, byte for byte; nothing of another export."""
    try:
        lines = (folder / _MANIFEST_FILE).read_bytes().splitlines()
        if not lines or orjson.loads(lines[0]) != {"key": key}:
            return {}
    except (OSError, orjson.JSONDecodeError):
        return {}
    done = {}
    for line in lines[1:]:
        try:
            noted = orjson.loads(line)
            digests = noted["digests"].items()
            if all(Path(x).name == x and FileChunks(folder / x).sha256() == digest for x, digest in digests):
                done[noted.pop("name")] = noted
        except (orjson.JSONDecodeError, LookupError, TypeError, OSError):
            continue  # a torn line: its file is made again
    return done


def _append_json(path: Path, mode: str, value: Mapping[str, Any]) -> None:
    with path.open(mode) as file:
        file.write(orjson.dumps(value) + b"\n")
        file.flush()
        os.fsync(file.fileno())
