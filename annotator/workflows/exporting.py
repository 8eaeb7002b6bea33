"""Training data from a corpus: the plan of an export, written file by file.

``unit="sentence"``: one Doc for each accepted sentence in ``train``, ``dev`` and ``test.spacy``;
``config.cfg`` trains ner and spancat from them. Several processes may write files of it.

``unit="article"``: one Doc for each article, or document of several rows (one that the split has to cut gives
one for each part); the tokens of sentences that nobody has accepted are missing in ``doc.ents``, and
``doc.spans`` holds the spans of the accepted ones. ``config.cfg`` trains ner from that. What
spancat trains from is in ``spancat/``: runs of neighbouring accepted sentences, nothing unreviewed
among them, with ``config-spancat.cfg``. See ``training_config.py`` for why.

A part with the share 0 is not written, and an earlier export's file of its name is removed with all
else that this one has no use for: of all exports, one is in the folder. Without a dev part the
configs evaluate on the training data, with a warning; without a train part there is no config.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from msgspec import Struct

from annotator.core.disagreement import AnnotatorConflict
from annotator.core.errors import UsageError
from annotator.core.ledger import Outcome, encode_totals
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.core.spans import span_id
from annotator.export import export_ledger, split_audit
from annotator.export.atomic_output import (
    EXPORT_LEDGER_FILE,
    MANIFEST_FILE,
    FileChunks,
    raise_foreign_files,
    translate_write_errors,
)
from annotator.export.coverage_classes import coverage_warnings
from annotator.export.doc_layout import DocUnit
from annotator.export.export_ledger import IN_CONFLICT, PARTS_FILE, replace_export
from annotator.export.options import ExportOptions, ExportReport
from annotator.export.span_outcomes import NOT_COVERED
from annotator.export.split_report import RegroupedArticles
from annotator.export.splits import PartContents
from annotator.export.training_config import choose_suggester, render_class_configs
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import check_articles_folder
from annotator.storage.file_io import gc_paused
from annotator.storage.journal_index import UnreadableRecordError
from annotator.workflows import split_auditing
from annotator.workflows.annotator_conflicts import count_conflicts
from annotator.workflows.article_writer import write_articles
from annotator.workflows.export_manifest import build_manifest
from annotator.workflows.export_plan import ExportFile, ExportPlan, plan_export
from annotator.workflows.exported_tokenizer import tokenizer_files
from annotator.workflows.opening import (
    ProgressCallback,
    WarningCallback,
    changed_record_error,
    ignore_progress,
    ignore_warning,
    warn_once,
    with_damaged_apart,
    with_replays,
)
from annotator.workflows.part_list import encode_part_list
from annotator.workflows.shard_writer import (
    ResumeManifest,
    ShardResult,
    WorkerKilledError,
    end_with_parent,
    open_manifest,
    shard_job,
    shard_paths,
    write_shard,
)
from annotator.workflows.split_auditing import audit_plan, split_warnings
from annotator.workflows.split_source import read_split_source, save_splits

if TYPE_CHECKING:  # a small export starts fast
    from concurrent.futures import Future

    from spacy.language import Language
    from spacy.tokens import Doc


_GUARD = 'export under `if __name__ == "__main__":`'
_MAX_OPEN_FILES = 64
"""How many pieces of the ledger are open at a time: a process may have some hundreds of files."""


@with_damaged_apart
def export_training(
    corpus: CorpusFolder,
    out: Path,
    options: ExportOptions,
    progress: ProgressCallback = ignore_progress,
    warn: WarningCallback = ignore_warning,
    *,
    save_groups: bool = True,
) -> ExportReport:
    """Export what was accepted into the folder ``out``; the groups of a ``rebalance`` are saved in the corpus.

    ``warn`` receives the flaws of the corpus and its journals. Raises AnnotatorError, with the folder as it
    was, for annotators in conflict under the rule error, fewer accepted sentences than parts, a folder that holds
    another's files, or a full disk.
    """
    check_articles_folder(corpus.path)
    if options.processes > 1:
        _check_not_rerun()
    warn = warn_once(warn)
    with gc_paused():  # nothing here runs in circles
        source = read_split_source(corpus, options)
        options = source.options

        def attempt(replay: frozenset[str]) -> ExportReport:
            plan = plan_export(corpus, options, source.drawn, replay, warn)
            with closing(plan.selection):
                splits = source.new_splits(corpus, plan, warn) if save_groups else None
                audit, pages = audit_plan(corpus, plan, options, source)
                done = _Export(corpus, plan, out, options, progress, audit, pages, splits).write()
                if save_groups and splits:
                    save_splits(corpus, splits)
                return done

        return with_replays(attempt)


def _check_not_rerun() -> None:
    """Raise UsageError in a process of an export that runs the user's script, and so this export, again."""
    from multiprocessing import current_process

    if getattr(current_process(), "_inheriting", False):  # set while a new process imports the script
        what = "each process of an export runs the script that called it"
        raise UsageError(what, do=_GUARD)


