"""The queues of the worklists: one item after the other is settled or left, one undo for each action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from annotator.checks.consistency import InconsistencyGroup, WordOccurrence, apply_proposals
from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit, Op, add_span, combine_edits, dismiss_suggestion, reject_suggestion
from annotator.core.errors import RuleError
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion
from annotator.session.actions.selection import REPORTED_SCORE
from annotator.session.sentence_search import ReviewItemKey
from annotator.session.session import AnnotationSession


class ReviewItem(Protocol):
    """Something that waits in a worklist."""

    @property
    def annotated(self) -> AnnotatedSentence:
        """The sentence as it was when the list was made."""

    @property
    def key(self) -> ReviewItemKey:
        """What makes two items the same."""


ItemT = TypeVar("ItemT", bound=ReviewItem)


class _ReviewAction(Struct, frozen=True):
    """What one key did: the items that it settled, and the edit if there was one."""

    items: tuple[int, ...]
    edit: Edit | None
    at: int
    skipped: tuple[int, ...]
    """Those of the items that were left as they are before."""


class ReviewQueue(Generic[ItemT]):
    """The items that were found once; what is settled stays in ``items``."""

    empty_message = "there is nothing to do"
    """The message where there is no current item."""

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
        """The current item."""
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
        for n in action.skipped:
            self.settled[n] = False
            self._skipped.add(self.items[n].key)
        self.at = action.at
        return f"taken back: {action.edit.message}" if action.edit else "taken back"

    @property
    def selected_span(self) -> tuple[AnnotatedSentence, Span] | None:
        """The sentence of the current item and what is selected there to annotate; None without an item."""
        raise NotImplementedError

    def commands(self) -> Mapping[str, Callable[[], str]]:
        """Return the call for each command: it returns the message, or raises RuleError."""
        return {"list_undo": self.undo}

    def move_group(self, by: int) -> None:
        """Go to the next (1) or previous (-1) group of items, where there are groups."""
        self.move(by)

    def _skip(self, edit: Edit | None = None) -> str:
        """Leave the current item as it is, and remember that; returns what was done."""
        self._skipped.add(self._require_current().key)
        self._apply((self.at,), edit, done=False)
        return "left as it is"

    def _apply(self, items: tuple[int, ...], edit: Edit | None, *, done: bool) -> None:
        """Carry an edit out, settle the items and go on to the next that waits."""
        if edit:
            self.session.apply_edit(edit)
        skipped = tuple(n for n in items if n in self.settled)
        self._skipped.difference_update(self.items[n].key for n in skipped)
        self._actions.append(_ReviewAction(items, edit, self.at, skipped))
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
        """Return the current item; raises RuleError where there is none or it is settled already."""
        if self.current_item is None:
            raise RuleError(self.empty_message)
        if self.at in self.settled:
            raise RuleError("this is settled already", do="u takes it back")
        return self.current_item

    def _current_version(self, annotated: AnnotatedSentence) -> AnnotatedSentence:
        """Return a sentence as it is now, which an earlier edit may have changed."""
        s = annotated.sentence
        touched = self.session.annotation_store.touched_sentences_of(s.article)
        now = next((w for w in touched if (w.sentence.start, w.sentence.end) == (s.start, s.end)), None)
        if now is None:
            raise RuleError("the sentence has changed since", do="Esc, and open the worklist again")
        return now


# -- inconsistencies ---------------------------------------------------------------------------


class ConsistencyItem(Struct, frozen=True):
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
        super().__init__(session, items, session.navigation.problem_finder.skipped_proposals)
        self.groups = tuple(groups)

    @property
    def selected_span(self) -> tuple[AnnotatedSentence, Span] | None:
        """The sentence of the current place, and its words."""
        if self.current_item is None:
            return None
        place = self.current_item.occurrence
        return place.annotated, place.existing or Span(place.start, place.end, "?")

    def commands(self) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the queue."""
        own = {"list_yes": self.accept, "list_all": self.accept_group, "list_leave": self.skip}
        return {**super().commands(), **own}

    def move_group(self, by: int) -> None:
        """Go to the first proposal of the next (1) or previous (-1) group."""
        if self.current_item:
            firsts = [n for n, x in enumerate(self.items) if n == 0 or x.group != self.items[n - 1].group]
            mine = max(f for f in firsts if f <= self.at)
            to = firsts.index(mine) + (by if by > 0 or mine == self.at else 0)
            self.at = firsts[max(0, min(to, len(firsts) - 1))]

    def accept(self) -> str:
        """Carry out the current proposal; returns what was done. Raises RuleError as edits do."""
        item = self._require_current()
        edit = apply_proposals(self._current_version(item.annotated), [item.occurrence], self.session.schema)
        self._apply((self.at,), replace(edit, message=_consistency_message(item.occurrence)), done=True)
        return _consistency_message(item.occurrence)

    def skip(self) -> str:
        """Leave the current place as it is, for good where a span was proposed; returns what was done."""
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
                now = self._current_version(occurrence.annotated)
                steps = versions.setdefault(now.sentence.id, [now])
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
        return f"{words} has no label any more"
    moved = (occurrence.start, occurrence.end) != (occurrence.proposed.start, occurrence.proposed.end)
    if occurrence.existing and moved:
        return f"{words} is {occurrence.annotated.text_of(occurrence.proposed)} now"
    return f"{words} is {occurrence.proposed.label} now"


