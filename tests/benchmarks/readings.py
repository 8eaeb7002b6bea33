"""How many gold spans are a reading of the right kind, and how honest the readings' scores are.

``python -m tests.benchmarks.readings [FILE…] [--half tune|test|all]`` (see ``gold_sets``). The rows of one
``meta.doc`` are one article, whose context the rules have. ``--misses LABEL`` prints gold spans that are no
reading, ``--extras LABEL`` readings that are no gold span, with score and rule. Per file and label: recall
of gold spans, precision of all readings and of those with a score of ``LIKELY`` or more, the share of gold
that readings with a score of ``SURE`` or more hold and the precision of those. ``--rules LABEL`` prints how
many readings each rule gives and what share is gold. The table of calibration sets the scores beside the
shares that are gold. The last line is JSON. ``--forms offered`` leaves out the readings that the shipped schema
excludes by their form, as the screen does; ``--forms guideline`` leaves out such gold spans too, because the gold
sets follow other guidelines: most mark every place name, a modifier as well.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spacy

from annotator.core.tokens import Token, TokenRange, build_tokens
from annotator.language import SpanCandidate, build_context, span_candidates
from annotator.language.span_forms import is_excluded
from annotator.storage.schemas import default_schema_path, load_schema
from tests.benchmarks.gold_sets import aligned, articles, gold_parser

KINDS = {"PERSON": "person", "VENUE": "place", "COUNT": "number", "CLAIM": "claim"}
LABELS = {kind: label for label, kind in KINDS.items()}
LIKELY = 0.3
SURE = 0.9
BINS = 10


@dataclass
class Tally:
    """What was counted for one label of one file, or of all files."""

    gold: int = 0
    hits: int = 0
    """Gold spans that are a reading, whatever its score."""
    given: list[tuple[float, bool, str]] = field(default_factory=list)
    """Score, whether it is gold, and rule of each reading."""

    def add(self, other: Tally) -> None:
        """Take the counts of another tally in."""
        self.gold += other.gold
        self.hits += other.hits
        self.given += other.given

    def figures(self) -> dict[str, float | int]:
        """Return the figures that are printed."""
        sure = [right for score, right, _ in self.given if score >= SURE]
        return {
            "gold": self.gold,
            "recall": share(self.hits, self.gold),
            "precision": self.precision(0),
            "precision_likely": self.precision(LIKELY),
            "recall_likely": share(sum(r for s, r, _ in self.given if s >= LIKELY), self.gold),
            "sure": share(sum(sure), self.gold),
            "precision_sure": share(sum(sure), len(sure)),
        }

    def precision(self, least: float) -> float:
        """Return the share of readings with such a score that are gold."""
        right = [r for score, r, _ in self.given if score >= least]
        return share(sum(right), len(right))


def main() -> None:
    """Measure the files and print the figures."""
    args = arguments()
    nlp = spacy.blank("en")
    pooled: dict[str, Tally] = defaultdict(Tally)
    files = {}
    for path in args.files:
        tallies, ms = measure(path, nlp, args)
        for label, tally in tallies.items():
            pooled[label].add(tally)
        files[path.name] = {label: t.figures() for label, t in sorted(tallies.items())} | {"ms_per_sentence": ms}
    for label, tally in sorted(pooled.items()):
        show_calibration(label, tally)
    if args.rules:
        show_rules(pooled[args.rules])
    show_figures(files)
    print(json.dumps({"benchmark": "readings", "half": args.half, "files": files}))


def arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = gold_parser(__doc__)
    parser.add_argument("--misses", default="", metavar="LABEL", help="print gold spans that no reading is")
    parser.add_argument("--extras", default="", metavar="LABEL", help="print readings that are no gold span")
    parser.add_argument("--least", type=float, default=0.0, help="the least score of the extras printed")
    parser.add_argument("--forms", choices=("all", "offered", "guideline"), default="all", help="default: all")
    parser.add_argument("--rules", default="", metavar="LABEL", help="print the share that is gold by rule")
    return parser.parse_args()


def measure(path: Path, nlp: Any, args: argparse.Namespace) -> tuple[dict[str, Tally], float]:
    """Return the counts of one file by label, and milliseconds a sentence (the context's share within)."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    seconds, sentences = 0.0, 0
    schema = load_schema(default_schema_path())
    for article in articles(path, args.half):
        cut = [build_tokens([t.text for t in d], [bool(t.whitespace_) for t in d]) for d in docs(article, nlp)]
        began = time.perf_counter()
        context = build_context("\n".join(row["text"] for row in article), cut)
        found = [span_candidates(tokens, context) for tokens in cut]
        seconds += time.perf_counter() - began
        sentences += len(cut)
        for row, tokens, every in zip(article, cut, found, strict=True):
            gold, given = list(aligned(row, tokens)), every
            if args.forms != "all":
                given = tuple(r for r in every if not is_excluded(schema, LABELS[r.kind], tokens, r.first, r.last))
            if args.forms == "guideline":
                gold = [(label, r) for label, r in gold if not is_excluded(schema, label, tokens, *r)]
            count(tallies, row["meta"]["annotates"], gold, given)
            show(tokens, gold, given, args)
    return tallies, round(1000 * seconds / max(1, sentences), 3)


def docs(article: Sequence[dict[str, Any]], nlp: Any) -> Iterator[Any]:
    """Yield the tokenised sentences of an article."""
    return (nlp(row["text"]) for row in article)


def count(
    tallies: dict[str, Tally],
    labels: Sequence[str],
    gold: Sequence[tuple[str, TokenRange]],
    given: Sequence[SpanCandidate],
) -> None:
    """Add one sentence to the tallies of the labels that the set covers."""
    for label in labels:
        wanted = {r for name, r in gold if name == label}
        best = best_of(given, KINDS[label])
        tallies[label].gold += len(wanted)
        tallies[label].hits += len(wanted & set(best))
        tallies[label].given += [(b.score, r in wanted, b.rule) for r, b in best.items()]


def best_of(given: Sequence[SpanCandidate], kind: str) -> dict[TokenRange, SpanCandidate]:
    """Return the likeliest reading of each range."""
    best: dict[TokenRange, SpanCandidate] = {}
    for r in given:
        at = (r.first, r.last)
        if r.kind == kind and (at not in best or best[at].score < r.score):
            best[at] = r
    return best


def show(
    tokens: Sequence[Token],
    gold: Sequence[tuple[str, TokenRange]],
    given: Sequence[SpanCandidate],
    args: argparse.Namespace,
) -> None:
    """Print the misses and the extras of a sentence."""
    found = best_of(given, KINDS.get(args.misses, ""))
    for label, (first, last) in gold:
        if label == args.misses and (first, last) not in found:
            print("-", around(tokens, first, last))
    wanted = {r for label, r in gold if label == args.extras}
    for (first, last), r in best_of(given, KINDS.get(args.extras, "")).items():
        if (first, last) not in wanted and r.score >= args.least:
            print(f"+ {r.score:.2f} {r.rule:20} {around(tokens, first, last)}")


def around(tokens: Sequence[Token], first: int, last: int) -> str:
    """Return a range with the words around it."""
    text = [t.text for t in tokens]
    before, inside, after = text[max(0, first - 8) : first], text[first:last], text[last : last + 6]
    return f"{' '.join(before)} [[{' '.join(inside)}]] {' '.join(after)}"


def show_calibration(label: str, tally: Tally) -> None:
    """Print a table of score bins: how many readings, their mean score, the share that is gold."""
    print(f"{label:8} score      n  mean  gold")
    for b in range(BINS):
        inside = [(s, right) for s, right, _ in tally.given if min(BINS - 1, int(s * BINS + 1e-9)) == b]
        if inside:
            n = len(inside)
            mean, right = sum(s for s, _ in inside) / n, sum(r for _, r in inside) / n
            print(f"         {b / BINS:.1f}-{(b + 1) / BINS:.1f} {n:6} {mean:5.2f} {right:5.2f}")


def show_rules(tally: Tally) -> None:
    """Print for each rule how many readings it gives, their mean score and the share that is gold."""
    n = Counter(rule for _, _, rule in tally.given)
    for rule, k in n.most_common():
        score = sum(s for s, _, name in tally.given if name == rule)
        right = sum(r for _, r, name in tally.given if name == rule)
        print(f"rule {rule:40} {k:6} {score / k:5.2f} {right / k:5.2f}")


def show_figures(files: dict[str, Any]) -> None:
    """Print the figures as a table."""
    names = ("gold", "recall", "precision", "precision_likely", "recall_likely", "sure", "precision_sure")
    print(f"{'':38}" + "".join(f"{name:>17}" for name in names))
    for file, labels in files.items():
        for label in sorted(set(labels) & set(KINDS)):
            cells = "".join(f"{labels[label][name]:17}" for name in names)
            print(f"{file[:29]:30}{label:8}{cells}")


def share(part: int, whole: int) -> float:
    """Return a share rounded to three places; of nothing, 0."""
    return round(part / whole, 3) if whole else 0.0


if __name__ == "__main__":
    main()
