"""What sentences were judged to hold, remembered until something else is known of their words."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from annotator.core.annotation import Annotation
from annotator.core.article import Sentence
from annotator.core.suggestion import Suggestion

MAX_RANKINGS = 64
"""How many sentences are remembered: those on the screen and around it. Others are judged anew."""
_MAX_CHANGED_TEXTS = 512
"""How many of the last texts that were touched are remembered."""


@dataclass(slots=True)
class RankedSuggestions:
    """A sentence's suggestions as the sources have them, as they were judged, and what is left of them."""

    unranked: tuple[Suggestion, ...]
    ranked: tuple[Suggestion, ...]
    annotation: Annotation | None = None
    """The annotation beside which ``suggestions`` are what is still to be decided."""
    suggestions: tuple[Suggestion, ...] = ()
    normalized_text: str = ""
    """The sentence with one blank for any white space, as the texts of mentions are written."""
    change_count: int = 0
    """How many touched texts had been looked for in it."""


class RankingCache:
    """The sentences judged last; ``touch`` makes those forgotten in which one of the texts stands.

    A judgement depends on what is known of the texts of its sentence's words alone, and on shares
    that may be older. A touch costs nothing: ``get`` looks for what was touched since.
    """

    def __init__(self, max_rankings: int = MAX_RANKINGS) -> None:
        """Start with none."""
        self._max_rankings = max_rankings
        self._rankings: OrderedDict[Sentence, RankedSuggestions] = OrderedDict()
        self._changed_texts: deque[str] = deque(maxlen=_MAX_CHANGED_TEXTS)
        self._change_count = 0

    def invalidate_texts(self, texts: Iterable[str]) -> None:
        """Take note that something else is known of these texts."""
        for text in texts:
            self._changed_texts.append(text)
            self._change_count += 1

    def get(self, sentence: Sentence) -> RankedSuggestions | None:
        """Return the judgement of a sentence; None where there is none or it no longer holds."""
        judged = self._rankings.get(sentence)
        if judged is None or not self._is_valid(judged):
            return None
        judged.change_count = self._change_count
        self._rankings.move_to_end(sentence)
        return judged

    def _is_valid(self, judged: RankedSuggestions) -> bool:
        """Whether nothing was touched since that stands in the sentence, as far as one can tell."""
        since = self._change_count - judged.change_count
        if since > len(self._changed_texts):
            return False
        return not any(text in judged.normalized_text for text in islice(reversed(self._changed_texts), since))

    def put(self, sentence: Sentence, judged: RankedSuggestions) -> RankedSuggestions:
        """Remember a judgement and return it; the one not asked for longest goes where there are too many."""
        judged.normalized_text, judged.change_count = " ".join(sentence.text.split()), self._change_count
        self._rankings[sentence] = judged
        self._rankings.move_to_end(sentence)
        if len(self._rankings) > self._max_rankings:
            self._rankings.popitem(last=False)
        return judged

    def clear(self) -> None:
        """Forget all."""
        self._rankings.clear()
