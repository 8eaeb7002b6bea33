"""The rows of each screen: never wider or more than the screen, calm while one works, ASCII on demand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.article import Sentence
from annotator.core.errors import RuleError
from annotator.core.schema import Example, Schema
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import tokens_text
from annotator.session.actions import annotation_actions as actions
from annotator.session.actions.label_actions import LabelEffect, LabelEffectKind
from annotator.session.actions.selection import explicit_selection
from annotator.session.annotation_controller import AnnotationController
from annotator.session.commands import footer_items
from annotator.session.corpus_overview import ArticleListItem
from annotator.session.state import SaveState, StatusMessage, TaskState
from annotator.tui.layout import styled_text as styled
from annotator.tui.layout.article_body import (
    NEW_PAGE_ROW,
    BodyFrame,
    BodyRow,
    _visible_rows,
    active_row_on_page,
    active_sentence_rows,
    active_start_row,
    body_rows,
    fully_visible_sentences,
    visible_page,
)
from annotator.tui.layout.article_lines import article_line_rows, article_lines_header, verdict_reason_row
from annotator.tui.layout.help_rows import guideline_rows
from annotator.tui.layout.overview import (
    ArticleList,
    article_list_rows,
    overview_header,
    overview_sentence_rows,
    progress_bars_row,
)
from annotator.tui.layout.prompt import prompt_rows, welcome_row
from annotator.tui.layout.status_rows import empty_rule_row, header_row, keys_row, rule_row, side_panel_rows
from annotator.tui.layout.styled_text import (
    ASCII_GLYPHS,
    BOX_GLYPHS,
    Glyphs,
    StyledRow,
    clip_row,
    clip_words,
    row_text,
    row_width,
    wrap_paragraph,
)
from tests import builders
from tests.hostile_text import PAYLOADS, commands_in, token_lists

NEWS = builders.news_schema()


def _frame(width: int, height: int, glyphs: Glyphs = BOX_GLYPHS, mode: str = "all") -> BodyFrame:
    """Return the frame as the annotate screen makes it, without a panel."""
    text = max(2, min(96, width - 8))
    return BodyFrame(width, max(1, height - 3), text, spaced=height >= 36, glyphs=glyphs, hint_mode=mode)


@st.composite
def _states(draw: st.DrawFn) -> TaskState:
    """Make an article of nasty sentences with spans, a selection, a message and a mark."""
    annotated_sentences = []
    for i in range(draw(st.integers(1, 4))):
        tokens = draw(token_lists())
        text = tokens_text(tokens)
        annotated = AnnotatedSentence(Sentence("0123456789ab", i, 0, len(text), text, tokens))
        ranges = draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=4))
        spans = [_span(annotated, a, b, NEWS.labels[(a + b) % 4].name) for a, b in ranges]
        answer = draw(st.sampled_from([None, *Answer]))
        annotated_sentences.append(replace(annotated, annotation=Annotation(answer=answer).with_spans(spans)))
    active = draw(st.integers(0, len(annotated_sentences) - 1))
    n = len(annotated_sentences[active].sentence.tokens)
    first = draw(st.integers(0, n - 1))
    selection = explicit_selection(first, draw(st.integers(first + 1, n))) if draw(st.booleans()) else None
    words = draw(st.sampled_from(["", "done", "漢" * 60, "a rule. " * 30, *PAYLOADS]))
    message = StatusMessage(words, draw(st.booleans())) if words else None
    spans_here = annotated_sentences[active].annotation.spans
    focus = spans_here[0] if spans_here and not selection and draw(st.booleans()) else None
    saved = draw(st.sampled_from(SaveState))
    typed = draw(st.sampled_from(["", "z"]))
    return builders.task_state(
        NEWS,
        annotated_sentences,
        active,
        selection=selection,
        message=message,
        selected_span=focus,
        save_state=saved,
        typed_hint=typed,
    )


def _span(annotated: AnnotatedSentence, a: int, b: int, label: str) -> Span:
    tokens = annotated.sentence.tokens
    first, last = sorted((a % len(tokens), b % len(tokens)))
    return Span(tokens[first].start, tokens[last].end, label)


@settings(max_examples=150)
@given(_states(), st.integers(1, 200), st.integers(1, 60), st.sampled_from(["all", "likely", "off"]))
def test_the_body_has_just_its_rows_and_none_too_wide(state: TaskState, width: int, height: int, mode: str) -> None:
    """From 1×1 to 200×60: as many rows as there is room for, each within the width, nothing that commands."""
    frame = _frame(width, height, mode=mode)
    rows = body_rows(state, frame, active_start_row(state, frame))
    assert len(rows) == frame.height
    for r in rows:
        _is_safe(r.row, width)
        assert -1 <= r.sentence < len(state.annotated_sentences)


@settings(max_examples=150)
@given(_states(), st.integers(10, 80), st.integers(1, 20))
def test_hints_and_lanes_are_drawn_with_their_text(state: TaskState, width: int, room: int) -> None:
    """Where a sentence is cut off, no row of hints and no lane is left without the words that it belongs to."""
    frame = _frame(width, 12)
    block = active_sentence_rows(state, frame.text_width, frame.glyphs)
    drawn = _visible_rows(block, state, frame, room)
    assert 0 < len(drawn) <= max(room, 1)
    for line in {row.line for row in drawn}:
        assert [row for row in block if row.line == line][1] in drawn


@pytest.mark.parametrize("width", [1, 5, 40, 60, 80])
def test_advice_is_cut_after_a_word(width: int) -> None:
    """A row that is too long ends after a whole word, with a mark; one that fits stays as it is."""
    row = (styled.key("Tab"), styled.muted(" goes to the next suggestion, candidate or span of the sentence, 漢字 too"))
    cut = clip_words(row, width)
    assert row_width(cut) <= width
    words = row_text(row).split()
    if width >= 40:
        assert row_text(cut).removesuffix("…").split() == words[: len(row_text(cut).removesuffix("…").split())]
    assert clip_words(row, row_width(row)) == row


def test_a_head_in_a_narrow_window_keeps_whole_words() -> None:
    """The overview's head leaves out facts before it cuts what it is."""
    state = builders.task_state(NEWS, [builders.annotated_sentence("He left.")], done=3, total=9)
    heads = [row_text(overview_header(state, "news", width, BOX_GLYPHS)).split() for width in (30, 40, 60)]
    assert [head[:3] for head in heads] == [["Overview", "·", "news"]] * 3
    assert heads[0][3:] == ["33", "%"]
    assert heads[2][3:] == ["article", "1/2", "·", "3", "of", "9", "sentences", "·", "33", "%"]


