"""``annotator repair``: mends what can be mended in a damaged corpus."""

from __future__ import annotations

from pathlib import Path

import click

from annotator.cli import output
from annotator.cli.options import PATH, exit_for_losses, json_option
from annotator.workflows.repairing import repair_corpus


@click.command("repair", epilog="Example: annotator repair news --write")
@click.argument("corpus", type=PATH)
@click.option("--write", is_flag=True, help="Mend it; without this option nothing is changed.")
@click.option("--accept-meta", is_flag=True, help="Keep titles, dates and metadata that were changed by hand.")
@click.option("--lang", default="", metavar="CODE", help="The language, where corpus.toml has lost it.")
@json_option
def command(corpus: Path, write: bool, accept_meta: bool, lang: str, as_json: bool) -> None:
    """Mend what can be mended in CORPUS, or show what that is.

    Flipped bits, line endings, a merge that git could not finish, one annotator's work on two machines,
    sentences that are lost: whatever a digest, a checksum or another file of the corpus proves is set right.
    Nothing is made up. Files that change are copied into `damaged/` first, and nobody may be annotating.

    Exit code 3 means that something stays which you have to look at.
    """
    report = repair_corpus(corpus, write=write, accept_meta=accept_meta, lang=lang)
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(report.lines())
    exit_for_losses(report.stays)
