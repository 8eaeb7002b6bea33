"""The files of an export while they are written: each one is packed, and noted as finished.

A file may be written by a process of its own. All files are in a folder inside the target until all are
there. A process that is killed leaves the folder behind; ``--resume`` keeps the files whose bytes have
the digests of its manifest, if that is of the same corpus and options; without it the next export starts over.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import threading
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from msgspec import Struct, field
from msgspec.structs import fields

from annotator.core.annotation import Annotation
from annotator.core.coverage import Coverage
from annotator.core.errors import AnnotatorError
from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.export.atomic_output import FileChunks, no_folder_error, remove_empty_folders
from annotator.export.coverage_classes import ClassView
from annotator.export.docbin_packer import DocBinPacker, PackedArticle, SentenceLocation, SentenceRun
from annotator.export.options import ExportOptions
from annotator.export.splits import PartContents
from annotator.storage.journal_index import RecordReader
from annotator.storage.record_rows import RecordRow, SpanRow
from annotator.workflows.export_plan import ExportFile, ExportPlan

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# -- the manifest: a line of JSON for each finished file, in the order in which they came ---------

UNFINISHED_FOLDER = ".unfinished"
"""The folder in the target where files wait until all are there."""
_MANIFEST_FILE = "manifest.jsonl"


class WorkerKilledError(AnnotatorError):
    """A process of the export was killed: what the others have finished stays for ``--resume``."""


class ResumeManifest:
    """The files that are ready in a folder; made by ``open_manifest``."""

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

    Only a process that is killed leaves it, this one or a worker. ``key`` identifies corpus and options. Raises
    AnnotatorError where another process is exporting to that folder, or it can't be written.
    """
    goes_on_later = False
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
        made = ResumeManifest(folder, key, done)
        try:
            yield made
        except WorkerKilledError:
            goes_on_later = bool(made.finished)
            raise
    finally:
        if not goes_on_later:
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


_SENTENCES_PER_READ = 256
"""How many sentences are read together: few enough to stay in the processor's cache."""
_NUMPY_THRESHOLD = 5000
"""From how many sentences on numpy is worth the time that it takes to load."""


