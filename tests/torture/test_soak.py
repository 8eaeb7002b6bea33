"""The rule of the soak can fail."""

from __future__ import annotations

from tests.torture.trials_soak import fault_in, leak_in


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
