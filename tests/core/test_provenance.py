"""Where a span came from, told by its ``source``."""

from __future__ import annotations

import pytest

from annotator.core.annotation import Annotation, Work
from annotator.core.edits import move_span
from annotator.core.provenance import changed, is_changed, names, origins, source_of, span_of
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from tests.builders import news_schema, sentence


@pytest.mark.parametrize(
    ("source", "kind", "told", "pairs"),
    [
        ("rules", "title", "rules/title", (("rules", "title"),)),
        ("rules", "", "rules", (("rules", ""),)),
        (
            "history+rules",
            "surname+title",
            "history/surname+rules/title",
            (("history", "surname"), ("rules", "title")),
        ),
    ],
)
def test_a_taken_suggestion_names_all_its_sources(
    source: str, kind: str, told: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    """Source and kind of each one come back from the span, also once it has been changed."""
    s = Suggestion(0, 4, "PERSON", source, 0.9, kind)
    assert source_of(s) == span_of(s).source == told
    assert origins(told) == origins(changed(told)) == pairs


def test_a_moved_span_says_so_once() -> None:
    """Moving an edge marks a span that was taken over, a second move adds nothing; own spans stay own."""
    s = sentence("Ada Pell rowed.")
    taken = Span(0, 3, "PERSON", "rules/title")
    once = move_span(Work(s, Annotation((taken,))), taken, Span(0, 8, "PERSON"), news_schema()).after[0]
    (moved,) = once.annotation.spans
    assert moved.source == "rules/title~"
    assert is_changed(moved.source)
    (again,) = move_span(once, moved, Span(4, 8, "PERSON"), news_schema()).after[0].annotation.spans
    assert again.source == "rules/title~"
    own = Span(0, 3, "PERSON")
    (still,) = (
        move_span(Work(s, Annotation((own,))), own, Span(0, 8, "PERSON"), news_schema())
        .after[0]
        .annotation.spans
    )
    assert still.source == ""
    assert origins("") == ()


def test_the_names_alone_are_what_figures_are_told_by() -> None:
    """What made a suggestion and whether it was changed leaves the source what it was."""
    assert names("history/surname+rules/title~") == "history+rules"
    assert names("rules") == "rules"
    assert names("") == ""
