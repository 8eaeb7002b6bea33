"""The actions of the annotate screen: what each key makes of the selection.

Pure: every function takes the context and the selection, and returns a result. The
controller applies results to a session; the key planner of the benchmarks only reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core import edits as span_edits
from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.edits import Edit
from annotator.core.errors import RuleError
from annotator.core.schema import Label, Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, span_from_suggestion, suggestion_source
from annotator.core.tokens import Token, TokenRange, token_range
from annotator.language.claims import claim_from
from annotator.language.mentions import label_mentions
from annotator.language.sentence_features import sentence_features
from annotator.session.actions import selection as sel
from annotator.session.actions.hints import HintLayout, HintPrefix, range_sort_key, resolve_hint
from annotator.session.actions.selection import (
    Selection,
    SelectionStage,
    open_suggestions,
    select_auto_accepted,
    select_visible_suggestions,
)

SentencePosition = tuple[int, int]
"""A sentence of the article by index, and code points from its start."""


class SelectionState(Struct, frozen=True):
    """The selection, and how far each label has gone through its suggestions."""

    selection: Selection | None = None
    span_just_made: bool = False
    """Whether the selection is the span just made: a label key then goes on to the next suggestion."""
    typed_hint: str = ""
    """The first letter of a two-letter hint, once it is pressed."""
    last_range: TokenRange | None = None
    """Where Tab goes on from when nothing is selected."""
    suggestion_positions: Mapping[str, SentencePosition] = field(default_factory=dict)
    """Label → the place up to which its suggestions have been gone through."""


class ActionContext(Struct, frozen=True):
    """What the actions depend on: the sentences of the article, the active one, and what is suggested."""

    schema: Schema
    annotated_sentences: Sequence[AnnotatedSentence]
    active: int
    hint_layout: HintLayout
    suggestions_for: Callable[[int], Sequence[Suggestion]]
    """All suggestions for the sentence of that index, as the sources have them."""
    visible: Sequence[int] = ()
    """The sentences that the screen shows whole, by index."""
    auto_accept_labels: frozenset[str] = frozenset()
    """The labels whose sure suggestions Enter takes."""

    @property
    def annotated(self) -> AnnotatedSentence:
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
        return select_visible_suggestions(tuple(self.suggestions_for(i)), annotated, self.schema)

    def auto_accepted_suggestions(self, i: int) -> tuple[Suggestion, ...]:
        """Return the suggestions of a sentence that Enter takes: never of one that is not shown whole."""
        if not self.auto_accept_labels or i not in self.visible:
            return ()
        return select_auto_accepted(
            self.visible_suggestions(i), self.annotated_sentences[i], self.schema, self.auto_accept_labels
        )


class ActionResult(Struct, frozen=True):
    """What comes of a key: what is selected then, an edit to carry out, and the sentence to go to."""

    selection_state: SelectionState
    edit: Edit | None = None
    active: int | None = None


# -- selecting ---------------------------------------------------------------------------------


def with_selection(state: SelectionState, selection: Selection | None, *, fresh: bool = False) -> SelectionState:
    """Return the state with something else selected."""
    last = selection.range if selection else state.last_range
    return replace(state, selection=selection, span_just_made=fresh, typed_hint="", last_range=last)


def press_hint(context: ActionContext, state: SelectionState, letter: str) -> ActionResult | None:
    """Press a hint letter; None where no hint has it."""
    hit = resolve_hint(context.hint_layout.hints, state.typed_hint + letter)
    if hit is None:
        return None
    if isinstance(hit, HintPrefix):
        return ActionResult(replace(state, typed_hint=state.typed_hint + letter))
    old = None if state.span_just_made else state.selection
    return ActionResult(with_selection(state, sel.selection_by_hint(old, context.tokens, hit)))


def clear_selection(state: SelectionState) -> ActionResult:
    """Clear a half-typed hint, else the selection."""
    return ActionResult(replace(state, typed_hint="") if state.typed_hint else with_selection(state, None))


def move_cursor(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Move the token cursor by a word."""
    return ActionResult(with_selection(state, sel.cursor_selection(state.selection, context.tokens, by)))


