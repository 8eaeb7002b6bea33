"""The readings of a sentence's names as persons and as places."""

from __future__ import annotations

from annotator.core.phrases.known import EMPTY_CONTEXT, ArticleContext
from annotator.core.phrases.people import is_organisation, is_followed_by_region, person_features, name_words
from annotator.core.phrases.places import place_frame, place_type
from annotator.core.phrases.ranges import NameRanges, find_name_ranges
from annotator.core.phrases.reading import SpanCandidate
from annotator.core.phrases.scores import MIN_ENTITY_SCORE, entity_score
from annotator.core.phrases.view import SentenceFeatures
from annotator.core.tokens import TokenRange

_MAX_ENCLOSING_TOKENS = 12
"""How many tokens a name may have that is looked at anew for each place in it; keeps long runs linear."""


def entity_candidates(features: SentenceFeatures, context: ArticleContext = EMPTY_CONTEXT) -> tuple[SpanCandidate, ...]:
    """Return the persons and places of a sentence in reading order; one range may be both."""
    found = find_name_ranges(features, context)
    return tuple(reading for r in found.ranges for reading in _range_candidates(features, r, context, found))


def _range_candidates(features: SentenceFeatures, r: TokenRange, context: ArticleContext, found: NameRanges) -> list[SpanCandidate]:
    """Return the readings of one range, the likelier first."""
    kinds = (("person", _person_features(features, r, context, found)), ("place", _place_features(features, r, context, found)))
    scored = [SpanCandidate(*r, kind, entity_score(kind, traits), " ".join(traits)) for kind, traits in kinds if traits]
    return sorted((s for s in scored if s.score >= MIN_ENTITY_SCORE), key=lambda s: -s.score)


def _person_features(features: SentenceFeatures, r: TokenRange, context: ArticleContext, found: NameRanges) -> tuple[str, ...]:
    """Return what tells for and against a person."""
    traits = person_features(features, r, context, place_type(features, *r, found.known_places), found.known_places)
    return (*traits, "inner") if traits and found.enclosing[r] != r else traits


def _place_features(features: SentenceFeatures, r: TokenRange, context: ArticleContext, found: NameRanges) -> tuple[str, ...]:
    """Return what tells for and against a place: its type, what stands around it, what it lies in."""
    whole, known = found.enclosing[r], r in found.known_places
    if whole != r and not known:
        return ()
    words = name_words(features, *r)
    at, then = place_frame(features, *r, found.known_places)
    kind = place_type(features, *r, found.known_places)
    if not kind:
        kind = "placed" if words in context.inferred_places else "unknown"
        at = f"{kind}-{at}"
    body = is_organisation(features, *r, context) and (not known or words in context.organisation_names)
    traits = (
        (f"{kind}{then.removeprefix('then')}", known),
        ("named", words in context.full_names or context.is_short_name(words)),
        ("body", body),
        ("stated", is_followed_by_region(features, r[1], found.known_places)),
        (_enclosing_feature(features, r, whole, context, found), whole != r),
        ("headline", features.is_headline),
    )
    return (kind, at, then, *(name for name, there in traits if there))


def _enclosing_feature(features: SentenceFeatures, r: TokenRange, whole: TokenRange, context: ArticleContext, found: NameRanges) -> str:
    """Return what the longer name around a place is, and on which side of it the place stands."""
    if whole[1] - whole[0] > _MAX_ENCLOSING_TOKENS:
        return "in-other-mid"
    side = "first" if r[0] == whole[0] else "last" if r[1] == whole[1] else "mid"
    if "of" in features.folded[whole[0] : whole[1]]:
        return f"in-of-{side}"
    if is_organisation(features, *whole, context):
        return f"in-body-{side}"
    return f"in-{'place' if place_type(features, *whole, found.known_places) else 'other'}-{side}"
