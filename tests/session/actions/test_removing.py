"""What the key that removes takes away: the exact span, else the suggestion, else the smallest span around."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import RuleError
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.session.actions.annotation_actions import (
    ActionContext,
    SelectionState,
    label_all_mentions,
    remove_span_or_suggestion,
)
from annotator.session.actions.hints import HintLayout
from annotator.session.actions.selection import Selection
from tests import builders

TEXT = "We counted 1,200 visitors from Sorrel Hall and 36 from the boats."
TOKENS = builders.tokens_of(TEXT)
NEWS = builders.news_schema()
RANGES = st.tuples(st.integers(0, len(TOKENS) - 1), st.integers(1, 6)).map(lambda x: (x[0], min(sum(x), len(TOKENS))))


def _offsets(tokens: tuple[int, int]) -> tuple[int, int]:
    return TOKENS[tokens[0]].start, TOKENS[tokens[1] - 1].end


def _context(spans: list[Span], suggested: list[Suggestion]) -> ActionContext:
    sentence = builders.annotated_sentence(TEXT, *spans)
    return ActionContext(NEWS, (sentence,), 0, HintLayout(), lambda _: tuple(suggested), (0,))


@given(st.sets(RANGES, max_size=5), st.none() | RANGES, RANGES)
def test_the_smallest_span_around_the_selection_goes(
    made: set[tuple[int, int]], suggested: tuple[int, int] | None, chosen: tuple[int, int]
) -> None:
    """Never one that the selection is not in; nothing is selected afterwards."""
    spans = [Span(*_offsets(r), "CLAIM") for r in sorted(made)]
    offered = [Suggestion(*_offsets(suggested), "COUNT", "rules", 0.5)] if suggested else []
    context = _context(spans, offered)
    state = SelectionState(Selection(*chosen, chosen[0]))
    visible = [s for s in context.visible_suggestions(0) if (s.start, s.end) == _offsets(chosen)]
    around = [r for r in made if r[0] <= chosen[0] and chosen[1] <= r[1]]
    if not around and not visible:
        with pytest.raises(RuleError) as caught:
            remove_span_or_suggestion(context, state)
        assert str(caught.value) == "there is no span here to remove; Tab goes to the suggestions and spans"
        return
    result = remove_span_or_suggestion(context, state)
    assert result.edit
    after = result.edit.after[0].annotation
    assert result.selection_state.selection is None
    if chosen not in made and visible:
        assert set(after.spans) == set(spans)
        assert [(s.start, s.end, s.label) for s in after.rejected] == [(*_offsets(chosen), "COUNT")]
        return
    (gone,) = set(spans) - set(after.spans)
    sizes = {_offsets(r): r[1] - r[0] for r in around}
    assert sizes[gone.start, gone.end] == min(sizes.values())
    assert set(after.spans) < set(spans)


def test_without_a_selection_or_a_span_there_is_nothing_to_do() -> None:
    """The message names the key that helps."""
    context = _context([], [])
    for rule, selection, message in (
        (remove_span_or_suggestion, None, "nothing is selected; Tab goes to the suggestions and spans"),
        (
            label_all_mentions,
            Selection(0, 1, 0),
            "no span is in focus; label it first, then = labels the same words elsewhere",
        ),
    ):
        with pytest.raises(RuleError) as caught:
            rule(context, SelectionState(selection))
        assert str(caught.value) == message


@pytest.mark.parametrize(("times", "message"), [(2, "1 more “boats” is VENUE"), (3, "2 more “boats” are VENUE")])
def test_the_message_counts_the_mentions_that_were_labelled(times: int, message: str) -> None:
    """Those beside the one in focus."""
    sentence = builders.annotated_sentence(" ".join(["boats"] * times), Span(0, 5, "VENUE"))
    context = ActionContext(NEWS, (sentence,), 0, HintLayout(), lambda _: (), (0,))
    edit = label_all_mentions(context, SelectionState(Selection(0, 1, 0))).edit
    assert edit
    assert edit.message == message
    assert len(edit.after[0].annotation.spans) == times
