"""Accepted sentences that do not come to the export: listed in the ledger, span by span, each once.

What stands in the export all the same (two annotators left the same, and one of them is exported)
is not listed a second time, so that the spans of a full ledger are those of all accepted sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.core.errors import AnnotatorError
from annotator.core.spans import span_id
from annotator.export.fates import SpanOutcome, OutcomeKind
from annotator.export.pieces import ExportSentence
from annotator.export.values import ExcludedItem, MissingItems

ARTICLE_MISSING = "the article is not in the corpus"
LINE_SWITCHED_OFF = "its line is switched off"
ARTICLE_SUPERSEDED = "superseded by a newer version of the article"
OTHER_ANNOTATOR = "by another annotator than the one asked for"
ARTICLE_QUARANTINED = "its article would bridge parts of the split; --rebalance moves the others"

LedgerIds = set[str]
"""Ids of spans and of sentences that the ledger tells of."""


@dataclass(frozen=True, slots=True)
class ExcludedSentence:
    """One sentence that is left out whole; its piece holds the spans to be listed."""

    sentence: ExportSentence
    why: str
    requested: bool

    @property
    def lost(self) -> int:
        """What is lost with it: its spans, or itself where it has none; 0 where that was asked for."""
        return 0 if self.requested else max(1, len(self.sentence.outcomes))


def excluded_sentences(left_out: Iterable[ExcludedItem], pieces: Sequence[ExportSentence]) -> list[ExcludedSentence]:
    """Return what the ledger lists besides ``pieces``, losses first."""
    known: LedgerIds = {p.sentence.id for p in pieces}
    known |= {span_id(p.sentence.id, f.span) for p in pieces for f in p.outcomes}
    groups: dict[tuple[str, str], list[ExcludedItem]] = {}
    for x in sorted(left_out, key=lambda x: x.requested):
        groups.setdefault((x.item.annotated.sentence.id, x.why), []).append(x)
    made = (_excluded_sentence(group, known) for group in groups.values())
    return [a for a in made if a is not None]


def _excluded_sentence(group: Sequence[ExcludedItem], known: LedgerIds) -> ExcludedSentence | None:
    """Return what is not known yet of one sentence, and note it as known."""
    item = group[0].item
    s = item.annotated.sentence
    spans = {x.key: x for left in group for x in left.item.annotated.annotation.spans}
    outcomes = tuple(
        SpanOutcome(x, OutcomeKind.LEFT_OUT, group[0].why) for x in spans.values() if span_id(s.id, x) not in known
    )
    if s.id in known and not outcomes:
        return None
    known |= {s.id, *(span_id(s.id, f.span) for f in outcomes)}
    names = tuple(left.item.annotator for left in group)
    return ExcludedSentence(ExportSentence(s, item.article, "", item, names, outcomes), group[0].why, group[0].requested)


def raise_nothing_to_export(missing: MissingItems) -> None:
    """Raise AnnotatorError where all that was accepted is left out."""
    if missing.excluded:
        reasons = Counter(x.why for x in missing.excluded)
        description = ", ".join(f"{n} left out ({why})" for why, n in reasons.items())
        raise AnnotatorError(
            f"there is no accepted sentence to export: {description}",
            do="`annotator articles` shows the articles and lines that are in use",
        )
