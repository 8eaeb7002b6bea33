"""The order of work: unsure sentences come first, and places can be named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import RuleError
from annotator.core.sentence_order import parse_sentence_number, sorted_descending, suggestion_uncertainty
from annotator.core.suggestion import Suggestion


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


def test_the_highest_comes_first_and_ties_stay() -> None:
    """Ids of one key stay in the order of the articles."""
    key = {"a": 1.0, "b": 2.0, "c": 1.0, "d": 0.0}
    assert sorted_descending("dabc", key.__getitem__) == ["b", "a", "c", "d"]


def test_places_are_read_as_people_write_them() -> None:
    """A number is a sentence, two are article and sentence, a number with a dot an article."""
    assert parse_sentence_number("12") == (None, 12)
    assert parse_sentence_number(" 3.12 ") == (3, 12)
    assert parse_sentence_number("3 / 12") == (3, 12)
    assert parse_sentence_number("3.") == (3, None)
    for nonsense in ("", " ", "x", "3.x", "1.2.3", "-4", "."):
        with pytest.raises(RuleError, match=r"that is no place; type 12 for a sentence, 3\.12 for article 3"):
            parse_sentence_number(nonsense)
