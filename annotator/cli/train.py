"""``annotator train``: export, training and evaluation in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from annotator.cli import output
from annotator.cli.options import PATH, choice_option, exit_for_losses, json_option, max_lost_option, split_options
from annotator.core.disagreement import ConflictRule
from annotator.export.options import ExportOptions, parse_split, preferred_annotators
from annotator.workflows.opening import open_corpus


@click.command("train", epilog="Example: annotator train news trained")
@click.argument("corpus", type=PATH)
@click.argument("out", type=PATH)
@split_options
@choice_option("--unit", ["sentence", "article"], help="One Doc each.")
@click.option("--annotator", multiple=True, metavar="NAME,…", help="Whose annotations; everybody's without it.")
@click.option(
    "--on-conflict",
    type=click.Choice(get_args(ConflictRule)),
    default=None,
    help="What becomes of sentences that annotators have done differently (default: skip).",
)
@click.option(
    "--max-steps",
    type=int,
    default=0,
    show_default=True,
    help="The most batches of a config; 0: as many as the data need.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the training and of the intervals.")
@max_lost_option
@json_option
def command(
    *, corpus: Path, out: Path, split: str | None, annotator: tuple[str, ...], max_steps: int, seed: int, max_lost: int,
    as_json: bool, **chosen: Any,
) -> None:  # fmt: skip
    """Export CORPUS to OUT/data, train spaCy on it, and write the pipeline to OUT/model.

    The scores of the test part are printed and written to OUT/scores.json, each with a 95 % interval over
    documents. Where texts were read for some labels only, each label is trained on the texts that cover it.

    Exit code 3 means that the export left something out that you did not ask to leave out.
    """
    from annotator.workflows.training import train_model

    folder = open_corpus(corpus)
    options = ExportOptions(
        split=parse_split(split) if split is not None else None,
        lang=folder.known_lang,
        annotator=preferred_annotators(annotator),
        **chosen,
    )
    state = "an earlier model stays until the new one is trained and scored; run it again, from the start"
    with output.explain_interrupt(state), output.progress("train") as show:
        report = train_model(
            folder, out, options, max_steps=max_steps, seed=seed, progress=show, warn=output.write_warning
        )
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(report.lines())
    exit_for_losses(report.lost, max_lost)
