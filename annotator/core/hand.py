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
    span_just_made: bool = False
    """Whether the selection is the span just made: a label key then goes on to the next suggestion."""
    typed_hint: str = ""
    """The first letter of a two-letter hint, once it is pressed."""
    last_range: Range | None = None
    """Where Tab goes on from when nothing is selected."""
    suggestion_positions: Mapping[str, Place] = field(default_factory=dict)
    """Label → the place up to which its suggestions have been gone through."""


@dataclass(frozen=True, slots=True)
class Table:
    """All that lies before the hand: the article's works, the active one, and what is suggested."""

    schema: Schema
    annotated_sentences: Sequence[Work]
    active: int
    hint_layout: Sheet
    suggestions_for: Callable[[int], Sequence[Suggestion]]
    """All suggestions for the sentence of that index, as the sources have them."""
    visible: Sequence[int] = ()
    """The sentences that the screen shows whole, by index."""
    auto_accept_labels: frozenset[str] = frozenset()
    """The labels whose sure suggestions Enter takes."""

    @property
    def annotated(self) -> Work:
        """The active sentence and its annotation."""
        return self.annotated_sentences[self.active]

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the active sentence."""
        return self.annotated.sentence.tokens

    def visible_suggestions(self, i: int) -> tuple[Suggestion, ...]:
        """Return the suggestions of a sentence that are drawn, in reading order; none of a finished one."""
        annotated = self.annotated_sentences[i]
        if annotated.done and i != self.active:
            return ()
        return drawn(tuple(self.suggestions_for(i)), annotated, self.schema)

    def auto_accepted_suggestions(self, i: int) -> tuple[Suggestion, ...]:
        """Return the suggestions of a sentence that Enter takes: never of one that is not shown whole."""
        if not self.auto_accept_labels or i not in self.visible:
            return ()
        return sure_ones(self.visible_suggestions(i), self.annotated_sentences[i], self.schema, self.auto_accept_labels)


@dataclass(frozen=True, slots=True)
class Deed:
    """What comes of a key: what is in hand then, an edit to carry out, and the sentence to go to."""

    selection_state: Hand
    edit: Edit | None = None
    active: int | None = None


# -- selecting ---------------------------------------------------------------------------------


def choose(state: Hand, selection: Selection | None, *, fresh: bool = False) -> Hand:
    """Return the hand with something else selected."""
    last = selection.range if selection else state.last_range
    return replace(state, selection=selection, span_just_made=fresh, typed_hint="", last_range=last)


def hint(context: Table, state: Hand, letter: str) -> Deed | None:
    """Press a hint letter; None where no hint has it."""
    hit = resolve(context.hint_layout.hints, state.typed_hint + letter)
    if hit is None:
        return None
    if isinstance(hit, Prefix):
        return Deed(replace(state, typed_hint=state.typed_hint + letter))
    old = None if state.span_just_made else state.selection
    return Deed(choose(state, sel.press(old, context.tokens, hit)))


def let_go(state: Hand) -> Deed:
    """Let go of a half-typed hint, else of the selection."""
    return Deed(replace(state, typed_hint="") if state.typed_hint else choose(state, None))


def step(context: Table, state: Hand, by: int) -> Deed:
    """Move the token cursor by a word."""
    return Deed(choose(state, sel.step(state.selection, context.tokens, by)))


def visit(context: Table, state: Hand, by: int) -> Deed:
    """Select the next (1) or previous (-1) suggestion, candidate or span in reading order, round."""
    stops = context.hint_layout.tab_stops(
        [r for r, _ in _ranges(context)] + [_range(context, s) for s in context.visible_suggestions(context.active)]
    )
    if not stops:
        raise RuleError("there is nothing to visit here", do="press a letter above a word to select it")
    at = state.selection.range if state.selection else state.last_range
    here = order(at) if at else ((-1, 0) if by > 0 else (len(context.tokens), 0))
    later = [r for r in stops if (order(r) > here if by > 0 else order(r) < here)]
    pick = (later[0] if by > 0 else later[-1]) if later else (stops[0] if by > 0 else stops[-1])
    return Deed(choose(state, sel.chosen(*pick)))


def select(context: Table, state: Hand, span: Span) -> Hand:
    """Return the hand with the tokens of a span selected."""
    return choose(state, sel.chosen(*token_range(context.tokens, span.start, span.end)))


# -- the extent of the selection, and of the span that it is ---------------------------------------


def grow(context: Table, state: Hand) -> Deed:
    """Grow the selection, or the span in focus, to its next extent; without one go to the first stop."""
    if state.selection is None:
        return visit(context, state, 1)
    grown = sel.grow(state.selection, context.tokens)
    if grown is None:
        raise RuleError("the whole sentence is selected", do="Backspace shrinks it")
    return _resized(context, state, grown)


def shrink(context: Table, state: Hand) -> Deed:
    """Shrink the selection, or the span in focus, to what it was."""
    return _resized(context, state, sel.shrink(selected(state), context.tokens))


def right_edge(context: Table, state: Hand, by: int) -> Deed:
    """Move the right edge of the selection, or of the span in focus, by a word."""
    return _resized(context, state, sel.move_right_edge(selected(state), context.tokens, by))


def left_edge(context: Table, state: Hand, by: int) -> Deed:
    """Move the left edge of the selection, or of the span in focus, by a word."""
    return _resized(context, state, sel.move_left_edge(selected(state), context.tokens, by))


def _resized(context: Table, state: Hand, new: Selection) -> Deed:
    first, last = was = selected(state).range
    old = exact(context, was)
    moved = choose(state, new, fresh=state.span_just_made)
    if old is None or new.range == was:
        return Deed(moved)
    start, end = place_of(context, trimmed(context, new.range))
    kept = (old.start if new.first == first else start, old.end if new.last == last else end)
    return Deed(moved, move_span(context.annotated, old, Span(*kept, old.label), context.schema))


# -- labels ------------------------------------------------------------------------------------


def label(context: Table, state: Hand, name: Label) -> Deed:
    """Label the selection or relabel the span it is; with nothing in hand take the next suggestion."""
    if state.selection is None or state.span_just_made:
        return _take_next(context, state, name)
    start, end = _meant(context, state.selection, snapped(context, state, name.name))
    source = next(
        (
            source_of(s)
            for s in context.visible_suggestions(context.active)
            if (s.start, s.end, s.label) == (start, end, name.name)
        ),
        "",
    )
    span = Span(start, end, name.name, source)
    return _made(context, state, context.active, span)


def _meant(context: Table, chosen: Selection, snap: Range | None) -> tuple[int, int]:
    """Return the code points that a label's key means: a span in focus keeps its edges, inside tokens too."""
    focus = exact(context, chosen.range) if snap is None else None
    if focus:
        return focus.start, focus.end
    return place_of(context, trimmed(context, snap or chosen.range))