def test_a_newcomer_is_recommended_sure_suggestions_alone() -> None:
    """From a score of 0.9 on the row names words, label and key; below that it is general, and fits 40 columns."""
    annotated = builders.annotated_sentence("The boats lay in Port Amery.")
    for score, says in ((0.9, " is a VENUE: press s."), (0.89, "letter above a word")):
        place = Suggestion(17, 27, "VENUE", "rules", score)
        state = builders.task_state(
            NEWS, [annotated], label_effects={"VENUE": LabelEffect(LabelEffectKind.TAKE, 0, None, place)}
        )
        for width in (40, 60, 80):
            row = row_text(welcome_row(state, width, BOX_GLYPHS))
            assert cell_len(row) <= width
            assert says in row
            assert row.endswith(".")


@settings(max_examples=150)
@given(_states(), st.integers(1, 200), st.integers(1, 60))
def test_all_other_rows_keep_to_their_width(state: TaskState, width: int, height: int) -> None:
    """Head, rule, keys, prompt, panel and the other screens' rows end where the screen ends."""
    for row in _bars(state, width, BOX_GLYPHS):
        _is_safe(row, width)
    for rows in (
        side_panel_rows(state, 28, height, BOX_GLYPHS),
        side_panel_rows(state, 46, height, BOX_GLYPHS),
        overview_sentence_rows(state, {0: PAYLOADS}, max(width, 60), height, BOX_GLYPHS),
        article_line_rows(state.article, 0, max(width, 30), height, BOX_GLYPHS),
        article_list_rows(
            ArticleList([ArticleListItem(x, 1, 2) for x in PAYLOADS], 3, "sorted"), 44, height, BOX_GLYPHS
        ),
    ):
        assert len(rows) == height
        for row in rows:
            _is_safe(row, max(width, 60))


def _bars(state: TaskState, width: int, glyphs: Glyphs) -> Iterator[StyledRow]:
    yield header_row(state, width, glyphs)
    yield rule_row(state, width, glyphs)
    yield keys_row(footer_items(), ("F1", "all keys"), width)
    yield from prompt_rows(state, width, glyphs)
    yield clip_row(welcome_row(state, width, glyphs), width)
    yield clip_row(overview_header(state, "news", width, glyphs), width)
    yield progress_bars_row(state, width, glyphs)
    yield clip_row(article_lines_header(state.article, width, glyphs), width)
    yield verdict_reason_row(state.article, 0, width, glyphs)
    yield empty_rule_row(width, glyphs)


