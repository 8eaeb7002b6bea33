"""What all worklists share: one item after the other is settled or left, one undo a deed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit
from annotator.core.errors import RuleError
from annotator.session.session import AnnotationSession

ReviewItemKey = tuple[str, int, int, str]
"""Sentence, range and label of an item: what makes two of them the same."""


class ReviewItem(Protocol):
    """Something that waits in a worklist."""

    @property
    def annotated(self) -> AnnotatedSentence:
        """The sentence as it was when the list was made."""

    @property
    def key(self) -> ReviewItemKey:
        """What makes two items the same."""


ItemT = TypeVar("ItemT", bound=ReviewItem)  # noqa: E741 - the usual name of an item's type


@dataclass(frozen=True, slots=True)
class _ReviewAction:
    """What one key did: the items that it settled, and the edit if there was one."""

    items: tuple[int, ...]
    edit: Edit | None
    at: int


class ReviewQueue(Generic[ItemT]):
    """The items of one look at the works; what is settled stays in ``items`` until the next look."""

    empty_message = "there is nothing to do"
    """What is said where no item is in hand."""

    def __init__(self, session: AnnotationSession, items: Sequence[ItemT], skipped: set[ReviewItemKey]) -> None:
        """List the items that are not in ``left``, which takes those that are left from now on."""
        self.session = session
        self.items = [x for x in items if x.key not in skipped]
        self.settled: dict[int, bool] = {}
        """The number of each item that is settled, and whether something was done about it."""
        self.at = 0
        self._skipped = skipped
        self._actions: list[_ReviewAction] = []

    def is_listed(self, n: int) -> bool:
        """Whether an item is shown, by its number."""
        return 0 <= n < len(self.items)

    @property
    def current_item(self) -> ItemT | None:
        """The item in hand."""
        return self.items[self.at] if self.is_listed(self.at) else None

    @property
    def open_count(self) -> int:
        """How many items wait."""
        return len(self.items) - len(self.settled)

    def move(self, by: int) -> None:
        """Go some of the listed items on."""
        step = 1 if by > 0 else -1
        at, skipped = self.at, abs(by)
        while skipped and 0 <= at + step < len(self.items):
            at += step
            if self.is_listed(at):
                self.at, skipped = at, skipped - 1

    def undo(self) -> str:
        """Take back what the last key did; returns what that was. Raises RuleError where there is nothing."""
        if not self._actions:
            raise RuleError("nothing to undo here", do="Esc, then Ctrl+Z goes further back")
        action = self._actions[-1]
        if action.edit:
            self.session.undo()
        self._actions.pop()
        for n in action.items:
            self.settled.pop(n, None)
            self._skipped.discard(self.items[n].key)
        self.at = action.at
        return f"taken back: {action.edit.message}" if action.edit else "taken back"

    def _skip(self, edit: Edit | None = None) -> str:
        """Leave the item in hand as it is, and remember that; returns what was done."""
        self._skipped.add(self._require_current().key)
        self._apply((self.at,), edit, done=False)
        return "left as it is"

    def _apply(self, items: tuple[int, ...], edit: Edit | None, *, done: bool) -> None:
        """Carry an edit out, settle the items and go on to the next that waits."""
        if edit:
            self.session.apply_edit(edit)
        self._actions.append(_ReviewAction(items, edit, self.at))
        self.settled.update(dict.fromkeys(items, done))
        self._advance()

    def _advance(self) -> None:
        """Go to the next item that waits; where there is none to the last one before that is listed."""
        later = range(self.at, len(self.items))
        waiting = next((n for n in later if self.is_listed(n) and n not in self.settled), None)
        if waiting is not None:
            self.at = waiting
        elif not self.is_listed(self.at):
            self.move(-1)

    def _require_current(self) -> ItemT:
        """Return the item in hand; raises RuleError where there is none or it is settled already."""
        if self.current_item is None:
            raise RuleError(self.empty_message)
        if self.at in self.settled:
            raise RuleError("this is settled already", do="u takes it back")
        return self.current_item

    def _current_version(self, annotated: AnnotatedSentence) -> AnnotatedSentence:
        """Return a work as it is now, which an earlier deed may have changed."""
        s = annotated.sentence
        touched = self.session.annotation_store.touched_sentences_of(s.article)
        now = next((w for w in touched if (w.sentence.start, w.sentence.end) == (s.start, s.end)), None)
        if now is None:
            raise RuleError("the sentence has changed since", do="Esc, and open the worklist again")
        return now
