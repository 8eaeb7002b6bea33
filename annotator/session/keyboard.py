"""The keyboard of a running app: the keys in force, and what a user changes about them while working."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import RuleError
from annotator.core.schema import Schema
from annotator.session.commands import command_by_id
from annotator.session.keymap import HintSettings, effective_keymap
from annotator.session.keymap_file import UserKeymap

HINT_TRIGGER_MODES = ("always", "trigger", "toggle")


class HintActivation(Struct):
    """Whether letters are hints at the moment."""

    mode: str = "always"
    on: bool = False
    """Called for or switched on; means nothing where they are always there."""

    @property
    def active(self) -> bool:
        """Whether letters are hints now."""
        return self.mode == "always" or self.on

    @property
    def requested(self) -> bool:
        """Whether hints have been called for, so that even a label's key is a hint."""
        return self.mode == "trigger" and self.on

    def toggle(self) -> None:
        """Call for the hints, or switch them on or off; raises RuleError where they are always there."""
        if self.mode == "always":
            raise RuleError(
                "the letters are always there", do="hint_mode in the command palette lets you call for them"
            )
        self.on = not self.on

    def used(self) -> None:
        """Take note that a word was chosen or something else done: what was called for goes away."""
        if self.mode == "trigger":
            self.on = False


_MODE_MESSAGES = {
    "always": "the letters are always there",
    "trigger": "letters are hints once after {}",
    "toggle": "{} switches the letters on and off",
}


class Keyboard:
    """Holds the keys in force; ``chosen`` is what is to be remembered."""

    def __init__(self, schema: Schema, user_keymap: UserKeymap, hint_settings: HintSettings) -> None:
        """Start with a user's keymap and what was chosen in the app before."""
        self._schema = schema
        self._user_keymap = user_keymap
        self.saved_settings = hint_settings
        self.keys = effective_keymap(schema, user_keymap, hint_settings)
        self.letters = HintActivation(self.keys.hint_settings.mode)

    def command(self, key: str) -> str:
        """Return the id of the command that a key (Textual's name) means; empty for none."""
        return self.keys.by_key.get(key, "")

    def worklist_command(self, key: str) -> str:
        """Return the id of the command that a key means in a worklist; empty for none."""
        return self.keys.worklist_command_by_key.get(key, "")

    def key_text(self, command: str) -> str:
        """Return the first key of a command as people read it; empty for one without keys."""
        found = command_by_id(command, self.keys.commands)
        return found.key_text.partition(" ")[0] if found.keys else ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the keymap file: the first thing in full, and how to see the others."""
        if not self.keys.problems:
            return ()
        first = (self.keys.errors or self.keys.problems)[0]
        rest = len(self.keys.problems) - 1
        used = "; the default keys are used" if self.keys.errors else ""
        more = f" (and {rest} more: see `annotator keys`)" if rest else ""
        return (f"{first}{used}{more}",)

    def next_trigger_mode(self) -> str:
        """Go to the next hint mode and say which; raises RuleError where letters mean other things then."""
        mode = HINT_TRIGGER_MODES[
            (HINT_TRIGGER_MODES.index(self.keys.hint_settings.mode) + 1) % len(HINT_TRIGGER_MODES)
        ]
        self._apply_settings(replace(self.keys.hint_settings, mode=mode))
        key = next(c.key_text.split()[0] for c in self.keys.commands if c.id == "letters")
        return _MODE_MESSAGES[mode].format(key)

    def switch_hand(self) -> str:
        """Change the hand that gets the likely words' letters and say which; raises RuleError as above."""
        hand = "left" if self.keys.hint_settings.hand == "right" else "right"
        self._apply_settings(replace(self.keys.hint_settings, hand=hand))
        labels = " ".join(f"{x.key} {x.name}" for x in self.keys.schema.labels if x.key)
        return f"letters for the {hand} hand; labels: {labels}"

    def toggle_look_alikes(self) -> str:
        """Leave letters that look alike out, or use them again, and say so; raises RuleError as above."""
        avoid = not self.keys.hint_settings.avoid
        self._apply_settings(replace(self.keys.hint_settings, avoid=avoid))
        return "letters that look alike are left out" if avoid else "all letters are used"

    def _apply_settings(self, hint_settings: HintSettings) -> None:
        user = UserKeymap() if self.keys.errors else self._user_keymap
        free = replace(user, mode="", hand="", avoid=None)
        new = effective_keymap(self._schema, free, hint_settings)
        if new.errors:
            raise RuleError(new.errors[0].what, where=new.errors[0].where, do=new.errors[0].do)
        self.keys, self._user_keymap, self.saved_settings = new, free, hint_settings
        self.letters.mode, self.letters.on = hint_settings.mode, False
