"""Every check in one run: ``python -m tests``.

``--quick`` leaves out the tests, ``--slow`` adds the slow ones; ``--torture`` runs the torture suite alone, at its
large size (``--torture --help``). All checks run, whatever fails; the exit code
is 0 only if all pass. A check that fails names the command that mends it, or says what to do. The tests come
last, so that their closing line is the last line.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.torture.__main__ import main as torture_main

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
PROSE = ["README.md", "CHANGELOG.md"]

CHECKS: tuple[tuple[str, Sequence[str | Path], str], ...] = (
    ("ruff check", [BIN / "ruff", "check", "--quiet", "."], "ruff check --fix ."),
    ("ruff format", [BIN / "ruff", "format", "--quiet", "--check", "."], "ruff format ."),
    ("mypy", [PYTHON, "-m", "mypy", "--no-error-summary"], "correct the types named above"),
    (
        "import-linter",
        [BIN / "lint-imports", "--no-cache"],
        "move the code to the floor where it belongs (annotator/ARCHITECTURE.md)",
    ),
    (
        "codespell",
        [BIN / "codespell", "annotator", "schemas", "tests", "corpus", *PROSE],
        "codespell --write-changes FILE, or add a correct word to [tool.codespell] in pyproject.toml",
    ),
    ("generated tables", [PYTHON, "-m", "tests.scripts.make_docs", "--check"], "python -m tests.scripts.make_docs"),
)


def main() -> int:
    """Run the checks and the tests; return the exit code."""
    if sys.argv[1:2] == ["--torture"]:
        return torture_main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__.partition("\n")[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="everything but the tests")
    which.add_argument("--slow", action="store_true", help="the slow tests too")
    options = parser.parse_args()
    failed = [name for name, command, remedy in CHECKS if not _passes(name, command, remedy)]
    if not options.quick:
        tests = [PYTHON, "-m", "pytest", *(["-m", "slow or not slow"] if options.slow else [])]
        if not _passes("pytest", tests, "see tests/README.md"):
            failed.append("pytest")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def _passes(name: str, command: Sequence[str | Path], remedy: str) -> bool:
    """Run a check and return whether it passes; if it fails, print what mends it."""
    start = time.monotonic()
    print(f"== {name}", flush=True)
    run = subprocess.run([str(c) for c in command], cwd=ROOT, check=False)
    state = "passed" if run.returncode == 0 else f"FAILED (to mend it: {remedy})"
    print(f"== {name}: {state} in {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
    return run.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
