"""Writing the suggestions of a source into a corpus, one file a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from operator import index
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from annotator.core.article import Sentence
from annotator.core.errors import AnnotatorError, CorpusError, UsageError
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion
from annotator.language import ArticleContext, build_context
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.suggestion_writer import SuggestionWriter
from annotator.storage.suggestions import UNKNOWN_SCORE, suggestion_path
from annotator.suggest.mention_history import HISTORY_SOURCE
from annotator.suggest.pipeline_request import PipelineRequest
from annotator.suggest.registry import ContextFunction, SuggestionSource, open_pipeline, open_source
from annotator.suggest.rules import RULES_SOURCE
from annotator.workflows.opening import ProgressCallback, ignore_progress, with_damaged_apart

_ROWS_FINGERPRINT = "rows"
"""The fingerprint of suggestions that a caller has made; only the caller knows when they change."""
_BATCH_SENTENCES = 1024
"""How many sentences a source has at a time, and some more: a pipeline is faster with many."""
_WRITTEN_SENTENCES = 256
"""How many sentences are written at a time."""


class SuggestReport(Struct, frozen=True):
    """What is written for one source."""

    source: str
    file: str
    """The path of the file below the corpus folder."""
    sentences: int = 0
    known: int = 0
    """How many of the sentences had their suggestions before."""
    renewed: bool = False
    """Whether a new file replaces an older one."""
    spans: Mapping[str, int] = {}
    """The suggestions of this run by label, in the schema's order."""
    unmapped: Mapping[str, int] = {}
    """The spans left out because the schema has no label for theirs, by label."""
    misaligned: tuple[str, ...] = ()
    """The spans left out because they are off the token edges: ``sentence:start-end:label``."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        return dict(to_builtins(self))

    def lines(self) -> Iterator[str]:
        """Yield the report for people, a line each."""
        new = pluralize(self.sentences - self.known, "sentence")
        before = f", {self.known} were done before" if self.known else ""
        spans = ", ".join(f"{label} {n}" for label, n in self.spans.items()) or "nothing"
        yield f"{self.source}: {new}{before}; {spans}"
        if self.unmapped:
            labels = ", ".join(f"{label} {n}" for label, n in self.unmapped.items())
            yield f"  without a label in the schema: {labels} (--map or a label's `takes` maps them)"
        for span in self.misaligned:
            yield f"  left out, not on token edges: {span}"
        yield f"  {self.file}{' (made again)' if self.renewed else ''}"

    def __str__(self) -> str:
        return "\n".join(self.lines())


class SourceChoice(Struct, frozen=True):
    """The sources of suggestions that are asked for; raises UsageError where none is."""

    rules: bool = False
    model: str | None = None
    """A spaCy pipeline."""
    source: str | None = None
    """A built-in source or a plug-in."""
    name: str = ""
    """What the pipeline's source is called; empty: by its metadata, else by its folder."""
    take: tuple[str, ...] = ()
    """What of the pipeline's Docs is taken: ``ents``, ``spans``, ``spans:KEY``; empty: all of it."""
    labels: Mapping[str, str] = {}
    """Of the pipeline's labels the schema's."""

    def __post_init__(self) -> None:
        if not (self.rules or self.model or self.source):
            do = "give --rules, --model NAME or --source NAME, or several of them"
            raise UsageError("no source of suggestions is given", do=do)
        if (self.name or self.take or self.labels) and not self.model:
            raise UsageError("--name, --take and --map are about a pipeline", do="name it with --model")

    def open(
        self, schema: Schema, context: ContextFunction, named: Callable[[str], SuggestionSource] | None = None
    ) -> Iterator[SuggestionSource]:
        """Open each source when it is its turn; ``named`` opens ``source`` where that may be something else.

        Raises UsageError, PluginError or PipelineError.
        """
        if self.rules:
            yield open_source(RULES_SOURCE, schema, context)
        if self.model:
            with suppress(ImportError):  # without spaCy the next line has the error for people
                import annotator.export.span_union  # noqa: F401 - of `annotator train`; found without entry points too
            yield open_pipeline(PipelineRequest(self.model, self.name, self.take, self.labels), schema, context)
        if self.source and not (self.rules and self.source == RULES_SOURCE):
            yield named(self.source) if named else open_source(self.source, schema, context)


