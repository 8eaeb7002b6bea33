"""Suggestions by a trained spaCy pipeline that the user names; spaCy is loaded then, not before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.core.article import Sentence
from annotator.core.errors import AnnotatorError
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, in_order
from annotator.core.tokens import is_aligned
from annotator.suggest.labels import first_of, label_for

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

KINDS: Mapping[str, str] = {
    "PERSON": "person", "PER": "person",
    "GPE": "place", "LOC": "place", "FAC": "place",
    "CARDINAL": "number", "PERCENT": "number", "QUANTITY": "number",
    "ORG": "organisation",
}  # fmt: skip
"""What the entity labels of spaCy's own pipelines stand for."""

SPAN_SCORE = 0.5
"""spaCy's entity recogniser gives no probability."""


class PipelineError(AnnotatorError):
    """A spaCy pipeline that cannot be loaded or has nothing to suggest."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The entities and span groups that a loaded pipeline finds, under labels of the schema."""

    nlp: Language = field(repr=False)
    schema: Schema
    name: str

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return what the pipeline finds in the sentence's stored tokens, in reading order."""
        return in_order(self._found(sentence))

    def _found(self, sentence: Sentence) -> Iterator[Suggestion]:
        for start, end, given in _spans(self.nlp(_doc(self.nlp, sentence))):
            label = label_in(self.schema, given)
            if label and is_aligned(sentence.tokens, start, end):
                yield Suggestion(start, end, label, self.name, SPAN_SCORE, given)


def load(model: str, schema: Schema) -> Pipeline:
    """Load a pipeline by the name of an installed package or by its folder.

    Call it on the user's explicit word alone: loading a pipeline runs code that it brings.
    Raises PipelineError where spaCy or the pipeline is missing or finds no spans.
    """
    try:
        import spacy
    except ImportError as error:
        raise PipelineError("spaCy is not installed", do="run pip install spacy") from error
    try:
        nlp = spacy.load(model)
    except (OSError, ValueError, ImportError) as error:
        raise PipelineError(
            f"the spaCy pipeline {model!r} cannot be loaded", where=_reason(error), do=_remedy(model)
        ) from error
    if not {"ner", "spancat", "spancat_singlelabel", "entity_ruler", "span_ruler"} & set(nlp.pipe_names):
        raise PipelineError(f"the spaCy pipeline {model!r} finds no spans", do="name one with ner or spancat")
    return Pipeline(nlp, schema, source_name(model))


def label_in(schema: Schema, given: str) -> str | None:
    """Return the schema's label for a pipeline's: of the same name, else for the kind it stands for."""
    return first_of(schema, [given.upper()]) or label_for(schema, KINDS.get(given.upper(), ""))


def source_name(model: str) -> str:
    """Return the source that its suggestions bear: the model's last folder, in plain characters."""
    last = model.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"[^a-z0-9._-]+", "-", last.lower()).strip(".-")[:64] or "pipeline"


def _doc(nlp: Language, sentence: Sentence) -> Doc:
    """Return the sentence as a Doc of its stored tokens, so that no span can be misaligned."""
    from spacy.tokens import Doc

    tokens = sentence.tokens
    return Doc(nlp.vocab, words=[t.text for t in tokens], spaces=[t.ws for t in tokens])


def _spans(doc: Doc) -> Iterator[tuple[int, int, str]]:
    for span in doc.ents:
        yield span.start_char, span.end_char, span.label_
    for key in sorted(doc.spans):
        for span in doc.spans[key]:
            yield span.start_char, span.end_char, span.label_


def _reason(error: Exception) -> str:
    return str(error).split(". ")[0].split("\n")[0][:120]


def _remedy(model: str) -> str:
    if "/" in model or "\\" in model:
        return "check the folder; it must hold a config.cfg as `spacy train` writes it"
    return f"install it with python -m spacy download {model}, or give the folder of a trained one"
