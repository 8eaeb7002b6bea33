"""``annotator merge``: several corpora as a new one, nothing overwritten, conflicts listed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from annotator.cli import output
from annotator.cli.options import PATH, json_option, open_corpus
from annotator.core.annotation import Work
from annotator.core.article import Sentence
from annotator.core.errors import CorpusError, JournalError, SchemaError, UsageError
from annotator.core.merging import Conflict, merge
from annotator.core.record import Record
from annotator.storage.corpus import Corpus
from annotator.storage.failures import telling
from annotator.storage.imports import Made, Staging
from annotator.storage.journal import Journal
from annotator.storage.merging import (
    left_behind,
    owners,
    put_article,
    put_groups,
    put_ledgers,
    put_migrations,
    put_suggestions,
)
from annotator.storage.scan import lines_in_words
from annotator.storage.schema_union import unite
from annotator.storage.schemas import schema_of_text, schema_text

_LONGEST = 64
"""How many characters an annotator's name may have."""


@dataclass(slots=True)
class Report:
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


@dataclass(frozen=True, slots=True)
class _Sources:
    corpora: Sequence[Corpus]
    owners: dict[str, list[Corpus]]

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
        output.as_json(_as_dict(report))
    else:
        output.data(_lines(report))
    alike = [f"{_articles_in_words(ids)}: {what}" for what, ids in report.differences.items()]
    for note in [*report.notes, *alike]:
        output.say(f"note: {note}")
    if report.conflicts or report.not_merged:
        sys.exit(output.LOST)


def run_merge(paths: Sequence[Path], into: Path, schema: Path | None = None) -> Report:
    """Carry out a merge; raises AnnotatorError, with nothing made."""
    _check_paths(paths, into)
    sources = [open_corpus(p) for p in paths]
    _check_alike(sources)
    having = _Sources(sources, owners(sources))
    report = Report(output.shown(into), [output.shown(p) for p in paths])
    text = _schema(sources, schema, report)
    report.notes += _tokenizers(sources)
    with Staging.begin(into, None) as staging, output.progress("merge") as show:
        _articles(staging, having, report, show)
        used = _journals(staging, having, report)
        _check_labels(used, text, schema)
        put_suggestions(staging, sources)
        report.conflicts += [{"what": output.shown(x)} for x in put_groups(staging, sources)]
        behind = [*put_migrations(staging, sources), *put_ledgers(staging, sources), *left_behind(sources)]
        report.not_merged += [output.shown(x) for x in behind]
        first = sources[0]
        name = output.shown(into.resolve().name)
        staging.commit_new_corpus(Made(name, first.lang, first.fingerprint, text))
    return report


def _check_paths(paths: Sequence[Path], into: Path) -> None:
    """Raise UsageError or CorpusError for corpora that cannot be merged, or a folder that is in use."""
    if len(paths) < 2:
        raise UsageError("one corpus alone cannot be merged", do="name two or more before --into")
    with telling("read", into):
        real = [p.resolve() for p in paths]
        for n, path in enumerate(real):
            if path in real[:n]:
                raise UsageError(f"{output.shown(paths[n])} is named twice", do="name each corpus once")
        if any(path in into.resolve().parents for path in real):
            what = "the new corpus would lie in one of the old"
            raise CorpusError(what, where=output.shown(into), do="give another folder with --into")
        if into.exists() and not (into.is_dir() and not any(into.iterdir())):
            raise CorpusError(
                "there is something here already, and a merge overwrites nothing",
                where=output.shown(into),
                do="give a new folder with --into; to add to a corpus, name it among those to be merged",
            )


def _check_alike(corpora: Sequence[Corpus]) -> None:
    langs = sorted({c.lang for c in corpora})
    if len(langs) > 1:
        listed = ", ".join(f"{output.shown(c.path)}: {c.lang}" for c in corpora)
        raise CorpusError(f"the corpora have different languages ({listed})", do="merge those of one language")


def _tokenizers(corpora: Sequence[Corpus]) -> list[str]:
    first = corpora[0]
    return [
        f"{output.shown(c.path)} was cut by another tokenizer ({c.fingerprint}, not {first.fingerprint}); "
        "its tokens stay as they are"
        for c in corpora[1:]
        if c.fingerprint != first.fingerprint
    ]


def _schema(corpora: Sequence[Corpus], schema_path: Path | None, report: Report) -> str:
    """Return the schema of the new corpus; raises SchemaError where the old ones contradict each other."""
    if schema_path is not None:
        return schema_text(schema_path)
    union = unite([(output.shown(c.schema_path), schema_text(c.schema_path)) for c in corpora])
    if union.clashes:
        more = f" and {len(union.clashes) - 3} more" if len(union.clashes) > 3 else ""
        raise SchemaError(
            f"the schemas contradict each other: {'; '.join(union.clashes[:3])}{more}",
            where=output.shown(corpora[0].schema_path),
            do="say which one holds with --schema FILE",
        )
    report.schema = {"added": union.added, "widened": union.widened}
    report.not_merged += [output.shown(f"schema, {x}") for x in union.left_out]
    return union.text


def _check_labels(used: set[str], text: str, schema_path: Path | None) -> None:
    schema = schema_of_text(text, str(schema_path or "schema"))
    lacking = sorted(used - {x.name for x in schema.labels})
    if lacking and schema_path is not None:
        raise SchemaError(
            f"the schema {schema.name} lacks labels that are in use: {', '.join(lacking)}",
            where=output.shown(schema_path),
            do="add them to the schema, or name another",
        )


