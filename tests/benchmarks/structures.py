"""How well the cleaner finds articles of many structures in the frames of many sites (``tests/ingest/own_pages``).

``python -m tests.benchmarks.structures [--half tune|held|all] [--frames N] [--kind text|html|all]`` prints the
mean and the lowest F1 over word 4-grams for each structure, frame, and way of dumping, and one JSON object as
the last line; each text is put into N frames. ``--show TEXT@FRAME`` prints the lines of one page in each form,
with ``+`` before a line that is kept and should not be, and ``-`` before one that is lost; ``--worst N`` the N
pages with the lowest scores. ``--cases FOLDER`` adds the pages of a folder with ``gold.jsonl`` (``{"page",
"body", "either"}``, numbers of lines from 1).

Rules are written with the half ``tune``: of ``held`` its authors look at figures alone.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from annotator.ingest.clean import clean
from annotator.ingest.html_extraction import extract_page
from tests.benchmarks.gold_sets import json_rows
from tests.benchmarks.page_scores import mean, page_figures, text_f1
from tests.ingest.own_pages.data import HALVES, OwnPage, pages
from tests.ingest.own_pages.html_source import html_page
from tests.ingest.own_pages.text_dumps import STYLES, text_page

Row = tuple[str, str, bool]
"""A line, its gold role, and whether the cleaner keeps it."""


HTML_FORMS = ("html", "divs")
"""HTML with elements that say what a part is, and of divs alone."""


class Result(Struct, frozen=True):
    """The rows of one page in one form, and their score."""

    page: OwnPage
    form: str
    rows: list[Row]
    score: float
    doubt: str
    """Why the cleaner says that its choice may be wrong, "" where it does not."""


def score_rows(rows: list[Row]) -> float:
    """Return the F1 of the kept lines against the gold ones; lines of the role ``either`` count for neither."""
    counted = [row for row in rows if row[1] != "either"]
    kept = "\n".join(text for text, _, keep in counted if keep)
    return text_f1(kept, "\n".join(text for text, role, _ in counted if role == "body"))


def text_rows(page: OwnPage, style: str) -> tuple[list[Row], str]:
    """Return the rows of a page as a text dump, and the cleaner's doubt."""
    dump = text_page(page, style)
    found = clean(dump.text)
    verdicts = (line.verdict.annotated for line in found.lines)
    return list(zip(dump.lines, dump.roles, verdicts, strict=True)), found.doubt


def html_rows(page: OwnPage, form: str) -> tuple[list[Row], str]:
    """Return the rows of a page as HTML, and the doubt; a line has the role of the next part with its words."""
    found = extract_page(html_page(page, semantic=form == "html"), page.name)
    roles: dict[str, list[str]] = {}
    for part in page.parts:
        roles.setdefault(_key(part.text), []).append(part.role)
    rows = []
    for text, line in zip(found.text.split("\n"), found.lines, strict=True):
        waiting = roles.get(_key(text), [])
        role = waiting.pop(0) if len(waiting) > 1 else (waiting or ["boilerplate"])[0]
        rows.append((text, role, line.verdict.annotated))
    return rows, found.doubt


def _key(text: str) -> str:
    return " ".join(text.split())


def results(found: list[OwnPage], kind: str = "all") -> Iterator[Result]:
    """Yield the result of each page in each form: dump styles and two kinds of HTML, or the only form that it has."""
    for page in found:
        texts = STYLES if not page.form else (page.form,)
        forms: list[tuple[str, Callable[[OwnPage, str], tuple[list[Row], str]]]] = []
        if kind != "html":
            forms += [(style, text_rows) for style in texts]
        if kind != "text" and not page.form:
            forms += [(form, html_rows) for form in HTML_FORMS]
        for form, rows_of in forms:
            rows, doubt = rows_of(page, form)
            yield Result(page, form, rows, score_rows(rows), doubt)


