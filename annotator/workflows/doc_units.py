"""The sentences of a plan as values of core, article by article, and the Docs that they make together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from annotator.core.article import Article, Sentence
from annotator.core.schema import Schema
from annotator.export.doc_layout import DocUnit, ExportSentence, article_units, reviewed_runs, sentence_units
from annotator.export.options import ExportItem
from annotator.export.span_outcomes import incorrect_spans, span_outcomes
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.export_plan import ExportPlan
from annotator.workflows.record_selection import RecordNumber, SelectedRecord


class PlannedArticle:
    """What an export takes of one article."""

    def __init__(self, corpus: CorpusFolder, plan: ExportPlan, article_id: str, numbers: Sequence[int]) -> None:
        """Read the article and its records; ``numbers`` are its sentences in the whole export."""
        self._corpus, self._plan, self._numbers = corpus, plan, numbers
        self._schema: Schema = corpus.schema
        self.article: Article = corpus.article(article_id)
        self._entries: list[SelectedRecord] = plan.selection.selected(article_id)
        self._items: dict[RecordNumber, ExportItem] = {
            e.record_number: plan.selection.item(self.article, e) for e in self._entries
        }
        self._incorrect = incorrect_spans(self._items.values(), self._schema)

    def sentences(self) -> list[ExportSentence]:
        """Return the accepted sentences, in text order."""
        return [self._sentence(n) for n in self._numbers]

    def numbers_by_sentence(self) -> dict[str, int]:
        """Return the number in the whole export of each accepted sentence, by its id."""
        return {self._items[self._record(n)].annotated.sentence.id: n for n in self._numbers}

    def _record(self, number: int) -> RecordNumber:
        return self._plan.journal_numbers[number], self._plan.records[number]

    def _sentence(self, number: int) -> ExportSentence:
        record = self._record(number)
        item = self._items[record]
        names = self._plan.selection.shared_annotators.get(record, item.annotator)
        s, part, annotators = item.annotated.sentence, self._plan.split.parts[number], tuple(names.split(", "))
        outcomes, wrong = span_outcomes(item.annotated, self._schema), self._incorrect.get(s.id, ())
        return ExportSentence(s, self.article, part, item, annotators, outcomes, wrong)

    def sentence_units(self) -> list[DocUnit]:
        """Return a Doc for each sentence."""
        return sentence_units(self.sentences())

    def runs(self) -> list[DocUnit]:
        """Return a Doc for each run of accepted sentences with nothing unseen between them."""
        return reviewed_runs(self.sentences())

    def article_units(self) -> list[DocUnit]:
        """Return one Doc for each part that the article is in, the text between sentences included."""
        units = article_units(self.sentences(), self._other_sentences())

        def with_incorrect(piece: ExportSentence) -> ExportSentence:
            wrong = self._incorrect.get(piece.sentence.id, ())
            return piece if piece.item or not wrong else replace(piece, incorrect_spans=wrong)

        return [tuple(map(with_incorrect, unit)) for unit in units]

    def _other_sentences(self) -> list[Sentence]:
        """Return the sentences that nobody has finished, then those finished but not exported here."""
        done = [e.range for e in self._entries if e.answer]
        unreviewed = [
            s
            for s in self._corpus.active_sentences(self.article)
            if not any(a < s.end and s.start < b for a, b in done)
        ]
        exported = {self._record(n) for n in self._numbers}
        others = [e for e in self._entries if e.record_number not in exported]
        others.sort(key=lambda e: (e.journal_number, e.start))
        return [*unreviewed, *(self._items[e.record_number].annotated.sentence for e in others)]


def planned_articles(corpus: CorpusFolder, plan: ExportPlan) -> Iterator[PlannedArticle]:
    """Yield the articles of a plan, in the order of the export; raises UnreadableRecordError."""
    for article_id, numbers in plan.by_article():
        yield PlannedArticle(corpus, plan, article_id, numbers)
