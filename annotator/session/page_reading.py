"""Whether a page can have been read: how long its sentences have been on the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable

READING_SPEED = 15.0
"""Tokens a second: three times as fast as people read for meaning, so that nobody is held up who looks at all."""

MAX_REMEMBERED = 1000
"""How many sentences are remembered, the last ones."""


class PageReading:
    """Remembers when each sentence came up whole on the screen."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: dict[str, float] = {}

    def see(self, sentence_ids: Iterable[str], now: float) -> None:
        """Take in the sentences that the screen shows whole; ``now`` is in seconds."""
        for sentence_id in sentence_ids:
            self._seen.setdefault(sentence_id, now)
        while len(self._seen) > MAX_REMEMBERED:
            del self._seen[next(iter(self._seen))]

    def unread_tokens(self, tokens: Collection[tuple[str, int]], now: float) -> int:
        """Return how many tokens are too many for the time that they have been there; 0 where all can be read.

        ``tokens``: id and number of tokens of each sentence. Since each moment as many tokens can be read as
        the time allows; those that came up later have less of it.
        """
        found = [(self._seen.get(sentence_id, now), n) for sentence_id, n in tokens]
        moments = {at for at, _ in found}
        new = {at: sum(n for seen, n in found if seen >= at) for at in moments}
        return max((n for at, n in new.items() if n > (now - at) * READING_SPEED), default=0)
