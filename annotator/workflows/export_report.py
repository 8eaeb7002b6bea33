"""What ``export --report`` shows: how much a split leaks, and a page that describes the data."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from annotator.export.doc_layout import ExportSentence
from annotator.export.export_ledger import REPORT_FILE
from annotator.export.options import ExportOptions, SplitAudit, SplitAuditFiles
from annotator.export.report_page import ReportData, pairwise_agreement, render_report
from annotator.export.split_audit import audit_split
from annotator.similarity.story_groups import StoryGroups
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.doc_units import planned_articles
from annotator.workflows.export_plan import ExportPlan
from annotator.workflows.record_selection import select_items
from annotator.workflows.story_split import StorySplit

_NO_STORY_SPLIT = StorySplit(StoryGroups({}), {})
_BY_STORY = "By story: copies of an article and articles on one story stay in one part."
_BY_ARTICLE = "By article: copies of an article, and articles on one story, may lie in several parts."
_BY_BLOCK = "In blocks of sentences, because there are too few articles: some lie in several parts."


def audit_plan(
    corpus: CorpusFolder, plan: ExportPlan, options: ExportOptions, stories: StorySplit | None
) -> SplitAuditFiles:
    """Return what the split of an export leaks, and the page that shows the data."""
    groups = stories or _NO_STORY_SPLIT
    regrouped = groups.regrouped(plan.missing)
    sentences = [s for article in planned_articles(corpus, plan) for s in article.sentences()]
    audit = audit_split(sentences, [x.name for x in corpus.schema.labels], groups.stories.links)
    if regrouped:
        audit = replace(audit, quarantined=regrouped.quarantined, moved=regrouped.moved)
    method = _describe_split(audit, by_story=bool(stories) and not plan.torn)
    page = render_report(_report_data(corpus, plan, options, audit, sentences, method))
    return SplitAuditFiles(audit, {REPORT_FILE: page})


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
    if len(corpus.annotators()) > 1:
        items = select_items(corpus).items
    else:
        articles = {s.article.id: s.article for s in sentences}
        items = tuple(plan.selection.items(lambda a: articles.get(a) or corpus.article(a)))
    agreement = pairwise_agreement(items, [x.name for x in corpus.schema.labels])
    settings = (corpus.name, corpus.lang, corpus.fingerprint, corpus.schema)
    return ReportData(*settings, sentences, items, agreement, audit, "/".join(map(str, options.split)), method)
