"""The files of an export of articles: one Doc for each (or for rows of one document), and read runs for spancat."""

from __future__ import annotations

from functools import partial
from typing import Any

from annotator.core.schema import Schema
from annotator.export.coverage_classes import ClassView
from annotator.export.docbin_packer import DocBinPacker
from annotator.export.export_ledger import SPANCAT_FOLDER
from annotator.export.options import ExportOptions
from annotator.export.splits import shard_files
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.document_rows import planned_documents
from annotator.workflows.export_plan import ExportPlan
from annotator.workflows.opening import ProgressCallback
from annotator.workflows.shard_writer import ResumeManifest, save_shard, shard_paths


def write_articles(
    corpus: CorpusFolder, plan: ExportPlan, options: ExportOptions, made: ResumeManifest, progress: ProgressCallback
) -> dict[str, str]:
    """Write the Docs of articles, and the runs for spancat; return the part of each file, by its name."""
    shards: dict[str, ShardedPart] = {}
    for view in plan.views:
        for place in ("", SPANCAT_FOLDER):
            for part in plan.parts:
                key = place + _part_key(part, view)
                shards[key] = ShardedPart(key, part, made, corpus.schema, options, view)
    done, total = 0, 2 * len(plan.records)
    for document in planned_documents(corpus, plan):
        for view in plan.views:
            numbers = document.numbers_by_sentence(view)
            for unit in document.units(view):
                shards[_part_key(unit[0].part, view)].packer.add_unit(unit, numbers)
            for unit in document.reviewed_runs(view):
                shards[SPANCAT_FOLDER + _part_key(unit[0].part, view)].packer.add_unit(unit)
        done += 2 * sum(len(row.numbers) for row in document.rows)
        progress(done, total)
    return {name: part.name for part in shards.values() for name in part.finish()}


def _part_key(part: str, view: ClassView | None) -> str:
    return view.part_key(part) if view else part


class ShardedPart:
    """The files of one part of an export of articles, each begun when the one before is full."""

    def __init__(
        self, name: str, part: str, made: ResumeManifest, schema: Schema, options: ExportOptions, view: ClassView | None
    ) -> None:
        self.name, self._made, self._options = name, made, options
        self._docs = 0
        self._full: list[dict[str, Any]] = []
        self._new_packer = partial(DocBinPacker, view.schema if view else schema, options, part, view)
        self._packer = self._new_packer()

    @property
    def packer(self) -> DocBinPacker:
        """Return the packer that takes the next Doc."""
        if self._packer.contents.docs == self._options.shard:
            self._save()
            self._packer = self._new_packer()
        return self._packer

    def _waiting_name(self, number: int) -> str:
        return f"{self.name}/waiting-{number}"

    def _save(self) -> None:
        self._docs += self._packer.contents.docs
        self._full.append(save_shard(self._packer, self._made.folder, self._waiting_name(len(self._full))))

    def finish(self) -> list[str]:
        """Give the files their names and return these: with several they are in a folder."""
        self._save()
        names = [name for name, _, _ in shard_files(self.name, self._docs, self._options.shard)]
        for number, (name, noted) in enumerate(zip(names, self._full, strict=True)):
            paths = shard_paths(self._made.folder, name)
            for before, after in zip(shard_paths(self._made.folder, self._waiting_name(number)), paths, strict=True):
                before.rename(after)
            self._made.record(name, paths, noted)
        return names
