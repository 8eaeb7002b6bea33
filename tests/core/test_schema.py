"""The label schema: what its rules allow, and what is wrong with a file that can't be used."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from annotator.core.errors import SchemaError
from annotator.core.schema import LABEL_COLOURS, Label, Schema, parse_schema
from annotator.core.spans import Span


def _schema(**rules: dict[str, list[str]]) -> Schema:
    labels = [{"name": x, **rules.get(x, {})} for x in ("A", "B")]
    return parse_schema({"label": labels}, "s.toml")


@pytest.mark.parametrize(("way", "allowed"), [("A in B", True), ("B in A", False)])
def test_inside_is_asked_of_the_inner_span(way: str, allowed: bool) -> None:
    """`inside` says what a label may lie in, whichever of the two came first."""
    schema = _schema(A={"inside": ["B"]})
    inner, outer = Span(2, 3, way[0]), Span(0, 9, way[-1])
    for new, old in ((inner, outer), (outer, inner)):
        assert (schema.find_violation(new, [old]) is None) == allowed


def test_spans_of_one_range_may_lie_either_way() -> None:
    """Two labels on exactly one range are allowed where either may lie in the other."""
    pairs = list(itertools.permutations((Span(0, 3, "A"), Span(0, 3, "B"))))
    for rules in ({"A": {"inside": ["B"]}}, {"B": {"inside": ["A"]}}):
        assert all(_schema(**rules).find_violation(new, [old]) is None for new, old in pairs)
    assert all(_schema().find_violation(new, [old]) is not None for new, old in pairs)


@pytest.mark.parametrize("who", ["A", "B"])
def test_overlaps_counts_in_both_directions(who: str) -> None:
    """Two labels may cross where one of them names the other; `inside` doesn't help."""
    one, other = Span(0, 4, "A"), Span(2, 6, "B")
    schema = _schema(**{who: {"overlaps": ["B" if who == "A" else "A"]}})
    assert schema.find_violation(one, [other]) is None
    assert schema.find_violation(other, [one]) is None
    inside = _schema(A={"inside": ["B"]}, B={"inside": ["A"]})
    broken = inside.find_violation(one, [other])
    assert broken is not None
    assert broken.rule == "overlaps"


def test_spans_that_do_not_touch_break_nothing() -> None:
    """Neighbours without a shared code point are nobody's business."""
    assert _schema().find_violation(Span(0, 3, "A"), [Span(3, 5, "A"), Span(7, 9, "B")]) is None


def test_a_label_that_the_schema_lacks_is_not_judged() -> None:
    """Spans of an older schema stay and don't block new ones that lie round them."""
    schema = _schema()
    assert schema.find_violation(Span(0, 9, "A"), [Span(2, 3, "GONE")]) is None


def test_keys_and_digits_stand_for_labels() -> None:
    """A digit counts from 1, an unknown key stands for nothing, no key is not a key."""
    schema = parse_schema({"label": [{"name": "A", "key": "x"}, {"name": "B"}]}, "s")
    assert [schema.by_key(k) for k in ("x", "1", "2")] == [schema.labels[0], schema.labels[0], schema.labels[1]]
    assert [schema.by_key(k) for k in ("y", "0", "3", "")] == [None] * 4
    assert schema.keys == {"x"}


def test_short_names_are_unique() -> None:
    """Names that begin alike get different short names, as far as three letters go."""
    names = ["PERSON", "PERIOD", "PERCENT", "PE", "X-RAY", "人物", "…"]
    schema = parse_schema({"label": [{"name": n} for n in names]}, "s")
    shorts = [schema.short_name(n) for n in names]
    assert len(set(shorts)) == len(shorts)
    assert all(1 <= len(s) <= 3 for s in shorts)
    assert shorts[0] == "PER"


@pytest.mark.parametrize(
    "names",
    [
        "PERSON_LEGAL:LEG PERSON_NATURAL:NAT PERSON:PER",
        "PERSON_LEGAL:LEA LEG:LEG PERSON_NATURAL:NAT",
        "TIME_OF_ACT:ACT TIME_OF_DEATH:DEA PLACE:PLA",
        "PersonLegal:LEG PersonNatural:NAT",
        "ACT_1:AC1 ACT_2:AC2",
        "LEGAL_PERSON:LEG NATURAL_PERSON:NAT",
    ],
)
def test_short_names_are_made_from_what_differs(names: str) -> None:
    """Names that begin with the same words are told apart by the words that follow."""
    wanted = dict(x.split(":") for x in names.split())
    schema = parse_schema({"label": [{"name": n} for n in wanted]}, "s")
    assert {n: schema.short_name(n) for n in wanted} == wanted


def test_marks_become_ranges_of_the_plain_text() -> None:
    """An example's marks are taken out and kept as ranges in code points."""
    tables = [{"text": "🛶 [[Pia]] met [[Ilka Moran]].", "note": "n"}, {"text": "[[]] [x]", "wrong": True}]
    label = parse_schema({"label": [{"name": "A", "examples": tables}]}, "s").labels[0]
    first, second = label.examples
    assert first.text == "🛶 Pia met Ilka Moran."
    assert [first.text[a:b] for a, b in first.marked] == ["Pia", "Ilka Moran"]
    assert (second.text, second.marked, second.wrong) == ("[[]] [x]", (), True)


