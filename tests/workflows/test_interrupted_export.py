"""Exports that are killed, resumed, refused or meet each other leave whole files, and others' alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from array import array
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from annotator.core.annotation import Answer
from annotator.core.edits import combine_edits, set_answer, set_note
from annotator.core.errors import AnnotatorError
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows import exporting, shard_writer
from annotator.workflows.export_plan import ExportFile
from annotator.workflows.exporting import export_training
from annotator.workflows.shard_writer import UNFINISHED_FOLDER
from tests import builders
from tests.export.random_corpora import files_of, names_of

ROOT = Path(__file__).resolve().parents[2]

_KILLED = """
import os, sys
from pathlib import Path
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows import exporting
real, n = exporting.write_shard, 0
def write(*args):
    global n
    if n == 2:
        os._exit(9)
    n += 1
    return real(*args)
exporting.write_shard = write
options = ExportOptions(split=(100, 0, 0), shard=2)
exporting.export_training(CorpusFolder.open(sys.argv[1]), Path(sys.argv[2]), options)
"""


_STRUCK = """
import os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows import exporting
real = ProcessPoolExecutor.shutdown
def shutdown(pool, *args, **more):
    if pool._processes:
        with suppress(ProcessLookupError):  # on a busy machine it may have ended
            os.kill(list(pool._processes)[int(sys.argv[3])], signal.SIGKILL)
    real(pool, *args, **more)
if __name__ == "__main__":
    ProcessPoolExecutor.shutdown = shutdown
    options = ExportOptions(split=(100, 0, 0), shard=2, processes=2)
    exporting.export_training(CorpusFolder.open(sys.argv[1]), Path(sys.argv[2]), options)
"""

_POISONED = """
import os, signal, sys
from pathlib import Path
from annotator.export.options import ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows import exporting
def strike(event, arguments):
    if event == "open" and str(arguments[0]).endswith("train-00006.spacy"):
        os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__mp_main__":
    sys.addaudithook(strike)
if __name__ == "__main__":
    options = ExportOptions(split=(100, 0, 0), shard=1, processes=2)
    exporting.export_training(CorpusFolder.open(sys.argv[1]), Path(sys.argv[2]), options)
"""


def _accepted(folder: Path) -> CorpusFolder:
    corpus = builders.make_corpus(folder / "c")
    session = builders.open_session(corpus)
    for _ in range(2):
        session.apply_edit(combine_edits([set_answer(w, Answer.ACCEPT) for w in session.article_sentences], "all"))
        session.navigation.move_article(1)
    session.close()
    return CorpusFolder.open(corpus.path)


def _killed(corpus: CorpusFolder, out: Path) -> None:
    run = subprocess.run([sys.executable, "-c", _KILLED, corpus.path, out], cwd=ROOT, check=False)
    assert run.returncode == 9
    assert [p.name for p in out.iterdir()] == [UNFINISHED_FOLDER]


def _export(corpus: CorpusFolder, out: Path, monkeypatch: pytest.MonkeyPatch | None = None, **more: Any) -> list[str]:
    """Export and return the names of the files that were written in this process."""
    options = ExportOptions(**{"split": (100, 0, 0), "shard": 2, **more})
    written: list[str] = []
    real = shard_writer.write_shard

    def noted(job: shard_writer.ShardJob, *more: Any) -> dict[str, Any]:
        written.append(job.name)
        return real(job, *more)

    if monkeypatch:
        monkeypatch.setattr(exporting, "write_shard", noted)
    export_training(corpus, out, options)
    if monkeypatch:
        monkeypatch.setattr(exporting, "write_shard", real)
    return written


def test_a_killed_export_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was finished is taken over, byte for byte; a file that is not as noted is written anew."""
    corpus = _accepted(tmp_path)
    _export(corpus, tmp_path / "whole")
    _killed(corpus, tmp_path / "a")
    assert _export(corpus, tmp_path / "a", monkeypatch, resume=True)[0] == "train/00002.spacy"
    assert files_of(tmp_path / "a") == files_of(tmp_path / "whole")
    _killed(corpus, tmp_path / "b")
    (tmp_path / "b" / UNFINISHED_FOLDER / "train-00000.spacy").write_bytes(b"damaged")
    assert _export(corpus, tmp_path / "b", monkeypatch, resume=True)[0] == "train/00000.spacy"
    assert files_of(tmp_path / "b") == files_of(tmp_path / "whole")


