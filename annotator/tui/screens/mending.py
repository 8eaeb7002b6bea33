"""The worklist of spans that begin or end inside a token: each repair is one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from annotator.core.annotation import Work
from annotator.core.repairs import Cure
from annotator.core.spans import Span
from annotator.session.finder import Touched
from annotator.session.mending import Mending
from annotator.tui.layout.glyphs import Glyphs
from annotator.tui.layout.mending import COMMAND, MendingView, mending_rows
from annotator.tui.layout.row import Row
from annotator.tui.screens.worklist import WorklistScreen


class MendingScreen(WorklistScreen[Mending]):
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

    def find_items(self, touched: Touched) -> Mending:
        """Return the list of the spans inside tokens; called from a thread."""
        return Mending(self._session, self._session.navigation.misaligned_spans(touched), self._return_sentence)

    def empty_text(self, worklist: Mending) -> str:
        """Return what is said where nothing waits."""
        if worklist.skipped_count:
            message = (
                "1 span was left as it is" if worklist.skipped_count == 1 else f"{worklist.skipped_count} spans were left as they are"
            )
            return f"nothing waits; {message}"
        return "every span begins and ends on the edges of tokens"

    def handlers(self, worklist: Mending) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the list and says of it."""
        cures = {COMMAND[cure]: partial(worklist.repair, cure) for cure in Cure}
        return {**cures, "list_leave": worklist.skip}

    def selected_span(self, worklist: Mending) -> tuple[Work, Span] | None:
        """Return the span in hand and its sentence."""
        return (worklist.current_item.annotated, worklist.current_item.span) if worklist.current_item else None

    def list_rows(self, worklist: Mending, width: int, height: int, glyphs: Glyphs) -> tuple[Row, ...]:
        """Return the rows of the list and of the span in hand."""
        numbers = worklist.open_indexes
        waiting = [worklist.items[n] for n in numbers]
        now, repairs = worklist.current_repairs()
        view = MendingView(waiting, numbers.index(worklist.at), now, repairs, self.sentence_number)
        return mending_rows(view, width, height, glyphs)
