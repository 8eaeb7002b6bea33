"""The worklist of inconsistencies: one proposal after the other is carried out or left, one undo a deed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.core.annotation import Work
from annotator.core.edits import Edit, Op, reject_suggestion, together
from annotator.core.errors import RuleError
from annotator.core.inconsistent import Group, Place, amended
from annotator.session.session import Session


@dataclass(frozen=True, slots=True)
class Item:
    """A proposal and the group that it is of."""

    group: int
    place: Place


@dataclass(frozen=True, slots=True)
class _Deed:
    """What one key did: the items that it settled, and the edit if there was one."""

    items: tuple[int, ...]
    edit: Edit | None
    at: int


class Worklist:
    """The proposals of one look at the works; what is settled stays listed until the next look."""

    def __init__(self, session: Session, groups: Sequence[Group]) -> None:
        """List the proposals of ``groups`` that were not left before in this session."""
        self.session = session
        self.groups = tuple(groups)
        left = session.way.left
        self.items = [Item(n, p) for n, g in enumerate(groups) for p in g.changes if p.key not in left]
        self.settled: dict[int, bool] = {}
        """The number of each item that is settled, and whether it was carried out."""
        self.at = 0
        self._deeds: list[_Deed] = []

    @property
    def item(self) -> Item | None:
        """The proposal in hand."""
        return self.items[self.at] if self.items else None

    @property
    def group(self) -> Group | None:
        """The group in hand."""
        return self.groups[self.item.group] if self.item else None

    @property
    def open(self) -> int:
        """How many proposals wait."""
        return len(self.items) - len(self.settled)

    def move(self, by: int) -> None:
        """Go some proposals on."""
        self.at = max(0, min(self.at + by, len(self.items) - 1))

    def move_group(self, by: int) -> None:
        """Go to the first proposal of the next (1) or previous (-1) group."""
        if self.item:
            firsts = [n for n, x in enumerate(self.items) if n == 0 or x.group != self.items[n - 1].group]
            mine = max(f for f in firsts if f <= self.at)
            to = firsts.index(mine) + (by if by > 0 or mine == self.at else 0)
            self.at = firsts[max(0, min(to, len(firsts) - 1))]

    # -- deeds ---------------------------------------------------------------------------------

    def yes(self) -> str:
        """Carry out the proposal in hand; returns what was done. Raises RuleError as edits do."""
        item = self._unsettled()
        edit = amended(self._now(item.place), [item.place], self.session.schema)
        self._do((self.at,), replace(edit, told=_told(item.place)), carried=True)
        return _told(item.place)

    def no(self) -> str:
        """Leave the place in hand as it is, for good where a span was proposed; returns what was done."""
        item = self._unsettled()
        edit = None
        if item.place.wanted and not self.session.read_only:
            edit = reject_suggestion(self._now(item.place), item.place.wanted)
        self.session.way.left.add(item.place.key)
        self._do((self.at,), edit, carried=False)
        return "left as it is"

    def all(self) -> str:
        """Carry out every proposal of the group that is not settled, as one edit; returns what was done.

        Raises RuleError where none of them can be.
        """
        group = self._unsettled().group
        numbers = [n for n, x in enumerate(self.items) if x.group == group and n not in self.settled]
        works: dict[str, list[Work]] = {}
        done, why = [], ""
        for n in numbers:
            place = self.items[n].place
            try:
                steps = works.setdefault(place.work.sentence.id, [self._now(place)])
                steps.append(amended(steps[-1], [place], self.session.schema).after[0])
                done.append(n)
            except RuleError as error:
                why = str(error)
        edits = [Edit(Op.EDIT, (s[0],), (s[-1],)) for s in works.values() if len(s) > 1]
        if not edits:
            raise RuleError(why or "there is nothing to do")
        told = f"{len(done)} {'place' if len(done) == 1 else 'places'} made consistent"
        self._do(tuple(done), together(edits, told), carried=True)
        return f"{told}; {len(numbers) - len(done)} left: {why}" if why else told

    def undo(self) -> str:
        """Take back what the last key did; returns what that was. Raises RuleError where there is nothing."""
        if not self._deeds:
            raise RuleError("nothing to undo here", do="Esc, then Ctrl+Z goes further back")
        deed = self._deeds.pop()
        if deed.edit:
            self.session.undo()
        for n in deed.items:
            self.settled.pop(n, None)
            self.session.way.left.discard(self.items[n].place.key)
        self.at = deed.at
        return f"taken back: {deed.edit.told}" if deed.edit else "taken back"

    def _do(self, items: tuple[int, ...], edit: Edit | None, *, carried: bool) -> None:
        if edit:
            self.session.do(edit)
        self._deeds.append(_Deed(items, edit, self.at))
        self.settled.update(dict.fromkeys(items, carried))
        later = [n for n in range(self.at, len(self.items)) if n not in self.settled]
        self.at = later[0] if later else self.at

    def _unsettled(self) -> Item:
        if self.item is None:
            raise RuleError("there is nothing to make consistent")
        if self.at in self.settled:
            raise RuleError("this is settled already", do="u takes it back")
        return self.item

    def _now(self, place: Place) -> Work:
        """Return the work at a place as it is now, which an earlier deed may have changed."""
        s = place.work.sentence
        touched = self.session.works.touched(s.article)
        now = next((w for w in touched if (w.sentence.start, w.sentence.end) == (s.start, s.end)), None)
        if now is None:
            raise RuleError("the sentence has changed since", do="Esc, and open the worklist again")
        return now


def _told(place: Place) -> str:
    words = place.work.sentence.text[place.start : place.end]
    if place.wanted is None:
        return f"{words} bears no label any more"
    if place.found and (place.start, place.end) != (place.wanted.start, place.wanted.end):
        return f"{words} is {place.work.text_of(place.wanted)} now"
    return f"{words} is {place.wanted.label} now"