def iterate_docs(
    corpus: CorpusFolder, nlp: Language, options: ExportOptions, warn: WarningCallback = ignore_warning
) -> Iterator[tuple[str, Doc]]:
    """Return an iterator over the Docs of an export, each with its part; no file is written.

    They are in the order of the export and have the vocabulary of ``nlp``. The plan is made, and its
    errors are raised, at the call; a record that changes later is a JournalError. ``warn`` receives the
    flaws of the stored files, then each span that a Doc leaves out.
    """
    plan = plan_for_reading(corpus, options, warn)
    return _docs_of_plan(corpus, nlp, options, plan, warn)


def split_articles(
    corpus: CorpusFolder, options: ExportOptions, warn: WarningCallback = ignore_warning
) -> dict[str, tuple[str, ...]]:
    """Return the ids of the exported articles by part, in the order of the export.

    ``warn`` receives the flaws of the stored files.
    """
    plan = plan_for_reading(corpus, options, warn)
    parts: dict[str, dict[str, None]] = {part: {} for part in plan.parts}
    with closing(plan.selection):
        for part, number in zip(plan.split.parts, plan.article_numbers, strict=True):
            parts[part][plan.articles[number].id] = None
    return {part: tuple(article_ids) for part, article_ids in parts.items()}


@with_damaged_apart
def plan_for_reading(corpus: CorpusFolder, options: ExportOptions, warn: WarningCallback) -> ExportPlan:
    """Return a plan of which every record was read once; raises as ``plan_export`` does.

    ``warn`` receives the flaws of the stored files, and what is left out whole though nobody asked for it.
    """
    warn = warn_once(warn)
    source = read_split_source(corpus, options)

    def attempt(replay: frozenset[str]) -> ExportPlan:
        plan = plan_export(corpus, source.options, source.drawn, replay, warn)
        try:
            for article_id, _ in plan.by_article():
                for entry in plan.selection.selected(article_id):
                    plan.selection.read(entry)
        except BaseException:
            plan.selection.close()
            raise
        return plan

    plan = with_replays(attempt)
    excluded = [x for x in export_ledger.excluded_sentences(plan.missing.excluded) if not x.requested]
    for x in excluded:
        if x.why != IN_CONFLICT:
            warn(f"{x.sentence.sentence.id} is left out: {x.why}")
    if n := sum(x.why == IN_CONFLICT for x in excluded):
        warn(f"{pluralize(n, 'sentence')} left out: {IN_CONFLICT}; `annotator check --only conflict` lists them")
    return plan


def _docs_of_plan(
    corpus: CorpusFolder, nlp: Language, options: ExportOptions, plan: ExportPlan, warn: WarningCallback
) -> Iterator[tuple[str, Doc]]:
    from annotator.export.doc_layout import pack_unit
    from annotator.export.spacy_engine import build_doc
    from annotator.workflows.document_rows import planned_documents

    mark_inside = options.attrs != "min" and options.marks_inside
    with closing(plan.selection):
        try:
            for document in planned_documents(corpus, plan, rows_together=options.unit == "article"):
                for view in plan.views:
                    listed = document.numbers_by_sentence(view)
                    for unit in document.units(view) if options.unit == "article" else document.sentence_units(view):
                        for lost in _lost_spans(unit, listed):
                            warn(lost)
                        covers = view.doc_covers if view else None
                        has_data = options.attrs == "own"
                        content = pack_unit(unit, options.spans_key, with_user_data=has_data, covers=covers)
                        doc = build_doc(nlp.vocab, content, options.attrs, options.lang, mark_inside=mark_inside)
                        yield view.part_key(unit[0].part) if view else unit[0].part, doc
        except UnreadableRecordError as error:
            raise changed_record_error(error.args[0]) from None


