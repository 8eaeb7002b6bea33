"""What is left to do: at the end of an article, at the end of the corpus, and when one leaves."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator

from annotator.core.pluralize import pluralize
from annotator.session.actions.annotation_actions import count_left
from annotator.session.session import MAX_COUNTED_AT_START, AnnotationSession


def article_end_message(session: AnnotationSession, number: int, key_text: Callable[[str], str]) -> str:
    """Return what an article (by number in the queue) still needs, when work goes on in another one.

    ``key_text`` returns the key of a command.
    """
    sentences = session.navigation.sentences_at(number)
    unfinished = sum(not session.navigation.is_done(w) for w in sentences)
    state = f": {pluralize(unfinished, 'sentence')} open" if unfinished else " done"
    left = _left_text(count_left(sentences, session.label_pass), key_text)
    return " · ".join([f"article {number + 1}{state}", *left])


def corpus_end_message(session: AnnotationSession, key_text: Callable[[str], str]) -> str:
    """Return what is left where no sentence is open any more, and the next command."""
    navigation = session.navigation
    if navigation.query:
        return f"no open sentence is left that matches {navigation.query}: {key_text('filter')} takes the filter off"
    worklists = " · ".join(_worklist_texts(session, key_text))
    leave = f"Ctrl+C twice leaves, then: {export_command(session)}"
    return " · ".join(filter(None, ("every sentence is done", worklists, leave)))


def _left_text(n: int, key_text: Callable[[str], str]) -> Iterator[str]:
    if n:
        yield f"{pluralize(n, 'suggestion')} left: {key_text('left_suggestions')}"


def _worklist_texts(session: AnnotationSession, key_text: Callable[[str], str]) -> Iterator[str]:
    """Yield what each worklist has; the same words of a large corpus would take too long for a key."""
    problems, touched = session.navigation.problem_finder, session.navigation.touched_sentences()
    yield from _left_text(count_left((w for found in touched.values() for w in found), session.label_pass), key_text)
    if len(session.navigation.articles.articles) <= MAX_COUNTED_AT_START:
        if n := len(problems.inconsistencies(touched)):
            yield f"{pluralize(n, 'phrase')} not labelled alike: {key_text('worklist')}"
        if n := sum(session.navigation.sentence_search.article(a).is_doubtful for a in session.queue):
            yield f"{pluralize(n, 'article')} with doubtful lines, # in {key_text('overview')}"
    if n := len(session.machine_differences.keys() & problems.unsettled):
        yield f"{pluralize(n, 'sentence')} of two machines: {key_text('two_machines')}"
    if n := len(problems.misaligned_spans(touched)):
        yield f"{pluralize(n, 'span')} inside a token: {key_text('repairs')}"


def export_command(session: AnnotationSession) -> str:
    """Return the command that exports the corpus."""
    return f"annotator export {shlex.quote(str(session.corpus.path))} out"


def leaving_line(session: AnnotationSession) -> str:
    """Return how far the work is, and the next command; without all sentences while they are not counted."""
    progress, spans = session.corpus_progress, pluralize(session.count_spans(), "span")
    done = f"{progress.done:,} of {pluralize(progress.total, 'sentence')}, " if progress.total else ""
    return f"{session.corpus.name}: {done}{spans} · {export_command(session)}"
