"""Fit the weights of the cleaner's line score; the last line is one JSON object.

``python -m tests.benchmarks.fit_cleaner [FILE…] [--penalty L2]`` prints the weight of each feature beside the
shipped one (``annotator/ingest/clean/score_weights.py``). A file has an object a line as for the benchmark
``cleaning``; without files it is the pages of the sample. The fit is a logistic regression of "this unit is
body text" on the features of a unit: a unit counts with the logarithm of its words, all pages count alike, and an
L2 penalty holds all weights but the constant small. What is fitted is the score of single lines: the costs of
the block finder and the rules round it are not. The shipped weights were fitted by a program that is lost, and
rounded; this one comes near them but for "near prose".
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from annotator.ingest.clean import line_features
from annotator.ingest.clean.score_weights import FEATURE_WEIGHTS
from tests.benchmarks.gold_sets import json_rows, sample_pages
from tests.benchmarks.page_scores import line_labels

Floats = NDArray[np.float64]
PENALTY = 0.003
"""How much half the sum of the squared weights counts beside the mean loss of a page."""
ROUNDS = 25
"""Newton's method has converged long before this many steps."""


class FitRows(Struct, frozen=True):
    """The units of a page: their features, whether they are body text, and what each counts."""

    site: str
    features: Floats
    is_body: Floats
    counts: Floats


def fit_rows(page: Mapping[str, Any]) -> FitRows:
    """Return the units of a page; one is body text if more than half of its lines are."""
    lines = page["text"].split("\n")
    labels = line_labels(page)
    units = line_features.text_units(lines)
    stops = line_features.page_function_words(units)
    measures = [line_features.extract_features(unit, stops) for unit in units]
    vectors = line_features.feature_vectors(measures)
    body = [sum(label == 1 for label in labels[u.first : u.last + 1]) * 2 > u.last + 1 - u.first for u in units]
    counts = np.array([np.log2(2 + line.words) for line in measures])
    features = np.array([[vector[name] for name in FEATURE_WEIGHTS] for vector in vectors])
    return FitRows(page["domain"], features, np.array(body, dtype=float), counts / counts.sum())


def fit_weights(pages: Sequence[FitRows], penalty: float = PENALTY) -> dict[str, float]:
    """Return the weights with the least penalised loss, by Newton's method, rounded as the shipped ones are."""
    features = np.vstack([page.features for page in pages])
    is_body = np.concatenate([page.is_body for page in pages])
    counts = np.concatenate([page.counts for page in pages]) / len(pages)
    held = penalty * np.diag([float(name != "one") for name in FEATURE_WEIGHTS])
    weights = np.zeros(features.shape[1])
    for _ in range(ROUNDS):
        odds = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (counts * (odds - is_body)) + held @ weights
        curve = (features.T * (counts * odds * (1 - odds))) @ features + held
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return dict(zip(FEATURE_WEIGHTS, np.round(weights, 2).tolist(), strict=True))


@contextmanager
def with_weights(weights: Mapping[str, float]) -> Iterator[None]:
    """Let the cleaner score lines with other weights."""
    shipped = dict(FEATURE_WEIGHTS)
    FEATURE_WEIGHTS.update(weights)
    try:
        yield
    finally:
        FEATURE_WEIGHTS.update(shipped)


def main() -> None:
    """Print the weights beside the shipped ones, then as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="default: the pages of the sample")
    parser.add_argument("--penalty", type=float, default=PENALTY)
    given = parser.parse_args()
    pages = [page for path in given.files for page in json_rows(path)] or sample_pages()
    weights = fit_weights([fit_rows(page) for page in pages], given.penalty)
    for name, weight in weights.items():
        print(f"{name:20} {weight:7.2f}   shipped {FEATURE_WEIGHTS[name]:7.2f}")
    print(json.dumps({"benchmark": "fit_cleaner", "pages": len(pages), "weights": weights}))


if __name__ == "__main__":
    main()
