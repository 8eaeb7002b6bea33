"""Imports the files of other tools into a corpus, all of them or nothing."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import orjson
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from annotator.core.errors import SourceError, path_text
from annotator.core.ledger import Ledger
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.formats import label_mapping
from annotator.formats.document import (
    ConversionLog,
    conversion_ledger_lines,
    conversion_report,
    conversion_totals,
    count_losses,
    is_loss,
)
from annotator.formats.import_source import ImportSource
from annotator.formats.registry import format_info
from annotator.formats.unread_spans import read_spans
from annotator.ingest.language_advice import language_advice
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.atomic import write_atomic
from annotator.storage.corpus_layout import check_outside_corpus
from annotator.storage.file_io import translate_os_errors
from annotator.storage.import_transaction import ImportStaging, NewCorpusSettings
from annotator.storage.journal import check_annotator_name
from annotator.workflows.document_importer import DocumentImporter
from annotator.workflows.import_groups import GroupedRows
from annotator.workflows.import_options import (
    ImportOptions,
    check_format_options,
    check_spans_found,
    choose_import_format,
    open_import_sources,
    read_source_documents,
)
from annotator.workflows.import_target import ImportTarget, open_import_target
from annotator.workflows.inside_tokens import InsideTokenFigures

IMPORTS_FOLDER = "imports"
"""Where the ledgers of a corpus's imports are."""
MAX_LISTED = 60
"""How many labels, or kinds of pairs, are listed one by one."""

ImportProgress = Callable[[str, int], None]
"""Is called with the name of a file and the number of its documents so far."""


