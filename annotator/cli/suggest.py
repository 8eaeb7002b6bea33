"""``annotator suggest``: pre-annotations into suggestion files, or how well a source does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli import output
from annotator.cli.options import PATH, json_option
from annotator.core.article import Sentence
from annotator.core.errors import UsageError, path_text
from annotator.core.scoring import SpanScores
from annotator.export.options import SPLIT_PARTS
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.schemas import DEFAULT_SCHEMA, load_schema
from annotator.suggest.evaluation import SCORE_THRESHOLD, micro_f1
from annotator.suggest.pipeline_request import split_words
from annotator.workflows.import_options import parse_label_pairs
from annotator.workflows.open_sentences import open_sentence_test
from annotator.workflows.opening import open_corpus
from annotator.workflows.suggesting import SourceChoice, SuggestReport, open_suggestion_sources, write_suggestions

if TYPE_CHECKING:
    from annotator.workflows.suggestion_evaluation import SuggestionEvaluation


@click.command("suggest", epilog="Example: annotator suggest news --rules")
@click.argument("corpus", type=PATH, required=False)
@click.option("--rules", is_flag=True, help="By the rules that the screen uses as well.")
@click.option("--model", default=None, metavar="NAME_OR_PATH", help="By a spaCy pipeline. Loading it runs its code.")
@click.option(
    "--name", default="", metavar="NAME", help="What the pipeline's suggestions are called (default: its own name)."
)
@click.option(
    "--take",
    multiple=True,
    metavar="ents,spans:KEY",
    help="What of the pipeline is taken: ents, spans (all groups), spans:KEY (default: all).",
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OLD=NEW,…",
    help="The pipeline's labels: GPE=VENUE,ORG= (empty: left out).",
)
@click.option(
    "--only", type=click.Choice(["open"]), help="Only for sentences that nobody has finished; --as: that NAME has not."
)
@click.option("--as", "annotator", default=None, metavar="NAME", help="With --only open: whose sentences.")
@click.option("--replace", is_flag=True, help="Replace suggestions of that name that another model has made.")
@click.option("--evaluate", "gold", type=PATH, help="Write nothing; measure against this JSONL, journal or DocBin.")
@click.option(
    "--part", type=click.Choice(SPLIT_PARTS), help="Write nothing; measure against this part of CORPUS's split."
)
@click.option(
    "--source",
    default=None,
    metavar="NAME",
    help="By a plug-in. With --evaluate: a suggestion file of CORPUS, history, or a plug-in.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=SCORE_THRESHOLD,
    show_default=True,
    help="With --evaluate or --part: the least score that counts.",
)
@click.option("--schema", type=PATH, help="With --evaluate and no CORPUS: the label schema (default: news).")
@json_option
def command(
    corpus: Path | None,
    rules: bool,
    model: str | None,
    name: str,
    take: tuple[str, ...],
    pairs: tuple[str, ...],
    only: str | None,
    annotator: str | None,
    replace: bool,
    gold: Path | None,
    part: str | None,
    source: str | None,
    threshold: float,
    schema: Path | None,
    as_json: bool,
) -> None:
    """Write suggestions for every sentence of CORPUS to its suggestions/ folder.

    A run that was stopped goes on where it stopped; a new version of the model, the rules or the
    schema's label map makes all of them again. Nothing is ever taken into anybody's annotations.

    With --evaluate GOLD or --part test, print precision, recall and F1 of the sources, label by label.
    """
    choice = SourceChoice(rules, model, source, name, split_words(take), parse_label_pairs(pairs))
    if gold is not None or part is not None:
        _evaluate(corpus, gold, part or "", schema, threshold, choice, as_json=as_json)
        return
    if corpus is None:
        raise UsageError("there is no corpus", do="name its folder, or measure with --evaluate GOLD")
    if schema:
        raise UsageError("--schema goes with --evaluate", do="leave it out")
    if annotator and not only:
        raise UsageError("--as goes with --only open", do="leave it out, or add --only open")
    opened = open_corpus(corpus)
    for warning in opened.warnings:
        output.write_warning(warning)
    with output.explain_interrupt("what is made so far is kept; run it again to go on"):
        is_wanted = open_sentence_test(opened, annotator) if only else lambda _: True
        reports = list(_write_files(opened, choice, is_wanted, replaces_others=replace))
    if as_json:
        output.write_json({"corpus": path_text(opened.path), "sources": [r.as_dict() for r in reports]})
    else:
        output.write_report(line for report in reports for line in report.lines())
    if opened.damaged_articles or any(r.misaligned for r in reports):
        sys.exit(output.EXIT_LEFT_OUT)


def _write_files(
    corpus: CorpusFolder, choice: SourceChoice, is_wanted: Callable[[Sentence], bool], *, replaces_others: bool
) -> Iterator[SuggestReport]:
    for each in list(open_suggestion_sources(corpus, choice)):
        with output.progress(f"suggest by {each.name}") as show:
            report, warnings = write_suggestions(
                corpus, each, show, replaces_others=replaces_others, is_wanted=is_wanted
            )
        for warning in warnings:
            output.write_warning(warning)
        yield report


def _evaluate(
    corpus: Path | None,
    gold: Path | None,
    part: str,
    schema: Path | None,
    threshold: float,
    choice: SourceChoice,
    *,
    as_json: bool,
) -> None:
    """Print the scores of each source: a table for each, or all as JSON."""
    from annotator.workflows.suggestion_evaluation import evaluate_sources  # loads every reader of gold

    opened = open_corpus(corpus) if corpus else None
    labels = opened.schema if opened and schema is None else load_schema(schema or DEFAULT_SCHEMA)
    warnings: list[str] = []
    with output.progress("evaluate") as show:
        evaluation = evaluate_sources(
            gold, labels, choice, corpus=opened, part=part, threshold=threshold, progress=show, warn=warnings.append
        )
    for warning in warnings:
        output.write_warning(warning)
    if as_json:
        output.write_json(_evaluation_dict(evaluation, {"part": part} if part else {"gold": path_text(gold or "")}))
        return
    for row in _evaluation_rows(evaluation, part):
        output.write_row(row)


def _evaluation_dict(evaluation: SuggestionEvaluation, about: Mapping[str, str]) -> dict[str, object]:
    sources = {name: {label: s.as_dict() for label, s in scores.items()} for name, scores in evaluation.scores.items()}
    best = {name: {"threshold": x.threshold, "f1": round(x.f1, 3)} for name, x in evaluation.best.items()}
    return {
        **about,
        "sentences": evaluation.sentences,
        "threshold": evaluation.threshold,
        "sources": sources,
        "best_thresholds": best,
    }


def _evaluation_rows(evaluation: SuggestionEvaluation, part: str) -> Iterator[str]:
    """Yield the lines of an evaluation for people."""
    where = f" of the part {part}" if part else ""
    head = f"{output.count_text(evaluation.sentences, 'sentence')}{where}, suggestions from a score of "
    head += f"{evaluation.threshold} on"
    yield head + ("; those without a score of their own all count" if evaluation.with_estimates else "")
    for name, scores in evaluation.scores.items():
        yield from _score_table(name, scores)
        if best := evaluation.best.get(name):
            now = f"{micro_f1(scores.values()):.2f} from {evaluation.threshold} on"
            yield f"exact F1 {now}; at best {best.f1:.2f} from {best.threshold} on, fitted on these sentences"


def _score_table(name: str, scores: Mapping[str, SpanScores]) -> Iterator[str]:
    """Yield the lines of one source: gold and suggested spans, then P, R and F1 in three ways."""
    width = max(map(len, scores), default=0)
    columns = "".join(f"  {what:>12}: P     R    F1" for what in ("exact", "overlapping", "characters"))
    yield ""
    yield name
    yield f"{'':<{width}}   gold  suggested{columns}"
    for label, s in scores.items():
        counts = (s.exact, s.overlapping, s.characters)
        shares = "".join(f"{c.precision:>17.2f}  {c.recall:.2f}  {c.f1:.2f}" for c in counts)
        yield f"{label:<{width}}  {s.exact.gold:>5}  {s.exact.predicted:>9}{shares}"
