"""The active sentence under the keys: selection, hints, labels and answers, applied to a session.

What a key makes of the selection is decided in ``session.actions``, which is pure; here its results are
applied. Every method that changes something returns the message to show; it raises RuleError where a
rule forbids the change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.article import Sentence
from annotator.core.edits import Edit, describe_edit, set_answer, taken_text
from annotator.core.errors import RuleError
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.session.actions import annotation_actions as actions
from annotator.session.actions import label_actions
from annotator.session.actions.annotation_actions import ActionContext, ActionResult, SelectionState
from annotator.session.actions.hints import HintLayout, HintLayoutCache
from annotator.session.actions.selection import Selection
from annotator.session.page_reading import PageReading
from annotator.session.session import AnnotationSession
from annotator.session.session_settings import SessionSettings
from annotator.session.state import Notice, PageMotion, StatusMessage, no_suggestions
from annotator.session.work_left import article_end_message, corpus_end_message

MAX_UNDO_POINTS = 1000
"""Of so many edits undo restores what their key found; of earlier ones it selects what they have changed."""


class UndoPoint(Struct, frozen=True):
    """What a key found: how many edits were done, the active sentence, and the selection."""

    edits: int
    sentence_id: str
    selection_state: SelectionState


class SentenceEditor:
    """Holds the selection in the active sentence of a session and applies what the keys ask for."""

    def __init__(
        self, session: AnnotationSession, settings: SessionSettings, cell_width: Callable[[str], int] = len
    ) -> None:
        """Start at the session's sentence; ``cell_width`` returns how many cells a token takes."""
        self.session = session
        self.settings = settings
        self.guideline_label = session.label_pass.labels[0]
        self.selection_state = SelectionState()
        self.key_text = settings.keyboard.key_text
        self._undo_points: dict[int, UndoPoint] = {}
        """Edits by their number in the history → what their key found; of the last ones of this session alone."""
        self.page_motion = PageMotion.JUMP
        """What the page does when the active sentence is drawn next."""
        self.spans_made = session.count_spans()
        self._visible: tuple[tuple[int, str], ...] = ()
        self.page_reading = PageReading()
        self.top_line = 0
        """The first wrapped line of the active sentence to show, where it is taller than the screen."""
        self.more_lines = 0
        """The first wrapped line that was not on the screen yet; 0 if all were."""
        self._seen_lines: frozenset[int] = frozenset()
        self._line_count = 0
        self._skipped_ahead = False
        """Whether a key has passed over sentences: the open ones before the active one come next."""
        self._hint_layouts = HintLayoutCache(session.schema, cell_width)
        self._hint_layout = HintLayout()
        self._laid_out_sentence: Sentence | None = None
        """The sentence of the hint layout: another one, or one with other tokens, needs another layout."""
        self.enter_sentence()

    # -- the active sentence -----------------------------------------------------------------------

    def enter_sentence(self) -> None:
        """Lay out the hints of the active sentence; nothing is selected."""
        self.selection_state = SelectionState()
        self.top_line = self.more_lines = self._line_count = 0
        self._lay_out_hints()

    def _lay_out_hints(self) -> None:
        self._hint_layout, self._laid_out_sentence = HintLayout(), None
        if self.session.article_sentences:
            s = self._laid_out_sentence = self.session.annotated.sentence
            self._hint_layout = self._hint_layouts.layout_for(s, self.session.article(s.article))

    @property
    def is_untouched(self) -> bool:
        """Return True if no key has done anything in the active sentence since it was entered."""
        return self.selection_state == SelectionState()

    def prepare_sentence(self, i: int) -> None:
        """Lay out the hints of a sentence of the article, by index, before it is entered."""
        s = self.session.article_sentences[i].sentence
        self._hint_layouts.layout_for(s, self.session.article(s.article))

    def sync_sentence(self) -> None:
        """Enter the active sentence if the session has moved to another one."""
        last = self._laid_out_sentence
        here = self.session.annotated.sentence if self.session.article_sentences else None
        if here != last:
            self.enter_sentence()
            if not (here and last and _overlap(here, last)):  # else it was joined or split: it stays in hand
                self.session.arrive()

    def context(self) -> ActionContext:
        """Return what the actions depend on."""
        s = self.session
        return ActionContext(
            s.schema,
            s.article_sentences,
            s.position.sentence,
            self._hint_layout,
            s.suggestions_for if self.settings.suggestions_enabled else no_suggestions,
            self._reachable(),
            self.settings.auto_accept_labels,
            self.settings.reaches_view,
            s.label_pass,
        )

    def undo_point(self) -> UndoPoint:
        """Return what a key finds now."""
        sentence_id = self.session.annotated.sentence.id if self.session.article_sentences else ""
        return UndoPoint(len(self.session.history.done), sentence_id, self.selection_state)

    def remember_undo_point(self, found: UndoPoint) -> None:
        """Remember what a key found for the edits that it has made, so that undo restores it."""
        for number in range(found.edits + 1, len(self.session.history.done) + 1):
            self._undo_points[number] = found
            self._undo_points.pop(number - MAX_UNDO_POINTS, None)

    def apply(self, rule: Callable[..., ActionResult | None], *args: object) -> str:
        """Apply what a rule of ``session.actions`` makes of the selection; return the message."""
        result = rule(self.context(), self.selection_state, *args)
        return self._apply_result(result) if result else ""

    def apply_selecting(self, rule: Callable[..., ActionResult | None], *args: object) -> str:
        """Apply a rule that selects words, and label them at once if a label is armed."""
        armed = self.selection_state.armed_label
        message = self.apply(rule, *args)
        if armed and self.selection_state.user_selection and not self.typed_hint:
            return self._label(armed, label_actions.label_armed)
        return message

    def _apply_result(self, result: ActionResult) -> str:
        """Apply the edit, then the move, then the selection."""
        message = self.session.apply_edit(result.edit) if result.edit else ""
        if result.active is not None:
            self.move_within_view(result.active)
            self._skipped_ahead = True
            self._lay_out_hints()
        self.selection_state = result.selection_state
        return message

    def move_within_view(self, to: int) -> None:
        """Go to a sentence of the article by index; the page stays where it is if it can."""
        self.page_motion = PageMotion.STAY
        self.session.navigation.move_in_article(to)

    def next_suggested(self) -> int | None:
        """Return the next open sentence in view that has a suggestion, round, by index; None for none."""
        context, matches = self.context(), self.session.navigation.matches_filter
        others = sorted((i for i in self.visible if i != context.active), key=lambda i: (i < context.active, i))
        matching = (i for i in others if matches(context.annotated_sentences[i]))
        return next((i for i in matching if context.visible_suggestions(i)), None)

    def go_to_suggested(self) -> None:
        """Go to the next open sentence in view that has a suggestion; those passed over stay open and come next."""
        to = self.next_suggested()
        if to is None:
            key = self.key_text("accept_view")
            raise RuleError("no other sentence in view has a suggestion", do=f"{key} accepts all in view")
        self.move_within_view(to)
        self._skipped_ahead = True

    @property
    def visible(self) -> Sequence[int]:
        """The sentences of the article that the screen shows whole, by index.

        Those that a join, a split or a move to another article has moved since are left out.
        """
        sentences = self.session.article_sentences
        return tuple(i for i, known in self._visible if i < len(sentences) and sentences[i].sentence.id == known)

    def _reachable(self) -> Sequence[int]:
        """Return the sentences shown whole that keys reach: with a filter its matches, and the active one."""
        s = self.session
        matches = s.navigation.matches_filter
        return [i for i in self.visible if i == s.position.sentence or matches(s.article_sentences[i])]

    def see_lines(self, lines: Collection[int], line_count: int) -> None:
        """Take in the wrapped lines of the active sentence, of ``line_count``, that the screen shows."""
        if line_count != self._line_count:  # wrapped otherwise: the numbers mean other words
            self._seen_lines, self._line_count = frozenset(), line_count
        self._seen_lines |= frozenset(lines)
        self.more_lines = next((n for n in range(line_count) if n not in self._seen_lines), 0)

    def set_visible(self, visible: Sequence[int]) -> None:
        """Take in which sentences the screen shows whole."""
        sentences = self.session.article_sentences
        self._visible = tuple((i, sentences[i].sentence.id) for i in visible)
        # One that is taller than the screen is not among the visible ones.
        shown = {*visible, self.session.position.sentence} if sentences else ()
        self.page_reading.see((sentences[i].sentence for i in shown), self.session.now())

    # -- selection ---------------------------------------------------------------------------------

    @property
    def selection(self) -> Selection | None:
        """The selection."""
        return self.selection_state.selection

    @property
    def selected_span(self) -> Span | None:
        """The span in focus: the selection covers it exactly."""
        return actions.span_in_focus(self.context(), self.selection_state) if self.session.article_sentences else None

    @property
    def typed_hint(self) -> str:
        """The first letter of a two-letter hint, once it is pressed."""
        return self.selection_state.typed_hint

    def clear_typed_hint(self) -> None:
        """Forget a half-typed hint."""
        self.selection_state = replace(self.selection_state, typed_hint="")

    def disarm(self) -> None:
        """Forget an armed label, and one that waits for its second press."""
        self.selection_state = actions.disarmed(self.selection_state)

    def press_hint(self, letter: str) -> str:
        """Press a hint letter; raises RuleError where no hint has it."""
        if actions.press_hint(self.context(), self.selection_state, letter) is None:
            self.clear_typed_hint()
            raise RuleError(f"no word here has the letter {letter}", do="the letters are above the words")
        return self.apply_selecting(actions.press_hint, letter)

    def click(self, token: int) -> str:
        """Select the phrase at a token, as a first hint does."""
        return self.apply_selecting(actions.click_token, token)

    def drag(self, first: int, last: int) -> str:
        """Select from one token to another, both included."""
        return self.apply_selecting(actions.drag_tokens, first, last)

    def select_span(self, span: Span) -> None:
        """Select the tokens of a span."""
        self.selection_state = actions.select_span(self.context(), self.selection_state, span)

    def clear_selection(self) -> None:
        """Forget a half-typed hint, else the selection."""
        self._apply_result(actions.clear_selection(self.selection_state))

    # -- labels ------------------------------------------------------------------------------------

    def label(self, label: str, *, beside: bool = False) -> str:
        """Press the key of a label; with ``beside`` a span of the selection's range stays beside the new one."""
        return self._label(label, label_actions.label_selection_beside if beside else label_actions.press_label)

    def _label(self, label: str, rule: Callable[..., ActionResult]) -> str:
        before = len(self.session.annotated.annotation.spans)
        result = rule(self.context(), self.selection_state, label)
        message = self._apply_result(result)
        added = len(self.session.annotated.annotation.spans) > before
        self.spans_made += result.active is not None or added
        self.guideline_label = label
        return "" if message.startswith("+") else message  # a new span is drawn: no message is needed

    # -- answers -----------------------------------------------------------------------------------

    def answer(self, answer: Answer) -> Notice:
        """Answer the sentence and go on to the next one without an answer.

        A sentence that is taller than the screen is accepted once each line was shown; else the next lines come.
        """
        if answer is Answer.ACCEPT and self.more_lines:
            self.clear_selection()
            self.top_line = self.more_lines
            return ""
        if answer is Answer.ACCEPT and (warning := self._unread_warning([self.session.annotated])):
            return warning
        edit = actions.answer_sentence(self.context(), answer)
        here = self.session.annotated
        if not edit and here.sentence.id in self.session.navigation.problem_finder.unsettled:
            edit = set_answer(here, answer)  # it stays as it is, and that is a decision
        message = self.session.apply_edit(edit) if edit else ""
        if answer is not Answer.ACCEPT:
            return self._advance(message)
        n, at = actions.count_left([self.session.annotated], self.session.label_pass), self.session.position
        taken = taken_text(edit) if edit else ""
        left = f"accepted {at.article + 1}.{at.sentence + 1}{taken} · {pluralize(n, 'suggestion')} left"
        return self._advance("", left if n else "")

    def open_in_view(self) -> list[int]:
        """Return the open sentences that the screen shows whole and the filter matches, by index."""
        here, navigation = self.session.article_sentences, self.session.navigation
        return [i for i in self.visible if not navigation.is_done(here[i]) and navigation.matches_filter(here[i])]

    def accept_visible_sentences(self) -> Notice:
        """Accept every open sentence that the screen shows whole, and go on to the next open one."""
        found = self.open_in_view()
        if warning := self._unread_warning([self.session.article_sentences[i] for i in found]):
            return warning
        edit = actions.accept_visible_sentences(replace(self.context(), visible=found))
        n, message = actions.count_left(edit.after, self.session.label_pass), self.session.apply_edit(edit)
        left = f"{len(edit.after)} accepted{taken_text(edit)}, {pluralize(n, 'suggestion')} not taken" if n else ""
        notice = self._advance("" if left else message, left)
        if self.page_motion is PageMotion.JUMP:
            self.page_motion = PageMotion.TURN
        return notice

    def _unread_warning(self, annotated: Sequence[AnnotatedSentence]) -> StatusMessage | None:
        """Return a warning where those that are open came up too short a time ago to be read, at the first press."""
        open_ = [w.sentence for w in annotated if not self.session.navigation.is_done(w)]
        unread = self.page_reading.accept(open_, self.session.now())
        # One row at 80 columns: a second one would push a sentence out of view, and the next press would leave it.
        text = f"{unread} words came up a moment ago; the same key accepts them unread"
        return StatusMessage(text, warning=True) if unread else None

    def _advance(self, message: str, left: str = "") -> Notice:
        """Go on to the next open sentence and return the message, with what the accept has ``left`` first.

        At the end of an article or of the corpus it ends with what is left to do.
        """
        self.page_motion = PageMotion.JUMP
        navigation, article = self.session.navigation, self.session.position.article
        end, finished = "", not self._return_to_skipped() and not navigation.go_to_next_open()
        if finished:
            message, end = "", corpus_end_message(self.session, self.key_text)
        elif navigation.position.article != article and not navigation.query and not navigation.uncertain_first:
            end = article_end_message(self.session, article, self.key_text)
        self.enter_sentence()
        haste = self.session.speed_warning
        text = " · ".join(filter(None, (left, haste.message if haste else message, end)))
        return StatusMessage(text, warning=bool(haste), stays=finished)

    def _return_to_skipped(self) -> bool:
        """Go back to an open sentence in view that a label's key has skipped; return False for none."""
        skipped, self._skipped_ahead = self._skipped_ahead, False
        here, sentences = self.session.position.sentence, self.session.article_sentences
        is_done = self.session.navigation.is_done
        left = [i for i in self.visible if i < here and not is_done(sentences[i])] if skipped else []
        if left:
            self.move_within_view(left[0])
            self._skipped_ahead = True
        return bool(left)

    # -- undo, join, split -------------------------------------------------------------------------

    def undo(self) -> str:
        """Take the last edit back and restore what its key found; return what was undone."""
        found = self._undo_points.get(len(self.session.history.done))
        edit = self.session.undo()
        if edit is None:
            return "nothing to undo"
        if found is None or not self.session.navigation.go_to(found.sentence_id):
            return f"undone: {self._show_changed(edit, edit.inverse())}"
        self.sync_sentence()
        if self.session.annotated.sentence.id == found.sentence_id:  # else it was joined or split elsewhere since
            self.selection_state = found.selection_state
        return f"undone: {describe_edit(edit.inverse())}"

    def redo(self) -> str:
        """Apply again what was taken back last, go to its sentence and select what it changes."""
        edit = self.session.redo()
        if edit is None:
            return "nothing to redo"
        message = f"redone: {self._show_changed(edit, edit)}"
        if span := self.selected_span:  # as after the key that made it
            place = actions.suggestion_place(span)
            self.selection_state = replace(self.selection_state, span_just_made=True, place=place)
        return message

    def _show_changed(self, edit: Edit, described: Edit) -> str:
        """Select what an undo or redo has changed; return the description, with a note where it cannot be seen."""
        self.sync_sentence()
        self._select_changed(edit)
        visible = self.session.navigation.find(edit.after[0].sentence.id)
        note = "" if visible else " (its line is switched off, or its article has a new version)"
        return f"{describe_edit(described)}{note}"

    def _select_changed(self, edit: Edit) -> None:
        """Select the span that an edit has changed, so that the next label key means the same words."""
        if len(edit.before) != 1 or len(edit.after) != 1 or not self.session.article_sentences:
            return
        before, after = (e[0].annotation.spans for e in (edit.before, edit.after))
        changed = [s for s in after if s not in before] or [s for s in before if s not in after]
        if changed and edit.after[0].sentence.id == self.session.annotated.sentence.id:
            self.select_span(changed[0])

    def join(self) -> str:
        """Join the sentence with the next."""
        message = self.session.join()
        self.enter_sentence()
        return message

    def split(self) -> str:
        """Split the sentence before the selection."""
        message = self.session.split(actions.require_selection(self.selection_state).first)
        self.enter_sentence()
        return message


def _overlap(one: Sentence, other: Sentence) -> bool:
    return one.article == other.article and one.start < other.end and other.start < one.end
