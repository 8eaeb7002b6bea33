"""Claims: which article is whose, where several annotators share a corpus and each article is wanted once.

A claim ends by a release, or by the reader's own clock. Clocks differ, so it counts for ``slack`` seconds longer:
two readers rather leave an article to somebody who has gone than give it to two. What was annotated after a claim
has ended counts like all other work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

CLAIM_SLACK = 300.0
"""By how many seconds the clocks of two machines may differ."""


class ClaimAct(StrEnum):
    """What a line about an article does."""

    CLAIM = "claim"
    """The article is claimed until a time, or for longer than before."""
    RELEASE = "release"
    """The claim ends now."""


class Claim(Struct, frozen=True):
    """One line: what an annotator does about an article."""

    article: str
    act: ClaimAct
    time: float
    """Seconds since 1970 (UTC), by the clock of the one who claims."""
    until: float
    """When the claim ends, by the same clock."""
    seq: int
    """Counts from 1 in each annotator's file."""


def current_claims(
    claims: Mapping[str, Iterable[Claim]],
    now: float,
    family: Callable[[str], str] = lambda article: article,
    slack: float = CLAIM_SLACK,
) -> dict[str, str]:
    """Return whose each claimed article is: the annotator by family, at the time ``now`` of the reader's clock.

    ``claims`` has each annotator's lines in the order of the file. ``family`` returns what all versions and copies of
    an article have in common. Of two who claim one family the earlier claim counts, of two at one time the first name.
    """
    held: dict[str, tuple[float, str]] = {}
    for name, lines in sorted(claims.items()):
        open_claims: dict[str, tuple[float, float]] = {}  # since when, until when
        for claim in lines:
            key = family(claim.article)
            since, until = open_claims.pop(key, (claim.time, claim.time))
            if claim.act is ClaimAct.CLAIM:  # a longer claim that follows in time goes on since the first one
                open_claims[key] = (since if claim.time <= until + slack else claim.time, claim.until)
        for key, (since, until) in open_claims.items():
            if now <= until + slack and (key not in held or (since, name) < held[key]):
                held[key] = (since, name)
    return {key: name for key, (_, name) in held.items()}
