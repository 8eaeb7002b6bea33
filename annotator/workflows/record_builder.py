"""Turns the documents of an import into journal records; nothing that is there is overwritten."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.annotation_store import AnnotationStore
from annotator.core.article import Article, Sentence
from annotator.core.coverage import unite_passes
from annotator.core.edits import Op, join_sentences
from annotator.core.journal_record import IMPORT_SESSION, JournalRecord
from annotator.core.ledger import Outcome
from annotator.core.schema import Schema
from annotator.core.spans import Span, reading_order
from annotator.core.token_cuts import cut_tokens_at
from annotator.formats.document import ConversionLog, ConversionLogEntry, Document, span_entry
from annotator.storage.import_transaction import ImportStaging
from annotator.storage.journal import Journal, ReplayedJournal, is_annotator_name
from annotator.workflows.import_documents import (
    AlignedDocument,
    CharRange,
    ImportCounts,
    SpanKey,
    move_sentence,
    sentence_runs,
)
from annotator.workflows.import_doubts import doubts_by_run, settles_doubt, with_contradiction, with_doubts
from annotator.workflows.import_options import ImportOptions

REMARKS_REASON = "this annotator has the sentence without it"
CONFLICT_REASON = "this annotator has other work on the sentence"
REPEATED_REASON = "the same text occurs earlier in the file"
_MAX_CHECKED_PAIRS = 100_000
"""How many pairs of spans are held against the schema in one sentence: a few thousand spans on one word
make millions of them."""
REPEATED_DIFFERENTLY_REASON = "the same text occurs earlier in the file with other annotations"


class _ExistingAnnotations(Struct):
    """What one annotator has on one article: by place, and whether it is of this import."""

    annotations: dict[CharRange, tuple[Annotation, bool]] = field(default_factory=dict)
    _ranges: list[CharRange] = field(default_factory=list)
    stored: dict[CharRange, AnnotatedSentence] = field(default_factory=dict)
    """What was there before the import, by place, as it is now."""

    def overlapping(self, start: int, end: int) -> list[tuple[CharRange, Annotation, bool]]:
        """Return what shares text with ``[start, end)``, in text order; the places are disjoint."""
        at = max(0, bisect_right(self._ranges, (start, start)) - 1)
        found = []
        while at < len(self._ranges) and self._ranges[at][0] < end:
            if self._ranges[at][1] > start:
                found.append((self._ranges[at], *self.annotations[self._ranges[at]]))
            at += 1
        return found

    def put(self, sentence_range: CharRange, annotation: Annotation, *, new: bool) -> None:
        """Put an annotation in the place of what shares text with it."""
        for other, _, _ in self.overlapping(*sentence_range):
            self.annotations.pop(other)
            self._ranges.remove(other)
        self.annotations[sentence_range] = (annotation, new)
        insort(self._ranges, sentence_range)

    def with_tokens_of_both(self, sentence: Sentence) -> Sentence:
        """Return a sentence with its tokens cut where those that are there are cut too, by a person or an import."""
        stored = self.stored.get((sentence.start, sentence.end))
        edges = {edge for t in stored.sentence.tokens for edge in (t.start, t.end)} if stored else set[int]()
        return replace(sentence, tokens=cut_tokens_at(sentence.tokens, sorted(edges)))


class RecordBuilder:
    """Prepares the records of an import, one document after another."""

    def __init__(self, staging: ImportStaging, log: ConversionLog, options: ImportOptions, schema: Schema) -> None:
        """Begin; what annotators have in the corpus already is read when they first come up."""
        self.counts = ImportCounts()
        self.kept: list[ConversionLogEntry] = []
        """Of a full ledger: the spans that were carried over unchanged."""
        self.names: dict[str, str] = {}
        """By the file's name of an annotator, ours."""
        self.next_seqs: dict[str, int] = {}
        """The next number of each journal that was there before."""
        self.broken_rules: Counter[str] = Counter()
        """The pairs of spans that the schema's rules don't allow, by label and rule."""
        self.united = 0
        """Sentences that their annotator had read for other labels before."""
        self._staging, self._log, self._options, self._schema = staging, log, options, schema
        self._base_sentences: dict[str, dict[CharRange, int]] = {}
        self._existing: dict[tuple[str, str], _ExistingAnnotations] = {}
        self._stores: dict[str, AnnotationStore] = {}
        self._only_imported: dict[str, set[str]] = {}
        """By annotator the sentences that imports alone have written in the corpus."""
        self._rules: dict[tuple[str, str, bool, bool], str] = {}
        self._doubtful: set[tuple[str, str, int, int]] = set()
        """By annotator, article and range the sentences of this import that stay open, whatever else it has on them."""
        self._annotators = set(staging.corpus.annotators()) if staging.corpus else set[str]()

    def set_base_sentences(self, article_id: str, sentences: Sequence[Sentence]) -> None:
        """Set the sentences that the corpus has, or gets, of an article."""
        self._base_sentences.setdefault(article_id, {(s.start, s.end): s.index for s in sentences})

    def add_document(self, aligned: AlignedDocument, article: Article, offset: int) -> None:
        """Prepare the records of a document, its text beginning at ``offset`` of the article."""
        name = self.annotator_name(aligned.document)
        existing = self._existing_of(name, article.id)
        all_spans = (*aligned.document.spans, *aligned.document.rejected)
        left = aligned.kept
        runs = sentence_runs(all_spans, aligned.sentences)
        ranges = [(aligned.sentences[first].start, aligned.sentences[last - 1].end) for first, last in runs]
        doubts = doubts_by_run(aligned.doubts, ranges)
        for n, (first, last) in enumerate(runs):
            annotated_sentences = [
                AnnotatedSentence(self._sentence(s, article, offset)) for s in aligned.sentences[first:last]
            ]
            answered = any(i in aligned.answered_sentences for i in range(first, last))
            whole = join_all_sentences(annotated_sentences, article.text)
            joins = [whole] if len(annotated_sentences) > 1 else []
            start, end = ranges[n]
            annotation = _annotation_of(aligned.document, (start, end), answered=answered, first=n == 0)
            annotation = with_doubts(annotation, doubts.get(n, ()))
            annotated = replace(whole, annotation=annotation)
            self._count_broken_rules(annotation.spans)
            written = self.counts.records
            if n in doubts:
                self._doubtful.add((name, article.id, whole.sentence.start, whole.sentence.end))
            if outcome := self._build_records(name, existing, annotated, joins, aligned.document):
                left = self._list_not_written(aligned, annotation, (start, end), left, *outcome)
                if outcome[1] == REPEATED_DIFFERENTLY_REASON:
                    self._open_contradicted(name, existing, aligned, article, offset, first)
            self.counts.doubtful += n in doubts and self.counts.records > written
        if self._options.ledger == "full":
            self.kept += [span_entry(aligned.document, Span(*key), Outcome.KEPT) for key in sorted(left)]

    def _sentence(self, s: Sentence, article: Article, offset: int) -> Sentence:
        """Return a sentence of a document in its place; numbered as the corpus has it, if it does."""
        there = move_sentence(s, article, offset)
        index = self._base_sentences.get(article.id, {}).get((there.start, there.end), s.index)
        return replace(there, index=index)

    def _count_broken_rules(self, spans: Sequence[Span]) -> None:
        """Count the pairs that break a rule of the schema, among ``_MAX_CHECKED_PAIRS`` that share text."""
        pairs = islice(_overlapping_pairs(reading_order(list(spans))), _MAX_CHECKED_PAIRS)
        self.broken_rules.update(filter(None, (self._broken_rule(outer, inner) for outer, inner in pairs)))

    def _broken_rule(self, outer: Span, inner: Span) -> str:
        """Return the rule that a pair breaks, empty for none; all pairs placed alike break the same one."""
        relation = (outer.label, inner.label, outer.end < inner.end, outer.key[:2] == inner.key[:2])
        if relation not in self._rules:
            problem = self._schema.find_violation(inner, (outer,))
            self._rules[relation] = f"{outer.label} and {inner.label} (rule `{problem.rule}`)" if problem else ""
        return self._rules[relation]

    def _build_records(
        self,
        name: str,
        existing: _ExistingAnnotations,
        annotated: AnnotatedSentence,
        joins: Sequence[AnnotatedSentence],
        document: Document,
    ) -> tuple[Outcome, str] | None:
        """Prepare the records of one sentence; return the outcome of its spans where it gives way to others."""
        s, annotation = annotated.sentence, annotated.annotation
        sentence_range = (s.start, s.end)
        overlapping = existing.overlapping(*sentence_range)
        if annotation == Annotation() and (overlapping or sentence_range in self._base_sentences.get(s.article, {})):
            return None
        others = [x for x in overlapping if x[1] != Annotation()]
        if not others:
            steps = [] if sentence_range in existing.annotations else joins
            self._write(name, existing, annotated, steps, document.time)
            return None
        (other_range, before, is_new), *more = others
        is_settled = s.id in self._only_imported.get(name, ()) and settles_doubt(before, annotation)
        if is_settled and not is_new and not more and other_range == sentence_range:
            self._write(name, existing, annotated, [], document.time)
            return None
        united = None if more or other_range != sentence_range else self._united(before, annotation)
        if united and is_new and (name, s.article, *sentence_range) in self._doubtful:
            united = replace(united, answer=None, covers=None)
        if united is None:
            self.counts.conflicts += not is_new
            return Outcome.LEFT_OUT, REPEATED_DIFFERENTLY_REASON if is_new else CONFLICT_REASON
        is_same = united.without_remarks() == before.without_remarks()
        if is_new or not is_same:
            self.united += before.answer is not None and united.covers != before.covers
            if united != before:
                united_sentence = existing.with_tokens_of_both(annotated.sentence)
                self._write(name, existing, AnnotatedSentence(united_sentence, united), [], document.time)
            return (Outcome.DOUBLE, REPEATED_REASON) if is_same else None
        if not self._write_cut(name, existing, sentence_range, document.time):
            self.counts.known += 1
        self._list_other_remarks(before, united, annotated, document.where)
        return None

    def _write_cut(self, name: str, existing: _ExistingAnnotations, sentence_range: CharRange, time: float) -> bool:
        """Cut the tokens of a sentence that is there at its spans, where that was chosen; return True if any was."""
        stored = existing.stored.get(sentence_range)
        if self._options.inside_tokens != "split" or stored is None:
            return False
        edges = sorted({edge for s in stored.annotation.spans for edge in (s.start, s.end)})
        tokens = cut_tokens_at(stored.sentence.tokens, edges)
        if tokens == stored.sentence.tokens:
            return False
        cut = replace(stored, sentence=replace(stored.sentence, tokens=tokens))
        self._write(name, existing, cut, [], time)
        return True

    def _open_contradicted(
        self,
        name: str,
        existing: _ExistingAnnotations,
        aligned: AlignedDocument,
        article: Article,
        offset: int,
        at: int,
    ) -> None:
        """Open what the files have otherwise on the run of sentences ``at``: neither is sure."""
        sentences = [self._sentence(s, article, offset) for s in aligned.sentences]
        whole = sentences[at]
        for (start, end), before, is_new in existing.overlapping(whole.start, whole.end):
            if not is_new or before == Annotation():
                continue
            self._doubtful.add((name, article.id, start, end))
            parts = [AnnotatedSentence(s) for s in sentences if start <= s.start and s.end <= end]
            opened = with_contradiction(before)
            if opened != before and parts and (parts[0].sentence.start, parts[-1].sentence.end) == (start, end):
                joined = join_all_sentences(parts, article.text)
                self._write(name, existing, replace(joined, annotation=opened), [], aligned.document.time)
                self.counts.contradicted += 1

    def _united(self, before: Annotation, annotation: Annotation) -> Annotation | None:
        """Return two annotations of a sentence as one, with the notes of both; None if they contradict each other."""
        if before.without_remarks() == Annotation():
            return annotation.with_remarks_of(before)
        if annotation.without_remarks() in (Annotation(), before.without_remarks()):
            return before.with_remarks_of(annotation)
        if before.covers is None and annotation.covers is None:
            return None
        return unite_passes(before, annotation, [x.name for x in self._schema.labels])

    def _list_other_remarks(
        self, before: Annotation, united: Annotation, annotated: AnnotatedSentence, where: str
    ) -> None:
        """List note and flag of a sentence that its annotator has there without them."""
        s = annotated.sentence
        if united.note != before.note:
            self._log.leave_out(where, s.id, REMARKS_REASON, annotated.annotation.note, "note")
        if united.flagged != before.flagged:
            self._log.leave_out(where, s.id, REMARKS_REASON, s.text, "flag")
        self._log.aligned_entries = len(self._log.entries)

    def _write(
        self,
        name: str,
        existing: _ExistingAnnotations,
        annotated: AnnotatedSentence,
        joins: Sequence[AnnotatedSentence],
        time: float,
    ) -> None:
        """Prepare the records of a sentence: those that join it, and the one with its annotation."""
        s, annotation = annotated.sentence, annotated.annotation
        op = Op.ANSWER if annotation.answer else Op.EDIT
        steps = [*((Op.JOIN, w) for w in joins), (op, annotated)]
        first = self.next_record(name)
        parents = {w.sentence.id: first + n for n, w in enumerate(joins)}
        records = []
        for n, (step, w) in enumerate(steps):
            parent = parents.get(w.sentence.id) if n == len(joins) else None
            own = JournalRecord(first + n, step, w, parent=parent, annotator=name, session=IMPORT_SESSION, time=time)
            records.append(own)
        self.add_records(name, records)
        self.counts.records += len(records)
        self.counts.joined += bool(joins)
        before, _ = existing.annotations.get((s.start, s.end), (Annotation(), True))
        is_doubtful = (name, s.article, s.start, s.end) in self._doubtful
        self.counts.open += not is_doubtful and _is_begun(annotation) and not _is_begun(before)
        existing.put((s.start, s.end), annotation, new=True)
        if (s.start, s.end) in existing.stored:
            existing.stored[s.start, s.end] = annotated

    def _list_not_written(
        self,
        aligned: AlignedDocument,
        annotation: Annotation,
        sentence_range: CharRange,
        left: frozenset[SpanKey],
        outcome: Outcome,
        why: str,
    ) -> frozenset[SpanKey]:
        """List the spans of a sentence that is not written, and return the kept ones without them.

        A sentence without spans is listed itself, unless another one is identical.
        """
        document = aligned.document
        if outcome is Outcome.LEFT_OUT and not (annotation.spans or annotation.rejected):
            start, end = sentence_range
            self._log.leave_out(document.where, f"{start}-{end}", why, document.text[start:end], "sentence")
        for span in (*annotation.spans, *annotation.rejected):
            here = span.shifted(sentence_range[0])
            if here.key not in left:
                self._change_entry(aligned.ledger_entries, here, outcome, why)
                continue
            left -= {here.key}
            self._log.kept -= 1
            self._log.record(span_entry(document, here, outcome, why))
        self._log.aligned_entries = len(self._log.entries)
        return left

    def _change_entry(self, numbers: range, span: Span, outcome: Outcome, why: str) -> None:
        entries = self._log.entries
        at = next((n for n in numbers if any(s.key == span.key for s in entries[n].resulting_spans)), None)
        if at is not None:
            entries[at] = replace(entries[at], outcome=outcome, why=why, resulting_spans=())

    def _existing_of(self, name: str, article_id: str) -> _ExistingAnnotations:
        if (name, article_id) not in self._existing:
            existing = _ExistingAnnotations()
            if name in self._annotators:
                for annotated in self._store_of(name).touched_sentences_of(article_id):
                    sentence_range = (annotated.sentence.start, annotated.sentence.end)
                    # No file has the suggestions that were left: that is no difference.
                    existing.stored[sentence_range] = annotated
                    existing.put(sentence_range, replace(annotated.annotation, left=()), new=False)
            self._existing[name, article_id] = existing
        return self._existing[name, article_id]

    def _store_of(self, name: str) -> AnnotationStore:
        if name not in self._stores:
            corpus = self._staging.corpus
            assert corpus is not None
            loaded = ReplayedJournal.of(Journal.open(corpus.path, name, read_only=True), corpus.sentences_to_replay)
            self._stores[name] = loaded.store
            by_hand = {r.annotated.sentence.id for r in loaded.journal.read_records if r.session != IMPORT_SESSION}
            seen = {r.annotated.sentence.id for r in loaded.journal.read_records}
            self._only_imported[name] = seen - by_hand
            self.next_seqs[name] = loaded.journal.next_seq
        return self._stores[name]

    def next_record(self, name: str) -> int:
        """Return the number of an annotator's next record, counted in this import."""
        return self._staging.next_seq(name)

    def add_records(self, name: str, records: Sequence[JournalRecord]) -> None:
        """Prepare records, numbered from ``next_record`` on."""
        if records:
            self._staging.add_records(name, records)

    def annotator_name(self, document: Document) -> str:
        """Return the annotator of a document as a name that a journal can have."""
        given = document.annotator
        if given not in self.names:
            self.names[given] = safe_annotator_name(given, set(self.names.values()))
        return self.names[given]


