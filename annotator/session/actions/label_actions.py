"""What the key of a label does: one rule, which the action, the prompt and the tags on the screen read.

Pure, as ``annotation_actions``. The first that applies:

1. A selection that the user made gets the label; the span that it is is relabelled, others of its words stay.
2. Else the key takes the first open suggestion of the label after the span last made or turned down, in the
   active sentence (and, where the user has set that, in the later ones that the screen shows whole).
3. Are there only suggestions before that span, the key takes nothing and names the first; pressed again it
   takes that one. To go round at once would take what was passed over on purpose.
4. Is none left, the label is armed: the next words to be selected get it, beside a span of exactly these words
   where the schema allows both; else that span is relabelled.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from annotator.core import edits as span_edits
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, span_from_suggestion, suggestion_source
from annotator.core.tokens import TokenRange, token_range
from annotator.language.claims import claim_from
from annotator.language.sentence_features import sentence_features
from annotator.session.actions import selection as sel
from annotator.session.actions.annotation_actions import (
    ActionContext,
    ActionResult,
    SelectionState,
    require_selection,
    span_in_focus,
    suggestion_place,
    suggestion_range,
    token_range_offsets,
    trim_whitespace_tokens,
    with_selection,
)
from annotator.session.actions.selection import Selection, SelectionStage, open_suggestions


class LabelEffectKind(StrEnum):
    """What the key of a label does now."""

    LABEL = "label"
    """It labels the selection."""
    RELABEL = "relabel"
    """It gives the selected span another label, or finds that it has this one."""
    TAKE = "take"
    """It takes a suggestion."""
    ASK = "ask"
    """It names a suggestion before the place, and takes it when it is pressed again."""
    ARM = "arm"
    """It arms the label for the next selection."""
    DISARM = "disarm"
    """It disarms the label."""


class LabelEffect(Struct, frozen=True):
    """What the key of a label does, and to what."""

    kind: LabelEffectKind
    sentence: int
    """The sentence of the article that it changes, by index."""
    tokens: TokenRange | None = None
    """The tokens of the active sentence that it labels: the selection, or what the label makes of one hint."""
    suggestion: Suggestion | None = None
    """The suggestion that it takes or names."""

    @property
    def takes(self) -> bool:
        """Whether the key takes a suggestion."""
        return self.kind is LabelEffectKind.TAKE


def label_effect(context: ActionContext, state: SelectionState, label: str) -> LabelEffect:
    """Return what the key of a label does now."""
    here = context.active
    if chosen := state.user_selection:
        words = _snapped_range(context, chosen, label) or chosen.range
        relabels = words == chosen.range and span_in_focus(context, state)
        return LabelEffect(LabelEffectKind.RELABEL if relabels else LabelEffectKind.LABEL, here, words)
    if state.armed_label == label:
        return LabelEffect(LabelEffectKind.DISARM, here)
    ahead, before = _suggestions_around(context, state, label)
    if ahead:
        return LabelEffect(LabelEffectKind.TAKE, ahead[0], suggestion=ahead[1])
    if before:
        kind = LabelEffectKind.TAKE if state.asked_label == label else LabelEffectKind.ASK
        return LabelEffect(kind, here, suggestion=before)
    return LabelEffect(LabelEffectKind.ARM, here)


def label_effects(context: ActionContext, state: SelectionState) -> dict[str, LabelEffect]:
    """Return what the key of each label that is looked at does now."""
    offered = (x.name for x in context.schema.labels if context.label_pass.includes(x.name))
    return {name: label_effect(context, state, name) for name in offered}


def _suggestions_around(
    context: ActionContext, state: SelectionState, label: str
) -> tuple[tuple[int, Suggestion] | None, Suggestion | None]:
    """Return the label's first suggestion after the span last decided, with its sentence, and the first before."""
    mine = [s for s in context.visible_suggestions(context.active) if s.label == label]
    ahead = next((s for s in mine if suggestion_place(s) > state.place), None)
    before = next((s for s in mine if suggestion_place(s) <= state.place), None)
    if ahead:
        return (context.active, ahead), before
    later = (i for i in context.visible if i > context.active) if context.reaches_view else ()
    beyond = ((i, s) for i in later for s in context.visible_suggestions(i) if s.label == label)
    return next(beyond, None), before


