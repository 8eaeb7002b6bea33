"""What one annotator has left differently on two machines and not settled yet, for checks and exports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.core.pluralize import pluralize
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.journal_repair import Contradiction
from annotator.storage.repair_reports import open_contradictions, read_contradictions


def unsettled_contradictions(corpus: CorpusFolder, annotator: str) -> list[Contradiction]:
    """Return the sentences that two machines have left differently, and nobody has annotated again."""
    found = list(read_contradictions(corpus.path, annotator))
    records = Journal.open(corpus.path, annotator, read_only=True).records if found else ()
    return list(open_contradictions(found, records).values())


def two_machines_warnings(corpus: CorpusFolder, annotators: Iterable[str]) -> Iterator[str]:
    """Yield a warning for each annotator who has any."""
    for name in annotators:
        if n := len(unsettled_contradictions(corpus, name)):
            sentences = pluralize(n, "sentence")
            yield (
                f"{name} has annotated {sentences} differently on two machines, and the later record counts; "
                "`annotator check --only two-machines` lists them, key M in `annotator` settles them"
            )
