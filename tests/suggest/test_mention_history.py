"""The annotator's own history: which mentions are proposed again, and how likely they are."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence
from annotator.core.suggestion import Suggestion
from annotator.suggest.mention_history import MentionHistory
from tests.suggest.suggest_helpers import NEWS, annotated_sentence, sentence, suggested_words, suggestion


def index(*annotated_sentences: AnnotatedSentence) -> MentionHistory:
    """Return an index of works."""
    made = MentionHistory(NEWS)
    for w in annotated_sentences:
        made.add(w)
    return made


def proposed(text: str, *annotated_sentences: AnnotatedSentence) -> list[tuple[str, str]]:
    """Return what is proposed in a sentence of the same article."""
    s = sentence(text, 900)
    return suggested_words(s, index(*annotated_sentences).suggest(s))


def chance(text: str, *annotated_sentences: AnnotatedSentence, article: str = "a1") -> float:
    """Return the score of the only suggestion in a sentence."""
    (only,) = index(*annotated_sentences).suggest(sentence(text, 900, article))
    return only.score


BREKKE = annotated_sentence("Ilse Brekke left Norhaven early.", ("Ilse Brekke", "PERSON"), ("Norhaven", "VENUE"))


def test_what_was_marked_is_proposed_again() -> None:
    """Identical words get their label, the last name of somebody marked in full is a person."""
    assert proposed("In Norhaven, Mayor Brekke met Ilse Brekke.", BREKKE) == [
        ("VENUE", "Norhaven"),
        ("PERSON", "Brekke"),
        ("PERSON", "Ilse Brekke"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "They met on Brekke Street.",
        "They saw Anna Brekke there.",
        "The Norhaven Lantern reports it.",
        "He works for the Bank of Norhaven now.",
        "They took the Port-Norhaven ferry.",
        "The NORHAVEN sign fell.",
        "Norhavens are rare.",
    ],
)
def test_a_part_of_a_longer_name_is_not_proposed(text: str) -> None:
    """Neither words that go on as a name, nor other capitals, nor parts of a word."""
    assert proposed(text, BREKKE) == []


def test_numbers_and_single_small_words_are_not_proposed() -> None:
    """What means something else each time is never proposed by its words alone; nor is a claim."""
    done = annotated_sentence(
        "He saw 14 boats and said it rains.", ("14", "COUNT"), ("boats", "VENUE"), ("it rains", "CLAIM")
    )
    assert proposed("The boats left at 14, and it rains.", done) == []


def test_titles_and_dates_are_no_part_of_a_name() -> None:
    """A name is the same name after a title and beside a day."""
    assert proposed("On Monday Brekke spoke; President Brekke wept.", BREKKE) == [
        ("PERSON", "Brekke"),
        ("PERSON", "Brekke"),
    ]


def test_a_name_that_is_left_unmarked_is_proposed_with_less_confidence() -> None:
    """Accepted sentences in which the words bear no label speak against it, unfinished ones don't."""
    bare = [annotated_sentence("Norhaven agreed to it.", start=n * 50, accept=True) for n in (1, 2, 3)]
    unseen = [annotated_sentence("Norhaven agreed to it.", start=n * 50) for n in (1, 2, 3)]
    assert chance("Boats left Norhaven.", BREKKE, *unseen) == chance("Boats left Norhaven.", BREKKE) > 0.9
    assert 0.4 < chance("Boats left Norhaven.", BREKKE, *bare) < 0.6


def test_before_a_word_a_name_has_a_history_of_its_own() -> None:
    """Left unmarked as a modifier, a place stays likely elsewhere."""
    modifiers = [annotated_sentence("A Norhaven envoy came.", start=n * 50, accept=True) for n in (1, 2)]
    places = [annotated_sentence("He lives in Norhaven.", ("Norhaven", "VENUE"), start=n * 50) for n in (5, 6)]
    after = [*modifiers, *places]
    assert chance("The Norhaven council met.", *after) < 0.5 < chance("It rains in Norhaven.", *after)


def test_a_refusal_counts_for_more_than_a_mention_left_bare() -> None:
    """A label that was turned down falls, and fades further with each refusal."""
    no = [
        annotated_sentence("Norhaven won.", start=100 * n, rejected=(("Norhaven", "VENUE"),), article="a2")
        for n in range(3)
    ]
    scores = [chance("It rains in Norhaven.", BREKKE, *no[:n]) for n in range(4)]
    assert scores == sorted(scores, reverse=True)
    assert scores[3] < 0.7 * scores[0]
    assert index(*no).rejection_counts("a2", "Norhaven", "VENUE") == (3, 0)
    assert index(*no).rejection_counts("a1", "Norhaven", "VENUE") == (0, 3)


def test_another_source_is_weighed_by_what_was_reported_of_its_words() -> None:
    """A name left bare again and again lowers what the rules say of it, a marked one raises it."""
    s = sentence("It rains in Norhaven.", 900)
    offer = suggestion(s, "Norhaven", "VENUE", 0.6)
    bare = [annotated_sentence("Seen by Norhaven.", start=n * 50, accept=True) for n in range(1, 5)]
    assert index(*bare).suggest(s) == ()
    scores = [index(*w).reweigh(s, offer) for w in (bare, bare[:1], (), (BREKKE,))]
    assert scores == sorted(scores)
    assert scores[0] < 0.3 < scores[2] == offer.score < scores[3]


def test_another_article_counts_less() -> None:
    """What was marked elsewhere is proposed, with less confidence, and no surnames of strangers."""
    here, there = chance("Seen in Norhaven.", BREKKE), chance("Seen in Norhaven.", BREKKE, article="a2")
    assert there < here
    assert index(BREKKE).suggest(sentence("Mayor Brekke spoke.", 0, "a2")) == ()


WORKS = [
    BREKKE,
    annotated_sentence(
        "Brekke went to Port Amery.", ("Brekke", "PERSON"), ("Port Amery", "VENUE"), start=50, accept=True
    ),
    annotated_sentence("Norhaven agreed.", start=100, accept=True, rejected=(("Norhaven", "VENUE"),)),
    annotated_sentence("Ilse Brekke of Norhaven won.", ("Ilse Brekke", "PERSON"), article="a2", accept=True),
]


@given(st.permutations(range(len(WORKS))), st.integers(0, len(WORKS)))
def test_taking_out_undoes_taking_in(order: Sequence[int], gone: int) -> None:
    """Whatever comes and goes, the suggestions are those of what is there; nothing is left behind."""
    moving = index(*(WORKS[n] for n in order))
    for n in order[:gone]:
        moving.remove(WORKS[n])
        moving.remove(WORKS[n])
    fresh = index(*(WORKS[n] for n in order[gone:]))
    texts = ["In Norhaven, Brekke met Ilse Brekke of Port Amery."]
    for article in ("a1", "a2", "a3"):
        s = sentence(texts[0], 900, article)
        assert moving.suggest(s) == fresh.suggest(s)


def test_a_sentence_costs_its_words_not_the_mentions() -> None:
    """With 3,000 mentions in the index a sentence takes no more steps than with 20."""

    def steps(n: int) -> int:
        made = index(
            *(annotated_sentence(f"Seen in Place{i}.", (f"Place{i}", "VENUE"), start=i * 30) for i in range(n))
        )
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        s = sentence("Boats left Place3 for Place7 today.", 10**7)
        made.suggest(s)  # fills the caches of words
        sys.setprofile(count)
        try:
            found: tuple[Suggestion, ...] = made.suggest(s)
        finally:
            sys.setprofile(None)
        assert len(found) == 2
        return calls

    assert steps(3_000) <= steps(20) + 10
