"""Inconsistencies: the same words labelled here and not there, with two labels, or with other edges.

What most places say is proposed for the others. Everything is found in one pass over the tokens,
with the labelled words indexed by their first word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotator.core.annotation import Answer, Work
from annotator.core.edits import Edit, Op, add_span, move_span, remove_span
from annotator.core.mentions import cut_out
from annotator.core.phrases.en import words as en
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.tokens import Range, token_range

LONGEST = 8
"""How many words may be looked for: a whole statement is not said twice."""
_OVERLOOKED = 2
"""A label is to be taken off where more than so many times as many places lack it: people overlook
a place more often than they make one up."""
_LED = en.TITLES | en.DETERMINERS
_POSSESSIVE = frozenset({"'s", "’s", "'", "’"})

Words = tuple[str, ...]


class Kind(StrEnum):
    """What is not the same everywhere."""

    MISSED = "labelled here and not there"
    LABELS = "two labels"
    EDGES = "other edges"


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a group's words, ``[start, end)`` in its sentence: what is there, what is proposed."""

    work: Work
    start: int
    end: int
    found: Span | None
    """The span that is there; None where the words bear no label."""
    wanted: Span | None
    """What most other places have; None where most have no label."""

    @property
    def agrees(self) -> bool:
        """Whether nothing is to be changed."""
        return (self.found and self.found.key) == (self.wanted and self.wanted.key)

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What makes two proposals the same: sentence, range and label proposed."""
        to = self.wanted or Span(self.start, self.end, "")
        return (self.work.sentence.id, to.start, to.end, to.label)

    @property
    def what(self) -> str:
        """The label that is there, or an empty string."""
        return self.found.label if self.found else ""


@dataclass(frozen=True, slots=True)
class Group:
    """All places of the same words that are not labelled alike."""

    words: str
    kind: Kind
    label: str
    """The label that is proposed; empty where it is to be taken off."""
    places: tuple[Place, ...]
    """In the order of the works."""
    strength: float
    """Between 0 and 1: how one-sided the places are."""

    @property
    def changes(self) -> tuple[Place, ...]:
        """The places that are not like the others."""
        return tuple(p for p in self.places if not p.agrees)


def inconsistencies(works: Sequence[Work], schema: Schema) -> tuple[Group, ...]:
    """Return the groups among the works, the strongest first.

    Sentences that were rejected or ignored don't count, and words without a label count in accepted
    sentences alone: in others they may only wait for their turn. Statements and bare numbers are
    left out, and so are words inside a longer name, a proposal that was turned down or one that
    the schema forbids.
    """
    counted = [w for w in works if w.annotation.answer in {None, Answer.ACCEPT}]
    labelled = _labelled(counted, _compared(schema))
    bare = _without_label(counted, labelled)
    found = [g for words, at in labelled.items() if (g := _group(at, bare.get(words, []), schema))]
    found += _edges(labelled)
    return tuple(sorted(found, key=lambda g: -g.strength))


def amended(work: Work, places: Sequence[Place], schema: Schema) -> Edit:
    """Return one edit that does on ``work`` what is proposed at some places of its sentence.

    Raises RuleError where a rule of the schema forbids one or the sentence has changed too much.
    """
    now = work
    for place in places:
        now = _edit(now, place, schema).after[0]
    return Edit(Op.EDIT, (work,), (now,), "made consistent")


def _edit(work: Work, place: Place, schema: Schema) -> Edit:
    if place.wanted is None:
        assert place.found is not None
        return remove_span(work, place.found)
    if place.found and (place.start, place.end) != (place.wanted.start, place.wanted.end):
        return move_span(work, place.found, place.wanted, schema)
    return add_span(work, place.wanted, schema)


def _compared(schema: Schema) -> frozenset[str]:
    """Return the labels that are compared: all but those that hold others and lie in none but their own.

    Those are statements: their words tell nothing about the next one.
    """
    return frozenset(
        x.name for x in schema.labels if x.name not in schema.containers or set(x.inside) - {x.name}
    )


# -- collecting ------------------------------------------------------------------------------------

Labelled = dict[Words, list[tuple[Work, Span]]]


def _words(work: Work) -> tuple[Words, Sequence[int]]:
    """Return the words of a sentence without white space, and the number of each one's token."""
    texts = tuple([t.text for t in work.sentence.tokens])
    if not any(map(str.isspace, texts)):
        return texts, range(len(texts))
    kept = [i for i, text in enumerate(texts) if not text.isspace()]
    return tuple([texts[i] for i in kept]), kept


def _words_of(work: Work, span: Span) -> Words:
    """Return the words of a span without white space; none where it does not stand on token edges."""
    tokens = work.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    if first == last or tokens[first].start != span.start or tokens[last - 1].end != span.end:
        return ()
    return tuple([t.text for t in tokens[first:last] if not t.text.isspace()])


def _labelled(works: Sequence[Work], labels: frozenset[str]) -> Labelled:
    """Return the spans by their words: those that have letters and stand on token edges."""
    out: Labelled = defaultdict(list)
    for work in works:
        for span in work.annotation.spans:
            if span.label in labels:
                words = _words_of(work, span)
                if 0 < len(words) <= LONGEST and any(map(str.isalpha, "".join(words))):
                    out[words].append((work, span))
    return out


