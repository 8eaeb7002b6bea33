"""``annotator export --format NAME``: what was annotated, in the format of another tool."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from annotator.core.annotation import Answer
from annotator.core.article import Article, shared_values
from annotator.core.coverage import shared_coverage
from annotator.core.disagreement import ConflictRule
from annotator.core.errors import AnnotatorError, PluginError, UsageError
from annotator.core.ledger import Outcome
from annotator.core.pluralize import pluralize
from annotator.core.spans import span_id
from annotator.export.atomic_output import (
    EXPORT_LEDGER_FILE,
    MANIFEST_FILE,
    FileChunks,
    FileContent,
    files_in_ledgers,
    replace_own_files,
)
from annotator.export.export_ledger import (
    ARTICLE_SUPERSEDED,
    PARTS_FILE,
    conflict_lines,
    excluded_sentences,
    raise_nothing_to_export,
)
from annotator.export.options import ExportItem, ExportOptions, ExportReport, no_meaning_error
from annotator.formats import document
from annotator.formats.document import ConversionLog, ConversionLogEntry, Document
from annotator.formats.part_files import write_part_files
from annotator.formats.registry import FORMATS, DocumentUnit, format_info, load_format
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import check_articles_folder
from annotator.storage.file_io import translate_os_errors
from annotator.workflows.annotator_conflicts import count_conflicts
from annotator.workflows.article_doubts import exported_doubt_warnings
from annotator.workflows.article_metadata import ROWS_FIELD, SENTENCES_FIELD, carried_metadata
from annotator.workflows.document_rows import DocumentRows
from annotator.workflows.export_manifest import build_manifest
from annotator.workflows.format_split import read_format_split
from annotator.workflows.import_coverage import COVERAGE_FIELD, coverage_metadata
from annotator.workflows.opening import WarningCallback, damaged_sentences_warning, with_damaged_apart
from annotator.workflows.record_selection import ANSWER_NAMES, SelectedItems, select_items
from annotator.workflows.split_source import save_splits
from annotator.workflows.two_machines import two_machines_warnings

# From the sentences of a corpus to the documents that a format writes: a sentence or an article each.


def build_documents(
    items: Sequence[ExportItem],
    unit: DocumentUnit,
    labels: Sequence[str],
    *,
    answers: bool,
    united: bool = False,
    rows: DocumentRows | None = None,
) -> list[Document]:
    """Return a document for each finished sentence, or for each article and annotator (``united``: each article).

    With ``rows`` the articles that are rows of one document make one.

    Only accepted sentences count where a document cannot have the answer of each: an article's, or one
    of a format without ``answers``. An article's document has its whole text, but sentences and tokens of
    what was accepted alone, so nobody learns from what nobody has read. ``labels`` are those of the schema.
    """
    done = [i for i in items if i.annotated.done]
    chosen = (
        done if answers and unit == "sentence" else [i for i in done if i.annotated.annotation.answer is Answer.ACCEPT]
    )
    if unit == "sentence":
        return [_sentence_document(i, labels) for i in chosen]
    groups = groupby(chosen, key=lambda i: ("" if united else i.annotator, i.article.id))
    made = {key: _article_document(list(found), labels) for key, found in groups}
    return list(made.values()) if rows is None else _whole_documents(made, rows, labels)


def _sentence_document(item: ExportItem, labels: Sequence[str]) -> Document:
    s, annotation = item.annotated.sentence, item.annotated.annotation
    return Document(
        text=s.text,
        spans=annotation.spans,
        tokens=s.tokens,
        sentences=((0, len(s.text)),),
        answer=annotation.answer,
        rejected=annotation.rejected,
        annotator=item.annotator,
        id=s.id,
        title=item.article.title,
        note=annotation.note,
        flagged=annotation.flagged,
        meta=carried_metadata(item.article, {"article": s.article, "sentence": s.id, "start": s.start, "end": s.end})
        | coverage_metadata(item.article.meta, annotation.covers, labels),
        covers=annotation.covers,
        where=s.id,
    )


def _article_document(items: Sequence[ExportItem], labels: Sequence[str]) -> Document:
    article, annotated_sentences = items[0].article, [i.annotated for i in items]
    covers = shared_coverage(w.annotation.covers for w in annotated_sentences)
    sentences = [[w.sentence.start, w.sentence.end] for w in annotated_sentences]
    return Document(
        text=article.text,
        spans=tuple(x.shifted(w.sentence.start) for w in annotated_sentences for x in w.annotation.spans),
        tokens=tuple(t.shifted(w.sentence.start) for w in annotated_sentences for t in w.sentence.tokens),
        sentences=tuple((w.sentence.start, w.sentence.end) for w in annotated_sentences),
        answer=Answer.ACCEPT,
        rejected=tuple(x.shifted(w.sentence.start) for w in annotated_sentences for x in w.annotation.rejected),
        annotator=", ".join(sorted({name for i in items for name in i.annotator.split(", ")})),
        id=article.id,
        title=article.title,
        note=" ".join(w.annotation.note for w in annotated_sentences if w.annotation.note),
        flagged=any(w.annotation.flagged for w in annotated_sentences),
        meta=carried_metadata(article, {"article": article.id, SENTENCES_FIELD: sentences})
        | coverage_metadata(article.meta, covers, labels),
        covers=covers,
        where=article.id,
    )


def _whole_documents(
    made: Mapping[tuple[str, str], Document], rows: DocumentRows, labels: Sequence[str]
) -> list[Document]:
    """Return the documents of articles (by annotator and article), one for the rows that belong together."""
    out, done = [], set[tuple[str, str]]()
    for (name, article), alone in made.items():
        if (name, article) not in done:
            members = rows.rows_of(article, {a for by, a in made if by == name})
            done.update((name, x.id) for x in members)
            pairs = [(x, made.get((name, x.id))) for x in members]
            out.append(alone if len(members) == 1 else _document_of_rows(pairs, labels))
    return out


def _document_of_rows(rows: Sequence[tuple[Article, Document | None]], labels: Sequence[str]) -> Document:
    """Return one document of rows, a line each; of one that nobody has finished it has the text alone."""
    starts = [0, *accumulate(len(article.text) + 1 for article, _ in rows)]
    placed = [(at, d) for at, (_, d) in zip(starts, rows, strict=False) if d]
    first, documents = rows[0][0], [d for _, d in placed]
    sentences = tuple((a + at, b + at) for at, d in placed for a, b in d.sentences)
    covers, meta = shared_coverage(d.covers for d in documents), shared_values([x.meta for x, _ in rows])
    known = coverage_metadata(meta, covers, labels)
    place = {"article": first.id, ROWS_FIELD: [x.id for x, _ in rows], SENTENCES_FIELD: [list(x) for x in sentences]}
    return Document(
        text="\n".join(article.text for article, _ in rows),
        spans=tuple(x.shifted(at) for at, d in placed for x in d.spans),
        tokens=tuple(t.shifted(at) for at, d in placed for t in d.tokens),
        sentences=sentences,
        answer=Answer.ACCEPT,
        rejected=tuple(x.shifted(at) for at, d in placed for x in d.rejected),
        annotator=", ".join(sorted({name for d in documents for name in d.annotator.split(", ")})),
        id=first.id,
        title=first.name,
        note=" ".join(d.note for d in documents if d.note),
        flagged=any(d.flagged for d in documents),
        meta=carried_metadata(replace(first, meta=meta), place) | known,
        covers=covers,
        where=first.id,
    )


def _has_other_text(document: Document) -> bool:
    """Return True if a document has visible text in none of its sentences."""
    ends = [0, *(end for _, end in document.sentences)]
    starts = [*(start for start, _ in document.sentences), len(document.text)]
    return any(document.text[a:b].strip() for a, b in zip(ends, starts, strict=True))


def list_left_out(selected: SelectedItems, log: ConversionLog, *, united: bool) -> int:
    """List the spans of accepted sentences that are not exported; return what nobody asked to leave out.

    A sentence without spans is listed itself where nobody asked for that, or a newer version has it. Where
    annotations are ``united``, a span of several annotators is listed once.
    """
    excluded = selected.missing.excluded
    each = [(x.item.annotated.sentence, x.item.annotated.annotation.spans, x.why, x.requested) for x in excluded]
    if united:
        sentences = excluded_sentences(excluded)
        each = [
            (x.sentence.sentence, tuple(o.span for o in x.sentence.outcomes), x.why, x.requested) for x in sentences
        ]
    unasked = 0
    for s, spans, why, requested in each:
        unasked += 0 if requested else max(1, len(spans))
        if not spans and (why == ARTICLE_SUPERSEDED or not requested):
            log.leave_out(s.id, s.id, why, s.text, "sentence")
        for span in spans:
            log.read += 1
            text = s.text[span.start : span.end]
            log.leave_out(s.id, span_id(s.id, span), why, text)
    return unasked


def sentences_by_answer(items: Sequence[ExportItem]) -> Iterator[tuple[str, int]]:
    """Yield how many sentences have each answer."""
    for answer, name in ANSWER_NAMES.items():
        yield name, sum(i.annotated.annotation.answer is answer for i in items)


PARTLY_ANNOTATED_NOTE = (
    "articles that are written whole though some of their sentences are not accepted, so that nothing is "
    "marked in these: {n}"
)


@with_damaged_apart
def export_corpus_to_format(
    corpus: CorpusFolder, out: Path, options: ExportOptions, warn: WarningCallback, *, save_groups: bool = True
) -> ExportReport:
    """Write what is finished of a corpus to the folder ``out`` in the format of the options, with a ledger.

    With a split there is a file for each part, with the sentences that training data have in it. A document is a
    sentence or an article, as the format has it unless ``unit`` is given. ``warn`` receives the flaws of the corpus.
    Raises AnnotatorError where nothing is finished, and where a file of another's would be replaced.
    """
    name = options.format
    info = format_info(name)
    if options.unit and info.has_fixed_unit:
        raise no_meaning_error("unit", name)
    check_articles_folder(corpus.path)
    own = info.has_annotators and not (options.split or options.split_from or options.on_conflict)
    selected = _select_items(corpus, options, None if own else options.on_conflict or "skip", warn)
    if not info.can_write:
        raise UsageError(f"the format {name} can only be read", do="export another")
    split = read_format_split(corpus, options, warn, can_split=info.can_split)
    united = not own
    parts = _documents_by_part(
        corpus, options, split.by_part(selected.items) if split else {"": selected.items}, united=united
    )
    documents = [d for every in parts.values() for d in every]
    if split:
        selected = replace(selected, missing=split.with_left_out(selected.missing))
    if not documents:
        raise nothing_to_export_error(selected, name)
    log = ConversionLog()
    if info.has_whole_texts and (n := sum(map(_has_other_text, documents))):
        log.notes.append(PARTLY_ANNOTATED_NOTE.format(n=n))
    with (
        translate_os_errors("write", tempfile.gettempdir(), AnnotatorError),
        tempfile.TemporaryDirectory(prefix="annotator-") as staging,
    ):
        paths = _written_files(name, parts, Path(staging), log)
        chunks = {file: FileChunks(paths[file]) for file in sorted(paths)}
        sizes = split.sizes({part: sum(len(d.spans) for d in every) for part, every in parts.items()}) if split else {}
        texts = {PARTS_FILE: split.part_list(sizes)} if split else {}
        lost = document.count_losses(log) + _count_lost_coverage(name, documents, log)
        lost += list_left_out(selected, log, united=united) + sum(selected.missing.damaged_lines.values())
        digests = {file: chunk.sha256() for file, chunk in chunks.items()}
        digests |= {file: hashlib.sha256(data).hexdigest() for file, data in texts.items()}
        totals = _ledger_totals(selected, log, digests, lost)
        kept = _kept_entries(log, documents) if options.ledger == "full" else ()
        lines = document.conversion_ledger_lines(log, totals, kept)
        ledger = b"".join((*conflict_lines(selected.conflicts), *lines))
        manifest = build_manifest(
            corpus, selected.journals, options, totals, {}, ledger, split.splits if split else None
        )
        files: dict[str, FileContent] = {**chunks, **texts, EXPORT_LEDGER_FILE: ledger, MANIFEST_FILE: manifest}
        removed = replace_own_files(out, files, files_in_ledgers(out))
    if split and split.splits and save_groups:
        save_splits(corpus, split.splits)
    warnings = (*log.notes, *(split.warnings(sizes) if split else ()))
    study = split.audit if split else None
    return ExportReport(out.as_posix(), tuple(files), removed, {}, totals, None, warnings, lost, study, sizes)


def _documents_by_part(
    corpus: CorpusFolder, options: ExportOptions, items_by_part: Mapping[str, Sequence[ExportItem]], *, united: bool
) -> dict[str, list[Document]]:
    """Return the documents of each part; ``united``: each sentence once, however many have annotated it."""
    info = format_info(options.format)
    rows = DocumentRows(corpus) if options.unit == "article" else None
    labels = [x.name for x in corpus.schema.labels]
    return {
        part: build_documents(
            items, options.unit or info.unit, labels, answers=info.has_answers, united=united, rows=rows
        )
        for part, items in items_by_part.items()
    }


def _select_items(
    corpus: CorpusFolder, options: ExportOptions, rule: ConflictRule | None, warn: WarningCallback
) -> SelectedItems:
    """Return what counts under a rule for conflicts, or all that each annotator has; ``warn`` receives all flaws."""
    selected = select_items(corpus, options.annotator, rule=rule)
    machines = two_machines_warnings(corpus, options.annotator or corpus.annotators())
    doubts = exported_doubt_warnings(corpus.path, (item.article for item in selected.items))
    damaged = _damaged_sentences_warnings(corpus, selected)
    for warning in (*corpus.warnings, *damaged, *selected.warnings, *machines, *doubts):
        warn(warning)
    return selected


def _written_files(
    name: str, parts: Mapping[str, Sequence[Document]], folder: Path, log: ConversionLog
) -> dict[str, Path]:
    """Write the documents, of each part or of the one part without a name, and return the files by name.

    Raises PluginError where the format has not counted all spans, or has made a file of the export's own.
    """
    if "" in parts:
        load_format(name).write(parts[""], folder, log)
    else:
        write_part_files(load_format(name), parts, folder, log)
    fault = log.count_fault(sum(len(d.spans) for every in parts.values() for d in every))
    paths = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    if taken := paths.keys() & {EXPORT_LEDGER_FILE, MANIFEST_FILE, PARTS_FILE}:
        fault = f"the writer has made a file {min(taken)}, and the export itself writes one of this name"
    if fault:
        raise PluginError(fault, where=f"format {name}", do="correct its `write`; nothing was exported")
    return paths


def _count_lost_coverage(name: str, documents: Sequence[Document], log: ConversionLog) -> int:
    """Return how many texts were read for some labels alone where the files don't have that, with a note."""
    if not any(field == COVERAGE_FIELD for field, _ in log.lost_fields):
        return 0
    if lost := sum(d.covers is not None for d in documents):
        texts = pluralize(lost, "text was", "texts were")
        log.notes.append(
            f"{texts} read for some labels alone, and {name} has no place for that: in these files it looks as if "
            "the other labels had no spans there"
        )
    return lost


