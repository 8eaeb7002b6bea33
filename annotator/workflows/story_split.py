"""A split by story: which articles stay in one part, what is left out for it, and how much leaks all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.article import earlier_versions
from annotator.export.doc_layout import ExportSentence
from annotator.export.export_ledger import ARTICLE_QUARANTINED, REPORT_FILE
from annotator.export.options import (
    ExportOptions,
    MissingItems,
    QuarantineReport,
    RegroupedArticles,
    SplitAudit,
    article_with_title,
)
from annotator.export.split_audit import audit_split
from annotator.export.splits import part_of
from annotator.similarity.story_groups import (
    NUMPY_THRESHOLD,
    ArticleSignature,
    ComparableArticle,
    QuarantinedArticle,
    StoryGroups,
    article_signatures,
    comparable_article,
    group_stories,
    rebalanced_groups,
)
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import SPLITS_FILE, encode_split_groups, read_split_groups
from annotator.workflows.export_plan import ExportPlan, planned_articles
from annotator.workflows.record_selection import select_items

if TYPE_CHECKING:
    from annotator.export.report_page import ReportData


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
        """Raise CorpusError where ``save_groups`` could not write, before anything is exported."""
        if self.fixed_groups is not None:
            corpus.check_file_writable(encode_split_groups(self.fixed_groups))

    def regrouped(self, missing: MissingItems) -> RegroupedArticles | None:
        """Return what was left out as a bridge, with what it would bridge, and what was moved."""
        out = {left.item.article.id for left in missing.excluded if left.why == ARTICLE_QUARANTINED}
        bridges = [q for q in self.stories.quarantined if q.article in out]
        if not bridges and not self.moved:
            return None

        def bridge(q: QuarantinedArticle) -> QuarantineReport:
            between = [f"{article_with_title(a, self.titles[a])} in {part}" for a, part in q.links]
            return QuarantineReport(q.article, self.titles[q.article], between)

        moved = [article_with_title(a, self.titles[a]) for a in self.moved]
        return RegroupedArticles(quarantined=[bridge(q) for q in bridges], moved=moved)


def split_by_story(corpus: CorpusFolder, options: ExportOptions) -> StorySplit:
    """Return the stories of a corpus; with ``rebalance`` all that is linked becomes one group.

    Raises CorpusError where an article, or the file of the groups, cannot be read.
    """
    signatures, titles = _article_signatures(corpus)
    fixed = read_split_groups(corpus.path)
    drawn = group_stories(signatures, lambda key: part_of(key, options.split), fixed)
    if not options.rebalance:
        return StorySplit(drawn, titles)
    groups = rebalanced_groups(signatures)
    now = replace(drawn, keys=groups, quarantined=())
    moved = [a for a, key in drawn.keys.items() if part_of(key, options.split) != part_of(groups[a], options.split)]
    return StorySplit(now, titles, tuple(moved), groups)


def _article_signatures(corpus: CorpusFolder) -> tuple[list[ArticleSignature], dict[str, str]]:
    """Return what is compared of all articles, and their titles."""
    titles: dict[str, str] = {}
    replaces: dict[str, str] = {}

    def comparable() -> Iterator[ComparableArticle]:
        for article in map(corpus.article, corpus.article_ids()):
            replaces[article.id] = article.replaces
            titles[article.id] = article.title or article.id
            yield comparable_article(article)

    every = list(article_signatures(comparable(), use_numpy=len(corpus.article_ids()) > NUMPY_THRESHOLD))
    if any(replaces.values()):
        every = [replace(s, family=earlier_versions(s.article, lambda a: replaces.get(a, ""))[-1]) for s in every]
    return every, titles


# -- what ``export --report`` shows ----------------------------------------------------------------

_NO_STORY_SPLIT = StorySplit(StoryGroups({}), {})
_BY_STORY = "By story: copies of an article and articles on one story stay in one part."
_BY_ARTICLE = "By article: copies of an article, and articles on one story, may be in several parts."
_BY_BLOCK = "In blocks of sentences, because there are too few articles: some are in several parts."


def audit_plan(
    corpus: CorpusFolder, plan: ExportPlan, options: ExportOptions, stories: StorySplit | None
) -> tuple[SplitAudit, dict[str, bytes]]:
    """Return what the split of an export leaks, and by its name the page that shows the data."""
    from annotator.export.report_page import render_report  # it loads jinja2

    groups = stories or _NO_STORY_SPLIT
    regrouped = groups.regrouped(plan.missing)
    sentences = [s for article in planned_articles(corpus, plan) for s in article.sentences()]
    audit = audit_split(sentences, [x.name for x in corpus.schema.labels], groups.stories.links)
    if regrouped:
        audit = replace(audit, quarantined=regrouped.quarantined, moved=regrouped.moved)
    method = _describe_split(audit, by_story=bool(stories) and not plan.torn)
    page = render_report(_report_data(corpus, plan, options, audit, sentences, method))
    return audit, {REPORT_FILE: page}


def _describe_split(made: SplitAudit, *, by_story: bool) -> str:
    """Return in a sentence how the split was drawn."""
    if len(made.sentences) < 2:
        return "All in one part."
    if made.leaks.articles:
        return _BY_BLOCK
    return _BY_STORY if by_story else _BY_ARTICLE


def _report_data(
    corpus: CorpusFolder,
    plan: ExportPlan,
    options: ExportOptions,
    audit: SplitAudit,
    sentences: Sequence[ExportSentence],
    method: str,
) -> ReportData:
    from annotator.export.report_page import ReportData, pairwise_agreement

    if len(corpus.annotators()) > 1:
        items = select_items(corpus).items
    else:
        articles = {s.article.id: s.article for s in sentences}
        items = tuple(plan.selection.items(lambda a: articles.get(a) or corpus.article(a)))
    agreement = pairwise_agreement(items, [x.name for x in corpus.schema.labels])
    settings = (corpus.name, corpus.known_lang, corpus.fingerprint, corpus.schema)
    return ReportData(*settings, sentences, items, agreement, audit, "/".join(map(str, options.split)), method)
