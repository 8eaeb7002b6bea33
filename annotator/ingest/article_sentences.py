"""The sentences of an article: its lines put together to paragraphs, and these cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from annotator.core.article import SourceLine
from annotator.ingest.paragraphs import paragraph_lines
from annotator.ingest.quotation_ranges import CharRange
from annotator.ingest.segmentation import sentence_ranges


def article_sentence_ranges(text: str, lines: Sequence[SourceLine], lang: str = "en") -> Iterator[CharRange]:
    """Yield the sentences of a text as trimmed ranges of it; ``lines`` has the verdict of each of its lines.

    Ranges are in order and disjoint, cover all that is not white space, and none runs over lines of different
    verdicts.
    """
    rows = text.split("\n")
    starts = list(accumulate((len(row) + 1 for row in rows[:-1]), initial=0))
    for group in paragraph_lines(rows, lines):
        yield from sentence_ranges(text, starts[group[0]], starts[group[-1]] + len(rows[group[-1]]), lang)
