"""``annotator export``: what was accepted becomes training data."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource
from msgspec.structs import fields, replace

from annotator.cli import output
from annotator.cli.options import PATH, FormatType, json_option, open_corpus
from annotator.core.errors import UsageError
from annotator.export.options import ExportOptions, ExportReport
from annotator.export.span_outcomes import OFF_TOKEN_EDGES
from annotator.export.split_audit import TORN_STORIES
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import check_articles_folder, check_outside_corpus
from annotator.storage.gc_pause import gc_paused

if TYPE_CHECKING:  # loaded where it is needed: a small export starts fast
    from annotator.workflows.annotation_loader import ExportSelection
    from annotator.workflows.story_split import StorySplit

_SPACY_OPTIONS = {
    "spans_key": "--spans-key",
    "unit": "--unit",
    "split": "--split",
    "engine": "--engine",
    "attrs": "--attrs",
    "shard": "--shard",
    "processes": "--processes",
    "reader": "--reader",
    "resume": "--resume",
    "split_by": "--split-by",
    "rebalance": "--rebalance",
    "report": "--report",
}
"""Options that say how a spaCy export is made."""


def _export_formats() -> list[str]:
    from annotator.formats.registry import export_formats

    return export_formats()


@click.command("export")
@click.argument("corpus", type=PATH)
@click.argument("out", type=PATH)
@click.option(
    "--format",
    "to",
    type=FormatType("spacy", _export_formats),
    default="spacy",
    show_default=True,
    help="Training data, or what another tool reads.",
)
@click.option("--spans-key", default="sc", show_default=True, help="The span group that all spans go to.")
@click.option(
    "--unit",
    type=click.Choice(["sentence", "article"]),
    default="sentence",
    show_default=True,
    help="One Doc (or text) each; other formats have their own default.",
)
@click.option("--split", default="80/10/10", show_default=True, help="Shares of train, dev and test.")
@click.option("--annotator", "name", default=None, help="Whose annotations; everybody's without it.")
@click.option("--ledger", type=click.Choice(["exceptions", "full"]), default="exceptions", show_default=True)
@click.option(
    "--engine",
    type=click.Choice(["straight", "spacy"]),
    default="straight",
    show_default=True,
    help="Who writes the DocBins: spaCy itself is the slower reference.",
)
@click.option(
    "--attrs",
    type=click.Choice(["own", "min", "full"]),
    default="own",
    show_default=True,
    help="What is stored of a token: all that annotators say, with each Doc's origin; "
    "what training reads; what DocBin() stores by itself.",
)
@click.option(
    "--shard", type=int, default=20_000, show_default=True, help="A part with more Docs is a folder of files."
)
@click.option("--processes", type=int, default=1, show_default=True, help="How many write shards at a time.")
@click.option(
    "--reader",
    type=click.Choice(["spacy", "annotator"]),
    default="spacy",
    show_default=True,
    help="The config's corpus reader; annotator's loads faster, and has to be installed where you train.",
)
@click.option(
    "--split-by",
    type=click.Choice(["story", "article"]),
    default="story",
    show_default=True,
    help="Keep copies of an article, and articles on one story, in one part; or draw each article by itself.",
)
@click.option(
    "--rebalance",
    is_flag=True,
    help="Put all that is linked into one part, though articles move, and keep it so from now on.",
)
@click.option(
    "--report",
    is_flag=True,
    help="Write report.html too, a data card to open offline, and say what the split gives away.",
)
@click.option("--resume", is_flag=True, help="Take over the shards that a killed export has finished.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, /, corpus: Path, out: Path, to: str, name: str | None, as_json: bool, **chosen: Any
) -> None:
    """Write train.spacy, dev.spacy, test.spacy, config.cfg and ledger.jsonl of CORPUS to OUT.

    With another --format, write what that tool reads, and ledger.jsonl. Files in OUT that no export has
    written, or that were changed since, are neither overwritten nor removed.

    Exit code 3 says that something was left out that you did not ask to leave out; the ledger
    says what.
    """
    check_outside_corpus(out)
    if to != "spacy":
        _refuse_options(ctx, to)
    opened = open_corpus(corpus)
    check_articles_folder(opened.path)
    if to == "spacy":
        report = _export_training(opened, name, out, chosen)
    else:
        unit = chosen["unit"] if ctx.get_parameter_source("unit") is ParameterSource.COMMANDLINE else None
        report = _export_other_format(opened, name, out, to, unit, full=chosen["ledger"] == "full")
    _print_report(report, as_json=as_json)


def _export_training(
    corpus: CorpusFolder, name: str | None, out: Path, chosen: Mapping[str, Any]
) -> ExportReport:
    """Write what spaCy trains from."""
    options = _export_options(corpus, chosen)
    by_story, rebalance, page = chosen["split_by"] == "story", chosen["rebalance"], chosen["report"]
    if rebalance and not by_story:
        raise UsageError("--rebalance has no meaning with --split-by article", do="leave it out")
    found = _group_by_story(corpus, options, rebalance=rebalance) if by_story else None
    if not (page or rebalance) and (streamed := _try_stream(corpus, name, out, options, found)):
        return streamed
    gathered = _without_quarantined(_select_items(corpus, name), found, options)
    about_split = tuple(w for w in gathered.warnings if w == TORN_STORIES)  # the report tells of the split
    for warning in (*corpus.warnings, *gathered.warnings):
        if warning not in about_split:
            output.write_warning(warning)
    if found:
        found.check_groups_writable(corpus)
    report = _export_spacy(corpus, gathered, out, options, found, page=page)
    report = replace(report, warnings=(*about_split, *report.warnings))
    if found:
        found.save_groups(corpus)
    return report


def _export_options(corpus: CorpusFolder, chosen: Mapping[str, Any]) -> ExportOptions:
    own = {f.name for f in fields(ExportOptions)}
    given = {name: value for name, value in chosen.items() if name in own}
    return ExportOptions(**given | {"split": _parse_shares(chosen["split"]), "lang": corpus.lang})


def _export_other_format(
    corpus: CorpusFolder,
    name: str | None,
    out: Path,
    to: str,
    unit: Literal["sentence", "article"] | None,
    *,
    full: bool,
) -> ExportReport:
    """Write what another tool reads."""
    gathered = _select_items(corpus, name)
    for warning in (*corpus.warnings, *gathered.warnings):
        output.write_warning(warning)
    from annotator.workflows.format_export import export_to_format

    return export_to_format(gathered, out, to, full=full, unit=unit)


def _select_items(corpus: CorpusFolder, name: str | None) -> ExportSelection:
    from annotator.workflows.annotation_loader import select_for_export

    return select_for_export(corpus, name)


def _print_report(report: ExportReport, *, as_json: bool) -> None:
    """Print the report; exit with 3 where something was left out that nobody asked to leave out."""
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_data(report.lines())
    if any(x["why"] == OFF_TOKEN_EDGES for x in report.totals["why"]):
        output.write_message(
            "note: spans inside tokens: `annotator check` lists them, key R in `annotator` repairs them"
        )
    if report.lost:
        sys.exit(output.EXIT_LEFT_OUT)


def _group_by_story(corpus: CorpusFolder, options: ExportOptions, *, rebalance: bool) -> StorySplit | None:
    """Return the stories of a corpus; None where there is but one part."""
    if len(options.parts_with_share) < 2:
        return None
    from annotator.workflows.story_split import split_by_story

    return split_by_story(corpus, options, rebalanced=rebalance)


def _without_quarantined(
    gathered: ExportSelection, found: StorySplit | None, options: ExportOptions
) -> ExportSelection:
    """Return what is exported where articles are drawn by their stories."""
    if found is None:
        return gathered
    from annotator.workflows.story_split import apply_story_split

    return apply_story_split(gathered, found, options)


def _try_stream(
    corpus: CorpusFolder, name: str | None, out: Path, options: ExportOptions, found: StorySplit | None
) -> ExportReport | None:
    """Export a plain corpus record by record; None where it has to be gathered whole."""
    if options.engine != "straight" or options.unit != "sentence":
        return None
    with gc_paused():  # nothing here runs in circles
        return _stream_export(corpus, name, out, options, found)


def _stream_export(
    corpus: CorpusFolder, name: str | None, out: Path, options: ExportOptions, found: StorySplit | None
) -> ExportReport | None:
    from annotator.storage.journal_index import FastReadError
    from annotator.workflows.export_plan import plan_export
    from annotator.workflows.stream_export import export_stream

    try:
        made = plan_export(corpus, name, options, found.stories if found else None)
    except OSError:  # the gathered way says of what cannot be read what to do about it
        return None
    if made is None:
        return None
    try:
        with output.progress("export") as show:
            report = export_stream(made, corpus.schema, out, options, show)
    except FastReadError:
        return None
    for warning in corpus.warnings:
        output.write_warning(warning)
    return replace(report, study=found.regrouped(made.missing)) if found else report


def _refuse_options(ctx: click.Context, to: str) -> None:
    """Raise UsageError for an option that the format has no use for."""
    given = [
        o for p, o in _SPACY_OPTIONS.items() if ctx.get_parameter_source(p) is ParameterSource.COMMANDLINE
    ]
    if "--unit" in given:
        from annotator.formats.registry import format_info

        given = [o for o in given if o != "--unit" or format_info(to).has_fixed_unit]
    if given:
        raise UsageError(f"{given[0]} has no meaning with --format {to}", do="leave it out")


def _export_spacy(
    corpus: CorpusFolder,
    gathered: ExportSelection,
    out: Path,
    options: ExportOptions,
    found: StorySplit | None,
    *,
    page: bool,
) -> ExportReport:
    from annotator.export.exporter import export_corpus
    from annotator.workflows.export_report import report_builder

    with output.progress("export") as show:
        return export_corpus(
            gathered.items,
            gathered.unreviewed,
            corpus.schema,
            out,
            options,
            missing=gathered.missing,
            progress=show,
            audit=report_builder(corpus, gathered, options, found, page=page),
        )


def _parse_shares(split: str) -> tuple[int, int, int]:
    parts = split.split("/")
    if len(parts) != 3 or not all(p.isdecimal() and len(p) <= 6 for p in parts):
        raise UsageError(f"--split {split} is no split", do="give three shares, such as 80/10/10")
    return int(parts[0]), int(parts[1]), int(parts[2])
