"""Sentences and works for the tests of the suggestions."""

from __future__ import annotations

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.schema import Schema, parse_schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import tokens_text
from tests.language.sentence_samples import cut

NEWS: Schema = parse_schema(
    {
        "name": "test",
        "label": [
            {"name": "PERSON", "inside": ["CLAIM"]},
            {"name": "VENUE", "inside": ["COUNT", "CLAIM"]},
            {"name": "COUNT", "inside": ["CLAIM"]},
            {"name": "CLAIM", "inside": ["CLAIM"]},
        ],
    },
    "a test",
)
"""The four labels with their rules for overlap."""


def sentence(text: str, start: int = 0, article: str = "a1") -> Sentence:
    """Return a sentence at a place of an article."""
    tokens = cut(text)
    return Sentence(article, 0, start, start + len(text), tokens_text(tokens).rstrip(), tokens)


def spans(s: Sentence, *marks: tuple[str, str], source: str = "") -> list[Span]:
    """Return a span for each (words, label), at the first place where the words stand."""
    places = [(s.text.index(words), words, label) for words, label in marks]
    return [Span(at, at + len(words), label, source) for at, words, label in places]


def annotated_sentence(
    text: str,
    *marks: tuple[str, str],
    start: int = 0,
    article: str = "a1",
    rejected: tuple[tuple[str, str], ...] = (),
    accept: bool = False,
) -> AnnotatedSentence:
    """Return a work with these spans; ``start`` tells sentences of one article apart."""
    s = sentence(text, start, article)
    annotation = Annotation(answer=Answer.ACCEPT if accept else None)
    return AnnotatedSentence(s, annotation.with_spans(spans(s, *marks)).with_rejected(spans(s, *rejected)))


def suggestion(s: Sentence, words: str, label: str, score: float, source: str = "rules", kind: str = "") -> Suggestion:
    """Return a suggestion over the first place where the words stand."""
    at = s.text.index(words)
    return Suggestion(at, at + len(words), label, source, score, kind)


def suggested_words(s: Sentence, found: tuple[Suggestion, ...]) -> list[tuple[str, str]]:
    """Return label and text of each suggestion."""
    return [(x.label, s.text[x.start : x.end]) for x in found]
