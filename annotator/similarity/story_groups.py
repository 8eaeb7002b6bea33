"""Which articles must stay in one part of a split, because one would reveal the other.

Two articles are linked where one is a version of the other, where one repeats the other (wire copy: at
least 40 % of the shorter one's shingles, and ten of them), or where both report one story: dated at most a
day apart, with at least four names in common and those at least 40 % of the names of the one that has
fewer; names that any day's news may have (``data/common_names.txt``) don't count, nor does boilerplate
(``without_boilerplate``). A link depends on its two articles and on those before them: their text and date as
ingested, never what was annotated or switched since. So articles that come later change none of the links
that are there.

The part is then drawn as the corpus grew, in the order of ingest. An article with no link to an earlier
one begins a group, whose part is its hash's; one with links joins. If its links lead to groups that are in
one part, they become one group with the earliest article's hash; if they lead to two parts, the article
would carry the one into the other: it is *quarantined*, and listed, and links to it count for nothing.
No article that was drawn before ever moves. ``rebalance`` moves on request: it makes one group of
whatever is linked, and the corpus records these groups as fixed from then on.

A document of many articles (``core/documents.py``) is one article here: its texts are compared as one, and it is
placed or quarantined as a whole. One that gets more articles later is compared again.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from msgspec import Struct, field
from msgspec.structs import replace

from annotator.core.article import Article
from annotator.similarity.near_duplicates import IndexPair, candidate_pairs, candidate_pairs_by_day
from annotator.similarity.shingles import shingle_hashes, shingle_words

# What is compared of articles, to know copies and reports of one story: shingles, names and the date.


# Lines that many articles have word for word: a source's footer makes no two of its articles copies.
#
# A line is left out of the comparison where ten earlier articles had it. Where less than half of an article
# would be left, it stays whole: it is one more copy of what was copied often. Only articles that came before
# count, so that articles that come later change nothing.


BOILERPLATE_THRESHOLD = 10
"""In how many earlier articles a line of boilerplate has occurred."""
_COUNTER_SLOTS = 2**24
"""Counters: for a million lines, ten different ones meet in one less than once in 10**18 times."""


class ComparableArticle(NamedTuple):
    """What of an article is looked at: its id, its lines as the cleaner left them, and its date."""

    article_id: str
    text: str
    date: str


def without_boilerplate(articles: Iterable[ComparableArticle]) -> Iterator[ComparableArticle]:
    """Yield the articles, in the order of ingest, without their boilerplate."""
    often = bytearray(_COUNTER_SLOTS)
    for one in articles:
        lines = one.text.split("\n")
        numbers = [crc32(line.encode("utf-8", "surrogatepass")) % _COUNTER_SLOTS for line in lines]
        kept = "\n".join(x for x, n in zip(lines, numbers, strict=True) if often[n] < BOILERPLATE_THRESHOLD)
        for n in set(numbers):
            often[n] = min(BOILERPLATE_THRESHOLD, often[n] + 1)
        yield one._replace(text=kept) if 2 * len(kept) >= len(one.text) else one


NUMPY_THRESHOLD = 200
"""From this many articles on numpy pays, whose import takes a tenth of a second."""
_BATCH_CHARACTERS = 2**18
"""Characters that are looked at together."""
_SURNAME = re.compile(r" (?<=[\w,] )([^\W\d_a-z]\w\w+)\b(?! [^\W\d_a-z]\w\w)")
"""The last word of a name: it has a capital, and so have those before it. A word or a comma precedes
the name, so that no sentence begins with it."""
_COMMON_NAMES_FILE = Path(__file__).parent / "data" / "common_names.txt"


class ArticleSignature(Struct, frozen=True):
    """What is compared of an article."""

    article: str
    family: str
    shingles: array[int]
    """As numbers of 32 bits, sorted: forty thousand articles take 100 MB."""
    names: array[int]
    """Empty where there is no date: they mean nothing without one."""
    day: int | None
    """The date as a day number; None where there is none."""


def comparable_article(article: Article) -> ComparableArticle:
    """Return what of an article is looked at."""
    return ComparableArticle(article.id, article.ingested_text, article.date)


def article_signatures(articles: Iterable[ComparableArticle], use_numpy: bool) -> Iterator[ArticleSignature]:
    """Yield what is compared of articles in the order of ingest, each a family of its own.

    Boilerplate is left out. Numbers made with numpy are not to be compared with those made without.
    """
    read = without_boilerplate(articles)
    if not use_numpy:
        for one in read:
            yield _signature(one, array("I", sorted(shingle_hashes(shingle_words(one.text)))))
        return
    from annotator.similarity.shingle_arrays import shingle_many

    for batch in _batches(read):
        numbers = shingle_many([one.text for one in batch])
        yield from map(_signature, batch, numbers)


def _batches(articles: Iterable[ComparableArticle]) -> Iterator[list[ComparableArticle]]:
    batch: list[ComparableArticle] = []
    size = 0
    for one in articles:
        batch.append(one)
        size += len(one.text)
        if size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _signature(article: ComparableArticle, shingles: array[int]) -> ArticleSignature:
    try:
        day = date.fromisoformat(article.date[:10]).toordinal()
    except ValueError:
        return ArticleSignature(article.article_id, article.article_id, shingles, array("I"), None)
    names = array("I", [crc32(name.encode()) for name in sorted(names_in_text(article.text))])
    return ArticleSignature(article.article_id, article.article_id, shingles, names, day)


def names_in_text(text: str) -> frozenset[str]:
    """Return the last words of the names inside sentences, case folded, but those of any day's news.

    So "President Ida Holm" and "Holm" are one name, and the Senate, Paris and Monday are none.
    """
    found = {word.casefold() for word in _SURNAME.findall(text) if word[0].isupper()}
    return frozenset(found) - _common_names()


@cache
def _common_names() -> frozenset[str]:
    lines = _COMMON_NAMES_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def count_shared(a: Sequence[int], b: Sequence[int]) -> int:
    """Return how many numbers two lists have in common, each without doubles."""
    return len(set(a).intersection(b))


COPY_SHARE = 0.4
"""The share of the shorter article's shingles that makes it a copy."""
_MIN_SHARED_SHINGLES = 10
_MIN_SHARED_NAMES, _MIN_NAME_SHARE = 4, 0.4

