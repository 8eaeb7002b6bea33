"""The candidates of a sentence: names as persons and places, numbers and claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from annotator.core.tokens import Token, TokenRange, tokens_text
from annotator.language import english as en
from annotator.language.claims import claim_candidates
from annotator.language.entity_features import (
    KnownPlaces,
    find_known_places,
    has_place_ending_at,
    is_followed_by_region,
    is_organisation,
    name_words,
    person_features,
    place_frame,
    place_type,
)
from annotator.language.names import name_ranges
from annotator.language.number_phrases import number_candidates
from annotator.language.sentence_features import (
    DASHES,
    EMPTY_CONTEXT,
    ArticleContext,
    SentenceFeatures,
    is_demonym,
    sentence_features,
)
from annotator.language.span_kinds import MIN_ENTITY_SCORE, SpanCandidate, entity_score

_MAX_INNER_NAME = 6
"""How many tokens after its first one a person's name inside a longer run may have."""

_MAX_FULL_NAME = 5
"""How many tokens of a known person's full name are looked for inside a longer name."""


class NameRanges(Struct, frozen=True):
    """The names of one sentence, and its places in the gazetteer."""

    enclosing: dict[TokenRange, TokenRange]
    """Each range with the whole name that it is in; a whole name is in itself."""
    known_places: KnownPlaces

    @property
    def ranges(self) -> list[TokenRange]:
        """The ranges in reading order, outer before inner."""
        return sorted(self.enclosing, key=lambda r: (r[0], -r[1]))


def find_name_ranges(sent: SentenceFeatures, context: ArticleContext) -> NameRanges:
    """Return the ranges of a sentence that may be names."""
    known = find_known_places(sent)
    around = {r: r for r in name_ranges(sent) if not _is_common_word(sent, r, context)}
    for whole in tuple(around):
        for r in _inner_names(sent, whole, context, known):
            if _splits_hyphenated(sent, r):
                continue
            around.setdefault(r, r if _is_separate_before(sent, whole[0], r[0], known) else whole)
    holders = _enclosing_by_token(around)
    around |= {r: r for r in _missed_short_names(sent, context, holders)}
    for whole in known:
        for r in [r for r in _ranges_within(whole) if r in around]:
            around[r] = whole
    for r in known:
        whole = holders.get(r[0], r)
        around.setdefault(r, whole if r[1] <= whole[1] else r)
    return NameRanges(around, known)


def _splits_hyphenated(sent: SentenceFeatures, r: TokenRange) -> bool:
    """Whether a range begins or ends at a hyphen inside a word."""
    first, last = r
    inner = sent.word(first) in DASHES or sent.word(last - 1) in DASHES
    before = sent.is_attached(first) and sent.word(first - 1) in DASHES
    return inner or before or (sent.is_attached(last) and sent.word(last) in DASHES)


def _ranges_within(whole: TokenRange) -> Iterator[TokenRange]:
    """Yield the ranges that are in another and are not it."""
    first, last = whole
    yield from ((a, b) for a in range(first, last) for b in range(a + 1, last + 1) if (a, b) != whole)


def _enclosing_by_token(around: dict[TokenRange, TokenRange]) -> dict[int, TokenRange]:
    """Return for each token the first name that it is in."""
    holders: dict[int, TokenRange] = {}
    for first, last in around:
        for i in range(first, last):
            holders.setdefault(i, (first, last))
    return holders


def _missed_short_names(
    sent: SentenceFeatures, context: ArticleContext, holders: dict[int, TokenRange]
) -> Iterator[TokenRange]:
    """Yield words that are a person's elsewhere in the article and were taken for common ones here."""
    for i, word in enumerate(sent.folded):
        alone = i not in holders and sent.is_capitalised(i) and not sent.is_capitalised(i + 1)
        if alone and context.is_short_name((word,)):
            yield i, i + 1


def _is_common_word(sent: SentenceFeatures, r: TokenRange, context: ArticleContext) -> bool:
    """Whether the one word of a name has its capital from its place and is a common word in the article."""
    first, last = r
    if last - first > 1 or first not in sent.capital_positions or sent.folded[first] not in context.lowercase_words:
        return False
    return not context.is_short_name(sent.folded[first:last])


def _is_separate_before(sent: SentenceFeatures, first: int, at: int, known: KnownPlaces) -> bool:
    """Whether what is before ``at`` in a run is a name of its own: a place, a party, a medium."""
    if at <= first:
        return False
    word = sent.word(at - 1)
    if word in en.PARTIES or is_demonym(word):
        return True
    return has_place_ending_at(known, at) or (at - 1 == first and word in en.KNOWN_ORGANISATIONS)


def _inner_names(
    sent: SentenceFeatures, whole: TokenRange, context: ArticleContext, known: KnownPlaces
) -> Iterator[TokenRange]:
    """Yield the names that are in a longer one: persons, and what is left without a common first word."""
    first, last = whole
    if last - first < 2:
        return
    opener = sent.word(first) in context.lowercase_words or sent.word(first) in en.SENTENCE_OPENERS
    if first in sent.capital_positions and opener and not context.is_short_name(name_words(sent, first, last)):
        yield first + 1, last
    yield from _signature_names(sent, whole, known)
    if not (sent.word(first) in en.FIRST_NAMES or sent.word(first).endswith(".")):
        for i in range(max(first + 1, last - _MAX_INNER_NAME), last - 1):
            if sent.word(i) in en.FIRST_NAMES:
                yield i, last
    yield from _known_full_names(sent, whole, context)
    if sent.is_headline:
        for i in range(first, last):
            yield from _headline_names(sent, i, last, context)


