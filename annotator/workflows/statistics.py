"""The figures of a corpus: its journals are read, never written, even while others hold them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import AnnotatedLineIndex, Sentence
from annotator.core.label_pass import LabelPass
from annotator.statistics.edit_events import events_from_records
from annotator.statistics.summary import AnnotationStatistics, AnnotatorActivity, CorpusProgress, compute_statistics
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal, ReplayedJournal
from annotator.workflows.absent_articles import absent_article_warnings
from annotator.workflows.opening import chosen_annotators, with_damaged_apart

EVERYBODY = "everybody"


class StatisticsReport(Struct, frozen=True):
    """The figures of each annotator, and of all together where there are several."""

    corpus: str
    annotators: tuple[AnnotationStatistics, ...]
    everybody: AnnotationStatistics | None
    sentences: int
    """The sentences to be annotated."""
    warnings: tuple[str, ...]
    left_out: Mapping[str, int]
    """Lines of a journal that do not count, by annotator."""

    @property
    def primary(self) -> AnnotationStatistics | None:
        """The figures to show first: everybody's, else the only annotator's."""
        return self.everybody or (self.annotators[0] if self.annotators else None)

    def lines(self, width: int = 79, *, plain: bool = False) -> list[str]:
        """Return the figures for people in ``width`` cells; ``plain`` draws with ASCII alone."""
        from annotator.statistics.plots import ASCII_PLOT_GLYPHS, BLOCK_PLOT_GLYPHS, plain_row_text
        from annotator.statistics.report import statistics_rows

        if self.primary is None:
            return ["nobody has annotated this corpus yet"]
        marks = ASCII_PLOT_GLYPHS if plain else BLOCK_PLOT_GLYPHS
        return [plain_row_text(row) for row in statistics_rows(self.primary, self.annotators, width, marks)]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``: times in seconds at work, rates an hour."""
        return {
            "corpus": self.corpus,
            "sentences": self.sentences,
            "annotators": [_annotator_fields(f) for f in self.annotators],
            "everybody": _annotator_fields(self.everybody) if self.everybody else None,
            "left_out": dict(self.left_out),
        }


def _annotator_fields(f: AnnotationStatistics) -> dict[str, Any]:
    fields: dict[str, Any] = _rounded(to_builtins(f))
    for name in ("sessions", "days"):
        for row, stint in zip(fields[name], getattr(f, name), strict=True):
            row["sentences_an_hour"] = _rounded(stint.sentences_an_hour)
            row["spans_an_hour"] = _rounded(stint.spans_an_hour)
    for row, o in zip(fields["suggestions"], f.suggestions, strict=True):
        row["kept_share"] = _rounded(o.kept_share)
    for row, haste in zip(fields["haste"], f.haste, strict=True):
        row["tokens_a_second"] = _rounded(haste.speed)
    if f.keys:
        kinds = [*f.keys.keys.counts(), "total"]
        fields["keys"]["a_span"] = {kind: _rounded(f.keys.a_span(kind)) for kind in kinds}
    return fields


