"""``annotator completion``: the script by which a shell completes commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from annotator.cli import output


@click.command("completion", epilog="Example: annotator completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands, options and files of `annotator` in a SHELL.

    \b
    bash: annotator completion bash >> ~/.bashrc
    zsh:  annotator completion zsh >> ~/.zshrc
    fish: annotator completion fish > ~/.config/fish/completions/annotator.fish
    """  # noqa: D301  (click wants a real backspace before lines that are not to be wrapped)
    kind = get_completion_class(shell)
    assert kind is not None, "click knows the three shells"
    group = ctx.find_root().command
    complete = kind(group, {}, "annotator", "_ANNOTATOR_COMPLETE")
    output.write_data((complete.source_template % complete.source_vars()).splitlines())
