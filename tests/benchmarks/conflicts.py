"""What each rule for conflicts of annotators exports, of three who make mistakes on the same text.

``python -m tests.benchmarks.conflicts [FILE…] [--half HALF] [--boundary N] [--label N] [--missing N]``: of each
span of the gold set each annotator, with a seed of their own, moves an edge by a token, takes another label or
overlooks it, in so many of 100. The last line is one JSON object; for each rule, and for one annotator alone: the
exported sentences, the conflicts by kind, precision and recall of the exported spans in the exported sentences against
the gold set (percent), and the processor seconds of the export for those of one annotator.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.core.annotation import Answer
from annotator.core.disagreement import ConflictRule
from annotator.core.scoring import MatchCounts
from annotator.export.options import ExportItem, ExportOptions
from annotator.storage.corpus_folder import CorpusFolder
from annotator.workflows.corpus import Corpus
from annotator.workflows.exporting import export_training
from annotator.workflows.record_selection import select_items
from tests.benchmarks.gold_sets import gold_parser, rows

NAMES = ("ana", "bo", "cy")
TRUTH = "truth"
RULES: tuple[ConflictRule, ...] = ("skip", "prefer", "majority")
LABELS = ("PERSON", "VENUE", "COUNT", "CLAIM")


def main() -> None:
    """Make the corpus, measure, and print the figures."""
    parser = gold_parser(__doc__)
    for kind, rate in (("boundary", 4), ("label", 2), ("missing", 6)):
        parser.add_argument(f"--{kind}", type=float, default=rate, help=f"of 100 spans; default: {rate}")
    chosen = parser.parse_args()
    rates = {kind: getattr(chosen, kind) / 100 for kind in ("boundary", "label", "missing")}
    gold = [row for file in chosen.files for row in rows(file, chosen.half)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        corpus = _make(path, gold, rates)
        truth = {i.annotated.sentence.id: i for i in select_items(corpus, (TRUTH,)).items}
        alone, seconds = _measure(corpus, path / "alone", truth, NAMES[:1], "skip")
        figures = {"benchmark": "conflicts", "sentences": len(truth), "rates": rates, "alone": alone}
        for rule in RULES:
            found, used = _measure(corpus, path / rule, truth, NAMES, rule)
            figures[rule] = found | {"seconds_ratio": round(used / seconds, 2)}
            print(rule, figures[rule])
    print(json.dumps(figures))


def _make(path: Path, gold: Sequence[Mapping[str, Any]], rates: Mapping[str, float]) -> CorpusFolder:
    """Return a corpus in which three annotators, and the truth, have accepted all rows."""
    corpus = Corpus.create(path / "corpus", schema="news", lang="en")
    for number, name in enumerate((TRUTH, *NAMES)):
        dice = random.Random(number)
        file = path / f"{name}.jsonl"
        with file.open("w", encoding="utf-8") as out:
            for row in gold:
                spans = row["spans"] if name == TRUTH else _with_mistakes(row, rates, dice)
                meta = {"doc": str(row["meta"]["doc"])}
                out.write(json.dumps({"text": row["text"], "spans": spans, "answer": "accept", "meta": meta}) + "\n")
        corpus.import_files(file, annotator=name, format="plain")
    return corpus.folder


def _with_mistakes(row: Mapping[str, Any], rates: Mapping[str, float], dice: random.Random) -> list[dict[str, Any]]:
    """Return the spans of a row as a careless annotator has them."""
    starts = [n for n, mark in enumerate(row["text"]) if mark != " " and row["text"][:n][-1:] in {"", " "}]
    ends = [
        n for n in range(1, len(row["text"]) + 1) if row["text"][n - 1] != " " and row["text"][n : n + 1] in {"", " "}
    ]
    made: dict[tuple[int, int, str], None] = {}
    for span in row["spans"]:
        start, end, label, draw = span["start"], span["end"], span["label"], dice.random()
        if draw < rates["missing"]:
            continue
        if draw < rates["missing"] + rates["label"]:
            label = dice.choice([x for x in LABELS if x != label])
        elif draw < sum(rates.values()):
            earlier, later = [n for n in starts if n < start][-1:], [n for n in ends if n > end][:1]
            start, end = dice.choice([*((n, end) for n in earlier), *((start, n) for n in later)] or [(start, end)])
        made[start, end, label] = None
    return [{"start": a, "end": b, "label": label} for a, b, label in made]


def _measure(
    corpus: CorpusFolder, out: Path, truth: Mapping[str, ExportItem], names: tuple[str, ...], rule: ConflictRule
) -> tuple[dict[str, Any], float]:
    """Return what an export has, and its processor seconds."""
    options = ExportOptions(split=(100, 0, 0), split_by="article", annotator=names, on_conflict=rule)
    seconds = time.process_time()
    report = export_training(corpus, out, options)
    seconds = time.process_time() - seconds
    items = [i for i in select_items(corpus, names, rule=rule).items if i.annotated.annotation.answer is Answer.ACCEPT]
    spans, gold = (
        {(i.annotated.sentence.id, *s.key) for i in found for s in i.annotated.annotation.spans}
        for found in (items, [truth[i.annotated.sentence.id] for i in items])
    )
    counts = MatchCounts(len(spans & gold), len(spans), len(spans & gold), len(gold))
    return {
        "exported": len(items),
        "conflicts": report.totals.get("conflicts", {}),
        "spans": len(spans),
        "precision": round(100 * counts.precision, 1),
        "recall": round(100 * counts.recall, 1),
    }, seconds


if __name__ == "__main__":
    main()