class ShardJob(Struct):
    """The sentences of one file: a number in each array for each of them."""

    name: str
    """The file's name in the export."""
    part: str
    journals: list[tuple[str, str]]
    """Paths, and the annotators that they belong to."""
    articles: list[PackedArticle] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("I"))
    """Their places in the order of the whole export."""
    article_numbers: array[int] = field(default_factory=lambda: array("I"))
    """Which of the articles."""
    journal_numbers: array[int] = field(default_factory=lambda: array("H"))
    """Which of the journals."""
    starts: array[int] = field(default_factory=lambda: array("I"))
    ends: array[int] = field(default_factory=lambda: array("I"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("I"))
    crcs: array[int] = field(default_factory=lambda: array("I"))
    seqs: array[int] = field(default_factory=lambda: array("Q"))
    shared_annotators: dict[int, str] = field(default_factory=dict)
    """Who left a sentence in this state, where it was not the one annotator of the journal."""
    united: dict[int, Annotation] = field(default_factory=dict)
    """What is exported of a sentence, where it is not as the record has it."""
    view: ClassView | None = None
    """Which class of sentences the file is of."""
    covers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """The labels that a sentence covers, of those that do not cover all."""

    @property
    def listed(self) -> bytes:
        """For each sentence whether the ledger has it from this file."""
        if self.view is None:
            return bytes([1]) * len(self.numbers)
        return bytes([self.view.lists(self.covers.get(n)) for n in range(len(self.numbers))])


def shard_job(plan: ExportPlan, file: ExportFile) -> ShardJob:
    """Return what a file is written from."""
    opened = plan.journals
    journals = [(str(x.path), x.name) for x in opened]
    job = ShardJob(file.name, file.part, journals, numbers=file.numbers, view=file.view)
    shared, united = plan.selection.settled.shared_annotators, plan.selection.settled.united
    local: dict[int, int] = {}
    for place, n in enumerate(file.numbers):
        by, record, article = plan.journal_numbers[n], plan.records[n], plan.article_numbers[n]
        journal = opened[by]
        if article not in local:
            local[article] = len(job.articles)
            job.articles.append(plan.articles[article])
        job.article_numbers.append(local[article])
        job.journal_numbers.append(by)
        job.starts.append(journal.starts[record])
        job.ends.append(journal.ends[record])
        job.seqs.append(journal.seqs[record])
        job.offsets.append(journal.offsets[record])
        job.sizes.append(journal.sizes[record])
        job.crcs.append(journal.crcs[record])
        if n in plan.covers:
            job.covers[place] = plan.covers[n]
        if (by, record) in shared:
            job.shared_annotators[place] = shared[by, record]
        if (by, record) in united:
            job.united[place] = united[by, record]
    return job


class ShardResult(Struct, frozen=True):
    """What one file of an export holds, and its share of the ledger."""

    part_counts: PartContents
    outcomes: Mapping[tuple[Outcome, str], int]
    placed: Mapping[str, int]
    runs: list[SentenceRun]

    @classmethod
    def of(cls, packer: DocBinPacker) -> ShardResult:
        """Return what a packer has counted."""
        return cls(packer.contents, packer.outcomes, packer.stored, packer.runs)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for the manifest; of lengths, how often each occurs."""
        lengths = {label: sorted(Counter(x).items()) for label, x in self.part_counts.lengths.items()}
        return {
            "packed": {f.name: getattr(self.part_counts, f.name) for f in fields(PartContents)} | {"lengths": lengths},
            "fates": [[what.value, why, n] for (what, why), n in self.outcomes.items()],
            "placed": dict(self.placed),
            "runs": [[r.first, r.end, r.exceptions, r.kept] for r in self.runs],
        }

    @classmethod
    def from_dict(cls, noted: Mapping[str, Any]) -> ShardResult:
        """Return what ``as_dict`` has noted."""
        counts = dict(noted["packed"])
        counts |= {name: Counter(counts[name]) for name in ("spans", "ents")}
        counts["lengths"] = {x: [n for n, times in y for _ in range(times)] for x, y in counts["lengths"].items()}
        packed = PartContents(**counts)
        outcomes = {(Outcome(what), why): n for what, why, n in noted["fates"]}
        return cls(packed, outcomes, noted["placed"], [SentenceRun(*r) for r in noted["runs"]])


def shard_paths(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """Return where a file of an export is until all are there, and its ledger: exceptions, kept spans."""
    flat = name.replace("/", "-")
    return folder / flat, folder / f"{flat}.exceptions", folder / f"{flat}.kept"


def write_shard(job: ShardJob, schema: Schema, options: ExportOptions, folder: Path) -> dict[str, Any]:
    """Write one file and return its counts as plain values; raises UnreadableRecordError."""
    view, use_numpy = job.view, len(job.numbers) >= _NUMPY_THRESHOLD
    packer = DocBinPacker(view.schema if view else schema, options, job.part, view, use_numpy=use_numpy)
    listed = job.listed
    with closing(RecordReader()) as reader:
        for first, end in _annotator_runs(job.journal_numbers, listed):
            packer.lists = bool(listed[first])
            _add_run(packer, job, reader, first, end)
    return save_shard(packer, folder, job.name)


def save_shard(packer: DocBinPacker, folder: Path, name: str) -> dict[str, Any]:
    """Write what a packer holds and return its counts as plain values."""
    data, exceptions, kept = shard_paths(folder, name)
    data.write_bytes(packer.docbin.to_bytes())
    exceptions.write_bytes(packer.exceptions)
    kept.write_bytes(packer.kept)
    packer.finish()
    return ShardResult.of(packer).as_dict()


def end_with_parent(closed: Connection) -> None:
    """Let this process end when the other end of a pipe is closed, by the parent or because it has ended.

    A worker may wait for ever: for work that comes no more, or for the lock of another one that was killed.
    """

    def watch() -> None:
        closed.poll(None)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _annotator_runs(journal_numbers: array[int], listed: bytes) -> Iterator[tuple[int, int]]:
    """Yield stretches of sentences by one annotator each, all ``listed`` or none, none of them long."""
    first = 0
    while first < len(journal_numbers):
        end = first + _SENTENCES_PER_READ
        here = list(zip(journal_numbers[first:end], listed[first:end], strict=True))
        other = next((n for n, by in enumerate(here) if by != here[0]), len(here))
        yield first, first + other
        first += other


def _add_run(packer: DocBinPacker, job: ShardJob, reader: RecordReader, first: int, end: int) -> None:
    """Read a stretch of sentences and add them."""
    here = slice(first, end)
    path, annotator = job.journals[job.journal_numbers[first]]
    starts, ends, shared = job.starts[here], job.ends[here], job.shared_annotators
    lines = list(zip(job.offsets[here], job.sizes[here], job.crcs[here], strict=True))
    stored = reader.read_lines(annotator, path, lines, [b - a for a, b in zip(starts, ends, strict=True)])
    columns = zip(job.article_numbers[here], starts, ends, job.seqs[here], strict=True)
    locations = [
        SentenceLocation(job.articles[article], start, stop, shared.get(n, annotator), seq)
        for n, (article, start, stop, seq) in enumerate(columns, first)
    ]
    united = {n - first: job.united[n] for n in range(first, end) if n in job.united} if job.united else {}
    uncovered: dict[int, list[SpanRow]] = {}
    if job.view:
        covers = [job.covers.get(n) for n in range(first, end)]
        uncovered = _restrict_rows(job.view, stored, covers, united)
    packer.add_sentences(job.numbers[here], stored, locations, united, uncovered)


def _restrict_rows(
    view: ClassView, rows: Sequence[RecordRow], covers: Sequence[Coverage], united: dict[int, Annotation]
) -> dict[int, list[SpanRow]]:
    """Leave the rows with what a class takes of them, and return by row the spans that no class takes."""
    uncovered: dict[int, list[SpanRow]] = {}
    for n, row in enumerate(rows):
        if n in united:
            row.spans = [SpanRow(s.start, s.end, s.label) for s in united[n].spans]
            both = (united[n].spans, united[n].rejected)
            spans, rejected = ([s for s in x if view.keeps(s.label, covers[n])] for x in both)
            united[n] = united[n].with_spans(spans).with_rejected(rejected)
        left_out = view.left_out_labels([s.label for s in row.spans], covers[n])
        if left_out:
            uncovered[n] = [s for s in row.spans if s.label in left_out]
        row.spans = [s for s in row.spans if view.keeps(s.label, covers[n])]
        row.rejected = [s for s in row.rejected if view.keeps(s.label, covers[n])]
    return uncovered
