"""Fixtures for the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_runner import call

PAGE = """The Norhaven Lantern

Council buys second snow plough after winter of closed roads

By Ada Pell
Norhaven, 4 March 2026

The council voted on Tuesday to buy a second snow plough, after 14 roads were closed for a week in January.

“We were lucky that nobody was hurt. That cannot be our plan,” said Mayor Ilse Brandt, who drove one herself.

The plough costs about as much as two school buses, and the first of them arrives in Norhaven in May.

Subscribe to our newsletter
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return a small news page."""
    path = tmp_path / "plough.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path, page: Path) -> Path:
    """Return a corpus of that page."""
    folder = tmp_path / "news"
    result = call("ingest", page, "--corpus", folder)
    assert result.code == 0, result.err
    return folder
