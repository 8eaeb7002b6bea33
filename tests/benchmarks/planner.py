"""The cheapest keys for a sentence's gold spans, searched over ``annotator.core.hand``."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from annotator.core import hand as deeds
from annotator.core.annotation import Work
from annotator.core.errors import RuleError
from annotator.core.hand import Deed, Hand, Table
from annotator.core.provenance import span_of
from annotator.core.spans import Span
from annotator.core.tokens import token_range
from annotator.tui.commands import by_id

DEAREST = 16
"""No span is searched for longer than with so many keys."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: Textual's name of it, and what it is for."""

    name: str
    use: str
    """``label``, ``hint`` (a letter), ``select`` (other selection or correction), ``enter`` or ``move``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Keys, and how table and hand are after them."""

    keys: tuple[Key, ...]
    table: Table
    hand: Hand

    @property
    def cost(self) -> int:
        """How many keys there are."""
        return len(self.keys)


class PlanError(Exception):
    """A gold span that no keys were found for."""


def key_of(command: str, use: str = "select") -> Key:
    """Return the plain key of a command."""
    return Key(by_id(command).keys[0], use)


def after(table: Table, deed: Deed) -> tuple[Table, Hand]:
    """Return table and hand after a deed, the suggestions as they were."""
    if deed.edit is None:
        return table, deed.hand
    works = list(table.works)
    for old, new in zip(deed.edit.before, deed.edit.after, strict=True):
        works[works.index(old)] = new
    return replace(table, works=works), deed.hand


def missing(work: Work, gold: Sequence[Span]) -> list[Span]:
    """Return the gold spans that a work lacks."""
    have = {s.key for s in work.annotation.spans}
    return [s for s in gold if s.key not in have]


def plan_sentence(table: Table, hand: Hand, gold: Sequence[Span]) -> Plan:
    """Return the cheapest keys after which the active sentence has just the gold spans, and Enter adds none.

    Spans that a label's key takes right away come first, one key each; the others follow in reading
    order, each with the cheapest keys that make it. Raises PlanError where there are none.
    """
    plan = Plan((), table, hand)
    while True:
        step = _next(plan, gold)
        if step is None:
            return plan
        plan = step


def _next(plan: Plan, gold: Sequence[Span]) -> Plan | None:
    """Return the plan one span further, or None where all is done."""
    sure = {deeds.span_of(s).key for s in plan.table.taken_with_enter(plan.table.active)}
    lacking = missing(plan.table.work, gold)
    want = [s for s in lacking if s.key not in sure]
    for span in want:
        if found := _at_once(plan, span):
            return found
    wrong = _wrong(plan.table, gold)
    if want:
        return _found(reach(plan, want[0]), want[0])
    return _found(_removed(plan, wrong[0]), wrong[0]) if wrong else None


def _found(plan: Plan | None, span: Span) -> Plan:
    if plan is None:
        raise PlanError(f"no keys for {span}")
    return plan


def _at_once(plan: Plan, span: Span) -> Plan | None:
    """Return the plan in which the label's key alone makes a span, or None."""
    table, hand, name = plan.table, plan.hand, plan.table.schema.label(span.label)
    if not (name and name.key) or (hand.selection is not None and not hand.fresh):
        return None
    found = deeds.target(table, hand, span.label)
    if found is None or found[0] != table.active or deeds.span_of(found[1]).key != span.key:
        return None
    return Plan((*plan.keys, Key(name.key, "label")), *after(table, deeds.label(table, hand, name)))


def _wrong(table: Table, gold: Sequence[Span]) -> list[Span]:
    """Return what must go: spans that are not gold, and suggestions that Enter would take."""
    wanted = {s.key for s in gold}
    spans = [s for s in table.work.annotation.spans if s.key not in wanted]
    taken = [span_of(s) for s in table.taken_with_enter(table.active)]
    return spans + [s for s in taken if s.key not in wanted]


def clean(table: Table, gold: Sequence[Span]) -> bool:
    """Whether accepting the active sentence as it is gives just the gold."""
    taken = {span_of(s).key for s in table.taken_with_enter(table.active)}
    have = {s.key for s in table.work.annotation.spans}
    return have | taken == {s.key for s in gold}


# -- one span ----------------------------------------------------------------------------------

Move = tuple[Key, Callable[[Table, Hand], Deed | None]]


def reach(plan: Plan, span: Span) -> Plan | None:
    """Return the plan with the cheapest keys that make a span, or None."""
    keep = {s.key for s in plan.table.work.annotation.spans}
    return _search(plan, span, lambda t: _made(t, span, keep), lambda p: _moves(p, span, keep))


def _removed(plan: Plan, span: Span) -> Plan | None:
    """Return the plan with the cheapest keys that remove a span or turn a suggestion down."""

    def gone(table: Table) -> bool:
        have = {s.key for s in table.work.annotation.spans}
        return span.key not in have and all(
            span_of(s).key != span.key for s in table.taken_with_enter(table.active)
        )

    return _search(plan, span, gone, lambda p: _removing(p, span))


def _state(plan: Plan) -> object:
    """Return what tells two plans apart whose further keys may differ; how a selection grew does not."""
    hand, chosen = plan.hand, plan.hand.selection
    picked = (chosen.range, chosen.stage, chosen.anchor) if chosen else None
    return (plan.table.work.annotation.spans, picked, hand.fresh, hand.last)


def _made(table: Table, span: Span, keep: set[tuple[int, int, str]]) -> bool:
    have = {s.key for s in table.work.annotation.spans}
    return span.key in have and have == keep | {span.key}


