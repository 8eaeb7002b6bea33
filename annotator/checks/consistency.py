"""Inconsistencies: the same words labelled here and not there, with two labels, or with other edges.

The label of most places is proposed for the others. Everything is found in one pass over the tokens,
with the labelled words indexed by their first word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from annotator.checks.problem import (
    CHECKED_ANSWERS,
    CheckInput,
    Problem,
    ProblemKind,
    ReviewedSentence,
    quote_text,
    statement_labels,
)
from annotator.checks.problem import ProblemLocation as Where
from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.edits import Edit, Op, add_span, move_span, remove_span
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.tokens import TokenRange, token_range
from annotator.language import english as en
from annotator.language.mentions import is_part_of_longer_name
from annotator.language.span_forms import is_excluded

MAX_COMPARED_WORDS = 8
"""Longer spans are not compared: a whole statement does not occur twice."""
_OVERLOOKED_FACTOR = 2
"""A label is to be taken off where more than this many times as many places lack it: people overlook
a place more often than they make one up."""
_LEADING_WORDS = en.TITLES | en.DETERMINERS
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})

WordSequence = tuple[str, ...]


class InconsistencyKind(StrEnum):
    """What is not the same everywhere."""

    MISSED = "labelled here and not there"
    LABELS = "two labels"
    EDGES = "other edges"


class WordOccurrence(Struct, frozen=True):
    """One place of a group's words, ``[start, end)`` in its sentence: what is there, what is proposed."""

    annotated: AnnotatedSentence
    start: int
    end: int
    existing: Span | None
    """The span that is there; None where the words have no label."""
    proposed: Span | None
    """What most other places have; None where most have no label."""

    @property
    def is_consistent(self) -> bool:
        """Whether nothing is to be changed."""
        return (self.existing and self.existing.key) == (self.proposed and self.proposed.key)

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What makes two proposals the same: sentence, range and label proposed."""
        to = self.proposed or Span(self.start, self.end, "")
        return (self.annotated.sentence.id, to.start, to.end, to.label)

    @property
    def existing_label(self) -> str:
        """The label that is there, or an empty string."""
        return self.existing.label if self.existing else ""


class InconsistencyGroup(Struct, frozen=True):
    """All places of the same words that are not labelled alike."""

    words: str
    kind: InconsistencyKind
    label: str
    """The label that is proposed; empty where it is to be taken off."""
    occurrences: tuple[WordOccurrence, ...]
    """In text order."""
    strength: float
    """Between 0 and 1: how one-sided the places are."""

    @property
    def changes(self) -> tuple[WordOccurrence, ...]:
        """The places that are not like the others."""
        return tuple(p for p in self.occurrences if not p.is_consistent)


def find_inconsistencies(
    annotated_sentences: Sequence[AnnotatedSentence], schema: Schema
) -> tuple[InconsistencyGroup, ...]:
    """Return the groups among the sentences, the strongest first.

    Sentences that were rejected or ignored don't count, and words without a label count in accepted
    sentences alone: in others they may only wait for their turn. Statements and bare numbers are
    left out, and so are words inside a longer name, a proposal that was turned down or one that
    the schema forbids.
    """
    counted = [w for w in annotated_sentences if w.annotation.answer in CHECKED_ANSWERS]
    labels = {x.name for x in schema.labels} - statement_labels(schema)
    labelled = _labelled_occurrences(counted, labels)
    bare = _unlabelled_occurrences(counted, labelled)
    found = [g for words, at in labelled.items() if (g := _label_group(at, bare.get(words, []), schema))]
    found += _edge_groups(labelled)
    return tuple(sorted(found, key=lambda g: -g.strength))


def apply_proposals(annotated: AnnotatedSentence, occurrences: Sequence[WordOccurrence], schema: Schema) -> Edit:
    """Return one edit that does what is proposed at some places of a sentence.

    Raises RuleError where a rule of the schema forbids one or the sentence has changed too much.
    """
    now = annotated
    for occurrence in occurrences:
        now = _proposal_edit(now, occurrence, schema).after[0]
    return Edit(Op.EDIT, (annotated,), (now,), "made consistent")


def _proposal_edit(annotated: AnnotatedSentence, occurrence: WordOccurrence, schema: Schema) -> Edit:
    if occurrence.proposed is None:
        assert occurrence.existing is not None
        return remove_span(annotated, occurrence.existing)
    proposed = occurrence.proposed
    if occurrence.existing and (occurrence.start, occurrence.end) != (proposed.start, proposed.end):
        return move_span(annotated, occurrence.existing, proposed, schema)
    return add_span(annotated, proposed, schema, replaced=occurrence.existing)


# -- collecting ------------------------------------------------------------------------------------

LabelledOccurrences = dict[WordSequence, list[tuple[AnnotatedSentence, Span]]]


def _sentence_words(annotated: AnnotatedSentence) -> tuple[WordSequence, Sequence[int]]:
    """Return the words of a sentence without white space, and the number of each one's token."""
    texts = tuple([t.text for t in annotated.sentence.tokens])
    if not any(map(str.isspace, texts)):
        return texts, range(len(texts))
    kept = [i for i, text in enumerate(texts) if not text.isspace()]
    return tuple([texts[i] for i in kept]), kept