class ImportReport(Struct, frozen=True, kw_only=True):
    """What an import did."""

    corpus: str
    files: tuple[Mapping[str, str], ...]
    """Each file with its format and why it has that one: ``file``, ``format``, ``why``."""
    documents: int
    articles: int
    sentences: int
    records: int
    annotators: Mapping[str, str]
    """By the file's name of an annotator, the journal's."""
    counts: Mapping[str, int]
    ledger: Ledger
    groups: tuple[GroupedRows, ...]
    """The rows that are parts of one document, by the field that has its name."""
    added_labels: tuple[str, ...]
    broken_rules: Mapping[str, int]
    """Pairs of spans that the schema's rules don't allow; they are data and stay."""
    notes: tuple[str, ...]
    ledger_file: str
    inside: InsideTokenFigures | None = None
    """The spans that begin or end inside a token, and what each choice brings; None without any."""

    @property
    def lost(self) -> int:
        """How much was left out that nobody asked to leave out."""
        return self.ledger.lost

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``--json``."""
        values: dict[str, Any] = to_builtins(self)
        ledger, file, _ = values.pop("ledger"), values.pop("ledger_file"), values.pop("inside")
        values |= {"inside_tokens": self.inside.as_dict()} if self.inside else {}
        head = {key: values.pop(key) for key in self.__struct_fields__[:8]}
        return {**head, "totals": ledger["totals"], **values, "ledger": file, "lost": ledger["lost"]}

    def lines(self) -> Iterator[str]:
        """Yield the report for people, a line each."""
        for f in self.files:
            yield f"{f['file']}: {format_info(f['format']).description} ({f['why']})"
        yield from conversion_report(self.ledger)
        yield from map(str, self.groups)
        journals = sorted(set(self.annotators.values()))
        counts = f"{pluralize(self.articles, 'article')} added, {pluralize(self.sentences, 'sentence')}"
        yield f"{self.corpus}: {counts}, {pluralize(self.records, 'record')} by {', '.join(journals) or 'nobody'}"
        yield f"ledger: {self.ledger_file}"
        if journals:
            also = f" (or {', '.join(journals[1:])})" if journals[1:] else ""
            yield f"open it with: annotator annotate {shlex.quote(self.corpus)} --as {journals[0]}{also}"
        if self.inside:
            yield from self.inside.lines()

    def __str__(self) -> str:
        return "\n".join(self.lines())


def import_files(
    folder: Path,
    files: Sequence[Path],
    options: ImportOptions | None = None,
    progress: ImportProgress | None = None,
    *,
    may_create: bool = True,
) -> ImportReport:
    """Import files into the corpus ``folder``, which is made if need be and if this ``may_create`` one.

    It is one transaction: an AnnotatorError leaves the corpus as it was.
    """
    options = options or ImportOptions()
    if options.annotator:
        check_annotator_name(options.annotator)
    if options.ledger_file is not None:
        _check_ledger_file(options.ledger_file, folder)
    sources = open_import_sources(files)
    formats = [choose_import_format(s, options.format) for s in sources]
    check_format_options((name for name, _ in formats), options)
    target = open_import_target(folder, options, may_create=may_create)
    with ExitStack() as stack:
        importer, inside = _read_as_chosen(stack, sources, formats, options, target, progress)
        log = importer.log
        added = _labels_to_add(importer.labels, target.schema, options, folder)
        groups = importer.document_groups.made
        notes = [*log.notes, *(line for made in groups for line in made.exceptions())]
        stated = {"groups": to_builtins(groups)} if groups else {}
        totals = {**conversion_totals(log), **stated, **importer.predictions.totals(), "notes": notes}
        ledger = Ledger(totals, count_losses(log))
        data = b"".join(conversion_ledger_lines(log, ledger.totals, importer.record_builder.kept))
        if options.strict and ledger.lost:
            _raise_losses(log, options, data, folder)
        ledger_file = options.ledger_file or folder / IMPORTS_FOLDER / _ledger_name(sources, data)
        _commit(target, importer, added, options, ledger_file, data)
    return ImportReport(
        corpus=path_text(folder),
        files=tuple(
            {"file": s.name, "format": name, "why": why} for s, (name, why) in zip(sources, formats, strict=True)
        ),
        documents=importer.counts.documents,
        articles=len(importer.staging.articles),
        sentences=importer.counts.sentences,
        records=importer.counts.records,
        annotators=importer.record_builder.names,
        counts=to_builtins(importer.counts),
        ledger=ledger,
        groups=tuple(importer.document_groups.made),
        added_labels=tuple(added),
        broken_rules=importer.record_builder.broken_rules,
        notes=(*target.warnings, *notes, *_report_notes(importer, options)),
        ledger_file=path_text(ledger_file),
        inside=inside,
    )


def _read_as_chosen(
    stack: ExitStack,
    sources: Sequence[ImportSource],
    formats: Sequence[tuple[str, str]],
    options: ImportOptions,
    target: ImportTarget,
    progress: ImportProgress | None,
) -> tuple[DocumentImporter, InsideTokenFigures | None]:
    """Read all files, and a second time where spans inside tokens are to decide how a new corpus is cut.

    ``stack`` takes the staging folder.
    """
    staging = stack.enter_context(ImportStaging.begin(target.folder, target.corpus))
    importer = _read_sources(sources, formats, options, target, staging, progress)
    choice = None if target.corpus else importer.choose_tokens()
    figures = importer.inside.figures(choice)
    if options.inside_tokens != "split" or figures is None:
        return importer, figures
    if choice and choice.settings != target.tokens:
        stack.close()  # nothing of it is in place yet
        staging = stack.enter_context(ImportStaging.begin(target.folder, target.corpus))
        target = replace(target, tokens=choice.settings)
        importer = _read_sources(sources, formats, options, target, staging, progress)
    return importer, replace(figures, cut=importer.inside.inside)


def _read_sources(
    sources: Sequence[ImportSource],
    formats: Sequence[tuple[str, str]],
    options: ImportOptions,
    target: ImportTarget,
    staging: ImportStaging,
    progress: ImportProgress | None,
) -> DocumentImporter:
    """Read all files into the staging folder, cut as the target is; raises SourceError where there is nothing."""
    tokenizer = Tokenizer(target.lang, target.tokens)
    importer = DocumentImporter(staging, tokenizer, ConversionLog(), options, target.schema)
    for source, (name, _) in zip(sources, formats, strict=True):
        _import_file(source, name, options, importer, progress)
    importer.finish()
    _check_not_empty(importer, sources)
    return importer


def _import_file(
    source: ImportSource, name: str, options: ImportOptions, importer: DocumentImporter, progress: ImportProgress | None
) -> None:
    """Add all documents of one file, nobody's under the format's name; any error of the file names it."""
    by_sentence = format_info(name).unit == "sentence"
    importer.begin_file()
    before = read_spans(importer.log)
    for n, document in enumerate(read_source_documents(source, name, options, importer.log), 1):
        annotator = options.annotator or document.annotator or name
        importer.add_document(replace(document, annotator=annotator), by_sentence=by_sentence)
        importer.languages.add(document.text)
        if progress:
            progress(source.base, n)
    if read_spans(importer.log) == before:
        check_spans_found(source, options)


def _check_not_empty(importer: DocumentImporter, sources: Sequence[ImportSource]) -> None:
    if importer.counts.documents == importer.counts.empty:
        what = "there is no text in it" if importer.counts.documents else "there is nothing in it"
        raise SourceError(what, where=", ".join(s.name for s in sources), do="name another file")


def _labels_to_add(counts: Mapping[str, int], schema: Schema, options: ImportOptions, folder: Path) -> list[str]:
    """Return the labels to add to the schema; raises UsageError where they are to be named first."""
    lacking = label_mapping.labels_missing_from_schema(counts, schema)
    if len(lacking) > label_mapping.MAX_NEW_LABELS:
        listed = ", ".join(label[:40] for label in list(lacking)[:10])
        most = label_mapping.MAX_NEW_LABELS
        what = f"there are {len(lacking):,} labels that the schema lacks ({listed}, …), more than {most:,}"
        do = "take the layer or field that holds labels, not texts or ids; or leave some out with --map"
        raise SourceError(what, where=str(folder), do=do)
    if lacking and not options.add_labels:
        listed = ", ".join(f"{label} ({n})" for label, n in list(lacking.items())[:30])
        more = f" and {len(lacking) - 30} more" if len(lacking) > 30 else ""
        own = ", ".join(x.name for x in schema.labels[:12])
        what = f"the schema {schema.name} ({own}) has no such labels: {listed}{more}"
        pairs = label_mapping.suggested_map_option(lacking, schema, options.labels)
        verb = "give" if options.labels else "add"
        do = f"{verb} {pairs} (fill in; empty leaves out), or --add-labels"
        raise SourceError(what, where=str(folder), do=do)
    return list(lacking)


_COUNT_MESSAGES = {
    "empty": ("document has no text and was passed over", "documents have no text and were passed over"),
    "open": (
        "sentence has spans and stays open: the file doesn't record that it was read whole (see --answer)",
        "sentences have spans and stay open: the file doesn't record that they were read whole (see --answer)",
    ),
    "doubtful": (
        "sentence stays open, flagged and with a note: a span of the file has no sure place, and may be about it",
        "sentences stay open, flagged and with a note: spans of the file have no sure place, and may be about them",
    ),
    "contradicted": (
        "sentence stays open, flagged and with a note: the files have its text twice, with different annotations",
        "sentences stay open, flagged and with a note: the files have their text twice, with different annotations",
    ),
    "known": ("sentence was already there, with the same spans", "sentences were already there, with the same spans"),
    "joined": (
        "sentence was joined from several, because a span runs over an end",
        "sentences were joined from several, because a span runs over an end",
    ),
    "retold": (
        "sentence got new tokens: the file's do not spell it",
        "sentences got new tokens: the file's do not spell them",
    ),
    "conflicts": (
        "sentence came with other annotations than its annotator has there, which stay",
        "sentences came with other annotations than their annotator has there, which stay",
    ),
}
"""What a count of the import means, for one and for several."""


def _report_notes(importer: DocumentImporter, options: ImportOptions) -> Iterator[str]:
    for key, n in to_builtins(importer.counts).items():
        if n and key in _COUNT_MESSAGES and key != options.answer:
            yield f"{n:,} {_COUNT_MESSAGES[key][n != 1]}"
    if importer.tokenizer.settings.unit == "rules":  # characters fit any language
        lang = importer.tokenizer.lang
        yield from ("; ".join(language_advice(x, lang)) for x in importer.languages.mismatches())
    builder = importer.record_builder
    if builder.united:
        sentences = pluralize(builder.united, "sentence was", "sentences were")
        yield f"{sentences} already there, read for other labels: now with the spans of both"
    for given, name in builder.names.items():
        if given != name:
            yield f"the annotator {given!r} is called {name} here"
    seen = importer.seen_labels | importer.predictions.seen_labels
    unused = [old for old in options.labels if old not in seen and not old.isdecimal()]
    if unused:
        yield f"--map names labels that are not in the files: {', '.join(unused)}"
    for rule, n in builder.broken_rules.most_common(MAX_LISTED):
        yield f"{pluralize(n, 'pair')} of spans that the schema does not allow, kept: {rule}"
    if (more := len(builder.broken_rules) - MAX_LISTED) > 0:
        yield f"{pluralize(more, 'more kind')} of pairs that the schema does not allow, kept"


def _raise_losses(log: ConversionLog, options: ImportOptions, ledger: bytes, folder: Path) -> NoReturn:
    """Raise SourceError for what would be lost, after the user's own ledger file is written."""
    see = "with --ledger-file FILE"
    if options.ledger_file is not None:
        _write_ledger(options.ledger_file, ledger)
        see = f"in {path_text(options.ledger_file)}"
    losses = Counter(e.why for e in filter(is_loss, log.entries))
    reasons = ", ".join(f"{why} ({n})" for why, n in losses.most_common())
    what = f"{pluralize(losses.total(), 'thing')} would be lost: {reasons}"
    do = f"see them {see}, correct the source, or leave --strict out"
    raise SourceError(what, where=str(folder), do=do)


