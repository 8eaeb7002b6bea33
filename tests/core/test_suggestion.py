"""Where a span came from, told by its ``source``."""

from __future__ import annotations

import pytest

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
