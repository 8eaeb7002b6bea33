"""When a letter is a hint: always, after a key that calls for hints, or while they are switched on."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.core.errors import RuleError

HINT_TRIGGER_MODES = ("always", "trigger", "toggle")


@dataclass(slots=True)
class HintActivation:
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