PartOf = Callable[[str], str]
"""From the id that a group is drawn by to the name of its part."""


class QuarantinedArticle(Struct, frozen=True):
    """An article that would bridge parts."""

    article: str
    links: tuple[tuple[str, str], ...]
    """The earlier articles that it is linked to, each with its part; the first of each part."""


class StoryGroups(Struct, frozen=True):
    """By article id, the id that its group is drawn by; who is quarantined; all links."""

    keys: Mapping[str, str]
    quarantined: tuple[QuarantinedArticle, ...] = ()
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By article id, the earlier articles that it is linked to."""

    @property
    def quarantined_ids(self) -> frozenset[str]:
        """The ids of the quarantined articles."""
        return frozenset(q.article for q in self.quarantined)

    def with_fellows(self, fellows: Mapping[str, Sequence[str]]) -> StoryGroups:
        """Return the same with further articles that go wherever one goes: by its id, all of its document."""
        keys = {a: key for first, key in self.keys.items() for a in fellows.get(first, (first,))}
        out = tuple(replace(q, article=a) for q in self.quarantined for a in fellows.get(q.article, (q.article,)))
        return StoryGroups(keys, out, self.links)


def group_stories(
    signatures: Sequence[ArticleSignature], part_of: PartOf, fixed: Mapping[str, str] | None = None
) -> StoryGroups:
    """Draw the groups of articles that come in the order of ingest.

    ``fixed`` gives, by article id, the key of those that an earlier ``rebalance`` has placed.
    """
    before = links_to_earlier(signatures)
    groups = _GroupBuilder(part_of)
    out: list[QuarantinedArticle] = []
    for n, one in enumerate(signatures):
        there = [signatures[m].article for m in before[n] if signatures[m].article in groups]
        bridge = () if one.article in (fixed or {}) else groups.bridged_parts(there)
        if bridge:
            out.append(QuarantinedArticle(one.article, bridge))
        else:
            groups.add(one, there, (fixed or {}).get(one.article))
    linked = {signatures[n].article: tuple(signatures[m].article for m in ms) for n, ms in enumerate(before) if ms}
    return StoryGroups(groups.keys(), tuple(out), linked)


def rebalanced_groups(signatures: Sequence[ArticleSignature]) -> dict[str, str]:
    """Return, by article id, the key of each group when all that is linked is one group."""
    groups = _GroupBuilder(lambda _: "")
    for n, found in enumerate(links_to_earlier(signatures)):
        groups.add(signatures[n], [signatures[m].article for m in found], None)
    return dict(groups.keys())


def links_to_earlier(signatures: Sequence[ArticleSignature]) -> list[list[int]]:
    """Return, for each article, the positions of those before it that it is linked to."""
    found: list[set[int]] = [set() for _ in signatures]
    for a, b in _linked_pairs(signatures):
        found[b].add(a)
    return [sorted(f) for f in found]


def _linked_pairs(signatures: Sequence[ArticleSignature]) -> Iterator[IndexPair]:
    yield from _version_pairs(signatures)
    yield from _copy_pairs(signatures)
    names, days = [s.names for s in signatures], [s.day for s in signatures]
    near = candidate_pairs_by_day(names, days, _MIN_SHARED_NAMES, _MIN_NAME_SHARE)
    yield from ((a, b) for a, b in near if is_same_story(signatures[a], signatures[b]))


def _version_pairs(signatures: Sequence[ArticleSignature]) -> Iterator[IndexPair]:
    """Yield each version of an article with the first one, and with the one before it."""
    every: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(signatures):
        earlier = every[one.family]
        yield from ((before, n) for before in dict.fromkeys([*earlier[:1], *earlier[-1:]]))
        earlier.append(n)


def _copy_pairs(signatures: Sequence[ArticleSignature]) -> Iterator[IndexPair]:
    pairs = candidate_pairs([s.shingles for s in signatures], _MIN_SHARED_SHINGLES, COPY_SHARE)
    for a, group in groupby(pairs, key=itemgetter(0)):
        mine = set(signatures[a].shingles)  # made once: in a corpus of one template all are compared with all
        yield from (pair for pair in group if _is_copy(mine, signatures[pair[1]].shingles))


def _is_copy(mine: set[int], other: Sequence[int]) -> bool:
    """Whether one of two texts repeats the other; very short ones must be the same."""
    both = len(mine.intersection(other))
    shorter = min(len(mine), len(other))
    return both >= min(_MIN_SHARED_SHINGLES, shorter) and both >= COPY_SHARE * shorter > 0


def is_same_story(a: ArticleSignature, b: ArticleSignature) -> bool:
    """Whether two articles are dated at most a day apart and name the same."""
    if a.day is None or b.day is None or abs(a.day - b.day) > 1:
        return False
    both = count_shared(a.names, b.names)
    return both >= _MIN_SHARED_NAMES and both >= _MIN_NAME_SHARE * min(len(a.names), len(b.names))


class _GroupBuilder:
    """The groups that have been drawn; those that are linked within a part are one."""

    def __init__(self, part_of: PartOf) -> None:
        self._part_of = part_of
        self._key: dict[str, str] = {}
        """By article, what it was drawn by when it came."""
        self._merged_into: dict[str, str] = {}
        """By key, the earlier key that it has become one with."""
        self._rank: dict[str, int] = {}

    def __contains__(self, article: str) -> bool:
        return article in self._key

    def bridged_parts(self, articles: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return one of the articles for each part, if they are in several parts."""
        first: dict[str, str] = {}
        for article in articles:
            first.setdefault(self._part_of(self._root(self._key[article])), article)
        return tuple((a, part) for part, a in first.items()) if len(first) > 1 else ()

    def add(self, one: ArticleSignature, there: Sequence[str], fixed: str | None) -> None:
        """Let an article join the groups of those that it is linked to, or begin one."""
        if fixed is not None:
            key = fixed
        else:
            tops = sorted({self._root(self._key[a]) for a in there}, key=lambda k: self._rank[k])
            for other in tops[1:]:
                self._merged_into[other] = tops[0]
            key = tops[0] if tops else one.family
        self._rank.setdefault(key, len(self._rank))
        self._key[one.article] = key

    def keys(self) -> Mapping[str, str]:
        """Return, by article, what its group is drawn by."""
        return {a: self._root(k) for a, k in self._key.items()}

    def _root(self, key: str) -> str:
        while key in self._merged_into:
            key = self._merged_into[key]
        return key
