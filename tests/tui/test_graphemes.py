"""Characters as a reader sees them: no key, hint or click stops inside one, however spaCy cut it."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from wcwidth import iter_graphemes

from annotator.core.graphemes import _SINGLE_CODE_POINTS, split_graphemes, tokens_inside_graphemes, widen_to_graphemes
from annotator.core.tokens import Token, build_tokens
from annotator.session.actions import selection as sel
from annotator.session.actions.selection import Selection
from annotator.storage.corpus_folder import CorpusFolder
from annotator.tui.layout.text_cells import wrap_tokens
from annotator.tui.screens.row_screen import Body
from tests import builders
from tests.app_pilot import RunningApp, running_app
from tests.hostile_text import PIECES, token_lists

FLAG, PILOT, THUMB, SNOW = "🇫🇷", "👩\u200d🚀", "👍🏽", "☃\ufe0f"
FAMILY, HAN, KSHI, KEYCAP = "👨\u200d👩\u200d👧", "\u1112\u1161\u11ab", "क्षि", "1\ufe0f\u20e3"
CUT = {
    FLAG: ["🇫", "🇷"],
    PILOT: ["👩", "\u200d", "🚀"],
    THUMB: ["👍", "🏽"],
    SNOW: ["☃", "\ufe0f"],
    FAMILY: ["👨", "\u200d", "👩", "\u200d", "👧"],
}
"""How spaCy's English tokenizer cuts them."""


def _cut(text: str) -> tuple[Token, ...]:
    """Cut a text at blanks and each emoji as spaCy does."""
    words: list[str] = []
    blanks: list[bool] = []
    for word in text.split(" "):
        parts = [p for p in re.split(f"({'|'.join(CUT)})", word) if p]
        for part in parts:
            words += CUT.get(part, [part])
        blanks += [False] * (len(words) - len(blanks) - 1) + [True]
    return build_tokens(words, [*blanks[:-1], False])


@pytest.mark.parametrize("one", [*CUT, HAN, KSHI, KEYCAP, "e\u0301", "한", "漢"])
def test_what_a_reader_takes_for_one_character_is_one_cell(one: str) -> None:
    """A flag, a joined or coloured emoji, a syllable of jamo, a conjunct: one grapheme, one cell."""
    tokens = _cut(f"a {one} b")
    assert split_graphemes(f"a{one}b") == ("a", one, "b")
    assert len([c for c in wrap_tokens(tokens, 40)[0].cells if c.token > 0]) == 2
    assert tokens_inside_graphemes(tokens) == frozenset(range(2, len(tokens) - 1))


def test_flags_stand_in_pairs() -> None:
    """Four regional letters are two flags: one may stop between them and nowhere else."""
    tokens = build_tokens(["🇫", "🇷", "🇩", "🇪", "rose"], [False, False, False, True, False])
    assert tokens_inside_graphemes(tokens) == {1, 3}
    assert widen_to_graphemes(tokens, (1, 3)) == (0, 4)


@given(st.lists(PIECES | st.characters(), max_size=12).map("".join))
def test_graphemes_spell_the_text_as_the_standard_cuts_it(text: str) -> None:
    """The short way for plain text and the library agree, and nothing is lost."""
    assert "".join(split_graphemes(text)) == text
    assert list(split_graphemes(text)) == list(iter_graphemes(text))


def test_plain_characters_never_join() -> None:
    """Each code point that goes the short way stands for itself between any two such."""
    plain = [c for c in map(chr, range(sys.maxunicode + 1)) if _SINGLE_CODE_POINTS.fullmatch(c)]
    rng = random.Random(1)
    rng.shuffle(plain)
    text = "".join(plain)
    assert list(iter_graphemes(text)) == list(text)
    assert list(iter_graphemes("a".join(plain))) == list("a".join(plain))


@given(token_lists(), st.lists(st.sampled_from("hrlRLgsSx"), max_size=25), st.randoms(use_true_random=False))
def test_no_key_stops_inside_a_grapheme(tokens: tuple[Token, ...], keys: list[str], rng: random.Random) -> None:
    """Hints, arrows, both edges, Space and Backspace leave every edge where a reader sees one."""
    cut = tokens_inside_graphemes(tokens)
    heads = [i for i in range(len(tokens)) if i not in cut]
    now: Selection | None = None
    for key in keys:
        if key == "h":
            now = sel.selection_by_hint(now, tokens, rng.choice(heads))
        elif key in "sS":
            now = sel.cursor_selection(now, tokens, 1 if key == "s" else -1)
        elif now is not None:
            now = _moved(now, tokens, key)
        if now is not None:
            assert 0 <= now.first < now.last <= len(tokens)
            assert not {now.first, now.last} & cut


