"""``annotator suggest``: pre-annotations into suggestion files, or how well a source does."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import click
from msgspec import Struct, field, to_builtins

from annotator.cli import output
from annotator.cli.options import PATH, json_option, open_corpus
from annotator.core.article import Sentence
from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion
from annotator.language import ArticleContext, build_context
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.schemas import DEFAULT_SCHEMA, load_schema
from annotator.storage.suggestions import SuggestionFile, SuggestionWriter, source_names, suggestion_path
from annotator.suggest.evaluation import SCORE_THRESHOLD
from annotator.suggest.fingerprints import pipeline_fingerprint, rules_fingerprint
from annotator.suggest.mention_history import HISTORY_SOURCE as HISTORY
from annotator.suggest.rules import RuleSuggester
from annotator.suggest.spacy_pipeline import load_pipeline


class SuggestionMaker(Struct, frozen=True):
    """One source that makes suggestions: its name, its fingerprint and what it does."""

    name: str
    fingerprint: str
    suggest: Callable[[Iterable[Sentence]], Iterator[Sequence[Suggestion]]]
    unmapped: Counter[str] = field(default_factory=Counter)
    misaligned: list[str] = field(default_factory=list)


class SuggestionReport(Struct):
    """What was done for one source."""

    source: str
    file: str
    sentences: int = 0
    known: int = 0
    """How many of the sentences had their suggestions before."""
    renewed: bool = False
    spans: dict[str, int] = field(default_factory=dict)
    """Suggestions made now, by label in the schema's order."""
    unmapped: dict[str, int] = field(default_factory=dict)
    """Spans under labels that the schema has no place for, by label."""
    misaligned: list[str] = field(default_factory=list)
    """Spans left out because they don't lie on token edges: ``sentence:start-end:label``."""


@click.command("suggest")
@click.argument("corpus", type=PATH, required=False)
@click.option("--rules", is_flag=True, help="By the rules that the screen uses as well.")
@click.option(
    "--model", default=None, metavar="NAME_OR_PATH", help="By a spaCy pipeline. Loading it runs its code."
)
@click.option("--evaluate", "gold", type=PATH, help="Write nothing; measure against this JSONL or journal.")
@click.option("--source", default=None, help="With --evaluate: a suggestion file of CORPUS, or history.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=SCORE_THRESHOLD,
    show_default=True,
    help="With --evaluate: the least score that counts.",
)
@click.option("--schema", type=PATH, help="With --evaluate and no CORPUS: the label schema (default: news).")
@json_option
def command(
    corpus: Path | None,
    rules: bool,
    model: str | None,
    gold: Path | None,
    source: str | None,
    threshold: float,
    schema: Path | None,
    as_json: bool,
) -> None:
    """Write suggestions for every sentence of CORPUS to its suggestions/ folder.

    A run that was stopped goes on where it stopped; a new version of the model, the rules or the
    schema's label map makes all of them anew. Nothing is ever taken into anybody's annotations.

    With --evaluate GOLD, print precision, recall and F1 of the sources, label by label.
    """
    if not (rules or model or source):
        raise UsageError("nothing says what is to suggest", do="give --rules or --model NAME, or both")
    if gold is not None:
        _print_evaluation(
            corpus, gold, schema, threshold, rules=rules, model=model, source=source, as_json=as_json
        )
        return
    if corpus is None:
        raise UsageError("there is no corpus", do="name its folder, or measure with --evaluate GOLD")
    if source or schema:
        raise UsageError("--source and --schema go with --evaluate", do="leave them out")
    _write_suggestions(open_corpus(corpus), rules=rules, model=model, as_json=as_json)


def _write_suggestions(corpus: CorpusFolder, *, rules: bool, model: str | None, as_json: bool) -> None:
    """Make the suggestions of each source, one after another."""
    for warning in corpus.warnings:
        output.write_warning(warning)
    context = _article_contexts(corpus)
    done = []
    try:
        if rules:
            done.append(_run_maker(corpus, rules_maker(corpus.schema, context)))
        if model:
            done.append(_run_maker(corpus, pipeline_maker(model, corpus.schema, context)))
    except KeyboardInterrupt:
        output.write_message("stopped: what is made so far is kept; run it again to go on")
        sys.exit(output.EXIT_INTERRUPTED)
    _print_reports(corpus, done, as_json=as_json)
    if any(m.misaligned for m in done):
        sys.exit(output.EXIT_LEFT_OUT)


def rules_maker(schema: Schema, context: Callable[[str], ArticleContext]) -> SuggestionMaker:
    """Return the rules as a source."""
    rules = RuleSuggester(schema, context)
    return SuggestionMaker(rules.name, rules_fingerprint(schema), lambda each: map(rules.suggest, each))


