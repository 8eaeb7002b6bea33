"""The first-run tour: what a newcomer does next, one thing at a time, and when it was done.

The tour looks at the state before and after each key, never at the key: a user who labels with the
mouse gets on as well. Nothing in it is play; its last step takes back what nobody has read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.session.actions.selection import Selection
from annotator.session.commands import Command
from annotator.session.state import TaskState


class TourMoment(Struct, frozen=True):
    """What the tour remembers between two keys."""

    before: TaskState
    after: TaskState
    before_last_change: tuple[AnnotatedSentence, ...] = ()
    """The sentences before the last edit that changed any, to know an undo by."""

    @property
    def same_sentence(self) -> bool:
        """Whether the sentence is the same."""
        return self.before.annotated.sentence == self.after.annotated.sentence

    @property
    def same_article(self) -> bool:
        """Whether the article is the same."""
        return self.before.article_number == self.after.article_number

    @property
    def spans_added(self) -> int:
        """How many spans more the article has."""
        return _count_spans(self.after) - _count_spans(self.before) if self.same_article else 0

    @property
    def sentences_finished(self) -> int:
        """How many sentences more have an answer, in the corpus where it is counted."""
        if self.after.total or not self.same_article:
            return self.after.done - self.before.done
        return _count_answered(self.after) - _count_answered(self.before)

    @property
    def has_changes(self) -> bool:
        """Whether anything was done, rather than looked at."""
        changed = self.same_article and self.before.annotated_sentences != self.after.annotated_sentences
        return changed or self.sentences_finished != 0


class TourStep(Struct, frozen=True):
    """One thing to do: its name, when it can be done, what to do first where not, when it was done."""

    name: str
    done: Callable[[TourMoment], bool]
    prerequisite: Callable[[TaskState], str] = lambda _: ""
    """The name of what has to be done before in this state; empty where nothing has."""
    is_applicable: Callable[[TaskState], bool] = lambda _: True
    """Whether the article has anything to do it on; a step that has not is left out."""


def _count_spans(state: TaskState) -> int:
    return sum(len(w.annotation.spans) for w in state.annotated_sentences)


def _count_answered(state: TaskState) -> int:
    return sum(w.done for w in state.annotated_sentences)


def _has_selected(moment: TourMoment) -> bool:
    """Whether words were selected that are no span: the next steps must not move one that stays."""
    now = moment.after.selection
    return now is not None and moment.after.selected_span is None and now != moment.before.selection


def _both_selections(moment: TourMoment) -> tuple[Selection, Selection] | None:
    old, new = moment.before.selection, moment.after.selection
    return (old, new) if old and new and moment.same_sentence else None


def _has_grown(moment: TourMoment) -> bool:
    """Whether the selection has grown, or shrunk where there was nothing to grow to."""
    both = _both_selections(moment)
    if both is None:
        return False
    old, new = both
    return len(new.previous_ranges) > len(old.previous_ranges) or (
        moment.before.next_extent is None and new.range != old.range
    )


def _has_edge_moved(moment: TourMoment) -> bool:
    """Whether one edge of the selection has moved."""
    both = _both_selections(moment)
    if both is None:
        return False
    old, new = both
    return (old.first == new.first) != (old.last == new.last) and len(new.previous_ranges) <= len(old.previous_ranges)


def _accepted_in_view(moment: TourMoment) -> bool:
    """Whether other sentences than the active one were accepted: a message has how many."""
    return moment.sentences_finished > 1 or (moment.sentences_finished == 1 and moment.after.message is not None)


def _needs_selection(state: TaskState) -> str:
    return "" if state.selection and not state.selected_span else "select"


def _needs_no_selection(state: TaskState) -> str:
    return "label" if state.selection and not state.span_just_made else ""


def _needs_label(state: TaskState) -> str:
    return "" if state.selected_span else "visit" if state.annotated.annotation.spans else "label"


TOUR_STEPS = (
    TourStep("take", lambda m: m.spans_added > 0, _needs_no_selection, lambda s: bool(s.next_suggestions)),
    TourStep("select", _has_selected),
    TourStep("grow", _has_grown, _needs_selection),
    TourStep("edge", _has_edge_moved, _needs_selection, lambda s: len(s.annotated.sentence.tokens) > 1),
    TourStep("label", lambda m: m.spans_added > 0, _needs_selection),
    TourStep("remove", lambda m: m.spans_added < 0, _needs_label),
    TourStep("accept", lambda m: m.sentences_finished > 0),
    TourStep("accept_view", _accepted_in_view, is_applicable=lambda s: _count_answered(s) < len(s.annotated_sentences)),
    TourStep("undo", lambda m: m.has_changes and m.after.annotated_sentences == m.before_last_change),
)
"""A label taken, one made by hand and removed, a sentence accepted; what was not read is undone."""


_END_MESSAGE = 'that was the tour: {help} shows all keys, "{palette}" every command'


def tour_end_message(commands: Sequence[Command]) -> str:
    """Return the message after the last step."""
    return _END_MESSAGE.format_map({c.id: c.main_key for c in commands})


class Tour(Struct, frozen=True):
    """How far somebody has come."""

    at: int = 0
    before_last_change: tuple[AnnotatedSentence, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether every step was done."""
        return self.at >= len(TOUR_STEPS)

    def advance(self, before: TaskState, after: TaskState) -> Tour:
        """Return the tour after a key: a step on where its thing was done; what can't be done is left out."""
        if self.is_finished:
            return self
        moment = TourMoment(before, after, self.before_last_change)
        done = TOUR_STEPS[self.at].done(moment)
        was = before.annotated_sentences if moment.has_changes else self.before_last_change
        return Tour(self.at + done, was).start(after)

    def start(self, state: TaskState) -> Tour:
        """Return the tour at the first step from here on that the state has anything for."""
        at = self.at
        while at < len(TOUR_STEPS) and not TOUR_STEPS[at].is_applicable(state):
            at += 1
        return replace(self, at=at)

    def current_step(self, state: TaskState) -> str:
        """Return the name of what to do now: the step, or what it needs first."""
        step = TOUR_STEPS[self.at]
        return step.prerequisite(state) or step.name
