"""The label of a schema for a kind of span: by the schema's own entry, else by the label's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from annotator.core.schema import Schema

LABEL_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "number": ("COUNT", "COUNTS", "NUMBER", "NUMBERS", "QUANTITY", "CARDINAL", "FIGURE", "NUM"),
    "claim": ("CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "QUOTE", "QUOTATION", "SPEECH"),
    "quotation": ("QUOTE", "QUOTES", "QUOTATION", "CLAIM", "CLAIMS", "STATEMENT", "CONTENT", "SPEECH"),
    "person": ("PERSON", "PERSONS", "PEOPLE", "PER", "INDIVIDUAL"),
    "place": ("VENUE", "VENUES", "PLACE", "PLACES", "LOCATION", "LOC", "GPE", "FAC"),
    "organisation": ("ORG", "ORGANISATION", "ORGANIZATION", "COMPANY"),
}
"""The names that a label for each kind may have, the best first."""


@lru_cache(maxsize=256)
def label_for_kind(schema: Schema, kind: str) -> str | None:
    """Return the schema's label for a kind of thing: one that takes it or has such a name, or takes one."""
    names = LABEL_SYNONYMS.get(kind, ())
    takers = (label for name in names if (label := schema.label_taking(name)))
    return schema.label_taking(kind) or first_label_named(schema, names) or next(takers, None)


def first_label_named(schema: Schema, names: Iterable[str]) -> str | None:
    """Return the first label of the schema whose name, in capitals, is one of ``names`` in their order."""
    by_name = {x.name.upper(): x.name for x in reversed(schema.labels)}
    return next((by_name[n] for n in names if n in by_name), None)