def label_beside(context: Table, state: Hand, name: Label) -> Deed:
    """Label the selection; a span of exactly its range stays beside the new one."""
    start, end = place_of(context, trimmed(context, selected(state).range))
    return _made(context, state, context.active, Span(start, end, name.name), beside=True)


def target(context: Table, state: Hand, name: str) -> tuple[int, Suggestion] | None:
    """Return the suggestion that a label's key takes when nothing is in hand, and its sentence.

    It is the first one of the label after the place that the label has come to, in the active
    sentence and then in those after it that the screen shows whole.
    """
    after = state.suggestion_positions.get(name, (context.active, -1))
    after = max(after, (context.active, -1))
    ahead = [i for i in context.visible if i > context.active]
    for i in (context.active, *ahead):
        for s in context.visible_suggestions(i):
            if s.label == name and (i, s.start) > after:
                return i, s
    return None


def targets(context: Table, state: Hand) -> dict[str, tuple[int, Suggestion]]:
    """Return the target of each label that has one."""
    found = ((x.name, target(context, state, x.name)) for x in context.schema.labels)
    return {name: t for name, t in found if t}


def _take_next(context: Table, state: Hand, name: Label) -> Deed:
    found = target(context, state, name.name)
    if found is None:
        raise RuleError(
            f"no {'further ' if state.span_just_made else ''}{name.name} is suggested in what is shown whole",
            do="press a letter above a word to select it",
        )
    i, suggestion = found
    return _made(context, state, i, span_of(suggestion))


def _made(context: Table, state: Hand, i: int, span: Span, *, beside: bool = False) -> Deed:
    annotated = context.annotated_sentences[i]
    edit = add_span(annotated, span, context.schema, beside=beside)
    now = sel.chosen(*token_range(annotated.sentence.tokens, span.start, span.end))
    passed = {**state.suggestion_positions, span.label: (i, span.start)}
    return Deed(replace(choose(state, now, fresh=True), suggestion_positions=passed), edit, None if i == context.active else i)


def snapped(context: Table, state: Hand, name: str) -> Range | None:
    """Return what a label makes of one pressed hint: the likeliest stretch of it that starts there.

    None where the selection came about otherwise, or nothing likely starts at the token.
    """
    if state.selection is None or state.selection.stage is not Stage.SNAPPED:
        return None
    first = state.selection.anchor
    start = context.tokens[first].start
    found = [
        s
        for s in open_ones(context.suggestions_for(context.active), context.annotated, context.schema)
        if s.label == name and s.start == start
    ]
    if found:
        return _range(context, max(found, key=lambda s: (s.score, s.end)))
    return claim_from(view_of(context.tokens), first) if name and name == context.hint_layout.claim_label else None


