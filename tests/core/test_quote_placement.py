"""The one rule by which quoted spans get their place: the words decide, and what is not sure has none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core import quote_placement as rule
from annotator.core.quote_placement import Placement, QuotedSpan, place_quotes
from annotator.core.quote_search import fold_characters

TEXT = "Yes Ida met Per and Liv. Old men saw her."


def span(start: int | None, quote: str, label: str = "A", length: int | None = None) -> QuotedSpan:
    """Return a span whose end follows from its quote."""
    end = None if start is None else start + (len(quote) if length is None else length)
    return QuotedSpan(start, end, quote, label)


def placed(text: str, *spans: QuotedSpan) -> list[tuple[str, str]]:
    """Return the words at each span's place, empty for none, and why it has that."""
    return [(text[slice(*p.range)] if p.range else "", p.why) for p in place_quotes(text, spans)]


def test_offsets_that_agree_stay() -> None:
    """Blanks are left aside, and so is whether an accent is a character of its own."""
    spans = [span(0, "Ida  Holm", length=8), span(9, "Jose\u0301", length=4), span(0, "", length=3)]
    assert [p.range for p in place_quotes("Ida Holm José", spans)] == [(0, 8), (9, 13), (0, 3)]
    assert all(p == Placement(p.range) for p in place_quotes("Ida Holm José", spans))


def test_a_shift_of_the_whole_text() -> None:
    """Two spans show it, or one whose quote is unique; it places quotes that occur often."""
    assert placed(TEXT, span(0, "Ida"), span(8, "Per")) == [("Ida", rule.SHIFTED), ("Per", rule.SHIFTED)]
    text = "Per saw Ida. Per, Per and Per met Per."
    first, second = place_quotes(text, [span(3, "Ida"), span(8, "Per")])
    assert (first.range, second.range) == ((8, 11), (13, 16))
    again = "Ida met Per. Ida met Per."
    assert placed(again, span(6, "Ida"), span(14, "Per"))[0][1] != rule.SHIFTED, "two shifts are as likely"


def test_a_few_of_many_show_no_shift() -> None:
    """Two of five may be wrong by the same distance by chance."""
    text = "Ada, Bea, Cid, Dan and Eli."
    moved = [span(text.index(w) + by, w) for w, by in (("Ada", 3), ("Bea", 3), ("Cid", 9), ("Dan", 30), ("Eli", 50))]
    assert {why for _, why in placed(text, *moved)} == {rule.QUOTED_ONCE}


def test_a_shift_of_quotes_that_occur_everywhere() -> None:
    """Only the occurrences near their offsets are looked at."""
    text = " ".join("Ida " + "x" * (n * 7919 % 23 + 1) for n in range(1_100))
    starts = [m.start() for m in re.finditer("Ida", text)][:200:7]
    found = place_quotes(text, [span(start + 5, "Ida") for start in starts])
    assert [(p.range and p.range[0], p.why) for p in found] == [(start, rule.SHIFTED) for start in starts]
    (lost,) = place_quotes(text, [QuotedSpan(quote="Ida")])
    assert lost == Placement(None, rule.SEVERAL_PLACES, ((0, len(text)),))


def test_spans_without_a_quote_in_a_shifted_text_are_doubtful() -> None:
    """They move with the others, and nobody can say whether that is right."""
    *_, bare = place_quotes(TEXT, [span(0, "Ida"), span(8, "Per"), span(16, "", length=3)])
    assert bare == Placement((20, 23), rule.SHIFTED_ALONG, ((16, 19), (20, 23)))
    *_, bare = place_quotes(TEXT, [span(0, "Ida"), span(16, "", length=3)])
    assert bare == Placement((16, 19), rule.NOT_SHIFTED, ((16, 19), (20, 23)))


def test_case_marks_and_dashes_are_no_difference_at_the_offsets() -> None:
    """They are one character for one, so the offsets hold."""
    spans = [span(0, "Ida"), span(4, "'no'"), span(9, "a-b")]
    assert [p.range for p in place_quotes("IDA ‘no’ A–B", spans)] == [(0, 3), (4, 8), (9, 12)]
    assert placed("İstanbul", span(0, "i̇stanbul"))[0][0] == "", "another length is no folding"


