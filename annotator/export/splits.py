"""Which part (train, dev, test) a sentence goes to.

By article: SHA-256 of the article's family id (the first version of the same article), after
the seed unless that is 0, falls into one of the shares, so a family has its place whatever
else the corpus holds, and a corpus that grows moves none. Three cases, in this order:

1. Each part has a family by its hash alone: that is the split, and it stays.
2. A part is empty, but the corpus has enough families for each part to be due one (ten, for
   80/10/10): for each empty part one whole family *fills in*, taken from the part that has
   most over its share, the one whose hash is nearest. Nothing leaks. An export records the
   stand-in, and later ones with the same shares and seed keep it there: else what a model is evaluated
   on would change as the corpus grows. ``--rebalance`` lets it go.
3. The corpus is smaller than that: the accepted sentences, article after article in the order
   of the hashes, are cut into one block a part. At most two articles leak into a second part;
   the warning names them. Such a split changes as the corpus grows.
4. There are fewer sentences than parts: all are in the first part.

A family is a document (``core/documents.py``), or a whole story with its copies: ``similarity/story_groups.py`` finds
which articles stay together, and whose hash they are drawn by. A corpus of too few stories for that is split by
document (``split_keys``).

No part with a share is ever empty, but in the fourth case. A part with the share 0 is not written.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from annotator.core.errors import AnnotatorError
from annotator.docbin.writer import DocContent
from annotator.export.doc_layout import DocUnit
from annotator.export.options import SPLIT_PARTS, PartCounts
from annotator.export.span_outcomes import INCORRECT_SPANS_KEY

# What the parts of an export hold, and how a part is cut into files.
#
# A part of at most ``size`` Docs is one file, ``train.spacy``; a bigger one is a folder of files,
# ``train/00000.spacy`` and on, which ``spacy train`` reads one after the other, in their order: so neither
# writing nor training needs all of it in memory.


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

    def add_doc(self, unit: DocUnit, doc: DocContent) -> None:
        """Count a Doc."""
        self.docs += 1
        self.tokens += len(doc.words)
        self.sentences += sum(p.reviewed for p in unit)
        self.add_spans(unit, doc)

    def add_spans(self, unit: DocUnit, doc: DocContent) -> None:
        """Count the spans of a Doc."""
        self.incorrect += sum(len(spans) for key, spans in doc.groups if key == INCORRECT_SPANS_KEY)
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


SplitShares = tuple[int, int, int]
_HASH_RANGE = 1 << 64


class SplitAssignment(Struct, frozen=True):
    """The part of each sentence, in the order of the families given."""

    parts: tuple[str, ...]
    stand_ins: Mapping[str, str]
    """Families that fill an otherwise empty part, and that part, none of them recorded before."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Families that fill a part because an earlier export has recorded it."""
    blocks: bool = False
    """Whether articles had to be cut."""
    too_few: bool = False
    """Whether there are fewer sentences than parts."""


class DrawnGroups(Struct, frozen=True):
    """What is known of the articles before a split is drawn."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """By article id, what its story is drawn by."""
    quarantined: frozenset[str] = frozenset()
    """The articles that would bridge parts."""
    fixed: frozenset[str] = frozenset()
    """The articles that an earlier ``--rebalance`` has placed."""
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    """By article id, the part that an earlier export has let it fill."""


def hash_position(family: str, seed: int = 0) -> int:
    """Return where a family's hash is in ``[0, 2**64)``."""
    text = f"{seed} {family}" if seed else family
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def part_of(family: str, shares: SplitShares, seed: int = 0) -> str:
    """Return the part that a family's hash falls into."""
    return _parts_by_hash([family], shares, seed)[family]


def _parts_by_hash(families: Iterable[str], shares: SplitShares, seed: int) -> dict[str, str]:
    """Return the part of each family, in the order of their hashes."""
    total, bounds = sum(shares), _share_bounds(shares).items()
    found: dict[str, str] = {}
    for at, family in sorted((hash_position(f, seed), f) for f in set(families)):
        share = at * total // _HASH_RANGE
        found[family] = next(p for p, (low, high) in bounds if low <= share < high)
    return found


NO_STAND_INS: Mapping[str, str] = MappingProxyType({})


