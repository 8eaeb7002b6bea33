"""Several schemas as one."""

from __future__ import annotations

import re

from annotator.storage.schema_editing import unite_schemas
from annotator.storage.schemas import parse_schema_text
from tests import builders

SMALL = """# Our own.
name = "small"
[[label]]
name = "PERSON"
key = "p"
description = "The name of an individual,   the name only."
target = "ents"
inside = ["QUOTE"]
takes = ["PER"]
examples = [{ text = "Mayor [[Ilka Moran]] nodded." }, { text = "[[Pell]] left." }]
[[label]]
name = "QUOTE"
key = "q"
"""


def test_schemas_that_agree_are_left_byte_by_byte() -> None:
    """The first schema's text, comments and all, stays where nothing is added."""
    union = unite_schemas([("a", SMALL), ("b", SMALL.replace('key = "p"', 'key = "x"'))])
    assert (union.text, union.added, union.widened, union.clashes) == (SMALL, [], [], [])


def test_what_only_one_has_is_added() -> None:
    """Labels, rules and examples come together; keys stay the first schema's; the text is a schema again."""
    union = unite_schemas([("a", SMALL), ("b", builders.NEWS)])
    assert union.added == ["VENUE", "COUNT", "CLAIM"]
    assert union.widened == ["PERSON: inside CLAIM", "PERSON: 1 more example"]
    assert not union.clashes
    assert union.text.startswith("# Our own.\n")
    schema = parse_schema_text(union.text, "union")
    assert [x.name for x in schema.labels] == ["PERSON", "QUOTE", "VENUE", "COUNT", "CLAIM"]
    person = schema.labels[0]
    assert (person.key, person.inside, len(person.examples)) == ("p", ("QUOTE", "CLAIM"), 3)
    again = unite_schemas([("union", union.text), ("b", builders.NEWS)])
    assert (again.text, again.added, again.widened) == (union.text, [], [])


def test_contradictions_are_listed_with_the_file() -> None:
    """Another description or target, or other marks in an example, is for a person to decide."""
    other = (
        SMALL.replace("the name only", "title and all")
        .replace('"ents"', '"spans"')
        .replace("[[Pell]] left", "[[Pell left]]")
        .replace("Mayor [[Ilka Moran]]", "[[Mayor Ilka Moran]]")
    )
    assert unite_schemas([("a", SMALL), ("b", other)]).clashes == [
        "b: PERSON has another target (spans, not ents)",
        "b: PERSON has another description",
        "b: PERSON has other marks in the example “Mayor Ilka Moran nodded.”",
        "b: PERSON has other marks in the example “Pell left.”",
    ]


def test_what_a_label_takes_belongs_to_one_label() -> None:
    """What a label before takes, or what is a label's own name, is taken out of `takes` and listed."""
    human = SMALL.replace('name = "PERSON"', 'name = "HUMAN"').replace('["PER"]', '["per", "MAN"]')
    assert unite_schemas([("a", SMALL), ("b", human)]).left_out == ["HUMAN: takes per"]
    per = SMALL.replace('name = "PERSON"', 'name = "PER"').replace("takes", "# ")
    union = unite_schemas([("a", SMALL), ("b", per)])
    assert (union.added, union.left_out) == (["PER"], ["PERSON: takes PER"])
    assert [x.takes for x in parse_schema_text(union.text, "union").labels] == [(), (), ()]


def test_what_is_taken_away_again_is_not_reported_as_widened() -> None:
    """A name that is a label of its own cannot be what another label takes: that is listed as left, alone."""
    first = '[[label]]\nname = "PERSON"\n[[label]]\nname = "PER"\n'
    union = unite_schemas([("a", first), ("b", '[[label]]\nname = "PERSON"\ntakes = ["PER"]\n')])
    assert (union.widened, union.left_out) == ([], ["PERSON: takes PER"])


def test_a_label_without_examples_takes_over_the_others() -> None:
    """All of them, marks and notes as they are; the text is a schema again."""
    bare = re.sub(r"examples = \[.*?^\]\n", "", builders.NEWS, flags=re.DOTALL | re.MULTILINE)
    assert not parse_schema_text(bare, "bare").labels[0].examples
    union = unite_schemas([("a", bare), ("b", builders.NEWS)])
    person = parse_schema_text(union.text, "union").labels[0]
    assert person.examples == builders.news_schema().labels[0].examples
    assert "PERSON: 2 more examples" in union.widened
