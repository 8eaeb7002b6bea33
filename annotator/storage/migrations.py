"""The label migrations of a corpus: ``migrations.jsonl`` lists them, the journals hold their records.

A line is one migration: ``_v``, ``n`` (from 1), ``kind``, ``sources``, ``into``, ``words``, ``undoes``,
``by``, ``time`` (seconds since 1970), the schema's text ``before`` and ``after``, and by annotator how many
``records`` it added. The records have ``_op: migrate`` and the session ``schema-<n>``.

All journals are locked while one is carried out. An error on the way leaves journals, schema and list as
they were. A kill -9 in between may leave some journals migrated: the same command, run again, does what
is missing, because the migration that was cut short is not in the list and its number is given again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct, ValidationError, convert, field, to_builtins

from annotator.core.errors import CorpusError, JournalError
from annotator.core.journal_record import JournalRecord
from annotator.core.label_migration import MigrationKind, MigrationRule
from annotator.storage.atomic import restored_on_error
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import COVERAGE_FILE, MIGRATIONS_FILE
from annotator.storage.coverage_file import migrate_coverage_base
from annotator.storage.file_io import dump_json_line, parse_json_line, translate_os_errors
from annotator.storage.journal import Journal

MIGRATIONS_FORMAT = 1


class Migration(Struct, frozen=True):
    """One migration as a line of the file."""

    version: int = field(name="_v")
    number: int = field(name="n")
    kind: MigrationKind
    sources: tuple[str, ...]
    into: tuple[str, ...]
    words: dict[str, str]
    undoes: int
    by: str
    time: float
    records: dict[str, int]
    """How many records it added, by annotator."""
    before: str
    """The text of the schema before it."""
    after: str

    @classmethod
    def by_rule(cls, rule: MigrationRule, before: str, after: str, *, by: str, undoes: int = 0) -> Migration:
        """Return the migration that carries a rule out."""
        labels = (rule.kind, rule.sources, rule.into, dict(rule.words))
        return cls(MIGRATIONS_FORMAT, rule.number, *labels, undoes, by, 0.0, {}, before, after)

    @property
    def rule(self) -> MigrationRule:
        """Which labels become which."""
        return MigrationRule(self.number, self.kind, self.sources, self.into, self.words)


def read_migrations(corpus: Path) -> tuple[Migration, ...]:
    """Return the migrations of a corpus, oldest first; raises CorpusError where the file is damaged."""
    path = corpus / MIGRATIONS_FILE
    with translate_os_errors("read", path):
        return decode_migrations(path.read_bytes(), str(path)) if path.exists() else ()


def decode_migrations(raw: bytes, where: str) -> tuple[Migration, ...]:
    """Return the migrations in the file; raises CorpusError with the line."""
    lines = raw.split(b"\n")
    return tuple(_decode_migration(line, f"{where}:{n}", n) for n, line in enumerate(lines, 1) if line.strip())


def _decode_migration(line: bytes, where: str, number: int) -> Migration:
    data = parse_json_line(line, where)
    if isinstance(version := data.get("_v"), int) and version > MIGRATIONS_FORMAT:
        raise CorpusError(f"a newer Annotator wrote this (format {version})", where=where, do="update Annotator")
    try:
        migration = convert({"_v": MIGRATIONS_FORMAT, **data}, Migration)
        wrong = "" if migration.number == number else "`n` is not the line's number"
    except ValidationError as error:
        wrong = str(error)
    if wrong:
        raise CorpusError(f"this is no migration ({wrong})", where=where, do="restore the file from a copy")
    return migration


@contextmanager
def all_journals_locked(corpus: CorpusFolder) -> Iterator[dict[str, Journal]]:
    """Hold the journals of all annotators; raises JournalError for one that is held or damaged."""
    with ExitStack() as stack:
        journals = {n: stack.enter_context(Journal.open(corpus.path, n)) for n in corpus.annotators()}
        for journal in journals.values():
            if journal.pending:
                raise journal.pending.error
            if journal.damaged:
                what = "the journal is damaged, so its labels cannot be changed"
                raise JournalError(what, where=str(journal.path), do="run `annotator repair` first")
        yield journals


def apply_migration(
    corpus: CorpusFolder,
    journals: Mapping[str, Journal],
    records: Mapping[str, Sequence[JournalRecord]],
    migration: Migration,
) -> None:
    """Add the records, list the migration and put its schema in force; an error undoes all of it."""
    path = corpus.path / MIGRATIONS_FILE
    changed = [journals[n].path for n in records]
    replaced = [path, corpus.schema_path, corpus.path / COVERAGE_FILE]
    with translate_os_errors("write", corpus.path), restored_on_error(changed, replaced):
        listed = path.read_bytes() if path.exists() else b""
        line = dump_json_line(to_builtins(migration) | {"time": int(migration.time)})
        for name, made in records.items():
            journals[name].append(made)
        corpus.write_file(MIGRATIONS_FILE, listed + line)
        migrate_coverage_base(corpus.path, migration.rule)
        corpus.set_schema(migration.after, instead_of=migration.before)