def test_an_export_into_the_same_folder_leaves_the_running_one_alone(tmp_path: Path) -> None:
    """The second one is told to wait, and takes nothing of the first one's away."""
    corpus = _accepted(tmp_path)
    with shard_writer.open_manifest(tmp_path / "a", "first", resume=False) as running:
        (running.folder / "piece").write_bytes(b"x")
        with pytest.raises(AnnotatorError, match="another export is writing here"):
            _export(corpus, tmp_path / "a")
        assert (running.folder / "piece").read_bytes() == b"x"
    _export(corpus, tmp_path / "a")


def test_a_folder_that_went_while_it_was_locked_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock of a folder that its owner has removed keeps nobody out: another export may be there."""

    def gone(*_: object) -> None:
        (tmp_path / "out" / UNFINISHED_FOLDER).rename(tmp_path / "old")
        (tmp_path / "out" / UNFINISHED_FOLDER).mkdir()

    monkeypatch.setattr("fcntl.flock", gone)
    with (
        pytest.raises(AnnotatorError, match="another export is writing here"),
        shard_writer.open_manifest(tmp_path / "out", "key", resume=False),
    ):
        pytest.fail("the block was entered")


@pytest.mark.parametrize("linked", [False, True])
def test_a_folder_of_someone_elses_is_left_alone(tmp_path: Path, *, linked: bool) -> None:
    """Files under the name of the unfinished ones, there or behind a link, are refused and stay."""
    corpus = _accepted(tmp_path)
    theirs = tmp_path / "precious" if linked else tmp_path / "a" / UNFINISHED_FOLDER
    theirs.mkdir(parents=True)
    (theirs / "mine.txt").write_text("mine")
    if linked:
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / UNFINISHED_FOLDER).symlink_to(theirs)
    with pytest.raises(AnnotatorError):
        _export(corpus, tmp_path / "a")
    assert (theirs / "mine.txt").read_text() == "mine"


def test_more_shards_than_openfiles_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger is put together with few files open, in the same order."""
    corpus = _accepted(tmp_path)
    _export(corpus, tmp_path / "a", ledger="full")
    monkeypatch.setattr(exporting, "_MAX_OPEN_FILES", 1)
    _export(corpus, tmp_path / "b", ledger="full")
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_nothing_is_resumed_of_another_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --resume, with other options or after an edit every file is written."""
    corpus = _accepted(tmp_path)
    _killed(corpus, tmp_path / "a")
    assert "train/00000.spacy" in _export(corpus, tmp_path / "a", monkeypatch)
    _killed(corpus, tmp_path / "b")
    assert "train/00000.spacy" in _export(corpus, tmp_path / "b", monkeypatch, resume=True, attrs="min")
    _killed(corpus, tmp_path / "c2")
    session = builders.open_session(corpus)
    session.apply_edit(set_note(session.article_sentences[0], "seen"))
    session.close()
    assert "train/00000.spacy" in _export(CorpusFolder.open(corpus.path), tmp_path / "c2", monkeypatch, resume=True)


@pytest.mark.parametrize(
    ("killed", "chosen"),
    [
        ({"unit": "article"}, {"unit": "sentence"}),
        ({"unit": "sentence"}, {"unit": "article"}),
        ({"attrs": "full"}, {"attrs": "min"}),
        ({"spans_key": "a"}, {"spans_key": "b"}),
    ],
    ids=str,
)
def test_nothing_is_resumed_of_other_options(tmp_path: Path, killed: dict[str, Any], chosen: dict[str, Any]) -> None:
    """What they decide of a Doc is in files that have the same names."""
    corpus = _accepted(tmp_path)
    script = _KILLED.replace("write_shard", "replace_export").replace("n == 2", "n == 0")
    script = script.replace("shard=2", f"**{killed!r}")
    subprocess.run([sys.executable, "-c", script, corpus.path, tmp_path / "a"], cwd=ROOT, check=False)
    assert (tmp_path / "a" / UNFINISHED_FOLDER / "train.spacy").exists()
    for folder in "ab":
        _export(corpus, tmp_path / folder, resume=True, shard=20_000, **chosen)
    names = ("train.spacy", "ledger.jsonl")
    assert [(tmp_path / "a" / x).read_bytes() for x in names] == [(tmp_path / "b" / x).read_bytes() for x in names]


def test_a_script_without_a_guard_is_refused(tmp_path: Path) -> None:
    """A new process imports the script that exports; it must not export again."""
    corpus = _accepted(tmp_path)
    script = tmp_path / "script.py"
    call = f"annotator.Corpus.open({str(corpus.path)!r}).export({str(tmp_path / 'out')!r}, shard=2, processes=2)"
    script.write_text(f"import annotator\n{call}\n")
    run = subprocess.run([sys.executable, script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 1
    assert 'runs the script that called it; export under `if __name__ == "__main__":`' in run.stderr
    assert not (tmp_path / "out").exists()


def test_several_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """How many processes write makes no difference to any file."""
    corpus = _accepted(tmp_path)
    _export(corpus, tmp_path / "one")
    _export(corpus, tmp_path / "two", processes=2)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_a_worker_killed_when_all_is_written_holds_nobody_up(tmp_path: Path) -> None:
    """One of two waiting workers has the lock for which the other waits: the export ends without it, too."""
    corpus = _accepted(tmp_path)
    (tmp_path / "struck.py").write_text(_STRUCK)
    for worker in ("0", "1"):
        arguments = [sys.executable, tmp_path / "struck.py", corpus.path, tmp_path / "out", worker]
        subprocess.run(arguments, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, timeout=60)


def test_a_worker_killed_at_one_file_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file; --resume writes that one and what else was not finished, and nothing again."""
    corpus, out = _accepted(tmp_path), tmp_path / "out"
    _export(corpus, tmp_path / "whole", shard=1)
    (tmp_path / "poisoned.py").write_text(_POISONED)
    arguments = [sys.executable, tmp_path / "poisoned.py", corpus.path, out]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(arguments, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=60)
    assert "not written yet: " in run.stderr
    assert "train/00006.spacy" in run.stderr.rpartition("not written yet: ")[2]
    lines = (out / UNFINISHED_FOLDER / "manifest.jsonl").read_text().splitlines()[1:]
    finished = {json.loads(line)["name"] for line in lines}
    written = _export(corpus, out, monkeypatch, shard=1, resume=True)
    names = {n for n in names_of(out) if n.endswith(".spacy")}
    assert finished
    assert (finished | set(written), finished & set(written)) == (names, set())
    assert files_of(out) == files_of(tmp_path / "whole")


