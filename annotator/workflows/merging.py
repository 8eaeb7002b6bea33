"""Merges several corpora into a new one: nothing is overwritten, conflicts are listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.errors import CorpusError, JournalError, SchemaError, UsageError, path_text
from annotator.core.journal_merge import JournalConflict, merge_journals
from annotator.core.journal_record import JournalRecord
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import translate_os_errors
from annotator.storage.import_transaction import ImportStaging, NewCorpusSettings
from annotator.storage.journal import Journal
from annotator.storage.journal_reader import format_line_numbers
from annotator.storage.schema_editing import unite_schemas
from annotator.storage.schemas import parse_schema_text, read_schema_text
from annotator.workflows.corpus_merge import (
    corpora_by_article,
    merge_article,
    merge_import_ledgers,
    merge_migrations,
    merge_split_groups,
    merge_suggestions,
    unmerged_files,
)
from annotator.workflows.opening import open_corpus
from annotator.workflows.progress import ProgressCallback, ignore_progress

_MAX_NAME_LENGTH = 64
"""How many characters an annotator's name may have."""
_MAX_LISTED_CLASHES = 3


class MergeReport(Struct, frozen=True):
    """What a merge did."""

    into: str
    sources: tuple[str, ...]
    articles: int
    in_several: int
    """Articles that more than one of the corpora has."""
    annotators: dict[str, dict[str, int]]
    """By annotator: records, places taken over from a further corpus, places that agree."""
    schema: dict[str, list[str]]
    """The labels that were ``added`` to the first corpus's schema, and what was ``widened`` in it."""
    conflicts: tuple[dict[str, Any], ...]
    """Sentences that one annotator has answered in two ways, and what else the corpora differ in."""
    not_merged: tuple[str, ...] = field(name="left")
    differences: dict[str, list[str]] = field(default_factory=dict)
    """What a corpus has otherwise where the first one's value stays, with the articles."""
    notes: tuple[str, ...] = ()

    @property
    def lost(self) -> int:
        """How many things are in conflict or were not taken over."""
        return len(self.conflicts) + len(self.not_merged)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        values: dict[str, Any] = to_builtins(self)
        return values


def merge_corpora(
    paths: Sequence[Path], into: Path, *, schema: Path | None = None, progress: ProgressCallback = ignore_progress
) -> MergeReport:
    """Merge the corpora in ``paths`` into a new one; raises AnnotatorError, with nothing made."""
    _check_paths(paths, into)
    sources = [open_corpus(p) for p in paths]
    _check_same_language(sources)
    merge = _Merge(sources)
    text = merge.merge_schemas(schema)
    with ImportStaging.begin(into, None) as staging:
        merge.merge_articles(staging, progress)
        _check_labels(merge.merge_journals(staging), text, schema)
        merge.merge_other_files(staging)
        name = path_text(into.resolve().name)
        settings = NewCorpusSettings(name, sources[0].lang, sources[0].fingerprint, text)
        staging.commit_new_corpus(settings)
    return merge.report(path_text(into), tuple(map(path_text, paths)))


def _check_paths(paths: Sequence[Path], into: Path) -> None:
    """Raise UsageError or CorpusError for corpora that cannot be merged, or a folder that is in use."""
    if len(paths) < 2:
        raise UsageError("one corpus alone cannot be merged", do="name two or more before --into")
    with translate_os_errors("read", into):
        real = [p.resolve() for p in paths]
        for n, path in enumerate(real):
            if path in real[:n]:
                raise UsageError(f"{path_text(paths[n])} is named twice", do="name each corpus once")
        if any(path in into.resolve().parents for path in real):
            what = "the new corpus would lie in one of the old"
            raise CorpusError(what, where=path_text(into), do="give another folder with --into")
        if into.exists() and not (into.is_dir() and not any(into.iterdir())):
            raise CorpusError(
                "there is something here already, and a merge overwrites nothing",
                where=path_text(into),
                do="give a new folder with --into; to add to a corpus, name it among those to be merged",
            )


def _check_same_language(corpora: Sequence[CorpusFolder]) -> None:
    if len({c.lang for c in corpora}) > 1:
        listed = ", ".join(f"{path_text(c.path)}: {c.lang}" for c in corpora)
        raise CorpusError(f"the corpora have different languages ({listed})", do="merge those of one language")


