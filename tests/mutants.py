"""Whether the tests notice a changed program: ``python -m tests.mutants [--size N] [--seed N]``.

mutmut changes one operator, number, text or argument of ``annotator/storage`` or ``annotator/session`` at a time and
runs the tests that reach the changed function ([tool.mutmut] in pyproject.toml). All mutants would take a day, so a
random sample is measured, which holds at least one of each file. What lives is printed as a difference. The folder
``mutants/`` keeps the copy of the program and the results; delete it to begin anew, and after a change of the program.
It needs the extra ``mutants``: ``pip install --editable '.[dev,mutants]'``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTMUT = Path(sys.executable).with_name("mutmut")
FOLDER = ROOT / "mutants"
# mutmut's exit codes of pytest: a failed test, and a time limit that a mutant has reached by an endless loop.
KILLED = {1, 3, 24, -24, 36, 152, 255}


def main() -> int:
    """Measure a sample; return 1 if under 85 % of it were killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=300, help="mutants to try")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("names", nargs="*", help="these mutants instead of a sample")
    options = parser.parse_args()
    if not MUTMUT.exists():
        parser.error("mutmut is missing: pip install --editable '.[dev,mutants]'")
    if not any(FOLDER.glob("annotator/**/*.meta")):
        _mutmut("run", "--max-children", "1", "annotator.session.state.*")  # makes all mutants, tries those of one file
    names = options.names or sample(options.size, options.seed)
    _mutmut("run", "--max-children", "1", *names)
    results = exit_codes()
    alive = [name for name in names if results[name] not in KILLED]
    for name in alive:
        _mutmut("show", name)
    print(f"{len(names) - len(alive)} of {len(names)} killed: {1 - len(alive) / len(names):.1%}")
    return int(len(alive) > 0.15 * len(names))


def sample(size: int, seed: int) -> list[str]:
    """Return names of mutants: one of each file, and as many more at random as are asked for."""
    names = sorted(exit_codes())
    random.Random(seed).shuffle(names)
    first = {name.rpartition(".")[0]: name for name in reversed(names)}
    rest = [name for name in names if name not in set(first.values())]
    return sorted([*first.values(), *rest][: max(size, len(first))])


def exit_codes() -> dict[str, int | None]:
    """Return pytest's exit code for each mutant, None if it was never tried."""
    codes: dict[str, int | None] = {}
    for file in sorted(FOLDER.glob("annotator/**/*.meta")):
        codes |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return codes


def _mutmut(*arguments: str) -> None:
    """Run mutmut in the checkout, with few and always the same generated examples."""
    subprocess.run([MUTMUT, *arguments], cwd=ROOT, check=True, env={**os.environ, "HYPOTHESIS_PROFILE": "mutants"})


if __name__ == "__main__":
    sys.exit(main())
