"""Lanes: every span is drawn on every line that it touches, and none hides another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from annotator.core.annotation import Annotation, Answer
from annotator.core.schema import Label, Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import Token
from annotator.session.actions.label_actions import LabelEffect, LabelEffectKind
from annotator.session.state import TaskState
from annotator.tui.layout.article_body import BodyFrame, active_sentence_rows, inactive_sentence_rows
from annotator.tui.layout.span_lanes import PlacedMark, SpanMark, draw_lanes, place_marks
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, Glyphs, row_text, row_width
from annotator.tui.layout.text_cells import WrappedLine, wrap_tokens
from tests import builders
from tests.hostile_text import commands_in, token_lists

LABELS = (("PERSON", "PER", "a"), ("CLAIM", "CLA", "f"), ("人物名", "人物", ""), ("A_VERY_LONG_NAME", "A_V", "z"))


@st.composite
def _drawn(draw: st.DrawFn) -> tuple[tuple[Token, ...], tuple[WrappedLine, ...], list[SpanMark]]:
    tokens = draw(token_lists())
    marks = []
    for _ in range(draw(st.integers(0, 7))):
        a = draw(st.integers(0, len(tokens) - 1))
        b = draw(st.integers(a, len(tokens) - 1))
        label, short, key = draw(st.sampled_from(LABELS))
        state = draw(st.sampled_from(["human", "focus", "proposal"]))
        marks.append(SpanMark(tokens[a].start, tokens[b].end, b - a + 1, label, short, key, state))
    return tokens, wrap_tokens(tokens, draw(st.integers(2, 60))), marks


@given(_drawn())
def test_every_span_is_placed_on_every_line_that_it_touches(
    drawn: tuple[tuple[Token, ...], tuple[WrappedLine, ...], list[SpanMark]],
) -> None:
    """A mark with a cell on a line is placed there once, over just those cells, open where it goes on."""
    _, lines, marks = drawn
    for line in lines:
        placed = place_marks(line, marks)
        touching = [m for m in marks if any(c.token >= 0 and m.start < c.end and c.start < m.end for c in line.cells)]
        assert sorted(map(id, (p.mark for p in placed))) == sorted(map(id, touching))
        for p in placed:
            own = [c for c in line.cells if c.token >= 0 and p.mark.start < c.end and c.start < p.mark.end]
            assert (p.first, p.last) == (own[0].col, own[-1].col + own[-1].width)
            assert p.open_left == (p.mark.start < line.cells[0].start)
            assert p.open_right == (p.mark.end > line.cells[-1].end)


@given(_drawn())
def test_lanes_share_no_cell_and_leave_none_empty(
    drawn: tuple[tuple[Token, ...], tuple[WrappedLine, ...], list[SpanMark]],
) -> None:
    """No two bars of a lane meet, a deeper one lies under one that it meets, shorter is nearer."""
    for line in drawn[1]:
        placed = place_marks(line, drawn[2])
        for i, p in enumerate(placed):
            over = [q for q in placed[:i] if q.first < p.last and p.first < q.last]
            assert p.lane == max((q.lane for q in over), default=-1) + 1
            assert all(q.mark.length <= p.mark.length for q in over)
        assert {p.lane for p in placed} == set(range(len({p.lane for p in placed})))


@given(_drawn(), st.sampled_from([BOX_GLYPHS, ASCII_GLYPHS]))
def test_each_bar_shows_its_ends_and_its_name(
    drawn: tuple[tuple[Token, ...], tuple[WrappedLine, ...], list[SpanMark]], glyphs: Glyphs
) -> None:
    """In plain text each bar has its two ends and its name, and a row is as wide as the line."""
    for line in drawn[1]:
        placed = place_marks(line, drawn[2])
        rows = draw_lanes(placed, line.width, glyphs)
        assert len(rows) == max((p.lane for p in placed), default=0) + 1
        for row in rows:
            assert row_width(row) == line.width
        for p in placed:
            _check_bar(p, _cells("".join(x.text for x in rows[p.lane])), glyphs)


def _cells(text: str) -> list[str]:
    return [c for char in text for c in (char, *[""] * (cell_len(char) - 1))]


def _check_bar(p: PlacedMark, row: list[str], glyphs: Glyphs) -> None:
    bar = {"focus": glyphs.focus, "proposal": glyphs.proposal}.get(p.mark.state, glyphs.human)
    own, width = row[p.first : p.last], p.last - p.first
    assert " " not in own, "a bar has no hole"
    if width < 5:
        return
    crossed = {glyphs.link_left, glyphs.link_right, glyphs.cross}
    assert own[0] in ({glyphs.open_end} if p.open_left else {bar.left, *crossed})
    assert own[-1] in ({glyphs.open_end} if p.open_right else {bar.right, *crossed})
    assert own[1] == (p.mark.label if cell_len(p.mark.label) <= width - 3 else p.mark.short)[0]


def test_three_levels_over_wrapped_lines_are_reported_apart_without_colours() -> None:
    """PERSON and VENUE in COUNT in CLAIM, broken over lines: each level has a lane, names on every line."""
    text = "Pell said the hall in Old Brackwater Market holds 300 guests from Tarn Quay at noon."
    spans = (
        builders.span(text, "the hall in Old Brackwater Market holds 300 guests from Tarn Quay", "CLAIM"),
        builders.span(text, "300 guests from Tarn Quay", "COUNT"),
        builders.span(text, "Tarn Quay", "VENUE"),
        builders.span(text, "Old Brackwater Market", "VENUE"),
        builders.span(text, "Pell", "PERSON"),
    )
    state = builders.task_state(builders.news_schema(), [builders.annotated_sentence(text, *spans)])
    rows = [row_text(r.row)[6:] for r in active_sentence_rows(state, 36, BOX_GLYPHS, "off")]
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
                builders.news_schema(), [builders.annotated_sentence(text, builders.span(text, words, label))]
            )
            for row in active_sentence_rows(state, 40, BOX_GLYPHS):
                assert not commands_in(row_text(row.row))


def test_a_label_without_a_key_has_its_letter_in_the_smallest_bar() -> None:
    """One or two cells show the key in capitals, or the name's first letter where there is no key."""
    schema = Schema("s", "1", (Label("PERSON", "z", "blue"), Label("count", "", "green")))
    marks = [Span(0, 1, "PERSON"), Span(2, 4, "count")]
    state = builders.task_state(schema, [builders.annotated_sentence("a bc d", *marks)])
    assert row_text(active_sentence_rows(state, 20, BOX_GLYPHS, "off")[2].row)[6:] == "Z C─"


