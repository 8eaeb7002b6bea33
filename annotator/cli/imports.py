"""``annotator import``: the files of other tools into a corpus, all of them or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotator.cli import output
from annotator.cli.options import (
    PATH,
    FormatType,
    choice_option,
    exit_for_losses,
    json_option,
    max_lost_option,
    tokens_option,
)
from annotator.core.annotation import Answer
from annotator.formats import offset_units
from annotator.formats.registry import FORMATS
from annotator.workflows.import_options import INSIDE_TOKENS, OPEN_ANSWER, ImportOptions, parse_label_pairs
from annotator.workflows.importing import MAX_LISTED, import_files


@click.command("import", epilog="Example: annotator import all.jsonl --corpus news --map PER=PERSON")
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--corpus", "folder", required=True, type=PATH, help="The corpus; made if need be.")
@click.option(
    "--format",
    type=FormatType("auto", lambda: ["auto", *FORMATS]),
    default="auto",
    show_default=True,
    help="What the files are; auto finds it by what is in them.",
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OLD=NEW,…",
    help="Labels: PER=PERSON,MISC= (empty: left out); numbered tags: 0=O,1=B-PERSON,2=I-PERSON.",
)
@click.option("--add-labels", is_flag=True, help="Take labels that the schema lacks into it.")
@click.option(
    "--covers",
    default="",
    metavar="LABEL,…",
    help="The labels for which the texts were read, where not for all (default: as in the file).",
)
@click.option("--as", "annotator", default="", metavar="NAME", help="Whose annotations (default: as in the file).")
@click.option(
    "--answer",
    type=click.Choice([Answer.ACCEPT.value, OPEN_ANSWER]),
    default=None,
    help="accept: what the file leaves open was read whole and is right; open: nothing is finished yet "
    "(default: as in the file).",
)
@choice_option(
    "--ledger",
    ["exceptions", "full"],
    help="What the ledger lists: what is not carried over just as it was, or every span.",
)
@click.option("--ledger-file", type=PATH, help="Where the ledger goes (default: imports/ in the corpus).")
@click.option("--strict", is_flag=True, help="Import nothing if anything would be lost.")
@click.option(
    "--title-from", default="", metavar="FIELD", help="The field of the metadata that holds an article's title."
)
@click.option(
    "--group-by",
    default="",
    metavar="FIELD|none",
    help="The field of the metadata with the document of a row; none keeps the rows apart (default: found by a rule).",
)
@click.option(
    "--offsets",
    type=click.Choice(list(offset_units.OFFSET_UNIT_NAMES)),
    default=None,
    help="What offsets count, where the file does not show it.",
)
@click.option(
    "--layer",
    default="",
    metavar="NAME[.FEATURE]",
    help="WebAnno, UIMA: take this layer alone (default: those whose values look like labels).",
)
@choice_option(
    "--predictions",
    ["ignore", "suggest"],
    help="What becomes of the predictions of models in the files (Label Studio, Argilla, Prodigy).",
)
@click.option("--lang", default="", help="Language of a new corpus, a spaCy code (default: en).")
@tokens_option
@click.option(
    "--inside-tokens",
    type=click.Choice(INSIDE_TOKENS),
    default="keep",
    show_default=True,
    help="Spans that begin or end inside a token: split: a new corpus cuts there (infixes, or characters); "
    "out, in: they grow, or shrink, to the edges of tokens; keep: they stay.",
)
@click.option("--schema", type=PATH, help="Label schema of a new corpus (default: news).")
@max_lost_option
@json_option
def command(
    files: tuple[Path, ...],
    folder: Path,
    pairs: tuple[str, ...],
    covers: str,
    max_lost: int,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Take the annotations in FILES (or folders, or zips), made with other tools, into a corpus.

    It is one transaction: with exit code 1 the corpus is as it was. Every span is accounted for: the
    ledger has a JSON line for each one that changed or was left out. Exit code 3 means that something
    was left out that you did not ask to leave out.
    """
    options = {name: value for name, value in chosen.items() if value is not None}
    options["covers"] = tuple(dict.fromkeys(x.strip() for x in covers.split(",") if x.strip()))
    with output.progress_counter("documents of") as show:
        report = import_files(
            files=files, folder=folder, progress=show, options=ImportOptions(labels=parse_label_pairs(pairs), **options)
        )
    if as_json:
        output.write_json(report.as_dict())
    else:
        output.write_report(report.lines())
        if report.added_labels:
            more = len(report.added_labels) - MAX_LISTED
            rest = f" and {more} more" if more > 0 else ""
            output.write_message(
                f"note: the schema has new labels: {', '.join(report.added_labels[:MAX_LISTED])}{rest}"
            )
        for note in report.notes:
            output.write_message(f"note: {note}")
    exit_for_losses(report.lost, max_lost)
