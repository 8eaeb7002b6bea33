"""Known-wrong spans: suggestions that an annotator has turned down, as spaCy's ner learns from them.

``ner`` reads the span group that its ``incorrect_spans_key`` names and makes a parse that holds one of
its spans cost something, even where the tokens are missing (https://spacy.io/api/entityrecognizer). It
raises an error for one that is an entity as well, so those are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from annotator.core.annotation import AnnotatedSentence
from annotator.core.schema import Schema
from annotator.core.tokens import TokenRange, is_aligned, token_range
from annotator.export.values import ExportItem

INCORRECT_SPANS_KEY = "incorrect_spans"
"""The name of the span group."""

IncorrectSpan = tuple[TokenRange, str]
"""Token indexes in the sentence, and the label that is wrong there."""


def incorrect_spans(items: Iterable[ExportItem], schema: Schema) -> Mapping[str, tuple[IncorrectSpan, ...]]:
    """Return, by sentence id, what anybody has turned down and nobody has labelled so.

    Labels that are no entities (``target = "spans"``) and spans off the token edges stay out.
    """
    flat = {x.name for x in schema.labels if x.target == "ents"}
    down: dict[str, dict[IncorrectSpan, None]] = {}
    kept: dict[str, set[IncorrectSpan]] = {}
    for item in items:
        work = item.annotated
        down.setdefault(work.sentence.id, {}).update(dict.fromkeys(_labelled_ranges(work, flat, rejected=True)))
        kept.setdefault(work.sentence.id, set()).update(_labelled_ranges(work, flat, rejected=False))
    left = {id_: tuple(w for w in sorted(found) if w not in kept[id_]) for id_, found in down.items()}
    return {id_: found for id_, found in left.items() if found}


def _labelled_ranges(annotated: AnnotatedSentence, entity_labels: set[str], *, rejected: bool) -> list[IncorrectSpan]:
    spans = annotated.annotation.rejected if rejected else annotated.annotation.spans
    tokens = annotated.sentence.tokens
    return [
        (token_range(tokens, s.start, s.end), s.label)
        for s in spans
        if s.label in entity_labels and is_aligned(tokens, s.start, s.end)
    ]