def _is_safe(row: StyledRow, width: int) -> None:
    assert row_width(row) <= width
    assert not commands_in("".join(p.text for p in row))


# -- calm --------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("nlgtr"), st.integers(0, 3)), min_size=3, max_size=15),
    st.sampled_from([(80, 24), (60, 30), (120, 40), (40, 16)]),
    st.booleans(),
)
def test_nothing_above_the_block_moves_and_no_hint_changes(
    actions: list[tuple[str, int]], size: tuple[int, int], proposing: bool
) -> None:
    """While one selects, labels and removes in a sentence its row, its text and every hint row stay.

    The rows above it stay too, but that what is labelled here may be suggested there.
    """
    with tempfile.TemporaryDirectory() as folder:
        session = builders.open_session(builders.make_corpus(Path(folder) / "news"))
        session.navigation.move_in_article(1)
        controller, frame = AnnotationController(session), _frame(*size)
        controller.settings.suggestions_enabled = proposing
        start = active_start_row(controller.state(), frame)
        before = _still(controller.state(), frame, start)
        for action, n in actions:
            with suppress(RuleError):
                _do(controller, action, n)
            above, *block = _still(controller.state(), frame, start)
            assert tuple(block) == before[1:]
            assert proposing or above == before[0]
        session.close()


def _do(controller: AnnotationController, action: str, n: int) -> None:
    if action == "l":
        controller.label(controller.session.schema.labels[n].name)
    else:
        {
            "n": lambda: controller.apply(actions.select_next_stop, 1),
            "g": lambda: controller.apply(actions.grow_selection),
            "t": lambda: controller.apply(actions.move_cursor, 1),
            "r": lambda: controller.apply(actions.remove_span_or_suggestion),
        }[action]()


def _still(state: TaskState, frame: BodyFrame, start: int) -> tuple[list[str], int, list[str], list[str]]:
    """Return what must not move: the rows above, the block's row, its hint rows, its text."""
    body = body_rows(state, frame, start)
    rows = [row_text(r.row) for r in body]
    at = next(i for i, r in enumerate(body) if r.sentence == state.active)
    block = active_sentence_rows(state, frame.text_width, frame.glyphs)
    first = {line: i for i, line in reversed(list(enumerate(r.line for r in block)))}
    hints = [row_text(block[i].row) for _, i in sorted(first.items())]
    return rows[:start], at, hints, [row_text(block[i + 1].row) for _, i in sorted(first.items())]


# -- the page ----------------------------------------------------------------------------------

SIZES = st.tuples(st.integers(30, 130), st.integers(8, 60))


@st.composite
def _articles(draw: st.DrawFn) -> TaskState:
    """Make an article of sentences of all lengths, some done, each open one with a suggestion or two."""
    lengths = draw(st.lists(st.integers(1, 60), min_size=1, max_size=14))
    annotated_sentences = [
        builders.annotated_sentence(" ".join(f"word{n}" for n in range(length)) + ".") for length in lengths
    ]
    done = draw(st.lists(st.booleans(), min_size=len(annotated_sentences), max_size=len(annotated_sentences)))
    annotation = [Annotation(answer=Answer.ACCEPT if d else None) for d in done]
    annotated_sentences = [replace(w, annotation=a) for w, a in zip(annotated_sentences, annotation, strict=True)]
    offers = [draw(_suggested(w)) for w in annotated_sentences]
    active = draw(st.integers(0, len(annotated_sentences) - 1))
    return builders.task_state(NEWS, annotated_sentences, active, visible_suggestions=lambda i: offers[i])


@st.composite
def _suggested(draw: st.DrawFn, annotated: AnnotatedSentence) -> tuple[Suggestion, ...]:
    if annotated.done:
        return ()
    ranges = draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=2))
    spans = [_span(annotated, a, b, NEWS.labels[(a + b) % 4].name) for a, b in ranges]
    return tuple(Suggestion(s.start, s.end, s.label, "rules", 0.5) for s in spans)


def _at(state: TaskState, active: int) -> TaskState:
    """Return the article as it is when another sentence is active."""
    return builders.task_state(NEWS, state.annotated_sentences, active, visible_suggestions=state.visible_suggestions)


@settings(max_examples=50)
@given(_articles(), SIZES)
def test_shown_whole_is_what_is_painted_whole(state: TaskState, size: tuple[int, int]) -> None:
    """In view are just the sentences of which all rows are painted that a boundless screen would have."""
    frame = _frame(*size)
    rows = body_rows(state, frame, active_start_row(state, frame))
    everything = body_rows(state, replace(frame, height=2000), 1000)
    whole = {i for i in range(len(state.annotated_sentences)) if _painted(rows, i) == _painted(everything, i)}
    assert set(fully_visible_sentences(rows, state, frame)) == whole


