"""The sentences of an article: its lines put together to paragraphs, and these cut.

A speaker's label is a range of its own, so that no sentence begins with it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from annotator.core.article import SourceLine
from annotator.ingest.paragraphs import paragraph_lines
from annotator.ingest.quotation_ranges import CharRange
from annotator.ingest.segmentation import sentence_ranges
from annotator.ingest.speaker_labels import speaker_labels


def article_sentence_ranges(text: str, lines: Sequence[SourceLine], lang: str = "en") -> Iterator[CharRange]:
    """Yield the sentences of a text as trimmed ranges of it; ``lines`` has the verdict of each of its lines.

    Ranges are in order and disjoint, cover all that is not white space, and none runs over lines of different
    verdicts.
    """
    rows = text.split("\n")
    starts = list(accumulate((len(row) + 1 for row in rows[:-1]), initial=0))
    labels = speaker_labels(text)
    opening_rows = {bisect_right(starts, a) - 1 for a, _ in labels}
    for group in paragraph_lines(rows, lines, opening_rows):
        start, end = starts[group[0]], starts[group[-1]] + len(rows[group[-1]])
        inside = labels[bisect_left(labels, (start, 0)) : bisect_left(labels, (end, 0))]
        for label, (a, b) in _stretches(start, end, inside):
            yield from [(a, b)] if label else sentence_ranges(text, a, b, lang)


def _stretches(start: int, end: int, labels: Sequence[CharRange]) -> Iterator[tuple[bool, CharRange]]:
    """Yield the labels of a paragraph and what is between them, in order, with whether each is a label."""
    at = start
    for a, b in labels:
        yield False, (at, a)
        yield True, (a, b)
        at = b
    yield False, (at, end)
