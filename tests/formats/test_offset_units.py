"""The offset-unit detective."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import SourceError
from annotator.core.graphemes import split_graphemes
from annotator.formats.offset_units import (
    ALL_OFFSET_UNITS,
    CODE_POINTS,
    CRLF_AS_ONE,
    GRAPHEMES,
    INCLUSIVE,
    LF_AS_TWO,
    ONE_BASED,
    QUOTED_UNITS,
    UTF8,
    UTF16,
    NewlineCounting,
    OffsetConverter,
    OffsetUnit,
    OffsetUnitDetector,
    QuotedRange,
    to_code_points,
    touched_code_points,
)
from annotator.formats.unquoted_offsets import UnquotedTexts


def _detect_unit(text: str, quoted: list[QuotedRange], allowed: tuple[OffsetUnit, ...]) -> OffsetUnit:
    detector = OffsetUnitDetector(allowed)
    detector.add_text(text, quoted)
    return detector.unit()


TEXT = "🛶🛶 Mayor Lena Okafor\r\nrowed to Ösmund 👩‍🚀 and back.\r\nNobody saw Tam."
NAMES = ("Lena Okafor", "Ösmund", "Tam")


def _counted(text: str, name: str, unit: OffsetUnit) -> QuotedRange:
    """Return a span as a tool that counts in ``unit`` would write it."""
    start = text.index(name)
    end = start + len(name)
    return _length(text[:start], unit), _length(text[:end], unit) - unit.inclusive, name


def _length(text: str, unit: OffsetUnit) -> int:
    if unit == UTF16:
        return len(text.encode("utf-16-le")) // 2
    if unit == UTF8:
        return len(text.encode())
    if unit == GRAPHEMES:
        return len(split_graphemes(text))
    if unit == CRLF_AS_ONE:
        return len(text.replace("\r\n", "\n"))
    if unit == LF_AS_TWO:
        return len(text.replace("\n", "\r\n"))
    return len(text)


@pytest.mark.parametrize("unit", [CODE_POINTS, UTF16, UTF8, INCLUSIVE, CRLF_AS_ONE, LF_AS_TWO])
def test_quotes_tell_the_unit(unit: OffsetUnit) -> None:
    """Of all units that are known the one is found in which the quoted texts stand where they are said to."""
    quoted = [_counted(TEXT, name, unit) for name in NAMES]
    assert _detect_unit(TEXT, quoted, ALL_OFFSET_UNITS) == unit
    for (start, end, _), name in zip(quoted, NAMES, strict=True):
        a, b = to_code_points(TEXT, start, end, unit)
        assert TEXT[a:b] == name


def test_words_tell_graphemes_without_quotes() -> None:
    """Where nothing is quoted, edges of words tell graphemes from code points."""
    text = "Tam 👩‍🚀👩‍🚀 flew to Osmund and then to Norhaven."
    spans = [_counted(text, name, GRAPHEMES) for name in ("Osmund", "Norhaven")]
    blind = [(start, end, None) for start, end, _ in spans]
    assert _detect_unit(text, blind, (CODE_POINTS, GRAPHEMES)) == GRAPHEMES


def test_nothing_is_guessed() -> None:
    """Two units that fit equally and give other words are an error that names both and an example."""
    text = "🛶" * 8
    with pytest.raises(SourceError) as error:
        _detect_unit(text, [(0, 2, None)], (CODE_POINTS, UTF16))
    assert str(error.value) == (
        "the offsets may count code points or UTF-16 units, and the two give other words ('🛶🛶' or '🛶'); "
        "choose one with --offsets"
    )


def test_a_plain_text_is_no_question() -> None:
    """Where all units give the same words the first is taken and nothing is noted."""
    detective = OffsetUnitDetector((CODE_POINTS, UTF16, GRAPHEMES))
    detective.add_text("Lena met Tam.", [(0, 4, None), (9, 12, "Tam")])
    assert detective.unit() == CODE_POINTS
    assert detective.note(CODE_POINTS) == ""


def test_an_edge_inside_a_character_is_reported() -> None:
    """Half of a character is no place: it is an error, and never moved to a whole one."""
    with pytest.raises(ValueError, match=r"1 is inside a character \(UTF-16 units\)"):
        to_code_points("🛶 Tam", 1, 3, UTF16)


def test_past_the_end_stays_past_the_end() -> None:
    """An offset beyond the text is beyond it in code points as well, by as much."""
    assert to_code_points("🛶x", 2, 7, UTF16) == (1, 6)


@given(st.text(max_size=40), st.sampled_from([CODE_POINTS, UTF16, UTF8, GRAPHEMES, CRLF_AS_ONE, LF_AS_TWO]))
def test_every_edge_comes_back(text: str, unit: OffsetUnit) -> None:
    """Whatever is counted in a unit up to the edge of a character is that edge again in code points."""
    ruler = OffsetConverter(text, unit)
    at = 0
    pieces = split_graphemes(text) if unit == GRAPHEMES else text
    for piece in pieces:
        if not (unit == CRLF_AS_ONE and text[at : at + 1] == "\n" and text[at - 1 : at] == "\r" and at):
            assert ruler.range(_length(text[:at], unit), _length(text[:at], unit))[0] == at
        at += len(piece)


def test_the_note_shows_what_decided() -> None:
    """Where nothing is quoted and all spans are in the text, the note gives the edges of words."""
    detective = OffsetUnitDetector((CODE_POINTS, UTF16))
    detective.add_text("🛶 Ida saw Tam and went", [(3, 6, None), (11, 14, None)])
    assert detective.unit() == UTF16
    assert detective.note(UTF16) == (
        "offsets count UTF-16 units (4 edges of spans are edges of words; 0 with the next best unit)"
    )


def test_quotes_that_fit_nowhere_show_nothing() -> None:
    """Then the format's own unit stays, whatever else its offsets fit; the quotes decide span by span."""
    detector = OffsetUnitDetector(ALL_OFFSET_UNITS, QUOTED_UNITS)
    detector.add_text("Frau Müller kam nach Köln.", [(5, 12, "Miller"), (22, 27, "Kiel")])
    assert (detector.unit(), detector.best_unit(), detector.note(CODE_POINTS)) == (CODE_POINTS, CODE_POINTS, "")


