"""The word lists beside this package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the lines of a word list without its comments and blank lines."""
    text = files("annotator.ingest").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.split("\n") if line and not line.startswith("#"))
