"""Which suggestions are offered: none that is settled, and of one label none over another."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import reject_suggestion
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, span_from_suggestion
from annotator.session.actions.visible_suggestions import (
    AUTO_ACCEPT_SCORE,
    MIN_VISIBLE_SCORE,
    best_non_overlapping,
    open_suggestions,
    select_auto_accepted,
    select_visible_suggestions,
)
from tests import builders

TEXT = "Ada Pell told Osmund Lock that 40 boats had left Tarn Quay."
SCHEMA = builders.news_schema()
_NAMES = [x.name for x in SCHEMA.labels]


@st.composite
def suggestions(draw: st.DrawFn) -> Suggestion:
    """Draw a suggestion for a stretch of the text."""
    start = draw(st.integers(0, len(TEXT) - 1))
    end = draw(st.integers(start + 1, len(TEXT)))
    return Suggestion(start, end, draw(st.sampled_from(_NAMES)), "rules", draw(st.floats(0, 1)))


SOME = st.lists(suggestions(), max_size=8)


@given(SOME)
def test_of_one_label_the_best_are_offered_apart(found: list[Suggestion]) -> None:
    """Offers of a label never overlap, and whatever is left out gave way to a better one or was too weak."""
    kept = best_non_overlapping(found)
    for name in _NAMES:
        mine = sorted((s for s in kept if s.label == name), key=lambda s: s.start)
        assert all(a.end <= b.start for a, b in pairwise(mine))
    for s in set(found) - set(kept):
        over = [k for k in kept if k.label == s.label and k.start < s.end and s.start < k.end]
        assert s.score < MIN_VISIBLE_SCORE or any(k.score >= s.score for k in over)


@given(SOME, SOME)
def test_what_is_settled_is_not_offered(found: list[Suggestion], made: list[Suggestion]) -> None:
    """No offer stands where a label stands, breaks a rule beside one, or was turned down."""
    annotated = builders.annotated_sentence(TEXT)
    for s in made[::2]:
        annotated = replace(
            annotated,
            annotation=annotated.annotation.with_spans([*annotated.annotation.spans, span_from_suggestion(s)]),
        )
    for s in made[1::2]:
        if all(x.key != span_from_suggestion(s).key for x in annotated.annotation.rejected):
            annotated = reject_suggestion(annotated, span_from_suggestion(s)).after[0]
    for s in open_suggestions(found, annotated, SCHEMA):
        assert all((s.start, s.end) != (x.start, x.end) for x in annotated.annotation.spans)
        assert span_from_suggestion(s).key not in {x.key for x in annotated.annotation.rejected}
        assert SCHEMA.find_violation(span_from_suggestion(s), annotated.annotation.spans) is None


def test_an_offer_remembers_its_source() -> None:
    """The span that comes of an offer says where it came from."""
    assert span_from_suggestion(Suggestion(0, 8, "PERSON", "history", 0.9)) == Span(0, 8, "PERSON", "history")


def test_nothing_is_offered_beyond_the_text() -> None:
    """A source that is out of step with the text offers nothing there."""
    assert (
        open_suggestions(
            [Suggestion(0, 99, "PERSON", "file", 0.9)], AnnotatedSentence(builders.sentence("Short.")), SCHEMA
        )
        == ()
    )


@given(SOME, st.frozensets(st.sampled_from(_NAMES)))
def test_enter_takes_only_what_is_drawn(found: list[Suggestion], take: frozenset[str]) -> None:
    """Of a stretch Enter takes the likeliest label or nothing, only sure ones, and none forbids another."""
    annotated = AnnotatedSentence(builders.annotated_sentence(TEXT).sentence)
    offers = select_visible_suggestions(tuple(found), annotated, SCHEMA)
    taken = select_auto_accepted(offers, annotated, SCHEMA, take)
    for s in taken:
        assert s.label in take
        assert s.score >= AUTO_ACCEPT_SCORE
        assert s.score == max(o.score for o in offers if (o.start, o.end) == (s.start, s.end))
    spans = [span_from_suggestion(s) for s in taken]
    assert all(SCHEMA.find_violation(x, spans[:n]) is None for n, x in enumerate(spans))