def test_one_quote_does_not_move_spans_without_one() -> None:
    """Another beginning needs two quotes where other spans would follow it, and most of them in any case."""
    text = "Ida met Per."
    one: list[QuotedRange] = [(1, 4, "Ida")]
    two: list[QuotedRange] = [*one, (9, 12, "Per")]
    bare: QuotedRange = (4, 8, None)
    for quoted, unit in ((one, ONE_BASED), (two, ONE_BASED), ([*two, bare], ONE_BASED), ([*one, bare], CODE_POINTS)):
        detector = OffsetUnitDetector((CODE_POINTS,), QUOTED_UNITS)
        detector.add_text(text, quoted)
        assert detector.unit() == unit
    detector = OffsetUnitDetector((CODE_POINTS,), QUOTED_UNITS)
    detector.add_text(text, [*two, (0, 3, "x"), (0, 3, "y"), (0, 3, "z")])
    assert detector.unit() == CODE_POINTS


OFFSETS, UNITS = st.integers(-3, 15), st.sampled_from([*ALL_OFFSET_UNITS, *QUOTED_UNITS])


@given(st.text("aé🛶 \r\n", max_size=12), OFFSETS, OFFSETS, UNITS)
def test_what_offsets_touch_is_in_the_text(text: str, start: int, end: int, unit: OffsetUnit) -> None:
    """Whole characters, whatever is wrong with the offsets; where nothing is, the place itself."""
    first, last = touched_code_points(text, start, end, unit)
    assert first >= 0
    assert last <= len(text)
    with suppress(ValueError):
        place = to_code_points(text, start, end, unit)
        if 0 <= place[0] < place[1] <= len(text):
            assert (first, last) == place


