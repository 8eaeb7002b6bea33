"""How well sources of suggestions match gold annotations, label by label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.core.scoring import SpanScores
from annotator.core.suggestion import Suggestion
from annotator.export.options import ExportOptions
from annotator.language import ArticleContext, build_context
from annotator.plugin_loader import plugin_names
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.suggestions import SuggestionFile, source_names, suggestion_path
from annotator.suggest.evaluation import SCORE_THRESHOLD, ThresholdScore, best_threshold, evaluate_suggestions
from annotator.suggest.mention_history import HISTORY_SOURCE, MentionHistory
from annotator.suggest.pipeline_request import COMBINED_SOURCES
from annotator.suggest.ranking import SuggestionRanker
from annotator.suggest.registry import ContextFunction, SuggestionSource, open_source
from annotator.workflows.gold_sets import GoldSet, annotated_sentences_of, gold_of_part, read_gold
from annotator.workflows.opening import ProgressCallback, WarningCallback, ignore_progress, ignore_warning
from annotator.workflows.suggesting import SourceChoice
from annotator.workflows.training_overlap import overlap_warning, training_files


class SuggestionEvaluation(Struct, frozen=True):
    """How well sources match a gold set."""

    sentences: int
    threshold: float
    scores: Mapping[str, Mapping[str, SpanScores]]
    """By source and label; with several sources also of all together, as the screen ranks them."""
    best: Mapping[str, ThresholdScore] = {}
    """By source the best threshold, fitted on these sentences; not of a source that gives no scores."""
    with_estimates: bool = False
    """Whether a source gives no scores of its own: its suggestions count whatever the threshold."""


def evaluate_sources(
    gold: Path | None,
    schema: Schema,
    choice: SourceChoice,
    *,
    corpus: CorpusFolder | None = None,
    part: str = "",
    threshold: float = SCORE_THRESHOLD,
    progress: ProgressCallback = ignore_progress,
    warn: WarningCallback = ignore_warning,
) -> SuggestionEvaluation:
    """Score sources against the gold annotations of a file, or of one ``part`` of the split of ``corpus``.

    ``choice.source`` is ``history``, a suggestion file of ``corpus``, or a plug-in. A suggestion counts from a score
    of ``threshold`` on, and always where its source gives no score. ``progress`` counts the sentences of all sources.
    Raises AnnotatorError.
    """
    rows = _open_gold(gold, schema, corpus, part, warn)
    named = partial(_named_source, gold=rows, schema=schema, corpus=corpus, warn=warn)
    sources = list(choice.open(schema, _gold_contexts(rows), named))
    found: dict[str, list[Sequence[Suggestion]]] = {}
    for each in sources:
        found[each.name] = suggestions = []
        done = len(rows.rows) * (len(found) - 1)
        for s in each.suggestions([g.sentence for g in rows.rows], schema):
            suggestions.append(s)
            progress(done + len(suggestions), len(rows.rows) * len(sources))
        each.finish()
        if warning := _training_warning(each, choice, rows, part):
            warn(warning)
    if len(found) > 1:
        found[COMBINED_SOURCES] = list(_combined_suggestions(rows, schema, found))
    labels = [x.name for x in schema.labels]
    pairs = {name: list(zip(rows.rows, each, strict=True)) for name, each in found.items()}
    best = {name: best_threshold(each, labels) for name, each in pairs.items()}
    return SuggestionEvaluation(
        len(rows.rows),
        threshold,
        {name: evaluate_suggestions(each, labels, threshold) for name, each in pairs.items()},
        {name: x for name, x in best.items() if x},
        any(s.estimated for each in found.values() for suggestions in each for s in suggestions),
    )


def _open_gold(
    gold: Path | None, schema: Schema, corpus: CorpusFolder | None, part: str, warn: WarningCallback
) -> GoldSet:
    if gold and part:
        raise UsageError("--part takes the gold of the corpus", do="leave --evaluate or --part out")
    if gold:
        return read_gold(gold, schema, corpus.lang, corpus.tokens) if corpus else read_gold(gold, schema, "en")
    if corpus is None or not part:
        raise UsageError("there is no gold", do="name a file with --evaluate, or a corpus and --part test")
    return gold_of_part(corpus, part, ExportOptions(), warn)


def _training_warning(source: SuggestionSource, choice: SourceChoice, gold: GoldSet, part: str) -> str:
    """Return a warning where a pipeline has learned from the gold, or may have; else an empty text."""
    if not source.is_model:
        return ""
    files = training_files(Path(choice.model or ""), source.trained_on)
    if files:
        return overlap_warning(source.name, files, gold.rows)
    if gold.is_of_corpus and not part:
        what = f"{source.name} may have been trained on some of these sentences"
        return f"{what}: its figures would be too good; measure it with --part test"
    return ""


def _gold_contexts(gold: GoldSet) -> ContextFunction:
    """Return the function that gives the context of each article of a gold set."""

    @cache
    def context(article: str) -> ArticleContext:
        text, sentences = gold.article(article)
        return build_context(text, [s.tokens for s in sentences])

    return context


def _named_source(
    name: str, gold: GoldSet, schema: Schema, corpus: CorpusFolder | None, warn: WarningCallback
) -> SuggestionSource:
    """Return the history, a suggestion file of the corpus, or else the plug-in of that name."""
    if name == HISTORY_SOURCE:
        return _history_source(gold, schema)
    names = source_names(corpus.path) if corpus else ()
    if corpus and name in names:
        file = SuggestionFile(suggestion_path(corpus.path, name), warn)
        return SuggestionSource(name, "", lambda each: map(file, each), is_model=file.is_of_model)
    if name in plugin_names("suggesters"):
        return open_source(name, schema, _gold_contexts(gold))
    if corpus is None:
        raise UsageError("--source needs a corpus", do="name its folder before --evaluate")
    do = f"use one of: {', '.join(names)}" if names else "make some with --rules or --model"
    raise UsageError(f"there are no suggestions by {name!r}", where=str(corpus.path), do=do)


def _history_source(gold: GoldSet, schema: Schema) -> SuggestionSource:
    """Return the annotator's history as it was at each sentence: it knows all sentences before it."""
    history = MentionHistory(schema)

    def suggest_all(sentences: Iterable[Sentence]) -> Iterator[Sequence[Suggestion]]:
        for sentence, annotated in zip(sentences, annotated_sentences_of(gold.rows), strict=True):
            yield history.suggest(sentence)
            history.add(annotated)

    return SuggestionSource(HISTORY_SOURCE, "", suggest_all)


def _combined_suggestions(
    gold: GoldSet, schema: Schema, found: Mapping[str, Sequence[Sequence[Suggestion]]]
) -> Iterator[Sequence[Suggestion]]:
    """Yield what the screen would show; the history, where it is a source, reweighs the others."""
    history = MentionHistory(schema)
    ranker = SuggestionRanker(schema, reweigh=history.reweigh)
    rows = zip(gold.rows, annotated_sentences_of(gold.rows), *found.values(), strict=True)
    for row, annotated, *each in rows:
        yield ranker.rank_open(AnnotatedSentence(row.sentence), [s for part in each for s in part])
        if HISTORY_SOURCE in found:
            history.add(annotated)