def _commit(
    target: ImportTarget,
    importer: DocumentImporter,
    added: Sequence[str],
    options: ImportOptions,
    ledger_file: Path,
    ledger: bytes,
) -> None:
    """Put the import and its ledger in place: in a new corpus, unless the user has named a file for it."""
    staging, entities = importer.staging, set(added) - importer.non_entity_labels
    labels = [label_mapping.NewLabel(x, is_entity=x in entities) for x in added]
    schema = label_mapping.schema_with_labels(target.schema_text, target.schema, labels) if added else None
    if target.corpus:
        with _ledger_written(ledger_file, ledger):
            staging.commit_to_existing(importer.record_builder.next_seqs, (target.schema_text, schema or ""))
        return
    settings = NewCorpusSettings(
        path_text(target.folder.resolve().name),
        target.lang,
        importer.tokenizer.fingerprint,
        schema or target.schema_text,
        tokens=importer.tokenizer.settings,
    )
    if options.ledger_file is None:
        staging.add_file(f"{IMPORTS_FOLDER}/{ledger_file.name}", ledger)
        staging.commit_new_corpus(settings)
        return
    with _ledger_written(ledger_file, ledger):
        staging.commit_new_corpus(settings)


# -- the ledger: an import is never without one --


def _check_ledger_file(path: Path, folder: Path) -> None:
    """Raise AnnotatorError where the user's ledger file would replace something else."""
    check_outside_corpus(path, folder)
    with translate_os_errors("write", path, SourceError):
        if path.exists() and not _is_ledger(path):
            what = "this file is no ledger, and will not be replaced by one"
            raise SourceError(what, where=str(path), do="give --ledger-file another name")


def _is_ledger(path: Path) -> bool:
    last = path.read_bytes().splitlines()[-1:]
    try:
        return "spans" in orjson.loads(last[0])["totals"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return False


def _ledger_name(sources: Sequence[ImportSource], data: bytes) -> str:
    """Return the ledger's file name: from the first file and its own content, never a clock."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", sources[0].base).strip(".-")[:60] or "import"
    return f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.jsonl"


@contextmanager
def _ledger_written(path: Path, data: bytes) -> Iterator[None]:
    """Write the ledger before the block runs; an error in the block removes a new one."""
    new = not path.exists()
    _write_ledger(path, data)
    try:
        yield
    except BaseException:
        if new:
            path.unlink(missing_ok=True)
        raise


def _write_ledger(path: Path, data: bytes) -> None:
    """Write a ledger, and the folders above it; raises CorpusError."""
    with translate_os_errors("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
