"""Label migrations: what renaming, merging and splitting labels makes of annotations, and taking it back.

Journals are only appended to: a migration adds, for each sentence that has one of the labels, a record
with the new ones. So a journal alone still has what is in force, its history stays, and undoing a
migration looks up there what was annotated before it. What a rule cannot decide is *doubtful*: the sentence
gets a flag and a note, and so is in the worklist of what is to be looked at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import LeftSuggestion, sorted_suggestions

SpanLocation = tuple[str, int, int]
"""Article, and a range in code points of its text: it holds through joins and splits of sentences."""


class MigrationKind(StrEnum):
    """What is done to the labels."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    UNDO = "undo"


class MigrationRule(Struct, frozen=True):
    """Which labels become which."""

    number: int
    """The number of the migration, from 1 in each corpus."""
    kind: MigrationKind
    sources: tuple[str, ...]
    into: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    """For a split: words, case folded, and the label that spans of these words get."""
    reopen: bool = False
    """Whether what is doubtful loses its answer, so that it is not exported before somebody has looked."""

    @property
    def tag(self) -> str:
        """What the migration is known by in journals, as session, and in notes."""
        return f"schema-{self.number}"

    def accounts_for(self, change: SentenceMigration) -> bool:
        """Whether a change may be this rule's: it had one of the old labels, and has none any more."""
        had, has = _used_labels(change.before), _used_labels(change.after)
        gone = set(self.sources) - set(self.into)
        return bool(had & set(self.sources)) and not has & gone


class SentenceMigration(Struct, frozen=True):
    """One sentence before and after."""

    before: AnnotatedSentence
    after: AnnotatedSentence
    doubtful: bool = False


def _used_labels(annotated: AnnotatedSentence) -> set[str]:
    annotation = annotated.annotation
    marked = {s.label for s in (*annotation.spans, *annotation.rejected)}
    return marked | {x.label for x in annotation.left} | set(annotation.covers or ())


def migrate_labels(
    annotated_sentences: Iterable[AnnotatedSentence], rule: MigrationRule, old: Schema, new: Schema
) -> list[SentenceMigration]:
    """Return the changes that a rename, merge or split makes, of those sentences that it concerns."""
    made = (_migrate_sentence(annotated, rule, old, new) for annotated in annotated_sentences)
    return [change for change in made if change.before != change.after]


def _migrate_sentence(annotated: AnnotatedSentence, rule: MigrationRule, old: Schema, new: Schema) -> SentenceMigration:
    was = annotated.annotation
    choices = [(s, *_new_label(s, annotated, rule)) for s in was.spans]
    left = [(x, *_new_label(x.span, annotated, rule)) for x in was.left]
    now = replace(
        was,
        left=sorted_suggestions(replace(x, label=label) for x, label, sure in left if sure),
        covers=None if was.covers is None else migrated_labels(was.covers, rule),
    ).with_spans([replace(s, label=label) for s, label, _ in choices])
    now = now.with_rejected(_migrated_rejections(was.rejected, rule))
    doubts = [f"{annotated.text_of(s)}: {' or '.join(rule.into)}?" for s, _, sure in choices if not sure]
    doubts += _new_rule_violations(was, now, old, new)
    noted = _with_doubts_noted(now, rule.tag, doubts)
    if doubts and rule.reopen:
        noted = noted.with_answer(None)
    return SentenceMigration(annotated, replace(annotated, annotation=noted), bool(doubts))


def _new_label(span: Span, annotated: AnnotatedSentence, rule: MigrationRule) -> tuple[str, bool]:
    """Return the label that a span gets, and whether that is sure."""
    if span.label not in rule.sources:
        return span.label, True
    if rule.kind is not MigrationKind.SPLIT:
        return rule.into[0], True
    known_label = rule.words.get(" ".join(annotated.text_of(span).split()).casefold())
    return (known_label, True) if known_label else (rule.into[0], False)


def migrated_labels(covers: Sequence[str], rule: MigrationRule) -> tuple[str, ...]:
    """Return the labels that were looked at: a new one only where all were that it is made of."""
    into = rule.into if set(rule.sources) <= set(covers) else ()
    return tuple(dict.fromkeys([*(x for x in covers if x not in rule.sources), *into]))


def _migrated_rejections(rejected: Sequence[Span], rule: MigrationRule) -> list[Span]:
    """Return what is still known to be wrong.

    What is not of the old label is of none that it is split into; what is not of one merged label may
    be of another, so only what was turned down under all of them stays.
    """
    mine = [s for s in rejected if s.label in rule.sources]
    out = [s for s in rejected if s.label not in rule.sources]
    for span in mine:
        turned = {s.label for s in mine if (s.start, s.end) == (span.start, span.end)}
        if turned >= set(rule.sources):
            out += [replace(span, label=label) for label in rule.into]
    return out


def _new_rule_violations(was: Annotation, now: Annotation, old: Schema, new: Schema) -> list[str]:
    """Return the rules of the new schema that pairs of spans break, unless they broke the old one's."""
    before = sum(1 for n, s in enumerate(was.spans) if old.find_violation(s, was.spans[:n]))
    found = [b.message for n, s in enumerate(now.spans) if (b := new.find_violation(s, now.spans[:n]))]
    return [m.partition(". ")[0] for m in found] if len(found) > before else []


def _with_doubts_noted(annotation: Annotation, tag: str, doubts: Sequence[str]) -> Annotation:
    """Return the annotation with a flag and the doubts in its note, if there are any."""
    if not doubts:
        return annotation
    note = f"{tag}: {'; '.join(dict.fromkeys(doubts))}"
    return replace(annotation, note=" · ".join(x for x in (annotation.note, note) if x), flagged=True)


