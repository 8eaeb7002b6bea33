"""The schemas that travel with the program: a guideline for every label."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from annotator.core.schema import MAX_LABEL_KEYS, Schema, parse_schema

SCHEMAS = sorted((Path(__file__).resolve().parents[2] / "schemas").glob("*.toml"))


def load(path: Path) -> Schema:
    """Return the schema of a file."""
    return parse_schema(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda p: p.stem)
def test_every_label_is_explained_and_shown(path: Path) -> None:
    """Each label has a description, an example and a counter-example, and no example is both."""
    for label in load(path).labels:
        assert label.description, label.name
        assert {e.wrong for e in label.examples} == {True, False}, label.name
        for example in label.examples:
            assert bool(example.marked) != example.wrong, example.text
            marked = [example.text[a:b] for a, b in example.marked]
            assert marked == [m.strip() for m in marked]


def test_the_news_labels_have_the_keys_of_the_left_hand() -> None:
    """The default schema has four labels on a, s, d and f; claims alone stay out of the flat view."""
    labels = load(SCHEMAS[0].with_name("news.toml")).labels
    assert [(x.name, x.key) for x in labels] == [("PERSON", "a"), ("VENUE", "s"), ("COUNT", "d"), ("CLAIM", "f")]
    assert [x.name for x in labels if x.target == "spans"] == ["CLAIM"]


def test_a_schema_may_have_more_labels_than_keys() -> None:
    """The court schema has labels beyond the keyed ones, so that the menu key is needed."""
    labels = load(SCHEMAS[0].with_name("court.toml")).labels
    assert sum(bool(x.key) for x in labels) == MAX_LABEL_KEYS < len(labels)
