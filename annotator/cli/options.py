"""What several commands need: names, schemas, opening a corpus."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from annotator.cli.output import EXIT_LEFT_OUT
from annotator.core.token_settings import TOKEN_UNITS
from annotator.plugin_loader import plugin_names


class _PathType(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fails for the empty text, which Path takes for the current folder."""
        return self.fail("the empty text is no path", param, ctx) if value == "" else super().convert(value, param, ctx)


PATH = _PathType(path_type=Path, readable=False)
"""A path as it was given: its reader reports what cannot be read, as bad input."""


_Command = TypeVar("_Command", bound=Callable[..., Any])


class FormatType(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.4 on
    """The name of a format: a built-in one that the help lists, or one that a plug-in has.

    The registry of formats is loaded only for a name other than the default, so that a command starts fast.
    """

    name = "format"

    def __init__(self, default: str, built_in: Callable[[], Iterable[str]]) -> None:
        self._default, self._built_in = default, built_in

    def _choice(self) -> click.Choice[str]:
        return click.Choice(list(self._built_in()))

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the built-in names for the help."""
        return self._choice().get_metavar(param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Complete a built-in name."""
        return self._choice().shell_complete(ctx, param, incomplete)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails for one that is unknown. Loads no plug-in."""
        if value == self._default:
            return value
        choice = self._choice()
        if value not in choice.choices and value in plugin_names("formats"):
            from annotator.formats.registry import FORMATS

            if value not in FORMATS:  # a built-in name always wins
                return value
        return choice.convert(value, param, ctx)


def choice_option(name: str, choices: Sequence[str], help: str | None = None) -> Callable[[_Command], _Command]:  # noqa: A002
    """Return an option that is one of several words, the first one by default."""
    return click.option(name, type=click.Choice(choices), default=choices[0], show_default=True, help=help)


def completing(words: Callable[[], Iterable[str]]) -> Callable[..., list[CompletionItem]]:
    """Return the ``shell_complete`` of a parameter that takes one of these words."""
    return lambda ctx, param, incomplete: click.Choice(list(map(str, words()))).shell_complete(ctx, param, incomplete)


def split_options(command: _Command) -> _Command:
    """Add the options that choose the split, but for the unit."""
    parts = ["train", "dev", "test", "leave-out"]
    shares = "Shares of train, dev and test (default: corpus.toml's, else 80/10/10)."
    otherwise = "With --split-from: where articles go whose field names no part, and documents that are in two."
    added = click.option("--split-else", type=click.Choice(parts), help=otherwise)(command)
    field = "Take the parts from this field of the metadata."
    added = click.option("--split-from", metavar="FIELD", help=field)(added)
    return click.option("--split", help=shares)(added)


max_lost_option = click.option(
    "--max-lost",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="End with 0 instead of 3 where no more than N things were left out.",
)
tokens_option = click.option(
    "--tokens",
    type=click.Choice(TOKEN_UNITS),
    default=None,
    help="How a new corpus cuts texts: by the rules of its language (the default), or each character a token.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")


def login_name() -> str:
    """Return the login name as an annotator's name: small letters, digits and ``._-``."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = ""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).lstrip(".")[:64] or "me"


def exit_for_losses(lost: int, max_lost: int = 0) -> None:
    """Exit with 3 where more was left out, though nobody asked for it, than ``--max-lost`` allows."""
    if lost > max_lost:
        sys.exit(EXIT_LEFT_OUT)
