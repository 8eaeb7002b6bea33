"""Measure the body lines of HTML pages against gold; the last line is one JSON object.

``python -m tests.benchmarks.html_pages [FOLDER]``; FOLDER holds ``html/ID.html.gz`` and
``news_page_dumps.jsonl`` with an object a line: ``{"id", "gold_body"}``. Without it the pages of the sample
are put into HTML, a paragraph a line. F1 over word 4-grams of the kept lines and the gold body, a mean over
pages; ``extractor`` is the same for the extractor's own text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path

import trafilatura

from annotator.core.article import LineVerdict
from annotator.ingest.html_extraction import extract_page
from tests.benchmarks.gold_sets import json_rows, sample_pages


def gold_bodies(data: Path) -> dict[str, str]:
    """Return the gold body of each page by its id."""
    return {row["id"]: row["gold_body"] for row in json_rows(data / "news_page_dumps.jsonl")}


def pages(folder: Path | None) -> Iterator[tuple[str, str, str]]:
    """Yield the id, the HTML and the gold body of each page."""
    if folder is None:
        for page in sample_pages():
            rows = (f"<p>{escape(row)}</p>" for row in page["text"].split("\n") if row.strip())
            html = f"<html><body><article>{''.join(rows)}</article></body></html>"
            yield page["id"], html, page["gold_body"]
        return
    gold = gold_bodies(folder)
    for path in sorted((folder / "html").glob("*.html.gz")):
        name = path.name.split(".")[0]
        yield name, gzip.decompress(path.read_bytes()).decode("utf-8", "replace"), gold[name]


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="default: the pages of the sample")
    ours, theirs = [], []
    started = time.perf_counter()
    for name, html, body in pages(parser.parse_args().folder):
        own = trafilatura.extract(html, favor_precision=True, include_comments=False) or ""
        ours.append(f1(body_of(html, name), body))
        theirs.append(f1(own, body))
        print(f"{name[:30]:30} {ours[-1]:.3f} {theirs[-1]:.3f}")
    result = {
        "benchmark": "html_pages",
        "pages": len(ours),
        "f1": round(sum(ours) / len(ours), 4),
        "extractor": round(sum(theirs) / len(theirs), 4),
        "seconds": round(time.perf_counter() - started, 2),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
