"""What every format reads and writes: a text with spans, and the account of what was not carried over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from annotator.core.annotation import Answer
from annotator.core.ledger import Outcome
from annotator.core.spans import Span
from annotator.core.tokens import Token


class Document(Struct, frozen=True):
    """One text of a file with one annotator's spans on it, in code points, half-open."""

    text: str
    spans: tuple[Span, ...] = ()
    tokens: tuple[Token, ...] = ()
    """As the file cuts the text; none where it says nothing of tokens."""
    sentences: tuple[tuple[int, int], ...] = ()
    """The sentences of the text in code points; none where the file says nothing of them."""
    answer: Answer | None = Answer.ACCEPT
    rejected: tuple[Span, ...] = ()
    """Spans that the file says are wrong."""
    open: tuple[tuple[int, int], ...] = ()
    """Stretches of the text that nobody has reviewed, though others are, as the file says."""
    annotator: str = ""
    """As the file names them; empty where it doesn't."""
    id: str = ""
    """The file's own id of the text; data, never a path."""
    title: str = ""
    time: float = 0.0
    """Seconds since 1970 (UTC); 0 where the file has none."""
    note: str = ""
    flagged: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    """``file:line``, or the file and the document's number, for messages and the ledger."""


CONVERSION_OUTCOMES = (
    Outcome.TRIMMED,
    Outcome.MOVED,
    Outcome.SPLIT,
    Outcome.DOUBLE,
    Outcome.CHARACTERS,
    Outcome.LEFT_OUT,
)
"""What may become of a span that is not carried over unchanged, in the order of the totals."""


AS_MAP_REQUESTS = "as --map asks"
ANSWERED_IGNORE = "it was answered with ignore"


class ConversionLogEntry(Struct, frozen=True):
    """A line of the ledger: one span (or relation, comment, …) that was not carried over just as it was."""

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
    """The spans of the document that it became, where a reader lists it as moved or split: they are told
    by this one line, so ``settle`` doesn't count them as kept just as they were."""


class ConversionLog(Struct):
    """Counts what a file has and what became of it: spans in = carried over as they were + listed."""

    read: int = 0
    """Spans that the file has."""
    kept: int = 0
    """Spans that were carried over just as they were."""
    entries: list[ConversionLogEntry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was decided for the whole file: the offset unit, the tag scheme, the label map."""
    aligned_entries: int = 0
    """How many entries there were when the last document was settled; for ``align.settle`` alone."""

    def record(self, entry: ConversionLogEntry) -> None:
        """List what was not carried over just as it was."""
        self.entries.append(entry)

    @property
    def totals(self) -> Mapping[tuple[str, str], int]:
        """How many spans met each (fate, reason)."""
        return Counter((e.outcome.value, e.why) for e in self.entries if e.kind == "span")

    @property
    def lost_spans(self) -> int:
        """How many spans are not there any more, doubles not counted."""
        return sum(e.outcome is Outcome.LEFT_OUT for e in self.entries if e.kind == "span")

    @property
    def is_balanced(self) -> bool:
        """Whether every span that was read is carried over or listed."""
        return self.read == self.kept + sum(e.kind == "span" for e in self.entries)
