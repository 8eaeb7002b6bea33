"""How well the claims are found, and how many keys a gold claim costs.

``python -m tests.benchmarks.claims [FILE…] [--half tune|test|all]`` (see ``gold_sets``): only the label
CLAIM counts, and of that what holds a word (a lone quotation mark that a splitter left behind is
counted apart, under ``marks``). ``--alone`` looks at each
sentence without those around it, ``--misses``, ``--extras`` print what is missed or too much, and
``--rules`` what each rule is worth.
The last line is one JSON object: exact precision, recall, F1 and character F1 of the best set of
claims; and the keys a gold claim beside its label key. The key model: the label key takes the best
reading that is not yet taken (0 keys; Tab, 1 key, passes one by); Space turns to the next extent
(1 key each); a hint (1 or 2 keys) and the label key take the likeliest claim that starts there; an
edge moves by a word (1 key); or both ends by hints. ``started`` tells how often the claim from a
known first token is the gold one at once, and after at most one and two growths.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import spacy

from annotator.core.tokens import Token, TokenRange, build_tokens, token_range
from annotator.language import selection_expansions
from annotator.language.claims import best_claims, claim_candidates, claim_from
from annotator.language.quotations import sentences_inside_quotation
from annotator.language.sentence_features import SentenceFeatures, is_quotation_mark
from annotator.language.span_kinds import SpanCandidate
from tests.benchmarks.gold_sets import gold_parser, rows

FAR = 9
"""What a gold claim costs at the most: both hints and five words of correction."""


def main() -> None:
    """Measure the files and print the figures."""
    parser = gold_parser(__doc__)
    for flag in ("--alone", "--misses", "--extras", "--rules", "--costs"):
        parser.add_argument(flag, action="store_true")
    args = parser.parse_args()
    nlp = spacy.blank("en")
    figures = {path.name: measure(path, nlp, args) for path in args.files}
    print(json.dumps({"benchmark": "claims", "half": args.half, "alone": args.alone, "files": figures}))


def measure(path: Path, nlp: Any, args: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of one file."""
    total: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = {}
    for row, view in views(path, nlp, args):
        began = time.process_time()
        best, every = best_claims(view), claim_candidates(view)
        total["seconds"] += int(1e9 * (time.process_time() - began))
        gold = claims_of(row)
        found = {reach(view.tokens, r): r for r in best}
        weigh(total, row["text"], gold, set(found))
        for readings, counts in ((best, "best"), (every, "all")):
            for r in readings:
                rule = rules.setdefault(r.rule, Counter())
                rule.update({counts: 1, f"{counts}_right": int(reach(view.tokens, r) in gold)})
        for cost, way, span in costs(view, row, gold, best, every):
            total.update({"keys": cost, "keyed": 1, way: 1, f"cost{min(cost, FAR)}": 1})
            total[f"grown{growths(view, span)}"] += 1
            if args.costs:
                print(f"{cost} {way} {row['text'][slice(*span)]!r} in {row['text']}")
        if args.misses and gold - set(found):
            show("-", row["text"], gold, found)
        if args.extras and set(found) - gold:
            show("+", row["text"], gold, found)
    if args.rules:
        report(rules)
    return summary(total)


def views(path: Path, nlp: Any, args: argparse.Namespace) -> Iterator[tuple[dict[str, Any], SentenceFeatures]]:
    """Yield each row with the view of its sentence, knowing what stands before it in its document."""
    for _, group in groupby(rows(path, args.half), key=lambda row: str(row["meta"]["doc"])):
        together = list(group)
        cut = [tokens(nlp, row["text"]) for row in together]
        within = [False] * len(cut) if args.alone else sentences_inside_quotation(cut)
        for row, words, inside in zip(together, cut, within, strict=True):
            yield row, SentenceFeatures(words, inside)


def tokens(nlp: Any, text: str) -> tuple[Token, ...]:
    """Return the tokens of a text."""
    doc = nlp(text)
    return build_tokens([t.text for t in doc], [bool(t.whitespace_) for t in doc])


def claims_of(row: dict[str, Any]) -> set[TokenRange]:
    """Return the gold claims in code points."""
    spans = ((s["start"], s["end"]) for s in row["spans"] if s["label"] == "CLAIM")
    return {(a, b) for a, b in spans if a < b}


def word(text: str, span: TokenRange) -> bool:
    """Whether a span holds a word."""
    return any(c.isalnum() for c in text[slice(*span)])


def reach(words: tuple[Token, ...], r: SpanCandidate) -> TokenRange:
    """Return the code points of a reading."""
    return words[r.first].start, words[r.last - 1].end


def weigh(total: Counter[str], text: str, gold: set[TokenRange], found: set[TokenRange]) -> None:
    """Add what is found, right and wanted, in spans and in characters."""
    worded = {g for g in gold if word(text, g)}
    marks = gold - worded
    total.update(sentences=1, gold=len(worded), found=sum(word(text, f) for f in found))
    total.update(right=len(worded & found), marks=len(marks), marks_right=len(marks & found))
    total["marks_found"] += sum(not word(text, f) for f in found)
    chars = {i for g in gold for i in range(*g)}
    ours = {i for f in found for i in range(*f)}
    total.update(chars=len(chars), chars_found=len(ours), chars_right=len(chars & ours))


