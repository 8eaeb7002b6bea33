"""From a key to its paint under load: an article of 5,000 spans, every source of suggestions on.

``python -m tests.benchmarks.load [--keys N] [--seed N]`` makes a corpus of invented sentences, opens it in
a terminal of its own beside the smallest Textual program in another, and presses a key in the one and
then in the other, in turn. A figure is the time from the key to the last byte that it painted, the saved
mark included. It prints percentiles, what each kind of key costs, and on the last line one JSON object.
Times are milliseconds; only the ratios travel.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.core.annotation import Answer
from annotator.core.article import Article
from annotator.core.edits import apply_suggestions
from annotator.core.spans import Span
from annotator.core.suggestion import Suggestion
from annotator.core.tokens import is_aligned
from annotator.session.session import AnnotationSession
from annotator.storage.schemas import default_schema_path, read_schema_text
from annotator.storage.suggestions import encode_suggestions, suggestion_path
from tests import builders
from tests.benchmarks.start import ROOT, Program

WORKED, FREE = 720, 40
"""Sentences with spans, half of them accepted, and those between them that nobody has looked at."""

FIRST = ("Ada", "Bram", "Cleo", "Dario", "Elka", "Finn", "Greta", "Hanno", "Ines", "Joris", "Kaia", "Lorne")
LAST = ("Vantor", "Quellin", "Marsk", "Oduye", "Perrin", "Thole", "Ruhl", "Sandoz", "Ibarra", "Kettering")
PLACES = ("Port Amery", "Skerrin", "West Quay", "Norhaven", "Culver Bridge", "Tarnby", "Osmund Lock", "Hale")
THINGS = ("barrels", "nets", "lamps", "crates", "passengers", "sheep", "tickets", "engines", "letters")

KEYS: dict[str, tuple[int, Sequence[bytes]]] = {
    "cursor": (20, (b"\x1b[C", b"\x1b[D")),
    "tab": (14, (b"\t", b"\t", b"\x1b[Z")),
    "hint": (22, tuple(bytes([c]) for c in b"jkluiohnmpygertw")),
    "edge": (12, (b".", b",", b"<", b">")),
    "grow": (8, (b" ", b"\x7f")),
    "label": (18, (b"a", b"s", b"d", b"f")),
    "remove": (4, (b"0",)),
    "undo": (6, (b"\x1a", b"\x19")),
    "answer": (6, (b"\r", b"\r", b"*")),
    "move": (8, (b"\x1b[B", b"\x1b[A")),
}
"""Kind of key → its weight and the bytes that a terminal sends."""


class Writer:
    """Builds a sentence and keeps where its spans are."""

    def __init__(self) -> None:
        self.text = ""
        self.spans: list[Span] = []

    def plain(self, words: str) -> None:
        """Add words that bear no label."""
        self.text += words

    def marked(self, words: str, label: str) -> None:
        """Add words that bear one."""
        self.spans.append(Span(len(self.text), len(self.text) + len(words), label))
        self.text += words


def write_sentence(rng: random.Random) -> Writer:
    """Return an invented sentence with seven spans: two names, two places, two counts and a claim."""
    w = Writer()
    for part in ("first", "second"):
        n, thing, place = rng.randint(2, 990), rng.choice(THINGS), rng.choice(PLACES)
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        if part == "first":
            w.plain("“About ")
            w.marked(f"{n} {thing}", "COUNT")
            w.plain(" are still missing in ")
            w.marked(place, "VENUE")
            w.plain(",”")
            w.spans.append(Span(0, len(w.text), "CLAIM"))
            w.plain(" said ")
            w.marked(name, "PERSON")
            w.plain(" late on Monday, ")
        else:
            w.plain("before ")
            w.marked(name, "PERSON")
            w.plain(" went back to ")
            w.marked(place, "VENUE")
            w.plain(" with the other ")
            w.marked(f"{n} {thing}", "COUNT")
            w.plain(".")
    return w


def make(path: Path, seed: int) -> tuple[int, int]:
    """Make the corpus, its journal and a suggestion file; return how many sentences and spans it has."""
    rng = random.Random(seed)
    written = [write_sentence(rng) for _ in range(WORKED + FREE)]
    a = builders.article("A long day\n" + "\n".join(w.text for w in written), "t" + "b" * len(written))
    schema = default_schema_path()
    corpus = builders.make_corpus(path, a, schema=read_schema_text(schema))
    session = builders.open_session(corpus, name="bench")
    free = range(WORKED // 2, WORKED // 2 + FREE)
    before, after = range(free.start), range(free.stop, len(written))
    _annotate(session, written, [*after, *before])
    spans = sum(len(w.annotation.spans) for w in session.article_sentences)
    session.close()
    _suggest(path, a, written, rng)
    return len(written), spans


def _annotate(session: AnnotationSession, written: Sequence[Writer], numbers: Sequence[int]) -> None:
    """Save the spans of these sentences; every other one, and the last, is accepted."""
    for i in numbers:
        answer = Answer.ACCEPT if i % 2 or i == numbers[-1] else None
        session.apply_edit(apply_suggestions(session.article_sentences[i], written[i].spans, session.schema, answer))
    assert session.flush(60)


def _suggest(path: Path, a: Article, written: Sequence[Writer], rng: random.Random) -> None:
    """Write a file of suggestions as a model would: most are right, some bear another label."""
    sentences = [s for s in builders.sentences(a) if s.text != a.title]
    lines = []
    for sentence, w in zip(sentences, written, strict=True):
        assert sentence.text == w.text
        found = [
            Suggestion(s.start, s.end, s.label, "model", round(rng.uniform(0.3, 0.99), 2), "model")
            for s in w.spans
            if is_aligned(sentence.tokens, s.start, s.end)
        ]
        lines.append(encode_suggestions(sentence, found, "model", "bench"))
    target = suggestion_path(path, "model")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"".join(lines))


def keys(n: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield ``n`` keys, each with its kind."""
    rng = random.Random(seed)
    kinds = list(KEYS)
    weights = [KEYS[k][0] for k in kinds]
    for kind in rng.choices(kinds, weights, k=n):
        yield kind, rng.choice(KEYS[kind][1])


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return the 50th, 95th and 99th percentile of seconds, in milliseconds."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {f"p{p}": round(cuts[p - 1] * 1000, 2) for p in (50, 95, 99)}


