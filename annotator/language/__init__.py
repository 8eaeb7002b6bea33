"""What a reader would take as one thing: names, numbers, quotations, claims and what holds them.

All rules work on word shape and on the word lists of `english`. In a language that is not
English the lists rarely hit and the shapes remain: capitals, digits, quotation marks, commas.
Ranges are half-open token indexes. Everything is linear in the tokens of one sentence.
"""

from annotator.language.article_context import build_context
from annotator.language.selection_ranges import (
    Expansion,
    SelectionCandidate,
    selection_candidates,
    selection_expansions,
    snap_to_phrase,
)
from annotator.language.sentence_features import ArticleContext
from annotator.language.span_candidates import span_candidates
from annotator.language.span_kinds import SpanCandidate

__all__ = [
    "ArticleContext",
    "Expansion",
    "SelectionCandidate",
    "SpanCandidate",
    "build_context",
    "selection_candidates",
    "selection_expansions",
    "snap_to_phrase",
    "span_candidates",
]
