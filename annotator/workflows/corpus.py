"""The public `Corpus`: a corpus folder and all that the commands do with one, called from Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from annotator.core.annotation import Answer
from annotator.core.article import Article, Sentence
from annotator.core.disagreement import ConflictRule
from annotator.core.errors import UsageError
from annotator.core.schema import Schema
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import SENTENCES_FILE, SETTINGS_FILE, check_is_corpus
from annotator.storage.file_io import file_state, translate_os_errors
from annotator.storage.journal_index import ANSWER_BY_NUMBER, load_journal_index
from annotator.storage.schemas import DEFAULT_SCHEMA
from annotator.workflows.arguments import (
    Names,
    OptionalNames,
    PathLike,
    Paths,
    argument_error,
    as_paths,
    checked_arguments,
)
from annotator.workflows.contents import StoredAnnotation, iterate_annotations
from annotator.workflows.corpus_training import TrainingMethods
from annotator.workflows.opening import (
    ProgressCallback,
    WarningCallback,
    articles_with_warnings,
    chosen_annotators,
    ignore_progress,
    warn_in_python,
)
from annotator.workflows.record_selection import journal_warnings

if TYPE_CHECKING:  # each is loaded by the method that needs it
    from spacy.language import Language
    from spacy.tokens import Doc

    from annotator.export.options import ExportReport
    from annotator.workflows.checking import CheckReport
    from annotator.workflows.export_verification import VerificationReport
    from annotator.workflows.importing import ImportReport
    from annotator.workflows.ingesting import IngestReport
    from annotator.workflows.repairing import RepairReport
    from annotator.workflows.statistics import StatisticsReport
    from annotator.workflows.suggesting import SuggestReport

UnitName = Literal["sentence", "article"]
AttrsName = Literal["own", "min", "full"]
AnswerName = Literal["accept", "reject", "ignore", "open"]
"""An answer; ``open`` is a sentence without one."""


class Corpus(TrainingMethods):
    """An open corpus folder.

    Options are named as the command line's. Results are frozen values; errors are `AnnotatorError`. An
    iterator of annotations or Docs yields what was in the corpus when it was made. Each write takes the locks
    that the commands and the screen take. Each call sees what other programs have written before it, the
    schema included, and raises CorpusError where the folder is no corpus any more. ``warn`` is a function
    that receives a line of text; without one Python shows an `AnnotatorWarning`.

    >>> import annotator
    >>> corpus = annotator.Corpus.create("news", schema="news", lang="en")
    >>> report = corpus.ingest(["page.txt"])
    >>> [article.title for article in corpus.articles()]
    ['Ferry runs again']
    >>> corpus.annotators()
    ()
    >>> with annotator.Corpus.open("news") as again:
    ...     again.lang
    'en'
    >>> try:
    ...     annotator.Corpus.open("nowhere")
    ... except annotator.AnnotatorError as error:
    ...     error.where, error.what
    ('nowhere', 'there is no such corpus')
    """

    def __init__(self, folder: CorpusFolder) -> None:
        """Take an open folder; call `create` or `open` instead."""
        path = folder.path.resolve()  # a later change of the working directory must not lead elsewhere
        self._folder: CorpusFolder | None = folder if folder.path == path else CorpusFolder.open(path)
        self._state = _settings_state(self._folder)

    @classmethod
    @checked_arguments
    def create(
        cls,
        path: PathLike,
        *,
        schema: PathLike = DEFAULT_SCHEMA,
        lang: str = "en",
        tokens: Literal["rules", "characters"] = "rules",
        name: str | None = None,
    ) -> Self:
        """Make a corpus in a new or empty folder.

        ``schema`` is a file or the name of a shipped schema, ``lang`` a spaCy code, ``tokens`` how texts are cut,
        and ``name`` the folder's by default. Raises CorpusError for a folder that is in use, and SchemaError.
        """
        from annotator.workflows.corpus_creation import create_corpus

        return cls(create_corpus(Path(path).resolve(), schema=schema, lang=lang, tokens=tokens, name=name))

    @classmethod
    @checked_arguments
    def open(cls, path: PathLike) -> Self:
        """Open a corpus; raises CorpusError where there is none or it is damaged."""
        with translate_os_errors("read", path):
            check_is_corpus(Path(path))
            return cls(CorpusFolder.open(Path(path).resolve()))

    @classmethod
    @checked_arguments
    def repair(
        cls, path: PathLike, *, write: bool = False, accept_meta: bool = False, lang: str | None = None
    ) -> RepairReport:
        """Mend a damaged corpus (``write``), or return what can be mended and what stays for a person.

        It needs no open corpus, because a damaged one may not open. Raises JournalError where somebody annotates.
        """
        from annotator.workflows.repairing import repair_corpus

        return repair_corpus(Path(path), write=write, accept_meta=accept_meta, lang=lang or "")

    def close(self) -> None:
        """Forget the corpus; every later call raises UsageError."""
        self._folder = None

    def __enter__(self) -> Self:
        """Return itself; raises UsageError after `close`."""
        _ = self.folder
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Corpus({str(self._folder.path)!r})" if self._folder else "<Corpus: closed>"

    @property
    def folder(self) -> CorpusFolder:
        """The storage behind it, opened again where another program has changed settings or schema.

        Raises UsageError after `close`, CorpusError where the folder is no corpus any more.
        """
        if self._folder is None:
            raise UsageError("this corpus is closed", do="open it with Corpus.open")
        with translate_os_errors("read", self._folder.path):
            state = _settings_state(self._folder)
            if state != self._state:
                self._folder, self._state = CorpusFolder.open(self._folder.path), state
        return self._folder

    # -- what there is -------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @property
    def name(self) -> str:
        """The name of the corpus."""
        return self.folder.name

    @property
    def lang(self) -> str:
        """The language, a spaCy code; raises CorpusError where corpus.toml is damaged and nobody knows it."""
        return self.folder.lang

    @property
    def schema(self) -> Schema:
        """The label schema in force."""
        return self.folder.schema

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the stored files; every journal is read for it."""
        folder = self.folder
        articles = frozenset(folder.article_ids())
        indexes = (load_journal_index(folder.path, name, folder.sentences_to_replay) for name in folder.annotators())
        flaws = [w for index in indexes for w in journal_warnings(index, articles, folder.damaged_articles)]
        return tuple(dict.fromkeys((*folder.warnings, *flaws)))  # what is of no journal comes from each

    def annotators(self) -> tuple[str, ...]:
        """Return the names that have a journal, sorted."""
        return self.folder.annotators()

    def articles(self) -> Iterator[Article]:
        """Return an iterator over the articles in the order of ingest, with a warning for each damaged one."""
        return articles_with_warnings(self.folder)

    @checked_arguments
    def sentences(self, article: Article) -> tuple[Sentence, ...]:
        """Return the sentences of an article that are to be annotated."""
        return self.folder.active_sentences(article)

    @checked_arguments
    def annotations(
        self, *, annotator: str | None = None, answer: AnswerName | None = None, warn: WarningCallback = warn_in_python
    ) -> Iterator[StoredAnnotation]:
        """Return an iterator over the annotations in force: by article, then annotator, in text order.

        ``annotator`` and ``answer`` narrow it. Records of articles that are not in the corpus are left out.
        Only the places of the records are kept in memory. ``warn`` receives what is wrong with the stored
        files. Raises AnnotatorError for an unknown annotator; the iterator raises it for a record that has
        changed since the call.
        """
        folder = self.folder
        wanted = None if answer == "open" else Answer(answer) if answer else None
        names = chosen_annotators(folder, annotator)
        accepts = [answer is None or ANSWER_BY_NUMBER[n] is wanted for n in range(len(ANSWER_BY_NUMBER))]
        return iterate_annotations(folder, names, accepts, warn)

    @checked_arguments
    def check(
        self, *, only: Names = (), level: Literal["error", "warning"] = "warning", plugins: Names = ()
    ) -> CheckReport:
        """Look for problems: of some kinds (``only``), errors alone, or with plug-ins (``--with``)."""
        from annotator.workflows.checking import check_corpus

        return check_corpus(self.folder, only=tuple(only), level=level, plugins=tuple(plugins))

    @checked_arguments
    def stats(self, annotator: str | None = None, labels: Sequence[str] = ()) -> StatisticsReport:
        """Return pace, progress, labels and suggestions of one annotator (``--as``) or all, for some ``labels``."""
        from annotator.workflows.statistics import collect_statistics

        return collect_statistics(self.folder, annotator, labels)

    # -- what goes in --------------------------------------------------------------------------

    @checked_arguments
    def ingest(
        self,
        sources: Paths,
        *,
        schema: PathLike | None = None,
        strict: bool = False,
        progress: ProgressCallback = ignore_progress,
    ) -> IngestReport:
        """Add articles, source by source; ``schema`` is put in force, and ``strict`` leaves doubtful sources out."""
        from annotator.workflows.ingesting import ingest

        return ingest(self.path, as_paths(sources), schema=schema, strict=strict, progress=progress, may_create=False)

    @checked_arguments
    def import_files(
        self,
        files: Paths,
        *,
        format: str = "auto",  # noqa: A002  (as the option)
        labels: Mapping[str, str] | None = None,
        add_labels: bool = False,
        covers: Names = (),
        annotator: str = "",
        answer: Literal["", "accept", "open"] = "",
        ledger: Literal["exceptions", "full"] = "exceptions",
        ledger_file: PathLike | None = None,
        strict: bool = False,
        title_from: str = "",
        group_by: str = "",
        offsets: str = "",
        layer: str = "",
        inside_tokens: Literal["split", "out", "in", "keep"] = "keep",
        predictions: Literal["ignore", "suggest"] = "ignore",
        progress: Callable[[str, int], None] | None = None,
    ) -> ImportReport:
        """Import the annotations of other tools, all of them or nothing.

        ``labels`` gives for a label of the files the corpus's, or ``""`` to leave it out (``--map``).
        What is not carried over is in ``report.ledger``. Raises AnnotatorError, with the corpus as it was.
        """
        from annotator.workflows.import_options import ImportOptions
        from annotator.workflows.importing import import_files

        options = ImportOptions(
            format=format,
            labels=labels or {},
            add_labels=add_labels,
            covers=tuple(covers),
            annotator=annotator,
            answer=answer,
            ledger=ledger,
            ledger_file=Path(ledger_file) if ledger_file else None,
            strict=strict,
            title_from=title_from,
            group_by=group_by,
            offsets=offsets,
            layer=layer,
            inside_tokens=inside_tokens,
            predictions=predictions,
        )
        return import_files(self.path, as_paths(files), options, progress, may_create=False)

    @checked_arguments
    def add_suggestions(self, source: str, rows: Iterable[Mapping[str, Any]]) -> SuggestReport:
        """Add suggestions of your own, a row a sentence, with the fields of a suggestion file.

        A row is ``{"meta": {"article", "start", "end"}, "spans": [{"start", "end", "label", "score"}]}``:
        the sentence's offsets in its article, the spans' in the sentence, in code points.
        """
        from annotator.workflows.suggesting import add_suggestions

        return add_suggestions(self.folder, source, rows)

    @checked_arguments
    def suggest(
        self,
        *,
        rules: bool = False,
        model: str | None = None,
        source: str | None = None,
        name: str = "",
        take: Names = (),
        labels: Mapping[str, str] | None = None,
        only: Literal["", "open"] = "",
        annotator: str | None = None,
        replace: bool = False,
        progress: ProgressCallback = ignore_progress,
        warn: WarningCallback = warn_in_python,
    ) -> tuple[SuggestReport, ...]:
        """Write suggestions by the rules, a spaCy pipeline, or a plug-in; a report each.

        ``name``, ``take`` and ``labels`` (``--map``) are about the pipeline: what its suggestions are called, what
        of its Docs is taken, and which labels become which. ``only="open"`` is about the sentences that nobody, or
        not this ``annotator``, has finished. Raises UsageError for an unknown source or none,
        PluginError or PipelineError.
        """
        from annotator.workflows.open_sentences import open_sentence_test
        from annotator.workflows.suggesting import SourceChoice, open_suggestion_sources, write_suggestions

        choice = SourceChoice(rules, model, source, name, tuple(take), labels or {})
        is_wanted = open_sentence_test(self.folder, annotator) if only else lambda _: True
        reports = []
        for each in list(open_suggestion_sources(self.folder, choice)):  # none writes where one cannot be opened
            report, warnings = write_suggestions(
                self.folder, each, progress, replaces_others=replace, is_wanted=is_wanted
            )
            reports.append(report)
            for warning in warnings:
                warn(warning)
        return tuple(reports)

    # -- what goes out -------------------------------------------------------------------------

    @checked_arguments
    def export(
        self,
        out: PathLike,
        *,
        format: str = "spacy",  # noqa: A002  (as the option)
        spans_key: str = "sc",
        unit: UnitName | None = None,
        split: str | None = None,
        annotator: OptionalNames = None,
        on_conflict: ConflictRule | None = None,
        ledger: Literal["exceptions", "full"] = "exceptions",
        engine: Literal["straight", "spacy"] = "straight",
        attrs: AttrsName = "own",
        shard: int = 20_000,
        processes: int = 1,
        reader: Literal["spacy", "annotator"] = "spacy",
        split_by: Literal["story", "article"] | None = None,
        split_from: str | None = None,
        split_else: Literal["train", "dev", "test", "leave-out"] | None = None,
        rebalance: bool = False,
        report: bool = False,
        resume: bool = False,
        progress: ProgressCallback = ignore_progress,
        warn: WarningCallback = warn_in_python,
    ) -> ExportReport:
        """Write what was accepted to a folder: training data for spaCy, or what another tool reads.

        ``unit`` is a sentence by default, or what the format has. ``split`` and ``split_by`` are those of
        ``corpus.toml`` by default, else 80/10/10 by story; another format writes one file without ``split``.
        ``annotator`` names who counts, the preferred one first, and ``on_conflict`` what becomes of what they have
        done differently. What was left out is in ``report.ledger``, a line each in ``ledger.jsonl``. ``warn``
        receives what is wrong with the stored files. Raises AnnotatorError, with the folder as it was.
        """
        from annotator.export.options import ExportOptions, parse_split, preferred_annotators
        from annotator.workflows.corpus_export import export_corpus

        options = ExportOptions(
            format=format,
            spans_key=spans_key,
            unit=unit,
            split=parse_split(split) if split is not None else None,
            split_by=split_by,
            split_from=split_from,
            split_else=split_else,
            rebalance=rebalance,
            annotator=preferred_annotators(annotator or ()),
            on_conflict=on_conflict,
            ledger=ledger,
            lang=self.folder.known_lang,
            engine=engine,
            attrs=attrs,
            shard=shard,
            processes=processes,
            reader=reader,
            report=report,
            resume=resume,
        )
        return export_corpus(self.folder, Path(out), options, progress, warn)

    @checked_arguments
    def verify_export(self, out: PathLike, *, progress: ProgressCallback = ignore_progress) -> VerificationReport:
        """Return whether the corpus would still give the bytes of the export in a folder, and what has changed.

        The export has its options in ``manifest.json``. Raises AnnotatorError where that is missing or damaged.
        """
        from annotator.workflows.export_verification import verify_export

        return verify_export(self.folder, Path(out), progress=progress)

    @checked_arguments
    def docs(
        self,
        nlp: Language,
        *,
        split: str | None = None,
        unit: UnitName = "sentence",
        annotator: OptionalNames = None,
        on_conflict: ConflictRule | None = None,
        spans_key: str = "sc",
        attrs: AttrsName = "own",
        split_by: Literal["story", "article"] | None = None,
        split_from: str | None = None,
        split_else: Literal["train", "dev", "test", "leave-out"] | None = None,
        warn: WarningCallback = warn_in_python,
    ) -> Iterator[tuple[str, Doc]]:
        """Return an iterator over spaCy Docs, each with its part of the split; no file is written.

        They are those of `export` with the same options, and have the vocabulary of ``nlp``. ``warn``
        receives what is wrong with the stored files, and each span that a Doc leaves out. The iterator
        raises AnnotatorError for a record that has changed since the call.
        """
        from annotator.export.options import ExportOptions, parse_split, preferred_annotators
        from annotator.workflows.exporting import iterate_docs

        if not hasattr(nlp, "vocab"):
            raise argument_error("Corpus.docs", "nlp", nlp, 'a spaCy pipeline, such as spacy.blank("en")')
        options = ExportOptions(
            spans_key=spans_key,
            unit=unit,
            split=parse_split(split) if split is not None else None,
            split_by=split_by,
            split_from=split_from,
            split_else=split_else,
            annotator=preferred_annotators(annotator or ()),
            on_conflict=on_conflict,
            lang=self.lang,
            attrs=attrs,
        )
        return iterate_docs(self.folder, nlp, options, warn)

    @checked_arguments
    def splits(
        self,
        split: str | None = None,
        *,
        annotator: OptionalNames = None,
        on_conflict: ConflictRule | None = None,
        split_by: Literal["story", "article"] | None = None,
        split_from: str | None = None,
        split_else: Literal["train", "dev", "test", "leave-out"] | None = None,
        warn: WarningCallback = warn_in_python,
    ) -> dict[str, tuple[str, ...]]:
        """Return the ids of the articles by part, as an export puts them into train, dev and test.

        ``warn`` receives what is wrong with the stored files.
        """
        from annotator.export.options import ExportOptions, parse_split, preferred_annotators
        from annotator.workflows.exporting import split_articles

        options = ExportOptions(
            split=parse_split(split) if split is not None else None,
            split_by=split_by,
            split_from=split_from,
            split_else=split_else,
            annotator=preferred_annotators(annotator or ()),
            on_conflict=on_conflict,
        )
        return split_articles(self.folder, options, warn)


def _settings_state(folder: CorpusFolder) -> tuple[tuple[int, ...], ...]:
    """Return what changes when the settings of a corpus, its schema or its sentences do; raises OSError."""
    return tuple(map(file_state, (folder.path / SETTINGS_FILE, folder.schema_path, folder.path / SENTENCES_FILE)))
