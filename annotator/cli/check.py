"""``annotator check``: what is wrong or doubtful in a corpus, each with its place and a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click

from annotator.checks.problem import Problem, ProblemLevel, ProblemLocation
from annotator.cli import output
from annotator.cli.options import PATH, exit_for_losses, json_option
from annotator.core.errors import UsageError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.checking import CheckReport, check_corpus
from annotator.workflows.opening import open_corpus

_MAX_OTHER_SPANS = 3
"""How many further places of a problem a line names; ``--json`` has them all."""


@click.command("check")
@click.argument("corpus", type=PATH)
@click.option("--only", multiple=True, metavar="KIND[,KIND…]", help="Look for these kinds alone.")
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
    Errors:   journal place label overlap characters blank-edge
    Warnings: empty punctuation huge sentence-end two-labels other-edges unlabelled guideline
              duplicate-article duplicate-sentence few tokenizer

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
        for line in _report_lines(report):
            output.write_wrapped(line)
    exit_for_losses(len(report.problems))


def _print_certificate(corpus: CorpusFolder, form: str, *, as_json: bool) -> None:
    """Print the certificate of a format; exit with 3 where it cannot hold all spans."""
    from annotator.workflows.round_trip import check_round_trip

    certificate = check_round_trip(corpus, form)
    if as_json:
        output.write_json(certificate.as_dict())
    else:
        output.write_data(certificate.lines())
    exit_for_losses(bool(certificate.left_out) or not certificate.passed)


def _report_lines(report: CheckReport) -> Iterator[str]:
    """Yield a line a problem as compilers write it, then the sums."""
    yield from (_problem_line(p) for p in report.problems)
    checked = report.checked
    sentences, spans, annotators = (
        output.count_text(checked[f"{key}s"], what)
        for key, what in (("annotation", "sentence"), ("span", "span"), ("annotator", "annotator"))
    )
    looked = f"{sentences} and {spans} of {annotators}"
    if not report.problems:
        yield f"nothing found in {looked}"
        return
    errors = output.count_text(report.count("error"), "error")
    warnings = output.count_text(report.count("warning"), "warning")
    kinds = ", ".join(f"{kind} {n}" for kind, n in report.kinds.items())
    yield f"{errors} and {warnings} in {looked}: {kinds}"


def _problem_line(problem: Problem) -> str:
    others = [_span_location(p) for p in problem.related if p.sentence]
    more = f" and {len(others) - _MAX_OTHER_SPANS} more" if len(others) > _MAX_OTHER_SPANS else ""
    also = f" (also {', '.join(others[:_MAX_OTHER_SPANS])}{more})" if others else ""
    place = problem.location
    file = f"{place.file}:{place.line}" if place.line else place.file
    where = " ".join(x for x in (file, _span_location(place)) if x)
    head = f"{where}: {problem.kind.level} {problem.kind}"
    return f"{head}: {' '.join(problem.what.split())}{also}; {problem.remedy}"


def _span_location(place: ProblemLocation) -> str:
    """Return the sentence with the span's offsets in it, and the number that the screen gives it."""
    offsets = f"[{place.span.start}-{place.span.end}]" if place.span else ""
    return f"{place.sentence}{offsets}{f' ({place.number})' if place.number else ''}"
