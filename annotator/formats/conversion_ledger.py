"""The ledger of an import or an export through a format: one JSON object a line, totals last.

Each line is about one span (or relation, comment, …) that was not carried over unchanged: its ``id``,
``what`` became of it, ``why``, and ``where`` in the file it is. A full ledger lists the kept spans too.
The last line is ``{"totals": …}``, in which ``in`` is the sum of all outcomes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotator.core.ledger import Ledger, Outcome, encode_ledger
from annotator.formats.document import (
    ANSWERED_IGNORE,
    AS_MAP_REQUESTS,
    CONVERSION_OUTCOMES,
    ConversionLog,
    ConversionLogEntry,
)

_CHANGED_OUTCOMES = {Outcome.MOVED, Outcome.SPLIT, Outcome.TRIMMED}
_MINOR_KINDS = {"answer", "flag", "rejected span"}
"""What a format has no place for and nobody would train on: listed, but no loss."""
_NO_LOSS_REASONS = {AS_MAP_REQUESTS, ANSWERED_IGNORE}
"""Reasons for leaving a span out that are no loss: the user asked for it, or nobody judged the span."""
_OUTCOME_WORDS = {Outcome.CHARACTERS.value: "to be repaired"}
"""The words for an outcome whose name, with a number before it, would mislead."""


def conversion_ledger_lines(
    log: ConversionLog, totals: Mapping[str, Any], kept: Iterable[ConversionLogEntry] = ()
) -> Iterator[bytes]:
    """Yield the ledger's lines."""
    return encode_ledger(map(_entry_fields, [*log.entries, *kept]), totals)


def _entry_fields(entry: ConversionLogEntry) -> dict[str, Any]:
    became = entry.resulting_spans if entry.outcome in _CHANGED_OUTCOMES else ()
    fields: dict[str, Any] = {
        "id": _without_surrogates(entry.id),
        "what": entry.outcome.value,
        "why": entry.why,
        "where": _without_surrogates(entry.where),
        "text": _without_surrogates(entry.text),
        "thing": "" if entry.kind == "span" else entry.kind,
        "became": [f"{s.start}-{s.end}:{_without_surrogates(s.label)}" for s in became],
    }
    return {k: v for k, v in fields.items() if v}


def _without_surrogates(text: str) -> str:
    """Return a text as JSON can hold it: halves of characters become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def conversion_totals(log: ConversionLog) -> dict[str, Any]:
    """Return the totals: spans by outcome and by reason, and other things that were left out."""
    outcomes = Counter(e.outcome for e in log.entries if e.kind == "span")
    why = Counter((e.kind, e.outcome.value, e.why) for e in log.entries)
    things = Counter(e.kind for e in log.entries if e.kind != "span" and e.outcome is Outcome.LEFT_OUT)
    return {
        "spans": {"in": log.read, "kept": log.kept, **{o.value: outcomes[o] for o in CONVERSION_OUTCOMES}},
        "why": [{"thing": t, "what": f, "why": y, "count": n} for (t, f, y), n in sorted(why.items())],
        "other things left out": dict(sorted(things.items())),
        "lost": count_losses(log),
        "balanced": log.is_balanced,
    }


def is_loss(entry: ConversionLogEntry) -> bool:
    """Return True if something was left out that nobody asked to leave out."""
    return (
        entry.outcome is Outcome.LEFT_OUT
        and entry.why not in _NO_LOSS_REASONS
        and entry.kind not in _MINOR_KINDS
    )


def count_losses(log: ConversionLog) -> int:
    """Return how much was left out though nobody asked for it: spans, and what no span can hold."""
    return sum(map(is_loss, log.entries))


def conversion_report(ledger: Ledger) -> Iterator[str]:
    """Yield the account for people: the sum, then a line for each reason."""
    spans = ledger.spans
    changed = [f"{spans[o]} {_OUTCOME_WORDS.get(o, o)}" for o in CONVERSION_OUTCOMES if spans[o]]
    yield ", ".join([f"spans: {spans['in']} in the file, {spans['kept']} as they were", *changed])
    for row in ledger.totals["why"]:
        what = "" if row["thing"] == "span" else f" ({row['thing']})"
        yield f"  {row['count']:>6} {_OUTCOME_WORDS.get(row['what'], row['what'])}{what}: {row['why']}"
