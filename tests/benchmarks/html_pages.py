"""Measure the body lines of HTML pages against gold; the last line is one JSON object.

``python -m tests.benchmarks.html_pages [--data FOLDER]``; FOLDER holds ``html/ID.html.gz`` and
``news_page_dumps.jsonl`` with an object a line: ``{"id", "gold_body"}``.
F1 over word 4-grams of the kept lines and the gold body, a mean over pages; ``extractor`` is the
same for the extractor's own text.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from pathlib import Path

import trafilatura

from annotator.core.article import LineVerdict
from annotator.ingest.html_extraction import extract_page
from tests.benchmarks.data import data_folder


def gold_bodies(data: Path) -> dict[str, str]:
    """Return the gold body of each page by its id."""
    with (data / "news_page_dumps.jsonl").open(encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file]
    return {row["id"]: row["gold_body"] for row in rows}


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Return the word 4-grams of a text."""
    found = re.findall(r"\w+", text.lower())
    return Counter(tuple(found[i : i + 4]) for i in range(len(found) - 3))


def f1(one: str, other: str) -> float:
    """Return the F1 of two texts over word 4-grams."""
    a, b = grams(one), grams(other)
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def body_of(html: str, where: str) -> str:
    """Return the lines of a page that are annotated."""
    page = extract_page(html, where)
    pairs = zip(page.text.split("\n"), page.lines, strict=True)
    return "\n".join(text for text, line in pairs if line.verdict in (LineVerdict.BODY, LineVerdict.SUBHEAD))


def main() -> None:
    """Print a line a page, then the means as JSON."""
    data = data_folder(__doc__)
    gold = gold_bodies(data)
    ours, theirs = [], []
    started = time.perf_counter()
    for path in sorted((data / "html").glob("*.html.gz")):
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        body = gold[path.name.split(".")[0]]
        own = trafilatura.extract(html, favor_precision=True, include_comments=False) or ""
        ours.append(f1(body_of(html, path.name), body))
        theirs.append(f1(own, body))
        print(f"{path.name[:12]} {ours[-1]:.3f} {theirs[-1]:.3f}")
    result = {
        "pages": len(ours),
        "f1": round(sum(ours) / len(ours), 4),
        "extractor": round(sum(theirs) / len(theirs), 4),
        "seconds": round(time.perf_counter() - started, 2),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
