"""How well sources of suggestions match gold annotations, label by label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.core.scoring import SpanScores
from annotator.core.suggestion import Suggestion
from annotator.language import ArticleContext, build_context
from annotator.plugin_loader import plugin_names
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.suggestions import SuggestionFile, source_names, suggestion_path
from annotator.suggest.evaluation import SCORE_THRESHOLD, evaluate_suggestions
from annotator.suggest.mention_history import HISTORY_SOURCE, MentionHistory
from annotator.suggest.ranking import SuggestionRanker
from annotator.suggest.registry import ContextFunction, SuggestionSource, open_pipeline, open_source
from annotator.suggest.rules import RULES_SOURCE
from annotator.workflows.gold_annotations import GoldSet, annotated_sentences_of, read_gold
from annotator.workflows.progress import ProgressCallback, ignore_progress

COMBINED_SOURCES = "together"
"""The name of all sources as the screen ranks them."""


class SuggestionEvaluation(Struct, frozen=True):
    """How well sources match a gold set."""

    sentences: int
    threshold: float
    scores: Mapping[str, Mapping[str, SpanScores]]
    """By source and label; with several sources also of all together, as the screen ranks them."""


def evaluate_sources(
    gold: Path,
    schema: Schema,
    *,
    corpus: CorpusFolder | None = None,
    rules: bool = False,
    model: str | None = None,
    source: str | None = None,
    threshold: float = SCORE_THRESHOLD,
    progress: ProgressCallback = ignore_progress,
) -> SuggestionEvaluation:
    """Score sources against the gold annotations of a file.

    ``source`` is ``history``, a suggestion file of ``corpus``, or a plug-in. A suggestion counts from a score
    of ``threshold`` on. ``progress`` counts the sentences of all sources. Raises AnnotatorError.
    """
    rows = read_gold(gold, schema, corpus.lang if corpus else "en")
    sources: list[SuggestionSource] = []
    if rules:
        sources.append(open_source(RULES_SOURCE, schema, _gold_contexts(rows)))
    if model:
        sources.append(open_pipeline(model, schema, _gold_contexts(rows)))
    if source:
        sources.append(_named_source(source, rows, schema, corpus))
    found: dict[str, list[Sequence[Suggestion]]] = {}
    for each in sources:
        found[each.name] = suggestions = []
        done = len(rows.rows) * (len(found) - 1)
        for s in each.suggest_all(g.sentence for g in rows.rows):
            suggestions.append(s)
            progress(done + len(suggestions), len(rows.rows) * len(sources))
    if len(found) > 1:
        found[COMBINED_SOURCES] = list(_combined_suggestions(rows, schema, found))
    labels = [x.name for x in schema.labels]
    scores = {
        name: evaluate_suggestions(zip(rows.rows, each, strict=True), labels, threshold) for name, each in found.items()
    }
    return SuggestionEvaluation(len(rows.rows), threshold, scores)


def _gold_contexts(gold: GoldSet) -> ContextFunction:
    """Return the function that gives the context of each article of a gold set."""

    @cache
    def context(article: str) -> ArticleContext:
        text, sentences = gold.article(article)
        return build_context(text, [s.tokens for s in sentences])

    return context


def _named_source(name: str, gold: GoldSet, schema: Schema, corpus: CorpusFolder | None) -> SuggestionSource:
    """Return the history, a suggestion file of the corpus, or else the plug-in of that name."""
    if name == HISTORY_SOURCE:
        return _history_source(gold, schema)
    names = source_names(corpus.path) if corpus else ()
    if corpus and name in names:
        file = SuggestionFile(suggestion_path(corpus.path, name))
        return SuggestionSource(name, "", lambda each: map(file, each))
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