def _check_labels(used: set[str], text: str, schema_path: Path | None) -> None:
    schema = parse_schema_text(text, str(schema_path or "schema"))
    lacking = sorted(used - {x.name for x in schema.labels})
    if lacking and schema_path is not None:
        raise SchemaError(
            f"the schema {schema.name} lacks labels that are in use: {', '.join(lacking)}",
            where=path_text(schema_path),
            do="add them to the schema, or name another",
        )


class _Merge:
    """One merge on its way: what it takes from the corpora, and what it lists."""

    def __init__(self, corpora: Sequence[CorpusFolder]) -> None:
        first = corpora[0]
        self._corpora = corpora
        self._owners = corpora_by_article(corpora)
        self._annotators: dict[str, dict[str, int]] = {}
        self._schema: dict[str, list[str]] = {}
        self._conflicts: list[dict[str, Any]] = []
        self._not_merged: list[str] = []
        self._differences: dict[str, list[str]] = {}
        self._kept_beside: dict[str, tuple[JournalRecord, ...]] = {}
        """The records in conflict, by the name that they are kept under."""
        self._notes = tuple(
            f"{path_text(c.path)} was cut by another tokenizer ({c.fingerprint}, not {first.fingerprint}); "
            "its tokens stay as they are"
            for c in corpora[1:]
            if c.fingerprint != first.fingerprint
        )

    def report(self, into: str, sources: tuple[str, ...]) -> MergeReport:
        """Return what was done."""
        return MergeReport(
            into,
            sources,
            len(self._owners),
            sum(len(having) > 1 for having in self._owners.values()),
            dict(sorted(self._annotators.items())),
            self._schema,
            tuple(self._conflicts),
            tuple(self._not_merged),
            self._differences,
            self._notes,
        )

    def merge_schemas(self, path: Path | None) -> str:
        """Return the schema of the new corpus; raises SchemaError where the old ones are in conflict."""
        if path is not None:
            return read_schema_text(path)
        files = [c.schema_path for c in self._corpora]
        union = unite_schemas([(path_text(file), read_schema_text(file)) for file in files])
        if union.clashes:
            extra = len(union.clashes) - _MAX_LISTED_CLASHES
            more = f" and {extra} more" if extra > 0 else ""
            listed = "; ".join(union.clashes[:_MAX_LISTED_CLASHES])
            raise SchemaError(
                f"the schemas contradict each other: {listed}{more}",
                where=path_text(files[0]),
                do="say which one holds with --schema FILE",
            )
        self._schema = {"added": union.added, "widened": union.widened}
        self._not_merged += [path_text(f"schema, {x}") for x in union.left_out]
        return union.text

    def merge_articles(self, staging: ImportStaging, progress: ProgressCallback) -> None:
        """Prepare all articles with their sentences."""
        for n, (article_id, having) in enumerate(self._owners.items(), 1):
            differences = merge_article(staging, article_id, having)
            self._conflicts += [{"article": article_id, "what": path_text(x)} for x in differences.conflicts]
            for note in differences.notes:
                self._differences.setdefault(path_text(note), []).append(article_id)
            progress(n, len(self._owners))

    def merge_other_files(self, staging: ImportStaging) -> None:
        """Prepare suggestions, groups of the split, migrations and ledgers; list what is not taken over."""
        merge_suggestions(staging, self._corpora)
        self._conflicts += [{"what": path_text(x)} for x in merge_split_groups(staging, self._corpora)]
        behind = [
            *merge_migrations(staging, self._corpora),
            *merge_import_ledgers(staging, self._corpora),
            *unmerged_files(self._corpora),
        ]
        self._not_merged += map(path_text, behind)

    # -- journals ------------------------------------------------------------------------------

    def merge_journals(self, staging: ImportStaging) -> set[str]:
        """Prepare the journals of all annotators; return the labels in use."""
        used: set[str] = set()
        for name in sorted({name for c in self._corpora for name in c.annotators()}):
            journals = [(c, self._read_records(c, name)) for c in self._corpora if name in c.annotators()]
            used |= {s.label for _, rs in journals for r in rs for s in r.annotated.annotation.spans}
            self._merge_journals_of(name, journals, staging)
        return used

    def _merge_journals_of(
        self, name: str, journals: Sequence[tuple[CorpusFolder, tuple[JournalRecord, ...]]], staging: ImportStaging
    ) -> None:
        """Prepare one annotator's journal, and beside it the records that contradict it."""
        records = journals[0][1]
        taken = same = 0
        for corpus, further in journals[1:]:
            merged = merge_journals(records, further, self._base_sentences)
            records = merged.records
            taken += merged.taken_over
            same += merged.identical
            if conflicting := merged.conflicting_records:
                other, is_there = self._name_beside(name, conflicting)
                if not is_there:
                    self._kept_beside[other] = conflicting
                    staging.add_records(other, (replace(r, annotator=other) for r in conflicting))
                    self._annotators[other] = {"records": len(conflicting), "taken": 0, "same": 0}
                self._conflicts += _conflict_fields(merged.conflicts, name, other, corpus)
        staging.add_records(name, records)
        self._annotators[name] = {"records": len(records), "taken": taken, "same": same}

    def _base_sentences(self, article_id: str) -> Sequence[Sentence]:
        """Return the stored sentences of an article as the new corpus has them."""
        having = self._owners.get(article_id)
        return having[0].sentences(article_id) if having else ()

    def _read_records(self, corpus: CorpusFolder, name: str) -> tuple[JournalRecord, ...]:
        """Return the records of a journal; raises JournalError where it is damaged."""
        journal = Journal.open(corpus.path, name, read_only=True)
        where = path_text(journal.path)
        if journal.damaged:
            raise JournalError(
                f"{format_line_numbers(journal.damaged)} of the journal cannot be read",
                where=where,
                do="see `annotator check`, restore the file from a copy, and merge again",
            )
        if journal.flaws:
            torn = format_line_numbers(f.line for f in journal.flaws)
            self._not_merged.append(f"{where}: a torn end ({torn})")
        return journal.records

    def _name_beside(self, name: str, conflicting: Sequence[JournalRecord]) -> tuple[str, bool]:
        """Return the first of ``name.2``, ``name.3``, … that is free, or that has these records already.

        So a corpus that is merged a second time keeps once what contradicts it.
        """
        wanted = _without_annotator(conflicting)
        n = 2
        while True:
            other = f"{name[: _MAX_NAME_LENGTH - len(str(n)) - 1]}.{n}"
            having: list[Sequence[JournalRecord]] = [
                Journal.open(c.path, other, read_only=True).records for c in self._corpora if other in c.annotators()
            ]
            having += [self._kept_beside[other]] if other in self._kept_beside else []
            if not having:
                return other, False
            if any(_without_annotator(records[: len(wanted)]) == wanted for records in having):
                return other, True
            n += 1


def _without_annotator(records: Sequence[JournalRecord]) -> list[JournalRecord]:
    return [replace(r, annotator="") for r in records]


def _conflict_fields(
    conflicts: Sequence[JournalConflict], name: str, other: str, corpus: CorpusFolder
) -> Iterator[dict[str, Any]]:
    """Yield what ``--json`` lists of each conflict in one annotator's journals."""
    path = path_text(corpus.path)
    if not conflicts:
        what = f"the history of {name} cannot be put in one order with that in {path}"
        yield {"annotator": name, "kept_as": other, "what": what}
    for conflict in conflicts:
        s = conflict.article_range
        yield {
            "annotator": name,
            "kept_as": other,
            "article": s.article,
            "start": s.start,
            "end": s.end,
            "what": f"{name} has answered this in two ways; {path} has the other one",
            "here": [_annotation_fields(w) for w in conflict.ours],
            "there": [_annotation_fields(w) for w in conflict.theirs],
        }


def _annotation_fields(annotated: AnnotatedSentence) -> dict[str, Any]:
    a = annotated.annotation
    return {
        "sentence": annotated.sentence.id,
        "text": annotated.sentence.text,
        "answer": a.answer.value if a.answer else None,
        "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in a.spans],
    }
