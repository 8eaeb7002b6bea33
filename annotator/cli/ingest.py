"""``annotator ingest``: sources into a corpus, a transaction a source."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from annotator.cli import output
from annotator.cli.options import PATH, json_option, tokens_option
from annotator.core.errors import AnnotatorError
from annotator.core.token_settings import TokenUnit
from annotator.workflows.ingesting import IngestInterrupted, ingest


@click.command("ingest", epilog="Example: annotator ingest pages/ --corpus news --schema news")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option("--corpus", "folder", required=True, type=PATH, help="The corpus; made if need be.")
@click.option("--lang", default=None, help="Language of a new corpus, a spaCy code (default: en).")
@tokens_option
@click.option("--schema", type=PATH, help="Label schema that the corpus uses from now on (a new one: news).")
@click.option("--name", default=None, help="Name of a new corpus (default: its folder's).")
@click.option("--strict", is_flag=True, help="Leave out sources whose lines are doubtful.")
@json_option
def command(
    sources: tuple[Path, ...],
    folder: Path,
    lang: str | None,
    tokens: TokenUnit | None,
    schema: Path | None,
    name: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Take SOURCES into a corpus: text dumps of pages, HTML, JSONL, folders, or - for standard input.

    Every line is kept with a verdict; `annotator articles CORPUS ID` shows them. A file that has
    changed since it was last taken in gives a new version, which replaces the old one in the queue.
    """
    try:
        with output.progress("ingest") as show:
            report = ingest(
                folder,
                sources,
                lang=lang,
                tokens=tokens,
                schema=schema,
                name=name,
                strict=strict,
                stdin=sys.stdin.buffer if sys.stdin else None,
                progress=show,
            )
    except AnnotatorError as error:
        for further in getattr(error, "__notes__", ()):
            output.write_message(f"annotator: {further}")
        raise
    except IngestInterrupted as error:
        output.write_message(f"stopped: {error.articles} articles are in, the rest is not; run it again to go on")
        sys.exit(output.EXIT_INTERRUPTED)
    for warning in report.warnings:
        output.write_warning(warning)
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(report.lines())
    for note in report.notes:
        output.write_message(f"note: {note}")
    for failure in report.failed:
        output.write_message(f"annotator: {failure['error']}")
    if report.failed:
        refused = any(failure["doubt"] for failure in report.failed)
        sys.exit(output.EXIT_LEFT_OUT if report.added or report.known or refused else 1)
