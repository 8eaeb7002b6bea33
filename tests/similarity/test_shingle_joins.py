"""The quick ways over many articles find what looking at each pair finds."""

from __future__ import annotations

from array import array
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.similarity.near_duplicates import candidate_pairs, candidate_pairs_by_day
from annotator.similarity.shingle_arrays import shingle_many
from annotator.similarity.shingles import shingle_hashes, shingle_words
from annotator.similarity.story_groups import count_shared

WORDS = (
    "Über",
    "İzmir",
    "straße",
    "STRASSE",
    "x_1",
    "don't",
    "漢字",
    "ABC社",
    "のABC",
    "한국어",
    "😀",
    "\ud800",
    "a\u0301b",
    "7,000",
    "\u2028",
    "no",
)
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=40), max_size=6)
SETS = st.lists(st.sets(st.integers(0, 60), max_size=25), max_size=12)


@given(TEXTS)
@settings(deadline=None)
def test_texts_share_as_many_shingles_when_taken_at_once(texts: list[str]) -> None:
    """Words, case and runs are those of the plain way in every script, and texts don't run together."""
    plain = [shingle_hashes(shingle_words(text)) for text in texts]
    bulk = shingle_many(texts) if texts else []
    assert [len(s) for s in bulk] == [len(s) for s in plain]
    assert all(list(s) == sorted(set(s)) for s in bulk)
    for a, b in product(range(len(texts)), repeat=2):
        assert count_shared(bulk[a], bulk[b]) == count_shared(tuple(plain[a]), tuple(plain[b]))


def _wanted(a: set[int], b: set[int], least: int, share: float) -> bool:
    fewer = min(len(a), len(b))
    return bool(a & b) and len(a & b) >= max(min(least, fewer), share * fewer)


@given(SETS, st.integers(1, 12), st.sampled_from([0.0, 0.25, 0.4, 0.6, 1.0]))
@settings(deadline=None)
def test_the_join_misses_no_pair(sets: list[set[int]], least: int, share: float) -> None:
    """Each pair with enough in common is a candidate, in order, and none without anything in common."""
    numbers = [array("I", sorted(s)) for s in sets]
    found = list(candidate_pairs(numbers, least, share, counting_limit=-1))
    assert found == sorted(set(found))
    assert all(sets[a] & sets[b] for a, b in found)
    pairs = list(combinations(range(len(sets)), 2))
    assert {p for p in pairs if _wanted(sets[p[0]], sets[p[1]], least, share)} <= set(found)
    assert {p for p in pairs if sets[p[0]] & sets[p[1]]} == set(candidate_pairs(numbers))


@given(SETS, st.data())
@settings(deadline=None)
def test_no_two_reports_of_neighbouring_days_are_missed(sets: list[set[int]], data: st.DataObject) -> None:
    """Each pair with enough names in common and at most a day apart is looked at, once."""
    day = st.none() | st.integers(1, 4)
    days = data.draw(st.lists(day, min_size=len(sets), max_size=len(sets)))
    found = list(candidate_pairs_by_day([sorted(s) for s in sets], days, 4, 0.4))
    assert len(found) == len(set(found))
    for a, b in combinations(range(len(sets)), 2):
        x, y = days[a], days[b]
        near = x is not None and y is not None and abs(x - y) <= 1
        both = len(sets[a] & sets[b])
        if near and both >= 4 and both >= 0.4 * min(len(sets[a]), len(sets[b])):
            assert (a, b) in found
        if (a, b) in found:
            assert near
