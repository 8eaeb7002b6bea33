"""The command group; each command imports its work when it runs, so that help is instant."""

from __future__ import annotations

import importlib
import os
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from annotator._version import __version__
from annotator.cli import output
from annotator.core.errors import AnnotatorError, UsageError
from annotator.storage.file_io import translate_os_error

_COMMANDS = {
    "annotate": "Annotate a corpus in the terminal (also: `annotator CORPUS`).",
    "articles": "List the articles of a corpus, or the lines of one with their verdicts.",
    "check": "Look for problems: damage, forbidden overlaps, doubtful edges, doubles; or certify a format.",
    "completion": "Print the script that completes commands and options in a shell.",
    "export": "Write training data for spaCy: DocBins, a config and a ledger.",
    "help": "Show a page of the manual, the list of its pages, or the pages that have a word.",
    "import": "Import the annotations of other tools: Prodigy, doccano, Label Studio, brat, CoNLL, …",
    "keys": "Print the keys in force, or try a keymap file.",
    "ingest": "Add articles to a corpus: text dumps, HTML, JSONL, folders, standard input.",
    "merge": "Put several corpora together in a new one; nothing is overwritten, conflicts are listed.",
    "repair": "Mend what can be mended in a damaged corpus, or show what that is.",
    "schema": "Rename, merge or split labels together with what was annotated, and take it back.",
    "stats": "Print figures of the work: pace, keys a span, progress with a forecast, suggestions.",
    "suggest": "Pre-annotate a corpus by rules or a spaCy pipeline, or measure how well they do.",
    "train": "Export, train a spaCy pipeline and evaluate it, in one.",
}
_MODULES = {"import": "imports"}
"""The module of a command whose name is a word of Python."""
DEBUG_VARIABLE = "ANNOTATOR_DEBUG"
"""The environment variable that shows where an unexpected error was raised."""


class _CommandGroup(click.Group):
    """Loads a command when it is called; a first word that is no command is a corpus to annotate."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in order."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command by name."""
        if cmd_name not in _COMMANDS:
            return None
        from annotator.storage.file_io import gc_paused  # the help of the group needs no file

        with gc_paused():
            module = importlib.import_module(f"annotator.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `annotate` before what is neither a command nor an option of the group."""
        if not (args and args[0] in {*_COMMANDS, "--help", "-h", "--version"}):
            if ctx.resilient_parsing:  # a shell completes: the words so far may be none
                return super().parse_args(ctx, ["annotate", *args] if args else args)
            if args:
                self._refuse_unknown_option(ctx, args[0].partition("=")[0])
                _refuse_misspelt_command(args[0])
            args = ["annotate", *args]
        return super().parse_args(ctx, args)

    def _refuse_unknown_option(self, ctx: click.Context, word: str) -> None:
        """Raise NoSuchOption for an option that neither the group nor `annotate` has, with those that are near."""
        annotate = self.get_command(ctx, "annotate") if word.startswith("-") else None
        if annotate:
            known = ["--help", "-h", "--version", *(o for p in annotate.params for o in p.opts if o.startswith("-"))]
            if word not in known:
                near = get_close_matches(word, known, n=1, cutoff=0.7)
                raise click.NoSuchOption(word, possibilities=near, ctx=ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command, or the folder of a corpus to annotate."""
        folders = [] if incomplete.startswith("-") else [CompletionItem(incomplete, type="dir")]
        return [*super().shell_complete(ctx, incomplete), *folders]


def _refuse_misspelt_command(word: str) -> None:
    """Raise UsageError for a word that is neither an option nor there as a folder."""
    if word.startswith("-") or Path(word).exists():
        return
    near = get_close_matches(word, _COMMANDS, n=1, cutoff=0.7)
    do = f"did you mean `annotator {near[0]}`?" if near else "see `annotator --help`, or name the folder of a corpus"
    raise UsageError(f"there is no command {word!r}, and no such corpus", do=do)


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Print the version of the program and of what it stores."""
    if not value or ctx.resilient_parsing:
        return
    from annotator.plugin_loader import API_VERSION
    from annotator.storage.codec import JOURNAL_FORMAT
    from annotator.storage.corpus_layout import CORPUS_FORMAT

    output.write_data(
        [
            f"annotator, version {__version__}",
            f"corpus format {CORPUS_FORMAT}, record format {JOURNAL_FORMAT}, plug-in interface {API_VERSION}",
        ]
    )
    ctx.exit()


@click.group(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the versions of the program and of its formats, and exit.",
)
def main() -> None:
    """Mark spans in news articles in the terminal and export training data for spaCy.

    `annotator [CORPUS]` opens a corpus; without one it opens your own copy of the sample.

    Exit codes: 0 done; 1 bad input or environment; 2 wrong usage, or no terminal; 3 done, but
    something was left out that you did not ask to leave out; 130 stopped with Ctrl+C. With --json
    a failure is printed as JSON too.
    """


def run(args: list[str] | None = None) -> None:
    """Run the command line and exit with its code; a mistake or a failing system is one line on stderr."""
    output.allow_any_text()
    if os.name == "nt":  # before anything is loaded that needs the locks of Unix
        output.write_message("annotator: Windows has no file locks of this kind; install WSL and run Annotator in it")
        sys.exit(1)
    sys.exit(_run_for_exit_code(sys.argv[1:] if args is None else args))


def _run_for_exit_code(args: list[str]) -> int:
    """Run the command line and return its exit code; with ``--json``, print an error as JSON as well."""
    try:
        try:
            code: Any = main(args=args, prog_name="annotator", standalone_mode=False)
        except (AnnotatorError, click.ClickException, OSError, ValueError) as error:
            code = _report_error(error)
            if "--json" in args:
                output.write_json({"error": _error_fields(error)})
    except (click.Abort, KeyboardInterrupt):
        code = output.EXIT_INTERRUPTED
    return code if isinstance(code, int) else 0


def _report_error(error: Exception) -> int:
    """Print an error on stderr and return its exit code."""
    if isinstance(error, AnnotatorError):
        output.write_message(f"annotator: {error}")
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        traceback.print_exc()
    output.write_message(f"annotator: {_unexpected_error(error)}; set {DEBUG_VARIABLE}=1 to see where it comes from")
    return 1


def _unexpected_error(error: Exception) -> AnnotatorError:
    """Return an error that no command has foreseen as one of ours: what, and where if it is known."""
    if isinstance(error, OSError) and error.strerror:
        return translate_os_error(error, "go on", str(error.filename or ""), AnnotatorError)
    return AnnotatorError(" ".join((str(error) or type(error).__name__).split()))


def _error_fields(error: Exception) -> dict[str, str]:
    """Return an error as ``--json`` prints it; ``kind`` is the error's class without its ending."""
    kind = type(error).__name__.removesuffix("Error").lower()
    if isinstance(error, click.ClickException):
        context = error.ctx if isinstance(error, click.UsageError) else None
        do = f"see `{context.command_path} --help`" if context else ""
        return {"kind": "usage", "what": error.format_message(), "where": "", "do": do}
    if not isinstance(error, AnnotatorError):
        kind, error = "unexpected", _unexpected_error(error)
    elif type(error) is AnnotatorError:
        kind = "input"
    return {"kind": kind, "what": error.what, "where": error.where, "do": error.do}


if __name__ == "__main__":
    run()
