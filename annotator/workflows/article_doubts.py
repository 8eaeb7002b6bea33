"""What commands report of articles whose choice of lines is doubtful."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from annotator.core.article import Article
from annotator.core.errors import path_text
from annotator.core.pluralize import pluralize

MAX_NAMED = 5
"""How many doubtful sources a report names one by one."""


class DoubtfulSource(Struct, frozen=True):
    """A source whose article has an open doubt."""

    origin: str
    article: str
    """The id of the article."""
    doubt: str


def doubt_warnings(corpus: Path, found: Sequence[DoubtfulSource]) -> Iterator[str]:
    """Yield a warning for each of the first doubtful sources, then how many more there are; each names a command."""
    folder = shlex.quote(path_text(corpus))
    for one in found[:MAX_NAMED]:
        yield f"{one.origin} is doubtful: {one.doubt}; `annotator articles {folder} {one.article}` shows its lines"
    if (more := len(found) - MAX_NAMED) > 0:
        sources = f"{pluralize(more, 'more source')} {'is' if more == 1 else 'are'} doubtful"
        yield f"{sources}: `annotator check {folder} --only doubt` lists all of them"


def exported_doubt_warnings(corpus: Path, exported: Iterable[Article]) -> Iterator[str]:
    """Yield a warning where articles of which something is exported have an open doubt."""
    if n := len({a.id for a in exported if is_doubtful(a)}):
        has = "1 exported article has" if n == 1 else f"{n:,} exported articles have"
        command = f"`annotator check {shlex.quote(path_text(corpus))} --only doubt`"
        yield f"{has} doubtful lines: {command} lists {'it' if n == 1 else 'them'}"


def is_doubtful(article: Article) -> bool:
    """Return True for an article in the queue with an open doubt about its lines."""
    return bool(article.doubt) and not article.replaced_by
