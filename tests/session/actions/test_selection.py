"""The selection as a state machine: what each hint, edge and growth makes of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence
from annotator.core.edits import reject_suggestion
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion, span_from_suggestion
from annotator.core.tokens import Token
from annotator.session.actions import selection as sel
from annotator.session.actions.selection import (
    AUTO_ACCEPT_SCORE,
    MIN_VISIBLE_SCORE,
    Selection,
    SelectionStage,
    best_non_overlapping,
    open_suggestions,
    select_auto_accepted,
    select_visible_suggestions,
)
from tests import builders

TEXT = "Mayor Ilka Moran met 40 rowers from Tarn Quay, Pia Rask said."
TOKENS = builders.tokens_of(TEXT)
MAYOR, ILKA, MET, FORTY, TARN, COMMA = 0, 1, 3, 4, 7, 9


def _words(s: Selection | None) -> str:
    assert s is not None
    return TEXT[TOKENS[s.first].start : TOKENS[s.last - 1].end]


def _pressed(*hints: int) -> Selection:
    now: Selection | None = None
    for i in hints:
        now = sel.selection_by_hint(now, TOKENS, i)
    assert now is not None
    return now


@pytest.mark.parametrize(
    ("hints", "words", "stage"),
    [
        ((ILKA,), "Ilka Moran", SelectionStage.SNAPPED),
        ((ILKA, ILKA), "Ilka", SelectionStage.ALONE),
        ((ILKA, ILKA, ILKA), "Ilka Moran", SelectionStage.SNAPPED),
        ((ILKA, FORTY), "Ilka Moran met 40", SelectionStage.SET),
        ((ILKA, ILKA, MET), "Ilka Moran met", SelectionStage.SET),
        ((FORTY, ILKA), "Ilka Moran met 40 rowers", SelectionStage.SET),
        ((ILKA, FORTY, TARN), "Tarn Quay", SelectionStage.SNAPPED),
        ((TARN, MAYOR), "Mayor Ilka Moran met 40 rowers from Tarn Quay", SelectionStage.SET),
    ],
)
def test_hints_select_start_alone_other_end_and_again(
    hints: tuple[int, ...], words: str, stage: SelectionStage
) -> None:
    """First hint: the phrase; the same again: that word alone; another: the other end; a third: anew."""
    now = _pressed(*hints)
    assert (_words(now), now.stage) == (words, stage)


def test_a_hint_after_an_offer_starts_again() -> None:
    """What Tab has selected is no start: the first hint after it does not stretch it."""
    now = sel.selection_by_hint(sel.explicit_selection(0, 3), TOKENS, TARN)
    assert _words(now) == "Tarn Quay"


def test_growing_ends_at_the_sentence_and_shrinks_back_the_same_way() -> None:
    """Space goes through strictly growing ranges to the whole sentence; Backspace goes back through them."""
    way = [_pressed(ILKA)]
    while (bigger := sel.grown_selection(way[-1], TOKENS)) is not None:
        assert bigger.first <= way[-1].first
        assert bigger.last >= way[-1].last
        assert bigger.range != way[-1].range
        way.append(bigger)
    assert way[-1].range == (0, len(TOKENS))
    back = way[-1]
    for step in reversed(way[:-1]):
        back = sel.shrunk_selection(back)
        assert back.range == step.range
    assert sel.grown_selection(None, TOKENS) is None


def test_shrinking_what_has_not_grown_takes_the_last_word() -> None:
    """Without a way back the last word goes; one word always stays."""
    now = sel.explicit_selection(1, 3)
    assert [(now := sel.shrunk_selection(now)).range for _ in range(3)] == [(1, 2)] * 3


def test_an_edge_skips_white_space_that_is_a_token() -> None:
    """The edges and the cursor go from word to word over a line break inside a joined sentence."""
    tokens = builders.tokens_of("Pia left.\n\nIlka stayed.")
    assert tokens[3].text == "\n\n"
    assert sel.with_right_edge_moved(sel.explicit_selection(0, 3), tokens, 1).range == (0, 5)
    assert sel.with_right_edge_moved(sel.explicit_selection(0, 5), tokens, -1).range == (0, 3)
    assert sel.with_left_edge_moved(sel.explicit_selection(4, 6), tokens, -1).range == (2, 6)
    assert sel.with_left_edge_moved(sel.explicit_selection(2, 6), tokens, 1).range == (4, 6)
    assert sel.cursor_selection(sel.explicit_selection(2, 3), tokens, 1).range == (4, 5)
    assert sel.cursor_selection(sel.explicit_selection(4, 5), tokens, -1).range == (2, 3)


def test_without_a_selection_the_cursor_comes_in_from_the_edge() -> None:
    """→ starts at the first word, ← at the last, and neither leaves the sentence."""
    assert sel.cursor_selection(None, TOKENS, 1).range == (0, 1)
    last = len(TOKENS) - 1
    assert sel.cursor_selection(None, TOKENS, -1).range == (last, last + 1)
    assert sel.cursor_selection(sel.explicit_selection(0, 1), TOKENS, -1).range == (0, 1)
    assert sel.cursor_selection(sel.explicit_selection(last, last + 1), TOKENS, 1).range == (last, last + 1)


TEXTS = st.lists(st.sampled_from(["Pia", "met", "40", "hens", ".", "“", "”", "\n\n", "\n"]), min_size=1, max_size=9)
DEEDS = st.lists(st.tuples(st.sampled_from("pgsxrl"), st.integers(-1, 30)), max_size=14)


@given(TEXTS.filter(lambda words: bool(" ".join(words).strip())), DEEDS)
def test_no_action_leaves_the_sentence_or_selects_nothing(words: list[str], actions: list[tuple[str, int]]) -> None:
    """After any deeds a selection holds at least one token of the sentence and its anchor lies in it."""
    tokens = builders.tokens_of(" ".join(words).strip())
    now: Selection | None = None
    for action, n in actions:
        now = _after(now, tokens, action, n)
        if now is not None:
            assert 0 <= now.first < now.last <= len(tokens)
            assert 0 <= now.anchor < len(tokens)


def _after(now: Selection | None, tokens: tuple[Token, ...], action: str, n: int) -> Selection | None:
    by = 1 if n % 2 else -1
    own = tokens
    if action == "p":
        return sel.selection_by_hint(now, own, n % len(own))
    if action == "x":
        return sel.cursor_selection(now, own, by)
    if now is None:
        return None
    if action == "g":
        return sel.grown_selection(now, own) or now
    if action == "s":
        return sel.shrunk_selection(now)
    return sel.with_right_edge_moved(now, own, by) if action == "r" else sel.with_left_edge_moved(now, own, by)


# -- which suggestions are offered: none that is settled, and of one label none over another -----


SUGGESTED_TEXT = "Ada Pell told Osmund Lock that 40 boats had left Tarn Quay."
SCHEMA = builders.news_schema()
_NAMES = [x.name for x in SCHEMA.labels]


@st.composite
def suggestions(draw: st.DrawFn) -> Suggestion:
    """Draw a suggestion for a stretch of the text."""
    start = draw(st.integers(0, len(SUGGESTED_TEXT) - 1))
    end = draw(st.integers(start + 1, len(SUGGESTED_TEXT)))
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
    annotated = builders.annotated_sentence(SUGGESTED_TEXT)
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
    annotated = AnnotatedSentence(builders.annotated_sentence(SUGGESTED_TEXT).sentence)
    offers = select_visible_suggestions(tuple(found), annotated, SCHEMA)
    taken = select_auto_accepted(offers, annotated, SCHEMA, take)
    for s in taken:
        assert s.label in take
        assert s.score >= AUTO_ACCEPT_SCORE
        assert s.score == max(o.score for o in offers if (o.start, o.end) == (s.start, s.end))
    spans = [span_from_suggestion(s) for s in taken]
    assert all(SCHEMA.find_violation(x, spans[:n]) is None for n, x in enumerate(spans))
