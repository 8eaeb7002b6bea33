"""A pass: the labels that one session looks at. Spans of other labels stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.coverage import coverage_of, covered_labels
from annotator.core.edits import Edit
from annotator.core.errors import RuleError, UsageError
from annotator.core.schema import HOME_ROW_KEYS, MAX_LABEL_KEYS, Schema, with_label_keys
from annotator.core.suggestion import LeftSuggestion

_SET_ASIDE = frozenset({Answer.REJECT, Answer.IGNORE})
"""The answers about a sentence as a whole: they hold for every pass."""


class LabelPass(Struct, frozen=True):
    """The labels that are looked at, of all those of a schema; both in the schema's order."""

    labels: tuple[str, ...] = ()
    all_labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, schema: Schema, labels: Sequence[str] = ()) -> LabelPass:
        """Return the pass of some labels of a schema, each text one or several with commas; of all if none is given.

        Raises UsageError for a label that the schema lacks.
        """
        known = tuple(x.name for x in schema.labels)
        wanted = {part.strip() for text in labels for part in text.split(",") if part.strip()}
        if unknown := sorted(wanted - set(known)):
            raise UsageError(f"there is no label {', '.join(unknown)}", do=f"use some of {', '.join(known)}")
        if labels and not wanted:
            raise UsageError("no label is named", do=f"use some of {', '.join(known)}")
        return cls(tuple(x for x in known if x in wanted or not wanted), known)

    @property
    def is_partial(self) -> bool:
        """Whether there are labels that are not looked at."""
        return self.labels != self.all_labels

    def includes(self, label: str) -> bool:
        """Return True if spans of a label may be changed."""
        return not self.is_partial or label in self.labels

    def __str__(self) -> str:
        """Return the names of the labels with commas."""
        return ", ".join(self.labels)

    def place_name(self, annotator: str) -> str:
        """Return the name under which the place of an annotator in this pass is remembered."""
        return f"{annotator}:{','.join(self.labels)}" if self.is_partial else annotator

    def with_keys(self, schema: Schema) -> Schema:
        """Return the schema with a key for each label that is looked at, taken from the others where it has none."""
        mine = [x for x in schema.labels if self.includes(x.name)]
        own = {x.key for x in mine if x.key}
        if not self.is_partial or len(own) == len(mine):
            return schema
        free = islice((key for key in HOME_ROW_KEYS if key not in own), MAX_LABEL_KEYS - len(own))
        keys = {x.name: x.key or next(free, "") for x in mine}
        return with_label_keys(schema, {x.name: keys.get(x.name, "") for x in schema.labels})

    # -- what is covered ---------------------------------------------------------------------------

    def covered(self, annotation: Annotation) -> tuple[str, ...]:
        """Return the labels that accepted passes have looked at."""
        looked_at = annotation.looked_at
        return self.all_labels if looked_at is None else looked_at

    def is_done(self, annotation: Annotation) -> bool:
        """Return True if nothing is left to do for this pass: its labels are covered, or it is set aside."""
        return annotation.answer is not None and (annotation.covers is None or self.settled(annotation) == self.labels)

    def settled(self, annotation: Annotation) -> tuple[str, ...]:
        """Return the labels of this pass for which nothing is left to do in a sentence."""
        if annotation.answer is not Answer.ACCEPT:
            return self.labels if annotation.answer in _SET_ASIDE else ()
        covered = self.covered(annotation)
        return self.labels if covered == self.all_labels else tuple(x for x in self.labels if x in covered)

    def accepted_covers(self, annotation: Annotation) -> tuple[str, ...] | None:
        """Return what an accept covers: the labels of this pass and of the earlier ones; None for all."""
        return coverage_of({*self.labels, *self.covered(annotation)}, self.all_labels)

    def left_in(self, annotation: Annotation) -> tuple[LeftSuggestion, ...]:
        """Return the suggestions of these labels that accepts have left."""
        return tuple(x for x in annotation.left if self.includes(x.label)) if self.is_partial else annotation.left

    def require_label(self, label: str) -> None:
        """Raise RuleError for a label that is not looked at."""
        if not self.includes(label):
            raise RuleError(f"{label} is no label of this pass ({self})", do="start without --labels for all labels")

    # -- what may be changed -----------------------------------------------------------------------

    def require_allowed(self, edit: Edit) -> None:
        """Raise RuleError if an edit would change spans of other labels, or what earlier passes have covered."""
        if not self.is_partial:
            return
        changed = self._other_spans(edit.before) ^ self._other_spans(edit.after)
        if len(edit.before) == len(edit.after):
            changed |= {x for a, b in zip(edit.before, edit.after, strict=True) for x in self._changed_decisions(a, b)}
        if changed:
            what = f"{min(changed)[0]} is no label of this pass ({self}), and stays as it is"
            raise RuleError(what, do="start without --labels to change it")

    def _other_spans(self, annotated: Iterable[AnnotatedSentence]) -> set[tuple[str, ...]]:
        """Return the spans of other labels, each as its label and its place in the article."""
        return {
            (s.label, w.sentence.article, str(s.shifted(w.sentence.start)))
            for w in annotated
            for s in w.annotation.spans
            if s.label not in self.labels
        }

    def _changed_decisions(self, before: AnnotatedSentence, after: AnnotatedSentence) -> set[tuple[str, ...]]:
        """Return the other labels of which a suggestion is turned down, or which are covered, on one side alone.

        A sentence that is set aside is so for all passes, so that its coverage may go; none may come.
        What the schema no longer has nobody covers.
        """
        one, other = ({x.key for x in w.annotation.rejected if x.label not in self.labels} for w in (before, after))
        changed: set[tuple[str, ...]] = {(label,) for _, _, label in one ^ other}
        others = [x for x in self.all_labels if x not in self.labels]
        covered, covered_then = (set(covered_labels(w.annotation.looked_at, others)) for w in (before, after))
        lost = set() if after.annotation.answer in _SET_ASIDE else covered - covered_then
        return changed | {(label,) for label in lost | (covered_then - covered)}


ALL_LABELS = LabelPass()
"""A pass over whatever labels there are."""