def _moved(now: Selection, tokens: tuple[Token, ...], key: str) -> Selection:
    if key in "rl":
        return sel.with_right_edge_moved(now, tokens, 1 if key == "r" else -1)
    if key in "RL":
        return sel.with_left_edge_moved(now, tokens, 1 if key == "R" else -1)
    return sel.grown_selection(now, tokens) or now if key == "g" else sel.shrunk_selection(now, tokens)


@given(token_lists())
def test_arrows_visit_every_word_once(tokens: tuple[Token, ...]) -> None:
    """From the left edge → comes to each word, cut or not, in order; ← comes back the same way."""
    words = [i for i, t in enumerate(tokens) if t.text.strip() and i not in tokens_inside_graphemes(tokens)]
    if not words:
        return
    there: list[int] = []
    now: Selection | None = None
    for _ in words:
        now = sel.cursor_selection(now, tokens, 1)
        there.append(now.first)
    assert there == words
    back = [there[-1]]
    for _ in words[1:]:
        now = sel.cursor_selection(now, tokens, -1)
        back.append(now.first)
    assert back == words[::-1]


TEXT = f"Races\n\nThe {FLAG}{THUMB} crew of Nilo Varga beat {PILOT} teams from 漢江 Bay.\n{SNOW} won."
"""Our own sentence with characters that tokenizers cut."""


def _corpus(path: Path) -> None:
    a = builders.article(TEXT, "t-bb")
    corpus = CorpusFolder.create(path, name="news", lang="en", fingerprint="f1", schema_text=builders.NEWS)
    corpus.add_article(a, tuple(replace(s, tokens=_cut(s.text)) for s in builders.sentences(a)))


def _chosen(d: RunningApp) -> str:
    """Return the text that the screen draws as selected."""
    rows = d.app.screen.query_one(Body)._body_rows
    return "".join(p.text for r in rows for p in r.row if p.style.role == "selection")


async def test_the_cursor_moves_by_what_one_sees(tmp_path: Path) -> None:
    """On the screen → and ← light up whole flags and emoji, edges take and leave them whole."""
    _corpus(tmp_path / "news")
    async with running_app(tmp_path / "news") as d:
        d.session.navigation.move_in_article(-2)
        lit = []
        for _ in range(5):
            await d.press("right")
            lit.append(_chosen(d))
        assert lit == ["The", FLAG, THUMB, "crew", "of"]
        await d.press("left", "left")
        assert _chosen(d) == THUMB
        await d.press("less_than_sign")
        assert _chosen(d) == FLAG + THUMB
        await d.press("comma")
        assert _chosen(d) == FLAG
        await d.press("comma", "backspace", "greater_than_sign")
        assert _chosen(d) == FLAG, "one whole character always stays"
        await d.press("full_stop")
        assert _chosen(d) == FLAG + THUMB


async def test_the_mouse_takes_whole_characters_too(tmp_path: Path) -> None:
    """A click on either half of a wide character means it, and dragging ends behind one."""
    _corpus(tmp_path / "news")
    async with running_app(tmp_path / "news") as d:
        d.session.navigation.move_in_article(-2)
        await d.press("semicolon")
        y = next(n for n, row in enumerate(d.rows()) if "The " + FLAG in row)
        for x in (10, 11):
            await d.pilot.click("#body", offset=(x, y - 1))
            await d.pilot.pause()
            assert _chosen(d) == FLAG
        await d.pilot.mouse_down("#body", offset=(6, y - 1))
        await d.pilot.hover("#body", offset=(13, y - 1))
        await d.pilot.mouse_up("#body", offset=(13, y - 1))
        await d.pilot.pause()
        assert _chosen(d) == f"The {FLAG}{THUMB}"


async def test_hints_and_lanes_stand_where_the_characters_do(tmp_path: Path) -> None:
    """Behind emoji and wide characters a hint is over its word and a lane under it, cell by cell."""
    _corpus(tmp_path / "news")
    async with running_app(tmp_path / "news") as d:
        d.session.navigation.move_in_article(-2)
        annotated = d.session.annotated
        d.app.controller.select_span(builders.span(annotated.sentence.text, "Nilo Varga", "PERSON"))
        await d.press("a")
        rows = d.rows()
        y = next(n for n, row in enumerate(rows) if "The " + FLAG in row)
        at = cell_len(rows[y].split("Nilo")[0])
        state = d.app.controller.state()
        hint = next(h for h, t in zip(state.hints, annotated.sentence.tokens, strict=True) if t.text == "Nilo")
        assert rows[y - 1][at:].startswith(hint.letters)
        assert rows[y + 1][at:].startswith("┗PERSON━━┛")
        cut = [h.letters for i, h in enumerate(state.hints) if i in tokens_inside_graphemes(annotated.sentence.tokens)]
        assert cut
        assert not any(cut), "nothing stands over the inside of a character"
