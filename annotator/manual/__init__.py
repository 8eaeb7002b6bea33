"""The user's manual: one Markdown page for each topic, read by ``annotator help`` and by the app."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

INDEX = "index"
"""The page that lists the others."""

_FOLDER = Path(__file__).parent
_NOT_SHOWN = re.compile(r"<!--.*?-->\n?|^!\[[^]]*\]\([^)]*\)\n+", re.DOTALL | re.MULTILINE)
"""Comments, and pictures, which no terminal shows."""


def manual_topics() -> dict[str, str]:
    """Return the title of each page by topic, in the order of the index."""
    links = re.findall(r"\]\(([a-z-]+)\.md\)", (_FOLDER / f"{INDEX}.md").read_text(encoding="utf-8"))
    return {topic: _title(topic) for topic in dict.fromkeys(links)}


def read_manual_page(topic: str) -> str:
    """Return a page as Markdown, without comments and pictures; raises KeyError for an unknown topic."""
    if topic != INDEX and topic not in manual_topics():
        raise KeyError(topic)
    return _NOT_SHOWN.sub("", (_FOLDER / f"{topic}.md").read_text(encoding="utf-8"))


def page_lines(markdown: str, width: int) -> list[str]:
    """Return a page laid out as lines of at most ``width`` cells, without colours."""
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as page:
        console.print(Markdown(markdown, hyperlinks=False))
    return [line.rstrip() for line in page.get().splitlines()]


def nearest_topic(word: str) -> str:
    """Return the topic that is spelled most like a word; empty if none is near."""
    topics = list(manual_topics())
    part = [t for t in topics if word and word in t]
    return next(iter(get_close_matches(word, topics, n=1, cutoff=0.6) or part), "")


def pages_with(word: str) -> dict[str, str]:
    """Return the topics whose page has a word, with the first line that has it; the greatest share of lines first."""
    pattern = re.compile(rf"\b{re.escape(word.strip())}\b", re.IGNORECASE)
    found = []
    for topic in manual_topics():
        lines = read_manual_page(topic).splitlines()
        if hits := [line for line in lines if pattern.search(line)]:
            found.append((-len(hits) / len(lines), topic, hits[0].strip("#| ")))
    return {topic: line for _, topic, line in sorted(found)}


def _title(topic: str) -> str:
    """Return the heading of a page."""
    with (_FOLDER / f"{topic}.md").open(encoding="utf-8") as page:
        return page.readline().removeprefix("# ").strip()
