"""What ``export --report`` tells: what the split gives away, and a page that shows the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from annotator.cli.gather import Gathered, gather
from annotator.cli.grouping import Grouped
from annotator.export.leakage import study
from annotator.export.pieces import Piece
from annotator.export.report.agreement import agreement
from annotator.export.report.page import Card
from annotator.export.report.page import page as report_page
from annotator.export.save import REPORT
from annotator.export.stories import Stories
from annotator.export.study import Studied, Study
from annotator.export.values import ExportOptions
from annotator.export.warn import TORN
from annotator.storage.corpus import Corpus

_NONE = Grouped(Stories({}), {})
_BY_STORY = "By story: copies of an article and articles on one story stay in one part."
_BY_ARTICLE = "By article: copies of an article, and articles on one story, may lie in several parts."
_BY_BLOCK = "In blocks of sentences, because there are too few articles: some lie in several parts."


def studied(
    corpus: Corpus, gathered: Gathered, options: ExportOptions, found: Grouped | None, *, page: bool
) -> Callable[[Sequence[Piece]], Studied]:
    """Return what tells of the split of an export; with ``page`` it studies it and makes the page."""
    groups = found or _NONE
    regrouped = groups.regrouped(gathered.missing)

    def told(pieces: Sequence[Piece]) -> Studied:
        if not page:
            return Studied(regrouped)
        labels = [x.name for x in corpus.schema.labels]
        made = study(pieces, labels, groups.stories.links)
        if regrouped:
            made = replace(made, quarantined=regrouped.quarantined, moved=regrouped.moved)
        by = _drawn_by(made, by_story=bool(found and TORN not in gathered.warnings))
        return Studied(made, {REPORT: report_page(_card(corpus, gathered, options, made, pieces, by))})

    return told


def _drawn_by(made: Study, *, by_story: bool) -> str:
    """Return in a sentence how the split was drawn."""
    if len(made.sentences) < 2:
        return "All in one part."
    if made.leaks.articles:
        return _BY_BLOCK
    return _BY_STORY if by_story else _BY_ARTICLE


def _card(
    corpus: Corpus, gathered: Gathered, options: ExportOptions, found: Study, pieces: Sequence[Piece], by: str
) -> Card:
    items = gather(corpus).items if len(corpus.annotators()) > 1 else gathered.items
    labels = [x.name for x in corpus.schema.labels]
    shares = "/".join(map(str, options.split))
    return Card(
        corpus.name,
        corpus.lang,
        corpus.fingerprint,
        corpus.schema,
        pieces,
        items,
        agreement(items, labels),
        found,
        shares,
        by,
    )
