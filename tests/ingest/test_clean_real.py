"""The cleaner's figures on real pages, where they lie beside the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotator.ingest.clean.score_weights import FEATURE_WEIGHTS
from tests.benchmarks.cleaning import SEED_BODY, dump_figures, kept, scores_left_out, wrong_seed_lines
from tests.benchmarks.fit_cleaner import fit_rows, fit_weights, with_weights
from tests.benchmarks.gold_sets import json_rows, sample_pages
from tests.benchmarks.page_scores import page_figures, text_f1

SHARED = Path(__file__).resolve().parents[3] / "shared"
DUMPS = SHARED / "data" / "news_page_dumps.jsonl"
SEEDS = SHARED / "seeds"


def test_the_pages_of_the_sample_are_cleaned() -> None:
    """Without other files the benchmark runs on the sample, whose articles are found nearly whole."""
    assert dump_figures(sample_pages())["macro_f1"] >= 0.97


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not beside the repository")
@pytest.mark.parametrize("name", sorted(SEED_BODY))
def test_a_seed_has_one_wrong_line_at_the_most(name: str) -> None:
    """Body lines against all others, as labelled by hand; subheads count for neither side."""
    if not (SEEDS / name).is_file():
        pytest.skip("this seed is not there")
    assert len(wrong_seed_lines(SEEDS / name)) <= 1


@pytest.mark.skipif(not DUMPS.is_file(), reason="the dumps are not beside the repository")
def test_the_dumps_reach_the_goal() -> None:
    """The mean F1 over word 4-grams is above 0.968, with the page's own site left out of the fit too."""
    pages = json_rows(DUMPS)
    assert dump_figures(pages)["macro_f1"] >= 0.975
    left_out = page_figures(scores_left_out(pages, pages))
    assert left_out["macro_f1"] >= 0.968
    assert left_out["under_0.5"] == 0


@pytest.mark.skipif(not DUMPS.is_file(), reason="the dumps are not beside the repository")
def test_an_article_without_a_frame_is_kept_whole() -> None:
    """Of the bodies of the dumps, as plain texts, next to nothing is thrown away."""
    pages = json_rows(DUMPS)
    bodies = ["\n".join(_body(page)) for page in pages]
    assert sum(text_f1(kept(body), body) for body in bodies) / len(bodies) >= 0.97


def _body(page: dict[str, Any]) -> list[str]:
    rows = zip(page["text"].split("\n"), page["line_labels"], strict=True)
    return [text for text, label in rows if label == 1]


def test_a_fit_finds_what_tells_body_from_the_rest() -> None:
    """Lines that end like sentences near prose are body; the shipped weights are back after a trial."""
    before = dict(FEATURE_WEIGHTS)
    weights = fit_weights([fit_rows(page) for page in sample_pages()])
    assert weights["near prose"] > 0
    assert weights["ended"] > 0
    assert weights["legal"] < 0
    with with_weights(weights):
        assert weights == FEATURE_WEIGHTS
    assert before == FEATURE_WEIGHTS
