"""All annotated sentences of one annotator: the stored sentences, overlaid with the journal.

A sentence without a record is the stored one. One that was edited, joined or split comes from the overlay
and hides every stored sentence that it shares text with.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from annotator.core.annotation import AnnotatedSentence
from annotator.core.article import Sentence
from annotator.core.edit_history import History
from annotator.core.edits import SINGLE_SENTENCE_OPS, Edit, Op
from annotator.core.errors import RuleError
from annotator.core.journal_record import JournalRecord
from annotator.core.spans import overlap_finder

SentenceBounds = tuple[int, int]


class AnnotationStore:
    """The sentences of each article with one annotator's annotations."""

    def __init__(self, stored_sentences: Callable[[str], Sequence[Sentence]]) -> None:
        """Start without records; ``stored_sentences`` returns the sentences of an article by its id."""
        self._stored_sentences = stored_sentences
        self._touched: dict[str, dict[SentenceBounds, AnnotatedSentence]] = {}
        self._ranges: dict[str, list[SentenceBounds]] = {}
        self._seqs: dict[str, int] = {}
        self._origins: dict[str, str] = {}
        """Where the sentences come from whose last record has carried them over, by id."""

    def sentences_of(self, article: str) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences of an article in text order."""
        touched = self._touched.get(article, {})
        ranges = self._ranges.get(article, [])
        kept = [
            AnnotatedSentence(s) for s in self._stored_sentences(article) if not _overlaps_any(ranges, (s.start, s.end))
        ]
        return tuple(sorted([*kept, *touched.values()], key=lambda w: w.sentence.start))

    def touched_sentences_of(self, article: str) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences of an article that have a record, in text order."""
        touched = self._touched.get(article, {})
        return tuple(touched[p] for p in self._ranges.get(article, []))

    @property
    def touched_articles(self) -> tuple[str, ...]:
        """The ids of the articles that have a record, in the order of their first one."""
        return tuple(a for a, t in self._touched.items() if t)

    def last_seq(self, sentence_id: str) -> int | None:
        """Return the ``seq`` of a sentence's last record, or None."""
        return self._seqs.get(sentence_id)

    def decision_seq(self, sentence_id: str) -> int:
        """Return the ``seq`` of a sentence's last decision, 0 for none: what was carried over was decided before."""
        seq = self._seqs.get(sentence_id, 0)
        earlier = [o for o in self._origins.get(sentence_id, "").split() if 0 < self._seqs.get(o, 0) < seq]
        return max((self.decision_seq(o) for o in earlier), default=seq)

    def apply(self, edit: Edit) -> None:
        """Replace the sentences before the edit by those after it.

        Raises RuleError, and changes nothing, where an annotation is not as the edit found it.
        """
        for annotated in edit.before:
            now = self._touched.get(annotated.sentence.article, {}).get(_sentence_range(annotated))
            if now is not None and now.annotation != annotated.annotation:
                what = "the sentence has changed since"
                raise RuleError(what, where=annotated.sentence.id, do="look at it and try again")
        self.replace_sentences(edit.before, edit.after)

    def replace_sentences(self, before: Iterable[AnnotatedSentence], after: Iterable[AnnotatedSentence]) -> None:
        """Remove the sentences ``before`` and add those ``after``."""
        for annotated in before:
            article, sentence_range = annotated.sentence.article, _sentence_range(annotated)
            if self._touched.get(article, {}).pop(sentence_range, None) is not None:
                self._ranges[article].remove(sentence_range)
        for annotated in after:
            article, sentence_range = annotated.sentence.article, _sentence_range(annotated)
            there = self._touched.setdefault(article, {})
            if sentence_range not in there:
                insort(self._ranges.setdefault(article, []), sentence_range)
            there[sentence_range] = annotated

    def overlapping(self, article: str, start: int, end: int) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences that share text with ``[start, end)`` of the article."""
        return tuple(w for w in self.sentences_of(article) if w.sentence.start < end and start < w.sentence.end)

    def remember_seq(self, record: JournalRecord) -> None:
        """Remember the last record of a sentence."""
        sentence = record.annotated.sentence.id
        self._seqs[sentence] = record.seq
        if record.carried_from or sentence in self._origins:
            self._origins[sentence] = record.carried_from

    def replay(self, records: Iterable[JournalRecord]) -> History:
        """Apply the records of a journal, oldest first, and return the history that they make."""
        history = History()
        for batch in _group_batches(records):
            self._replay_batch(batch, history)
        return history

    def _replay_batch(self, batch: Sequence[JournalRecord], history: History) -> None:
        after = tuple(r.annotated for r in batch)
        op = batch[0].op
        edit = _edit_from_history(history, op, after)
        if edit is None:
            edit = Edit(op, self._sentences_before(op, after), after)
            history.record_edit(edit)
        if op is Op.MIGRATE:  # earlier edits have labels that the schema may lack now
            history.done.clear()
        self.replace_sentences(edit.before, ())
        self.replace_sentences((), edit.after)
        for record in batch:
            self.remember_seq(record)

    def _sentences_before(self, op: Op, after: tuple[AnnotatedSentence, ...]) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences that ``after`` replaces."""
        if op is Op.CARRY or op not in SINGLE_SENTENCE_OPS:
            # Joins and splits, also undone or carried over. What is between two sentences of an edit is not of it.
            return tuple(w for a in dict.fromkeys(w.sentence.article for w in after) for w in self._covered(a, after))
        if len(after) == 1:
            return self._sentences_before_one(after[0].sentence)
        # Several sentences of one edit need not be neighbours, nor of one article.
        # Two of them may be parts of one, in a journal that was put together from others.
        return tuple(dict.fromkeys(b for w in after for b in self._sentences_before_one(w.sentence)))

    def _covered(self, article: str, after: Iterable[AnnotatedSentence]) -> Iterable[AnnotatedSentence]:
        """Return the sentences of an article that share text with some others."""
        overlaps = overlap_finder(_sentence_range(w) for w in after if w.sentence.article == article)
        return (w for w in self.sentences_of(article) if overlaps(*_sentence_range(w)))

    def _sentences_before_one(self, s: Sentence) -> tuple[AnnotatedSentence, ...]:
        known = self._touched.get(s.article, {}).get((s.start, s.end))
        if known is not None:
            return (known,)
        if not _overlaps_any(self._ranges.get(s.article, []), (s.start, s.end)):
            return (AnnotatedSentence(s),)
        return self.overlapping(s.article, s.start, s.end)


