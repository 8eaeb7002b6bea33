"""The stretches of a sentence that may be a person or a place: names, names in names, known places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annotator.core.phrases.en import organisations, people
from annotator.core.phrases.en import words as en
from annotator.core.phrases.known import Context
from annotator.core.phrases.names import names
from annotator.core.phrases.people import is_stated, words_of
from annotator.core.phrases.places import Places, known_places, place_until
from annotator.core.phrases.view import DASHES, View
from annotator.core.tokens import Range

_LONGEST = 6
"""How many tokens after its first one a person's name inside a longer run may have."""

_FULL = 5
"""How many tokens of a known person's full name are looked for inside a longer name."""


@dataclass(frozen=True, slots=True)
class Names:
    """The stretches of one sentence, and what the gazetteer knows."""

    enclosing: dict[Range, Range]
    """Each stretch with the whole name that it lies in; a whole one lies in itself."""
    known_places: Places

    @property
    def ranges(self) -> list[Range]:
        """The stretches in reading order, outer before inner."""
        return sorted(self.enclosing, key=lambda r: (r[0], -r[1]))


def names_of(features: View, context: Context) -> Names:
    """Return the stretches of a sentence."""
    known = known_places(features)
    around = {r: r for r in names(features) if not _common(features, r, context)}
    for whole in tuple(around):
        for r in _inside(features, whole, context, known):
            if _torn(features, r):
                continue
            around.setdefault(r, r if _cut_off(features, whole[0], r[0], known) else whole)
    holders = _holders(around)
    around |= {r: r for r in _overlooked(features, context, holders)}
    for whole in known:
        for r in [r for r in _within(whole) if r in around]:
            around[r] = whole
    for r in known:
        whole = holders.get(r[0], r)
        around.setdefault(r, whole if r[1] <= whole[1] else r)
    return Names(around, known)


def _torn(features: View, r: Range) -> bool:
    """Whether a range begins or ends at a hyphen inside a word."""
    first, last = r
    inner = features.word(first) in DASHES or features.word(last - 1) in DASHES
    before = features.is_attached(first) and features.word(first - 1) in DASHES
    return inner or before or (features.is_attached(last) and features.word(last) in DASHES)


def _within(whole: Range) -> Iterator[Range]:
    """Yield the ranges that lie in another and are not it."""
    first, last = whole
    yield from ((a, b) for a in range(first, last) for b in range(a + 1, last + 1) if (a, b) != whole)


def _holders(around: dict[Range, Range]) -> dict[int, Range]:
    """Return for each token the first name that it lies in."""
    holders: dict[int, Range] = {}
    for first, last in around:
        for i in range(first, last):
            holders.setdefault(i, (first, last))
    return holders


def _overlooked(features: View, context: Context, holders: dict[int, Range]) -> Iterator[Range]:
    """Yield words that are a person's elsewhere in the article and were taken for common ones here."""
    for i, word in enumerate(features.folded):
        if i not in holders and features.is_capitalised(i) and not features.is_capitalised(i + 1) and context.is_short_name((word,)):
            yield i, i + 1


def _common(features: View, r: Range, context: Context) -> bool:
    """Whether the one word of a name has its capital from its place and is a common word in the article."""
    first, last = r
    if last - first > 1 or first not in features.capital_positions or features.folded[first] not in context.lowercase_words:
        return False
    return not context.is_short_name(features.folded[first:last])


def _cut_off(features: View, first: int, at: int, known: Places) -> bool:
    """Whether what stands before ``at`` in a run is a name of its own: a place, a party, a medium."""
    if at <= first:
        return False
    word = features.word(at - 1)
    if word in en.PARTIES or word in en.DEMONYMS or word.removesuffix("s") in en.DEMONYMS:
        return True
    return place_until(known, at) or (at - 1 == first and word in organisations.KNOWN)


def _inside(features: View, whole: Range, context: Context, known: Places) -> Iterator[Range]:
    """Yield the names that lie in a longer one: persons, and what is left without a common first word."""
    first, last = whole
    if last - first < 2:
        return
    opener = features.word(first) in context.lowercase_words or features.word(first) in en.OPENERS
    if first in features.capital_positions and opener and not context.is_short_name(words_of(features, first, last)):
        yield first + 1, last
    yield from _signature(features, whole, known)
    if not (features.word(first) in people.FIRST_NAMES or features.word(first).endswith(".")):
        for i in range(max(first + 1, last - _LONGEST), last - 1):
            if features.word(i) in people.FIRST_NAMES:
                yield i, last
    yield from _repeated(features, whole, context)
    if features.is_headline:
        for i in range(first, last):
            yield from _in_headline(features, i, last, context)


def _signature(features: View, whole: Range, known: Places) -> Iterator[Range]:
    """Yield the two names of a signature: Ann B. Teal Larkmouth, N.Y."""
    first, last = whole
    place = next((at for at in range(first + 2, last) if (at, last) in known), None)
    if place:
        yield first, place
    elif last - first > 2 and is_stated(features, last, known):
        yield first, last - 1
        yield last - 1, last


def _repeated(features: View, whole: Range, context: Context) -> Iterator[Range]:
    """Yield the full names of the article that lie in a longer run."""
    first, last = whole
    without_suffix = (first, first + len(words_of(features, first, last)))
    for i in range(first, last):
        for end in range(i + 2, min(last, i + _FULL) + 1):
            if features.folded[i:end] in context.full_names and (i, end) != without_suffix:
                yield i, end


def _in_headline(features: View, i: int, last: int, context: Context) -> Iterator[Range]:
    """Yield the person that starts at ``i`` in a headline, where every word has a capital."""
    words, before = features.folded[i : i + 1], features.word(i - 1)
    led = before in people.FIRST_NAMES or before.endswith(".") or (before,) in context.first_names
    seen = context.is_short_name(words) or words in context.first_names or words[0] in people.SURNAMES
    if seen and not led:
        yield i, i + 1
    if words[0] in people.FIRST_NAMES and i + 1 < last:
        yield i, i + 2