def test_a_schema_without_colours_or_keys_gets_the_colours_in_turn() -> None:
    """What is left out has a default: the next colour, no key in the schema itself, the span group."""
    names = [f"L{n}" for n in range(len(LABEL_COLOURS) + 1)]
    labels = parse_schema({"label": [{"name": n} for n in names]}, "s").labels
    assert [x.colour for x in labels] == [*LABEL_COLOURS, LABEL_COLOURS[0]]
    assert labels[0] == Label("L0", "", "blue")


def _one(**fields: Any) -> dict[str, Any]:
    return {"label": [{"name": "A", **fields}]}


NAME = "s.toml: label 1: the label has no usable `name`; give it a name without blanks or control characters"
BAD: dict[str, tuple[Any, str]] = {
    "no label": ({}, "s.toml: the schema has no [[label]]; add at least one label"),
    "a table": ({"label": {"name": "A"}}, "s.toml: the schema has no [[label]]; add at least one label"),
    "no table": ({"label": ["A"]}, "s.toml: label 1: a label must be a table; write it as [[label]]"),
    "no name": ({"label": [{"key": "a"}]}, NAME),
    "empty name": ({"label": [{"name": ""}]}, NAME),
    "name with a blank": ({"label": [{"name": "A B"}]}, NAME),
    "name with an escape": ({"label": [{"name": "A\x1b[2J"}]}, NAME),
    "name with a C1 control": ({"label": [{"name": "A\x9b2J"}]}, NAME),
    "name that turns the line": ({"label": [{"name": "A\u202eB"}]}, NAME),
    "long key": (_one(key="ab"), "s.toml: label A: `key` must be one small letter, not 'ab'; use a letter from a to z"),
    "big key": (_one(key="B"), "s.toml: label A: `key` must be one small letter, not 'B'; use a letter from a to z"),
    "number as key": (_one(key=0), "s.toml: label A: `key` must be one small letter, not 0; use a letter from a to z"),
    "unknown colour": (
        _one(colour="puce"),
        "s.toml: label A: there is no colour 'puce'; use one of " + ", ".join(LABEL_COLOURS),
    ),
    "unknown target": (_one(target="ent"), 's.toml: label A: `target` is \'ent\'; use "ents" or "spans"'),
    "rule that is no list": (
        _one(inside="B"),
        's.toml: label A: `inside` must be a list of label names; write inside = ["CLAIM"]',
    ),
    "rule with an unknown label": (
        _one(overlaps=["A", "B"]),
        "s.toml: label A: `overlaps` names an unknown label 'B'; use one of A",
    ),
    "example without text": (
        _one(examples=[{"note": "x"}]),
        's.toml: label A: an example has no `text`; write { text = "talks in [[Abu Dhabi]]" }',
    ),
    "examples that are no list": (
        _one(examples=5),
        's.toml: label A: `examples` must be a list; write examples = [{ text = "talks in [[Abu Dhabi]]" }]',
    ),
    "one name twice": (
        {"label": [{"name": "A"}, {"name": "A"}]},
        "s.toml: two labels are called A; rename one of them",
    ),
    "one key twice": (
        {"label": [{"name": x, "key": k} for x, k in zip("ABCD", "zyyz", strict=True)]},
        "s.toml: B and C have the key 'y'; give each its own",
    ),
    "nine keys": (
        {"label": [{"name": x.upper(), "key": x} for x in "abcdefghi"]},
        "s.toml: 9 labels have a key; leave `key` out of all but 8; the menu key reaches the others",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_schema_that_cannot_be_used_says_where_and_what_to_do(case: str) -> None:
    """Each mistake in a schema file names the label and the cure, the same in every run."""
    data, says = BAD[case]
    with pytest.raises(SchemaError) as caught:
        parse_schema(data, "s.toml")
    assert str(caught.value) == says


def test_a_label_takes_what_others_call_it() -> None:
    """Capitals don't matter; without any `takes` the schema maps nothing itself."""
    schema = parse_schema({"label": [{"name": "PLACE", "takes": ["GPE", "loc"]}, {"name": "WHO"}]}, "s.toml")
    assert [schema.label_taking(x) for x in ("gpe", "LOC", "PERSON")] == ["PLACE", "PLACE", None]
    assert schema.has_label_mapping
    assert not parse_schema({"label": [{"name": "PLACE"}]}, "s.toml").has_label_mapping


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            [{"name": "A", "takes": ["GPE"]}, {"name": "B", "takes": ["gpe"]}],
            "s.toml: label B: A and B both take GPE; leave it in one",
        ),
        (
            [{"name": "A", "takes": ["B"]}, {"name": "B"}],
            "s.toml: label A: `takes` names B, which is a label itself; leave it out",
        ),
        (
            [{"name": "A", "takes": "GPE"}],
            's.toml: label A: `takes` must be a list of label names; write takes = ["CLAIM"]',
        ),
    ],
)
def test_a_contradictory_map_is_refused(labels: list[dict[str, object]], message: str) -> None:
    """One thing has one label, and a label's own name is its own."""
    with pytest.raises(SchemaError) as caught:
        parse_schema({"label": labels}, "s.toml")
    assert str(caught.value) == message
