"""Articles of many structures in the frames of many sites are found, in both halves of our own pages."""

from __future__ import annotations

from functools import cache

import pytest

from tests.benchmarks.page_scores import mean
from tests.benchmarks.structures import Result, results
from tests.ingest.own_pages.data import HALVES, entries, pages, pages_without_article
from tests.ingest.own_pages.text_dumps import STYLES, text_page

FRAMES_EACH = 2
"""In how many frames each text is put here; ``tests.benchmarks.structures`` takes more."""

LEAST = {"text": {"tune": 0.95, "held": 0.82}, "html": {"tune": 0.88, "held": 0.86}}
"""The mean scores that are held, by the kind of page and the half."""


@cache
def found(half: str, kind: str) -> list[Result]:
    """Return the results of a half."""
    return list(results(pages(half, FRAMES_EACH), kind))


@pytest.mark.parametrize(
    ("half", "kind", "least"), [(half, kind, LEAST[kind][half]) for half in HALVES for kind in LEAST]
)
def test_the_articles_are_found(half: str, kind: str, least: float) -> None:
    """The mean F1 over word 4-grams of a half's dumps, and of its HTML, does not fall."""
    assert mean(result.score for result in found(half, kind)) >= least


@pytest.mark.parametrize("structure", sorted({text.structure for text in entries("tune", "texts")}))
def test_each_structure_is_found(structure: str) -> None:
    """The mean of each structure is at least 0.85 in the half that rules are written with, and no page is under 0.6."""
    scores = {f"{r.page.name} {r.form}": r.score for r in found("tune", "text") if r.page.structure == structure}
    assert mean(scores.values()) >= 0.85
    assert not {name: round(score, 2) for name, score in scores.items() if score < 0.6}


@pytest.mark.parametrize("style", STYLES)
def test_gold_follows_from_the_parts(style: str) -> None:
    """A dump has the words of the article in its lines of the role body, and no others there."""
    for page in pages("tune", 1):
        dump = text_page(page, style)
        body = [line for line, role in zip(dump.lines, dump.roles, strict=True) if role == "body"]
        wanted = [part.text for part in page.parts if part.role == "body"]
        marks = {"*", "-", "1.", "##"}
        words = [word for word in " ".join(body).split() if word not in marks]
        assert words == [word for word in " ".join(wanted).split() if word not in marks]


def test_both_halves_have_every_structure_and_frames_of_their_own() -> None:
    """A held page is a held text in a held frame: nothing of it is in the half that rules are written with."""
    for folder in ("frames", "texts", "none"):
        tune, held = ({entry.name for entry in entries(half, folder)} for half in HALVES)
        assert tune
        assert held
        assert not tune & held
    tune, held = ({text.structure for text in entries(half, "texts")} for half in HALVES)
    assert tune == held
    assert all(pages_without_article(half) for half in HALVES)