def remove(context: Table, state: Hand) -> Deed:
    """Remove the span in focus, turn the suggestion in focus down, else remove the innermost span."""
    if state.selection is None:
        raise RuleError("nothing is selected", do="Tab goes to the suggestions and spans")
    chosen = state.selection.range
    span = exact(context, chosen)
    offered = [s for s in context.visible_suggestions(context.active) if _range(context, s) == chosen]
    if span is None and offered:
        return Deed(choose(state, None), _turned_down(context, chosen))
    span = span or _innermost(context, chosen)
    if span is None:
        raise RuleError("there is no span here to remove", do="Tab goes to the suggestions and spans")
    return Deed(select(context, state, span), remove_span(context.annotated, span))


def _turned_down(context: Table, chosen: Range) -> Edit:
    """Return the edit that turns every suggestion for these tokens down, whatever its label."""
    found = open_ones(context.suggestions_for(context.active), context.annotated, context.schema)
    annotated = context.annotated
    for s in found:
        if _range(context, s) == chosen:
            annotated = reject_suggestion(annotated, span_of(s)).after[0]
    message = "not " + " or ".join(
        x.label for x in annotated.annotation.rejected if x not in context.annotated.annotation.rejected
    )
    return replace(reject_suggestion(context.annotated, annotated.annotation.rejected[0]), after=(annotated,), message=message)


def everywhere(context: Table, state: Hand) -> Deed:
    """Label every other mention of the span in focus in the article, as one edit."""
    span = exact(context, selected(state).range)
    if span is None:
        raise RuleError("no span is in focus", do="label it first, then = labels the same words elsewhere")
    words = context.annotated.text_of(span)
    edits, n = label_mentions(context.annotated_sentences, words, span.label, context.schema)
    if not n:
        raise RuleError(
            f"no other “{words}” in the article is free", do="a label or a rejection stands there already"
        )
    return Deed(state, together(edits, f"{n} more “{words}” {'is' if n == 1 else 'are'} {span.label}"))


# -- answers -----------------------------------------------------------------------------------


def answer(context: Table, answer_: Answer) -> Edit | None:
    """Return the edit that answers the active sentence, with what Enter takes; None where it is so."""
    taken = context.auto_accepted_suggestions(context.active) if answer_ is Answer.ACCEPT else ()
    if context.annotated.annotation.answer is answer_ and not taken:
        return None
    return take_spans(context.annotated, [span_of(s) for s in taken], context.schema, answer_)


def accept_view(context: Table) -> Edit:
    """Return the edit that accepts every open sentence that the screen shows whole, with what Enter takes.

    Raises RuleError where there is none.
    """
    edits = [
        take_spans(
            context.annotated_sentences[i], [span_of(s) for s in context.auto_accepted_suggestions(i)], context.schema, Answer.ACCEPT
        )
        for i in context.visible
        if not context.annotated_sentences[i].done
    ]
    n = len(edits)
    return together(edits, f"{n} sentence{'' if n == 1 else 's'} in view accepted")


# -- looking -----------------------------------------------------------------------------------


def selected(state: Hand) -> Selection:
    """Return the selection; raises RuleError where there is none."""
    if state.selection is None:
        raise RuleError("nothing is selected", do="press a letter above a word, or Tab")
    return state.selection


def trimmed(context: Table, chosen: Range) -> Range:
    """Return the tokens without white space at their edges."""
    words = [i for i in range(*chosen) if context.tokens[i].text.strip()]
    if not words:
        raise RuleError("only white space is selected", do="select a word")
    return words[0], words[-1] + 1


def place_of(context: Table, chosen: Range) -> tuple[int, int]:
    """Return the code points of a range of tokens."""
    return (context.tokens[chosen[0]].start, context.tokens[chosen[1] - 1].end)


def exact(context: Table, chosen: Range) -> Span | None:
    """Return the span of exactly these tokens."""
    return next((s for r, s in _ranges(context) if r == chosen), None)


def next_extent(context: Table, state: Hand) -> Range | None:
    """Return what Space would select."""
    found = extents(context.tokens, *state.selection.range) if state.selection else ()
    return (found[0].first, found[0].last) if found else None


def _innermost(context: Table, chosen: Range) -> Span | None:
    round_it = [(r[1] - r[0], s) for r, s in _ranges(context) if r[0] <= chosen[0] and chosen[1] <= r[1]]
    return min(round_it, key=lambda x: x[0])[1] if round_it else None


def _ranges(context: Table) -> Iterator[tuple[Range, Span]]:
    return ((token_range(context.tokens, s.start, s.end), s) for s in context.annotated.annotation.spans)


def _range(context: Table, s: Suggestion) -> Range:
    return token_range(context.tokens, s.start, s.end)
