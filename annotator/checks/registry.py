"""All checks in one table, running those that are asked for, and the contract of a plug-in's check."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from annotator.checks import boundaries, consistency, corpus_checks, schema_rules
from annotator.checks.problem import CheckInput, PluginKind, Problem, ProblemKind, ProblemLevel, ProblemLocation

CheckFunction = Callable[[CheckInput], Iterable[Problem]]

CHECKS: tuple[tuple[CheckFunction, tuple[ProblemKind, ...]], ...] = (
    (schema_rules.check_sentence_offsets, (ProblemKind.PLACE,)),
    (schema_rules.check_unknown_labels, (ProblemKind.LABEL,)),
    (schema_rules.check_overlaps, (ProblemKind.OVERLAP,)),
    (schema_rules.check_span_parts, (ProblemKind.PARTS,)),
    (boundaries.check_misaligned_spans, (ProblemKind.CHARACTERS,)),
    (boundaries.check_whitespace_edges, (ProblemKind.BLANK_EDGE,)),
    (boundaries.check_empty_spans, (ProblemKind.EMPTY,)),
    (boundaries.check_punctuation_edges, (ProblemKind.PUNCTUATION,)),
    (boundaries.check_long_spans, (ProblemKind.HUGE,)),
    (boundaries.check_sentence_crossing, (ProblemKind.SENTENCE_END,)),
    (consistency.check_label_consistency, (ProblemKind.TWO_LABELS, ProblemKind.OTHER_EDGES, ProblemKind.UNLABELLED)),
    (schema_rules.check_guideline_labels, (ProblemKind.GUIDELINE,)),
    (schema_rules.check_guideline_sentences, (ProblemKind.GUIDELINE,)),
    (corpus_checks.check_near_duplicates, (ProblemKind.DUPLICATE_ARTICLE, ProblemKind.DUPLICATE_SENTENCE)),
    (corpus_checks.check_doubts, (ProblemKind.DOUBT,)),
    (corpus_checks.check_training_size, (ProblemKind.FEW,)),
    (corpus_checks.check_record_tokens, (ProblemKind.TOKENIZER,)),
)
"""Each check and the kinds that it finds; damage and another spaCy than the corpus's are found by the workflow."""


class Check(Protocol):
    """A check of a plug-in, in the group ``annotator.checks``: a module or an object.

    Optional: ``level`` ("warning" by default, or "error") and ``description`` (what it looks for, in words).
    Its problems have the plug-in's name as their kind.
    """

    def check(self, check_input: CheckInput) -> Iterable[tuple[ProblemLocation, str, str]]:
        """Yield the location, what is wrong there, and the remedy; `CheckInput` documents what it lacks.

        `ReviewedSentence.location_of` gives the location of a sentence or of one of its spans.
        """


def run_checks(check_input: CheckInput, kinds: Collection[ProblemKind]) -> list[Problem]:
    """Return the problems of these kinds, sorted; a check of no such kind is not run."""
    wanted = frozenset(kinds)
    problems = [p for check, finds in CHECKS if wanted & {*finds} for p in check(check_input) if p.kind in wanted]
    return sorted(problems, key=lambda p: p.sort_key)


def run_plugin_check(name: str, plugin: Check, check_input: CheckInput) -> list[Problem]:
    """Return what a plug-in's check finds; raises what the plug-in raises, TypeError for other values."""
    level = ProblemLevel(getattr(plugin, "level", ProblemLevel.WARNING))
    kind = PluginKind(name, level, str(getattr(plugin, "description", "")))
    problems = []
    for location, what, remedy in plugin.check(check_input):
        if not isinstance(location, ProblemLocation):
            raise TypeError(f"{location!r} is no ProblemLocation")
        problems.append(Problem(kind, location, str(what), str(remedy)))
    return sorted(problems, key=lambda p: p.sort_key)
