"""The worklist screens: a thread finds the items, each key settles one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, cast

from textual import events
from textual.binding import BindingType
from textual.message import Message

from annotator.checks.consistency import WordOccurrence
from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import AnnotatorError
from annotator.core.pluralize import pluralize
from annotator.session.action import Action, GoToSentence, MoveReview, OpenReview
from annotator.session.annotation_controller import AnnotationController
from annotator.session.opening_warnings import others_work_message
from annotator.session.repair_queue import RepairQueue
from annotator.session.review_queue import ConsistencyQueue, LeftQueue, ReviewQueue
from annotator.session.screen_keys import WORKLISTS, textual_actions
from annotator.session.sentence_search import TouchedSentences
from annotator.session.state import StatusMessage
from annotator.session.two_machines_queue import DifferenceQueue
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout import worklists as layout
from annotator.tui.layout.status_rows import empty_rule_row, keys_row
from annotator.tui.layout.styled_text import Glyphs, StyledRow, StyledText
from annotator.tui.layout.text_cells import screen_text
from annotator.tui.layout.two_machines import DifferenceView, difference_worklist_rows
from annotator.tui.screens.row_screen import RowScreen, hidden_bindings

WorklistT = TypeVar("WorklistT", bound=ReviewQueue[Any])
_UNDO_KEYS = (("list_undo", "undo"),)


class WorklistScreen(RowScreen, Generic[WorklistT]):
    """Shows one worklist; each key settles an item, and undo takes it back."""

    KEYS_TITLE = WORKLISTS
    BINDINGS: ClassVar[list[BindingType]] = hidden_bindings(textual_actions(WORKLISTS))
    ABOUT: ClassVar[str] = ""
    """What is listed, for the head row."""
    ITEM_NAME: ClassVar[str] = ""
    """What one of the items is."""
    SEARCHING_TEXT: ClassVar[str] = ""
    """The message while they are looked for."""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """The commands of the row of keys, each with a word or two."""
    MOVES: ClassVar[tuple[tuple[str, str], ...]] = ()
    """The keys of that row that only move."""

    @dataclass
    class Searched(Message):
        """The thread has made the list; None where it could not."""

        worklist: ReviewQueue[Any] | None
        error: str = ""

    def __init__(self, controller: AnnotationController) -> None:
        """Look through what this annotator has done."""
        super().__init__()
        self._controller = controller
        self._session = controller.session
        self._list: WorklistT | None = None
        self._message: StatusMessage | None = None
        self._sentence_numbers: dict[str, str] = {}
        self._not_started_text = others_work_message(controller.session.corpus, controller.session.annotator)
        self._return_sentence = controller.session.annotated.sentence.id if controller.session.article_sentences else ""

    # -- what each worklist defines --------------------------------------------------------

    def find_items(self, touched: TouchedSentences) -> WorklistT:
        """Return the list of what is found; called from a thread."""
        raise NotImplementedError

    def list_rows(self, worklist: WorklistT, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return exactly ``height`` rows of the list with the current item."""
        raise NotImplementedError

    def empty_text(self, worklist: WorklistT) -> str:
        """Return the message where no item is listed."""
        raise NotImplementedError

    # -- looking -----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Look in a thread."""
        self.run_worker(
            partial(self._find_in_thread, self._session.navigation.touched_sentences()), thread=True, group="worklist"
        )

    def _find_in_thread(self, touched: TouchedSentences) -> None:
        try:
            self.post_message(self.Searched(self.find_items(touched)))
        except AnnotatorError as error:
            self.post_message(self.Searched(None, str(error)))

    def on_worklist_screen_searched(self, event: Searched) -> None:
        """List what was found."""
        self._list = cast("WorklistT | None", event.worklist)
        if event.worklist:
            self._controller.dispatch(OpenReview(event.worklist))
        self._message = StatusMessage(event.error, warning=True) if event.error else None
        self.draw()
        self.annotator.press_waiting_keys()

    @property
    def takes_keys(self) -> bool:
        """Whether a key can act now: not before the list is made."""
        return self._list is not None or self._message is not None

    # -- drawing -------------------------------------------------------------------------------

    def draw_rows(self, width: int, glyphs: Glyphs) -> None:
        """Draw the current item in its list."""
        worklist = self._list
        things = f"{pluralize(worklist.open_count, self.ITEM_NAME)} open" if worklist else ""
        if worklist and worklist.current_item:
            body = self.list_rows(worklist, width, self.body_height, glyphs)
        else:
            words = "" if self._message else self.SEARCHING_TEXT
            words = (self._not_started_text or self.empty_text(worklist)) if worklist else words
            margin = min(6, width // 12)
            lines = styled.wrap_paragraph(words, width - margin)
            body = ((), *((StyledText(" " * margin + line),) for line in lines))
        self.show_parts(
            layout.worklist_header(self.ABOUT, things, width, glyphs),
            body,
            self._result_row(width, glyphs),
            keys_row([*self._keys(worklist, glyphs), ("F1", "keys")], ("Esc", "back"), width),
        )

    def _keys(self, worklist: WorklistT | None, glyphs: Glyphs) -> list[tuple[str, str]]:
        """Return the row of keys: those that make sense now and that the keymap has not taken away."""
        if not worklist or not worklist.items:
            return []
        keys = [(glyphs.key(name), does) for name, does in (self.KEYS if worklist.current_item else _UNDO_KEYS)]
        more = [*self.MOVES, (glyphs.key("list_open"), "open")] if worklist.current_item else []
        return [(key, does) for key, does in [*keys, *more] if key]

    def _result_row(self, width: int, glyphs: Glyphs) -> StyledRow:
        """Return what was done last, or why it can't be."""
        message = self._message
        if message is None:
            return empty_rule_row(width, glyphs)
        sign = styled.warn_bold(" ! ") if message.warning else StyledText(" ")
        words = screen_text(message.text)
        return styled.fit_words((sign, styled.warn(words) if message.warning else styled.ok(words)), width, glyphs.cut)

    def sentence_number(self, annotated: AnnotatedSentence) -> str:
        """Return article and sentence by number, as the jump takes them."""
        s = annotated.sentence
        if s.id not in self._sentence_numbers:
            self._sentence_numbers[s.id] = "{}.{}".format(*self._session.sentence_number(s))
        return self._sentence_numbers[s.id]

    # -- keys ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a key as the command of the registry that it is in a worklist."""
        name = self._controller.keyboard.worklist_command(event.key)
        if not name:
            return
        event.stop()
        event.prevent_default()
        worklist = self._list
        if worklist and name in worklist.commands():
            self._run(name)
        elif worklist and worklist.current_item and name == "list_open":
            self._run(name)
            if self._message is None:
                self.annotator.return_to_annotating()

    def _run(self, action: Action) -> None:
        """Carry an action out and show what it did, or why it is not possible."""
        self._message = self._controller.dispatch(action).message
        self.draw()

    def action_move(self, by: int) -> None:
        """Go some items on."""
        self._run(MoveReview(by))

    def action_group(self, by: int) -> None:
        """Go a page of items on."""
        self._run(MoveReview(by * max(1, self.body_height // 2)))

    def action_close(self) -> None:
        """Go back to where one was."""
        self._controller.dispatch(GoToSentence(self._return_sentence))
        self.dismiss()


# -- inconsistencies ---------------------------------------------------------------------------


_MAX_CONSISTENT_PLACES = 50
"""This many places that need no change are listed with the others."""


class ConsistencyScreen(WorklistScreen[ConsistencyQueue]):
    """Shows a group of the same words and its places; each key settles one or all."""

    ABOUT = "the same words, not labelled alike"
    ITEM_NAME = "place"
    SEARCHING_TEXT = "looking for inconsistencies"
    KEYS = (
        ("list_yes", "do it here"), ("list_leave", "leave it"), ("list_all", "do all of these"),
        ("list_undo", "undo"),
    )  # fmt: skip
    MOVES = (("PgDn", "next words"),)

    def find_items(self, touched: TouchedSentences) -> ConsistencyQueue:
        """Return the list of what is not labelled alike; called from a thread."""
        return ConsistencyQueue(self._session, self._session.navigation.problem_finder.inconsistencies(touched))

    def empty_text(self, worklist: ConsistencyQueue) -> str:
        """Return the message where all is alike."""
        del worklist
        return "the same words are labelled alike everywhere"

    def action_group(self, by: int) -> None:
        """Go to the next or previous words."""
        self._run(MoveReview(by, group=True))

    def list_rows(self, worklist: ConsistencyQueue, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return the rows of the current group."""
        return layout.consistency_worklist_rows(self._view(worklist), width, height, glyphs)

    def _view(self, worklist: ConsistencyQueue) -> layout.ConsistencyView:
        item = worklist.current_item
        assert item is not None
        mine = [(n, x) for n, x in enumerate(worklist.items) if x.group == item.group]
        lines = [self._line(x.occurrence, worklist.settled.get(n)) for n, x in mine]
        alike = [p for p in worklist.groups[item.group].occurrences if p.is_consistent][:_MAX_CONSISTENT_PLACES]
        lines += [self._line(p) for p in alike]
        waiting = Counter(x.group for n, x in enumerate(worklist.items) if n not in worklist.settled)
        later = sorted({x.group for x in worklist.items[worklist.at :]} - {item.group})
        return layout.ConsistencyView(
            worklist.groups[item.group],
            tuple(lines),
            next(i for i, (n, _) in enumerate(mine) if n == worklist.at),
            sorted({x.group for x in worklist.items}).index(item.group) + 1,
            [(worklist.groups[g].words, waiting[g]) for g in later],
        )

    def _line(self, place: WordOccurrence, settled: bool | None = None) -> layout.WorklistPlace:
        return layout.WorklistPlace(place, self.sentence_number(place.annotated), settled)


# -- spans inside tokens -----------------------------------------------------------------------


class RepairScreen(WorklistScreen[RepairQueue]):
    """Shows the spans inside tokens, and for the current one what each repair would give."""

    ABOUT = "spans that begin or end inside a token"
    ITEM_NAME = "span"
    SEARCHING_TEXT = "looking for spans inside tokens"
    KEYS = (
        ("list_all", "all {} alike"), ("snap_out", "snap out"), ("snap_in", "snap in"), ("split_token", "split"),
        ("drop", "drop"),
        ("list_leave", "leave"), ("list_undo", "undo"),
    )  # fmt: skip

    def find_items(self, touched: TouchedSentences) -> RepairQueue:
        """Return the list of the spans inside tokens; called from a thread."""
        return RepairQueue(
            self._session, self._session.navigation.problem_finder.misaligned_spans(touched), self._return_sentence
        )

    def _keys(self, worklist: RepairQueue | None, glyphs: Glyphs) -> list[tuple[str, str]]:
        """Return the row of keys; that for all alike only where there are some, with their number."""
        alike = worklist.alike_spans() if worklist and worklist.current_item else None
        number = len(alike.numbers) if alike else 0
        keys = ((key, does.format(number)) for key, does in super()._keys(worklist, glyphs))
        return [x for x in keys if number or x[1] != "all 0 alike"]

    def empty_text(self, worklist: RepairQueue) -> str:
        """Return the message where nothing waits."""
        if worklist.skipped_count:
            n = worklist.skipped_count
            left = "1 span was left as it is" if n == 1 else f"{n} spans were left as they are"
            return f"nothing waits; {left}"
        return "every span begins and ends on the edges of tokens"

    def list_rows(self, worklist: RepairQueue, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return the rows of the list and of the current span."""
        numbers = worklist.open_indexes
        waiting = [worklist.items[n] for n in numbers]
        now, repairs = worklist.current_repairs()
        alike = worklist.alike_spans()
        view = layout.RepairView(waiting, numbers.index(worklist.at), now, repairs, self.sentence_number, alike)
        return layout.repair_worklist_rows(view, width, height, glyphs)


# -- suggestions that were open at the accept ----------------------------------------------------


class LeftScreen(WorklistScreen[LeftQueue]):
    """Shows the suggestions that accepts have left, each in its sentence."""

    ABOUT = "suggestions that were open at the accept"
    ITEM_NAME = "suggestion"
    SEARCHING_TEXT = "looking for suggestions that were left"
    KEYS = (("list_yes", "take"), ("list_refuse", "turn down"), ("list_leave", "dismiss"), ("list_undo", "undo"))

    def find_items(self, touched: TouchedSentences) -> LeftQueue:
        """Return the list of what was left; called from a thread."""
        return LeftQueue(self._session, self._session.navigation.problem_finder.sentences_with_left(touched))

    def empty_text(self, worklist: LeftQueue) -> str:
        """Return the message where nothing was left."""
        del worklist
        return "no suggestion was open when its sentence was accepted"

    def list_rows(self, worklist: LeftQueue, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return the rows of the list and of the current suggestion."""
        now = worklist.sentence_of(worklist.at)
        view = layout.LeftView(worklist.items, worklist.at, now, worklist.outcome, self.sentence_number)
        return layout.left_worklist_rows(view, width, height, glyphs)


# -- one annotator on two machines ---------------------------------------------------------------


class TwoMachinesScreen(WorklistScreen[DifferenceQueue]):
    """Shows what each of two machines has left of a sentence; one key lets a side count."""

    ABOUT = "annotated differently on two machines"
    ITEM_NAME = "sentence"
    SEARCHING_TEXT = "looking for sentences of two machines"
    KEYS = (("side_one", "the one"), ("side_two", "the other"), ("list_leave", "leave it"), ("list_undo", "undo"))

    def find_items(self, touched: TouchedSentences) -> DifferenceQueue:
        """Return the list of what waits; called from a thread."""
        del touched
        return DifferenceQueue(self._session)

    def empty_text(self, worklist: DifferenceQueue) -> str:
        """Return the message where nothing waits."""
        return worklist.empty_message

    def list_rows(self, worklist: DifferenceQueue, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return the rows of the list and of both sides."""
        view = DifferenceView(worklist.items, worklist.at, worklist.settled, self.sentence_number)
        return difference_worklist_rows(view, width, height, glyphs)
