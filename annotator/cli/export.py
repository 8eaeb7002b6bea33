"""``annotator export``: what was accepted becomes training data."""

from __future__ import annotations

from inspect import unwrap
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from annotator.cli import output
from annotator.cli.options import PATH, FormatType, exit_for_losses, json_option, max_lost_option
from annotator.core.errors import UsageError
from annotator.export.span_outcomes import OFF_TOKEN_EDGES
from annotator.workflows.corpus import Corpus

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
"""Options of a spaCy export."""


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
@click.option("--annotator", default=None, help="Whose annotations; everybody's without it.")
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
    help="What a DocBin stores: all annotations, with each Doc's origin; "
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
    help="Put all that is linked into one part, though articles move, and keep it there from now on.",
)
@click.option(
    "--report",
    is_flag=True,
    help="Write report.html too, a data card to open offline, and report what the split leaks.",
)
@click.option("--resume", is_flag=True, help="Keep the shards that a killed export has finished.")
@max_lost_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, /, corpus: Path, out: Path, to: str, max_lost: int, as_json: bool, **chosen: Any
) -> None:
    """Write train.spacy, dev.spacy, test.spacy, config.cfg and ledger.jsonl of CORPUS to OUT.

    With another --format, write what that tool reads, and ledger.jsonl. Files in OUT that no export has
    written, or that were changed since, are neither overwritten nor removed.

    Exit code 3 means that something was left out that you did not ask to leave out; the ledger
    lists it.
    """
    if to != "spacy":
        _refuse_options(ctx, to)
        if ctx.get_parameter_source("unit") is not ParameterSource.COMMANDLINE:
            chosen["unit"] = None
    with output.progress("export") as show:
        export = unwrap(Corpus.export)  # its errors name options as the command line does
        report = export(Corpus.open(corpus), out, format=to, progress=show, warn=output.write_warning, **chosen)
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_data(report.lines())
    if any(x["why"] == OFF_TOKEN_EDGES for x in report.totals["why"]):
        output.write_message(
            "note: spans inside tokens: `annotator check` lists them, key R in `annotator` repairs them"
        )
    exit_for_losses(report.lost, max_lost)


def _refuse_options(ctx: click.Context, to: str) -> None:
    """Raise UsageError for an option that the format has no use for."""
    given = [o for p, o in _SPACY_OPTIONS.items() if ctx.get_parameter_source(p) is ParameterSource.COMMANDLINE]
    if "--unit" in given:
        from annotator.formats.registry import format_info

        given = [o for o in given if o != "--unit" or format_info(to).has_fixed_unit]
    if given:
        raise UsageError(f"{given[0]} has no meaning with --format {to}", do="leave it out")
