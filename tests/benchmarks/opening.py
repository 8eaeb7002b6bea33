"""How long a corpus with a long journal takes to open: corpus, journal and session.

``python -m tests.benchmarks.opening [--decisions N] [--corpus FOLDER] [--profile]`` makes an invented corpus
with one accepted sentence a decision (or opens the one in FOLDER, annotated by ``ana``), opens it as the
annotate screen does, and prints one JSON object on its last line. Times are seconds, memory MiB.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import resource
import tempfile
import time
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path

from annotator.storage.journal import Journal
from tests.benchmarks.export_data import make
from tests.builders import open_session


def main() -> None:
    """Open the corpus once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=3000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or Path(folder) / "corpus"
        if not options.corpus:
            make(Path(folder), options.decisions)
        with cProfile.Profile() if options.profile else nullcontext() as profile:
            times = [time.perf_counter()]

            def journal(path: Path, name: str) -> Journal:
                times.append(time.perf_counter())
                opened = Journal.open(path, name)
                times.append(time.perf_counter())
                return opened

            session = open_session(corpus, journal=journal)
            times.append(time.perf_counter())
        decisions = session.history.done
        if profile:
            profile.print_stats("tottime")
        steps = [round(b - a, 4) for a, b in pairwise(times)]
        session.close()
    total = times[-1] - times[0]
    figures = dict(zip(("corpus", "journal", "session"), steps, strict=True)) | {
        "total": round(total, 4),
        "decisions": len(decisions),
        "us_a_decision": round(total / len(decisions) * 1e6, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
