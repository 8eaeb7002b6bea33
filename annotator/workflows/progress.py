"""How a workflow shows progress and warnings: it calls a function, and knows nothing of the screen."""

from __future__ import annotations

from collections.abc import Callable

WarningCallback = Callable[[str], None]
"""Called with each warning: what is wrong with the stored files."""
ProgressCallback = Callable[[int, int], None]
"""Called with what is done and the total, both in the units of the workflow."""


def ignore_progress(done: int, total: int) -> None:
    """Show nothing."""


def ignore_warning(text: str) -> None:
    """Show nothing."""
