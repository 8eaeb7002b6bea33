"""A suggestion, and what every source of suggestions offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log2
from typing import Protocol, TypeVar

from msgspec import Struct

from annotator.core.article import Sentence
from annotator.core.source_version import without_versions
from annotator.core.spans import Span
from annotator.core.tokens import TokenRange


class Suggestion(Struct, frozen=True):
    """A label that a source proposes for ``[start, end)`` in code points of the sentence's text."""

    start: int
    end: int
    label: str
    source: str
    """The name of the suggester; it stays with the span when the suggestion is taken."""
    score: float
    """Between 0 and 1; comparable within one source alone."""
    kind: str = ""
    """What made it: a candidate's kind, a pipeline's own label, "history"."""
    estimated: bool = False
    """Whether the score is a guess for all of its kind, because the source gives none."""


class LeftSuggestion(Struct, frozen=True, gc=False):
    """A suggestion that was drawn and open when its sentence was accepted; code points of the sentence's text."""

    start: int
    end: int
    label: str
    score: float
    source: str = ""
    """What the span has as its source where the suggestion is taken after all."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or not 0 <= self.score <= 1:
            raise ValueError(f"no suggestion: [{self.start}, {self.end}) with score {self.score}")

    @property
    def span(self) -> Span:
        """The span that taking (or turning down) it puts into the annotation."""
        return Span(self.start, self.end, self.label, self.source)


class Suggester(Protocol):
    """A source of suggestions.

    The contract: what is suggested for a sentence depends on the sentence and on what the source was
    created with, so the same input gives the same output. Spans are half-open ranges of code points of the
    sentence's text; those off its token edges are listed and left out. A label is one of the schema, or one
    that a label of the schema `takes`; others are counted and left out. Scores are between 0 and 1. A fault
    in the user's data is an AnnotatorError; any other exception is a fault of the source.

    A plug-in of the group ``annotator.suggesters`` refers to a module or object with a function
    ``create(schema)`` that returns a Suggester. Its suggestions have the name of the entry point as their
    source. An attribute ``fingerprint``, a text, decides when to make all suggestions again, beside the version
    of the distribution.
    """

    @property
    def name(self) -> str:
        """The name that its suggestions have as their source."""

    def suggest(self, sentence: Sentence) -> Iterable[Suggestion]:
        """Yield suggestions for a sentence in reading order, outer before inner."""


SuggestionT = TypeVar("SuggestionT", Suggestion, LeftSuggestion)


def sorted_suggestions(found: Iterable[SuggestionT]) -> tuple[SuggestionT, ...]:
    """Return suggestions in reading order, each range and label once (the best score stays)."""
    best: dict[tuple[int, int, str], SuggestionT] = {}
    for s in found:
        key = (s.start, s.end, s.label)
        if key not in best or s.score > best[key].score:
            best[key] = s
    return tuple(sorted(best.values(), key=lambda s: (s.start, -s.end, s.label)))


def character_range(sentence: Sentence, tokens: TokenRange) -> tuple[int, int]:
    """Return the code points that a range of tokens covers."""
    return sentence.tokens[tokens[0]].start, sentence.tokens[tokens[1] - 1].end


# Where an accepted span came from, as its ``source`` records.
#
# ``history/surname+rules/title~``: the sources joined by ``+``, each with what made it after ``/``;
# a final ``~`` means that the annotator has changed the span since. A model has its version after ``@``
# (``source_version.py``). The journal keeps it, so how often each source is taken, changed or turned down
# can be counted from the works alone.


MODIFIED_MARK = "~"
SuggestionOrigin = tuple[str, str]
"""The name of a source, and what made the suggestion in it (empty where it is not known)."""


def span_from_suggestion(suggestion: Suggestion) -> Span:
    """Return the span that taking (or turning down) a suggestion puts into the annotation."""
    return Span(suggestion.start, suggestion.end, suggestion.label, suggestion_source(suggestion))


def left_suggestion(suggestion: Suggestion) -> LeftSuggestion:
    """Return a suggestion as a record keeps it, the score in whole thousandths."""
    s = suggestion
    return LeftSuggestion(s.start, s.end, s.label, round(min(max(s.score, 0.0), 1.0), 3), suggestion_source(s))


def suggestion_from_left(left: LeftSuggestion) -> Suggestion:
    """Return the suggestion that a record keeps."""
    origins = parse_span_source(left.source)
    names, kinds = ("+".join(parts[n] for parts in origins) for n in (0, 1))
    return Suggestion(left.start, left.end, left.label, names, left.score, kinds)


def suggestion_source(suggestion: Suggestion) -> str:
    """Return what the span of a suggestion has as its source."""
    return "+".join(f"{name}/{kind}" if kind else name for name, kind in suggestion_origins(suggestion))


def suggestion_origins(suggestion: Suggestion) -> tuple[SuggestionOrigin, ...]:
    """Return the sources of a suggestion; a merged one has several, and as many kinds."""
    names, kinds = suggestion.source.split("+"), suggestion.kind.split("+")
    if len(names) != len(kinds):
        return tuple((name, suggestion.kind) for name in names)
    return tuple(zip(names, kinds, strict=True))


def parse_span_source(source: str) -> tuple[SuggestionOrigin, ...]:
    """Return the sources that a span has; none for the annotator's own."""
    plain = source.removesuffix(MODIFIED_MARK)
    pairs = (part.partition("/") for part in plain.split("+") if part)
    return tuple((name, kind) for name, _, kind in pairs)


def span_source_names(source: str) -> str:
    """Return the sources that a span has, without versions and what made it there: ``history+rules``."""
    return without_versions("+".join(name for name, _ in parse_span_source(source)))


def is_modified_source(source: str) -> bool:
    """Whether a span was accepted and changed since."""
    return source.endswith(MODIFIED_MARK)


def mark_source_modified(source: str) -> str:
    """Return the source that a span has once its annotator has changed it."""
    return source if not source or is_modified_source(source) else source + MODIFIED_MARK


# -- how unsure the sources are of a sentence ------------------------------------------------------


def suggestion_uncertainty(suggestions: Sequence[Suggestion]) -> float:
    """Return how many bits a person's answer adds: 0 where nothing is suggested or all is sure.

    Each range and label counts the entropy of its score (the best one where several sources agree),
    and each pair of sources that contradict each other one bit: two labels on one range, or
    ranges that cross. (Uncertainty and disagreement sampling: B. Settles, Active Learning, 2012.)
    """
    best: dict[tuple[int, int, str], float] = {}
    for s in suggestions:
        key = (s.start, s.end, s.label)
        best[key] = max(s.score, best.get(key, 0.0))
    return sum(_entropy(p) for p in best.values()) + _count_contradictions(suggestions)


def _entropy(p: float) -> float:
    """Return the entropy of a yes with probability ``p``, in bits."""
    return 0.0 if not 0 < p < 1 else -p * log2(p) - (1 - p) * log2(1 - p)


def _count_contradictions(suggestions: Sequence[Suggestion]) -> int:
    """Return how many pairs of different sources contradict each other."""
    ordered = sorted(suggestions, key=lambda s: (s.start, s.end, s.label, s.source))
    found = 0
    for i, a in enumerate(ordered):
        for b in ordered[i + 1 :]:
            if b.start >= a.end:
                break
            found += a.source != b.source and _is_contradiction(a, b)
    return found


def _is_contradiction(a: Suggestion, b: Suggestion) -> bool:
    """Whether the two, ``a`` starting first, are two labels on one range or cross."""
    if (a.start, a.end) == (b.start, b.end):
        return a.label != b.label
    return a.start < b.start < a.end < b.end