def _ledger_totals(
    selected: SelectedItems, log: ConversionLog, digests: Mapping[str, str], lost: int
) -> dict[str, Any]:
    totals = {
        "sentences": dict(sentences_by_answer(selected.items)),
        **document.conversion_totals(log),
        "left out": [],
        "journals with flaws": dict(selected.missing.damaged_lines),
        "files": dict(digests),
        "lost": lost,
    }
    return totals | ({"conflicts": count_conflicts(selected.conflicts)} if selected.conflicts else {})


def _damaged_sentences_warnings(corpus: CorpusFolder, selected: SelectedItems) -> list[str]:
    """Return a warning for each article of which sentences.jsonl has another text."""
    touched = dict.fromkeys(item.annotated.sentence.article for item in selected.items)
    with corpus.open_sentence_ranges() as ranges:
        return [damaged_sentences_warning(a) for a in touched if not ranges.have_text(corpus.article(a))]


def nothing_to_export_error(selected: SelectedItems, name: str) -> AnnotatorError:
    """Return the error for a corpus of which a format can hold no sentence."""
    answers = dict(sentences_by_answer(selected.items))
    raise_nothing_to_export(selected.missing)
    if not (unaccepted := answers["rejected"] + answers["ignored"]):
        return AnnotatorError("there is no finished sentence to export", do="annotate some first")
    able = ", ".join(n for n, f in FORMATS.items() if f.has_answers)
    return AnnotatorError(
        f"there is no accepted sentence to export; {unaccepted} rejected or ignored, for which {name} has no word",
        do=f"accept some first, or use a format that can: --format {able}",
    )


def _kept_entries(log: ConversionLog, documents: Sequence[Document]) -> Iterator[ConversionLogEntry]:
    """Yield the spans that no line lists: they were written unchanged."""
    listed = {(e.where, e.id) for e in log.entries}
    for d in documents:
        for s in d.spans:
            id_ = f"{s.start}-{s.end}:{s.label}"
            if (d.where, id_) not in listed:
                yield ConversionLogEntry(d.where, id_, Outcome.KEPT, "", d.text[s.start : s.end])
