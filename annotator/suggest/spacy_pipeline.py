"""Suggestions by a trained spaCy pipeline that the user names; spaCy is loaded then, not before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from annotator.core.article import Sentence
from annotator.core.errors import AnnotatorError
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, character_range, sorted_suggestions
from annotator.core.tokens import TokenRange, is_aligned, token_range
from annotator.language import ArticleContext, span_candidates
from annotator.language.span_kinds import first_label_named, label_for_kind
from annotator.suggest.rules import RULES_SOURCE as RULES
from annotator.suggest.rules import empty_context, plain_kind

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

KINDS_BY_ENTITY_LABEL: Mapping[str, str] = {
    "PERSON": "person", "PER": "person",
    "GPE": "place", "LOC": "place", "FAC": "place",
    "CARDINAL": "number", "PERCENT": "number", "QUANTITY": "number",
    "ORG": "organisation",
}  # fmt: skip
"""The kinds of the entity labels of spaCy's own pipelines, for a schema without `takes`."""

SCORES_BY_KIND: Mapping[str, float] = {"person": 0.8, "place": 0.25, "number": 0.5}
"""The first guess at the share of each kind that annotators keep: spaCy's entity recogniser gives no
probability, and with a strict VENUE one place in four to five is right. The service learns the rest."""
SCHEMA_LABEL_SCORE = 0.6
"""The same for a pipeline that was trained on labels of the schema."""

_SPAN_COMPONENTS = {"ner", "beam_ner", "spancat", "spancat_singlelabel", "entity_ruler", "span_ruler"}
_BATCH_SIZE = 64
_RESERVED_SOURCES = {RULES, "history"}


class PipelineError(AnnotatorError):
    """A spaCy pipeline that cannot be loaded or has nothing to suggest."""


class PipelineSpan(Struct, frozen=True):
    """One thing that a pipeline has found, in code points, under the pipeline's own label."""

    start: int
    end: int
    label: str
    score: float | None = None


class PipelineSuggester(Struct, frozen=True):
    """The entities and span groups that a loaded pipeline finds, under labels of the schema.

    What has no label there is counted in ``unmapped``, what is off the token edges listed in
    ``misaligned`` (by the sentence's id and its place in it).
    """

    nlp: Language
    schema: Schema
    name: str
    context: Callable[[str], ArticleContext] = empty_context
    unmapped: Counter[str] = field(default_factory=Counter)
    misaligned: list[str] = field(default_factory=list)

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return what the pipeline finds in the sentence's stored tokens, in reading order."""
        return next(self.suggest_all([sentence]))

    def suggest_all(self, sentences: Iterable[Sentence]) -> Iterator[tuple[Suggestion, ...]]:
        """Yield the same for many sentences, in batches; in their order.

        The Docs are made of the stored tokens, so that no entity can be misaligned.
        """
        pairs = ((_make_doc(self.nlp, s), s) for s in sentences)
        for doc, sentence in self.nlp.pipe(pairs, as_tuples=True, batch_size=_BATCH_SIZE):
            yield sorted_suggestions(self._labelled(sentence, pipeline_spans(doc)))

    def _labelled(self, s: Sentence, spans: Iterable[PipelineSpan]) -> Iterator[Suggestion]:
        for span in spans:
            label = schema_label(self.schema, span.label)
            if label is None:
                self.unmapped[span.label] += 1
            elif not is_aligned(s.tokens, span.start, span.end):
                self.misaligned.append(f"{s.id}:{span.start}-{span.end}:{span.label}")
            else:
                yield self._suggestion(s, span, label)

    def _suggestion(self, s: Sentence, span: PipelineSpan, label: str) -> Suggestion:
        start, end, score = span.start, span.end, span.score
        kind = next((k for k in SCORES_BY_KIND if label_for_kind(self.schema, k) == label), "")
        own = span.label.upper() == label.upper() and span.label.upper() not in KINDS_BY_ENTITY_LABEL
        if kind == "number" and not own:
            start, end = self._number_with_noun(s, token_range(s.tokens, start, end))
        if score is None:
            score = SCORES_BY_KIND.get("" if own else kind, SCHEMA_LABEL_SCORE)
        return Suggestion(start, end, label, self.name, score, plain_kind(span.label))

    def _number_with_noun(self, s: Sentence, number: TokenRange) -> tuple[int, int]:
        """Return the code points of a number with what it counts, as the rules read it around ``number``."""
        numbers = (r for r in span_candidates(s.tokens, self.context(s.article)) if r.kind == "number")
        around = [r for r in numbers if r.first < number[1] and number[0] < r.last]
        best = max(around, key=lambda r: (r.score, r.last - r.first), default=None)
        return character_range(s, (best.first, best.last) if best else number)


def load_pipeline(
    model: str, schema: Schema, context: Callable[[str], ArticleContext] = empty_context
) -> PipelineSuggester:
    """Load a pipeline by the name of an installed package or by its folder.

    Call it only where the user names the pipeline: loading a pipeline runs code that it brings.
    Raises PipelineError where spaCy or the pipeline is missing or finds no spans.
    """
    try:
        import spacy
    except ImportError as error:
        raise PipelineError("spaCy is not installed", do="run pip install spacy") from error
    try:
        nlp = spacy.load(model)
    except (OSError, ValueError, ImportError) as error:
        why = str(error).split(". ")[0].split("\n")[0][:120]
        what = f"the spaCy pipeline {model!r} cannot be loaded ({why})"
        raise PipelineError(what, do=_load_advice(model)) from error
    if not _SPAN_COMPONENTS & set(nlp.pipe_names):
        raise PipelineError(f"the spaCy pipeline {model!r} finds no spans", do="name one with ner or spancat")
    return PipelineSuggester(nlp, schema, pipeline_source_name(model), context)


def schema_label(schema: Schema, label: str) -> str | None:
    """Return the schema's label for a pipeline's: of the same name, else the one that takes it.

    A schema without `takes` is mapped by the kind of a label's name.
    """
    known = first_label_named(schema, [label.upper()]) or schema.label_taking(label)
    if known or schema.has_label_mapping:
        return known
    return label_for_kind(schema, KINDS_BY_ENTITY_LABEL.get(label.upper(), ""))


def pipeline_source_name(model: str) -> str:
    """Return the source that its suggestions have: the model's last folder, in plain characters."""
    last = model.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    name = re.sub(r"[^a-z0-9._-]+", "-", last.lower()).strip(".-")[:56] or "pipeline"
    return f"{name}-model" if name in _RESERVED_SOURCES else name


def _make_doc(nlp: Language, sentence: Sentence) -> Doc:
    from spacy.tokens import Doc

    tokens = sentence.tokens
    return Doc(nlp.vocab, words=[t.text for t in tokens], spaces=[t.ws for t in tokens])


def pipeline_spans(doc: Doc) -> Iterator[PipelineSpan]:
    """Yield the entities of a Doc and the spans of its groups, these with their scores if they have any."""
    for span in doc.ents:
        yield PipelineSpan(span.start_char, span.end_char, span.label_)
    for key in sorted(doc.spans):
        group = doc.spans[key]
        scores = group.attrs.get("scores")
        each = [None] * len(group) if scores is None or len(scores) != len(group) else map(float, scores)
        for span, score in zip(group, each, strict=True):
            yield PipelineSpan(span.start_char, span.end_char, span.label_, score)


def _load_advice(model: str) -> str:
    if "/" in model or "\\" in model:
        return "check the folder; it must hold a config.cfg as `spacy train` writes it"
    return f"install it with python -m spacy download {model}, or give the folder of a trained one"
