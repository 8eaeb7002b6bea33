"""How a workflow shows progress and warnings: it calls a function, and knows nothing of the screen."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from annotator.core.errors import AnnotatorWarning

WarningCallback = Callable[[str], None]
"""Called with each warning: what is wrong with the stored files."""
ProgressCallback = Callable[[int, int], None]
"""Called with what is done and the total, both in the units of the workflow."""


def ignore_progress(done: int, total: int) -> None:
    """Show nothing."""


def ignore_warning(text: str) -> None:
    """Show nothing."""


def warn_in_python(text: str) -> None:
    """Show an AnnotatorWarning as Python shows its own."""
    warnings.warn(text, AnnotatorWarning, stacklevel=2)


def warn_once(warn: WarningCallback) -> WarningCallback:
    """Return a function that passes each text on once, for work that may begin again."""
    seen: set[str] = set()

    def show(text: str) -> None:
        if text not in seen:
            seen.add(text)
            warn(text)

    return show
