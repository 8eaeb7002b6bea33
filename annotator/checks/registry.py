"""All checks in one table, and running those that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from annotator.checks import boundaries, consistency, corpus_checks, schema_rules
from annotator.checks.problem import CheckInput, Problem, ProblemKind

Check = Callable[[CheckInput], Iterable[Problem]]

CHECKS: tuple[tuple[frozenset[ProblemKind], Check], ...] = (
    (frozenset({ProblemKind.PLACE}), schema_rules.check_sentence_offsets),
    (frozenset({ProblemKind.LABEL}), schema_rules.check_unknown_labels),
    (frozenset({ProblemKind.OVERLAP}), schema_rules.check_overlaps),
    (frozenset({ProblemKind.CHARACTERS}), boundaries.check_misaligned_spans),
    (frozenset({ProblemKind.BLANK_EDGE}), boundaries.check_whitespace_edges),
    (frozenset({ProblemKind.EMPTY}), boundaries.check_empty_spans),
    (frozenset({ProblemKind.PUNCTUATION}), boundaries.check_punctuation_edges),
    (frozenset({ProblemKind.HUGE}), boundaries.check_long_spans),
    (frozenset({ProblemKind.SENTENCE_END}), boundaries.check_sentence_crossing),
    (
        frozenset({ProblemKind.TWO_LABELS, ProblemKind.OTHER_EDGES, ProblemKind.UNLABELLED}),
        consistency.check_label_consistency,
    ),
    (frozenset({ProblemKind.GUIDELINE}), schema_rules.check_guideline_labels),
    (frozenset({ProblemKind.GUIDELINE}), schema_rules.check_guideline_sentences),
    (
        frozenset({ProblemKind.DUPLICATE_ARTICLE, ProblemKind.DUPLICATE_SENTENCE}),
        corpus_checks.check_near_duplicates,
    ),
    (frozenset({ProblemKind.FEW}), corpus_checks.check_training_size),
)
"""Which kinds each check finds. Journals and the tokenizer are read outside, see the command."""


def run_checks(check_input: CheckInput, kinds: Collection[ProblemKind]) -> list[Problem]:
    """Return the problems of the kinds asked for, sorted; checks of no such kind are not run."""
    found = [
        p for finds, check in CHECKS if finds & set(kinds) for p in check(check_input) if p.kind in kinds
    ]
    return sorted(found, key=lambda p: p.sort_key)