def _painted(rows: Sequence[BodyRow], i: int) -> list[str]:
    return [row_text(r.row) for r in rows if r.sentence == i and r.line >= 0]


def test_nothing_is_in_view_where_no_text_can_be_read() -> None:
    """In a window narrower than the text's first column nothing counts as shown."""
    state = builders.task_state(NEWS, [builders.annotated_sentence("Pell left.")])
    frame = _frame(7, 40)
    assert fully_visible_sentences(body_rows(state, frame, 0), state, frame) == ()


@settings(max_examples=50)
@given(_articles(), SIZES)
def test_moving_in_view_keeps_the_page(state: TaskState, size: tuple[int, int]) -> None:
    """Going to a sentence in view moves no row above it nor above the one that one comes from.

    Where its block would not be on the screen whole, the page does not stay.
    """
    frame = _frame(*size)
    start = active_start_row(state, frame)
    page = visible_page(state, frame, start)
    before = body_rows(state, frame, start)
    for i in fully_visible_sentences(before, state, frame):
        to = _at(state, i)
        row = active_row_on_page(page, to, frame)
        block = active_sentence_rows(to, frame.text_width, frame.glyphs)
        if row is None:
            continue
        after = body_rows(to, frame, row)
        assert [r.row for r in after[row : row + len(block)]] == [r.row for r in block]
        assert after[row + len(block)].sentence == i, "and its prompt"
        same = max(0, min(start, row) - 1)
        assert [row_text(r.row) for r in after[:same]] == [row_text(r.row) for r in before[:same]]
        if i == state.active and start > 0:
            assert row == start


@settings(max_examples=50)
@given(_articles(), SIZES)
def test_a_page_keeps_what_is_before_the_sentence(state: TaskState, size: tuple[int, int]) -> None:
    """A sentence that stood whole on the page and comes before the active one can be gone back to."""
    frame = _frame(*size)
    start = active_start_row(state, frame)
    page = visible_page(state, frame, start)
    for i in fully_visible_sentences(body_rows(state, frame, start), state, frame):
        if i < state.active:
            assert page.first_sentence <= i
            row = active_row_on_page(page, _at(state, i), frame)
            assert row is None or row < start


@settings(max_examples=40)
@given(_articles(), SIZES)
def test_a_new_suggestion_above_moves_neither_the_block_nor_what_is_below(
    state: TaskState, size: tuple[int, int]
) -> None:
    """What history learns while one works in a sentence shows above it without moving the sentence."""
    frame = _frame(*size)
    quiet = builders.task_state(
        NEWS,
        state.annotated_sentences,
        state.active,
        visible_suggestions=lambda i: state.visible_suggestions(i) if i >= state.active else (),
    )
    start = active_start_row(quiet, frame)
    before, after = body_rows(quiet, frame, start), body_rows(state, frame, start)
    assert [r.row for r in after[start:]] == [r.row for r in before[start:]]


def test_after_a_page_the_next_begins_near_the_top() -> None:
    """Where all in view was accepted the next sentence starts at row 3 or above, with what follows below."""
    annotated_sentences = [builders.annotated_sentence(f"Pell counted {n} lamps.") for n in range(30)]
    for size in ((80, 24), (120, 40), (160, 48)):
        frame = _frame(*size)
        state = builders.task_state(NEWS, annotated_sentences, 15)
        assert active_start_row(state, frame, turned=True) <= NEW_PAGE_ROW < active_start_row(state, frame)


def test_the_row_of_the_selection_is_seen_in_a_sentence_taller_than_the_screen() -> None:
    """A sentence of many lines scrolls to the line of the selection, its hints and text, prompt below."""
    text = " ".join(f"word{n}" for n in range(300))
    annotated = builders.annotated_sentence(text)
    for token in (0, 150, 299):
        state = builders.task_state(NEWS, [annotated], selection=explicit_selection(token, token + 1))
        frame = _frame(60, 16)
        rows = [row_text(r.row) for r in body_rows(state, frame, active_start_row(state, frame))]
        assert any(f"word{token}" in r for r in rows[:-1])
        assert rows[-1].startswith("▌   ▸ word")