# -- suggestions -------------------------------------------------------------------------------

TALK = "Pell met 40 rowers at Tarn Quay."


def _offer(words: str, label: str, score: float = 0.5) -> Suggestion:
    span = builders.span(TALK, words, label)
    return Suggestion(span.start, span.end, label, "rules", score)


def _offered(*offers: Suggestion, **more: Any) -> TaskState:
    """Return an article of three sentences with these offers for each that is open; the last is done."""
    done = replace(builders.annotated_sentence(TALK), annotation=Annotation(answer=Answer.ACCEPT))
    annotated_sentences = [builders.annotated_sentence(TALK), builders.annotated_sentence(TALK), done]
    more = {"visible_suggestions": lambda i: () if annotated_sentences[i].done else offers, **more}
    return builders.task_state(builders.news_schema(), annotated_sentences, **more)


def _taken(found: Mapping[str, tuple[int, Suggestion]]) -> dict[str, LabelEffect]:
    """Return the effects of labels whose keys take these suggestions, in the sentences of these indices."""
    return {name: LabelEffect(LabelEffectKind.TAKE, i, suggestion=s) for name, (i, s) in found.items()}


def _lanes(state: TaskState, i: int, glyphs: Glyphs = BOX_GLYPHS) -> list[str]:
    """Return the rows of a sentence without number and hints: its text, then its lanes."""
    if i == state.active:
        return [row_text(r.row)[6:].rstrip() for r in active_sentence_rows(state, 60, glyphs, "off")][1:]
    frame = BodyFrame(80, 24, 60, spaced=False, glyphs=glyphs)
    return [row_text(r.row)[6:].rstrip() for r in inactive_sentence_rows(state, i, frame)]


