"""The worklist of spans that begin or end inside a token: each is repaired or left, one undo a deed."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.core.annotation import Work
from annotator.core.errors import RuleError
from annotator.core.repairs import Case, Cure, Repair, repairs, unaligned
from annotator.session.session import Session
from annotator.session.worklist import Worklist


class Mending(Worklist[Case]):
    """The spans inside tokens, in the order of the works; what is settled is listed no more."""

    nothing = "there is no span to repair"

    def __init__(self, session: Session, cases: Sequence[Case], here: str = "") -> None:
        """List the cases that were not left before in this session; the first one ``here`` is in hand.

        ``here``: the id of a sentence.
        """
        super().__init__(session, cases, session.way.unrepaired)
        self._by_sentence: dict[str, list[int]] = {}
        for n, case in enumerate(self.items):
            self._by_sentence.setdefault(case.work.sentence.id, []).append(n)
        self.at = self._by_sentence.get(here, [0])[0]

    def listed(self, n: int) -> bool:
        """Whether an item is shown: as long as it waits."""
        return super().listed(n) and n not in self.settled

    @property
    def waiting(self) -> Sequence[int]:
        """The numbers of the cases that wait."""
        return [n for n in range(len(self.items)) if n not in self.settled]

    @property
    def left(self) -> int:
        """How many cases were left as they are, in this session."""
        return len(self._left)

    def in_hand(self) -> tuple[Work, tuple[Repair, ...]]:
        """Return the sentence in hand as it is now, and what each cure would give; raises RuleError."""
        case = self._in_hand()
        now = self._now(case.work)
        return now, repairs(now, case.span, self.session.schema)

    def repair(self, cure: Cure) -> str:
        """Repair the case in hand; returns what was done. Raises RuleError where the cure makes no sense."""
        case = self._in_hand()
        repair = next(r for r in self.in_hand()[1] if r.cure is cure)
        if repair.edit is None:
            raise RuleError(f"{cure.value} is not possible: {repair.why}", do="choose another repair")
        after = repair.edit.after[0]
        waiting = {s.key for s in unaligned(after)}
        numbers = self._by_sentence[after.sentence.id]
        mended = [n for n in numbers if self.listed(n) and self.items[n].span.key not in waiting]
        self._do(tuple(mended), repair.edit, done=True)
        also = len(mended) - 1
        more = f", and {also} more with it" if also else ""
        return f"{_told(case, repair)}{more}"

    def leave(self) -> str:
        """Leave the span in hand as it is until the next start; returns what was done."""
        return self._leave()


def _told(case: Case, repair: Repair) -> str:
    words = case.work.text_of(case.span)
    if repair.cure is Cure.DROP:
        return f"{words} is no {case.span.label} any more"
    if repair.cure is Cure.SPLIT:
        return f"the tokens are {' | '.join(repair.gives)} now"
    return f"{words} is {repair.gives[0]} now"
