"""Spans inside tokens on the screen: the mark where they are, and the worklist that repairs them by key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.screen import Screen

from annotator.core.annotation import AnnotatedSentence, Annotation, Answer
from annotator.core.edits import Edit, Op
from annotator.core.span_repair import MisalignedSpan, possible_repairs
from annotator.core.spans import Span
from annotator.core.tokens import build_tokens, is_aligned
from annotator.session.keymap_file import parse_keymap
from annotator.tui.layout.prompt import prompt_rows
from annotator.tui.layout.span_lanes import (
    draw_lanes,
    misaligned_span_text,
    place_marks,
    span_marks,
    text_with_span_edges,
)
from annotator.tui.layout.styled_text import ASCII_GLYPHS, BOX_GLYPHS, Glyphs, row_text, row_width
from annotator.tui.layout.text_cells import wrap_tokens
from annotator.tui.layout.worklists import RepairView, repair_worklist_rows
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.worklists import RepairScreen
from tests import builders
from tests.app_pilot import RunningApp, running_app, text_rows
from tests.hostile_text import PAYLOADS, commands_in

TEXT = """Ferry stops at Skerrin

Mayor Okafor-Lind of Oldskerrin rowed twelvekm home. Nobody on Oldskerrin had milk."""
SPANS = ((0, "afor-", "PERSON"), (0, "skerrin", "VENUE"), (0, "twelve", "COUNT"), (1, "skerrin", "VENUE"))
SCHEMA = builders.news_schema()


def _marked(d: RunningApp, i: int, spans: list[Span], answer: Answer | None) -> None:
    annotated = d.session.article_sentences[i]
    after = replace(annotated, annotation=annotated.annotation.with_spans(spans).with_answer(answer))
    d.session.apply_edit(Edit(Op.EDIT, (annotated,), (after,)))


@asynccontextmanager
async def _running_app(path: Path, answer: Answer | None = Answer.ACCEPT, **options: Any) -> AsyncIterator[RunningApp]:
    """Open a corpus with spans inside tokens; the first sentence is in hand."""
    async with running_app(path, builders.article(TEXT, "t-b", origin="skerrin.txt"), **options) as d:
        for i in (0, 1):
            text = d.session.article_sentences[i].sentence.text
            spans = [builders.span(text, words, label) for n, words, label in SPANS if n == i]
            _marked(d, i, spans, answer)
        d.app.controller.spans_made = 3
        await d.press("semicolon")
        await d.saved()
        yield d


async def _list(d: RunningApp) -> None:
    await d.press("R")
    await d.app.workers.wait_for_complete()
    await d.pilot.pause()
    await d.saved()


def _shows(d: RunningApp, screen: type[Screen[None]]) -> bool:
    return isinstance(d.app.screen, screen)


def _marked_words(d: RunningApp, i: int = 0) -> list[tuple[str, str]]:
    annotated = d.session.article_sentences[i]
    return [(s.label, annotated.text_of(s)) for s in annotated.annotation.spans]


# -- the annotate screen -------------------------------------------------------------------------


@pytest.mark.parametrize("ascii_glyphs", [False, True], ids=["box", "ascii"])
async def test_annotate(tmp_path: Path, ascii_glyphs: bool, snapshot: SnapshotAssertion) -> None:
    """A span inside a token is drawn where it is, with a mark; so is its sentence, finished or not."""
    async with _running_app(tmp_path / "news", ascii_glyphs=ascii_glyphs) as d:
        assert text_rows(d.rows()) == snapshot


async def test_the_span_in_focus_says_what_is_wrong(tmp_path: Path) -> None:
    """With a span inside a token selected the prompt quotes it with its edges and names the key."""
    async with _running_app(tmp_path / "news", answer=None) as d:
        d.app.controller.select_span(d.session.annotated.annotation.spans[0])
        await d.press("f1", "escape")
        assert "! Ok|afor-| PERSON begins inside a token  R repair" in d.row("▸")
        d.app.controller.select_span(d.session.annotated.annotation.spans[0])
        await d.press("0", "semicolon")
        assert "2 spans begin or end inside a token  R repair" in d.row("▸")


@pytest.mark.parametrize("glyphs", [BOX_GLYPHS, ASCII_GLYPHS], ids=["box", "ascii"])
def test_the_mark_is_a_sign_at_every_width(glyphs: Glyphs) -> None:
    """From one cell on, the lane of a span inside a token has the sign, and that of no other span."""
    text = "Oldskerrin rowed to Skerrin"
    for length in range(1, 9):
        annotated = builders.annotated_sentence(text, Span(1, 1 + length, "VENUE"), Span(20, 27, "VENUE"))
        line = wrap_tokens(annotated.sentence.tokens, 60)[0]
        (row,) = draw_lanes(place_marks(line, span_marks(SCHEMA, annotated)), line.width, glyphs)
        assert row_text(row)[: 1 + length].count(glyphs.problem) == 1
        assert [p.style.role for p in row if p.text == glyphs.problem] == ["warn"]
        assert glyphs.problem not in row_text(row)[20:]


def test_a_keymap_moves_the_key_that_is_reported() -> None:
    """The prompt says the key in force, or the name in the palette where there is none."""
    annotated = builders.annotated_sentence("Oldskerrin", Span(3, 10, "VENUE"))
    state = builders.task_state(SCHEMA, [annotated])
    commands = tuple(replace(c, keys=(), key_text=": repairs") if c.id == "repairs" else c for c in BOX_GLYPHS.commands)
    assert row_text(prompt_rows(state, 79, BOX_GLYPHS)[0]).startswith(
        "▌   ▸ ! Old|skerrin| VENUE begins inside a token  R repair"
    )
    assert "token  : repairs" in row_text(prompt_rows(state, 79, replace(BOX_GLYPHS, commands=commands))[0])


# -- the worklist --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_worklist(tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    """Every span inside a token with its edges shown, and what each repair would give."""
    async with _running_app(tmp_path / "news", size=size) as d:
        await _list(d)
        assert text_rows(d.rows()) == snapshot


async def test_the_worklist_repairs_by_key(tmp_path: Path) -> None:
    """The keys o, i, t, d and n settle the span in hand; the list shrinks until it is empty and says so."""
    async with _running_app(tmp_path / "news") as d:
        await _list(d)
        assert "4 spans open" in d.rows()[0]
        await d.press("i")
        assert "afor- is - now" in d.rows()[-2]
        await d.press("ctrl+z")
        assert "taken back: PERSON: snap in" in d.rows()[-2]
        await d.press("o", "t")
        assert _marked_words(d) == [("PERSON", "Okafor-"), ("VENUE", "skerrin"), ("COUNT", "twelve")]
        assert "2 spans open" in d.rows()[0]
        await d.press("i")
        assert "! snap in is not possible: no whole token is inside it" in d.rows()[-2]
        await d.press("d", "n")
        assert "nothing waits; 1 span was left as it is" in d.raw()
        assert d.rows()[-1].strip() == "u undo  F1 keys  Esc back"
        await d.press("u", "o")
        assert "every span begins and ends on the edges of tokens" in d.raw()
        assert _marked_words(d, 1) == [("VENUE", "Oldskerrin")]
        await d.press("t", "enter", "escape")
        assert _shows(d, AnnotateScreen)
        assert "!" not in d.raw()
        assert d.session.position.sentence == 0
        await d.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        assert _marked_words(d) == [("PERSON", "afor-"), ("VENUE", "skerrin"), ("COUNT", "twelve")]
        assert d.row("1 Mayor").startswith("▌✓!")


async def test_an_empty_worklist_shows_of_the_work_of_others(tmp_path: Path) -> None:
    """An import is some other annotator's: that nothing waits here is not the news then."""
    async with running_app(tmp_path / "news") as d:
        (tmp_path / "news" / "annotations" / "doccano.jsonl").write_text("{}\n", "utf-8")
        await _list(d)
        assert "work of others: --as doccano; " in d.raw()


