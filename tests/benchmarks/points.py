"""Fit the points of `annotator.language.scoring` to the half of the data that rules may be fitted to.

``python -m tests.benchmarks.points [FILE…]`` prints the tables to paste: for each kind a base and the
points of each trait, a logistic regression with a ridge, so that rare traits stay near nothing. In sets
whose persons a model marked, a name that is marked somewhere and not elsewhere counts as marked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import spacy

from annotator.core.tokens import build_tokens
from annotator.language import build_context
from annotator.language.sentence_features import sentence_features
from annotator.language.span_candidates import entity_candidates
from tests.benchmarks.candidates import DATA, DEFAULT, aligned
from tests.benchmarks.readings import articles

SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "annotations" / "guide.jsonl"
KINDS = {"person": "PERSON", "place": "VENUE"}
RIDGE = 1.0
STEPS = 30
LEAST = 3
"""A trait that fewer readings have gets no points."""

Sample = tuple[tuple[str, ...], bool]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[DATA / name for name in DEFAULT])
    args = parser.parse_args()
    vars(sys.modules[entity_candidates.__module__])["LEAST"] = (
        0.0  # readings that are too rarely right to be shown teach as well
    )
    samples: dict[str, list[Sample]] = defaultdict(list)
    nlp = spacy.blank("en")
    for path in args.files:
        gather(articles(path, "tune"), marked(path), nlp, samples)
    gather(own_articles(), set(), nlp, samples)
    for kind in KINDS:
        base, points, n = fit(samples[kind])
        print(f"{kind.upper()}_BASE = {base:.2f}\n{kind.upper()} = {{")
        for trait in sorted(points, key=lambda t: (-points[t], t)):
            print(f'    "{trait}": {points[trait]:.2f},  # {n[trait]}')
        print("}")


def own_articles() -> Iterator[list[dict[str, Any]]]:
    """Yield the sentences of the sample corpus by article, as its guide has marked them."""
    last: dict[tuple[str, int], dict[str, Any]] = {}
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        last[record["meta"]["article"], record["meta"]["sentence"]] = record
    for _, group in groupby(sorted(last), key=lambda at: at[0]):
        yield [last[at] for at in group]


def gather(
    texts: Iterable[list[dict[str, Any]]], known: set[str], nlp: Any, samples: dict[str, list[Sample]]
) -> None:
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
    return {
        row["text"][s["start"] : s["end"]] for row in rows for s in row["spans"] if s["label"] == "PERSON"
    }


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
