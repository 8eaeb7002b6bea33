"""The last component of a pipeline that has several spancats: it puts their spans into one group.

Each spancat of such a pipeline has learned some labels from the Docs that cover them, and has a span group of its own.
spaCy finds the factory by the entry point ``spacy_factories``, so the pipeline needs Annotator where it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

FACTORY = "annotator_span_union"


@Language.factory(FACTORY, default_config={"keys": [], "into": "sc"})
def create_span_union(nlp: Language, name: str, keys: Sequence[str], into: str) -> Callable[[Doc], Doc]:  # noqa: ARG001
    """Return the component that moves the spans of the groups ``keys`` to the group ``into``, with their scores."""

    def unite(doc: Doc) -> Doc:
        found: list[tuple[Span, float]] = []
        for key in keys:
            group = doc.spans.pop(key, None)
            if group is not None:
                scores: Any = group.attrs.get("scores")
                found += zip(group, scores if scores is not None else [1.0] * len(group), strict=True)
        found.sort(key=lambda x: (x[0].start, -x[0].end, x[0].label_))
        doc.spans[into] = SpanGroup(doc, name=into, spans=[span for span, _ in found])
        doc.spans[into].attrs["scores"] = np.array([score for _, score in found], dtype="float32")
        return doc

    return unite
