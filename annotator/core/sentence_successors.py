"""What has become of the sentences of an article in a later version of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from annotator.core.article import Sentence

_KEPT_SHARE = 0.5
"""A successor has at least this share of the sentence's tokens, in characters."""
_PARTS_SHARE = 0.4
"""Sentences that one was split into have at least this share of it together: what a join adds is in none of them."""
_MAX_COMPARED = 40
"""So many sentences, those that share most of its rarest tokens, are compared with one that has changed."""


def sentence_successors(old: Sequence[Sentence], new: Sequence[Sentence]) -> dict[int, int]:
    """Return, by number, which sentence has become which one: the same text, in order, else most of its tokens.

    Several may have become one; each has its own share of that one's tokens.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for j, s in enumerate(new):
        places[s.text].append(j)
    seen: Counter[str] = Counter()
    found: dict[int, int] = {}
    for i, s in enumerate(old):
        if seen[s.text] < len(places.get(s.text, ())):
            found[i] = places[s.text][seen[s.text]]
        seen[s.text] += 1
    changed = [i for i, s in enumerate(old) if s.text not in places]
    return found | _changed_successors(old, changed, new, [j for j, s in enumerate(new) if s.text not in seen])


def sentence_parts(old: Sequence[Sentence], new: Sequence[Sentence]) -> dict[int, list[int]]:
    """Return, by number, which sentences have become which several ones: these have most of their tokens from it."""
    found: dict[int, list[int]] = defaultdict(list)
    for j, i in sorted(sentence_successors(new, old).items()):
        found[i].append(j)
    counts = {i: sum((_token_counts(new[j]) for j in parts), Counter[str]()) for i, parts in found.items()}
    return {i: parts for i, parts in found.items() if _share(_token_counts(old[i]), counts[i]) >= _PARTS_SHARE}


def _changed_successors(
    old: Sequence[Sentence], changed: Sequence[int], new: Sequence[Sentence], free: Sequence[int]
) -> dict[int, int]:
    left = {j: _token_counts(new[j]) for j in free}
    having: dict[str, list[int]] = defaultdict(list)
    for j, counts in left.items():
        for token in counts:
            having[token].append(j)
    shares = []
    for i in changed:
        counts = _token_counts(old[i])
        near: dict[int, None] = {}
        for token in sorted(counts, key=lambda t: len(having.get(t, ()))):
            near |= dict.fromkeys(having.get(token, ())[: _MAX_COMPARED - len(near)])
        shares += [(-_share(counts, left[j]), abs(i - j), i, j) for j in near]
    found: dict[int, int] = {}
    for share, _, i, j in sorted(shares):
        counts = _token_counts(old[i])
        if i not in found and -share >= _KEPT_SHARE and _share(counts, left[j]) >= _KEPT_SHARE:
            found[i] = j
            left[j] -= counts
    return found


def _token_counts(sentence: Sentence) -> Counter[str]:
    return Counter(t.text for t in sentence.tokens)


def _share(counts: Counter[str], there: Counter[str]) -> float:
    """Return the share of tokens, in characters, that are there too."""
    return sum(len(t) * min(n, there[t]) for t, n in counts.items()) / (sum(len(t) * n for t, n in counts.items()) or 1)
