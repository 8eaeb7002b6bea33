"""The pen: carries out on a session what the keys of the annotate screen make of the hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.article import Sentence
from annotator.core.edits import Edit
from annotator.core.graphemes import widen_to_graphemes
from annotator.core.schema import Label
from annotator.core.spans import Span
from annotator.core.tokens import TokenRange
from annotator.language import selection_expansions
from annotator.session.actions import annotation_actions as deeds
from annotator.session.actions import selection as sel
from annotator.session.actions.annotation_actions import ActionContext, ActionResult, SelectionState
from annotator.session.actions.hint_layout import HintLayout, HintLayoutCache
from annotator.session.actions.hints import HintStyle
from annotator.session.actions.selection import Selection
from annotator.session.session import AnnotationSession
from annotator.session.state import StatusMessage, TaskState


class AnnotationController:
    """The hand over the active sentence of a session, and the deeds that need it."""

    def __init__(
        self,
        session: AnnotationSession,
        cell_width: Callable[[str], int] = len,
        auto_accept_labels: Collection[str] = (),
    ) -> None:
        """Arrive at the session's sentence; ``cells`` tells how wide a token is drawn.

        ``take``: the labels whose sure suggestions Enter takes.
        """
        self.session = session
        self.guideline_label = session.schema.labels[0].name
        self.selection_state = SelectionState()
        self.auto_accept_labels = frozenset(x for x in auto_accept_labels if session.schema.label(x))
        self._visible: tuple[tuple[int, str], ...] = ()
        self.keeps_page = False
        """Whether the sentence was reached by moving in view, so that the page should stay where it is."""
        self._skipped_ahead = False
        """Whether a label's key has led to a later sentence: the open ones before it come next."""
        self.starts_new_page = False
        """Whether the sentence was reached by accepting all in view: then a new page begins."""
        self.suggestions_enabled = True
        """Whether suggestions are offered at all."""
        self._hint_layouts = HintLayoutCache(session.schema, cell_width)
        self._hint_layout = HintLayout()
        self._laid_out_sentence: Sentence | None = None
        """The sentence that the sheet is of: another one, or the same with other tokens, needs another."""
        self.enter_sentence()

    # -- arriving ------------------------------------------------------------------------------

    def enter_sentence(self) -> None:
        """Lay out the hints of the active sentence; nothing is in hand."""
        self.selection_state = SelectionState()
        self._lay_out_hints()

    def _lay_out_hints(self) -> None:
        self._hint_layout, self._laid_out_sentence = HintLayout(), None
        if self.session.queue and self.session.article_sentences:
            s = self._laid_out_sentence = self.session.annotated.sentence
            self._hint_layout = self._hint_layouts.layout_for(s, self.session.article(s.article))

    def prepare_sentence(self, i: int) -> None:
        """Work out what arriving at a sentence of the article will ask for, by index."""
        s = self.session.article_sentences[i].sentence
        self._hint_layouts.layout_for(s, self.session.article(s.article))

    def use_letters(self, style: HintStyle, taken: frozenset[str]) -> None:
        """Make hints of other letters from now on, none of them among ``taken``."""
        self._hint_layouts.use_letters(style, taken)
        self._lay_out_hints()

    def sync_sentence(self) -> None:
        """Arrive anew if the session has moved to another sentence since."""
        here = self.session.annotated.sentence if self.session.article_sentences else None
        if here != self._laid_out_sentence:
            self.enter_sentence()

    def context(self) -> ActionContext:
        """Return what lies before the hand."""
        s = self.session
        suggested = s.suggestions_for if self.suggestions_enabled else _no_suggestions
        return ActionContext(
            s.schema,
            s.article_sentences,
            s.position.sentence,
            self._hint_layout,
            suggested,
            self.visible,
            self.auto_accept_labels,
        )

    def _apply_result(self, result: ActionResult) -> None:
        """Carry out a deed: the edit, then the place, then what is in hand."""
        if result.edit:
            self.session.apply_edit(result.edit)
        if result.active is not None:
            self.move_within_view(result.active)
            self._skipped_ahead = True
            self._lay_out_hints()
        self.selection_state = result.selection_state

    def move_within_view(self, to: int) -> None:
        """Go to a sentence of the article by index, the page staying where it is if it can."""
        self.keeps_page = True
        self.session.move_in_article(to)

    def move(self, by: int) -> None:
        """Go ``by`` sentences on, the page staying where it is if it can."""
        self.keeps_page = True
        self.session.move_sentence(by)

    @property
    def visible(self) -> Sequence[int]:
        """The sentences of the article in hand that the screen shows whole, by index; it says so itself.

        Those that are where they were then: a join, a split or another article moves them.
        """
        annotated_sentences = self.session.article_sentences if self.session.queue else ()
        return tuple(
            i
            for i, known in self._visible
            if i < len(annotated_sentences) and annotated_sentences[i].sentence.id == known
        )

    def set_visible(self, visible: Sequence[int]) -> None:
        """Take in what the screen shows whole."""
        annotated_sentences = self.session.article_sentences
        self._visible = tuple((i, annotated_sentences[i].sentence.id) for i in visible)

    # -- selecting -----------------------------------------------------------------------------

    @property
    def selection(self) -> Selection | None:
        """What is selected."""
        return self.selection_state.selection

    @property
    def typed_hint(self) -> str:
        """The first letter of a two-letter hint, once it is pressed."""
        return self.selection_state.typed_hint

    def clear_typed_hint(self) -> None:
        """Let go of a half-typed hint."""
        if self.selection_state.typed_hint:
            self.selection_state = deeds.clear_selection(self.selection_state).selection_state

    def press_hint(self, letter: str) -> bool:
        """Press a hint letter; False where no hint has it."""
        result = deeds.press_hint(self.context(), self.selection_state, letter)
        if result is None:
            self.clear_typed_hint()
            return False
        self._apply_result(result)
        return True

    def click(self, token: int) -> None:
        """Select the phrase at a token, as a first hint does."""
        self._set_selection(sel.selection_by_hint(None, self.session.annotated.sentence.tokens, token))

    def drag(self, first: int, last: int) -> None:
        """Select from one token to another, both included."""
        chosen = (min(first, last), max(first, last) + 1)
        self._set_selection(
            sel.explicit_selection(*widen_to_graphemes(self.session.annotated.sentence.tokens, chosen))
        )

    def select_span(self, span: Span) -> None:
        """Select the tokens of a span."""
        self.selection_state = deeds.select_span(self.context(), self.selection_state, span)

    def _set_selection(self, selection: Selection | None) -> None:
        self.selection_state = deeds.with_selection(self.selection_state, selection)

    def clear_selection(self) -> None:
        """Let go of the selection, or of a half-typed hint."""
        self._apply_result(deeds.clear_selection(self.selection_state))

    def grow(self) -> None:
        """Grow the selection, or the span in focus, to its next extent; without one go to the first stop."""
        self._apply_result(deeds.grow_selection(self.context(), self.selection_state))

    def shrink(self) -> None:
        """Shrink the selection, or the span in focus, to what it was."""
        self._apply_result(deeds.shrink_selection(self.context(), self.selection_state))

    def move_cursor(self, by: int) -> None:
        """Move the token cursor by a word."""
        self._apply_result(deeds.move_cursor(self.context(), self.selection_state, by))

    def move_right_edge(self, by: int) -> None:
        """Move the right edge of the selection, or of the span in focus, by a word."""
        self._apply_result(deeds.move_selection_right_edge(self.context(), self.selection_state, by))

    def move_left_edge(self, by: int) -> None:
        """Move the left edge of the selection, or of the span in focus, by a word."""
        self._apply_result(deeds.move_selection_left_edge(self.context(), self.selection_state, by))

    def select_next_stop(self, by: int) -> None:
        """Select the next (1) or previous (-1) suggestion, candidate or span in reading order, round."""
        self._apply_result(deeds.select_next_stop(self.context(), self.selection_state, by))

    # -- deeds ---------------------------------------------------------------------------------

    def label(self, label: Label, *, beside: bool = False) -> None:
        """Label the selection or relabel the span that it is; with nothing in hand take the next suggestion.

        With ``beside`` a span of just the selection's range stays beside the new one.
        """
        had = len(self.session.annotated.annotation.spans)
        result = (deeds.label_selection_beside if beside else deeds.label_selection)(
            self.context(), self.selection_state, label
        )
        self._apply_result(result)
        self.session.spans_made += (
            result.active is not None or len(self.session.annotated.annotation.spans) > had
        )
        if self.session.message and self.session.message.text.startswith("+"):
            self.session.message = None  # the lane says it
        self.guideline_label = label.name

    def remove(self) -> None:
        """Remove the span in focus, turn the suggestion in focus down, else remove the innermost span."""
        self._apply_result(deeds.remove_span_or_suggestion(self.context(), self.selection_state))

    def label_all_mentions(self) -> None:
        """Label every other mention of the span in focus in the article."""
        self._apply_result(deeds.label_all_mentions(self.context(), self.selection_state))

    def answer(self, answer: Answer) -> None:
        """Answer the sentence and go on to the next that has no answer."""
        edit = deeds.answer_sentence(self.context(), answer)
        if edit:
            self.session.apply_edit(edit)
        self._advance(None if answer is Answer.ACCEPT else self.session.message)

    def accept_visible_sentences(self) -> None:
        """Accept every open sentence that the screen shows whole, and go on to the next open one."""
        here, navigation = self.session.article_sentences, self.session.navigation
        matching = [i for i in self.visible if navigation.matches_filter(here[i])]
        self.session.apply_edit(deeds.accept_visible_sentences(replace(self.context(), visible=matching)))
        self._advance(self.session.message)
        self.starts_new_page = True

    def _advance(self, message: StatusMessage | None) -> None:
        self.keeps_page = self.starts_new_page = False
        if not self._return_to_skipped() and not self.session.go_to_next_open():
            message = StatusMessage(self.session.navigation.finished_message)
        self.enter_sentence()
        if haste := self.session.activity_tracker.speed_warning:
            message = StatusMessage(haste.message, warning=True)
        self.session.message = message

    def _return_to_skipped(self) -> bool:
        """Go back to an open sentence in view that a label's key has leapt over; False for none."""
        leapt, self._skipped_ahead = self._skipped_ahead, False
        here = self.session.position.sentence
        left = (
            [i for i in self.visible if i < here and not self.session.article_sentences[i].done]
            if leapt
            else []
        )
        if left:
            self.move_within_view(left[0])
            self._skipped_ahead = True
        return bool(left)

    def toggle_auto_accept(self, label: Label) -> None:
        """Let Enter take the sure suggestions of a label, or no longer."""
        self.auto_accept_labels = self.auto_accept_labels ^ {label.name}
        names = ", ".join(x.name for x in self.session.schema.labels if x.name in self.auto_accept_labels)
        self.session.message = StatusMessage(
            f"Enter takes what is sure of {names}" if names else "Enter takes nothing"
        )

    def undo(self) -> None:
        """Take the last deed back and select what it was about."""
        self._select_changed(self.session.undo())

    def redo(self) -> None:
        """Do again what was taken back and select what it was about."""
        self._select_changed(self.session.redo())

    def _select_changed(self, edit: Edit | None) -> None:
        """Select the span that an edit has changed, so that the next label key means the same words."""
        self.sync_sentence()
        if (
            edit is None
            or len(edit.before) != 1
            or len(edit.after) != 1
            or not self.session.article_sentences
        ):
            return
        before, after = (e[0].annotation.spans for e in (edit.before, edit.after))
        changed = [s for s in after if s not in before] or [s for s in before if s not in after]
        if changed and edit.after[0].sentence.id == self.session.annotated.sentence.id:
            self.select_span(changed[0])

    def join(self) -> None:
        """Join the sentence with the next."""
        self.session.join()
        self.enter_sentence()

    def split(self) -> None:
        """Split the sentence before the selection."""
        self.session.split(deeds.require_selection(self.selection_state).first)
        self.enter_sentence()

    # -- the state -----------------------------------------------------------------------------

    def state(self) -> TaskState:
        """Return everything that the annotate screen draws."""
        self.sync_sentence()
        s, context = self.session, self.context()
        chosen = self.selection_state.selection.range if self.selection_state.selection else None
        growth = selection_expansions(context.tokens, *chosen) if chosen else ()
        counted = s.corpus_progress
        return TaskState(
            schema=s.schema,
            article=s.article(s.current_article_id),
            annotated_sentences=s.article_sentences,
            active=s.position.sentence,
            article_number=s.position.article + 1,
            article_count=len(s.queue),
            hints=self._hint_layout.hints,
            typed_hint=self.selection_state.typed_hint,
            selection=self.selection_state.selection,
            span_just_made=self.selection_state.span_just_made,
            selected_span=deeds.span_at_range(context, chosen) if chosen else None,
            next_extent=growth[0] if growth else None,
            visible_suggestions=context.visible_suggestions,
            auto_accepted_suggestions=context.auto_accepted_suggestions,
            next_suggestions=deeds.next_suggestions(context, self.selection_state),
            snapped_ranges=self._snapped_ranges(context),
            message=s.message,
            save_state=s.save_state,
            saved_at=s.saved_at,
            banner=s.banner,
            guideline_label=self.current_label,
            label_counts=s.article_cache.label_counts_of(s.current_article_id),
            navigation_summary=s.navigation.summary,
            done=counted.done,
            total=counted.total,
            spans_made=s.spans_made,
        )

    def _snapped_ranges(self, context: ActionContext) -> dict[str, TokenRange]:
        """Return for each label what its key makes of the pressed hint, where that is not the selection."""
        found = (
            (x.name, deeds.snapped_range(context, self.selection_state, x.name))
            for x in self.session.schema.labels
        )
        chosen = self.selection_state.selection.range if self.selection_state.selection else None
        return {name: r for name, r in found if r and r != chosen}

    @property
    def current_label(self) -> str:
        """The label of the span that is selected, else the one last used."""
        chosen = (
            self.selection_state.selection.range
            if self.selection_state.selection and self.session.article_sentences
            else None
        )
        focus = deeds.span_at_range(self.context(), chosen) if chosen else None
        return focus.label if focus else self.guideline_label

    @property
    def selection_is_span(self) -> bool:
        """Whether the selection is a span."""
        chosen = self.selection_state.selection
        return bool(
            chosen and self.session.article_sentences and deeds.span_at_range(self.context(), chosen.range)
        )

    @property
    def required_selection(self) -> Selection:
        """The selection; raises RuleError where there is none."""
        return deeds.require_selection(self.selection_state)


def _no_suggestions(i: int) -> tuple[()]:
    """Suggest nothing for a sentence."""
    del i
    return ()