def costs(
    view: SentenceFeatures,
    row: dict[str, Any],
    gold: set[TokenRange],
    best: tuple[SpanCandidate, ...],
    every: tuple[SpanCandidate, ...],
) -> Iterator[tuple[int, str, TokenRange]]:
    """Yield keys and way of each gold claim with a word, taken in reading order."""
    left = list(best)
    hints = hint_costs(view)
    for span in sorted(g for g in gold if word(row["text"], g)):
        wanted = token_range(view.tokens, *span)
        ways = [(2 + 2, "ends")] if not wanted[0] < wanted[1] else by_hints(view, wanted, hints)
        for passed, reading in enumerate(left):
            at = (reading.first, reading.last)
            ways += [(passed + keys, way) for keys, way in turned(view, at, wanted, every)]
        cost, way = min(ways)
        left = [r for r in left if r.first >= wanted[1]]
        yield min(cost, FAR), way, span


def growths(view: SentenceFeatures, span: TokenRange) -> int:
    """Return how many growths lead from the claim at the span's first token to the span; 9 if none do."""
    first, last = token_range(view.tokens, *span)
    at = claim_from(view, first)
    chain = [at, *((e.first, e.last) for e in selection_expansions(view.tokens, *at))]
    return min(chain.index((first, last)), FAR) if (first, last) in chain else FAR


def turned(
    view: SentenceFeatures, at: TokenRange, wanted: TokenRange, every: tuple[SpanCandidate, ...]
) -> Iterator[tuple[int, str]]:
    """Yield the ways from a range by Space and by moved edges."""
    chain = [at, *((e.first, e.last) for e in selection_expansions(view.tokens, *at))]
    for keys, r in enumerate(chain[:4]):
        off = abs(r[0] - wanted[0]) + abs(r[1] - wanted[1])
        way = ("first" if not keys else f"space{keys}") if not off else "edges"
        yield keys + off, way


def by_hints(view: SentenceFeatures, wanted: TokenRange, hints: list[int]) -> list[tuple[int, str]]:
    """Return the ways that begin with the hint of the first token, or take one for each end."""
    first, last = wanted
    ways = [(hints[first] + hints[last - 1], "ends")]
    for keys, way in turned(view, claim_from(view, first), wanted, ()):
        ways.append((hints[first] + keys, f"hint {way}"))
    return ways


def hint_costs(view: SentenceFeatures) -> list[int]:
    """Return the keys of each token's hint: one for capitals, numbers and marks, else two."""
    easy = (view.is_capitalised(i) or view.is_number(i) or is_quotation_mark(t.text) for i, t in enumerate(view.tokens))
    return [1 if e else 2 for e in easy]


def show(sign: str, text: str, gold: set[TokenRange], found: dict[TokenRange, SpanCandidate]) -> None:
    """Print a sentence with its gold claims in [[ ]] and the found ones in { }."""
    marks = [(a, 1, "[[") for a, _ in gold] + [(b, 0, "]]") for _, b in gold]
    marks += [(a, 1, "{" + r.rule + ": ") for (a, _), r in found.items()] + [(b, 0, "}") for _, b in found]
    out, at = "", 0
    for place, _, mark in sorted(marks):
        out, at = out + text[at:place] + mark, place
    print(sign, (out + text[at:]).replace("\n", " "))


def report(rules: dict[str, Counter[str]]) -> None:
    """Print how many readings each rule makes and how many of them are gold."""
    for rule, n in sorted(rules.items(), key=lambda item: -item[1]["all"]):
        share = n["all_right"] / max(1, n["all"])
        chosen = n["best_right"] / max(1, n["best"])
        print(f"{rule:24} all {n['all']:4} {share:.2f}   best {n['best']:4} {chosen:.2f}")


def summary(n: Counter[str]) -> dict[str, Any]:
    """Return the figures of a file."""
    keyed = max(1, n["keyed"])
    ways = {w: round(n[w] / keyed, 3) for w in ("first", "space1", "space2", "edges", "ends", "hint first")}
    return {
        "exact": scores(n["right"], n["found"], n["gold"]),
        "exact_with_marks": scores(
            n["right"] + n["marks_right"], n["found"] + n["marks_found"], n["gold"] + n["marks"]
        ),
        "characters": scores(n["chars_right"], n["chars_found"], n["chars"]),
        "gold": n["gold"],
        "marks": n["marks"],
        "sentences": n["sentences"],
        "keys": round(n["keys"] / keyed, 2),
        "ways": ways,
        "started": [round(sum(n[f"grown{k}"] for k in range(most + 1)) / keyed, 3) for most in range(3)],
        "costs": {k: round(n[f"cost{k}"] / keyed, 3) for k in range(FAR + 1)},
        "ms_per_sentence": round(n["seconds"] / 1e6 / max(1, n["sentences"]), 3),
    }


def scores(right: int, found: int, gold: int) -> dict[str, float]:
    """Return precision, recall and F1."""
    p, r = right / max(1, found), right / max(1, gold)
    return {"p": round(p, 3), "r": round(r, 3), "f1": round(2 * p * r / max(1e-9, p + r), 3)}


if __name__ == "__main__":
    main()
