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
from annotator.export.absent import ExcludedSentence
from annotator.export.fates import SpanOutcome, OutcomeKind
from annotator.export.pieces import ExportSentence


@dataclass(frozen=True, slots=True)
class ExportLedger:
    """All that a ledger tells of."""

    exported: Sequence[ExportSentence]
    excluded: Sequence[ExcludedSentence]
    sentence_counts: Mapping[str, int]
    """Sentences by answer."""
    damaged_lines: Mapping[str, int]
    """By annotator, the lines of the journal that do not count or have others missing before them."""

    @property
    def outcomes(self) -> list[tuple[ExportSentence, SpanOutcome]]:
        """Every span, with the sentence it stands in."""
        return [(p, f) for p in (*self.exported, *(a.sentence for a in self.excluded)) for f in p.outcomes]

    @property
    def lost(self) -> int:
        """What was left out though nobody asked for that."""
        spans = sum(f.kind is OutcomeKind.LEFT_OUT for p in self.exported for f in p.outcomes)
        return spans + sum(a.lost for a in self.excluded) + sum(self.damaged_lines.values())


def export_ledger_lines(ledger: ExportLedger, totals: Mapping[str, Any], *, full: bool) -> Iterator[bytes]:
    """Yield the ledger's lines."""
    yield from exception_lines(ledger)
    if full:
        yield from (_outcome_line(p, f) for p, f in ledger.outcomes if f.kind is OutcomeKind.KEPT)
    yield orjson.dumps({"totals": totals}) + b"\n"


def exception_lines(ledger: ExportLedger) -> Iterator[bytes]:
    """Yield the lines of spans that are not kept just as they are."""
    yield from (_outcome_line(p, f) for p, f in ledger.outcomes if f.kind is not OutcomeKind.KEPT)


def _outcome_line(sentence: ExportSentence, outcome: SpanOutcome) -> bytes:
    s, span = sentence.sentence, outcome.span
    seq = sentence.item.seq if sentence.item else 0
    names = ", ".join(sentence.annotators)
    where = SpanLocation(s.article, sentence.article.title, s.start + span.start, s.start + span.end, names, seq)
    said = (outcome.kind.value, outcome.why, outcome.replaced_by, outcome.stored_in)
    return encode_line(span_id(s.id, span), said, sentence.part, s.text[span.start : span.end], where)


class SpanLocation(msgspec.Struct, gc=False):
    """Where a span stands; ``start`` and ``end`` are in code points of the article's text."""

    article: str
    title: str
    start: int
    end: int
    annotator: str
    """One name, or several with a comma between."""
    seq: int


class _LedgerLine(msgspec.Struct, omit_defaults=True, gc=False):
    id: str
    what: str
    why: str = ""
    by: str = ""
    kept_in: tuple[str, ...] | None = msgspec.field(default=None, name="in")
    part: str = ""
    text: str | None = None
    where: SpanLocation | None = None


_encode_json = msgspec.json.Encoder().encode


def encode_line(span: str, outcome: tuple[str, str, str, tuple[str, ...]], part: str, text: str, where: SpanLocation) -> bytes:
    """Return the line of one span: its id, and what, why, because of which other, and where it is kept."""
    what, why, by, kept_in = outcome
    return _encode_json(_LedgerLine(span, what, why, by, kept_in, part, text, where)) + b"\n"


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 by which the totals name a file."""
    return hashlib.sha256(data).hexdigest()


def ledger_totals(ledger: ExportLedger) -> dict[str, Any]:
    """Return the totals: sentences by answer, spans by fate, by reason and by place, what is missing."""
    every = [f for _, f in ledger.outcomes]
    outcomes = Counter((f.kind, f.why) for f in every)
    placed = {place: sum(place in f.stored_in for f in every) for place in ("ents", "spans")}
    return {
        **sum_totals(ledger.sentence_counts, outcomes, placed),
        "left out": count_excluded(ledger.excluded),
        "journals with flaws": dict(ledger.damaged_lines),
    }


def sum_totals(
    sentences: Mapping[str, int], outcomes: Mapping[tuple[OutcomeKind, str], int], stored: Mapping[str, int]
) -> dict[str, Any]:
    """Return the totals of sentences by answer, spans by (fate, reason), and spans by place."""
    description = {w.value: sum(n for (what, _), n in outcomes.items() if what is w) for w in OutcomeKind}
    reasons = sorted((w, why, n) for (w, why), n in outcomes.items() if why)
    return {
        "sentences": dict(sentences),
        "spans": {"in": sum(outcomes.values()), **description},
        "placed": dict(stored),
        "why": [{"what": w.value, "why": why, "count": n} for w, why, n in reasons],
    }


def count_excluded(excluded: Iterable[ExcludedSentence]) -> list[dict[str, Any]]:
    """Count the sentences that are left out whole, and their spans, by reason."""
    found: dict[str, list[ExcludedSentence]] = {}
    for a in excluded:
        found.setdefault(a.why, []).append(a)
    return [
        {
            "why": why,
            "asked": every[0].requested,
            "sentences": len(every),
            "spans": sum(len(a.sentence.outcomes) for a in every),
        }
        for why, every in found.items()
    ]
