"""``annotator check``: what is wrong or doubtful in a corpus, each with its place and its cure."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from annotator.checks.problem import Problem, ProblemKind, ProblemLevel, ProblemLocation
from annotator.checks.registry import run_checks
from annotator.cli import output
from annotator.cli.options import PATH, json_option, open_corpus
from annotator.core.errors import SourceError, UsageError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.gc_pause import gc_paused

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
@click.option("--round-trip", "form", default=None, metavar="FORMAT", help="Certify a format instead.")
@json_option
def command(corpus: Path, only: tuple[str, ...], level: str, form: str | None, as_json: bool) -> None:
    """Look for problems in CORPUS: damage, forbidden overlaps, doubtful edges, doubles and drift.

    Sentences that are accepted or unfinished are looked at, each with its place and a cure. Nothing is
    changed, and a journal that somebody is writing may be read.

    \b
    Errors:   journal place label overlap characters blank-edge
    Warnings: empty punctuation huge sentence-end two-labels other-edges unlabelled guideline
              duplicate-article duplicate-sentence few tokenizer

    Exit codes: 0 nothing was found; 3 something was; 1 the corpus cannot be read.
    """  # noqa: D301  (click wants a real backspace before lines that are not to be wrapped)
    if form is not None:
        _print_certificate(open_corpus(corpus), form, only, as_json=as_json)
        return
    kinds = [
        k for k in _selected_kinds(only) if k.level is ProblemLevel.ERROR or level == ProblemLevel.WARNING
    ]
    opened = open_corpus(corpus)
    with gc_paused():
        problems, counts = find_problems(opened, kinds)
    if as_json:
        output.write_json(_report_fields(output.path_text(corpus), problems, counts))
    else:
        output.write_data(_report_lines(problems, counts))
    if problems:
        sys.exit(output.EXIT_LEFT_OUT)


def find_problems(corpus: CorpusFolder, kinds: Sequence[ProblemKind]) -> tuple[list[Problem], dict[str, int]]:
    """Return the problems of these kinds, sorted, with file and line, and how much was looked at.

    Raises AnnotatorError where the corpus cannot be read.
    """
    from annotator.workflows.checking import add_file_and_line, load_check_input

    opened = load_check_input(corpus)
    found = [p for p in opened.damage if p.kind in kinds] + run_checks(opened.check_input, kinds)
    if ProblemKind.TOKENIZER in kinds:
        found += _tokenizer_drift(corpus, opened.check_input)
    check_input = opened.check_input
    counts = {
        "articles": len(check_input.articles),
        "sentences": sum(len(x) for x in check_input.sentences.values()),
        "annotations": len(check_input.reviewed_sentences),
        "annotators": len(corpus.annotators()),
        "spans": sum(1 for _ in check_input.spans()),
    }
    return add_file_and_line(corpus, sorted(found, key=lambda p: p.sort_key)), counts


def _tokenizer_drift(corpus: CorpusFolder, check_input: Any) -> list[Problem]:
    from annotator.checks.corpus_checks import check_tokenizer_drift
    from annotator.ingest.tokenizer import Tokenizer, tokenizer_fingerprint

    try:
        now = tokenizer_fingerprint(corpus.lang)
        if now == corpus.fingerprint:
            return []
        return list(
            check_tokenizer_drift(check_input, corpus.fingerprint, now, Tokenizer(corpus.lang).tokens)
        )
    except SourceError as error:
        return [Problem(ProblemKind.TOKENIZER, ProblemLocation(file="corpus.toml"), error.what, error.do)]


def _selected_kinds(only: Sequence[str]) -> list[ProblemKind]:
    """Return the kinds asked for, all where none is; raises UsageError for an unknown one."""
    names = [name.strip() for part in only for name in part.split(",") if name.strip()]
    known = {k.value for k in ProblemKind}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--only {name} is no kind of problem", do="use one of " + ", ".join(ProblemKind)
            )
    return [k for k in ProblemKind if not names or k.value in names]


def _print_certificate(corpus: CorpusFolder, form: str, only: Sequence[str], *, as_json: bool) -> None:
    """Print the certificate of a format; exit with 3 where it cannot hold all spans."""
    from annotator.workflows.round_trip import check_round_trip

    if only:
        raise UsageError("--only does not go with --round-trip", do="leave one of them out")
    certificate = check_round_trip(corpus, form)
    if as_json:
        output.write_json(certificate.as_dict())
    else:
        output.write_data(certificate.lines())
    if not certificate.passed or certificate.left_out:
        sys.exit(output.EXIT_LEFT_OUT)


# -- how it is told --------------------------------------------------------------------------------


def _report_lines(problems: Sequence[Problem], counts: dict[str, int]) -> Iterator[str]:
    """Yield a line a problem as compilers write it, then the sums."""
    yield from (_problem_line(p) for p in problems)
    levels = Counter(p.kind.level for p in problems)
    looked = f"{output.count_text(counts['annotations'], 'sentence')} and {output.count_text(counts['spans'], 'span')}"
    by = f"of {output.count_text(counts['annotators'], 'annotator')}"
    if not problems:
        yield f"nothing found in {looked} {by}"
        return
    kinds = Counter(p.kind for p in problems)
    told = ", ".join(f"{k.value} {kinds[k]}" for k in ProblemKind if kinds[k])
    sums = f"{output.count_text(levels[ProblemLevel.ERROR], 'error')} and {output.count_text(levels[ProblemLevel.WARNING], 'warning')}"
    yield f"{sums} in {looked} {by}: {told}"


def _problem_line(problem: Problem) -> str:
    others = [_span_location(p) for p in problem.related if p.sentence]
    more = f" and {len(others) - _MAX_OTHER_SPANS} more" if len(others) > _MAX_OTHER_SPANS else ""
    also = f" (also {', '.join(others[:_MAX_OTHER_SPANS])}{more})" if others else ""
    head = f"{_location(problem.location)}: {problem.kind.level} {problem.kind}"
    return f"{head}: {' '.join(problem.what.split())}{also}; {problem.remedy}"


def _location(place: ProblemLocation) -> str:
    """Return file, line and sentence, as far as they are known."""
    file = f"{place.file}:{place.line}" if place.line else place.file
    return " ".join(x for x in (file, _span_location(place)) if x)


def _span_location(place: ProblemLocation) -> str:
    """Return the sentence, with the span's place in it."""
    if place.span is None:
        return place.sentence
    return f"{place.sentence}[{place.span.start}-{place.span.end}]"


