"""The worklist of inconsistencies: what most places say is proposed for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.core.annotation import Work
from annotator.core.edits import Edit, Op, reject_suggestion, together
from annotator.core.errors import RuleError
from annotator.core.inconsistent import Group, Place, amended
from annotator.session.session import Session
from annotator.session.worklist import Key, Worklist


@dataclass(frozen=True, slots=True)
class Item:
    """A proposal and the group that it is of."""

    group: int
    place: Place

    @property
    def work(self) -> Work:
        """The sentence of the place."""
        return self.place.work

    @property
    def key(self) -> Key:
        """What makes two proposals the same."""
        return self.place.key


class Alike(Worklist[Item]):
    """The proposals, group by group; what is settled stays listed until the next look."""

    nothing = "there is nothing to make consistent"

    def __init__(self, session: Session, groups: Sequence[Group]) -> None:
        """List the proposals of ``groups`` that were not left before in this session."""
        items = [Item(n, p) for n, g in enumerate(groups) for p in g.changes]
        super().__init__(session, items, session.way.left)
        self.groups = tuple(groups)

    @property
    def group(self) -> Group | None:
        """The group in hand."""
        return self.groups[self.item.group] if self.item else None

    def move_group(self, by: int) -> None:
        """Go to the first proposal of the next (1) or previous (-1) group."""
        if self.item:
            firsts = [n for n, x in enumerate(self.items) if n == 0 or x.group != self.items[n - 1].group]
            mine = max(f for f in firsts if f <= self.at)
            to = firsts.index(mine) + (by if by > 0 or mine == self.at else 0)
            self.at = firsts[max(0, min(to, len(firsts) - 1))]

    def yes(self) -> str:
        """Carry out the proposal in hand; returns what was done. Raises RuleError as edits do."""
        item = self._in_hand()
        edit = amended(self._now(item.work), [item.place], self.session.schema)
        self._do((self.at,), replace(edit, told=_told(item.place)), done=True)
        return _told(item.place)

    def leave(self) -> str:
        """Leave the place in hand as it is, for good where a span was proposed; returns what was done."""
        place = self._in_hand().place
        if place.wanted and not self.session.read_only:
            return self._leave(reject_suggestion(self._now(place.work), place.wanted))
        return self._leave()

    def all(self) -> str:
        """Carry out every proposal of the group that is not settled, as one edit; returns what was done.

        Raises RuleError where none of them can be.
        """
        group = self._in_hand().group
        numbers = [n for n, x in enumerate(self.items) if x.group == group and n not in self.settled]
        works: dict[str, list[Work]] = {}
        done, why = [], ""
        for n in numbers:
            place = self.items[n].place
            try:
                steps = works.setdefault(place.work.sentence.id, [self._now(place.work)])
                steps.append(amended(steps[-1], [place], self.session.schema).after[0])
                done.append(n)
            except RuleError as error:
                why = str(error)
        edits = [Edit(Op.EDIT, (s[0],), (s[-1],)) for s in works.values() if len(s) > 1]
        if not edits:
            raise RuleError(why or "there is nothing to do")
        told = f"{len(done)} {'place' if len(done) == 1 else 'places'} made consistent"
        self._do(tuple(done), together(edits, told), done=True)
        return f"{told}; {len(numbers) - len(done)} left: {why}" if why else told


def _told(place: Place) -> str:
    words = place.work.sentence.text[place.start : place.end]
    if place.wanted is None:
        return f"{words} bears no label any more"
    if place.found and (place.start, place.end) != (place.wanted.start, place.wanted.end):
        return f"{words} is {place.work.text_of(place.wanted)} now"
    return f"{words} is {place.wanted.label} now"