@pytest.mark.parametrize("width", [12, 20, 30, 40, 80])
def test_the_head_says_at_any_width_whether_all_is_saved(width: int) -> None:
    """In a narrow window the title goes first, then the words of the place, never the saved mark."""
    for saved, mark in (
        (SaveState.SAVED, "✓ saved"),
        (SaveState.SAVING, "… saving"),
        (SaveState.FAILED, "✗ NOT SAVED"),
    ):
        state = builders.task_state(NEWS, [builders.annotated_sentence("Pell left.")], save_state=saved)
        row = row_text(header_row(state, width, BOX_GLYPHS))
        assert mark in row
        assert ("1/1" in row) == (width >= 30)


def test_the_last_row_of_all_is_text() -> None:
    """In a window of four rows the sentence itself stays, not its hints."""
    state = builders.task_state(NEWS, [builders.annotated_sentence("Pell met 40 hens.")])
    for height in (4, 5):
        frame = _frame(60, height)
        rows = [row_text(r.row) for r in body_rows(state, frame, active_start_row(state, frame))]
        assert rows[0] == "▌   1 Pell met 40 hens."


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_warning_is_read_to_its_end(width: int) -> None:
    """A rule that is longer than the row goes on below it: what to do is never cut off."""
    says = (
        "VENUE may not cross COUNT (rule `overlaps`). Move an end with , . < > or remove one with 0; "
        "or select a smaller part of the sentence"
    )
    state = builders.task_state(
        NEWS, [builders.annotated_sentence("Pell met 40.")], message=StatusMessage(says, warning=True)
    )
    frame = _frame(width, 24)
    rows = [row_text(r.row) for r in body_rows(state, frame, active_start_row(state, frame))]
    at = next(i for i, r in enumerate(rows) if "▸ ! VENUE" in r)
    assert says in " ".join(r.strip("▌▸ ") for r in rows[at : at + 4])


def test_a_long_guideline_is_read_to_its_end() -> None:
    """Descriptions, examples and notes are filled to the width: not a word is cut off."""
    example = Example("She met " + "Ilka Moran and " * 9 + "left.", ((8, 18),), note="n " * 60)
    label = replace(NEWS.labels[0], examples=(example,), description="漢字 " * 40 + "x" * 90)
    schema = Schema("s", "1", (label,))
    for width in (20, 40, 78):
        rows = guideline_rows(schema, "PERSON", width, BOX_GLYPHS)
        assert all(row_width(r) <= width for r in rows[1:])
        words = " ".join(row_text(r).strip() for r in rows)
        assert words.count("Moran") == 9
        assert words.count(" n") >= 60
        assert "[Ilka Moran]" in words or "[Ilka" in words
    assert wrap_paragraph("", 10) == ("",)


# -- ASCII -------------------------------------------------------------------------------------


def test_ascii_draws_ascii_alone() -> None:
    """With the ASCII set, all that is not the article's own text is ASCII, on every screen's rows."""
    text = "Mayor Ilka Moran met 40 rowers from Tarn Quay, Pell said at noon."
    named = {"Ilka Moran": "PERSON", "40 rowers from Tarn Quay": "COUNT", "Tarn Quay": "VENUE"}
    spans = [builders.span(text, words, name) for words, name in named.items()]
    annotated_sentences = [
        builders.annotated_sentence(text),
        builders.annotated_sentence(text, *spans),
        builders.annotated_sentence(text),
    ]
    annotated_sentences[2] = replace(
        annotated_sentences[2], annotation=annotated_sentences[2].annotation.with_answer(Answer.ACCEPT)
    )
    for focus, selection in ((None, None), (spans[0], explicit_selection(1, 3)), (None, explicit_selection(4, 6))):
        for saved in SaveState:
            state = builders.task_state(
                NEWS,
                annotated_sentences,
                1,
                selected_span=focus,
                selection=selection,
                save_state=saved,
                done=1,
                total=3,
            )
            frame = _frame(80, 24, ASCII_GLYPHS)
            rows = [r.row for r in body_rows(state, frame, active_start_row(state, frame))]
            rows += [*_bars(state, 80, ASCII_GLYPHS), *side_panel_rows(state, 46, 30, ASCII_GLYPHS)]
            rows += overview_sentence_rows(state, {}, 80, 20, ASCII_GLYPHS)
            rows += article_line_rows(state.article, 0, 80, 10, ASCII_GLYPHS)
            rows += [*guideline_rows(NEWS, "PERSON", 78, ASCII_GLYPHS)]
            rows += [*article_list_rows(ArticleList([ArticleListItem("a" * 90, 1, 1)], 0, ""), 44, 5, ASCII_GLYPHS)]
            for row in rows:
                assert row_text(row).isascii(), row_text(row)
