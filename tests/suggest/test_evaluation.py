"""The figures of an evaluation."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from annotator.suggest.evaluation import GoldSentence, best_threshold, choose_suggestions, evaluate_suggestions
from tests.suggest.suggest_helpers import sentence, suggestion

S = sentence("Ada Pell left Norhaven for Port Amery with Jo Rask.")
ALL = frozenset({"PERSON", "VENUE"})


def gold(labels: frozenset[str] = ALL) -> GoldSentence:
    """Return the sentence with two persons and two places."""
    at = S.text.index
    persons = [(0, 8), (at("Jo Rask"), at("Jo Rask") + 7)]
    places = [(at("Norhaven"), at("Norhaven") + 8), (at("Port Amery"), at("Port Amery") + 10)]
    return GoldSentence(S, {"PERSON": persons, "VENUE": places}, labels)


def test_exact_overlapping_and_by_character() -> None:
    """One right, one too short, one beside: each way of counting says its own."""
    found = [
        suggestion(S, "Ada Pell", "PERSON", 0.9),
        suggestion(S, "Rask", "PERSON", 0.9),
        suggestion(S, "left", "PERSON", 0.9),
        suggestion(S, "Norhaven", "PERSON", 0.4),
    ]
    score = evaluate_suggestions([(gold(), found)], ["PERSON", "VENUE"])["PERSON"]
    assert [score.exact.precision, score.exact.recall] == pytest.approx([1 / 3, 0.5])
    assert [score.overlapping.precision, score.overlapping.recall] == pytest.approx([2 / 3, 1.0])
    assert (score.characters.precision, score.characters.recall) == (12 / 16, 12 / 15)
    assert score.as_dict()["gold"] == 2
    assert score.as_dict()["suggested"] == 3


def test_a_label_that_nobody_annotated_is_left_out() -> None:
    """Its absence means nothing, so no figure is made of it, in no row."""
    rows = [(gold(frozenset({"PERSON"})), [suggestion(S, "Norhaven", "VENUE", 0.9)])]
    assert list(evaluate_suggestions(rows, ["PERSON", "VENUE"])) == ["PERSON"]
    both = evaluate_suggestions([*rows, (gold(), [])], ["PERSON", "VENUE"])
    assert both["VENUE"].exact.gold == 2


def test_no_two_of_a_label_overlap_and_the_likelier_one_stays() -> None:
    """Alternatives don't count twice; a threshold drops what is unlikely."""
    found = [
        suggestion(S, "Port", "VENUE", 0.6),
        suggestion(S, "Port Amery", "VENUE", 0.7),
        suggestion(S, "Ada Pell", "VENUE", 0.2),
    ]
    assert choose_suggestions(found) == {"VENUE": [(S.text.index("Port"), S.text.index("Port") + 10)]}


def test_a_guess_counts_whatever_the_threshold_and_a_score_from_it_on() -> None:
    """A prior of all places is no reason to count none of them; the best threshold is that of the scores."""
    places = [replace(suggestion(S, x, "VENUE", 0.25), estimated=True) for x in ("Norhaven", "Port Amery")]
    assert evaluate_suggestions([(gold(), places)], ["VENUE"], 0.9)["VENUE"].exact.f1 == 1.0
    assert best_threshold([(gold(), places)], ["VENUE"]) is None
    persons = [suggestion(S, "Ada Pell", "PERSON", 0.34), suggestion(S, "left", "PERSON", 0.31)]
    persons += [suggestion(S, "Jo Rask", "PERSON", 0.36)]
    best = best_threshold([(gold(), [*places, *persons])], ["PERSON", "VENUE"])
    assert best is not None
    assert (best.threshold, best.f1) == pytest.approx((0.0, 8 / 9))
    strict = [suggestion(S, x, "PERSON", score) for x, score in (("Ada Pell", 0.4), ("left", 0.1), ("for", 0.2))]
    best = best_threshold([(gold(), strict)], ["PERSON"])
    assert best is not None
    assert (best.threshold, best.f1) == pytest.approx((0.25, 2 / 3))
