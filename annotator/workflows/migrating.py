"""Renames, merges and splits labels together with all that was annotated, and takes it back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.edits import Op
from annotator.core.errors import SchemaError, UsageError
from annotator.core.journal_record import JournalRecord
from annotator.core.label_migration import (
    MigrationKind,
    MigrationRule,
    MigrationUndo,
    SentenceMigration,
    migrate_labels,
)
from annotator.core.schema import is_label_name
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import read_text
from annotator.storage.journal import Journal, ReplayedJournal
from annotator.storage.migrations import Migration, all_journals_locked, apply_migration, read_migrations
from annotator.storage.schema_editing import merge_labels_in_schema, rename_label_in_schema, split_label_in_schema
from annotator.storage.schemas import parse_schema_text

_DESCRIPTIONS = {
    MigrationKind.RENAME: "{0} is {1} now",
    MigrationKind.MERGE: "{0} are {1} now",
    MigrationKind.SPLIT: "{0} is {1} now",
}


class MigrationReport(Struct, frozen=True):
    """What a migration of labels did, or would do."""

    number: int
    description: str = field(name="told")
    sentences: Mapping[str, int] = field(default_factory=dict)
    """By annotator, how many sentences got a new record."""
    spans: int = 0
    """How many spans they had under the old labels."""
    doubles: int = 0
    """How many of them fell together with one of the same range."""
    doubtful: Sequence[str] = ()
    """The ids of the sentences for a person to check: they are flagged, with a note."""
    dry: bool = False


def rename_label(corpus: CorpusFolder, old: str, new: str, *, by: str, dry_run: bool = False) -> MigrationReport:
    """Rename a label; raises SchemaError where ``old`` is not there or ``new`` is there already."""
    _require_label(corpus, old)
    _check_new_label(corpus, new)
    rule = _next_rule(corpus, MigrationKind.RENAME, (old,), (new,))
    return _migrate(corpus, rule, rename_label_in_schema(_schema_text(corpus), old, new), by, dry=dry_run)


def merge_labels(
    corpus: CorpusFolder, labels: Sequence[str], into: str, *, by: str, dry_run: bool = False
) -> MigrationReport:
    """Make one label of several; raises SchemaError for an unknown one, UsageError for fewer than two."""
    sources = tuple(dict.fromkeys((*labels, *([into] if corpus.schema.label(into) else []))))
    for name in sources:
        _require_label(corpus, name)
    if len(sources) < 2:
        raise UsageError("there is nothing to merge", do="name two labels, or use `annotator schema rename`")
    if into not in sources:
        _check_new_label(corpus, into)
    rule = _next_rule(corpus, MigrationKind.MERGE, sources, (into,))
    return _migrate(corpus, rule, merge_labels_in_schema(_schema_text(corpus), sources, into), by, dry=dry_run)


def split_label(
    corpus: CorpusFolder,
    label: str,
    into: Sequence[str],
    *,
    take: Mapping[str, str],
    by: str,
    reopen: bool = False,
    dry_run: bool = False,
) -> MigrationReport:
    """Make several labels of one.

    ``take`` gives a label to the spans of some words (case folded, single blanks). All other spans get
    the first label; their sentences are flagged and lose their answer with ``reopen``. Raises SchemaError.
    """
    _require_label(corpus, label)
    for name in into:
        if name != label:
            _check_new_label(corpus, name)
    rule = _next_rule(corpus, MigrationKind.SPLIT, (label,), tuple(into))
    rule = replace(rule, words=take, reopen=reopen)
    return _migrate(corpus, rule, split_label_in_schema(_schema_text(corpus), label, into), by, dry=dry_run)


def undo_migration(corpus: CorpusFolder, *, by: str, dry_run: bool = False) -> MigrationReport:
    """Take the last migration back; what was annotated since stays.

    Raises UsageError where there is none, SchemaError where the schema was changed since.
    """
    done = read_migrations(corpus.path)
    undone = {m.undoes for m in done}
    last = next((m for m in reversed(done) if not m.undoes and m.number not in undone), None)
    if last is None:
        raise UsageError("there is no migration to take back", do="`annotator schema log` lists them")
    if _schema_text(corpus) != last.after:
        do = "put it back as it was then, or rename and merge by hand"
        raise SchemaError("the schema was changed since the last migration", where=str(corpus.schema_path), do=do)
    rule = _next_rule(corpus, MigrationKind.UNDO, last.rule.into, last.rule.sources)
    old = parse_schema_text(last.before, "the schema before")

    def changes_of(history: _JournalHistory) -> list[SentenceMigration]:
        changes = _changes_by_rule(history.journal, last.rule)
        return MigrationUndo(last.rule, changes, old).changes(history.annotated_sentences, rule.tag)

    migration = Migration.by_rule(rule, last.after, last.before, undoes=last.number, by=by)
    return _carry_out(corpus, migration, changes_of, dry=dry_run)


def describe_migration(migration: Migration) -> str:
    """Return what a migration did to the labels, in words."""
    if migration.kind is MigrationKind.UNDO:
        return f"schema {migration.undoes} is taken back"
    labels = (" and ".join(migration.sources), " or ".join(migration.into))
    return _DESCRIPTIONS[migration.kind].format(*labels)


def _schema_text(corpus: CorpusFolder) -> str:
    return read_text(corpus.schema_path, SchemaError)


def _require_label(corpus: CorpusFolder, name: str) -> None:
    if corpus.schema.label(name) is None:
        there = ", ".join(x.name for x in corpus.schema.labels)
        raise SchemaError(f"there is no label {name}", where=str(corpus.schema_path), do=f"use one of {there}")


def _check_new_label(corpus: CorpusFolder, name: str) -> None:
    if not is_label_name(name) or name.startswith("-") or set(name) & set(",="):  # options and lists need these
        do = "use a name of up to 64 characters, without blanks, control characters, , and =, and no - at the start"
        raise SchemaError(f"{name!r} cannot be the name of a label", where=str(corpus.schema_path), do=do)
    if corpus.schema.label(name):
        do = "choose another name, or use `annotator schema merge`"
        raise SchemaError(f"there is a label {name} already", where=str(corpus.schema_path), do=do)


def _next_rule(
    corpus: CorpusFolder, kind: MigrationKind, sources: tuple[str, ...], into: tuple[str, ...]
) -> MigrationRule:
    return MigrationRule(len(read_migrations(corpus.path)) + 1, kind, sources, into)


def _migrate(corpus: CorpusFolder, rule: MigrationRule, after: str, by: str, *, dry: bool) -> MigrationReport:
    """Carry a rule out in all journals, and put the schema ``after`` in force."""
    new = parse_schema_text(after, "the new schema")
    migration = Migration.by_rule(rule, _schema_text(corpus), after, by=by)

    def changes_of(history: _JournalHistory) -> list[SentenceMigration]:
        return migrate_labels(history.annotated_sentences, rule, corpus.schema, new)

    return _carry_out(corpus, migration, changes_of, dry=dry)


class _JournalHistory(ReplayedJournal, frozen=True):
    """A journal with the changes that a migration makes in it."""

    def marker_changes(self, labels: Sequence[str]) -> list[SentenceMigration]:
        """Return a change that changes nothing where only undo or redo would bring back one of the labels.

        Its record keeps what was done before from being undone into labels that the schema lacks.
        """
        had = self.labels_in_history().intersection(labels)
        return [SentenceMigration(w, w) for w in self.annotated_sentences[-1:]] if had else []

    def records(self, changes: Sequence[SentenceMigration], tag: str, now: float) -> list[JournalRecord]:
        """Return the records that carry the changes out, as one batch."""
        first = self.journal.next_seq
        batch = (first, len(changes)) if len(changes) > 1 else None
        return [
            JournalRecord(
                seq=first + n,
                op=Op.MIGRATE,
                annotated=change.after,
                parent=self.store.last_seq(change.before.sentence.id),
                batch=batch,
                annotator=self.journal.annotator,
                session=tag,
                time=now,
            )
            for n, change in enumerate(changes)
        ]


def _changes_by_rule(journal: Journal, rule: MigrationRule) -> list[SentenceMigration]:
    """Return what a migration has changed in a journal.

    A journal that came by `annotator merge` may hold another migration with the same number.
    """
    by_seq = {r.seq: r for r in journal.records}
    mine = [r for r in journal.records if r.op is Op.MIGRATE and r.session == rule.tag and r.parent]
    pairs = [(by_seq[r.parent].annotated, r.annotated) for r in mine if r.parent in by_seq]
    changes = (SentenceMigration(a, b, a.annotation.note != b.annotation.note) for a, b in pairs)
    return [change for change in changes if rule.accounts_for(change)]


def _carry_out(
    corpus: CorpusFolder,
    migration: Migration,
    changes_of: Callable[[_JournalHistory], list[SentenceMigration]],
    *,
    dry: bool,
) -> MigrationReport:
    """Write the changes of all journals, unless ``dry``, and report them."""
    now, rule = time.time(), migration.rule
    with all_journals_locked(corpus) as journals:
        histories = {
            name: _JournalHistory.of(journal, corpus.sentences_to_replay) for name, journal in journals.items()
        }
        changes = {name: changes_of(h) or h.marker_changes(rule.sources) for name, h in histories.items()}
        sentences = {name: len(each) for name, each in changes.items() if each}
        if not dry:
            records = {n: histories[n].records(changes[n], rule.tag, now) for n in sentences}
            apply_migration(corpus, journals, records, replace(migration, time=now, records=sentences))
    every = [c for each in changes.values() for c in each]
    return MigrationReport(
        rule.number,
        describe_migration(migration),
        sentences,
        spans=sum(s.label in rule.sources for c in every for s in c.before.annotation.spans),
        doubles=max(0, sum(len(c.before.annotation.spans) - len(c.after.annotation.spans) for c in every)),
        doubtful=sorted({c.after.sentence.id for c in every if c.doubtful}),
        dry=dry,
    )
