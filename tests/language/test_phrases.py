"""What the phrase rules take as one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.tokens import Token, build_tokens
from annotator.language import selection_candidates, selection_expansions, snap_to_phrase
from tests.language.sentence_samples import SENTENCES, assert_linear, cut, shown


def found(text: str, kind: str) -> list[str]:
    """Return the candidates of one kind as text."""
    tokens = cut(text)
    return [shown(tokens, (c.first, c.last)) for c in selection_candidates(tokens) if c.kind == kind]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The talks took Director Halvard Brekke by surprise.", ["Halvard Brekke"]),
        ("It was Lt. Gov. Ilse Tander who counted.", ["Ilse Tander"]),
        ("It pleased Norwegian President Volodar Zelinka.", ["Volodar Zelinka"]),
        ("They met Secretary of State Odile Farrant.", ["Odile Farrant"]),
        ("Brekke’s offer reached Port Amery on Saturday.", ["Brekke", "Port Amery"]),
        ("Critics said that Ursula van der Meer had left.", ["Ursula van der Meer"]),
        ("A painting by Ludwig van der Aa and Kim Jong-su hangs there.", ["Ludwig van der Aa", "Kim Jong-su"]),
        ("He spoke to Norwegian and Swedish crews in March.", []),
        ("She studied at the University of Norhaven.", ["University of Norhaven", "Norhaven"]),
        ("The US-led mission left.", ["US"]),
        ("Officials met Quist. Shops closed as Paint ran out.", ["Quist", "Paint"]),
    ],
)
def test_names(text: str, wanted: list[str]) -> None:
    """A name is a capitalised run without title, 's, nationality, date or sentence opener."""
    assert found(text, "name") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They freed 157 captured soldiers.", ["157 captured soldiers"]),
        ("It holds more than 300 prisoners now.", ["more than 300 prisoners"]),
        ("They lost around 20 percent of the country.", ["around 20 percent of the country", "around 20 percent"]),
        ("Of those, 212 of them were aboard.", ["212 of them", "212"]),
        ("There were four other islands.", ["four other islands"]),
        ("Two thirds of voters stayed away.", ["Two thirds of voters", "Two thirds"]),
        ("It grew by 5 percent to 15 percent.", ["5 percent to 15 percent"]),
        ("Sales fell by a third since May, and a third ship left.", ["a third"]),
        ("Only one shell landed there.", ["Only one shell"]),
        ("About a third of the shops closed.", ["About a third of the shops", "About a third"]),
    ],
)
def test_numbers(text: str, wanted: list[str]) -> None:
    """A number is taken with its approximator and what it counts, with and without "of …"."""
    assert found(text, "number") == wanted


@pytest.mark.parametrize(
    "text",
    [
        "It opened on 12 March 2019.",
        "It opened in 2019 at 9 a.m. sharp.",
        "Brekke, 54, has run it for three years.",
        "It cost $20 million or 300 euros.",
        "The third ship is the 2019 elections one.",
        "See Article 5 and No. 3 of the pact.",
    ],
)
def test_dates_ages_durations_ordinals_and_money_are_no_numbers(text: str) -> None:
    """What counts nothing is no candidate."""
    assert found(text, "number") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“There is progress. Things move,” Quist added.", ["“There is progress. Things move,”"]),
        ("“Yes,” he said. “It was.”", ["“Yes,”", "“It was.”"]),
        ("“He called it ‘a gift’ to us,” she said.", ["“He called it ‘a gift’ to us,”", "‘a gift’"]),
        ("The sailors’ union called it “too little”.", ["“too little”"]),
        ('"We wait," she said, "and wait."', ['"We wait,"', '"and wait."']),
        ("“It goes on and on.", ["“It goes on and on."]),
        ("It ends here,” she said.", ["It ends here,”"]),
        ("Er sagte: „Das wird zu viel“, und ging.", ["„Das wird zu viel“"]),
        ("Elle dit « assez » et partit.", ["« assez »"]),
    ],
)
def test_quotations(text: str, wanted: list[str]) -> None:
    """A quotation has its marks; an apostrophe opens none, a lone double mark runs to the edge."""
    assert found(text, "quotation") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Brekke, who has run the board since May, said the offer was fair.", ["the offer was fair"]),
        ("He told the council that nobody was aboard.", ["that nobody was aboard"]),
        ("The offer was fair, Brekke said on Tuesday.", ["The offer was fair"]),
        ("According to the board, no ship has sailed.", ["no ship has sailed"]),
        ("No ship has sailed, according to the board.", ["No ship has sailed"]),
        ("She said on Monday that it was late, but Quist said it was not.", ["that it was late", "it was not"]),
        ("“We sail,” said Maren Quist, who leads them.", []),
        ("I think it is late.", []),
        ("He denied that it “was late.”", ["that it “was late.”"]),
    ],
)
def test_claims(text: str, wanted: list[str]) -> None:
    """A claim has its "that", not its source, cue, final stop, or what is just a quotation."""
    assert found(text, "claim") == wanted


