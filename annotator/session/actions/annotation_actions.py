"""The actions of the annotate screen: what each key makes of the selection.

Pure: every function takes the context and the selection, and returns a result. The
controller applies results to a session; the key planner of the benchmarks only reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from annotator.core import edits as span_edits
from annotator.core.annotation import AnnotatedSentence, Answer
from annotator.core.edits import Edit
from annotator.core.errors import RuleError
from annotator.core.graphemes import widen_to_graphemes
from annotator.core.label_pass import ALL_LABELS, LabelPass
from annotator.core.schema import Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, is_modified_source, left_suggestion, span_from_suggestion
from annotator.core.tokens import Token, TokenRange, token_range
from annotator.language.mentions import has_further_mention, label_mentions
from annotator.session.actions import selection as sel
from annotator.session.actions.hints import HintLayout, HintPrefix, range_sort_key, resolve_hint
from annotator.session.actions.selection import (
    REPORTED_SCORE,
    Selection,
    SelectionStage,
    select_auto_accepted,
    select_visible_suggestions,
)

SuggestionPlace = tuple[int, int]
"""Start and negative end in code points: sorts as the suggestions are read, the longer of two at one start first."""

SENTENCE_START: SuggestionPlace = (-1, 0)


def suggestion_place(span: Span | Suggestion) -> SuggestionPlace:
    """Return the place of a span or a suggestion."""
    return (span.start, -span.end)


class SelectionState(Struct, frozen=True):
    """What is selected in the active sentence, and what the next key of a label depends on beside it."""

    selection: Selection | None = None
    span_just_made: bool = False
    """Whether the selection is the span just made: in focus for every key but a label's."""
    focus: Span | None = None
    """The span in focus, where several have exactly the selected words; None for the first of them."""
    typed_hint: str = ""
    """The first letter of a two-letter hint, once it is pressed."""
    last_range: TokenRange | None = None
    """Where Tab goes on from when nothing is selected."""
    place: SuggestionPlace = SENTENCE_START
    """That of the span last made or turned down: labels go on with the suggestions after it."""
    asked_label: str = ""
    """The label whose suggestion before that place is taken if its key is pressed again."""
    armed_label: str = ""
    """The label that the next words to be selected get."""

    @property
    def user_selection(self) -> Selection | None:
        """The selection if the user made it: what a label's key labels."""
        return None if self.span_just_made else self.selection


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
    reaches_view: bool = False
    """Whether a label's key takes suggestions of later sentences in view too."""
    label_pass: LabelPass = ALL_LABELS
    """The labels that are looked at."""

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
        if self.is_done(i) and i != self.active:
            return ()
        return select_visible_suggestions(tuple(self.suggestions_for(i)), annotated, self.schema)

    def is_done(self, i: int) -> bool:
        """Return True if nothing is left to do in a sentence, by index, for the labels that are looked at."""
        return self.label_pass.is_done(self.annotated_sentences[i].annotation)

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


def with_selection(
    state: SelectionState, selection: Selection | None, *, focus: Span | None = None, fresh: bool = False
) -> SelectionState:
    """Return the state with something else selected, and no label armed."""
    now = replace(disarmed(state), selection=selection, focus=focus, span_just_made=fresh, typed_hint="")
    return replace(now, last_range=selection.range) if selection else now


def disarmed(state: SelectionState) -> SelectionState:
    """Return the state without an armed label and without a label that waits for its second press."""
    return replace(state, armed_label="", asked_label="")


def press_hint(context: ActionContext, state: SelectionState, letter: str) -> ActionResult | None:
    """Press a hint letter; None where no hint has it."""
    hit = resolve_hint(context.hint_layout.hints, state.typed_hint + letter)
    if hit is None:
        return None
    if isinstance(hit, HintPrefix):
        return ActionResult(replace(state, typed_hint=state.typed_hint + letter))
    return _made_of_word_alone(context, state, hit) or ActionResult(
        with_selection(state, sel.selection_by_hint(state.user_selection, context.tokens, hit))
    )


def _made_of_word_alone(context: ActionContext, state: SelectionState, token: int) -> ActionResult | None:
    """Return the span just made with an armed label cut to its word, if the same word is chosen again."""
    made = state.selection if state.span_just_made else None
    if made is None or made.stage is SelectionStage.SET or token != made.anchor:
        return None
    return _resize_selection(context, state, sel.selection_by_hint(made, context.tokens, token))


