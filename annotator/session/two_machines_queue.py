"""The worklist of what one annotator has left differently on two machines: one key lets a side count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit, Op
from annotator.core.errors import RuleError
from annotator.core.spans import Span
from annotator.session.commands import SIDE_COMMANDS
from annotator.session.review_queue import ReviewQueue
from annotator.session.sentence_search import ReviewItemKey
from annotator.session.session import AnnotationSession
from annotator.session.two_machines import MachineDifference


class DifferenceItem(Struct, frozen=True):
    """A sentence that two machines have left differently."""

    annotated: AnnotatedSentence
    difference: MachineDifference

    @property
    def key(self) -> ReviewItemKey:
        """What makes two items the same."""
        s = self.annotated.sentence
        return (s.id, s.start, s.end, "")

    @property
    def sides(self) -> tuple[AnnotatedSentence, AnnotatedSentence]:
        """The sentence on the one machine and on the other, which counts now."""
        return (self.difference.first, self.difference.second)


class DifferenceQueue(ReviewQueue[DifferenceItem]):
    """The sentences that two machines have left differently; what is settled stays listed."""

    empty_message = "two machines have left nothing differently"

    def __init__(self, session: AnnotationSession) -> None:
        """List those that wait."""
        waiting = session.navigation.problem_finder.unsettled
        items = [DifferenceItem(d.second, d) for id_, d in session.machine_differences.items() if id_ in waiting]
        super().__init__(session, items, set())

    @property
    def selected_span(self) -> tuple[AnnotatedSentence, Span] | None:
        """The sentence of the current item, and the first words that the two have differently."""
        if self.current_item is None:
            return None
        first, second = (set(w.annotation.spans) for w in self.current_item.sides)
        tokens = self.current_item.annotated.sentence.tokens
        start = Span(tokens[0].start, tokens[0].end, "?")
        size = len(self.current_item.annotated.sentence.text)
        fits = sorted((s for s in first ^ second if s.end <= size), key=lambda s: (s.start, s.end))
        return self.current_item.annotated, fits[0] if fits else start

    def commands(self) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the queue."""
        sides = {command: partial(self.take_side, n) for n, command in enumerate(SIDE_COMMANDS)}
        return {**super().commands(), **sides, "list_leave": self._skip}

    def take_side(self, n: int) -> str:
        """Let the one machine's annotation (0) or the other's (1) count; returns what was done.

        Raises RuleError where that machine has joined or split the sentence.
        """
        item = self._require_current()
        now, side = self._current_version(item.annotated), item.sides[n]
        if (side.sentence.start, side.sentence.end) != (now.sentence.start, now.sentence.end):
            raise RuleError("that machine has joined or split the sentence", do="Enter goes there, to annotate it")
        message = f"machine {n + 1} counts"
        op = Op.ANSWER if side.annotation == now.annotation else Op.EDIT
        self._apply((self.at,), Edit(op, (now,), (replace(now, annotation=side.annotation),), message), done=True)
        return message