def test_what_is_finished_is_taken_before_an_error() -> None:
    """However the futures are ordered, the one that was killed comes last and stays among the running ones."""
    good, bad = Future[dict[str, Any]](), Future[dict[str, Any]]()
    good.set_result({"n": 1})
    bad.set_exception(RuntimeError("killed"))
    first, second = (ExportFile(name, "train", array("I")) for name in ("a", "b"))
    running = {bad: first, good: second}
    finished = exporting.take_finished(running, [bad, good])
    assert next(finished)[0] == second
    with pytest.raises(RuntimeError):
        next(finished)
    assert list(running.values()) == [first]


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the middle removes all that waited, and a folder that was made for it."""
    corpus = _accepted(tmp_path)
    _export(corpus, tmp_path / "old")
    before = files_of(tmp_path / "old")

    def fail(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(exporting, "write_shard", fail)
    for out in ("old", "new"):
        with pytest.raises(AnnotatorError, match="no space"):
            _export(corpus, tmp_path / out)
    assert files_of(tmp_path / "old") == before
    assert not (tmp_path / "new").exists()


def test_a_smaller_export_removes_the_shards_of_the_one_before(tmp_path: Path) -> None:
    """Of all exports one lies in the folder: shards go when the part is one file."""
    corpus = _accepted(tmp_path)
    _export(corpus, tmp_path / "a")
    assert "train/00001.spacy" in set(names_of(tmp_path / "a"))
    options = ExportOptions(split=(100, 0, 0))
    export_training(corpus, tmp_path / "a", options)
    assert set(names_of(tmp_path / "a")) >= {"train.spacy", "ledger.jsonl"}
    assert not (tmp_path / "a" / "train").exists()
