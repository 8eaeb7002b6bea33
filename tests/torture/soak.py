"""Keys without end in the headless app: ``python -m tests.torture.soak CORPUS KEYS SEED``.

Prints a line of JSON for each thousand keys: keys, decisions, resident memory in MB, the 99th percentile of a key
to its paint in ms, of the clock and of CPU time, and how many ms of CPU time a fixed piece of work took meanwhile.
The keys go round the articles, one for each line. With 0 keys it makes short rounds of keys that are all undone,
and prints how many objects there are after each. The last line has the state at the end instead, as a digest.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
import time
from collections.abc import Iterable, Sequence
from functools import _lru_cache_wrapper
from hashlib import sha256
from pathlib import Path
from statistics import median

import msgspec

from annotator.core.annotation_store import AnnotationStore
from annotator.tui.screens.row_screen import Rows
from tests.app_pilot import RunningApp, running_app

_KEYS = {
    "enter": 10, "down": 6, "up": 3, "right": 12, "left": 6, "space": 6, "backspace": 3, "tab": 12, "a": 8, "s": 8,
    "d": 6, "f": 6, "j": 8, "k": 8, "l": 8, "0": 4, "comma": 3, "full_stop": 3, "ctrl+z": 4, "ctrl+y": 2, "minus": 1,
    "right_parenthesis": 2, "left_parenthesis": 2, "escape": 2, "equals_sign": 1,
}  # fmt: skip
WINDOW = 1000
"""So many keys are measured together."""
_ROUND, _ROUNDS = 30, 5
"""The keys of a short round, and how often they are pressed."""
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def _memory() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB


def _reference() -> float:
    """Return how many ms of CPU time a fixed piece of work takes now: a machine that others use is slower."""
    start = time.process_time()
    words: dict[str, int] = {}
    for i in range(5000):
        words[f"word {i % 700}"] = words.get(f"word {i % 700}", 0) + i
    return (time.process_time() - start) * 1000


def _percentile(values: Sequence[float]) -> float:
    return round(sorted(values)[-len(values) // 100 - 1], 1)


async def _press(d: RunningApp, keys: Iterable[str]) -> dict[str, float]:
    """Press keys, each painted before the next; return what they took."""
    clock, cpu, reference = [], [], []
    for i, key in enumerate(keys):
        if i % 20 == 0:
            reference.append(_reference())
        start = time.perf_counter(), time.process_time()
        await d.pilot._wait_for_screen()
        d.app.simulate_key(key)
        await d.pilot._wait_for_screen()
        d.app.screen._compositor.render_strips()
        clock.append((time.perf_counter() - start[0]) * 1000)
        cpu.append((time.process_time() - start[1]) * 1000)
    return {"p99": _percentile(clock), "cpu": _percentile(cpu), "reference": round(median(reference), 3)}


def _window_keys(number: int, articles: int, rnd: random.Random) -> list[str]:
    """Return the keys of a window: to its article, then at random."""
    there = ["left_parenthesis"] * articles + ["right_parenthesis"] * (number % articles)
    return there + rnd.choices(list(_KEYS), list(_KEYS.values()), k=WINDOW - len(there))


def _check(d: RunningApp) -> None:
    assert d.app.is_running
    assert d.app._exception is None
    assert d.session.flush(60), d.session.banner


async def _windows(d: RunningApp, count: int, rnd: random.Random) -> None:
    for number in range(count // WINDOW):
        took = await _press(d, _window_keys(number, len(d.session.queue), rnd))
        _check(d)
        line = {"keys": (number + 1) * WINDOW, "decisions": d.session._seq, "mb": round(_memory(), 1), **took}
        print(json.dumps(line), flush=True)


async def _rounds(d: RunningApp, rnd: random.Random) -> None:
    keys = rnd.choices(list(_KEYS), list(_KEYS.values()), k=_ROUND)
    for _ in range(_ROUNDS):
        await _press(d, keys)
        back = ["ctrl+z"] * len(d.session.history.done) + ["left_parenthesis"] * len(d.session.queue)
        await _press(d, [*back, "home"])
        _check(d)
        print(json.dumps({"decisions": d.session._seq, "objects": _count_objects()}), flush=True)
    await _press(d, keys)
    _check(d)


def _count_objects() -> int:
    """Return how many objects there are, but for what may be forgotten."""
    for x in gc.get_objects():
        if isinstance(x, _lru_cache_wrapper):
            x.cache_clear()
        elif isinstance(x, Rows):
            x._strips.clear()
    gc.collect()
    return len(gc.get_objects())


async def _soak(path: Path, count: int, rnd: random.Random) -> None:
    async with running_app(path, size=(100, 30)) as d:
        await (_windows(d, count, rnd) if count else _rounds(d, rnd))
        print(json.dumps({"decisions": d.session._seq, "digest": state_digest(d.session.annotation_store)}), flush=True)


def state_digest(store: AnnotationStore) -> str:
    """Return a digest of every sentence that has a record, with its annotation."""
    touched = [w for a in sorted(store.touched_articles) for w in store.touched_sentences_of(a)]
    return sha256(msgspec.json.encode([(w.sentence.id, w.annotation) for w in touched])).hexdigest()


if __name__ == "__main__":
    asyncio.run(_soak(Path(sys.argv[1]), int(sys.argv[2]), random.Random(sys.argv[3])))
