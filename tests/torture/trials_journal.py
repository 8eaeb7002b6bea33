"""Trials of the journal: its writer killed, its bytes damaged, its system calls failing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from annotator.storage.journal import Journal
from tests.storage.storage_helpers import new_corpus
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


@torture_row("kill-writer", small=40, large=1000)
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
