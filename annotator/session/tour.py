"""The first-run tour: what a newcomer does next, one thing at a time, and when it was done.

The tour looks at the state before and after each key, never at the key: whoever labels with the
mouse gets on as well. Nothing in it is play; its last step takes back what nobody has read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from annotator.core.annotation import Work
from annotator.core.selection import Selection
from annotator.session.state import TaskState


@dataclass(frozen=True, slots=True)
class Moment:
    """What the tour remembers between two keys."""

    before: TaskState
    after: TaskState
    was: tuple[Work, ...] = ()
    """The works before the last deed that changed any, to know an undo by."""

    @property
    def same_sentence(self) -> bool:
        """Whether the same sentence is in hand."""
        return self.before.work.sentence == self.after.work.sentence

    @property
    def same_article(self) -> bool:
        """Whether the same article is in hand."""
        return self.before.article_number == self.after.article_number

    @property
    def made(self) -> int:
        """How many spans more the article has."""
        return _spans(self.after) - _spans(self.before) if self.same_article else 0

    @property
    def finished(self) -> int:
        """How many sentences more have an answer, in the corpus where it is counted."""
        if self.after.total or not self.same_article:
            return self.after.done - self.before.done
        return _done(self.after) - _done(self.before)

    @property
    def deed(self) -> bool:
        """Whether anything was done, rather than looked at."""
        changed = self.same_article and self.before.works != self.after.works
        return changed or self.finished != 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: its name, when it can be done, what to do first where not, when it was done."""

    name: str
    done: Callable[[Moment], bool]
    first: Callable[[TaskState], str] = lambda _: ""
    """The name of what has to be done before in this state; empty where nothing has."""
    here: Callable[[TaskState], bool] = lambda _: True
    """Whether the article has anything to do it on; a step that has not is left out."""


def _spans(state: TaskState) -> int:
    return sum(len(w.annotation.spans) for w in state.works)


def _done(state: TaskState) -> int:
    return sum(w.done for w in state.works)


def _selected(moment: Moment) -> bool:
    """Whether words were selected that are no span: the next steps must not move one that stays."""
    now = moment.after.selection
    return now is not None and moment.after.focus is None and now != moment.before.selection


def _both(moment: Moment) -> tuple[Selection, Selection] | None:
    old, new = moment.before.selection, moment.after.selection
    return (old, new) if old and new and moment.same_sentence else None


def _grown(moment: Moment) -> bool:
    """Whether the selection has grown, or shrunk where there was nothing to grow to."""
    both = _both(moment)
    if both is None:
        return False
    old, new = both
    return len(new.trail) > len(old.trail) or (moment.before.next_extent is None and new.range != old.range)


def _edge(moment: Moment) -> bool:
    """Whether one edge of the selection has moved."""
    both = _both(moment)
    if both is None:
        return False
    old, new = both
    return (old.first == new.first) != (old.last == new.last) and len(new.trail) <= len(old.trail)


def _in_view(moment: Moment) -> bool:
    """Whether sentences were accepted that were not in hand: the screen tells how many."""
    return moment.finished > 1 or (moment.finished == 1 and moment.after.message is not None)


def _undone(moment: Moment) -> bool:
    return moment.deed and moment.after.works == moment.was


def _needs_selection(state: TaskState) -> str:
    return "" if state.selection and not state.focus else "select"


def _needs_free_hand(state: TaskState) -> str:
    return "label" if state.selection and not state.fresh else ""


def _needs_label(state: TaskState) -> str:
    return "" if state.focus else "visit" if state.work.annotation.spans else "label"


STEPS = (
    Step("take", lambda m: m.made > 0, _needs_free_hand, lambda s: bool(s.targets)),
    Step("select", _selected),
    Step("grow", _grown, _needs_selection),
    Step("edge", _edge, _needs_selection, lambda s: len(s.work.sentence.tokens) > 1),
    Step("label", lambda m: m.made > 0, _needs_selection),
    Step("remove", lambda m: m.made < 0, _needs_label),
    Step("accept", lambda m: m.finished > 0),
    Step("accept_view", _in_view, here=lambda s: _done(s) < len(s.works)),
    Step("undo", _undone),
)
"""A label taken, one made by hand and removed, a sentence accepted; what was not read is undone."""


@dataclass(frozen=True, slots=True)
class Tour:
    """How far somebody has come."""

    at: int = 0
    was: tuple[Work, ...] = ()

    @property
    def over(self) -> bool:
        """Whether every step was done."""
        return self.at >= len(STEPS)

    def advance(self, before: TaskState, after: TaskState) -> Tour:
        """Return the tour after a key: a step on where its thing was done; what can't be done is left out."""
        if self.over:
            return self
        moment = Moment(before, after, self.was)
        done = STEPS[self.at].done(moment)
        was = before.works if moment.deed else self.was
        return Tour(self.at + done, was).start(after)

    def start(self, state: TaskState) -> Tour:
        """Return the tour at the first step from here on that the state has anything for."""
        at = self.at
        while at < len(STEPS) and not STEPS[at].here(state):
            at += 1
        return replace(self, at=at)

    def says(self, state: TaskState) -> str:
        """Return the name of what to do now: the step, or what it needs first."""
        step = STEPS[self.at]
        return step.first(state) or step.name
