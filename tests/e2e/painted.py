"""Reads the spans of the active sentence off the screen: from the lanes, as a person does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotator.core.schema import Schema

_LANE = re.compile(r"[A-Z└┘┗┛─━┄├┤┼│ ]*")
_BAR = re.compile(r"(?P<left>[└┗├┄])?(?P<name>[A-Z]+)(?P<line>[─━┼]*)(?P<right>[┘┛┤┄])?")
TEXT = 6


def place(rows: Sequence[str]) -> tuple[int, int]:
    """Return (sentence, of how many) from the head row."""
    found = re.search(r"sentence (\d+)/(\d+)", rows[0])
    assert found, rows[0]
    return int(found[1]), int(found[2])


def painted_spans(rows: Sequence[str], schema: Schema) -> list[tuple[str, str]]:
    """Return (label, text) of each span of the active sentence, sorted; blanks folded."""
    block = [r[TEXT:].split("│ LABELS")[0] for r in rows if r.startswith("▌")]
    block = [r[: _panel(rows) - TEXT] for r in block][:-1]
    groups = _groups(block)
    finished: list[tuple[str, str]] = []
    running: list[tuple[str, str]] = []
    for text, lanes in groups:
        going, running = running, []
        for lane in lanes:
            for label, part, open_left, open_right in _bars(lane, text, schema):
                if open_left:
                    found = next(r for r in going if r[0] == label)
                    going.remove(found)
                    part = f"{found[1]} {part}"  # noqa: PLW2901
                (running if open_right else finished).append((label, part))
        assert not going, f"open ends without a continuation: {going}"
    assert not running, f"open ends after the last line: {running}"
    return sorted((label, " ".join(text.split())) for label, text in finished)


def _panel(rows: Sequence[str]) -> int:
    """Return the column of the panel's wall, or the width of the screen."""
    columns = [r.rfind("│") for r in rows[1:4]]
    return columns[0] if columns[0] > TEXT and len(set(columns)) == 1 else len(rows[0])


def _groups(block: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return (text row, lane rows) of each wrapped line; the rows come as hints, text, lanes, hints."""
    out: list[tuple[str, list[str]]] = []
    i = 0
    while i < len(block):
        text, lanes = block[i + 1], [block[i + 2]]
        i += 3
        while i < len(block) and block[i].strip() and _LANE.fullmatch(block[i]):
            lanes.append(block[i])
            i += 1
        out.append((text, lanes))
    return out


def _bars(lane: str, text: str, schema: Schema) -> list[tuple[str, str, bool, bool]]:
    out = []
    for bar in _BAR.finditer(lane):
        label = next(
            x.name
            for x in schema.labels
            if bar["name"] in {x.name, schema.short(x.name), x.key.upper()} or x.name.startswith(bar["name"])
        )
        out.append((label, text[bar.start() : bar.end()], bar["left"] == "┄", bar["right"] == "┄"))
    return out
