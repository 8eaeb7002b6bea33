"""``annotator merge``: several corpora as a new one, nothing overwritten, conflicts listed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, field
from msgspec.structs import replace

from annotator.cli import output
from annotator.cli.options import PATH, json_option, open_corpus
from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.errors import CorpusError, JournalError, SchemaError, UsageError
from annotator.core.journal_merge import JournalConflict, merge_journals
from annotator.core.journal_record import JournalRecord
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.file_io import translate_os_errors
from annotator.storage.import_transaction import ImportStaging, NewCorpusSettings
from annotator.storage.journal import Journal
from annotator.storage.journal_reader import format_line_numbers
from annotator.storage.schema_editing import unite_schemas
from annotator.storage.schemas import parse_schema_text, read_schema_text
from annotator.workflows.corpus_merge import (
    corpora_by_article,
    merge_article,
    merge_import_ledgers,
    merge_migrations,
    merge_split_groups,
    merge_suggestions,
    unmerged_files,
)

_MAX_NAME_LENGTH = 64
"""How many characters an annotator's name may have."""


class MergeReport(Struct):
    """What a merge did."""

    into: str
    sources: list[str]
    articles: int = 0
    in_several: int = 0
    """Articles that more than one of the corpora has."""
    annotators: dict[str, dict[str, int]] = field(default_factory=dict)
    """By annotator: records, stretches taken over from a further corpus, stretches that agree."""
    schema: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    """Sentences that one annotator has answered in two ways, and what the corpora differ in otherwise."""
    not_merged: list[str] = field(default_factory=list)
    """What was not taken over."""
    differences: dict[str, list[str]] = field(default_factory=dict)
    """What a corpus has otherwise and the first one's word stays for, with the articles."""
    notes: list[str] = field(default_factory=list)


class _MergeSources(Struct, frozen=True):
    corpora: Sequence[CorpusFolder]
    owners: dict[str, list[CorpusFolder]]

    def base_sentences(self, article_id: str) -> Sequence[Sentence]:
        """Return the stored sentences of an article as the new corpus has them."""
        having = self.owners.get(article_id)
        return having[0].sentences(article_id) if having else ()


@click.command("merge")
@click.argument("corpora", nargs=-1, required=True, type=PATH)
@click.option("--into", "into", required=True, type=PATH, help="The new corpus; an empty or a new folder.")
@click.option("--schema", type=PATH, help="Label schema of the new corpus, where those of the old clash.")
@json_option
def command(corpora: tuple[Path, ...], into: Path, schema: Path | None, as_json: bool) -> None:
    """Put CORPORA together in a new corpus: articles by their text, annotators by name.

    The corpora stay as they are. What one annotator has said of the same sentence in two ways is kept
    under two names (`ana` and `ana.2`) and listed. Where corpora differ in something that only one
    place is for, the first one's word stays, and the other is listed.

    Exit code 3 says that something is in conflict or was not taken over; with 1 nothing was made.
    """
    report = run_merge(corpora, into, schema)
    if as_json:
        output.write_json(_report_fields(report))
    else:
        output.write_data(_report_lines(report))
    alike = [f"{_format_articles(ids)}: {what}" for what, ids in report.differences.items()]
    for note in [*report.notes, *alike]:
        output.write_message(f"note: {note}")
    if report.conflicts or report.not_merged:
        sys.exit(output.EXIT_LEFT_OUT)


def run_merge(paths: Sequence[Path], into: Path, schema: Path | None = None) -> MergeReport:
    """Carry out a merge; raises AnnotatorError, with nothing made."""
    _check_paths(paths, into)
    sources = [open_corpus(p) for p in paths]
    _check_same_language(sources)
    having = _MergeSources(sources, corpora_by_article(sources))
    report = MergeReport(output.path_text(into), [output.path_text(p) for p in paths])
    text = _merged_schema(sources, schema, report)
    report.notes += _tokenizer_notes(sources)
    with ImportStaging.begin(into, None) as staging, output.progress("merge") as show:
        _merge_articles(staging, having, report, show)
        used = _merge_journals(staging, having, report)
        _check_labels(used, text, schema)
        merge_suggestions(staging, sources)
        report.conflicts += [{"what": output.path_text(x)} for x in merge_split_groups(staging, sources)]
        behind = [
            *merge_migrations(staging, sources),
            *merge_import_ledgers(staging, sources),
            *unmerged_files(sources),
        ]
        report.not_merged += [output.path_text(x) for x in behind]
        first = sources[0]
        name = output.path_text(into.resolve().name)
        staging.commit_new_corpus(NewCorpusSettings(name, first.lang, first.fingerprint, text))
    return report


