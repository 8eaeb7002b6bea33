"""What the rules take as a claim, where a claim ends, and how its extents grow."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.tokens import Token, build_tokens
from annotator.language import build_context, span_candidates
from annotator.language.claims import MIN_CLAIM_SCORE, best_claims, claim_candidates, claim_ends, claim_from
from annotator.language.quotations import sentences_inside_quotation
from annotator.language.sentence_features import SentenceFeatures, sentence_features
from tests.language.sentence_samples import SENTENCES, assert_linear, cut, shown


def best(text: str) -> list[str]:
    """Return the best claims of a sentence as text."""
    tokens = cut(text)
    return [shown(tokens, (r.first, r.last)) for r in best_claims(sentence_features(tokens))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mayor Ilse Brandt said the bridge would open in May.", ["the bridge would open in May"]),
        ("The farmer told the panel that the well was dry.", ["that the well was dry"]),
        ("He denied that he had sold the pump.", ["that he had sold the pump"]),
        ("A study suggests the fish are coming back.", ["the fish are coming back"]),
        ("Quist made clear in May that he would go.", ["that he would go"]),
        ("The master, who has worked there, warned that it could sink.", ["that it could sink"]),
        ("Officials would not say how many people were aboard.", ["how many people were aboard"]),
        ("Villagers fear the river will rise again.", ["the river will rise again"]),
        ("The board is confident that the wall will hold.", ["that the wall will hold"]),
    ],
)
def test_the_clause_after_a_verb_of_speech(text: str, wanted: list[str]) -> None:
    """What a source says is a claim with its "that", without source, verb, hearer, time and final stop."""
    assert best(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The offer was fair, Brekke said on Tuesday.", ["The offer was fair"]),
        ("The offer was fair, said Ann Brekke, who leads the board.", ["The offer was fair"]),
        ("The offer was fair, Amos Teal, a lawyer from Hythe, told the court.", ["The offer was fair"]),
        ("The well will last, according to the board’s report.", ["The well will last"]),
        ("According to the harbour master, no ship has sailed.", ["no ship has sailed"]),
        ("According to the coach, Alma Reyes, the team was tired.", ["the team was tired"]),
        ("As Brandt told the Courier, the bridge is safe.", ["the bridge is safe"]),
        ("The ship, the owners say, was never insured.", ["The ship", "was never insured"]),
        ("In time, analysts say, the quay will sink.", ["the quay will sink"]),
    ],
)
def test_the_statement_before_its_source(text: str, wanted: list[str]) -> None:
    """A source may follow its statement, cut it in two, or open the sentence."""
    assert best(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“We dug,” he said, “and we found sand.”", ["“We dug,”", "“and we found sand.”"]),
        ("“I saw it,” Teal said. “It was green.”", ["“I saw it,”", "“It was green.”"]),
        ("“I saw it,” Teal, a vicar and father of two, wrote later.", ["“I saw it,”"]),
        ("“Will it hold?” asked the diver.", ["“Will it hold?”"]),
        ("Quist wrote in his diary: “Nobody came.”", ["“Nobody came.”"]),
        ("Said Dora Quist, who owns the mill, “We were tired.”", ["“We were tired.”"]),
        ("The failure was “a shame,” she said.", ["The failure was “a shame,”"]),
        ("He says Brekke “rowed like a king.”", ["Brekke “rowed like a king.”"]),
        ("She said she had “no idea” who had signed it.", ["she had “no idea” who had signed it"]),
        ("Critics called the plan “a gift to the rich.”", ["the plan “a gift to the rich.”"]),
        ("The dam is “tired,” Quist said, and the money is gone.", ["The dam is “tired,”"]),
        ("Teal said the dam is “tired. It leaks.", ["the dam is “tired. It leaks."]),
    ],
)
def test_quotations_and_what_they_stand_in(text: str, wanted: list[str]) -> None:
    """A quotation is a claim with its marks; one inside a reported clause is part of that clause."""
    assert best(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “green line” runs through the town.",
        "They watched “The Long Night” twice.",
        "Experts say.",
        "I think it is late.",
        "The United States passed three laws in May.",
        "They need a claim form and a report.",
        "The reported loss was small.",
        "The figures contrast with a report issued in May.",
    ],
)
def test_what_nobody_states_is_no_claim(text: str) -> None:
    """Titles, ironic quotes, nouns that look like verbs of speech and one's own thoughts stay out."""
    assert best(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Quist said it was late, but Brekke said it was not.", ["it was late", "it was not"]),
        ("He insisted he had won, adding that he was tired.", ["he had won", "that he was tired"]),
        ("While critics say it is late, the board has met.", ["it is late"]),
        ("Teal, who says it is late, has left.", ["it is late"]),
        ("They said that if it rained, they would stay.", ["that if it rained, they would stay"]),
        ("She said that it was late and that it was dark.", ["that it was late and that it was dark"]),
        ("He said it was late; the board has met.", ["it was late"]),
        ("It (Quist says it is late) has closed.", ["it is late"]),
    ],
)
def test_where_a_claim_ends(text: str, wanted: list[str]) -> None:
    """A claim ends before another source, the main clause, a bracket, a semicolon and the final stop."""
    assert best(text) == wanted


