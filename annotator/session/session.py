"""One annotator at work on one corpus: open, do, undo, move, and the state to draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Article, LineVerdict, Sentence
from annotator.core.edits import Edit, History, Op, join_sentences, split_sentence
from annotator.core.errors import JournalError, RuleError
from annotator.core.journal_record import JournalRecord, KeystrokeKind
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion
from annotator.session.activity_tracker import ActivityTracker
from annotator.session.article_cache import AnswerProgress, ArticleCache
from annotator.session.journal_writer import JournalWriter
from annotator.session.navigation import Navigation
from annotator.session.session_checks import records_of_present_articles
from annotator.session.state import SaveState, StatusMessage
from annotator.storage.corpus_folder import CorpusFolder
from annotator.storage.journal import Journal
from annotator.storage.suggestions import suggestion_files
from annotator.suggest.suggestion_service import SuggestionService

LOCK_WAIT_SECONDS = 0.3
"""How many seconds a switched line waits for another process writing to the corpus; the screen waits too."""

MAX_COUNTED_AT_START = 300
"""A corpus of more articles is counted only when somebody asks for the overview."""


def _no_listener() -> None:
    """Stand in for a listener where nobody listens."""


class QueuePosition(Struct):
    """Where the annotator is: an article by number in the queue, a sentence by index in it."""

    article: int = 0
    sentence: int = 0


class AnnotationSession:
    """Holds the works of one annotator and passes every deed to the journal.

    ``changed`` is called from the saver's thread whenever the saved mark may have changed.
    """

    saved_at = 0.0
    """When the last deed was on the disk, in seconds since 1970; 0 before the first."""
    _has_counted_all = False

    def __init__(
        self,
        corpus: CorpusFolder,
        journal: Journal,
        *,
        schema: Schema,
        annotator: str,
        clock: Callable[[], float],
        session_id: str,
        start: str = "",
        read_only: bool = False,
        changed: Callable[[], None] = _no_listener,
    ) -> None:
        """Take in the journal and go to ``start`` (a sentence id), else to where the work goes on."""
        self.corpus = corpus
        self.schema = schema
        self.annotator = annotator
        self.read_only = read_only or journal.read_only
        self.changed = changed
        self.warnings = [*corpus.warnings, *journal.warnings]
        self.message: StatusMessage | None = None
        self.banner = journal.warnings[0] if journal.damaged else ""
        self._journal = journal
        self._clock = clock
        self._session_id = session_id
        self.activity_tracker = ActivityTracker()
        self._failure: JournalError | None = None
        self.annotation_store = AnnotationStore(corpus.sentences)
        self.article_cache = ArticleCache(corpus, self.annotation_store)
        self.queue = self._build_queue(corpus.article_ids())
        records = records_of_present_articles(journal.records, corpus.article_ids(), schema, self.warnings)
        self.history: History = self.annotation_store.replay(records)
        touched = [
            w
            for a in self.annotation_store.touched_articles
            for w in self.annotation_store.touched_sentences_of(a)
        ]
        self.spans_made = sum(len(w.annotation.spans) for w in touched)
        self.suggestion_service = self._open_suggestion_service(touched)
        self.navigation = Navigation(self)
        self._seq = self._saved_seq = journal.next_seq - 1
        self._journal_writer = (
            None if self.read_only else JournalWriter(journal, self._on_saved, self._on_failed)
        )
        self.position = QueuePosition()
        self._go_to_start(start, records[-1] if records else None)

    def _open_suggestion_service(self, touched: Sequence[AnnotatedSentence]) -> SuggestionService:
        """Return the sources of suggestions; what the journal tells is learned article by article."""

        def text(a: str) -> tuple[str, list[Sentence]]:
            return self.article(a).text, [w.sentence for w in self.sentences_of(a)]

        suggestion_service = SuggestionService(self.schema, text, suggestion_files(self.corpus.path))
        suggestion_service.queue_annotations(touched)
        return suggestion_service

    def _build_queue(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return the articles to go through; a large corpus is not read whole to leave old versions out."""
        if len(ids) > MAX_COUNTED_AT_START:
            return ids
        return tuple(a for a in ids if not self.article(a).replaced_by)

    # -- what there is -------------------------------------------------------------------------

    def article(self, article_id: str) -> Article:
        """Return an article of the corpus."""
        return self.article_cache.article(article_id)

    def sentences_of(self, article_id: str) -> tuple[AnnotatedSentence, ...]:
        """Return the works of an article that stand in the queue."""
        return self.article_cache.sentences_of(article_id)

    @property
    def current_article_id(self) -> str:
        """The id of the article in hand."""
        return self.queue[self.position.article]

    @property
    def article_sentences(self) -> tuple[AnnotatedSentence, ...]:
        """The works of the article in hand."""
        return self.sentences_of(self.current_article_id)

    @property
    def annotated(self) -> AnnotatedSentence:
        """The active sentence and its annotation."""
        return self.article_sentences[self.position.sentence]

    def suggestions_for(self, i: int) -> Sequence[Suggestion]:
        """Return what every source suggests for a sentence of the article in hand, by index."""
        return self.suggestion_service.suggestions(self.article_sentences[i])

    def progress_of(self, article_id: str) -> AnswerProgress:
        """Return how far an article is."""
        return self.article_cache.progress_of(article_id)

    def count_progress(self) -> AnswerProgress:
        """Count how far the corpus is; looks at every article the first time."""
        self._has_counted_all = True
        each = [self.article_cache.progress_of(a) for a in self.queue]
        return AnswerProgress(sum(p.done for p in each), sum(p.total for p in each))

    @property
    def corpus_progress(self) -> AnswerProgress:
        """How far the corpus is; zeros while a large one has not been counted yet."""
        small = len(self.queue) <= MAX_COUNTED_AT_START
        return self.count_progress() if small or self._has_counted_all else self.navigation.corpus_progress

    @property
    def save_state(self) -> SaveState:
        """Whether everything done so far is on the disk."""
        if self.banner:
            return SaveState.FAILED
        if self.read_only:
            return SaveState.READ_ONLY
        return SaveState.SAVED if self._saved_seq >= self._seq else SaveState.SAVING

    # -- deeds ---------------------------------------------------------------------------------

    def apply_edit(self, edit: Edit) -> None:
        """Carry out an edit, note it for undo and hand it to the journal."""
        self._require_writable()
        self.annotation_store.apply(edit)
        self.article_cache.update(edit.before, edit.after)
        self.suggestion_service.update(edit.before, edit.after)
        self.navigation.update(edit)
        self.history.record_edit(edit)
        self._write(edit.op, edit.before, edit.after)
        self.message = StatusMessage(edit.message) if edit.message else None

    def undo(self) -> Edit | None:
        """Take the last deed back, whichever session it was done in, and go to its place."""
        return self._undo_or_redo(Op.UNDO)

    def redo(self) -> Edit | None:
        """Do again what was last taken back, and go to its place."""
        return self._undo_or_redo(Op.REDO)

    def _undo_or_redo(self, op: Op) -> Edit | None:
        self._require_writable()
        edit = self.history.undo() if op is Op.UNDO else self.history.redo()
        if edit is None:
            self.message = StatusMessage(f"nothing to {op.value}")
            return None
        self.annotation_store.replace_sentences(edit.before, edit.after)
        self.article_cache.update(edit.before, edit.after)
        self.suggestion_service.update(edit.before, edit.after)
        self.navigation.update(edit)
        self._write(op, edit.before, edit.after)
        shown = self.go_to(edit.after[0].sentence.id)
        note = "" if shown else " (its line is switched off, or its article has a new version)"
        self.message = StatusMessage(
            f"{'undone' if op is Op.UNDO else 'redone'}: {edit.message or edit.op.value}{note}"
        )
        return edit

    def join(self) -> None:
        """Join the active sentence with the next one of the article."""
        at = self.position.sentence
        if at + 1 >= len(self.article_sentences):
            raise RuleError("this is the last sentence of the article")
        self.apply_edit(
            join_sentences(
                self.article_sentences[at],
                self.article_sentences[at + 1],
                self.article(self.current_article_id).text,
            )
        )

    def split(self, token: int) -> None:
        """Split the active sentence before a token."""
        self.apply_edit(split_sentence(self.annotated, token, self.article(self.current_article_id).text))

    def set_line_verdict(self, article_id: str, line: int, verdict: LineVerdict) -> None:
        """Give a line of an article another verdict; written at once."""
        self._require_writable()
        self.corpus.set_line_verdict(
            article_id, line, verdict, by=self.annotator, time=self._clock(), wait=LOCK_WAIT_SECONDS
        )
        self._invalidate_article(article_id)

    def undo_line_verdict(self, article_id: str) -> bool:
        """Take back the last switched line of an article; False where there is none."""
        self._require_writable()
        done = self.corpus.undo_line_verdict(
            article_id, by=self.annotator, time=self._clock(), wait=LOCK_WAIT_SECONDS
        )
        self._invalidate_article(article_id)
        return done is not None

    def _invalidate_article(self, article_id: str) -> None:
        here = self.annotated.sentence.id if self.article_sentences else ""
        self.article_cache.invalidate(article_id)
        self.suggestion_service.invalidate_article(article_id)
        self.navigation.invalidate(article_id)
        if not (here and self.go_to(here)):
            self.position.sentence = min(self.position.sentence, max(0, len(self.article_sentences) - 1))

    def _require_writable(self) -> None:
        if self._journal.damaged:
            raise RuleError(
                "the journal is damaged, nothing can be saved", do="leave, and do what the red row says"
            )
        if self.read_only:
            raise RuleError(
                "the corpus is open to read only", do="start again without --read-only to annotate"
            )

    def count_keystroke(self, kind: KeystrokeKind) -> None:
        """Count a key that was pressed; the next record tells of it."""
        self.activity_tracker.count_keystroke(kind)

    def _write(self, op: Op, before: Sequence[AnnotatedSentence], after: Sequence[AnnotatedSentence]) -> None:
        assert self._journal_writer is not None
        first, n, keys = self._seq + 1, len(after), self.activity_tracker.take_keystrokes()
        records = [
            JournalRecord(
                first + i,
                op,
                annotated,
                parent=self.annotation_store.last_seq(annotated.sentence.id),
                batch=(first, n) if n > 1 else None,
                annotator=self.annotator,
                session=self._session_id,
                time=self._clock(),
                keystrokes=keys if i == 0 else None,
            )
            for i, annotated in enumerate(after)
        ]
        for record in records:
            self.annotation_store.remember_seq(record)
        self._seq += n
        self._journal_writer.put(records)
        self.activity_tracker.observe_edit(op, before, after, records[-1].time)

    # -- saving --------------------------------------------------------------------------------

    def _on_saved(self, seq: int) -> None:
        self._saved_seq = seq
        self.saved_at = self._clock()
        self.changed()

    def _on_failed(self, error: JournalError, rescue: Path | None) -> None:
        kept = (
            f"your work is kept in {rescue}"
            if rescue
            else "your work is in memory only: copy it before you quit"
        )
        self._failure = self._failure or error  # what went wrong first is the cause
        self.banner = f"{kept}; {self._failure}"
        self.changed()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until every deed is on the disk; False where that failed."""
        return self._journal_writer is None or self._journal_writer.flush(timeout)

    def close(self) -> bool:
        """Save what is left and let go of the journal; False where something could not be saved."""
        saved = self._journal_writer is None or self._journal_writer.close()
        if self._journal_writer is None or not self._journal_writer.stuck:
            # Else it would wait for the disk that hangs; the end of the process lets go of it.
            self._journal.close()
        return saved

    # -- moving --------------------------------------------------------------------------------

    def go_to(self, sentence_id: str) -> bool:
        """Go to a sentence by id, or to the one that now holds its start; False where it isn't shown."""
        article, _, place = sentence_id.rpartition(":")
        first = place.partition("-")[0]
        if article not in self.queue or not first.isdecimal():
            return False
        start = int(first)
        for i, annotated in enumerate(self.sentences_of(article)):
            if annotated.sentence.start <= start < annotated.sentence.end:
                self.position = QueuePosition(self.queue.index(article), i)
                return True
        return False

    def move_sentence(self, by: int) -> bool:
        """Go ``by`` sentences on, over the article's edge where there is a further article.

        With a filter: to the nearest sentence that it holds for.
        """
        if self.navigation.query:
            return self.navigation.go_to_nearest_match(by)
        to = self.position.sentence + by
        if 0 <= to < len(self.article_sentences):
            self.position.sentence = to
            return True
        return self.move_article(1 if by > 0 else -1, last=by < 0)

    def move_article(self, by: int, *, last: bool = False) -> bool:
        """Go to the next (1) or previous (-1) article that has sentences; its first, or its last."""
        to = self.position.article + by
        while 0 <= to < len(self.queue):
            if annotated_sentences := self.sentences_of(self.queue[to]):
                self.position = QueuePosition(to, len(annotated_sentences) - 1 if last else 0)
                return True
            to += by
        self.message = StatusMessage("this is the last sentence" if by > 0 else "this is the first sentence")
        return False

    def move_in_article(self, to: int) -> None:
        """Go to a sentence of the article by index; -1 is the last."""
        self.position.sentence = to % max(1, len(self.article_sentences))

    def go_to_next_open(self) -> bool:
        """Go to the next sentence without an answer, from here on and round; False where all are done.

        Filter and order of the way decide what the next one is.
        """
        if self.navigation.is_customized:
            return self.navigation.go_to_next_open()
        n = len(self.queue)
        for step in range(n + 1 if n else 0):
            number = (self.position.article + step) % n
            annotated_sentences = self.sentences_of(self.queue[number])
            first = self.position.sentence + 1 if step == 0 else 0
            for i in range(first, len(annotated_sentences)):
                if not annotated_sentences[i].done:
                    self.position = QueuePosition(number, i)
                    return True
        return False

    def _go_to_start(self, start: str, last: JournalRecord | None) -> None:
        if start and self.go_to(start):
            return
        if last and self.go_to(last.annotated.sentence.id):
            if self.annotated.done:
                self.go_to_next_open()
            return
        self.position = QueuePosition(
            0, -1
        )  # before the first sentence, so that it is the first to be looked at
        if not self.queue or not self.go_to_next_open():
            self.position = QueuePosition()
            if not self.article_sentences:
                self.move_article(1)
