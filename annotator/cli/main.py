"""The command group; each command imports its work when it runs, so that help is instant."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from annotator._version import __version__
from annotator.cli import output
from annotator.core.errors import AnnotatorError
from annotator.storage.gc_pause import gc_paused

_COMMANDS = {
    "annotate": "Annotate a corpus in the terminal (also: `annotator CORPUS`).",
    "articles": "List the articles of a corpus, or the lines of one with their verdicts.",
    "check": "Look for problems: damage, forbidden overlaps, doubtful edges, doubles; or certify a format.",
    "export": "Write training data for spaCy: DocBins, a config and a ledger.",
    "help": "Show a page of the manual, or the list of its pages.",
    "import": "Take in the annotations of other tools: Prodigy, doccano, Label Studio, brat, CoNLL, …",
    "keys": "Print the keys in force, or try a keymap file.",
    "ingest": "Take articles into a corpus: text dumps, HTML, JSONL, folders, standard input.",
    "merge": "Put several corpora together in a new one; nothing is overwritten, conflicts are listed.",
    "schema": "Rename, merge or split labels together with what was annotated, and take it back.",
    "stats": "Print honest figures: pace, keys a span, progress with a forecast, suggestions.",
    "suggest": "Pre-annotate a corpus by rules or a spaCy pipeline, or measure how well they do.",
}


_MODULES = {"import": "imports"}
"""The module of a command whose name is a word of Python."""


class _CommandGroup(click.Group):
    """Loads a command when it is called; a first word that is no command is a corpus to annotate."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in order."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command by name."""
        if cmd_name not in _COMMANDS:
            return None
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
        own = {"--help", "-h", "--version"}
        if not args or (args[0] not in _COMMANDS and args[0] not in own):
            args = ["annotate", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="annotator")
def main() -> None:
    """Mark spans in news articles in the terminal and export training data for spaCy.

    `annotator [CORPUS]` opens a corpus; without one it opens your own copy of the sample.

    Exit codes: 0 done; 1 bad input or environment; 2 wrong usage, or no terminal; 3 done, but
    something was left out that you did not ask to leave out; 130 stopped with Ctrl+C.
    """


DEBUG_VARIABLE = "ANNOTATOR_DEBUG"
"""The environment variable that shows where an unexpected error was raised."""


def run(args: list[str] | None = None) -> None:
    """Run the command line and exit with its code; a mistake or a failing system is one line on stderr."""
    output.allow_any_text()
    if os.name == "nt":  # before anything is loaded that needs the locks of Unix
        output.write_message(
            "annotator: Windows has no file locks of this kind; install WSL and run Annotator in it"
        )
        sys.exit(1)
    sys.exit(_run_for_exit_code(args))


def _run_for_exit_code(args: list[str] | None) -> int:
    """Run the command line and return its exit code."""
    try:
        code: Any = main(args=args, prog_name="annotator", standalone_mode=False)
    except AnnotatorError as error:
        output.write_message(f"annotator: {error}")
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = output.EXIT_INTERRUPTED
    except output.OutputClosedError:
        code = 0
    except (OSError, ValueError) as error:  # UnicodeError is a ValueError
        if os.environ.get(DEBUG_VARIABLE):
            import traceback

            traceback.print_exc()
        output.write_message(
            f"annotator: {_describe_unexpected(error)}; set {DEBUG_VARIABLE}=1 to see where it comes from"
        )
        code = 1
    return code if isinstance(code, int) else 0


def _describe_unexpected(error: OSError | ValueError) -> str:
    """Return an error that no command has foreseen as one line: where, if it says so, and what."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror.lower()}"
    return " ".join((str(error) or type(error).__name__).split())


if __name__ == "__main__":
    run()
