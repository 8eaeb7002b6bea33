"""The versions of articles, as problems of a check: broken links, and work that a new version has no place for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from annotator.checks.problem import Problem, ProblemKind, ProblemLocation, problem_location
from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.carry_over import carry_over
from annotator.storage.article_versions import read_version, replaced_versions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.corpus_layout import ARTICLES_FOLDER
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


def version_link_problems(corpus: CorpusFolder) -> Iterator[Problem]:
    """Yield the links between versions that lead nowhere, and articles in force that replace the same one."""
    stored = {a: corpus.articles.origin(a) for a in corpus.article_ids()}
    in_force: dict[str, list[str]] = {}
    for article, links in stored.items():
        is_current = not corpus.article(article).replaced_by
        if is_current:
            in_force.setdefault(links.replaces, []).append(article)
        if links.replaced_by and is_current:
            yield _link_problem(article, f"{_broken(corpus, links.replaced_by, 'replaced_by')}; it stays in the queue")
        elif links.replaces and not corpus.articles.has(links.replaces):
            yield _link_problem(article, _broken(corpus, links.replaces, "replaces"))
        elif article in _following(article, {a: x.replaces for a, x in stored.items()}):
            yield _link_problem(article, "its earlier versions run in a circle")
    for replaced, both in in_force.items():
        if replaced and len(both) > 1:
            yield _link_problem(both[0], f"{' and '.join(both)} both replace {replaced}, and are both in the queue")


def _broken(corpus: CorpusFolder, article: str, field: str) -> str:
    if not corpus.articles.has(article):
        return f"`{field}` names {article}, which is not there"
    return f"`{field}` names {article}, and the later versions run in a circle"


def _following(article: str, links: Mapping[str, str]) -> list[str]:
    """Return the articles that links lead to, each once."""
    found: list[str] = []
    while (article := links.get(article, "")) and article not in found:
        found.append(article)
    return found


def _link_problem(article: str, what: str) -> Problem:
    place = ProblemLocation(article=article, file=f"{ARTICLES_FOLDER}/{article}.json")
    return Problem(ProblemKind.VERSIONS, place, what, _INGEST_AGAIN)


_INGEST_AGAIN = "ingest the source again: the version that it has now counts"
