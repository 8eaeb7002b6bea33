"""Keys without end in the headless app: ``python -m tests.torture.soak CORPUS KEYS SEED``.

Prints a line of JSON for each thousand keys, or tenth of a shorter run: keys, decisions, resident memory in MB and
the 99th percentile of a key to its paint in ms. `soak_plot` draws them.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.app_pilot import RunningApp, running_app

_KEYS = {
    "enter": 10, "down": 6, "up": 3, "right": 12, "left": 6, "space": 6, "backspace": 3, "tab": 12, "a": 8, "s": 8,
    "d": 6, "f": 6, "j": 8, "k": 8, "l": 8, "0": 4, "comma": 3, "full_stop": 3, "ctrl+z": 4, "ctrl+y": 2, "minus": 1,
    "right_parenthesis": 2, "left_parenthesis": 2, "escape": 2, "equals_sign": 1,
}  # fmt: skip
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def _memory() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB


async def _press(d: RunningApp, keys: Sequence[str]) -> list[float]:
    took = []
    for key in keys:
        start = time.perf_counter()
        await d.pilot._wait_for_screen()
        d.app.simulate_key(key)
        await d.pilot._wait_for_screen()
        d.app.screen._compositor.render_strips()
        took.append((time.perf_counter() - start) * 1000)
    return took


async def _soak(path: Path, count: int, rnd: random.Random) -> None:
    step = min(1000, count // 10)
    async with running_app(path, size=(100, 30)) as d:
        for done in range(step, count + 1, step):
            took = sorted(await _press(d, rnd.choices(list(_KEYS), list(_KEYS.values()), k=step)))
            assert d.app.is_running
            assert d.app._exception is None
            assert d.session.flush(60), d.session.banner
            line = {
                "keys": done,
                "decisions": d.session._seq,
                "mb": round(_memory(), 1),
                "p99": round(took[-step // 100 - 1], 1),
            }
            print(json.dumps(line), flush=True)


def soak_plot(lines: Sequence[Mapping[str, float]]) -> str:
    """Return an SVG of two curves over the keys: resident memory, and the slowest hundredth of the keys."""
    parts = []
    for name, key, top, colour in (
        ("resident memory, MB", "mb", 20, "#1f77b4"),
        ("p99 of a key, ms", "p99", 220, "#d62728"),
    ):
        most = max(x[key] for x in lines)
        points = " ".join(
            f"{60 + 720 * x['keys'] / lines[-1]['keys']:.1f},{top + 170 - 160 * x[key] / most:.1f}" for x in lines
        )
        parts.append(
            f'<text x="60" y="{top}">{name}: 0 to {most:g}, {lines[-1]["keys"]:,} keys</text>'
            f'<path d="M60 {top + 10}V{top + 170}H780" stroke="#888" fill="none"/>'
            f'<polyline points="{points}" stroke="{colour}" fill="none"/>'
        )
    style = '<rect width="800" height="410" fill="white"/><g font-family="sans-serif" font-size="13">'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 410">{style}{"".join(parts)}</g></svg>\n'


if __name__ == "__main__":
    asyncio.run(_soak(Path(sys.argv[1]), int(sys.argv[2]), random.Random(sys.argv[3])))
