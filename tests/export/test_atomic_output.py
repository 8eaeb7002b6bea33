"""The files of an export are replaced together or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.core.errors import AnnotatorError
from annotator.export.atomic_output import replace_files

OLD = {"train.spacy": b"old train", "dev.spacy": b"old dev", "ledger.jsonl": b"old ledger", "spancat/a.spacy": b"a"}
NEW = {"train.spacy": b"new train", "test.spacy": b"new test", "ledger.jsonl": b"new", "other/b.spacy": b"b"}
STALE = ["dev.spacy", "spancat/a.spacy"]
CALLS: list[tuple[Any, str]] = [
    (os, "fsync"),
    (os, "link"),
    (Path, "replace"),
    (Path, "unlink"),
    (Path, "open"),
    (Path, "mkdir"),
]


def _files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _old(folder: Path) -> Path:
    for name, data in OLD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


class Stopped(BaseException):
    """What Ctrl+C is, without ending the tests."""


class Fails:
    """Lets ``after`` calls pass, then fails once."""

    def __init__(self, real: Callable[..., Any], after: int, error: BaseException) -> None:
        self.real, self.left, self.error, self.failed = real, after, error, False

    def __call__(self, *args: Any, **more: Any) -> Any:
        self.left -= 1
        if self.left == -1:
            self.failed = True
            raise self.error
        return self.real(*args, **more)


def test_new_files_stand_and_stale_ones_are_gone(tmp_path: Path) -> None:
    """After an export the folder holds its files, others' files, and nothing else of ours."""
    out = _old(tmp_path / "out")
    (out / "notes.txt").write_bytes(b"mine")
    assert replace_files(out, NEW, STALE) == tuple(STALE)
    assert _files(out) == NEW | {"notes.txt": b"mine"}
    assert not (out / "spancat").exists()


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), Stopped()])
@pytest.mark.parametrize(("owner", "name"), CALLS)
def test_whichever_call_fails_the_old_files_stand(tmp_path: Path, owner: Any, name: str, error: BaseException) -> None:
    """A failure at any write, link, rename, unlink or fsync leaves the export before it whole."""
    real = getattr(owner, name)
    for after in range(100):
        out = _old(tmp_path / f"{name}{after}")
        fails = Fails(real, after, error)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, _method(fails) if owner is Path else fails)
            caught = _caught(out)
        assert _files(out) == (OLD if caught else NEW), f"{name} call {after}"
        assert (out / "other").exists() != caught
        assert not list(out.glob(".export-*"))
        if not fails.failed:
            assert after > 0, f"{name} is never called"
            return
        shutil.rmtree(out)
    raise AssertionError("more than a hundred calls")


def _caught(out: Path) -> bool:
    try:
        replace_files(out, NEW, STALE)
    except (AnnotatorError, Stopped):
        return True
    return False


def _method(fails: Fails) -> Callable[..., Any]:
    """Return a function, which unlike ``Fails`` is bound to the instance it is looked up on."""

    def method(*args: Any, **more: Any) -> Any:
        return fails(*args, **more)

    return method


def test_the_error_says_what_happened_and_that_nothing_is_lost(tmp_path: Path) -> None:
    """A full disk is told as one, with what became of the earlier files; a new folder goes again."""
    out = tmp_path / "a" / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", Fails(os.fsync, 2, OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(AnnotatorError) as e:
            replace_files(out, NEW, [])
    assert str(e.value) == (
        f"{out}: the export cannot be written (No space left on device); "
        "the files of the last export are as they were; free some space or choose another folder"
    )
    assert not (tmp_path / "a").exists()


def test_without_hard_links_the_old_files_are_copied(tmp_path: Path) -> None:
    """On a file system without links an export works, and is put back, just so."""
    out = _old(tmp_path / "out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "link", _refuse)
        patch.setattr(Path, "unlink", _method(Fails(Path.unlink, 1, OSError(errno.EIO, "Input/output error"))))
        with pytest.raises(AnnotatorError):
            replace_files(out, NEW, STALE)
        assert _files(out) == OLD


def _refuse(*_: Any) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_where_putting_back_fails_the_old_files_are_named(tmp_path: Path) -> None:
    """If even the way back is barred, the error says where the old files lie, and they lie there."""
    out = _old(tmp_path / "out")
    real, left = Path.replace, [2]

    def dying(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(AnnotatorError, match="so did putting the old files back") as e:
            replace_files(out, NEW, STALE)
    (kept,) = out.glob(".export-*/old")
    assert str(kept) in e.value.do
    assert _files(kept) == {n: d for n, d in OLD.items() if n in {*NEW, *STALE}}


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    """A target that is a file is refused and left alone."""
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(AnnotatorError) as e:
        replace_files(tmp_path / "out", NEW, [])
    assert str(e.value) == f"{tmp_path / 'out'}: the folder is a file; choose another folder"
    assert (tmp_path / "out").read_bytes() == b"mine"
