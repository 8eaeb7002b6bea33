"""How well the lines kept of a page agree with its article: F1 over word 4-grams, for every benchmark of pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from annotator.ingest.html_vote import covered_lines

Grams = Counter[tuple[str, ...]]
_WITHOUT_BLANKS = "\u3040-\u30ff\u3400-\u9fff"
"""Kana and Han characters, each of which counts as a word."""
_WORD = re.compile(rf"[{_WITHOUT_BLANKS}]|[^\W{_WITHOUT_BLANKS}]+")
_LINK_TARGET = re.compile(r"\]\([^)]*\)")
"""The address of a link in markdown: no reference has it."""


def grams(text: str) -> Grams:
    """Return the word 4-grams of a text with their counts, in lower case."""
    words = _WORD.findall(_LINK_TARGET.sub("]", text).lower())
    if 0 < len(words) < 4:
        return Counter([tuple(words)])
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def f1(common: int, kept: int, wanted: int) -> float:
    """Return the harmonic mean of precision and recall, 1 where nothing was wanted and nothing kept."""
    return 2 * common / (kept + wanted) if kept + wanted else 1.0


def overlap(kept: str, gold: str) -> tuple[int, int, int]:
    """Return how many 4-grams two texts share, and how many each has."""
    ours, theirs = grams(kept), grams(gold)
    return (ours & theirs).total(), ours.total(), theirs.total()


def text_f1(kept: str, gold: str) -> float:
    """Return the F1 of the lines kept and the reference body."""
    return f1(*overlap(kept, gold))


def line_labels(page: Mapping[str, Any]) -> list[int]:
    """Return 1 for each line of a page's article, 0 for others, -1 for blank ones.

    A page that has no ``line_labels`` gets them by aligning its lines with the reference body, word by word.
    """
    given: list[int] | None = page.get("line_labels")
    if given is not None:
        return given
    lines = page["text"].split("\n")
    rows = zip(lines, covered_lines(lines, page["gold_body"]), strict=True)
    return [int(covered) if line.strip() else -1 for line, covered in rows]


def mean(values: Iterable[float]) -> float:
    """Return the mean, rounded as the figures are, 0 of nothing."""
    found = list(values)
    return round(sum(found) / len(found), 4) if found else 0.0


def page_figures(scores: list[float]) -> dict[str, float | int]:
    """Return what is reported of the scores of pages."""
    return {
        "pages": len(scores),
        "macro_f1": mean(scores),
        "worst_page": round(min(scores, default=0.0), 4),
        "under_0.5": sum(score < 0.5 for score in scores),
        "under_0.8": sum(score < 0.8 for score in scores),
    }