_LINES = "Åse 🎉 saw Ida Holm.\nUna met Per.\nEda left Orkenby.\nNobody came to Skerrin."
_MARKED = ("Ida Holm", "Una", "Per", "Eda", "Orkenby", "Nobody", "Skerrin")


@pytest.mark.parametrize("unit", dict.fromkeys((*ALL_OFFSET_UNITS, *QUOTED_UNITS)))
def test_spans_without_quotes_show_the_unit_that_makes_words_of_them(unit: OffsetUnit) -> None:
    """Where the unit of the format puts them inside words; the words are right, whatever fits as well."""
    text = _LINES.replace("\n", "\r\n") if unit.newlines is NewlineCounting.CRLF_AS_ONE else _LINES
    found = [(text.index(w), text.index(w) + len(w)) for w in _MARKED]
    points = {
        to_code_points(text, n, n, OffsetUnit(unit.scale, newlines=unit.newlines))[0]: n for n in _steps(text, unit)
    }
    ranges = [(points[a] + unit.one_based, points[b] + unit.one_based - unit.inclusive, None) for a, b in found]
    texts = UnquotedTexts()
    texts.add(text, ranges)
    better, note = texts.better_unit(CODE_POINTS)
    assert [to_code_points(text, a, b, better) for a, b, _ in ranges] == found
    assert bool(note) == (better != CODE_POINTS)


def _steps(text: str, unit: OffsetUnit) -> list[int]:
    """Return the offsets of a unit that are edges of characters."""
    plain, steps = OffsetUnit(unit.scale, newlines=unit.newlines), []
    for n in range(5 * len(text)):
        with suppress(ValueError):
            if to_code_points(text, n, n, plain)[0] <= len(text):
                steps.append(n)
    return steps


def test_spans_that_are_words_or_parts_of_words_keep_their_unit() -> None:
    """Two spans show nothing, nor do spans in a script without blanks, or words and parts of words."""
    for text, ranges in (
        ("Ida met Per.", [(0, 2), (8, 10)]),
        ("Ida met Ida and Ida, Ida or Idas.", [(0, 2), (8, 10), (16, 18), (21, 23)]),
        ("田中さんは東京で働いています。", [(0, 1), (5, 6), (8, 9), (2, 4)]),
        ("Ida met Per and Una.", [(0, 3), (8, 11), (16, 19), (0, 2)]),
        ("Reyes~Director~Union met", [(0, 5), (6, 13), (15, 19), (1, 3), (7, 9)]),
    ):
        texts = UnquotedTexts()
        texts.add(text, [(a, b, None) for a, b in ranges])
        assert texts.better_unit(CODE_POINTS) == (CODE_POINTS, "")


def test_offsets_that_cut_words_by_any_unit_are_doubtful() -> None:
    """A text that was shifted; not with two such spans, in a script without blanks, or where half are words."""
    words = [(_LINES.index(w), _LINES.index(w) + len(w)) for w in _MARKED[:6]]
    shifted = [(a + 1, b + 2) for a, b in words]
    japanese = "田中さんは東京で働いています。" * 9
    for text, ranges, is_doubtful in (
        (_LINES, shifted, True),
        (_LINES, shifted[:3], True),
        (_LINES, shifted[:2], False),
        (_LINES, shifted[:5] + words, False),
        (japanese, [(n, n + 2) for n in range(0, 90, 7)], False),
    ):
        texts = UnquotedTexts()
        texts.add(text, [(a, b, None) for a, b in ranges])
        unit, note = texts.better_unit(CODE_POINTS)
        assert (unit.is_doubtful, bool(note)) == (is_doubtful, is_doubtful), ranges
