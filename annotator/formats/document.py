"""What every format reads and writes: a text with spans, and the log of what was not carried over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from msgspec import Struct, field

from annotator.core.annotation import Answer
from annotator.core.ledger import Ledger, Outcome, encode_ledger
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.core.tokens import Token


class SentenceRemarks(Struct, frozen=True):
    """The note and the flag of one sentence of a document."""

    start: int
    """Where the sentence starts, in code points of the text."""
    note: str
    flagged: bool


class PredictedSpan(Struct, frozen=True):
    """A span that a model proposes; it never counts as an annotation."""

    span: Span | None
    """Where it is, in code points of the text; None where the file gives it no place there."""
    source: str
    """The model or agent, as the file names it; data, never a path."""
    score: float | None = None
    """As the file has it, whatever it counts; None where it has none."""
    id: str = ""
    """The file's own id of it, else ``start-end:label`` as the file has them."""
    why: str = ""
    """Why it has no place."""


class Document(Struct, frozen=True):
    """One text of a file with one annotator's spans on it, in code points, half-open."""

    text: str
    spans: tuple[Span, ...] = ()
    tokens: tuple[Token, ...] = ()
    """As the file cuts the text; none where it has no tokens."""
    sentences: tuple[tuple[int, int], ...] = ()
    """The sentences of the text in code points; none where the file has none."""
    answer: Answer | None = Answer.ACCEPT
    rejected: tuple[Span, ...] = ()
    """Spans that the file marks as wrong."""
    open: tuple[tuple[int, int], ...] = ()
    """Stretches of the text that nobody has reviewed, though others are, as the file states."""
    annotator: str = ""
    """As the file names them; empty where it doesn't."""
    id: str = ""
    """The file's own id of the text; data, never a path."""
    title: str = ""
    time: float = 0.0
    """Seconds since 1970 (UTC); 0 where the file has none."""
    note: str = ""
    flagged: bool = False
    remarks: tuple[SentenceRemarks, ...] = ()
    """Notes and flags of single sentences, where the file has them; ``note`` and ``flagged`` are of the whole text."""
    covers: tuple[str, ...] | None = None
    """The labels of the corpus for which the text was read; None for all of the schema."""
    predictions: tuple[PredictedSpan, ...] = ()
    """What models propose for the text; of several documents of one text, one alone needs them."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    """``file:line``, or the file and the document's number, for messages and the ledger."""


METADATA_FIELD, OWN_FIELD = "metadata field", "the text's"
"""What a field is called that is not carried over: one of its metadata, or its title, id or annotator."""
_MAX_NAME_LENGTH = 80


def shortened_name(name: str) -> str:
    """Return the name of a field on one line, 80 characters at most."""
    shown = " ".join(_without_surrogates(name).split())
    return shown if len(shown) <= _MAX_NAME_LENGTH else f"{shown[:_MAX_NAME_LENGTH]}…"


CONVERSION_OUTCOMES = tuple(o for o in Outcome if o not in {Outcome.KEPT, Outcome.DEMOTED})
"""What may become of a span that is not carried over unchanged, in the order of the totals."""


DOUBT = "doubt"
"""The kind of an entry about a span that is kept though its place is doubtful; the span counts as kept."""
AS_MAP_REQUESTS = "as --map asks"
PREDICTIONS_NOT_TAKEN = "a prediction is no annotation; --predictions suggest makes suggestions of them"
ANSWERED_IGNORE = "it was answered with ignore"


class ConversionLogEntry(Struct, frozen=True):
    """A line of the ledger: one span (or relation, comment, …) that was not carried over unchanged."""

    where: str
    id: str
    """The file's own id of it, else ``start-end:label`` as the file has them."""
    outcome: Outcome
    why: str
    """The reason in a few words, the same words for the same reason: totals are counted by it."""
    text: str = ""
    kind: str = "span"
    """``span``; ``relation``, ``attribute``, ``comment``, … for what no span can hold (not counted)."""
    resulting_spans: tuple[Span, ...] = ()
    """The spans of the document that it became, where a reader lists it as moved or split: this line
    accounts for them, so ``align_spans`` doesn't count them as kept unchanged."""
    doubtful: tuple[tuple[int, int], ...] = ()
    """The ranges of the document's text, in code points, that it may be about: their sentences stay open."""
    label: str = ""
    """The label of a doubtful span."""


