"""Lanes: every span is drawn on every line that it touches, and none hides another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from annotator.core.schema import parse_schema
from annotator.core.spans import Span
from annotator.core.tokens import Token
from annotator.tui.layout.block import block_rows
from annotator.tui.layout.glyphs import ASCII, BOX, Glyphs
from annotator.tui.layout.lanes import Mark, Placed, draw, place
from annotator.tui.layout.row import plain, width_of
from annotator.tui.layout.wrap import Line, wrap
from tests import builders
from tests.nasty import commands_in, token_lists

LABELS = (
    ("PERSON", "PER", "a"),
    ("CLAIM", "CLA", "f"),
    ("人物名", "人物", ""),
    ("A_VERY_LONG_NAME", "A_V", "z"),
)


@st.composite
def _drawn(draw: st.DrawFn) -> tuple[tuple[Token, ...], tuple[Line, ...], list[Mark]]:
    tokens = draw(token_lists())
    marks = []
    for _ in range(draw(st.integers(0, 7))):
        a = draw(st.integers(0, len(tokens) - 1))
        b = draw(st.integers(a, len(tokens) - 1))
        label, short, key = draw(st.sampled_from(LABELS))
        state = draw(st.sampled_from(["human", "focus", "proposal"]))
        marks.append(Mark(tokens[a].start, tokens[b].end, b - a + 1, label, short, key, state))
    return tokens, wrap(tokens, draw(st.integers(2, 60))), marks


@given(_drawn())
def test_every_span_is_placed_on_every_line_that_it_touches(
    drawn: tuple[tuple[Token, ...], tuple[Line, ...], list[Mark]],
) -> None:
    """A mark with a cell on a line is placed there once, over just those cells, open where it goes on."""
    _, lines, marks = drawn
    for line in lines:
        placed = place(line, marks)
        touching = [
            m for m in marks if any(c.token >= 0 and m.start < c.end and c.start < m.end for c in line.cells)
        ]
        assert sorted(map(id, (p.mark for p in placed))) == sorted(map(id, touching))
        for p in placed:
            own = [c for c in line.cells if c.token >= 0 and p.mark.start < c.end and c.start < p.mark.end]
            assert (p.first, p.last) == (own[0].col, own[-1].col + own[-1].width)
            assert p.open_left == (p.mark.start < line.cells[0].start)
            assert p.open_right == (p.mark.end > line.cells[-1].end)


@given(_drawn())
def test_lanes_share_no_cell_and_leave_none_empty(
    drawn: tuple[tuple[Token, ...], tuple[Line, ...], list[Mark]],
) -> None:
    """No two bars of a lane meet, a deeper one lies under one that it meets, shorter is nearer."""
    for line in drawn[1]:
        placed = place(line, drawn[2])
        for i, p in enumerate(placed):
            over = [q for q in placed[:i] if q.first < p.last and p.first < q.last]
            assert p.lane == max((q.lane for q in over), default=-1) + 1
            assert all(q.mark.length <= p.mark.length for q in over)
        assert {p.lane for p in placed} == set(range(len({p.lane for p in placed})))


@given(_drawn(), st.sampled_from([BOX, ASCII]))
def test_each_bar_shows_its_ends_and_its_name(
    drawn: tuple[tuple[Token, ...], tuple[Line, ...], list[Mark]], glyphs: Glyphs
) -> None:
    """In plain text each bar has its two ends and its name, and a row is as wide as the line."""
    for line in drawn[1]:
        placed = place(line, drawn[2])
        rows = draw(placed, line.width, glyphs)
        assert len(rows) == max((p.lane for p in placed), default=0) + 1
        for row in rows:
            assert width_of(row) == line.width
        for p in placed:
            _check_bar(p, _cells("".join(x.text for x in rows[p.lane])), glyphs)


def _cells(text: str) -> list[str]:
    return [c for char in text for c in (char, *[""] * (cell_len(char) - 1))]


def _check_bar(p: Placed, row: list[str], glyphs: Glyphs) -> None:
    bar = {"focus": glyphs.focus, "proposal": glyphs.proposal}.get(p.mark.state, glyphs.human)
    own, width = row[p.first : p.last], p.last - p.first
    assert " " not in own, "a bar has no hole"
    if width < 5:
        return
    crossed = {glyphs.link_left, glyphs.link_right, glyphs.cross}
    assert own[0] in ({glyphs.open_end} if p.open_left else {bar.left, *crossed})
    assert own[-1] in ({glyphs.open_end} if p.open_right else {bar.right, *crossed})
    assert own[1] == (p.mark.label if cell_len(p.mark.label) <= width - 3 else p.mark.short)[0]


def test_three_levels_over_wrapped_lines_are_told_apart_without_colours() -> None:
    """PERSON and VENUE in COUNT in CLAIM, broken over lines: each level has a lane, names on every line."""
    text = "Pell said the hall in Old Brackwater Market holds 300 guests from Tarn Quay at noon."
    spans = (
        builders.span(text, "the hall in Old Brackwater Market holds 300 guests from Tarn Quay", "CLAIM"),
        builders.span(text, "300 guests from Tarn Quay", "COUNT"),
        builders.span(text, "Tarn Quay", "VENUE"),
        builders.span(text, "Old Brackwater Market", "VENUE"),
        builders.span(text, "Pell", "PERSON"),
    )
    state = builders.task_state(builders.news_schema(), [builders.work(text, *spans)])
    rows = [plain(r.row)[6:] for r in block_rows(state, 36, BOX, "off")]
    assert rows == [
        "",
        "Pell said the hall in Old Brackwater",
        "PERS      │           └VENUE───────┄",
        "          └CLAIM───────────────────┄",
        "",
        "Market holds 300 guests from Tarn",
        "┄VEN─┘       │               VEN┄",
        "             └COUNT─────────────┄",
        "┄CLAIM──────────────────────────┄",
        "",
        "Quay at noon.",
        "┄VEN",
        "┄COU",
        "┄CLA",
    ]


def test_names_of_labels_from_a_strange_journal_do_no_harm() -> None:
    """A span of a label that the schema doesn't have, with escapes in its name, is drawn as plain text."""
    text = "Pell counted boats."
    for label in ("\x1b]52;c;x\x07", "\x9b2J", "\u202eX", "[/x]", "漢" * 9, "\x00"):
        for words in ("Pell counted boats", "Pell", "."):
            state = builders.task_state(
                builders.news_schema(), [builders.work(text, builders.span(text, words, label))]
            )
            for row in block_rows(state, 40, BOX):
                assert not commands_in(plain(row.row))


def test_a_label_without_a_key_has_its_letter_in_the_smallest_bar() -> None:
    """One or two cells show the key in capitals, or the name's first letter where there is no key."""
    schema = parse_schema({"label": [{"name": "PERSON", "key": "z"}, {"name": "count"}]}, "s")
    marks = [Span(0, 1, "PERSON"), Span(2, 4, "count")]
    state = builders.task_state(schema, [builders.work("a bc d", *marks)])
    assert plain(block_rows(state, 20, BOX, "off")[2].row)[6:] == "Z C─"
