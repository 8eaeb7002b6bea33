"""What models have predicted in an imported file: suggestions of a source each, or listed as not taken."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.errors import RuleError
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
from annotator.workflows.record_builder import join_all_sentences

_KIND = "predicted span"
_NO_SENTENCE = "it begins or ends outside of the sentences, or other text is between them"
_INSIDE_TOKEN = "it begins or ends inside a token"
_Run = tuple[int, int]
"""The numbers of the first and the last sentence that a span is in."""


class PredictionImporter:
    """Makes suggestions of the predictions of an import, or lists them as not taken."""

    def __init__(self, staging: ImportStaging, log: ConversionLog, options: ImportOptions, rename: LabelRename) -> None:
        """Begin; ``staging`` takes the suggestions."""
        self.labels: Counter[str] = Counter()
        """How many suggestions there are by label of the corpus."""
        self.seen_labels: set[str] = set()
        """The labels of all predictions, as the files call them."""
        self._log, self._rename, self._are_taken = log, rename, options.predictions == "suggest"
        self._staged = staging.suggestions
        self._staged.reserved = frozenset({RULES_SOURCE, HISTORY_SOURCE})
        self._read = 0
        self._suggested: Counter[str] = Counter()
        self._joined: Counter[str] = Counter()
        """How many suggestions there are by source, and how many of them run over the end of a sentence."""
        self._scores: dict[str, tuple[float, float]] = {}
        """The lowest and the highest score of each source."""

    def add(self, document: Document, text: str, offset: int, sentences: Sequence[Sentence]) -> None:
        """Take the predictions of a document whose text begins at ``offset`` of an article with this ``text``.

        ``sentences`` are those of the article, in text order.
        """
        self._read += len(document.predictions)
        by_source: defaultdict[str, list[PredictedSpan]] = defaultdict(list)
        self.seen_labels.update(x.span.label for x in document.predictions if x.span)
        for predicted in document.predictions:
            if self._are_taken:
                by_source[predicted.source].append(predicted)
            else:
                self._leave_out(document, predicted, PREDICTIONS_NOT_TAKEN)
        end = offset + len(document.text)
        piece = _Piece(text, [s for s in sentences if offset <= s.start < end])
        for source, found in by_source.items():
            self._add_source(document, source, found, piece, offset)
        self._log.aligned_entries = len(self._log.entries)

    def _add_source(
        self, document: Document, given: str, found: Sequence[PredictedSpan], piece: _Piece, offset: int
    ) -> None:
        name = self._staged.source_name(given)
        made: defaultdict[_Run, list[Suggestion]] = defaultdict(list)
        for predicted in found:
            span = self._aligned(document, predicted)
            if span is None:
                continue
            run = piece.run_of(span.start + offset, span.end + offset)
            whole = piece.sentence(run) if run else None
            if run is None or whole is None:
                self._leave_out(document, predicted, _NO_SENTENCE)
                continue
            span = span.shifted(offset - whole.start)
            if not is_aligned(whole.tokens, span.start, span.end):
                self._leave_out(document, predicted, _INSIDE_TOKEN)
                continue
            self.labels[span.label] += 1
            self._suggested[name] += 1
            self._joined[name] += run[0] != run[1]
            made[run].append(self._suggestion(span, name, predicted))
        for n, sentence in enumerate(piece.sentences):
            self._staged.add(name, sentence, made.get((n, n), ()))
        for run in [r for r in made if r[0] != r[1]]:
            if whole := piece.sentence(run):
                self._staged.add(name, whole, list(_suggestions_in(run, whole, made, piece)))

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
            of = f" (of {given!r})" if given != name else ""
            where = pluralize(self._staged.count_sentences(name), "sentence")
            yield f"suggestions/{name}.jsonl{of}: {pluralize(self._suggested[name], 'suggestion')} for {where}"
            if joined := self._joined[name]:
                of = f"{pluralize(joined, 'suggestion')} of {name}"
                yield f"{of} over the end of a sentence, shown where that is joined"
            low, high = self._scores.get(name, (0, 1))
            if not (low >= 0 and high <= 1):
                self._staged.drop_scores(name)
                yield f"the scores of {name} ({low:g} to {high:g}) are no probabilities and are not used"

    def totals(self) -> dict[str, dict[str, int]]:
        """Return how many predicted spans the files have, if any, and how many suggestions each source."""
        return {"predictions": {"in": self._read, **self._suggested}} if self._read else {}


class _Piece(Struct):
    """The sentences of an article that a document has."""

    text: str
    """The text of the article."""
    sentences: Sequence[Sentence]
    _joined: dict[_Run, Sentence | None] = field(default_factory=dict)

    def run_of(self, start: int, end: int) -> _Run | None:
        """Return the first and the last sentence of a range, None where an edge is in none."""
        first = bisect_right(self.sentences, start, key=lambda s: s.start) - 1
        last = bisect_left(self.sentences, end, key=lambda s: s.start) - 1
        is_inside = 0 <= first <= last and start < self.sentences[first].end and end <= self.sentences[last].end
        return (first, last) if is_inside else None

    def sentence(self, run: _Run) -> Sentence | None:
        """Return the sentences of a run as the one that joining them makes, None where other text is between."""
        if run not in self._joined:
            parts = [AnnotatedSentence(s) for s in self.sentences[run[0] : run[1] + 1]]
            try:
                self._joined[run] = join_all_sentences(parts, self.text).sentence
            except RuleError:
                self._joined[run] = None
        return self._joined[run]


def _suggestions_in(
    run: _Run, whole: Sentence, made: Mapping[_Run, Sequence[Suggestion]], piece: _Piece
) -> Iterator[Suggestion]:
    """Yield all suggestions in the sentences of a run, counted from the start of these as one."""
    for inner, suggestions in made.items():
        if run[0] <= inner[0] and inner[1] <= run[1]:
            by = piece.sentences[inner[0]].start - whole.start
            yield from (replace(s, start=s.start + by, end=s.end + by) for s in suggestions)
