"""Taking sources into a corpus, and telling which article is a new version of which.

Only what is known to be the same source can replace an article: the same file, or the same record
of a file. An article whose text is among the sources of the run is never replaced by it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from annotator.core.article import Article
from annotator.core.errors import AnnotatorError
from annotator.ingest.article_builder import build_article
from annotator.ingest.sources import ArticleSource, SourceFailure
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.annotation_loader import load_journals

KNOWN_STATE = "already in the corpus"
RESTORED_STATE = "back in the queue"


class IngestReport(Struct):
    """What an ingest did, source by source."""

    corpus: str
    added: list[dict[str, Any]] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sentences(self) -> int:
        """How many sentences stand in the queue of what was added."""
        return sum(int(a["sentences"]) for a in self.added)


class IngestRun:
    """One run of an ingest; a source that fails leaves the corpus as it was."""

    def __init__(
        self,
        make: Callable[[], CorpusFolder],
        tokenizer: Tokenizer,
        report: IngestReport,
        corpus: CorpusFolder | None = None,
    ) -> None:
        """Begin; ``make`` makes the corpus when the first article is there."""
        self.corpus = corpus
        self._create_corpus = make
        self._tokenizer = tokenizer
        self._report = report
        self._rows: dict[str, dict[str, Any]] = {}
        """What the report says of each article of this run, by its id."""
        self._newest: dict[str, str] = {}
        """The id of the last article of this run that came from each source."""

    def add_source(self, source: ArticleSource | SourceFailure) -> None:
        """Take one source in, or note why not."""
        if isinstance(source, SourceFailure):
            self._add_failure(source.origin, source.error)
            return
        self._report.notes += [f"{source.origin}: {note}" for note in source.notes]
        try:
            article, sentences = build_article(source, self._tokenizer)
        except AnnotatorError as error:
            self._add_failure(source.origin, error)
            return
        if self.corpus is None:
            self.corpus = self._create_corpus()
        came_from = _relative_origin(self.corpus, source.stable_origin)
        try:
            if article.id in self.corpus.article_ids():
                self._add_known(self.corpus, article)
            else:
                self.corpus.add_article(article, sentences, came_from=came_from)
                self._rows[article.id] = _article_summary(self.corpus, article)
                self._report.added.append(self._rows[article.id])
        except AnnotatorError as error:
            self._add_failure(source.origin, error)
            return
        if came_from:
            self._newest[came_from] = article.id

    def _add_failure(self, origin: str, error: AnnotatorError) -> None:
        self._report.failed.append({"origin": origin, "error": str(error)})

    def _add_known(self, corpus: CorpusFolder, article: Article) -> None:
        """Note an article that is there already, brought back where a later version had replaced it."""
        state = KNOWN_STATE
        if corpus.article(article.id).replaced_by:
            corpus.restore_article(article.id)
            state = RESTORED_STATE
        row: dict[str, Any] = {"origin": article.origin, "id": article.id, "state": state, "replaces": None}
        self._rows.setdefault(article.id, row)
        self._report.known.append(row)

    def replace_earlier_versions(self) -> None:
        """Let the articles of this run replace what came from the same sources before it."""
        if self.corpus is None:
            return
        for came_from, new in self._newest.items():
            for old in self.corpus.articles_from_source(came_from):
                if old not in self._rows:
                    self._replace_article(self.corpus, old, new)

    def _replace_article(self, corpus: CorpusFolder, old: str, new: str) -> None:
        origin = self._rows[new]["origin"]
        try:
            corpus.replace_article(old, new)
        except AnnotatorError as error:
            self._add_failure(origin, error)
            return
        self._rows[new]["replaces"] = old
        again = "an earlier version is back in place" if "state" in self._rows[new] else "a new version"
        self._report.notes.append(
            f"{origin}: {again} of {old}, which leaves the queue; {self._describe_annotations(old, new)}"
        )

    def _describe_annotations(self, old: str, new: str) -> str:
        """Say what happens to the annotations of an article that another has replaced."""
        if self._finished_texts is None:
            return "what is annotated of it stays in the journals"
        assert self.corpus is not None
        texts = {s.text for s in self.corpus.active_sentences(self.corpus.article(new))}
        done = self._finished_texts.get(old, [])
        return (
            f"{len(done)} annotated sentences of it "
            "stay in their journals and are exported until the new version's are; "
            f"{sum(t in texts for t in done)} of them stand unchanged in the new version"
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
            self._report.notes.append(str(error))
            return None
        return done


def _relative_origin(corpus: CorpusFolder, came_from: str) -> str:
    """Return a resolved path as seen from the corpus, which says nothing of the machine it lies on."""
    if not came_from:
        return ""
    path, mark, name = came_from.partition("#")
    relative = os.path.relpath(path, os.path.realpath(corpus.path))
    return os.fsencode(relative + mark + name).decode("utf-8", "backslashreplace")


def _article_summary(corpus: CorpusFolder, article: Article) -> dict[str, Any]:
    return {
        "origin": article.origin,
        "id": article.id,
        "title": article.title,
        "lines": len(article.lines),
        "body": sum(line.verdict.annotated for line in article.lines),
        "sentences": len(corpus.active_sentences(article)),
        "replaces": None,
    }