def click_token(context: ActionContext, state: SelectionState, token: int) -> ActionResult:
    """Select the phrase at a token, as a first hint does."""
    return _made_of_word_alone(context, state, token) or ActionResult(
        with_selection(state, sel.selection_by_hint(None, context.tokens, token))
    )


def drag_tokens(context: ActionContext, state: SelectionState, first: int, last: int) -> ActionResult:
    """Select from one token to another, both included."""
    chosen = widen_to_graphemes(context.tokens, (min(first, last), max(first, last) + 1))
    return ActionResult(with_selection(state, sel.explicit_selection(*chosen)))


def clear_selection(state: SelectionState) -> ActionResult:
    """Clear a half-typed hint, else disarm the label, else clear the selection."""
    if state.typed_hint:
        return ActionResult(replace(state, typed_hint=""))
    return ActionResult(disarmed(state) if state.armed_label else with_selection(state, None))


def move_cursor(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Move the token cursor by a word."""
    new = sel.cursor_selection(state.selection, context.tokens, by)
    if state.selection and new.range == state.selection.range:
        raise RuleError(f"this is the {'last' if by > 0 else 'first'} word")
    return ActionResult(with_selection(state, new))


def select_next_stop(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Select the next (1) or previous (-1) suggestion, candidate or span in reading order, round."""
    stops = _stops(context, new_words=bool(state.armed_label))
    if not stops:
        raise RuleError("there is nothing to visit here", do="letters and arrows select words")
    current = (state.selection.range, span_in_focus(context, state)) if state.selection else None
    if current in stops:
        pick = stops[(stops.index(current) + by) % len(stops)]
    else:
        at = current[0] if current else state.last_range
        here = range_sort_key(at) if at else ((-1, 0) if by > 0 else (len(context.tokens), 0))
        later = [x for x in stops if (range_sort_key(x[0]) > here if by > 0 else range_sort_key(x[0]) < here)]
        pick = (later or stops)[0 if by > 0 else -1]
    if pick == current:
        raise RuleError("there is nothing else to visit here", do="press a letter above a word to select it")
    return ActionResult(with_selection(state, sel.explicit_selection(*pick[0]), focus=pick[1]))


def _stops(context: ActionContext, *, new_words: bool) -> list[tuple[TokenRange, Span | None]]:
    """Return what Tab visits, in reading order; an armed label is for new words and passes over the spans."""
    spans: dict[TokenRange, list[Span | None]] = {}
    for words, span in _own_span_ranges(context):
        spans.setdefault(words, []).append(span)
    suggested = [suggestion_range(context, s) for s in context.visible_suggestions(context.active)]
    visited = context.hint_layout.tab_stops([*spans, *suggested])
    return [(r, s) for r in visited if not (new_words and r in spans) for s in spans.get(r, [None])]


def select_span(context: ActionContext, state: SelectionState, span: Span) -> SelectionState:
    """Return the state with the tokens of a span selected."""
    words = token_range(context.tokens, span.start, span.end)
    return with_selection(state, sel.explicit_selection(*words), focus=span)


# -- the extent of the selection, and of the span that it is ---------------------------------------


_ONE_WORD = "one word always stays"


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
    return _resize_selection(context, state, sel.shrunk_selection(require_selection(state), context.tokens), _ONE_WORD)


def move_selection_right_edge(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Move the right edge of the selection, or of the span in focus, by a word."""
    new = sel.with_right_edge_moved(require_selection(state), context.tokens, by)
    return _resize_selection(context, state, new, "the sentence ends here" if by > 0 else _ONE_WORD)


def move_selection_left_edge(context: ActionContext, state: SelectionState, by: int) -> ActionResult:
    """Move the left edge of the selection, or of the span in focus, by a word."""
    new = sel.with_left_edge_moved(require_selection(state), context.tokens, by)
    return _resize_selection(context, state, new, "the sentence begins here" if by < 0 else _ONE_WORD)


def _resize_selection(context: ActionContext, state: SelectionState, new: Selection, limit: str = "") -> ActionResult:
    """Return the selection, or the span in focus, with other edges; ``limit``: why they cannot move, if they do not."""
    first, last = was = require_selection(state).range
    if new.range == was and limit:
        raise RuleError(limit)
    old = span_in_focus(context, state)
    if old is None or new.range == was:
        return ActionResult(with_selection(state, new, focus=old, fresh=state.span_just_made))
    start, end = token_range_offsets(context, trim_whitespace_tokens(context, new.range))
    kept = (old.start if new.first == first else start, old.end if new.last == last else end)
    moved = Span(*kept, old.label)
    return ActionResult(
        with_selection(state, new, focus=moved, fresh=state.span_just_made),
        span_edits.move_span(context.annotated, old, moved, context.schema),
    )


# -- removing ----------------------------------------------------------------------------------


def remove_span_or_suggestion(context: ActionContext, state: SelectionState) -> ActionResult:
    """Remove the span in focus, turn the suggestion in focus down, else remove the innermost span.

    With a span that is still as it was suggested goes the suggestion. Nothing is selected then, so that
    a label's key never relabels the words.
    """
    if state.selection is None:
        raise RuleError("nothing is selected", do="Tab goes to the suggestions and spans")
    chosen = state.selection.range
    span = span_in_focus(context, state)
    offered = [s for s in context.visible_suggestions(context.active) if suggestion_range(context, s) == chosen]
    if span is None and offered:
        wrong = [span_from_suggestion(s) for s in offered]
        return _decided(state, wrong[0], span_edits.reject_suggestion(context.annotated, *wrong))
    span = span or _innermost_span(context, chosen)
    if span is None:
        raise RuleError("there is no span here to remove", do="Tab goes to the suggestions and spans")
    context.label_pass.require_label(span.label)
    was_suggested = bool(span.source) and not is_modified_source(span.source)
    edit = span_edits.remove_span(context.annotated, span, is_wrong=was_suggested)
    if was_suggested:
        return _decided(state, span, edit)
    # What else is suggested for the words of the span just made is open again, and comes next.
    at = suggestion_place(span)
    place = (at[0], -len(context.annotated.sentence.text) - 1) if at == state.place else state.place
    return ActionResult(replace(with_selection(state, None), place=place), edit)


def _decided(state: SelectionState, wrong: Span, edit: Edit) -> ActionResult:
    """Return the result of turning a suggestion down: labels go on after it."""
    return ActionResult(replace(with_selection(state, None), place=suggestion_place(wrong)), edit)


def label_all_mentions(context: ActionContext, state: SelectionState) -> ActionResult:
    """Label every other mention of the span in focus in the article, as one edit."""
    words, label = _mention_in_focus(context, state)
    edits, n = label_mentions(context.annotated_sentences, words, label, context.schema)
    if not n:
        raise RuleError(
            f"there is no other “{words}” in the article to label", do="spans and rejections stay as they are"
        )
    message = f"{n} more “{words}” {'is' if n == 1 else 'are'} {label}"
    return ActionResult(state, span_edits.combine_edits(edits, message))


def _mention_in_focus(context: ActionContext, state: SelectionState) -> tuple[str, str]:
    """Return the words and the label of the span in focus; raises RuleError where there is none."""
    require_selection(state)
    span = span_in_focus(context, state)
    if span is None:
        raise RuleError("no span is in focus", do="label it first, then = labels the same words elsewhere")
    return context.annotated.text_of(span), span.label


SELECTION_COMMANDS: Mapping[str, Callable[[ActionContext, SelectionState], ActionResult]] = {
    "grow": grow_selection,
    "shrink": shrink_selection,
    "cursor_left": partial(move_cursor, by=-1),
    "cursor_right": partial(move_cursor, by=1),
    "right_less": partial(move_selection_right_edge, by=-1),
    "right_more": partial(move_selection_right_edge, by=1),
    "left_more": partial(move_selection_left_edge, by=-1),
    "left_less": partial(move_selection_left_edge, by=1),
    "next_stop": partial(select_next_stop, by=1),
    "previous_stop": partial(select_next_stop, by=-1),
    "remove": remove_span_or_suggestion,
    "everywhere": label_all_mentions,
}
"""The commands that need nothing but the selection, by their ids."""


def has_effect(context: ActionContext, state: SelectionState, command: str) -> bool:
    """Return True if a command of ``SELECTION_COMMANDS`` would change what is selected or stored."""
    try:
        if command == "everywhere":  # asked at each key that is drawn: one mention is enough
            return has_further_mention(context.annotated_sentences, *_mention_in_focus(context, state), context.schema)
        result = SELECTION_COMMANDS[command](context, state)
    except RuleError:
        return False
    old, new = ((x.selection and x.selection.range, span_in_focus(context, x)) for x in (state, result.selection_state))
    return result.edit is not None or old != new


# -- answers -----------------------------------------------------------------------------------


def answer_sentence(context: ActionContext, answer_: Answer) -> Edit | None:
    """Return the edit that answers the active sentence, with what Enter takes; None where it is answered already."""
    taken = context.auto_accepted_suggestions(context.active) if answer_ is Answer.ACCEPT else ()
    if context.annotated.annotation.answer is answer_ and context.is_done(context.active) and not taken:
        return None
    return _answer_edit(context, context.active, taken, answer_)


def _answer_edit(context: ActionContext, i: int, taken: Sequence[Suggestion], answer_: Answer) -> Edit:
    """Return the edit that takes suggestions of a sentence and answers it.

    An accept covers the labels that are looked at, and keeps what is drawn and open then; a second one what the
    first has left, but for what is decided since: what was dismissed does not come back.
    """
    annotated = context.annotated_sentences[i]
    spans = [span_from_suggestion(s) for s in taken]
    edit = span_edits.apply_suggestions(annotated, spans, context.schema, answer_)
    if answer_ is not Answer.ACCEPT or (annotated.annotation.answer is Answer.ACCEPT and context.is_done(i)):
        return edit
    after = edit.after[0]
    drawn = select_visible_suggestions(tuple(context.suggestions_for(i)), after, context.schema)
    others = [x for x in after.annotation.left if not context.label_pass.includes(x.label)]
    left = sorted([*others, *map(left_suggestion, drawn)], key=lambda x: (x.start, -x.end, x.label))
    covers = context.label_pass.accepted_covers(annotated.annotation)
    annotation = replace(after.annotation.with_answer(answer_, left), covers=covers)
    return replace(edit, after=(replace(after, annotation=annotation),))


def count_left(annotated_sentences: Iterable[AnnotatedSentence], label_pass: LabelPass = ALL_LABELS) -> int:
    """Return how many suggestions of the labels that are looked at accepts have left that the user should hear of."""
    left = (s for w in annotated_sentences for s in label_pass.left_in(w.annotation))
    return sum(s.score >= REPORTED_SCORE for s in left)


def accept_visible_sentences(context: ActionContext) -> Edit:
    """Return the edit that accepts every open sentence that the screen shows whole, with what Enter takes.

    Raises RuleError where there is none.
    """
    edits = [
        _answer_edit(context, i, context.auto_accepted_suggestions(i), Answer.ACCEPT)
        for i in context.visible
        if not context.is_done(i)
    ]
    if not edits:
        raise RuleError("no open sentence is shown whole", do="Enter goes on")
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


def span_in_focus(context: ActionContext, state: SelectionState) -> Span | None:
    """Return the span of exactly the selected tokens; of several the one that the state names, else the first."""
    found = [s for r, s in _own_span_ranges(context) if state.selection and r == state.selection.range]
    named = (s for s in found if state.focus and s.key == state.focus.key)
    return next(named, found[0] if found else None)


def _innermost_span(context: ActionContext, chosen: TokenRange) -> Span | None:
    """Return the shortest span around some words, one of a label that is not looked at only if there is no other."""
    includes = context.label_pass.includes
    around = [(r, s) for r, s in _span_ranges(context) if r[0] <= chosen[0] and chosen[1] <= r[1]]
    order = sorted(around, key=lambda x: (not includes(x[1].label), x[0][1] - x[0][0]))
    return order[0][1] if order else None


def _span_ranges(context: ActionContext) -> Iterator[tuple[TokenRange, Span]]:
    return ((token_range(context.tokens, s.start, s.end), s) for s in context.annotated.annotation.spans)


def _own_span_ranges(context: ActionContext) -> Iterator[tuple[TokenRange, Span]]:
    """Return the spans of the labels that are looked at."""
    return ((r, s) for r, s in _span_ranges(context) if context.label_pass.includes(s.label))


def suggestion_range(context: ActionContext, s: Suggestion) -> TokenRange:
    """Return the tokens of a suggestion for the active sentence."""
    return token_range(context.tokens, s.start, s.end)
