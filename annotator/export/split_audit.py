"""How much a split leaks: labels and words by part, and leakage beside that of a random split.

*Leakage* is counted for what a model is evaluated on (dev and test) against what it has seen (train): the
documents that are on both sides (not known where most texts are one sentence without a document), the documents with
a copy or a report of the same story in train, and the sentences that are in train word for word. The same is counted
for a split of the same sentences, in the same sizes, by chance (SHA-256 of the sentence's id), which is what most
recipes do.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from annotator.core.pluralize import join_limited
from annotator.export.doc_layout import ExportSentence
from annotator.export.options import SPLIT_PARTS, NgramSuggester
from annotator.export.split_report import LeakageCounts, SplitAudit, SurfaceFormCounts
from annotator.similarity.near_duplicates import candidate_pairs
from annotator.similarity.shingles import jaccard, shingle_hashes, shingle_words

TRAIN_PART = SPLIT_PARTS[0]
NEAR_DUPLICATE_SENTENCE = 0.6
"""The share of shingles in common (Jaccard) that makes two sentences near-duplicates."""

ArticleLinks = Mapping[str, Sequence[str]]
"""By article id, others that it is linked to, as copies or by story."""


def audit_split(
    sentences: Sequence[ExportSentence],
    labels: Sequence[str],
    links: ArticleLinks,
    documents: Mapping[str, str] | None = None,
    lone_sentences: int = 0,
) -> SplitAudit:
    """Return how much the split of these accepted sentences leaks.

    ``documents`` gives by article id what its document is known by; of ``lone_sentences`` the document is not known.
    """
    parts = [p.part for p in sentences]
    wanted = [p for p in SPLIT_PARTS if p in parts]
    known = 2 * lone_sentences < len(sentences)

    def leaks(of: Sequence[ExportSentence]) -> LeakageCounts:
        found = count_leaks(of, links, documents or {})
        return found if known else replace(found, articles=None)

    return SplitAudit(
        sentences={part: parts.count(part) for part in wanted},
        labels={part: _label_counts([p for p in sentences if p.part == part], labels) for part in wanted},
        forms=surface_forms(sentences, labels) if {TRAIN_PART, "dev"} <= set(wanted) else {},
        leaks=leaks(sentences),
        by_chance=leaks(random_split(sentences)),
        lone_sentences=lone_sentences,
    )


def random_split(sentences: Sequence[ExportSentence]) -> list[ExportSentence]:
    """Return the pieces with the same parts dealt out by the hash of each sentence's id."""

    def random_key(n: int) -> bytes:
        return hashlib.sha256(f"chance {sentences[n].sentence.id}".encode()).digest()

    order = sorted(range(len(sentences)), key=random_key)
    dealt = sorted((p.part for p in sentences), key=SPLIT_PARTS.index)
    parts = dict(zip(order, dealt, strict=True))
    return [replace(p, part=parts[i]) for i, p in enumerate(sentences)]


def count_leaks(
    sentences: Sequence[ExportSentence], links: ArticleLinks, documents: Mapping[str, str]
) -> LeakageCounts:
    """Count what dev or test have although train has it too; an article of no document is one by itself."""
    both = _document_links(links, documents)
    train = [p for p in sentences if p.part == TRAIN_PART]
    rest = [p for p in sentences if p.part != TRAIN_PART]
    known = {documents.get(p.article.id, p.article.id) for p in train}
    tried = {documents.get(p.article.id, p.article.id) for p in rest}
    linked = [a for a in tried - known if not known.isdisjoint(both.get(a, ()))]
    texts = {p.sentence.text for p in train}
    fresh = [p for p in rest if p.sentence.text not in texts]
    return LeakageCounts(len(tried & known), len(linked), len(rest) - len(fresh), _count_near_duplicates(train, fresh))


def surface_forms(sentences: Sequence[ExportSentence], labels: Sequence[str]) -> dict[str, SurfaceFormCounts]:
    """Return, by label, how many of the different words marked in dev are marked alike in train too."""
    train = _labelled_texts(p for p in sentences if p.part == TRAIN_PART)
    dev = _labelled_texts(p for p in sentences if p.part == "dev")
    out = {}
    for label in labels:
        mine = {text for name, text in dev if name == label}
        seen = sum((label, text) in train for text in mine)
        out[label] = SurfaceFormCounts(seen, len(mine) - seen)
    return {label: f for label, f in out.items() if f.seen + f.unseen}


def _labelled_texts(sentences: Iterable[ExportSentence]) -> set[tuple[str, str]]:
    marked = ((s.label, p.sentence.text[s.start : s.end]) for p in sentences for s in p.spans)
    return {(label, " ".join(text.split()).casefold()) for label, text in marked}


def _label_counts(sentences: Sequence[ExportSentence], labels: Sequence[str]) -> dict[str, int]:
    found = Counter(s.label for p in sentences for s in p.spans)
    return {label: found[label] for label in labels}


def _document_links(links: ArticleLinks, documents: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the links between documents, in both directions."""
    out: dict[str, set[str]] = {}
    for later, before in links.items():
        for article in before:
            one, other = documents.get(later, later), documents.get(article, article)
            out.setdefault(one, set()).add(other)
            out.setdefault(other, set()).add(one)
    return out


def _count_near_duplicates(train: Sequence[ExportSentence], rest: Sequence[ExportSentence]) -> int:
    sets = [shingle_hashes(shingle_words(p.sentence.text)) for p in (*train, *rest)]
    pairs = candidate_pairs(sets, 1, NEAR_DUPLICATE_SENTENCE)
    found = {b for a, b in pairs if a < len(train) <= b and jaccard(sets[a], sets[b]) >= NEAR_DUPLICATE_SENTENCE}
    return len(found)


# What a person should know about an export before trusting a model trained on it.


def training_warnings(wanted: Sequence[str], *, config: bool, sizes: NgramSuggester | None) -> Iterator[str]:
    """Yield what the configs cannot do."""
    if not config:
        description = "train has no spans to learn from" if "train" in wanted else "there is no train part"
        yield f"no config.cfg was written: {description}"
    elif "dev" not in wanted:
        yield "there is no dev part: the config evaluates on the training data, so its scores mean little"
    far = [(label, 1 - share) for label, share in sizes.ceiling.items() if share < 0.5] if sizes else []
    if far:
        description = join_limited([f"{share:.0%} of the {label} spans" for label, share in far])
        yield f"spancat cannot find {description}: longer than its n-grams"
