"""Rows of the search and the worklist: safe, within their width, the words that are looked for in sight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from annotator.checks.consistency import InconsistencyGroup, InconsistencyKind, WordOccurrence, find_inconsistencies
from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.search_query import QUERY_FIELDS, QUERY_STATES, parse_query
from annotator.core.spans import Span
from annotator.session.corpus_overview import InconsistentPlace
from annotator.session.sentence_search import SearchHit
from annotator.tui.layout.overview import problem_text, progress_bars_row
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, CellStyle, row_text, row_width
from annotator.tui.layout.worklists import (
    HIGHLIGHT_STYLE,
    ConsistencyView,
    WorklistPlace,
    consistency_worklist_rows,
    highlighted_text_row,
    query_help_rows,
    search_header,
    search_hit_rows,
    worklist_header,
)
from tests import builders
from tests.hostile_text import PAYLOADS, commands_in

_TEXTS = st.one_of(
    st.text(min_size=1, max_size=200),
    st.sampled_from(PAYLOADS).map(lambda x: f"so {x} and {x} on"),
    st.just("漢字" * 60),
)


def _hit(text: str, a: int, b: int) -> SearchHit:
    annotated = AnnotatedSentence(builders.sentence(text), Annotation(answer=Answer.ACCEPT))
    return SearchHit(11, 122, text, annotated, ((a, b),) if a < b else ())


@given(_TEXTS, st.integers(0, 200), st.integers(1, 9), st.integers(1, 200), st.integers(1, 30))
def test_hits_keep_to_their_width_and_command_nothing(text: str, at: int, length: int, width: int, height: int) -> None:
    """Whatever an article or its title holds, each row fits, and only our own characters are drawn."""
    a = min(at, len(text) - 1)
    hits = [_hit(text, a, min(len(text), a + length))] * 3
    for rows in (
        search_hit_rows(hits, 1, width, height, BOX_GLYPHS),
        query_help_rows(width),
        (search_header(text, "3 hits", width, BOX_GLYPHS),),
    ):
        for row in rows:
            assert row_width(row) <= max(width, 12)
            assert not commands_in("".join(p.text for p in row))
    assert len(search_hit_rows(hits, 1, width, height, ASCII_GLYPHS)) == height


@given(st.integers(0, 300), st.integers(20, 120))
def test_what_was_looked_for_is_in_sight(before: int, room: int) -> None:
    """However long the sentence, its first lit word is on the row, lit."""
    text = "word " * before + "Skerrin" + " word" * 80
    row = highlighted_text_row(text, ((5 * before, 5 * before + 7),), room, CellStyle(), BOX_GLYPHS)
    assert [p.text for p in row if p.style == HIGHLIGHT_STYLE] == ["Skerrin"]
    assert row_width(row) <= room


def _groups() -> tuple[InconsistencyGroup, ...]:
    texts = ("They met on Skerrin.", "Skerrin has no shop.", "Nobody left Skerrin.")
    annotated_sentences = []
    for n, text in enumerate(texts):
        spans = [builders.span(text, "Skerrin", "VENUE")] if n != 1 else []
        sentence = builders.sentence(text, start=n * 100, index=n)
        annotated_sentences.append(AnnotatedSentence(sentence, Annotation(answer=Answer.ACCEPT).with_spans(spans)))
    return find_inconsistencies(annotated_sentences, builders.news_schema())


def test_a_group_shows_counts_places_and_what_follows() -> None:
    """The proposal comes with its keys; what is settled says so; the next words are listed."""
    (group,) = _groups()
    lines = [WorklistPlace(p, f"1.{p.annotated.sentence.index + 1}") for p in group.occurrences]
    lines.sort(key=lambda x: x.place.is_consistent)
    view = ConsistencyView(group, tuple(lines), 0, 2, (("Brekke", 3), ("Quist", 1)))
    shown = [row_text(row) for row in consistency_worklist_rows(view, 80, 20, BOX_GLYPHS)]
    assert shown[0] == "  2 Skerrin  labelled here and not there:  VENUE 2 · not labelled 1"
    assert shown[2].startswith("▌▸    1.2 Skerrin has no shop.")
    assert shown[2].endswith("VENUE?")
    assert shown[3].endswith(" VENUE")
    assert "not labelled here   y VENUE   n leave it" in shown[7]
    assert [x.strip() for x in shown[9:12]] == ["NEXT", "Brekke  3", "Quist  1"]
    done = replace(view, places=(replace(lines[0], resolved=True), *lines[1:]))
    assert "done; u takes it back" in row_text(consistency_worklist_rows(done, 80, 20, BOX_GLYPHS)[7])
    left = replace(view, places=(replace(lines[0], resolved=False), *lines[1:]))
    assert row_text(consistency_worklist_rows(left, 80, 20, BOX_GLYPHS)[2]).endswith("left")
    other = replace(view, position=1)
    assert "VENUE, like most" in row_text(consistency_worklist_rows(other, 80, 20, BOX_GLYPHS)[7])


@given(_TEXTS, st.integers(1, 160), st.integers(1, 40))
def test_the_worklist_keeps_to_its_size_and_commands_nothing(text: str, width: int, height: int) -> None:
    """Whatever the words are and however small the window is, there are as many rows as there is room."""
    annotated = AnnotatedSentence(builders.sentence(text), Annotation())
    place = WordOccurrence(annotated, 0, len(text), None, Span(0, len(text), "VENUE"))
    group = InconsistencyGroup(text, InconsistencyKind.MISSED, "VENUE", (place,) * 30, 0.5)
    view = ConsistencyView(group, tuple(WorklistPlace(place, "1.1") for _ in range(30)), 12, 1, ((text, 3),))
    rows = consistency_worklist_rows(view, width, height, BOX_GLYPHS)
    assert len(rows) == height
    for row in (*rows, worklist_header("words", "3 open", width, BOX_GLYPHS)):
        assert row_width(row) <= width
        assert not commands_in("".join(p.text for p in row))


def test_problems_are_reported_in_words() -> None:
    """What is here, and where most are otherwise: in the article by number, else how many."""
    (group,) = _groups()
    (place,) = group.changes
    assert problem_text(InconsistentPlace(group, place, [1, 3])) == "Skerrin is unlabelled here and VENUE in 1, 3"
    assert problem_text(InconsistentPlace(group, place, [1, 2, 3, 4, 5])).endswith("VENUE in 1, 2, 3, 4 and more")
    assert (
        problem_text(InconsistentPlace(group, place, [])) == "Skerrin is unlabelled here and VENUE in 2 other sentences"
    )
    edges = replace(group, kind=InconsistencyKind.EDGES)
    assert (
        problem_text(InconsistentPlace(edges, replace(place, existing=Span(0, 7, "VENUE")), [3]))
        == '"Skerrin" is "Skerrin" in 3'
    )


def test_the_help_names_every_condition() -> None:
    """Each condition that the query knows stands in the help, and each example is read as meant."""
    shown = "\n".join(row_text(row) for row in query_help_rows(80))
    for word in (*(f"{x}:" for x in QUERY_FIELDS), *QUERY_STATES, '"Port Amery"', "-word"):
        assert word in shown, "add a row to _QUERY_HELP"
    kinds = [t.kind for t in parse_query('harbour "Port Amery" label:PERSON answer:open flag note problem -x').terms]
    assert kinds == ["word", "exact", "label", "answer", "flag", "note", "problem", "word"]


def test_without_box_drawing_all_is_ascii() -> None:
    """With the ASCII set none of our own characters is another one."""
    (group,) = _groups()
    lines = tuple(
        WorklistPlace(p, "1.1", settled) for p, settled in zip(group.occurrences, (None, True, False), strict=True)
    )
    hits = [_hit("a word " * 40, 210, 214)]
    for at in range(3):
        view = ConsistencyView(group, lines, at, 1, (("Brekke", 3),))
        rows = [
            *consistency_worklist_rows(view, 60, 20, ASCII_GLYPHS),
            worklist_header("words", "3 open", 60, ASCII_GLYPHS),
        ]
        rows += [
            *search_hit_rows(hits, 0, 60, 3, ASCII_GLYPHS),
            *query_help_rows(60),
            search_header("news", "3 hits", 60, ASCII_GLYPHS),
        ]
        assert all(row_text(row).isascii() for row in rows)


@pytest.mark.parametrize("width", [40, 60, 66, 80, 160])
def test_the_gauges_leave_room_for_their_figures(width: int) -> None:
    """The share of the corpus is whole on a narrow screen too."""
    state = builders.task_state(builders.news_schema(), [builders.annotated_sentence("Pell rowed.")], done=3, total=3)
    row = progress_bars_row(state, width, BOX_GLYPHS)
    assert (row_width(row), " 100 % " in row_text(row)) == (width, True)


def test_a_cut_head_says_so() -> None:
    """What is listed gives way to how much waits, and shows that something was cut."""
    head = worklist_header("spans inside a token", "12 spans open", 36, BOX_GLYPHS)
    assert row_text(head) == " Worklist · spans…    12 spans open"
