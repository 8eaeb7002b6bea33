"""Coverage in a merge: "all of the schema" of one corpus is not all of the joint schema."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.edits import Op
from annotator.core.journal_merge import StoredSentences
from annotator.core.journal_record import IMPORT_SESSION, JournalRecord

JournalSource = tuple[Sequence[str], Sequence[JournalRecord]]
"""What a record without ``_covers`` covers in a corpus, and the records of a journal there, as they are stored."""


def with_limited_coverage(
    records: Sequence[JournalRecord],
    sources: Sequence[JournalSource],
    labels: Sequence[str],
    stored_sentences: StoredSentences,
) -> tuple[JournalRecord, ...]:
    """Return a merged journal in which no sentence covers labels that its corpus did not have.

    Where a corpus lacks some of the joint ``labels``, a record follows for each sentence that was accepted there for
    all of its schema.
    """
    narrow = [(own, rows) for own, rows in sources if not set(labels) <= set(own)]
    if not records or not narrow:
        return tuple(records)
    complete = [rows for own, rows in sources if set(labels) <= set(own)]
    full = [_accepted_for_all(rows, stored_sentences)[1] for rows in complete]
    by_source = [(own, _accepted_for_all(rows, stored_sentences)[1]) for own, rows in narrow]
    store, current = _accepted_for_all(records, stored_sentences)
    added: list[JournalRecord] = []
    last = records[-1]
    time = max(r.time for r in records)
    for key, annotated in current.items():
        own = next((own for own, found in by_source if found.get(key) == annotated), None)
        if own is None or any(found.get(key) == annotated for found in full):
            continue
        covers = tuple(x for x in labels if x in own)
        limited = replace(annotated, annotation=replace(annotated.annotation, covers=covers))
        parent, seq = store.last_seq(annotated.sentence.id), last.seq + 1 + len(added)
        added.append(JournalRecord(seq, Op.MIGRATE, limited, parent, None, last.annotator, IMPORT_SESSION, time))
    return (*records, *added)


def _accepted_for_all(
    records: Sequence[JournalRecord], stored_sentences: StoredSentences
) -> tuple[AnnotationStore, dict[str, AnnotatedSentence]]:
    """Return the state of a journal, and by id the sentences that were accepted for all of the schema."""
    store = AnnotationStore(stored_sentences)
    store.replay(records)
    every = (x for article in store.touched_articles for x in store.touched_sentences_of(article))
    accepted = (x for x in every if x.annotation.answer is Answer.ACCEPT and x.annotation.covers is None)
    return store, {x.sentence.id: x for x in accepted}
