"""Fit the weights of persons and places to the half of the data that rules may be fitted to.

``python -m tests.benchmarks.points [FILE…]`` (see ``gold_sets``) prints the sections of
``language/en/entity_weights.txt``: for each kind a bias and the weight of each feature, a logistic
regression with a ridge, so that the weights of rare features stay small. The sample teaches in any case. In
sets whose persons a model marked, a name that is marked somewhere and not elsewhere counts as marked. The
last line is one JSON object: candidates, features, and the share of candidates whose score is on the right
side of one half.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import spacy

from annotator.core.tokens import build_tokens
from annotator.language import build_context
from annotator.language.sentence_features import sentence_features
from annotator.language.span_candidates import entity_candidates
from tests.benchmarks.gold_sets import SAMPLE, aligned, articles, gold_parser

KINDS = {"person": "PERSON", "place": "VENUE"}
RIDGE = 1.0
STEPS = 30
LEAST = 3
"""A feature that fewer candidates have gets no weight."""

Sample = tuple[tuple[str, ...], bool]


def main() -> None:
    """Print the weights."""
    files = [path for path in gold_parser(__doc__).parse_args().files if path != SAMPLE]
    # candidates that are too rarely right to be shown teach as well
    vars(import_module("annotator.language.span_candidates"))["MIN_ENTITY_SCORE"] = 0.0
    samples: dict[str, list[Sample]] = defaultdict(list)
    nlp = spacy.blank("en")
    for path in files:
        gather(articles(path, "tune"), marked(path), nlp, samples)
    gather(articles(SAMPLE, "all"), set(), nlp, samples)
    figures = {}
    for kind in KINDS:
        bias, weights, _ = fit(samples[kind])
        print(f"[{kind.upper()}_WEIGHTS]\n(bias)\t{bias:.2f}")
        for name in sorted(weights, key=lambda name: (-weights[name], name)):
            print(f"{name}\t{weights[name]:.2f}")
        odds = [(bias + sum(weights.get(f, 0.0) for f in names), right) for names, right in samples[kind]]
        hits = sum((value > 0) == right for value, right in odds)
        figures[kind] = {"n": len(odds), "features": len(weights), "accuracy": round(hits / len(odds), 3)}
    print(json.dumps({"benchmark": "points", "kinds": figures}))


def gather(texts: Iterable[list[dict[str, Any]]], known: set[str], nlp: Any, samples: dict[str, list[Sample]]) -> None:
    """Add the readings of a set of articles, each with whether it is gold."""
    for article in texts:
        docs = [nlp(row["text"]) for row in article]
        cut = [build_tokens([t.text for t in d], [bool(t.whitespace_) for t in d]) for d in docs]
        context = build_context("\n".join(row["text"] for row in article), cut)
        for row, doc, tokens in zip(article, docs, cut, strict=True):
            gold = set(aligned(row, tokens))
            for r in entity_candidates(sentence_features(tokens), context):
                right = (KINDS[r.kind], (r.first, r.last)) in gold
                right |= r.kind == "person" and doc[r.first : r.last].text in known
                samples[r.kind].append((tuple(r.rule.split()), right))


def marked(path: Path) -> set[str]:
    """Return the persons' names that a model marked; none if people marked them."""
    rows = [row for article in articles(path, "tune") for row in article]
    if not any("silver" in str(row["meta"]) for row in rows):
        return set()
    return {row["text"][s["start"] : s["end"]] for row in rows for s in row["spans"] if s["label"] == "PERSON"}


def fit(samples: Sequence[Sample]) -> tuple[float, dict[str, float], Counter[str]]:
    """Return the base and the points of each trait, by Newton's method, and how many readings have it."""
    n = Counter(trait for traits, _ in samples for trait in traits)
    names = sorted(trait for trait in n if n[trait] >= LEAST)
    column = {trait: i + 1 for i, trait in enumerate(names)}
    x = np.zeros((len(samples), len(names) + 1))
    x[:, 0] = 1
    for row, (traits, _) in enumerate(samples):
        x[row, [column[t] for t in traits if t in column]] = 1
    y = np.array([right for _, right in samples], dtype=float)
    ridge = np.diag([0.0] + [RIDGE] * len(names))
    w = np.zeros(len(names) + 1)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (y - p) - ridge @ w
        w += np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + ridge, slope)
    return float(w[0]), {trait: float(w[column[trait]]) for trait in names}, n


if __name__ == "__main__":
    main()