def _span_words(annotated: AnnotatedSentence, span: Span) -> WordSequence:
    """Return the words of a span without white space; none where it is not on token edges."""
    tokens = annotated.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    if first == last or tokens[first].start != span.start or tokens[last - 1].end != span.end:
        return ()
    return tuple([t.text for t in tokens[first:last] if not t.text.isspace()])


def _labelled_occurrences(
    annotated_sentences: Sequence[AnnotatedSentence], labels: Collection[str]
) -> LabelledOccurrences:
    """Return the spans by their words: those that have letters and are on token edges."""
    out: LabelledOccurrences = defaultdict(list)
    for annotated in annotated_sentences:
        for span in annotated.annotation.spans:
            if span.label in labels:
                words = _span_words(annotated, span)
                if 0 < len(words) <= MAX_COMPARED_WORDS and any(map(str.isalpha, "".join(words))):
                    out[words].append((annotated, span))
    return out


def _unlabelled_occurrences(
    annotated_sentences: Sequence[AnnotatedSentence], labelled: LabelledOccurrences
) -> dict[WordSequence, list[tuple[AnnotatedSentence, TokenRange]]]:
    """Return where the labelled words occur in accepted sentences without a label of that range."""
    sizes: dict[str, set[int]] = defaultdict(set)
    for words in labelled:
        if len(words) > 1 or not words[0].islower():  # a small word alone is a name of nothing
            sizes[words[0]].add(len(words))
    out: dict[WordSequence, list[tuple[AnnotatedSentence, TokenRange]]] = defaultdict(list)
    for annotated in annotated_sentences:
        if annotated.annotation.answer is not Answer.ACCEPT:
            continue
        texts, numbers = _sentence_words(annotated)
        for i in [i for i, text in enumerate(texts) if text in sizes]:
            for size in sizes[texts[i]]:
                words = texts[i : i + size]
                if words in labelled and len(words) == size:
                    out[words].append((annotated, (numbers[i], numbers[i + size - 1] + 1)))
    return out


# -- the same words --------------------------------------------------------------------------------


def _label_group(
    labelled: Sequence[tuple[AnnotatedSentence, Span]],
    bare: Sequence[tuple[AnnotatedSentence, TokenRange]],
    schema: Schema,
) -> InconsistencyGroup | None:
    counts = Counter(span.label for _, span in labelled)
    label = min(counts, key=lambda x: (-counts[x], x))
    empty = list(_free_ranges(bare, label, schema))
    if not empty and len(counts) == 1:
        return None
    most = label if _OVERLOOKED_FACTOR * len(labelled) >= len(empty) else ""
    occurrences = [WordOccurrence(w, s.start, s.end, s, _proposed_span(w, s, most)) for w, s in labelled]
    occurrences += [WordOccurrence(w, a, b, None, Span(a, b, most) if most else None) for w, (a, b) in empty]
    kind = InconsistencyKind.LABELS if len(counts) > 1 else InconsistencyKind.MISSED
    # Taking a label off is the weaker proposal: the same words may well be no such thing elsewhere.
    return _build_group(labelled[0][0].text_of(labelled[0][1]), kind, most, occurrences, 1.0 if most else 0.5)


def _free_ranges(
    bare: Sequence[tuple[AnnotatedSentence, TokenRange]], label: str, schema: Schema
) -> Iterator[tuple[AnnotatedSentence, tuple[int, int]]]:
    """Yield the ranges without a label, in code points, that ``label`` could have."""
    for annotated, (first, last) in bare:
        tokens, annotation = annotated.sentence.tokens, annotated.annotation
        span = Span(tokens[first].start, tokens[last - 1].end, label)
        if annotation.covers is not None and label not in annotation.covers:
            continue  # nobody has looked for it here
        taken = any((s.start, s.end) == (span.start, span.end) for s in annotation.spans)
        turned_down = any(s.key == span.key for s in annotation.rejected)
        if taken or turned_down or is_part_of_longer_name(tokens, (first, last)):
            continue
        excluded = is_excluded(schema, label, tokens, first, last)
        if not excluded and not schema.find_violation(span, annotation.spans):
            yield annotated, (span.start, span.end)


def _proposed_span(annotated: AnnotatedSentence, span: Span, label: str) -> Span | None:
    """Return what is proposed for a span: the label of most, unless that was turned down here."""
    if not label:
        return None
    wanted = Span(span.start, span.end, label)
    rejected = annotated.annotation.rejected
    return span if rejected and any(s.key == wanted.key for s in rejected) else wanted


