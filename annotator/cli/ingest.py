"""``annotator ingest``: sources into a corpus, a transaction a source."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from msgspec import to_builtins

from annotator.cli import output
from annotator.cli.options import PATH, apply_schema, json_option, schema_file_text
from annotator.core.errors import UsageError
from annotator.ingest.sources import ArticleSource, SourceFailure, read_sources
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import translate_os_errors
from annotator.storage.schemas import default_schema_path, load_schema
from annotator.workflows.ingesting import IngestReport, IngestRun

_SPAN_FIELDS = ("spans", "label", "labels", "entities", "annotations")
"""The keys under which tools keep the spans of a record."""


@click.command("ingest")
@click.argument(
    "sources", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, readable=False)
)
@click.option("--corpus", "folder", required=True, type=PATH, help="The corpus; made if need be.")
@click.option("--lang", default=None, help="Language of a new corpus, a spaCy code (default: en).")
@click.option("--schema", type=PATH, help="Label schema to put in force (default: news).")
@click.option("--name", default=None, help="Name of a new corpus (default: its folder's).")
@json_option
def command(
    sources: tuple[Path, ...],
    folder: Path,
    lang: str | None,
    schema: Path | None,
    name: str | None,
    as_json: bool,
) -> None:
    """Take SOURCES into a corpus: text dumps of pages, HTML, JSONL, folders, or - for standard input.

    Every line is kept with a verdict; `annotator articles CORPUS ID` shows them. A file that has
    changed since it was last taken in gives a new version, which replaces the old one in the queue.
    """
    report = IngestReport(output.path_text(folder))
    try:
        found = list(read_sources(list(sources), sys.stdin.buffer if sys.stdin else None))
        _check_not_empty(found)
        intake = _prepare_ingest(folder, lang, schema, name, report)
        _ingest_all(intake, found)
    except KeyboardInterrupt:
        there = len(report.added) + len(report.known)
        output.write_message(f"stopped: {there} articles are in, the rest is not; run it again to go on")
        sys.exit(output.EXIT_INTERRUPTED)
    report.notes += _annotated_source_notes(found)
    for warning in intake.corpus.warnings if intake.corpus else ():
        output.write_warning(warning)
    _print_report(report, as_json=as_json)
    if report.failed:
        sys.exit(output.EXIT_LEFT_OUT if report.added or report.known else 1)


def _ingest_all(intake: IngestRun, found: list[ArticleSource | SourceFailure]) -> None:
    """Take all sources in, one after another, then see which articles are replaced."""
    with output.progress("ingest") as show:
        for n, source in enumerate(found):
            show(n, len(found))
            intake.add_source(source)
        show(len(found), len(found))
    intake.replace_earlier_versions()


def _annotated_source_notes(found: list[ArticleSource | SourceFailure]) -> Iterator[str]:
    """Yield a word on sources that another tool has annotated: an ingest takes their texts alone."""
    marked = [s.origin for s in found if isinstance(s, ArticleSource) and _is_annotated(s)]
    if marked:
        hold = "holds" if len(marked) == 1 else "hold"
        counted_sources = (
            f"{output.count_text(len(marked), 'source')} (the first: {marked[0]}) {hold} annotations"
        )
        yield f"{counted_sources}, and only the texts were taken: `annotator import` takes both"


def _is_annotated(source: ArticleSource) -> bool:
    """Whether a record has a list of spans, or a text an .ann file beside it."""
    if source.kind == "record":
        lists = (source.meta.get(key) for key in _SPAN_FIELDS)
        return any(isinstance(x, list) and x and isinstance(x[0], list | dict) for x in lists)
    return bool(source.stable_origin) and Path(source.stable_origin).with_suffix(".ann").is_file()


def _check_not_empty(found: list[ArticleSource | SourceFailure]) -> None:
    """Raise the error of a lone bad source before a corpus is made for nothing."""
    failures = [f for f in found if isinstance(f, SourceFailure)]
    if len(failures) == len(found):
        for failure in failures[1:]:
            output.write_message(f"annotator: {failure.error}")
        raise failures[0].error if failures else UsageError("there is no source", do="name at least one file")


def _prepare_ingest(
    folder: Path, lang: str | None, schema: Path | None, name: str | None, report: IngestReport
) -> IngestRun:
    """Open the corpus, or see to it that it can be made when the first article is there."""
    with translate_os_errors("read", folder):
        there = (folder / "corpus.toml").exists()
    if not there:
        tokenizer = Tokenizer(lang or "en")
        return IngestRun(_corpus_factory(folder, lang or "en", schema, name, tokenizer), tokenizer, report)
    corpus = CorpusFolder.open(folder)
    if lang and lang != corpus.lang:
        raise UsageError(
            f"--lang {lang}, but the corpus is {corpus.lang}", where=str(folder), do="leave --lang out"
        )
    if schema:
        apply_schema(corpus, schema_file_text(schema), str(schema))
    tokenizer = Tokenizer(corpus.lang)
    if tokenizer.fingerprint != corpus.fingerprint:
        output.write_warning(
            "this spaCy splits tokens otherwise than the one that the corpus was begun with; "
            "the stored tokens stay as they are"
        )
    return IngestRun(lambda: corpus, tokenizer, report, corpus)


def _corpus_factory(
    folder: Path, lang: str, schema: Path | None, name: str | None, tokenizer: Tokenizer
) -> Callable[[], CorpusFolder]:
    """Return what makes the corpus; raises SchemaError at once for a schema that is none."""
    load_schema(schema or default_schema_path())  # an error in it is told with the file's own name
    text = schema_file_text(schema or default_schema_path())

    def make() -> CorpusFolder:
        return CorpusFolder.create(
            folder,
            name=output.path_text(name or folder.resolve().name),
            lang=lang,
            fingerprint=tokenizer.fingerprint,
            schema_text=text,
        )

    return make


def _print_report(report: IngestReport, *, as_json: bool) -> None:
    if as_json:
        output.write_json({**to_builtins(report), "sentences": report.sentences})
    elif report.added or report.known:
        output.write_data(_article_line(a) for a in report.added)
        output.write_data(f"{k['id']}  {k['state']}: {k['origin']}" for k in report.known)
        counts = (
            f"{output.count_text(len(report.added), 'article')} added, {len(report.known)} known, "
            f"{output.count_text(report.sentences, 'sentence')}"
        )
        output.write_data([f"{report.corpus}: {counts}"])
    for note in report.notes:
        output.write_message(f"note: {note}")
    for failure in report.failed:
        output.write_message(f"annotator: {failure['error']}")


def _article_line(a: dict[str, object]) -> str:
    lines = f"{a['body']:>4} of {a['lines']} lines"
    sentences = output.count_column(a["sentences"], "sentence")
    return f"{a['id']}  {sentences}  {lines}  {a['title'] or a['origin']}"
