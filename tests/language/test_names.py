"""Who and where the rules see in a sentence, alone and with the rest of its article."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given

from annotator.core.tokens import Token, build_tokens
from annotator.language import build_context, span_candidates
from annotator.language.sentence_features import EMPTY_CONTEXT, ArticleContext, sentence_features
from annotator.language.span_candidates import entity_candidates
from annotator.language.span_kinds import MIN_ENTITY_SCORE, entity_score
from tests.language.sentence_samples import SENTENCES, assert_linear, shown

LIKELY = 0.3
_NLP = spacy.blank("en")


def cut(text: str) -> tuple[Token, ...]:
    """Cut a sentence as articles are cut at ingest: initials and abbreviations keep their dots."""
    doc = _NLP(text)
    return build_tokens([t.text for t in doc], [bool(t.whitespace_) for t in doc])


def article(*sentences: str) -> tuple[list[tuple[Token, ...]], ArticleContext]:
    """Return the tokens of an article's sentences and what it tells."""
    tokens = [cut(s) for s in sentences]
    return tokens, build_context("\n".join(sentences), tokens)


def read(text: str, kind: str, *others: str, least: float = LIKELY) -> list[str]:
    """Return what is likely of a kind in a sentence that stands before others in its article."""
    tokens, context = article(text, *others)
    found = [r for r in span_candidates(tokens[0], context) if r.kind == kind and r.score >= least]
    return [shown(tokens[0], (r.first, r.last)) for r in found]


def best(text: str, words: str, kind: str, *others: str) -> float:
    """Return the score of a reading; 0 where there is none."""
    tokens, context = article(text, *others)
    found = [r for r in span_candidates(tokens[0], context) if shown(tokens[0], (r.first, r.last)) == words]
    return max((r.score for r in found if r.kind == kind), default=0.0)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Lt. Gov. Amos Teal and Mr. O'Neill met the crew.", ["Amos Teal", "O'Neill"]),
        ("It was Ludwig van der Aa, 61, who had signed.", ["Ludwig van der Aa"]),
        ("The letter came from Sgt. Khalid al-Masri Jr. in May.", ["Khalid al-Masri Jr."]),
        ("It surprised French Prime Minister Odile Farrant yesterday.", ["Odile Farrant"]),
        ("Prosecutor Imre Sandoval said that it was late.", ["Imre Sandoval"]),
        ("They asked Chief Executive Benedikta Sorrel about it.", ["Benedikta Sorrel"]),
        ("Sen. Ann Ruiz (D-Calif.) and Rep. Bo Hale, R-Texas, left.", ["Ann Ruiz", "Bo Hale"]),
        ("The novels of J.R.R. Munday-Fisk sold well.", ["J.R.R. Munday-Fisk"]),
        ("“It is late,” said Marit Quist, a nurse.", ["Marit Quist"]),
        ("Volodymyr, who was born there, told Anna.", ["Volodymyr", "Anna"]),
    ],
)
def test_persons(text: str, wanted: list[str]) -> None:
    """A person is the name alone: no title, role, nation, age or party, with particles and Jr."""
    assert read(text, "person") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("KYIV, Ukraine (AP) — The vote was late.", ["KYIV", "Ukraine"]),
        (
            "Lorries left Reno, Nev., for Kent County and West Hollywood.",
            ["Reno", "Nev.", "Kent County", "West Hollywood"],
        ),
        ("He lives on Quay Street in Larkmouth.", ["Quay Street", "Larkmouth"]),
        (
            "They flew from Lake Orta to Larkmouth International Airport.",
            ["Lake Orta", "Larkmouth International Airport"],
        ),
        ("A bridge on Route 9 fell near the Rio Grande.", ["Route 9", "Rio Grande"]),
        ("She was born in Port-au-Prince and died in St. Louis.", ["Port-au-Prince", "St. Louis"]),
    ],
)
def test_places(text: str, wanted: list[str]) -> None:
    """A place is known, has a head or a number, or stands as a place does; town and state are two."""
    assert [w for w in wanted if w in read(text, "place")] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "French and American officials met on Monday in March.",
        "Christmas is late, and Muslims and Democrats agree.",
        "The Transport Committee of the European Union met NATO.",
        "Brekke Holdings Inc. and Ferro & Sons Ltd. were sold.",
    ],
)
def test_nations_dates_and_bodies_are_neither(text: str) -> None:
    """Demonyms, days, feasts, parties, firms and bodies are likely neither a person nor a place."""
    assert read(text, "person") == []
    assert read(text, "place") == []


