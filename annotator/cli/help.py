"""``annotator help``: the pages of the manual."""

from __future__ import annotations

import click

from annotator.cli import output
from annotator.core.errors import UsageError
from annotator.manual import INDEX, manual_topics, nearest_topic, pages_with, read_manual_page


@click.command("help", epilog="Example: annotator help export")
@click.argument("topic", default=INDEX)
@click.pass_context
def command(ctx: click.Context, topic: str) -> None:
    """Show a page of the manual; without TOPIC, the list of the pages.

    A page is shown in your pager; without a terminal it is written as Markdown. The name of a
    command that has no page gives its options; any other word gives the pages that have it.
    """
    name = topic.casefold().replace("_", "-").replace(" ", "-").removesuffix(".md")
    if name == INDEX or name in manual_topics():
        output.write_page(read_manual_page(name))
        return
    group = ctx.find_root().command
    found = group.get_command(ctx, name) if isinstance(group, click.Group) else None
    if found is None:
        _list_pages_with(topic, nearest_topic(name))
        return
    with click.Context(found, info_name=name, parent=ctx.find_root()) as own:
        output.write_data(found.get_help(own).split("\n"))


def _list_pages_with(word: str, near: str) -> None:
    """List the pages that have a word, with the first line of each; raises UsageError where none has it."""
    pages = pages_with(word)
    if not pages:
        raise UsageError(
            f"the manual has no page {word!r}",
            do=f"try `annotator help {near}`" if near else "`annotator help` lists the pages",
        )
    output.write_data([f"no page is called {word!r}; these pages have the word:", ""])
    width = max(map(len, pages))
    for topic, line in pages.items():
        output.write_row(f"annotator help {topic:<{width}}  {line}")