def test_a_quote_that_occurs_once() -> None:
    """As a word, not inside one; in scripts without blanks anywhere; runs of blanks are one."""
    assert placed(TEXT, QuotedSpan(quote="Liv")) == [("Liv", rule.QUOTED_ONCE)]
    assert placed("Off to Annapolis.", QuotedSpan(quote="Ann")) == [("", rule.IN_WORDS)]
    assert placed("Annapolis has Ann.", QuotedSpan(quote="Ann")) == [("Ann", rule.QUOTED_ONCE)]
    assert placed("昨日、山田太郎が来た。", QuotedSpan(quote="太郎")) == [("太郎", rule.QUOTED_ONCE)]
    assert placed("Per met\n\n Ida \u00a0Holm.", span(0, "Ida Holm")) == [("Ida \u00a0Holm", rule.QUOTED_ONCE)]
    assert placed("cafe\u0301", QuotedSpan(quote="cafe")) == [("", rule.NOT_IN_TEXT)]


def test_quotes_that_occur_as_often_as_spans_have_them() -> None:
    """The spans of a label are then the same whichever is which; of two labels they are not."""
    twice = [QuotedSpan(quote="Ida", label="A"), QuotedSpan(quote="Ida", label="A")]
    assert [p.range for p in place_quotes("Ida met Ida.", twice)] == [(0, 3), (8, 11)]
    one_agrees = [span(0, "Ida"), span(100, "Ida")]
    assert [p.range for p in place_quotes("Ida met Ida.", one_agrees)] == [(0, 3), (8, 11)]
    labels = [QuotedSpan(quote="Ida", label="A"), QuotedSpan(quote="Ida", label="B")]
    assert {p.why for p in place_quotes("Ida met Ida.", labels)} == {rule.SEVERAL_PLACES}
    assert [p.range for p in place_quotes("Ida left.", labels)] == [(0, 3), (0, 3)]


def test_the_nearest_is_taken_where_it_is_plainly_nearest() -> None:
    """Within 20 code points, and twice as near as the next."""
    text = "Ida " + "x" * 20 + " Ida " + "y " * 40 + "Ida"
    assert placed(text, span(29, "Ida")) == [("Ida", rule.NEAREST)]
    assert placed(text, span(13, "Ida")) == [("", rule.SEVERAL_PLACES)]
    assert placed(text, span(60, "Ida")) == [("", rule.SEVERAL_PLACES)]
    text = ("Ida" + " " * 57) * 3
    assert [p.range for p in place_quotes(text, [span(15, "Ida"), span(1, "Ida")])] == [None, (0, 3)]
    assert placed("Ida Ida Ida", QuotedSpan(quote="Ida Ida")) == [("", rule.SEVERAL_PLACES)]


def test_two_spans_of_a_label_are_not_put_in_one_place() -> None:
    """The second has none, and both its offsets and the place of its quote are doubtful."""
    first, second = place_quotes(TEXT, [span(4, "Ida"), span(30, "Ida")])
    assert (first.range, first.why) == ((4, 7), "")
    assert second == Placement(None, rule.PLACE_TAKEN, ((30, 33), (4, 7)))


@pytest.mark.parametrize(
    ("given_span", "doubtful"),
    [
        (span(0, "Eda"), ((0, 3),)),
        (span(38, "Eda", length=90), ((38, 41),)),
        (span(90, "Eda"), ()),
        (QuotedSpan(quote="Eda"), ()),
        (QuotedSpan(quote="IDA"), ((4, 7),)),
        (QuotedSpan(9, 2, "Eda"), ((2, 9),)),
        (QuotedSpan(), ()),
    ],
)
def test_what_has_no_place_names_what_it_may_be_about(given_span: QuotedSpan, doubtful: object) -> None:
    """The part of its offsets inside the text and its quote, but for case; without either nothing."""
    (found,) = place_quotes(TEXT, [given_span])
    assert (found.range, found.doubtful) == (None, doubtful)


