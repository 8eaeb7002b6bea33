"""The query: what is typed comes back, each condition means what it says, and lit words are there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.errors import RuleError
from annotator.core.search_query import (
    QUERY_FIELDS,
    QUERY_STATES,
    QuerySubject,
    QueryTerm,
    SearchQuery,
    parse_query,
    parse_sentence_number,
)
from annotator.core.spans import Span
from tests import builders

TEXT = "Mayor Ilka Moran walked\nto the Große Halle, where İsmet waited."
WORK = AnnotatedSentence(
    builders.sentence(TEXT), Annotation((Span(6, 16, "PERSON"),), Answer.ACCEPT, note="check the Name", flagged=True)
)
OPEN = AnnotatedSentence(builders.sentence("Nobody came to Sorrel Hall."))

_WORDS = st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters='"'), min_size=1, max_size=8)
_PIECES = [*'ab-": 0.', *QUERY_STATES, *(f"{x}:" for x in QUERY_FIELDS)]
_QUERIES = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)


def _holds(text: str, annotated: AnnotatedSentence = WORK, *, title: str = "", problem: bool = False) -> bool:
    return parse_query(text).matches(QuerySubject(annotated, title, problem))


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("", True),
        ("moran MAYOR", True),
        ("moran quay", False),
        ('"Ilka Moran"', True),
        ('"ilka moran"', False),
        ('"walked to the"', True),
        ("grosse", True),
        ("label:PERSON", True),
        ("label:per", True),
        ("label:VENUE", False),
        ("label:", True),
        ("-label:VENUE", True),
        ("answer:accept", True),
        ("answer:open", False),
        ("answer:", True),
        ("flag", True),
        ("-flag", False),
        ("note", True),
        ("note:name", True),
        ("note:other", False),
        ('note:"the name"', True),
        ("problem", False),
        ("-problem", True),
        ('"flag"', False),
        ("12:30", False),
        ("article:ferry", False),
    ],
)
def test_each_condition_means_what_it_says(query: str, holds: bool) -> None:
    """Words are folded, quoted ones exact over line breaks, fields may be begun, a minus turns one round."""
    assert _holds(query) is holds


def test_an_open_sentence_and_an_article_are_found() -> None:
    """Open means without an answer; the article is found by title; a problem is told from outside."""
    assert _holds("answer:open -label: -note -flag", OPEN)
    assert _holds("answer:", OPEN) is False
    assert _holds("article:FERRY hall", OPEN, title="Ferry talks go on")
    assert _holds("problem", OPEN, problem=True)


def test_lit_words_are_where_they_stand() -> None:
    """What is lit are the characters that were looked for, even after letters that fold to two."""
    assert [TEXT[a:b] for a, b in parse_query("grosse i -mayor").highlights(WORK)] == ["I", "Große", "İ", "i"]
    assert [TEXT[a:b] for a, b in parse_query('label:p "walked to"').highlights(WORK)] == ["Ilka Moran", "walked\nto"]
    assert parse_query("note flag problem answer:accept").highlights(WORK) == ()


def test_what_can_never_hold_is_reported() -> None:
    """A label or an answer that does not exist is named with those that do."""
    labels = ("PERSON", "VENUE")
    assert parse_query("label:place").warning(labels) == "there is no label place: try PERSON, VENUE"
    assert parse_query("answer:yes").warning(labels) == "there is no answer yes: try open, accept, reject, ignore"
    assert parse_query("label:ven answer:o words").warning(labels) == ""


@given(_QUERIES)
def test_what_is_read_is_what_is_written(text: str) -> None:
    """Whatever is typed can be read, and a query written out is read as the same query."""
    query = parse_query(text)
    assert parse_query(str(query)) == query


@given(_WORDS, st.booleans())
def test_a_word_is_found_in_itself_and_turned_round_not(word: str, negated: bool) -> None:
    """A term and its negation never agree; a text that holds a word is found by it."""
    query = SearchQuery((QueryTerm("word", word, negated),))
    annotated = replace(OPEN, sentence=builders.sentence(f"so {word} it is"))
    assert query.matches(QuerySubject(annotated)) is not negated
    if not negated:
        assert any(word.casefold() in annotated.sentence.text[a:b].casefold() for a, b in query.highlights(annotated))


@given(_QUERIES, _QUERIES)
def test_more_conditions_never_find_more(one: str, two: str) -> None:
    """All conditions must hold: adding some keeps hits or loses them."""
    both = SearchQuery((*parse_query(one).terms, *parse_query(two).terms))
    for annotated in (WORK, OPEN):
        subject = QuerySubject(annotated, "a title")
        assert both.matches(subject) == (parse_query(one).matches(subject) and parse_query(two).matches(subject))


def test_places_are_read_as_people_write_them() -> None:
    """A number is a sentence, two are article and sentence, a number with a dot an article."""
    assert parse_sentence_number("12") == (None, 12)
    assert parse_sentence_number(" 3.12 ") == (3, 12)
    assert parse_sentence_number("3 / 12") == (3, 12)
    assert parse_sentence_number("3.") == (3, None)
    for nonsense in ("", " ", "x", "3.x", "1.2.3", "-4", "."):
        with pytest.raises(RuleError, match=r"that is no place; type 12 for a sentence, 3\.12 for article 3"):
            parse_sentence_number(nonsense)
