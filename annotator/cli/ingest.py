"""``annotator ingest``: sources into a corpus, a transaction a source."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from annotator.cli import output
from annotator.cli.journals import hands
from annotator.cli.options import json_option, put_in_force, schema_text
from annotator.core.article import Article, Sentence
from annotator.core.errors import AnnotatorError, UsageError
from annotator.ingest.article import make_article
from annotator.ingest.sources import Failed, Source, read_sources
from annotator.ingest.tokens import Tokenizer
from annotator.storage.corpus import Corpus
from annotator.storage.schemas import default_schema_path, load_schema


@dataclass
class Report:
    """What an ingest did, source by source."""

    corpus: str
    added: list[dict[str, Any]] = field(default_factory=list)
    known: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sentences(self) -> int:
        """How many sentences stand in the queue of what was added."""
        return sum(int(a["sentences"]) for a in self.added)


@click.command("ingest")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--corpus", "folder", required=True, type=click.Path(path_type=Path), help="The corpus; made if need be."
)
@click.option("--lang", default=None, help="Language of a new corpus, a spaCy code (default: en).")
@click.option(
    "--schema", type=click.Path(path_type=Path), help="Label schema to put in force (default: news)."
)
@click.option("--name", default=None, help="Name of a new corpus (default: its folder's).")
@json_option
def command(
    sources: tuple[Path, ...],
    folder: Path,
    lang: str | None,
    schema: Path | None,
    name: str | None,
    as_json: bool,
) -> None:
    """Take SOURCES into a corpus: text dumps of pages, HTML, JSONL, folders, or - for standard input.

    Every line is kept with a verdict; `annotator articles CORPUS ID` shows them.
    """
    found = list(read_sources(list(sources), sys.stdin.buffer))
    _stop_if_nothing(found)
    corpus, tokenizer = _corpus(folder, lang, schema, name)
    report = Report(str(folder))
    with output.progress("ingest") as show:
        for n, source in enumerate(found):
            show(n, len(found))
            _take(corpus, tokenizer, source, report)
        show(len(found), len(found))
    _tell(report, as_json=as_json)
    if report.failed:
        sys.exit(output.LOST if report.added or report.known else 1)


def _stop_if_nothing(found: list[Source | Failed]) -> None:
    """Raise the error of a lone bad source before a corpus is made for nothing."""
    failures = [f for f in found if isinstance(f, Failed)]
    if len(failures) == len(found):
        for failure in failures[1:]:
            output.say(f"annotator: {failure.error}")
        raise failures[0].error if failures else UsageError("there is no source", do="name at least one file")


def _corpus(
    folder: Path, lang: str | None, schema: Path | None, name: str | None
) -> tuple[Corpus, Tokenizer]:
    if (folder / "corpus.toml").exists():
        corpus = Corpus.open(folder)
        if lang and lang != corpus.lang:
            raise UsageError(
                f"--lang {lang}, but the corpus is {corpus.lang}", where=str(folder), do="leave --lang out"
            )
        if schema:
            put_in_force(corpus, load_schema(schema), schema_text(schema))
        tokenizer = Tokenizer(corpus.lang)
        if tokenizer.fingerprint != corpus.fingerprint:
            output.warn(
                "this spaCy splits tokens otherwise than the one that the corpus was begun with; "
                "the stored tokens stay as they are"
            )
        return corpus, tokenizer
    tokenizer = Tokenizer(lang or "en")
    load_schema(schema or default_schema_path())  # an error in it is told with the file's own name
    text = schema_text(schema or default_schema_path())
    made = Corpus.create(
        folder,
        name=name or folder.resolve().name,
        lang=lang or "en",
        fingerprint=tokenizer.fingerprint,
        schema_text=text,
    )
    return made, tokenizer


def _take(corpus: Corpus, tokenizer: Tokenizer, source: Source | Failed, report: Report) -> None:
    """Take one source in, or note why not; one that fails leaves the corpus as it was."""
    if isinstance(source, Failed):
        report.failed.append({"origin": source.origin, "error": str(source.error)})
        return
    report.notes += [f"{source.origin}: {note}" for note in source.notes]
    try:
        article, sentences = make_article(source, tokenizer)
        if article.id in corpus.article_ids():
            report.known.append({"origin": source.origin, "id": article.id})
            return
        old = corpus.find_origin(article.origin)
        corpus.add(replace(article, replaces=old.id) if old else article, sentences)
        report.added.append(_added(corpus, article, old, report))
    except AnnotatorError as error:
        report.failed.append({"origin": source.origin, "error": str(error)})


def _added(corpus: Corpus, article: Article, old: Article | None, report: Report) -> dict[str, Any]:
    active = corpus.active_sentences(article)
    body = sum(line.verdict.annotated for line in article.lines)
    if old:
        report.notes.append(f"{article.origin}: {_fate(corpus, old, active)}")
    return {
        "origin": article.origin,
        "id": article.id,
        "title": article.title,
        "lines": len(article.lines),
        "body": body,
        "sentences": len(active),
        "replaces": old.id if old else None,
    }


def _fate(corpus: Corpus, old: Article, new: tuple[Sentence, ...]) -> str:
    """Say what happens to the annotations of an article that has a new version now."""
    texts = {s.text for s in new}
    done = [w.sentence.text for hand in hands(corpus) for w in hand.works.touched(old.id) if w.done]
    return (
        f"a new version of {old.id}, which leaves the queue; {len(done)} annotated sentences of it "
        "stay in their journals and are exported until the new version's are; "
        f"{sum(t in texts for t in done)} of them stand unchanged in the new version"
    )


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        output.as_json({**report.__dict__, "sentences": report.sentences})
    else:
        output.data(_line(a) for a in report.added)
        output.data(f"{k['id']}  already in the corpus: {k['origin']}" for k in report.known)
        counts = (
            f"{len(report.added)} articles added, {len(report.known)} known, {report.sentences} sentences"
        )
        output.data([f"{report.corpus}: {counts}"])
    for note in report.notes:
        output.say(f"note: {note}")
    for failure in report.failed:
        output.say(f"annotator: {failure['error']}")


def _line(a: dict[str, Any]) -> str:
    lines = f"{a['body']:>4} of {a['lines']} lines"
    return f"{a['id']}  {a['sentences']:>4} sentences  {lines}  {a['title'] or a['origin']}"
