"""``annotator import``: the files of other tools into a corpus, all of them or nothing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from annotator.cli import output
from annotator.cli.options import PATH, FormatType, annotate_command, json_option
from annotator.core.annotation import Answer
from annotator.core.errors import SourceError, UsageError
from annotator.core.schema import Schema
from annotator.formats import conversion_ledger, label_mapping, offset_units
from annotator.formats.document import ConversionLog
from annotator.formats.import_source import ImportSource
from annotator.formats.registry import FORMATS, format_info
from annotator.ingest.tokenizer import Tokenizer
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import check_folder_unused
from annotator.storage.file_io import translate_os_errors
from annotator.storage.import_transaction import ImportStaging, NewCorpusSettings
from annotator.storage.journal import check_annotator_name
from annotator.storage.schemas import default_schema_path, load_schema, read_schema_text
from annotator.workflows import import_options
from annotator.workflows.import_documents import DocumentOptions
from annotator.workflows.import_options import (
    OPEN_ANSWER,
    ImportOptions,
    check_format_options,
    check_spans_found,
    choose_import_format,
    open_sources,
    parse_label_pairs,
    read_source_documents,
)
from annotator.workflows.importing import Importer

_MAX_LISTED = 60
"""How many labels, or kinds of pairs, are told one by one."""


class ImportReport(Struct):
    """What an import did."""

    corpus: str
    files: list[dict[str, str]] = field(default_factory=list)
    """Each file with its format and why it was taken for that."""
    documents: int = 0
    articles: int = 0
    sentences: int = 0
    records: int = 0
    annotators: dict[str, str] = field(default_factory=dict)
    """By the file's name of an annotator, the journal's."""
    counts: dict[str, int] = field(default_factory=dict)
    totals: dict[str, Any] = field(default_factory=dict)
    added_labels: list[str] = field(default_factory=list)
    broken_rules: dict[str, int] = field(default_factory=dict)
    """Pairs of spans that the schema's rules don't allow; they are data and stay."""
    notes: list[str] = field(default_factory=list)
    ledger: str = ""
    lost: int = 0


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--corpus", "folder", required=True, type=PATH, help="The corpus; made if need be.")
@click.option(
    "--format",
    type=FormatType("auto", lambda: ["auto", *FORMATS]),
    default="auto",
    show_default=True,
    help="What the files are; auto tells it by what is in them.",
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OLD=NEW,…",
    help="Labels: PER=PERSON,MISC= (empty: left out); numbered tags: 0=O,1=B-PERSON,2=I-PERSON.",
)
@click.option("--add-labels", is_flag=True, help="Take labels that the schema lacks into it.")
@click.option(
    "--as", "name", default="", metavar="NAME", help="Whose annotations (default: as the file says)."
)
@click.option(
    "--answer",
    type=click.Choice([Answer.ACCEPT.value, OPEN_ANSWER]),
    default=None,
    help="accept: what the file leaves open was read whole and is right; open: nothing is finished yet "
    "(default: as the file says).",
)
@click.option(
    "--ledger",
    "kind",
    type=click.Choice(["exceptions", "full"]),
    default="exceptions",
    show_default=True,
    help="What the ledger lists: what is not carried over just as it was, or every span.",
)
@click.option("--ledger-file", type=PATH, help="Where the ledger goes (default: imports/ in the corpus).")
@click.option("--strict", is_flag=True, help="Import nothing if anything would be lost.")
@click.option(
    "--title-from",
    default="",
    metavar="FIELD",
    help="The field of the metadata that holds an article's title.",
)
@click.option(
    "--offsets",
    type=click.Choice(list(offset_units.OFFSET_UNIT_NAMES)),
    default=None,
    help="What offsets count, where the file can't tell.",
)
@click.option(
    "--layer",
    default="",
    metavar="NAME[.FEATURE]",
    help="WebAnno, UIMA: take this layer alone (default: those whose values look like labels).",
)
@click.option("--lang", default=None, help="Language of a new corpus, a spaCy code (default: en).")
@click.option("--schema", type=PATH, help="Label schema of a new corpus (default: news).")
@json_option
def command(files: tuple[Path, ...], pairs: tuple[str, ...], kind: str, as_json: bool, **chosen: Any) -> None:
    """Take the annotations in FILES (or folders, or zips), made with other tools, into a corpus.

    It is one transaction: with exit code 1 the corpus is as it was. Every span is accounted for: what is
    not carried over just as it was stands in the ledger, a JSON line each. Exit code 3 says that
    something was left out that you did not ask to leave out.
    """
    given = {name: value for name, value in chosen.items() if value is not None}
    report, account = run_import(
        files, ImportOptions(map=parse_label_pairs(pairs), full=kind == "full", **given)
    )
    _print_report(report, list(conversion_ledger.conversion_report(account)), as_json=as_json)
    if report.lost:
        sys.exit(output.EXIT_LEFT_OUT)


def run_import(files: Sequence[Path], options: ImportOptions) -> tuple[ImportReport, ConversionLog]:
    """Carry out an import; return its report and account. Raises AnnotatorError, the corpus as it was."""
    if options.name:
        check_annotator_name(options.name)
    import_options.check_ledger_path(options)
    sources = open_sources(files)
    formats = [choose_import_format(s, options.format) for s in sources]
    check_format_options((form for form, _ in formats), options)
    into = _open_target(options)
    schema_file = read_schema_text(into.schema_path if into else (options.schema or default_schema_path()))
    schema = into.schema if into else load_schema(options.schema or default_schema_path())
    tokenizer = Tokenizer(into.lang if into else options.lang or "en")
    account, report = ConversionLog(), ImportReport(output.path_text(options.folder))
    with ImportStaging.begin(options.folder, into) as staging:
        importer = Importer(staging, tokenizer, account, _document_options(options), schema)
        for source, (form, why) in zip(sources, formats, strict=True):
            report.files.append({"file": source.name, "format": form, "why": why})
            _import_file(source, form, options, importer, account)
        importer.finish()
        _check_not_empty(importer, sources)
        added = _labels_to_add(importer.labels, schema, options)
        flat = set(added) - importer.non_entity_labels
        text = label_mapping.schema_with_labels(schema_file, schema, added, flat) if added else ""
        _fill_report(report, importer, staging, options, added)
        data = b"".join(
            conversion_ledger.conversion_ledger_lines(account, report.totals, importer.record_builder.kept)
        )
        _check_strict(account, options, data)
        where = import_options.ledger_path(options, sources, data)
        report.ledger = output.path_text(where)
        if into:
            with import_options.ledger_written(where, data):
                staging.commit_to_existing(importer.record_builder.next_seqs, text or None)
        else:
            _create_corpus(staging, options, tokenizer.fingerprint, text or schema_file, where, data)
    return report, account


def _document_options(options: ImportOptions) -> DocumentOptions:
    rename = (
        label_mapping.rename_to_usable(options.map)
        if options.add_labels
        else label_mapping.rename_by_map(options.map)
    )
    return DocumentOptions(options.answer, rename, options.title_from, options.full)


def _create_corpus(
    staging: ImportStaging, options: ImportOptions, fingerprint: str, schema: str, where: Path, data: bytes
) -> None:
    """Make the new corpus, its ledger in it unless the user wants that elsewhere."""
    name = output.path_text(options.folder.resolve().name)
    made = NewCorpusSettings(name, options.lang or "en", fingerprint, schema)
    if options.ledger_file is None:
        staging.add_file(f"{import_options.IMPORTS_FOLDER}/{where.name}", data)
        staging.commit_new_corpus(made)
        return
    with import_options.ledger_written(where, data):
        staging.commit_new_corpus(made)


def _open_target(options: ImportOptions) -> CorpusFolder | None:
    """Open the corpus, or return None where one is to be made; raises CorpusError where none can be."""
    with translate_os_errors("read", options.folder):
        if not (options.folder / "corpus.toml").exists():
            check_folder_unused(options.folder)
            return None
    if options.schema:
        raise UsageError(
            "--schema is for a new corpus, and this one has its own",
            where=str(options.folder),
            do="leave it out; --map and --add-labels deal with other labels",
        )
    corpus = CorpusFolder.open(options.folder)
    if options.lang and options.lang != corpus.lang:
        raise UsageError(
            f"--lang {options.lang}, but the corpus is {corpus.lang}",
            where=str(options.folder),
            do="leave it out",
        )
    return corpus


def _import_file(
    source: ImportSource, form: str, options: ImportOptions, importer: Importer, account: ConversionLog
) -> None:
    """Take all documents of one file in, nobody's under the format's name; any error of the file names it."""
    by_sentence = format_info(form).unit == "sentence"
    before = account.read
    with output.progress_counter("documents of", source.base) as show:
        for n, document in enumerate(read_source_documents(source, form, options, account), 1):
            whose = options.name or document.annotator or form
            importer.add_document(replace(document, annotator=whose), by_sentence=by_sentence)
            show(n)
    if account.read == before:
        check_spans_found(source, options)


def _check_not_empty(importer: Importer, sources: Sequence[ImportSource]) -> None:
    if importer.counts.documents == importer.counts.empty:
        what = "there is no text in it" if importer.counts.documents else "there is nothing in it"
        raise SourceError(what, where=", ".join(s.name for s in sources), do="name another file")


def _labels_to_add(counts: dict[str, int], schema: Schema, options: ImportOptions) -> list[str]:
    """Return the labels to add to the schema; raises UsageError where they are to be named first."""
    lacking = label_mapping.labels_missing_from_schema(counts, schema)
    if len(lacking) > label_mapping.MAX_NEW_LABELS:
        listed = ", ".join(label[:40] for label in list(lacking)[:10])
        raise SourceError(
            f"there are {len(lacking):,} labels that the schema lacks ({listed}, …), more than {label_mapping.MAX_NEW_LABELS:,}",
            where=str(options.folder),
            do="take the layer or field that holds labels, not texts or ids; or leave some out with --map",
        )
    if lacking and not options.add_labels:
        listed = ", ".join(f"{label} ({n})" for label, n in list(lacking.items())[:30])
        more = f" and {len(lacking) - 30} more" if len(lacking) > 30 else ""
        raise SourceError(
            f"the schema {schema.name} ({', '.join(x.name for x in schema.labels[:12])}) has no such labels: "
            f"{listed}{more}",
            where=str(options.folder),
            do=f"{'give' if options.map else 'add'} {label_mapping.suggested_map_option(lacking, schema, options.map)} "
            "(fill in; empty leaves out), or --add-labels",
        )
    return list(lacking)


def _fill_report(
    report: ImportReport, importer: Importer, staging: ImportStaging, options: ImportOptions, added: list[str]
) -> None:
    counts, account = importer.counts, importer.account
    report.documents, report.sentences, report.records = counts.documents, counts.sentences, counts.records
    report.articles = len(staging.articles)
    report.annotators = dict(importer.record_builder.names)
    report.counts = to_builtins(counts)
    report.added_labels = added
    report.broken_rules = dict(importer.record_builder.broken_rules)
    report.totals = {**conversion_ledger.conversion_totals(account), "notes": list(account.notes)}
    warnings = staging.corpus.warnings if staging.corpus else []
    report.notes = [*warnings, *account.notes, *_report_notes(importer, options)]
    report.lost = conversion_ledger.count_losses(account)


_COUNT_MESSAGES = {
    "empty": ("document has no text and was passed over", "documents have no text and were passed over"),
    "open": (
        "sentence has spans and stays open: the file doesn't say that it was read whole (see --answer)",
        "sentences have spans and stay open: the file doesn't say that they were read whole (see --answer)",
    ),
    "known": ("sentence was there just so before", "sentences were there just so before"),
    "joined": (
        "sentence was joined from several, because a span runs over an end",
        "sentences were joined from several, because a span runs over an end",
    ),
    "retold": (
        "sentence got new tokens: the file's do not spell it",
        "sentences got new tokens: the file's do not spell them",
    ),
    "conflicts": (
        "sentence stays as it was: its annotator has other work there",
        "sentences stay as they were: their annotator has other work there",
    ),
}
"""What a count of the import means, for one and for several."""


def _report_notes(importer: Importer, options: ImportOptions) -> Iterator[str]:
    for key, n in to_builtins(importer.counts).items():
        if n and key in _COUNT_MESSAGES and key != options.answer:
            yield f"{n:,} {_COUNT_MESSAGES[key][n != 1]}"
    for given, name in importer.record_builder.names.items():
        if given != name:
            yield f"the annotator {given!r} is called {name} here"
    idle = [old for old in options.map if old not in importer.seen_labels and not old.isdecimal()]
    if idle:
        yield f"--map names labels that are not in the files: {', '.join(idle)}"
    for told, n in importer.record_builder.broken_rules.most_common(_MAX_LISTED):
        yield f"{output.count_text(n, 'pair')} of spans that the schema does not allow, kept: {told}"
    if (more := len(importer.record_builder.broken_rules) - _MAX_LISTED) > 0:
        yield f"{output.count_text(more, 'more kind')} of pairs that the schema does not allow, kept"


def _check_strict(account: ConversionLog, options: ImportOptions, data: bytes) -> None:
    """Raise SourceError where ``--strict`` forbids what would be lost; the ledger tells it all the same."""
    gone = [e for e in account.entries if conversion_ledger.is_loss(e)]
    if not options.strict or not gone:
        return
    if options.ledger_file is not None:
        import_options.write_ledger(options.ledger_file, data)
    listed = ", ".join(f"{why} ({n})" for why, n in Counter(e.why for e in gone).most_common())
    see = f"in {output.path_text(options.ledger_file)}" if options.ledger_file else "with --ledger-file FILE"
    raise SourceError(
        f"{output.count_text(len(gone), 'thing')} would be lost: {listed}",
        where=str(options.folder),
        do=f"see them {see}, correct the source, or leave --strict out",
    )


def _print_report(report: ImportReport, account: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        output.write_json(to_builtins(report))
        return
    output.write_data(
        f"{f['file']}: {format_info(f['format']).description} ({f['why']})" for f in report.files
    )
    output.write_data(account)
    by = ", ".join(sorted(report.annotators.values())) or "nobody"
    counts = (
        f"{output.count_text(report.articles, 'article')} added, {output.count_text(report.sentences, 'sentence')}, "
        f"{output.count_text(report.records, 'record')} by {by}"
    )
    output.write_data([f"{report.corpus}: {counts}", f"ledger: {report.ledger}"])
    if report.annotators:
        opened = annotate_command(report.corpus, sorted(set(report.annotators.values())))
        waiting = int(report.totals["spans"]["characters"])
        output.write_data([f"open it with: {opened}"])
        if waiting:
            listed = f"{output.count_text(waiting, 'span')} inside tokens, which key R there repairs"
            output.write_data([f"{listed}; until then training data lack them"])
    if report.added_labels:
        more = (
            f" and {len(report.added_labels) - _MAX_LISTED} more"
            if len(report.added_labels) > _MAX_LISTED
            else ""
        )
        output.write_message(
            f"note: the schema has new labels: {', '.join(report.added_labels[:_MAX_LISTED])}{more}"
        )
    for note in report.notes:
        output.write_message(f"note: {note}")