def pipeline_maker(model: str, schema: Schema, context: Callable[[str], ArticleContext]) -> SuggestionMaker:
    """Load a pipeline as a source; raises PipelineError."""
    pipeline = load_pipeline(model, schema, context)
    mark = pipeline_fingerprint(pipeline.nlp.meta, getattr(pipeline.nlp, "path", None), schema)
    return SuggestionMaker(pipeline.name, mark, pipeline.suggest_all, pipeline.unmapped, pipeline.misaligned)


def _article_contexts(corpus: CorpusFolder) -> Callable[[str], ArticleContext]:
    @lru_cache(maxsize=8)  # articles come one after another
    def context(article_id: str) -> ArticleContext:
        article = corpus.article(article_id)
        return build_context(article.text, [s.tokens for s in corpus.active_sentences(article)])

    return context


def _run_maker(corpus: CorpusFolder, maker: SuggestionMaker) -> SuggestionReport:
    """Write one source's suggestions, an article at a time."""
    made = SuggestionReport(maker.name, suggestion_path(Path(), maker.name).as_posix())
    spans: Counter[str] = Counter()
    ids = corpus.article_ids()
    with (
        SuggestionWriter(corpus.path, maker.name, maker.fingerprint) as writer,
        output.progress(f"suggest by {maker.name}") as show,
    ):
        for n, article_id in enumerate(ids):
            show(n, len(ids))
            sentences = corpus.active_sentences(corpus.article(article_id))
            new = [s for s in sentences if not writer.has(s)]
            found = list(zip(new, maker.suggest(new), strict=True))
            writer.add(found)
            made.sentences += len(sentences)
            made.known += len(sentences) - len(new)
            spans.update(s.label for _, each in found for s in each)
        show(len(ids), len(ids))
        writer.finish()
    made.renewed = writer.replaces_old_file
    made.spans = {x.name: spans[x.name] for x in corpus.schema.labels if spans[x.name]}
    made.unmapped, made.misaligned = dict(sorted(maker.unmapped.items())), maker.misaligned
    for note in writer.notes:
        output.write_warning(note)
    return made


def _print_reports(corpus: CorpusFolder, done: list[SuggestionReport], *, as_json: bool) -> None:
    if as_json:
        output.write_json(
            {"corpus": output.path_text(corpus.path), "sources": [to_builtins(m) for m in done]}
        )
        return
    for m in done:
        new = m.sentences - m.known
        before = f", {m.known} were done before" if m.known else ""
        told = ", ".join(f"{label} {n}" for label, n in m.spans.items()) or "nothing"
        output.write_data([f"{m.source}: {output.count_text(new, 'sentence')}{before}; {told}"])
        if m.unmapped:
            kinds = ", ".join(f"{label} {n}" for label, n in m.unmapped.items())
            output.write_data([f"  without a label in the schema: {kinds} (a label's `takes` maps them)"])
        for place in m.misaligned:
            output.write_data([f"  left out, not on token edges: {place}"])
        output.write_data([f"  {m.file}{' (made anew)' if m.renewed else ''}"])


def _print_evaluation(
    corpus: Path | None,
    gold: Path,
    schema: Path | None,
    threshold: float,
    *,
    rules: bool,
    model: str | None,
    source: str | None,
    as_json: bool,
) -> None:
    from annotator.cli.evaluation import (
        SuggestFunction,
        gold_contexts,
        history_source,
        print_scores,
        score_sources,
    )
    from annotator.workflows.gold_annotations import read_gold

    opened = open_corpus(corpus) if corpus else None
    labels = opened.schema if opened and schema is None else load_schema(schema or DEFAULT_SCHEMA)
    rows = read_gold(gold, labels, opened.lang if opened else "en")
    sources: dict[str, SuggestFunction] = {}
    if rules:
        sources["rules"] = RuleSuggester(labels, gold_contexts(rows)).suggest
    if model:
        pipeline = load_pipeline(model, labels, gold_contexts(rows))
        sources[pipeline.name] = pipeline.suggest
    if source == HISTORY:
        sources[source] = history_source(rows, labels)
    elif source:
        sources[source] = _open_suggestion_file(opened, source)
    print_scores(gold, rows, score_sources(rows, labels, sources, threshold), threshold, as_json=as_json)


def _open_suggestion_file(corpus: CorpusFolder | None, source: str) -> SuggestionFile:
    if corpus is None:
        raise UsageError("--source needs a corpus", do="name its folder before --evaluate")
    names = source_names(corpus.path)
    if source not in names:
        there = f"use one of: {', '.join(names)}" if names else "make some with --rules or --model"
        raise UsageError(f"there are no suggestions by {source!r}", where=str(corpus.path), do=there)
    return SuggestionFile(suggestion_path(corpus.path, source))
