"""What a journal has of the corpus that is open now, and what must be said of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotator.core.record import Record
from annotator.core.schema import Schema


def present(
    records: Sequence[Record], articles: Iterable[str], schema: Schema, warnings: list[str]
) -> Sequence[Record]:
    """Return the records of articles that are there; a word on the others goes to ``warnings``."""
    known = set(articles)
    there = [r for r in records if r.work.sentence.article in known]
    if gone := len(records) - len(there):
        verb = "record is" if gone == 1 else "records are"
        warnings.append(f"{gone} {verb} of articles that have left the corpus; the journal keeps them")
    if lacking := _unknown_labels(there, schema):
        # Their spans would not be exported.
        warnings.append(
            f"the schema lacks labels that you have used: {', '.join(lacking)}; "
            "put them back into schema.toml"
        )
    return there


def _unknown_labels(records: Iterable[Record], schema: Schema) -> list[str]:
    known = {x.name for x in schema.labels}
    return sorted({s.label for r in records for s in r.work.annotation.spans} - known)
