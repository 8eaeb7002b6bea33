"""What sentences were judged to hold, remembered until something else is known of their words."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from annotator.core.annotation import Annotation
from annotator.core.article import Sentence
from annotator.core.suggestion import Suggestion

KEPT = 64
"""How many sentences are remembered: those on the screen and around it. Others are judged anew."""
_TOUCHED = 512
"""How many of the last texts that were touched are remembered."""


@dataclass(slots=True)
class Judged:
    """A sentence's suggestions as the sources have them, as they were judged, and what is left of them."""

    found: tuple[Suggestion, ...]
    ranked: tuple[Suggestion, ...]
    annotation: Annotation | None = None
    """The annotation beside which ``suggestions`` are what is still to be decided."""
    suggestions: tuple[Suggestion, ...] = ()
    words: str = ""
    """The sentence with one blank for any white space, as the texts of mentions are written."""
    seen: int = 0
    """How many touched texts had been looked for in it."""


class Judgements:
    """The sentences judged last; ``touch`` makes those forgotten in which one of the texts stands.

    A judgement depends on what is known of the texts of its sentence's words alone, and on shares
    that may be older. A touch costs nothing: ``get`` looks for what was touched since.
    """

    def __init__(self, kept: int = KEPT) -> None:
        """Start with none."""
        self._kept = kept
        self._judged: OrderedDict[Sentence, Judged] = OrderedDict()
        self._touched: deque[str] = deque(maxlen=_TOUCHED)
        self._count = 0

    def touch(self, texts: Iterable[str]) -> None:
        """Take note that something else is known of these texts."""
        for text in texts:
            self._touched.append(text)
            self._count += 1

    def get(self, sentence: Sentence) -> Judged | None:
        """Return the judgement of a sentence; None where there is none or it no longer holds."""
        judged = self._judged.get(sentence)
        if judged is None or not self._holds(judged):
            return None
        judged.seen = self._count
        self._judged.move_to_end(sentence)
        return judged

    def _holds(self, judged: Judged) -> bool:
        """Whether nothing was touched since that stands in the sentence, as far as one can tell."""
        since = self._count - judged.seen
        if since > len(self._touched):
            return False
        return not any(text in judged.words for text in islice(reversed(self._touched), since))

    def keep(self, sentence: Sentence, judged: Judged) -> Judged:
        """Remember a judgement and return it; the one not asked for longest goes where there are too many."""
        judged.words, judged.seen = " ".join(sentence.text.split()), self._count
        self._judged[sentence] = judged
        self._judged.move_to_end(sentence)
        if len(self._judged) > self._kept:
            self._judged.popitem(last=False)
        return judged

    def clear(self) -> None:
        """Forget all."""
        self._judged.clear()
