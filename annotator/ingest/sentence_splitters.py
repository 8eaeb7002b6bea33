"""What cuts a paragraph into sentences, by its language: one interface, an entry a language.

English has nupunkt and rules of its own, which serve every language that has no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from annotator.ingest.english_sentences import is_false_boundary, missed_boundaries, nupunkt_cuts
from annotator.ingest.rule_splitter import rule_splitter


class SentenceSplitter(Struct, frozen=True):
    """What a language's words and marks say about the ends of its sentences.

    A paragraph has no line ends. ``segmentation`` keeps all cuts off quotations and asides afterwards.
    """

    cuts: Callable[[str], Iterable[int]]
    """Where the sentences of a paragraph start, the first left out; in any order, doubles allowed."""
    is_false_cut: Callable[[str, int], bool]
    """Whether no sentence can start at a cut, also at one that was moved off a quotation mark."""


def _english_cuts(paragraph: str) -> list[int]:
    return [*nupunkt_cuts(paragraph), *missed_boundaries(paragraph)]


ENGLISH = SentenceSplitter(_english_cuts, is_false_boundary)


@lru_cache(maxsize=64)
def splitter_for(lang: str) -> SentenceSplitter:
    """Return the splitter of a language by its spaCy code; the English one where it has none."""
    if lang == "en":
        return ENGLISH
    rules = rule_splitter(lang)
    return SentenceSplitter(rules.cuts, rules.is_false_cut)