def assign_parts(
    families: Sequence[str], shares: SplitShares, recorded: Mapping[str, str] = NO_STAND_INS, seed: int = 0
) -> SplitAssignment:
    """Assign a part to each accepted sentence, given the family of each, in text order.

    ``recorded`` gives the part of the families that an earlier export has made a stand-in. Raises AnnotatorError where
    there is no sentence.
    """
    wanted = [p for p, share in zip(SPLIT_PARTS, shares, strict=True) if share]
    if not families:
        do = "annotate some and accept them with Enter"
        raise AnnotatorError("there is no accepted sentence to export", do=do)
    if len(families) < len(wanted):
        return SplitAssignment((wanted[0],) * len(families), {}, too_few=True)
    home = _parts_by_hash(families, shares, seed)
    kept = {f: part for f, part in recorded.items() if home.get(f, part) != part}
    home |= kept
    empty = [p for p in wanted if p not in home.values()]
    if empty and needs_block_split(families, shares, recorded, seed):
        return SplitAssignment(_block_split(families, shares, seed), {}, blocks=True)
    stand_ins: dict[str, str] = {}
    for part in empty:
        family = _choose_stand_in(home, part, shares, kept, seed)
        home[family] = stand_ins[family] = part
    return SplitAssignment(tuple(home[f] for f in families), stand_ins, kept)


def needs_block_split(
    families: Sequence[str], shares: SplitShares, recorded: Mapping[str, str] = NO_STAND_INS, seed: int = 0
) -> bool:
    """Whether there are too few families to give each part whole ones, so that articles would be cut."""
    home = _parts_by_hash(families, shares, seed)
    home |= {f: part for f, part in recorded.items() if f in home}
    empty = {p for p, share in zip(SPLIT_PARTS, shares, strict=True) if share} - set(home.values())
    return bool(empty) and len(home) < families_needed(shares)


def families_needed(shares: SplitShares) -> int:
    """Return from how many families on each part is due one."""
    return -(-sum(shares) // min(s for s in shares if s))


def split_keys(
    families: Sequence[str],
    articles: Sequence[str],
    shares: SplitShares,
    keys: Mapping[str, str],
    recorded: Mapping[str, str] = NO_STAND_INS,
    seed: int = 0,
) -> tuple[list[str], bool]:
    """Return what each accepted sentence is drawn by, and whether stories are torn.

    ``keys`` gives, by article id, what its story is drawn by. With too few stories for the parts the
    sentences are drawn by their families, the documents, as if nothing were linked.
    """
    description = [keys.get(a, f) for a, f in zip(articles, families, strict=True)]
    torn = description != list(families) and needs_block_split(description, shares, recorded, seed)
    return (list(families) if torn else description), torn


def _share_bounds(shares: SplitShares) -> dict[str, tuple[int, int]]:
    ends = [sum(shares[: n + 1]) for n in range(len(shares))]
    return {p: (end - share, end) for p, share, end in zip(SPLIT_PARTS, shares, ends, strict=True)}


def _choose_stand_in(
    home: Mapping[str, str], part: str, shares: SplitShares, kept: Mapping[str, str], seed: int
) -> str:
    """Return the family to move: of the part that is most over its share, nearest by hash; one of ``kept`` last."""
    sizes = Counter(home.values())
    share = dict(zip(SPLIT_PARTS, shares, strict=True))
    over = {p: n * sum(shares) - share[p] * len(home) for p, n in sizes.items() if n > 1}
    donor = max(over, key=lambda p: (over[p], -SPLIT_PARTS.index(p)))
    low, high = (x * _HASH_RANGE // sum(shares) for x in _share_bounds(shares)[part])
    candidates = [f for f, p in home.items() if p == donor]

    def distance(family: str) -> int:
        position = hash_position(family, seed)
        return max(low - position, position - high)

    return min(candidates, key=lambda f: (f in kept, distance(f), f))


def _block_split(families: Sequence[str], shares: SplitShares, seed: int) -> tuple[str, ...]:
    """Cut the sentences, family after family in the order of the hashes, into one block a part."""
    order = sorted(range(len(families)), key=lambda i: (hash_position(families[i], seed), families[i], i))
    sizes = _block_sizes(len(families), shares)
    names = [p for p in SPLIT_PARTS for _ in range(sizes[p])]
    parts = [""] * len(families)
    for i, name in zip(order, names, strict=True):
        parts[i] = name
    return tuple(parts)


def _block_sizes(total: int, shares: SplitShares) -> dict[str, int]:
    """Share ``total`` sentences out: rounded down, at least one a part, the rest to the largest."""
    sizes = {p: max(1, total * s // sum(shares)) if s else 0 for p, s in zip(SPLIT_PARTS, shares, strict=True)}
    largest = max(SPLIT_PARTS, key=lambda p: sizes[p])
    sizes[largest] += total - sum(sizes.values())
    return sizes
