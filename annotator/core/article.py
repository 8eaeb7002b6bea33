"""Articles, their lines with a verdict each, and the sentences in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import compress

from msgspec import Struct, field

from annotator.core.tokens import Token


class LineVerdict(StrEnum):
    """What a physical line of a source is."""

    BODY = "body"
    SUBHEAD = "subhead"
    TITLE = "title"
    DECK = "deck"
    BYLINE = "byline"
    DATELINE = "dateline"
    CAPTION = "caption"
    BOILERPLATE = "boilerplate"
    BLANK = "blank"

    @property
    def annotated(self) -> bool:
        """Whether sentences of such a line are in the queue."""
        return self in {LineVerdict.BODY, LineVerdict.SUBHEAD}


class SourceLine(Struct, frozen=True, gc=False):
    """The verdict on one physical line and the reason for it."""

    verdict: LineVerdict
    reason: str
    was: LineVerdict | None = None
    """The verdict that the cleaner gave, where a person has switched the line since."""


class ArticleGroup(Struct, frozen=True):
    """The document that an article is a part of, as the file that it came from states it.

    Articles of one field and value are one document: they stay in one part of every split.
    """

    field: str
    """The field of the metadata that names the document."""
    value: str
    position: int
    """The place in the document, from 0."""

    @property
    def key(self) -> str:
        """What is the same for all articles of the document, and for no others."""
        return f"{self.field}={self.value}"


class Article(Struct, frozen=True):
    r"""One source text with a verdict for each of its lines.

    ``text`` is the source with newlines as ``\n`` and is never changed; line ``i`` of ``lines``
    is ``text.split("\n")[i]``. ``id`` is a prefix of ``digest`` (SHA-256 of ``text``, hex).
    """

    id: str
    origin: str
    digest: str
    text: str
    lines: tuple[SourceLine, ...]
    title: str = ""
    byline: str = ""
    dateline: str = ""
    date: str = ""
    source: str = ""
    meta: dict[str, object] = field(default_factory=dict)
    group: ArticleGroup | None = None
    """The document that it is a part of; None where it is one by itself."""
    replaces: str = ""
    """The id of the earlier version of the same origin, if this is a new version of one."""
    replaced_by: str = ""
    """The id of the version that came after this one; a replaced article leaves the queue."""
    doubt: str = ""
    """Why the choice of lines may be wrong, a clause; empty where nobody doubts it, or a person has confirmed it."""

    @property
    def name(self) -> str:
        """What it is called: its title, else the document that it is a part of, else where it comes from."""
        return self.title or (self.group.value if self.group else self.origin)

    def line_starts(self) -> tuple[int, ...]:
        """Return where each line starts, in code points of ``text``."""
        starts = [0]
        for line in self.text.split("\n")[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        return tuple(starts)

    @property
    def fully_annotated(self) -> bool:
        """Whether all lines are annotated."""
        return all(line.verdict.annotated for line in self.lines)

    @property
    def ingested_text(self) -> str:
        """The lines that were annotated at ingest, whatever a person has switched since."""
        kept = [(line.was or line.verdict).annotated for line in self.lines]
        return self.text if all(kept) else "\n".join(compress(self.text.split("\n"), kept))


def shared_values(metas: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the metadata that all of several articles have alike."""
    first, *rest = metas
    return {name: value for name, value in first.items() if all(name in x and x[name] == value for x in rest)}


def stand_in_article(article_id: str) -> Article:
    """Return what takes the place of an article that cannot be read: no line of it can be annotated."""
    return Article(article_id, f"{article_id} is damaged", "", "", (SourceLine(LineVerdict.BLANK, "damaged"),))


def earlier_versions(article: str, replaces: Callable[[str], str]) -> list[str]:
    """Return the ids of an article and its earlier versions, the first version last.

    ``replaces`` returns the id of the article that another replaces, or an empty string.
    """
    seen = [article]
    while (before := replaces(seen[-1])) and before not in seen:
        seen.append(before)
    return seen


def is_superseded(article: str, replaced_by: Callable[[str], str | None]) -> bool:
    """Return True if the later versions of an article end in another one.

    ``replaced_by`` returns the id of the article that replaces another, an empty string, or None for an article that
    is not there. A link to none counts as no link; where links run in a circle, all articles of it are in force.
    """
    seen = [article]
    while following := replaced_by(seen[-1]):
        if following in seen:
            return False
        seen.append(following)
    return len(seen) > (1 if following is not None else 2)


class AnnotatedLineIndex:
    """Whether stretches of one article are annotated; computed once."""

    def __init__(self, article: Article) -> None:
        """Take the verdicts as they are now."""
        self._starts = article.line_starts()
        self._annotated = [line.verdict.annotated for line in article.lines]

    def is_annotated(self, start: int, end: int) -> bool:
        """Whether ``[start, end)`` touches an annotated line.

        A sentence may run over several lines (hard-wrapped text, a join). It stays as long as one
        of them is annotated: no text of a line that is switched on is ever out of reach.
        """
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(start, end - 1)) - 1
        return any(self._annotated[first : last + 1])

    def annotated_ranges(self, ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those of some stretches that touch an annotated line."""
        return [x for x in ranges if self.is_annotated(*x)]


class Sentence(Struct, frozen=True, gc=False):
    """A stretch ``[start, end)`` of an article's text with its stored tokens.

    Token offsets count from the sentence's own start. The identity of a sentence is its place,
    so a join or a split by one annotator is a new sentence with an id of its own.
    """

    article: str
    index: int
    start: int
    end: int
    text: str
    tokens: tuple[Token, ...]

    def __hash__(self) -> int:
        """Hash by place: a sentence is a key of the screen's caches, and its tokens are long to hash."""
        return hash((self.article, self.start, self.end))

    @property
    def id(self) -> str:
        """Return ``article:start-end``."""
        return f"{self.article}:{self.start}-{self.end}"
