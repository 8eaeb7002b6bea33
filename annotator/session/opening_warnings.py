"""The messages when a session opens: records that do not count, work of others, which labels are looked at."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence

from msgspec.structs import replace

from annotator.core.journal_record import JournalRecord
from annotator.core.label_pass import LabelPass
from annotator.core.schema import Schema
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import has_begun

RULES_LANGUAGE = "en"
"""The language whose names, numbers and claims the rules find."""

_MAX_NAMED_ANNOTATORS = 3
"""This many other annotators are named."""


def records_of_present_articles(
    records: Sequence[JournalRecord],
    articles: Iterable[str],
    schema: Schema,
    warnings: list[str],
    damaged: Container[str] = (),
) -> Sequence[JournalRecord]:
    """Return the records of articles that are there and not ``damaged``; a word on the others goes to ``warnings``.

    What was left under a label that the schema lacks is not offered again: the journal keeps it.
    """
    known = set(articles)
    there = [r for r in records if r.annotated.sentence.article in known]
    if gone := sum(r.annotated.sentence.article not in damaged for r in records) - len(there):
        verb = "record is" if gone == 1 else "records are"
        warnings.append(f"{gone} {verb} of articles that are not in this corpus; the journal keeps them")
    known_labels = {x.name for x in schema.labels}
    if lacking := sorted({s.label for r in there for s in r.annotated.annotation.spans} - known_labels):
        # Their spans would not be exported.
        warnings.append(
            f"the schema lacks labels that you have used: {', '.join(lacking)}; put them back into schema.toml"
        )
    return [_with_known_left(r, known_labels) for r in there]


def _with_known_left(record: JournalRecord, labels: Collection[str]) -> JournalRecord:
    annotated, annotation = record.annotated, record.annotated.annotation
    known = tuple(x for x in annotation.left if x.label in labels)
    if len(known) == len(annotation.left):
        return record
    return replace(record, annotated=replace(annotated, annotation=replace(annotation, left=known)))


def others_work_message(corpus: CorpusFolder, annotator: str) -> str:
    """Return a message that names the annotators of a corpus where this one has done nothing; else empty."""
    others = [n for n in corpus.annotators() if n != annotator and has_begun(corpus.path, n)]
    if not others or has_begun(corpus.path, annotator):
        return ""
    more = f" and {len(others) - _MAX_NAMED_ANNOTATORS} more" if len(others) > _MAX_NAMED_ANNOTATORS else ""
    names = f"{', '.join(others[:_MAX_NAMED_ANNOTATORS])}{more}"
    return f"work of others: --as {names}; {annotator} has annotated nothing here yet"


def rules_message(corpus: CorpusFolder, annotator: str) -> str:
    """Return a message for who begins in a corpus of another language than that of the rules; else empty."""
    if corpus.known_lang in {"", RULES_LANGUAGE} or has_begun(corpus.path, annotator):
        return ""
    return f"suggestions by rules are made for English: in this corpus ({corpus.known_lang}) many are wrong or missing"


def opening_message(corpus: CorpusFolder, annotator: str, label_pass: LabelPass) -> str:
    """Return the first message of a session: which labels are looked at, who else has annotated, what rules are for."""
    looked_at = f"this pass is for {label_pass}: other labels stay as they are" if label_pass.is_partial else ""
    messages = (looked_at, rules_message(corpus, annotator), others_work_message(corpus, annotator))
    return " · ".join(filter(None, messages))