def main() -> None:
    """Press the keys in both programs in turn and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["ANNOTATOR_HOME"] = str(home)
        sentences, spans = make(home / "load", options.seed)
        text = ROOT / "corpus" / "sources" / "01-ferry-strike.txt"
        ours = Program([sys.executable, "-m", "annotator", str(home / "load"), "--as", "bench"], home)
        ours.until(f"sentence {WORKED // 2 + 1}/{sentences}".encode())
        theirs = Program([sys.executable, "-m", "tests.benchmarks.minimal_app", str(text)], home)
        theirs.until(b"walked off")
        took: list[tuple[str, float]] = []
        minimal: list[float] = []
        for n, (kind, key) in enumerate(keys(options.keys + 10, options.seed)):
            pair = (ours.key(key), theirs.key(b"j"))
            if n >= 10:  # the first keys fill caches in both
                took.append((kind, pair[0]))
                minimal.append(pair[1])
        ours.end()
        theirs.end()
    report(took, minimal, {"sentences": sentences, "spans": spans, "keys": options.keys})


def report(took: Sequence[tuple[str, float]], minimal: Sequence[float], figures: dict[str, object]) -> None:
    """Print the percentiles of both, their ratios and the median and worst of each kind of key."""
    painted = [t for _, t in took if t > 0]
    mine, floor = percentiles(painted), percentiles(minimal)
    ratios = {p: round(mine[p] / floor[p], 2) for p in mine}
    figures |= {"painted": len(painted), "ours": mine, "minimal": floor, "ratio": ratios}
    print(f"{figures['sentences']} sentences, {figures['spans']} spans, {len(painted)} keys that painted")
    print(f"{'ms':<10}{'p50':>8}{'p95':>8}{'p99':>8}")
    for name, row in (("annotator", mine), ("minimal", floor), ("ratio", ratios)):
        print(f"{name:<10}" + "".join(f"{x:>8}" for x in row.values()))
    for kind in KEYS:
        values = sorted(t * 1000 for k, t in took if k == kind and t > 0)
        if values:
            middle = statistics.median(values)
            print(f"  {kind:<8}{len(values):>4} keys  median {middle:6.1f}  worst {values[-1]:6.1f}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
