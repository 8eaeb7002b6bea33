"""Every check in one go: ``python -m tests`` (``--slow`` for the slow tests too).

Stops at nothing: each check runs, the exit code says whether all of them passed. The tests come
last, so that their closing line is the last thing one reads.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent

CHECKS: tuple[tuple[str, Sequence[str | Path]], ...] = (
    ("ruff check", [BIN / "ruff", "check", "--quiet", "."]),
    ("ruff format", [BIN / "ruff", "format", "--quiet", "--check", "."]),
    ("mypy", [PYTHON, "-m", "mypy", "--no-error-summary"]),
    ("import-linter", [BIN / "lint-imports", "--no-cache"]),
    (
        "codespell",
        [BIN / "codespell", "annotator", "schemas", "tests", "corpus", "README.md", "CHANGELOG.md"],
    ),
)


def main() -> int:
    """Run all checks and then the tests; return the exit code."""
    slow = "--slow" in sys.argv[1:]
    failed = [name for name, command in CHECKS if not _passes(name, command)]
    tests = [PYTHON, "-m", "pytest", *(["-m", "slow or not slow"] if slow else [])]
    if not _passes("pytest", tests):
        failed.append("pytest")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def _passes(name: str, command: Sequence[str | Path]) -> bool:
    start = time.monotonic()
    print(f"== {name}", flush=True)
    run = subprocess.run([str(c) for c in command], cwd=ROOT, check=False)
    state = "passed" if run.returncode == 0 else "FAILED"
    print(f"== {name}: {state} in {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
    return run.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