def _search(
    plan: Plan,
    span: Span,
    there: Callable[[Table], bool],
    moves: Callable[[Plan], Iterator[tuple[tuple[Key, ...], Deed]]],
) -> Plan | None:
    tie, seen = count(), set()
    queue: list[tuple[int, int, Plan]] = [(0, 0, Plan((), plan.table, plan.hand))]
    while queue:
        cost, _, at = heapq.heappop(queue)
        if there(at.table):
            return Plan((*plan.keys, *at.keys), at.table, at.hand)
        state = _state(at)
        if state in seen or cost >= DEAREST:
            continue
        seen.add(state)
        for keys, deed in moves(at):
            table, hand = after(at.table, deed)
            heapq.heappush(queue, (cost + len(keys), next(tie), Plan((*at.keys, *keys), table, hand)))
    return None


def _try(deed: Callable[[], Deed | None]) -> Deed | None:
    try:
        return deed()
    except RuleError:
        return None


def _moves(plan: Plan, span: Span, keep: set[tuple[int, int, str]]) -> Iterator[tuple[tuple[Key, ...], Deed]]:
    """Yield the keys that may lead to a span: of the label first, then of the selection."""
    table, hand = plan.table, plan.hand
    made = [s for s in table.work.annotation.spans if s.key not in keep]
    name = table.schema.label(span.label)
    assert name is not None
    if not made:
        yield from _labelling(table, hand, span)
        yield from _hints(table, hand, span)
        for by, command in ((1, "next_stop"), (-1, "previous_stop")):
            if deed := _try(lambda by=by: deeds.visit(table, hand, by)):
                yield (key_of(command),), deed
    elif any(s.label != span.label for s in made):
        return
    if hand.selection is not None:
        yield from _resizing(table, hand, span)


def _labelling(table: Table, hand: Hand, span: Span) -> Iterator[tuple[tuple[Key, ...], Deed]]:
    name = table.schema.label(span.label)
    assert name is not None
    deed = _try(lambda: deeds.label(table, hand, name))
    if (
        deed
        and deed.active is None
        and deed.edit
        and len(deed.edit.after[0].annotation.spans) > len(table.work.annotation.spans)
    ):
        keys = (Key(name.key, "label"),) if name.key else _menu(table, span)
        if name.key or (hand.selection and not hand.fresh):
            yield keys, deed
    if (
        hand.selection
        and not hand.fresh
        and any((s.start, s.end) == (span.start, span.end) for s in table.work.annotation.spans)
    ):
        if deed := _try(lambda: deeds.label_beside(table, hand, name)):
            yield _menu(table, span), deed


def _menu(table: Table, span: Span) -> tuple[Key, ...]:
    """Return the keys that choose a label in the menu."""
    names = [x.name for x in table.schema.labels]
    label = table.schema.label(span.label)
    if label and label.key:
        return (key_of("more_labels"), Key(label.key, "label"))
    downs = names.index(span.label)
    return (key_of("more_labels"), *[Key("down", "select")] * downs, Key("enter", "label"))


def _hints(table: Table, hand: Hand, span: Span) -> Iterator[tuple[tuple[Key, ...], Deed]]:
    first, last = token_range(table.tokens, span.start, span.end)
    for token in sorted({first, last - 1}):
        letters = table.sheet.hints[token].keys if token < len(table.sheet.hints) else ""
        deed, now = None, hand
        for letter in letters:
            deed = deeds.hint(table, now, letter)
            now = deed.hand if deed else now
        if deed:
            yield tuple(Key(c, "hint") for c in letters), deed


def _resizing(table: Table, hand: Hand, span: Span) -> Iterator[tuple[tuple[Key, ...], Deed]]:
    """Yield the growths and the edge moves that go towards the span."""
    assert hand.selection is not None
    first, last = token_range(table.tokens, span.start, span.end)
    now = hand.selection.range
    tries: list[tuple[str, Callable[[], Deed]]] = []
    tries.append(("grow", lambda: deeds.grow(table, hand)))
    if now[0] <= first and now[1] >= last and hand.selection.trail:
        tries.append(("shrink", lambda: deeds.shrink(table, hand)))
    if now[1] != last:
        by = 1 if now[1] < last else -1
        tries.append(("right_more" if by > 0 else "right_less", lambda: deeds.right_edge(table, hand, by)))
    if now[0] != first:
        way = -1 if now[0] > first else 1
        tries.append(("left_more" if way < 0 else "left_less", lambda: deeds.left_edge(table, hand, way)))
    for command, make in tries:
        if deed := _try(make):
            yield (key_of(command),), deed


def _removing(plan: Plan, span: Span) -> Iterator[tuple[tuple[Key, ...], Deed]]:
    table, hand = plan.table, plan.hand
    for by, command in ((1, "next_stop"), (-1, "previous_stop")):
        if deed := _try(lambda by=by: deeds.visit(table, hand, by)):
            yield (key_of(command),), deed
    yield from _hints(table, hand, span)
    if hand.selection is not None:
        first, last = token_range(table.tokens, span.start, span.end)
        if hand.selection.range == (first, last) and (deed := _try(lambda: deeds.remove(table, hand))):
            yield (key_of("remove"),), deed
        yield from _resizing_plain(table, hand, span)


def _resizing_plain(table: Table, hand: Hand, span: Span) -> Iterator[tuple[tuple[Key, ...], Deed]]:
    """Yield growths and edge moves of a selection that is no span: they change nothing."""
    assert hand.selection is not None
    if deeds.exact(table, hand.selection.range) is None:
        yield from _resizing(table, hand, span)
