"""Which articles of a corpus stay in one part of a split, and what is left out for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.article import Article
from annotator.export.export_ledger import ARTICLE_QUARANTINED
from annotator.export.options import ExcludedItem, ExportOptions, MissingItems
from annotator.export.split_audit import TORN_STORIES
from annotator.export.splits import part_of, split_keys
from annotator.similarity.article_signatures import (
    NUMPY_THRESHOLD,
    ArticleSignature,
    ComparableArticle,
    article_signatures,
    comparable_article,
)
from annotator.similarity.story_groups import (
    QuarantinedArticle,
    StoryGroups,
    group_stories,
    rebalanced_groups,
)
from annotator.storage.articles import ARTICLES_FOLDER, read_fast_articles
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_settings import SPLITS_FILE, encode_split_groups, read_split_groups
from annotator.storage.journal_index import FastReadError

if TYPE_CHECKING:  # a small export starts fast
    from annotator.export.options import RegroupedArticles
    from annotator.workflows.annotation_loader import ExportSelection


class StorySplit(Struct, frozen=True):
    """The stories of a corpus under the shares of a split."""

    stories: StoryGroups
    titles: Mapping[str, str]
    """By article id."""
    moved: tuple[str, ...] = ()
    """The ids of the articles that another part has now, by ``--rebalance``."""
    fixed_groups: Mapping[str, str] | None = None
    """The groups that it has made, to be kept once the export is done."""

    def save_groups(self, corpus: CorpusFolder) -> None:
        """Record the groups of a ``--rebalance`` in the corpus; raises CorpusError."""
        if self.fixed_groups is not None:
            corpus.write_file(SPLITS_FILE, encode_split_groups(self.fixed_groups))

    def check_groups_writable(self, corpus: CorpusFolder) -> None:
        """Raise CorpusError where ``keep`` could not write, before anything is exported."""
        if self.fixed_groups is not None:
            corpus.check_file_writable(encode_split_groups(self.fixed_groups))

    def regrouped(self, missing: MissingItems) -> RegroupedArticles | None:
        """Return what was left out as a bridge, with what it would bridge, and what was moved."""
        out = {left.item.article.id for left in missing.excluded if left.why == ARTICLE_QUARANTINED}
        bridges = [q for q in self.stories.quarantined if q.article in out]
        if not bridges and not self.moved:
            return None
        from annotator.export.options import QuarantineReport, RegroupedArticles, article_with_title

        def bridge(q: QuarantinedArticle) -> QuarantineReport:
            between = [f"{article_with_title(a, self.titles[a])} in {part}" for a, part in q.links]
            return QuarantineReport(q.article, self.titles[q.article], between)

        moved = [article_with_title(a, self.titles[a]) for a in self.moved]
        return RegroupedArticles(quarantined=[bridge(q) for q in bridges], moved=moved)


def split_by_story(corpus: CorpusFolder, options: ExportOptions, *, rebalanced: bool = False) -> StorySplit:
    """Return the stories of a corpus; with ``afresh`` all that is linked becomes one group.

    Raises CorpusError where an article, or the file of the groups, cannot be read.
    """
    signatures, titles = _article_signatures(corpus)
    fixed = read_split_groups(corpus.path)
    drawn = group_stories(signatures, lambda key: part_of(key, options.split), fixed)
    if not rebalanced:
        return StorySplit(drawn, titles)
    groups = rebalanced_groups(signatures)
    now = replace(drawn, keys=groups, quarantined=())
    moved = [
        a for a, key in drawn.keys.items() if part_of(key, options.split) != part_of(groups[a], options.split)
    ]
    return StorySplit(now, titles, tuple(moved), groups)


def _article_signatures(corpus: CorpusFolder) -> tuple[list[ArticleSignature], dict[str, str]]:
    """Return what is compared of all articles, and their titles."""
    try:
        return _compute_signatures(corpus, _fast_inputs(corpus))
    except (FastReadError, OSError):  # one is not as it should be: whoever reads it with care will tell
        return _compute_signatures(corpus, map(_signature_input, map(corpus.article, corpus.article_ids())))


SignatureInput = tuple[ComparableArticle, str, str]
"""What is looked at of an article, its title, and the one that it replaces."""


def _fast_inputs(corpus: CorpusFolder) -> Iterator[SignatureInput]:
    for x in read_fast_articles(corpus.path / ARTICLES_FOLDER, corpus.article_ids()):
        yield ComparableArticle(x.id, x.ingested_text, x.date), x.title, x.replaces


def _signature_input(article: Article) -> SignatureInput:
    return comparable_article(article), article.title, article.replaces


def _compute_signatures(
    corpus: CorpusFolder, articles: Iterable[SignatureInput]
) -> tuple[list[ArticleSignature], dict[str, str]]:
    titles: dict[str, str] = {}
    replaces: dict[str, str] = {}

    def noted() -> Iterator[ComparableArticle]:
        for one, title, earlier in articles:
            replaces[one.article_id] = earlier
            titles[one.article_id] = title or one.article_id
            yield one

    found = list(article_signatures(noted(), use_numpy=len(corpus.article_ids()) > NUMPY_THRESHOLD))
    if any(replaces.values()):
        found = [replace(s, family=_first_version(s.article, replaces)) for s in found]
    return found, titles


def _first_version(article: str, replaces: Mapping[str, str]) -> str:
    """Return the first version of an article, as far back as the corpus tells."""
    seen = [article]
    while (before := replaces.get(seen[-1], "")) and before not in seen:
        seen.append(before)
    return seen[-1]


def apply_story_split(
    gathered: ExportSelection, found: StorySplit, options: ExportOptions
) -> ExportSelection:
    """Return what is exported: each item drawn by its story, the quarantined ones among what is left out.

    Where there are too few stories for the parts, nothing is changed but a warning added.
    """
    out, keys = found.stories.quarantined_ids, found.stories.keys
    staying = [
        i
        for i in gathered.items
        if i.article.id not in out or i.annotated.annotation.answer is not Answer.ACCEPT
    ]
    accepted = [i for i in staying if i.annotated.annotation.answer is Answer.ACCEPT]
    families = [i.family or i.article.id for i in accepted]
    _, torn = split_keys(families, [i.article.id for i in accepted], options.split, keys)
    if torn or not accepted:
        return replace(gathered, warnings=(*gathered.warnings, TORN_STORIES)) if torn else gathered
    left = [
        ExcludedItem(i, ARTICLE_QUARANTINED, requested=False)
        for i in gathered.items
        if i.article.id in out and i.annotated.annotation.answer is Answer.ACCEPT
    ]
    missing = replace(gathered.missing, excluded=(*gathered.missing.excluded, *left))
    items = tuple(replace(i, family=keys.get(i.article.id, i.family)) for i in staying)
    unreviewed = {a: s for a, s in gathered.unreviewed.items() if a not in out}
    return replace(gathered, items=items, missing=missing, unreviewed=unreviewed)
