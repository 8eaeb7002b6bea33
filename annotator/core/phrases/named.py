"""The readings of a sentence's names as persons and as places."""

from __future__ import annotations

from annotator.core.phrases.known import NOTHING, Context
from annotator.core.phrases.people import is_body, is_stated, person_traits, words_of
from annotator.core.phrases.places import frame, place_type
from annotator.core.phrases.ranges import Names, names_of
from annotator.core.phrases.reading import Reading
from annotator.core.phrases.scores import LEAST, score
from annotator.core.phrases.view import View
from annotator.core.tokens import Range

_LONG = 12
"""How many tokens a name may have that is looked at anew for each place in it; keeps long runs linear."""


def name_readings(features: View, context: Context = NOTHING) -> tuple[Reading, ...]:
    """Return the persons and places of a sentence in reading order; one range may be both."""
    found = names_of(features, context)
    return tuple(reading for r in found.ranges for reading in _readings(features, r, context, found))


def _readings(features: View, r: Range, context: Context, found: Names) -> list[Reading]:
    """Return the readings of one range, the likelier first."""
    kinds = (("person", _person(features, r, context, found)), ("place", _place(features, r, context, found)))
    scored = [Reading(*r, kind, score(kind, traits), " ".join(traits)) for kind, traits in kinds if traits]
    return sorted((s for s in scored if s.score >= LEAST), key=lambda s: -s.score)


def _person(features: View, r: Range, context: Context, found: Names) -> tuple[str, ...]:
    """Return what tells for and against a person."""
    traits = person_traits(features, r, context, place_type(features, *r, found.known_places), found.known_places)
    return (*traits, "inner") if traits and found.enclosing[r] != r else traits


def _place(features: View, r: Range, context: Context, found: Names) -> tuple[str, ...]:
    """Return what tells for and against a place: its type, what stands around it, what it lies in."""
    whole, known = found.enclosing[r], r in found.known_places
    if whole != r and not known:
        return ()
    words = words_of(features, *r)
    at, then = frame(features, *r, found.known_places)
    kind = place_type(features, *r, found.known_places)
    if not kind:
        kind = "placed" if words in context.inferred_places else "unknown"
        at = f"{kind}-{at}"
    body = is_body(features, *r, context) and (not known or words in context.organisation_names)
    traits = (
        (f"{kind}{then.removeprefix('then')}", known),
        ("named", words in context.full_names or context.is_short_name(words)),
        ("body", body),
        ("stated", is_stated(features, r[1], found.known_places)),
        (_holder(features, r, whole, context, found), whole != r),
        ("headline", features.is_headline),
    )
    return (kind, at, then, *(name for name, there in traits if there))


def _holder(features: View, r: Range, whole: Range, context: Context, found: Names) -> str:
    """Return what the longer name around a place is, and on which side of it the place stands."""
    if whole[1] - whole[0] > _LONG:
        return "in-other-mid"
    side = "first" if r[0] == whole[0] else "last" if r[1] == whole[1] else "mid"
    if "of" in features.folded[whole[0] : whole[1]]:
        return f"in-of-{side}"
    if is_body(features, *whole, context):
        return f"in-body-{side}"
    return f"in-{'place' if place_type(features, *whole, found.known_places) else 'other'}-{side}"