def _signature_names(sent: SentenceFeatures, whole: TokenRange, known: KnownPlaces) -> Iterator[TokenRange]:
    """Yield the two names of a signature: Ann B. Teal Larkmouth, N.Y."""
    first, last = whole
    place = next((at for at in range(first + 2, last) if (at, last) in known), None)
    if place:
        yield first, place
    elif last - first > 2 and is_followed_by_region(sent, last, known):
        yield first, last - 1
        yield last - 1, last


def _known_full_names(sent: SentenceFeatures, whole: TokenRange, context: ArticleContext) -> Iterator[TokenRange]:
    """Yield the full names of the article that are in a longer run."""
    first, last = whole
    without_suffix = (first, first + len(name_words(sent, first, last)))
    for i in range(first, last):
        for end in range(i + 2, min(last, i + _MAX_FULL_NAME) + 1):
            if sent.folded[i:end] in context.full_names and (i, end) != without_suffix:
                yield i, end


def _headline_names(sent: SentenceFeatures, i: int, last: int, context: ArticleContext) -> Iterator[TokenRange]:
    """Yield the person that starts at ``i`` in a headline, where every word has a capital."""
    words, before = sent.folded[i : i + 1], sent.word(i - 1)
    led = before in en.FIRST_NAMES or before.endswith(".") or (before,) in context.first_names
    seen = context.is_short_name(words) or words in context.first_names or words[0] in en.SURNAMES
    if seen and not led:
        yield i, i + 1
    if words[0] in en.FIRST_NAMES and i + 1 < last:
        yield i, i + 2


# A sentence's names as persons and as places.


_MAX_ENCLOSING_TOKENS = 12
"""How many tokens a name may have that is read again for each place in it; keeps long runs linear."""


def entity_candidates(sent: SentenceFeatures, context: ArticleContext = EMPTY_CONTEXT) -> tuple[SpanCandidate, ...]:
    """Return the persons and places of a sentence in reading order; one range may be both."""
    found = find_name_ranges(sent, context)
    return tuple(reading for r in found.ranges for reading in _range_candidates(sent, r, context, found))


def _range_candidates(
    sent: SentenceFeatures, r: TokenRange, context: ArticleContext, found: NameRanges
) -> list[SpanCandidate]:
    """Return the candidates of one range, the likelier first."""
    kinds = (("person", _person_features(sent, r, context, found)), ("place", _place_features(sent, r, context, found)))
    scored = [SpanCandidate(*r, kind, entity_score(kind, traits), " ".join(traits)) for kind, traits in kinds if traits]
    return sorted((s for s in scored if s.score >= MIN_ENTITY_SCORE), key=lambda s: -s.score)


def _person_features(
    sent: SentenceFeatures, r: TokenRange, context: ArticleContext, found: NameRanges
) -> tuple[str, ...]:
    """Return the features for and against a person."""
    traits = person_features(sent, r, context, place_type(sent, *r, found.known_places), found.known_places)
    return (*traits, "inner") if traits and found.enclosing[r] != r else traits


def _place_features(
    sent: SentenceFeatures, r: TokenRange, context: ArticleContext, found: NameRanges
) -> tuple[str, ...]:
    """Return the features for and against a place: its type, its frame, the name around it."""
    whole, known = found.enclosing[r], r in found.known_places
    if whole != r and not known:
        return ()
    words = name_words(sent, *r)
    at, then = place_frame(sent, *r, found.known_places)
    kind = place_type(sent, *r, found.known_places)
    if not kind:
        kind = "placed" if words in context.inferred_places else "unknown"
        at = f"{kind}-{at}"
    body = is_organisation(sent, *r, context) and (not known or words in context.organisation_names)
    traits = (
        (f"{kind}{then.removeprefix('then')}", known),
        ("named", words in context.full_names or context.is_short_name(words)),
        ("body", body),
        ("stated", is_followed_by_region(sent, r[1], found.known_places)),
        (_enclosing_feature(sent, r, whole, context, found), whole != r),
        ("headline", sent.is_headline),
    )
    return (kind, at, then, *(name for name, there in traits if there))


def _enclosing_feature(
    sent: SentenceFeatures, r: TokenRange, whole: TokenRange, context: ArticleContext, found: NameRanges
) -> str:
    """Return what the longer name around a place is, and on which side of it the place is."""
    if whole[1] - whole[0] > _MAX_ENCLOSING_TOKENS:
        return "in-other-mid"
    side = "first" if r[0] == whole[0] else "last" if r[1] == whole[1] else "mid"
    if "of" in sent.folded[whole[0] : whole[1]]:
        return f"in-of-{side}"
    if is_organisation(sent, *whole, context):
        return f"in-body-{side}"
    return f"in-{'place' if place_type(sent, *whole, found.known_places) else 'other'}-{side}"


# All candidates of a sentence.


def span_candidates(tokens: Sequence[Token], context: ArticleContext = EMPTY_CONTEXT) -> tuple[SpanCandidate, ...]:
    """Return the candidates of a sentence in reading order, outer before inner, the likelier kind first.

    One range may have several, of different kinds.
    """
    inside = context.open_quotation_texts
    sent = sentence_features(tokens, starts_in_quotation=bool(inside) and tokens_text(tokens) in inside)
    found = [*claim_candidates(sent), *number_candidates(sent), *entity_candidates(sent, context)]
    return tuple(sorted(found, key=lambda r: (r.first, -r.last, -r.score)))
