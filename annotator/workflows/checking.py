"""A corpus as the checks want it: works, articles, sentences, and what is damaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.checks.problem import (
    CHECKED_ANSWERS,
    CheckInput,
    Problem,
    ProblemKind,
    ProblemLocation,
    ReviewedSentence,
    problem_location,
)
from annotator.core.article import AnnotatedLineIndex, Article, Sentence
from annotator.export.export_ledger import ARTICLE_MISSING
from annotator.export.options import ExcludedItem
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import find_record_lines, journal_file_name
from annotator.storage.journal_index import JournalIndex
from annotator.workflows.record_selection import select_items


class LoadedCheckInput(Struct, frozen=True):
    """The material of a corpus, and the problems that were met on the way."""

    check_input: CheckInput
    damage: tuple[Problem, ...]


def load_check_input(corpus: CorpusFolder) -> LoadedCheckInput:
    """Read a corpus; raises AnnotatorError where articles, sentences or the schema cannot be read."""
    articles = {a: corpus.article(a) for a in corpus.article_ids()}
    selected = select_items(corpus)
    reviewed = [
        ReviewedSentence(i.annotated, i.annotator, i.seq)
        for i in selected.items
        if i.annotated.annotation.answer in CHECKED_ANSWERS
    ]
    check_input = CheckInput(corpus.schema, reviewed, articles, _queued_sentences(corpus, articles))
    return LoadedCheckInput(
        check_input, tuple(_damage_problems(corpus, selected.journals, selected.missing.excluded))
    )


def _queued_sentences(corpus: CorpusFolder, articles: dict[str, Article]) -> dict[str, Sequence[Sentence]]:
    """Return the annotated sentences of each article in the queue."""
    out: dict[str, Sequence[Sentence]] = {}
    for a, article in articles.items():
        if not article.replaced_by:
            lines = AnnotatedLineIndex(article)
            out[a] = [s for s in corpus.sentences(a) if lines.is_annotated(s.start, s.end)]
    return out


def _damage_problems(
    corpus: CorpusFolder, journals: Sequence[JournalIndex], left_out: Sequence[ExcludedItem]
) -> Iterator[Problem]:
    """Yield the lines of journals that don't count, other warnings, and sentences whose article is gone."""
    for warning in corpus.warnings:
        what, _, cure = warning.partition("; ")
        yield Problem(
            ProblemKind.JOURNAL, ProblemLocation(file="sentences.jsonl"), what, cure or _RESTORE_ADVICE
        )
    for journal in journals:
        for flaw in journal.flaws:
            place = ProblemLocation(
                annotator=journal.name, file=journal_file_name(journal.name), line=flaw.line
            )
            yield Problem(
                ProblemKind.JOURNAL, place, f"the line does not count: {flaw.reason}", _RESTORE_ADVICE
            )
        for warning in journal.warnings if not journal.flaws else ():
            what, _, cure = warning.partition("; ")
            place = ProblemLocation(annotator=journal.name, file=journal_file_name(journal.name))
            yield Problem(ProblemKind.JOURNAL, place, what, cure or "see that the journal is the right one")
    for gone in left_out:
        if gone.why == ARTICLE_MISSING:
            place = problem_location(gone.item.annotated, gone.item.annotator, seq=gone.item.seq)
            yield Problem(ProblemKind.JOURNAL, place, ARTICLE_MISSING, "restore articles/ from a copy")


_RESTORE_ADVICE = "restore the file from a copy"


def add_file_and_line(corpus: CorpusFolder, problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems with file and line for all places that a journal record tells of."""
    wanted: dict[str, set[int]] = {}
    for place in (p for problem in problems for p in (problem.location, *problem.related)):
        if place.seq and not place.file:
            wanted.setdefault(place.annotator, set()).add(place.seq)
    lines = {name: find_record_lines(corpus.path, name, seqs) for name, seqs in sorted(wanted.items())}

    def found(place: ProblemLocation) -> ProblemLocation:
        if not place.seq or place.file:
            return place
        line = lines[place.annotator].get(place.seq, 0)
        return replace(place, file=journal_file_name(place.annotator), line=line)

    return [replace(p, location=found(p.location), related=tuple(map(found, p.related))) for p in problems]