def test_a_surname_is_known_from_the_full_name_elsewhere() -> None:
    """A name that the article shows as a person's is one everywhere, its last part too."""
    other = "Nurse Solveig van der Amundry said it was late."
    assert best("Everybody thanked Amundry for it.", "Amundry", "person") < LIKELY
    assert best("Everybody thanked Amundry for it.", "Amundry", "person", other) > 0.9


def test_a_place_is_known_from_where_it_stands_elsewhere() -> None:
    """A name that stands as a place does in one sentence is likelier one in the others."""
    text = "Two roads to Skerrin were cut."
    assert best(text, "Skerrin", "place", "He was born in Skerrin.") > best(text, "Skerrin", "place") + 0.2


def test_a_firm_of_a_persons_name_is_less_surely_the_person() -> None:
    """Where the article has a firm of that name too, the short name is not sure."""
    person = "Mr. Ferro said so."
    text = "The board of Ferro agreed."
    with_firm = best(text, "Ferro", "person", person, "Ferro Holdings Inc. was sold.")
    assert with_firm < best(text, "Ferro", "person", person) - 0.1


def test_a_modifier_and_a_name_in_a_name_score_below_a_place_where_something_is() -> None:
    """How a place stands is in its score: in X, X officials, Bank of X, X Times."""
    there = best("They met in Germany.", "Germany", "place")
    assert there > 0.85
    assert best("Two Germany experts came.", "Germany", "place") < there - 0.3
    assert best("The Bank of Germany said so.", "Germany", "place") < there - 0.3
    assert best("The Germany Times Group was sold.", "Germany", "place") < there - 0.3


def test_headlines_give_the_names_that_the_article_knows() -> None:
    """In a headline every word has a capital: a known person is found inside the run."""
    assert "Amundry" in read("Court Backs Amundry In Boat Row", "person", "Solveig Amundry, 44, won.")


def test_headlines_teach_nothing() -> None:
    """What a headline runs together is no name elsewhere in the article."""
    assert build_context("", [cut("SOLVEIG TEAL SWORN IN AS GOVERNOR")]) == EMPTY_CONTEXT


def test_other_languages_are_read_by_shape() -> None:
    """Without English words, names are found where titles, first names or the gazetteer tell."""
    assert "Annette Brückner" in read("Am Freitag kam Annette Brückner nach Berlin.", "person")
    assert "Berlin" in read("Am Freitag kam Annette Brückner nach Berlin.", "place")


def test_every_trait_of_a_reading_is_reported() -> None:
    """The rule names the traits whose points make the score, so that a rejection can be learned from."""
    tokens = cut("Nurse Odile Farrant lives in Paris.")
    for r in entity_candidates(sentence_features(tokens)):
        assert entity_score(r.kind, tuple(r.rule.split())) == r.score


@given(SENTENCES)
def test_readings_lie_in_the_sentence_in_order(tokens: tuple[Token, ...]) -> None:
    """Whatever the tokens are, readings are ranges of them in reading order with scores that count."""
    context = build_context("", [tokens])
    found = [r for r in span_candidates(tokens, context) if r.kind in ("person", "place")]
    assert all(0 <= r.first < r.last <= len(tokens) and MIN_ENTITY_SCORE <= r.score <= 1 for r in found)
    assert [(r.first, -r.last) for r in found] == sorted((r.first, -r.last) for r in found)
    assert len({(r.first, r.last, r.kind) for r in found}) == len(found)


@pytest.mark.parametrize("word", ["Al", "Paris", "York", "Director", "Anna", "R", "Jr.", "of", "-", "north", "Mr."])
def test_an_endless_sentence_costs_as_much_as_it_is_long(word: str) -> None:
    """Twice the tokens take about twice the calls: nothing is quadratic."""

    def apply_rules(n: int) -> None:
        tokens = build_tokens([word] * n, [True] * n)
        entity_candidates(sentence_features(tokens), build_context("", [tokens]))

    assert_linear(apply_rules)
