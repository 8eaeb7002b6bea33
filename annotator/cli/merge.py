"""``annotator merge``: several corpora as a new one, nothing overwritten, conflicts listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from annotator.cli import output
from annotator.cli.options import PATH, exit_for_losses, json_option, max_lost_option
from annotator.workflows.merging import MergeReport, merge_corpora


@click.command("merge", epilog="Example: annotator merge monday tuesday --into both")
@click.argument("corpora", nargs=-1, required=True, type=PATH)
@click.option("--into", "into", required=True, type=PATH, help="The new corpus; an empty or a new folder.")
@click.option("--schema", type=PATH, help="Label schema of the new corpus, where those of the old clash.")
@max_lost_option
@json_option
def command(corpora: tuple[Path, ...], into: Path, schema: Path | None, max_lost: int, as_json: bool) -> None:
    """Put CORPORA together in a new corpus: articles by their text, annotators by name.

    The corpora stay as they are. Two different annotations of a sentence by the same annotator
    are kept under two names (`ana` and `ana.2`) and listed. Where corpora differ in something that can
    have only one value, the value of the first corpus is kept, and the other is listed.

    Exit code 3 means that something is in conflict or was not merged; with 1 nothing was made.
    """
    with output.progress("merge") as show:
        report = merge_corpora(corpora, into, schema=schema, progress=show)
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(_report_lines(report))
    alike = [f"{_format_articles(ids)}: {what}" for what, ids in report.differences.items()]
    for note in [*report.notes, *alike]:
        output.write_message(f"note: {note}")
    exit_for_losses(report.lost, max_lost)


def _report_lines(report: MergeReport) -> Iterator[str]:
    """Yield the report for people: the sums, then a line for each conflict."""
    many = f"{output.count_text(report.articles, 'article')} ({report.in_several} in several corpora)"
    yield f"{report.into}: {many}, {output.count_text(len(report.annotators), 'annotator')}"
    for name, figures in report.annotators.items():
        taken = f", {output.count_text(figures['taken'], 'place')} copied" if figures["taken"] else ""
        same = f", {figures['same']} alike in both" if figures["same"] else ""
        yield f"{name}: {output.count_text(figures['records'], 'record')}{taken}{same}"
    for what in ("added", "widened"):
        if report.schema.get(what):
            yield f"schema, {what}: {', '.join(report.schema[what])}"
    for c in report.conflicts:
        place = f"{c['article']}:{c['start']}-{c['end']}: " if "start" in c else ""
        kept = f"; kept as {c['kept_as']}" if "kept_as" in c else "; the first one’s stays"
        yield f"conflict: {place}{c['what']}{kept}"
    yield from (f"not merged: {x}" for x in report.not_merged)


def _format_articles(ids: Sequence[str]) -> str:
    """Return one article, or how many with the first of them."""
    return f"article {ids[0]}" if len(ids) == 1 else f"{len(ids)} articles (the first: {ids[0]})"
