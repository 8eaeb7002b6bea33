"""An export replaces and removes what exports have written, and nothing else."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from annotator.core.errors import AnnotatorError
from annotator.export.options import ExportOptions, ExportReport
from tests.export.export_samples import SCHEMA, corpus, export_items

ONE = ExportOptions(split=(100, 0, 0))
ITEMS = corpus(4)
FOREIGN = "an export did not write this file and will not replace it; rename it, or choose another folder"
CHANGED = "this file was changed since an export wrote it and will not be replaced; rename it, or choose another folder"


def _export(out: Path, options: ExportOptions = ONE) -> ExportReport:
    return export_items(ITEMS, {}, SCHEMA, out, options)


def _files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_foreign_file_that_is_not_needed_stays(tmp_path: Path) -> None:
    """A dev.spacy that no export wrote is neither removed nor counted as one's own, and it is said."""
    (tmp_path / "dev.spacy").write_bytes(b"theirs")
    report = _export(tmp_path)
    assert (tmp_path / "dev.spacy").read_bytes() == b"theirs"
    assert report.removed == ()
    assert "dev.spacy stays in the folder: it is not as an export left it, and not part of this one" in report.warnings
    assert _export(tmp_path).removed == ()


@pytest.mark.parametrize("name", ["../mine.txt", "sub/../../mine.txt", "{folder}/mine.txt"])
def test_a_ledger_that_names_files_elsewhere_removes_none(tmp_path: Path, name: str) -> None:
    """However it got there: what a ledger says of files outside its folder counts for nothing."""
    mine, out = tmp_path / "mine.txt", tmp_path / "out"
    mine.write_bytes(b"mine")
    (out / "sub").mkdir(parents=True)
    named = {name.format(folder=tmp_path): hashlib.sha256(b"mine").hexdigest()}
    (out / "ledger.jsonl").write_bytes(orjson.dumps({"totals": {"files": named}}) + b"\n")
    assert _export(out).removed == ()
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["train.spacy", "dev.spacy", "config.cfg"])
def test_a_foreign_file_in_the_way_is_an_error(tmp_path: Path, name: str) -> None:
    """A file that an export would overwrite and that none has written stops it; nothing changes."""
    (tmp_path / name).write_bytes(b"theirs")
    with pytest.raises(AnnotatorError) as e:
        _export(tmp_path, ExportOptions())
    assert str(e.value) == f"{tmp_path / name}: {FOREIGN}"
    assert e.value.exit_code == 1
    assert _files(tmp_path) == {name: b"theirs"}


@pytest.mark.parametrize("name", ["train.spacy", "config.cfg"])
def test_a_changed_file_in_the_way_is_an_error(tmp_path: Path, name: str) -> None:
    """A file that was changed since the export is somebody's work: it is not overwritten."""
    _export(tmp_path)
    with (tmp_path / name).open("ab") as f:
        f.write(b"# more\n")
    before = _files(tmp_path)
    with pytest.raises(AnnotatorError) as e:
        _export(tmp_path)
    assert str(e.value) == f"{tmp_path / name}: {CHANGED}"
    assert _files(tmp_path) == before


@pytest.mark.parametrize("data", [b"", b"\n", b"their ledger\n", b'{"totals": 3}\n', b"[]\n"])
def test_a_ledger_of_others_is_not_replaced(tmp_path: Path, data: bytes) -> None:
    """A ledger.jsonl without an export's totals belongs to somebody else."""
    (tmp_path / "ledger.jsonl").write_bytes(data)
    with pytest.raises(AnnotatorError, match="this is not the ledger of an export and will not be replaced"):
        _export(tmp_path)
    assert _files(tmp_path) == {"ledger.jsonl": data}


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A config without the right to read it is one clear error, and nothing changes."""
    _export(tmp_path)
    before = _files(tmp_path)
    real = Path.open

    def refuse(self: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        if self.name == "config.cfg" and mode == "rb":
            raise PermissionError(13, "Permission denied")
        return real(self, mode, *more, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AnnotatorError) as e:
        _export(tmp_path)
    monkeypatch.undo()
    assert str(e.value) == (
        f"{tmp_path / 'config.cfg'}: the file cannot be read (Permission denied), "
        "so it will not be replaced; make it readable, or choose another folder"
    )
    assert _files(tmp_path) == before


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.export.test_owned_files import _export
from annotator.export.options import ExportOptions
real, left = Path.replace, [int(sys.argv[2])]
def dying(self, target):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = dying
_export(Path(sys.argv[1]), ExportOptions(unit="article"))
"""


@pytest.mark.parametrize("after", [0, 3, 5])
def test_an_export_after_a_kill_goes_through(tmp_path: Path, after: int) -> None:
    """After kill -9 between two renames the next export knows the files and removes what was left."""
    out = tmp_path / "out"
    _export(out)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run([sys.executable, "-c", _KILLED, str(out), str(after)], env=env, check=False)
    assert run.returncode == -signal.SIGKILL
    assert len(list(out.glob(".export-*"))) == 1
    report = _export(out)
    assert {p.name for p in out.iterdir()} == {
        "config.cfg",
        "ledger.jsonl",
        "manifest.json",
        "parts.json",
        "train.spacy",
    }
    assert not any("stays in the folder" in w for w in report.warnings)


def test_leftovers_of_others_and_of_the_living_stay(tmp_path: Path) -> None:
    """What another process is writing just now is not removed, nor a folder that only has the name."""
    living, foreign, dead = (tmp_path / f".export-{x}" for x in ("living", "foreign", "dead"))
    for folder, inside in ((living, "new"), (foreign, "notes"), (dead, "old")):
        (folder / inside).mkdir(parents=True)
    at = os.open(living, os.O_RDONLY)
    fcntl.flock(at, fcntl.LOCK_EX)
    try:
        _export(tmp_path)
    finally:
        os.close(at)
    assert sorted(tmp_path.glob(".export-*")) == [foreign, living]
    _export(tmp_path)
    assert sorted(tmp_path.glob(".export-*")) == [foreign]


def test_a_copy_of_an_export_is_still_one(tmp_path: Path) -> None:
    """Files are known by their content: a folder that was copied elsewhere is replaced like the first."""
    _export(tmp_path / "a", ExportOptions())
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert set(_export(tmp_path / "b").removed) == {"dev.spacy", "test.spacy"}
