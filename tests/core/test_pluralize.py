"""Numbers with what they count."""

from __future__ import annotations

from annotator.core.pluralize import pluralize


def test_one_and_many() -> None:
    """One has no s, and what has another plural says so."""
    assert [pluralize(n, "span") for n in (0, 1, 1200)] == ["0 spans", "1 span", "1,200 spans"]
    assert [pluralize(n, "text is", "texts are") for n in (1, 2)] == ["1 text is", "2 texts are"]
