"""Where a span came from, by its ``source``; how unsure the sources are of a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.edits import move_span
from annotator.core.spans import Span
from annotator.core.suggestion import (
    Suggestion,
    is_modified_source,
    mark_source_modified,
    parse_span_source,
    span_from_suggestion,
    span_source_names,
    suggestion_source,
    suggestion_uncertainty,
)
from tests.builders import news_schema, sentence


@pytest.mark.parametrize(
    ("source", "kind", "message", "pairs"),
    [
        ("rules", "title", "rules/title", (("rules", "title"),)),
        ("rules", "", "rules", (("rules", ""),)),
        ("history+rules", "surname+title", "history/surname+rules/title", (("history", "surname"), ("rules", "title"))),
    ],
)
def test_a_taken_suggestion_names_all_its_sources(
    source: str, kind: str, message: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    """Source and kind of each one come back from the span, also once it has been changed."""
    s = Suggestion(0, 4, "PERSON", source, 0.9, kind)
    assert suggestion_source(s) == span_from_suggestion(s).source == message
    assert parse_span_source(message) == parse_span_source(mark_source_modified(message)) == pairs


def test_a_moved_span_says_so_once() -> None:
    """Moving an edge marks a span that was taken over, a second move adds nothing; own spans stay own."""
    s = sentence("Ada Pell rowed.")
    taken = Span(0, 3, "PERSON", "rules/title")
    once = move_span(AnnotatedSentence(s, Annotation((taken,))), taken, Span(0, 8, "PERSON"), news_schema()).after[0]
    (moved,) = once.annotation.spans
    assert moved.source == "rules/title~"
    assert is_modified_source(moved.source)
    (again,) = move_span(once, moved, Span(4, 8, "PERSON"), news_schema()).after[0].annotation.spans
    assert again.source == "rules/title~"
    own = Span(0, 3, "PERSON")
    (still,) = (
        move_span(AnnotatedSentence(s, Annotation((own,))), own, Span(0, 8, "PERSON"), news_schema())
        .after[0]
        .annotation.spans
    )
    assert still.source == ""
    assert parse_span_source("") == ()


def test_the_names_alone_are_what_figures_are_reported_by() -> None:
    """What made a suggestion and whether it was changed leaves the source what it was."""
    assert span_source_names("history/surname+rules/title~") == "history+rules"
    assert span_source_names("rules") == "rules"
    assert span_source_names("") == ""


def _says(start: int, end: int, label: str, score: float, source: str = "rules") -> Suggestion:
    return Suggestion(start, end, label, source, score)


SUGGESTIONS = st.lists(
    st.builds(
        lambda start, length, label, source, score: _says(start, start + length, label, score, source),
        st.integers(0, 12),
        st.integers(1, 6),
        st.sampled_from(["PERSON", "VENUE"]),
        st.sampled_from(["rules", "history", "model"]),
        st.floats(0, 1),
    ),
    max_size=8,
)


def test_what_is_unsure_or_contradicted_comes_first() -> None:
    """A coin toss tells a bit, a sure thing less; a second source that says otherwise adds one."""
    sure, toss = _says(0, 4, "PERSON", 0.95), _says(0, 4, "PERSON", 0.5)
    assert suggestion_uncertainty([]) == 0
    assert suggestion_uncertainty([toss]) == 1
    assert 0 < suggestion_uncertainty([sure]) < suggestion_uncertainty([toss])
    assert suggestion_uncertainty([sure, _says(0, 4, "PERSON", 0.5, "history")]) == suggestion_uncertainty([sure])
    other = _says(0, 4, "VENUE", 1.0, "history")
    assert suggestion_uncertainty([sure, other]) == suggestion_uncertainty([sure]) + 1
    crossing = _says(2, 6, "PERSON", 1.0, "history")
    assert suggestion_uncertainty([sure, crossing]) == suggestion_uncertainty([sure]) + 1
    nested = _says(0, 9, "CLAIM", 1.0, "history")
    assert suggestion_uncertainty([sure, nested]) == suggestion_uncertainty([sure])
    assert suggestion_uncertainty([sure, _says(0, 4, "VENUE", 1.0)]) == suggestion_uncertainty([sure])


@given(SUGGESTIONS)
def test_uncertainty_does_not_hang_on_the_order_and_is_never_below_nothing(found: list[Suggestion]) -> None:
    """The same suggestions in any order are as unsure, and no more than one bit each and one a pair."""
    value = suggestion_uncertainty(found)
    assert value == pytest.approx(suggestion_uncertainty(found[::-1]))
    assert 0 <= value <= len(found) + len(found) ** 2
