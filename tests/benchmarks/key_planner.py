"""The cheapest keys for a sentence's gold spans, searched over ``annotator.session.actions.annotation_actions``."""

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
from annotator.session.actions import annotation_actions as deeds
from annotator.session.actions.annotation_actions import ActionContext, ActionResult, SelectionState
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
    """Keys for one span, its label, and how table and hand are after them."""

    keys: tuple[Key, ...]
    label: str
    table: ActionContext
    hand: SelectionState


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


def missing(work: AnnotatedSentence, gold: Sequence[Span]) -> list[Span]:
    """Return the gold spans that a work lacks."""
    have = _keys(work)
    return [s for s in gold if s.key not in have]


def clean(table: ActionContext, gold: Sequence[Span]) -> bool:
    """Whether accepting the active sentence as it is gives just the gold."""
    taken = {span_from_suggestion(s).key for s in table.auto_accepted_suggestions(table.active)}
    return _keys(table.annotated) | taken == {s.key for s in gold}


def next_plan(table: ActionContext, hand: SelectionState, gold: Sequence[Span]) -> Plan:
    """Return the cheapest keys that bring the active sentence one span nearer to its gold.

    A span that a label's key takes right away comes first; the others follow in reading order, and
    what must go comes last. Raises PlanError where there are no keys, or nothing is left to do.
    """
    sure = {span_from_suggestion(s).key for s in table.auto_accepted_suggestions(table.active)}
    want = [s for s in missing(table.annotated, gold) if s.key not in sure]
    for span in want:
        if found := _at_once(table, hand, span):
            return found
    wrong = _wrong(table, gold)
    if not want and not wrong:
        raise PlanError("there is nothing to do")
    span = (want or wrong)[0]
    plan = reach(table, hand, span) if want else _removed(table, hand, span)
    if plan is None:
        raise PlanError(f"no keys for {span.label} “{table.annotated.text_of(span)}”")
    return plan


def _keys(work: AnnotatedSentence) -> Keyed:
    return {s.key for s in work.annotation.spans}


def _wrong(table: ActionContext, gold: Sequence[Span]) -> list[Span]:
    """Return what must go: spans that are not gold, and suggestions that Enter would take."""
    wanted = {s.key for s in gold}
    taken = [span_from_suggestion(s) for s in table.auto_accepted_suggestions(table.active)]
    return [s for s in (*table.annotated.annotation.spans, *taken) if s.key not in wanted]


def _at_once(table: ActionContext, hand: SelectionState, span: Span) -> Plan | None:
    """Return the plan in which the label's key alone makes a span, or None."""
    label = _label(table, span)
    key = label_key(table.schema, label)
    if not key or (hand.selection is not None and not hand.span_just_made):
        return None
    found = deeds.next_suggestion(table, hand, span.label)
    if found is None or found[0] != table.active or span_from_suggestion(found[1]).key != span.key:
        return None
    return Plan((Key(key, "label"),), span.label, *_after(table, deeds.label_selection(table, hand, label)))


def _label(table: ActionContext, span: Span) -> Label:
    label = table.schema.label(span.label)
    assert label is not None, f"the schema lacks {span.label}"
    return label


# -- the search --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the search."""

    keys: tuple[Key, ...]
    table: ActionContext
    hand: SelectionState

    @property
    def state(self) -> object:
        """What tells two places apart whose further keys may differ; how a selection grew does not."""
        hand, chosen = self.hand, self.hand.selection
        picked = (chosen.range, chosen.stage, chosen.anchor) if chosen else None
        return (self.table.annotated.annotation.spans, picked, hand.span_just_made, hand.last_range)


def reach(table: ActionContext, hand: SelectionState, span: Span) -> Plan | None:
    """Return the cheapest keys that make a span and leave the others as they are, or None."""
    keep = _keys(table.annotated)

    def there(at: ActionContext) -> bool:
        return _keys(at.annotated) == keep | {span.key}

    found = _search(_Place((), table, hand), there, lambda p: _moves(p, span, keep))
    return Plan(found.keys, span.label, found.table, found.hand) if found else None


def _removed(table: ActionContext, hand: SelectionState, span: Span) -> Plan | None:
    """Return the cheapest keys that remove a span or turn a suggestion down, or None."""

    def gone(at: ActionContext) -> bool:
        taken = {span_from_suggestion(s).key for s in at.auto_accepted_suggestions(at.active)}
        return span.key not in _keys(at.annotated) | taken

    found = _search(_Place((), table, hand), gone, lambda p: _removing(p, span))
    return Plan(found.keys, span.label, found.table, found.hand) if found else None


def _search(
    start: _Place, there: Callable[[ActionContext], bool], moves: Callable[[_Place], Iterator[Choice]]
) -> _Place | None:
    """Return the cheapest place that will do (Dijkstra over single keys), or None."""
    tie, seen = count(), set()
    queue: list[tuple[int, int, _Place]] = [(0, 0, start)]
    while queue:
        cost, _, at = heapq.heappop(queue)
        if there(at.table):
            return at
        if at.state in seen or cost >= DEAREST:
            continue
        seen.add(at.state)
        for keys, deed in moves(at):
            new = _Place((*at.keys, *keys), *_after(at.table, deed))
            heapq.heappush(queue, (cost + len(keys), next(tie), new))
    return None