def _articles(staging: Staging, sources: _Sources, report: Report, show: Any) -> None:
    for n, (article_id, having) in enumerate(sources.owners.items(), 1):
        differences = put_article(staging, article_id, having)
        report.conflicts += [{"article": article_id, "what": output.shown(x)} for x in differences.conflicts]
        for note in differences.notes:
            report.differences.setdefault(output.shown(note), []).append(article_id)
        report.in_several += len(having) > 1
        show(n, len(sources.owners))
    report.articles = len(sources.owners)


# -- journals --------------------------------------------------------------------------------------


def _journals(staging: Staging, sources: _Sources, report: Report) -> set[str]:
    """Prepare the journals of all annotators; return the labels in use."""
    names = sorted({name for c in sources.corpora for name in c.annotators()})
    made: dict[str, tuple[Record, ...]] = {}
    used: set[str] = set()
    for name in names:
        found = [(c, _records(c, name, report)) for c in sources.corpora if name in c.annotators()]
        used |= {s.label for _, records in found for r in records for s in r.annotated.annotation.spans}
        joint = found[0][1]
        figures = {"records": 0, "taken": 0, "same": 0}
        for corpus, records in found[1:]:
            merged = merge(joint, records, sources.base_sentences)
            joint = merged.records
            figures["taken"] += merged.taken_over
            figures["same"] += merged.identical
            if merged.conflicting_records:
                other, there = _name_beside(name, merged.conflicting_records, made, sources.corpora)
                if not there:
                    made[other] = merged.conflicting_records
                    staging.add_records(other, (replace(r, annotator=other) for r in merged.conflicting_records))
                    report.annotators[other] = {"records": len(merged.conflicting_records), "taken": 0, "same": 0}
                report.conflicts += _conflicts(merged.conflicts, name, other, corpus)
        staging.add_records(name, joint)
        report.annotators[name] = figures | {"records": len(joint)}
    report.annotators = dict(sorted(report.annotators.items()))
    return used


def _records(corpus: Corpus, name: str, report: Report) -> tuple[Record, ...]:
    """Return the records of a journal; raises JournalError where it is damaged."""
    journal = Journal.open(corpus.path, name, read_only=True)
    where = output.shown(journal.path)
    if journal.damaged:
        raise JournalError(
            f"{lines_in_words(journal.damaged)} of the journal cannot be read",
            where=where,
            do="see `annotator check`, restore the file from a copy, and merge again",
        )
    if journal.flaws:
        torn = lines_in_words(f.line for f in journal.flaws)
        report.not_merged.append(f"{where}: a torn end ({torn})")
    return journal.records


def _name_beside(
    name: str, conflicting: Sequence[Record], made: Mapping[str, Sequence[Record]], corpora: Sequence[Corpus]
) -> tuple[str, bool]:
    """Return the first of ``name.2``, ``name.3``, … that is free, or that keeps the records already.

    So a corpus that is merged once more keeps what contradicts it once. ``made`` has the journals that this
    merge has kept beside.
    """
    wanted = _unsigned(conflicting)
    n = 2
    while True:
        other = f"{name[: _LONGEST - len(str(n)) - 1]}.{n}"
        having = [c for c in corpora if other in c.annotators()]
        there = [made[other]] if other in made else []
        there += [Journal.open(c.path, other, read_only=True).records for c in having]
        if not there:
            return other, False
        if any(_unsigned(records[: len(wanted)]) == wanted for records in there):
            return other, True
        n += 1


def _unsigned(records: Sequence[Record]) -> list[Record]:
    return [replace(r, annotator="") for r in records]


def _conflicts(found: Sequence[Conflict], name: str, other: str, corpus: Corpus) -> Iterator[dict[str, Any]]:
    if not found:
        what = f"the history of {name} cannot be told in one order with that in {output.shown(corpus.path)}"
        yield {"annotator": name, "kept_as": other, "what": what}
    for conflict in found:
        s = conflict.article_range
        yield {
            "annotator": name,
            "kept_as": other,
            "article": s.article,
            "start": s.start,
            "end": s.end,
            "what": f"{name} has answered this in two ways; {output.shown(corpus.path)} has the other one",
            "here": [_said(w) for w in conflict.ours],
            "there": [_said(w) for w in conflict.theirs],
        }


def _said(annotated: Work) -> dict[str, Any]:
    a = annotated.annotation
    return {
        "sentence": annotated.sentence.id,
        "text": annotated.sentence.text,
        "answer": a.answer.value if a.answer else None,
        "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in a.spans],
    }


# -- how it is told --------------------------------------------------------------------------------


def _as_dict(report: Report) -> dict[str, Any]:
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


def _lines(report: Report) -> Iterator[str]:
    """Yield the report for people: the sums, then a line for each conflict."""
    many = f"{output.count(report.articles, 'article')} ({report.in_several} in several corpora)"
    yield f"{report.into}: {many}, {output.count(len(report.annotators), 'annotator')}"
    for name, figures in report.annotators.items():
        taken = f", {output.count(figures['taken'], 'place')} taken over" if figures["taken"] else ""
        same = f", {figures['same']} said alike in both" if figures["same"] else ""
        yield f"{name}: {output.count(figures['records'], 'record')}{taken}{same}"
    for what in ("added", "widened"):
        if report.schema.get(what):
            yield f"schema, {what}: {', '.join(report.schema[what])}"
    for c in report.conflicts:
        place = f"{c['article']}:{c['start']}-{c['end']}: " if "start" in c else ""
        kept = f"; kept as {c['kept_as']}" if "kept_as" in c else "; the first one’s stays"
        yield f"conflict: {place}{c['what']}{kept}"
    yield from (f"not taken over: {x}" for x in report.not_merged)


def _articles_in_words(ids: Sequence[str]) -> str:
    """Return one article, or how many with the first of them."""
    return f"article {ids[0]}" if len(ids) == 1 else f"{len(ids)} articles (the first: {ids[0]})"
