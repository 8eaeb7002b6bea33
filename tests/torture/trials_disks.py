"""Trials of the small disk: a tiny file system, a limit on the size of files, a folder that cannot be written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.core.annotation import Answer
from annotator.session.annotation_controller import AnnotationController
from tests import builders
from tests.torture.crash_states import files_of
from tests.torture.rows import Trial, torture_row

ROOT = Path(__file__).resolve().parents[2]


def _annotated_corpus(folder: Path) -> Path:
    quays = [
        builders.article(
            f"Quay {n}\n\nThey met {n} rowers on Tarn Quay. Mayor Ilka Moran said so.", "t-b", origin=f"{n}"
        )
        for n in range(12)
    ]
    path = builders.make_corpus(folder, *quays).path
    session = builders.open_session(path)
    controller = AnnotationController(session)
    for _ in range(24):
        controller.answer(Answer.ACCEPT)
    assert session.close()
    return path


def _export(corpus: Path, out: Path, *options: str, limit: int = 0) -> subprocess.CompletedProcess[str]:
    def prepare() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "annotator", "export", str(corpus), str(out), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ANNOTATOR_HOME": str(corpus.parent / "home")}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, preexec_fn=prepare, timeout=120
    )


@contextmanager
def _tiny_disk(folder: Path, size: int) -> Iterator[bool]:
    """Mount a file system of so many bytes; False where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = _run(mount)
    try:
        yield mounted
    finally:
        if mounted:
            _run(["umount", str(folder)])


def _run(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _on_a_tiny_disk(trial: Trial, corpus: Path) -> str:
    with _tiny_disk(trial.folder / "disk", 128 * 1024) as mounted:
        return _fill_and_export(trial, corpus, trial.folder / "disk" / "out") if mounted else ""


def _fill_and_export(trial: Trial, corpus: Path, out: Path) -> str:
    first = _export(corpus, out, "--split", "100/0/0")  # the second one has more files, and needs more room
    if first.returncode:
        return f"the first export has failed: {first.stderr}"
    room = os.statvfs(out).f_bavail * os.statvfs(out).f_frsize
    (out.parent / "fill").write_bytes(bytes(max(0, room - trial.random.randint(0, 12) * 4096)))
    return _second_export(corpus, out)


def _with_a_limit(trial: Trial, corpus: Path) -> str:
    out = trial.folder / "out"
    _export(corpus, out)
    largest = max(map(len, files_of(out).values()))
    return _second_export(corpus, out, limit=trial.random.randint(1, largest))


def _on_a_read_only_disk(trial: Trial, corpus: Path) -> str:
    with _tiny_disk(trial.folder / "disk", 2**20) as mounted:
        out = trial.folder / "disk" / "out"
        if not mounted or _export(corpus, out).returncode:
            return ""
        _run(["mount", "-o", "remount,ro", str(trial.folder / "disk")])
        return _second_export(corpus, out)


def _second_export(corpus: Path, out: Path, limit: int = 0) -> str:
    """Export something else over an export; it must fail with a reason, and leave the old files as they are."""
    before = files_of(out)
    result = _export(corpus, out, "--split", "50/25/25", limit=limit)
    left = [p.name for p in out.parent.iterdir() if p.name not in {out.name, "fill", "news", "home"}]
    if result.returncode == 0 and not (limit and max(map(len, files_of(out).values())) > limit):
        return ""  # it had room enough
    if result.returncode != 1 or "Traceback" in result.stderr or "ANNOTATOR_DEBUG" in result.stderr:
        return f"exit code {result.returncode}: {result.stderr}"
    if files_of(out) != before:
        return f"the old export is another one: {result.stderr}"
    return f"left behind: {left}" if left else ""


_KINDS: tuple[Callable[[Trial, Path], str], ...] = (_on_a_tiny_disk, _with_a_limit, _on_a_read_only_disk)


@torture_row("small-disks", small=3, large=60)
def small_disks(trial: Trial) -> str:
    """Export to a full disk, under a limit of file sizes or to a read-only one: the old export stays as it is."""
    kind = _KINDS[trial.number % len(_KINDS)]
    wrong = kind(trial, _annotated_corpus(trial.folder / "news"))
    return f"{kind.__name__}: {wrong}" if wrong else ""
