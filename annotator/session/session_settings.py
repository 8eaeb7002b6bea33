"""A user's settings in a running session: letters, suggestions, what Enter takes, how far a label's key reaches."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from annotator.core.schema import Schema
from annotator.session.commands import command_by_id
from annotator.session.keymap import HintSettings, Keyboard
from annotator.session.keymap_file import UserKeymap
from annotator.session.setting_offers import FIRST_HINT_VISIBILITY, SettingOffers
from annotator.session.state import StatusMessage
from annotator.storage.user_files import REACH_SENTENCE, REACH_VIEW, Preferences

HINT_VISIBILITY_MODES = ("likely", "all", "off")
"""In the order in which one key goes through them: more than at first, then none."""


class SessionSettings:
    """Holds what a user has set, changes it and reports the change; the preferences keep it."""

    def __init__(self, schema: Schema, corpus: Path, user: Preferences, keymap: UserKeymap) -> None:
        """Start with a user's preferences for a corpus, and with the user's keys."""
        self._schema = schema
        self._corpus = corpus
        self.keyboard = Keyboard(schema, keymap, HintSettings(user.hint_mode, user.hand, user.avoid))
        self.offers = SettingOffers(user.offered)
        self.hint_visibility = user.hints if user.hints in HINT_VISIBILITY_MODES else FIRST_HINT_VISIBILITY
        self.suggestions_enabled = user.proposals
        self.reaches_view = user.reach == REACH_VIEW
        """Whether a label's key takes suggestions of later sentences in view."""
        self.auto_accept_labels = frozenset(x for x in user.auto_accept_labels(corpus) if schema.label(x))
        """The labels whose sure suggestions Enter takes."""

    def offer(self, spans_made: int) -> StatusMessage | None:
        """Return the offer of a setting that is due now; each is returned once."""
        due = self.offers.next_offer(self.hint_visibility, spans_made, reaches_view=self.reaches_view)
        if due is None:
            return None
        command, text = due
        return StatusMessage(text.format(command_by_id(command, self.keyboard.keys.commands).key_text), stays=True)

    def next_hint_visibility(self) -> str:
        """Draw the letters of other words: the likely ones, all, none; return the message, as all that follow."""
        at = HINT_VISIBILITY_MODES.index(self.hint_visibility) + 1
        self.hint_visibility = HINT_VISIBILITY_MODES[at % len(HINT_VISIBILITY_MODES)]
        return f"hints: {self.hint_visibility}"

    def toggle_suggestions(self) -> str:
        """Show suggestions, or none."""
        self.suggestions_enabled = not self.suggestions_enabled
        return f"suggestions are {'on' if self.suggestions_enabled else 'off'}"

    def toggle_reach(self) -> str:
        """Let a label's key take suggestions of all sentences in view, or of the active one alone."""
        self.reaches_view = not self.reaches_view
        if self.reaches_view:
            return "a label's key takes the suggestions of all sentences shown whole"
        return "a label's key takes the suggestions of the active sentence alone"

    def ask_for_auto_accept_label(self) -> StatusMessage:
        """Ask which label's sure suggestions Enter shall take, or no longer."""
        names = ", ".join(sorted(self.auto_accept_labels)) or "nothing"
        return StatusMessage(f"Enter takes what is sure of: {names}. A label's key switches it", stays=True)

    def toggle_auto_accept(self, name: str) -> str:
        """Let Enter take the sure suggestions of a label, or no longer."""
        self.auto_accept_labels = self.auto_accept_labels ^ {name}
        names = ", ".join(x.name for x in self._schema.labels if x.name in self.auto_accept_labels)
        return f"Enter takes what is sure of {names}" if names else "Enter takes nothing"

    def updated(self, preferences: Preferences) -> Preferences:
        """Return the preferences with these settings; those of other corpora stay."""
        letters = self.keyboard.saved_settings
        return replace(
            preferences,
            hints=self.hint_visibility,
            hint_mode=letters.mode,
            hand=letters.hand,
            avoid=letters.avoid,
            proposals=self.suggestions_enabled,
            reach=REACH_VIEW if self.reaches_view else REACH_SENTENCE,
            offered=tuple(dict.fromkeys((*preferences.offered, *self.offers.offered))),
        ).with_auto_accept(self._corpus, self.auto_accept_labels)