# -- suggestions that were open at the accept ----------------------------------------------------


class LeftItem(Struct, frozen=True):
    """A suggestion that was left, and its sentence."""

    annotated: AnnotatedSentence
    left: LeftSuggestion

    @property
    def key(self) -> ReviewItemKey:
        """What makes two items the same."""
        return (self.annotated.sentence.id, *self.left.span.key)


class LeftQueue(ReviewQueue[LeftItem]):
    """The suggestions that accepts have left, the likely ones first; what is settled stays listed."""

    empty_message = "no suggestion is left"

    def __init__(self, session: AnnotationSession, annotated_sentences: Sequence[AnnotatedSentence]) -> None:
        """List what was left in the sentences."""
        items = [LeftItem(w, x) for w in annotated_sentences for x in session.label_pass.left_in(w.annotation)]
        super().__init__(session, sorted(items, key=lambda i: i.left.score < REPORTED_SCORE), set())

    @property
    def selected_span(self) -> tuple[AnnotatedSentence, Span] | None:
        """The sentence of the current suggestion, and its words."""
        return (self.current_item.annotated, self.current_item.left.span) if self.current_item else None

    def commands(self) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the queue."""
        return {**super().commands(), "list_yes": self.take, "list_refuse": self.refuse, "list_leave": self.dismiss}

    def sentence_of(self, n: int) -> AnnotatedSentence:
        """Return the sentence of an item as it is now."""
        return self._current_version(self.items[n].annotated)

    def outcome(self, n: int) -> str:
        """Return what became of an item, by its number; empty while it waits."""
        if n not in self.settled:
            return ""
        item, annotation = self.items[n], self.sentence_of(n).annotation
        if any(s.key == item.left.span.key for s in annotation.spans):
            return "taken"
        return "turned down" if any(s.key == item.left.span.key for s in annotation.rejected) else "dismissed"

    def take(self) -> str:
        """Take the current suggestion; returns what was done. Raises RuleError where the schema forbids it."""
        return self._settle(lambda now, left: add_span(now, left.span, self.session.schema), "is {} now")

    def refuse(self) -> str:
        """Turn the current suggestion down: its words are known not to have the label."""
        return self._settle(lambda now, left: reject_suggestion(now, left.span), "is no {}")

    def dismiss(self) -> str:
        """Forget the current suggestion for good: it is neither taken nor turned down."""
        return self._settle(dismiss_suggestion, "as {}: dismissed")

    def _settle(self, change: Callable[[AnnotatedSentence, LeftSuggestion], Edit], does: str) -> str:
        """Carry a change of the current item out, and settle all items of the sentence that it decides.

        ``does``: what it does to the words, with a place for the label.
        """
        item = self._require_current()
        now = self._current_version(item.annotated)
        if item.left not in now.annotation.left:
            raise RuleError("this was decided since", do="Esc, and open the worklist again")
        edit = change(now, item.left)
        still_left = edit.after[0].annotation.left
        decided = [
            n
            for n, x in enumerate(self.items)
            if x.annotated.sentence == item.annotated.sentence and n not in self.settled and x.left not in still_left
        ]
        message = f"{now.text_of(item.left.span)} {does.format(item.left.label)}"
        self._apply(tuple(decided), replace(edit, message=message), done=True)
        return message