def _lost_spans(unit: DocUnit, listed: Container[str]) -> Iterator[str]:
    """Yield which spans of a Doc's sentences are left out, and why; ``listed`` are those of which this is the place."""
    for piece in (p for p in unit if p.sentence.id in listed):
        for outcome in piece.outcomes:
            if outcome.kind is Outcome.LEFT_OUT and outcome.why != NOT_COVERED:
                yield f"{span_id(piece.sentence.id, outcome.span)} is left out: {outcome.why}"


class _Export(Struct, frozen=True):
    """One export while it is written."""

    corpus: CorpusFolder
    plan: ExportPlan
    out: Path
    options: ExportOptions
    progress: ProgressCallback
    audit: RegroupedArticles | None
    pages: Mapping[str, bytes]
    """Further files, by name."""
    splits: bytes | None
    """What ``splits.json`` will hold, where the export changes it."""

    def write(self) -> ExportReport:
        """Write all files, and put them in the place of those of the last export."""
        by_sentence = self.options.unit != "article"
        if by_sentence:
            raise_foreign_files(self.out, [file.name for file in self.plan.files(self.options)])
        with (
            translate_write_errors(self.out),
            open_manifest(self.out, self.plan.key, resume=self.options.resume) as made,
        ):
            written = (
                self._write_sentences(made)
                if by_sentence
                else write_articles(self.corpus, self.plan, self.options, made, self.progress)
            )
            return self._finish(made, written)

    def _write_sentences(self, made: ResumeManifest) -> dict[str, str]:
        """Write the files that are not there yet; return the part of each file, by its name."""
        files = list(self.plan.files(self.options))
        waiting = [file for file in files if file.name not in made.finished]
        total = sum(len(file.numbers) for file in files)
        done = total - sum(len(file.numbers) for file in waiting)
        for file, noted in self._write_shards(waiting, made.folder):
            made.record(file.name, shard_paths(made.folder, file.name), noted)
            done += len(file.numbers)
            self.progress(done, total)
        return {file.name: file.part_key for file in files}

    def _write_shards(
        self, files: Sequence[ExportFile], folder: Path
    ) -> Iterator[tuple[ExportFile, Mapping[str, Any]]]:
        """Write the files, each as soon as a process is free, and yield the counts of each."""
        if min(self.options.processes, len(files)) > 1:
            yield from _write_in_processes(self.plan, files, self.corpus.schema, self.options, folder)
            return
        for file in files:
            yield file, write_shard(shard_job(self.plan, file), self.corpus.schema, self.options, folder)

    def _finish(self, made: ResumeManifest, written: Mapping[str, str]) -> ExportReport:
        plan, options = self.plan, self.options
        packed: dict[str, PartContents] = {}
        outcomes: Counter[tuple[Outcome, str]] = Counter()
        placed = Counter({"ents": 0, "spans": 0})
        for name, part in written.items():
            file = ShardResult.from_dict(made.finished[name])
            packed.setdefault(part, PartContents()).merge(file.part_counts)
            outcomes.update(file.outcomes)
            placed.update(file.placed)
        excluded = export_ledger.excluded_sentences(plan.missing.excluded)
        left_out = ((why, n) for (what, why), n in outcomes.items() if what is Outcome.LEFT_OUT)
        lost = sum(n for why, n in left_out if why != NOT_COVERED)  # unread for its label, as unfinished work is
        lost += sum(x.lost for x in excluded) + sum(plan.missing.damaged_lines.values())
        outcomes.update((outcome.kind, outcome.why) for x in excluded for outcome in x.sentence.outcomes)
        sizes = choose_suggester(packed, self.corpus.schema)
        tokens = self.corpus.tokens
        configs = render_class_configs(packed, options, self.corpus.schema, plan.classes.groups, tokens)
        texts = {**configs, **(tokenizer_files(options.lang, tokens) if configs else {}), **self.pages}
        part_sizes = split_auditing.part_sizes(plan, split_auditing.spans_by_part(plan.parts, packed))
        texts[PARTS_FILE] = encode_part_list(plan, options, part_sizes)
        totals: dict[str, Any] = {
            **export_ledger.sum_totals(plan.sentences, outcomes, placed),
            "left out": export_ledger.count_excluded(excluded),
            "journals with flaws": dict(plan.missing.damaged_lines),
        }
        docs = {name: part.docs for name, part in packed.items()}
        if coverage := plan.classes.totals(docs):
            totals["coverage"] = coverage
        totals["files"] = {n: made.finished[n]["digests"][shard_paths(made.folder, n)[0].name] for n in written} | {
            n: hashlib.sha256(data).hexdigest() for n, data in texts.items()
        }
        conflicts = plan.selection.conflicts
        if conflicts:
            totals["conflicts"] = count_conflicts(conflicts)
        lines = _LedgerLines(made, list(written), excluded, conflicts, totals)
        files = {n: FileChunks(shard_paths(made.folder, n)[0]) for n in written}
        parts = {name: p.part_counts([x.name for x in self.corpus.schema.labels]) for name, p in packed.items()}
        manifest = build_manifest(self.corpus, plan.journals, options, totals, parts, lines, self.splits)
        saved = replace_export(self.out, {**files, **texts, EXPORT_LEDGER_FILE: lines, MANIFEST_FILE: manifest})
        warnings = [
            *split_warnings(plan, options, part_sizes, self.audit),
            *(
                f"{name} stays in the folder: it is not as an export left it, and not part of this one"
                for name in saved.foreign_files
            ),
            *split_audit.training_warnings(plan.parts, config=bool(configs), sizes=sizes),
            *coverage_warnings(plan.classes, docs),
        ]
        done = (saved.files, saved.removed, parts, totals, sizes, tuple(warnings), lost)
        return ExportReport(self.out.as_posix(), *done, self.audit, part_sizes)


