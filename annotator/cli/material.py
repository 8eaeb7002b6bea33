"""A corpus as the checks want it: works, articles, sentences, and what is damaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from annotator.cli.gather import counted
from annotator.cli.journals import Hand, hands
from annotator.core.article import Article, LineMap, Sentence
from annotator.core.problems.material import COUNTED, Material, Said
from annotator.core.problems.problem import Kind, Place, Problem, place_of
from annotator.export.absent import NO_ARTICLE
from annotator.export.values import LeftOut
from annotator.storage.corpus import Corpus
from annotator.storage.lines import journal_file, lines_of


@dataclass(frozen=True, slots=True)
class Opened:
    """The material of a corpus, and the problems that were met on the way."""

    check_input: Material
    damage: tuple[Problem, ...]


def open_material(corpus: Corpus) -> Opened:
    """Read a corpus; raises AnnotatorError where articles, sentences or the schema cannot be read."""
    journals = tuple(hands(corpus))
    articles = {a: corpus.article(a) for a in corpus.article_ids()}
    items, left = counted(journals, articles)
    reviewed = [Said(i.annotated, i.annotator, i.seq) for i in items if i.annotated.annotation.answer in COUNTED]
    check_input = Material(corpus.schema, reviewed, articles, _sentences(corpus, articles))
    return Opened(check_input, tuple(_damage(corpus, journals, left)))


def _sentences(corpus: Corpus, articles: dict[str, Article]) -> dict[str, Sequence[Sentence]]:
    """Return the annotated sentences of each article in the queue."""
    out: dict[str, Sequence[Sentence]] = {}
    for a, article in articles.items():
        if not article.replaced_by:
            lines = LineMap(article)
            out[a] = [s for s in corpus.sentences(a) if lines.is_annotated(s.start, s.end)]
    return out


def _damage(corpus: Corpus, journals: Sequence[Hand], left_out: Sequence[LeftOut]) -> Iterator[Problem]:
    """Yield the lines of journals that don't count, other warnings, and works whose article is gone."""
    for warning in corpus.warnings:
        what, _, cure = warning.partition("; ")
        yield Problem(Kind.JOURNAL, Place(file="sentences.jsonl"), what, cure or _RESTORE)
    for loaded in journals:
        for flaw in loaded.flaws:
            place = Place(annotator=loaded.annotator, file=journal_file(loaded.annotator), line=flaw.line)
            yield Problem(Kind.JOURNAL, place, f"the line does not count: {flaw.reason}", _RESTORE)
        for warning in loaded.warnings if not loaded.flaws else ():
            what, _, cure = warning.partition("; ")
            place = Place(annotator=loaded.annotator, file=journal_file(loaded.annotator))
            yield Problem(Kind.JOURNAL, place, what, cure or "see that the journal is the right one")
    for gone in left_out:
        if gone.why == NO_ARTICLE:
            place = place_of(gone.item.annotated, gone.item.annotator, seq=gone.item.seq)
            yield Problem(Kind.JOURNAL, place, NO_ARTICLE, "restore articles/ from a copy")


_RESTORE = "restore the file from a copy"


def located(corpus: Corpus, problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems with file and line for all places that a journal record tells of."""
    wanted: dict[str, set[int]] = {}
    for place in (p for problem in problems for p in (problem.location, *problem.related)):
        if place.seq and not place.file:
            wanted.setdefault(place.annotator, set()).add(place.seq)
    lines = {name: lines_of(corpus.path, name, seqs) for name, seqs in sorted(wanted.items())}

    def found(place: Place) -> Place:
        if not place.seq or place.file:
            return place
        line = lines[place.annotator].get(place.seq, 0)
        return replace(place, file=journal_file(place.annotator), line=line)

    return [replace(p, location=found(p.location), related=tuple(map(found, p.related))) for p in problems]