def press_label(context: ActionContext, state: SelectionState, label: str) -> ActionResult:
    """Press the key of a label."""
    effect = label_effect(context, state, label)
    match effect.kind:
        case LabelEffectKind.LABEL | LabelEffectKind.RELABEL:
            return _label_selection(context, state, label)
        case LabelEffectKind.TAKE if effect.suggestion:
            return _with_span(context, state, effect.sentence, span_from_suggestion(effect.suggestion))
        case LabelEffectKind.ASK:
            return ActionResult(replace(state, asked_label=label, armed_label=""))
        case LabelEffectKind.ARM:
            return ActionResult(replace(state, asked_label="", armed_label=label))
    return ActionResult(replace(state, armed_label=""))


def label_armed(context: ActionContext, state: SelectionState, label: str) -> ActionResult:
    """Label what was selected while the label was armed; the same hint again then takes its word alone."""
    result = _label_selection(context, state, label, armed=True)
    chosen, made = state.selection, result.selection_state.selection
    if chosen is None or made is None:
        return result
    kept = replace(made, anchor=chosen.anchor, stage=chosen.stage)
    return replace(result, selection_state=replace(result.selection_state, selection=kept))


def label_selection_beside(context: ActionContext, state: SelectionState, label: str) -> ActionResult:
    """Label the selection; a span of exactly its range stays beside the new one."""
    start, end = token_range_offsets(context, trim_whitespace_tokens(context, require_selection(state).range))
    return _with_span(context, state, context.active, Span(start, end, label))


def _label_selection(context: ActionContext, state: SelectionState, label: str, *, armed: bool = False) -> ActionResult:
    """Label the selection, or relabel the span that it is; an ``armed`` label only where it can't be beside it."""
    chosen = require_selection(state)
    words = _snapped_range(context, chosen, label) or chosen.range
    old = span_in_focus(context, state) if words == chosen.range else None
    if old:  # it keeps its edges, inside tokens too
        start, end = old.start, old.end
    else:
        start, end = token_range_offsets(context, trim_whitespace_tokens(context, words))
    if armed and not context.schema.find_violation(Span(start, end, label), context.annotated.annotation.spans):
        old = None
    suggested = context.visible_suggestions(context.active)
    same = (suggestion_source(s) for s in suggested if (s.start, s.end, s.label) == (start, end, label))
    return _with_span(context, state, context.active, Span(start, end, label, next(same, "")), replaced=old)


def _with_span(
    context: ActionContext, state: SelectionState, i: int, span: Span, *, replaced: Span | None = None
) -> ActionResult:
    annotated = context.annotated_sentences[i]
    edit = span_edits.add_span(annotated, span, context.schema, replaced=replaced)
    now = sel.explicit_selection(*token_range(annotated.sentence.tokens, span.start, span.end))
    state = replace(with_selection(state, now, focus=span, fresh=True), place=suggestion_place(span))
    return ActionResult(state, edit, None if i == context.active else i)


def _snapped_range(context: ActionContext, chosen: Selection, label: str) -> TokenRange | None:
    """Return what a label makes of one pressed hint: the likeliest stretch of it that starts there.

    None where the selection came about otherwise, or nothing likely starts at the token.
    """
    if chosen.stage is not SelectionStage.SNAPPED:
        return None
    start = context.tokens[chosen.anchor].start
    suggested = open_suggestions(context.suggestions_for(context.active), context.annotated, context.schema)
    found = [s for s in suggested if s.label == label and s.start == start]
    if found:
        return suggestion_range(context, max(found, key=lambda s: (s.score, s.end)))
    is_claim = label and label == context.hint_layout.claim_label
    return claim_from(sentence_features(context.tokens), chosen.anchor) if is_claim else None