def test_a_base_form_is_no_quote() -> None:
    """Words that need not be the text's leave the offsets alone, and are doubtful only where they are elsewhere."""
    leave = QuotedSpan(4, 8, "leave", "A", sure=False)
    assert place_quotes("Ida left.", [leave]) == [Placement((4, 8))]
    taken = QuotedSpan(14, 19, "leave", "A")
    assert place_quotes("Ida left. You leave.", [leave, taken])[0] == Placement((4, 8))
    (found,) = place_quotes("Ida left. You leave, they leave.", [leave])
    assert (found.range, found.doubtful) == ((4, 8), ((4, 8), (14, 19), (26, 31)))


WORDS = st.lists(st.sampled_from(["Ida", "Per", "met", "“no”", "é", "日本", "a", ",", "\n", "\u0301"]), max_size=12)
TEXTS = WORDS.map(" ".join)


@st.composite
def texts_and_spans(draw: st.DrawFn) -> tuple[str, list[QuotedSpan]]:
    """Return a text, and spans whose quotes are often of it and whose offsets are often not."""
    text = draw(TEXTS)
    offset = st.one_of(st.none(), st.integers(-2, len(text) + 3))
    quote = st.one_of(TEXTS, st.tuples(st.integers(0, 30), st.integers(0, 8)).map(lambda x: text[x[0] : x[0] + x[1]]))
    return text, draw(
        st.lists(st.builds(QuotedSpan, offset, offset, quote, st.sampled_from("AB"), st.booleans()), max_size=5)
    )


@given(texts_and_spans())
def test_a_place_has_the_words_of_its_quote(drawn: tuple[str, list[QuotedSpan]]) -> None:
    """Whatever the offsets: a placed span reads as its quote, a lost one names ranges of the text."""
    text, spans = drawn
    found = place_quotes(text, spans)
    assert len(found) == len(spans)
    for given_span, p in zip(spans, found, strict=True):
        assert all(0 <= a < b <= len(text) for a, b in p.doubtful)
        if p.range and given_span.sure and given_span.quote.strip():
            there, quote = ("".join(fold_characters(x).split()) for x in (text[slice(*p.range)], given_span.quote))
            assert there == quote or rule.quote_agrees(text, *p.range, given_span.quote)
        if p.why and p.range == (given_span.start, given_span.end) and given_span.quote.strip():
            assert p.doubtful


@given(texts_and_spans())
def test_no_two_spans_share_a_place_by_a_move(drawn: tuple[str, list[QuotedSpan]]) -> None:
    """Spans of one label with other offsets are in other places, unless the file itself has them in one."""
    text, spans = drawn
    moved: dict[object, object] = {}
    for s, p in zip(spans, place_quotes(text, spans), strict=True):
        if p.range and p.why and s.quote.strip() and p.range != (s.start, s.end):
            assert moved.setdefault((p.range, s.label), (s.start, s.end)) == (s.start, s.end)


@given(WORDS.filter(len), st.integers(1, 30))
def test_words_that_occur_once_survive_any_shift(words: list[str], by: int) -> None:
    """A text that got something put before it keeps its spans, if every quote occurs once."""
    names = [f"W{n}{'x' * n}" for n in range(len(words))]
    text, starts = " ".join(names), [sum(len(x) + 1 for x in names[:n]) for n in range(len(names))]
    before = "." * by + " "
    found = place_quotes(before + text, [span(a, x) for a, x in zip(starts, names, strict=True)])
    assert [(before + text)[slice(*p.range)] for p in found if p.range] == names


def test_huge_texts_take_no_quadratic_time() -> None:
    """Thousands of misplaced quotes in a long text, and one that occurs everywhere: nothing is looked for twice."""
    text = "Ida met Per. " * 20_000
    found = place_quotes(text, [span(n + 1, "Ida", length=3) for n in range(0, 130_000, 13)])
    assert len(found) == 10_000
    assert {p.range for p in found[:2]} == {(0, 3), (13, 16)}
