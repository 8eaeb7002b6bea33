"""Which part a sentence goes to."""

from __future__ import annotations

import hashlib
from itertools import count, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError, UsageError
from annotator.export.options import SPLIT_PARTS, ExportOptions
from annotator.export.splits import assign_parts, hash_position, part_of

SHARES = st.tuples(st.integers(1, 90), st.integers(0, 30), st.integers(0, 30))
NAMES = st.integers(0, 10**9).map(str)
FAMILIES = st.lists(NAMES, max_size=60, unique=True)
TEN = st.lists(NAMES, min_size=10, max_size=60, unique=True)


def _part(families: list[str], shares: tuple[int, int, int]) -> tuple[dict[str, str], dict[str, str]]:
    drawn = assign_parts(families, shares)
    return dict(zip(families, drawn.parts, strict=True)), dict(drawn.stand_ins)


@given(TEN, FAMILIES, SHARES)
def test_a_growing_corpus_moves_no_article(old: list[str], new: list[str], shares: tuple[int, int, int]) -> None:
    """Once each part has an article of its own, more articles move none of those there."""
    assume({part_of(f, shares) for f in old} == set(ExportOptions(split=shares).parts_with_share))
    before, _ = _part(old, shares)
    after, stand_ins = _part(list(dict.fromkeys(new + old)), shares)
    assert not stand_ins
    assert {f: after[f] for f in old} == before


@given(TEN, FAMILIES)
def test_only_a_stand_in_moves_and_only_home(old: list[str], new: list[str]) -> None:
    """In a corpus of ten articles and more, whoever moves stood in before or does now."""
    shares = (80, 10, 10)
    before, stood = _part(old, shares)
    after, stand = _part(list(dict.fromkeys(new + old)), shares)
    moved = {f for f in old if before[f] != after[f]}
    assert moved <= stood.keys() | stand.keys()
    assert all(after[f] == part_of(f, shares) for f in old if f not in stand)


@given(st.lists(st.sampled_from("abcdefghijklmnop"), max_size=80), SHARES)
def test_no_part_with_a_share_is_empty(families: list[str], shares: tuple[int, int, int]) -> None:
    """However few the articles, each part has a sentence; a part without a share has none."""
    families.sort()
    wanted = set(ExportOptions(split=shares).parts_with_share)
    assume(len(families) >= len(wanted))
    assert set(assign_parts(families, shares).parts) == wanted


@given(st.lists(st.sampled_from("abcdefghijklmnop"), max_size=80), SHARES)
def test_articles_are_cut_in_blocks_or_not_at_all(families: list[str], shares: tuple[int, int, int]) -> None:
    """Outside of blocks an article has one part; in blocks, at most one less leak than parts."""
    families.sort()
    wanted = ExportOptions(split=shares).parts_with_share
    assume(len(families) >= len(wanted))
    drawn = assign_parts(families, shares)
    pairs = set(zip(families, drawn.parts, strict=True))
    cuts = len(pairs) - len(set(families))
    assert cuts <= (len(wanted) - 1 if drawn.blocks else 0)
    for f in set(families):
        parts = [p for g, p in zip(families, drawn.parts, strict=True) if g == f]
        assert sum(a != b for a, b in pairwise(parts)) == len(set(parts)) - 1


@given(FAMILIES, SHARES, st.integers(0, 2**32 - 1))
def test_a_seed_draws_as_the_hash_does(families: list[str], shares: tuple[int, int, int], seed: int) -> None:
    """Whoever has a seed keeps all rules: the parts, no empty one, no article that moves; seed 0 is the plain hash."""
    wanted = set(ExportOptions(split=shares).parts_with_share)
    assume(len(families) >= len(wanted))
    drawn = assign_parts(families, shares, seed=seed)
    assert set(drawn.parts) == wanted
    assert drawn == assign_parts(families, shares, seed=seed)
    if not drawn.blocks:
        homes = {f: p for f, p in zip(families, drawn.parts, strict=True) if f not in drawn.stand_ins}
        assert homes == {f: part_of(f, shares, seed) for f in homes}
    assert (drawn == assign_parts(families, shares)) or seed
    assert drawn.too_few is assign_parts(families, shares).too_few


