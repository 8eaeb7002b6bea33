"""The manual's page on reliability lists the rows that there are."""

from __future__ import annotations

import re

from tests.scripts.make_docs import MANUAL
from tests.torture.rows import all_rows


def test_the_table_has_every_row() -> None:
    """Each row is there by name, with its rule and its sizes; what was measured is written by hand."""
    page = (MANUAL / "reliability.md").read_text("utf-8")
    found = re.findall(r"^\| `([\w-]+)` \| (.*?) \| ([\d,]+) \| ([\d,]+) \|", page, re.MULTILINE)
    rows = sorted(all_rows().values())
    assert found == [(r.name, r.rule.removesuffix("."), f"{r.large:,}", f"{r.small:,}") for r in rows]
