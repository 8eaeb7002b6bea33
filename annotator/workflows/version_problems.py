"""What annotators have left in sentences that a new version of their article lacks, as problems of a check."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.checks.problem import Problem, ProblemKind, problem_location
from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.carry_over import carry_over
from annotator.storage.article_versions import read_version, replaced_versions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import ReplayedJournal
from annotator.workflows.opening import load_journals


def deleted_sentence_problems(corpus: CorpusFolder) -> Iterator[Problem]:
    """Yield the sentences with work of which the version in force has nothing; journals are read only for those."""
    known = set(corpus.article_ids())
    if not any(corpus.article(a).replaced_by for a in known):
        return
    for journal in load_journals(corpus):
        touched = known.intersection(journal.store.touched_articles)
        carried = {origin for r in journal.journal.records for origin in r.carried_from.split()}
        for newest, olds in replaced_versions(touched, corpus.article).items():
            for w in (w for old in olds for w in _deleted_sentences(corpus, journal, old, newest)):
                if w.sentence.id not in carried:
                    is_exported = w.annotation.answer is Answer.ACCEPT
                    what = "it is exported as it was" if is_exported else "the journal alone has its annotation"
                    place = problem_location(w, journal.annotator, seq=journal.store.last_seq(w.sentence.id) or 0)
                    what = f"the new version {newest} has no such sentence: {what}"
                    yield Problem(ProblemKind.DELETED, place, what, _REMEDY)


_REMEDY = "annotate it where it is now, unless the passage was deleted"


def _deleted_sentences(
    corpus: CorpusFolder, journal: ReplayedJournal, old: str, newest: str
) -> tuple[AnnotatedSentence, ...]:
    before, after = (read_version(corpus, journal.store, corpus.article(a)) for a in (old, newest))
    return carry_over(before, after, corpus.schema).gone