def case_scores(folder: Path) -> dict[str, float]:
    """Return the F1 of each page of a folder with gold by line numbers."""
    scores = {}
    for case in json_rows(folder / "gold.jsonl"):
        text = (folder / case["page"]).read_text(encoding="utf-8")
        either, body = set(case["either"]), set(case["body"])
        lines = enumerate(zip(text.split("\n"), clean(text).lines, strict=True), 1)
        rows = [
            (row, "either" if at in either else "body" if at in body else "boilerplate", line.verdict.annotated)
            for at, (row, line) in lines
        ]
        scores[case["page"]] = round(score_rows(rows), 4)
    return scores


def table(done: list[Result], name: str, key: Callable[[Result], str]) -> None:
    """Print the mean and the lowest score for each value of a key."""
    print(f"\n{name}")
    for value in sorted({key(result) for result in done}):
        scores = [result.score for result in done if key(result) == value]
        low = sum(score < 0.6 for score in scores)
        print(f"  {value:24} {len(scores):4} pages  mean {mean(scores):.3f}  worst {min(scores):.3f}  under .6: {low}")


def show(done: list[Result]) -> None:
    """Print the rows of pages, what is kept and lost marked."""
    for result in done:
        print(f"\n=== {result.page.name} {result.form} {result.score:.3f} {result.doubt}")
        for text, role, keep in result.rows:
            wrong = {"either": " "}.get(role, " " if keep == (role == "body") else "+" if keep else "-")
            print(f"{wrong} {'kept' if keep else '    '} {role[:7]:8}{text[:110]}")


def figures(done: list[Result], half: str) -> dict[str, object]:
    """Return the figures of a half: of all dumps, of all HTML, and the mean of each structure."""
    mine = [result for result in done if result.page.half == half]
    structures = sorted({result.page.structure for result in mine})
    html = [result.score for result in mine if result.form in HTML_FORMS]
    by_structure = {s: mean(r.score for r in mine if r.page.structure == s) for s in structures}
    return {
        "text": page_figures([result.score for result in mine if result.form not in HTML_FORMS]),
        "html": page_figures(html),
        "lowest_structure": min(by_structure.items(), key=lambda item: item[1], default=("", 0.0)),
        "structures": by_structure,
    }


def main() -> None:
    """Print the tables and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=(*HALVES, "all"), default="tune")
    parser.add_argument("--frames", type=int, default=3, help="in how many frames each text is put (default: 3)")
    parser.add_argument("--kind", choices=("text", "html", "all"), default="all")
    parser.add_argument("--show", default="", metavar="TEXT[@FRAME]", help="print the lines of the pages of this name")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N pages with the lowest scores")
    parser.add_argument("--cases", type=Path, help="a folder of pages with gold.jsonl")
    given = parser.parse_args()
    halves = HALVES if given.half == "all" else (given.half,)
    found = [page for half in halves for page in pages(half, given.frames)]
    if given.show:
        wanted = [page for page in found if page.name == given.show or page.name.partition("@")[0] == given.show]
        show(list(results(wanted, given.kind)))
        return
    done = list(results(found, given.kind))
    table(done, "structure", lambda r: f"{r.page.half} {r.page.structure}")
    table(done, "frame", lambda r: f"{r.page.half} {r.page.frame}")
    table(done, "form", lambda r: f"{r.page.half} {r.form}")
    table(done, "language", lambda r: f"{r.page.half} {r.page.lang}")
    for result in sorted(done, key=lambda r: r.score)[: given.worst]:
        print(f"{result.score:.3f} {result.page.structure:14} {result.page.name} {result.form}")
    report: dict[str, object] = {"benchmark": "structures"} | {half: figures(done, half) for half in halves}
    if given.cases:
        report["cases"] = case_scores(given.cases)
    kept = Counter(result.page.half for result in done)
    print(json.dumps(report | {"runs": dict(kept)}))


if __name__ == "__main__":
    main()