def open_suggestion_sources(corpus: CorpusFolder, choice: SourceChoice) -> Iterator[SuggestionSource]:
    """Open the sources for a corpus, as ``SourceChoice.open`` does."""

    @lru_cache(maxsize=8)  # articles come one after another
    def context(article_id: str) -> ArticleContext:
        article = corpus.article(article_id)
        return build_context(article.text, [s.tokens for s in corpus.active_sentences(article)])

    return choice.open(corpus.schema, context)


def write_suggestions(
    corpus: CorpusFolder,
    source: SuggestionSource,
    progress: ProgressCallback = ignore_progress,
    *,
    replaces_others: bool = False,
    is_wanted: Callable[[Sentence], bool] = lambda _: True,
) -> tuple[SuggestReport, list[str]]:
    """Write the suggestions of one source, some articles at a time; return the report, and warnings.

    Only sentences that are wanted get any; those that the file has already stay in it.

    The new file replaces the old one at the end. A run that was stopped goes on where it stopped; another
    fingerprint makes all suggestions again. ``progress`` counts articles. Raises CorpusError where the file cannot
    be written or is another model's, unless it ``replaces_others``; PipelineError.
    """
    spans: Counter[str] = Counter()
    sentences = known = 0
    place, warned = {a: n for n, a in enumerate(corpus.article_ids())}, len(corpus.warnings)

    def note(sentence: Sentence, found: Sequence[Suggestion]) -> None:
        progress(place[sentence.article], len(place))
        spans.update(s.label for s in found)

    with SuggestionWriter(corpus.path, source.name, source.fingerprint, replaces_others=replaces_others) as writer:
        for every in _sentence_batches(corpus, is_wanted):
            new = [s for s in every if not writer.has(s)]
            _write_rows(writer, zip(new, source.suggestions(new, corpus.schema), strict=True), note)
            sentences += len(every)
            known += len(every) - len(new)
        progress(len(place), len(place))
        if sentences and not known:  # else a few sentences might not show what the source can do
            _check_finished(source, writer)
        writer.finish()
    return _report(corpus, source, writer, spans, sentences=sentences, known=known), [
        *writer.notes,
        *corpus.warnings[warned:],
    ]


def _check_finished(source: SuggestionSource, writer: SuggestionWriter) -> None:
    """Let the source raise what is wrong with all that it has made; that is removed then."""
    try:
        source.finish()
    except AnnotatorError:
        writer.discard()
        raise


_Row = tuple[Sentence, Sequence[Suggestion]]


def _write_rows(
    writer: SuggestionWriter, made: Iterable[_Row], note: Callable[[Sentence, Sequence[Suggestion]], None]
) -> None:
    """Write rows as they are made, each to ``note`` as well; of a run that is stopped all that were made."""
    rows: list[_Row] = []
    try:
        for row in made:
            rows.append(row)
            note(*row)
            if len(rows) == _WRITTEN_SENTENCES:
                writer.add(rows)
                rows = []
    finally:
        writer.add(rows)


def _sentence_batches(corpus: CorpusFolder, is_wanted: Callable[[Sentence], bool]) -> Iterator[list[Sentence]]:
    """Yield the wanted sentences of the articles in batches of whole articles."""
    batch: list[Sentence] = []
    for article in corpus.readable_articles():
        batch += filter(is_wanted, corpus.active_sentences(article))
        if len(batch) >= _BATCH_SENTENCES:
            yield batch
            batch = []
    if batch:
        yield batch