async def test_the_worklist_opens_a_sentence(tmp_path: Path) -> None:
    """Enter annotates there, the span selected; split tokens have their own letters then."""
    async with _running_app(tmp_path / "news") as d:
        await d.press("at")
        await d.app.workers.wait_for_complete()
        await d.pilot.pause()
        assert d.row(" !   2").endswith("Old|skerrin|: VENUE begins inside a token")
        await _list(d)
        await d.press("down", "t", "down", "pagedown", "enter")
        assert _shows(d, AnnotateScreen)
        assert d.session.position.sentence == 1
        assert "VENUE skerrin  ! Old|skerrin| VENUE begins inside a token" in d.row("▸")
        await d.press("up")
        assert "Old" in [t.text for t in d.session.annotated.sentence.tokens]


async def test_the_keys_are_those_of_the_keymap(tmp_path: Path) -> None:
    """A user's keys for the repairs work and are shown; the default ones do nothing then."""
    keymap = parse_keymap('[keys]\nsnap_out = ["w"]\nrepairs = ["W"]\nlist_undo = ["z"]\n', "k.toml")
    async with _running_app(tmp_path / "news", keymap=keymap) as d:
        assert "W repair" in d.row("▸")
        await d.press("W")
        await d.app.workers.wait_for_complete()
        await d.pilot.pause()
        assert _shows(d, RepairScreen)
        assert " w snap out" in d.rows()[-1]
        await d.press("o", "u")
        assert "4 spans open" in d.rows()[0]
        await d.press("w")
        assert "3 spans open" in d.rows()[0]
        await d.press("z", "f1", "escape", "escape")
        assert _shows(d, AnnotateScreen)


