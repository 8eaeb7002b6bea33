"""One annotator at work on one corpus: open, edit, undo, save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from annotator.core.annotation import AnnotatedSentence
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Article, LineVerdict, Sentence
from annotator.core.article_queue import ArticleQueue
from annotator.core.edit_history import History
from annotator.core.edits import Edit, Op, join_sentences, split_sentence
from annotator.core.errors import CorpusError, DamagedArticleError, RuleError
from annotator.core.journal_record import JournalRecord, KeystrokeCounts, KeystrokeKind
from annotator.core.label_pass import LabelPass
from annotator.core.pluralize import pluralize
from annotator.core.schema import Schema
from annotator.core.suggestion import Suggestion, suggestion_from_left
from annotator.session.journal_writer import RETRY_SECONDS, JournalWriter, SaveFailure
from annotator.session.navigation import Navigation, QueuePosition
from annotator.session.opening_warnings import records_of_present_articles
from annotator.session.sentence_search import AnswerProgress, ArticleCache, SentenceSearch
from annotator.session.state import SaveState
from annotator.session.suggestion_updates import SuggestionUpdates
from annotator.session.two_machines import open_differences
from annotator.session.version_carry import carried_message, carry_overs, changed_carries
from annotator.statistics.edit_events import SpeedMonitor, SpeedWarning, event_from_edit
from annotator.storage.article_groups import read_article_groups
from annotator.storage.corpus_folder import MAX_READ_FOR_QUEUE, CorpusFolder
from annotator.storage.corpus_layout import repair_command
from annotator.storage.journal import Journal
from annotator.storage.repair_reports import leads_back, read_contradictions
from annotator.suggest.suggestion_service import SuggestionService

LOCK_WAIT_SECONDS = 0.3
"""How many seconds a switched line waits for another process writing to the corpus; the screen waits too."""

SAVE_WAIT_SECONDS = 1.0
"""How many seconds the screen waits for a disk when somebody asks to save, or leaves."""
LEARNED_AT_START = 500
"""So many sentences of the journal the suggestions know from the first one on (about 40 ms), the others soon after."""

MAX_COUNTED_AT_START = MAX_READ_FOR_QUEUE
"""A corpus of more articles is counted only when somebody asks for the overview."""


def _failure_text(failure: SaveFailure, *, ended: bool) -> str:
    """Return what could not be saved, why, and where it is kept; the reason comes first, a path last."""
    error, n = failure.error, failure.decisions
    reason = f"{error.what}; {error.do}" if error.do else error.what
    decisions = "1 decision is" if n == 1 else f"{n} decisions are"
    if failure.rescue is None:
        return f"{decisions} {'lost' if ended else 'in memory only'}: {reason}"
    return f"{decisions} not in the journal: {reason}. Kept in {failure.rescue}"


class AnnotationSession:
    """Holds the annotations of one annotator and passes every edit to the journal."""

    saved_at = 0.0
    """When the last edit was on the disk, in seconds since 1970; 0 before the first."""

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
        label_pass: LabelPass | None = None,
    ) -> None:
        """Take in the journal and go to ``start`` (a sentence id), else to where the work goes on."""
        self.corpus = corpus
        self.schema = schema
        self.label_pass = label_pass or LabelPass.of(schema)
        self.annotator = annotator
        self.read_only = read_only or journal.takes_nothing
        self._ended = False
        self._notify_saved: Callable[[], None] = lambda: None
        self._notify_warning: Callable[[str], None] = lambda _: None
        self._look_for_news: Callable[[], None] = lambda: None
        self._notify_news: Callable[[str], None] = lambda _: None
        self.warnings = [*corpus.warnings, *journal.warnings]
        self.damage = journal.warnings[0] if journal.damaged else ""
        """What is wrong with the journal, so that it takes no records."""
        self._journal, self._clock, self._session_id = journal, clock, session_id
        self._keystrokes: KeystrokeCounts | None = None
        """The keys since the last edit; None where no screen counts them."""
        self._speed_monitor = SpeedMonitor()
        self.speed_warning: SpeedWarning | None = None
        """The hasty stretch that the last edit has ended, if it did."""
        self.annotation_store = AnnotationStore(corpus.sentences)
        self.article_cache = ArticleCache(corpus, self.annotation_store, self._warn, self.label_pass)
        queue = self._open_queue()
        records, self.history = self._replay(journal.read_records)

        def article_text(a: str) -> tuple[str, list[Sentence]]:
            return self.article(a).text, [w.sentence for w in self.sentences_of(a)]

        self.suggestion_updates = SuggestionUpdates(corpus.path, annotator, self._warn)
        self.suggestion_service = SuggestionService(
            schema, article_text, self.suggestion_updates.files, warn=self._warn
        )
        self.suggestion_service.queue_annotations(list(self._touched_sentences()))
        self.suggestion_service.learn(LEARNED_AT_START)
        search = SentenceSearch(corpus.path, queue, self.label_pass)
        self.navigation = Navigation(queue, self.article_cache, self.annotation_store, search, schema)
        self._list_unsettled(records)
        self._saved_seq = journal.next_seq - 1
        self._seq = self._saved_seq + (len(journal.pending.records) if journal.pending else 0)
        self._journal_writer = (
            None
            if self.read_only
            else JournalWriter(journal, self._on_saved, self._on_failed, RETRY_SECONDS, pending=journal.pending)
        )
        self._carry_over({origin: r.seq for r in records for origin in r.carried_from.split()})
        goes_on = records and not self.label_pass.is_partial  # a new pass goes through everything again
        self.navigation.start_at(start, records[-1].annotated if goes_on else None)

    def _open_queue(self) -> ArticleQueue:
        """Return the articles to go through, rows of one document together; a large corpus is not read whole for it."""
        ids = self.corpus.queue(self.article, MAX_COUNTED_AT_START)
        if len(ids) > MAX_COUNTED_AT_START:
            return ArticleQueue(ids, read_article_groups(self.corpus.path, ids))
        return ArticleQueue(ids, {a: group for a in ids if (group := self.article(a).group)})

    def _replay(self, every: Sequence[JournalRecord]) -> tuple[Sequence[JournalRecord], History]:
        """Replay the records of the articles that can be read, and return them with the history that they make."""
        corpus = self.corpus
        try:
            records = records_of_present_articles(
                every, corpus.article_ids(), self.schema, self.warnings, corpus.damaged_articles
            )
            return records, self.annotation_store.replay(records)
        except DamagedArticleError:
            for _ in corpus.readable_articles():
                pass
            self.warnings = [*corpus.warnings, *(w for w in self.warnings if w not in corpus.warnings)]
            self.annotation_store = AnnotationStore(corpus.sentences)
            self.article_cache = ArticleCache(corpus, self.annotation_store, self._warn, self.label_pass)
            return self._replay(every)

    def _list_unsettled(self, records: Sequence[JournalRecord]) -> None:
        """Put what two machines have left differently, and what a new version has changed, among the problems."""
        self.machine_differences = open_differences(read_contradictions(self.corpus.path, self.annotator), records)
        if n := len(self.machine_differences):
            what = f"{pluralize(n, 'sentence')} annotated differently on two machines"
            self.warnings.append(f"{what}: M lists both sides, and one key lets a side count")
        self._changed_carries = {w.sentence.id: w for w in changed_carries(records)}
        self.navigation.problem_finder.unsettled |= frozenset(self.machine_differences)
        self._list_changed_carries(self._touched_sentences())

    def _list_changed_carries(self, annotated: Iterable[AnnotatedSentence]) -> None:
        """Put those among the problems that are as they were carried over to changed text."""
        found = {w.sentence.id for w in annotated if self._changed_carries.get(w.sentence.id) == w}
        self.navigation.problem_finder.unsettled |= found

    def _carry_over(self, carried: Mapping[str, int]) -> None:
        """Carry over what was left in replaced versions of articles: one edit for each, which undo takes back."""
        if self.read_only or self.damage:
            return
        for done in carry_overs(self.corpus, self.annotation_store, self.schema, self.article, carried):
            if done.edit.after:
                self.apply_edit(done.edit, done.origins)
                self._changed_carries |= {w.sentence.id: w for w in done.edit.after if w.sentence.id in done.changed}
                self._list_changed_carries(done.edit.after)
                number = self.navigation.articles.number_of(done.edit.after[0].sentence.article) + 1
                self.warnings.append(carried_message(done, number))

    def _touched_sentences(self) -> Iterator[AnnotatedSentence]:
        store = self.annotation_store
        return (w for a in store.touched_articles for w in store.touched_sentences_of(a))

    def now(self) -> float:
        """Return the time by the session's clock, in seconds."""
        return self._clock()

    def _warn(self, text: str) -> None:
        """Warn once of what is wrong with a suggestion file."""
        if text not in self.warnings:
            self.warnings.append(text)
            self._notify_warning(text)

    def count_spans(self) -> int:
        """Return how many spans the annotator has made in the articles that no later version has replaced."""
        touched = set(self.annotation_store.touched_articles)
        counted = (a for a in self.navigation.articles.articles if a in touched and not self._is_replaced(a))
        return sum(len(w.annotation.spans) for a in counted for w in self.annotation_store.touched_sentences_of(a))

    def _is_replaced(self, article_id: str) -> bool:
        """Return True for a replaced version; the queue of a large corpus has them too."""
        with suppress(CorpusError):
            return bool(self.article(article_id).replaced_by)
        return False

    # -- reading -----------------------------------------------------------------------------------

    def article(self, article_id: str) -> Article:
        """Return an article of the corpus."""
        return self.article_cache.article(article_id)

    def sentences_of(self, article_id: str) -> tuple[AnnotatedSentence, ...]:
        """Return the sentences of an article that are in the queue."""
        return self.article_cache.sentences_of(article_id)

    @property
    def queue(self) -> tuple[str, ...]:
        """The ids of the articles to go through; of a group, which is shown as one, that of the first."""
        return self.navigation.queue

    @property
    def position(self) -> QueuePosition:
        """Where the annotator is."""
        return self.navigation.position

    @property
    def current_article_id(self) -> str:
        """The id of the article of the active sentence."""
        return self.annotated.sentence.article if self.article_sentences else self.queue[self.position.article]

    @property
    def current_articles(self) -> Sequence[str]:
        """The ids of the articles that are shown as one."""
        return self.navigation.articles.members[self.position.article]

    @property
    def article_sentences(self) -> tuple[AnnotatedSentence, ...]:
        """The sentences of the current article, or of all of its group, that are in the queue."""
        return self.navigation.article_sentences

    @property
    def annotated(self) -> AnnotatedSentence:
        """The active sentence and its annotation."""
        return self.article_sentences[self.position.sentence]

    def suggestions_for(self, i: int) -> Sequence[Suggestion]:
        """Return what every source suggests for a sentence of the current article, by index.

        What an accept has left comes as it was then, in place of what is found for the same words by now.
        """
        annotated = self.article_sentences[i]
        includes = self.label_pass.includes
        left = [suggestion_from_left(x) for x in annotated.annotation.left if includes(x.label)]
        found = [s for s in self.suggestion_service.suggestions(annotated) if includes(s.label)]
        if not left:
            return found
        new = (s for s in found if not any(s.label == x.label and s.start < x.end and x.start < s.end for x in left))
        return [*left, *new]

    def sentence_number(self, sentence: Sentence) -> tuple[int, int]:
        """Return the numbers of a sentence's article and of the sentence in it, from 1."""
        number = self.navigation.articles.number_of(sentence.article)
        found = self.navigation.sentence_search.sentences_at(number, self.annotation_store.touched_sentences_of)
        place = (sentence.article, sentence.start)
        index = next((i for i, w in enumerate(found) if (w.sentence.article, w.sentence.start) == place), 0)
        return number + 1, index + 1

    @property
    def corpus_progress(self) -> AnswerProgress:
        """How many sentences of the corpus are done; zeros while a large one is not counted yet."""
        articles = self.navigation.articles.articles
        if len(articles) > MAX_COUNTED_AT_START:
            return self.navigation.corpus_progress
        return self.article_cache.progress_of(*articles)

    @property
    def banner(self) -> str:
        """What must stay on the screen: what cannot be saved and where it is kept, else what is set apart."""
        if self.unsaved_reason or not self.corpus.damaged_articles:
            return self.unsaved_reason
        count, one = len(self.corpus.damaged_articles), len(self.corpus.damaged_articles) == 1
        what = f"{pluralize(count, 'article')} {'is' if one else 'are'} damaged and set apart"
        return f"{what}; what you have annotated there is kept: leave, and run {repair_command(self.corpus.path)}"

    @property
    def unsaved_reason(self) -> str:
        """Why something cannot be saved, and where it is kept; empty where all can be."""
        failure = self._journal_writer.failure if self._journal_writer else None
        return _failure_text(failure, ended=self._ended) if failure else self.damage

    @property
    def save_state(self) -> SaveState:
        """Whether everything done so far is on the disk."""
        if self._journal_writer and self._journal_writer.failure:
            return SaveState.FAILED
        if self.read_only or self.damage:  # nothing is made that could be lost
            return SaveState.READ_ONLY
        return SaveState.SAVED if self._saved_seq >= self._seq else SaveState.SAVING

    # -- edits ---------------------------------------------------------------------------------

    def apply_edit(self, edit: Edit, origins: Sequence[str] = ()) -> str:
        """Apply an edit, remember it for undo and write it to the journal; return its message.

        ``origins``: of what is carried over, the id of the sentence that each one comes from.
        """
        self._require_writable()
        if edit.op is not Op.CARRY:
            self.label_pass.require_allowed(edit)
        self.annotation_store.apply(edit)
        self.history.record_edit(edit)
        self._write(edit.op, edit.before, edit.after, origins)
        self._update_parts(edit)
        return edit.message

    def _update_parts(self, edit: Edit) -> None:
        """Inform what follows the annotations; it comes after the journal, so that no failure here loses an edit."""
        self.article_cache.update(edit.before, edit.after)
        self.suggestion_service.update(edit.before, edit.after)
        self.navigation.update(edit)
        self.history.done.pack()

    def undo(self) -> Edit | None:
        """Take the last edit back, of whichever session, and go to its sentence; None without an edit."""
        return self._undo_or_redo(Op.UNDO)

    def redo(self) -> Edit | None:
        """Apply again what was taken back last, and go to its sentence; None without an edit."""
        return self._undo_or_redo(Op.REDO)

    def _undo_or_redo(self, op: Op) -> Edit | None:
        self._require_writable()
        if last := (self.history.done if op is Op.UNDO else self.history.undone).top():
            self.label_pass.require_allowed(last)
        edit = self.history.undo() if op is Op.UNDO else self.history.redo()
        if edit:
            self.annotation_store.replace_sentences(edit.before, edit.after)
            self._write(op, edit.before, edit.after)
            self._update_parts(edit)
            self._list_changed_carries(edit.after)
            differences = ((w, self.machine_differences.get(w.sentence.id)) for w in edit.after)
            again = {w.sentence.id for w, d in differences if d and leads_back(op, edit.before, w, d.second)}
            self.navigation.problem_finder.unsettled |= again
            self.navigation.go_to(edit.after[0].sentence.id)
        return edit

    def join(self) -> str:
        """Join the active sentence with the next one of the article; return the message."""
        first, *following = self.article_sentences[self.position.sentence :]
        if not following:
            raise RuleError("this is the last sentence of the article")
        if first.sentence.article != following[0].sentence.article:
            what = "the next sentence is another row of the file that it comes from"
            raise RuleError(what, do="put the text into one row, and import that")
        text = self.article(self.current_article_id).text
        return self.apply_edit(join_sentences(first, following[0], text, self._labels_of_pass))

    def split(self, token: int) -> str:
        """Split the active sentence before a token; return the message."""
        text = self.article(self.current_article_id).text
        return self.apply_edit(split_sentence(self.annotated, token, text, self._labels_of_pass))

    @property
    def _labels_of_pass(self) -> Sequence[str]:
        """All labels of the schema in a pass over some of them, else none."""
        return self.label_pass.all_labels if self.label_pass.is_partial else ()

    def set_line_verdict(self, article_id: str, line: int, verdict: LineVerdict) -> None:
        """Give a line of an article another verdict; written at once."""
        self._require_writable()
        self.corpus.set_line_verdict(
            article_id, line, verdict, by=self.annotator, time=self._clock(), wait=LOCK_WAIT_SECONDS
        )
        self._invalidate_article(article_id)

    def settle_doubt(self, article_id: str) -> None:
        """Settle the doubt about the lines of an article, for all annotators; written at once."""
        self._require_writable()
        doubt = self.corpus.article(article_id).doubt
        self.corpus.settle_doubt(article_id, by=self.annotator, time=self._clock(), wait=LOCK_WAIT_SECONDS)
        self._invalidate_article(article_id)
        if not doubt:
            raise RuleError("there is no doubt about the lines of this article")

    def undo_line_verdict(self, article_id: str) -> bool:
        """Take back the last switched line of an article, or the settling of its doubt; False where there is none."""
        self._require_writable()
        done = self.corpus.undo_line_verdict(article_id, by=self.annotator, time=self._clock(), wait=LOCK_WAIT_SECONDS)
        self._invalidate_article(article_id)
        return done is not None

    def _invalidate_article(self, article_id: str) -> None:
        here = self.annotated.sentence.id if self.article_sentences else ""
        self.article_cache.invalidate(article_id)
        self.suggestion_service.invalidate_article(article_id)
        self.navigation.invalidate(article_id)
        if not (here and self.navigation.go_to(here)):
            last = max(0, len(self.article_sentences) - 1)
            self.navigation.move_in_article(min(self.position.sentence, last))

    def _require_writable(self) -> None:
        if self._journal.damaged:
            raise RuleError("the journal is damaged, nothing can be saved", do="leave, and follow the red rows")
        if self.read_only:
            raise RuleError("the corpus is open to read only", do="start again without --read-only to annotate")

    def count_keystroke(self, kind: KeystrokeKind) -> None:
        """Count a key that was pressed; the next record holds it."""
        self._keystrokes = (self._keystrokes or KeystrokeCounts()).plus(kind)

    def _write(
        self,
        op: Op,
        before: Sequence[AnnotatedSentence],
        after: Sequence[AnnotatedSentence],
        origins: Sequence[str] = (),
    ) -> None:
        assert self._journal_writer is not None
        first, n, keys = self._seq + 1, len(after), self._keystrokes
        self._keystrokes = None if keys is None else KeystrokeCounts()
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
                carried_from=origins[i] if origins else "",
            )
            for i, annotated in enumerate(after)
        ]
        for record in records:
            self.annotation_store.remember_seq(record)
        self._seq += n
        self._journal_writer.put([self._journal.coverage.stated_record(r) for r in records])
        if op is not Op.CARRY:  # nobody has read that now
            event = event_from_edit(op, before, after, time=records[-1].time)
            self.speed_warning = self._speed_monitor.observe(event)

    def on_news(self, look: Callable[[], None], notify: Callable[[str], None]) -> None:
        """Call ``look`` at each sentence where suggestion files have changed, ``notify`` with what has come of them."""
        self._look_for_news, self._notify_news = look, notify

    def arrive(self) -> None:
        """Take up the suggestion files that were loaded meanwhile: another sentence is entered."""
        if change := self.suggestion_updates.take():
            for warning in change.warnings:
                self._warn(warning)
            if change.news:  # else the files are those in use
                self.suggestion_service.use_files(change.files, self._touched_sentences())
                self._notify_news(change.news)
        if self.suggestion_updates.has_news():
            self._look_for_news()

    def on_warning(self, notify: Callable[[str], None]) -> None:
        """Call ``notify`` with each warning that comes after the start."""
        self._notify_warning = notify

    # -- saving --------------------------------------------------------------------------------

    def on_saved(self, notify: Callable[[], None]) -> None:
        """Call ``notify``, from the writer's thread, whenever the saved mark may have changed."""
        self._notify_saved = notify

    def _on_saved(self, seq: int) -> None:
        self._saved_seq = seq
        self.saved_at = self._clock()
        self._notify_saved()

    def _on_failed(self) -> None:
        self._notify_saved()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until every edit is on the disk; False where that failed."""
        return self._journal_writer is None or self._journal_writer.flush(timeout)

    def save_again(self) -> str:
        """Try at once what could not be saved; return the message, raise RuleError where it fails again."""
        self._require_writable()
        if self._journal_writer and not self._journal_writer.save_again(SAVE_WAIT_SECONDS):
            raise RuleError("it cannot be saved yet", do="follow the red rows")
        return "everything is saved"

    def secure(self) -> int:
        """Save what is left, else rescue it; return how many decisions are in memory only, lost on leaving."""
        return 0 if self._journal_writer is None else self._journal_writer.secure(SAVE_WAIT_SECONDS)

    def close(self, timeout: float = 10.0) -> bool:
        """Save what is left and release the journal; False where something is not in it.

        A disk that hangs has so many seconds for each of two tries.
        """
        saved = self._journal_writer is None or self._journal_writer.close(timeout)
        self._ended = True
        if self._journal_writer is None or not self._journal_writer.stuck:
            # Else it would wait for the disk that hangs; the end of the process lets go of it.
            self._journal.close()
        return saved