def _overlapping_pairs(ordered: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield the pairs that share text, of spans in reading order."""
    for n, outer in enumerate(ordered):
        for at in range(n + 1, len(ordered)):
            if ordered[at].start >= outer.end:
                break
            yield outer, ordered[at]


def safe_annotator_name(given: str, taken: Iterable[str]) -> str:
    """Return a name as one for an annotator: small letters, digits and ``._-``; made distinct by a digest."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", given.lower()).strip("-").lstrip(".")[:64] or "annotator"
    if plain not in taken and is_annotator_name(plain):
        return plain
    return f"{plain[:55]}-{hashlib.sha256(given.encode('utf-8', 'replace')).hexdigest()[:8]}"


def join_all_sentences(annotated_sentences: Sequence[AnnotatedSentence], text: str) -> AnnotatedSentence:
    """Return the sentences as one; halves are joined, so that thousands take no quadratic time."""
    if len(annotated_sentences) == 1:
        return annotated_sentences[0]
    half = len(annotated_sentences) // 2
    left, right = (join_all_sentences(part, text) for part in (annotated_sentences[:half], annotated_sentences[half:]))
    return join_sentences(left, right, text).after[0]


def _is_begun(annotation: Annotation) -> bool:
    """Return True if there are spans and nobody has finished the sentence."""
    return annotation.answer is None and bool(annotation.spans or annotation.rejected)


def _annotation_of(document: Document, sentence_range: tuple[int, int], *, answered: bool, first: bool) -> Annotation:
    """Return a document's annotation of a range; open where nobody has reviewed some of it."""
    start, end = sentence_range
    unread_texts = (document.text[max(a, start) : min(b, end)] for a, b in document.open if a < end and start < b)
    read = answered and not any(map(str.strip, unread_texts))
    remarks = [x for x in document.remarks if (first or start <= x.start) and x.start < end]
    notes = [document.note if first else "", *(x.note for x in remarks)]
    annotation = Annotation(
        answer=document.answer if read else None,
        note=" ".join(" ".join(notes).split()),
        flagged=(document.flagged and first) or any(x.flagged for x in remarks),
        covers=document.covers if read and document.answer is Answer.ACCEPT else None,
    )
    spans, rejected = (
        [s.shifted(-start) for s in spans if start <= s.start and s.end <= end]
        for spans in (document.spans, document.rejected)
    )
    return annotation.with_spans(spans).with_rejected(rejected)