def test_seeds_draw_apart_and_each_keeps_the_shares() -> None:
    """Of 20,000 articles as many are in each part under a seed, and in both test parts as many as by chance."""
    names = [f"{n:016x}" for n in range(20_000)]
    one, two = ([part_of(name, (80, 10, 10), seed) for name in names] for seed in (1, 2))
    assert [round(one.count(p) / 20_000, 2) for p in SPLIT_PARTS] == [0.8, 0.1, 0.1]
    assert round(sum(a == b == "test" for a, b in zip(one, two, strict=True)) / 20_000, 2) == 0.01
    assert hash_position("a", 7) == int.from_bytes(hashlib.sha256(b"7 a").digest()[:8], "big")


def test_the_shares_are_kept_in_the_long_run() -> None:
    """Of 20,000 articles about 80, 10 and 10 percent fall into the three parts."""
    found = [part_of(f"{n:016x}", (80, 10, 10)) for n in range(20_000)]
    assert [round(found.count(p) / 20_000, 2) for p in SPLIT_PARTS] == [0.8, 0.1, 0.1]


def test_where_an_article_lies_is_the_same_in_every_version() -> None:
    """The place is the head of the id's SHA-256: a new version of this program moves no article."""
    assert hash_position("a") == 0xCA978112CA1BBDCA
    assert hash_position("") == 0xE3B0C44298FC1C14


def _falling(shares: tuple[int, int, int], part: str, many: int) -> list[str]:
    """Return the first numbers that fall into a part."""
    found = (f for f in map(str, count()) if part_of(f, shares) == part)
    return [next(found) for _ in range(many)]


@pytest.mark.parametrize(
    ("shares", "have", "donor", "last"),
    [
        ((80, 10, 10), {"train": 11, "test": 1}, "train", True),
        ((80, 10, 10), {"train": 9, "test": 3}, "test", False),
        ((10, 80, 10), {"dev": 11, "test": 1}, "dev", False),
    ],
)
def test_who_stands_in_lies_nearest(shares: tuple[int, int, int], have: dict[str, int], donor: str, last: bool) -> None:
    """An empty part takes, from the part with most over its share, the article next to it."""
    families = {part: _falling(shares, part, many) for part, many in have.items()}
    (empty,) = set(SPLIT_PARTS) - set(have)
    every = [f for found in families.values() for f in found]
    nearest = (max if last else min)(families[donor], key=hash_position)
    assert assign_parts(every, shares).stand_ins == {nearest: empty}


def test_two_articles_are_split_near_the_shares() -> None:
    """Two articles of thirty sentences give 48, 6 and 6, with one article cut."""
    drawn = assign_parts(["a"] * 30 + ["b"] * 30, (80, 10, 10))
    assert drawn.blocks
    assert [drawn.parts.count(p) for p in SPLIT_PARTS] == [48, 6, 6]


def test_a_dozen_articles_are_never_cut() -> None:
    """With twelve articles an empty part gets one whole article; nothing leaks."""
    for seed in range(50):
        families = [f"{seed}-{n}" for n in range(12)]
        drawn = assign_parts(families, (80, 10, 10))
        assert not drawn.blocks
        assert set(drawn.parts) == set(SPLIT_PARTS)


def test_fewer_sentences_than_parts_are_in_one() -> None:
    """They are all in train, or in the first part that has a share; none at all are an error."""
    assert assign_parts(["a", "b"], (80, 10, 10)).parts == ("train", "train")
    assert assign_parts(["a"], (0, 50, 50)).parts == ("dev",)
    assert assign_parts(["a"], (0, 50, 50)).too_few
    with pytest.raises(AnnotatorError, match="there is no accepted sentence to export; annotate some and accept them"):
        assign_parts([], (80, 10, 10))


@given(TEN, FAMILIES, SHARES)
def test_a_stand_in_that_is_recorded_moves_no_more(
    old: list[str], new: list[str], shares: tuple[int, int, int]
) -> None:
    """However the corpus grows, the documents of dev and test stay there, those that filled a part among them."""
    before = assign_parts(old, shares)
    assume(not before.blocks)
    now = list(dict.fromkeys(new + old))
    after = assign_parts(now, shares, before.stand_ins)
    parts = dict(zip(now, after.parts, strict=True))
    assert not after.stand_ins
    assert {f: parts[f] for f in old} == dict(zip(old, before.parts, strict=True))


@pytest.mark.parametrize("shares", [(0, 0, 0), (-1, 1, 1)])
def test_shares_that_are_none(shares: tuple[int, int, int]) -> None:
    """A split without a share, or with a negative one, is wrong usage."""
    with pytest.raises(UsageError, match="is no split; give three shares, such as 80/10/10"):
        ExportOptions(split=shares)
