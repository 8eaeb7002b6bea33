"""``annotator export``: what was accepted becomes training data."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from annotator.cli import output
from annotator.cli.options import PATH, json_option, open_corpus
from annotator.core.errors import UsageError
from annotator.export.fates import UNALIGNED
from annotator.export.values import ExportOptions, ExportReport
from annotator.export.warn import TORN
from annotator.storage.collector import uncollected
from annotator.storage.corpus import Corpus
from annotator.storage.folder import check_articles, check_outside

if TYPE_CHECKING:  # loaded where it is needed: a small export starts fast
    from annotator.cli.gather import Gathered
    from annotator.cli.grouping import Grouped

_TRAINING = {
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


class _Format(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.4 on
    """The formats that can be written; the modules that know of the others are loaded only for them."""

    name = "format"

    def _choice(self) -> click.Choice[str]:
        from annotator.formats.detect import FORMATS

        return click.Choice(["spacy", *(n for n in FORMATS if n not in {"spacy", "uima"})])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the names for the help."""
        return self._choice().get_metavar(param, ctx)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails for one that is unknown."""
        return value if value == "spacy" else self._choice().convert(value, param, ctx)


@click.command("export")
@click.argument("corpus", type=PATH)
@click.argument("out", type=PATH)
@click.option(
    "--format",
    "to",
    type=_Format(),
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
    check_outside(out)
    if to != "spacy":
        _refuse_options(ctx, to)
    opened = open_corpus(corpus)
    check_articles(opened.path)
    if to == "spacy":
        report = _training(opened, name, out, chosen)
    else:
        unit = chosen["unit"] if ctx.get_parameter_source("unit") is ParameterSource.COMMANDLINE else None
        report = _for_others(opened, name, out, to, unit, full=chosen["ledger"] == "full")
    _tell(report, as_json=as_json)


def _training(corpus: Corpus, name: str | None, out: Path, chosen: Mapping[str, Any]) -> ExportReport:
    """Write what spaCy trains from."""
    options = _options(corpus, chosen)
    by_story, rebalance, page = chosen["split_by"] == "story", chosen["rebalance"], chosen["report"]
    if rebalance and not by_story:
        raise UsageError("--rebalance has no meaning with --split-by article", do="leave it out")
    found = _grouped(corpus, options, rebalance=rebalance) if by_story else None
    if not (page or rebalance) and (streamed := _streamed(corpus, name, out, options, found)):
        return streamed
    gathered = _sorted_out(_gathered(corpus, name), found, options)
    about_split = tuple(w for w in gathered.warnings if w == TORN)  # the report tells of the split
    for warning in (*corpus.warnings, *gathered.warnings):
        if warning not in about_split:
            output.warn(warning)
    if found:
        found.check_groups_writable(corpus)
    report = _spacy(corpus, gathered, out, options, found, page=page)
    report = replace(report, warnings=(*about_split, *report.warnings))
    if found:
        found.save_groups(corpus)
    return report


def _options(corpus: Corpus, chosen: Mapping[str, Any]) -> ExportOptions:
    own = {f.name for f in fields(ExportOptions)}
    given = {name: value for name, value in chosen.items() if name in own}
    return ExportOptions(**given | {"split": _shares(chosen["split"]), "lang": corpus.lang})


def _for_others(
    corpus: Corpus,
    name: str | None,
    out: Path,
    to: str,
    unit: Literal["sentence", "article"] | None,
    *,
    full: bool,
) -> ExportReport:
    """Write what another tool reads."""
    gathered = _gathered(corpus, name)
    for warning in (*corpus.warnings, *gathered.warnings):
        output.warn(warning)
    from annotator.cli.formats import export_format

    return export_format(gathered, out, to, full=full, unit=unit)


def _gathered(corpus: Corpus, name: str | None) -> Gathered:
    from annotator.cli.gather import gather

    return gather(corpus, name)


def _tell(report: ExportReport, *, as_json: bool) -> None:
    """Print the report; exit with 3 where something was left out that nobody asked to leave out."""
    if as_json:
        output.as_json(report.as_dict())
    else:
        output.data(report.lines())
    if any(x["why"] == UNALIGNED for x in report.totals["why"]):
        output.say(
            "note: spans inside tokens: `annotator check` lists them, key R in `annotator` repairs them"
        )
    if report.lost:
        sys.exit(output.LOST)


def _grouped(corpus: Corpus, options: ExportOptions, *, rebalance: bool) -> Grouped | None:
    """Return the stories of a corpus; None where there is but one part."""
    if len(options.parts_with_share) < 2:
        return None
    from annotator.cli.grouping import grouped

    return grouped(corpus, options, rebalanced=rebalance)


def _sorted_out(gathered: Gathered, found: Grouped | None, options: ExportOptions) -> Gathered:
    """Return what is exported where articles are drawn by their stories."""
    if found is None:
        return gathered
    from annotator.cli.grouping import without_quarantined

    return without_quarantined(gathered, found, options)


def _streamed(
    corpus: Corpus, name: str | None, out: Path, options: ExportOptions, found: Grouped | None
) -> ExportReport | None:
    """Export a plain corpus record by record; None where it has to be gathered whole."""
    if options.engine != "straight" or options.unit != "sentence":
        return None
    with uncollected():  # nothing here runs in circles
        return _stream(corpus, name, out, options, found)


def _stream(
    corpus: Corpus, name: str | None, out: Path, options: ExportOptions, found: Grouped | None
) -> ExportReport | None:
    from annotator.cli.plan import plan
    from annotator.cli.streamed import export_stream
    from annotator.storage.fast_index import OddError

    try:
        made = plan(corpus, name, options, found.stories if found else None)
    except OSError:  # the gathered way says of what cannot be read what to do about it
        return None
    if made is None:
        return None
    try:
        with output.progress("export") as show:
            report = export_stream(made, corpus.schema, out, options, show)
    except OddError:
        return None
    for warning in corpus.warnings:
        output.warn(warning)
    return replace(report, study=found.regrouped(made.missing)) if found else report


def _refuse_options(ctx: click.Context, to: str) -> None:
    """Raise UsageError for an option that the format has no use for."""
    given = [o for p, o in _TRAINING.items() if ctx.get_parameter_source(p) is ParameterSource.COMMANDLINE]
    if to != "prodigy":
        given = [o for o in given if o != "--unit"]
    if given:
        raise UsageError(f"{given[0]} has no meaning with --format {to}", do="leave it out")


def _spacy(
    corpus: Corpus,
    gathered: Gathered,
    out: Path,
    options: ExportOptions,
    found: Grouped | None,
    *,
    page: bool,
) -> ExportReport:
    from annotator.cli.report import studied
    from annotator.export.corpus import export_corpus

    with output.progress("export") as show:
        return export_corpus(
            gathered.items,
            gathered.unreviewed,
            corpus.schema,
            out,
            options,
            missing=gathered.missing,
            progress=show,
            audit=studied(corpus, gathered, options, found, page=page),
        )


def _shares(split: str) -> tuple[int, int, int]:
    parts = split.split("/")
    if len(parts) != 3 or not all(p.isdecimal() and len(p) <= 6 for p in parts):
        raise UsageError(f"--split {split} is no split", do="give three shares, such as 80/10/10")
    return int(parts[0]), int(parts[1]), int(parts[2])
