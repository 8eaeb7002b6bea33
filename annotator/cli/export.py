"""``annotator export``: what was accepted becomes training data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import click
from click.core import ParameterSource
from msgspec.structs import replace

from annotator.cli import output
from annotator.cli.options import (
    PATH,
    FormatType,
    choice_option,
    exit_for_losses,
    json_option,
    max_lost_option,
    split_options,
)
from annotator.core.disagreement import ConflictRule
from annotator.export.options import ExportOptions, parse_split, preferred_annotators
from annotator.export.span_outcomes import OFF_TOKEN_EDGES
from annotator.workflows.corpus import Corpus
from annotator.workflows.corpus_export import export_corpus


def _export_formats() -> list[str]:
    from annotator.formats.registry import export_formats

    return export_formats()


@click.command("export", epilog="Example: annotator export news out --split 80/10/10")
@click.argument("corpus", type=PATH)
@click.argument("out", type=PATH)
@click.option(
    "--format",
    type=FormatType("spacy", _export_formats),
    default="spacy",
    show_default=True,
    help="Training data, or what another tool reads.",
)
@click.option("--spans-key", default="sc", show_default=True, help="The span group that all spans go to.")
@choice_option("--unit", ["sentence", "article"], help="One Doc (or text) each; other formats have their own default.")
@split_options
@click.option(
    "--annotator",
    multiple=True,
    metavar="A,B",
    help="Whose annotations, the preferred one first; everybody's without it.",
)
@click.option(
    "--on-conflict",
    type=click.Choice(get_args(ConflictRule)),
    help="What becomes of sentences that annotators have done differently: they are left out and listed (the default), "
    "the first of --annotator counts, or what more than half have, or nothing is exported. A format that names "
    "annotators has each one's sentences unless you give this, or --split.",
)
@choice_option("--ledger", ["exceptions", "full"])
@choice_option("--engine", ["straight", "spacy"], help="Who writes the DocBins: spaCy itself is the slower reference.")
@choice_option(
    "--attrs",
    ["own", "min", "full"],
    help="What a DocBin stores: all annotations, with each Doc's origin; "
    "what training reads; what DocBin() stores by itself.",
)
@click.option(
    "--shard", type=int, default=20_000, show_default=True, help="A part with more Docs is a folder of files."
)
@click.option("--processes", type=int, default=1, show_default=True, help="How many write shards at a time.")
@choice_option(
    "--reader",
    ["spacy", "annotator"],
    help="The config's corpus reader; annotator's loads faster, and has to be installed where you train.",
)
@click.option(
    "--split-by",
    type=click.Choice(["story", "article"]),
    default=None,
    help="Keep copies of an article, and articles on one story, in one part; or draw each article by itself "
    "(default: corpus.toml's, else story).",
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
@click.option(
    "--verify",
    is_flag=True,
    help="Write nothing: report whether CORPUS would still give the bytes of the export in OUT, and what has changed.",
)
@max_lost_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    corpus: Path,
    out: Path,
    annotator: tuple[str, ...],
    max_lost: int,
    as_json: bool,
    verify: bool,
    **chosen: Any,
) -> None:
    """Write train.spacy, dev.spacy, test.spacy, config.cfg and ledger.jsonl of CORPUS to OUT.

    With another --format, write what that tool reads, and ledger.jsonl. Files in OUT that no export has
    written, or that were changed since, are neither overwritten nor removed.

    Exit code 3 means that something was left out that you did not ask to leave out; the ledger
    lists it. With --verify it means that the bytes would be others, or that files in OUT were changed; the
    options are those of the export, but for the ones that you give.
    """
    if chosen["split"] is not None:
        chosen["split"] = parse_split(chosen["split"])
    chosen["annotator"] = preferred_annotators(annotator)
    if verify:
        _verify(corpus, out, {name: x for name, x in chosen.items() if _is_given(ctx, name)}, as_json=as_json)
        return
    if not _is_given(ctx, "unit"):
        chosen["unit"] = None
    state = "the files of an earlier export stay until all new ones are there; run it again"
    with output.explain_interrupt(state), output.progress("export") as show:
        folder = Corpus.open(corpus).folder
        options = ExportOptions(lang=folder.known_lang, **chosen)
        report = export_corpus(folder, out, options, show, output.write_warning)
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(report.lines())
    if any(x["why"] == OFF_TOKEN_EDGES for x in report.totals["why"]):
        output.write_message(
            "note: spans inside tokens: `annotator check` lists them, key R in `annotator` repairs them, and "
            "`annotator import … --inside-tokens split` into a new corpus settles all of a file"
        )
    exit_for_losses(report.lost, max_lost)


def _is_given(ctx: click.Context, option: str) -> bool:
    return ctx.get_parameter_source(option) is ParameterSource.COMMANDLINE


def _verify(corpus: Path, out: Path, given: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what a verification finds; ``given`` are the options to compare with. Exit with 3 for a difference."""
    from annotator.workflows.export_verification import verify_export

    with output.progress("export") as show:
        report = verify_export(Corpus.open(corpus).folder, out, lambda x: replace(x, **given), show)
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(report.lines())
    exit_for_losses(not report.same)
