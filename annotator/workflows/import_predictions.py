"""What models have predicted in an imported file: suggestions of a source each, or listed as not taken."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from annotator.core.article import Sentence
from annotator.core.ledger import Outcome
from annotator.core.pluralize import pluralize
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import is_aligned
from annotator.formats.document import PREDICTIONS_NOT_TAKEN, ConversionLog, ConversionLogEntry, Document, PredictedSpan
from annotator.formats.label_mapping import LabelRename
from annotator.formats.span_alignment import align_spans
from annotator.storage.import_transaction import ImportStaging
from annotator.storage.suggestions import UNKNOWN_SCORE
from annotator.suggest.mention_history import HISTORY_SOURCE
from annotator.suggest.rules import RULES_SOURCE
from annotator.workflows.import_options import ImportOptions

_KIND = "predicted span"
_OVER_SENTENCE_END = "it runs over the end of a sentence, which no suggestion does"
_INSIDE_TOKEN = "it begins or ends inside a token"


class PredictionImporter:
    """Makes suggestions of the predictions of an import, or lists them as not taken."""

    def __init__(self, staging: ImportStaging, log: ConversionLog, options: ImportOptions, rename: LabelRename) -> None:
        """Begin; ``staging`` takes the suggestions."""
        self.labels: Counter[str] = Counter()
        """How many suggestions there are by label of the corpus."""
        self._log, self._rename, self._are_taken = log, rename, options.predictions == "suggest"
        self._staged = staging.suggestions
        self._staged.reserved = frozenset({RULES_SOURCE, HISTORY_SOURCE})
        self._read = 0
        self._scores: dict[str, tuple[float, float]] = {}
        """The lowest and the highest score of each source."""

    def add(self, document: Document, offset: int, sentences: Sequence[Sentence]) -> None:
        """Take the predictions of a document in whose article its text begins at ``offset``.

        ``sentences`` are those of the article, in text order.
        """
        self._read += len(document.predictions)
        by_source: defaultdict[str, list[PredictedSpan]] = defaultdict(list)
        for predicted in document.predictions:
            if self._are_taken:
                by_source[predicted.source].append(predicted)
            else:
                self._leave_out(document, predicted, PREDICTIONS_NOT_TAKEN)
        end = offset + len(document.text)
        for source, found in by_source.items():
            self._add_source(document, source, found, offset, [s for s in sentences if offset <= s.start < end])
        self._log.aligned_entries = len(self._log.entries)

    def _add_source(
        self, document: Document, given: str, found: Sequence[PredictedSpan], offset: int, sentences: Sequence[Sentence]
    ) -> None:
        name = self._staged.source_name(given)
        made: list[list[Suggestion]] = [[] for _ in sentences]
        starts = [s.start for s in sentences]
        for predicted in found:
            span = self._aligned(document, predicted)
            if span is None:
                continue
            at = bisect_right(starts, span.start + offset) - 1
            why = _OVER_SENTENCE_END
            if at >= 0 and span.end + offset <= sentences[at].end:
                span = span.shifted(offset - sentences[at].start)
                why = "" if is_aligned(sentences[at].tokens, span.start, span.end) else _INSIDE_TOKEN
            if why:
                self._leave_out(document, predicted, why)
                continue
            self.labels[span.label] += 1
            made[at].append(self._suggestion(span, name, predicted))
        for sentence, suggestions in zip(sentences, made, strict=True):
            self._staged.add(name, sentence, suggestions)

    def _aligned(self, document: Document, predicted: PredictedSpan) -> Span | None:
        """Return a predicted span as an annotated one would be kept, or None after it was listed."""
        if predicted.span is None:
            self._leave_out(document, predicted, predicted.why)
            return None
        aligning = ConversionLog()
        alone = Document(document.text, (replace(predicted.span, source="", group=""),))
        spans = align_spans(alone, aligning, None, self._rename).spans
        for entry in aligning.entries:
            if entry.outcome is Outcome.LEFT_OUT:
                self._leave_out(document, predicted, entry.why)
        return next(iter(spans), None)

    def _suggestion(self, span: Span, name: str, predicted: PredictedSpan) -> Suggestion:
        score = predicted.score
        if score is not None:
            low, high = self._scores.get(name, (score, score))
            self._scores[name] = (min(low, score), max(high, score))
        known = score is not None and 0 <= score <= 1
        return Suggestion(
            *(span.start, span.end, span.label, name, score if known and score is not None else UNKNOWN_SCORE),
            estimated=not known,
        )

    def _leave_out(self, document: Document, predicted: PredictedSpan, why: str) -> None:
        span, where = predicted.span, document.where or document.id
        words = document.text[span.start : span.end] if span else ""
        self._log.record(ConversionLogEntry(where, predicted.id, Outcome.LEFT_OUT, why, words, _KIND))

    def finish(self) -> Iterator[str]:
        """Settle the scores of each source; yield what a user is to know of it."""
        if self._are_taken and not self._read:
            yield "no prediction of a model is in the files, of which --predictions suggest would make suggestions"
        for given, name in self._staged.names.items():
            spans, sentences = self._staged.count(name)
            of = f" (of {given!r})" if given != name else ""
            suggestions, where = pluralize(spans, "suggestion"), pluralize(sentences, "sentence")
            yield f"suggestions/{name}.jsonl{of}: {suggestions} for {where}"
            low, high = self._scores.get(name, (0, 1))
            if not (low >= 0 and high <= 1):
                self._staged.drop_scores(name)
                yield f"the scores of {name} ({low:g} to {high:g}) are no probabilities and are not used"

    def totals(self) -> dict[str, dict[str, int]]:
        """Return how many predicted spans the files have, if any, and how many suggestions each source."""
        taken = {name: self._staged.count(name)[0] for name in self._staged.names.values()}
        return {"predictions": {"in": self._read, **taken}} if self._read else {}
