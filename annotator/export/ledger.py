"""The ledger: what an export kept, trimmed, demoted or left out, span by span.

One JSON object a line. The exceptions come first, each span id once; with ``full`` the kept
spans follow; the last line is ``{"totals": …}``. In it, ``in`` is the sum of all fates: each span
of an accepted sentence of the journals. ``left out`` there tells of whole sentences, by reason; ``journals
with flaws`` how many lines of which journals do not count or have others missing before them;
``files`` holds the SHA-256 of what was written beside the ledger.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from annotator.core.spans import span_id
from annotator.export.absent import Absent
from annotator.export.fates import Fate, What
from annotator.export.pieces import Piece


@dataclass(frozen=True, slots=True)
class Book:
    """All that a ledger tells of."""

    pieces: Sequence[Piece]
    absent: Sequence[Absent]
    sentences: Mapping[str, int]
    """Sentences by answer."""
    flawed: Mapping[str, int]
    """By annotator, the lines of the journal that do not count or have others missing before them."""

    @property
    def fates(self) -> list[tuple[Piece, Fate]]:
        """Every span, with the sentence it stands in."""
        return [(p, f) for p in (*self.pieces, *(a.piece for a in self.absent)) for f in p.fates]

    @property
    def lost(self) -> int:
        """What was left out though nobody asked for that."""
        spans = sum(f.what is What.LEFT_OUT for p in self.pieces for f in p.fates)
        return spans + sum(a.lost for a in self.absent) + sum(self.flawed.values())


def lines(book: Book, totals: Mapping[str, Any], *, full: bool) -> Iterator[bytes]:
    """Yield the ledger's lines."""
    yield from exceptions(book)
    if full:
        yield from (_line(p, f) for p, f in book.fates if f.what is What.KEPT)
    yield orjson.dumps({"totals": totals}) + b"\n"


def exceptions(book: Book) -> Iterator[bytes]:
    """Yield the lines of spans that are not kept just as they are."""
    yield from (_line(p, f) for p, f in book.fates if f.what is not What.KEPT)


def _line(piece: Piece, fate: Fate) -> bytes:
    s, span = piece.sentence, fate.span
    seq = piece.item.seq if piece.item else 0
    names = ", ".join(piece.annotators)
    where = Where(s.article, piece.article.title, s.start + span.start, s.start + span.end, names, seq)
    said = (fate.what.value, fate.why, fate.by, fate.kept_in)
    return line(span_id(s.id, span), said, piece.part, s.text[span.start : span.end], where)


class Where(msgspec.Struct, gc=False):
    """Where a span stands; ``start`` and ``end`` are in code points of the article's text."""

    article: str
    title: str
    start: int
    end: int
    annotator: str
    """One name, or several with a comma between."""
    seq: int


class _Line(msgspec.Struct, omit_defaults=True, gc=False):
    id: str
    what: str
    why: str = ""
    by: str = ""
    kept_in: tuple[str, ...] | None = msgspec.field(default=None, name="in")
    part: str = ""
    text: str | None = None
    where: Where | None = None


_encode = msgspec.json.Encoder().encode


def line(span: str, said: tuple[str, str, str, tuple[str, ...]], part: str, text: str, where: Where) -> bytes:
    """Return the line of one span: its id, and what, why, because of which other, and where it is kept."""
    what, why, by, kept_in = said
    return _encode(_Line(span, what, why, by, kept_in, part, text, where)) + b"\n"


def digest(data: bytes) -> str:
    """Return the SHA-256 by which the totals name a file."""
    return hashlib.sha256(data).hexdigest()


def count(book: Book) -> dict[str, Any]:
    """Return the totals: sentences by answer, spans by fate, by reason and by place, what is missing."""
    every = [f for _, f in book.fates]
    fates = Counter((f.what, f.why) for f in every)
    placed = {place: sum(place in f.kept_in for f in every) for place in ("ents", "spans")}
    return {
        **summed(book.sentences, fates, placed),
        "left out": sentences_out(book.absent),
        "journals with flaws": dict(book.flawed),
    }


def summed(
    sentences: Mapping[str, int], fates: Mapping[tuple[What, str], int], placed: Mapping[str, int]
) -> dict[str, Any]:
    """Return the totals of sentences by answer, spans by (fate, reason), and spans by place."""
    told = {w.value: sum(n for (what, _), n in fates.items() if what is w) for w in What}
    reasons = sorted((w, why, n) for (w, why), n in fates.items() if why)
    return {
        "sentences": dict(sentences),
        "spans": {"in": sum(fates.values()), **told},
        "placed": dict(placed),
        "why": [{"what": w.value, "why": why, "count": n} for w, why, n in reasons],
    }


def sentences_out(absent: Iterable[Absent]) -> list[dict[str, Any]]:
    """Count the sentences that are left out whole, and their spans, by reason."""
    found: dict[str, list[Absent]] = {}
    for a in absent:
        found.setdefault(a.why, []).append(a)
    return [
        {
            "why": why,
            "asked": every[0].asked,
            "sentences": len(every),
            "spans": sum(len(a.piece.fates) for a in every),
        }
        for why, every in found.items()
    ]
