"""The torture suite at its large size, as a table: ``python -m tests --torture [ROW…]``.

``--seed N`` makes other trials, ``--minutes M`` shares so much time among the rows. The last line is one JSON
object; the exit code is 1 if a trial failed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.torture.rows import all_rows, run_row


def main(arguments: list[str] | None = None) -> int:
    """Run the rows and print the table; return the exit code."""
    rows = all_rows()
    parser = argparse.ArgumentParser(prog="python -m tests --torture", description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(rows)}; all if none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="for all rows together")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.rows if name not in rows]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(rows)}")
    chosen = [rows[name] for name in options.rows] or list(rows.values())
    figures = {}
    print("| row | rule | trials | failures | minutes |\n|---|---|---|---|---|")
    for row in chosen:
        with tempfile.TemporaryDirectory() as folder:
            result = run_row(row, row.large, options.seed, Path(folder), options.minutes * 60 / len(chosen))
        minutes = result.seconds / 60
        print(f"| {row.name} | {row.rule} | {result.trials:,} | {len(result.failures)} | {minutes:.1f} |", flush=True)
        for failure in result.failures[:5]:
            print(f"  {failure}", file=sys.stderr, flush=True)
        figures[row.name] = {"trials": result.trials, "failures": len(result.failures), "minutes": round(minutes, 1)}
    print(json.dumps({"benchmark": "torture", "seed": options.seed, "rows": figures}))
    return int(any(x["failures"] for x in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
