"""The rule of the soak can fail, and the manual has the plot of a run that holds it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.torture.soak_plot import soak_plot
from tests.torture.trials_soak import drift, fault_in, growth, leak_in

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "tests" / "data" / "soak" / "soak.jsonl"


def _run(mb: float = 0.0, cpu: float = 0.0, slow: float = 1.0, keys: int = 100) -> list[dict[str, float]]:
    """Return a run in which 1,000 keys take so many MB and ms more, and a new program on a slower machine."""
    run = [
        {"keys": 1000 * i, "decisions": 150 * i, "mb": 60 + mb * i, "cpu": 10 + i % 12 + cpu * i, "reference": 1.0}
        for i in range(1, keys + 1)
    ]
    fresh = [{**x, "cpu": (10 + i % 12) * slow, "reference": slow, "fresh": 1} for i, x in enumerate(run[:12], 1)]
    return [*run, *fresh]


def test_the_soak_finds_what_grows() -> None:
    """A steady run is none, on a machine that slows down neither; a leak, a drift and too few decisions are faults."""
    assert fault_in(_run()) == fault_in(_run(slow=2)) == ""
    assert "memory has grown by 14" in fault_in(_run(mb=0.16))
    assert "p99 of a key is 3" in fault_in(_run(cpu=0.06))
    assert fault_in(_run(keys=50)) == "only 7500 decisions"
    assert leak_in([{"objects": 9000}, *({"objects": 48_000 + 15 * i} for i in range(4))]) == ""
    assert "70 objects more" in leak_in([{"objects": 9000}, *({"objects": 48_000 + 70 * i} for i in range(4))])


def test_the_manual_has_the_plot_of_a_run_that_holds_the_rule() -> None:
    """The plot is drawn from the figures beside it, and the page gives the same ones."""
    windows = [json.loads(x) for x in FIGURES.read_text(encoding="utf-8").splitlines()]
    assert fault_in(windows) == ""
    assert FIGURES.with_suffix(".svg").read_text(encoding="utf-8") == soak_plot(windows)
    page = (ROOT / "annotator" / "manual" / "reliability.md").read_text(encoding="utf-8")
    assert "(../../tests/data/soak/soak.svg)" in page
    run = [x for x in windows if "fresh" not in x]
    end, warm = run[-1], next(x for x in run if x["keys"] == 10_000)
    text = " ".join(page.split())
    assert f"{end['keys']:,} keys and {end['decisions']:,} records" in text
    assert f"{warm['mb']} MB at key 10,000 and {growth(windows):.1f} MB more at most" in text
    assert f"p99 {drift(windows):+.0%}" in text
