"""Rows are laid on those of a document by order and text: nothing twice, nothing removed, no two in one place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.group_layout import GroupRow, lay_rows

_WORDS = (
    "The ferry left.",
    "It was late.",
    "Lena Pell rowed on.",
    "Nobody came.",
    "It was latest.",
    "The ferries left.",
)
_KEYS = st.lists(st.integers(0, 11), unique=True, max_size=9)


def _rows(keys: list[int], *, placed: bool = False, fixed: bool = False) -> list[GroupRow]:
    return [
        GroupRow(f"a{key}", f"{_WORDS[key % 6]} {'x' * (key // 6)}", 2 * n if placed else None, fixed=fixed)
        for n, key in enumerate(keys)
    ]


@given(_KEYS, _KEYS, st.booleans(), st.booleans())
def test_every_row_has_a_place_of_its_own(there: list[int], new: list[int], known: bool, fixed: bool) -> None:
    """The corpus's rows keep their order; a version shares the place of what it replaces, which no file has."""
    layout = lay_rows(_rows(there, placed=True), _rows(new, fixed=fixed), known_source=known)
    assert set(layout.positions) == {f"a{key}" for key in (*there, *new)}
    replaced = set(layout.versions.values())
    in_force = [a for a in layout.positions if a not in replaced]
    places = [layout.positions[a] for a in in_force]
    assert len(set(places)) == len(places)
    assert sorted(in_force, key=layout.positions.__getitem__) == in_force
    assert [layout.positions[f"a{key}"] for key in there] == sorted(layout.positions[f"a{key}"] for key in there)
    assert len(replaced) == len(layout.versions)
    assert all(layout.positions[n] == layout.positions[o] for n, o in layout.versions.items())
    assert replaced <= {f"a{key}" for key in there}
    assert layout.versions.keys() <= {f"a{key}" for key in new if not fixed and key not in there}
    assert known or set(there) & set(new) or not layout.versions


@given(_KEYS, _KEYS)
def test_a_second_time_changes_nothing(there: list[int], new: list[int]) -> None:
    """The rows of the file are in the document then: nothing moves, and nothing is a version."""
    layout = lay_rows(_rows(there, placed=True), _rows(new), known_source=False)
    replaced = set(layout.versions.values())
    rows = {row.article: row for row in (*_rows(there), *_rows(new))}
    now = [GroupRow(a, rows[a].text, n) for a, n in layout.positions.items() if a not in replaced]
    again = lay_rows(now, [GroupRow(row.article, row.text, fixed=True) for row in _rows(new)], known_source=False)
    assert again.positions == {row.article: row.position for row in now}
    assert not again.versions


def test_a_version_is_alike_and_alone() -> None:
    """Where two rows are like one, or the id says another, nobody knows which one has changed."""
    there = [GroupRow("a", "The ferry left at noon."), GroupRow("b", "All were late.")]

    def versions(*texts: str, **ids: str) -> dict[str, str]:
        new = [GroupRow(f"n{n}", text, row_id=ids.get(f"n{n}", "")) for n, text in enumerate(texts)]
        return dict(lay_rows(there, [*new, there[1]], known_source=False).versions)

    assert versions("The ferry left at nine.") == {"n0": "a"}
    assert versions("Rain was falling.") == {}
    assert versions("The ferry left at nine.", "The ferry left at ten.") == {}
    there[0] = GroupRow("a", "The ferry left at noon.", row_id="7")
    assert versions("The ferry left at nine.", "The ferry left at ten.", n1="7") == {"n1": "a"}