def _check_paths(paths: Sequence[Path], into: Path) -> None:
    """Raise UsageError or CorpusError for corpora that cannot be merged, or a folder that is in use."""
    if len(paths) < 2:
        raise UsageError("one corpus alone cannot be merged", do="name two or more before --into")
    with translate_os_errors("read", into):
        real = [p.resolve() for p in paths]
        for n, path in enumerate(real):
            if path in real[:n]:
                raise UsageError(f"{output.path_text(paths[n])} is named twice", do="name each corpus once")
        if any(path in into.resolve().parents for path in real):
            what = "the new corpus would lie in one of the old"
            raise CorpusError(what, where=output.path_text(into), do="give another folder with --into")
        if into.exists() and not (into.is_dir() and not any(into.iterdir())):
            raise CorpusError(
                "there is something here already, and a merge overwrites nothing",
                where=output.path_text(into),
                do="give a new folder with --into; to add to a corpus, name it among those to be merged",
            )


def _check_same_language(corpora: Sequence[CorpusFolder]) -> None:
    langs = sorted({c.lang for c in corpora})
    if len(langs) > 1:
        listed = ", ".join(f"{output.path_text(c.path)}: {c.lang}" for c in corpora)
        raise CorpusError(
            f"the corpora have different languages ({listed})", do="merge those of one language"
        )


def _tokenizer_notes(corpora: Sequence[CorpusFolder]) -> list[str]:
    first = corpora[0]
    return [
        f"{output.path_text(c.path)} was cut by another tokenizer ({c.fingerprint}, not {first.fingerprint}); "
        "its tokens stay as they are"
        for c in corpora[1:]
        if c.fingerprint != first.fingerprint
    ]


def _merged_schema(corpora: Sequence[CorpusFolder], schema_path: Path | None, report: MergeReport) -> str:
    """Return the schema of the new corpus; raises SchemaError where the old ones contradict each other."""
    if schema_path is not None:
        return read_schema_text(schema_path)
    union = unite_schemas(
        [(output.path_text(c.schema_path), read_schema_text(c.schema_path)) for c in corpora]
    )
    if union.clashes:
        more = f" and {len(union.clashes) - 3} more" if len(union.clashes) > 3 else ""
        raise SchemaError(
            f"the schemas contradict each other: {'; '.join(union.clashes[:3])}{more}",
            where=output.path_text(corpora[0].schema_path),
            do="say which one holds with --schema FILE",
        )
    report.schema = {"added": union.added, "widened": union.widened}
    report.not_merged += [output.path_text(f"schema, {x}") for x in union.left_out]
    return union.text


def _check_labels(used: set[str], text: str, schema_path: Path | None) -> None:
    schema = parse_schema_text(text, str(schema_path or "schema"))
    lacking = sorted(used - {x.name for x in schema.labels})
    if lacking and schema_path is not None:
        raise SchemaError(
            f"the schema {schema.name} lacks labels that are in use: {', '.join(lacking)}",
            where=output.path_text(schema_path),
            do="add them to the schema, or name another",
        )


def _merge_articles(staging: ImportStaging, sources: _MergeSources, report: MergeReport, show: Any) -> None:
    for n, (article_id, having) in enumerate(sources.owners.items(), 1):
        differences = merge_article(staging, article_id, having)
        report.conflicts += [
            {"article": article_id, "what": output.path_text(x)} for x in differences.conflicts
        ]
        for note in differences.notes:
            report.differences.setdefault(output.path_text(note), []).append(article_id)
        report.in_several += len(having) > 1
        show(n, len(sources.owners))
    report.articles = len(sources.owners)


# -- journals --------------------------------------------------------------------------------------


def _merge_journals(staging: ImportStaging, sources: _MergeSources, report: MergeReport) -> set[str]:
    """Prepare the journals of all annotators; return the labels in use."""
    names = sorted({name for c in sources.corpora for name in c.annotators()})
    made: dict[str, tuple[JournalRecord, ...]] = {}
    used: set[str] = set()
    for name in names:
        found = [(c, _read_records(c, name, report)) for c in sources.corpora if name in c.annotators()]
        used |= {s.label for _, records in found for r in records for s in r.annotated.annotation.spans}
        joint = found[0][1]
        figures = {"records": 0, "taken": 0, "same": 0}
        for corpus, records in found[1:]:
            merged = merge_journals(joint, records, sources.base_sentences)
            joint = merged.records
            figures["taken"] += merged.taken_over
            figures["same"] += merged.identical
            if merged.conflicting_records:
                other, there = _conflict_name(name, merged.conflicting_records, made, sources.corpora)
                if not there:
                    made[other] = merged.conflicting_records
                    staging.add_records(
                        other, (replace(r, annotator=other) for r in merged.conflicting_records)
                    )
                    report.annotators[other] = {
                        "records": len(merged.conflicting_records),
                        "taken": 0,
                        "same": 0,
                    }
                report.conflicts += _conflict_fields(merged.conflicts, name, other, corpus)
        staging.add_records(name, joint)
        report.annotators[name] = figures | {"records": len(joint)}
    report.annotators = dict(sorted(report.annotators.items()))
    return used


