"""All checks in one table, and running those that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from annotator.core.problems import counts, duplicates, edges, guideline, lengths, rules, words
from annotator.core.problems.material import Material
from annotator.core.problems.problem import Kind, Problem

Check = Callable[[Material], Iterable[Problem]]

CHECKS: tuple[tuple[frozenset[Kind], Check], ...] = (
    (frozenset({Kind.PLACE}), rules.places),
    (frozenset({Kind.LABEL}), rules.unknown_labels),
    (frozenset({Kind.OVERLAP}), rules.overlaps),
    (frozenset({Kind.CHARACTERS}), edges.inside_tokens),
    (frozenset({Kind.BLANK_EDGE}), edges.blank_edges),
    (frozenset({Kind.EMPTY}), edges.empty_spans),
    (frozenset({Kind.PUNCTUATION}), edges.punctuation),
    (frozenset({Kind.HUGE}), lengths.huge_spans),
    (frozenset({Kind.SENTENCE_END}), lengths.over_sentence_ends),
    (frozenset({Kind.TWO_LABELS, Kind.OTHER_EDGES, Kind.UNLABELLED}), words.same_words),
    (frozenset({Kind.GUIDELINE}), guideline.other_label),
    (frozenset({Kind.GUIDELINE}), guideline.same_sentences),
    (frozenset({Kind.DUPLICATE_ARTICLE, Kind.DUPLICATE_SENTENCE}), duplicates.duplicates),
    (frozenset({Kind.FEW}), counts.too_few),
)
"""Which kinds each check finds. Journals and the tokenizer are read outside, see the command."""


def run(check_input: Material, kinds: Collection[Kind]) -> list[Problem]:
    """Return the problems of the kinds asked for, sorted; checks of no such kind are not run."""
    found = [p for finds, check in CHECKS if finds & set(kinds) for p in check(check_input) if p.kind in kinds]
    return sorted(found, key=lambda p: p.sort_key)
