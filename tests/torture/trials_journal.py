"""Trials of the journal: its writer killed, its bytes damaged, its system calls failing."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from random import Random

from annotator.storage.codec import RecordDecoder, encode_record
from annotator.storage.journal import Journal
from tests.storage.storage_helpers import new_corpus, record, records
from tests.torture.rows import Trial, torture_row

ROOT = Path(__file__).resolve().parents[2]
_WRITE = """
import sys
sys.path.insert(0, sys.argv[2])
from tests.storage.storage_helpers import record
from annotator.storage.journal import Journal
with Journal.open(sys.argv[1], "ana") as journal:
    while True:
        n = journal.next_seq
        batch = [record(n)] if n % 3 else [record(n + i, batch=(n, 3)) for i in range(3)]
        journal.append(batch)
        print(journal.next_seq - 1, flush=True)
"""


@torture_row("kill-writer", small=25, large=1000)
def kill_writer(trial: Trial) -> str:
    """Killed with -9 at a random moment, the writer loses no record that it has acknowledged."""
    corpus = new_corpus(trial.folder / "news")
    writer = subprocess.Popen([sys.executable, "-c", _WRITE, str(corpus.path), str(ROOT)], stdout=-1, text=True)
    assert writer.stdout
    acknowledged = [int(writer.stdout.readline())]
    time.sleep(trial.random.random() * 0.03)
    writer.kill()
    acknowledged += map(int, writer.communicate()[0].split("\n")[:-1])
    with Journal.open(corpus.path, "ana") as journal:
        found = [r.seq for r in journal.records]
        if journal.damaged:
            return f"damaged lines: {journal.damaged}"
    if found[: acknowledged[-1]] != list(range(1, acknowledged[-1] + 1)) or len(found) > acknowledged[-1] + 3:
        return f"{acknowledged[-1]} records were acknowledged, found are {found}"
    return ""


# -- damaged bytes -----------------------------------------------------------------------------------


@cache
def _sound_lines() -> tuple[bytes, ...]:
    """Return the lines of a journal with single records and batches."""
    batch = [record(n, batch=(4, 3)) for n in (4, 5, 6)]
    return tuple(encode_record(r) for r in (*records(1, 3), *batch, *records(7, 9)))


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _flip(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def _zero_tail(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + bytes(random.choice((len(data) - at, 512)))


def _windows_lines(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(x + b"\r" * (random.random() < 0.5) if x else x for x in lines)


def _editor_blanks(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")[:-1]
    return b"\n".join(x + random.choice((b"", b" ", b"\t  ")) for x in lines) + b"\n" * random.randint(0, 2)


def _merge_markers(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    a, b = sorted(random.sample(range(len(lines) + 1), 2))
    ours, theirs = lines[a:b], lines[a : random.randint(a, b)]
    return b"".join([*lines[:a], b"<<<<<<< HEAD\n", *ours, b"=======\n", *theirs, b">>>>>>> other\n", *lines[b:]])


_DAMAGES = (_cut, _cut, _flip, _flip, _flip, _flip, _zero_tail, _windows_lines, _editor_blanks, _merge_markers)


@torture_row("journal-bytes", small=600, large=30000)
def journal_bytes(trial: Trial) -> str:
    """Cut, flip, zero or merge the bytes of a journal: no wrong record is read, and torn bytes are kept aside."""
    lines = _sound_lines()
    damage = trial.random.choice(_DAMAGES)
    data = damage(b"".join(lines), trial.random)
    sound = {r.seq: r for r in (RecordDecoder().decode(line[:-1]) for line in lines)}
    path = trial.folder / "annotations" / "ana.jsonl"
    path.parent.mkdir()
    path.write_bytes(data)
    with Journal.open(trial.folder, "ana", read_only=True) as journal:
        if wrong := [r.seq for r in journal.records if sound.get(r.seq) != r]:
            return f"{damage.__name__}: wrong records {wrong}"
        whole = [b"".join(lines[:n]) for n in (0, 1, 2, 3, 6, 7, 8, 9)]
        if not journal.warnings and data not in whole and data + b"\n" not in whole:
            return f"{damage.__name__}: nothing warns of the damage"
    with Journal.open(trial.folder, "ana") as journal:
        damaged, count = journal.damaged, len(journal.records)
        if not damaged:
            journal.append([record(journal.next_seq)])
    kept = b"".join(p.read_bytes() for p in sorted(path.parent.glob("ana.jsonl*")))
    if damaged and path.read_bytes() != data:
        return f"{damage.__name__}: a damaged journal was written to"
    again = Journal.open(trial.folder, "ana", read_only=True).records
    if not damaged and (len(kept) < len(data) or count + 1 != len(again)):
        return f"{damage.__name__}: bytes are lost"
    return ""