def test_snap_takes_what_starts_there() -> None:
    """A hint selects the quotation, name or number phrase that starts at its token, else the token."""
    tokens = cut("“About 60 sailors left Port Amery for three years,” she said.")
    at = [t.text for t in tokens].index
    assert snap_to_phrase(tokens, 0) == (0, at("”") + 1)
    assert shown(tokens, snap_to_phrase(tokens, at("About"))) == "About 60 sailors"
    assert shown(tokens, snap_to_phrase(tokens, at("Port"))) == "Port Amery"
    assert shown(tokens, snap_to_phrase(tokens, at("three"))) == "three years"
    assert shown(tokens, snap_to_phrase(tokens, at("Amery"))) == "Amery"


@pytest.mark.parametrize(
    ("text", "word", "wanted"),
    [
        ("We met Director Halvard Brekke there.", "Halvard", "Director Halvard Brekke"),
        ("They lost 20 percent of the country.", "20", "20 percent of the country"),
        ("They closed the old quay of the harbour today.", "quay", "the old quay"),
        ("He said the offer was fair.", "offer", "the offer"),
    ],
)
def test_growing_takes_the_nearest_whole(text: str, word: str, wanted: str) -> None:
    """The first growth is the title, the complement or the phrase around the selection."""
    tokens = cut(text)
    r = snap_to_phrase(tokens, [t.text for t in tokens].index(word))
    first = selection_expansions(tokens, *r)[0]
    assert shown(tokens, (first.first, first.last)) == wanted


def test_growing_ends_with_the_whole_sentence() -> None:
    """The last steps are the quotation inside and with marks, the sentence without and with its stop."""
    tokens = cut("“The offer is fair,” Brekke said.")
    chain = [shown(tokens, (e.first, e.last)) for e in selection_expansions(tokens, 2, 3)]
    assert chain[-4:] == [
        "The offer is fair,",
        "“The offer is fair,”",
        "“The offer is fair,” Brekke said",
        "“The offer is fair,” Brekke said.",
    ]


@given(SENTENCES)
def test_candidates_lie_in_the_sentence_in_reading_order(tokens: tuple[Token, ...]) -> None:
    """Whatever the tokens are, candidates are ranges of them, each once, outer before inner."""
    ranges = [(c.first, c.last) for c in selection_candidates(tokens)]
    assert all(0 <= a < b <= len(tokens) for a, b in ranges)
    assert ranges == sorted(set(ranges), key=lambda r: (r[0], -r[1]))


@given(SENTENCES, st.data())
def test_extents_grow_strictly_to_the_sentence(tokens: tuple[Token, ...], data: st.DataObject) -> None:
    """From any selection each extent holds the one before it, and the last is the whole sentence."""
    if not tokens:
        return
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first + 1, len(tokens)))
    held = (first, last)
    for e in selection_expansions(tokens, first, last):
        assert e.first <= held[0]
        assert held[1] <= e.last
        assert (e.first, e.last) != held
        held = (e.first, e.last)
    assert held == (0, len(tokens))


@given(SENTENCES)
def test_snap_starts_at_its_token(tokens: tuple[Token, ...]) -> None:
    """The hint of a token selects a range that begins with it."""
    for i in range(len(tokens)):
        first, last = snap_to_phrase(tokens, i)
        assert first == i < last <= len(tokens)


@pytest.mark.parametrize("word", ["“", '"', "said", "three", "van", "Al", "-", "of", "Director", ",", "half"])
def test_an_endless_sentence_costs_as_much_as_it_is_long(word: str) -> None:
    """Twice the tokens take about twice the calls: nothing is quadratic."""
    assert_linear(lambda n: selection_candidates(build_tokens([word] * n, [False] * n)))