def _edit_from_history(history: History, op: Op, after: tuple[AnnotatedSentence, ...]) -> Edit | None:
    """Return the edit that an undo or redo record means, if it is the last one in the history."""
    if op not in {Op.UNDO, Op.REDO}:
        return None
    edit = history.done.top() if op is Op.UNDO else history.undone.top()
    if edit is None:
        return None
    expected = edit.before if op is Op.UNDO else edit.after
    if [(w.sentence.id, w.annotation) for w in expected] != [(w.sentence.id, w.annotation) for w in after]:
        return None
    return history.undo() if op is Op.UNDO else history.redo()


def _group_batches(records: Iterable[JournalRecord]) -> Iterable[list[JournalRecord]]:
    """Group records into edits: a batch is one, any other record by itself."""
    batch: list[JournalRecord] = []
    for record in records:
        if batch and (record.batch is None or record.batch != batch[0].batch):
            yield batch
            batch = []
        batch.append(record)
        if record.batch is None:
            yield batch
            batch = []
    if batch:
        yield batch


def _sentence_range(annotated: AnnotatedSentence) -> SentenceBounds:
    return (annotated.sentence.start, annotated.sentence.end)


def _overlaps_any(ranges: Sequence[SentenceBounds], sentence_range: SentenceBounds) -> bool:
    """Return True if ``sentence_range`` shares text with one of the sorted, disjoint ``ranges``."""
    at = bisect_right(ranges, sentence_range[0], key=itemgetter(1))
    return at < len(ranges) and ranges[at][0] < sentence_range[1]
