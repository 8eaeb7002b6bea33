"""Which sentences of a corpus are still to be done, by anybody or by one annotator."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from annotator.core.annotation import Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.coverage import covered_labels
from annotator.core.errors import JournalError
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal, ReplayedJournal
from annotator.workflows.opening import chosen_annotators


def open_sentence_test(corpus: CorpusFolder, annotator: str | None = None) -> Callable[[Sentence], bool]:
    """Return the function that is true for a stored sentence that nobody, or not this annotator, has finished.

    A sentence is finished where every token is in a sentence, joined or split, that has an answer; an accepted
    one counts where it was read for all labels. Raises AnnotatorError for an annotator without a journal, JournalError.
    """
    labels = [x.name for x in corpus.schema.labels]
    finished: dict[str, list[tuple[int, int]]] = {}
    for name in chosen_annotators(corpus, annotator):
        journal = Journal.open(corpus.path, name, read_only=True)
        if journal.damaged:
            raise JournalError(journal.warnings[0], do="mend it first, or suggest for all sentences")
        for annotated in ReplayedJournal.of(journal, corpus.sentences_to_replay).annotated_sentences:
            if _is_finished(annotated.annotation, labels):
                s = annotated.sentence
                finished.setdefault(s.article, []).append((s.start, s.end))

    def is_open(sentence: Sentence) -> bool:
        ranges = [r for r in finished.get(sentence.article, ()) if r[0] < sentence.end and sentence.start < r[1]]
        return not _contain(ranges, ((sentence.start + t.start, sentence.start + t.end) for t in sentence.tokens))

    return is_open


def _is_finished(annotation: Annotation, labels: list[str]) -> bool:
    if annotation.answer is Answer.ACCEPT:
        return len(covered_labels(annotation.covers, labels)) == len(labels)
    return annotation.answer is not None


def _contain(ranges: list[tuple[int, int]], tokens: Iterable[tuple[int, int]]) -> bool:
    return bool(ranges) and all(any(a <= start and end <= b for a, b in ranges) for start, end in tokens)
