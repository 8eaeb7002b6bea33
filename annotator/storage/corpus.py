"""The corpus folder: settings, schema, articles and sentences."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from annotator.core.article import Article, LineMap, Sentence, Verdict
from annotator.core.digest import is_article_id
from annotator.core.errors import CorpusError
from annotator.core.schema import Schema
from annotator.core.tokens import tile
from annotator.storage import settings as toml
from annotator.storage.articles import check_article, decode_article, encode_article, switch_line, undo_switch
from annotator.storage.atomic import sync_folder, write_atomic
from annotator.storage.failures import telling
from annotator.storage.journal import FOLDER as ANNOTATIONS
from annotator.storage.journal import annotator_names
from annotator.storage.jsonl import dump, parse
from annotator.storage.lock import HeldError, Lock
from annotator.storage.origins import Origins
from annotator.storage.scan import lines_in_words
from annotator.storage.schemas import load_schema, schema_of_text
from annotator.storage.sentences import FILE as SENTENCES
from annotator.storage.sentences import SentenceFile

ARTICLES = "articles"
WAIT = 10.0
"""How many seconds a write waits for another process that is writing to the corpus."""

_OURS = {toml.FILE, "schema.toml", ARTICLES, ANNOTATIONS, "suggestions", SENTENCES}


class Corpus:
    """An open corpus; reading needs no rights to write, writing takes a short lock each time."""

    def __init__(self, path: Path, settings: toml.Settings) -> None:
        """Take over what ``open`` has read."""
        self.path = path
        self.name = settings.name
        self.lang = settings.lang
        self.fingerprint = settings.fingerprint
        self.schema_path = path / settings.schema
        self.warnings: list[str] = []
        self._sentences = SentenceFile(path / SENTENCES)
        self._checked = lru_cache(maxsize=64)(self._read_sentences)
        self._seen: tuple[object, ...] = ()
        self._ids: tuple[str, ...] = ()
        self._origins = Origins()

    @classmethod
    def create(cls, path: Path | str, *, name: str, lang: str, fingerprint: str, schema_text: str) -> Corpus:
        """Make a corpus folder and open it; ``corpus.toml`` comes last and makes it one.

        Raises CorpusError where a corpus or foreign files are there already, SchemaError for the schema.
        """
        path = Path(path)
        schema_of_text(schema_text, "schema")
        with telling("make a corpus", path):
            _check_free(path)
            for folder in (path, path / ARTICLES, path / ANNOTATIONS):
                folder.mkdir(parents=True, exist_ok=True)
            write_atomic(path / "schema.toml", schema_text.encode())
            toml.write_settings(path, toml.Settings(name, lang, fingerprint))
            sync_folder(path.resolve().parent)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path | str) -> Corpus:
        """Open a corpus folder.

        Raises CorpusError where it is none, was made by a newer Annotator or lacks its schema. A last
        sentence that a crash has cut short is set aside and told in ``warnings``.
        """
        path = Path(path)
        _check_corpus(path)
        corpus = cls(path, toml.read_settings(path))
        if not corpus.schema_path.is_file():
            raise CorpusError(
                "the corpus has lost its label schema",
                where=str(corpus.schema_path),
                do="restore the file from a copy, or put another schema in its place",
            )
        with telling("read", path):
            corpus.article_ids()
            corpus._tell_flaws()
        return corpus

    @cached_property
    def schema(self) -> Schema:
        """The label schema in force; raises SchemaError where its file is wrong."""
        return load_schema(self.schema_path)

    def article_ids(self) -> tuple[str, ...]:
        """Return the ids of the committed articles, in the order of ingest."""
        with telling("read", self.path):
            seen = self._state()
            if seen != self._seen:
                there = _committed(self.path / ARTICLES)
                ordered = [x for x in self._sentences.articles() if x in there]
                self._ids = (*ordered, *sorted(there.difference(ordered)))
                self._seen = seen
        return self._ids

    def _state(self) -> tuple[object, ...]:
        return (_state(self.path / ARTICLES), _state(self._sentences.path))

    def article(self, id: str) -> Article:  # noqa: A002  (the word of the contract)
        """Return an article as it is on the disk now; raises CorpusError where there is none such."""
        return decode_article(self._json(id), str(self._file(id)))

    def sentences(self, article_id: str) -> tuple[Sentence, ...]:
        """Return the sentences of all lines, dropped ones too, in text order; raises CorpusError."""
        return self._checked(article_id)

    def active_sentences(self, article: Article) -> tuple[Sentence, ...]:
        """Return the sentences that touch a line to be annotated; none of a replaced article."""
        if article.replaced_by:
            return ()
        lines = LineMap(article)
        return tuple(s for s in self.sentences(article.id) if lines.annotates(s.start, s.end))

    def annotators(self) -> tuple[str, ...]:
        """Return the names that have a journal, sorted."""
        return annotator_names(self.path)

    def add(self, article: Article, sentences: Sequence[Sentence]) -> None:
        """Add an article with its sentences: all of it is there afterwards, or nothing.

        The article's JSON is the commit: sentences without one are ignored, and dropped when the
        same article comes again. Raises CorpusError for parts that contradict each other, an
        article that is there already, or a folder that cannot be written.
        """
        check_article(article)
        _check_sentences(article, sentences)
        with self._writing():
            if self._file(article.id).exists():
                raise CorpusError(
                    "this article is in the corpus already",
                    where=f"article {article.id}",
                    do="leave the source out",
                )
            if article.replaces:
                self._json(article.replaces)  # it must be there before anything is written
            data = dump(encode_article(article, len(sentences)), article.origin, pretty=True) + b"\n"
            self._sentences.drop(article.id)
            self._sentences.append(sentences)
            write_atomic(self._file(article.id), data)
            self._ids += (article.id,)
            self._seen = self._state()
            if article.replaces:
                self._mark_replaced(article.replaces, article.id)

    def set_line(self, article_id: str, line: int, verdict: Verdict, *, by: str, time: float) -> Article:
        """Switch the verdict of line ``line`` (from 0) and return the article; raises CorpusError."""

        def change(data: dict[str, Any]) -> dict[str, Any]:
            if not 0 <= line < len(data["lines"]):
                raise CorpusError(
                    f"there is no line {line + 1}: the article has {len(data['lines'])}",
                    where=f"article {article_id}",
                    do="choose a line of the article",
                )
            return switch_line(data, line, verdict, by, time)

        return self._change(article_id, change)

    def undo_line(self, article_id: str, *, by: str, time: float) -> Article | None:
        """Take back the last switch of a line, by whomever and whenever; None where there is none."""
        with self._writing():
            data = undo_switch(self._json(article_id), by, time)
            return self._save(article_id, data) if data is not None else None

    def replace_article(self, old_id: str, new_id: str) -> None:
        """Note that an article is a new version of another, which leaves the queue; raises CorpusError."""
        with self._writing():
            new, _ = self._json(new_id), self._json(old_id)  # both must be there before anything is written
            self._save(new_id, new | {"replaces": old_id})
            self._mark_replaced(old_id, new_id)

    def find_origin(self, origin: str) -> Article | None:
        """Return the newest version of the article that came from ``origin``, or None."""
        for article_id in self.article_ids():
            if article_id not in self._origins:
                self._origins.learn(self._json(article_id))
        newest = self._origins.newest(origin)
        return self._with_mark(self.article(newest)) if newest else None

    def _with_mark(self, new: Article) -> Article:
        """Return ``new``; marks the article that it replaces where a crash has kept that from being done."""
        if new.replaces in self.article_ids() and not self.article(new.replaces).replaced_by:
            with suppress(CorpusError), self._writing():
                self._mark_replaced(new.replaces, new.id)
        return new

    def _mark_replaced(self, old_id: str, new_id: str) -> None:
        self._save(old_id, self._json(old_id) | {"replaced_by": new_id})

    def _change(self, article_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Article:
        with self._writing():
            old = self._json(article_id)
            new = change(old)
            return (
                self._save(article_id, new)
                if new != old
                else decode_article(old, str(self._file(article_id)))
            )

    def _save(self, article_id: str, data: dict[str, Any]) -> Article:
        path = self._file(article_id)
        article = decode_article(data, str(path))
        write_atomic(path, dump(data, str(path), pretty=True) + b"\n")
        self._seen = self._state()
        if article_id in self._origins:
            self._origins.learn(data)
        return article

    def _file(self, article_id: str) -> Path:
        if not is_article_id(article_id):
            raise CorpusError(
                f"{article_id!r} is no article id", where=str(self.path), do="`annotator articles` lists them"
            )
        return self.path / ARTICLES / f"{article_id}.json"

    def _json(self, article_id: str) -> dict[str, Any]:
        path = self._file(article_id)
        if not path.exists():
            raise CorpusError(
                f"there is no article {article_id}",
                where=str(self.path),
                do="`annotator articles` lists them",
            )
        with telling("read", path):
            data = parse(path.read_bytes(), str(path))
        if data.get("id") != article_id:
            raise CorpusError(
                "the file's name is not the article's id", where=str(path), do="restore its name"
            )
        return data

    def _read_sentences(self, article_id: str) -> tuple[Sentence, ...]:
        data = self._json(article_id)
        article = decode_article(data, str(self._file(article_id)))
        with telling("read", self._sentences.path):
            sentences = self._sentences.read(article_id)
        if len(sentences) != data.get("sentences", len(sentences)):
            raise CorpusError(
                f"{len(sentences)} of {data['sentences']} sentences of article {article_id} are there",
                where=str(self._sentences.path),
                do="restore the file from a copy, or ingest the source into a new corpus",
            )
        _check_sentences(article, sentences)
        return sentences

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the corpus lock for one write; raises CorpusError where it cannot be had."""
        with telling("write", self.path):
            try:
                lock = Lock(self.path / ".corpus.lock", WAIT)
            except HeldError as error:
                raise CorpusError(
                    f"the corpus is being written by {error.holder}",
                    where=str(self.path),
                    do="try again when it is done",
                ) from None
            with lock:
                self._set_torn_aside()
                self.article_ids()  # what others have written meanwhile; nobody else writes until we are done
                yield

    def _set_torn_aside(self) -> None:
        if cut := self._sentences.set_torn_aside():
            aside, size = cut
            self.warnings.append(f"set aside a torn last line of {SENTENCES} ({size} bytes) in {aside.name}")

    def _tell_flaws(self) -> None:
        """Put damage of ``sentences.jsonl`` into ``warnings``, and set a torn end aside where that can be."""
        if self._sentences.flaws:
            lines = lines_in_words(self._sentences.flaws)
            self.warnings.append(
                f"{SENTENCES}, {lines}: no sentence can be read; restore the file from a copy"
            )
        if self._sentences.torn:
            try:
                with Lock(self.path / ".corpus.lock"):
                    self._set_torn_aside()
            except HeldError:
                return  # somebody is just writing that line
            except OSError:
                self.warnings.append(f"left out a torn last line of {SENTENCES}")


