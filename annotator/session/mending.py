"""The worklist of spans that begin or end inside a token: each is repaired or left, one undo a deed."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import RuleError
from annotator.core.repairs import MisalignedSpan, RepairKind, SpanRepair, possible_repairs, misaligned_spans
from annotator.session.session import AnnotationSession
from annotator.session.worklist import ReviewQueue


class RepairQueue(ReviewQueue[MisalignedSpan]):
    """The spans inside tokens, in the order of the works; what is settled is listed no more."""

    empty_message = "there is no span to repair"

    def __init__(self, session: AnnotationSession, misaligned_spans: Sequence[MisalignedSpan], here: str = "") -> None:
        """List the cases that were not left before in this session; the first one ``here`` is in hand.

        ``here``: the id of a sentence.
        """
        super().__init__(session, misaligned_spans, session.navigation.skipped_repairs)
        self._by_sentence: dict[str, list[int]] = {}
        for n, misaligned in enumerate(self.items):
            self._by_sentence.setdefault(misaligned.annotated.sentence.id, []).append(n)
        self.at = self._by_sentence.get(here, [0])[0]

    def is_listed(self, n: int) -> bool:
        """Whether an item is shown: as long as it waits."""
        return super().is_listed(n) and n not in self.settled

    @property
    def open_indexes(self) -> Sequence[int]:
        """The numbers of the cases that wait."""
        return [n for n in range(len(self.items)) if n not in self.settled]

    @property
    def skipped_count(self) -> int:
        """How many cases were left as they are, in this session."""
        return len(self._skipped)

    def current_repairs(self) -> tuple[AnnotatedSentence, tuple[SpanRepair, ...]]:
        """Return the sentence in hand as it is now, and what each cure would give; raises RuleError."""
        misaligned = self._require_current()
        now = self._current_version(misaligned.annotated)
        return now, possible_repairs(now, misaligned.span, self.session.schema)

    def repair(self, kind: RepairKind) -> str:
        """Repair the case in hand; returns what was done. Raises RuleError where the cure makes no sense."""
        misaligned = self._require_current()
        repair = next(r for r in self.current_repairs()[1] if r.kind is kind)
        if repair.edit is None:
            raise RuleError(f"{kind.value} is not possible: {repair.reason}", do="choose another repair")
        after = repair.edit.after[0]
        waiting = {s.key for s in misaligned_spans(after)}
        numbers = self._by_sentence[after.sentence.id]
        repaired = [n for n in numbers if self.is_listed(n) and self.items[n].span.key not in waiting]
        self._apply(tuple(repaired), repair.edit, done=True)
        also = len(repaired) - 1
        more = f", and {also} more with it" if also else ""
        return f"{_repair_message(misaligned, repair)}{more}"

    def skip(self) -> str:
        """Leave the span in hand as it is until the next start; returns what was done."""
        return self._skip()


def _repair_message(misaligned: MisalignedSpan, repair: SpanRepair) -> str:
    words = misaligned.annotated.text_of(misaligned.span)
    if repair.kind is RepairKind.DROP:
        return f"{words} is no {misaligned.span.label} any more"
    if repair.kind is RepairKind.SPLIT:
        return f"the tokens are {' | '.join(repair.result)} now"
    return f"{words} is {repair.result[0]} now"
