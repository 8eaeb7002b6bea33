"""``annotator stats``: pace, keys, progress with a forecast, labels and what became of suggestions."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from annotator.cli import output
from annotator.cli.options import PATH, exit_for_losses, json_option
from annotator.statistics.summary import AnnotationStatistics
from annotator.workflows.opening import open_corpus
from annotator.workflows.statistics import StatisticsReport, collect_statistics

MAX_WIDTH = 100


@click.command("stats")
@click.argument("corpus", type=PATH)
@click.option("--as", "name", default=None, help="Whose figures; everybody's without it.")
@click.option("--ascii", "ascii_glyphs", is_flag=True, help="Draw with ASCII characters alone.")
@json_option
def command(corpus: Path, name: str | None, ascii_glyphs: bool, as_json: bool) -> None:
    """Print honest figures of the work on CORPUS: pace, keys a span, progress, labels, suggestions.

    Idle time is left out, what cannot be told from the journals is not guessed. Nothing is changed,
    and a journal that somebody is writing may be read.

    Exit code 3 says that lines of a journal do not count because they are damaged.
    """
    report = collect_statistics(open_corpus(corpus), name)
    for warning in report.warnings:
        output.write_warning(warning)
    if as_json:
        output.write_json(_report_fields(report))
    else:
        _print_report(report, plain=ascii_glyphs or not _stdout_has_blocks())
    exit_for_losses(len(report.left_out))


def _stdout_has_blocks() -> bool:
    """Whether stdout can take block characters."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "") in {"utf8", "utf16", "utf32"}


def _print_report(report: StatisticsReport, *, plain: bool) -> None:
    from annotator.statistics.plain_text import plain_row_text
    from annotator.statistics.plots import ASCII_PLOT_GLYPHS, BLOCK_PLOT_GLYPHS
    from annotator.statistics.report import statistics_rows

    if report.primary is None:
        output.write_data(["nobody has annotated this corpus yet"])
        return
    width = max(60, min(MAX_WIDTH, shutil.get_terminal_size((80, 24)).columns)) - 1
    marks = ASCII_PLOT_GLYPHS if plain else BLOCK_PLOT_GLYPHS
    output.write_data(map(plain_row_text, statistics_rows(report.primary, report.annotators, width, marks)))


def _report_fields(report: StatisticsReport) -> dict[str, object]:
    """Return the report as JSON has it: times in seconds at work, rates an hour."""
    return {
        "corpus": report.corpus,
        "sentences": report.sentences,
        "annotators": [_annotator_fields(f) for f in report.annotators],
        "everybody": _annotator_fields(report.everybody) if report.everybody else None,
        "left_out": dict(report.left_out),
    }


def _annotator_fields(f: AnnotationStatistics) -> dict[str, Any]:
    fields: dict[str, Any] = _rounded(to_builtins(f))
    for name in ("sessions", "days"):
        for row, stint in zip(fields[name], getattr(f, name), strict=True):
            row["sentences_an_hour"] = _rounded(stint.sentences_an_hour)
            row["spans_an_hour"] = _rounded(stint.spans_an_hour)
    for row, o in zip(fields["suggestions"], f.suggestions, strict=True):
        row["kept_share"] = _rounded(o.kept_share)
    for row, haste in zip(fields["haste"], f.haste, strict=True):
        row["tokens_a_second"] = _rounded(haste.speed)
    if f.keys:
        kinds = [*f.keys.keys.counts(), "total"]
        fields["keys"]["a_span"] = {kind: _rounded(f.keys.a_span(kind)) for kind in kinds}
    return fields


def _rounded(value: Any) -> Any:
    """Return the value with every float at three decimals."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, list | tuple) else value
