"""Labels that came into the schema later: what was accepted before is not read for them."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotator.checks.problem import Problem, ProblemKind, ProblemLocation
from annotator.core.errors import path_text
from annotator.core.pluralize import pluralize
from annotator.storage.journal_index import JournalIndex


def later_label_warnings(journals: Iterable[JournalIndex]) -> Iterator[str]:
    """Yield for each later label how many accepted sentences of these journals do not cover it."""
    for label, n, corpus in _counts(journals):
        yield f"{_what(label, n)}; {_remedy(label, corpus)}"


def later_label_problems(journals: Iterable[JournalIndex]) -> list[Problem]:
    """Return the same as problems of a check, one a label."""
    place = ProblemLocation(file="schema.toml")
    return [
        Problem(ProblemKind.LATER_LABEL, place, _what(label, n), _remedy(label, corpus))
        for label, n, corpus in _counts(journals)
    ]


def _counts(journals: Iterable[JournalIndex]) -> list[tuple[str, int, Path]]:
    """Return each later label with its number of sentences and the folder of their corpus."""
    counts: Counter[tuple[str, Path]] = Counter()
    for journal in journals:
        if journal.accepted_before:
            corpus = journal.path.parent.parent
            counts.update(dict.fromkeys([(x, corpus) for x in journal.later_labels], journal.accepted_before))
    return [(label, n, corpus) for (label, corpus), n in counts.items()]


def _what(label: str, n: int) -> str:
    sentences = pluralize(n, "sentence was", "sentences were")
    return f"{sentences} accepted before {label} was in the schema: not read for it"


def _remedy(label: str, corpus: Path) -> str:
    return f"`annotator annotate {shlex.quote(path_text(corpus))} --labels {shlex.quote(label)}` reads them"
