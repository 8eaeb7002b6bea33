"""What a person should know about an export before trusting a model trained on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from annotator.core.counting import join_limited
from annotator.export.pieces import ExportSentence
from annotator.export.splits import SplitAssignment
from annotator.export.values import NgramSuggester


def split_warnings(pieces: Sequence[ExportSentence], families: Sequence[str], split: SplitAssignment) -> Iterator[str]:
    """Yield what leaks between the parts and what stands in; ``families`` runs beside ``pieces``."""
    if split.blocks:
        yield block_split_warning((p.article.id, p.article.title, p.part) for p in pieces)
    for family, part in split.stand_ins.items():
        title = next(_article_title(p) for p, f in zip(pieces, families, strict=True) if f == family)
        yield stand_in_warning(part, title)
    if duplicates := _count_duplicate_sentences(pieces):
        yield duplicate_sentences_warning(duplicates)


TORN_STORIES = (
    "too few stories to keep each in one part: copies of one article, or articles on one story, "
    "lie in several parts, which flatters the scores"
)
"""What is told where the split had to fall back to single articles."""


def duplicate_sentences_warning(duplicates: int) -> str:
    """Return that so many sentences stand in two parts."""
    return f"sentences of dev or test that stand in train too, word for word: {duplicates}"


def stand_in_warning(part: str, title: str) -> str:
    """Return that an article fills a part that would be empty."""
    return f"no article falls into {part} by its hash yet: “{title}” stands in until one does"


def foreign_file_warnings(names: Iterable[str]) -> Iterator[str]:
    """Yield that files stay which an export would have removed, had it written them."""
    for name in names:
        yield f"{name} stays in the folder: it is not as an export left it, and not part of this one"


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


def block_split_warning(sentences: Iterable[tuple[str, str, str]]) -> str:
    """Return which articles stand in several parts, from (article id, title, part) of each sentence."""
    parts: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, str] = {}
    for article, title, part in sentences:
        titles[article] = title or article
        if part not in parts[article]:
            parts[article].append(part)
    description = [f"“{titles[a]}” in {' and '.join(x)}" for a, x in parts.items() if len(x) > 1]
    blocks = "too few articles to split by article, so the sentences were split in blocks"
    if not description:
        return f"{blocks}; none leaks here, but the parts change as the corpus grows"
    return f"{blocks} and articles leak from part to part, which flatters the scores: {', '.join(description)}"


def _count_duplicate_sentences(pieces: Sequence[ExportSentence]) -> int:
    known = {p.sentence.text for p in pieces if p.part == "train"}
    return sum(p.part != "train" and p.sentence.text in known for p in pieces)


def _article_title(piece: ExportSentence) -> str:
    return piece.article.title or piece.article.id
