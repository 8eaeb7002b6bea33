"""``annotator export``: what was accepted becomes training data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click
from click.core import ParameterSource

from annotator.cli import output
from annotator.cli.gather import Gathered, gather
from annotator.cli.options import PATH, json_option, open_corpus
from annotator.cli.prodigy import export_tasks
from annotator.core.errors import UsageError
from annotator.export.corpus import export_corpus
from annotator.export.values import ExportOptions, ExportReport
from annotator.storage.corpus import Corpus

_TRAINING = {"spans_key": "--spans-key", "unit": "--unit", "split": "--split"}
"""Options that say how a spaCy export is made."""


@click.command("export")
@click.argument("corpus", type=PATH)
@click.argument("out", type=PATH)
@click.option(
    "--format",
    "to",
    type=click.Choice(["spacy", "prodigy"]),
    default="spacy",
    show_default=True,
    help="Training data, or annotations.jsonl with every answer.",
)
@click.option("--spans-key", default="sc", show_default=True, help="The span group that all spans go to.")
@click.option(
    "--unit",
    type=click.Choice(["sentence", "article"]),
    default="sentence",
    show_default=True,
    help="One Doc each.",
)
@click.option(
    "--split", default="80/10/10", show_default=True, help="Shares of train, dev and test, by article."
)
@click.option("--annotator", "name", default=None, help="Whose annotations; everybody's without it.")
@click.option("--ledger", type=click.Choice(["exceptions", "full"]), default="exceptions", show_default=True)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    corpus: Path,
    out: Path,
    to: str,
    spans_key: str,
    unit: Literal["sentence", "article"],
    split: str,
    name: str | None,
    ledger: Literal["exceptions", "full"],
    as_json: bool,
) -> None:
    """Write train.spacy, dev.spacy, test.spacy, config.cfg and ledger.jsonl of CORPUS to OUT.

    With --format prodigy, write annotations.jsonl and ledger.jsonl. Files in OUT that no export has
    written, or that were changed since, are neither overwritten nor removed.

    Exit code 3 says that something was left out that you did not ask to leave out; the ledger
    says what.
    """
    if to == "prodigy":
        _refuse_options(ctx)
    opened = open_corpus(corpus)
    options = ExportOptions(spans_key, unit, _shares(split), ledger, opened.lang)
    gathered = gather(opened, name)
    for warning in (*opened.warnings, *gathered.warnings):
        output.warn(warning)
    made = _tasks if to == "prodigy" else _spacy
    report = made(opened, gathered, out, options)
    if as_json:
        output.as_json(report.as_dict())
    else:
        output.data(report.lines())
    if report.lost:
        sys.exit(output.LOST)


def _refuse_options(ctx: click.Context) -> None:
    """Raise UsageError for an option that the format has no use for."""
    given = [o for p, o in _TRAINING.items() if ctx.get_parameter_source(p) is ParameterSource.COMMANDLINE]
    if given:
        raise UsageError(f"{given[0]} has no meaning with --format prodigy", do="leave it out")


def _spacy(corpus: Corpus, gathered: Gathered, out: Path, options: ExportOptions) -> ExportReport:
    with output.progress("export") as show:
        return export_corpus(
            gathered.items,
            gathered.unreviewed,
            corpus.schema,
            out,
            options,
            missing=gathered.missing,
            progress=show,
        )


def _tasks(_: Corpus, gathered: Gathered, out: Path, options: ExportOptions) -> ExportReport:
    return export_tasks(gathered, out, full=options.ledger == "full")


def _shares(split: str) -> tuple[int, int, int]:
    parts = split.split("/")
    if len(parts) != 3 or not all(p.isdecimal() and len(p) <= 6 for p in parts):
        raise UsageError(f"--split {split} is no split", do="give three shares, such as 80/10/10")
    return int(parts[0]), int(parts[1]), int(parts[2])
