"""The cheapest keys for a sentence's gold spans, searched over the actions of a session."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.errors import RuleError
from annotator.core.schema import Label, Schema
from annotator.core.spans import Span
from annotator.core.suggestion import span_from_suggestion
from annotator.core.tokens import token_range
from annotator.session.actions import annotation_actions, label_actions
from annotator.session.actions.annotation_actions import ActionContext, ActionResult, SelectionState
from annotator.session.actions.label_actions import LabelEffectKind
from annotator.session.commands import command_by_id

DEAREST = 24
"""No span is searched for longer than with so many keys."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: Textual's name of it, and what it is for."""

    name: str
    use: str
    """``label``, ``hint`` (a letter), ``select`` (other selection or correction), ``enter`` or ``move``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Keys for one span, its label, and how context and state are after them."""

    keys: tuple[Key, ...]
    label: str
    context: ActionContext
    state: SelectionState


class PlanError(Exception):
    """A gold span that no keys were found for."""


Choice = tuple[tuple[Key, ...], ActionResult]
Keyed = set[tuple[int, int, str]]


def key_of(command: str, use: str = "select") -> Key:
    """Return the plain key of a command."""
    return Key(command_by_id(command).keys[0], use)


def label_key(schema: Schema, label: Label) -> str:
    """Return the key of a label: its letter, else its number up to 9; empty for the others."""
    number = schema.labels.index(label) + 1
    return label.key or (str(number) if number <= 9 else "")


def missing(annotated: AnnotatedSentence, gold: Sequence[Span]) -> list[Span]:
    """Return the gold spans that a work lacks."""
    have = _keys(annotated)
    return [s for s in gold if s.key not in have]


def clean(context: ActionContext, gold: Sequence[Span]) -> bool:
    """Whether accepting the active sentence as it is gives just the gold."""
    taken = {span_from_suggestion(s).key for s in context.auto_accepted_suggestions(context.active)}
    return _keys(context.annotated) | taken == {s.key for s in gold}


def next_plan(context: ActionContext, state: SelectionState, gold: Sequence[Span]) -> Plan:
    """Return the cheapest keys that bring the active sentence one span nearer to its gold.

    A span that a label's key takes right away comes first; the others follow in reading order, and
    what must go comes last. Raises PlanError where there are no keys, or nothing is left to do.
    """
    sure = {span_from_suggestion(s).key for s in context.auto_accepted_suggestions(context.active)}
    want = [s for s in missing(context.annotated, gold) if s.key not in sure]
    for span in want:
        if found := _at_once(context, state, span):
            return found
    wrong = _wrong(context, gold)
    if not want and not wrong:
        raise PlanError("there is nothing to do")
    span = (want or wrong)[0]
    plan = reach(context, state, span) if want else _removed(context, state, span)
    if plan is None:
        raise PlanError(f"no keys for {span.label} “{context.annotated.text_of(span)}”")
    return plan


def _keys(annotated: AnnotatedSentence) -> Keyed:
    return {s.key for s in annotated.annotation.spans}


def _wrong(context: ActionContext, gold: Sequence[Span]) -> list[Span]:
    """Return what must go: spans that are not gold, and suggestions that Enter would take."""
    wanted = {s.key for s in gold}
    taken = [span_from_suggestion(s) for s in context.auto_accepted_suggestions(context.active)]
    return [s for s in (*context.annotated.annotation.spans, *taken) if s.key not in wanted]


def _at_once(context: ActionContext, state: SelectionState, span: Span) -> Plan | None:
    """Return the plan in which the label's key alone makes a span, or None."""
    label = _label(context, span)
    key = label_key(context.schema, label)
    if not key or (state.selection is not None and not state.span_just_made):
        return None
    found = label_actions.label_effect(context, state, span.label)
    if found.kind is not LabelEffectKind.TAKE or found.sentence != context.active or found.suggestion is None:
        return None
    if span_from_suggestion(found.suggestion).key != span.key:
        return None
    return Plan(
        (Key(key, "label"),), span.label, *_after(context, label_actions.press_label(context, state, span.label))
    )


