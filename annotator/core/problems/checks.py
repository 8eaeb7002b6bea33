"""All checks in one table, and running those that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from annotator.core.problems import counts, duplicates, edges, guideline, lengths, rules, words
from annotator.core.problems.material import CheckInput
from annotator.core.problems.problem import ProblemKind, Problem

Check = Callable[[CheckInput], Iterable[Problem]]

CHECKS: tuple[tuple[frozenset[ProblemKind], Check], ...] = (
    (frozenset({ProblemKind.PLACE}), rules.check_sentence_offsets),
    (frozenset({ProblemKind.LABEL}), rules.check_unknown_labels),
    (frozenset({ProblemKind.OVERLAP}), rules.check_overlaps),
    (frozenset({ProblemKind.CHARACTERS}), edges.check_misaligned_spans),
    (frozenset({ProblemKind.BLANK_EDGE}), edges.check_whitespace_edges),
    (frozenset({ProblemKind.EMPTY}), edges.check_empty_spans),
    (frozenset({ProblemKind.PUNCTUATION}), edges.check_punctuation_edges),
    (frozenset({ProblemKind.HUGE}), lengths.check_long_spans),
    (frozenset({ProblemKind.SENTENCE_END}), lengths.check_sentence_crossing),
    (frozenset({ProblemKind.TWO_LABELS, ProblemKind.OTHER_EDGES, ProblemKind.UNLABELLED}), words.check_label_consistency),
    (frozenset({ProblemKind.GUIDELINE}), guideline.check_guideline_labels),
    (frozenset({ProblemKind.GUIDELINE}), guideline.check_guideline_sentences),
    (frozenset({ProblemKind.DUPLICATE_ARTICLE, ProblemKind.DUPLICATE_SENTENCE}), duplicates.check_near_duplicates),
    (frozenset({ProblemKind.FEW}), counts.check_training_size),
)
"""Which kinds each check finds. Journals and the tokenizer are read outside, see the command."""


def run_checks(check_input: CheckInput, kinds: Collection[ProblemKind]) -> list[Problem]:
    """Return the problems of the kinds asked for, sorted; checks of no such kind are not run."""
    found = [p for finds, check in CHECKS if finds & set(kinds) for p in check(check_input) if p.kind in kinds]
    return sorted(found, key=lambda p: p.sort_key)
