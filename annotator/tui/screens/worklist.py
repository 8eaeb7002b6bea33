"""What all worklists share on the screen: a thread that looks, the rows around the list, the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import AnnotatorError
from annotator.core.spans import Span
from annotator.session.finder import TouchedSentences
from annotator.session.opening import others_work_message
from annotator.session.pen import AnnotationController
from annotator.session.worklist import ReviewQueue
from annotator.tui.commands import WORKLIST_MOVE_KEYS
from annotator.tui.layout.bars import keys_row, empty_rule_row
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.row import CellStyle, StyledText, StyledRow, truncate, fit_row, row_width
from annotator.tui.layout.safe_text import screen_text
from annotator.tui.layout.worklist import worklist_header
from annotator.tui.screens.base import RowScreen
from annotator.tui.screens.ways import return_to_annotating

WorklistT = TypeVar("WorklistT", bound=ReviewQueue[Any])
_UNDO_KEYS = (("list_undo", "undo"),)


class WorklistScreen(RowScreen, Generic[WorklistT]):
    """Shows one worklist; each key settles an item, and undo takes it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, show=False) for key, action in WORKLIST_MOVE_KEYS.items()
    ]
    ABOUT: ClassVar[str] = ""
    """What is listed, for the head row."""
    ITEM_NAME: ClassVar[str] = ""
    """What one of the items is."""
    SEARCHING_TEXT: ClassVar[str] = ""
    """What is said while they are looked for."""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """The commands of the row of keys, each with a word or two."""
    MOVES: ClassVar[tuple[tuple[str, str], ...]] = ()
    """The keys of that row that only move."""

    class Looked(Message):
        """The looking thread has made the list; None where it could not."""

        def __init__(self, worklist: ReviewQueue[Any] | None, error: str = "") -> None:
            """Carry it."""
            super().__init__()
            self.worklist = worklist
            self.error = error

    def __init__(self, controller: AnnotationController) -> None:
        """Look through what this pen's annotator has done."""
        super().__init__()
        self._controller = controller
        self._session = controller.session
        self._list: WorklistT | None = None
        self._result_text = ""
        self._warning = ""
        self._sentence_numbers: dict[str, str] = {}
        self._not_started_text = others_work_message(controller.session.corpus, controller.session.annotator)
        self._return_sentence = controller.session.annotated.sentence.id if controller.session.article_sentences else ""

    # -- what each worklist says for itself --------------------------------------------------------

    def find_items(self, touched: TouchedSentences) -> WorklistT:
        """Return the list of what is found; called from a thread."""
        raise NotImplementedError

    def list_rows(self, worklist: WorklistT, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return exactly ``height`` rows of the list with the item in hand."""
        raise NotImplementedError

    def empty_text(self, worklist: WorklistT) -> str:
        """Return what is said where no item is listed."""
        raise NotImplementedError

    def handlers(self, worklist: WorklistT) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        raise NotImplementedError

    def selected_span(self, worklist: WorklistT) -> tuple[AnnotatedSentence, Span] | None:
        """Return the sentence in hand and what is selected in it to annotate; None without an item."""
        raise NotImplementedError

    # -- looking -----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Draw, and look in a thread."""
        self.draw()
        self.run_worker(partial(self._find_in_thread, self._session.navigation.touched_sentences()), thread=True, group="worklist")

    def _find_in_thread(self, touched: TouchedSentences) -> None:
        try:
            self.post_message(self.Looked(self.find_items(touched)))
        except AnnotatorError as error:
            self.post_message(self.Looked(None, str(error)))

    def on_worklist_screen_looked(self, event: Looked) -> None:
        """List what was found."""
        self._list = cast("WorklistT | None", event.worklist)
        self._warning = event.error
        self.draw()

    # -- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the item in hand in its list."""
        width, height, glyphs = self.size.width, self.body_height, self.annotator.glyphs
        if not width:
            return
        worklist = self._list
        things = f"{worklist.open_count} {self.ITEM_NAME}{'' if worklist.open_count == 1 else 's'} open" if worklist else ""
        self.part("head").show_rows((worklist_header(self.ABOUT, things, width, glyphs),))
        if worklist and worklist.current_item:
            body = self.list_rows(worklist, width, height, glyphs)
        else:
            words = (self._not_started_text or self.empty_text(worklist)) if worklist else "" if self._warning else self.SEARCHING_TEXT
            body = ((), (StyledText(f"      {words}", CellStyle("text")),))
        self.part("body").show_rows(body)
        self.part("rule").show_rows((self._result_row(width, glyphs),))
        self.part("keys").show_rows((keys_row(self._keys(worklist, glyphs), ("Esc", "back"), width),))

    def _keys(self, worklist: WorklistT | None, glyphs: Glyphs) -> list[tuple[str, str]]:
        """Return the row of keys: those that make sense now and that the keymap has not taken away."""
        if not worklist or not worklist.items:
            return []
        keys = [(glyphs.key(name), does) for name, does in (self.KEYS if worklist.current_item else _UNDO_KEYS)]
        more = [*self.MOVES, (glyphs.key("list_open"), "open")] if worklist.current_item else []
        return [(key, does) for key, does in [*keys, *more] if key]

    def _result_row(self, width: int, glyphs: Glyphs) -> StyledRow:
        """Return what was done last, or why it can't be."""
        result = self._warning or self._result_text
        if not result:
            return empty_rule_row(width, glyphs)
        sign = StyledText(" ! ", CellStyle("warn", bold=True)) if self._warning else StyledText(" ")
        words = truncate(screen_text(result), width - row_width((sign,)), glyphs.cut)
        return fit_row((sign, StyledText(words, CellStyle("warn" if self._warning else "ok"))), width)

    def sentence_number(self, annotated: AnnotatedSentence) -> str:
        """Return article and sentence by number, as the jump takes them."""
        s = annotated.sentence
        if s.id not in self._sentence_numbers:
            article = self._session.queue.index(s.article)
            sentences = self._session.navigation.sentence_search.sentences_of(s.article, self._session.annotation_store.touched_sentences_of(s.article))
            index = next((i for i, w in enumerate(sentences) if w.sentence.start == s.start), 0)
            self._sentence_numbers[s.id] = f"{article + 1}.{index + 1}"
        return self._sentence_numbers[s.id]

    # -- keys ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Take a key as the command of the registry that it is in a worklist."""
        name = self.annotator.keyboard.worklist_command(event.key)
        if not name:
            return
        event.stop()
        event.prevent_default()
        worklist = self._list
        if worklist is None:
            return
        if name == "list_open":
            self._open(worklist)
        elif handler := {"list_undo": worklist.undo, **self.handlers(worklist)}.get(name):
            self._run_handler(handler)

    def _run_handler(self, handler: Callable[[], str]) -> None:
        """Do something with the list, say what was done or why it can't be, and draw."""
        try:
            self._show_result(handler())
        except AnnotatorError as error:
            self._show_result(warning=str(error))

    def _show_result(self, result: str = "", warning: str = "") -> None:
        self._result_text, self._warning = result, warning
        self.draw()

    def _open(self, worklist: WorklistT) -> None:
        """Go to the sentence in hand and annotate there, its words selected."""
        chosen = self.selected_span(worklist)
        if chosen is None or not self._session.go_to(chosen[0].sentence.id):
            return
        self._controller.enter_sentence()
        self._controller.select_span(chosen[1])
        self._session.message = None
        return_to_annotating(self.annotator)

    def action_move(self, by: int) -> None:
        """Go some items on."""
        if self._list:
            self._list.move(by)
        self._show_result()

    def action_group(self, by: int) -> None:
        """Go a page of items on."""
        self.action_move(by * max(1, self.body_height // 2))

    def action_close(self) -> None:
        """Go back to where one was."""
        if self._return_sentence:
            self._session.go_to(self._return_sentence)
        self._session.message = None
        self.dismiss()
