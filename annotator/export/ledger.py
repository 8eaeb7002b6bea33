"""The ledger: what an export kept, trimmed, demoted or left out, span by span.

One JSON object a line. The exceptions come first, each span id once; with ``full`` the kept
spans follow; the last line is ``{"totals": …}``. In it, ``in`` is the sum of all fates: each span
of an accepted sentence of the journals. ``left out`` there tells of whole sentences, by reason; ``journals
with flaws`` how many lines of which journals do not count or have others missing before them;
``files`` holds the SHA-256 of what was written beside the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    every = book.fates
    yield from (_line(p, f) for p, f in every if f.what is not What.KEPT)
    if full:
        yield from (_line(p, f) for p, f in every if f.what is What.KEPT)
    yield orjson.dumps({"totals": totals}) + b"\n"


def _line(piece: Piece, fate: Fate) -> bytes:
    s, span = piece.sentence, fate.span
    record: dict[str, Any] = {
        "id": span_id(s.id, span),
        "what": fate.what.value,
        "why": fate.why,
        "by": fate.by,
        "in": fate.kept_in,
        "part": piece.part,
        "text": s.text[span.start : span.end],
        "where": {
            "article": piece.article.id,
            "title": piece.article.title,
            "start": s.start + span.start,
            "end": s.start + span.end,
            "annotator": ", ".join(piece.annotators),
            "seq": piece.item.seq if piece.item else 0,
        },
    }
    return orjson.dumps({k: v for k, v in record.items() if v != ""}) + b"\n"


def count(book: Book) -> dict[str, Any]:
    """Return the totals: sentences by answer, spans by fate, by reason and by place, what is missing."""
    every = [f for _, f in book.fates]
    fates = Counter(f.what for f in every)
    reasons = Counter((f.what, f.why) for f in every if f.why)
    return {
        "sentences": dict(book.sentences),
        "spans": {"in": len(every), **{w.value: fates[w] for w in What}},
        "placed": {place: sum(place in f.kept_in for f in every) for place in ("ents", "spans")},
        "why": [{"what": w.value, "why": y, "count": n} for (w, y), n in sorted(reasons.items())],
        "left out": _sentences(book.absent),
        "journals with flaws": dict(book.flawed),
    }


def _sentences(absent: Iterable[Absent]) -> list[dict[str, Any]]:
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