def _read_records(corpus: CorpusFolder, name: str, report: MergeReport) -> tuple[JournalRecord, ...]:
    """Return the records of a journal; raises JournalError where it is damaged."""
    journal = Journal.open(corpus.path, name, read_only=True)
    where = output.path_text(journal.path)
    if journal.damaged:
        raise JournalError(
            f"{format_line_numbers(journal.damaged)} of the journal cannot be read",
            where=where,
            do="see `annotator check`, restore the file from a copy, and merge again",
        )
    if journal.flaws:
        torn = format_line_numbers(f.line for f in journal.flaws)
        report.not_merged.append(f"{where}: a torn end ({torn})")
    return journal.records


def _conflict_name(
    name: str,
    conflicting: Sequence[JournalRecord],
    made: Mapping[str, Sequence[JournalRecord]],
    corpora: Sequence[CorpusFolder],
) -> tuple[str, bool]:
    """Return the first of ``name.2``, ``name.3``, … that is free, or that keeps the records already.

    So a corpus that is merged once more keeps what contradicts it once. ``made`` has the journals that this
    merge has kept beside.
    """
    wanted = _without_annotator(conflicting)
    n = 2
    while True:
        other = f"{name[: _MAX_NAME_LENGTH - len(str(n)) - 1]}.{n}"
        having = [c for c in corpora if other in c.annotators()]
        there = [made[other]] if other in made else []
        there += [Journal.open(c.path, other, read_only=True).records for c in having]
        if not there:
            return other, False
        if any(_without_annotator(records[: len(wanted)]) == wanted for records in there):
            return other, True
        n += 1


def _without_annotator(records: Sequence[JournalRecord]) -> list[JournalRecord]:
    return [replace(r, annotator="") for r in records]


def _conflict_fields(
    found: Sequence[JournalConflict], name: str, other: str, corpus: CorpusFolder
) -> Iterator[dict[str, Any]]:
    if not found:
        what = (
            f"the history of {name} cannot be told in one order with that in {output.path_text(corpus.path)}"
        )
        yield {"annotator": name, "kept_as": other, "what": what}
    for conflict in found:
        s = conflict.article_range
        yield {
            "annotator": name,
            "kept_as": other,
            "article": s.article,
            "start": s.start,
            "end": s.end,
            "what": f"{name} has answered this in two ways; {output.path_text(corpus.path)} has the other one",
            "here": [_annotation_fields(w) for w in conflict.ours],
            "there": [_annotation_fields(w) for w in conflict.theirs],
        }


def _annotation_fields(annotated: AnnotatedSentence) -> dict[str, Any]:
    a = annotated.annotation
    return {
        "sentence": annotated.sentence.id,
        "text": annotated.sentence.text,
        "answer": a.answer.value if a.answer else None,
        "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in a.spans],
    }


# -- how it is told --------------------------------------------------------------------------------


def _report_fields(report: MergeReport) -> dict[str, Any]:
    return {
        "into": report.into,
        "sources": report.sources,
        "articles": report.articles,
        "in_several": report.in_several,
        "annotators": report.annotators,
        "schema": report.schema,
        "conflicts": report.conflicts,
        "left": report.not_merged,
        "differences": report.differences,
        "notes": report.notes,
    }


def _report_lines(report: MergeReport) -> Iterator[str]:
    """Yield the report for people: the sums, then a line for each conflict."""
    many = f"{output.count_text(report.articles, 'article')} ({report.in_several} in several corpora)"
    yield f"{report.into}: {many}, {output.count_text(len(report.annotators), 'annotator')}"
    for name, figures in report.annotators.items():
        taken = f", {output.count_text(figures['taken'], 'place')} taken over" if figures["taken"] else ""
        same = f", {figures['same']} said alike in both" if figures["same"] else ""
        yield f"{name}: {output.count_text(figures['records'], 'record')}{taken}{same}"
    for what in ("added", "widened"):
        if report.schema.get(what):
            yield f"schema, {what}: {', '.join(report.schema[what])}"
    for c in report.conflicts:
        place = f"{c['article']}:{c['start']}-{c['end']}: " if "start" in c else ""
        kept = f"; kept as {c['kept_as']}" if "kept_as" in c else "; the first one’s stays"
        yield f"conflict: {place}{c['what']}{kept}"
    yield from (f"not taken over: {x}" for x in report.not_merged)


def _format_articles(ids: Sequence[str]) -> str:
    """Return one article, or how many with the first of them."""
    return f"article {ids[0]}" if len(ids) == 1 else f"{len(ids)} articles (the first: {ids[0]})"