def _after(table: ActionContext, deed: ActionResult) -> tuple[ActionContext, SelectionState]:
    """Return table and hand after a deed, the suggestions as they were."""
    if deed.edit is None:
        return table, deed.selection_state
    works = list(table.annotated_sentences)
    for old, new in zip(deed.edit.before, deed.edit.after, strict=True):
        works[works.index(old)] = new
    return replace(table, annotated_sentences=works), deed.selection_state


def _try(deed: Callable[[], ActionResult | None]) -> ActionResult | None:
    try:
        return deed()
    except RuleError:
        return None


# -- what each key would do --------------------------------------------------------------------


def _moves(at: _Place, span: Span, keep: Keyed) -> Iterator[Choice]:
    """Yield the keys that may lead to a span: of the label first, then of the selection."""
    table, hand = at.table, at.hand
    made = [s for s in table.annotated.annotation.spans if s.key not in keep]
    if not made:
        yield from _labelling(table, hand, span)
        yield from _going(table, hand, span)
    elif any(s.label != span.label for s in made):
        return
    if hand.selection is not None:
        yield from _resizing(table, hand, span)


def _labelling(table: ActionContext, hand: SelectionState, span: Span) -> Iterator[Choice]:
    """Yield the label's key, and the menu's where the words bear another label or there is no key."""
    label = _label(table, span)
    key, spans = label_key(table.schema, label), len(table.annotated.annotation.spans)
    deed = _try(partial(deeds.label_selection, table, hand, label)) if key else None
    if deed and deed.active is None and deed.edit and len(deed.edit.after[0].annotation.spans) > spans:
        yield (Key(key, "label"),), deed
    taken = any((s.start, s.end) == (span.start, span.end) for s in table.annotated.annotation.spans)
    if (
        hand.selection
        and (taken or not key)
        and (beside := _try(partial(deeds.label_selection_beside, table, hand, label)))
    ):
        yield _menu(table.schema, label), beside


def _menu(schema: Schema, label: Label) -> tuple[Key, ...]:
    """Return the keys that choose a label in the menu, which is a ring with the first one lit."""
    if label.key:
        return (key_of("more_labels"), Key(label.key, "label"))
    down = schema.labels.index(label)
    up = len(schema.labels) - down
    arrows = [Key("down", "select")] * down if down <= up else [Key("up", "select")] * up
    return (key_of("more_labels"), *arrows, Key("enter", "label"))


def _going(table: ActionContext, hand: SelectionState, span: Span) -> Iterator[Choice]:
    """Yield the keys that go to a span's words: hints, Tab, and the cursor where no hint is above them."""
    first, last = token_range(table.tokens, span.start, span.end)
    hinted = {i for i, hint in enumerate(table.hint_layout.hints) if hint.letters}
    for token in sorted({x for end in (first, last - 1) for x in _near(hinted, end)}):
        yield from _hint(table, hand, token)
    for by, command in ((1, "next_stop"), (-1, "previous_stop")):
        if deed := _try(partial(deeds.select_next_stop, table, hand, by)):
            yield (key_of(command),), deed
    if first not in hinted:
        for by, command in ((1, "cursor_right"), (-1, "cursor_left")):
            if deed := _try(partial(deeds.move_cursor, table, hand, by)):
                yield (key_of(command),), deed


def _near(hinted: set[int], token: int) -> Iterator[int]:
    """Yield the token if it bears a hint, else the nearest ones before and after it that do."""
    if token in hinted:
        yield token
        return
    yield from [max(before)] if (before := [i for i in hinted if i < token]) else []
    yield from [min(later)] if (later := [i for i in hinted if i > token]) else []


def _hint(table: ActionContext, hand: SelectionState, token: int) -> Iterator[Choice]:
    """Yield the letters of a token's hint."""
    letters, deed = table.hint_layout.hints[token].letters, None
    for letter in letters:
        deed = deeds.press_hint(table, deed.selection_state if deed else hand, letter)
    if deed:
        yield tuple(Key(c, "hint") for c in letters), deed


def _resizing(table: ActionContext, hand: SelectionState, span: Span) -> Iterator[Choice]:
    """Yield the growths and the edge moves that go towards the span."""
    assert hand.selection is not None
    first, last = token_range(table.tokens, span.start, span.end)
    now = hand.selection.range
    tries: list[tuple[str, Callable[[], ActionResult]]] = [
        ("grow", partial(deeds.grow_selection, table, hand))
    ]
    if now[0] <= first and now[1] >= last and hand.selection.previous_ranges:
        tries.append(("shrink", partial(deeds.shrink_selection, table, hand)))
    if now[1] != last:
        by = 1 if now[1] < last else -1
        command = "right_more" if by > 0 else "right_less"
        tries.append((command, partial(deeds.move_selection_right_edge, table, hand, by)))
    if now[0] != first:
        way = -1 if now[0] > first else 1
        command = "left_more" if way < 0 else "left_less"
        tries.append((command, partial(deeds.move_selection_left_edge, table, hand, way)))
    for command, make in tries:
        if deed := _try(make):
            yield (key_of(command),), deed


def _removing(at: _Place, span: Span) -> Iterator[Choice]:
    """Yield the keys that go to a span or suggestion, and the one that takes it away."""
    table, hand = at.table, at.hand
    yield from _going(table, hand, span)
    if hand.selection is None:
        return
    words = token_range(table.tokens, span.start, span.end)
    if hand.selection.range == words and (
        deed := _try(partial(deeds.remove_span_or_suggestion, table, hand))
    ):
        yield (key_of("remove"),), deed
    if deeds.span_at_range(table, hand.selection.range) is None:  # else the keys would change that span
        yield from _resizing(table, hand, span)