def _label(context: ActionContext, span: Span) -> Label:
    label = context.schema.label(span.label)
    assert label is not None, f"the schema lacks {span.label}"
    return label


# -- the search --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the search."""

    keys: tuple[Key, ...]
    context: ActionContext
    state: SelectionState

    @property
    def search_key(self) -> object:
        """What tells two places apart whose further keys may differ; how a selection grew does not."""
        state, chosen = self.state, self.state.selection
        picked = (chosen.range, chosen.stage, chosen.anchor) if chosen else None
        waiting = (state.asked_label, state.armed_label, state.place)
        return (self.context.annotated.annotation.spans, picked, state.span_just_made, state.last_range, waiting)


def reach(context: ActionContext, state: SelectionState, span: Span) -> Plan | None:
    """Return the cheapest keys that make a span and leave the others as they are, or None."""
    keep = _keys(context.annotated)

    def there(at: ActionContext) -> bool:
        return _keys(at.annotated) == keep | {span.key}

    found = _search(_Place((), context, state), there, lambda p: _moves(p, span, keep))
    return Plan(found.keys, span.label, found.context, found.state) if found else None


def _removed(context: ActionContext, state: SelectionState, span: Span) -> Plan | None:
    """Return the cheapest keys that remove a span or turn a suggestion down, or None."""

    def gone(at: ActionContext) -> bool:
        taken = {span_from_suggestion(s).key for s in at.auto_accepted_suggestions(at.active)}
        return span.key not in _keys(at.annotated) | taken

    found = _search(_Place((), context, state), gone, lambda p: _removing(p, span))
    return Plan(found.keys, span.label, found.context, found.state) if found else None


def _search(
    start: _Place, there: Callable[[ActionContext], bool], moves: Callable[[_Place], Iterator[Choice]]
) -> _Place | None:
    """Return the cheapest place that will do (Dijkstra over single keys), or None."""
    tie, seen = count(), set()
    queue: list[tuple[int, int, _Place]] = [(0, 0, start)]
    while queue:
        cost, _, at = heapq.heappop(queue)
        if there(at.context):
            return at
        if at.search_key in seen or cost >= DEAREST:
            continue
        seen.add(at.search_key)
        for keys, result in moves(at):
            new = _Place((*at.keys, *keys), *_after(at.context, result))
            heapq.heappush(queue, (cost + len(keys), next(tie), new))
    return None


def _after(context: ActionContext, result: ActionResult) -> tuple[ActionContext, SelectionState]:
    """Return context and state after an action, the suggestions as they were."""
    if result.edit is None:
        return context, result.selection_state
    annotated_sentences = list(context.annotated_sentences)
    for old, new in zip(result.edit.before, result.edit.after, strict=True):
        annotated_sentences[annotated_sentences.index(old)] = new
    return replace(context, annotated_sentences=annotated_sentences), result.selection_state


def _try(result: Callable[[], ActionResult | None]) -> ActionResult | None:
    try:
        return result()
    except RuleError:
        return None


# -- what each key would do --------------------------------------------------------------------


def _moves(at: _Place, span: Span, keep: Keyed) -> Iterator[Choice]:
    """Yield the keys that may lead to a span: of the label first, then of the selection."""
    context, state = at.context, at.state
    made = [s for s in context.annotated.annotation.spans if s.key not in keep]
    if not made:
        yield from _labelling(context, state, span)
        yield from _going(context, state, span)
    elif any(s.label != span.label for s in made):
        return
    if state.selection is not None:
        yield from _resizing(context, state, span)


def _labelling(context: ActionContext, state: SelectionState, span: Span) -> Iterator[Choice]:
    """Yield the label's key, and the menu's where the words bear another label or there is no key."""
    label = _label(context, span)
    key, spans = label_key(context.schema, label), len(context.annotated.annotation.spans)
    result = _try(partial(label_actions.press_label, context, state, span.label)) if key else None
    if result and result.active is None:
        adds = result.edit is not None and len(result.edit.after[0].annotation.spans) > spans
        if adds or (result.selection_state.asked_label and not state.asked_label):
            yield (Key(key, "label"),), result
    taken = any((s.start, s.end) == (span.start, span.end) for s in context.annotated.annotation.spans)
    if (
        state.selection
        and (taken or not key)
        and (beside := _try(partial(label_actions.label_selection_beside, context, state, span.label)))
    ):
        yield _menu(context.schema, label), beside


