"""How well the cleaner finds the article in text dumps of pages.

``python -m tests.benchmarks.cleaning [FILE…] [--fit FILE] [--folds N] [--seeds FOLDER]``; a file has an object a
line, ``{"id", "domain", "text", "gold_body"}`` and, if somebody has labelled the lines, ``"line_labels"`` (1 for the
article, 0 for others, -1 for blank); without files it is the pages of the sample. A row is printed for each
page and, as the last line, one JSON object of the figures. A page is scored by the multiset F1 of word 4-grams
between the lines kept (body and subheads) and the reference body, a seed by the number of lines that are body
and should not be, or the other way round.

There are two figures. ``shipped`` is of the weights as they are; where the pages are those that the weights were
fitted to, it is too good. ``sites_left_out`` is of weights that are fitted without the page's own site: to the
pages of ``--fit``, or of the files themselves, with the sites in N folds (default: a fold a site).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from annotator.ingest.clean import clean
from tests.benchmarks.fit_cleaner import fit_rows, fit_weights, with_weights
from tests.benchmarks.gold_sets import json_rows, sample_pages
from tests.benchmarks.page_scores import f1, line_labels, mean, overlap, page_figures, text_f1

Page = dict[str, Any]

SEED_BODY = {
    "000_40cc49cc1cb1b4a7.txt": {*range(11, 30, 2), *range(33, 42, 2)},
    "003_0c8f9876a2e6e1fb.txt": {*range(10, 29, 2), *range(32, 45, 2), *range(48, 65, 2)},
}
"""The numbers (from 1) of the body lines of the seeds, labelled by hand before any tuning."""
SEED_SUBHEADS = {"000_40cc49cc1cb1b4a7.txt": {31}, "003_0c8f9876a2e6e1fb.txt": {30, 46}}


def kept(text: str) -> str:
    """Return the lines of a page that the cleaner keeps for annotation."""
    lines = zip(text.split("\n"), clean(text).lines, strict=True)
    return "\n".join(row for row, line in lines if line.verdict.annotated)


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


def scores_left_out(pages: Sequence[Page], fitted_to: Sequence[Page], folds: int = 0) -> list[float]:
    """Return the score of each page by weights that are fitted without its site and those of its fold."""
    rows = [fit_rows(page) for page in fitted_to]
    scores: dict[int, float] = {}
    for fold in site_folds(pages, folds):
        left = [page for page in rows if page.site not in fold]
        with with_weights(fit_weights(left or rows)):
            scores |= {n: text_f1(kept(p["text"]), p["gold_body"]) for n, p in enumerate(pages) if p["domain"] in fold}
    return [scores[number] for number in range(len(pages))]


def site_folds(pages: Sequence[Page], folds: int = 0) -> Iterator[set[str]]:
    """Yield the sites of each fold; without a number of folds each site is one."""
    sites = sorted({page["domain"] for page in pages})
    count = min(folds or len(sites), len(sites))
    yield from (set(sites[fold::count]) for fold in range(count))


def dump_figures(pages: Sequence[Page]) -> dict[str, Any]:
    """Return the figures of the shipped weights on page dumps and print a row for each page."""
    scores, counts, lines, seconds = [], [], [], []
    for page in pages:
        start = time.process_time()
        clean(page["text"])
        seconds.append(time.process_time() - start)
        counts.append(overlap(kept(page["text"]), page["gold_body"]))
        scores.append(f1(*counts[-1]))
        labels = line_labels(page)
        lines.append(line_f1(page["text"], labels))
        row = f"{page['domain'][:30]:30} {len(labels):5} lines  4-grams {scores[-1]:.3f}"
        print(f"{row}  lines {lines[-1]:.3f}  {1000 * seconds[-1]:5.1f} ms")
    total = sum(page["text"].count("\n") + 1 for page in pages)
    return {
        **page_figures(scores),
        "micro_f1": round(f1(*(sum(column) for column in zip(*counts, strict=True))), 4),
        "line_f1": mean(lines),
        "ms_per_400_lines": round(400_000 * sum(seconds) / total, 1),
        "median_ms": round(1000 * median(seconds), 1),
    }


def seed_figures(folder: Path) -> dict[str, list[int]]:
    """Return the wrong lines of each seed that is labelled here and print a row for each."""
    wrong = {path.name: wrong_seed_lines(path) for path in sorted(folder.glob("*.txt")) if path.name in SEED_BODY}
    for name, numbers in wrong.items():
        print(f"{name:30} wrong lines: {numbers or 'none'}")
    return wrong


def main() -> None:
    """Print the tables and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="default: the pages of the sample")
    parser.add_argument("--fit", type=Path, help="fit to the pages of this file (default: those of the files)")
    parser.add_argument("--folds", type=int, default=0, help="in how many folds the sites are (default: one a site)")
    parser.add_argument("--seeds", type=Path, help="a folder with the seeds that are labelled here")
    given = parser.parse_args()
    pages = [page for path in given.files for page in json_rows(path)] or sample_pages()
    figures = {"shipped": dump_figures(pages)}
    left_out = scores_left_out(pages, json_rows(given.fit) if given.fit else pages, given.folds)
    figures["sites_left_out"] = page_figures(left_out)
    if given.seeds:
        figures["wrong_seed_lines"] = seed_figures(given.seeds)
    print(json.dumps({"benchmark": "cleaning", **figures}))


if __name__ == "__main__":
    main()