def _report_fields(corpus: str, problems: Sequence[Problem], counts: dict[str, int]) -> dict[str, Any]:
    levels = Counter(p.kind.level for p in problems)
    kinds = Counter(p.kind for p in problems)
    return {
        "corpus": corpus,
        "checked": counts,
        "errors": levels[ProblemLevel.ERROR],
        "warnings": levels[ProblemLevel.WARNING],
        "kinds": {k.value: kinds[k] for k in ProblemKind if kinds[k]},
        "problems": [_problem_fields(p) for p in problems],
    }


def _problem_fields(p: Problem) -> dict[str, Any]:
    head = {"kind": p.kind.value, "level": p.kind.level.value}
    return head | {
        "what": p.what,
        "cure": p.remedy,
        **_location_fields(p.location),
        "others": [_location_fields(x) for x in p.related],
    }


def _location_fields(place: ProblemLocation) -> dict[str, Any]:
    """Return a place for ``--json``: offsets in code points of the sentence, null where unknown."""
    s = place.span
    return {
        "file": place.file or None,
        "line": place.line or None,
        "annotator": place.annotator or None,
        "article": place.article or None,
        "sentence": place.sentence or None,
        "start": s.start if s else None,
        "end": s.end if s else None,
        "label": s.label if s and s.label != "-" else None,
        "text": place.words or None,
    }