def span_entry(
    document: Document, span: Span, outcome: Outcome, why: str = "", became: Span | None = None
) -> ConversionLogEntry:
    """Return the entry for a span of a document, named ``start-end:label``."""
    id_, text = f"{span.start}-{span.end}:{span.label}", document.text[span.start : span.end]
    made = (became,) if became else ()
    return ConversionLogEntry(document.where or document.id, id_, outcome, why, text, resulting_spans=made)


class ConversionLog(Struct):
    """Counts what a file has and what became of it: spans in = carried over as they were + listed."""

    read: int = 0
    """Spans that the file has."""
    kept: int = 0
    """Spans that were carried over unchanged."""
    entries: list[ConversionLogEntry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was decided for the whole file: the offset unit, the tag scheme, the label map."""
    counted_notes: Counter[str] = field(default_factory=Counter)
    """How often each thing was counted since the last ``add_counted_notes``."""
    lost_fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many documents have a field of metadata that is not carried over, by its name and the reason."""
    aligned_entries: int = 0
    """How many entries there were when the last document was settled; for ``align_spans`` alone."""

    def count_note(self, note: str, by: int = 1) -> None:
        """Count what happens in many records: ``{n}`` becomes how often, ``{s}`` an s unless that is once."""
        if by:
            self.counted_notes[note] += by

    def add_counted_notes(self) -> None:
        """Add a note for all that was counted, in the order in which it first occurred."""
        self.notes += [note.format(n=f"{n:,}", s="" if n == 1 else "s") for note, n in self.counted_notes.items()]
        self.counted_notes.clear()

    def count_lost_field(self, name: str, why: str, what: str = METADATA_FIELD) -> None:
        """Count a document with a field that is not carried over: a line of the ledger for each name."""
        self.lost_fields[name, f"{what} {shortened_name(name)}: {why}"] += 1

    def record(self, entry: ConversionLogEntry) -> None:
        """List what was not carried over unchanged."""
        self.entries.append(entry)

    def leave_out(
        self,
        where: str,
        id_: str,
        why: str,
        text: str = "",
        kind: str = "span",
        doubtful: tuple[tuple[int, int], ...] = (),
        label: str = "",
    ) -> None:
        """List a span, or something else, that is left out; ``doubtful`` and ``label`` as in the entry."""
        self.record(ConversionLogEntry(where, id_, Outcome.LEFT_OUT, why, text, kind, doubtful=doubtful, label=label))

    @property
    def totals(self) -> Mapping[tuple[str, str], int]:
        """How many spans met each (outcome, reason)."""
        return Counter((e.outcome.value, e.why) for e in self.entries if e.kind == "span")

    @property
    def is_balanced(self) -> bool:
        """Whether every span that was read is carried over or listed."""
        return self.read == self.kept + self.listed

    @property
    def listed(self) -> int:
        """How many spans have an entry."""
        return sum(e.kind == "span" for e in self.entries)

    def count_fault(self, spans: int) -> str:
        """Return what is wrong with a writer's counts where it was given ``spans`` spans; empty if nothing is."""
        if self.read == spans and self.is_balanced:
            return ""
        counts = f"`log.read` is {self.read}, `log.kept` {self.kept}, and {self.listed} are listed"
        return f"the writer was given {pluralize(spans, 'span')}, but {counts}"


# The ledger of an import or an export through a format: one JSON object a line, totals last.
#
# Each line is about one span (or relation, comment, …) that was not carried over unchanged: its ``id``,
# ``what`` became of it, ``why``, and ``where`` in the file it is. A full ledger lists the kept spans too.
# The last line is ``{"totals": …}``, in which ``in`` is the sum of all outcomes.


_CHANGED_OUTCOMES = {Outcome.MOVED, Outcome.SPLIT, Outcome.TRIMMED}
_MINOR_KINDS = {"answer", "flag", "rejected span"}
"""What a format has no place for and nobody would train on: listed, but no loss."""
_NO_LOSS_REASONS = {AS_MAP_REQUESTS, ANSWERED_IGNORE, PREDICTIONS_NOT_TAKEN}
"""Reasons for leaving a span out that are no loss: the user asked for it, or nobody judged the span."""
_OUTCOME_WORDS = {Outcome.CHARACTERS.value: "to be repaired"}
"""The words for an outcome whose name, with a number before it, would mislead."""


def conversion_ledger_lines(
    log: ConversionLog, totals: Mapping[str, Any], kept: Iterable[ConversionLogEntry] = ()
) -> Iterator[bytes]:
    """Yield the ledger's lines."""
    fields = [
        {"id": shortened_name(name), "what": Outcome.LEFT_OUT.value, "why": why, "thing": "metadata", "count": n}
        for (name, why), n in log.lost_fields.items()
    ]
    return encode_ledger(chain(map(_entry_fields, log.entries), fields, map(_entry_fields, kept)), totals)


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
        "doubtful": [f"{start}-{end}" for start, end in entry.doubtful],
    }
    return {k: v for k, v in fields.items() if v}


