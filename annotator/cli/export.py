"""``annotator export``: what was accepted becomes training data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from annotator.cli import output
from annotator.cli.gather import gather
from annotator.cli.options import json_option, open_corpus
from annotator.core.errors import UsageError
from annotator.export.corpus import export_corpus
from annotator.export.values import ExportOptions


@click.command("export")
@click.argument("corpus", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
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
@click.option(
    "--annotator", "name", default=None, help="Whose annotations, where several worked on one sentence."
)
@click.option("--ledger", type=click.Choice(["exceptions", "full"]), default="exceptions", show_default=True)
@json_option
def command(
    corpus: Path,
    out: Path,
    spans_key: str,
    unit: Literal["sentence", "article"],
    split: str,
    name: str | None,
    ledger: Literal["exceptions", "full"],
    as_json: bool,
) -> None:
    """Write train.spacy, dev.spacy, test.spacy, config.cfg and ledger.jsonl of CORPUS to OUT.

    Exit code 3 says that something was left out that you did not ask to leave out; the ledger
    says what.
    """
    opened = open_corpus(corpus)
    options = ExportOptions(spans_key, unit, _shares(split), ledger, opened.lang)
    gathered = gather(opened, name)
    for warning in (*opened.warnings, *gathered.warnings):
        output.warn(warning)
    with output.progress("export") as show:
        report = export_corpus(
            gathered.items,
            gathered.unreviewed,
            opened.schema,
            out,
            options,
            missing=gathered.missing,
            progress=show,
        )
    if as_json:
        output.as_json(report.as_dict())
    else:
        output.data(report.lines())
    if report.lost:
        sys.exit(output.LOST)


def _shares(split: str) -> tuple[int, int, int]:
    parts = split.split("/")
    if len(parts) != 3 or not all(p.isdecimal() for p in parts):
        raise UsageError(f"--split {split} is no split", do="give three shares, such as 80/10/10")
    return int(parts[0]), int(parts[1]), int(parts[2])
