"""The export of a plain corpus as a stream: file by file, by several processes if wanted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.core.errors import AnnotatorError
from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.export import export_ledger, resume_manifest, split_audit
from annotator.export.atomic_output import EXPORT_LEDGER_FILE, raise_foreign_files
from annotator.export.docbin_parts import PartContents
from annotator.export.export_ledger import CONFIG_FILE, excluded_sentences, replace_export
from annotator.export.exporter import ConfigInput, choose_suggester, render_configs
from annotator.export.options import ExportOptions, ExportReport
from annotator.workflows.export_plan import ExportPlan, ShardFile
from annotator.workflows.shard_writer import ShardResult, end_with_parent, shard_paths, write_shard

_MAX_OPEN_FILES = 64
"""How many pieces of the ledger are open at a time: a process may have some hundreds of files."""
ProgressCallback = Callable[[int, int], None]


def export_stream(
    plan: ExportPlan, schema: Schema, out: Path, options: ExportOptions, progress: ProgressCallback
) -> ExportReport:
    """Export what the plan says into the folder ``out``; ``progress`` hears sentences done of all.

    Raises AnnotatorError with the folder as it was, and OddError where a record is not plain after all.
    """
    raise_foreign_files(out, [name for name, _, _ in plan.files(options)])
    with resume_manifest.open_manifest(out, plan.key, resume=options.resume) as made:
        try:
            written = _write_files(plan, schema, options, made, progress)
        except OSError as e:
            raise AnnotatorError(
                f"the export cannot be written ({e.strerror or e})",
                where=str(out),
                do="the files of the last export are as they were; free some space or choose another folder",
            ) from e
        return _finish_export(plan, schema, out, options, made, written)


def _write_files(
    plan: ExportPlan,
    schema: Schema,
    options: ExportOptions,
    made: resume_manifest.ResumeManifest,
    progress: ProgressCallback,
) -> dict[str, str]:
    """Write what is not there yet; return the part of each file, by its name."""
    files = list(plan.files(options))
    waiting = [file for file in files if file[0] not in made.finished]
    done = len(plan.records) - sum(len(numbers) for _, _, numbers in waiting)
    for (name, _, numbers), noted in _write_shards(plan, waiting, schema, options, made.folder):
        made.record(name, shard_paths(made.folder, name), noted)
        done += len(numbers)
        progress(done, len(plan.records))
    return {name: part for name, part, _ in files}


def _write_shards(
    plan: ExportPlan, files: Sequence[ShardFile], schema: Schema, options: ExportOptions, folder: Path
) -> Iterator[tuple[ShardFile, Mapping[str, Any]]]:
    """Write the files, each as soon as a process is free, and yield what is known of each."""
    if min(options.processes, len(files)) > 1:
        yield from _write_in_processes(plan, files, schema, options, folder)
        return
    for file in files:
        yield file, write_shard(plan.shard_job(file), schema, options, folder)


def _write_in_processes(
    plan: ExportPlan, files: Sequence[ShardFile], schema: Schema, options: ExportOptions, folder: Path
) -> Iterator[tuple[ShardFile, Mapping[str, Any]]]:
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    running: dict[Future[dict[str, Any]], ShardFile] = {}
    # A worker that is killed is reported (a Pool would wait for it for ever).
    most = min(options.processes, len(files))
    with ProcessPoolExecutor(most, get_context("spawn"), end_with_parent, (os.getpid(),)) as pool:
        try:
            for file in files:
                running[pool.submit(write_shard, plan.shard_job(file), schema, options, folder)] = file
                if len(running) > 2 * options.processes:  # what waits takes memory
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
            for future in wait(running).done:
                yield running.pop(future), future.result()
        except BrokenProcessPool:
            raise AnnotatorError(
                "a process of the export was killed", do="free some memory, or give --processes 1"
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _finish_export(
    plan: ExportPlan,
    schema: Schema,
    out: Path,
    options: ExportOptions,
    made: resume_manifest.ResumeManifest,
    written: Mapping[str, str],
) -> ExportReport:
    packed = {part: PartContents() for part in options.parts_with_share}
    outcomes: Counter[tuple[Outcome, str]] = Counter()
    placed = Counter({"ents": 0, "spans": 0})
    for name, part in written.items():
        file = ShardResult.from_dict(made.finished[name])
        packed[part].merge(file.part_counts)
        outcomes.update(file.outcomes)
        placed.update(file.placed)
    book = export_ledger.ExportLedger((), excluded_sentences(plan.missing.excluded, ()), plan.sentences, {})
    lost = book.lost + sum(n for (what, _), n in outcomes.items() if what is Outcome.LEFT_OUT)
    outcomes.update((outcome.kind, outcome.why) for _, outcome in book.outcomes)
    sizes = choose_suggester(packed, schema)
    texts = render_configs(ConfigInput(packed, out, options, sizes))
    totals: dict[str, Any] = {
        **export_ledger.sum_totals(plan.sentences, outcomes, placed),
        "left out": export_ledger.count_excluded(book.excluded),
        "journals with flaws": {},
    }
    totals["files"] = _file_digests(made, written) | {
        n: export_ledger.sha256_hex(data) for n, data in texts.items()
    }
    lines = _LedgerLines(made, list(written), book, totals)
    files = {n: _FileChunks(shard_paths(made.folder, n)[0]) for n in written}
    saved = replace_export(out, {**files, **texts, EXPORT_LEDGER_FILE: lines}, totals)
    warnings = [
        *_split_warnings(plan),
        *split_audit.foreign_file_warnings(saved.foreign_files),
        *split_audit.training_warnings(options.parts_with_share, config=CONFIG_FILE in texts, sizes=sizes),
    ]
    parts = {name: p.part_counts([x.name for x in schema.labels]) for name, p in packed.items()}
    return ExportReport(
        out.as_posix(), saved.files, saved.removed, parts, totals, sizes, tuple(warnings), lost
    )


def _file_digests(made: resume_manifest.ResumeManifest, written: Mapping[str, object]) -> dict[str, str]:
    return {n: made.finished[n]["digests"][shard_paths(made.folder, n)[0].name] for n in written}


def _split_warnings(plan: ExportPlan) -> Iterator[str]:
    """Yield what leaks between the parts and what stands in, as ``warn.about_split`` does."""
    drawn = plan.split
    if plan.torn:
        yield split_audit.TORN_STORIES
    if drawn.blocks:
        yield split_audit.block_split_warning(
            (plan.articles[a].id, plan.articles[a].title, p)
            for a, p in zip(plan.article_numbers, drawn.parts, strict=True)
        )
    for family, part in drawn.stand_ins.items():
        about = plan.articles[plan.article_numbers[plan.families.index(family)]]
        yield split_audit.stand_in_warning(part, about.title or about.id)
    if twins := plan.duplicate_count:
        yield split_audit.duplicate_sentences_warning(twins)


class _FileChunks:
    """The bytes of a file that lies ready, read a megabyte at a time when they are wanted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while data := file.read(1 << 20):
                yield data


