"""The one writer of a session's state: it carries actions out and returns the state to draw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.edits import set_flag, set_note
from annotator.core.errors import AnnotatorError, RuleError
from annotator.core.journal_record import KeystrokeKind
from annotator.core.search_query import SearchQuery
from annotator.core.tokens import token_range
from annotator.language import selection_expansions
from annotator.session import action as act
from annotator.session.actions import annotation_actions as actions
from annotator.session.actions.hints import hints_without, is_hint_drawn
from annotator.session.actions.label_actions import label_effects
from annotator.session.article_lines import line_handlers
from annotator.session.commands import (
    COMMANDS,
    COMMANDS_WITHOUT_SENTENCE,
    SCREEN_COMMANDS,
    WORKLIST_COMMANDS,
    command_key_kind,
)
from annotator.session.keymap_file import UserKeymap
from annotator.session.navigation import FIRST_SENTENCE_MESSAGE, LAST_SENTENCE_MESSAGE
from annotator.session.review_queue import ReviewQueue
from annotator.session.sentence_editor import SentenceEditor, UndoPoint
from annotator.session.sentence_search import SearchHit, SearchProgress
from annotator.session.session import AnnotationSession
from annotator.session.session_settings import SessionSettings
from annotator.session.state import Notice, PageMotion, StatusMessage, TaskState
from annotator.session.tour import Tour
from annotator.session.tour_guide import TourGuide, tour_end_message
from annotator.storage.user_files import Preferences

_KEEPS_ARMED_LABEL = frozenset({"let_go", "letters", "hints", "next_stop", "previous_stop"})
"""The commands that clear an armed label or a half-typed hint themselves, or show or select what the label is for."""

_REPORTING_COMMANDS = frozenset(c.id for c in COMMANDS) - SCREEN_COMMANDS - {"let_go"}
"""The commands that report why where they change nothing; that nothing is selected after Esc can be seen."""

_NEEDS_SENTENCE = (act.PressHint, act.PressLabel, act.SelectTokens, act.GoInView, act.SetNote)


class AnnotationController(SentenceEditor):
    """Owns a session with its selection, its keyboard, the open worklist and the tour.

    A screen calls ``dispatch`` and draws the state that it returns; all else is for reading.
    """

    def __init__(
        self,
        session: AnnotationSession,
        cell_width: Callable[[str], int] = len,
        preferences: Preferences | None = None,
        keymap: UserKeymap | None = None,
        notice: str = "",
    ) -> None:
        """Start at the session's sentence with a user's settings; ``notice`` is the first message."""
        user, keys = preferences or Preferences(), keymap or UserKeymap()
        settings = SessionSettings(session.label_pass.with_keys(session.schema), session.corpus.path, user, keys)
        super().__init__(session, settings, cell_width)
        self.message = StatusMessage(notice) if notice else None
        self.keyboard = settings.keyboard
        self.review: ReviewQueue[Any] | None = None
        self.tour_guide = TourGuide(user.tour_done)
        self._label_toggles_auto_accept = False
        """Whether the next label key chooses whose suggestions Enter takes."""
        self._edits_of_tour = 0
        """How many edits undo takes back as the next key: those of the tour that has just ended."""
        self._commands = self._command_handlers()
        self._handlers = self._action_handlers()
        self._use_keymap()

    # -- dispatch ----------------------------------------------------------------------------------

    def dispatch(self, action: act.Action) -> TaskState:
        """Carry an action out and return the state; a rule that forbids it becomes the message."""
        self.message = None
        self.page_motion = PageMotion.JUMP
        if self.is_available(action):
            found, before = self.undo_point(), self._moment()
            try:
                self.message = _as_message(self._perform(action))
            except AnnotatorError as error:
                self.message = StatusMessage(str(error), warning=True)
            if action not in {"undo", "redo"}:
                self.remember_undo_point(found)
            self._report_no_hit(found)
            if not self.message and action in _REPORTING_COMMANDS and self._moment() == before:
                idle = next(c.description for c in self.keyboard.keys.commands if c.id == action)
                self.message = StatusMessage(f"nothing to do: {idle}")
            self.message = self.message or self.settings.offer(self.spans_made)
        elif isinstance(action, str):
            self.message = StatusMessage(
                "no line of this article is annotated, so there is nothing to do here", warning=True
            )
        state = self._follow_tour(self.state(), action)
        self.page_motion = PageMotion.JUMP
        return state

    def is_available(self, action: act.Action) -> bool:
        """Return True if the action is possible here: most need a sentence to annotate."""
        if self.session.article_sentences:
            return True
        if isinstance(action, str):
            return action in COMMANDS_WITHOUT_SENTENCE or any(c.id == action for c in WORKLIST_COMMANDS)
        return not isinstance(action, _NEEDS_SENTENCE)

    def _moment(self) -> tuple[object, ...]:
        """Return what a command may change without a message."""
        return (self.undo_point(), self.keyboard.letters.on, self.top_line, self.tour)

    def _report_no_hit(self, found: UndoPoint) -> None:
        """Report that the action has led to a sentence that is no hit of the filter; Enter accepts it all the same."""
        if self.undo_point().sentence_id == found.sentence_id or self.session.navigation.at_match:
            return
        if self.message:
            self.message = replace(self.message, text=f"{self.message.text} · no hit of the filter")
        else:
            key = self.key_text("accept")
            self.message = StatusMessage(f"no hit of the filter: {key} accepts it, then goes on to the next hit")

    def _perform(self, action: act.Action) -> object:
        """Call the handler of an action; what it returns is the message if it is one."""
        toggles, self._label_toggles_auto_accept = self._label_toggles_auto_accept, False
        if action not in {"accept", "accept_view"}:
            self.page_reading.forget_warning()
        edits_of_tour, self._edits_of_tour = self._edits_of_tour, 0
        if action == "undo" and edits_of_tour:
            return self._undo_tour(edits_of_tour)
        if isinstance(action, act.PressLabel) and toggles:
            return self.settings.toggle_auto_accept(action.name)
        if not isinstance(action, str):
            return self._handlers[type(action)](action)
        if action != "letters":
            self.keyboard.letters.used()
        if action not in _KEEPS_ARMED_LABEL:
            self.clear_typed_hint()
            self.disarm()
        return self._commands[action]()

    def action_for_key(self, key: str, char: str) -> act.Action | None:
        """Return what a key means now, and count it; None for a key without a meaning.

        ``key`` is Textual's name; ``char`` is the letter or the digit from 1, else empty.
        """
        command = self.keyboard.command(key)
        if not char and not command:
            return None
        called = self.keyboard.letters.requested and char not in self._reserved_letters
        hint_due = bool(char) and not char.isdigit() and bool(self.typed_hint or called)
        if command and not hint_due:
            self.session.count_keystroke(command_key_kind(command, on_span=self.selected_span is not None))
            return command
        label = None if hint_due else self.keyboard.keys.schema.by_key(char)
        self.session.count_keystroke(KeystrokeKind.LABEL if label else KeystrokeKind.SELECT)
        return act.PressLabel(label.name) if label else act.PressHint(char)

    @property
    def _reserved_letters(self) -> frozenset[str]:
        """The letters that are label keys though hints have been called for: a label has called for them."""
        armed = self.selection_state.armed_label and self.keyboard.letters.requested
        return self.keyboard.keys.schema.keys if armed else frozenset()

    def _command_handlers(self) -> Mapping[str, Callable[[], object]]:
        """Return the handler of each command id; a test compares the ids with the registry."""
        go = self.session.navigation
        return {
            **{command: lambda: "" for command in SCREEN_COMMANDS},
            **{c.id: partial(self._run_review_command, c.id) for c in WORKLIST_COMMANDS},
            "list_open": self._open_review_item,
            **{c: partial(self.apply_selecting, rule) for c, rule in actions.SELECTION_COMMANDS.items()},
            "let_go": self._let_go,
            "undo": self.undo,
            "redo": self.redo,
            "accept": lambda: self.answer(Answer.ACCEPT),
            "accept_view": self.accept_visible_sentences,
            "take": self._ask_for_auto_accept_label,
            "reject": lambda: self.answer(Answer.REJECT),
            "ignore": lambda: self.answer(Answer.IGNORE),
            "join": self.join,
            "split": self.split,
            "flag": self._toggle_flag,
            "sentence_up": lambda: self._move_in_view(-1),
            "sentence_down": lambda: self._move_in_view(1),
            "next_suggested": self.go_to_suggested,
            "article_up": lambda: "" if go.move_article(-1) else FIRST_SENTENCE_MESSAGE,
            "article_down": lambda: "" if go.move_article(1) else LAST_SENTENCE_MESSAGE,
            "first": lambda: go.move_in_article(0),
            "last": lambda: go.move_in_article(-1),
            "next_hit": lambda: self._go_to_next_hit(1),
            "previous_hit": lambda: self._go_to_next_hit(-1),
            "filter": go.toggle_filter,
            "order": go.toggle_order,
            "tour": self._toggle_tour,
            "letters": self.keyboard.toggle_letters,
            "hints": self.settings.next_hint_visibility,
            "hint_mode": lambda: self._use_keymap(self.keyboard.next_trigger_mode()),
            "hand": lambda: self._use_keymap(self.keyboard.switch_hand()),
            "look_alikes": lambda: self._use_keymap(self.keyboard.toggle_look_alikes()),
            "proposals": self.settings.toggle_suggestions,
            "reach": self.settings.toggle_reach,
            "save": self.session.save_again,
        }

    def _action_handlers(self) -> Mapping[type, Callable[[Any], object]]:
        go = self.session.navigation
        return {
            act.PressHint: self._press_hint_key,
            act.PressLabel: self._press_label,
            act.SelectTokens: lambda a: self.click(a.first) if a.last is None else self.drag(a.first, a.last),
            act.GoInView: lambda a: self.move_within_view(a.index),
            act.MoveSentence: lambda a: self._move_sentence(a.by),
            act.GoToArticle: lambda a: go.go_to_article(a.number),
            act.GoToSentence: lambda a: go.go_to(a.sentence_id),
            act.GoToNextOpen: lambda _: go.go_to_next_open(),
            act.JumpTo: lambda a: go.jump_to(a.text),
            act.OpenHit: self._open_hit,
            act.SetFilter: lambda a: go.filter_by(a.query),
            act.SetNote: self._set_note,
            **line_handlers(self.session),
            act.OpenReview: self._open_review,
            act.MoveReview: self._move_review,
            act.ShowMessage: lambda a: StatusMessage(a.text, a.warning) if a.text else None,
        }

    # -- keys --------------------------------------------------------------------------------------

    def _press_hint_key(self, action: act.PressHint) -> str:
        letters, labels = self.keyboard.letters, len(self.session.schema.labels)
        if action.letter.isdigit():
            raise RuleError(f"there is no label {action.letter}", do=f"the schema has {labels}")
        if not letters.active:
            key = self.keyboard.key_text("letters")
            raise RuleError(f"{action.letter} is no label's key, and the letters are off", do=f"{key} calls for them")
        self.settings.offers.letters_pressed += 1
        try:
            self._require_drawn_hint(action.letter)
            return self.press_hint(action.letter)
        finally:
            if not self.typed_hint:
                letters.used()

    def _require_drawn_hint(self, letter: str) -> None:
        """Raise RuleError for a letter that no word shows: what is not on the screen selects nothing."""
        shown = [h.letters for h in self._hint_layout.hints if is_hint_drawn(h, self.settings.hint_visibility)]
        typed = self.typed_hint + letter
        if self.settings.hint_visibility != "all" and not any(x.startswith(typed) for x in shown):
            self.clear_typed_hint()
            key = self.keyboard.key_text("hints")
            raise RuleError(f"no word shows the letter {letter}", do=f"{key} shows more letters")

    def _press_label(self, action: act.PressLabel) -> Notice:
        if not self.session.schema.label(action.name):
            return ""
        self.session.label_pass.require_label(action.name)
        self.clear_typed_hint()
        message = self.label(action.name, beside=action.beside and self.selection is not None)
        letters = self.keyboard.letters
        (letters.call if self.selection_state.armed_label else letters.used)()
        return message

    def _let_go(self) -> Notice:
        if self.tour is None or self.selection or self.typed_hint or self.selection_state.armed_label:
            self.clear_selection()
        else:
            return self._end_tour(self.tour)
        return ""

    def _ask_for_auto_accept_label(self) -> Notice:
        self._label_toggles_auto_accept = True
        return self.settings.ask_for_auto_accept_label()

    def _toggle_flag(self) -> str:
        annotated = self.session.annotated
        return self.session.apply_edit(set_flag(annotated, flagged=not annotated.annotation.flagged))

    def _set_note(self, action: act.SetNote) -> str:
        annotated = self.session.annotated
        changed = " ".join(action.text.split()) != annotated.annotation.note
        return self.session.apply_edit(set_note(annotated, action.text)) if changed else ""

    # -- moves and search --------------------------------------------------------------------------

    def _move_sentence(self, by: int) -> str:
        go = self.session.navigation
        return "" if go.move_sentence(by) else go.edge_message(by)

    def _move_in_view(self, by: int) -> str:
        self.page_motion = PageMotion.STAY
        return self._move_sentence(by)

    def start_search(self, query: SearchQuery) -> Iterator[SearchProgress]:
        """Return a search to go through in another thread: what is found so far, again and again."""
        go = self.session.navigation
        return go.sentence_search.progress(query, go.touched_sentences(), go.problem_finder.problem_sentences)

    def _open_hit(self, action: act.OpenHit) -> None:
        go = self.session.navigation
        go.search_hits, go.last_query = action.found.hits, action.found.query
        go.go_to_hit(action.found.hits[action.index])
        self._select_hit(action.found.hits[action.index])

    def _go_to_next_hit(self, by: int) -> str:
        go = self.session.navigation
        n = go.go_to_next_hit(by)
        self._select_hit(go.search_hits[n])
        return f"hit {n + 1} of {len(go.search_hits)}: {go.last_query}"

    def _select_hit(self, hit: SearchHit) -> None:
        """Select the words of a hit, so that a label key means them."""
        self.enter_sentence()
        sentence = self.session.annotated.sentence
        if hit.highlights and sentence.id == hit.annotated.sentence.id:
            first, last = token_range(sentence.tokens, *hit.highlights[0])
            self.drag(first, max(first, last - 1))

    # -- worklists ---------------------------------------------------------------------------------

    def _open_review(self, action: act.OpenReview) -> None:
        self.review = action.queue

    def _move_review(self, action: act.MoveReview) -> None:
        if self.review:
            (self.review.move_group if action.group else self.review.move)(action.by)

    def _run_review_command(self, name: str) -> str:
        handler = self.review.commands().get(name) if self.review else None
        return handler() if handler else ""

    def _open_review_item(self) -> None:
        """Go to the item of the worklist and select its words, to annotate there."""
        target = self.review.selected_span if self.review else None
        if target is None or not self.session.navigation.go_to(target[0].sentence.id):
            raise RuleError("the sentence is no longer in the queue", do="choose another one")
        self.enter_sentence()
        self.select_span(target[1])

    # -- settings ----------------------------------------------------------------------------------

    def _use_keymap(self, message: str = "") -> str:
        """Make hints of the letters that the keys in force leave."""
        keys = self.keyboard.keys
        self._hint_layouts.use_letters(keys.style, keys.label_keys)
        self._lay_out_hints()
        return message

    def updated_preferences(self, preferences: Preferences) -> Preferences:
        """Return the preferences with the settings and the sentence of this session."""
        session, kept = self.session, self.settings.updated(preferences)
        kept = replace(kept, tour_done=kept.tour_done or self.tour_guide.done)
        if session.article_sentences:
            place = session.label_pass.place_name(session.annotator)
            kept = kept.with_position(session.corpus.path, place, session.annotated.sentence.id)
        return kept

    # -- the tour ----------------------------------------------------------------------------------

    @property
    def tour(self) -> Tour | None:
        """The first-run tour, while it goes on."""
        return self.tour_guide.tour

    def _toggle_tour(self) -> None:
        if self.tour:
            self.tour_guide.leave()
        elif self.session.read_only:
            raise RuleError("the tour works on the corpus, which is open to read only", do="start without --read-only")
        else:
            self.tour_guide.begin(self.state(), len(self.session.history.done))

    def _end_tour(self, tour: Tour) -> StatusMessage:
        """End the tour; where something was done in it, undo as the next key takes all of that back."""
        self.tour_guide.leave()
        self._edits_of_tour = max(0, len(self.session.history.done) - tour.edits)
        return tour_end_message(self.keyboard.keys.commands, has_edits=self._edits_of_tour > 0, is_over=tour.is_over)

    def _undo_tour(self, edits: int) -> str:
        """Undo all that was done in the tour."""
        for _ in range(edits):
            self.undo()
        return "what you did in the tour is taken back"

    def _follow_tour(self, state: TaskState, action: act.Action) -> TaskState:
        """Advance the tour by an action, go where its step is, and return the state."""
        name = action if isinstance(action, str) else type(action).__name__
        sentence_id, message = self.tour_guide.advance(state, name)
        if self.tour and self.tour.is_over:
            self.page_motion, self.message = PageMotion.JUMP, self._end_tour(self.tour)
            self.session.navigation.move_in_article(0)  # the steps have passed over the sentences between them
            if self.session.navigation.is_done(self.session.annotated):
                self.session.navigation.go_to_next_open()
            return self.state()
        if sentence_id:
            did = self.message.text if self.message else ""
            self.page_motion, self.message = PageMotion.JUMP, _as_message(" · ".join(filter(None, (did, message))))
            self.session.navigation.go_to(sentence_id)
            state = self.state()
            self.tour_guide.arrive(state)
        return state

    # -- the state ---------------------------------------------------------------------------------

    def settle(
        self, state: TaskState, visible: Sequence[int], lines: Collection[int] = (), count: int = 0
    ) -> TaskState:
        """Take in the sentences that the screen shows whole, by index, and return the state to draw.

        Only the layout knows them; label keys reach as far as the screen shows. ``lines``: the wrapped
        lines of the active sentence, of ``count``, that it shows.
        """
        self.see_lines(lines, count)
        if tuple(visible) != self.visible or state.more_lines != self.more_lines:
            self.set_visible(visible)
            state = self.state()
        return state

    def state(self) -> TaskState:
        """Return all that the screens draw."""
        self.sync_sentence()
        s, context, chosen, span = self.session, self.context(), self.selection, self.selected_span
        has_sentence, toggles = bool(s.article_sentences), self._label_toggles_auto_accept
        growth = selection_expansions(context.tokens, *chosen.range) if chosen else ()
        progress = s.corpus_progress
        visibility = self.settings.hint_visibility if self.keyboard.letters.active else "off"
        return TaskState(
            schema=self.keyboard.keys.schema,
            label_pass=s.label_pass,
            article=s.article(s.queue[s.position.article]),
            annotated_sentences=s.article_sentences,
            active=s.position.sentence,
            article_number=s.position.article + 1,
            article_count=len(s.queue),
            hints=hints_without(self._hint_layout.hints, self._reserved_letters),
            hint_visibility=visibility,
            letters_active=self.keyboard.letters.active,
            typed_hint=self.typed_hint,
            selection=chosen,
            span_just_made=self.selection_state.span_just_made,
            selected_span=span,
            next_extent=growth[0] if growth else None,
            visible_suggestions=context.visible_suggestions,
            auto_accepted_suggestions=context.auto_accepted_suggestions,
            auto_accept_labels=self.settings.auto_accept_labels,
            more_lines=self.more_lines,
            top_line=self.top_line,
            has_effect=self._effects(context),
            label_effects=label_effects(context, self.selection_state) if has_sentence and not toggles else {},
            label_toggles_auto_accept=toggles,
            armed_label=self.selection_state.armed_label,
            asked_label=self.selection_state.asked_label,
            message=self.message,
            page_motion=self.page_motion,
            save_state=s.save_state,
            saved_at=s.saved_at,
            guideline_label=span.label if span else self.guideline_label,
            label_counts=s.article_cache.label_counts_of(s.current_articles),
            navigation_summary=s.navigation.summary,
            done=progress.done,
            total=progress.total,
            spans_made=self.spans_made,
        )

    def _effects(self, context: actions.ActionContext) -> Callable[[str], bool]:
        """Return the function that decides whether a command would do anything now."""
        found, history = self.selection_state, self.session.history
        known = {"undo": bool(history.done), "redo": bool(history.undone), "accept_view": bool(self.open_in_view())}

        def has_effect(command: str) -> bool:
            if command in actions.SELECTION_COMMANDS:
                state = found if command in _KEEPS_ARMED_LABEL else actions.disarmed(found)
                return actions.has_effect(context, state, command)
            return known.get(command, True)

        return has_effect

    def saved_state(self, state: TaskState) -> TaskState:
        """Return a state with what is on the disk now."""
        s = self.session
        return replace(state, save_state=s.save_state, saved_at=s.saved_at)


def _as_message(notice: object) -> StatusMessage | None:
    """Return what a handler returned as a message, if it is one."""
    if isinstance(notice, str):
        notice = StatusMessage(notice)
    return notice if isinstance(notice, StatusMessage) and notice.text else None
