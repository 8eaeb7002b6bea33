"""What ``export --report`` tells: what the split gives away, and a page that shows the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from annotator.export.doc_layout import ExportSentence
from annotator.export.export_ledger import REPORT_FILE
from annotator.export.options import ExportOptions, SplitAudit, SplitAuditFiles
from annotator.export.report_page import ReportData, pairwise_agreement
from annotator.export.report_page import render_report as report_page
from annotator.export.split_audit import TORN_STORIES, audit_split
from annotator.similarity.story_groups import StoryGroups
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.annotation_loader import ExportSelection, select_for_export
from annotator.workflows.story_split import StorySplit

_NO_STORY_SPLIT = StorySplit(StoryGroups({}), {})
_BY_STORY = "By story: copies of an article and articles on one story stay in one part."
_BY_ARTICLE = "By article: copies of an article, and articles on one story, may lie in several parts."
_BY_BLOCK = "In blocks of sentences, because there are too few articles: some lie in several parts."


def report_builder(
    corpus: CorpusFolder,
    gathered: ExportSelection,
    options: ExportOptions,
    found: StorySplit | None,
    *,
    page: bool,
) -> Callable[[Sequence[ExportSentence]], SplitAuditFiles]:
    """Return what tells of the split of an export; with ``page`` it studies it and makes the page."""
    groups = found or _NO_STORY_SPLIT
    regrouped = groups.regrouped(gathered.missing)

    def told(pieces: Sequence[ExportSentence]) -> SplitAuditFiles:
        if not page:
            return SplitAuditFiles(regrouped)
        labels = [x.name for x in corpus.schema.labels]
        made = audit_split(pieces, labels, groups.stories.links)
        if regrouped:
            made = replace(made, quarantined=regrouped.quarantined, moved=regrouped.moved)
        by = _describe_split(made, by_story=bool(found and TORN_STORIES not in gathered.warnings))
        return SplitAuditFiles(
            made, {REPORT_FILE: report_page(_data_card(corpus, gathered, options, made, pieces, by))}
        )

    return told


def _describe_split(made: SplitAudit, *, by_story: bool) -> str:
    """Return in a sentence how the split was drawn."""
    if len(made.sentences) < 2:
        return "All in one part."
    if made.leaks.articles:
        return _BY_BLOCK
    return _BY_STORY if by_story else _BY_ARTICLE


def _data_card(
    corpus: CorpusFolder,
    gathered: ExportSelection,
    options: ExportOptions,
    found: SplitAudit,
    pieces: Sequence[ExportSentence],
    by: str,
) -> ReportData:
    items = select_for_export(corpus).items if len(corpus.annotators()) > 1 else gathered.items
    labels = [x.name for x in corpus.schema.labels]
    shares = "/".join(map(str, options.split))
    return ReportData(
        corpus.name,
        corpus.lang,
        corpus.fingerprint,
        corpus.schema,
        pieces,
        items,
        pairwise_agreement(items, labels),
        found,
        shares,
        by,
    )
