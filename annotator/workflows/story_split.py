"""A split by story: which articles stay in one part, and what is left out for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import Article
from annotator.core.documents import DocumentLink, Documents, document_link, find_documents
from annotator.export.export_ledger import ARTICLE_QUARANTINED
from annotator.export.options import ExportOptions, MissingItems
from annotator.export.split_report import QuarantineReport, RegroupedArticles, article_with_title
from annotator.export.splits import part_of
from annotator.similarity.story_groups import (
    NUMPY_THRESHOLD,
    ArticleSignature,
    ComparableArticle,
    StoryGroups,
    article_signatures,
    comparable_article,
    group_stories,
    rebalanced_groups,
)
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.splits_file import read_fixed_split


class StorySplit(Struct, frozen=True):
    """The stories of a corpus under the shares of a split."""

    stories: StoryGroups
    """By article id; ``links`` are those of the first articles of documents."""
    titles: Mapping[str, str]
    """By article id."""
    documents: Documents
    moved: tuple[str, ...] = ()
    """The ids of the articles that another part has now, by ``--rebalance``."""
    fixed_groups: Mapping[str, str] | None = None
    """The groups that it has made, to be kept once the export is done."""

    def regrouped(self, missing: MissingItems) -> RegroupedArticles | None:
        """Return what was left out as a bridge, with what it would bridge, and what was moved."""
        out = {left.item.article.id for left in missing.excluded if left.why == ARTICLE_QUARANTINED}
        bridges = self._first_of_each(q.article for q in self.stories.quarantined if q.article in out)
        if not bridges and not self.moved:
            return None
        links = {q.article: q.links for q in self.stories.quarantined}

        def bridge(article: str) -> QuarantineReport:
            between = [f"{article_with_title(a, self.titles[a])} in {part}" for a, part in links[article]]
            return QuarantineReport(article, self.titles[article], between)

        moved = [article_with_title(a, self.titles[a]) for a in self._first_of_each(self.moved)]
        return RegroupedArticles(quarantined=list(map(bridge, bridges)), moved=moved)

    def _first_of_each(self, articles: Iterable[str]) -> list[str]:
        """Return the first article of each group, and all that have none."""
        keys, grouped = self.documents.keys, self.documents.grouped
        found: dict[str, str] = {}
        for article in articles:
            found.setdefault(keys[article] if keys[article] in grouped else article, article)
        return list(found.values())


def split_by_story(corpus: CorpusFolder, options: ExportOptions) -> StorySplit:
    """Return the stories of a corpus; with ``rebalance`` all that is linked becomes one group.

    The articles of a group are compared as one text, and stay together. Raises CorpusError where an article, or the
    file of the groups, cannot be read.
    """
    signatures, titles, documents = _document_signatures(corpus)
    members = documents.members()
    fellows = {s.article: members[s.family] for s in signatures if s.family in documents.grouped}
    recorded = read_fixed_split(corpus.path)
    shares, seed = options.shares, options.split_rule.seed
    stored, stand_ins = recorded.groups, recorded.stand_ins_for(shares, seed)
    parts = {**stand_ins, **{documents.keys.get(a, a): part for a, part in stand_ins.items()}}
    placed = {first: next((stored[a] for a in every if a in stored), "") for first, every in fellows.items()}
    fixed = {**stored, **{first: key for first, key in placed.items() if key}}

    def part(key: str) -> str:
        return parts.get(key) or part_of(key, shares, seed)

    drawn = group_stories(signatures, part, fixed).with_fellows(fellows)
    if not options.rebalance:
        return StorySplit(drawn, titles, documents)
    groups = StoryGroups(rebalanced_groups(signatures)).with_fellows(fellows).keys
    now = replace(drawn, keys=groups, quarantined=())
    moved = [a for a, key in drawn.keys.items() if part(key) != part_of(groups[a], shares, seed)]
    return StorySplit(now, titles, documents, tuple(moved), groups)


def _document_signatures(corpus: CorpusFolder) -> tuple[list[ArticleSignature], dict[str, str], Documents]:
    """Return what is compared of all articles, those of a group as one; the titles of the articles; the documents."""
    titles: dict[str, str] = {}
    links: list[DocumentLink] = []

    def every_article() -> Iterator[Article]:
        for article in map(corpus.article, corpus.article_ids()):
            links.append(document_link(article))
            titles[article.id] = _document_title(article)
            yield article

    use_numpy = len(corpus.article_ids()) > NUMPY_THRESHOLD
    ungrouped = takewhile(lambda article: not article.group, every_article())  # in a large corpus no text is kept
    made = list(article_signatures(map(comparable_article, ungrouped), use_numpy))
    if links and links[-1].group:
        links.clear()
        texts = list(map(comparable_article, every_article()))
        documents = find_documents(links)
        made = list(article_signatures(_joined_documents(texts, documents, links), use_numpy))
    else:
        documents = find_documents(links)
    return [replace(s, family=documents.keys[s.article]) for s in made], titles, documents


def _document_title(article: Article) -> str:
    """Return what a report calls an article: one of a group is known by the group."""
    if article.group:
        return f"{article.group.field} {article.group.value}"
    return article.title or article.id


def _joined_documents(
    texts: Iterable[ComparableArticle], documents: Documents, links: Iterable[DocumentLink]
) -> list[ComparableArticle]:
    """Return the articles; of a group all that replace none as one, in the place of the first.

    Sentence by sentence two documents would share many a phrase by chance.
    """
    found: dict[str, list[ComparableArticle]] = {}
    for one, link in zip(texts, links, strict=True):
        key = documents.keys[one.article_id]
        if key not in documents.grouped:
            found[one.article_id] = [one]
        elif key not in found or not link.replaces:
            found.setdefault(key, []).append(one)
    return [every[0]._replace(text="\n".join(one.text for one in every)) for every in found.values()]
