"""Which layer of a WebAnno or UIMA export gives the spans, and which of its features the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from annotator.core.errors import SourceError

_WORDY = (".lexmorph.", ".segmentation.", ".syntax.", ".morph.", ".pdf.", ".metadata.", "uima.tcas.")
"""Packages whose layers say something of every word, or of the page or the whole document."""
_LABELS = ("value", "label", "type", "category", "class")


@dataclass(slots=True)
class Layers:
    """The span layers of an export: how many spans each has, and how often each feature has a value."""

    counts: Counter[str] = field(default_factory=Counter)
    filled: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, layer: str, features: Sequence[str]) -> None:
        """Take in a layer; its features in their order."""
        self.filled.setdefault(layer, Counter()).update(dict.fromkeys(features, 0))

    def see(self, layer: str, values: Mapping[str, str]) -> None:
        """Take in a span of a layer."""
        self.counts[layer] += 1
        self.filled.setdefault(layer, Counter()).update(values.keys())

    def choose(self, wanted: str, where: str) -> tuple[str, str]:
        """Return the names of the layer and of its feature; empty where there is no layer.

        ``wanted`` is a layer's name, with or without its package; without it the layer with most
        spans is taken, but none of words. Raises SourceError where the wanted one isn't there.
        """
        names = [n for n in self.filled if (wanted in {n, short(n)} if wanted else not is_wordy(n))]
        if wanted and not names:
            there = ", ".join(sorted(self.filled)) or "none"
            raise SourceError(f"it has no span layer {wanted!r}", where=where, do=f"name one of: {there}")
        if not names:
            return "", ""
        best = max(names, key=lambda n: self.counts[n])
        return best, _feature(self.filled[best])


def _feature(filled: Counter[str]) -> str:
    """Return the feature that holds the labels: one called so if it has values, else the fullest."""
    named = next((f for f in _LABELS if filled[f]), "")
    fullest = max(filled, key=lambda f: filled[f], default="")
    return named or (fullest if filled[fullest] else "")


def is_wordy(layer: str) -> bool:
    """Whether a layer says something of every word or of the document, not of spans."""
    return any(w in f"{layer}." for w in _WORDY)


def short(layer: str) -> str:
    """Return a layer's name without its package."""
    return layer.rpartition(".")[2]


def note(layer: str, feature: str) -> str:
    """Return what the report says of the choice."""
    if not layer:
        return "it has no span layer"
    return f"spans are the layer {layer}" + (f", labels its feature {feature}" if feature else "")