def select_next_stop(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Select the next (1) or previous (-1) suggestion, candidate or span in reading order, round."""
    stops = context.hint_layout.tab_stops(
        [r for r, _ in _span_ranges(context)]
        + [_suggestion_range(context, s) for s in context.visible_suggestions(context.active)]
    )
    if not stops:
        raise RuleError("there is nothing to visit here", do="press a letter above a word to select it")
    at = state.selection.range if state.selection else state.last_range
    here = range_sort_key(at) if at else ((-1, 0) if by > 0 else (len(context.tokens), 0))
    later = [r for r in stops if (range_sort_key(r) > here if by > 0 else range_sort_key(r) < here)]
    pick = (later[0] if by > 0 else later[-1]) if later else (stops[0] if by > 0 else stops[-1])
    return ActionResult(with_selection(state, sel.explicit_selection(*pick)))


def select_span(context: ActionContext, state: SelectionState, span: Span) -> SelectionState:
    """Return the state with the tokens of a span selected."""
    return with_selection(state, sel.explicit_selection(*token_range(context.tokens, span.start, span.end)))


# -- the extent of the selection, and of the span that it is ---------------------------------------


def grow_selection(context: ActionContext, state: SelectionState) -> ActionResult:
    """Grow the selection, or the span in focus, to its next extent; without one go to the first stop."""
    if state.selection is None:
        return select_next_stop(context, state, 1)
    grown = sel.grown_selection(state.selection, context.tokens)
    if grown is None:
        raise RuleError("the whole sentence is selected", do="Backspace shrinks it")
    return _resize_selection(context, state, grown)


def shrink_selection(context: ActionContext, state: SelectionState) -> ActionResult:
    """Shrink the selection, or the span in focus, to what it was."""
    return _resize_selection(context, state, sel.shrunk_selection(require_selection(state), context.tokens))


def move_selection_right_edge(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Move the right edge of the selection, or of the span in focus, by a word."""
    return _resize_selection(context, state, sel.with_right_edge_moved(require_selection(state), context.tokens, by))


def move_selection_left_edge(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Move the left edge of the selection, or of the span in focus, by a word."""
    return _resize_selection(context, state, sel.with_left_edge_moved(require_selection(state), context.tokens, by))


def _resize_selection(context: ActionContext, state: SelectionState, new: Selection) -> ActionResult:
    first, last = was = require_selection(state).range
    old = span_at_range(context, was)
    moved = with_selection(state, new, fresh=state.span_just_made)
    if old is None or new.range == was:
        return ActionResult(moved)
    start, end = token_range_offsets(context, trim_whitespace_tokens(context, new.range))
    kept = (old.start if new.first == first else start, old.end if new.last == last else end)
    return ActionResult(moved, span_edits.move_span(context.annotated, old, Span(*kept, old.label), context.schema))


# -- labels ------------------------------------------------------------------------------------


def label_selection(context: ActionContext, state: SelectionState, name: Label) -> ActionResult:
    """Label the selection or relabel the span it is; without a selection take the next suggestion."""
    if state.selection is None or state.span_just_made:
        return _accept_next_suggestion(context, state, name)
    start, end = _label_target_offsets(context, state.selection, snapped_range(context, state, name.name))
    suggested = context.visible_suggestions(context.active)
    same = (suggestion_source(s) for s in suggested if (s.start, s.end, s.label) == (start, end, name.name))
    return _add_span_result(context, state, context.active, Span(start, end, name.name, next(same, "")))


def _label_target_offsets(context: ActionContext, chosen: Selection, snap: TokenRange | None) -> tuple[int, int]:
    """Return the code points that a label's key means: a span in focus keeps its edges, inside tokens too."""
    focus = span_at_range(context, chosen.range) if snap is None else None
    if focus:
        return focus.start, focus.end
    return token_range_offsets(context, trim_whitespace_tokens(context, snap or chosen.range))


def label_selection_beside(context: ActionContext, state: SelectionState, name: Label) -> ActionResult:
    """Label the selection; a span of exactly its range stays beside the new one."""
    start, end = token_range_offsets(context, trim_whitespace_tokens(context, require_selection(state).range))
    return _add_span_result(context, state, context.active, Span(start, end, name.name), beside=True)


def next_suggestion(context: ActionContext, state: SelectionState, name: str) -> tuple[int, Suggestion] | None:
    """Return the suggestion that a label's key takes without a selection, and its sentence.

    It is the first one of the label after the place that the label has reached, in the active
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


def next_suggestions(context: ActionContext, state: SelectionState) -> dict[str, tuple[int, Suggestion]]:
    """Return the target of each label that has one."""
    found = ((x.name, next_suggestion(context, state, x.name)) for x in context.schema.labels)
    return {name: t for name, t in found if t}


def _accept_next_suggestion(context: ActionContext, state: SelectionState, name: Label) -> ActionResult:
    found = next_suggestion(context, state, name.name)
    if found is None:
        raise RuleError(
            f"no {'further ' if state.span_just_made else ''}{name.name} is suggested in what is shown whole",
            do="press a letter above a word to select it",
        )
    i, suggestion = found
    return _add_span_result(context, state, i, span_from_suggestion(suggestion))


def _add_span_result(
    context: ActionContext, state: SelectionState, i: int, span: Span, *, beside: bool = False
) -> ActionResult:
    annotated = context.annotated_sentences[i]
    edit = span_edits.add_span(annotated, span, context.schema, beside=beside)
    now = sel.explicit_selection(*token_range(annotated.sentence.tokens, span.start, span.end))
    passed = {**state.suggestion_positions, span.label: (i, span.start)}
    return ActionResult(
        replace(with_selection(state, now, fresh=True), suggestion_positions=passed),
        edit,
        None if i == context.active else i,
    )


def snapped_range(context: ActionContext, state: SelectionState, name: str) -> TokenRange | None:
    """Return what a label makes of one pressed hint: the likeliest stretch of it that starts there.

    None where the selection came about otherwise, or nothing likely starts at the token.
    """
    if state.selection is None or state.selection.stage is not SelectionStage.SNAPPED:
        return None
    first = state.selection.anchor
    start = context.tokens[first].start
    suggested = open_suggestions(context.suggestions_for(context.active), context.annotated, context.schema)
    found = [s for s in suggested if s.label == name and s.start == start]
    if found:
        return _suggestion_range(context, max(found, key=lambda s: (s.score, s.end)))
    is_claim = name and name == context.hint_layout.claim_label
    return claim_from(sentence_features(context.tokens), first) if is_claim else None


def remove_span_or_suggestion(context: ActionContext, state: SelectionState) -> ActionResult:
    """Remove the span in focus, turn the suggestion in focus down, else remove the innermost span."""
    if state.selection is None:
        raise RuleError("nothing is selected", do="Tab goes to the suggestions and spans")
    chosen = state.selection.range
    span = span_at_range(context, chosen)
    offered = [s for s in context.visible_suggestions(context.active) if _suggestion_range(context, s) == chosen]
    if span is None and offered:
        return ActionResult(with_selection(state, None), _reject_suggestions(context, chosen))
    span = span or _innermost_span(context, chosen)
    if span is None:
        raise RuleError("there is no span here to remove", do="Tab goes to the suggestions and spans")
    return ActionResult(select_span(context, state, span), span_edits.remove_span(context.annotated, span))


def _reject_suggestions(context: ActionContext, chosen: TokenRange) -> Edit:
    """Return the edit that turns every suggestion for these tokens down, whatever its label."""
    found = open_suggestions(context.suggestions_for(context.active), context.annotated, context.schema)
    annotated = context.annotated
    for s in found:
        if _suggestion_range(context, s) == chosen:
            annotated = span_edits.reject_suggestion(annotated, span_from_suggestion(s)).after[0]
    rejected = annotated.annotation.rejected
    labels = [x.label for x in rejected if x not in context.annotated.annotation.rejected]
    edit = span_edits.reject_suggestion(context.annotated, rejected[0])
    return replace(edit, after=(annotated,), message=f"not {' or '.join(labels)}")


def label_all_mentions(context: ActionContext, state: SelectionState) -> ActionResult:
    """Label every other mention of the span in focus in the article, as one edit."""
    span = span_at_range(context, require_selection(state).range)
    if span is None:
        raise RuleError("no span is in focus", do="label it first, then = labels the same words elsewhere")
    words = context.annotated.text_of(span)
    edits, n = label_mentions(context.annotated_sentences, words, span.label, context.schema)
    if not n:
        raise RuleError(f"no other “{words}” in the article is free", do="a label or a rejection is there already")
    message = f"{n} more “{words}” {'is' if n == 1 else 'are'} {span.label}"
    return ActionResult(state, span_edits.combine_edits(edits, message))


# -- answers -----------------------------------------------------------------------------------


def answer_sentence(context: ActionContext, answer_: Answer) -> Edit | None:
    """Return the edit that answers the active sentence, with what Enter takes; None where it is answered already."""
    taken = context.auto_accepted_suggestions(context.active) if answer_ is Answer.ACCEPT else ()
    if context.annotated.annotation.answer is answer_ and not taken:
        return None
    spans = [span_from_suggestion(s) for s in taken]
    return span_edits.apply_suggestions(context.annotated, spans, context.schema, answer_)


def accept_visible_sentences(context: ActionContext) -> Edit:
    """Return the edit that accepts every open sentence that the screen shows whole, with what Enter takes.

    Raises RuleError where there is none.
    """
    edits = []
    for i in context.visible:
        if not context.annotated_sentences[i].done:
            spans = [span_from_suggestion(s) for s in context.auto_accepted_suggestions(i)]
            sentence = context.annotated_sentences[i]
            edits.append(span_edits.apply_suggestions(sentence, spans, context.schema, Answer.ACCEPT))
    n = len(edits)
    return span_edits.combine_edits(edits, f"{n} sentence{'' if n == 1 else 's'} in view accepted")


# -- looking -----------------------------------------------------------------------------------


def require_selection(state: SelectionState) -> Selection:
    """Return the selection; raises RuleError where there is none."""
    if state.selection is None:
        raise RuleError("nothing is selected", do="press a letter above a word, or Tab")
    return state.selection


def trim_whitespace_tokens(context: ActionContext, chosen: TokenRange) -> TokenRange:
    """Return the tokens without white space at their edges."""
    words = [i for i in range(*chosen) if context.tokens[i].text.strip()]
    if not words:
        raise RuleError("only white space is selected", do="select a word")
    return words[0], words[-1] + 1


def token_range_offsets(context: ActionContext, chosen: TokenRange) -> tuple[int, int]:
    """Return the code points of a range of tokens."""
    return (context.tokens[chosen[0]].start, context.tokens[chosen[1] - 1].end)


def span_at_range(context: ActionContext, chosen: TokenRange) -> Span | None:
    """Return the span of exactly these tokens."""
    return next((s for r, s in _span_ranges(context) if r == chosen), None)


def _innermost_span(context: ActionContext, chosen: TokenRange) -> Span | None:
    round_it = [(r[1] - r[0], s) for r, s in _span_ranges(context) if r[0] <= chosen[0] and chosen[1] <= r[1]]
    return min(round_it, key=lambda x: x[0])[1] if round_it else None


def _span_ranges(context: ActionContext) -> Iterator[tuple[TokenRange, Span]]:
    return ((token_range(context.tokens, s.start, s.end), s) for s in context.annotated.annotation.spans)


def _suggestion_range(context: ActionContext, s: Suggestion) -> TokenRange:
    return token_range(context.tokens, s.start, s.end)
