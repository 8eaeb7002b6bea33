"""Which story of a file is a new version of which that the file held before.

A headline alone does not name a story: two in a file may have the same one, and a headline may be corrected.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec import Struct

MIN_SHARE = 0.5
"""From this share of the longer text on, in code points, a story under another headline is the same one."""


class Story(Struct, frozen=True):
    """A story of a file: its article, what it is known by in the file, and its sentences."""

    id: str
    name: str
    """Its slug or headline, without the number of a second one."""
    sentences: frozenset[str]


def pair_versions(olds: Sequence[Story], news: Sequence[Story], stays: Sequence[Story] = ()) -> list[tuple[str, str]]:
    """Return the ids of the old stories that have a new version, each with that version's id.

    Those with the most text in common come first. Of the same name they need one sentence in common, or none where
    no other story, ``stays`` included, has that name; ``stays`` are those that are in the file as before.
    """
    shares = _shares(olds, news)
    for name, (old, new) in _only_of_their_name(olds, news, {x.name for x in stays}).items():
        if name:
            shares.setdefault((old, new), 0.0)
    pairs: list[tuple[str, str]] = []
    free_olds, free_news = set(range(len(olds))), set(range(len(news)))
    for (old, new), share in sorted(shares.items(), key=lambda x: (-x[1], x[0])):
        if old in free_olds and new in free_news and (olds[old].name == news[new].name or share >= MIN_SHARE):
            free_olds.remove(old)
            free_news.remove(new)
            pairs.append((olds[old].id, news[new].id))
    return pairs


def _shares(olds: Sequence[Story], news: Sequence[Story]) -> dict[tuple[int, int], float]:
    """Return the share of the longer text that an old and a new story have in common, of those that have some."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for old, story in enumerate(olds):
        for sentence in story.sentences:
            holders[sentence].append(old)
    common: Counter[tuple[int, int]] = Counter()
    for new, story in enumerate(news):
        for sentence in story.sentences:
            for old in holders.get(sentence, ()):
                common[old, new] += len(sentence)
    return {(old, new): n / max(_length(olds[old]), _length(news[new])) for (old, new), n in common.items()}


def _length(story: Story) -> int:
    return sum(map(len, story.sentences)) or 1


def _only_of_their_name(olds: Sequence[Story], news: Sequence[Story], taken: set[str]) -> dict[str, tuple[int, int]]:
    """Return the old and the new story of each name that one of each has and no other."""
    counts = (Counter(x.name for x in olds), Counter(x.name for x in news))
    places = {x.name: n for n, x in enumerate(olds)}
    return {
        x.name: (places[x.name], n)
        for n, x in enumerate(news)
        if x.name not in taken and counts[0][x.name] == counts[1][x.name] == 1
    }
