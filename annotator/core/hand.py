"""The hand: what is selected, and what each key makes of it.

Pure: every function takes what lies on the table and what is in hand, and returns a deed. The
pen carries deeds out on a session; the keystroke planner of the benchmarks only looks at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator.core import selection as sel
from annotator.core.annotation import Answer, Work
from annotator.core.edits import (
    Edit,
    add_span,
    move_span,
    reject_suggestion,
    remove_span,
    take_spans,
    together,
)
from annotator.core.errors import RuleError
from annotator.core.hints import Prefix, resolve
from annotator.core.mentions import label_mentions
from annotator.core.offers import drawn, open_ones, sure_ones
from annotator.core.phrases import extents
from annotator.core.phrases.growth import claim_from
from annotator.core.phrases.view import view_of
from annotator.core.provenance import source_of, span_of
from annotator.core.schema import Label, Schema
from annotator.core.selection import Selection, Stage
from annotator.core.sheet import Sheet, order
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import Range, Token, token_range

Place = tuple[int, int]
"""A sentence of the article by index, and code points from its start."""


@dataclass(frozen=True, slots=True)
class Hand:
    """The selection, and how far each label has gone through its suggestions."""

    selection: Selection | None = None
    fresh: bool = False
    """Whether the selection is the span just made: a label key then goes on to the next suggestion."""
    typed: str = ""
    """The first letter of a two-letter hint, once it is pressed."""
    last: Range | None = None
    """Where Tab goes on from when nothing is selected."""
    passed: Mapping[str, Place] = field(default_factory=dict)
    """Label → the place up to which its suggestions have been gone through."""


@dataclass(frozen=True, slots=True)
class Table:
    """All that lies before the hand: the article's works, the active one, and what is suggested."""

    schema: Schema
    works: Sequence[Work]
    active: int
    sheet: Sheet
    suggested: Callable[[int], Sequence[Suggestion]]
    """All suggestions for the sentence of that index, as the sources have them."""
    view: Sequence[int] = ()
    """The sentences that the screen shows whole, by index."""
    take: frozenset[str] = frozenset()
    """The labels whose sure suggestions Enter takes."""

    @property
    def work(self) -> Work:
        """The active sentence and its annotation."""
        return self.works[self.active]

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the active sentence."""
        return self.work.sentence.tokens

    def offers(self, i: int) -> tuple[Suggestion, ...]:
        """Return the suggestions of a sentence that are drawn, in reading order; none of a finished one."""
        work = self.works[i]
        if work.done and i != self.active:
            return ()
        return drawn(tuple(self.suggested(i)), work, self.schema)

    def taken_with_enter(self, i: int) -> tuple[Suggestion, ...]:
        """Return the suggestions of a sentence that Enter takes: never of one that is not shown whole."""
        if not self.take or i not in self.view:
            return ()
        return sure_ones(self.offers(i), self.works[i], self.schema, self.take)


@dataclass(frozen=True, slots=True)
class Deed:
    """What comes of a key: what is in hand then, an edit to carry out, and the sentence to go to."""

    hand: Hand
    edit: Edit | None = None
    active: int | None = None


# -- selecting ---------------------------------------------------------------------------------


def choose(hand: Hand, selection: Selection | None, *, fresh: bool = False) -> Hand:
    """Return the hand with something else selected."""
    last = selection.range if selection else hand.last
    return replace(hand, selection=selection, fresh=fresh, typed="", last=last)


def hint(table: Table, hand: Hand, letter: str) -> Deed | None:
    """Press a hint letter; None where no hint has it."""
    hit = resolve(table.sheet.hints, hand.typed + letter)
    if hit is None:
        return None
    if isinstance(hit, Prefix):
        return Deed(replace(hand, typed=hand.typed + letter))
    old = None if hand.fresh else hand.selection
    return Deed(choose(hand, sel.press(old, table.tokens, hit)))


def let_go(hand: Hand) -> Deed:
    """Let go of a half-typed hint, else of the selection."""
    return Deed(replace(hand, typed="") if hand.typed else choose(hand, None))


def step(table: Table, hand: Hand, by: int) -> Deed:
    """Move the token cursor by a word."""
    return Deed(choose(hand, sel.step(hand.selection, table.tokens, by)))


def visit(table: Table, hand: Hand, by: int) -> Deed:
    """Select the next (1) or previous (-1) suggestion, candidate or span in reading order, round."""
    stops = table.sheet.stops(
        [r for r, _ in _ranges(table)] + [_range(table, s) for s in table.offers(table.active)]
    )
    if not stops:
        raise RuleError("there is nothing to visit here", do="press a letter above a word to select it")
    at = hand.selection.range if hand.selection else hand.last
    here = order(at) if at else ((-1, 0) if by > 0 else (len(table.tokens), 0))
    later = [r for r in stops if (order(r) > here if by > 0 else order(r) < here)]
    pick = (later[0] if by > 0 else later[-1]) if later else (stops[0] if by > 0 else stops[-1])
    return Deed(choose(hand, sel.chosen(*pick)))


def select(table: Table, hand: Hand, span: Span) -> Hand:
    """Return the hand with the tokens of a span selected."""
    return choose(hand, sel.chosen(*token_range(table.tokens, span.start, span.end)))


# -- the extent of the selection, and of the span that it is ---------------------------------------


def grow(table: Table, hand: Hand) -> Deed:
    """Grow the selection, or the span in focus, to its next extent; without one go to the first stop."""
    if hand.selection is None:
        return visit(table, hand, 1)
    grown = sel.grow(hand.selection, table.tokens)
    if grown is None:
        raise RuleError("the whole sentence is selected", do="Backspace shrinks it")
    return _resized(table, hand, grown)


def shrink(table: Table, hand: Hand) -> Deed:
    """Shrink the selection, or the span in focus, to what it was."""
    return _resized(table, hand, sel.shrink(selected(hand), table.tokens))


def right_edge(table: Table, hand: Hand, by: int) -> Deed:
    """Move the right edge of the selection, or of the span in focus, by a word."""
    return _resized(table, hand, sel.move_right_edge(selected(hand), table.tokens, by))


def left_edge(table: Table, hand: Hand, by: int) -> Deed:
    """Move the left edge of the selection, or of the span in focus, by a word."""
    return _resized(table, hand, sel.move_left_edge(selected(hand), table.tokens, by))


def _resized(table: Table, hand: Hand, new: Selection) -> Deed:
    first, last = was = selected(hand).range
    old = exact(table, was)
    moved = choose(hand, new, fresh=hand.fresh)
    if old is None or new.range == was:
        return Deed(moved)
    start, end = place_of(table, trimmed(table, new.range))
    kept = (old.start if new.first == first else start, old.end if new.last == last else end)
    return Deed(moved, move_span(table.work, old, Span(*kept, old.label), table.schema))


# -- labels ------------------------------------------------------------------------------------


def label(table: Table, hand: Hand, name: Label) -> Deed:
    """Label the selection or relabel the span it is; with nothing in hand take the next suggestion."""
    if hand.selection is None or hand.fresh:
        return _take_next(table, hand, name)
    start, end = _meant(table, hand.selection, snapped(table, hand, name.name))
    source = next(
        (
            source_of(s)
            for s in table.offers(table.active)
            if (s.start, s.end, s.label) == (start, end, name.name)
        ),
        "",
    )
    span = Span(start, end, name.name, source)
    return _made(table, hand, table.active, span)


def _meant(table: Table, chosen: Selection, snap: Range | None) -> tuple[int, int]:
    """Return the code points that a label's key means: a span in focus keeps its edges, inside tokens too."""
    focus = exact(table, chosen.range) if snap is None else None
    if focus:
        return focus.start, focus.end
    return place_of(table, trimmed(table, snap or chosen.range))


