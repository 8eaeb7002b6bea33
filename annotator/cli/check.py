"""``annotator check``: what is wrong or doubtful in a corpus, each with its place and a remedy."""

from __future__ import annotations

import textwrap
from inspect import cleandoc
from pathlib import Path
from typing import Literal

import click

from annotator.checks.problem import ProblemKind, ProblemLevel
from annotator.cli import output
from annotator.cli.options import PATH, completing, exit_for_losses, json_option
from annotator.core.errors import UsageError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.checking import check_corpus
from annotator.workflows.opening import open_corpus


@click.command("check", epilog="Example: annotator check news --level error --json")
@click.argument("corpus", type=PATH)
@click.option(
    "--only",
    multiple=True,
    metavar="KIND[,KIND…]",
    shell_complete=completing(lambda: ProblemKind),
    help="Look for these kinds alone.",
)
@click.option(
    "--level",
    type=click.Choice([x.value for x in ProblemLevel]),
    default=ProblemLevel.WARNING.value,
    show_default=True,
    help="The least level that is reported; `error` leaves out what a person has to judge.",
)
@click.option("--with", "plugins", multiple=True, metavar="NAME", help="Run a plug-in's check as well.")
@click.option("--round-trip", "form", default=None, metavar="FORMAT", help="Certify a format instead.")
@json_option
def command(
    corpus: Path,
    only: tuple[str, ...],
    level: Literal["error", "warning"],
    plugins: tuple[str, ...],
    form: str | None,
    as_json: bool,
) -> None:
    """Look for problems in CORPUS: damage, forbidden overlaps, doubtful edges, doubles and drift.

    Sentences that are accepted or unfinished are checked, each with its place and a cure. Nothing is
    changed, and a journal that somebody is writing may be read.

    \b
    {kinds}

    Exit codes: 0 nothing was found; 3 something was; 1 the corpus cannot be read.
    """  # noqa: D301  (click wants a real backspace before lines that are not to be wrapped)
    opened = open_corpus(corpus)
    if form is not None:
        if only or plugins:
            option = "--only" if only else "--with"
            raise UsageError(f"{option} does not go with --round-trip", do="leave one of them out")
        _print_certificate(opened, form, as_json=as_json)
        return
    kinds = [name.strip() for part in only for name in part.split(",") if name.strip()]
    report = check_corpus(opened, only=kinds, level=level, plugins=plugins)
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(report.lines())
    exit_for_losses(len(report.problems))


def _kinds_by_level() -> str:
    """Return the kinds of problems for the help, the errors first."""
    rows = [
        textwrap.fill(
            " ".join(kind for kind in ProblemKind if kind.level is level),
            90,
            initial_indent=f"{level}s: ".capitalize().ljust(10),
            subsequent_indent=" " * 10,
            break_on_hyphens=False,
        )
        for level in ProblemLevel
    ]
    return "\n".join(rows)


command.help = cleandoc(str(command.help)).format(kinds=_kinds_by_level())


def _print_certificate(corpus: CorpusFolder, form: str, *, as_json: bool) -> None:
    """Print the certificate of a format; exit with 3 where it cannot hold all spans."""
    from annotator.workflows.round_trip import check_round_trip

    certificate = check_round_trip(corpus, form)
    if as_json:
        output.write_json(certificate.as_dict())
    else:
        output.write_report(certificate.lines())
    exit_for_losses(bool(certificate.left_out) or not certificate.passed)
