"""Scores of a trained pipeline on gold Docs: by label, with an interval over documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from annotator.core.scoring import MatchCounts

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

BOOTSTRAP_SAMPLES = 1_000
FEW_DOCUMENTS = 10
"""Fewer documents than this make an interval of little meaning."""

Counts = Mapping[str, MatchCounts]
"""By document."""


class LabelScore(Struct, frozen=True):
    """How well one label is found in ``doc.ents`` or in ``doc.spans``, exact spans only."""

    where: str
    """``ents`` or ``spans``."""
    label: str
    p: float
    r: float
    f: float
    low: float
    """The interval of F: 95 % of the bootstrap samples of documents are in it."""
    high: float
    gold: int
    predicted: int

    def line(self) -> str:
        """Return it for people."""
        place, counts = f"{self.where:5} {self.label:10}", f"{self.gold:,} gold, {self.predicted:,} predicted"
        return f"  {place} P {self.p:.3f}  R {self.r:.3f}  F {self.f:.3f} [{self.low:.3f}, {self.high:.3f}]  {counts}"


def count_matches(
    nlp: Language,
    docs: Iterable[Doc],
    labels: Mapping[str, Sequence[str]],
    spans_key: str,
    document_of: Callable[[Doc], str],
) -> dict[tuple[str, str], dict[str, MatchCounts]]:
    """Return by place and label the counts of each document; ``labels`` are those to look at, by place."""
    from spacy.tokens import Doc as NewDoc

    gold = list(docs)
    bare = (NewDoc(nlp.vocab, words=[t.text for t in d], spaces=[bool(t.whitespace_) for t in d]) for d in gold)
    found: dict[tuple[str, str], dict[str, MatchCounts]] = {(w, x): {} for w, each in labels.items() for x in each}
    for reference, predicted in zip(gold, nlp.pipe(bare, batch_size=32), strict=True):
        document = document_of(reference)
        for (where, label), by_document in found.items():
            mine, theirs = (set(_ranges(d, where, label, spans_key)) for d in (predicted, reference))
            same = len(mine & theirs)
            counts = MatchCounts(same, len(mine), same, len(theirs))
            by_document[document] = by_document.get(document, MatchCounts()) + counts
    return found


def _ranges(doc: Doc, where: str, label: str, spans_key: str) -> Iterator[tuple[int, int]]:
    spans: Any = doc.ents if where == "ents" else doc.spans.get(spans_key, ())
    return ((s.start, s.end) for s in spans if s.label_ == label)


def label_score(where: str, label: str, counts: Counts, seed: int) -> LabelScore:
    """Return the score of one label with its interval."""
    total = sum(counts.values(), MatchCounts())
    low, high = bootstrap_interval(list(counts.values()), seed)
    p, r, f, low, high = (round(x, 4) for x in (total.precision, total.recall, total.f1, low, high))
    return LabelScore(where, label, p, r, f, low, high, total.gold, total.predicted)


def bootstrap_interval(counts: Sequence[MatchCounts], seed: int) -> tuple[float, float]:
    """Return between which F1 are 95 % of the samples that draw as many documents with replacement.

    The percentile bootstrap of Efron and Tibshirani, An Introduction to the Bootstrap, 13.3. A document is drawn
    whole, because its sentences are alike.
    """
    import numpy as np

    if not counts:
        return 0.0, 0.0
    rows = np.array([(c.correct, c.predicted, c.gold) for c in counts])
    generator = np.random.default_rng(seed)
    samples = np.array(
        [rows[generator.integers(0, len(rows), len(rows))].sum(axis=0) for _ in range(BOOTSTRAP_SAMPLES)]
    )
    both = samples[:, 1] + samples[:, 2]
    f1 = np.divide(2 * samples[:, 0], both, out=np.zeros(len(samples)), where=both > 0)
    low, high = np.percentile(f1, [2.5, 97.5])
    return float(low), float(high)