def _build_group(
    words: str, kind: InconsistencyKind, label: str, occurrences: Sequence[WordOccurrence], weight: float
) -> InconsistencyGroup | None:
    agree = sum(p.is_consistent for p in occurrences)
    if agree == len(occurrences):
        return None
    ordered = sorted(occurrences, key=lambda p: (p.annotated.sentence.article, p.annotated.sentence.start, p.start))
    return InconsistencyGroup(words, kind, label, tuple(ordered), weight * agree / (len(occurrences) + 1))


# -- other edges -----------------------------------------------------------------------------------


def _edge_groups(labelled: LabelledOccurrences) -> list[InconsistencyGroup]:
    """Return the names that are marked with a title, an article or a possessive here and without there."""
    found = []
    for words, occurrences in labelled.items():
        core = _core_name(words)
        if core != words and core in labelled:
            for label in sorted({s.label for _, s in occurrences} & {s.label for _, s in labelled[core]}):
                wide = [(w, s) for w, s in occurrences if s.label == label]
                narrow = [(w, s) for w, s in labelled[core] if s.label == label]
                if group := _edge_group(words, core, wide, narrow):
                    found.append(group)
    return found


def _core_name(words: WordSequence) -> WordSequence:
    """Return a name's words without titles and articles before it and a possessive after it."""
    first, last = 0, len(words)
    while first < last - 1 and words[first].lower().rstrip(".") in _LEADING_WORDS:
        first += 1
    while last > first + 1 and words[last - 1] in _POSSESSIVES:
        last -= 1
    return words[first:last] if words[first][:1].isupper() else words


def _edge_group(
    words: WordSequence,
    core: WordSequence,
    wide: Sequence[tuple[AnnotatedSentence, Span]],
    narrow: Sequence[tuple[AnnotatedSentence, Span]],
) -> InconsistencyGroup | None:
    before = next(i for i in range(len(words)) if words[i : i + len(core)] == core)
    after = len(words) - before - len(core)
    to_wide = len(wide) > len(narrow)
    occurrences = []
    for annotated, span in [*wide, *narrow]:
        by = (before, after) if len(_span_words(annotated, span)) == len(core) else (-before, -after)
        other = _extended_span(annotated, span, *by)
        change = to_wide == (by[0] + by[1] > 0)
        fits = other and _span_words(annotated, other) == (words if to_wide else core)
        turned_down = other and any(s.key == other.key for s in annotated.annotation.rejected)
        wanted = other if change and fits and not turned_down else span
        occurrences.append(WordOccurrence(annotated, span.start, span.end, span, wanted))
    return _build_group(wide[0][0].text_of(wide[0][1]), InconsistencyKind.EDGES, wide[0][1].label, occurrences, 1.0)


def _extended_span(annotated: AnnotatedSentence, span: Span, before: int, after: int) -> Span | None:
    """Return the span with this many words more (or less) at either end, or None at the sentence's end."""
    texts, numbers = _sentence_words(annotated)
    tokens = annotated.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    inside = [n for n, i in enumerate(numbers) if first <= i < last]
    a, b = inside[0] - before, inside[-1] + after
    if not 0 <= a <= b < len(texts):
        return None
    return replace(span, start=tokens[numbers[a]].start, end=tokens[numbers[b]].end, of=())


# -- as problems -----------------------------------------------------------------------------------

_PROBLEM_KINDS = {
    InconsistencyKind.LABELS: ProblemKind.TWO_LABELS,
    InconsistencyKind.EDGES: ProblemKind.OTHER_EDGES,
    InconsistencyKind.MISSED: ProblemKind.UNLABELLED,
}


def check_label_consistency(check_input: CheckInput) -> Iterator[Problem]:
    """Yield the words that one annotator has labelled here and not there, or in two ways."""
    for annotator, reviewed in check_input.by_annotator().items():
        seqs = {x.sentence.id: x for x in reviewed}
        for group in find_inconsistencies([x.annotated for x in reviewed], check_input.schema):
            yield _consistency_problem(annotator, group, seqs)


def _consistency_problem(annotator: str, group: InconsistencyGroup, reviewed: dict[str, ReviewedSentence]) -> Problem:
    counts = Counter(p.existing_label or "no label" for p in group.occurrences)
    label_counts = ", ".join(f"{label} ({n})" for label, n in sorted(counts.items(), key=lambda x: (-x[1], x[0])))
    what = f"{quote_text(group.words)} is {label_counts} in {annotator}’s work"
    if group.kind is InconsistencyKind.EDGES:
        what = f"{quote_text(group.words)} is marked with and without the words around the name"
    first, *others = (_occurrence_location(p, reviewed) for p in group.changes)
    cure = "decide each place (`]` in the app goes through them)"
    return Problem(_PROBLEM_KINDS[group.kind], first, what, cure, tuple(others))


def _occurrence_location(occurrence: WordOccurrence, reviewed: dict[str, ReviewedSentence]) -> Where:
    """Return a place of a group as a place of a problem; words without a label have a span without one."""
    span = occurrence.existing or Span(occurrence.start, occurrence.end, "-")
    return reviewed[occurrence.annotated.sentence.id].location_of(span)
