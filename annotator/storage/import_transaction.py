"""An import as one transaction: all of it is written to a staging folder, then put in place.

A new corpus is that folder, renamed: after a crash it is there whole, or not at all. Into an existing corpus
the articles go first, then the journals; an error undoes both. After a kill -9 in between
``import_recovery`` undoes them when the corpus is opened next. The next import removes what a killed one has left
in its folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from msgspec import Struct, field, to_builtins
from msgspec.structs import asdict, replace

from annotator.core.article import Article, Sentence
from annotator.core.errors import CorpusError, JournalError
from annotator.core.journal_record import JournalRecord
from annotator.core.token_settings import DEFAULT_TOKENS, TokenSettings
from annotator.storage.articles import (
    ArticleStore,
    check_article,
    encode_article,
    encode_article_fields,
    with_new_metadata,
)
from annotator.storage.atomic import restored_on_error, sync_files, sync_folder
from annotator.storage.codec import RecordDecoder, encode_record
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import ANNOTATIONS_FOLDER, ARTICLES_FOLDER, SENTENCES_FILE, SETTINGS_FILE
from annotator.storage.coverage_file import keep_coverage_base
from annotator.storage.file_io import MAX_RECORD, raw_lines, translate_os_errors
from annotator.storage.import_recovery import (
    BEFORE_FOLDER,
    STAGING_PREFIX,
    delete_recovery_note,
    remove_unused_staging,
    write_recovery_note,
)
from annotator.storage.journal import Journal, check_annotator_name, journal_file_name
from annotator.storage.lock import HeldError, Lock
from annotator.storage.sentences import check_article_sentences, encode_sentence_line
from annotator.storage.split_settings import SplitSettings
from annotator.storage.staged_suggestions import StagedSuggestions
from annotator.storage.suggestion_writer import SuggestionWriter

CHANGED_FOLDER = "changed"
"""Where in its folder an import prepares articles of the corpus that change."""
_RECORDS_PER_WRITE = 5_000
"""How many records are added to a journal in one durable write; a batch makes it a few more."""


class NewCorpusSettings(Struct, frozen=True):
    """The settings of a corpus to be made."""

    name: str
    lang: str
    fingerprint: str
    schema_text: str
    split: SplitSettings = SplitSettings()
    tokens: TokenSettings = DEFAULT_TOKENS


class ImportStaging(Struct):
    """The folder in which an import is prepared; nothing of the corpus is touched before a commit."""

    target: Path
    folder: Path
    corpus: CorpusFolder | None
    articles: list[str] = field(default_factory=list)
    """The ids of the articles that are new."""
    changed: list[str] = field(default_factory=list)
    """The ids of the articles of the corpus that change."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many records each annotator gets."""
    suggestions: StagedSuggestions = field(default_factory=lambda: StagedSuggestions(Path(), None))
    _lock: int = -1
    _article_ids: set[str] = field(default_factory=set)

    @classmethod
    def begin(cls, target: Path, corpus: CorpusFolder | None) -> ImportStaging:
        """Make the folder: in ``corpus`` if there is one, else beside ``target``.

        Raises CorpusError where it cannot be written.
        """
        beside = Path(os.path.abspath(target)).parent  # noqa: PTH100  (no links followed)
        parent = target if corpus else beside
        with translate_os_errors("write", parent):
            parent.mkdir(parents=True, exist_ok=True)
            remove_unused_staging(parent)
            remove_unused_staging(beside)  # of one that was killed as soon as its corpus was there
            folder = parent / f"{STAGING_PREFIX}{os.urandom(4).hex()}.tmp"
            for name in (ARTICLES_FOLDER, ANNOTATIONS_FOLDER):
                (folder / name).mkdir(parents=True)
            suggestions = StagedSuggestions(folder, corpus.path if corpus else None)
            staging = cls(target, folder, corpus, suggestions=suggestions)
            staging._lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            with suppress(OSError):  # a file system without locks: leftovers stay until removed by hand
                fcntl.flock(staging._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return staging

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def has_article(self, article_id: str) -> bool:
        """Return True if the article was added to this import."""
        return article_id in self._article_ids

    def add_article(self, article: Article, sentences: Sequence[Sentence]) -> None:
        """Prepare an article with its sentences; raises CorpusError for parts that contradict each other."""
        check_article(article)
        check_article_sentences(article, sentences)
        self.add_prepared_article(article.id, encode_article(article, len(sentences)), sentences)

    def add_prepared_article(self, article_id: str, data: bytes, sentences: Iterable[Sentence]) -> None:
        """Prepare an article from the bytes of its file, with its sentences; raises CorpusError."""
        with translate_os_errors("write", self.folder):
            with (self.folder / SENTENCES_FILE).open("ab") as file:
                file.writelines(encode_sentence_line(s) for s in sentences)
            ArticleStore(self.folder).stage(article_id, data)
        self.articles.append(article_id)
        self._article_ids.add(article_id)

    def change_article(self, article_id: str, fields: Mapping[str, Any]) -> None:
        """Prepare other group, metadata or links between versions of an article, new or of the corpus.

        ``fields`` are those of an article by name. Raises CorpusError for one that cannot be stored, or is in neither.
        """
        staged = ArticleStore(self.folder)
        with translate_os_errors("write", self.folder):
            if self.has_article(article_id):
                article, origin = staged.get_with_origin(article_id)
                data = encode_article(replace(article, **fields), origin.sentences or 0, origin.came_from)
                staged.stage(article_id, data)
                return
            assert self.corpus is not None
            for name in (BEFORE_FOLDER, CHANGED_FOLDER):
                (self.folder / name / ARTICLES_FOLDER).mkdir(parents=True, exist_ok=True)
            path = self.corpus.articles.path(article_id)
            ArticleStore(self.folder / BEFORE_FOLDER).stage(article_id, path.read_bytes())
            data = _changed_article(ArticleStore(self.folder / BEFORE_FOLDER), article_id, fields)
            ArticleStore(self.folder / CHANGED_FOLDER).stage(article_id, data)
            self.changed.append(article_id)

    def add_records(self, annotator: str, records: Iterable[JournalRecord]) -> None:
        """Prepare journal records, numbered on from what this annotator has in this import.

        Raises CorpusError for one that is longer than a journal may have it.
        """
        check_annotator_name(annotator)
        lines = [_encode_bounded(record) for record in records]
        self.counts[annotator] = self.counts.get(annotator, 0) + len(lines)
        path = self.folder / journal_file_name(annotator)
        with translate_os_errors("write", self.folder), path.open("ab") as file:
            file.writelines(lines)

    def next_seq(self, annotator: str) -> int:
        """Return the number of the annotator's next record, counted in this import."""
        return self.counts.get(annotator, 0) + 1

    def add_file(self, name: str, data: bytes) -> None:
        """Prepare a further file of a new corpus, such as the ledger."""
        with translate_os_errors("write", self.folder):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def commit_new_corpus(self, settings: NewCorpusSettings) -> CorpusFolder:
        """Make the prepared folder the corpus ``target``; raises CorpusError with nothing left of it."""
        with translate_os_errors("make a corpus", self.target):
            prepared = self.folder / "corpus"
            made = CorpusFolder.create(prepared, **asdict(settings))
            if any(self.counts.values()):
                keep_coverage_base(prepared, tuple(x.name for x in made.schema.labels))
            for path in sorted(p for p in self.folder.iterdir() if p != prepared):
                _move_files(path, prepared / path.name)
            for root, _, names in os.walk(prepared):
                sync_files([Path(root) / n for n in names])
                sync_folder(Path(root))
            _move_into_place(prepared, self.target)
            sync_folder(Path(os.path.abspath(self.target)).parent)  # noqa: PTH100  (as in begin)
        return CorpusFolder.open(self.target)

    def commit_to_existing(self, expected: Mapping[str, int], schema: tuple[str, str] | None = None) -> None:
        """Add what was prepared to the corpus: schema, articles, journals.

        ``expected`` gives the next number of each annotator's journal as the import has found it, ``schema``
        the text that it has found and the one to put in its place, "" for none. Raises CorpusError or
        JournalError, with all as it was, where one of them has changed since, is held by another process, or
        cannot be written.
        """
        assert self.corpus is not None
        paths = {n: self.corpus.path / journal_file_name(n) for n in self.counts}
        new_journals = [n for n, path in paths.items() if not path.exists()]
        try:
            with translate_os_errors("write", self.folder):
                sync_files((self.folder / BEFORE_FOLDER / ARTICLES_FOLDER).glob("*.json"))
            write_recovery_note(self.folder, [], dict.fromkeys(new_journals, 0), ("", ""))
            with ExitStack() as stack:
                journals = {n: stack.enter_context(_open_journal(self.corpus, n)) for n in self.counts}
                for name, journal in journals.items():
                    _check_unchanged(journal, expected.get(name, 1))
                suggestions = stack.enter_context(self.suggestions.written(self.corpus.path))
                self._commit_files(self.corpus, journals, suggestions, schema)
        except BaseException:
            for name in new_journals:
                _remove_empty_journal(paths[name])
            raise

    def _commit_files(
        self,
        corpus: CorpusFolder,
        journals: Mapping[str, Journal],
        suggestions: Sequence[SuggestionWriter],
        schema: tuple[str, str] | None,
    ) -> None:
        """Write all of it, the articles first; an error undoes it."""
        old_text, new_text = schema or ("", "")
        before = corpus.schema_path.read_bytes().decode() if new_text else ""
        sizes = {n: j.path.stat().st_size for n, j in journals.items()}
        changed = [corpus.articles.path(a) for a in self.changed]
        with restored_on_error([j.path for j in journals.values()], [corpus.schema_path, *changed]):
            write_recovery_note(self.folder, self.articles, sizes, (before, new_text), self._digests_of_changed())
            if new_text:
                corpus.set_schema(new_text, instead_of=old_text)
                for journal in journals.values():
                    journal.use_schema_in_force()
            with corpus.adding_articles(self.folder / SENTENCES_FILE, ArticleStore(self.folder), self.articles):
                self._change_articles(corpus)
                if schema:
                    corpus.check_schema_unchanged(new_text or old_text)
                for name, journal in journals.items():
                    self._append_records(name, journal)
                for writer in suggestions:
                    writer.finish()
                with translate_os_errors("write", self.folder):
                    delete_recovery_note(self.folder)

    def _digests_of_changed(self) -> dict[str, str]:
        after = ArticleStore(self.folder / CHANGED_FOLDER)
        with translate_os_errors("read", self.folder):
            return {a: sha256(after.path(a).read_bytes()).hexdigest() for a in self.changed}

    def _change_articles(self, corpus: CorpusFolder) -> None:
        """Put the changed articles in place; raises CorpusError where one has changed meanwhile."""
        before = ArticleStore(self.folder / BEFORE_FOLDER)
        for article_id in self.changed:
            path = corpus.articles.path(article_id)
            if path.read_bytes() != before.path(article_id).read_bytes():
                raise CorpusError("somebody has changed the article meanwhile", where=str(path), do="import again")
        if self.changed:
            corpus.articles.add_many(ArticleStore(self.folder / CHANGED_FOLDER), self.changed)

    def _append_records(self, name: str, journal: Journal) -> None:
        path = self.folder / journal_file_name(name)
        by = journal.next_seq - 1
        for chunk in _record_chunks(_read_prepared_records(path)):
            journal.append([journal.coverage.stated_record(_renumber(r, by)) for r in chunk])


def _changed_article(store: ArticleStore, article_id: str, fields: Mapping[str, Any]) -> bytes:
    """Return the file of an article with other values of some fields; raises CorpusError."""
    before = store.fields(article_id)
    after = {k: v for k, v in {**before, **to_builtins(fields)}.items() if fields.get(k, v) is not None}
    return encode_article_fields(with_new_metadata(before, after), f"article {article_id}")


def _encode_bounded(record: JournalRecord) -> bytes:
    line = encode_record(record)
    if len(line) > MAX_RECORD:
        s = record.annotated.sentence
        what = f"a sentence of {len(s.tokens):,} tokens takes more than {MAX_RECORD // 2**20} MiB in the journal"
        raise CorpusError(what, where=s.id, do="split the text, or leave out the span that covers all of it")
    return line


def _open_journal(corpus: CorpusFolder, name: str) -> Journal:
    """Open a journal for writing; raises JournalError with an import's advice where it is held."""
    try:
        return Journal.open(corpus.path, name)
    except JournalError as error:
        if not isinstance(error.__context__, HeldError):
            raise
        do = "close it there, or import under another name with --as"
        raise JournalError(error.what, where=error.where, do=do) from None


def _check_unchanged(journal: Journal, expected: int) -> None:
    if journal.damaged:
        do = "run `annotator repair`, or import under another name with --as"
        raise CorpusError("the journal is damaged, nothing can be added to it", where=str(journal.path), do=do)
    if journal.next_seq != expected:
        what = "somebody has annotated meanwhile"
        raise CorpusError(what, where=str(journal.path), do="close it there and import again")


def _renumber(record: JournalRecord, by: int) -> JournalRecord:
    """Return a record numbered on by ``by``; it names others by their numbers, so these move along."""
    parent = record.parent + by if record.parent else None
    batch = (record.batch[0] + by, record.batch[1]) if record.batch else None
    return replace(record, seq=record.seq + by, parent=parent, batch=batch)


def _read_prepared_records(path: Path) -> Iterator[JournalRecord]:
    decoder = RecordDecoder()
    with path.open("rb") as file:
        for n, line in enumerate(raw_lines(file, str(path))):
            if n % _RECORDS_PER_WRITE == 0:
                decoder = RecordDecoder()  # it keeps what it has read
            yield decoder.decode(line.raw)


def _record_chunks(records: Iterator[JournalRecord]) -> Iterator[list[JournalRecord]]:
    """Yield the records in lists of ``_RECORDS_PER_WRITE`` or a few more: a batch is never cut in two."""
    chunk: list[JournalRecord] = []
    for record in records:
        same_batch = record.batch is not None and chunk and record.batch == chunk[-1].batch
        if len(chunk) >= _RECORDS_PER_WRITE and not same_batch:
            yield chunk
            chunk = []
        chunk.append(record)
    if chunk:
        yield chunk


def _remove_empty_journal(path: Path) -> None:
    """Remove a journal that was begun for nothing, unless somebody else has it by now."""
    with suppress(OSError, HeldError), Lock(path.with_name(f".{path.stem}.lock")):
        if not path.stat().st_size:
            path.unlink()


def _move_into_place(prepared: Path, target: Path) -> None:
    """Rename the new corpus; into a folder with files its own move one by one, corpus.toml last."""
    with suppress(OSError):
        target.rmdir()  # an empty folder
    if not target.exists():
        prepared.replace(target)
        return
    for path in sorted(prepared.iterdir(), key=lambda p: p.name == SETTINGS_FILE):
        if path.name == SETTINGS_FILE:
            sync_folder(target)
        _move_files(path, target / path.name)
    sync_folder(target)


def _move_files(path: Path, to: Path) -> None:
    """Move a prepared file, or the files of a prepared folder, into the new corpus."""
    if path.is_dir():
        to.mkdir(exist_ok=True)
        for inner in sorted(path.iterdir()):
            inner.replace(to / inner.name)
        sync_folder(to)
    else:
        path.replace(to)
