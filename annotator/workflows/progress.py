"""How a workflow shows its progress: it calls a function, and knows nothing of the screen."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[int, int], None]
"""Called with what is done and the total, both in the units of the workflow."""


def ignore_progress(done: int, total: int) -> None:
    """Show nothing."""
