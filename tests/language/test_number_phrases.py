"""What number phrases are, where they end, and how surely each of their readings is wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.tokens import build_tokens
from annotator.language.number_phrases import number_candidates, number_phrases
from annotator.language.sentence_features import sentence_features
from tests.language.sentence_samples import cut, shown


def best(text: str) -> list[str]:
    """Return the likeliest reading of each number phrase as text."""
    tokens = cut(text)
    found = sorted(number_candidates(sentence_features(tokens)), key=lambda r: -r.score)
    taken: list[tuple[int, int]] = []
    for r in found:
        if r.score >= 0.3 and all(r.last <= a or b <= r.first for a, b in taken):
            taken.append((r.first, r.last))
    return [shown(tokens, r) for r in sorted(taken)]


def scores(text: str) -> dict[str, float]:
    """Return the readings of a sentence as text, each with its score."""
    tokens = cut(text)
    return {shown(tokens, (r.first, r.last)): r.score for r in number_candidates(sentence_features(tokens))}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("About 2,000 angry farmers blocked four roads.", ["About 2,000 angry farmers", "four roads"]),
        ("The 27 member states sent 14 naval officers home.", ["27 member states", "14 naval officers"]),
        ("They met two New Vessby harbour officials there.", ["two New Vessby harbour officials"]),
        ("He sold 12 red and green boats to two men and a dog.", ["12 red and green boats", "two men"]),
        ("She won nine indoor singles titles that year.", ["nine indoor singles titles"]),
        ("The other two outside bidders left.", ["two outside bidders"]),
        ("Police said five more bodies were found.", ["five more bodies"]),
        ("More than 600,000 Israelis live there.", ["More than 600,000 Israelis"]),
        ("One former bank manager admitted it.", ["One former bank manager"]),
        ("One local ringer remains, one survey says.", ["One local ringer", "one survey"]),
        ("They had one public meeting and one in-person interview.", ["one public meeting", "one in-person interview"]),
        ("Of those, 40 needed help and 12 got it.", []),
    ],
)
def test_what_is_counted_ends_before_verbs_and_small_words(text: str, wanted: list[str]) -> None:
    """The noun phrase ends at its plural; after "one" it ends before a verb, a name or a small word."""
    assert best(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("No fewer than six ministers resigned.", ["No fewer than six ministers"]),
        ("Perhaps a dozen boats and half a dozen nets sank.", ["Perhaps a dozen boats", "half a dozen nets"]),
        ("Shares fell between 3% and 5% that day.", ["between 3% and 5%"]),
        ("Between 40 and 50 lorries waited there.", ["Between 40 and 50 lorries"]),
        ("It rose up to 47 percent in May.", ["47 percent"]),
        ("She handed over three keys to them.", ["three keys"]),
        ("The only two ships were late.", ["two ships"]),
    ],
)
def test_words_before_a_number(text: str, wanted: list[str]) -> None:
    """An approximator belongs to the number unless it belongs to the verb or to a "the"."""
    assert best(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Turnout went from 58 per cent to 61.5 per cent.", ["58 per cent", "61.5 per cent"]),
        ("Around 300-400 homes lost the power.", ["Around 300-400 homes"]),
        ("Jobs there rose from 300 to 500 workers.", ["500 workers"]),
        ("Some 10,000 to 15,000 farmers were hit.", ["Some 10,000 to 15,000 farmers"]),
        ("One in five adults cannot swim.", ["One in five adults"]),
        (
            "Twenty-seven people and two and a half million bees.",
            ["Twenty-seven people", "two and a half million bees"],
        ),
        ("The bill passed the house 231-190.", ["231-190"]),
        ("They won the match 4-3 and lost one 2-1.", []),
    ],
)
def test_numbers_of_several_words(text: str, wanted: list[str]) -> None:
    """Ranges, odds, mixed numbers and results of votes are one number; a change and a match are not."""
    assert best(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "It took three and a half years and half an hour.",
        "The two-year-old was fined 300 pounds and 12 cents.",
        "Brekke, 34, met a woman, aged 41, at 9.30 a.m. there.",
        "No one came, and this one left.",
        "At 14 she left, and he was 93.",
        "It cost 2.1 million crowns in 1989.",
        "The stock gained 1.28 to 449.04 that day.",
        "The Gang of Eight had agreed with that on Route 9.",
        "2. The council did not meet in May 2019.",
    ],
)
def test_what_counts_nothing(text: str) -> None:
    """Money, durations, ages, years, prices of stocks, names, list points and pronouns are no counts."""
    assert scores(text) == {}


def test_headlines_are_not_names() -> None:
    """Where every word has a capital, a capital tells nothing."""
    found = best("Police Arrest Two Men After Raid That Left 14 Nurses Hurt")
    assert found == ["Two Men", "14 Nurses"]


def test_a_complement_is_a_second_and_less_likely_reading() -> None:
    """With an "of …" both ends are offered, and the count inside has a reading of its own."""
    found = scores("Twelve of the 30 ships sailed.")
    assert found["Twelve"] > found["Twelve of the 30 ships"]
    assert "30 ships" in found


def test_a_loose_word_gives_two_readings() -> None:
    """Annotators differ over "only"; both readings are offered."""
    found = scores("He has only two issues to sell.")
    assert {"only two issues", "two issues"} == set(found)


def test_a_compound_is_unsure_with_and_without_its_noun() -> None:
    """In "a 12-member board" members or a board may be meant: neither reading is sure."""
    found = scores("It has a 12-member board.")
    assert set(found) == {"12-member board", "12-member"}
    assert max(found.values()) < 0.5


def test_a_counted_noun_is_sure() -> None:
    """A number with its plural is what annotators keep nine times in ten."""
    assert scores("They freed 157 captured soldiers.")["157 captured soldiers"] >= 0.9


VOCABULARY = """
one two 3 40 1,200 1998 2.5 7/8 half a an the of and or to in from between dozen million hundreds thirds third
percent % - – 's ' , . “ ” $ boats men member more such only about up over said at Vessby Eight year years
euros or less so is 12 people's own for ( ) [ ] no No. zero score scores below as many as an estimated
"""
WORDS = VOCABULARY.split()


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.booleans()), max_size=25))
def test_any_words_have_ordered_phrases_and_scored_readings(words: list[tuple[str, bool]]) -> None:
    """Phrases never overlap, readings lie inside the sentence, and every rule has a score."""
    view = sentence_features(build_tokens([w for w, _ in words], [ws for _, ws in words]))
    phrases = number_phrases(view)
    edges = [at for p in phrases for at in (p.first, p.last)]
    assert edges == sorted(edges)
    assert all(p.first < p.last <= p.complement_end for p in phrases)
    for r in number_candidates(view):
        assert 0 <= r.first < r.last <= len(words)
        assert 0 < r.score < 1


@given(st.sampled_from(["two ", "half of ", "one of the ", "only ", "two-", "5 to ", "and a ", "big "]))
def test_long_runs_stay_linear(part: str) -> None:
    """A sentence of thousands of the same words is read in steps that grow with its length alone."""
    tokens = cut(part * 3000)
    assert len(number_phrases(sentence_features(tokens))) <= len(tokens)
