"""What stands in a Doc, before anybody makes one: words, blanks, spans, what is missing, user data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from annotator.core.errors import CorpusError
from annotator.core.tokens import Range, tile
from annotator.export.pieces import Piece, Stretch, gap
from annotator.export.wrong import Wrong

USER_DATA = "annotator"
"""The key in ``doc.user_data``; lists in it come back from a DocBin as tuples."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The tokens of a stretch, and the first token of each of its pieces."""

    words: list[str]
    spaces: list[bool]
    firsts: list[int]

    @property
    def ends(self) -> list[int]:
        """The token after the last one of each piece, white space behind it counted in."""
        return [*self.firsts[1:], len(self.words)]


def layout(stretch: Stretch) -> Layout:
    """Lay the tokens of a stretch out; raises CorpusError where they do not spell their sentence."""
    out = Layout([], [], [])
    before: Piece | None = None
    for piece in stretch:
        if not tile(piece.sentence.tokens, piece.sentence.text):
            raise CorpusError(
                "the stored tokens do not spell the sentence",
                where=piece.sentence.id,
                do="restore its line in sentences.jsonl or in the journal",
            )
        if before:
            _bridge(gap(before.sentence, piece.sentence, piece.article), out)
        out.firsts.append(len(out.words))
        out.words.extend(t.text for t in piece.sentence.tokens)
        out.spaces.extend(t.ws for t in piece.sentence.tokens)
        before = piece
    return out


def _bridge(blank: str, out: Layout) -> None:
    """Keep the white space between two sentences as spaCy does: one blank, the rest a token."""
    out.spaces[-1] = blank.startswith(" ")
    if rest := blank[out.spaces[-1] :]:
        out.words.append(rest)
        out.spaces.append(False)


def ents(stretch: Stretch, firsts: list[int]) -> list[Wrong]:
    """Return the entities, by token in the Doc."""
    return [
        ((first + f.ent[0], first + f.ent[1]), f.span.label)
        for piece, first in zip(stretch, firsts, strict=True)
        for f in piece.fates
        if f.ent
    ]


def spans(stretch: Stretch, firsts: list[int]) -> list[Wrong]:
    """Return all spans, by token in the Doc."""
    return [
        ((first + f.tokens[0], first + f.tokens[1]), f.span.label)
        for piece, first in zip(stretch, firsts, strict=True)
        for f in piece.fates
        if f.tokens
    ]


def wrong(stretch: Stretch, firsts: list[int]) -> list[Wrong]:
    """Return the known-wrong spans; never one that is an entity, which spaCy would refuse."""
    known = set(ents(stretch, firsts))
    found = [
        ((first + a, first + b), label)
        for piece, first in zip(stretch, firsts, strict=True)
        for (a, b), label in piece.wrong
    ]
    return [x for x in found if x not in known]


def missing(stretch: Stretch, made: Layout) -> list[Range]:
    """Return the stretches of tokens that nobody has reviewed, white space after them included."""
    places = zip(stretch, made.firsts, made.ends, strict=True)
    return [(first, end) for p, first, end in places if not p.reviewed]


def user_data(stretch: Stretch, made: Layout) -> dict[str, Any]:
    """Return where a Doc comes from; offsets are code points in the article's text."""
    first, last = stretch[0].sentence, stretch[-1].sentence
    names = sorted({name for p in stretch for name in p.annotators})
    return {
        **about(stretch[0].article),
        "start": first.start,
        "end": last.end,
        "annotator": ", ".join(names),
        "sentence": first.id if len(stretch) == 1 else "",
        "sentences": [_sentence(p, made.firsts[n]) for n, p in enumerate(stretch)],
    }


class Origin(Protocol):
    """What a Doc tells of its article."""

    @property
    def id(self) -> str:
        """Return its id."""

    @property
    def title(self) -> str:
        """Return its title."""

    @property
    def byline(self) -> str:
        """Return who wrote it."""

    @property
    def dateline(self) -> str:
        """Return where and when it was written."""

    @property
    def date(self) -> str:
        """Return its date."""

    @property
    def source(self) -> str:
        """Return who published it."""

    @property
    def origin(self) -> str:
        """Return the file that it came from."""

    @property
    def meta(self) -> Mapping[str, object]:
        """Return what else its source tells."""


def about(article: Origin) -> dict[str, Any]:
    """Return what a Doc tells of its article; the fields stand first in ``user_data``."""
    return {
        "article": article.id,
        "title": article.title,
        "byline": article.byline,
        "dateline": article.dateline,
        "date": article.date,
        "source": article.source,
        "origin": article.origin,
        "meta": _plain(article.meta),
    }


def _plain(meta: Mapping[str, object]) -> dict[str, object]:
    """Return the values that msgpack holds; nested ones and numbers past 64 bits stay behind."""
    held: Iterable[tuple[str, object]] = sorted(meta.items())
    return {
        k: v for k, v in held if isinstance(v, str | float) or (isinstance(v, int) and -(2**63) <= v < 2**63)
    }


def _sentence(piece: Piece, first: int) -> dict[str, Any]:
    s = piece.sentence
    return {
        "id": s.id,
        "start": s.start,
        "end": s.end,
        "token_start": first,
        "token_end": first + len(s.tokens),
        "reviewed": piece.reviewed,
        "annotator": ", ".join(sorted(piece.annotators)),
    }
