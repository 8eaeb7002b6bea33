"""Which records an adjudication decides: it beats all that share text with it, as long as it is of what they have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from annotator.core.adjudication import changed_parties
from annotator.core.spans import overlap_finder
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import ADJUDICATED_FOLDER
from annotator.storage.journal_index import JournalIndex, load_journal_index
from annotator.storage.side_journals import side_journal_file, side_journal_names
from annotator.workflows.selected_record import RecordNumber, SelectedRecord
from annotator.workflows.superseded_records import VersionConflict, VersionRecords

_PREFIX = f"{ADJUDICATED_FOLDER}/"


def export_journals(
    corpus: CorpusFolder, replay: Collection[str] = (), *, adjudicated: bool = True
) -> list[JournalIndex]:
    """Return the journals that an export reads: those of all annotators, then those of the adjudicators.

    An adjudicator's has the folder in its name. Those of ``replay`` are replayed. Raises JournalError.
    """
    path, stored = corpus.path, corpus.sentences_to_replay
    journals = [load_journal_index(path, x, stored, replay=x in replay) for x in corpus.annotators()]
    for name in side_journal_names(path, ADJUDICATED_FOLDER) if adjudicated else ():
        again = _PREFIX + name in replay
        index = load_journal_index(path, name, stored, replay=again, file=side_journal_file(ADJUDICATED_FOLDER, name))
        index.name = _PREFIX + name
        journals.append(index)
    return journals


def is_adjudicated(journal: JournalIndex) -> bool:
    """Return True if a journal is an adjudicator's."""
    return journal.name.startswith(_PREFIX)


def reopened_adjudications(journals: Sequence[JournalIndex]) -> Iterator[RecordNumber]:
    """Yield the records of adjudications of which a party has another record now than the one that was compared."""
    parties = [x for x in journals if not is_adjudicated(x)]
    for by, journal in enumerate(journals):
        for article in journal.articles if is_adjudicated(journal) else ():
            for n in journal.current_records(article):
                in_force: dict[str, int] = {}
                for party in parties:
                    found = party.overlapping_records(article, journal.starts[n], journal.ends[n])
                    if seqs := [party.seqs[m] for m in found if party.answers[m]]:
                        in_force[party.name] = max(seqs)
                if changed_parties(journal.compared.get(n, ()), in_force):
                    yield by, n


def reopened_in_later_versions(conflict: VersionConflict, records: VersionRecords) -> Iterator[RecordNumber]:
    """Yield the adjudications of some words that somebody has finished otherwise in a later version of the article.

    What a party has carried over unchanged is what was compared.
    """
    for n, (article, adjudication) in enumerate(conflict):
        journal = records.journals[adjudication[0]]
        if is_adjudicated(journal):
            compared = dict(journal.compared.get(adjudication[1], ()))
            later = [r for a, r in conflict[n + 1 :] if a != article and not is_adjudicated(records.journals[r[0]])]
            if any(compared.get(records.journals[r[0]].name) not in records.unchanged_seqs(r) for r in later):
                yield adjudication


def decided_by_adjudication(every: Sequence[SelectedRecord], adjudicators: Collection[int]) -> list[SelectedRecord]:
    """Return the records of annotators that share text with a finished adjudication."""
    is_decided = overlap_finder(e.range for e in every if e.journal_number in adjudicators and e.answer)
    return [e for e in every if e.journal_number not in adjudicators and is_decided(*e.range)]
