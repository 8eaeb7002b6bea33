"""What is damaged in the stored files of a corpus, as problems of a check: each with its file, its line and a cure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from annotator.checks.problem import Problem, ProblemKind, ProblemLocation, problem_location
from annotator.core.errors import CorpusError, path_text
from annotator.core.pluralize import pluralize
from annotator.export.options import ExcludedItem
from annotator.storage.article_warnings import (
    CHANGED_METADATA,
    broken_version_warning,
    changed_metadata_warning,
    damaged_article_warning,
)
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import (
    ARTICLES_FOLDER,
    COVERAGE_FILE,
    MIGRATIONS_FILE,
    SENTENCES_FILE,
    SETTINGS_FILE,
    SPLITS_FILE,
    SUGGESTIONS_FOLDER,
)
from annotator.storage.coverage_file import read_coverage_base, read_undamaged_base
from annotator.storage.file_io import REPAIR_HINT
from annotator.storage.journal import journal_file_name
from annotator.storage.journal_index import JournalIndex
from annotator.storage.journal_reader import HARMLESS_ENDINGS
from annotator.storage.migrations import read_migrations
from annotator.storage.splits_file import read_fixed_split
from annotator.storage.suggestions import SUGGEST_AGAIN, suggestion_files
from annotator.workflows.absent_articles import ARTICLE_MISSING, RESTORE_ARTICLES
from annotator.workflows.side_file_problems import side_file_problems
from annotator.workflows.two_machines import unsettled_contradictions


def damage_problems(
    corpus: CorpusFolder, journals: Sequence[JournalIndex], left_out: Sequence[ExcludedItem]
) -> Iterator[Problem]:
    """Yield the lines that don't count, other warnings, and sentences whose article is gone."""
    yield from _damaged_article_problems(corpus, Counter(x.item.annotated.sentence.article for x in left_out))
    yield from _unreadable_file_problems(corpus)
    for journal in journals:
        yield from _contradictions(corpus, journal.name)
    for article in corpus.articles.changed_metadata:
        place = ProblemLocation(article=article, file=f"{ARTICLES_FOLDER}/{article}.json")
        yield Problem(ProblemKind.METADATA, place, CHANGED_METADATA, "see `annotator repair`")
    listed = {damaged_article_warning(*x) for x in corpus.damaged_articles.items()}
    listed |= {corpus.settings_warning, *map(changed_metadata_warning, corpus.articles.changed_metadata)}
    listed |= {broken_version_warning(corpus.articles.get(a)) for a in corpus.article_ids()}
    for warning in (w for w in corpus.warnings if w not in listed):
        what, _, cure = warning.partition("; ")
        yield Problem(ProblemKind.JOURNAL, ProblemLocation(file=SENTENCES_FILE), what, cure or REPAIR_HINT)
    yield from _journal_problems(journals, read_undamaged_base(corpus.path)[1])
    yield from _suggestion_problems(corpus)
    yield from side_file_problems(corpus.path)
    for gone in left_out:
        if gone.why == ARTICLE_MISSING:
            place = problem_location(gone.item.annotated, gone.item.annotator, seq=gone.item.seq)
            yield Problem(ProblemKind.JOURNAL, place, ARTICLE_MISSING, RESTORE_ARTICLES)


def _unreadable_file_problems(corpus: CorpusFolder) -> Iterator[Problem]:
    """Yield the files that no other check reads, where they cannot be read, and damaged settings."""
    if corpus.settings_flaw:
        yield _file_problem(SETTINGS_FILE, corpus.settings_flaw, corpus.settings_flaw.do)
    for file, read in (
        (MIGRATIONS_FILE, read_migrations),
        (SPLITS_FILE, read_fixed_split),
        (COVERAGE_FILE, read_coverage_base),
    ):
        try:
            read(corpus.path)
        except CorpusError as error:
            do = error.do if "annotator repair" in error.do else f"{error.do}, or try `annotator repair`"
            yield _file_problem(file, error, do)


def _file_problem(file: str, error: CorpusError, do: str) -> Problem:
    line = error.where.rpartition(":")[2]
    place = ProblemLocation(file=file, line=int(line) if line.isdecimal() else 0)
    return Problem(ProblemKind.JOURNAL, place, error.what, do)


def _contradictions(corpus: CorpusFolder, annotator: str) -> Iterator[Problem]:
    for c in unsettled_contradictions(corpus, annotator):
        article, _, place = c.sentence.rpartition(":")
        at = ProblemLocation(article, annotator, c.sentence, int(place.split("-")[0]), seq=c.in_force)
        what = f"annotated differently on two machines: record {c.other} and record {c.in_force}, which counts"
        yield Problem(ProblemKind.TWO_MACHINES, at, what, "M in the app lists both sides")


def _damaged_article_problems(corpus: CorpusFolder, accepted: Mapping[str, int]) -> Iterator[Problem]:
    """Yield the articles that are set apart, with how many accepted sentences each has."""
    for article, error in corpus.damaged_articles.items():
        file, _, line = path_text(error.where).removeprefix(f"{path_text(corpus.path)}/").partition(":")
        place = ProblemLocation(article=article, file=file, line=int(line) if line.isdecimal() else 0)
        left = f", with {pluralize(n, 'accepted sentence')}" if (n := accepted.get(article, 0)) else ""
        what = f"article {article} is set apart{left}: {error.what}"
        yield Problem(ProblemKind.JOURNAL, place, what, error.do)


def _journal_problems(journals: Sequence[JournalIndex], coverage_flaw: str) -> Iterator[Problem]:
    """Yield the lines of journals that do not count, and other warnings, but for one that is of no journal."""
    for journal in journals:
        place = ProblemLocation(annotator=journal.name, file=journal_file_name(journal.name))
        for reason, words in HARMLESS_ENDINGS.items():  # git or an editor has turned the file: no line of it is lost
            if lines := [flaw.line for flaw in journal.flaws if flaw.reason == reason]:
                what = f"{pluralize(len(lines), 'line')} of the file {words}, so nothing can be saved"
                yield Problem(ProblemKind.JOURNAL, replace(place, line=lines[0]), what, REPAIR_HINT)
        for flaw in (f for f in journal.flaws if f.reason not in HARMLESS_ENDINGS):
            what = f"the line does not count: {flaw.reason}"
            yield Problem(ProblemKind.JOURNAL, replace(place, line=flaw.line), what, REPAIR_HINT)
        for warning in (w for w in journal.warnings if not journal.flaws and w != coverage_flaw):
            what, _, cure = warning.partition("; ")
            yield Problem(ProblemKind.JOURNAL, place, what, cure or "see that the journal is the right one")


def _suggestion_problems(corpus: CorpusFolder) -> Iterator[Problem]:
    """Yield the lines of suggestion files that are none."""
    for file in suggestion_files(corpus.path).values():
        place = ProblemLocation(file=f"{SUGGESTIONS_FOLDER}/{file.path.name}")
        try:
            for line in file.flaws:
                what = "the line is no suggestions of a sentence"
                yield Problem(ProblemKind.JOURNAL, replace(place, line=line), what, SUGGEST_AGAIN)
        except CorpusError as error:
            yield Problem(ProblemKind.JOURNAL, place, error.what, error.do)
