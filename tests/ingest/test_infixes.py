"""Which infixes are taken for edges inside tokens: few, none without effect, characters where letters meet."""

from __future__ import annotations

import pytest

from annotator.core.token_settings import TokenSettings
from annotator.ingest.infixes import SpanEdges, TokenChoice, choose_tokens
from annotator.ingest.tokenizer import Tokenizer

ENGLISH = Tokenizer("en")


def edge(run: str, mark: str = "‸") -> tuple[str, int]:
    """Return the edge that a caret marks in a run."""
    return run.replace(mark, ""), run.index(mark)


def chosen(*runs: str, spans: int = 0) -> TokenChoice:
    """Return what is chosen for spans with one edge each."""
    edges: dict[SpanEdges, int] = {(edge(run),): 1 for run in runs}
    return choose_tokens(edges, spans or len(runs), ENGLISH)


@pytest.mark.parametrize(
    ("runs", "infixes"),
    [
        (["Moran‸_Pell", "Rask_‸Quill"], ("_",)),
        (["COVID‸-19"], ("-",)),
        (["Moran‸-", "Pell‸-"], ("-$",)),
        (["Moran‸#1", "Rask7‸|8"], ("#", r"\|")),
        (["Moran‸2"], (r"(?<=[^\W\d_])(?=\d)",)),
    ],
)
def test_the_fewest_infixes_are_found(runs: list[str], infixes: tuple[str, ...]) -> None:
    """One for both sides of a mark; one that cuts only at an edge of words where no other place needs it."""
    choice = chosen(*runs)
    assert (choice.resolved, set(choice.settings.infixes)) == (len(runs), set(infixes))


def test_rare_edges_are_no_reason_for_an_infix() -> None:
    """Nor for characters, where all other spans are on token edges."""
    assert chosen("Rathaus‸fest", "Moran‸_Pell", spans=1_000).settings == TokenSettings()


def test_letters_that_meet_letters_take_characters() -> None:
    """No infix has an effect there, unless words are to stay whole."""
    assert chosen("東京‸タワー", "Rathaus‸fest").settings == TokenSettings("characters")
    edges: dict[SpanEdges, int] = {(edge("東京‸タワー"),): 1}
    assert choose_tokens(edges, 1, ENGLISH, may_be_characters=False) == TokenChoice(TokenSettings(), 0)