class _LedgerLines:
    """The ledger out of those of the files, in the order of the whole export; exceptions come first."""

    def __init__(
        self,
        made: resume_manifest.ResumeManifest,
        names: Sequence[str],
        book: export_ledger.ExportLedger,
        totals: Mapping[str, Any],
    ) -> None:
        self._made, self._names, self._ledger, self._totals = made, names, book, totals

    def __iter__(self) -> Iterator[bytes]:
        yield from self._lines_of_kind(1)
        yield from export_ledger.exception_lines(self._ledger)
        yield from self._lines_of_kind(2)
        yield orjson.dumps({"totals": self._totals}) + b"\n"

    def _lines_of_kind(self, kind: int) -> Iterator[bytes]:
        """Yield the lines of one kind (1: exceptions, 2: kept spans)."""
        pieces: list[tuple[int, str, int, int]] = []
        for name in self._names:
            at = 0
            for first, _, *sizes in self._made.finished[name]["runs"]:
                size = sizes[kind - 1]
                if size:
                    pieces.append((first, name, at, size))
                at += size
        folder, opened = self._made.folder, dict[str, BinaryIO]()
        try:
            for _, name, at, size in sorted(pieces):
                if name not in opened:
                    if len(opened) >= _MAX_OPEN_FILES:
                        _close_files(opened)
                    opened[name] = shard_paths(folder, name)[kind].open("rb")  # closed below
                opened[name].seek(at)
                yield opened[name].read(size)
        finally:
            _close_files(opened)


def _close_files(files: dict[str, BinaryIO]) -> None:
    while files:
        files.popitem()[1].close()
