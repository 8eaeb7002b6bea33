"""A label as another tool defines it, and a set of them."""

from __future__ import annotations

from msgspec import Struct


class ForeignLabel(Struct, frozen=True):
    """A label of another tool's label set."""

    name: str
    """As the tool's exports write it."""
    key: str = ""
    """Its hotkey, as the file writes it."""
    colour: str = ""
    """Its colour, as CSS writes it."""
    description: str = ""


class LabelSet(Struct, frozen=True):
    """The labels of a file, in its order, doubles included."""

    kind: str
    """What the file is."""
    labels: tuple[ForeignLabel, ...]
    notes: tuple[str, ...] = ()
    """What was left out."""
    name: str = ""
    """The name that the file gives the set."""
