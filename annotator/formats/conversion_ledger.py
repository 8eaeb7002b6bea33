"""The ledger of an import or an export through a format: one JSON object a line, totals last.

Each line tells of one span (or relation, comment, …) that was not carried over just as it was: its
``id``, ``what`` became of it, ``why``, and ``where`` in the file it stands. A full ledger lists the spans
that were kept as well. The last line is ``{"totals": …}``, in which ``in`` is the sum of all fates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from annotator.formats.document import ConversionLog, ConversionLogEntry, ConversionOutcome
from annotator.formats.prodigy.prodigy_reader import ANSWERED_IGNORE
from annotator.formats.span_alignment import AS_MAP_REQUESTS


def conversion_ledger_lines(
    log: ConversionLog, totals: Mapping[str, Any], kept: Iterable[ConversionLogEntry] = ()
) -> Iterator[bytes]:
    """Yield the ledger's lines."""
    yield from (_entry_line(e, e.outcome.value) for e in log.entries)
    yield from (_entry_line(e, "kept") for e in kept)
    yield orjson.dumps({"totals": totals}) + b"\n"


def _entry_line(entry: ConversionLogEntry, what: str) -> bytes:
    record: dict[str, Any] = {
        "id": _without_surrogates(entry.id),
        "what": what,
        "why": entry.why,
        "where": _without_surrogates(entry.where),
        "text": _without_surrogates(entry.text),
        "thing": "" if entry.kind == "span" else entry.kind,
        "became": [
            f"{s.start}-{s.end}:{_without_surrogates(s.label)}"
            for s in entry.resulting_spans
            if what in _CHANGED_OUTCOMES
        ],
    }
    return orjson.dumps({k: v for k, v in record.items() if v}) + b"\n"


_CHANGED_OUTCOMES = {
    ConversionOutcome.MOVED.value,
    ConversionOutcome.SPLIT.value,
    ConversionOutcome.TRIMMED.value,
}


def _without_surrogates(text: str) -> str:
    """Return a text as JSON can hold it: halves of characters become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def conversion_totals(log: ConversionLog) -> dict[str, Any]:
    """Return the totals: spans by fate and by reason, and other things that were left out."""
    spans = [e for e in log.entries if e.kind == "span"]
    outcomes = Counter(e.outcome.value for e in spans)
    why = Counter((e.kind, e.outcome.value, e.why) for e in log.entries)
    things = Counter(
        e.kind for e in log.entries if e.kind != "span" and e.outcome is ConversionOutcome.LEFT_OUT
    )
    return {
        "spans": {
            "in": log.read,
            "kept": log.kept,
            **{f.value: outcomes[f.value] for f in ConversionOutcome},
        },
        "why": [{"thing": t, "what": f, "why": y, "count": n} for (t, f, y), n in sorted(why.items())],
        "other things left out": dict(sorted(things.items())),
        "lost": count_losses(log),
        "balanced": log.is_balanced,
    }


_MINOR_KINDS = {"answer", "flag", "rejected span"}
"""What a format has no place for and nobody would train on: listed, but no loss."""


_NO_LOSS_REASONS = {AS_MAP_REQUESTS, ANSWERED_IGNORE}
"""Reasons for which a span is left out that nobody misses: the user's own, and that nobody judged it."""


def is_loss(entry: ConversionLogEntry) -> bool:
    """Whether something was left out that nobody asked to leave out."""
    return (
        entry.outcome is ConversionOutcome.LEFT_OUT
        and entry.why not in _NO_LOSS_REASONS
        and entry.kind not in _MINOR_KINDS
    )


def count_losses(log: ConversionLog) -> int:
    """Return how much was left out though nobody asked for it: spans, and what no span can hold."""
    return sum(map(is_loss, log.entries))


_OUTCOME_WORDS = {ConversionOutcome.CHARACTERS.value: "to be repaired"}
"""What people are told of a fate where its name, with a number before it, would mislead."""


def conversion_report(log: ConversionLog) -> Iterator[str]:
    """Yield the account for people: the sum, then a line for each reason."""
    totals = conversion_totals(log)
    spans = totals["spans"]
    rest = ", ".join(
        f"{spans[f.value]} {_OUTCOME_WORDS.get(f.value, f.value)}"
        for f in ConversionOutcome
        if spans[f.value]
    )
    yield f"spans: {spans['in']} in the file, {spans['kept']} as they were" + (f", {rest}" if rest else "")
    for row in totals["why"]:
        what = "" if row["thing"] == "span" else f" ({row['thing']})"
        yield f"  {row['count']:>6} {_OUTCOME_WORDS.get(row['what'], row['what'])}{what}: {row['why']}"
