"""``annotator suggest --evaluate``: precision, recall and F1 of each source, label by label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from annotator.cli import output
from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.schema import Schema
from annotator.core.scoring import SpanScores
from annotator.core.suggestion import Suggestion
from annotator.language import ArticleContext, build_context
from annotator.suggest.evaluation import evaluate_suggestions
from annotator.suggest.mention_history import HISTORY_SOURCE as HISTORY
from annotator.suggest.mention_history import MentionHistory
from annotator.suggest.ranking import SuggestionRanker
from annotator.workflows.gold_annotations import GoldSet, annotated_sentences_of

SuggestFunction = Callable[[Sentence], Sequence[Suggestion]]
COMBINED = "together"
"""The name of all sources as the screen merges them."""


def gold_contexts(gold: GoldSet) -> Callable[[str], ArticleContext]:
    """Return what tells of the articles of a gold set what the rules want to know."""

    @cache
    def context(article: str) -> ArticleContext:
        text, sentences = gold.article(article)
        return build_context(text, [s.tokens for s in sentences])

    return context


def score_sources(
    gold: GoldSet, schema: Schema, sources: dict[str, SuggestFunction], threshold: float
) -> dict[str, dict[str, SpanScores]]:
    """Return the figures of each source by label; of all together as well where there are several."""
    found = {name: _suggest_all(gold, name, source) for name, source in sources.items()}
    if len(found) > 1:
        found[COMBINED] = list(_combined_suggestions(gold, schema, found))
    labels = [x.name for x in schema.labels]
    return {
        name: evaluate_suggestions(zip(gold.rows, each, strict=True), labels, threshold)
        for name, each in found.items()
    }


def _suggest_all(gold: GoldSet, name: str, source: SuggestFunction) -> list[Sequence[Suggestion]]:
    with output.progress(name) as show:
        found = []
        for n, row in enumerate(gold.rows, 1):
            found.append(source(row.sentence))
            show(n, len(gold.rows))
    return found


def _combined_suggestions(
    gold: GoldSet, schema: Schema, found: Mapping[str, Sequence[Sequence[Suggestion]]]
) -> Iterator[Sequence[Suggestion]]:
    """Yield what the screen would have shown: the history, where it is asked for, weighs the others."""
    index = MentionHistory(schema)
    merger = SuggestionRanker(schema, reweigh=index.reweigh)
    rows = zip(gold.rows, annotated_sentences_of(gold.rows), *found.values(), strict=True)
    for row, annotated, *each in rows:
        yield merger.rank_open(AnnotatedSentence(row.sentence), [s for part in each for s in part])
        if HISTORY in found:
            index.add(annotated)


def history_source(gold: GoldSet, schema: Schema) -> SuggestFunction:
    """Return the annotator's history as it would have been: in each sentence all before it is known.

    It must be asked for the sentences in their order.
    """
    index = MentionHistory(schema)
    annotated_sentences: Iterator[AnnotatedSentence] = annotated_sentences_of(gold.rows)

    def suggest(sentence: Sentence) -> tuple[Suggestion, ...]:
        found = index.suggest(sentence)
        index.add(next(annotated_sentences))
        return found

    return suggest


def print_scores(
    path: Path,
    gold: GoldSet,
    scores: dict[str, dict[str, SpanScores]],
    threshold: float,
    *,
    as_json: bool,
) -> None:
    """Print the figures: a table for each source, or all as JSON."""
    if as_json:
        sources = {
            name: {label: s.as_dict() for label, s in labels.items()} for name, labels in scores.items()
        }
        head = {"gold": output.path_text(path), "sentences": len(gold.rows), "threshold": threshold}
        output.write_json({**head, "sources": sources})
        return
    output.write_data(
        [f"{output.count_text(len(gold.rows), 'sentence')}, suggestions from a score of {threshold} on"]
    )
    for name, labels in scores.items():
        output.write_data(_score_table(name, labels))


def _score_table(name: str, labels: dict[str, SpanScores]) -> Iterator[str]:
    """Yield the lines of one source: gold and suggested spans, then P, R and F1 in three ways."""
    width = max(map(len, labels), default=0)
    columns = "".join(f"  {what:>12}: P     R    F1" for what in ("exact", "overlapping", "characters"))
    yield ""
    yield name
    yield f"{'':<{width}}   gold  suggested{columns}"
    for label, s in labels.items():
        matchings = (s.exact, s.overlapping, s.characters)
        shares = "".join(f"{h.precision:>17.2f}  {h.recall:.2f}  {h.f1:.2f}" for h in matchings)
        yield f"{label:<{width}}  {s.exact.gold:>5}  {s.exact.predicted:>9}{shares}"
