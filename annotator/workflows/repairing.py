"""Mending a corpus: what is damaged is set right where a digest, a checksum or another file proves it.

Nothing is made up: a record that cannot be read is named and left out, a file that nothing proves stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from annotator.core.article import Article, Sentence
from annotator.core.errors import AnnotatorError, CorpusError, path_text
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.storage.article_repair import (
    Quotation,
    StoredArticle,
    accept_metadata,
    article_id_in,
    is_article,
    mend_article,
    mend_metadata,
    mend_sentences,
)
from annotator.storage.article_warnings import CHANGED_METADATA
from annotator.storage.articles import ArticleOrigin, ArticleStore, decode_article, decode_origin, has_other_metadata
from annotator.storage.atomic import sync_folder, unfinished_files, write_atomic, write_new
from annotator.storage.codec import DataError, NewerFormatError, RecordDecoder, decode_sentence
from annotator.storage.corpus_folder import lock_corpus
from annotator.storage.corpus_layout import (
    ARTICLES_FOLDER,
    COVERAGE_FILE,
    DAMAGED_FOLDER,
    MIGRATIONS_FILE,
    SCHEMA_FILE,
    SENTENCES_FILE,
    SETTINGS_FILE,
    SPLITS_FILE,
    CorpusSettings,
    check_is_corpus,
    decode_settings,
    missing_git_files,
)
from annotator.storage.coverage_file import decode_base
from annotator.storage.document_repair import Decode, mend_document
from annotator.storage.file_io import RawLine, dump_json, parse_toml, translate_os_errors
from annotator.storage.journal import annotator_names, is_annotator_name, journal_file_name, lock_journal
from annotator.storage.journal_repair import Contradiction, mend_journal
from annotator.storage.lock import lock_or_raise
from annotator.storage.migrations import decode_migrations, read_migrations
from annotator.storage.repair_reports import REPORT_FILE
from annotator.storage.rescue import mark_rescue_saved, rescued_annotators
from annotator.storage.rescue_repair import add_rescued_files
from annotator.storage.schemas import parse_schema_text
from annotator.storage.settings_recovery import derived_settings
from annotator.storage.splits_file import decode_fixed_split
from annotator.storage.suggestions import SUGGEST_AGAIN, parse_entry, source_names, suggestion_path
from annotator.storage.transport_damage import undo_transport_damage
from annotator.workflows.article_cutter import ArticleCutter
from annotator.workflows.settings_salvage import salvaged_settings

_RESTORE_ARTICLE = "restore the file from a copy, or ingest its source again"
"""How to get an article back that nothing in the corpus proves: its source does, by the digest in its id."""


class FileRepair(Struct, frozen=True):
    """What became of one file, or would."""

    file: str
    """Its path in the corpus folder."""
    done: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    data: bytes | None = None
    """What the file is to hold; None where it stays as it is."""
    rescued: tuple[Path, ...] = ()
    """The rescue files of which it takes the records."""
    is_removed: bool = False

    @property
    def changes(self) -> bool:
        """True if the file is written again or removed."""
        return self.data is not None or self.is_removed


class RepairReport(Struct, frozen=True):
    """What a repair did, or would do."""

    corpus: str
    written: bool
    files: tuple[FileRepair, ...]
    """Those with something to mend, or something that stays."""
    copies: str = ""
    """The folder with the files as they were."""

    @property
    def stays(self) -> int:
        """How many things a person has to look at."""
        return sum(len(f.stays) + len(f.contradictions) for f in self.files)

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        for f in self.files:
            yield from (f"{f.file}: {what}" for what in f.done)
            yield from (f"{f.file}: left for you: {what}" for what in f.stays)
            for c in f.contradictions:
                yield f"{f.file}: {c.sentence} was annotated differently on two machines; M in the app lists both sides"
        changed = sum(f.changes for f in self.files)
        if not self.files:
            yield "nothing to mend"
        elif self.written:
            copies = f", as they were in {self.copies}" if self.copies else ""
            yield f"{pluralize(changed, 'file')} mended{copies}; {pluralize(self.stays, 'thing')} left for you"
        else:
            yield f"{pluralize(changed, 'file')} to mend: nothing was changed; --write does it"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        rows = [
            {"file": f.file, "mended": f.changes, **{k: to_builtins(getattr(f, k)) for k in _REPORTED_FIELDS}}
            for f in self.files
        ]
        return {
            "corpus": self.corpus,
            "written": self.written,
            "copies": self.copies or None,
            "stays": self.stays,
            "files": rows,
        }


_REPORTED_FIELDS = ("done", "stays", "contradictions")


def repair_corpus(path: Path, *, write: bool = False, accept_meta: bool = False, lang: str = "") -> RepairReport:
    """Mend what can be mended in the corpus at ``path``; without ``write`` only report what that is.

    ``lang`` is the language of a corpus whose ``corpus.toml`` has lost it. ``accept_meta`` keeps titles, dates
    and other metadata that have changed as they are now. What is changed is copied into ``damaged/<time>/``
    first. Raises CorpusError where there is no corpus, JournalError where somebody annotates, SourceError for an
    unknown language, with nothing changed.
    """
    with translate_os_errors("repair", path), ExitStack() as locks:
        check_is_corpus(path)
        if write:
            _lock_all(path, locks)
        repairs = _Repairs(path, accept_metadata=accept_meta, lang=lang)
        files = tuple(f for f in repairs.all() if f.changes or f.stays)
        copies = ""
        if write:
            copies = _write(path, files)
    return RepairReport(path_text(path), write, files, copies)


def _lock_all(path: Path, locks: ExitStack) -> None:
    """Take the locks of the corpus, of every journal and of every suggestion file; raises AnnotatorError, OSError."""
    locks.enter_context(lock_corpus(path))
    for name in _annotators(path):
        locks.enter_context(lock_journal(path / journal_file_name(name)))
    for source in source_names(path):
        file = suggestion_path(path, source)
        what = "these suggestions are being made by {holder}"
        lock = file.with_name(f".{file.stem}.lock")
        locks.enter_context(lock_or_raise(lock, CorpusError, what, where=file, do="wait until it is done"))


def _annotators(path: Path) -> list[str]:
    """Return the names that have a journal, or rescued records of one that is gone."""
    return sorted({*annotator_names(path), *filter(is_annotator_name, rescued_annotators(path))})


def _write(path: Path, files: Sequence[FileRepair]) -> str:
    """Copy the files aside, then write the mended ones; return the name of the folder with the copies, if any."""
    changed = [(f.file, f.data) for f in files if f.data is not None]
    old = [(file, (path / file).read_bytes()) for file, _ in changed if (path / file).is_file()]
    name = ""
    if old:
        copies = _new_folder(path / DAMAGED_FOLDER)
        name = copies.relative_to(path).as_posix()
        report = RepairReport(path_text(path), written=True, files=tuple(files), copies=name).as_dict()
        for file, data in (*old, (REPORT_FILE, dump_json(report, REPORT_FILE, pretty=True) + b"\n")):
            (copies / file).parent.mkdir(parents=True, exist_ok=True)
            write_new(copies / file, data)
    for file, data in changed:
        write_atomic(path / file, data)
    for removed in (f.file for f in files if f.is_removed):
        (path / removed).unlink(missing_ok=True)
    for rescued in (r for f in files for r in f.rescued):
        mark_rescue_saved(rescued)
    return name


def _new_folder(parent: Path) -> Path:
    """Make a folder named by the time, durably."""
    parent.mkdir(exist_ok=True)
    sync_folder(parent.parent)
    stamp = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
    for n in range(1, 1000):
        folder = parent / (stamp if n == 1 else f"{stamp}-{n}")
        with suppress(FileExistsError):
            folder.mkdir()
            sync_folder(parent)
            return folder
    raise FileExistsError(stamp)


class _Repairs:
    """Goes through the files of a corpus, each read once."""

    def __init__(self, path: Path, *, accept_metadata: bool, lang: str) -> None:
        self._path = path
        self._lang = lang
        self._accept_metadata = accept_metadata
        self._articles: dict[str, Article] = {}
        """The sound articles, as they are or will be."""
        self._origins: dict[str, ArticleOrigin] = {}
        self._annotated: dict[str, dict[tuple[int, int], Sentence]] = {}
        """By article and place, the sentences in the journals."""
        self._owners: dict[str, set[str]] = {}
        """By journal, the annotators that its records name."""
        self._journal_data: dict[str, bytes] = {}
        """By journal, what it holds or will hold."""

    def all(self) -> Iterator[FileRepair]:
        """Yield what is to be done with each file, sound ones too."""
        settings = self._settings_file()
        yield settings
        schema = self._schema_name(settings)
        yield self._document(schema, _decode_schema, self._schemas_of_migrations, _decode_plain_schema)
        journals = self._journals()
        yield from self._mend_articles()
        yield self._sentences(settings)
        yield from journals
        for name, decode in (
            (MIGRATIONS_FILE, decode_migrations),
            (SPLITS_FILE, decode_fixed_split),
            (COVERAGE_FILE, decode_base),
        ):
            if (self._path / name).exists():
                yield self._document(name, lambda raw, decode=decode, name=name: decode(raw, name))  # type: ignore[misc]
        yield from (self._suggestions(source) for source in source_names(self._path))
        for unfinished in unfinished_files(self._path):
            file = path_text(unfinished.relative_to(self._path))
            yield FileRepair(file, ("removed what a write has left that was killed",), is_removed=True)
        yield from (FileRepair(name, ("added",), data=data) for name, data in missing_git_files(self._path))

    def _read(self, file: str) -> bytes | FileRepair:
        """Return what a file holds, or why it cannot be read."""
        try:
            with translate_os_errors("read", self._path / file):
                return (self._path / file).read_bytes()
        except CorpusError as error:
            return FileRepair(file, stays=(f"{error.what}; {error.do}",))

    # Documents.

    def _document(
        self,
        file: str,
        decode: Decode,
        others: Callable[[], Iterable[tuple[str, bytes]]] = tuple,
        strict: Decode | None = None,
    ) -> FileRepair:
        raw = self._read(file)
        if isinstance(raw, FileRepair):
            found = [(what, text) for what, text in others() if not (self._path / file).exists()]
            return FileRepair(file, (found[0][0],), data=found[0][1]) if found else raw
        mended = mend_document(raw, decode, others(), strict)
        return FileRepair(file, mended.done, mended.stays, data=mended.data)

    def _settings_file(self) -> FileRepair:
        """Return what is to be done with corpus.toml; the user's word on the language counts where it is damaged."""
        found = self._document(SETTINGS_FILE, self._decode_settings, lambda: salvaged_settings(self._path, self._lang))
        if found.stays and not (self._lang or derived_settings(self._path).lang):
            return replace(found, stays=("its language is not known: give it with --lang CODE",))
        return found

    def _decode_settings(self, raw: bytes) -> CorpusSettings:
        return decode_settings(parse_toml(_toml_text(raw), SETTINGS_FILE), Path(SETTINGS_FILE))

    def _settings(self, settings: FileRepair) -> CorpusSettings | None:
        """Return the settings as they are or will be, None where nobody can read them."""
        raw = settings.data or self._read(SETTINGS_FILE)
        with suppress(AnnotatorError):
            return None if isinstance(raw, FileRepair) else self._decode_settings(raw)
        return None

    def _schema_name(self, settings: FileRepair) -> str:
        known = self._settings(settings)
        return known.schema if known else SCHEMA_FILE

    def _schemas_of_migrations(self) -> Iterator[tuple[str, bytes]]:
        """Yield the schema that the last change of labels has put in force."""
        with suppress(AnnotatorError):
            for migration in read_migrations(self._path)[-1:]:
                yield "took it from the last change of labels in migrations.jsonl", migration.after.encode()

    def _suggestions(self, source: str) -> FileRepair:
        """Drop lines that are no suggestions: they can be made again."""
        file = suggestion_path(self._path, source).relative_to(self._path).as_posix()
        raw = self._read(file)
        if isinstance(raw, FileRepair):
            return raw
        clean, done = undo_transport_damage(raw)
        lines = clean.split(b"\n")
        kept = [x for n, x in enumerate(lines) if x.strip() and parse_entry(RawLine(n, 0, x, complete=True))]
        if dropped := sum(bool(x.strip()) for x in lines) - len(kept):
            done = (*done, f"set aside {pluralize(dropped, 'line')} that are no suggestions: {SUGGEST_AGAIN}")
        return FileRepair(file, done, data=b"".join(x + b"\n" for x in kept) if done else None)

    # Journals.

    def _journals(self) -> list[FileRepair]:
        """Return what is to be done with the journals; two that have each other's name change places."""
        found = {name: self._journal(name) for name in _annotators(self._path)}
        for name, owners in self._owners.items():
            other = next(iter(owners - {name, ""}), "")
            if not other:
                continue
            file = journal_file_name(name)
            if owners == {other} and self._owners.get(other) == {name}:
                data = self._journal_data[other]
                found[name] = replace(found[name], done=(f"took it from the file of {other}",), data=data)
            else:
                stays = (*found[name].stays, f"some of its records are by {other}; see whether it is the right file")
                found[name] = replace(found[name], file=file, stays=stays)
        return list(found.values())

    def _journal(self, name: str) -> FileRepair:
        file = journal_file_name(name)
        raw = self._read(file) if (self._path / file).exists() else b""
        if isinstance(raw, FileRepair):
            return raw
        try:
            mended, rescued = add_rescued_files(self._path, name, mend_journal(raw))
        except NewerFormatError as error:
            return FileRepair(file, stays=(f"a line was written by a newer Annotator ({error}); update Annotator",))
        decoder = RecordDecoder()
        self._journal_data[name], owners = mended.data, self._owners.setdefault(name, set())
        for line in mended.data.split(b"\n")[:-1]:
            record = decoder.decode(line)
            owners.add(record.annotator)
            s = record.annotated.sentence
            self._annotated.setdefault(s.article, {})[s.start, s.end] = s
        changed = mended.data if mended.data != raw else None
        return FileRepair(file, mended.done, mended.lost, mended.contradictions, changed, rescued)

    # Articles and sentences.

    def _mend_articles(self) -> Iterator[FileRepair]:
        store = ArticleStore(self._path)
        raws = {a: self._read(f"{ARTICLES_FOLDER}/{a}.json") for a in sorted(store.ids())}
        elsewhere = {article_id_in(raw): raw for raw in raws.values() if isinstance(raw, bytes)}
        misplaced = sorted(elsewhere.keys() - raws.keys() - {""})
        for article_id, raw in (*raws.items(), *((a, b"") for a in misplaced)):
            yield self._article(article_id, raw, elsewhere.get(article_id))
        for article_id in sorted(self._annotated.keys() - raws.keys() - set(misplaced)):
            what = f"{pluralize(len(self._annotated[article_id]), 'sentence')} of it are annotated, and it is not there"
            yield FileRepair(f"{ARTICLES_FOLDER}/{article_id}.json", stays=(f"{what}; {_RESTORE_ARTICLE}",))

    def _article(self, article_id: str, raw: bytes | FileRepair, elsewhere: bytes | None) -> FileRepair:
        if isinstance(raw, FileRepair):
            return raw
        file = f"{ARTICLES_FOLDER}/{article_id}.json"
        clean, done = undo_transport_damage(raw)
        if is_article(clean, article_id):
            mended: bytes | None = clean
        elif elsewhere is not None:
            mended, done = elsewhere, ("put the article into the file of its name",)
        else:
            mended, done = (
                mend_article(raw, article_id, self._quotations(article_id)),
                ("its text has its digest again",),
            )
        if mended is None:
            return FileRepair(file, stays=(f"nothing proves its text; {_RESTORE_ARTICLE}",))
        mended, more, stays = self._metadata(article_id, mended)
        self._articles[article_id] = decode_article(mended, file)
        self._origins[article_id] = decode_origin(mended, file)
        changed = mended != raw
        return FileRepair(file, (*done, *more) if changed else (), stays, data=mended if changed else None)

    def _metadata(self, article_id: str, raw: bytes) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
        """Return the sound file of an article with its metadata set right, what was done, and what stays."""
        if not has_other_metadata(decode_article(raw, ""), decode_origin(raw, "")):
            return raw, (), ()
        if better := mend_metadata(raw, article_id):
            return better, ("corrected the one bit that gives its metadata their digest",), ()
        if self._accept_metadata:
            return accept_metadata(raw, article_id), ("accepted its metadata as they are now",), ()
        return raw, (), (f"{CHANGED_METADATA}; --accept-meta keeps them as they are now",)

    def _quotations(self, article_id: str) -> list[Quotation]:
        """Return the pieces of an article's text that sentences.jsonl and the journals hold."""
        raw = self._read(SENTENCES_FILE)
        found: dict[int, str] = {}
        for line in raw.split(b"\n") if isinstance(raw, bytes) else ():
            if article_id.encode() in line:
                with suppress(DataError):
                    sentence = decode_sentence(line)
                    if sentence.article == article_id:
                        found[sentence.start] = sentence.text
        found |= {start: s.text for (start, _), s in self._annotated.get(article_id, {}).items()}
        return sorted(found.items())

    def _sentences(self, settings: FileRepair) -> FileRepair:
        raw = self._read(SENTENCES_FILE)
        if isinstance(raw, FileRepair):
            if (self._path / SENTENCES_FILE).exists():
                return raw
            raw = b""
        stored = {
            a: StoredArticle(article, self._origins[a].sentences, self._annotated.get(a, {}))
            for a, article in self._articles.items()
        }
        mended = mend_sentences(raw, stored, ArticleCutter(self._settings(settings)))
        changed = mended.data if mended.done and mended.data != raw else None
        done = tuple(mended.done) if changed is not None else ()
        return FileRepair(SENTENCES_FILE, done, tuple(mended.stays), data=changed)


def _toml_text(raw: bytes) -> str:
    """Return the text of a TOML file; raises CorpusError."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            "this is not UTF-8", where=f":{raw.count(10, 0, error.start) + 1}", do="save it as UTF-8"
        ) from None


def _decode_schema(raw: bytes) -> Schema:
    return parse_schema_text(_toml_text(raw), SCHEMA_FILE)


def _decode_plain_schema(raw: bytes) -> Schema:
    """Return a schema that has labels and nothing that no schema has; raises AnnotatorError."""
    for key, value in parse_toml(_toml_text(raw), SCHEMA_FILE).items():
        if key != "label" and not isinstance(value, str):
            raise CorpusError(f"`{key}` is nothing of a schema", where=SCHEMA_FILE, do="correct it")
    return _decode_schema(raw)