def _report(
    corpus: CorpusFolder, source: SuggestionSource, writer: SuggestionWriter, spans: Counter[str],
    *, sentences: int, known: int,
) -> SuggestReport:  # fmt: skip
    written = (source.name, suggestion_path(Path(), source.name).as_posix(), sentences, known, writer.replaces_old_file)
    by_label = {x.name: spans[x.name] for x in corpus.schema.labels if spans[x.name]}
    return SuggestReport(*written, by_label, dict(sorted(source.unmapped.items())), tuple(source.misaligned))


@with_damaged_apart
def add_suggestions(corpus: CorpusFolder, source: str, rows: Iterable[Mapping[str, Any]]) -> SuggestReport:
    """Add suggestions that the caller has made, under the name ``source``.

    A row has the fields of a line of a suggestion file: ``article``, ``start`` and ``end`` of its sentence,
    in the row or in its ``meta``, and ``spans`` with ``start``, ``end``, ``label``, ``score`` (0 to 1) and
    ``kind``. Offsets are code points of the sentence's text; score and kind may be missing. A later row for
    the same sentence replaces an earlier one; a file that another program has made is replaced as a whole.
    Spans whose label the schema neither has nor takes are left out and counted in ``unmapped``, those off
    the token edges are listed in ``misaligned``. Raises CorpusError with the number of a row that fits no
    sentence or is no such row, and writes nothing then.
    """
    if source in (RULES_SOURCE, HISTORY_SOURCE):
        raise UsageError(f"{source} is the name of a built-in source", do="take another name")
    made = SuggestionSource(source, _ROWS_FINGERPRINT, lambda _: iter(()))
    sentences = _sentence_finder(corpus)
    found = []
    for n, row in enumerate(rows, 1):
        where = f"row {n}"
        sentence = sentences(row, where)
        found.append((sentence, made.usable(_row_suggestions(row, where, len(sentence.text)), sentence, corpus.schema)))
    spans = Counter(s.label for _, each in found for s in each)
    with SuggestionWriter(corpus.path, source, _ROWS_FINGERPRINT, resumes=False) as writer:
        known = sum(writer.has(s) for s, _ in found)
        writer.add(found)
        writer.finish()
    return _report(corpus, made, writer, spans, sentences=len(found), known=known)


def _sentence_finder(corpus: CorpusFolder) -> Callable[[Mapping[str, Any], str], Sentence]:
    @lru_cache(maxsize=8)  # rows come article by article
    def by_range(article_id: str) -> dict[tuple[int, int], Sentence]:
        return {(s.start, s.end): s for s in corpus.sentences(article_id)}

    def find(row: Mapping[str, Any], where: str) -> Sentence:
        try:
            place = row.get("meta", row)
            return by_range(str(place["article"]))[place["start"], place["end"]]
        except (AttributeError, KeyError, TypeError):
            what = "the suggestions fit no sentence of the corpus"
            do = "give article, start and end of a sentence as the corpus has it"
            raise CorpusError(what, where=where, do=do) from None

    return find


def _row_suggestions(row: Mapping[str, Any], where: str, length: int) -> list[Suggestion]:
    """Return the suggestions of a row for a sentence of ``length`` code points; raises CorpusError."""
    try:
        spans = [
            (
                *(index(s["start"]), index(s["end"]), s["label"]),
                *(float(s.get("score", UNKNOWN_SCORE)), s.get("kind", ""), "score" not in s),
            )
            for s in row["spans"]
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
        what, do = "a span needs start, end and label", "give `spans`, each with whole numbers and a text"
        raise CorpusError(what, where=where, do=do) from None
    for start, end, label, score, *_ in spans:
        if not isinstance(label, str):
            raise CorpusError(f"the label {label!r} is no text", where=where, do="repair it")
        if not 0 <= start < end <= length:
            what = f"the span {start}-{end} is not in the sentence, which has {length} code points"
            raise CorpusError(what, where=where, do="count from the start of the sentence")
        if not 0 <= score <= 1:
            raise CorpusError(f"the score {score} is not between 0 and 1", where=where, do="repair it")
    return [
        Suggestion(start, end, label, "", score, str(kind), guess) for start, end, label, score, kind, guess in spans
    ]
