"""``annotator help``: the pages of the manual."""

from __future__ import annotations

import click

from annotator.cli import output
from annotator.cli.options import completing
from annotator.core.errors import UsageError
from annotator.manual import INDEX, manual_topics, nearest_topic, pages_with, read_manual_page


@click.command("help", epilog="Example: annotator help export")
@click.argument("topic", nargs=-1, shell_complete=completing(manual_topics))
@click.pass_context
def command(ctx: click.Context, topic: tuple[str, ...]) -> None:
    """Show a page of the manual; without TOPIC, the list of the pages.

    A page is shown in your pager; without a terminal it is written as Markdown. The name of a
    command that has no page gives its options; any other word gives the pages that have it.
    """
    words = " ".join(topic) if topic else INDEX
    name = words.casefold().replace("_", "-").replace(" ", "-").removesuffix(".md")
    if name == INDEX or name in manual_topics():
        output.write_page(read_manual_page(name))
        return
    found: click.Command | None = ctx.find_root().command
    for word in topic:
        found = found.get_command(ctx, word.casefold()) if isinstance(found, click.Group) else None
    if found is None:
        _list_pages_with(words, nearest_topic(name))
        return
    with click.Context(found, info_name=words.casefold(), parent=ctx.find_root()) as own:
        output.write_data(found.get_help(own).split("\n"))


def _list_pages_with(word: str, near: str) -> None:
    """List the pages that have a word, with the first line of each; raises UsageError where none has it."""
    pages = pages_with(word) if word.strip() else {}
    if not pages:
        raise UsageError(
            f"the manual has no page {word!r}",
            do=f"try `annotator help {near}`" if near else "`annotator help` lists the pages",
        )
    output.write_data([f"no page is called {word!r}; these pages have the word:", ""])
    width = max(map(len, pages))
    for topic, line in pages.items():
        output.write_row(f"annotator help {topic:<{width}}  {line}")
