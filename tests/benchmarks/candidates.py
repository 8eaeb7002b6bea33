"""How many gold spans the candidate rules reach, and how many candidates they offer for it.

``python -m tests.benchmarks.candidates [FILE…] [--half tune|test|all]`` (see ``gold_sets``). ``--misses
LABEL`` prints the gold spans that are missed. The last line is one JSON object: per file and label the
share of gold spans that are exactly a candidate, exactly what the hint of their first token selects, and
exactly that after at most two growths; and per file candidates a gold span and milliseconds a sentence.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import spacy

from annotator.core.tokens import Token, TokenRange, build_tokens
from annotator.language import selection_candidates, selection_expansions, snap_to_phrase
from tests.benchmarks.gold_sets import aligned, gold_parser, rows

GROWTHS = 2


def main() -> None:
    """Measure the files and print the figures."""
    parser = gold_parser(__doc__)
    parser.add_argument("--misses", default="", metavar="LABEL", help="print gold spans that no candidate is")
    parser.add_argument("--extras", default="", metavar="KIND", help="print candidates that are no gold span")
    args = parser.parse_args()
    nlp = spacy.blank("en")
    figures = {path.name: measure(path, nlp, args) for path in args.files}
    print(json.dumps({"benchmark": "candidates", "half": args.half, "files": figures}))


def measure(path: Path, nlp: Any, args: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of one file."""
    hits: dict[str, Counter[str]] = {}
    total: Counter[str] = Counter()
    seconds = 0.0
    for row in rows(path, args.half):
        doc = nlp(row["text"])
        tokens = build_tokens([t.text for t in doc], [bool(t.whitespace_) for t in doc])
        began = time.perf_counter()
        found = selection_candidates(tokens)
        seconds += time.perf_counter() - began
        gold = set(aligned(row, tokens))
        ranges = {(c.first, c.last) for c in found}
        for label, wanted in sorted(gold):
            hits.setdefault(label, Counter()).update(reach(tokens, wanted, ranges))
        golden = {r for _, r in gold}
        total.update(sentences=1, candidates=len(ranges), gold=len(golden), right=len(golden & ranges))
        show(doc, [r for label, r in gold if label == args.misses and r not in ranges], "-")
        show(doc, [(c.first, c.last) for c in found if c.kind == args.extras and (c.first, c.last) not in golden], "+")
    return {**{label: shares(counts) for label, counts in sorted(hits.items())}, **summary(total, seconds)}


def summary(total: Counter[str], seconds: float) -> dict[str, float | int]:
    """Return what holds for a file as a whole."""
    return {
        "candidates_per_gold": round(total["candidates"] / max(1, total["gold"]), 2),
        "precision": round(total["right"] / max(1, total["candidates"]), 3),
        "ms_per_sentence": round(1000 * seconds / max(1, total["sentences"]), 3),
        "sentences": total["sentences"],
    }


def show(doc: Any, ranges: list[TokenRange], sign: str) -> None:
    """Print ranges with the words around them."""
    for first, last in ranges:
        print(f"{sign} {doc[max(0, first - 8) : first]} [[{doc[first:last]}]] {doc[last : last + 6]}")


def reach(tokens: tuple[Token, ...], wanted: TokenRange, ranges: set[TokenRange]) -> Counter[str]:
    """Return by which ways a wanted range is had."""
    at = snap_to_phrase(tokens, wanted[0])
    out = Counter(n=1, candidate=int(wanted in ranges), snap=int(at == wanted))
    for _ in range(GROWTHS):
        if at == wanted or not (bigger := selection_expansions(tokens, *at)):
            break
        at = (bigger[0].first, bigger[0].last)
    out["grown"] = int(at == wanted)
    return out


def shares(counts: Counter[str]) -> dict[str, float | int]:
    """Return the shares of a label's spans, and how many there are."""
    n = counts["n"]
    return {"n": n, **{way: round(counts[way] / n, 3) for way in ("candidate", "snap", "grown")}}


if __name__ == "__main__":
    main()