async def test_the_palette_opens_it(tmp_path: Path) -> None:
    """Whoever does not know the key finds the worklist by what it lists."""
    async with _running_app(tmp_path / "news") as d:
        await d.press("colon", *"inside")
        await d.app.workers.wait_for_complete()
        await d.pilot.pause()
        await d.press("enter")
        await d.app.workers.wait_for_complete()
        await d.pilot.pause()
        assert _shows(d, RepairScreen)


# -- rows ----------------------------------------------------------------------------------------


def test_edges_are_shown_between_graphemes() -> None:
    """Bars stand at the span's edges in its tokens; a mark that an edge cuts off has a circle to sit on."""
    tokens = build_tokens(("Rosaviks", "cafe\u0301s"), (True, False))
    spans = [Span(3, 7, "PERSON"), Span(9, 13, "VENUE")]
    sentence = replace(builders.sentence("Rosaviks cafe\u0301s"), tokens=tokens)
    annotated = AnnotatedSentence(sentence, Annotation().with_spans(spans))
    first, second = annotated.annotation.spans
    assert text_with_span_edges(annotated, first) == "Ros|avik|s"
    assert text_with_span_edges(annotated, second) == "|cafe|◌\u0301s"
    assert misaligned_span_text(MisalignedSpan(annotated, first)) == "Ros|avik|s: PERSON begins and ends inside a token"


_TEXTS = st.one_of(
    st.text(min_size=2, max_size=120), st.sampled_from(PAYLOADS).map(lambda x: f"so{x}and{x}on"), st.just("漢字" * 60)
)


@given(_TEXTS, st.integers(0, 120), st.integers(1, 40), st.integers(1, 170), st.integers(1, 50))
def test_the_rows_keep_to_their_size_and_command_nothing(
    text: str, at: int, length: int, width: int, height: int
) -> None:
    """Whatever the words are and however small the window is, there are as many rows as there is room."""
    start = min(at, len(text) - 1)
    span = Span(start, min(len(text), start + length), "PERSON")
    annotated = builders.annotated_sentence(text, span)
    if is_aligned(annotated.sentence.tokens, span.start, span.end):
        return
    view = RepairView(
        [MisalignedSpan(annotated, span)] * 30,
        12,
        annotated,
        possible_repairs(annotated, span, SCHEMA),
        lambda _: "1.1",
    )
    rows = repair_worklist_rows(view, width, height, BOX_GLYPHS)
    assert len(rows) == height
    for row in rows:
        assert row_width(row) <= width
        assert not commands_in("".join(p.text for p in row))
