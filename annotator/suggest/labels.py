"""Which label of a schema a kind of thing stands for: data, told from the labels' names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from annotator.core.schema import Schema

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "number": ("COUNT", "COUNTS", "NUMBER", "NUMBERS", "QUANTITY", "CARDINAL", "FIGURE", "NUM"),
    "claim": ("CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "QUOTE", "QUOTATION", "SPEECH"),
    "quotation": ("QUOTE", "QUOTES", "QUOTATION", "CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "SPEECH"),
    "person": ("PERSON", "PERSONS", "PEOPLE", "PER", "INDIVIDUAL"),
    "place": ("VENUE", "VENUES", "PLACE", "PLACES", "LOCATION", "LOC", "GPE", "FAC"),
    "organisation": ("ORG", "ORGANISATION", "ORGANIZATION", "COMPANY"),
}
"""The names that a label for each kind may have, the best first."""


def label_for(schema: Schema, kind: str) -> str | None:
    """Return the schema's label for a kind of thing, or None where it has none."""
    return first_of(schema, SYNONYMS.get(kind, ()))


def first_of(schema: Schema, names: Iterable[str]) -> str | None:
    """Return the first label of the schema whose name, in capitals, is one of ``names`` in their order."""
    by_name = {x.name.upper(): x.name for x in reversed(schema.labels)}
    return next((by_name[n] for n in names if n in by_name), None)
