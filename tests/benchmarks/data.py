"""Where the benchmarks' texts lie: beside the repository, or where the command line says."""

from __future__ import annotations

import argparse
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


def data_folder(description: str | None) -> Path:
    """Return the folder with the texts; exits with a word on what to do where it is absent."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--data", type=Path, default=SHARED, help="folder with the files named in the docstring"
    )
    folder: Path = parser.parse_args().data
    if not folder.is_dir():
        raise SystemExit(f"{folder}: no such folder; name one with --data (its files: see the docstring)")
    return folder