def _without_label(works: Sequence[Work], labelled: Labelled) -> dict[Words, list[tuple[Work, Range]]]:
    """Return where the labelled words stand in accepted sentences without a label of exactly that range."""
    sizes: dict[str, set[int]] = defaultdict(set)
    for words in labelled:
        if len(words) > 1 or not words[0].islower():  # a small word alone is a name of nothing
            sizes[words[0]].add(len(words))
    out: dict[Words, list[tuple[Work, Range]]] = defaultdict(list)
    for work in works:
        if work.annotation.answer is not Answer.ACCEPT:
            continue
        texts, numbers = _words(work)
        for i in [i for i, text in enumerate(texts) if text in sizes]:
            for size in sizes[texts[i]]:
                words = texts[i : i + size]
                if words in labelled and len(words) == size:
                    out[words].append((work, (numbers[i], numbers[i + size - 1] + 1)))
    return out


# -- the same words --------------------------------------------------------------------------------


def _group(
    labelled: Sequence[tuple[Work, Span]], bare: Sequence[tuple[Work, Range]], schema: Schema
) -> Group | None:
    counts = Counter(span.label for _, span in labelled)
    label = min(counts, key=lambda x: (-counts[x], x))
    empty = list(_open_places(bare, label, schema))
    if not empty and len(counts) == 1:
        return None
    most = label if _OVERLOOKED * len(labelled) >= len(empty) else ""
    places = [Place(w, s.start, s.end, s, _relabelled(w, s, most)) for w, s in labelled]
    places += [Place(w, a, b, None, Span(a, b, most) if most else None) for w, (a, b) in empty]
    kind = Kind.LABELS if len(counts) > 1 else Kind.MISSED
    # Taking a label off is the weaker proposal: the same words may well be no such thing elsewhere.
    return _made(labelled[0][0].text_of(labelled[0][1]), kind, most, places, 1.0 if most else 0.5)


def _open_places(
    bare: Sequence[tuple[Work, Range]], label: str, schema: Schema
) -> Iterator[tuple[Work, tuple[int, int]]]:
    """Yield the places without a label, in code points, at which ``label`` could stand."""
    for work, (first, last) in bare:
        tokens, said = work.sentence.tokens, work.annotation
        span = Span(tokens[first].start, tokens[last - 1].end, label)
        taken = any(s.start == span.start and s.end == span.end for s in said.spans)
        if taken or any(s.key == span.key for s in said.rejected) or cut_out(tokens, (first, last)):
            continue
        if not schema.broken(span, said.spans):
            yield work, (span.start, span.end)


def _relabelled(work: Work, span: Span, label: str) -> Span | None:
    """Return what is proposed for a span: the label of most, unless that was turned down here."""
    if not label:
        return None
    wanted = Span(span.start, span.end, label)
    rejected = work.annotation.rejected
    return span if rejected and any(s.key == wanted.key for s in rejected) else wanted


def _made(words: str, kind: Kind, label: str, places: Sequence[Place], weight: float) -> Group | None:
    agree = sum(p.agrees for p in places)
    if agree == len(places):
        return None
    ordered = sorted(places, key=lambda p: (p.work.sentence.article, p.work.sentence.start, p.start))
    return Group(words, kind, label, tuple(ordered), weight * agree / (len(places) + 1))


# -- other edges -----------------------------------------------------------------------------------


def _edges(labelled: Labelled) -> list[Group]:
    """Return the names that are marked with a title, an article or a possessive here and without there."""
    found = []
    for words, places in labelled.items():
        core = _core(words)
        if core != words and core in labelled:
            for label in sorted({s.label for _, s in places} & {s.label for _, s in labelled[core]}):
                wide = [(w, s) for w, s in places if s.label == label]
                narrow = [(w, s) for w, s in labelled[core] if s.label == label]
                if group := _edge_group(words, core, wide, narrow):
                    found.append(group)
    return found


def _core(words: Words) -> Words:
    """Return a name's words without titles and articles before it and a possessive after it."""
    first, last = 0, len(words)
    while first < last - 1 and words[first].lower().rstrip(".") in _LED:
        first += 1
    while last > first + 1 and words[last - 1] in _POSSESSIVE:
        last -= 1
    return words[first:last] if words[first][:1].isupper() else words


def _edge_group(
    words: Words, core: Words, wide: Sequence[tuple[Work, Span]], narrow: Sequence[tuple[Work, Span]]
) -> Group | None:
    before = next(i for i in range(len(words)) if words[i : i + len(core)] == core)
    after = len(words) - before - len(core)
    to_wide = len(wide) > len(narrow)
    places = []
    for work, span in [*wide, *narrow]:
        by = (before, after) if len(_words_of(work, span)) == len(core) else (-before, -after)
        other = _stretched(work, span, *by)
        change = to_wide == (by[0] + by[1] > 0)
        fits = other and _words_of(work, other) == (words if to_wide else core)
        turned_down = other and any(s.key == other.key for s in work.annotation.rejected)
        wanted = other if change and fits and not turned_down else span
        places.append(Place(work, span.start, span.end, span, wanted))
    return _made(wide[0][0].text_of(wide[0][1]), Kind.EDGES, wide[0][1].label, places, 1.0)


def _stretched(work: Work, span: Span, before: int, after: int) -> Span | None:
    """Return the span with so many words more (or less) at either end, or None at the sentence's end."""
    texts, numbers = _words(work)
    tokens = work.sentence.tokens
    first, last = token_range(tokens, span.start, span.end)
    inside = [n for n, i in enumerate(numbers) if first <= i < last]
    a, b = inside[0] - before, inside[-1] + after
    if not 0 <= a <= b < len(texts):
        return None
    return Span(tokens[numbers[a]].start, tokens[numbers[b]].end, span.label, span.source)
