"""Ingests sources into a corpus, and finds out which article is a new version of which.

Only what is known to be the same source can replace an article: the same file, or the same record
of a file. An article whose text is among the sources of the run is never replaced by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from annotator.core.article import Article, Sentence
from annotator.core.errors import AnnotatorError, SourceError, UsageError, path_text
from annotator.core.pluralize import count_column, pluralize
from annotator.core.token_settings import TokenSettings, TokenUnit
from annotator.formats.format_detection import choose_format
from annotator.formats.import_source import ImportSource
from annotator.ingest.article_builder import build_article, id_as_before
from annotator.ingest.language_advice import language_advice, language_warning
from annotator.ingest.sources import ArticleSource, SourceFailure, StoryPart, read_sources, source_kind
from annotator.ingest.tokenizer import Tokenizer
from annotator.language.language_guess import LanguageTally
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import is_corpus_folder
from annotator.storage.file_io import translate_os_errors
from annotator.storage.schemas import DEFAULT_SCHEMA, load_schema, read_schema_text
from annotator.workflows.article_doubts import DoubtfulSource, doubt_warnings
from annotator.workflows.corpus_creation import check_token_unit
from annotator.workflows.opening import ProgressCallback, apply_schema, ignore_progress, load_journals
from annotator.workflows.story_versions import Story, pair_versions
from annotator.workflows.uncut_files import relative_origin, with_uncut_files

KNOWN_STATE = "already in the corpus"
MENDED_STATE = "was damaged, mended from its source"
RESTORED_STATE = "back in the queue"
MAX_COMPARED_STORIES = 1000
"""With how many earlier stories of its file, the last ones, a story is compared where no headline is the same."""
_SPAN_FIELDS = ("spans", "label", "labels", "entities", "annotations")
"""The fields in which other tools keep the spans of a record."""


class IngestReport(Struct, frozen=True):
    """What an ingest did, source by source."""

    corpus: str
    added: tuple[dict[str, Any], ...] = ()
    """The new articles: ``origin id title lines body sentences doubt replaces``."""
    known: tuple[dict[str, Any], ...] = ()
    """The articles that were there: ``origin id state doubt replaces``."""
    failed: tuple[dict[str, str], ...] = ()
    """The sources that were left out: ``origin error doubt``."""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def sentences(self) -> int:
        """How many sentences of the new articles are to be annotated."""
        return sum(int(a["sentences"]) for a in self.added)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        values: dict[str, Any] = to_builtins(self)
        del values["warnings"]
        return {**values, "sentences": self.sentences}

    def lines(self) -> Iterator[str]:
        """Yield the report for people, a line each."""
        if not (self.added or self.known):
            return
        for a in self.added:
            sentences = count_column(a["sentences"], "sentence")
            yield f"{a['id']}  {sentences}  {a['body']:>4} of {a['lines']} lines  {a['title'] or a['origin']}"
        yield from (f"{k['id']}  {k['state']}: {k['origin']}" for k in self.known)
        counts = f"{pluralize(len(self.added), 'article')} added, {len(self.known)} known"
        yield f"{self.corpus}: {counts}, {pluralize(self.sentences, 'sentence')}"

    def __str__(self) -> str:
        return "\n".join(self.lines())


class IngestInterrupted(KeyboardInterrupt):
    """Ctrl+C during an ingest; what is in stays."""

    def __init__(self, articles: int) -> None:
        super().__init__(articles)
        self.articles = articles
        """How many articles of this run are in the corpus."""


def ingest(
    folder: Path,
    sources: Sequence[Path | str],
    *,
    lang: str | None = None,
    tokens: TokenUnit | None = None,
    schema: Path | str | None = None,
    name: str | None = None,
    strict: bool = False,
    stdin: BinaryIO | None = None,
    progress: ProgressCallback = ignore_progress,
    may_create: bool = True,
) -> IngestReport:
    """Ingest files, folders or standard input (``-``) into the corpus ``folder``, a transaction a source.

    The corpus is made when the first article is there, if this ``may_create`` one; ``lang`` (a spaCy code,
    default en), ``tokens`` (default rules) and ``name`` are those of a new corpus, and ``schema`` is put in
    force in either. A ``strict`` run leaves out sources whose lines are doubtful. ``progress`` counts sources.
    Raises AnnotatorError where no source can be read (its notes are the further ones), and IngestInterrupted.
    """
    run = None
    try:
        every = list(read_sources([Path(s) for s in sources], stdin))
        _check_not_empty(every)
        run = _begin(folder, lang, tokens, schema, name, may_create=may_create)
        run.strict = strict
        if run.corpus:
            every = list(with_uncut_files(run.corpus, every))
        for n, source in enumerate(every):
            progress(n, len(every))
            run.add_source(source)
        progress(len(every), len(every))
        run.replace_earlier_versions()
    except KeyboardInterrupt:
        raise IngestInterrupted(len(run.added) + len(run.known) if run else 0) from None
    notes = (*run.notes, *_annotated_source_notes(every))
    doubts = doubt_warnings(folder, run.doubtful_sources())
    warnings = (*run.warnings, *doubts, *run.language_warnings(), *(run.corpus.warnings if run.corpus else ()))
    return IngestReport(path_text(folder), tuple(run.added), tuple(run.known), tuple(run.failed), notes, warnings)


def _check_not_empty(sources: Sequence[ArticleSource | SourceFailure]) -> None:
    """Raise the error of bad sources before a corpus is made for nothing."""
    failures = [s for s in sources if isinstance(s, SourceFailure)]
    if len(failures) < len(sources):
        return
    if not failures:
        raise UsageError("there is no source", do="name at least one file")
    for further in failures[1:]:
        failures[0].error.add_note(str(further.error))
    raise failures[0].error


def _source_notes(source: ArticleSource) -> Iterator[str]:
    """Yield the notes on the reading of a source; those on a file of several stories once."""
    part = source.part
    if part is None:
        yield from (f"{source.origin}: {note}" for note in source.notes)
    elif part.number == 1:
        yield from (f"{part.file}: {note}" for note in (*source.notes, f"{part.stories} stories, an article each"))


def _annotated_source_notes(sources: Sequence[ArticleSource | SourceFailure]) -> Iterator[str]:
    """Yield a note on sources that another tool has annotated: an ingest takes their texts alone."""
    annotated = [s.origin for s in sources if isinstance(s, ArticleSource) and _is_annotated(s)]
    if annotated:
        hold = "holds" if len(annotated) == 1 else "hold"
        counted = f"{pluralize(len(annotated), 'source')} (the first: {annotated[0]}) {hold} annotations"
        yield f"{counted}, and only the texts were taken: `annotator import` takes both"


def _is_annotated(source: ArticleSource) -> bool:
    """Whether a record has a list of spans, or a text an .ann file beside it."""
    if source.kind == "record":
        lists = (source.meta.get(key) for key in _SPAN_FIELDS)
        return any(isinstance(x, list) and x and isinstance(x[0], list | dict) for x in lists)
    file = source.part.file_stable_origin if source.part else source.stable_origin
    if not file:
        return False
    path = Path(file)
    return path.with_suffix(".ann").is_file() or (not source_kind(path.name) and _is_of_a_tool(path))


def _is_of_a_tool(path: Path) -> bool:
    """Whether a file that need be no page is one that ``annotator import`` reads, such as a table of spans."""
    with suppress(SourceError):
        return bool(choose_format(ImportSource(path)))
    return False


def _begin(
    folder: Path,
    lang: str | None,
    tokens: TokenUnit | None,
    schema: Path | str | None,
    name: str | None,
    *,
    may_create: bool,
) -> _IngestRun:
    """Open the corpus, or prepare for making it with the first article."""
    with translate_os_errors("read", folder):
        exists = is_corpus_folder(folder)
    if may_create and not exists:
        tokenizer = Tokenizer(lang or "en", TokenSettings(tokens or "rules"))
        return _begin_new(folder, tokenizer, schema or DEFAULT_SCHEMA, name)
    corpus = CorpusFolder.open(folder)
    corpus.check_settings()
    if lang and lang != corpus.lang:
        what = f"--lang {lang}, but the corpus is {corpus.lang}"
        raise UsageError(what, where=str(folder), do="leave --lang out")
    check_token_unit(corpus, tokens)
    if schema:
        apply_schema(corpus, read_schema_text(schema), str(schema))
    tokenizer = Tokenizer(corpus.lang, corpus.tokens)
    run = _IngestRun(lambda: corpus, tokenizer, corpus)
    if tokenizer.fingerprint != corpus.fingerprint:
        run.warnings.append(
            "this spaCy splits tokens otherwise than the one that the corpus was begun with; "
            "the stored tokens stay as they are"
        )
    return run


def _begin_new(folder: Path, tokenizer: Tokenizer, schema: Path | str, name: str | None) -> _IngestRun:
    """Prepare for a new corpus; raises SchemaError at once, with the name of the file."""
    load_schema(schema)
    text = read_schema_text(schema)

    def create() -> CorpusFolder:
        title, fingerprint = path_text(name or folder.resolve().name), tokenizer.fingerprint
        lang, tokens = tokenizer.lang, tokenizer.settings
        return CorpusFolder.create(
            folder, name=title, lang=lang, fingerprint=fingerprint, schema_text=text, tokens=tokens
        )

    run = _IngestRun(create, tokenizer)
    run.warnings += filter(None, [language_warning(tokenizer.lang)])
    return run


class _IngestRun:
    """One run of an ingest; a source that fails leaves the corpus as it was."""

    def __init__(
        self, create: Callable[[], CorpusFolder], tokenizer: Tokenizer, corpus: CorpusFolder | None = None
    ) -> None:
        """Begin; ``create`` makes the corpus when the first article is there."""
        self.corpus = corpus
        self.added: list[dict[str, Any]] = []
        self.known: list[dict[str, Any]] = []
        self.failed: list[dict[str, str]] = []
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.strict = False
        """Whether sources whose lines are doubtful are left out."""
        self._create_corpus = create
        self._tokenizer = tokenizer
        self._rows: dict[str, dict[str, Any]] = {}
        """The row of each article of this run in the report, by its id."""
        self._languages = LanguageTally(tokenizer.lang)
        self._newest: dict[str, str] = {}
        """The id of the last article of this run that came from each source."""
        self._files: dict[str, str] = {}
        """The file of each page or story of this run, by what that is known by; a record of JSONL has none here."""

    def add_source(self, source: ArticleSource | SourceFailure) -> None:
        """Add one source, or note why not."""
        if isinstance(source, SourceFailure):
            self._add_failure(source.origin, source.error)
            return
        if source.part and self._is_in_whole(source.part):
            return
        self.notes += _source_notes(source)
        try:
            source = self._as_stored(source)
            article, sentences = build_article(source, self._tokenizer)
        except AnnotatorError as error:
            self._add_failure(source.origin, error)
            return
        if doubt := self._refused_doubt(article):
            do = "leave --strict out to take it in and see its lines, or correct the source"
            self._add_failure(source.origin, SourceError(f"doubtful: {doubt}", where=source.origin, do=do), doubt)
            return
        if self.corpus is None:
            self.corpus = self._create_corpus()
        came_from = relative_origin(self.corpus, source.stable_origin)
        try:
            self._store(self.corpus, article, sentences, came_from)
        except AnnotatorError as error:
            self._add_failure(source.origin, error)
            return
        if came_from:
            self._newest[came_from] = article.id
        if came_from and source.kind != "record":
            part = source.part
            self._files[came_from] = relative_origin(self.corpus, part.file_stable_origin) if part else came_from

    def _store(self, corpus: CorpusFolder, article: Article, sentences: Sequence[Sentence], came_from: str) -> None:
        """Write an article that is not in the corpus yet, or that is damaged there."""
        if corpus.articles.has(article.id):
            mended = corpus.is_damaged(article.id)
            if mended:
                corpus.renew_article(article, sentences, came_from=came_from)
            self._add_known(corpus, article, MENDED_STATE if mended else KNOWN_STATE)
            return
        corpus.add_article(article, sentences, came_from=came_from)
        self._rows[article.id] = _article_summary(corpus, article)
        self.added.append(self._rows[article.id])
        if self._tokenizer.settings.unit == "rules":  # characters fit any language
            self._languages.add(article.text, article.origin)

    def _as_stored(self, source: ArticleSource) -> ArticleSource:
        """Return an HTML page to be read as an earlier program did, where the queue has an article that is it so."""
        if self.corpus is None or source.kind != "html":
            return source
        earlier = id_as_before(source)
        if not self.corpus.articles.has(earlier):
            return source
        is_current = self.corpus.is_damaged(earlier) or not self.corpus.articles.origin(earlier).replaced_by
        return replace(source, as_before=is_current)

    def _is_in_whole(self, part: StoryPart) -> bool:
        """Return whether a story is in the queue already in one article with all of its file, and note that once."""
        corpus = self.corpus
        if corpus is None or not corpus.articles.has(part.whole_id) or corpus.is_damaged(part.whole_id):
            return False
        if corpus.articles.origin(part.whole_id).replaced_by:
            return False
        if part.number == 1:
            self._add_known(corpus, corpus.article(part.whole_id), KNOWN_STATE)
        return True

    def language_warnings(self) -> Iterator[str]:
        """Yield a warning for each language that the corpus's tokenizer does not fit."""
        for mismatch in self._languages.mismatches():
            yield "; ".join(language_advice(mismatch, self._tokenizer.lang))

    def doubtful_sources(self) -> list[DoubtfulSource]:
        """Return the sources of this run whose articles are in the corpus and have an open doubt."""
        rows = (*self.added, *self.known)
        return [DoubtfulSource(x["origin"], x["id"], x["doubt"]) for x in rows if x["doubt"]]

    def _refused_doubt(self, article: Article) -> str:
        """Return the doubt that keeps an article out in a strict run; none does where it is in the queue already."""
        if not self.strict:
            return ""
        if self.corpus is None or not self.corpus.articles.has(article.id):
            return article.doubt
        if self.corpus.is_damaged(article.id):
            return ""
        stored = self.corpus.article(article.id)
        return stored.doubt if stored.replaced_by else ""

    def _add_failure(self, origin: str, error: AnnotatorError, doubt: str = "") -> None:
        self.failed.append({"origin": origin, "error": str(error), "doubt": doubt})

    def _add_known(self, corpus: CorpusFolder, article: Article, state: str) -> None:
        """Note an article that is there already; where a later version replaced it, restore it."""
        if corpus.articles.origin(article.id).replaced_by:
            corpus.restore_article(article.id)
            state = RESTORED_STATE
        row: dict[str, Any] = {"origin": article.origin, "id": article.id, "state": state, "replaces": None}
        row["doubt"] = corpus.article(article.id).doubt
        self._rows.setdefault(article.id, row)
        self.known.append(row)

    def replace_earlier_versions(self) -> None:
        """Replace the articles that came from the same sources before this run."""
        if self.corpus is None:
            return
        files: dict[str, dict[str, str]] = {}
        for came_from, new in self._newest.items():
            file = self._files.get(came_from, "")
            if file:
                files.setdefault(file, {})[came_from] = new
            if file in {"", came_from}:
                for old in self.corpus.articles_from_source(came_from):
                    if old not in self._rows:
                        self._replace_article(self.corpus, old, new)
        for file, newest in files.items():
            before = [x for x in self.corpus.articles_from_file(file) if x[0] not in self._rows]
            self._replace_stories(self.corpus, file, newest, before)

    def _replace_stories(
        self, corpus: CorpusFolder, file: str, newest: Mapping[str, str], before: Sequence[tuple[str, str]]
    ) -> None:
        """Replace the stories that a file held before; an article of it that was in the queue beside them stays."""
        olds = [(a, came_from) for a, came_from in before if not corpus.is_damaged(a)]
        if not olds:
            return
        names = {a: _story_name(corpus, file, came_from, a) for a, came_from in olds}
        fresh: list[Story] = []
        stays: list[Story] = []
        for came_from, new in newest.items():
            stored = corpus.articles.origin(new).came_from
            is_of_file = stored == file or stored.startswith(f"{file}#")
            was_there = is_of_file and self._rows[new].get("state") in {KNOWN_STATE, MENDED_STATE}
            story = _story(corpus, new, _story_name(corpus, file, came_from, new))
            (stays if was_there else fresh).append(story)
        fresh_names = {x.name for x in fresh}
        kept = {a for a, _ in olds[-MAX_COMPARED_STORIES:]} | {a for a in names if names[a] in fresh_names}
        for old, new in pair_versions([_story(corpus, a, names[a]) for a, _ in olds if a in kept], fresh, stays):
            self._replace_article(corpus, old, new)

    def _replace_article(self, corpus: CorpusFolder, old: str, new: str) -> None:
        origin = self._rows[new]["origin"]
        try:
            corpus.replace_article(old, new)
        except AnnotatorError as error:
            self._add_failure(origin, error)
            return
        self._rows[new]["replaces"] = old
        is_back = self._rows[new].get("state") == RESTORED_STATE
        again = "an earlier version is back in place" if is_back else "a new version"
        self.notes.append(f"{origin}: {again} of {old}, which leaves the queue; {self._describe_annotations(old, new)}")

    def _describe_annotations(self, old: str, new: str) -> str:
        """Return what happens to the annotations of an article that another has replaced."""
        if self._finished_texts is None:
            return "what is annotated of it stays in the journals"
        assert self.corpus is not None
        texts = {s.text for s in self.corpus.active_sentences(self.corpus.article(new))}
        done = self._finished_texts.get(old, [])
        return (
            f"{sum(t in texts for t in done)} of its {len(done)} annotated sentences are unchanged and carried over "
            "when their annotators open the corpus; the others are exported until the new version's are finished"
        )

    @cached_property
    def _finished_texts(self) -> dict[str, list[str]] | None:
        """The texts of the finished sentences of each article, or None where a journal cannot be read."""
        done: dict[str, list[str]] = {}
        assert self.corpus is not None
        try:
            for loaded in load_journals(self.corpus):
                for article in loaded.store.touched_articles:
                    texts = [w.sentence.text for w in loaded.store.touched_sentences_of(article) if w.done]
                    done.setdefault(article, []).extend(texts)
        except AnnotatorError as error:
            self.notes.append(str(error))
            return None
        return done


def _story_name(corpus: CorpusFolder, file: str, came_from: str, article_id: str) -> str:
    """Return a story's slug or headline, without the number of a second one; the title of a file's only article."""
    name = came_from.removeprefix(file).removeprefix("#")
    return re.sub(r" \(\d+\)$", "", name) or corpus.article(article_id).title


def _story(corpus: CorpusFolder, article_id: str, name: str) -> Story:
    sentences = corpus.active_sentences(corpus.article(article_id))
    return Story(article_id, name, frozenset(sentence.text for sentence in sentences))


def _article_summary(corpus: CorpusFolder, article: Article) -> dict[str, Any]:
    return {
        "origin": article.origin,
        "id": article.id,
        "title": article.title,
        "lines": len(article.lines),
        "body": sum(line.verdict.annotated for line in article.lines),
        "sentences": len(corpus.active_sentences(article)),
        "doubt": article.doubt,
        "replaces": None,
    }
