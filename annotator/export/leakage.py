"""What a split gives away: labels and words by part, and leakage beside that of a random split.

*Leakage* is counted for what a model is evaluated on (dev and test) against what it has seen (train): the
articles that lie on both sides, the articles with a copy or a report of the same story in train, and the
sentences that stand in train word for word. The same is counted for a split of the same sentences, in the
same sizes, by chance (SHA-256 of the sentence's id), which is what most recipes do.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from annotator.core.shingles import resemblance, shingles, words
from annotator.export.near import candidates
from annotator.export.pieces import Piece
from annotator.export.study import Forms, Leaks, Study
from annotator.export.values import PARTS

TRAIN = PARTS[0]
ALIKE = 0.6
"""The share of shingles in common (Jaccard) that makes two sentences near-duplicates."""

Links = Mapping[str, Sequence[str]]
"""By article id, others that it is linked to, as copies or by story."""


def study(sentences: Sequence[Piece], labels: Sequence[str], links: Links) -> Study:
    """Return what the split of these accepted sentences gives away."""
    parts = [p.part for p in sentences]
    wanted = [p for p in PARTS if p in parts]
    both = _both_ways(links)
    return Study(
        sentences={part: parts.count(part) for part in wanted},
        labels={part: _labels([p for p in sentences if p.part == part], labels) for part in wanted},
        forms=forms(sentences, labels) if {TRAIN, "dev"} <= set(wanted) else {},
        leaks=leaks(sentences, both),
        by_chance=leaks(by_chance(sentences), both),
    )


def by_chance(sentences: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with the same parts dealt out by the hash of each sentence's id."""
    order = sorted(range(len(sentences)), key=lambda i: _digest(sentences[i].sentence.id))
    dealt = sorted((p.part for p in sentences), key=PARTS.index)
    parts = dict(zip(order, dealt, strict=True))
    return [replace(p, part=parts[i]) for i, p in enumerate(sentences)]


def leaks(sentences: Sequence[Piece], links: Links) -> Leaks:
    """Count what stands in dev or test although train knows it."""
    train = [p for p in sentences if p.part == TRAIN]
    rest = [p for p in sentences if p.part != TRAIN]
    known = {p.article.id for p in train}
    tried = {p.article.id for p in rest}
    linked = [a for a in sorted(tried - known) if any(b in known for b in links.get(a, ()))]
    texts = {p.sentence.text for p in train}
    fresh = [p for p in rest if p.sentence.text not in texts]
    return Leaks(len(tried & known), len(linked), len(rest) - len(fresh), _alike(train, fresh))


def forms(sentences: Sequence[Piece], labels: Sequence[str]) -> dict[str, Forms]:
    """Return, by label, how many of the different words marked in dev are marked so in train too."""
    train = _surface(p for p in sentences if p.part == TRAIN)
    dev = _surface(p for p in sentences if p.part == "dev")
    out = {}
    for label in labels:
        mine = {text for name, text in dev if name == label}
        seen = sum((label, text) in train for text in mine)
        out[label] = Forms(seen, len(mine) - seen)
    return {label: f for label, f in out.items() if f.seen + f.unseen}


def _surface(sentences: Iterable[Piece]) -> set[tuple[str, str]]:
    return {
        (s.label, " ".join(p.item.annotated.text_of(s).split()).casefold())
        for p in sentences
        if p.item
        for s in p.item.annotated.annotation.spans
    }


def _labels(sentences: Sequence[Piece], labels: Sequence[str]) -> dict[str, int]:
    found = Counter(s.label for p in sentences if p.item for s in p.item.annotated.annotation.spans)
    return {label: found[label] for label in labels}


def _both_ways(links: Links) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for later, before in links.items():
        for article in before:
            out.setdefault(later, []).append(article)
            out.setdefault(article, []).append(later)
    return out


def _alike(train: Sequence[Piece], rest: Sequence[Piece]) -> int:
    sets = [shingles(words(p.sentence.text)) for p in (*train, *rest)]
    pairs = candidates(sets, 1, ALIKE)
    found = {b for a, b in pairs if a < len(train) <= b and resemblance(sets[a], sets[b]) >= ALIKE}
    return len(found)


def _digest(text: str) -> bytes:
    return hashlib.sha256(f"chance {text}".encode()).digest()
