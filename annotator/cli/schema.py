"""``annotator schema``: make and show schemas; rename, merge or split labels with all that was annotated."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from annotator.cli import output
from annotator.cli.options import PATH, json_option, login_name
from annotator.core.errors import UsageError, path_text
from annotator.storage.corpus_layout import is_corpus_folder
from annotator.storage.migrations import Migration, read_migrations
from annotator.storage.schemas import load_schema
from annotator.workflows import label_sets, migrating
from annotator.workflows.migrating import MigrationReport, describe_migration
from annotator.workflows.opening import open_corpus
from annotator.workflows.schema_listing import schema_as_dict, schema_lines
from annotator.workflows.statistics import calendar_day

_dry_run_option = click.option("--dry-run", is_flag=True, help="Report what would change, and change nothing.")


@click.group("schema", epilog="Example: annotator schema rename news COUNT AMOUNT --dry-run")
def command() -> None:
    """Make or show a schema; rename, merge or split the labels of a corpus together with its annotations.

    Of a corpus, journals are only added to, so the history stays, and `annotator schema undo` takes the last
    change back. What a person has to decide is flagged, with a note. Nobody may be annotating meanwhile.
    """


_out_option = click.option("--out", type=PATH, help="The file to write (default: standard output).")
_force_option = click.option("--force", is_flag=True, help="Overwrite the file of --out.")


@command.command("import", epilog="Example: annotator schema import labeling.xml --out schema.toml")
@click.argument("file", type=PATH)
@_out_option
@_force_option
@json_option
def import_command(file: Path, out: Path | None, force: bool, as_json: bool) -> None:
    """Make a schema of the label set of another tool.

    FILE is Label Studio's labelling XML or a project's JSON, brat's annotation.conf or its folder, the JSON of
    doccano's labels, of Prodigy's or of a tagset of INCEpTION, or a list of names. A file that this command has
    written is overwritten only while nobody has changed it.
    """
    imported = label_sets.import_label_set(file, out, force=force)
    if as_json:
        output.write_json(imported.as_dict())
    elif out is None:
        output.write_data(imported.text.splitlines())
    labels = ", ".join(x.name for x in imported.schema.labels)
    output.write_message(f"{imported.kind}: {output.count_text(len(imported.schema.labels), 'label')}: {labels}")
    for note in imported.notes:
        output.write_message(f"note: {note}")
    if out is not None:
        output.write_message(f"written to {path_text(out)}; use it with --schema")


@command.command("new", epilog="Example: annotator schema new PERSON SHIP --out ships.toml")
@click.argument("labels", nargs=-1, required=True)
@click.option("--name", default="labels", show_default=True, help="The name of the schema.")
@_out_option
@_force_option
def new_command(labels: tuple[str, ...], name: str, out: Path | None, force: bool) -> None:
    """Write a schema with these LABELS to begin with, with comments on what a label may have."""
    text = label_sets.new_schema_text(labels, name)
    if out is None:
        output.write_data(text.splitlines())
    else:
        label_sets.write_schema_file(out, text, force=force)
        output.write_message(f"written to {path_text(out)}; write the guideline into it, and use it with --schema")


@command.command("show", epilog="Example: annotator schema show news")
@click.argument("schema", type=PATH)
@json_option
def show_command(schema: Path, as_json: bool) -> None:
    """Show SCHEMA: that of a corpus, a file, or an installed one by its name.

    What is wrong in a file is an error, so that this checks it too.
    """
    found = open_corpus(schema).schema if is_corpus_folder(schema) else load_schema(schema)
    if as_json:
        output.write_json(schema_as_dict(found))
    else:
        output.write_report(schema_lines(found))


@command.command("rename")
@click.argument("corpus", type=PATH)
@click.argument("old")
@click.argument("new")
@_dry_run_option
@json_option
def rename_command(corpus: Path, old: str, new: str, dry_run: bool, as_json: bool) -> None:
    """Rename the label OLD to NEW."""
    report = migrating.rename_label(open_corpus(corpus), old, new, by=login_name(), dry_run=dry_run)
    _print_report(report, as_json=as_json)


@command.command("merge")
@click.argument("corpus", type=PATH)
@click.argument("labels", nargs=-1, required=True)
@click.option("--into", required=True, help="The one label; one of the others, or a new name.")
@_dry_run_option
@json_option
def merge_command(corpus: Path, labels: tuple[str, ...], into: str, dry_run: bool, as_json: bool) -> None:
    """Make one label of several LABELS."""
    report = migrating.merge_labels(open_corpus(corpus), labels, into, by=login_name(), dry_run=dry_run)
    _print_report(report, as_json=as_json)


@command.command("split")
@click.argument("corpus", type=PATH)
@click.argument("label")
@click.option("--into", required=True, help="The labels, with commas; a span that nothing assigns gets the first.")
@click.option("--take", multiple=True, help="CITY=Paris,Bonn: spans of these words are CITY for sure.")
@click.option("--reopen", is_flag=True, help="Take the answer off what is flagged: not exported meanwhile.")
@_dry_run_option
@json_option
def split_command(
    corpus: Path, label: str, into: str, take: tuple[str, ...], reopen: bool, dry_run: bool, as_json: bool
) -> None:
    """Make several labels of LABEL; sentences with spans that nothing assigns are flagged."""
    opened = open_corpus(corpus)
    names = tuple(dict.fromkeys(name.strip() for name in into.split(",") if name.strip()))
    if len(names) < 2:
        raise UsageError(f"--into {into} is no list of labels", do="give two at least, such as CITY,BUILDING")
    words = _parse_words(take, names)
    report = migrating.split_label(opened, label, names, take=words, by=login_name(), reopen=reopen, dry_run=dry_run)
    _print_report(report, as_json=as_json)


@command.command("undo")
@click.argument("corpus", type=PATH)
@_dry_run_option
@json_option
def undo_command(corpus: Path, dry_run: bool, as_json: bool) -> None:
    """Take the last rename, merge or split back; what was annotated since stays."""
    report = migrating.undo_migration(open_corpus(corpus), by=login_name(), dry_run=dry_run)
    _print_report(report, as_json=as_json)


@command.command("log")
@click.argument("corpus", type=PATH)
@json_option
def log_command(corpus: Path, as_json: bool) -> None:
    """List the migrations of a corpus, oldest first."""
    done = read_migrations(open_corpus(corpus).path)
    undone = {m.undoes for m in done}
    if as_json:
        output.write_json([_migration_fields(m) | {"undone": m.number in undone} for m in done])
        return
    if not done:
        output.write_message("no label has been renamed, merged or split here")
    for m in done:
        day = calendar_day(m.time, time.gmtime)
        back = " (taken back)" if m.number in undone else ""
        output.write_row(f"{m.number}  {day}  {m.by}  {describe_migration(m)}{back}")


def _migration_fields(m: Migration) -> dict[str, Any]:
    """Return a migration for ``--json``, in the order that the command has always had."""
    names = ("number", "kind", "sources", "into", "words", "before", "after", "undoes", "by", "time", "records")
    return {name: getattr(m, name) for name in names}


def _parse_words(take: Sequence[str], into: Sequence[str]) -> dict[str, str]:
    """Return the label by words, as ``--take`` gives them; raises UsageError."""
    labels: dict[str, str] = {}
    for option in take:
        label, _, words = option.partition("=")
        if label not in into or not words:
            raise UsageError(f"--take {option} decides nothing", do=f"write --take {into[-1]}=Paris,Bonn")
        for text in words.split(","):
            key = " ".join(text.split()).casefold()
            if labels.setdefault(key, label) != label:
                raise UsageError(f"--take gives “{text.strip()}” to two labels", do="leave it in one")
    return labels


def _print_report(report: MigrationReport, *, as_json: bool) -> None:
    if as_json:
        output.write_json(to_builtins(report))
    else:
        output.write_report(_report_lines(report))


def _report_lines(report: MigrationReport) -> Iterator[str]:
    yield f"{'would be: ' if report.dry else ''}schema {report.number}: {report.description}"
    by_annotator = ", ".join(f"{name} {n}" for name, n in report.sentences.items()) or "none"
    yield f"sentences with new labels: {by_annotator}; {output.count_text(report.spans, 'span')}"
    if report.doubles:
        yield f"fell together with another span of the same range: {report.doubles}"
    if report.doubtful:
        n = output.count_text(len(report.doubtful), "sentence")
        search = f"a search for `flag` walks through them, opened --as {', '.join(report.sentences)}"
        yield f"to be looked at again, flagged with a note: {n} ({search})"
        yield from (f"  {sentence}" for sentence in report.doubtful)
