"""What a command's key is counted as in the figures."""

from __future__ import annotations

from annotator.core.keys import KeystrokeKind
from annotator.tui.commands import COMMANDS

_KIND_BY_GROUP = {"Select": KeystrokeKind.SELECT, "Answer": KeystrokeKind.ENTER, "Label": KeystrokeKind.LABEL}
_KIND_BY_COMMAND = {
    "remove": KeystrokeKind.CORRECT,
    "undo": KeystrokeKind.CORRECT,
    "redo": KeystrokeKind.CORRECT,
    "take": KeystrokeKind.OTHER,  # a setting, though it stands with the answers
}
_GROUP_BY_COMMAND = {c.id: c.group for c in COMMANDS}


_RESIZE_COMMANDS = frozenset({"right_less", "right_more", "left_less", "left_more", "grow", "shrink"})


def command_key_kind(command: str, *, on_span: bool = False) -> KeystrokeKind:
    """Return the kind of key of a command, by its id; on a span an edge that moves is a correction."""
    if on_span and command in _RESIZE_COMMANDS:
        return KeystrokeKind.CORRECT
    return _KIND_BY_COMMAND.get(command) or _KIND_BY_GROUP.get(_GROUP_BY_COMMAND.get(command, ""), KeystrokeKind.OTHER)
