"""Several sources, one list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.annotation import AnnotatedSentence, Annotation
from annotator.core.suggestion import Suggestion, span_from_suggestion
from annotator.suggest.ranking import MIN_SUGGESTION_SCORE, SuggestionRanker
from tests.suggest.suggest_helpers import NEWS, annotated_sentence, sentence, suggested_words, suggestion

TEXT = "Ada Pell said 20 boats left Norhaven."
S = sentence(TEXT)
MERGER = SuggestionRanker(NEWS)


def merged(*found: Suggestion, of: AnnotatedSentence | None = None) -> tuple[Suggestion, ...]:
    """Return the suggestions for a work, by default the untouched sentence."""
    return MERGER.rank_open(of or AnnotatedSentence(S), found)


def test_sources_that_agree_become_one_suggestion() -> None:
    """One range and label is one suggestion that names both; the history has its say by weighing."""
    found = [
        suggestion(S, "Ada Pell", "PERSON", 0.8, "rules", "title"),
        suggestion(S, "Ada Pell", "PERSON", 0.9, "history", "repeat"),
    ]
    (one,) = SuggestionRanker(NEWS, reweigh=lambda _, s: s.score - 0.1).rank_open(AnnotatedSentence(S), found)
    assert (one.source, one.kind) == ("history+rules", "repeat+title")
    assert one.score == pytest.approx(0.7)
    assert span_from_suggestion(one).source == "history/repeat+rules/title"


@pytest.mark.parametrize(
    "of",
    [
        annotated_sentence(TEXT, ("Norhaven", "VENUE")),
        annotated_sentence(TEXT, ("Norhaven", "PERSON")),
        annotated_sentence(TEXT, ("left Norhaven", "VENUE")),
        annotated_sentence(TEXT, rejected=(("Norhaven", "VENUE"),)),
    ],
    ids=["labelled", "labelled otherwise", "inside another place", "turned down"],
)
def test_what_is_settled_is_not_suggested(of: AnnotatedSentence) -> None:
    """Nothing is suggested that stands there, was turned down, or that the schema forbids there."""
    assert merged(suggestion(of.sentence, "Norhaven", "VENUE", 0.9), of=of) == ()


def test_a_place_in_a_claim_is_still_open() -> None:
    """What the schema allows inside a span is suggested there."""
    of = annotated_sentence(TEXT, ("20 boats left Norhaven", "CLAIM"))
    assert suggested_words(S, merged(suggestion(S, "Norhaven", "VENUE", 0.9), of=of)) == [("VENUE", "Norhaven")]


def test_the_same_words_turned_down_in_the_article_are_left_out_and_elsewhere_ranked_down() -> None:
    """A refusal holds for the article; in others it only lowers the chance."""
    found = [suggestion(S, "Norhaven", "VENUE", 0.8)]
    assert SuggestionRanker(NEWS, rejection_counts=lambda *_: (1, 0)).rank_open(AnnotatedSentence(S), found) == ()
    (once,) = SuggestionRanker(NEWS, rejection_counts=lambda *_: (0, 1)).rank_open(AnnotatedSentence(S), found)
    (twice,) = SuggestionRanker(NEWS, rejection_counts=lambda *_: (0, 2)).rank_open(AnnotatedSentence(S), found)
    assert twice.score < once.score < 0.8


def test_of_two_that_exclude_each_other_one_gives_way() -> None:
    """A rival is at most as likely as the better one is wrong; spans that may nest are no rivals."""
    person = suggestion(S, "Ada Pell", "PERSON", 0.9)
    part = suggestion(S, "Pell", "PERSON", 0.8)
    place = suggestion(S, "Pell", "VENUE", 0.7)
    claim = suggestion(S, "20 boats left Norhaven", "CLAIM", 0.6)
    count = suggestion(S, "20 boats", "COUNT", 0.8)
    scores = {(s.label, s.start): s.score for s in merged(person, part, place, claim, count)}
    assert scores["PERSON", 0] == 0.9
    assert scores["PERSON", 4] == pytest.approx(0.1)
    assert scores["VENUE", 4] == pytest.approx(0.1)
    assert (scores["CLAIM", 14], scores["COUNT", 14]) == (0.6, 0.8)


def test_what_was_learned_ranks_the_sources() -> None:
    """A source whose places were all refused comes after one that was never judged."""
    found = [suggestion(S, "Norhaven", "VENUE", 0.9, "m", "GPE"), suggestion(S, "Ada Pell", "PERSON", 0.5)]
    merger = SuggestionRanker(NEWS, accuracy=lambda s: 0.01 if s.source == "m" else s.score)
    assert suggested_words(S, merger.rank_open(AnnotatedSentence(S), found)) == [("PERSON", "Ada Pell")]


_FOUND = st.lists(
    st.builds(
        Suggestion,
        st.sampled_from([t.start for t in S.tokens]),
        st.sampled_from([t.end for t in S.tokens]),
        st.sampled_from(["PERSON", "VENUE", "COUNT", "CLAIM", "OTHER"]),
        st.sampled_from(["rules", "history", "m"]),
        st.floats(0, 1),
        st.sampled_from(["", "a", "b"]),
    ).filter(lambda s: s.start < s.end),
    max_size=12,
)


@given(_FOUND, _FOUND)
def test_whatever_the_sources_say_the_list_is_sound(found: list[Suggestion], marked: list[Suggestion]) -> None:
    """Each range and label once, in reading order, chances between 0 and 1, none forbidden."""
    annotation = Annotation().with_spans([span_from_suggestion(s) for s in marked])
    out = MERGER.rank_open(AnnotatedSentence(S, annotation), found)
    keys = [(s.start, s.end, s.label) for s in out]
    assert keys == sorted(set(keys), key=lambda k: (k[0], -k[1], k[2]))
    assert all(MIN_SUGGESTION_SCORE <= s.score <= 1 for s in out)
    assert not any(NEWS.find_violation(span_from_suggestion(s), annotation.spans) or s.label == "OTHER" for s in out)
    assert out == MERGER.rank_open(AnnotatedSentence(S, annotation), found[::-1])
