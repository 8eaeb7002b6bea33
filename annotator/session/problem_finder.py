"""The problems of the annotations: words that are not labelled alike, spans inside tokens.

Every method may be called from any thread: it takes the touched sentences as a value.
"""

from __future__ import annotations

from annotator.checks.consistency import InconsistencyGroup, find_inconsistencies
from annotator.core.schema import Schema
from annotator.core.span_repair import MisalignedSpan, find_misaligned_spans, misaligned_spans
from annotator.session.sentence_search import ProblemSentenceIds, SentenceSearch, TouchedSentences

ReviewItemKey = tuple[str, int, int, str]
"""Sentence id, start, end and label of a problem: two problems with the same key are the same."""


class ProblemFinder:
    """Finds problems and knows which of them the annotator has left as they are in this session."""

    def __init__(self, search: SentenceSearch, schema: Schema) -> None:
        """Find nothing yet."""
        self.skipped_proposals: set[ReviewItemKey] = set()
        self.skipped_repairs: set[ReviewItemKey] = set()
        self._search = search
        self._schema = schema
        self._version = 0
        self._inconsistencies: tuple[int, tuple[InconsistencyGroup, ...]] = (-1, ())

    def invalidate(self) -> None:
        """Look for inconsistencies again when they are asked for: something has changed."""
        self._version += 1

    def inconsistencies(self, touched: TouchedSentences) -> tuple[InconsistencyGroup, ...]:
        """Return the inconsistencies, the strongest first; computed once until something changes."""
        version, groups = self._inconsistencies
        if version != self._version:
            version = self._version
            groups = find_inconsistencies(self._search.annotated_sentences(touched), self._schema)
            self._inconsistencies = (version, groups)
        return groups

    def misaligned_spans(self, touched: TouchedSentences) -> tuple[MisalignedSpan, ...]:
        """Return the spans that begin or end inside a token; only articles that have one are read."""
        affected = {a: found for a, found in touched.items() if any(map(misaligned_spans, found))}
        return tuple(find_misaligned_spans(self._search.annotated_sentences(affected)))

    def problem_sentences(self, touched: TouchedSentences) -> ProblemSentenceIds:
        """Return the ids of the sentences with a problem that the annotator has not left as it is."""
        changes = (p for g in self.inconsistencies(touched) for p in g.changes)
        unlike = {p.annotated.sentence.id for p in changes if p.key not in self.skipped_proposals}
        waiting = (c for c in self.misaligned_spans(touched) if c.key not in self.skipped_repairs)
        return frozenset(unlike | {c.annotated.sentence.id for c in waiting})