def label_beside(table: Table, hand: Hand, name: Label) -> Deed:
    """Label the selection; a span of exactly its range stays beside the new one."""
    start, end = place_of(table, trimmed(table, selected(hand).range))
    return _made(table, hand, table.active, Span(start, end, name.name), beside=True)


def target(table: Table, hand: Hand, name: str) -> tuple[int, Suggestion] | None:
    """Return the suggestion that a label's key takes when nothing is in hand, and its sentence.

    It is the first one of the label after the place that the label has come to, in the active
    sentence and then in those after it that the screen shows whole.
    """
    after = hand.passed.get(name, (table.active, -1))
    after = max(after, (table.active, -1))
    ahead = [i for i in table.view if i > table.active]
    for i in (table.active, *ahead):
        for s in table.offers(i):
            if s.label == name and (i, s.start) > after:
                return i, s
    return None


def targets(table: Table, hand: Hand) -> dict[str, tuple[int, Suggestion]]:
    """Return the target of each label that has one."""
    found = ((x.name, target(table, hand, x.name)) for x in table.schema.labels)
    return {name: t for name, t in found if t}


def _take_next(table: Table, hand: Hand, name: Label) -> Deed:
    found = target(table, hand, name.name)
    if found is None:
        raise RuleError(
            f"no {'further ' if hand.fresh else ''}{name.name} is suggested in what is shown whole",
            do="press a letter above a word to select it",
        )
    i, suggestion = found
    return _made(table, hand, i, span_of(suggestion))


def _made(table: Table, hand: Hand, i: int, span: Span, *, beside: bool = False) -> Deed:
    work = table.works[i]
    edit = add_span(work, span, table.schema, beside=beside)
    now = sel.chosen(*token_range(work.sentence.tokens, span.start, span.end))
    passed = {**hand.passed, span.label: (i, span.start)}
    return Deed(replace(choose(hand, now, fresh=True), passed=passed), edit, None if i == table.active else i)


