"""The corpus folder: settings, schema, articles and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from annotator.core.article import AnnotatedLineIndex, Article, LineVerdict, Sentence, earlier_versions, is_superseded
from annotator.core.errors import CorpusError, DamagedArticleError, SchemaError
from annotator.core.schema import Schema
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.storage.article_history import settle_doubt, switch_line, undo_last
from annotator.storage.article_repair import sentence_count, with_proved_text
from annotator.storage.article_warnings import broken_version_warning, changed_metadata_warning, damaged_article_warning
from annotator.storage.articles import ArticleOrigin, ArticleStore, check_article, encode_article
from annotator.storage.atomic import make_folder, set_aside, sync_folder, write_atomic, write_new
from annotator.storage.corpus_layout import (
    ANNOTATIONS_FOLDER,
    ARTICLES_FOLDER,
    SCHEMA_FILE,
    SENTENCES_FILE,
    CorpusSettings,
    check_folder_unused,
    check_is_corpus,
    missing_git_files,
    write_settings,
)
from annotator.storage.coverage_file import keep_base_of_begun
from annotator.storage.file_io import REPAIR_HINT, file_state, read_text, translate_os_errors
from annotator.storage.import_recovery import roll_back_interrupted_imports
from annotator.storage.journal import annotator_names
from annotator.storage.journal_reader import format_line_numbers
from annotator.storage.lock import Lock, is_held, lock_or_raise
from annotator.storage.schemas import load_schema, parse_schema_text
from annotator.storage.sentences import SentenceFile, SentenceRanges, check_article_sentences, check_sentences_in_text
from annotator.storage.settings_recovery import damaged_settings_warning, read_or_derive_settings
from annotator.storage.split_settings import SplitSettings

_LOCK_FILE = ".corpus.lock"
MAX_READ_FOR_QUEUE = 300
"""With more articles than this, earlier versions stay in the queue."""
LOCK_TIMEOUT = 10.0
"""How many seconds a write waits for another process that is writing to the corpus."""


def lock_corpus(path: Path, wait: float = LOCK_TIMEOUT) -> Lock:
    """Take the lock for a write to a corpus; raises CorpusError where it cannot be had in time, OSError."""
    what, do = "the corpus is being written by {holder}", "try again when it is done"
    return lock_or_raise(path / _LOCK_FILE, CorpusError, what, where=path, do=do, wait=wait)


_TORN_WARNING = f"left out a torn last line of {SENTENCES_FILE}"


class CorpusFolder:
    """An open corpus; reading needs no right to write, each write takes a short lock."""

    def __init__(self, path: Path, settings: CorpusSettings, settings_flaw: CorpusError | None = None) -> None:
        """Hold what ``open`` has read."""
        self.path = path
        self.settings_flaw = settings_flaw
        """What is wrong with ``corpus.toml``: then its settings are those that can be read."""
        self.name = settings.name
        self.known_lang = settings.lang
        """The language; empty where ``corpus.toml`` is damaged and nobody knows it."""
        self.fingerprint = settings.fingerprint
        self._split, self._tokens = settings.split, settings.tokens
        self.schema_path = path / settings.schema
        self.settings_warning = damaged_settings_warning(settings, settings_flaw) if settings_flaw else ""
        self.warnings: list[str] = [self.settings_warning] if settings_flaw else []
        self.articles = ArticleStore(path)
        self._sentences = SentenceFile(path / SENTENCES_FILE)
        self._cached_sentences = lru_cache(maxsize=64)(self._read_sentences)
        self._last_state: tuple[object, ...] = ()
        self._article_ids: tuple[str, ...] = ()
        self._origins: dict[str, ArticleOrigin] = {}
        self.damaged_articles: dict[str, DamagedArticleError] = {}
        """What is wrong with the articles that are set apart: they are in no list, and all others are worked on."""

    @classmethod
    def create(
        cls,
        path: Path | str,
        *,
        name: str,
        lang: str,
        fingerprint: str,
        schema_text: str,
        split: SplitSettings = SplitSettings(),  # noqa: B008  (frozen)
        tokens: TokenSettings = DEFAULT_TOKENS,
    ) -> CorpusFolder:
        """Make a corpus folder and open it; ``corpus.toml`` comes last and makes it one.

        Raises CorpusError where a corpus or foreign files are there already, SchemaError for the schema.
        """
        path = Path(path)
        parse_schema_text(schema_text, "schema")
        with translate_os_errors("make a corpus", path):
            check_folder_unused(path)
            for folder in (path.absolute(), path / ARTICLES_FOLDER, path / ANNOTATIONS_FOLDER):
                make_folder(folder)
            write_atomic(path / SCHEMA_FILE, schema_text.encode())
            for file, data in missing_git_files(path):
                write_new(path / file, data)
            write_settings(path, CorpusSettings(name, lang, fingerprint, split=split, tokens=tokens))
            sync_folder(path.resolve().parent)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path | str) -> CorpusFolder:
        """Open a corpus folder.

        Raises CorpusError where it is none, was made by a newer Annotator or lacks its schema; damaged
        settings are a warning. Nothing on the disk is touched, except that an import that was killed half-way is
        rolled back: a sentence that a crash has cut short is only reported in ``warnings``.
        """
        path = Path(path)
        with translate_os_errors("read", path):
            check_is_corpus(path)
            corpus = cls(path, *read_or_derive_settings(path))
            warning = roll_back_interrupted_imports(path, corpus.schema_path)
            if not corpus.schema_path.is_file():
                do = "restore the file from a copy, try `annotator repair`, or put another schema in its place"
                raise CorpusError("the corpus has lost its label schema", where=str(corpus.schema_path), do=do)
            corpus.article_ids()
            corpus.warnings += [warning] if warning else []
            corpus._add_flaw_warnings()
        return corpus

    @property
    def lang(self) -> str:
        """The language, a spaCy code; raises CorpusError where ``corpus.toml`` is damaged and nobody knows it."""
        if not self.known_lang:
            self.check_settings()
        return self.known_lang

    @property
    def split(self) -> SplitSettings:
        """By what a split is drawn; raises CorpusError where the table in ``corpus.toml`` is damaged."""
        if self._split is None:
            self.check_settings()
        return self._split or SplitSettings()

    @property
    def tokens(self) -> TokenSettings:
        """How texts are cut into tokens; raises CorpusError where the table in ``corpus.toml`` is damaged."""
        if self._tokens is None:
            self.check_settings()
        return self._tokens or DEFAULT_TOKENS

    def check_settings(self) -> None:
        """Raise CorpusError where ``corpus.toml`` is damaged."""
        if self.settings_flaw:
            flaw = self.settings_flaw
            raise CorpusError(f"this needs all settings: {flaw.what}", where=flaw.where, do=flaw.do)

    @cached_property
    def schema(self) -> Schema:
        """The label schema in force; raises SchemaError where its file is wrong: nothing else has the labels."""
        try:
            return load_schema(self.schema_path)
        except SchemaError as error:
            do = f"{error.do}, or try `annotator repair`"
            raise SchemaError(error.what, where=error.where, do=do) from error.__cause__

    def set_schema(self, text: str, *, instead_of: str | None = None) -> None:
        """Put another label schema in force; raises SchemaError for the text, CorpusError for the folder.

        The caller checks that it has all labels that are in use: the journals know them. Raises CorpusError
        where the schema in force has another text than ``instead_of``.
        """
        parse_schema_text(text, "schema")
        with self._locked_for_writing():
            if instead_of is not None:
                self.check_schema_unchanged(instead_of)
            keep_base_of_begun(self.path)
            write_atomic(self.schema_path, text.encode())
        self.__dict__.pop("schema", None)

    def check_schema_unchanged(self, text: str) -> None:
        """Raise CorpusError where the file of the schema in force has another text."""
        if read_text(self.schema_path) != text:
            what = "somebody has changed the schema meanwhile"
            raise CorpusError(what, where=str(self.schema_path), do="try again")

    def write_file(self, name: str, data: bytes) -> None:
        """Write a further file of the corpus folder atomically, under its lock; raises CorpusError."""
        with self._locked_for_writing():
            write_atomic(self.path / name, data)

    def article_ids(self) -> tuple[str, ...]:
        """Return the ids of the committed articles, in the order of ingest, without those set apart."""
        ids = self._all_article_ids()
        return tuple(a for a in ids if a not in self.damaged_articles) if self.damaged_articles else ids

    def _all_article_ids(self) -> tuple[str, ...]:
        with translate_os_errors("read", self.path):
            seen = self._disk_state()
            if seen != self._last_state:
                there = self.articles.ids()
                ordered = [x for x in self._sentences.articles() if x in there]
                self._article_ids = (*ordered, *sorted(there.difference(ordered)))
                self._last_state = seen
        return self._article_ids

    def set_article_apart(self, article_id: str, error: DamagedArticleError) -> None:
        """Leave a damaged article out of all that follows, with a warning."""
        if article_id not in self.damaged_articles:
            self.damaged_articles[article_id] = error
            self.warnings.append(damaged_article_warning(article_id, error))

    def readable_articles(self) -> Iterator[Article]:
        """Yield the articles that can be read with their sentences; the others are set apart."""
        for article_id in self.article_ids():
            try:
                article = self.article(article_id)
                self.sentences(article_id)
            except DamagedArticleError as error:
                self.set_article_apart(article_id, error)
            else:
                yield article

    def _disk_state(self) -> tuple[object, ...]:
        return (file_state(self.articles.folder), file_state(self._sentences.path))

    def article(self, id: str) -> Article:  # noqa: A002  (the word of the contract)
        """Return an article as it is on the disk now; raises CorpusError where there is none such.

        A link to a later version that leads to none is left out, with a warning: no article leaves the queue by it.
        """
        article = self._with_sound_link(self.articles.get(id))
        if id in self.articles.changed_metadata:
            self._warn_once(changed_metadata_warning(id))
        return article

    def _with_sound_link(self, article: Article) -> Article:
        if not article.replaced_by or is_superseded(article.id, self._replaced_by):
            return article
        self._warn_once(broken_version_warning(article))
        return replace(article, replaced_by="")

    def _replaced_by(self, article_id: str) -> str | None:
        """Return the id of the article that replaces another, as it is stored; None where that is not there."""
        try:
            return self.articles.origin(article_id).replaced_by if self.articles.has(article_id) else None
        except DamagedArticleError:
            return ""

    def _warn_once(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)

    def sentences(self, article_id: str) -> tuple[Sentence, ...]:
        """Return the sentences of all lines, dropped ones too, in text order; raises CorpusError."""
        return self._cached_sentences(article_id)

    def sentences_to_replay(self, article_id: str) -> tuple[Sentence, ...]:
        """Return the same for the replay of a journal: none of an article that is set apart or not in the corpus.

        A journal may have records of such; who replays it leaves them out afterwards. Raises CorpusError for others.
        """
        try:
            return self.sentences(article_id)
        except CorpusError:
            if article_id in self.article_ids():
                raise
            return ()

    @contextmanager
    def open_sentence_ranges(self) -> Iterator[SentenceRanges]:
        """Open the offsets of all sentences, without decoding their lines; raises CorpusError."""
        with translate_os_errors("read", self.path), self._sentences.open_ranges() as places:
            yield places

    def active_sentences(self, article: Article) -> tuple[Sentence, ...]:
        """Return the sentences that touch a line to be annotated; none of a replaced article."""
        if article.replaced_by:
            return ()
        lines = AnnotatedLineIndex(article)
        return tuple(s for s in self.sentences(article.id) if lines.is_annotated(s.start, s.end))

    def queue(
        self, article: Callable[[str], Article] | None = None, max_read: int = MAX_READ_FOR_QUEUE
    ) -> tuple[str, ...]:
        """Return the articles to go through; a large corpus is not read whole to leave old versions out.

        A damaged article keeps its place, so that the others keep their numbers. ``article`` is a cached `article`.
        """
        ids, read = self._all_article_ids(), article or self.article

        def is_replaced(article_id: str) -> bool:
            try:
                return article_id not in self.damaged_articles and bool(read(article_id).replaced_by)
            except DamagedArticleError as error:
                self.set_article_apart(article_id, error)
                return False

        return ids if len(ids) > max_read else tuple(a for a in ids if not is_replaced(a))

    def annotators(self) -> tuple[str, ...]:
        """Return the names that have a journal, sorted."""
        return annotator_names(self.path)

    def add_article(self, article: Article, sentences: Sequence[Sentence], *, came_from: str = "") -> None:
        """Add an article with its sentences: all of it is there afterwards, or nothing.

        ``came_from`` identifies its source at a later ingest; empty where it is not known.

        The article's JSON is the commit: sentences without one are ignored, and dropped when the
        same article comes again. Raises CorpusError for parts that contradict each other, an
        article that is there already, or a folder that cannot be written.
        """
        check_article(article)
        check_article_sentences(article, sentences)
        with self._locked_for_writing():
            if self.articles.has(article.id):
                what = "this article is in the corpus already"
                raise CorpusError(what, where=f"article {article.id}", do="leave the source out")
            data = encode_article(article, len(sentences), came_from)
            self._sentences.remove_article(article.id)
            self._sentences.append(sentences)
            self.articles.add(article.id, data)
            self._article_ids += (article.id,)
            self._last_state = self._disk_state()

    def is_damaged(self, article_id: str) -> bool:
        """Return True if an article that is there, or one of its sentences, cannot be read."""
        with suppress(DamagedArticleError):
            self._read_sentences(article_id)
            return False
        return True

    def renew_article(self, article: Article, sentences: Sequence[Sentence], *, came_from: str = "") -> None:
        """Mend a damaged article whose source is there again; its file is set aside, its sound sentences stay."""
        check_article_sentences(article, sentences)
        with self._locked_for_writing():
            raw = (path := self.articles.path(article.id)).read_bytes()
            expected = sentence_count(raw, len(sentences))
            is_whole = self._sentences.count_sound(article) == expected
            data = with_proved_text(raw, article, expected if is_whole else len(sentences), came_from)
            if data != raw:
                set_aside(path, raw)
            if not is_whole:
                self._sentences.remove_article(article.id)
                self._sentences.append(sentences)
            self.articles.add(article.id, data)
            self.damaged_articles.pop(article.id, None)
            self._origins.pop(article.id, None)
            self._last_state = ()

    @contextmanager
    def adding_articles(self, sentences: Path, staged: ArticleStore, ids: Sequence[str]) -> Iterator[None]:
        """Add many staged articles, then carry out the block.

        ``sentences`` is the file of all their sentences, which comes first. If the block fails, articles
        and sentences are removed again. Raises CorpusError where one of them is there already.
        """
        with self._locked_for_writing():
            if known := [a for a in ids if self.articles.has(a)]:
                what = "somebody has added the same article meanwhile"
                raise CorpusError(what, where=f"article {known[0]}", do="import again")
            for article_id in ids:
                self._sentences.remove_article(article_id)
            before = self._sentences.append_file(sentences) if ids else 0
            try:
                self.articles.add_many(staged, ids)
                yield
            except BaseException:
                for article_id in ids:
                    with suppress(OSError):
                        self.articles.remove([article_id])
                if ids:
                    self._sentences.truncate(before)
                raise
            finally:
                self._last_state = ()

    def set_line_verdict(
        self, article_id: str, line: int, verdict: LineVerdict, *, by: str, time: float, wait: float = LOCK_TIMEOUT
    ) -> Article:
        """Switch the verdict of line ``line`` (from 0) and return the article; raises CorpusError.

        It waits ``wait`` seconds at most for another process that is writing to the corpus.
        """
        return self._change_article(article_id, lambda x: switch_line(x, line, verdict, by, time), wait)

    def settle_doubt(self, article_id: str, *, by: str, time: float, wait: float = LOCK_TIMEOUT) -> Article:
        """Settle the doubt about the lines of an article, for all annotators, and return it; raises CorpusError."""
        return self._change_article(article_id, lambda x: settle_doubt(x, by, time), wait)

    def undo_line_verdict(self, article_id: str, *, by: str, time: float, wait: float = LOCK_TIMEOUT) -> Article | None:
        """Undo the last switch of a line, or settled doubt, by any annotator; None where there is none.

        It waits ``wait`` seconds at most for another process that is writing to the corpus.
        """
        with self._locked_for_writing(wait):
            fields = undo_last(self.articles.fields(article_id), by, time)
            return self._replace_article(article_id, fields) if fields is not None else None

    def replace_article(self, old_id: str, new_id: str) -> None:
        """Make an article the newest version in place of another, which leaves the queue.

        The new one may be an earlier version that has come back: ``replaces`` stays as it was then,
        so that it never runs in a circle. Raises CorpusError where one of them is not there.
        """
        with self._locked_for_writing():
            new, old = self.articles.fields(new_id), self.articles.fields(old_id)  # both, before any write
            known = set(self.article_ids())
            earlier = earlier_versions(old_id, lambda a: self.articles.origin(a).replaces if a in known else "")
            first = not new.get("replaces") and new_id not in earlier
            self._replace_article(new_id, new | {"replaced_by": ""} | ({"replaces": old_id} if first else {}))
            self._replace_article(old_id, old | {"replaced_by": new_id})

    def restore_article(self, article_id: str) -> None:
        """Bring a replaced article back into the queue; raises CorpusError."""
        self._change_article(article_id, lambda fields: fields | {"replaced_by": ""}, LOCK_TIMEOUT)

    def articles_from_source(self, source: str) -> tuple[str, ...]:
        """Return the ids of the articles in the queue that came from a source, in the order of ingest."""
        return tuple(a for a, came_from in self.articles_from_file(source) if came_from == source)

    def articles_from_file(self, file: str) -> tuple[tuple[str, str], ...]:
        """Return the articles in the queue from a file, each with what its source, such as ``file#name``, is known by.

        They are in the order of ingest.
        """
        ids = self.article_ids()
        for article_id in ids:
            if article_id not in self._origins:
                try:
                    self._origins[article_id] = self.articles.origin(article_id)
                except DamagedArticleError:  # nothing is known of it
                    self._origins[article_id] = ArticleOrigin()
        part = f"{file}#"
        found = ((a, self._origins[a].came_from) for a in ids if file)
        of_file = ((a, x) for a, x in found if x == file or x.startswith(part))
        return tuple((a, x) for a, x in of_file if not (self._origins[a].replaced_by and self.article(a).replaced_by))

    def _change_article(
        self, article_id: str, change: Callable[[dict[str, Any]], dict[str, Any]], wait: float
    ) -> Article:
        with self._locked_for_writing(wait):
            old = self.articles.fields(article_id)
            new = change(old)
            return self._replace_article(article_id, new) if new != old else self.article(article_id)

    def _replace_article(self, article_id: str, fields: dict[str, Any]) -> Article:
        article = self.articles.replace(article_id, fields)
        self._last_state = self._disk_state()
        self._origins.pop(article_id, None)
        return self._with_sound_link(article)

    def _read_sentences(self, article_id: str) -> tuple[Sentence, ...]:
        article, origin = self.articles.get_with_origin(article_id)
        with translate_os_errors("read", self._sentences.path):
            sentences = self._sentences.read(article_id)
        if len(sentences) != (len(sentences) if origin.sentences is None else origin.sentences):
            what = f"{len(sentences)} of {origin.sentences} sentences of article {article_id} are there"
            raise DamagedArticleError(what, where=str(self._sentences.path), do=REPAIR_HINT)
        try:
            check_sentences_in_text(article, sentences)
        except DamagedArticleError as error:
            what = f"{error.where}: {error.what}"
            raise DamagedArticleError(what, where=str(self._sentences.path), do=error.do) from None
        return sentences

    @contextmanager
    def _locked_for_writing(self, wait: float = LOCK_TIMEOUT) -> Iterator[None]:
        """Hold the corpus lock for one write; raises CorpusError where it cannot be had."""
        with translate_os_errors("write", self.path), lock_corpus(self.path, wait):
            if cut := self._sentences.quarantine_torn_line():
                aside, size = cut
                with suppress(ValueError):
                    self.warnings.remove(_TORN_WARNING)
                self.warnings.append(f"set aside a torn last line of {SENTENCES_FILE} ({size} bytes) in {aside.name}")
            self._add_git_files()
            self.article_ids()  # what others have written; nobody else writes until we are done
            yield

    def _add_git_files(self) -> None:
        """Give an older corpus what a new one has for git; a folder that takes no more files does without."""
        with suppress(OSError):
            for file, data in missing_git_files(self.path):
                write_new(self.path / file, data)
                self.warnings.append(f"{file} was added, so that git changes no byte of the corpus and keeps no lock")

    def _add_flaw_warnings(self) -> None:
        """Add damage of ``sentences.jsonl`` to ``warnings``; the next write sets a torn end aside."""
        if self._sentences.flaws:
            lines = format_line_numbers(self._sentences.flaws)
            self.warnings.append(f"{SENTENCES_FILE}, {lines}: no sentence can be read; {REPAIR_HINT}")
        if self._article_ids and not self._sentences.path.exists():
            self.warnings.append(f"{SENTENCES_FILE} is missing; {REPAIR_HINT}")
        if self._sentences.torn and not is_held(self.path / _LOCK_FILE):  # else somebody is writing it now
            self.warnings.append(_TORN_WARNING)
