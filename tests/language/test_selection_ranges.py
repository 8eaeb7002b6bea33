"""How a selection grows: as a claim where it is one, else as names and phrases do."""

from __future__ import annotations

import pytest

from annotator.language import selection_expansions
from annotator.language.claims import claim_from
from annotator.language.sentence_features import sentence_features
from tests.language.sentence_samples import cut, shown


def chain(text: str, word: str, last: str = "") -> list[str]:
    """Return what the selection from ``word`` to ``last`` (or the likeliest claim there) grows through."""
    tokens = cut(text)
    at = [t.text for t in tokens].index
    r = (at(word), at(last) + 1) if last else claim_from(sentence_features(tokens), at(word))
    return [shown(tokens, (e.first, e.last)) for e in selection_expansions(tokens, *r)]


def test_a_claim_grows_to_longer_claims_from_its_start_first() -> None:
    """Before anything to its left is taken in, a claim reaches its likely ends, then the sentence."""
    grown = chain("They praised the crew of the boat, which sank in May.", "the")
    assert grown[0] == "the crew of the boat, which sank in May"
    assert grown[-1] == "They praised the crew of the boat, which sank in May."


def test_a_nested_claim_grows_to_the_outer_one() -> None:
    """From the inner claim Space takes the one around it."""
    assert chain("Solvang said she hopes the council will listen.", "the")[0] == ("she hopes the council will listen")


@pytest.mark.parametrize("word", ["Maren", "Quist"])
def test_a_source_with_its_verb_is_no_step(word: str) -> None:
    """Growing from a source never stops at "Maren Quist said"."""
    assert "Maren Quist said" not in chain("The offer was fair, Maren Quist said.", word, word)


def test_a_word_in_a_quotation_grows_to_the_quotation() -> None:
    """Inside its marks, then with them, then the sentence."""
    grown = chain("“The offer is fair,” Brekke said.", "offer", "offer")
    assert grown[-4:] == [
        "The offer is fair,",
        "“The offer is fair,”",
        "“The offer is fair,” Brekke said",
        "“The offer is fair,” Brekke said.",
    ]