def _menu(schema: Schema, label: Label) -> tuple[Key, ...]:
    """Return the keys that choose a label in its list: its own, where all have one, else its number and Enter."""
    if all(x.key for x in schema.labels):
        return (key_of("more_labels"), Key(label.key, "label"))
    number = str(schema.labels.index(label) + 1)
    return (key_of("more_labels"), *(Key(c, "select") for c in number), Key("enter", "label"))


def _going(context: ActionContext, state: SelectionState, span: Span) -> Iterator[Choice]:
    """Yield the keys that go to a span's words: hints, Tab, and the cursor where no hint is above them."""
    first, last = token_range(context.tokens, span.start, span.end)
    hinted = {i for i, hint in enumerate(context.hint_layout.hints) if hint.letters}
    for token in sorted({x for end in (first, last - 1) for x in _near(hinted, end)}):
        yield from _hint(context, state, token)
    for by, command in ((1, "next_stop"), (-1, "previous_stop")):
        if result := _try(partial(annotation_actions.select_next_stop, context, state, by)):
            yield (key_of(command),), result
    if first not in hinted:
        for by, command in ((1, "cursor_right"), (-1, "cursor_left")):
            if result := _try(partial(annotation_actions.move_cursor, context, state, by)):
                yield (key_of(command),), result


def _near(hinted: set[int], token: int) -> Iterator[int]:
    """Yield the token if it bears a hint, else the nearest ones before and after it that do."""
    if token in hinted:
        yield token
        return
    yield from [max(before)] if (before := [i for i in hinted if i < token]) else []
    yield from [min(later)] if (later := [i for i in hinted if i > token]) else []


def _hint(context: ActionContext, state: SelectionState, token: int) -> Iterator[Choice]:
    """Yield the letters of a token's hint."""
    letters, result = context.hint_layout.hints[token].letters, None
    for letter in letters:
        result = annotation_actions.press_hint(context, result.selection_state if result else state, letter)
    if result:
        yield tuple(Key(c, "hint") for c in letters), result


def _resizing(context: ActionContext, state: SelectionState, span: Span) -> Iterator[Choice]:
    """Yield the growths and the edge moves that go towards the span."""
    assert state.selection is not None
    first, last = token_range(context.tokens, span.start, span.end)
    now = state.selection.range
    tries: list[tuple[str, Callable[[], ActionResult]]] = [
        ("grow", partial(annotation_actions.grow_selection, context, state))
    ]
    if now[0] <= first and now[1] >= last and state.selection.previous_ranges:
        tries.append(("shrink", partial(annotation_actions.shrink_selection, context, state)))
    if now[1] != last:
        by = 1 if now[1] < last else -1
        command = "right_more" if by > 0 else "right_less"
        tries.append((command, partial(annotation_actions.move_selection_right_edge, context, state, by)))
    if now[0] != first:
        way = -1 if now[0] > first else 1
        command = "left_more" if way < 0 else "left_less"
        tries.append((command, partial(annotation_actions.move_selection_left_edge, context, state, way)))
    for command, make in tries:
        if result := _try(make):
            yield (key_of(command),), result


def _removing(at: _Place, span: Span) -> Iterator[Choice]:
    """Yield the keys that go to a span or suggestion, and the one that takes it away."""
    context, state = at.context, at.state
    yield from _going(context, state, span)
    if state.selection is None:
        return
    words = token_range(context.tokens, span.start, span.end)
    if state.selection.range == words and (
        result := _try(partial(annotation_actions.remove_span_or_suggestion, context, state))
    ):
        yield (key_of("remove"),), result
    if annotation_actions.span_in_focus(context, state) is None:  # else the keys would change that span
        yield from _resizing(context, state, span)
