"""Carries the annotations of an article over to the version that replaces it.

Sentences are paired by their text. One that occurs as often in the old version as in the new one is the same
sentence, the first with the first and so on, and keeps everything, joins and splits too. Of a sentence that
has changed each span is carried over whose words with the token before and after them occur once in what is
not paired, in both versions; the answer is open again, also where there are no spans. Spans that have no place
left are listed in a note on the sentence that has most of the old one's words.

What becomes of a sentence does not depend on what was carried before, so a second time finds nothing to do:
a sentence of the new version that has a record is changed only where its unchanged pair was annotated later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.article import Sentence
from annotator.core.edits import MAX_DESCRIBED_LENGTH, Edit, Op
from annotator.core.schema import Schema
from annotator.core.sentence_successors import sentence_successors
from annotator.core.spans import Span, overlap_finder
from annotator.core.tokens import token_range

_LISTED_SPANS = 6
"""So many spans a note lists."""


class ArticleVersion(Struct, frozen=True):
    """A version of an article with what one annotator has left in it."""

    text: str
    stored: tuple[Sentence, ...]
    """The sentences of its annotated lines, as they were cut at ingest."""
    touched: tuple[AnnotatedSentence, ...]
    """The sentences that have a record, in text order."""
    seqs: tuple[int, ...]
    """The number of the record that each was last decided with: of one that was carried over, its origin's."""

    def overlapping(self, start: int, end: int) -> list[AnnotatedSentence]:
        """Return the sentences that share text with ``[start, end)`` of the article, as they are now."""
        found = [w for w in self.touched if w.sentence.start < end and start < w.sentence.end]
        covers = overlap_finder((w.sentence.start, w.sentence.end) for w in found)
        inside = (s for s in self.stored if start <= s.start and s.end <= end and not covers(s.start, s.end))
        return sorted([*found, *map(AnnotatedSentence, inside)], key=lambda w: w.sentence.start)

    def last_seq(self, start: int, end: int) -> int:
        """Return the number of the last record in ``[start, end)``, 0 for none."""
        pairs = zip(self.touched, self.seqs, strict=True)
        return max((n for w, n in pairs if w.sentence.start < end and start < w.sentence.end), default=0)


class CarryOver(Struct, frozen=True):
    """What is carried over to a new version."""

    edit: Edit
    origins: tuple[str, ...]
    """For each sentence after the edit the id of the one that it comes from; of several, with blanks between."""
    unchanged: int
    """How many sentences are as they were."""
    changed: frozenset[str]
    """The ids of the sentences that are open, with what was found of the old ones."""
    gone: tuple[AnnotatedSentence, ...]
    """Those with work of which nothing like them is left: the journal keeps them."""


class _Unit(Struct, frozen=True):
    """Neighbouring stored sentences ``[first, last)`` that joins tie together, and what covers them."""

    first: int
    last: int
    touched: tuple[AnnotatedSentence, ...] = ()
    seqs: tuple[int, ...] = ()


class _Place(Struct):
    """What an open sentence of the new version gets of the changed ones."""

    spans: list[Span] = []
    rejected: list[Span] = []
    notes: list[str] = []
    flagged: bool = False
    origins: list[str] = []


def carry_over(
    old: ArticleVersion, new: ArticleVersion, schema: Schema, carried: Mapping[str, int] | None = None
) -> CarryOver:
    """Return what is carried over from ``old`` to ``new``.

    With the ids of the sentences that were ``carried`` before, and the numbers of the records that hold them: only
    unchanged sentences that were annotated later than that.
    """
    return _CarryOver(old, new, schema).result(carried)


