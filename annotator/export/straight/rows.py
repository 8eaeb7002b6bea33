"""Records as they are read for a streamed export: what has to be known of them, and their values of core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from annotator.core.annotation import Annotation, Answer, AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens


class StoredToken(Protocol):
    """A stored token, in code points of its sentence."""

    text: str
    start: int
    end: int
    ws: bool


class StoredSpan(Protocol):
    """A stored span, in code points of its sentence, with the tokens that it is said to have.

    The last of them is included; nothing rests on them until they are held against the tokens.
    """

    start: int
    end: int
    label: str
    source: str
    token_start: int | None
    token_end: int | None


class StoredSentence(Protocol):
    """A record whose tokens spell its text, none of them empty, and whose spans lie in it."""

    text: str

    @property
    def tokens(self) -> Sequence[StoredToken]:
        """The tokens in text order."""

    @property
    def spans(self) -> Sequence[StoredSpan]:
        """The spans in the order of the file."""

    @property
    def rejected(self) -> Sequence[StoredSpan]:
        """The known-wrong ones."""


def annotated_sentence_of(stored: StoredSentence, article: str, start: int, end: int) -> AnnotatedSentence:
    """Return the record of a sentence that stands there in an article as a value of core."""
    tokens = build_tokens([t.text for t in stored.tokens], [t.ws for t in stored.tokens])
    said = Annotation(answer=Answer.ACCEPT)
    said = said.with_spans([Span(s.start, s.end, s.label, s.source) for s in stored.spans])
    said = said.with_rejected([Span(s.start, s.end, s.label, s.source) for s in stored.rejected])
    return AnnotatedSentence(Sentence(article, 0, start, end, stored.text, tokens), said)
