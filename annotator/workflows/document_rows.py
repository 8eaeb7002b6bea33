"""The articles that are rows of one document, for exports with ``--unit article``."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from msgspec import Struct

from annotator.core.article import Article
from annotator.core.article_queue import ArticleQueue
from annotator.export.coverage_classes import ClassView
from annotator.export.doc_layout import DocUnit, ExportSentence, reviewed_runs, units_by_part
from annotator.storage.article_groups import read_article_groups
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.export_plan import ExportPlan, PlannedArticle, planned_articles


class DocumentRows:
    """Which articles of a corpus are written together, in the order of their positions."""

    def __init__(self, corpus: CorpusFolder) -> None:
        """Read the groups of all articles."""
        ids = corpus.article_ids()
        self._corpus = corpus
        self._queue = ArticleQueue(ids, read_article_groups(corpus.path, ids))

    def rows_of(self, article: str, exported: Container[str], left_out: Container[str] = ()) -> list[Article]:
        """Return the rows of the document of an article: those ``exported``, and others that are in force."""
        members = self._queue.members[self._queue.number_of(article)]
        rows = [self._corpus.article(a) for a in members if a in exported or a not in left_out]
        return [row for row in rows if row.id in exported or not row.replaced_by]


class PlannedDocument(Struct, frozen=True):
    """What an export takes of the rows of one document; of an article that is in none, of it alone."""

    rows: Sequence[PlannedArticle]

    def numbers_by_sentence(self, view: ClassView | None) -> dict[str, int]:
        """Return by its id the number in the whole export of each sentence that the ledger has from a class."""
        return {x: n for row in self.rows for x, n in row.numbers_by_sentence(view).items()}

    def sentence_units(self, view: ClassView | None) -> list[DocUnit]:
        """Return a Doc for each sentence."""
        return [unit for row in self.rows for unit in row.sentence_units(view)]

    def units(self, view: ClassView | None) -> list[DocUnit]:
        """Return one Doc for each part that the document is in; an unread sentence is in that of the one before."""
        part = next((s.part for row in self.rows for s in row.sentences(view)), None)
        pieces: list[ExportSentence] = []
        for row in self.rows if part is not None else ():
            pieces += row.pieces(pieces[-1].part if pieces else part or "", view)
        return units_by_part(pieces)

    def reviewed_runs(self, view: ClassView | None) -> list[DocUnit]:
        """Return a Doc for each run of accepted sentences of a row."""
        return [run for row in self.rows for run in reviewed_runs(row.sentences(view))]


def planned_documents(
    corpus: CorpusFolder, plan: ExportPlan, *, rows_together: bool = True
) -> Iterator[PlannedDocument]:
    """Yield what is exported, in the order of the export: the rows of a document together, else each article.

    Raises UnreadableRecordError.
    """
    if not rows_together:
        for article in planned_articles(corpus, plan):
            yield PlannedDocument([article])
        return
    numbers = dict(plan.by_article())
    documents, done = DocumentRows(corpus), set[str]()
    for first in numbers:
        if first not in done:
            rows = [x.id for x in documents.rows_of(first, numbers, plan.quarantined)]
            done.update(rows)
            yield PlannedDocument([PlannedArticle(corpus, plan, a, numbers.get(a, ())) for a in rows])
