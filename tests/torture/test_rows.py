"""Every row of the torture suite holds at its small size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.rows import Row, all_rows, run_row


@pytest.mark.parametrize("row", all_rows().values(), ids=lambda row: row.name)
def test_nothing_is_lost(row: Row, tmp_path: Path) -> None:
    """No trial fails; the message names those that do, to be made again by number and seed."""
    result = run_row(row, row.small, seed=1, folder=tmp_path)
    assert result.trials
    assert not result.failures
