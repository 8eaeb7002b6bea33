"""Plots: bars, sparklines and the curve of progress as text, in blocks and in plain ASCII."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.statistics.plots import (
    ASCII_PLOT_GLYPHS,
    BLOCK_PLOT_GLYPHS,
    PlotGlyphs,
    bar_text,
    duration_text,
    plain_row_text,
    progress_curve_rows,
    sparkline,
    text_width,
)
from annotator.statistics.throughput import Forecast

PAST = tuple((60.0 * n, 5.0 * n) for n in range(9))
"""Forty sentences in eight minutes."""
AHEAD = Forecast(480.0, 300.0, 900.0, 40)


def _text(marks: PlotGlyphs, ahead: Forecast | None, total: int = 80, width: int = 40) -> str:
    return "\n".join(plain_row_text(row) for row in progress_curve_rows(PAST, total, ahead, width, 6, marks))


def test_the_curve_with_its_band() -> None:
    """What is done is filled, what is expected are dots in a band that widens; now has a mark."""
    assert _text(BLOCK_PLOT_GLYPHS, AHEAD).split("\n") == [
        "│                    ░░░•••••••••••••••••",
        "│                 ░░••••░░░░░░░░",
        "│              •••••░░░░",
        "│         ▂▅▅██",
        "│   ▁▁▄▄▇▇█████",
        "│▃▃▆███████████",
        "└──────────────┴─────────────────────────",
        " 0          now 8 min              23 min",
    ]


def test_the_curve_in_ascii() -> None:
    """The same with characters that every terminal has."""
    assert _text(ASCII_PLOT_GLYPHS, AHEAD).split("\n") == [
        "|                    ...ooooooooooooooooo",
        "|                 ..oooo........",
        "|              ooooo....",
        "|         .++##",
        "|   __==%%#####",
        "|--*###########",
        "+--------------+-------------------------",
        " 0          now 8 min              23 min",
    ]


def test_a_curve_without_a_forecast_ends_now() -> None:
    """Nothing is drawn where nothing is known."""
    text = _text(BLOCK_PLOT_GLYPHS, None)
    assert "•" not in text
    assert "now" not in text
    assert text.endswith("8 min")


def test_a_finished_corpus_is_full() -> None:
    """The last column reaches the top."""
    rows = [plain_row_text(r) for r in progress_curve_rows(PAST, 40, None, 10, 4, BLOCK_PLOT_GLYPHS)]
    assert [r[-1] for r in rows[:4]] == ["█"] * 4


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e5)), min_size=1, max_size=40).map(sorted),
    st.integers(0, 100_000),
    st.none() | st.floats(0, 1e6).map(lambda s: Forecast(s, s / 2, s * 2, 1)),
    st.integers(1, 120),
    st.integers(1, 20),
    st.sampled_from([BLOCK_PLOT_GLYPHS, ASCII_PLOT_GLYPHS]),
)
def test_any_curve_fills_its_box(
    past: list[tuple[float, float]], total: int, ahead: Forecast | None, width: int, height: int, marks: PlotGlyphs
) -> None:
    """Whatever is drawn, each row of the plot is one wall and ``width`` cells."""
    rows = progress_curve_rows(past, total, ahead, width, height, marks)
    assert len(rows) == height + 2
    assert {text_width("".join(p.text for p in r)) for r in rows[:-1]} == {width + 1}


@pytest.mark.parametrize(
    ("share", "blocks", "ascii_"),
    [(0.0, "", ""), (0.001, "▏", "#"), (0.5, "████", "####"), (0.53, "████▎", "####"), (1.0, "█" * 8, "#" * 8)],
)
def test_bars_are_drawn_to_a_part_of_a_cell(share: float, blocks: str, ascii_: str) -> None:
    """A bar is as long as its share, never empty for something, never too long."""
    assert bar_text(share, 8, BLOCK_PLOT_GLYPHS) == blocks
    assert bar_text(share, 8, ASCII_PLOT_GLYPHS) == ascii_
    assert bar_text(share + 7, 8, BLOCK_PLOT_GLYPHS) == "█" * 8


def test_a_sparkline_begins_at_zero() -> None:
    """Columns are shares of the largest, so that 95 and 100 look alike; what is not known is a gap."""
    assert sparkline([100.0, 95.0, 50.0, None, 0.0], 9, BLOCK_PLOT_GLYPHS) == "██▅ ▁"
    assert sparkline([1.0, 2.0, 4.0], 2, ASCII_PLOT_GLYPHS) == "+#"
    assert sparkline([None, None], 5, BLOCK_PLOT_GLYPHS) == "  "
    assert sparkline([0.0], 5, BLOCK_PLOT_GLYPHS) == "▁"
    assert sparkline([1.0], 0, BLOCK_PLOT_GLYPHS) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "1 h 00 min"), (11_100, "3 h 05 min"), (432_000, "120 h")],
)
def test_times_are_reported_in_words(seconds: float, words: str) -> None:
    """Seconds below a minute, minutes below an hour, whole hours from a hundred on."""
    assert duration_text(seconds) == words
