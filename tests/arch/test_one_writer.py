"""One writer of the session's state: screens read it and post actions, the controller alone changes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SCREENS = sorted((Path(__file__).resolve().parents[2] / "annotator" / "tui").rglob("*.py"))
OWNED = {"session", "controller", "navigation", "keyboard", "review"}
"""The controller and its parts, as the screens name them (with or without an underscore)."""
CHANGES = {
    "apply_edit", "undo", "redo", "join", "split", "set_line_verdict", "undo_line_verdict", "settle_doubt",
    "count_keystroke",
    "go_to", "go_to_article", "go_to_hit", "go_to_next_hit", "go_to_next_open", "jump_to", "move_article",
    "move_in_article", "move_sentence", "set_filter", "start_at", "update", "invalidate", "label", "answer",
    "click", "drag", "grow", "shrink", "remove", "select_span", "enter_sentence", "press_hint", "set_visible",
    "accept", "accept_group", "skip", "repair", "move", "move_group",
}  # fmt: skip
"""The methods that change the state."""


def _parts(node: ast.expr) -> Iterator[str]:
    """Yield the names of a chain such as ``self._session.navigation``, without underscores before them."""
    while isinstance(node, ast.Attribute):
        yield node.attr.lstrip("_")
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _owned(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and bool(OWNED & set(_parts(node.value)))


@pytest.mark.parametrize("path", SCREENS, ids=lambda p: p.stem)
def test_screens_change_nothing_themselves(path: Path) -> None:
    """No screen assigns to the controller or its parts, or calls what changes them."""
    writes = []
    for node in ast.walk(ast.parse(path.read_text())):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        writes += [t for t in targets if isinstance(t, ast.expr) and _owned(t)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            writes += [node.func] if node.func.attr in CHANGES and _owned(node.func) else []
    assert not [f"line {w.lineno}: {ast.unparse(w)}" for w in writes]
