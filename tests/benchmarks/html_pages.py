"""Measure the body lines of HTML pages against gold; the last line is one JSON object.

``python -m tests.benchmarks.html_pages [FOLDER]``; FOLDER holds ``html/ID.html.gz`` and
``news_page_dumps.jsonl`` with an object a line: ``{"id", "domain", "gold_body"}``. Without it the pages of the sample
are put into HTML, a paragraph a line. F1 over word 4-grams of the kept lines and the gold body, a mean over
pages; ``extractor`` is the same for the extractor's own text, with its time.

Nothing is fitted but the agreement of two readings below which three vote (``html_vote.MIN_AGREEMENT``):
``sites_left_out`` is the mean with the threshold chosen on the pages of all other sites.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from statistics import median
from unittest.mock import patch

import trafilatura
from msgspec import Struct

from annotator.ingest import html_extraction, html_vote
from tests.benchmarks.gold_sets import json_rows, sample_pages
from tests.benchmarks.page_scores import mean, page_figures, text_f1

THRESHOLDS = (0.7, 0.75, 0.8, 0.85, 0.9)
"""The agreements below which a vote is tried: between them figures were level on 96 pages of other sites."""


class HtmlPage(Struct, frozen=True):
    """A page with its site and its gold body."""

    name: str
    site: str
    html: str
    gold: str


class PageResult(Struct, frozen=True):
    """What is measured of one page."""

    site: str
    shipped: float
    extractor: float
    by_extractor: float
    """The score of the page's lines where the extractor alone decides."""
    by_vote: float
    """The score where three readings vote."""
    agreement: float
    seconds: float
    extractor_seconds: float

    def at(self, threshold: float) -> float:
        """Return the score with the vote below this agreement."""
        return self.by_vote if self.agreement < threshold else self.by_extractor


def html_pages(folder: Path | None) -> Iterator[HtmlPage]:
    """Yield the pages of a folder, or those of the sample as HTML."""
    if folder is None:
        for page in sample_pages():
            rows = (f"<p>{escape(row)}</p>" for row in page["text"].split("\n") if row.strip())
            html = f"<html><body><article>{''.join(rows)}</article></body></html>"
            yield HtmlPage(page["id"], page["id"], html, page["gold_body"])
        return
    known = {row["id"]: row for row in json_rows(folder / "news_page_dumps.jsonl")}
    for path in sorted((folder / "html").glob("*.html.gz")):
        name = path.name.split(".")[0]
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        yield HtmlPage(name, known[name].get("domain", name), html, known[name]["gold_body"])


def body_of(html: str, where: str) -> str:
    """Return the lines of a page that are annotated."""
    page = html_extraction.extract_page(html, where)
    pairs = zip(page.text.split("\n"), page.lines, strict=True)
    return "\n".join(text for text, line in pairs if line.verdict.annotated)


def body_with_threshold(html: str, where: str, threshold: float) -> tuple[str, float]:
    """Return the lines that are annotated with a vote below this agreement, and the page's agreement."""
    agreements: list[float] = []

    def recorded(page: html_vote.PageReadings) -> html_vote.BodyVote:
        vote = html_vote.vote_on_lines(page)
        agreements.append(vote.agreement)
        return vote

    with patch.object(html_vote, "MIN_AGREEMENT", threshold), patch.object(html_extraction, "vote_on_lines", recorded):
        return body_of(html, where), agreements[0]


def measure(page: HtmlPage) -> PageResult:
    """Return the scores and times of one page."""
    start = time.process_time()
    ours = body_of(page.html, page.name)
    between = time.process_time()
    own = trafilatura.extract(page.html, favor_precision=True, include_comments=False) or ""
    end = time.process_time()
    alone, agreement = body_with_threshold(page.html, page.name, 0.0)
    voted, _ = body_with_threshold(page.html, page.name, 2.0)
    return PageResult(
        site=page.site,
        shipped=text_f1(ours, page.gold),
        extractor=text_f1(own, page.gold),
        by_extractor=text_f1(alone, page.gold),
        by_vote=text_f1(voted, page.gold),
        agreement=agreement,
        seconds=between - start,
        extractor_seconds=end - between,
    )


def left_out_scores(results: list[PageResult]) -> list[float]:
    """Return the score of each page with the threshold that is best on the pages of other sites."""
    scores = []
    for result in results:
        others = [other for other in results if other.site != result.site] or results
        # Of equals the one nearest to what is shipped.
        best = max(THRESHOLDS, key=lambda t: (sum(other.at(t) for other in others), -abs(t - html_vote.MIN_AGREEMENT)))
        scores.append(result.at(best))
    return scores


def main() -> None:
    """Print a line a page, then the means as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="default: the pages of the sample")
    results = []
    for page in html_pages(parser.parse_args().folder):
        found = measure(page)
        results.append(found)
        row = f"{page.site[:30]:30} {found.shipped:.3f}  extractor {found.extractor:.3f}"
        print(f"{row}  agreement {found.agreement:.2f}  vote {found.by_vote:.3f}  {1000 * found.seconds:6.1f} ms")
    result = {
        "benchmark": "html_pages",
        "shipped": page_figures([found.shipped for found in results]),
        "sites_left_out": page_figures(left_out_scores(results)),
        "vote_on_all": mean(found.by_vote for found in results),
        "extractor": mean(found.extractor for found in results),
        "median_ms": round(1000 * median(found.seconds for found in results), 1),
        "median_ms_extractor": round(1000 * median(found.extractor_seconds for found in results), 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