def _rounded(value: Any) -> Any:
    """Return the value with every float at three decimals."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, list | tuple) else value


@with_damaged_apart
def collect_statistics(
    corpus: CorpusFolder, annotator: str | None = None, labels: Sequence[str] = ()
) -> StatisticsReport:
    """Return the figures of one annotator, or of all; what is left counts for some ``labels`` alone if they are given.

    Raises AnnotatorError for an annotator without a journal, and for a label that the schema lacks.
    """
    label_pass = LabelPass.of(corpus.schema, labels)
    wanted = chosen_annotators(corpus, annotator)
    journals = [Journal.open(corpus.path, name, read_only=True) for name in wanted]
    stores = [ReplayedJournal.of(j, corpus.sentences_to_replay).store for j in journals]
    counter = _ProgressCounter(stores, label_pass)
    known = dict.fromkeys(corpus.article_ids())
    for article in known:
        counter.count_article(corpus, article)
    activities = [
        AnnotatorActivity(j.annotator, events_from_records(j.read_records), tuple(w))
        for j, w in zip(journals, counter.touched, strict=True)
    ]
    annotators = [
        compute_statistics(activity.name, [activity], progress, label_pass.labels, calendar_day)
        for activity, progress in zip(activities, counter.per_annotator(), strict=True)
    ]
    together = (
        compute_statistics(EVERYBODY, activities, counter.overall(), label_pass.labels, calendar_day)
        if len(activities) > 1
        else None
    )
    warnings = list(corpus.warnings)  # what is of no journal comes from each
    for j, store in zip(journals, counter.stores, strict=True):
        gone = {a: len(store.touched_sentences_of(a)) for a in store.touched_articles if a not in known}
        warnings += [*j.warnings, *absent_article_warnings(j.annotator, gone, corpus.damaged_articles)]
    left_out = {j.annotator: j.unusable_lines for j in journals if j.unusable_lines}
    once = tuple(dict.fromkeys(warnings))
    return StatisticsReport(corpus.name, tuple(annotators), together, counter.total, once, left_out)


def calendar_day(seconds: float, convert: Callable[[float], time.struct_time] = time.localtime) -> str:
    """Return the day of a time, by default where the machine is, as ``2026-03-14``; ``no date`` for what has none."""
    try:
        return time.strftime("%Y-%m-%d", convert(seconds))
    except (OverflowError, ValueError, OSError):
        return "no date"


class _ProgressCounter:
    """Goes through the articles once and counts for each annotator what is touched, done and left."""

    def __init__(self, stores: Sequence[AnnotationStore], label_pass: LabelPass) -> None:
        self.stores = stores
        self._label_pass = label_pass
        self.touched: list[list[AnnotatedSentence]] = [[] for _ in stores]
        self.total = 0
        self._done = [0 for _ in stores]
        self._open_lengths: list[list[int]] = [[] for _ in stores]
        self._open_lengths_overall: list[int] = []

    def count_article(self, corpus: CorpusFolder, article_id: str) -> None:
        """Count an article; one that has a newer version holds nothing to annotate."""
        article = corpus.article(article_id)
        if article.replaced_by:
            return
        lines = AnnotatedLineIndex(article)
        covered: dict[str, list[tuple[int, int]]] = {label: [] for label in self._label_pass.labels}
        is_done = self._label_pass.is_done
        for i, store in enumerate(self.stores):
            active = [w for w in store.sentences_of(article_id) if lines.is_annotated(w.sentence.start, w.sentence.end)]
            self.touched[i] += [w for w in active if w.annotation != Annotation()]
            self._done[i] += sum(is_done(w.annotation) for w in active)
            self._open_lengths[i] += [len(w.sentence.tokens) for w in active if not is_done(w.annotation)]
            for w in active:
                for label in self._label_pass.settled(w.annotation):
                    covered[label].append((w.sentence.start, w.sentence.end))
        stored = corpus.active_sentences(article)
        self.total += len(stored)
        waiting = {s.start for ranges in covered.values() for s in _uncovered(stored, sorted(ranges))}
        self._open_lengths_overall += [len(s.tokens) for s in stored if s.start in waiting]

    def per_annotator(self) -> list[CorpusProgress]:
        """Return how far each annotator is; joins and splits are their own."""
        return [CorpusProgress(d, d + len(x), tuple(x)) for d, x in zip(self._done, self._open_lengths, strict=True)]

    def overall(self) -> CorpusProgress:
        """Return how far the corpus is: a sentence is done when each label was looked at by anybody."""
        lengths = tuple(self._open_lengths_overall)
        return CorpusProgress(self.total - len(lengths), self.total, lengths)


def _uncovered(sentences: Sequence[Sentence], covered: Sequence[tuple[int, int]]) -> list[Sentence]:
    """Return the sentences that share no text with the sorted ranges."""
    out, i = [], 0
    for s in sentences:
        while i < len(covered) and covered[i][1] <= s.start:
            i += 1
        if i == len(covered) or covered[i][0] >= s.end:
            out.append(s)
    return out
