"""What a reader would take as one thing: names, numbers, quotations, claims and what holds them.

All rules work on word shape and on the word lists of `en.words`. In a language that is not
English the lists rarely hit and the shapes remain: capitals, digits, quotation marks, commas.
Ranges are half-open token indexes. Everything is linear in the tokens of one sentence.
"""

from annotator.core.phrases.candidates import SelectionCandidate, selection_candidates, snap_to_phrase
from annotator.core.phrases.context import build_context
from annotator.core.phrases.extents import Expansion, selection_expansions
from annotator.core.phrases.known import ArticleContext
from annotator.core.phrases.reading import SpanCandidate
from annotator.core.phrases.readings import span_candidates

__all__ = [
    "SelectionCandidate",
    "ArticleContext",
    "Expansion",
    "SpanCandidate",
    "selection_candidates",
    "build_context",
    "selection_expansions",
    "span_candidates",
    "snap_to_phrase",
]
