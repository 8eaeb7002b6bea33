"""The ledger: what an export kept, trimmed, demoted or left out, span by span.

One JSON object a line. The exceptions come first, each span id once; with ``full`` the kept
spans follow; the last line is ``{"totals": …}``. In it, ``in`` is the sum of all fates, and
``files`` holds the SHA-256 of what was written beside the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from annotator.core.spans import span_id
from annotator.export.fates import Fate, What
from annotator.export.pieces import Piece


def lines(pieces: Iterable[Piece], totals: Mapping[str, Any], *, full: bool) -> Iterator[bytes]:
    """Yield the ledger's lines."""
    every = [(p, f) for p in pieces for f in p.fates]
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


def count(pieces: Iterable[Piece], sentences: Mapping[str, int]) -> dict[str, Any]:
    """Return the totals: sentences by answer, spans by fate, by reason and by place."""
    every = [f for p in pieces for f in p.fates]
    fates = Counter(f.what for f in every)
    reasons = Counter((f.what, f.why) for f in every if f.why)
    return {
        "sentences": dict(sentences),
        "spans": {"in": len(every), **{w.value: fates[w] for w in What}},
        "placed": {place: sum(place in f.kept_in for f in every) for place in ("ents", "spans")},
        "why": [{"what": w.value, "why": y, "count": n} for (w, y), n in sorted(reasons.items())],
    }
