"""Rescued records that no opening brings back, because the journal has gone on or back: put behind its lines."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.errors import path_text
from annotator.core.journal_record import JournalRecord
from annotator.core.pluralize import pluralize
from annotator.storage.codec import RecordDecoder, line_crc
from annotator.storage.corpus_layout import corpus_identity
from annotator.storage.journal import journal_file_name
from annotator.storage.journal_repair import MendedJournal, add_rescued
from annotator.storage.rescue import JournalLine, RescueFile, lacking_records, rescued_files


class _SoundJournal(Struct):
    """A mended journal, its records numbered from 1 on."""

    path: Path
    annotator: str
    corpus_id: str
    records: tuple[JournalRecord, ...]
    crcs: tuple[int, ...]

    def has_line(self, line: JournalLine) -> bool:
        """Return True if a line of this number has this checksum."""
        return 0 < line.seq <= len(self.crcs) and self.crcs[line.seq - 1] == line.crc


def add_rescued_files(corpus: Path, annotator: str, mended: MendedJournal) -> tuple[MendedJournal, tuple[Path, ...]]:
    """Return a mended journal with the rescued records that it lacks, and the files that held them.

    A file that cannot be read is named among what is lost.
    """
    taken: list[Path] = []
    for rescued in rescued_files(_sound_journal(corpus, annotator, mended)):
        journal = _sound_journal(corpus, annotator, mended)
        if not rescued.records:
            lost = f"a rescue file cannot be read: look at {path_text(rescued.path)}, then move it away"
            mended = replace(mended, lost=(*mended.lost, lost))
        elif lacking := lacking_records(rescued, journal):
            mended = add_rescued(mended, lacking, _last_in_common(rescued, journal, lacking))
            what = f"added {pluralize(len(lacking), 'record')} that could not be saved, from {path_text(rescued.path)}"
            mended = replace(mended, done=(*mended.done, what))
            taken.append(rescued.path)
    return mended, tuple(taken)


def _sound_journal(corpus: Path, annotator: str, mended: MendedJournal) -> _SoundJournal:
    decoder, lines = RecordDecoder(), mended.data.split(b"\n")[:-1]
    records, crcs = tuple(map(decoder.decode, lines)), tuple(map(line_crc, lines))
    return _SoundJournal(corpus / journal_file_name(annotator), annotator, corpus_identity(corpus), records, crcs)


def _last_in_common(rescued: RescueFile, journal: _SoundJournal, lacking: list[JournalRecord]) -> int:
    """Return the number of the last record that rescued ones have in common with the journal.

    Where the journal has gone back behind what they follow, it has what was annotated before them.
    """
    follows = rescued.follows
    if follows is None or (follows.seq and not journal.has_line(follows)):
        first = lacking[0]
        return sum(r.seq < first.seq and r.time <= first.time for r in journal.records)
    common = follows.seq
    for r in rescued.records:
        if r.seq == common + 1 and r in journal.records[common : common + 1]:
            common += 1
    return common
