"""Which layers of a WebAnno or UIMA export give the spans, and which of their features the labels.

A project has layers of many kinds. Those are taken whose values look like labels: few, short and
repeated. Layers of every word, and links, are only read if they are asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from annotator.core.errors import SourceError

_WORD_PACKAGES = (".lexmorph.", ".segmentation.", ".syntax.", ".morph.", ".pdf.", ".metadata.", "uima.tcas.")
"""Packages whose layers annotate every word, the page or the whole document."""
_LINK_PACKAGES = (".semantics.", ".coref.")
"""Packages whose layers mark what a relation or a chain holds together."""
_LABELS = ("value", "label", "type", "category", "class")
_WORD = r"[\w+&/'-]+(?:\.[\w+&/'-]+)*"
_LABEL = re.compile(rf"(?!(?:true|false)$|[\W\d_]){_WORD}(?: {_WORD}){{0,3}}", re.IGNORECASE)
_LONGEST = 40
"""The longest value that looks like a label."""
_FEW_VALUES = 20
"""This many different values may be labels, however seldom each of them is."""
_MAX_VALUES = 200
"""How many different values of a feature are looked at; one with more holds no labels."""


class LayerChoice(Struct, frozen=True):
    """The layers that give spans, each with the feature that holds its labels (empty: its own name)."""

    features: Mapping[str, str]
    others: tuple[str, ...] = ()
    """Layers with spans but no values that look like labels: listed in a note."""
    requested: bool = False
    """Whether the user named the layer, so that other layers are left out as asked."""
    feature_requested: bool = False
    """Whether the user named the feature too, so that other features are left out as asked."""


class LayerSurvey(Struct):
    """The span layers of an export: how many spans each has, and which values each feature has."""

    counts: Counter[str] = field(default_factory=Counter)
    feature_values: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    """By layer and feature, how often each value occurs."""

    def add_layer(self, layer: str, features: Sequence[str]) -> None:
        """Take in a layer; its features in their order."""
        known = self.feature_values.setdefault(layer, {})
        for feature in features:
            known.setdefault(feature, Counter())

    def add_annotation(self, layer: str, values: Mapping[str, str]) -> None:
        """Take in a span of a layer."""
        self.counts[layer] += 1
        self.add_layer(layer, list(values))
        for feature, value in values.items():
            found = self.feature_values[layer][feature]
            if value.strip() and (value in found or len(found) <= _MAX_VALUES):
                found[value] += 1

    def choose(self, wanted: str, where: str) -> LayerChoice:
        """Return what gives the spans; nothing where there is no layer of spans.

        ``wanted`` is a layer's name, with or without its package, and may name a feature behind a dot.
        Without it those layers are taken whose values look like labels, or, where there is none, the one
        with most spans, but for layers of words. Raises SourceError for a layer or feature that isn't there.
        """
        if wanted:
            return self._requested_choice(wanted, where)
        names = [n for n in self.feature_values if not is_word_layer(n)]
        values = {n: self.feature_values[n].get(self._label_feature(n), Counter()) for n in names}
        links = [n for n in names if any(w in f"{n}." for w in _LINK_PACKAGES)]
        alike = [n for n in names if n not in links and _are_labels(values[n])]
        most = [max(names, key=lambda n: self.counts[n])] if names else []
        taken = alike or most
        others = tuple(n for n in names if n not in taken and self.counts[n])
        return LayerChoice({n: self._label_feature(n) for n in taken}, others)

    def _requested_choice(self, wanted: str, where: str) -> LayerChoice:
        if name := self._full_name(wanted, where):
            return LayerChoice({name: self._label_feature(name)}, requested=True)
        layer, _, feature = wanted.rpartition(".")
        name = self._full_name(layer, where) if layer else ""
        if not name:
            features = {n: ", ".join(filter(None, self.feature_values[n])) for n in sorted(self.feature_values)}
            layers = (f"{n} ({self.counts[n]:,}{f': {names}' if names else ''})" for n, names in features.items())
            there = "; ".join(layers) or "none"
            raise SourceError(f"it has no span layer {wanted!r}", where=where, do=f"name one of: {there}")
        if feature not in self.feature_values[name]:
            there = ", ".join(f for f in self.feature_values[name] if f) or "none"
            what = f"the layer {name} has no feature {feature!r}"
            raise SourceError(what, where=where, do=f"name one of: {there}")
        return LayerChoice({name: feature}, requested=True, feature_requested=True)

    def _full_name(self, wanted: str, where: str) -> str:
        """Return the full name of a layer, empty where there is none."""
        if wanted in self.feature_values:
            return wanted
        found = [n for n in self.feature_values if short_layer_name(n) == wanted]
        if len(found) > 1:
            what = f"several layers are called {wanted}: {', '.join(sorted(found))}"
            raise SourceError(what, where=where, do="name one in full")
        return found[0] if found else ""

    def _label_feature(self, layer: str) -> str:
        """Return the feature that holds the labels: what looks like labels, or has such a name; empty for none.

        Of several that look like labels one with such a name goes first, then the fullest.
        """
        found = {f: c for f, c in self.feature_values[layer].items() if c}
        named = sorted((f for f in found if f.lower() in _LABELS), key=lambda f: _LABELS.index(f.lower()))
        others = sorted(found, key=lambda f: -found[f].total())
        alike = [f for f in (*named, *others) if _are_labels(found[f])]
        return next(iter((*alike, *named)), "")


def _are_labels(values: Counter[str]) -> bool:
    """Return True if the values of a feature look like labels."""
    if not values or len(values) > max(_FEW_VALUES, min(_MAX_VALUES, values.total() // 3)):
        return False
    return all(len(v) <= _LONGEST and _LABEL.fullmatch(v.strip()) for v in values)


def is_word_layer(layer: str) -> bool:
    """Return True if a layer annotates every word or the document, not spans."""
    return any(w in f"{layer}." for w in _WORD_PACKAGES)


def short_layer_name(layer: str) -> str:
    """Return a layer's name without its package."""
    return layer.rpartition(".")[2]


def layer_notes(choice: LayerChoice) -> Iterator[str]:
    """Yield the notes on the choice."""
    if not choice.features:
        yield "it has no span layer"
    for layer, feature in choice.features.items():
        yield f"spans are the layer {layer}" + (f", labels its feature {feature}" if feature else "")
    for layer in choice.others:
        yield f"the layer {layer} is not read: no values in it look like labels; --layer {layer} takes it"


def skipped_layer_note(layer: str, things: str = "") -> str:
    """Return the note on a layer that is not read, ``{n}`` in the place of how often.

    ``things`` is what no option takes, such as relations; empty for spans.
    """
    rest = f"{things} have no place here" if things else f"--layer {short_layer_name(layer)} takes it"
    return f"the layer {short_layer_name(layer)} is left out ({{n}} annotation{{s}}); {rest}"
