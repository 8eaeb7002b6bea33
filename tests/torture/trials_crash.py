"""Trials of the power cut: every state that the disk may be left in, opened by the program."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from annotator.core.journal_record import JournalRecord
from annotator.storage.atomic import write_atomic
from annotator.storage.codec import encode_record
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.rescue import JournalLine, RescueTarget, find_rescue_files, read_rescue
from tests.storage.storage_helpers import SCHEMA, article, journal_of, new_corpus, record, records, sentences
from tests.torture.crash_states import Recorder, crash_state, files_of, final_state, write_state
from tests.torture.rows import Trial, torture_row

Acknowledge = Callable[[], None]


class Scenario(NamedTuple):
    """What runs until the crash, and what must hold afterwards."""

    prepare: Callable[[Path], None]
    """Make what is on the disk at the start."""
    run: Callable[[Path, Acknowledge], None]
    """Do it, and acknowledge each step that is durable from then on."""
    check: Callable[[Path, int], str]
    """Open what the crash has left, with so many steps acknowledged; return what is wrong."""


# -- the journal -----------------------------------------------------------------------------------

_BATCHES = ([record(1)], [record(n, batch=(2, 3)) for n in (2, 3, 4)], [record(5)], [record(6)], [record(7)])
_TORN = encode_record(record(3))[:70]


def _journal_run(root: Path, acknowledge: Acknowledge, batches: tuple[list[JournalRecord], ...] = _BATCHES) -> None:
    for some in (batches[:2], batches[2:]):
        with Journal.open(root, "ana") as journal:
            for batch in some:
                journal.append(batch)
                acknowledge()


def _journal_check(root: Path, done: int) -> str:
    """Return what is lost or invented; a further record must be there as well when it is acknowledged."""
    wanted, most = [r for b in _BATCHES[:done] for r in b], [r for b in _BATCHES[: done + 1] for r in b]
    for more in (True, False):
        with Journal.open(root, "ana") as journal:
            found = list(journal.records)
            if journal.damaged or found not in (wanted, most):
                return f"{len(wanted)} records acknowledged, {len(found)} found, damaged {journal.damaged}"
            if more:
                new = record(journal.next_seq)
                journal.append([new])
                wanted = most = [*found, new]
    return ""


def _prepare_torn(root: Path) -> None:
    (root / "annotations").mkdir()
    journal_of(root).write_bytes(b"".join(map(encode_record, records(1, 2))) + _TORN)


def _torn_run(root: Path, acknowledge: Acknowledge) -> None:
    with Journal.open(root, "ana") as journal:
        acknowledge()
        journal.append([record(3)])
        acknowledge()


def _torn_check(root: Path, done: int) -> str:
    with Journal.open(root, "ana") as journal:
        found = list(journal.records)
        journal.append([record(journal.next_seq)])
    with Journal.open(root, "ana") as journal:
        if list(journal.records) != records(1, len(found) + 1) or len(found) < (3 if done > 1 else 2):
            return f"{done} steps acknowledged, {len(found)} records found, then {len(journal.records)}"
    aside = [p.read_bytes() for p in journal_of(root).parent.glob("*.torn-*")]
    return "" if _TORN in aside else "the torn bytes are lost"


# -- a corpus, a rescue file, a file that is replaced ---------------------------------------------------

_ARTICLES = (article(), article("Quay\n\nTwo boats left.\nOne came back.\nMore", "quay.txt"))


def _corpus_run(root: Path, acknowledge: Acknowledge) -> None:
    corpus = new_corpus(root / "far" / "news")
    acknowledge()
    for each in _ARTICLES:
        corpus.add_article(each, sentences(each))
        acknowledge()


def _corpus_check(root: Path, done: int) -> str:
    path = root / "far" / "news"
    if not (path / "corpus.toml").exists():
        if done:
            return "the corpus is gone"
        CorpusFolder.create(path, name="news", lang="en", fingerprint="f1", schema_text=SCHEMA)
    corpus = CorpusFolder.open(path)
    there = corpus.article_ids()
    if missing := [a.id for a in _ARTICLES[: max(0, done - 1)] if a.id not in there]:
        return f"articles are lost: {missing}"
    for each in _ARTICLES:
        if each.id not in there:
            corpus.add_article(each, sentences(each))
        if (corpus.article(each.id), corpus.sentences(each.id)) != (each, sentences(each)):
            return f"article {each.id} is another one"
    return ""


def _rescue_run(root: Path, acknowledge: Acknowledge) -> None:
    with _home(root):
        target = RescueTarget(root / "news", "ana")
        for last in (3, 5, 6):
            target.write(records(3, last), JournalLine(2, 7))
            acknowledge()


def _rescue_check(root: Path, done: int) -> str:
    with _home(root):
        found = [r for p in find_rescue_files(root / "news", "ana") for r in read_rescue(p).records]
    wanted = records(3, (2, 3, 5, 6)[done])
    return "" if found[: len(wanted)] == wanted else f"{len(wanted)} records were rescued, {len(found)} found"


def _home(root: Path) -> mock._patch_dict:
    return mock.patch.dict(os.environ, {"ANNOTATOR_HOME": str(root / "home" / "state"), "TMPDIR": str(root / "tmp")})


def _replace_run(root: Path, acknowledge: Acknowledge) -> None:
    write_atomic(root / "file", b"new" * 50)
    acknowledge()


def _replace_check(root: Path, done: int) -> str:
    found = (root / "file").read_bytes()
    return "" if found == b"new" * 50 or (found == b"old" * 40 and not done) else f"neither old nor new: {found!r}"


SCENARIOS = {
    "journal": Scenario(lambda _: None, _journal_run, _journal_check),
    "torn": Scenario(_prepare_torn, _torn_run, _torn_check),
    "corpus": Scenario(lambda _: None, _corpus_run, _corpus_check),
    "rescue": Scenario(lambda _: None, _rescue_run, _rescue_check),
    "replace": Scenario(lambda root: write_atomic(root / "file", b"old" * 40), _replace_run, _replace_check),
}


def record_scenario(scenario: Scenario) -> Recorder:
    """Run a scenario in a folder of its own and return what it has called."""
    root = Path(tempfile.mkdtemp()).resolve()
    try:
        scenario.prepare(root)
        recorder = Recorder(root)
        with recorder.recording():
            scenario.run(root, recorder.acknowledge)
        copy = Path(tempfile.mkdtemp())
        write_state(final_state(recorder), copy)
        assert files_of(copy) == files_of(root), "a call was not recorded"
        shutil.rmtree(copy)
    finally:
        shutil.rmtree(root)
    return recorder


def try_crash(scenario: Scenario, recorder: Recorder, trial: Trial) -> str:
    """Crash at a random call, and check a state that the disk may be in."""
    calls = trial.random.randint(0, len(recorder.calls))
    write_state(crash_state(recorder, calls, trial.random), trial.folder)
    done = sum(c.kind == "done" for c in recorder.calls[:calls])
    wrong = scenario.check(trial.folder, done)
    return f"after {calls} calls: {wrong}" if wrong else ""


_recorded = cache(lambda name: record_scenario(SCENARIOS[name]))


@torture_row("crash-states", small=600, large=5000)
def crash_states(trial: Trial) -> str:
    """Crash at any system call, with any part of what is not synced: nothing is lost, nothing invented."""
    name = trial.random.choice(["journal"] * 4 + ["torn"] * 2 + ["corpus", "rescue", "replace"])
    wrong = try_crash(SCENARIOS[name], _recorded(name), trial)
    return f"{name} {wrong}" if wrong else ""
