"""How well the cleaner finds the article in text dumps of pages.

``python -m tests.benchmarks.cleaning [FILE…] [--seeds FOLDER]``; a file has an object a line, ``{"id",
"domain", "text", "gold_body", "line_labels"}`` (1 for the article, 0 for others, -1 for blank); without
files it is the pages of the sample. A row is printed for each page and, as the last line, one JSON object
of the figures. A page is scored by the multiset F1 of word 4-grams between the lines kept (body and
subheads) and the reference body, a seed by the number of lines that are body and should not be, or the
other way round.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.ingest.clean import clean
from tests.benchmarks.gold_sets import json_rows, sample_pages

Grams = Counter[tuple[str, ...]]

SEED_BODY = {
    "000_40cc49cc1cb1b4a7.txt": {*range(11, 30, 2), *range(33, 42, 2)},
    "003_0c8f9876a2e6e1fb.txt": {*range(10, 29, 2), *range(32, 45, 2), *range(48, 65, 2)},
}
"""The numbers (from 1) of the body lines of the seeds, labelled by hand before any tuning."""
SEED_SUBHEADS = {"000_40cc49cc1cb1b4a7.txt": {31}, "003_0c8f9876a2e6e1fb.txt": {30, 46}}


def grams(text: str) -> Grams:
    """Return the word 4-grams of a text with their counts, in lower case."""
    words = re.findall(r"\w+", text.lower())
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def f1(common: int, kept: int, wanted: int) -> float:
    """Return the harmonic mean of precision and recall, 1 where nothing was wanted and nothing kept."""
    return 2 * common / (kept + wanted) if kept + wanted else 1.0


def kept(text: str) -> str:
    """Return the lines of a page that the cleaner keeps for annotation."""
    lines = zip(text.split("\n"), clean(text).lines, strict=True)
    return "\n".join(row for row, line in lines if line.verdict.annotated)


def overlap(text: str, gold: str) -> tuple[int, int, int]:
    """Return how many 4-grams kept lines and reference share, and how many each has."""
    ours, theirs = grams(kept(text)), grams(gold)
    return (ours & theirs).total(), ours.total(), theirs.total()


def line_f1(text: str, labels: list[int]) -> float:
    """Return the F1 of the body lines; ``labels`` are 1 for body, 0 for boilerplate, -1 for blank."""
    found = [line.verdict.annotated for line in clean(text).lines]
    both = sum(ours and label == 1 for ours, label in zip(found, labels, strict=True))
    return f1(both, sum(found), labels.count(1))


def wrong_seed_lines(path: Path) -> list[int]:
    """Return the numbers (from 1) of a seed's lines on the wrong side, subheads aside."""
    text = path.read_text(encoding="utf-8")
    body = {number for number, line in enumerate(clean(text).lines, 1) if line.verdict == "body"}
    return sorted((body ^ SEED_BODY[path.name]) - SEED_SUBHEADS[path.name])


def dump_figures(pages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures on page dumps and print a row for each page."""
    scores, counts, lines, seconds = [], [], [], []
    for page in pages:
        start = time.process_time()
        clean(page["text"])
        seconds.append(time.process_time() - start)
        counts.append(overlap(page["text"], page["gold_body"]))
        scores.append(f1(*counts[-1]))
        lines.append(line_f1(page["text"], page["line_labels"]))
        row = f"{page['domain'][:30]:30} {len(page['line_labels']):5} lines  4-grams {scores[-1]:.3f}"
        print(f"{row}  lines {lines[-1]:.3f}  {1000 * seconds[-1]:5.1f} ms")
    total = sum(len(page["line_labels"]) for page in pages)
    return {
        "pages": len(pages),
        "macro_f1": round(sum(scores) / len(scores), 4),
        "micro_f1": round(f1(*(sum(column) for column in zip(*counts, strict=True))), 4),
        "line_f1": round(sum(lines) / len(lines), 4),
        "worst_page": round(min(scores), 4),
        "ms_per_400_lines": round(400_000 * sum(seconds) / total, 1),
    }


def seed_figures(folder: Path) -> dict[str, list[int]]:
    """Return the wrong lines of each seed that is labelled here and print a row for each."""
    wrong = {path.name: wrong_seed_lines(path) for path in sorted(folder.glob("*.txt")) if path.name in SEED_BODY}
    for name, numbers in wrong.items():
        print(f"{name:30} wrong lines: {numbers or 'none'}")
    return wrong


def main() -> None:
    """Print the tables and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="default: the pages of the sample")
    parser.add_argument("--seeds", type=Path, help="a folder with the seeds that are labelled here")
    arguments = parser.parse_args()
    pages = [page for path in arguments.files for page in json_rows(path)] or sample_pages()
    figures = dump_figures(pages)
    if arguments.seeds:
        figures["wrong_seed_lines"] = seed_figures(arguments.seeds)
    print(json.dumps({"benchmark": "cleaning", **figures}))


if __name__ == "__main__":
    main()