def _write_in_processes(
    plan: ExportPlan, files: Sequence[ExportFile], schema: Schema, options: ExportOptions, folder: Path
) -> Iterator[tuple[ExportFile, Mapping[str, Any]]]:
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    running: dict[Future[dict[str, Any]], ExportFile] = {}
    context, most = get_context("spawn"), min(options.processes, len(files))
    closed, ours = context.Pipe(duplex=False)
    # A worker that is killed is reported (a Pool would wait for it for ever).
    with closed, ours, ProcessPoolExecutor(most, context, end_with_parent, (closed,)) as pool:
        try:
            for file in files:
                running[pool.submit(write_shard, shard_job(plan, file), schema, options, folder)] = file
                if len(running) > 2 * options.processes:  # what waits takes memory
                    yield from take_finished(running, wait(running, return_when=FIRST_COMPLETED).done)
            yield from take_finished(running, wait(running).done)
        except BrokenProcessPool:
            left = ", ".join(file.name for file in running.values())
            what = f"a process of the export was killed; not written yet: {left}"
            do = f"free some memory, or give --processes 1; --resume keeps what is written; in a script, {_GUARD}"
            raise WorkerKilledError(what, do=do) from None
        finally:
            ours.close()  # one that was killed at the very end may hold the lock that the others wait for
            pool.shutdown(wait=True, cancel_futures=True)


def take_finished(
    running: dict[Future[dict[str, Any]], ExportFile], done: Iterable[Future[dict[str, Any]]]
) -> Iterator[tuple[ExportFile, Mapping[str, Any]]]:
    """Move files out of ``running`` with their counts, those with an error last, so that no finished one is lost."""
    for future in sorted(done, key=lambda x: x.exception() is not None):
        counts = future.result()
        yield running.pop(future), counts


class _LedgerLines:
    """The ledger out of those of the files, in the order of the whole export; exceptions come first."""

    def __init__(
        self,
        made: ResumeManifest,
        names: Sequence[str],
        excluded: Sequence[export_ledger.ExcludedSentence],
        conflicts: Sequence[AnnotatorConflict],
        totals: Mapping[str, Any],
    ) -> None:
        self._made, self._names, self._excluded, self._totals = made, names, excluded, totals
        self._conflicts = conflicts

    def __iter__(self) -> Iterator[bytes]:
        yield from self._lines_of_kind(1)
        for sentence in (x.sentence for x in self._excluded):
            yield from (export_ledger.outcome_line(sentence, outcome) for outcome in sentence.outcomes)
        yield from export_ledger.conflict_lines(self._conflicts)
        yield from self._lines_of_kind(2)
        yield encode_totals(self._totals)

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