class _CarryOver:
    def __init__(self, old: ArticleVersion, new: ArticleVersion, schema: Schema) -> None:
        self.old, self.new, self.schema = old, new, schema
        self.units = list(_units(old))
        self.places = _pair_units(old, new, self.units)
        self.taken = {i for first, last in self.places.values() for i in range(first, last)}
        self.is_touched = overlap_finder((w.sentence.start, w.sentence.end) for w in new.touched)
        self.before: list[AnnotatedSentence] = []
        self.after: list[AnnotatedSentence] = []
        self.origins: list[str] = []

    def result(self, carried: Mapping[str, int] | None) -> CarryOver:
        """Carry what can be carried."""
        for n, unit in enumerate(self.units):
            last_carried = max([(carried or {}).get(w.sentence.id, 0) for w in unit.touched], default=0)
            if n in self.places and max(unit.seqs, default=0) > last_carried:
                self.carry_unit(unit, *self.places[n])
        unchanged, gone = len(self.after), tuple[AnnotatedSentence, ...]()
        if carried is None:
            found: dict[int, _Place] = defaultdict(_Place)
            gone = tuple(w for unit, w in self.changed_sentences() if not self.place_changed(unit, w, found))
            for i, place in found.items():
                self.carry_place(i, place)
        open_ones = frozenset(w.sentence.id for w in self.after[unchanged:])
        order = sorted(range(len(self.after)), key=lambda n: self.after[n].sentence.start)
        before = tuple(sorted(self.before, key=lambda w: w.sentence.start))
        edit = Edit(Op.CARRY, before, tuple(self.after[n] for n in order), "carried over to a new version")
        return CarryOver(edit, tuple(self.origins[n] for n in order), unchanged, open_ones, gone)

    def carry_unit(self, unit: _Unit, first: int, last: int) -> None:
        """Carry over everything of an unchanged text, unless its pair is alike or was annotated later."""
        there = self.new.stored[first:last]
        by = there[0].start - self.old.stored[unit.first].start
        moved = [replace(w, sentence=_moved(w.sentence, by, there)) for w in unit.touched]
        start, end = there[0].start, there[-1].end
        before = self.new.overlapping(start, end)
        is_whole = start <= before[0].sentence.start and before[-1].sentence.end <= end
        if is_whole and moved != before and max(unit.seqs) >= self.new.last_seq(start, end):
            self.before += before
            self.after += moved
            self.origins += [w.sentence.id for w in unit.touched]

    # -- sentences that have changed ---------------------------------------------------------------

    def changed_sentences(self) -> Iterator[tuple[_Unit, AnnotatedSentence]]:
        """Yield the sentences with work that have no pair."""
        unpaired = [u for n, u in enumerate(self.units) if n not in self.places]
        shown = [u.touched or map(AnnotatedSentence, self.old.stored[u.first : u.last]) for u in unpaired]
        self.old_index = _TokenIndex([w.sentence for part in shown for w in part])
        self.free = [i for i in range(len(self.new.stored)) if i not in self.taken]
        self.new_index = _TokenIndex([self.new.stored[i] for i in self.free])
        self.successors = sentence_successors(self.old.stored, self.new.stored)
        for unit in unpaired:
            yield from ((unit, w) for w in unit.touched if w.annotation != Annotation())

    def place_changed(self, unit: _Unit, annotated: AnnotatedSentence, found: dict[int, _Place]) -> bool:
        """Note where the parts of a changed sentence go; return False where nothing is like it."""
        lost, homes = [], []
        for span in annotated.annotation.spans:
            if (place := self.find(annotated, span)) and not self.schema.find_violation(
                place[1], found[place[0]].spans
            ):
                found[place[0]].spans.append(place[1])
                homes.append(place[0])
            else:
                lost.append(span)
        for span in annotated.annotation.rejected:
            if place := self.find(annotated, span):
                found[place[0]].rejected.append(place[1])
                homes.append(place[0])
        successors = [self.successors[i] for i in range(unit.first, unit.last) if i in self.successors]
        homes = [i for i in successors if i not in self.taken][:1] + homes
        if not homes:
            return False
        home = homes[0]
        found[home].notes += filter(None, (annotated.annotation.note, _lost_text(annotated, lost)))
        found[home].flagged |= annotated.annotation.flagged
        for i in dict.fromkeys(homes):
            found[i].origins.append(annotated.sentence.id)
        return True

    def find(self, annotated: AnnotatedSentence, span: Span) -> tuple[int, Span] | None:
        """Return the one place of a span's words with their context: a sentence's number, and the span there."""
        tokens = annotated.sentence.tokens
        first, last = token_range(tokens, span.start, span.end)
        if first == last or (tokens[first].start, tokens[last - 1].end) != (span.start, span.end):
            return None
        lead = min(1, first)
        pattern = tuple(t.text for t in tokens[first - lead : last + 1])
        there = self.new_index.find(pattern)
        if len(there) != 1 or len(self.old_index.find(pattern)) != 1:
            return None
        i, at = self.free[there[0][0]], there[0][1] + lead
        s = self.new.stored[i]
        moved = replace(span, start=s.tokens[at].start, end=s.tokens[at + last - first - 1].end)
        return (i, moved) if s.text[moved.start : moved.end] == annotated.text_of(span) else None

    def carry_place(self, i: int, place: _Place) -> None:
        """Give an open sentence what was found for it, unless it was touched."""
        s = self.new.stored[i]
        annotation = Annotation(note=" · ".join(dict.fromkeys(place.notes)), flagged=place.flagged)
        annotation = annotation.with_spans(place.spans).with_rejected(place.rejected)
        # One without anything names where it comes from: finished, it is exported in place of that.
        if place.origins and not self.is_touched(s.start, s.end):
            self.before.append(AnnotatedSentence(s))
            self.after.append(AnnotatedSentence(s, annotation))
            self.origins.append(" ".join(place.origins))


def _units(version: ArticleVersion) -> Iterator[_Unit]:
    """Yield the stored sentences one by one, those together that touched sentences share text with."""
    stored, touched, n, first = version.stored, version.touched, 0, 0
    while first < len(stored):
        while n < len(touched) and touched[n].sentence.end <= stored[first].start:
            n += 1
        start, last, end = n, first + 1, stored[first].end
        while True:
            if n < len(touched) and touched[n].sentence.start < end:
                end, n = max(end, touched[n].sentence.end), n + 1
            elif last < len(stored) and stored[last].start < end:
                end, last = max(end, stored[last].end), last + 1
            else:
                break
        yield _Unit(first, last, touched[start:n], version.seqs[start:n])
        first = last


