"""Labels that the schema doesn't have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import UsageError
from annotator.core.schema import MAX_LABEL_KEYS
from annotator.core.spans import Span
from annotator.formats.document import Document
from annotator.formats.label_mapping import (
    NewLabel,
    labels_missing_from_schema,
    labels_not_entities,
    parse_label_map,
    rename_to_usable,
    schema_with_labels,
    suggested_map_option,
    usable_label,
)
from annotator.storage.schemas import default_schema_path, load_schema, parse_schema_text

NEWS = load_schema("news")
TEXT = default_schema_path().read_text(encoding="utf-8")


def test_a_map_is_pairs() -> None:
    """An empty right side leaves a label out; JSON takes labels with a comma."""
    assert parse_label_map("PER=PERSON, LOC = VENUE,MISC=") == {"PER": "PERSON", "LOC": "VENUE", "MISC": ""}
    assert parse_label_map('{"a, b": "C"}') == {"a, b": "C"}
    assert parse_label_map("") == {}


@pytest.mark.parametrize(
    ("given_map", "message"),
    [
        ("PER", "--map PER is no pair; write OLD=NEW, or OLD= to leave OLD out"),
        ("A=B,A=C", "--map gives A two labels, B and C; leave one out"),
        ("{1}", '--map is no JSON object of labels; write OLD=NEW,… or {"OLD": "NEW"}'),
    ],
)
def test_a_wrong_map_says_how(given_map: str, message: str) -> None:
    """A map that is none is an error that shows the right form."""
    with pytest.raises(UsageError) as error:
        parse_label_map(given_map)
    assert str(error.value) == message


def test_the_ready_made_map_fills_in_what_the_schema_takes() -> None:
    """What the schema says that a label takes is filled in; what nobody knows is left open."""
    assert suggested_map_option(["PER", "Tool kit", "venue"], NEWS) == "--map 'PER=PERSON,Tool kit=,venue=VENUE'"
    given = {"1": "B-PER", "GPE": "VENUE", "ORG": "ORGAN"}
    assert suggested_map_option(["PER", "ORGAN"], NEWS, given) == "--map 1=B-PER,GPE=VENUE,ORG=,PER=PERSON"
    assert suggested_map_option(["a,b"], NEWS) == """--map '{"a,b":""}'"""


def test_labels_are_reported_by_their_number() -> None:
    """The most frequent label comes first."""
    assert labels_missing_from_schema({"X": 1, "PERSON": 9, "Y": 3}, NEWS) == {"Y": 3, "X": 1}


def test_an_added_label_has_a_free_key_and_colour() -> None:
    """Each new label gets what no other has, and no label takes its name any more."""
    schema = parse_schema_text(schema_with_labels(TEXT, NEWS, [*map(NewLabel, ["LOC", "Ship", "Skill"])]), "t")
    new = schema.labels[-3:]
    assert [x.name for x in new] == ["LOC", "Ship", "Skill"]
    assert len({x.key for x in schema.labels}) == len(schema.labels)
    assert len({x.colour for x in schema.labels}) == len(schema.labels)
    assert schema.label_taking("LOC") is None
    assert schema.labels[0].examples == NEWS.labels[0].examples


@given(st.lists(st.text(min_size=1, max_size=70), min_size=1, max_size=12))
def test_whatever_labels_come_the_schema_stays_one(labels: list[str]) -> None:
    """Any text can be made a label, and a schema with it can be read; eight of them have a key."""
    names = [x for x in dict.fromkeys(usable_label(label) for label in labels) if NEWS.label(x) is None]
    schema = parse_schema_text(schema_with_labels(TEXT, NEWS, [*map(NewLabel, names)]), "t")
    assert [x.name for x in schema.labels[len(NEWS.labels) :]] == names
    assert sum(bool(x.key) for x in schema.labels) == min(MAX_LABEL_KEYS, len(NEWS.labels) + len(names))


def test_names_alone_are_entities() -> None:
    """Labels whose spans share no text with others and are short become entities; others stay spans."""
    text = "Ida Holm of Port Ellen said that she had seen no boat on the lake since the day of the storm"
    spans = (Span(0, 8, "PER"), Span(12, 22, "LOC"), Span(12, 16, "KIND"), Span(28, len(text), "CLAIM"))
    assert labels_not_entities(Document(text, spans=spans)) == {"LOC", "KIND", "CLAIM"}
    schema = parse_schema_text(schema_with_labels(TEXT, NEWS, [NewLabel("PER", is_entity=True), NewLabel("LOC")]), "t")
    assert [schema.label(x).target for x in ("PER", "LOC")] == ["ents", "spans"]  # type: ignore[union-attr]


@given(st.lists(st.sampled_from(["a b", "a_b", "a\tb", "a_b-2", "x" * 70, "x" * 71, "x" * 64, "PER"]), max_size=9))
def test_two_labels_never_become_one(labels: list[str]) -> None:
    """What is called otherwise, because a schema can't have it, is told apart from all others."""
    rename = rename_to_usable({"PER": "PERSON"})
    names = {label: rename(label) for label in labels}
    assert len(set(names.values())) == len(names)
    assert all(usable_label(name) == name for name in names.values())
    assert names == {label: rename(label) for label in labels}
