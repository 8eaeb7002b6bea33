"""The worklist of inconsistencies: what most places say is proposed for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit, Op, reject_suggestion, combine_edits
from annotator.core.errors import RuleError
from annotator.core.inconsistent import InconsistencyGroup, WordOccurrence, apply_proposals
from annotator.session.session import AnnotationSession
from annotator.session.worklist import ReviewItemKey, ReviewQueue


@dataclass(frozen=True, slots=True)
class ConsistencyItem:
    """A proposal and the group that it is of."""

    group: int
    occurrence: WordOccurrence

    @property
    def annotated(self) -> AnnotatedSentence:
        """The sentence of the place."""
        return self.occurrence.annotated

    @property
    def key(self) -> ReviewItemKey:
        """What makes two proposals the same."""
        return self.occurrence.key


class ConsistencyQueue(ReviewQueue[ConsistencyItem]):
    """The proposals, group by group; what is settled stays listed until the next look."""

    empty_message = "there is nothing to make consistent"

    def __init__(self, session: AnnotationSession, groups: Sequence[InconsistencyGroup]) -> None:
        """List the proposals of ``groups`` that were not left before in this session."""
        items = [ConsistencyItem(n, p) for n, g in enumerate(groups) for p in g.changes]
        super().__init__(session, items, session.navigation.skipped_proposals)
        self.groups = tuple(groups)

    @property
    def current_group(self) -> InconsistencyGroup | None:
        """The group in hand."""
        return self.groups[self.current_item.group] if self.current_item else None

    def move_group(self, by: int) -> None:
        """Go to the first proposal of the next (1) or previous (-1) group."""
        if self.current_item:
            firsts = [n for n, x in enumerate(self.items) if n == 0 or x.group != self.items[n - 1].group]
            mine = max(f for f in firsts if f <= self.at)
            to = firsts.index(mine) + (by if by > 0 or mine == self.at else 0)
            self.at = firsts[max(0, min(to, len(firsts) - 1))]

    def accept(self) -> str:
        """Carry out the proposal in hand; returns what was done. Raises RuleError as edits do."""
        item = self._require_current()
        edit = apply_proposals(self._current_version(item.annotated), [item.occurrence], self.session.schema)
        self._apply((self.at,), replace(edit, message=_consistency_message(item.occurrence)), done=True)
        return _consistency_message(item.occurrence)

    def skip(self) -> str:
        """Leave the place in hand as it is, for good where a span was proposed; returns what was done."""
        occurrence = self._require_current().occurrence
        if occurrence.proposed and not self.session.read_only:
            return self._skip(reject_suggestion(self._current_version(occurrence.annotated), occurrence.proposed))
        return self._skip()

    def accept_group(self) -> str:
        """Carry out every proposal of the group that is not settled, as one edit; returns what was done.

        Raises RuleError where none of them can be.
        """
        group = self._require_current().group
        numbers = [n for n, x in enumerate(self.items) if x.group == group and n not in self.settled]
        versions: dict[str, list[AnnotatedSentence]] = {}
        done, why = [], ""
        for n in numbers:
            occurrence = self.items[n].occurrence
            try:
                steps = versions.setdefault(occurrence.annotated.sentence.id, [self._current_version(occurrence.annotated)])
                steps.append(apply_proposals(steps[-1], [occurrence], self.session.schema).after[0])
                done.append(n)
            except RuleError as error:
                why = str(error)
        edits = [Edit(Op.EDIT, (s[0],), (s[-1],)) for s in versions.values() if len(s) > 1]
        if not edits:
            raise RuleError(why or "there is nothing to do")
        message = f"{len(done)} {'place' if len(done) == 1 else 'places'} made consistent"
        self._apply(tuple(done), combine_edits(edits, message), done=True)
        return f"{message}; {len(numbers) - len(done)} left: {why}" if why else message


def _consistency_message(occurrence: WordOccurrence) -> str:
    words = occurrence.annotated.sentence.text[occurrence.start : occurrence.end]
    if occurrence.proposed is None:
        return f"{words} bears no label any more"
    if occurrence.existing and (occurrence.start, occurrence.end) != (occurrence.proposed.start, occurrence.proposed.end):
        return f"{words} is {occurrence.annotated.text_of(occurrence.proposed)} now"
    return f"{words} is {occurrence.proposed.label} now"
