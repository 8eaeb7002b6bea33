"""Suggestions by a trained spaCy pipeline that the user names; spaCy is loaded then, not before."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from annotator.core.article import Sentence
from annotator.core.errors import AnnotatorError
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, character_range, sorted_suggestions
from annotator.core.tokens import TokenRange, is_aligned, token_range
from annotator.language import ArticleContext, span_candidates
from annotator.language.span_kinds import first_label_named, label_for_kind
from annotator.suggest.pipeline_components import declared_attributes, finds_no_spans, unneeded_components
from annotator.suggest.pipeline_request import ENTS, SPANS, PipelineRequest, source_name
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

_BATCH_SIZE = 64
"""How many sentences the pipeline has at a time."""
_NO_LABEL = "(no label)"
_PIPELINE_FOLDERS = ("model", "model-best", "model-last")
"""Where a training leaves its pipelines: ``annotator train`` the first, ``spacy train`` the others."""


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
    request: PipelineRequest
    context: Callable[[str], ArticleContext] = empty_context
    unmapped: Counter[str] = field(default_factory=Counter)
    misaligned: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    """The keys of the groups of spans that the Docs had; it grows."""
    with_ents: list[bool] = field(default_factory=lambda: [False])
    """Whether a Doc had entities."""

    def suggest(self, sentence: Sentence) -> tuple[Suggestion, ...]:
        """Return what the pipeline finds in the sentence's stored tokens, in reading order."""
        return next(self.suggest_all([sentence]))

    def suggest_all(self, sentences: Iterable[Sentence]) -> Iterator[tuple[Suggestion, ...]]:
        """Yield the same for many sentences, in batches; in their order.

        The Docs are made of the stored tokens, so that no entity can be misaligned. Raises PipelineError where a
        component fails.
        """
        pairs = ((_make_doc(self.nlp, s), s) for s in sentences)
        for doc, sentence in self._run(pairs):
            self.groups.update(doc.spans)
            self.with_ents[0] |= bool(doc.ents)
            yield sorted_suggestions(_without_estimates(self._labelled(sentence, pipeline_spans(doc, self.request))))

    def _run(self, pairs: Iterable[tuple[Doc, Sentence]]) -> Iterator[tuple[Doc, Sentence]]:
        try:
            yield from self.nlp.pipe(pairs, as_tuples=True, batch_size=_BATCH_SIZE)
        except AnnotatorError:
            raise
        except Exception as error:  # whatever somebody else's component raises
            what = f"the spaCy pipeline {self.request.model!r} fails ({type(error).__name__}: {_first_line(error)})"
            raise PipelineError(
                what, do="run it on one sentence in Python; nothing of the corpus is changed"
            ) from error

    def check_taken(self) -> None:
        """Raise PipelineError where no Doc had what was to be taken and no component declares that it sets it."""
        declared = declared_attributes(self.nlp)
        there = [*([ENTS] if self.with_ents[0] else []), *(f"spans:{key}" for key in sorted(self.groups))]
        possible = {*there, *([ENTS] if "doc.ents" in declared else [])}
        if self.groups or "doc.spans" in declared:
            possible.add(SPANS)
        missing = [word for word in self.request.take or (ENTS, SPANS) if word not in possible]
        if missing and (self.request.take or not possible):
            names = ", ".join(self.nlp.pipe_names)
            what = f"the spaCy pipeline {self.request.model!r} ({names}) sets no {' and no '.join(missing)}"
            do = f"take {', '.join(there)}" if there else "use one whose component sets doc.ents or doc.spans"
            raise PipelineError(what, do=do)

    def _labelled(self, s: Sentence, spans: Iterable[PipelineSpan]) -> Iterator[Suggestion]:
        for span in spans:
            label = self._label(span.label)
            if label is None:
                self.unmapped[span.label] += 1
            elif not label:
                continue
            elif not (span.start < span.end and is_aligned(s.tokens, span.start, span.end)):
                self.misaligned.append(f"{s.id}:{span.start}-{span.end}:{span.label}")
            else:
                yield self._suggestion(s, span, label)

    def _label(self, given: str) -> str | None:
        """Return the schema's label for a pipeline's; empty for one that the user leaves out, None for an unknown."""
        labels = self.request.labels
        return labels[given] if given in labels else schema_label(self.schema, given)

    def _suggestion(self, s: Sentence, span: PipelineSpan, label: str) -> Suggestion:
        start, end, score = span.start, span.end, span.score
        kind = next((k for k in SCORES_BY_KIND if label_for_kind(self.schema, k) == label), "")
        own = span.label.upper() == label.upper() and span.label.upper() not in KINDS_BY_ENTITY_LABEL
        if kind == "number" and not own:
            start, end = self._number_with_noun(s, token_range(s.tokens, start, end))
        guess = SCORES_BY_KIND.get("" if own else kind, SCHEMA_LABEL_SCORE)
        estimated = score is None
        return Suggestion(
            start, end, label, self.name, guess if score is None else score, plain_kind(span.label), estimated
        )

    def _number_with_noun(self, s: Sentence, number: TokenRange) -> tuple[int, int]:
        """Return the code points of a number with what it counts, as the rules read it around ``number``."""
        numbers = (r for r in span_candidates(s.tokens, self.context(s.article)) if r.kind == "number")
        around = [r for r in numbers if r.first < number[1] and number[0] < r.last]
        best = max(around, key=lambda r: (r.score, r.last - r.first), default=None)
        return character_range(s, (best.first, best.last) if best else number)