def _pair_units(old: ArticleVersion, new: ArticleVersion, units: Sequence[_Unit]) -> dict[int, tuple[int, int]]:
    """Return, by number of a unit, the stored sentences of the new version that are the same text.

    The longest joined runs come first: what they take does not count for the others any more.
    """
    mine, theirs = _TextIndex(old), _TextIndex(new)
    places: dict[int, tuple[int, int]] = {}
    whole = [(n, u) for n, u in enumerate(units) if _is_covered(old, u)]
    taken: set[int] = set()
    for size in sorted({u.last - u.first for _, u in whole}, reverse=True):
        for n, unit in whole:
            if unit.last - unit.first == size:
                s, end = old.stored[unit.first], old.stored[unit.last - 1].end
                text = old.text[s.start : end]
                here, there = mine.find(s.text, text), theirs.find(s.text, text)
                rank = bisect_left(here, (unit.first, unit.last))
                if len(here) == len(there) and here[rank : rank + 1] == [(unit.first, unit.last)]:
                    numbers = range(*there[rank])
                    if taken.isdisjoint(numbers):
                        places[n] = there[rank]
                        taken.update(numbers)
        mine.hide((units[n].first, units[n].last) for n in places)
        theirs.hide(places.values())
    return places


def _is_covered(version: ArticleVersion, unit: _Unit) -> bool:
    """Return False where a sentence is joined with what is not annotated any more."""
    start, end = version.stored[unit.first].start, version.stored[unit.last - 1].end
    return all(start <= w.sentence.start and w.sentence.end <= end for w in unit.touched)


class _TextIndex:
    """Finds the runs of stored sentences that are together a text."""

    def __init__(self, version: ArticleVersion) -> None:
        self._version = version
        self._numbers: dict[str, list[int]] = defaultdict(list)
        for i, s in enumerate(version.stored):
            self._numbers[s.text].append(i)
        self._ends = {s.end: i + 1 for i, s in enumerate(version.stored)}
        self._found: dict[str, list[tuple[int, int]]] = {}
        self._hidden: set[int] = set()

    def hide(self, runs: Iterable[tuple[int, int]]) -> None:
        """Find no run any more that shares a sentence with one of these."""
        self._hidden.update(i for first, last in runs for i in range(first, last))
        self._found.clear()

    def find(self, first: str, text: str) -> list[tuple[int, int]]:
        """Return the runs, as half-open ranges of numbers; ``first`` is the text of the first sentence of each."""
        if text not in self._found:
            starts = [(i, self._version.stored[i].start) for i in self._numbers.get(first, ())]
            runs = [
                (i, self._ends[at + len(text)])
                for i, at in starts
                if at + len(text) in self._ends and self._version.text.startswith(text, at)
            ]
            self._found[text] = [run for run in runs if self._hidden.isdisjoint(range(*run))]
        return self._found[text]


class _TokenIndex:
    """Finds runs of tokens in sentences."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._texts = [tuple(t.text for t in s.tokens) for s in sentences]
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for i, tokens in enumerate(self._texts):
            for at, token in enumerate(tokens):
                self._places[token].append((i, at))

    def find(self, pattern: tuple[str, ...]) -> list[tuple[int, int]]:
        """Return the places of a run, each as sentence and token by number: two at most."""
        k = min(range(len(pattern)), key=lambda k: len(self._places.get(pattern[k], ())))
        found: list[tuple[int, int]] = []
        for i, at in self._places.get(pattern[k], ()):
            if at >= k and self._texts[i][at - k : at - k + len(pattern)] == pattern:
                found.append((i, at - k))
                if len(found) == 2:
                    break
        return found


def _moved(s: Sentence, by: int, there: Sequence[Sentence]) -> Sentence:
    """Return a sentence at its place in the new version, among the stored sentences ``there``."""
    at = max(0, bisect_left(there, s.start + by + 1, key=lambda x: x.start) - 1)
    return replace(s, article=there[0].article, index=there[at].index, start=s.start + by, end=s.end + by)


def _lost_text(annotated: AnnotatedSentence, lost: Sequence[Span]) -> str:
    """Return the note on spans that have no place in the new version; empty for none."""
    words = [" ".join(annotated.text_of(s).split()) for s in lost[:_LISTED_SPANS]]
    shown = [w if len(w) <= MAX_DESCRIBED_LENGTH else f"{w[: MAX_DESCRIBED_LENGTH - 1]}…" for w in words]
    more = f" and {len(lost) - _LISTED_SPANS} more" if len(lost) > _LISTED_SPANS else ""
    listed = ", ".join(f"{s.label} {w}" for s, w in zip(lost, shown, strict=False))
    return f"not carried over: {listed}{more}" if lost else ""
