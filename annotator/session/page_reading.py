"""Whether sentences can have been read: how long they have been on the screen, and what was accepted meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotator.core.article import Sentence

READING_SPEED = 15.0
"""Tokens a second: three times as fast as people read for meaning, so that nobody is held up who looks at all."""

WARNING_SECONDS = 0.7
"""A warning that another press of the key overrides must have been there so long."""

HELD_SECONDS = 0.2
"""Presses that follow each other faster come from a held key, which confirms no warning."""

MAX_REMEMBERED = 1000
"""How many sentences are remembered, the last ones."""

SentenceStart = tuple[str, int]
"""The article of a sentence and where it starts: joining it with the next keeps that."""


def _start(sentence: Sentence) -> SentenceStart:
    return (sentence.article, sentence.start)


class PageReading:
    """Remembers when each sentence came up on the screen, what was accepted since, and what was warned of."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: dict[SentenceStart, float] = {}
        self._accepted: dict[SentenceStart, int] = {}
        """How many tokens each accepted sentence has: reading them takes time that the others do not get."""
        self._warned: tuple[list[SentenceStart], float, float] | None = None
        """The sentences that the last key warned of, when it did first, and when last."""

    def see(self, sentences: Iterable[Sentence], now: float) -> None:
        """Take in the sentences that the screen shows; ``now`` is in seconds."""
        for sentence in sentences:
            self._seen.setdefault(_start(sentence), now)
        while len(self._seen) > MAX_REMEMBERED:
            oldest = next(iter(self._seen))
            del self._seen[oldest]
            self._accepted.pop(oldest, None)

    def unread_tokens(self, sentences: Sequence[Sentence], now: float) -> int:
        """Return how many tokens of these sentences there was no time to read; 0 where all can be read.

        Since each moment as many tokens can be read as the time allows, those of the sentences accepted since
        included; those that came up later have less of it. What no screen has shown counts as read.
        """
        asked = {_start(s): len(s.tokens) for s in sentences if _start(s) in self._seen}
        tokens = [(self._seen[start], n) for start, n in (self._accepted | asked).items()]
        moments = sorted({self._seen[start] for start in asked})
        late = (at for at in moments if sum(n for seen, n in tokens if seen >= at) > (now - at) * READING_SPEED)
        first = next(late, None)
        return 0 if first is None else sum(n for start, n in asked.items() if self._seen[start] >= first)

    def accept(self, sentences: Sequence[Sentence], now: float) -> int:
        """Return 0 if these sentences may be accepted, else how many of their tokens cannot have been read.

        The same sentences at once again, when the warning has been there long enough, may be accepted.
        """
        unread, warned = self.unread_tokens(sentences, now), self._warned
        starts, self._warned = [_start(s) for s in sentences], None
        if not unread:
            self._accepted |= {_start(s): len(s.tokens) for s in sentences if _start(s) in self._seen}
            return 0
        first, last = warned[1:] if warned and warned[0] == starts else (now, now)
        if now - first >= WARNING_SECONDS and now - last >= HELD_SECONDS:
            return 0
        self._warned = (starts, first, now)
        return unread

    def forget_warning(self) -> None:
        """Take note that another key was pressed: the next accept is the first again."""
        self._warned = None
