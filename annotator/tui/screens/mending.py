"""The worklist of spans that begin or end inside a token: each repair is one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from annotator.core.annotation import AnnotatedSentence
from annotator.core.repairs import RepairKind
from annotator.core.spans import Span
from annotator.session.finder import TouchedSentences
from annotator.session.mending import RepairQueue
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.mending import REPAIR_COMMANDS, RepairView, repair_worklist_rows
from annotator.tui.layout.row import StyledRow
from annotator.tui.screens.worklist import WorklistScreen


class RepairScreen(WorklistScreen[RepairQueue]):
    """Shows the spans inside tokens, and for the one in hand what each repair would give."""

    ABOUT = "spans that begin or end inside a token"
    ITEM_NAME = "span"
    SEARCHING_TEXT = "looking for spans inside tokens"
    KEYS = (
        ("snap_out", "snap out"),
        ("snap_in", "snap in"),
        ("split_token", "split"),
        ("drop", "drop"),
        ("list_leave", "leave"),
        ("list_undo", "undo"),
    )

    def find_items(self, touched: TouchedSentences) -> RepairQueue:
        """Return the list of the spans inside tokens; called from a thread."""
        return RepairQueue(self._session, self._session.navigation.misaligned_spans(touched), self._return_sentence)

    def empty_text(self, worklist: RepairQueue) -> str:
        """Return what is said where nothing waits."""
        if worklist.skipped_count:
            message = (
                "1 span was left as it is" if worklist.skipped_count == 1 else f"{worklist.skipped_count} spans were left as they are"
            )
            return f"nothing waits; {message}"
        return "every span begins and ends on the edges of tokens"

    def handlers(self, worklist: RepairQueue) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        cures = {REPAIR_COMMANDS[cure]: partial(worklist.repair, cure) for cure in RepairKind}
        return {**cures, "list_leave": worklist.skip}

    def selected_span(self, worklist: RepairQueue) -> tuple[AnnotatedSentence, Span] | None:
        """Return the span in hand and its sentence."""
        return (worklist.current_item.annotated, worklist.current_item.span) if worklist.current_item else None

    def list_rows(self, worklist: RepairQueue, width: int, height: int, glyphs: Glyphs) -> tuple[StyledRow, ...]:
        """Return the rows of the list and of the span in hand."""
        numbers = worklist.open_indexes
        waiting = [worklist.items[n] for n in numbers]
        now, repairs = worklist.current_repairs()
        view = RepairView(waiting, numbers.index(worklist.at), now, repairs, self.sentence_number)
        return repair_worklist_rows(view, width, height, glyphs)
