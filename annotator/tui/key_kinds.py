"""What a command's key is counted as in the figures."""

from __future__ import annotations

from annotator.core.keys import KeyKind
from annotator.tui.commands import COMMANDS

_BY_GROUP = {"Select": KeyKind.SELECT, "Answer": KeyKind.ENTER, "Label": KeyKind.LABEL}
_BY_ID = {
    "remove": KeyKind.CORRECT,
    "undo": KeyKind.CORRECT,
    "redo": KeyKind.CORRECT,
    "take": KeyKind.OTHER,  # a setting, though it stands with the answers
}
_GROUPS = {c.id: c.group for c in COMMANDS}


_RESIZING = frozenset({"right_less", "right_more", "left_less", "left_more", "grow", "shrink"})


def kind_of(command: str, *, on_span: bool = False) -> KeyKind:
    """Return the kind of key of a command, by its id; on a span an edge that moves is a correction."""
    if on_span and command in _RESIZING:
        return KeyKind.CORRECT
    return _BY_ID.get(command) or _BY_GROUP.get(_GROUPS.get(command, ""), KeyKind.OTHER)
