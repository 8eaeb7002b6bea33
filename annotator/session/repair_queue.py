"""The worklist of spans inside tokens: each repair is one edit, and so is that of all spans alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import Edit, Op, combine_edits
from annotator.core.errors import RuleError
from annotator.core.pluralize import pluralize
from annotator.core.span_repair import (
    MisalignedSpan,
    RepairKind,
    SpanRepair,
    misaligned_spans,
    possible_repairs,
    repair_pattern,
    split_text_at_span,
)
from annotator.core.spans import Span
from annotator.session.commands import REPAIR_COMMANDS
from annotator.session.review_queue import ReviewQueue
from annotator.session.session import AnnotationSession


class AlikeSpans(Struct, frozen=True):
    """The spans that wait and are like one that was repaired."""

    kind: RepairKind
    model: MisalignedSpan
    """The one that was repaired, as it was before."""
    numbers: tuple[int, ...]
    labels: Mapping[str, int]
    """How many there are by label."""

    @property
    def model_text(self) -> str:
        """The one that was repaired, with bars at its edges."""
        return "|".join(part for part in split_text_at_span(self.model.annotated, self.model.span) if part)


class RepairQueue(ReviewQueue[MisalignedSpan]):
    """The spans inside tokens, in the order of the sentences; what is settled is listed no more."""

    empty_message = "there is no span to repair"

    def __init__(self, session: AnnotationSession, misaligned_spans: Sequence[MisalignedSpan], here: str = "") -> None:
        """List the spans that were not left before in this session and go to the first one ``here``.

        ``here``: the id of a sentence.
        """
        super().__init__(session, misaligned_spans, session.navigation.problem_finder.skipped_repairs)
        self._by_sentence: dict[str, list[int]] = {}
        for n, misaligned in enumerate(self.items):
            self._by_sentence.setdefault(misaligned.annotated.sentence.id, []).append(n)
        self.at = self._by_sentence.get(here, [0])[0]
        self._patterns = {n: repair_pattern(x.annotated, x.span) for n, x in enumerate(self.items)}
        self._done: list[tuple[int, RepairKind, MisalignedSpan]] = []
        """How many actions there were with each repair, and what it was."""

    @property
    def selected_span(self) -> tuple[AnnotatedSentence, Span] | None:
        """The sentence of the current span, and the span."""
        return (self.current_item.annotated, self.current_item.span) if self.current_item else None

    def commands(self) -> Mapping[str, Callable[[], str]]:
        """Return what each command does to the queue."""
        repairs = {REPAIR_COMMANDS[kind]: partial(self.repair, kind) for kind in RepairKind}
        return {**super().commands(), **repairs, "list_all": self.repair_alike, "list_leave": self.skip}

    def is_listed(self, n: int) -> bool:
        """Whether an item is shown: as long as it waits."""
        return super().is_listed(n) and n not in self.settled

    @property
    def open_indexes(self) -> Sequence[int]:
        """The numbers of the cases that wait."""
        return [n for n in range(len(self.items)) if n not in self.settled]

    @property
    def skipped_count(self) -> int:
        """How many cases were left as they are, in this session."""
        return len(self._skipped)

    def current_repairs(self) -> tuple[AnnotatedSentence, tuple[SpanRepair, ...]]:
        """Return the current sentence as it is now, and what each repair would give; raises RuleError."""
        misaligned = self._require_current()
        now = self._current_version(misaligned.annotated)
        return now, possible_repairs(now, misaligned.span, self.session.schema)

    def repair(self, kind: RepairKind) -> str:
        """Repair the current span; returns what was done. Raises RuleError for an impossible repair."""
        misaligned = self._require_current()
        repair = next(r for r in self.current_repairs()[1] if r.kind is kind)
        if repair.edit is None:
            raise RuleError(f"{kind.value} is not possible: {repair.reason}", do="choose another repair")
        after = repair.edit.after[0]
        waiting = {s.key for s in misaligned_spans(after)}
        numbers = self._by_sentence[after.sentence.id]
        # A repair also mends a span that was left as it is, where both meet in one token.
        unrepaired = [n for n in numbers if self.settled.get(n) is not True]
        repaired = [n for n in unrepaired if self.items[n].span.key not in waiting]
        self._apply(tuple(repaired), repair.edit, done=True)
        self._done = [*self._done_now, (len(self._actions), kind, misaligned)]
        also = len(repaired) - 1
        more = f", and {also} more with it" if also else ""
        return f"{_repair_message(misaligned, repair)}{more}"

    def skip(self) -> str:
        """Leave the current span as it is until the next start; returns what was done."""
        return self._skip()

    # -- all like this ---------------------------------------------------------------------------

    @property
    def _done_now(self) -> list[tuple[int, RepairKind, MisalignedSpan]]:
        """The repairs that were not taken back."""
        return [x for x in self._done if x[0] <= len(self._actions)]

    def alike_spans(self) -> AlikeSpans | None:
        """Return the spans that wait and are like the one that was repaired last; None before a repair.

        Alike are those with the same characters at the same edge: under any label, but for a drop, which loses one.
        """
        if not self._done_now:
            return None
        _, kind, model = self._done_now[-1]
        pattern = repair_pattern(model.annotated, model.span)
        labels = {model.span.label} if kind is RepairKind.DROP else {x.span.label for x in self.items}
        alike = (n for n in self.open_indexes if self._patterns[n] == pattern)
        numbers = [n for n in alike if self.items[n].span.label in labels]
        return AlikeSpans(kind, model, tuple(numbers), Counter(self.items[n].span.label for n in numbers))

    def repair_alike(self) -> str:
        """Do the last repair with all spans like it that wait, as one edit; returns what was done.

        A span whose repair is not possible waits on. Raises RuleError where there is none to repair.
        """
        alike = self.alike_spans()
        if alike is None:
            raise RuleError("there is no repair yet that all like it could have", do="repair one span first")
        if not alike.numbers:
            raise RuleError(f"no other span is like {alike.model_text}", do="repair them one by one")
        edits, reasons = self._alike_edits(alike)
        if not edits:
            raise RuleError(
                f"{alike.kind.value} is possible for none of them: {', '.join(reasons)}", do="choose another"
            )
        waiting = {(e.after[0].sentence.id, *s.key) for e in edits for s in misaligned_spans(e.after[0])}
        ids = {e.after[0].sentence.id for e in edits}
        changed = [n for x in ids for n in self._by_sentence[x] if self.settled.get(n) is not True]
        repaired = sorted(n for n in changed if self.items[n].key not in waiting)
        left = len(alike.numbers) - len(set(alike.numbers) & set(repaired))
        message = f"{alike.kind.value}: {pluralize(len(repaired), 'span')} like {alike.model_text}"
        self._apply(tuple(repaired), combine_edits(edits, message), done=True)
        why = ", ".join(f"{reason} ({n})" for reason, n in reasons.most_common())
        return f"{message}; {left} left: {why}" if left else message

    def _alike_edits(self, alike: AlikeSpans) -> tuple[list[Edit], Counter[str]]:
        """Return an edit for each sentence with what can be repaired in it, and why the rest can't be."""
        now = self._current_versions({self.items[n].annotated.sentence.article for n in alike.numbers})
        steps: dict[str, list[AnnotatedSentence]] = {}
        reasons: Counter[str] = Counter()
        for n in alike.numbers:
            item, sentence = self.items[n], self.items[n].annotated.sentence
            first = now.get((sentence.article, sentence.start, sentence.end))
            if first is None:
                reasons["the sentence has changed since"] += 1
                continue
            done = steps.setdefault(first.sentence.id, [first])
            try:
                repairs = possible_repairs(done[-1], item.span, self.session.schema)
            except RuleError:  # an earlier one of the same token has mended it too
                continue
            repair = next(r for r in repairs if r.kind is alike.kind)
            if repair.edit:
                done.append(repair.edit.after[0])
            else:
                reasons[repair.reason] += 1
        return [Edit(Op.EDIT, (s[0],), (s[-1],)) for s in steps.values() if len(s) > 1], reasons

    def _current_versions(self, articles: set[str]) -> dict[tuple[str, int, int], AnnotatedSentence]:
        """Return the sentences of some articles as they are now, by article and range."""
        store = self.session.annotation_store
        touched = (w for article in articles for w in store.touched_sentences_of(article))
        return {(w.sentence.article, w.sentence.start, w.sentence.end): w for w in touched}


def _repair_message(misaligned: MisalignedSpan, repair: SpanRepair) -> str:
    words = misaligned.annotated.text_of(misaligned.span)
    if repair.kind is RepairKind.DROP:
        return f"{words} is no {misaligned.span.label} any more"
    if repair.kind is RepairKind.SPLIT:
        return f"the tokens are {' | '.join(repair.result)} now"
    return f"{words} is {repair.result[0]} now"
