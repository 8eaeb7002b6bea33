"""What the parts of an export hold, and how a part is cut into files.

A part of at most ``size`` Docs is one file, ``train.spacy``; a bigger one is a folder of files,
``train/00000.spacy`` and on, which ``spacy train`` reads one after the other, in their order, so that neither
writing nor training needs all of it in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from annotator.export.doc_layout import DocUnit
from annotator.export.options import PartCounts


class PartContents(Struct):
    """The counts of a DocBin, or of several."""

    docs: int = 0
    sentences: int = 0
    tokens: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    ents: Counter[str] = field(default_factory=Counter)
    incorrect: int = 0
    """Known-wrong spans."""
    lengths: dict[str, list[int]] = field(default_factory=dict)
    """Token lengths of the spans in ``doc.spans``, by label."""

    def part_counts(self, labels: Sequence[str]) -> PartCounts:
        """Return what is in it, by label in the schema's order."""
        spans = {x: self.spans[x] for x in labels if self.spans[x]}
        ents = {x: self.ents[x] for x in labels if self.ents[x]}
        return PartCounts(self.docs, self.sentences, self.tokens, spans, ents, self.incorrect)

    def add_doc(self, unit: DocUnit, tokens: int, incorrect: int) -> None:
        """Count a Doc."""
        self.docs += 1
        self.tokens += tokens
        self.sentences += sum(p.reviewed for p in unit)
        self.incorrect += incorrect
        for outcome in (f for p in unit for f in p.outcomes):
            self.ents[outcome.span.label] += outcome.ent is not None
            if outcome.tokens:
                self.spans[outcome.span.label] += 1
                self.lengths.setdefault(outcome.span.label, []).append(outcome.tokens[1] - outcome.tokens[0])

    def merge(self, other: PartContents) -> None:
        """Count what another holds as well."""
        self.docs += other.docs
        self.sentences += other.sentences
        self.tokens += other.tokens
        self.spans += other.spans
        self.ents += other.ents
        self.incorrect += other.incorrect
        for label, lengths in other.lengths.items():
            self.lengths.setdefault(label, []).extend(lengths)


def shard_files(name: str, docs: int, size: int) -> Iterator[tuple[str, int, int]]:
    """Yield for each file of a part its name, its first Doc and the one after its last."""
    if docs <= size:
        yield f"{name}.spacy", 0, docs
        return
    for n, first in enumerate(range(0, docs, size)):
        yield f"{name}/{n:05}.spacy", first, min(docs, first + size)


def shard_path(name: str, docs: int, size: int) -> str:
    """Return what a config names to read a part: its file, or the folder of its shards."""
    return f"{name}.spacy" if docs <= size else name