def test_a_suggestion_says_what_takes_it() -> None:
    """The tag is the sign of Enter where Enter takes it, the label's key where that does now, else `?`."""
    person, venue, count = (_offer("Pell", "PERSON"), _offer("Tarn Quay", "VENUE"), _offer("40 rowers", "COUNT"))
    state = _offered(
        person,
        venue,
        count,
        label_effects=_taken({"VENUE": (0, venue), "PERSON": (1, person)}),
        auto_accepted_suggestions=lambda i: (count, venue) if i == 0 else (),
    )
    assert _lanes(state, 0)[1] == "PER?     ╰COUNT↵╌╯    ╰VEN ↵s╌╯"
    assert _lanes(state, 1)[1] == "PERa     ╰COUNT?╌╯    ╰VENUE?╌╯"
    assert _lanes(state, 0, ASCII_GLYPHS)[1] == "PER?     +COUNT!.+    +VEN !s.+"


def test_a_stretch_has_one_lane_with_the_keys_of_all_its_labels() -> None:
    """Two labels for one stretch: the likelier one's name, and both keys where both take it."""
    likely, other = _offer("Tarn Quay", "VENUE", 0.6), _offer("Tarn Quay", "PERSON", 0.3)
    state = _offered(other, likely, label_effects=_taken({"PERSON": (0, other), "VENUE": (0, likely)}))
    assert [row.strip() for row in _lanes(state, 0)[1:]] == ["╰VEN as╌╯"]
    assert [row.strip() for row in _lanes(state, 1)[1:]] == ["╰VENUE?╌╯"]


def test_a_suggestion_says_it_once() -> None:
    """On a line that it goes on over there is its name, and no key a second time."""
    offer = _offer("rowers at Tarn Quay", "CLAIM")
    state = _offered(offer, label_effects=_taken({"CLAIM": (0, offer)}))
    rows = [row_text(r.row)[6:].rstrip() for r in active_sentence_rows(state, 16, BOX_GLYPHS, "off")]
    assert rows == ["", "Pell met 40", "", "", "rowers at Tarn", "╰CLAIM f╌╌╌╌╌┄", "", "Quay.", "┄CLA"]


def test_a_suggestion_never_tints_the_text() -> None:
    """What is only proposed leaves the text as it is; in the active sentence and in one beside it."""
    offers = (_offer("Pell", "PERSON"), _offer("40 rowers at Tarn Quay", "CLAIM"))
    with_, without = _offered(*offers, label_effects=_taken({"PERSON": (0, offers[0])})), _offered()
    assert active_sentence_rows(with_, 60, BOX_GLYPHS)[1] == active_sentence_rows(without, 60, BOX_GLYPHS)[1]
    frame = BodyFrame(80, 24, 60, spaced=False, glyphs=BOX_GLYPHS)
    assert inactive_sentence_rows(with_, 1, frame)[0] == inactive_sentence_rows(without, 1, frame)[0]


def test_lanes_are_drawn_where_there_is_something_to_do() -> None:
    """An open sentence beside the active one shows its suggestions and spans, a finished one its text."""
    state = _offered(_offer("Tarn Quay", "VENUE"))
    span = builders.span(TALK, "Pell", "PERSON")
    annotated_sentences = (
        state.annotated_sentences[0],
        replace(state.annotated_sentences[1], annotation=Annotation().with_spans([span])),
    )
    state = replace(
        state,
        annotated_sentences=(
            *annotated_sentences,
            replace(state.annotated_sentences[2], annotation=annotated_sentences[1].annotation),
        ),
    )
    assert _lanes(state, 1) == [TALK, "PERS" + " " * 18 + "╰VENUE?╌╯"]
    finished = replace(annotated_sentences[1], annotation=annotated_sentences[1].annotation.with_answer(Answer.ACCEPT))
    assert _lanes(replace(state, annotated_sentences=(*annotated_sentences, finished)), 2) == [TALK]


def test_lanes_of_context_stand_under_their_words() -> None:
    """A lane begins and ends under the first and the last letter of its words, active or not."""
    offer = _offer("Tarn Quay", "VENUE")
    for i in (0, 1):
        text, lane = _lanes(_offered(offer), i)
        assert (lane.index("╰"), lane.index("╯") + 1) == (text.index("Tarn"), text.index("Quay") + 4)
