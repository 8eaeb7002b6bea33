"""Which field groups the rows of a file: one that means a document, or values that repeat in runs."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.core.document_groups import choose_grouping_field, id_prefix, named_grouping_field


def _documents(name: str, *sizes: int, **more: Any) -> list[dict[str, Any]]:
    """Return rows of documents ``d0``, ``d1``, … of these sizes, each with the same further fields."""
    return [{name: f"d{n}", "sent": s, **more} for n, size in enumerate(sizes) for s in range(size)]


@pytest.mark.parametrize("name", ["doc", "doc_id", "documentId", "URL", "meta.doc", "article", "Dokument"])
def test_a_name_that_means_a_document_groups_wherever_its_values_are(name: str) -> None:
    """Rows of a shuffled file are grouped too; nested fields have dots in their names."""
    rows = _documents(name, 3, 2, 4)
    shuffled = rows[::2] + rows[1::2]
    field = choose_grouping_field(shuffled, sentences=True)
    assert field is not None
    assert (field.name, field.value(rows[4])) == (name, "d1")


@pytest.mark.parametrize(
    "rows",
    [
        _documents("x", 9),
        _documents("doc", 400),
        _documents("doc", 1, 1, 1),
        _documents("publisher", 4, 4),
        _documents("x", 400, 400),
        [{"x": x} for x in "aabbaabbaabb"],
        [{"x": part} for part in ["train"] * 6 + ["test"] * 3],
        [{"x": n // 2} for n in range(8)],
        [{"x": [f"d{n // 2}", "more"]} for n in range(8)],
        [{"id": f"train-{n}"} for n in range(9)],
        [{"id": f"2026-11-{n:02}"} for n in range(10, 20)],
        [{"id": n} for n in range(9)],
        [{}],
        [],
    ],
)
def test_what_is_no_document_groups_nothing(rows: list[dict[str, Any]]) -> None:
    """One value for all, one for each, categories, places, numbers, lists, dates and ids of one prefix."""
    assert choose_grouping_field(rows, sentences=True) is None


@pytest.mark.parametrize("rows", [_documents("doc", 9), [{"doc": float(n // 3)} for n in range(9)]])
def test_one_document_and_whole_numbers_with_a_point_group_too(rows: list[dict[str, Any]]) -> None:
    """A file may have one document alone, and tables write 1 as 1.0; other fractions name nothing."""
    field = choose_grouping_field(rows, sentences=True)
    assert field is not None
    assert field.value({"doc": 2.0}) == field.value({"doc": 2}) == "2"
    assert {field.value({"doc": x}) for x in (2.5, True, float("inf"), float("nan"))} == {""}
    assert choose_grouping_field([*rows, {"doc": 10**400}], sentences=True) is not None


def test_a_field_of_another_name_groups_by_its_runs_and_only_sentences() -> None:
    """Of fields whose values repeat in runs the one with the most documents is taken."""
    rows = [{**row, "volume": f"v{n // 6}"} for n, row in enumerate(_documents("x", 3, 3, 3, 3))]
    field = choose_grouping_field(rows, sentences=True)
    assert field is not None
    assert (field.name, field.why) == ("x", "values repeat in runs")
    assert choose_grouping_field(rows, sentences=False) is None


@pytest.mark.parametrize("shape", ["wsj_{:04}-{}", "doc#{}#{}", "a/b.{}.s{}", "Größe {}: sent_{}"])
def test_ids_group_by_what_precedes_their_last_number(shape: str) -> None:
    """The numbers must rise within a document, so ids in another order group nothing."""
    rows = [{"id": shape.format(doc, n)} for doc in range(3) for n in range(1, 4)]
    field = choose_grouping_field(rows, sentences=True)
    assert field is not None
    assert field.by_prefix
    assert len({field.value(row) for row in rows}) == 3
    assert choose_grouping_field(rows[::-1], sentences=True) is None


def test_a_user_may_name_any_field() -> None:
    """``meta.`` may precede it; a list of one is its value, other lists and objects have none."""
    rows = [{"a": {"b": ["x"]}}, {"a": {"b": "x"}}, {"a": {"b": ["x", "y"]}}, {"a": {"b": {}}}, {}]
    field = named_grouping_field("meta.a.b", rows)
    assert field is not None
    assert (field.name, [field.value(row) for row in rows]) == ("a.b", ["x", "x", "", "", ""])
    assert named_grouping_field("c", rows) is None


@pytest.mark.parametrize(
    ("text", "prefix"),
    [("wsj_0001-12", ("wsj_0001", 12)), ("0123456789ab:0-84", ("0123456789ab", 84)), ("12", ("", 0)), ("a", ("", 0))],
)
def test_an_id_has_a_document_and_a_number(text: str, prefix: tuple[str, int]) -> None:
    """An id of this program has its article; a number or a word alone has no document."""
    assert id_prefix(text) == prefix
