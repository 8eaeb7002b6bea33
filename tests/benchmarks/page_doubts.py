"""How often a doubt about an article's lines is right: how many doubted pages are bad, how many bad pages doubted.

``python -m tests.benchmarks.page_doubts [FILE…] [--html FOLDER] [--half tune|held]``; the files and the folder are
those of ``cleaning`` and ``html_pages``, without any it is the pages of ``tests/ingest/own_pages``, those without an
article among them. A page is bad if its F1 over word 4-grams is under 0.8, and if it has no article. Each wrong
or missing doubt is a row (but for the half ``held``), the last line one JSON object of the figures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from annotator.ingest.clean import CleanedPage, clean
from annotator.ingest.html_extraction import extract_page
from tests.benchmarks.gold_sets import json_rows
from tests.benchmarks.html_pages import html_pages as html_folder
from tests.benchmarks.page_scores import text_f1
from tests.benchmarks.structures import HTML_FORMS, results
from tests.ingest.own_pages.data import HALVES, pages, pages_without_article

BAD_BELOW = 0.8


class DoubtedPage(Struct, frozen=True):
    """A page with its score and what its doubt is, if any."""

    kind: str
    name: str
    score: float
    doubt: str

    @property
    def is_bad(self) -> bool:
        """Whether a user should have been warned."""
        return self.score < BAD_BELOW


def kept_text(text: str, page: CleanedPage) -> str:
    """Return the lines that are annotated."""
    return "\n".join(row for row, line in zip(text.split("\n"), page.lines, strict=True) if line.verdict.annotated)


def dump_pages(paths: list[Path]) -> Iterator[DoubtedPage]:
    """Yield the pages of files of dumps."""
    for path in paths:
        for row in json_rows(path):
            page = clean(row["text"])
            yield DoubtedPage(
                "text", row["domain"], text_f1(kept_text(row["text"], page), row["gold_body"]), page.doubt
            )


def html_pages(folder: Path) -> Iterator[DoubtedPage]:
    """Yield the pages of a folder of HTML."""
    for source in html_folder(folder):
        page = extract_page(source.html, source.name)
        yield DoubtedPage("html", source.site, text_f1(kept_text(page.text, page), source.gold), page.doubt)


def own_pages(half: str) -> Iterator[DoubtedPage]:
    """Yield the pages of a half of our own, as dumps and as HTML."""
    for result in results([*pages(half), *pages_without_article(half)]):
        kind = "html" if result.form in HTML_FORMS else "text"
        score = 0.0 if result.page.structure == "none" else result.score
        yield DoubtedPage(kind, f"{result.page.name} {result.form}", score, result.doubt)


def figures(found: list[DoubtedPage]) -> dict[str, float]:
    """Return precision and recall of the doubts and the share of pages that have one."""
    bad, doubted = sum(page.is_bad for page in found), sum(bool(page.doubt) for page in found)
    right = sum(page.is_bad and bool(page.doubt) for page in found)
    return {
        "pages": len(found),
        "bad": bad,
        "doubted": doubted,
        "precision": round(right / doubted, 3) if doubted else 1.0,
        "recall": round(right / bad, 3) if bad else 1.0,
        "share_doubted": round(doubted / len(found), 3) if found else 0.0,
        "share_of_good_doubted": round((doubted - right) / max(len(found) - bad, 1), 3),
    }


def main() -> None:
    """Print the wrong and the missing doubts, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--html", type=Path)
    parser.add_argument("--half", choices=HALVES, default="tune")
    options = parser.parse_args()
    found = [*dump_pages(options.files), *(html_pages(options.html) if options.html else ())]
    is_own = not found
    found = found or list(own_pages(options.half))
    for page in found:
        if page.is_bad != bool(page.doubt) and not (is_own and options.half == "held"):
            print(f"{page.kind:4} {page.score:.3f} {page.name:40} {page.doubt or 'no doubt'}")
    kinds = {kind: figures([page for page in found if page.kind == kind]) for kind in ("text", "html")}
    print(json.dumps({"benchmark": "page_doubts", **kinds}))


if __name__ == "__main__":
    main()