def test_a_quotation_over_several_sentences() -> None:
    """Every sentence of a quotation is a claim, its stop inside, when the article shows the marks around."""
    reported = [cut(t) for t in ("“It was late,” he said.", "“Nobody came.", "We left.", "It rained.”", "He left.")]
    assert sentences_inside_quotation(reported) == [False, False, True, True, False]
    context = build_context("", reported)
    found = [[shown(s, (r.first, r.last)) for r in span_candidates(s, context) if r.kind == "claim"] for s in reported]
    assert found == [["“It was late,”"], ["“Nobody came."], ["We left."], ["It rained.”"], []]


def test_an_unclosed_mark_does_not_swallow_the_article() -> None:
    """A mark that is never closed, or closed far away, leaves the sentences after it as they are."""
    rest = [cut("It rained.")] * 60
    assert not any(sentences_inside_quotation([cut("“It was late."), *rest]))
    assert not any(sentences_inside_quotation([cut("“It was late."), *rest, cut("It was.”")]))


def test_readings_hold_the_nested_claims_with_lower_scores() -> None:
    """A claim inside a claim is a reading, but no part of the best set."""
    view = sentence_features(cut("Solvang said she hopes the council will listen."))
    inner = [r for r in claim_candidates(view) if r not in best_claims(view)]
    assert [shown(view.tokens, (r.first, r.last)) for r in inner] == ["the council will listen"]
    assert inner[0].score < MIN_CLAIM_SCORE


def test_a_known_start_finds_its_likeliest_end() -> None:
    """From a given token the claim is the reading there, else the statement or the noun phrase."""
    tokens = cut("Brandt said it was late, but Quist said so; they praised the brave crew while others slept.")
    view, at = sentence_features(tokens), [t.text for t in tokens].index
    assert shown(tokens, claim_from(view, at("it"))) == "it was late"
    assert shown(tokens, claim_from(view, at("the"))) == "the brave crew"
    assert claim_from(view, at("the"))[1] in claim_ends(view, at("the"))


@given(SENTENCES, st.booleans())
def test_the_best_claims_never_overlap(tokens: tuple[Token, ...], within: bool) -> None:
    """Whatever the tokens are, readings lie in the sentence and the best ones side by side."""
    view = SentenceFeatures(tokens, within)
    chosen = best_claims(view)
    assert all(a.last <= b.first for a, b in pairwise(chosen))
    for r in claim_candidates(view):
        assert 0 <= r.first < r.last <= len(tokens)
        assert 0 < r.score < 1
    for i in range(len(tokens)):
        first, last = claim_from(view, i)
        assert first == i < last <= len(tokens)


WORDS = ("“", '"', "said", ",", "that", "and", "according", "(", "of", "urged", "claim", "Quist", "''")


@pytest.mark.parametrize("words", [*((w,) for w in WORDS), ("“", "a", "”"), ("Quist", "said", ","), (",", "said")])
def test_an_endless_sentence_costs_as_much_as_it_is_long(words: tuple[str, ...]) -> None:
    """Twice the tokens take about twice the calls: nothing is quadratic."""

    def apply_rules(n: int) -> None:
        many = [words[i % len(words)] for i in range(n)]
        best_claims(SentenceFeatures(build_tokens(many, [True] * n)))

    assert_linear(apply_rules)