def _without_surrogates(text: str) -> str:
    """Return a text as JSON can hold it: halves of characters become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def conversion_totals(log: ConversionLog) -> dict[str, Any]:
    """Return the totals: spans by outcome and by reason, and other things that were left out."""
    outcomes = Counter(e.outcome for e in log.entries if e.kind == "span")
    why = Counter((e.kind, e.outcome.value, e.why) for e in log.entries)
    why.update({("metadata", Outcome.LEFT_OUT.value, reason): n for (_, reason), n in log.lost_fields.items()})
    things = Counter(e.kind for e in log.entries if e.kind != "span" and e.outcome is Outcome.LEFT_OUT)
    things.update({"metadata": log.lost_fields.total()} if log.lost_fields else {})
    return {
        "spans": {"in": log.read, "kept": log.kept, **{o.value: outcomes[o] for o in CONVERSION_OUTCOMES}},
        "why": [{"thing": t, "what": f, "why": y, "count": n} for (t, f, y), n in sorted(why.items())],
        "other things left out": dict(sorted(things.items())),
        "lost": count_losses(log),
        "balanced": log.is_balanced,
    }


def is_loss(entry: ConversionLogEntry) -> bool:
    """Return True if something was left out that nobody asked to leave out."""
    return entry.outcome is Outcome.LEFT_OUT and entry.why not in _NO_LOSS_REASONS and entry.kind not in _MINOR_KINDS


def count_losses(log: ConversionLog) -> int:
    """Return how much was left out though nobody asked for it: spans, and what no span can hold."""
    return sum(map(is_loss, log.entries))


def conversion_report(ledger: Ledger) -> Iterator[str]:
    """Yield the report for people: the sum, then a line for each reason."""
    spans = ledger.spans
    changed = [f"{spans[o]} {_OUTCOME_WORDS.get(o, o)}" for o in CONVERSION_OUTCOMES if spans[o]]
    yield ", ".join([f"spans: {spans['in']} in the file, {spans['kept']} as they were", *changed])
    reasons = Counter((row["what"], row["why"]) for row in ledger.totals["why"])
    for row in ledger.totals["why"]:
        is_clear = row["thing"] == "span" and reasons[row["what"], row["why"]] == 1
        what = "" if is_clear else f" ({row['thing']})"
        yield f"  {row['count']:>6} {_OUTCOME_WORDS.get(row['what'], row['what'])}{what}: {row['why']}"