def load_pipeline(
    request: PipelineRequest, schema: Schema, context: Callable[[str], ArticleContext] = empty_context
) -> PipelineSuggester:
    """Load a pipeline by the name of an installed package or by its folder, without the components it can spare.

    Call it only where the user names the pipeline: loading a pipeline runs code that it brings.
    Raises UsageError for a request that makes no sense, PipelineError where spaCy or the pipeline is missing or
    finds no spans.
    """
    request.check(schema)
    model = request.model
    try:
        import spacy
    except ImportError as error:
        raise PipelineError("spaCy is not installed", do="run pip install spacy") from error
    try:
        nlp = spacy.load(model)
    except (OSError, ValueError, ImportError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        why = _first_line(error).split(". ")[0]
        what = f"the spaCy pipeline {model!r} cannot be loaded ({why})"
        raise PipelineError(what, do=_load_advice(model, why)) from error
    if finds_no_spans(nlp):
        components = ", ".join(nlp.pipe_names) or "there are none"
        what = (
            f"the spaCy pipeline {model!r} finds no spans: its components ({components}) set no doc.ents or doc.spans"
        )
        raise PipelineError(what, do="name one with ner, spancat or another component that sets them")
    spare = unneeded_components(nlp, ents=request.takes_ents, groups=request.takes_groups)
    if spare:
        nlp.select_pipes(disable=spare)
    return PipelineSuggester(nlp, schema, request.name or source_name(model, nlp.meta), request, context)


def _first_line(error: Exception) -> str:
    return " ".join(str(error).strip().split("\n")[0].split())[:120]


def training_paths(nlp: Language) -> tuple[str, ...]:
    """Return the files or folders that a pipeline was trained on, as its metadata (`annotator train`) or config names.

    Empty where they name none.
    """
    with suppress(Exception):  # somebody else's metadata
        return tuple(str(row["train"]) for row in nlp.meta["annotator"]["trained"])
    with suppress(Exception):  # a variable that nothing is known of
        return tuple(filter(None, [str(nlp.config.interpolate()["paths"]["train"] or "")]))
    return ()


def schema_label(schema: Schema, label: str) -> str | None:
    """Return the schema's label for a pipeline's: of the same name, else the one that takes it.

    A schema without `takes` is mapped by the kind of a label's name.
    """
    known = first_label_named(schema, [label.upper()]) or schema.label_taking(label)
    if known or schema.has_label_mapping:
        return known
    return label_for_kind(schema, KINDS_BY_ENTITY_LABEL.get(label.upper(), ""))


def _make_doc(nlp: Language, sentence: Sentence) -> Doc:
    from spacy.tokens import Doc

    tokens = sentence.tokens
    starts: list[bool | int | None] = [
        n == 0 for n in range(len(tokens))
    ]  # one sentence: no component cuts it, and so none of its entities
    return Doc(nlp.vocab, words=[t.text for t in tokens], spaces=[t.ws for t in tokens], sent_starts=starts)


def pipeline_spans(doc: Doc, request: PipelineRequest) -> Iterator[PipelineSpan]:
    """Yield the entities of a Doc and the spans of its groups, these with their scores if they have any.

    A span without a label has the key of its group as its label.
    """
    if request.takes_ents:
        for span in doc.ents:
            yield PipelineSpan(span.start_char, span.end_char, span.label_ or _NO_LABEL)
    for key in filter(request.takes_group, sorted(doc.spans)):
        group = doc.spans[key]
        scores = group.attrs.get("scores")
        each = [None] * len(group) if scores is None or len(scores) != len(group) else map(_probability, scores)
        for span, score in zip(group, each, strict=True):
            yield PipelineSpan(span.start_char, span.end_char, span.label_ or key, score)


def _probability(score: Any) -> float | None:
    """Return a score of a group of spans; None for what is no probability, such as a logit."""
    try:
        number = float(score)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number <= 1 else None


def _without_estimates(found: Iterable[Suggestion]) -> Iterator[Suggestion]:
    """Yield the suggestions but those with a guessed score that come with a score of their own too."""
    every = list(found)
    scored = {(s.start, s.end, s.label) for s in every if not s.estimated}
    return (s for s in every if not s.estimated or (s.start, s.end, s.label) not in scored)


def _load_advice(model: str, why: str) -> str:
    if "[E002]" in why:  # a factory that nobody has registered
        return "install the package that brings this component, or import its code where Python starts"
    inner = (Path(model) / name for name in _PIPELINE_FOLDERS)
    if found := next((path for path in inner if (path / "meta.json").is_file()), None):
        return f"the pipeline is in a folder of it: --model {shlex.quote(found.as_posix())}"
    if "/" in model or "\\" in model or Path(model).is_dir():
        return "check the folder; it must hold a config.cfg as `spacy train` writes it"
    return f"install it with python -m spacy download {model}, or give the folder of a trained one"