def _check_free(path: Path) -> None:
    if (path / toml.FILE).exists():
        raise CorpusError(
            "there is a corpus here already", where=str(path), do="open it, or give another folder"
        )
    if path.is_dir() and any(p.name not in _OURS and not p.name.startswith(".") for p in path.iterdir()):
        raise CorpusError(
            "the folder holds other files and is no corpus",
            where=str(path),
            do="give an empty or a new folder",
        )


def _check_corpus(path: Path) -> None:
    if not path.exists():
        raise CorpusError(
            "there is no such corpus",
            where=str(path),
            do="make one with `annotator ingest SOURCE --corpus FOLDER`",
        )
    if not path.is_dir():
        raise CorpusError(
            "this is a file, no corpus folder", where=str(path), do="give the folder that holds corpus.toml"
        )
    if not (path / toml.FILE).exists():
        raise CorpusError(
            "this folder is no corpus: it has no corpus.toml",
            where=str(path),
            do="give a corpus folder, or make one with `annotator ingest SOURCE --corpus FOLDER`",
        )


def _check_sentences(article: Article, sentences: Sequence[Sentence]) -> None:
    """Raise CorpusError unless the sentences stand in the article's text in order, tokens and all."""
    end = 0
    for s in sentences:
        if s.article != article.id or s.start < end or article.text[s.start : s.end] != s.text or not s.text:
            raise CorpusError(
                "the sentence is not what stands there in the article", where=f"sentence {s.id}", do=_AGAIN
            )
        if not tile(s.tokens, s.text):
            raise CorpusError("the tokens do not spell the sentence", where=f"sentence {s.id}", do=_AGAIN)
        end = s.end


_AGAIN = "ingest the source into a new corpus"


def _state(path: Path) -> tuple[int, ...]:
    """Return what changes when a file or a folder does."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return ()
    return (now.st_ino, now.st_mtime_ns, now.st_size)


def _committed(folder: Path) -> set[str]:
    """Return the ids of the articles in a folder; other files in it mean nothing."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name.removesuffix(".json") for e in entries if e.name.endswith(".json")]
    except FileNotFoundError:
        return set()
    return {n for n in names if is_article_id(n)}