class MigrationUndo:
    """Takes a migration back, with what the sentences had before it."""

    def __init__(self, rule: MigrationRule, changes: Iterable[SentenceMigration], old: Schema) -> None:
        """Learn from the changes that were made; ``old`` is the schema before the migration."""
        self._rule, self._old = rule, old
        self._by_id: dict[str, SentenceMigration] = {}
        self._spans: dict[SpanLocation, dict[str, str]] = defaultdict(dict)
        """By place, the labels that were there, each with where its span came from."""
        self._migrated_spans: set[tuple[SpanLocation, str, str]] = set()
        """The spans that the migration left: place, label, and where they came from."""
        for change in changes:
            self._by_id[change.before.sentence.id] = change
            for span in change.before.annotation.spans:
                if span.label in {*rule.sources, *rule.into}:
                    self._spans[_span_location(change.before, span)][span.label] = span.source
            for span in change.after.annotation.spans:
                self._migrated_spans.add((_span_location(change.after, span), span.label, span.source))

    def changes(self, annotated_sentences: Iterable[AnnotatedSentence], tag: str) -> list[SentenceMigration]:
        """Return what is to change now, under the ``tag`` of the migration that undoes."""
        made = (self._undo_sentence(annotated, tag) for annotated in annotated_sentences)
        return [change for change in made if change.before != change.after]

    def _undo_sentence(self, annotated: AnnotatedSentence, tag: str) -> SentenceMigration:
        now = annotated.annotation
        spans: list[Span] = []
        doubts: list[str] = []
        for span in now.spans:
            labels = self._restored_labels(annotated, span)
            spans += [self._restored_span(annotated, span, label) for label in labels or self._rule.sources[:1]]
            if not labels:
                doubts.append(f"{annotated.text_of(span)}: {' or '.join(self._rule.sources)}?")
        left, covers = self._restored_left(annotated), self._restored_covers(annotated)
        restored = replace(now, left=left, covers=covers).with_spans(spans)
        restored = restored.with_rejected(self._restored_rejections(annotated))
        restored = _with_doubts_noted(self._with_restored_state(annotated, restored), tag, doubts)
        return SentenceMigration(annotated, replace(annotated, annotation=restored), bool(doubts))

    def _restored_labels(self, annotated: AnnotatedSentence, span: Span) -> list[str]:
        """Return the labels that a span gets back, its own if the migration has nothing to do with it.

        Empty where it is not known.
        """
        if span.label not in self._rule.into:
            return [span.label]
        if known := self._spans.get(_span_location(annotated, span)):
            return sorted(known)
        if self._old.label(span.label):
            return [span.label]
        return list(self._rule.sources) if len(self._rule.sources) == 1 else []

    def _restored_span(self, annotated: AnnotatedSentence, span: Span, label: str) -> Span:
        """Return a span with its label of before; one that nobody has made again came from where it had."""
        place = _span_location(annotated, span)
        was = self._spans.get(place, {}) if (place, span.label, span.source) in self._migrated_spans else {}
        return replace(span, label=label, source=was.get(label, span.source))

    def _restored_rejections(self, annotated: AnnotatedSentence) -> list[Span]:
        change = self._by_id.get(annotated.sentence.id)
        if change is None:
            into = set(self._rule.into)
            strange = [s for s in annotated.annotation.rejected if s.label in into and not self._old.label(s.label)]
            kept = [s for s in annotated.annotation.rejected if s not in strange]
            return kept + [replace(s, label=label) for s in strange for label in self._rule.sources]
        made = {s.key for s in change.after.annotation.rejected}
        since = [s for s in annotated.annotation.rejected if s.key not in made and self._old.label(s.label)]
        return [*change.before.annotation.rejected, *since]

    def _restored_left(self, annotated: AnnotatedSentence) -> tuple[LeftSuggestion, ...]:
        """Return what was left before the migration, where nothing else has changed it."""
        change, left = self._by_id.get(annotated.sentence.id), annotated.annotation.left
        if change and left == change.after.annotation.left:
            return change.before.annotation.left
        return tuple(replace(x, label=to) for x in left for to in self._restored_labels(annotated, x.span)[:1])

    def _restored_covers(self, annotated: AnnotatedSentence) -> tuple[str, ...] | None:
        """Return the labels that were looked at by their names of before."""
        change, covers = self._by_id.get(annotated.sentence.id), annotated.annotation.covers
        if change and covers == change.after.annotation.covers:
            return change.before.annotation.covers
        back = MigrationRule(self._rule.number, self._rule.kind, self._rule.into, self._rule.sources)
        return None if covers is None else migrated_labels(covers, back)

    def _with_restored_state(self, annotated: AnnotatedSentence, annotation: Annotation) -> Annotation:
        """Give note, flag and answer back where only the migration has changed them."""
        change = self._by_id.get(annotated.sentence.id)
        if change is None or not change.doubtful:
            return annotation
        was, made = change.before.annotation, change.after.annotation
        if annotation.note == made.note:
            annotation = replace(annotation, note=was.note, flagged=annotation.flagged and was.flagged)
        if annotation.answer is None and made.answer is None:
            annotation = annotation.with_answer(was.answer, annotation.left)
        return annotation


def _span_location(annotated: AnnotatedSentence, span: Span) -> SpanLocation:
    s = annotated.sentence
    return (s.article, s.start + span.start, s.start + span.end)
