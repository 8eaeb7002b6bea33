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

from annotator.formats.align import ASKED
from annotator.formats.document import Account, Entry, Fate
from annotator.formats.prodigy.binary import IGNORED


def lines(log: Account, totals: Mapping[str, Any], kept: Iterable[Entry] = ()) -> Iterator[bytes]:
    """Yield the ledger's lines."""
    yield from (_line(e, e.outcome.value) for e in log.entries)
    yield from (_line(e, "kept") for e in kept)
    yield orjson.dumps({"totals": totals}) + b"\n"


def _line(entry: Entry, what: str) -> bytes:
    record: dict[str, Any] = {
        "id": _plain(entry.id),
        "what": what,
        "why": entry.why,
        "where": _plain(entry.where),
        "text": _plain(entry.text),
        "thing": "" if entry.kind == "span" else entry.kind,
        "became": [f"{s.start}-{s.end}:{_plain(s.label)}" for s in entry.resulting_spans if what in _CHANGED],
    }
    return orjson.dumps({k: v for k, v in record.items() if v}) + b"\n"


_CHANGED = {Fate.MOVED.value, Fate.SPLIT.value, Fate.TRIMMED.value}


def _plain(text: str) -> str:
    """Return a text as JSON can hold it: halves of characters become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def totals_of(log: Account) -> dict[str, Any]:
    """Return the totals: spans by fate and by reason, and other things that were left out."""
    spans = [e for e in log.entries if e.kind == "span"]
    outcomes = Counter(e.outcome.value for e in spans)
    why = Counter((e.kind, e.outcome.value, e.why) for e in log.entries)
    things = Counter(e.kind for e in log.entries if e.kind != "span" and e.outcome is Fate.LEFT_OUT)
    return {
        "spans": {"in": log.read, "kept": log.kept, **{f.value: outcomes[f.value] for f in Fate}},
        "why": [{"thing": t, "what": f, "why": y, "count": n} for (t, f, y), n in sorted(why.items())],
        "other things left out": dict(sorted(things.items())),
        "lost": lost(log),
        "balanced": log.is_balanced,
    }


_MINOR = {"answer", "flag", "rejected span"}
"""What a format has no place for and nobody would train on: listed, but no loss."""


_NO_LOSS = {ASKED, IGNORED}
"""Reasons for which a span is left out that nobody misses: the user's own, and that nobody judged it."""


def is_loss(entry: Entry) -> bool:
    """Whether something was left out that nobody asked to leave out."""
    return entry.outcome is Fate.LEFT_OUT and entry.why not in _NO_LOSS and entry.kind not in _MINOR


def lost(log: Account) -> int:
    """Return how much was left out though nobody asked for it: spans, and what no span can hold."""
    return sum(map(is_loss, log.entries))


_WORDS = {Fate.CHARACTERS.value: "to be repaired"}
"""What people are told of a fate where its name, with a number before it, would mislead."""


def told(log: Account) -> Iterator[str]:
    """Yield the account for people: the sum, then a line for each reason."""
    totals = totals_of(log)
    spans = totals["spans"]
    rest = ", ".join(f"{spans[f.value]} {_WORDS.get(f.value, f.value)}" for f in Fate if spans[f.value])
    yield f"spans: {spans['in']} in the file, {spans['kept']} as they were" + (f", {rest}" if rest else "")
    for row in totals["why"]:
        what = "" if row["thing"] == "span" else f" ({row['thing']})"
        yield f"  {row['count']:>6} {_WORDS.get(row['what'], row['what'])}{what}: {row['why']}"