def snapped(table: Table, hand: Hand, name: str) -> Range | None:
    """Return what a label makes of one pressed hint: the likeliest stretch of it that starts there.

    None where the selection came about otherwise, or nothing likely starts at the token.
    """
    if hand.selection is None or hand.selection.stage is not Stage.SNAPPED:
        return None
    first = hand.selection.anchor
    start = table.tokens[first].start
    found = [
        s
        for s in open_ones(table.suggested(table.active), table.work, table.schema)
        if s.label == name and s.start == start
    ]
    if found:
        return _range(table, max(found, key=lambda s: (s.score, s.end)))
    return claim_from(view_of(table.tokens), first) if name and name == table.sheet.claim else None


def remove(table: Table, hand: Hand) -> Deed:
    """Remove the span in focus, turn the suggestion in focus down, else remove the innermost span."""
    if hand.selection is None:
        raise RuleError("nothing is selected", do="Tab goes to the suggestions and spans")
    chosen = hand.selection.range
    span = exact(table, chosen)
    offered = [s for s in table.offers(table.active) if _range(table, s) == chosen]
    if span is None and offered:
        return Deed(choose(hand, None), _turned_down(table, chosen))
    span = span or _innermost(table, chosen)
    if span is None:
        raise RuleError("there is no span here to remove", do="Tab goes to the suggestions and spans")
    return Deed(select(table, hand, span), remove_span(table.work, span))


def _turned_down(table: Table, chosen: Range) -> Edit:
    """Return the edit that turns every suggestion for these tokens down, whatever its label."""
    found = open_ones(table.suggested(table.active), table.work, table.schema)
    work = table.work
    for s in found:
        if _range(table, s) == chosen:
            work = reject_suggestion(work, span_of(s)).after[0]
    told = "not " + " or ".join(
        x.label for x in work.annotation.rejected if x not in table.work.annotation.rejected
    )
    return replace(reject_suggestion(table.work, work.annotation.rejected[0]), after=(work,), told=told)


def everywhere(table: Table, hand: Hand) -> Deed:
    """Label every other mention of the span in focus in the article, as one edit."""
    span = exact(table, selected(hand).range)
    if span is None:
        raise RuleError("no span is in focus", do="label it first, then = labels the same words elsewhere")
    words = table.work.text_of(span)
    edits, n = label_mentions(table.works, words, span.label, table.schema)
    if not n:
        raise RuleError(
            f"no other “{words}” in the article is free", do="a label or a rejection stands there already"
        )
    return Deed(hand, together(edits, f"{n} more “{words}” {'is' if n == 1 else 'are'} {span.label}"))


# -- answers -----------------------------------------------------------------------------------


def answer(table: Table, answer_: Answer) -> Edit | None:
    """Return the edit that answers the active sentence, with what Enter takes; None where it is so."""
    taken = table.taken_with_enter(table.active) if answer_ is Answer.ACCEPT else ()
    if table.work.annotation.answer is answer_ and not taken:
        return None
    return take_spans(table.work, [span_of(s) for s in taken], table.schema, answer_)


def accept_view(table: Table) -> Edit:
    """Return the edit that accepts every open sentence that the screen shows whole, with what Enter takes.

    Raises RuleError where there is none.
    """
    edits = [
        take_spans(
            table.works[i], [span_of(s) for s in table.taken_with_enter(i)], table.schema, Answer.ACCEPT
        )
        for i in table.view
        if not table.works[i].done
    ]
    n = len(edits)
    return together(edits, f"{n} sentence{'' if n == 1 else 's'} in view accepted")


# -- looking -----------------------------------------------------------------------------------


def selected(hand: Hand) -> Selection:
    """Return the selection; raises RuleError where there is none."""
    if hand.selection is None:
        raise RuleError("nothing is selected", do="press a letter above a word, or Tab")
    return hand.selection


def trimmed(table: Table, chosen: Range) -> Range:
    """Return the tokens without white space at their edges."""
    words = [i for i in range(*chosen) if table.tokens[i].text.strip()]
    if not words:
        raise RuleError("only white space is selected", do="select a word")
    return words[0], words[-1] + 1


def place_of(table: Table, chosen: Range) -> tuple[int, int]:
    """Return the code points of a range of tokens."""
    return (table.tokens[chosen[0]].start, table.tokens[chosen[1] - 1].end)


def exact(table: Table, chosen: Range) -> Span | None:
    """Return the span of exactly these tokens."""
    return next((s for r, s in _ranges(table) if r == chosen), None)


def next_extent(table: Table, hand: Hand) -> Range | None:
    """Return what Space would select."""
    found = extents(table.tokens, *hand.selection.range) if hand.selection else ()
    return (found[0].first, found[0].last) if found else None


def _innermost(table: Table, chosen: Range) -> Span | None:
    round_it = [(r[1] - r[0], s) for r, s in _ranges(table) if r[0] <= chosen[0] and chosen[1] <= r[1]]
    return min(round_it, key=lambda x: x[0])[1] if round_it else None


def _ranges(table: Table) -> Iterator[tuple[Range, Span]]:
    return ((token_range(table.tokens, s.start, s.end), s) for s in table.work.annotation.spans)


def _range(table: Table, s: Suggestion) -> Range:
    return token_range(table.tokens, s.start, s.end)
