"""Times of other tools' files, as seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from annotator.formats.span_fields import seconds_of

_FIRST_MILLISECONDS = 1e11
"""A number from here on counts milliseconds: as seconds it would be the year 5138."""


def seconds_of_time(value: Any) -> float:
    """Return an ISO date (UTC where it names no zone), seconds or milliseconds as seconds since 1970; 0 for none."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            return seconds_of((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError):
            return 0.0
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= _FIRST_MILLISECONDS:
        return seconds_of(value / 1000)
    return seconds_of(value)
