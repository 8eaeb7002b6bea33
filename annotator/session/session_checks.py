"""What is worth a warning when a session opens: records and labels that do not fit, the work of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotator.core.journal_record import JournalRecord
from annotator.core.schema import Schema
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import has_begun

_MAX_NAMED_ANNOTATORS = 3
"""So many other annotators are named."""


def records_of_present_articles(
    records: Sequence[JournalRecord], articles: Iterable[str], schema: Schema, warnings: list[str]
) -> Sequence[JournalRecord]:
    """Return the records of articles that are there; a word on the others goes to ``warnings``."""
    known = set(articles)
    there = [r for r in records if r.annotated.sentence.article in known]
    if gone := len(records) - len(there):
        verb = "record is" if gone == 1 else "records are"
        warnings.append(f"{gone} {verb} of articles that have left the corpus; the journal keeps them")
    if lacking := _unknown_labels(there, schema):
        # Their spans would not be exported.
        warnings.append(
            f"the schema lacks labels that you have used: {', '.join(lacking)}; put them back into schema.toml"
        )
    return there


def _unknown_labels(records: Iterable[JournalRecord], schema: Schema) -> list[str]:
    known = {x.name for x in schema.labels}
    return sorted({s.label for r in records for s in r.annotated.annotation.spans} - known)


def others_work_message(corpus: CorpusFolder, annotator: str) -> str:
    """Return a message that names the annotators of a corpus where this one has done nothing; else empty."""
    others = [n for n in corpus.annotators() if n != annotator and has_begun(corpus.path, n)]
    if not others or has_begun(corpus.path, annotator):
        return ""
    more = f" and {len(others) - _MAX_NAMED_ANNOTATORS} more" if len(others) > _MAX_NAMED_ANNOTATORS else ""
    names = f"{', '.join(others[:_MAX_NAMED_ANNOTATORS])}{more}"
    return f"work of others: --as {names}; {annotator} has annotated nothing here yet"
