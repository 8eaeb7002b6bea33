"""Claims by the reader's clock, and when an adjudication is open again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.adjudication import changed_parties
from annotator.core.claims import CLAIM_SLACK, Claim, ClaimAct, current_claims

A, B = "a" * 12, "b" * 12


def claim(article: str, time: float, until: float, seq: int = 1, act: ClaimAct = ClaimAct.CLAIM) -> Claim:
    """Return a line."""
    return Claim(article, act, time, until, seq)


def test_a_claim_ends_by_the_readers_clock_with_slack() -> None:
    """It counts until its end and ``CLAIM_SLACK`` seconds longer, and not after that."""
    claims = {"ana": [claim(A, 0.0, 100.0)]}
    assert current_claims(claims, 100.0 + CLAIM_SLACK) == {A: "ana"}
    assert current_claims(claims, 100.1 + CLAIM_SLACK) == {}
    assert current_claims(claims, -1000.0) == {A: "ana"}  # a reader whose clock is slow


def test_a_release_ends_it_at_once() -> None:
    """A line that follows counts: a release, and a claim after a release."""
    lines = [claim(A, 0.0, 900.0), claim(A, 10.0, 10.0, 2, ClaimAct.RELEASE)]
    assert current_claims({"ana": lines}, 20.0) == {}
    assert current_claims({"ana": [*lines, claim(A, 30.0, 900.0, 3)], "ben": [claim(A, 20.0, 900.0)]}, 40.0) == {
        A: "ben"
    }


def test_the_earlier_claim_of_a_family_counts() -> None:
    """Versions and copies are one; a claim that was prolonged in time goes on since its start."""
    claims = {"ana": [claim(B, 50.0, 900.0)], "ben": [claim(A, 10.0, 40.0), claim(A, 40.0, 900.0, 2)]}
    assert current_claims(claims, 60.0) == {A: "ben", B: "ana"}
    assert current_claims(claims, 60.0, family=lambda _: "one") == {"one": "ben"}


claims_of = st.lists(
    st.builds(claim, st.sampled_from([A, B]), st.integers(0, 50), st.integers(0, 90), act=st.sampled_from(ClaimAct)),
    max_size=6,
)


@given(st.dictionaries(st.sampled_from(["ana", "ben", "cleo"]), claims_of), st.integers(0, 100))
def test_whose_an_article_is_does_not_depend_on_the_order_of_files(claims: dict[str, list[Claim]], now: int) -> None:
    """Every reader with the same lines and time sees the same, and only somebody with an open claim holds it."""
    found = current_claims(claims, now, slack=0.0)
    assert found == current_claims(dict(reversed(claims.items())), now, slack=0.0)
    for article, name in found.items():
        last = [c for c in claims[name] if c.article == article][-1]
        assert last.act is ClaimAct.CLAIM
        assert now <= last.until


seqs = st.dictionaries(st.sampled_from(["ana", "ben", "cleo"]), st.integers(1, 3))


@given(seqs, seqs)
def test_an_adjudication_holds_as_long_as_no_party_changes(compared: dict[str, int], now: dict[str, int]) -> None:
    """It is open again for exactly those who have another record, none, or one that was not compared."""
    changed = changed_parties(sorted(compared.items()), now)
    assert (changed == ()) == (compared == now)
    assert set(changed) == {n for n, _ in compared.items() ^ now.items()}
