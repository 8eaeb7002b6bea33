"""Labels that came into the schema later: what was accepted before is not read for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from annotator.checks.problem import Problem, ProblemKind, ProblemLocation
from annotator.core.pluralize import pluralize
from annotator.storage.journal_index import JournalIndex


def later_label_warnings(journals: Iterable[JournalIndex]) -> Iterator[str]:
    """Yield for each later label how many accepted sentences of these journals do not cover it."""
    for label, n in _counts(journals).items():
        yield f"{_what(label, n)}; {_remedy(label)}"


def later_label_problems(journals: Iterable[JournalIndex]) -> list[Problem]:
    """Return the same as problems of a check, one a label."""
    place = ProblemLocation(file="schema.toml")
    return [
        Problem(ProblemKind.LATER_LABEL, place, _what(label, n), _remedy(label))
        for label, n in _counts(journals).items()
    ]


def _counts(journals: Iterable[JournalIndex]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for journal in journals:
        if journal.accepted_before:
            counts.update(dict.fromkeys(journal.later_labels, journal.accepted_before))
    return counts


def _what(label: str, n: int) -> str:
    sentences = pluralize(n, "sentence was", "sentences were")
    return f"{sentences} accepted before {label} was in the schema: not read for it"


def _remedy(label: str) -> str:
    return f"`annotator annotate --labels {label}` reads them"
