"""What a journal on the disk says in the end, read as plain JSON and held against the gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.gold_corpus import Gold

SavedAnswer = tuple[str | None, list[tuple[int, int, str]]]
"""The answer, and (start, end, label) of each span in order."""
Place = tuple[str, int, int]
"""A sentence: article, start and end in code points of its text."""


def last_answers(journal: Path) -> dict[Place, SavedAnswer]:
    """Return what was said last of each stretch; a line hides older ones of other cuts of its text."""
    last: dict[Place, SavedAnswer] = {}
    for line in journal.read_bytes().split(b"\n"):
        if line.strip():
            record = json.loads(line)
            article, start, end = (record["meta"][k] for k in ("article", "start", "end"))
            for old in [p for p in last if p[0] == article and p[1] < end and start < p[2]]:
                del last[old]
            last[article, start, end] = record["answer"], spans_of(record)
    return last


def spans_of(record: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Return the spans of a line; fails where their offsets and tokens contradict each other."""
    tokens = record["tokens"]
    for s in record["spans"]:
        edges = tokens[s["token_start"]]["start"], tokens[s["token_end"]]["end"]
        assert edges == (s["start"], s["end"]), f"span and tokens disagree: {s}"
    return sorted((s["start"], s["end"], s["label"]) for s in record["spans"])


def wanted(gold: Gold) -> dict[Place, SavedAnswer]:
    """Return what must be saved in the end: just the gold, every sentence accepted."""
    out: dict[Place, SavedAnswer] = {}
    for part in gold.parts:
        article, start, end = part[0].article, part[0].start, part[-1].end
        inside = [s.shifted(-start) for s in gold.spans.get(article, ()) if start <= s.start and s.end <= end]
        out[article, start, end] = "accept", sorted(s.key for s in inside)
    return out


def differences(gold: Gold, journal: Path) -> list[str]:
    """Return in what a journal is not the gold, a line each."""
    have, want = last_answers(journal), wanted(gold)
    return [
        f"{place}: saved {have.get(place)}, gold {want.get(place)}"
        for place in sorted({*have, *want})
        if have.get(place) != want.get(place)
    ]


def check(gold: Gold, journal: Path) -> None:
    """Exit unless the saved journal holds just the gold."""
    if wrong := differences(gold, journal):
        raise SystemExit("the saved JSONL is not the gold:\n" + "\n".join(wrong[:10]))
