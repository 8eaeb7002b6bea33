"""What becomes of a schema's text when labels are merged or split."""

from __future__ import annotations

import pytest

from annotator.core.schema import LABEL_COLOURS
from annotator.storage.schema_editing import merge_labels_in_schema, split_label_in_schema
from annotator.storage.schemas import parse_schema_text

BARE = '[[label]]\nname = "A"\ncolour = "blue"\n'
FULL = """[[label]]
name = "B"
colour = "green"
description = "Bees."
excludes = ["demonym"]
inside = ["C"]
overlaps = ["C"]
examples = [{ text = "a [[bee]]" }, { text = "an [[ant]]", wrong = true }]
"""
OTHER = '[[label]]\nname = "C"\ncolour = "pink"\nkey = "c"\n'


@pytest.mark.parametrize("tables", [BARE + FULL, FULL + BARE], ids=["the other one has it", "the first has it"])
@pytest.mark.parametrize("into", ["A", "B", "X"])
def test_a_merged_label_has_what_one_of_them_had(tables: str, into: str) -> None:
    """Description, rules and examples stay, whichever label had them; what one of them may be is not excluded."""
    schema = parse_schema_text(merge_labels_in_schema(tables + OTHER, ["A", "B"], into), "test")
    assert {x.name for x in schema.labels} == {into, "C"}
    made = schema.label(into)
    assert made is not None
    assert (made.description, made.inside, made.overlaps) == ("Bees.", ("C",), ("C",))
    assert [(e.text, e.marked, e.wrong) for e in made.examples] == [
        ("a bee", ((2, 5),), False),
        ("an ant", ((3, 6),), True),
    ]


@pytest.mark.parametrize("count", [2, 5, len(LABEL_COLOURS) + 3])
def test_the_parts_of_a_split_label_have_colours_of_their_own(count: int) -> None:
    """As long as there are free ones; the first part keeps the label's."""
    names = [f"B{n}" for n in range(count)]
    schema = parse_schema_text(split_label_in_schema(BARE + FULL + OTHER, "B", names), "test")
    assert [x.name for x in schema.labels] == ["A", *names, "C"]
    colours = [x.colour for x in schema.labels]
    assert colours[1] == "green"
    assert len(set(colours)) == min(len(colours), len(LABEL_COLOURS))
    assert all(x.description == "Bees." and x.inside == ("C",) for x in schema.labels[1:-1])
