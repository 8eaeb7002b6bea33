"""The sentences of an export in text order, and which of them make a Doc together.

Between two sentences of one Doc stands the white space of the article up to the first visible
character: what a dropped line says in between is no part of the text that is trained on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.core.article import Article, Sentence
from annotator.export.fates import SpanOutcome
from annotator.export.values import ExportItem
from annotator.export.wrong import IncorrectSpan


@dataclass(frozen=True, slots=True)
class ExportSentence:
    """One sentence on its way into a Doc."""

    sentence: Sentence
    article: Article
    part: str = ""
    item: ExportItem | None = None
    """What a person accepted here; None for a sentence of which nothing is known."""
    annotators: tuple[str, ...] = ()
    outcomes: tuple[SpanOutcome, ...] = ()
    incorrect_spans: tuple[IncorrectSpan, ...] = ()
    """What is known to be wrong here; also in a sentence that nobody has finished."""

    @property
    def reviewed(self) -> bool:
        """Whether a person has accepted the sentence as it is."""
        return self.item is not None


DocUnit = tuple[ExportSentence, ...]
"""Pieces of one article and one part, in text order: one Doc."""


def sentence_units(sentences: Sequence[ExportSentence]) -> list[DocUnit]:
    """Make each sentence a Doc of its own."""
    return [(p,) for p in sentences]


def article_units(sentences: Sequence[ExportSentence], unreviewed: Mapping[str, Sequence[Sentence]]) -> list[DocUnit]:
    """Make one Doc of each article and part, ``rest`` (article id → sentences) filling the gaps."""
    out: list[DocUnit] = []
    for group in _by_article(sentences):
        filled = _with_unreviewed(group, unreviewed.get(group[0].article.id, ()))
        parts = dict.fromkeys(p.part for p in filled)
        out.extend(tuple(p for p in filled if p.part == part) for part in parts)
    return out


def reviewed_runs(sentences: Sequence[ExportSentence]) -> list[DocUnit]:
    """Make one Doc of each longest run of accepted sentences with nothing unseen between them."""
    out: list[list[ExportSentence]] = []
    for group in _by_article(sentences):
        last: ExportSentence | None = None
        seen = UnreviewedText(group[0].article)
        for piece in group:
            if last and last.part == piece.part and not seen.has_text(last.sentence.end, piece.sentence.start):
                out[-1].append(piece)
            else:
                out.append([piece])
            last = piece
    return [tuple(run) for run in out]


def white_space_between(before: Sentence, after: Sentence, article: Article) -> str:
    """Return the white space that stands between two sentences of one Doc."""
    between = article.text[before.end : after.start]
    return between[: len(between) - len(between.lstrip())]


class UnreviewedText:
    """Finds text of annotated lines between two sentences: a sentence that nobody has accepted."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._starts = article.line_starts()

    def has_text(self, start: int, end: int) -> bool:
        """Whether ``[start, end)`` of the article has visible text on a line that is annotated."""
        line = bisect_right(self._starts, start) - 1
        while line < len(self._starts) and self._starts[line] < end:
            low, high = max(start, self._starts[line]), min(end, self._end(line))
            if self._annotated(line) and self._article.text[low:high].strip():
                return True
            line += 1
        return False

    def _end(self, line: int) -> int:
        later = self._starts[line + 1 : line + 2]
        return later[0] if later else len(self._article.text)

    def _annotated(self, line: int) -> bool:
        return line >= len(self._article.lines) or self._article.lines[line].verdict.annotated


def _by_article(sentences: Sequence[ExportSentence]) -> Iterator[list[ExportSentence]]:
    """Yield the pieces of each article, which stand together and in text order."""
    group: list[ExportSentence] = []
    for piece in sentences:
        if group and piece.article.id != group[0].article.id:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _with_unreviewed(group: list[ExportSentence], unreviewed: Sequence[Sentence]) -> list[ExportSentence]:
    """Add the sentences of ``rest`` that overlap nothing; each takes the part of the one before."""
    article = group[0].article
    every = sorted([*group, *(ExportSentence(s, article) for s in unreviewed)], key=_sentence_order)
    out: list[ExportSentence] = []
    part = group[0].part
    starts = [p.sentence.start for p in group]
    for piece in every:
        s = piece.sentence
        n = bisect_right(starts, s.start)
        free = not out or out[-1].sentence.end <= s.start
        clear = n == len(starts) or s.end <= starts[n]
        if piece.reviewed:
            part = piece.part
            out.append(piece)
        elif free and clear and s.text:
            out.append(replace(piece, part=part))
    return out


def _sentence_order(sentence: ExportSentence) -> tuple[int, bool, int]:
    """Text order; of two at one place the accepted one first, then the shorter."""
    return (sentence.sentence.start, not sentence.reviewed, sentence.sentence.end)
