"""A schema as plain values, and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.core.pluralize import pluralize
from annotator.core.schema import Example, Schema


def schema_as_dict(schema: Schema) -> dict[str, Any]:
    """Return a schema as plain values."""
    labels = [
        {
            "name": x.name,
            "key": x.key,
            "colour": x.colour,
            "target": x.target,
            "description": x.description,
            "inside": list(x.inside),
            "overlaps": list(x.overlaps),
            "takes": list(x.takes),
            "excludes": list(x.excludes),
            "examples": [
                {"text": e.text, "marked": [list(m) for m in e.marked], "wrong": e.wrong, "note": e.note}
                for e in x.examples
            ],
        }
        for x in schema.labels
    ]
    return {"name": schema.name, "version": schema.version, "labels": labels}


def schema_lines(schema: Schema) -> Iterator[str]:
    """Yield a schema for people: each label with key, colour and rules, and its guideline."""
    yield f"{schema.name}, version {schema.version}: {pluralize(len(schema.labels), 'label')}"
    wide = max(len(x.name) for x in schema.labels)
    for label in schema.labels:
        yield ""
        yield f"{label.key or '-'}  {label.name.ljust(wide)}  {label.colour}, {label.target}"
        rules = (
            ("inside", label.inside),
            ("overlaps", label.overlaps),
            ("takes", label.takes),
            ("excludes", label.excludes),
        )
        yield from (f"   {rule}: {', '.join(values)}" for rule, values in rules if values)
        yield from (f"   {line}" for line in label.description.splitlines() if line.strip())
        yield from (f"   {_example_line(e)}" for e in label.examples)


def _example_line(example: Example) -> str:
    text, at = "", 0
    for start, end in example.marked:
        text, at = f"{text}{example.text[at:start]}[{example.text[start:end]}]", end
    note = f" ({example.note})" if example.note else ""
    return f"{'not' if example.wrong else 'as in'}: {text}{example.text[at:]}{note}"
