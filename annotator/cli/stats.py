"""``annotator stats``: pace, keys, progress with a forecast, labels and what became of suggestions."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from annotator.cli import output
from annotator.cli.options import PATH, exit_for_losses, json_option
from annotator.workflows.opening import open_corpus
from annotator.workflows.statistics import StatisticsReport, collect_statistics

MAX_WIDTH = 100


@click.command("stats", epilog="Example: annotator stats news --as ana")
@click.argument("corpus", type=PATH)
@click.option("--as", "name", default=None, help="Whose figures; everybody's without it.")
@click.option("--labels", multiple=True, metavar="LABELS", help="What is left for these labels, such as CLAIM.")
@click.option("--ascii", "ascii_glyphs", is_flag=True, help="Draw with ASCII characters alone.")
@json_option
def command(corpus: Path, name: str | None, labels: tuple[str, ...], ascii_glyphs: bool, as_json: bool) -> None:
    """Print figures of the work on CORPUS: pace, keys a span, progress, labels, suggestions.

    Breaks are left out. What the journals do not show is not guessed. Nothing is changed,
    and a journal that somebody is writing may be read.

    Exit code 3 means that an article or lines of a journal do not count because they are damaged.
    """
    opened = open_corpus(corpus)
    report = collect_statistics(opened, name, labels)
    for warning in report.warnings:
        output.write_warning(warning)
    if as_json:
        output.write_json(report.as_dict())
    else:
        _print_report(report, plain=ascii_glyphs or not _stdout_has_blocks())
    exit_for_losses(len(report.left_out) + len(opened.damaged_articles))


def _stdout_has_blocks() -> bool:
    """Whether stdout can take block characters."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "") in {"utf8", "utf16", "utf32"}


def _print_report(report: StatisticsReport, *, plain: bool) -> None:
    width = max(60, min(MAX_WIDTH, shutil.get_terminal_size((80, 24)).columns)) - 1
    output.write_data(report.lines(width, plain=plain))
