"""The export of a plain corpus as a stream: file by file, by several processes if wanted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.cli.plan import File, Plan
from annotator.cli.shard import Written, end_with_parent, ready, write
from annotator.core.errors import AnnotatorError
from annotator.core.schema import Schema
from annotator.export import ledger, manifest, warn
from annotator.export.absent import listed
from annotator.export.configs import Trained, configs, suggested
from annotator.export.fates import What
from annotator.export.owned import LEDGER, refuse_foreign
from annotator.export.packed import Packed
from annotator.export.save import CONFIG, put
from annotator.export.values import ExportOptions, ExportReport

_OPEN = 64
"""How many pieces of the ledger are open at a time: a process may have some hundreds of files."""
Progress = Callable[[int, int], None]


def export_stream(
    plan: Plan, schema: Schema, out: Path, options: ExportOptions, progress: Progress
) -> ExportReport:
    """Export what the plan says into the folder ``out``; ``progress`` hears sentences done of all.

    Raises AnnotatorError with the folder as it was, and OddError where a record is not plain after all.
    """
    refuse_foreign(out, [name for name, _, _ in plan.files(options)])
    with manifest.opened(out, plan.key, resume=options.resume) as made:
        try:
            written = _written(plan, schema, options, made, progress)
        except OSError as e:
            raise AnnotatorError(
                f"the export cannot be written ({e.strerror or e})",
                where=str(out),
                do="the files of the last export are as they were; free some space or choose another folder",
            ) from e
        return _put(plan, schema, out, options, made, written)


def _written(
    plan: Plan, schema: Schema, options: ExportOptions, made: manifest.Manifest, progress: Progress
) -> dict[str, str]:
    """Write what is not there yet; return the part of each file, by its name."""
    files = list(plan.files(options))
    waiting = [file for file in files if file[0] not in made.finished]
    done = len(plan.records) - sum(len(numbers) for _, _, numbers in waiting)
    for (name, _, numbers), noted in _made(plan, waiting, schema, options, made.folder):
        made.record(name, ready(made.folder, name), noted)
        done += len(numbers)
        progress(done, len(plan.records))
    return {name: part for name, part, _ in files}


def _made(
    plan: Plan, files: Sequence[File], schema: Schema, options: ExportOptions, folder: Path
) -> Iterator[tuple[File, Mapping[str, Any]]]:
    """Write the files, each as soon as a process is free, and yield what is known of each."""
    if min(options.processes, len(files)) > 1:
        yield from _by_processes(plan, files, schema, options, folder)
        return
    for file in files:
        yield file, write(plan.shard_job(file), schema, options, folder)


def _by_processes(
    plan: Plan, files: Sequence[File], schema: Schema, options: ExportOptions, folder: Path
) -> Iterator[tuple[File, Mapping[str, Any]]]:
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    running: dict[Future[dict[str, Any]], File] = {}
    # A worker that is killed is reported (a Pool would wait for it for ever).
    most = min(options.processes, len(files))
    with ProcessPoolExecutor(most, get_context("spawn"), end_with_parent, (os.getpid(),)) as pool:
        try:
            for file in files:
                running[pool.submit(write, plan.shard_job(file), schema, options, folder)] = file
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


def _put(
    plan: Plan,
    schema: Schema,
    out: Path,
    options: ExportOptions,
    made: manifest.Manifest,
    written: Mapping[str, str],
) -> ExportReport:
    packed = {part: Packed() for part in options.parts_with_share}
    outcomes: Counter[tuple[What, str]] = Counter()
    placed = Counter({"ents": 0, "spans": 0})
    for name, part in written.items():
        file = Written.from_dict(made.finished[name])
        packed[part].merge(file.part_counts)
        outcomes.update(file.outcomes)
        placed.update(file.placed)
    book = ledger.Book((), listed(plan.missing.excluded, ()), plan.sentences, {})
    lost = book.lost + sum(n for (what, _), n in outcomes.items() if what is What.LEFT_OUT)
    outcomes.update((outcome.kind, outcome.why) for _, outcome in book.outcomes)
    sizes = suggested(packed, schema)
    texts = configs(Trained(packed, out, options, sizes))
    totals: dict[str, Any] = {
        **ledger.summed(plan.sentences, outcomes, placed),
        "left out": ledger.sentences_out(book.excluded),
        "journals with flaws": {},
    }
    totals["files"] = _digests(made, written) | {n: ledger.digest(data) for n, data in texts.items()}
    lines = _Lines(made, list(written), book, totals)
    files = {n: _Piece(ready(made.folder, n)[0]) for n in written}
    saved = put(out, {**files, **texts, LEDGER: lines}, totals)
    warnings = [
        *_about_split(plan),
        *warn.about_strangers(saved.foreign_files),
        *warn.about_training(options.parts_with_share, config=CONFIG in texts, sizes=sizes),
    ]
    parts = {name: p.part_counts([x.name for x in schema.labels]) for name, p in packed.items()}
    return ExportReport(
        out.as_posix(), saved.files, saved.removed, parts, totals, sizes, tuple(warnings), lost
    )


def _digests(made: manifest.Manifest, written: Mapping[str, object]) -> dict[str, str]:
    return {n: made.finished[n]["digests"][ready(made.folder, n)[0].name] for n in written}


def _about_split(plan: Plan) -> Iterator[str]:
    """Yield what leaks between the parts and what stands in, as ``warn.about_split`` does."""
    drawn = plan.split
    if plan.torn:
        yield warn.TORN
    if drawn.blocks:
        yield warn.leaks(
            (plan.articles[a].id, plan.articles[a].title, p)
            for a, p in zip(plan.article_numbers, drawn.parts, strict=True)
        )
    for family, part in drawn.stand_ins.items():
        about = plan.articles[plan.article_numbers[plan.families.index(family)]]
        yield warn.about_stand_in(part, about.title or about.id)
    if twins := plan.duplicate_count:
        yield warn.about_twins(twins)


class _Piece:
    """The bytes of a file that lies ready, read a megabyte at a time when they are wanted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while data := file.read(1 << 20):
                yield data


class _Lines:
    """The ledger out of those of the files, in the order of the whole export; exceptions come first."""

    def __init__(
        self, made: manifest.Manifest, names: Sequence[str], book: ledger.Book, totals: Mapping[str, Any]
    ) -> None:
        self._made, self._names, self._ledger, self._totals = made, names, book, totals

    def __iter__(self) -> Iterator[bytes]:
        yield from self._lines_of_kind(1)
        yield from ledger.exceptions(self._ledger)
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
                    if len(opened) >= _OPEN:
                        _close(opened)
                    opened[name] = ready(folder, name)[kind].open("rb")  # closed below
                opened[name].seek(at)
                yield opened[name].read(size)
        finally:
            _close(opened)


def _close(files: dict[str, BinaryIO]) -> None:
    while files:
        files.popitem()[1].close()
