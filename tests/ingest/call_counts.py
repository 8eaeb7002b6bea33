"""Counts steps instead of seconds: the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls(annotated: Callable[[], object]) -> int:
    """Return how many functions, C functions among them, a piece of work calls."""
    count = 0

    def seen(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(seen)
    try:
        annotated()
    finally:
        sys.setprofile(None)
    return count
