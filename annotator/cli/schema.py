"""``annotator schema``: rename, merge or split labels, with all that was annotated, and take it back."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, to_builtins

from annotator.cli import output
from annotator.cli.options import PATH, json_option, login_name, open_corpus
from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.edits import History, Op
from annotator.core.errors import SchemaError, UsageError
from annotator.core.journal_record import JournalRecord
from annotator.core.label_migration import (
    MigrationKind,
    MigrationRule,
    MigrationUndo,
    SentenceMigration,
    migrate_labels,
)
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import read_text
from annotator.storage.journal import Journal
from annotator.storage.migrations import Migration, all_journals_locked, apply_migration, read_migrations
from annotator.storage.schema_editing import merge_labels, rename_label, split_label
from annotator.storage.schemas import parse_schema_text

_DESCRIPTIONS = {
    MigrationKind.RENAME: "{0} is {1} now",
    MigrationKind.MERGE: "{0} are {1} now",
    MigrationKind.SPLIT: "{0} is {1} now",
}
_dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")


class SchemaChangeReport(Struct, frozen=True):
    """What a migration did."""

    number: int
    told: str
    sentences: Mapping[str, int]
    """By annotator, how many sentences got a new record."""
    spans: int
    """How many spans they had under the old labels."""
    doubles: int
    """How many of them fell together with one of the same range."""
    doubtful: Sequence[str]
    """The ids of the sentences that are to be looked at again: they are flagged, with a note."""
    dry: bool

    def lines(self) -> list[str]:
        """Return the report for people."""
        each = ", ".join(f"{name} {n}" for name, n in self.sentences.items()) or "none"
        out = [f"{'would be: ' if self.dry else ''}schema {self.number}: {self.told}"]
        out.append(f"sentences with new labels: {each}; {output.count_text(self.spans, 'span')}")
        if self.doubles:
            out.append(f"fell together with another span of the same range: {self.doubles}")
        if self.doubtful:
            n = len(self.doubtful)
            flagged = f"to be looked at again, flagged with a note: {output.count_text(n, 'sentence')}"
            whose = ", ".join(self.sentences)
            out.append(f"{flagged} (a search for `flag` walks through them, opened --as {whose})")
            out += [f"  {sentence}" for sentence in self.doubtful]
        return out


@click.group("schema")
def command() -> None:
    """Rename, merge or split the labels of a corpus together with its annotations.

    Journals are only added to, so the history stays, and `annotator schema undo` takes the last change
    back. What a person has to decide is flagged, with a note. Nobody may be annotating meanwhile.
    """


@command.command("rename")
@click.argument("corpus", type=PATH)
@click.argument("old")
@click.argument("new")
@_dry_run_option
@json_option
def rename_command(corpus: Path, old: str, new: str, dry_run: bool, as_json: bool) -> None:
    """Rename the label OLD to NEW."""
    opened = open_corpus(corpus)
    _require_label(opened, old)
    _refuse_existing_label(opened, new)
    after = rename_label(_schema_text(opened), old, new)
    _run_migration(opened, MigrationKind.RENAME, (old,), (new,), after, dry=dry_run, as_json=as_json)


@command.command("merge")
@click.argument("corpus", type=PATH)
@click.argument("labels", nargs=-1, required=True)
@click.option("--into", required=True, help="The one label; one of the others, or a new name.")
@_dry_run_option
@json_option
def merge_command(corpus: Path, labels: tuple[str, ...], into: str, dry_run: bool, as_json: bool) -> None:
    """Make one label of several LABELS."""
    opened = open_corpus(corpus)
    every = tuple(dict.fromkeys((*labels, *([into] if opened.schema.label(into) else []))))
    for name in every:
        _require_label(opened, name)
    if len(every) < 2:
        raise UsageError("there is nothing to merge", do="name two labels, or use `annotator schema rename`")
    after = merge_labels(_schema_text(opened), every, into)
    _run_migration(opened, MigrationKind.MERGE, every, (into,), after, dry=dry_run, as_json=as_json)


@command.command("split")
@click.argument("corpus", type=PATH)
@click.argument("label")
@click.option("--into", required=True, help="The labels, with commas; what nothing decides gets the first.")
@click.option("--take", multiple=True, help="CITY=Paris,Bonn: spans of these words are CITY for sure.")
@click.option("--reopen", is_flag=True, help="Take the answer off what is flagged: not exported meanwhile.")
@_dry_run_option
@json_option
def split_command(
    corpus: Path, label: str, into: str, take: tuple[str, ...], reopen: bool, dry_run: bool, as_json: bool
) -> None:
    """Make several labels of LABEL; sentences in which nothing decides are flagged."""
    opened = open_corpus(corpus)
    _require_label(opened, label)
    names = tuple(dict.fromkeys(name.strip() for name in into.split(",") if name.strip()))
    if len(names) < 2:
        raise UsageError(f"--into {into} is no list of labels", do="give two at least, such as CITY,BUILDING")
    for name in names:
        if name != label:
            _refuse_existing_label(opened, name)
    after = split_label(_schema_text(opened), label, names)
    words = _parse_words(take, names)
    _run_migration(
        opened,
        MigrationKind.SPLIT,
        (label,),
        names,
        after,
        words=words,
        reopen=reopen,
        dry=dry_run,
        as_json=as_json,
    )


@command.command("undo")
@click.argument("corpus", type=PATH)
@_dry_run_option
@json_option
def undo_command(corpus: Path, dry_run: bool, as_json: bool) -> None:
    """Take the last rename, merge or split back; what was annotated since stays."""
    opened = open_corpus(corpus)
    done = read_migrations(opened.path)
    back = {m.undoes for m in done}
    last = next((m for m in reversed(done) if not m.undoes and m.rule.number not in back), None)
    if last is None:
        raise UsageError("there is no migration to take back", do="`annotator schema log` lists them")
    if _schema_text(opened) != last.after:
        raise SchemaError(
            "the schema was changed since the last migration",
            where=str(opened.schema_path),
            do="put it back as it was then, or rename and merge by hand",
        )
    rule = MigrationRule(len(done) + 1, MigrationKind.UNDO, last.rule.into, last.rule.sources)
    old = parse_schema_text(last.before, "the schema before")
    with all_journals_locked(opened) as journals:
        pasts = {name: _JournalHistory.of(opened, journal) for name, journal in journals.items()}
        changes: dict[str, list[SentenceMigration]] = {}
        for name, past in pasts.items():
            taker = MigrationUndo(last.rule, _changes_of(past.journal, last.rule), old)
            changes[name] = taker.changes(past.annotated_sentences, rule.tag) or past.marker_changes(
                rule.sources
            )
        migration = Migration(rule, last.after, last.before, undoes=last.rule.number)
        report = _apply_changes(
            opened, pasts, changes, migration, _describe_rule(rule, last.rule.number), dry=dry_run
        )
    _print_report(report, as_json=as_json)


@command.command("log")
@click.argument("corpus", type=PATH)
@json_option
def log_command(corpus: Path, as_json: bool) -> None:
    """List the migrations of a corpus, oldest first."""
    done = read_migrations(open_corpus(corpus).path)
    back = {m.undoes for m in done}
    if as_json:
        output.write_json([_migration_fields(m) | {"undone": m.rule.number in back} for m in done])
        return
    if not done:
        output.write_message("no label has been renamed, merged or split here")
    for m in done:
        day = time.strftime("%Y-%m-%d", time.gmtime(m.time))
        gone = " (taken back)" if m.rule.number in back else ""
        output.write_data([f"{m.rule.number}  {day}  {m.by}  {_describe_rule(m.rule, m.undoes)}{gone}"])


def _migration_fields(m: Migration) -> dict[str, Any]:
    fields: dict[str, Any] = to_builtins(m)
    rule = fields.pop("rule")
    return {k: rule[k] for k in ("number", "kind", "sources", "into", "words")} | fields


def _describe_rule(rule: MigrationRule, undoes: int = 0) -> str:
    if rule.kind is MigrationKind.UNDO:
        return f"schema {undoes} is taken back"
    return _DESCRIPTIONS[rule.kind].format(" and ".join(rule.sources), " or ".join(rule.into))


def _schema_text(corpus: CorpusFolder) -> str:
    return read_text(corpus.schema_path, SchemaError)


def _require_label(corpus: CorpusFolder, name: str) -> None:
    if corpus.schema.label(name) is None:
        there = ", ".join(x.name for x in corpus.schema.labels)
        raise SchemaError(
            f"there is no label {name}", where=str(corpus.schema_path), do=f"use one of {there}"
        )


def _refuse_existing_label(corpus: CorpusFolder, name: str) -> None:
    if corpus.schema.label(name):
        raise SchemaError(
            f"there is a label {name} already",
            where=str(corpus.schema_path),
            do="choose another name, or use `annotator schema merge`",
        )


def _parse_words(take: Sequence[str], into: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for option in take:
        label, _, words = option.partition("=")
        if label not in into or not words:
            raise UsageError(f"--take {option} decides nothing", do=f"write --take {into[-1]}=Paris,Bonn")
        for text in words.split(","):
            key = " ".join(text.split()).casefold()
            if found.setdefault(key, label) != label:
                raise UsageError(f"--take gives “{text.strip()}” to two labels", do="leave it in one")
    return found


def _run_migration(
    corpus: CorpusFolder,
    kind: MigrationKind,
    sources: tuple[str, ...],
    into: tuple[str, ...],
    after: str,
    *,
    words: Mapping[str, str] | None = None,
    reopen: bool = False,
    dry: bool,
    as_json: bool,
) -> None:
    rule = MigrationRule(len(read_migrations(corpus.path)) + 1, kind, sources, into, words or {}, reopen)
    new = parse_schema_text(after, "the new schema")
    with all_journals_locked(corpus) as journals:
        histories = {name: _JournalHistory.of(corpus, journal) for name, journal in journals.items()}
        changes = {
            name: migrate_labels(history.annotated_sentences, rule, corpus.schema, new)
            or history.marker_changes(rule.sources)
            for name, history in histories.items()
        }
        migration = Migration(rule, _schema_text(corpus), after)
        report = _apply_changes(corpus, histories, changes, migration, _describe_rule(rule), dry=dry)
    _print_report(report, as_json=as_json)


class _JournalHistory(Struct, frozen=True):
    """A journal, the works that it adds up to, and what could be undone."""

    journal: Journal
    store: AnnotationStore
    history: History

    @classmethod
    def of(cls, corpus: CorpusFolder, journal: Journal) -> _JournalHistory:
        store = AnnotationStore(corpus.sentences)
        return cls(journal, store, store.replay(journal.records))

    @property
    def annotated_sentences(self) -> list[AnnotatedSentence]:
        """Every sentence that has a record."""
        return [
            w for article in self.store.touched_articles for w in self.store.touched_sentences_of(article)
        ]

    def marker_changes(self, labels: Sequence[str]) -> list[SentenceMigration]:
        """Return a change that changes nothing where only what undo would bring back has a label."""
        edits = (*self.history.done, *self.history.undone)
        reached = (w for e in edits for w in (*e.before, *e.after))
        had = any(s.label in labels for w in reached for s in w.annotation.spans)
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


def _changes_of(journal: Journal, rule: MigrationRule) -> list[SentenceMigration]:
    """Return what a migration has changed in a journal.

    A journal that came by `annotator merge` may tell of another one with the same number.
    """
    by_seq = {r.seq: r for r in journal.records}
    mine = [r for r in journal.records if r.op is Op.MIGRATE and r.session == rule.tag and r.parent]
    pairs = [(by_seq[r.parent].annotated, r.annotated) for r in mine if r.parent in by_seq]
    changes = (SentenceMigration(a, b, a.annotation.note != b.annotation.note) for a, b in pairs)
    return [change for change in changes if rule.accounts_for(change)]


def _apply_changes(
    corpus: CorpusFolder,
    histories: Mapping[str, _JournalHistory],
    changes: Mapping[str, Sequence[SentenceMigration]],
    migration: Migration,
    description: str,
    *,
    dry: bool,
) -> SchemaChangeReport:
    now = time.time()
    rule, every = migration.rule, [c for each in changes.values() for c in each]
    sentences = {name: len(each) for name, each in changes.items() if each}
    if not dry:
        records = {n: histories[n].records(changes[n], rule.tag, now) for n in sentences}
        full = Migration(
            rule, migration.before, migration.after, migration.undoes, login_name(), now, sentences
        )
        apply_migration(corpus, {n: p.journal for n, p in histories.items()}, records, full)
    spans = sum(s.label in rule.sources for c in every for s in c.before.annotation.spans)
    doubles = sum(len(c.before.annotation.spans) - len(c.after.annotation.spans) for c in every)
    doubtful = [c.after.sentence.id for c in every if c.doubtful]
    return SchemaChangeReport(
        rule.number, description, sentences, spans, max(0, doubles), sorted(set(doubtful)), dry
    )


def _print_report(report: SchemaChangeReport, *, as_json: bool) -> None:
    if as_json:
        output.write_json(to_builtins(report))
    else:
        output.write_data(report.lines())
